"""Folders of strangers: what stands where a file should be stops nothing and fills nothing."""

import os
import shutil
import threading
from pathlib import Path

import pytest
import tiny

from gan_models import play, pose, recipe
from gan_models.drawing.strokes import read_drawing
from gan_models.errors import AtelierError, RequestError, TrainingError
from gan_models.files import at_home, beside, contents, followed, sweep, write_atomically
from gan_models.loading import Shelf
from gan_models.pictures.photo import open_photo
from gan_models.sounds.files import read_sound
from gan_models.sounds.midi import open_tune
from training.data.pictures import open_files


def pipe(path: Path) -> None:
    os.mkfifo(path)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def enormous(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(60_000_000_000)


SPECIAL = {"a pipe": pipe, "a device": endless, "longer than": enormous}


READERS = {
    "photograph.png": open_photo,
    "ours.png": recipe.read,
    "music.wav": read_sound,
    "tune.mid": open_tune,
    "own.tune": open_tune,
    "strokes.json": read_drawing,
    "pose.json": pose.read_pose,
    "dance.bvh": pose.read_capture,
    "play.json": play.read_episode,
}


@pytest.mark.parametrize("words", SPECIAL)
@pytest.mark.parametrize("name", READERS)
def test_special_files_that_a_command_names_are_sentences(tmp_path, words, name) -> None:
    SPECIAL[words](tmp_path / name)
    with pytest.raises(AtelierError) as refused:
        READERS[name](tmp_path / name)
    assert words in str(refused.value) or "is not a file" in str(refused.value)
    assert "None" not in str(refused.value) and "Errno" not in str(refused.value)


@pytest.mark.parametrize("words", ["a pipe", "a device"])
def test_what_is_no_set_is_said_though_it_can_be_read_for_ever(tmp_path, words) -> None:
    SPECIAL[words](tmp_path / "set")
    with pytest.raises(TrainingError, match="neither a folder nor a zip"), open_files(tmp_path / "set"):
        pass


def test_links_in_a_circle_and_paths_of_no_system_lead_to_themselves(tmp_path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert followed(tmp_path / "a" / "x").parent.parent == tmp_path.resolve() and not followed("a\0b").exists()


def test_the_home_of_nobody_is_a_name_as_any() -> None:
    assert str(at_home("~no such user/x")) == "~no such user/x" and at_home("~/x") == Path.home() / "x"


NO_JSON = {
    "hello": "line 1, column 1, is no JSON",
    "[" * 100_000: "nested too deeply",
    "9" * 5000: "thousands of digits",
    '["\udce9"]': "no text in UTF-8",
}


@pytest.mark.parametrize("text", NO_JSON, ids=NO_JSON.values())
def test_what_is_no_json_is_told_in_our_words(tmp_path, text) -> None:
    file = tmp_path / "words.json"
    file.write_bytes(text.encode(errors="surrogateescape"))
    for read in (read_drawing, pose.read_pose):
        with pytest.raises(RequestError, match=NO_JSON[text]):
            read(file)


@pytest.mark.parametrize("words", SPECIAL)
@pytest.mark.parametrize("name", ["card.json", "generator.safetensors", "samples.webp", "film.webp"])
def test_special_files_in_a_weight_are_refused_and_the_shelf_opens(tiny_weights, tmp_path, words, name):
    folder = Path(shutil.copytree(tiny_weights, tmp_path / "shelf"))
    (folder / tiny.COLOUR / name).unlink()
    SPECIAL[words](folder / tiny.COLOUR / name)
    made: list[Shelf] = []
    maker = threading.Thread(target=lambda: made.append(Shelf([folder])), daemon=True)
    maker.start()
    maker.join(20)
    assert made, "the shelf still reads"
    assert [card.name for card in made[0].cards()] == [tiny.CONDITIONAL, tiny.VANILLA]
    assert name in made[0].refused[tiny.COLOUR] and words in made[0].refused[tiny.COLOUR]


def test_links_to_plain_files_are_read_as_the_hub_keeps_them(tmp_path):
    (tmp_path / "blob").write_bytes(b"abc")
    (tmp_path / "card.json").symlink_to("blob")
    assert contents(tmp_path / "card.json", 3) == b"abc"
    with pytest.raises(OSError, match=r"card\.json is longer than 2 bytes"):
        contents(tmp_path / "card.json", 2)
    with pytest.raises(OSError, match="is a folder and no file"):
        contents(tmp_path, 3)


def test_what_a_killed_write_left_is_swept_and_nothing_that_is_written_or_somebody_elses(tmp_path):
    left, folder, young, foreign = (
        tmp_path / name for name in (".part-aaaaaaaa", ".part-bbbbbbbb", ".part-cccccccc", ".part-time")
    )
    folder.mkdir()
    for path in (left, folder / "film.mp4", young, foreign):
        path.write_bytes(b"half")
    with beside(tmp_path / "film.mp4", folder=True) as written:
        for path in (left, folder, foreign, written):
            os.utime(path, (1, 1))
        sweep(tmp_path)
        assert sorted(tmp_path.iterdir()) == sorted([young, foreign, written])
    write_atomically(tmp_path / "card.json", b"whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == [young.name, foreign.name, "card.json"]
    assert (tmp_path / "card.json").stat().st_mode & 0o777 == 0o644


def test_the_next_write_in_a_folder_sweeps_it(tmp_path):
    (tmp_path / ".part-aaaaaaaa").write_bytes(b"half")
    os.utime(tmp_path / ".part-aaaaaaaa", (1, 1))
    write_atomically(tmp_path / "card.json", b"whole")
    assert [path.name for path in tmp_path.iterdir()] == ["card.json"]
