"""Hits by seed and kind, ways between them, notes and tunes, their files and the command."""

import zipfile

import numpy as np
import pytest
import tiny

from gan_models import project, remake
from gan_models.errors import RequestError
from gan_models.latents.point import Point
from gan_models.loading import Shelf
from gan_models.recipe import Recipe, read
from gan_models.sample import sample
from gan_models.sound import (
    Hit,
    draw,
    file_name,
    hit_of,
    instrument,
    main,
    make_again,
    note_of,
    play,
    recipe_of,
    span,
    stamp,
    stamp_tune,
    tune_of,
    verdict,
)
from gan_models.sounds.files import open_sound
from gan_models.sounds.tune import Note, Tune


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> Shelf:
    folder = tmp_path_factory.mktemp("sounds")
    for name in (tiny.DRUMS, tiny.NOTES):
        tiny.make_sounds(folder, name)
    tiny.make_weight(folder, tiny.VANILLA)
    return Shelf([folder])


@pytest.fixture
def model(shelf):
    return shelf.get(tiny.DRUMS)


@pytest.fixture
def piano(shelf):
    return shelf.get(tiny.NOTES)


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
    "a direction without a number": lambda: Hit(1, 0, directions={"up": 1}),
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


TUNE = Tune("a", (Note(0, 300, 60, 100), Note(300, 300, 67, 80), Note(300, 2000, 30, 60)))


def test_a_timbre_goes_along_directions_and_towards_another_and_its_pitch_stays(piano, model) -> None:
    plain = draw(piano, Hit(3, 4))
    moved = draw(piano, Hit(3, 4, directions={"1": 2.0}))
    assert not np.allclose(plain, moved, atol=1e-3) and np.array_equal(plain, draw(piano, Hit(3, 4, directions={1: 0})))
    assert np.allclose(draw(piano, Hit(3, 4, 9, share=1)), draw(piano, Hit(9, 4)), atol=1e-4)
    for wrong in (Hit(3, 4, 9, 5, 0.5), Hit(3, 4, directions={9: 1.0}), Hit(3)):
        with pytest.raises(RequestError):
            draw(piano, wrong)
    with pytest.raises(RequestError, match="0 directions"):
        draw(model, Hit(3, 1, directions={0: 1.0}))
    with pytest.raises(RequestError, match="draws no notes but kick, snare, hat"):
        span(model)


def test_notes_and_tunes_are_made_again_byte_for_byte_from_what_their_files_say(shelf, piano) -> None:
    timbre = Hit(3, None, 9, None, 0.25, {0: 1.5})
    hit = note_of(piano, timbre, 64)
    content = stamp(piano, hit)
    assert hit_of(read(content)) == hit and make_again(read(content), shelf) == content
    content = stamp_tune(piano, timbre, TUNE)
    assert tune_of(read(content)) == (timbre, TUNE) and make_again(read(content), shelf) == content
    found, note = open_sound(content, 8000), draw(piano, hit_of(recipe_of(piano, note_of(piano, timbre, 60))))
    first = found[:2000] / np.abs(found[:2000]).max()
    assert np.allclose(first, note[:2000] / np.abs(note[:2000]).max(), atol=1e-3)
    drawn = {pitch: draw(piano, note_of(piano, timbre, pitch)) for pitch in (60, 66, 67)}
    assert np.array_equal(play(piano, timbre, TUNE), play(piano, timbre, TUNE, drawn))
    with pytest.raises(RequestError, match="not one of a tune"):
        tune_of(recipe_of(piano, hit))


def test_the_command_plays_tunes_and_makes_instruments(piano, tmp_path, capsys) -> None:
    weight, tune = str(piano.folder), tmp_path / "scale.tune"
    tune.write_text("tempo 120\nright 90: C4 D4 C9")
    main([weight, "--note", "C#4", "--seed", "3", "--directions", "0=1.5", "-o", str(tmp_path)])
    assert hit_of(read(tmp_path / "C#4-3-moved.wav")) == Hit(3, 1, directions={0: 1.5})
    main([weight, "--seed", "3", "--tune", str(tune), "-o", str(tmp_path)])
    assert tune_of(read(tmp_path / "scale-tiny-notes-3.wav"))[1].pitches == [60, 62, 120]
    assert "1 note lies outside" in capsys.readouterr().out
    main([weight, "--seed", "3", "--sfz", "-o", str(tmp_path / "a.zip")])
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert len(archive.namelist()) == 14 and archive.read("061-Cs4.wav") == stamp(piano, Hit(3, 1))
        assert [(name, archive.read(name)) for name in archive.namelist()] == list(instrument(piano, Hit(3)))
    with pytest.raises(SystemExit):
        main([weight, "--directions", "x", "-o", str(tmp_path / "no.wav")])
    assert "write NUMBER=DEVIATIONS, as in 0=1.5, not 'x'" in capsys.readouterr().err
    for words in (["--tune", "--note", "C4"], ["--sfz", "-n", "2"], ["--note", "H4"], ["--directions", "9=1"]):
        with pytest.raises(SystemExit):
            main([weight, *words, "-o", str(tmp_path / "no.wav")])
        assert capsys.readouterr().err.count("\n") == 1 and not (tmp_path / "no.wav").exists()
