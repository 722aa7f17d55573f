"""Folders of strangers: what stands where a file should be stops nothing and fills nothing."""

import os
import shutil
import threading
from pathlib import Path

import pytest
import tiny

from gan_models.files import contents
from gan_models.loading import Shelf


def pipe(path: Path) -> None:
    os.mkfifo(path)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def enormous(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(60_000_000_000)


SPECIAL = {"a pipe": pipe, "a device": endless, "longer than": enormous}


@pytest.mark.parametrize("words", SPECIAL)
@pytest.mark.parametrize("name", ["card.json", "generator.safetensors", "samples.png", "film.webp"])
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
