"""Hits by seed and kind, ways between them, their files and the command."""

import numpy as np
import pytest
import tiny

from gan_models import project, remake
from gan_models.errors import RequestError
from gan_models.latents.point import Point
from gan_models.loading import Shelf
from gan_models.recipe import Recipe, read
from gan_models.sample import sample
from gan_models.sound import Hit, draw, file_name, hit_of, main, make_again, recipe_of, stamp, verdict
from gan_models.sounds.files import open_sound


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> Shelf:
    folder = tmp_path_factory.mktemp("sounds")
    tiny.make_sounds(folder)
    tiny.make_weight(folder, tiny.VANILLA)
    return Shelf([folder])


@pytest.fixture
def model(shelf):
    return shelf.get(tiny.DRUMS)


def test_a_hit_is_a_sound_that_ends_in_silence_and_is_the_same_each_time(model) -> None:
    hit = Hit(3, 1)
    found = draw(model, hit)
    assert found.shape == (2048,) and 0.05 < np.abs(found).max() <= 0.98 and abs(found[-1]) < 1e-3
    assert np.array_equal(found, draw(model, hit))
    for other in (Hit(4, 1), Hit(3, 2), Hit(3, 1, 4, 2, 0.5)):
        assert not np.allclose(found, draw(model, other), atol=1e-3)


def test_a_way_leads_from_one_hit_to_the_other(model) -> None:
    one, other = draw(model, Hit(3, 0)), draw(model, Hit(9, 2))
    assert np.array_equal(draw(model, Hit(3, 0, 9, 2, 0.0)), one)
    assert np.allclose(draw(model, Hit(3, 0, 9, 2, 1.0)), other, atol=1e-5)
    assert np.allclose(draw(model, Hit(3, 0, to_seed=9, share=1.0)), draw(model, Hit(9, 0)), atol=1e-5)


def test_a_wav_file_tells_how_it_was_made_and_is_made_again_byte_for_byte(shelf, model, tmp_path) -> None:
    for hit in (Hit(3, 0), Hit(3, 0, 9, 2, 0.25), Hit(3, 1, to_label=2, share=1)):
        content = stamp(model, hit)
        found = read(content)
        assert found == recipe_of(model, hit) and hit_of(found) == hit
        assert make_again(found, shelf) == content
        assert np.abs(open_sound(content, 8000) - draw(model, hit)).max() < 1e-4
    remake.write_again(found, shelf, tmp_path / "again.wav")
    assert (tmp_path / "again.wav").read_bytes() == content
    with pytest.raises(RequestError, match=r"\.wav"):
        remake.write_again(found, shelf, tmp_path / "again.png")


WRONG = {
    "a seed below zero": lambda: Hit(-1, 0),
    "half a seed": lambda: Hit(1.5, 0),
    "too far": lambda: Hit(1, 0, share=1.5),
    "no object": lambda: Hit.from_json([1]),
    "a strange word": lambda: Hit.from_json({"seed": 1, "loud": True}),
    "another verb": lambda: hit_of(Recipe("a", "b", "sample", {})),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_hit_is_refused(name) -> None:
    with pytest.raises(RequestError):
        WRONG[name]()


def test_a_kind_that_is_not_there_and_a_weight_of_pictures_are_refused(shelf, model, capsys) -> None:
    with pytest.raises(RequestError, match="kick, snare, hat"):
        draw(model, Hit(1, 3))
    with pytest.raises(RequestError, match="kick, snare, hat"):
        draw(model, Hit(1))
    with pytest.raises(RequestError, match="not for sounds"):
        draw(shelf.get(tiny.VANILLA), Hit(1))
    with pytest.raises(SystemExit):
        project.main(["a.png", "--weight", str(model.folder), "-o", "b.png"])
    assert "no styles to project into" in capsys.readouterr().err
    with pytest.raises(RequestError, match="not for sampling"):
        sample(model, [Point(seed=1)])


def test_the_judge_answers_by_kind(model) -> None:
    found = draw(model, Hit(1, 0))
    assert verdict(model, found, 0) != verdict(model, found, 1)


def test_the_command_writes_files_with_recipes(model, tmp_path, capsys) -> None:
    weight = str(model.folder)
    main([weight, "--kind", "snare", "--seed", "7", "-o", str(tmp_path / "one.wav")])
    assert hit_of(read(tmp_path / "one.wav")) == Hit(7, 1)
    main([weight, "-n", "4", "--to-kind", "hat", "--verdict", "-o", str(tmp_path / "many")])
    names = sorted(path.name for path in (tmp_path / "many").iterdir())
    assert names == sorted(file_name(model, Hit(n, n % 3, None, 2, 0.5)) for n in range(4))
    assert "verdict" in capsys.readouterr().out
    for words in (["--kind", "gong"], ["-n", "2"], ["--share", "7", "--to-seed", "3"]):
        with pytest.raises(SystemExit):
            main([weight, *words, "-o", str(tmp_path / "two.wav")])
        assert capsys.readouterr().err.count("\n") == 1 and not (tmp_path / "two.wav").exists()
