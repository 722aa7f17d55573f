"""Nothing of others is replaced, nothing is made in vain: every command looks at its target before the work."""

import os
from argparse import ArgumentTypeError
from pathlib import Path

import numpy as np
import pytest
import tiny
from PIL import Image

from gan_models import drag, interpolate, play, pose, project, recipe, remake, sample, sound, steer, translate, upscale
from gan_models.errors import RequestError
from gan_models.files import swapped
from gan_models.latents.point import Point
from gan_models.loading import Shelf
from gan_models.pictures.images import open_picture
from gan_models.targets import LONGEST, check_targets, fitting, folder_names, given_path, numbered

NETWORKS = {
    "sample": "samples.npz",
    "sample into a folder": "star/seed-00000000.png",
    "interpolate": "film.gif",
    "recipe": "again.png",
    "upscale": "large.png",
    "translate": "drawn.png",
    "play": "play.gif",
    "steer": "steered.png",
    "sound": "sound.wav",
    "pose": "pose.png",
}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory, tiny_weights) -> Path:
    """A picture of ours, which all commands take."""
    model = Shelf([tiny_weights]).get(tiny.COLOUR)
    file = tmp_path_factory.mktemp("pictures") / "ours.png"
    file.write_bytes(recipe.stamp(sample.sample(model, [Point(seed=1)])[0], sample.recipe_of(model, Point(seed=1))))
    return file


@pytest.fixture(scope="module")
def others(tmp_path_factory) -> Path:
    """Weights of the newer tasks."""
    folder = tmp_path_factory.mktemp("others")
    tiny.make_game(folder)
    tiny.make_puppet(folder)
    tiny.make_sounds(folder)
    tiny.make_sounds(folder, tiny.NOTES)
    tiny.make_repairer(folder)
    tiny.make_style(folder, tiny.WORDED, tiny.ATTRIBUTES)
    return folder


@pytest.fixture
def command(pictures, tiny_weights, tiny_upscalers, tiny_translators, others):
    """Run the command of that name with OUT in a folder; more flags."""
    conditional, drawer = str(tiny_weights / tiny.CONDITIONAL), str(tiny_translators / next(iter(tiny.TRANSLATORS)))
    words = {
        "sample": (sample.main, [conditional, "-n", "2"]),
        "sample into a folder": (sample.main, [conditional, "-n", "2", "--class", "star"]),
        "interpolate": (interpolate.main, [conditional, "--seeds", "1", "2", "--frames-per-step", "2"]),
        "recipe": (remake.main, [str(pictures), "--weights", str(tiny_weights)]),
        "upscale": (upscale.main, [str(pictures), "--network", str(tiny_upscalers / tiny.SWIFT)]),
        "translate": (translate.main, [drawer, str(pictures)]),
        "play": (play.main, [str(others / tiny.GAME), "--steps", "3"]),
        "steer": (steer.main, [str(others / tiny.WORDED), "--text", "dark ground"]),
        "sound": (sound.main, [str(others / tiny.DRUMS)]),
        "pose": (pose.main, [str(others / tiny.PUPPET)]),
    }

    def run(name: str, folder: Path, *more: str) -> None:
        main, arguments = words[name]
        main([*arguments, "-o", str(folder if "folder" in name else folder / NETWORKS[name]), *more])

    return run


@pytest.mark.parametrize("name", NETWORKS)
def test_no_command_replaces_what_is_there_before_it_is_told_to(name, command, tmp_path, capsys) -> None:
    theirs = tmp_path / NETWORKS[name]
    theirs.parent.mkdir(exist_ok=True)
    theirs.write_text("precious")
    with pytest.raises(SystemExit) as left:
        command(name, tmp_path)
    said = capsys.readouterr().err
    assert left.value.code == 2 and "exists; pass --overwrite" in said and "1 of" not in said
    assert theirs.read_text() == "precious"
    command(name, tmp_path, "--overwrite")
    assert theirs.read_bytes()[:8] != b"precious"
    told = capsys.readouterr()
    assert str(theirs if "folder" not in name else tmp_path) in told.out + told.err, "it says where"


@pytest.mark.skipif(os.name == "nt", reason="other limits")
@pytest.mark.parametrize("name", [name for name in NETWORKS if "folder" not in name])
def test_a_name_that_no_disk_takes_is_refused_before_the_work(name, command, tmp_path, capsys, monkeypatch) -> None:
    tail = Path(NETWORKS[name]).suffix
    monkeypatch.setitem(NETWORKS, name, "あ" * 85 + tail)
    with pytest.raises(SystemExit):
        command(name, tmp_path)
    said = capsys.readouterr().err
    assert "cannot be written (File name too long)" in said and "1 of" not in said and "tiles" not in said
    monkeypatch.setitem(NETWORKS, name, "あ" * ((LONGEST - len(tail)) // 3) + tail)
    command(name, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [NETWORKS[name]]


def test_a_long_name_has_room_for_what_is_put_behind_it(tmp_path, pictures, tiny_weights, capsys) -> None:
    long = tmp_path / ("x" * 251 + ".png")
    long.write_bytes(pictures.read_bytes())
    for _ in range(2):
        remake.main([str(long), "--weights", str(tiny_weights)])
    first, second = (Path(line.partition(": ")[0]) for line in capsys.readouterr().out.splitlines())
    assert first.read_bytes() == second.read_bytes() == long.read_bytes() and first != second
    assert fitting("é" * 200, "-again.png") == "é" * 122 + "-again.png"


def test_what_is_swapped_in_is_named_after_nothing(tmp_path) -> None:
    with swapped(tmp_path / ("n" * LONGEST)) as file:
        file.write(b"whole")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"whole"]


@pytest.mark.parametrize("name", ["sample", "translate", "steer", "sound"])
def test_a_kind_that_is_not_written_makes_no_folder_of_that_name(name, command, tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setitem(NETWORKS, name, "mine.mp4")
    with pytest.raises(SystemExit):
        command(name, tmp_path)
    assert "mine.mp4" in capsys.readouterr().err and not list(tmp_path.iterdir())


IDLE = (
    (sample, tiny.CONDITIONAL, ("--strength", "0.9"), "--strength does nothing without --parents"),
    (interpolate, tiny.CONDITIONAL, ("--strength", "0.9"), "--strength does nothing without --music"),
    (play, tiny.GAME, ("--episode", "play.json", "--steps", "9"), "--steps does nothing beside --episode"),
    (drag, tiny.WORDED, ("--pair", "1,1:9,9", "--picture", "a.png", "--class", "x"), "--class does nothing beside"),
    (sound, tiny.DRUMS, ("--share", "0.9"), "--share does nothing without --to-seed"),
    (sound, tiny.NOTES, ("--tune", "--sfz"), "--sfz does nothing beside --tune"),
    (translate, tiny.CROSS, ("a.png", "--outlines", "0.9"), "--outlines does nothing with tiny-cross"),
    (translate, tiny.SKETCH, ("a.png", "--detail", "0.9"), "--detail does nothing without --edges"),
    (translate, tiny.REPAIR, ("a.png", "--mask", "b.png", "--side", "64"), "--side does nothing with tiny-repair"),
)


@pytest.mark.parametrize(("verb", "name", "words", "said"), IDLE, ids=[row[-1] for row in IDLE])
def test_no_option_is_passed_over_in_silence(
    verb, name, words, said, tiny_weights, tiny_translators, others, tmp_path, capsys
) -> None:
    weight = next(folder / name for folder in (others, tiny_weights, tiny_translators) if (folder / name).is_dir())
    with pytest.raises(SystemExit):
        verb.main([str(weight), *words, "-o", str(tmp_path / "out")])
    assert said in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_links_that_lead_in_a_circle_are_sentences(
    tiny_translators, tiny_upscalers, others, pictures, tmp_path, capsys
) -> None:
    loop = tmp_path / "loop.png"
    loop.symlink_to(loop)
    network = ["--network", str(tiny_upscalers / tiny.SWIFT)]
    for verb, words in (
        (translate, [str(tiny_translators / tiny.CROSS), str(loop)]),
        (translate, [str(others / tiny.REPAIR), str(pictures), "--mask", str(loop)]),
        (upscale, [str(loop), *network]),
        (project, [str(loop), "--weight", str(others / tiny.WORDED)]),
    ):
        with pytest.raises(SystemExit):
            verb.main([*words, "-o", str(tmp_path / "out.png")])
        assert "loop.png is not a file; give the path of a picture.\n" in capsys.readouterr().err


def test_targets_that_cannot_be_are_sentences(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for path, said in (
        (tmp_path, "is a folder"),
        (tmp_path / "link", "exists"),
        (tmp_path / "file" / "x.png", "Not a directory"),
    ):
        with pytest.raises(RequestError, match=said):
            check_targets([path])
    check_targets([tmp_path / "new" / "x.png"])
    assert numbered(tmp_path / "file").name == "file-2"
    for empty in ("", " "):
        with pytest.raises(ArgumentTypeError, match="empty"):
            given_path(empty)


SIGNS = ("+", "=", "(", "♥", "a/b", "a-b", "A-B", "a:b", "..", ".", "", "a-b-4", "con.", "x" * 300, "x" * 301)


def test_every_class_has_a_folder_of_its_own() -> None:
    names = folder_names(SIGNS)
    assert len({name.casefold() for name in names}) == len(SIGNS)
    assert names[:4] == SIGNS[:4] and names[5] == "a-b", "what can be a name stays"
    for name in names:
        assert name.strip(" .") == name and not set(name) & set('/\\:*?"<>|') and 0 < len(name.encode()) <= LONGEST


def test_upscaled_pictures_keep_names_of_any_length(tiny_upscalers, tmp_path) -> None:
    name = "あ" * 82 + ".png"
    (tmp_path / "in").mkdir()
    Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save(tmp_path / "in" / name)
    upscale.main([str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--network", str(tiny_upscalers / tiny.SWIFT)])
    assert open_picture(tmp_path / "out" / name).shape == (16, 16, 3)
