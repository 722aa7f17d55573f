"""What folders are taken for: splits, classes, sides of pairs, runs; in folders and zips, and it is said."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_models.errors import TrainingError
from training.data import load_set
from training.data.layout import layout, normal, split_of
from training.data.pairs import load_pairs

LEARNED, TESTED = 20, 190


def paint(path: Path, level: int, size: tuple[int, int] = (32, 32), kind: str = "PNG") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (level,) * 3).save(path, kind)


def in_splits(folder: Path, form: str, train: str, test: str) -> Path:
    for split, level in ((train, LEARNED), (test, TESTED)):
        for label in ("cats", "dogs"):
            for number in range(3):
                paint(folder / form.format(split=split, label=label) / f"{number}.png", level)
    return folder


@pytest.mark.parametrize(
    "form", ["{split}/{label}", "all/{split}/{label}", "{label}/{split}", "set/{label}/{split}/deep"]
)
@pytest.mark.parametrize(
    ("train", "test"),
    [("train", "test"), ("Training", "Testing"), ("TRAIN", "VAL"), ("train", "testing"), ("Train", "Valid"),
     ("training_set", "test_set"), ("train-images", "Validation"), ("train_data", "eval")],
)  # fmt: skip
def test_splits_are_known_by_any_of_their_names(tmp_path, form, train, test):
    found = load_set(in_splits(tmp_path / "set", form, train, test))
    assert (len(found), found.classes, found.images.max()) == (6, ("cats", "dogs"), LEARNED)
    assert any(f"{train} (6) taken, {test} (6) left" in line for line in found.told)
    assert any("folders are classes: cats (3), dogs (3)" in line for line in found.told)
    tested = load_set(tmp_path / "set", split="test")
    assert (len(tested), tested.images.min()) == (6, TESTED)


def test_what_only_looks_like_a_split_is_a_class_and_what_lies_beside_both_is_left_out(tmp_path):
    for vehicle in ("train", "plane", "trainer"):
        paint(tmp_path / "vehicles" / vehicle / "1.png", LEARNED)
    assert load_set(tmp_path / "vehicles").classes == ("plane", "train", "trainer")
    folder = in_splits(tmp_path / "set", "{split}/{label}", "train", "test")
    paint(folder / "docs" / "cover.png", TESTED)
    found = load_set(folder)
    assert len(found) == 6 and "beside the splits and left out: docs (1)" in found.told
    paint(tmp_path / "mixed" / "cats" / "1.png", 1)
    paint(tmp_path / "mixed" / "2.png", 1)
    assert any("1 picture lies beside folders" in line for line in load_set(tmp_path / "mixed").told)


@pytest.mark.parametrize("name", ["trains", "contest", "val d'isere", "training wheels", "a", "testament"])
def test_words_with_a_split_in_them_are_none(name):
    assert split_of(name) == ("", "")


ENTRIES = {
    "backslashes": lambda name: name.replace("/", "\\"),
    "a point in front": lambda name: f"./{name}",
    "a slash in front": lambda name: f"/{name}",
    "two points in front": lambda name: f"../../{name}",
    "a drive in front": lambda name: "C:\\set\\" + name.replace("/", "\\"),
    "all of it": lambda name: "\\.\\..\\" + name.replace("/", "\\"),
}


@pytest.mark.parametrize("form", ENTRIES)
def test_entries_of_zips_lie_where_unpackers_put_them(tmp_path, form):
    names = [f"{split}/{label}/{n}.png" for split in ("train", "test") for label in ("cats", "dogs") for n in range(3)]
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        for name in [*names, "train/cats/", "__MACOSX/train/cats/._0.png", ".thumbs/0.png"]:
            entry, out = zipfile.ZipInfo("x"), io.BytesIO()
            entry.filename = ENTRIES[form](name)
            Image.new("RGB", (32, 32), (TESTED if "test" in name else LEARNED,) * 3).save(out, "PNG")
            archive.writestr(entry, out.getvalue())
    found = load_set(tmp_path / "set.zip")
    assert (len(found), found.classes, found.images.max()) == (6, ("cats", "dogs"), LEARNED)
    assert found.skipped == () and normal("a/./b//../c.png") == "a/b/c.png"


PAIRS = {
    "A above": ["A/train", "B/train", "A/test", "B/test"],
    "A below": ["train/A", "train/B", "test/A", "test/B"],
    "letters": ["trainA", "trainB", "testA", "testB"],
    "capitals": ["Train_A", "Train_B", "Val_A", "Val_B"],
    "inside": ["maps/trainA", "maps/trainB", "maps/testA", "maps/testB"],
}


@pytest.mark.parametrize("form", PAIRS)
def test_pairs_are_found_in_the_layouts_of_other_programs(tmp_path, form):
    for place in PAIRS[form]:
        for number in range(4):
            split, side = "rain" in place.lower(), place.upper().replace("TRAIN", "").replace("VAL", "")
            paint(
                tmp_path / place / f"{number}.png", (30 if "A" in side.replace("MAPS", "") else 130) + 90 * (not split)
            )
    _, learned, kept = load_pairs([str(tmp_path)])
    levels = [int(part.float().mean()) for part in (learned.sources, learned.target.images, kept.sources)]
    assert (len(learned), len(kept), levels) == (4, 4, [30, 130, 120])
    assert "sources are A, targets B (--swap turns them round)" in learned.target.told


def whole_pairs(folder: Path, names=("0.png", "1.png", "2.png", "3.png")) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    both = np.concatenate([np.full((32, 32, 3), level, np.uint8) for level in (20, 220)], 1)
    for name in names:
        Image.fromarray(both).save(folder / name)


@pytest.mark.parametrize(("train", "test"), [("Train", "Test"), ("TRAIN", "val"), ("training", "Testing")])
def test_side_by_side_pairs_of_two_splits_are_not_paired_with_each_other(tmp_path, train, test):
    whole_pairs(tmp_path / train), whole_pairs(tmp_path / test)
    _, learned, kept = load_pairs([str(tmp_path)])
    assert (len(learned), len(kept)) == (4, 4)
    assert (learned.sources.unique().tolist(), learned.target.images.unique().tolist()) == ([20], [220])
    assert "sources are left half, targets right half (--swap turns them round)" in learned.target.told


def test_pictures_that_may_be_pairs_by_themselves_are_asked_about(tmp_path):
    whole_pairs(tmp_path / "cats"), whole_pairs(tmp_path / "dogs")
    with pytest.raises(
        TrainingError, match="cats and dogs under equal names .* into one folder; .* the folders A and B"
    ):
        load_pairs([str(tmp_path)])
    (tmp_path / "cats").rename(tmp_path / "A")
    (tmp_path / "dogs").rename(tmp_path / "b")
    assert len(load_pairs([str(tmp_path)])[0]) == 4


def test_runs_and_weights_among_the_pictures_are_no_data(tmp_path):
    for label in ("cats", "dogs"):
        paint(tmp_path / "set" / label / "1.png", LEARNED)
    before = load_set(tmp_path / "set")
    for place in ("run", "deep/er/run", "cats/run"):
        paint(tmp_path / "set" / place / "grids" / "000000064.png", TESTED)
        (tmp_path / "set" / place / "config.json").write_text("{}")
    paint(tmp_path / "set" / "weight" / "samples.webp", TESTED)
    for name in ("card.json", "generator.safetensors"):
        (tmp_path / "set" / "weight" / name).write_text("")
    found = load_set(tmp_path / "set")
    assert (found.classes, found.sha256, len(found)) == (before.classes, before.sha256, 2)
    assert "run is a training run and left out" in found.told and "weight is a weight and left out" in found.told
    with pytest.raises(TrainingError, match="is a training run and no set of pictures"):
        load_set(tmp_path / "set" / "run")
    assert len(load_set(tmp_path / "set" / "run" / "grids")) == 1, "who names them means them"


def test_names_of_every_split_are_said_where_one_is_missing(tmp_path):
    with pytest.raises(TrainingError, match="no split 'test', only Train"):
        layout(["Train/a/1.png", "Train/b/1.png"], "test", tmp_path)
