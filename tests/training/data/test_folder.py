"""Folders and zips: labels, splits, broken files, natural sizes, sets too big for memory."""

import gzip
import io
import os
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gan_models.errors import TrainingError
from training.data import Batches, held_out, idx, load_set, pictures
from training.data.image_set import Rows
from training.data.known import BY_SHA256


def paint(path: Path, level: int, size: int = 32, mode: str = "RGB") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (size, size), level).convert(mode).save(path)


def as_bytes(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def zipped(folder: Path) -> Path:
    out = folder.with_suffix(".zip")
    with zipfile.ZipFile(out, "w") as archive:
        for file in sorted(folder.rglob("*.*")):
            archive.write(file, file.relative_to(folder).as_posix())
    return out


@pytest.fixture
def animals(tmp_path: Path) -> Path:
    for split, first in (("train", 10), ("test", 200)):
        for label in ("cats", "dogs"):
            for n in range(3):
                paint(tmp_path / "animals" / split / label / f"{n}.png", first + n + 5 * (label == "dogs"))
    return tmp_path / "animals"


@pytest.mark.parametrize("form", [lambda folder: folder, zipped])
def test_subfolders_are_splits_and_labels(animals, form):
    path = form(animals)
    train, test = load_set(path), load_set(path, split="test")
    assert train.classes == ("cats", "dogs")
    assert train.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert train.images[:, 0, 0, 0].tolist() == [10, 11, 12, 15, 16, 17]
    assert test.images[:, 0, 0, 0].tolist() == [200, 201, 202, 205, 206, 207]
    assert len(load_set(path, split="all")) == 12


def test_a_folder_around_everything_and_one_class_are_no_labels(tmp_path):
    for n in range(4):
        paint(tmp_path / "photos" / "all" / f"{n}.png", n)
    found = load_set(tmp_path / "photos")
    assert found.labels is None
    assert found.classes == ()
    assert (found.name, found.licence, found.free) == ("photos", "your own pictures", False)


def test_a_licence_can_be_given(tmp_path):
    paint(tmp_path / "a.png", 1)
    free, other = load_set(tmp_path, licence="CC0 1.0"), load_set(tmp_path, licence="ask me")
    assert (free.licence, free.free) == ("CC0 1.0", True)
    assert (other.licence, other.free) == ("ask me", False)


def test_natural_size_and_channels_are_those_of_most_pictures(tmp_path):
    for n in range(5):
        paint(tmp_path / "gray" / f"{n}.png", n, size=70, mode="L")
    assert load_set(tmp_path / "gray").images.shape == (5, 1, 64, 64)
    paint(tmp_path / "gray" / "colour.png", 9, size=20)
    assert load_set(tmp_path / "gray").images.shape == (6, 3, 64, 64)
    assert load_set(tmp_path / "gray", size=28, channels=1).images.shape == (6, 1, 28, 28)


def test_unreadable_files_are_skipped_and_named(animals):
    folder = animals / "train" / "cats"
    (folder / "0a-broken.jpg").write_bytes(b"this is no picture")
    (folder / "0b-cut.png").write_bytes((folder / "1.png").read_bytes()[:60])
    (folder / "0c-empty.png").write_bytes(b"")
    (folder / "notes.txt").write_text("not a picture, and not meant to be one")
    for form in (animals, zipped(animals)):
        found = load_set(form)
        assert [line.split(":")[0] for line in found.skipped] == [
            f"train/cats/{name}" for name in ("0a-broken.jpg", "0b-cut.png", "0c-empty.png")
        ]
        assert found.labels.tolist() == [0, 0, 0, 1, 1, 1]
        assert found.images[:, 0, 0, 0].tolist() == [10, 11, 12, 15, 16, 17]


def test_hidden_files_are_not_pictures(tmp_path):
    paint(tmp_path / "__MACOSX" / "a.png", 1)
    paint(tmp_path / ".cache" / "b.png", 1)
    paint(tmp_path / "c.png", 3)
    assert load_set(tmp_path).images[:, 0, 0, 0].tolist() == [3]


def one_line(error) -> str:
    text = str(error.value)
    assert "\n" not in text
    return text


def test_what_cannot_be_loaded_is_one_clear_line(tmp_path):
    with pytest.raises(TrainingError) as error:
        load_set(tmp_path / "missing")
    assert "missing does not exist" in one_line(error)
    assert "avatars" in one_line(error)
    (tmp_path / "empty").mkdir()
    with pytest.raises(TrainingError) as error:
        load_set(tmp_path / "empty")
    assert "is empty" in one_line(error)
    (tmp_path / "empty" / "a.csv").write_text("1")
    with pytest.raises(TrainingError) as error:
        load_set(tmp_path / "empty")
    assert "no pictures, only 1 other files (.csv)" in one_line(error)
    with pytest.raises(TrainingError) as error:
        load_set(tmp_path / "empty" / "a.csv")
    assert "neither a folder nor a zip" in one_line(error)
    (tmp_path / "empty" / "a.jpg").write_bytes(b"nothing")
    with pytest.raises(TrainingError) as error:
        load_set(tmp_path / "empty")
    assert "none of the 1 pictures" in one_line(error)
    assert "a.jpg" in one_line(error)


def test_damaged_zips_are_one_line_and_damaged_entries_are_skipped(animals):
    path = zipped(animals)
    raw = bytearray(path.read_bytes())
    at = raw.index(b"IDAT", raw.index(b"train/cats/1.png"))
    raw[at + 6 : at + 12] = b"\xff" * 6
    path.write_bytes(raw)
    found = load_set(path)
    assert [line.split(":")[0] for line in found.skipped] == ["train/cats/1.png"]
    path.write_bytes(raw.replace(b"PK\x01\x02", b"PK\x00\x00"))
    with pytest.raises(TrainingError) as error:
        load_set(path)
    assert "is a damaged zip" in one_line(error)
    path.write_bytes(raw[: len(raw) // 2])
    with pytest.raises(TrainingError) as error:
        load_set(path)
    assert "neither a folder nor a zip" in one_line(error)


def test_a_missing_split_names_those_there_are(animals, tmp_path):
    with pytest.raises(TrainingError, match="no split 'validation', only test, train"):
        load_set(animals, split="validation")


def test_the_hash_names_the_contents(animals):
    before = load_set(animals).sha256
    assert load_set(animals).sha256 == before
    assert load_set(animals, size=64).sha256 == before
    paint(animals / "train" / "cats" / "0.png", 99)
    assert load_set(animals).sha256 != before


def test_a_set_too_big_for_memory_is_mapped_and_the_same(animals, tmp_path, monkeypatch):
    monkeypatch.setenv("GAN_ATELIER_CACHE", str(tmp_path / "cache"))
    (animals / "train" / "cats" / "0a.jpg").write_bytes(b"broken")
    whole, mapped = load_set(animals), load_set(animals, memory_mb=0)
    assert isinstance(mapped.images, Rows)
    assert mapped.images.shape == whole.images.shape
    assert torch.equal(mapped.images[:], whole.images)
    assert (mapped.sha256, mapped.skipped, mapped.classes) == (whole.sha256, whole.skipped, whole.classes)
    one, other = held_out(whole, share=0.3, seed=1), held_out(mapped, share=0.3, seed=1)
    for a, b in zip(one, other, strict=True):
        assert torch.equal(a.images[:], b.images[:])
        assert torch.equal(a.labels, b.labels)
    assert torch.equal(Batches(whole, 2, 0).at(3)[0], Batches(mapped, 2, 0).at(3)[0])


def test_the_mapped_file_is_made_once_and_anew_when_pictures_change(animals, tmp_path, monkeypatch):
    monkeypatch.setenv("GAN_ATELIER_CACHE", str(tmp_path / "cache"))
    load_set(animals, memory_mb=0)
    monkeypatch.setattr("training.data.pictures.read_picture", lambda *a: pytest.fail("decoded again"))
    load_set(animals, memory_mb=0)
    monkeypatch.undo()
    monkeypatch.setenv("GAN_ATELIER_CACHE", str(tmp_path / "cache"))
    paint(animals / "train" / "cats" / "0.png", 222, size=40)
    assert load_set(animals, memory_mb=0).images[0][0, 0, 0] == 222
    assert not list((tmp_path / "cache" / "sets").glob("*part-*"))


def test_a_full_disk_is_one_line(animals, tmp_path, monkeypatch):
    monkeypatch.setenv("GAN_ATELIER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 10})())
    with pytest.raises(TrainingError, match="make room, or set GAN_ATELIER_CACHE"):
        load_set(animals, memory_mb=0)


def test_known_sets_carry_their_licence(animals, monkeypatch):
    path = zipped(animals)
    monkeypatch.setitem(BY_SHA256, load_set(path).sha256, "clothing-144")
    found = load_set(path)
    assert (found.name, found.licence, found.free) == ("clothing, 144 px", "CC0 1.0", True)
    assert np.unique(found.labels).tolist() == [0, 1]


def test_old_names_that_are_no_utf_8_are_read_hashed_and_said(tmp_path):
    paint(tmp_path / "set" / "plain" / "a.png", 1)
    old = tmp_path / "set" / os.fsdecode(b"caf\xe9")
    paint(old / "b.png", 2)
    (old / "broken.png").write_bytes(b"nothing")
    found = load_set(tmp_path / "set")
    assert (len(found), len(found.sha256)) == (2, 64)
    assert found.classes == ("caf\\udce9", "plain")
    assert "\n".join((*found.classes, *found.skipped)).encode()  # a config can hold them


def test_folders_behind_links_are_read_and_circles_are_left(tmp_path):
    for label in ("cats", "dogs"):
        paint(tmp_path / "disk" / label / "a.png", 7)
        (tmp_path / "set").mkdir(exist_ok=True)
        (tmp_path / "set" / label).symlink_to(tmp_path / "disk" / label)
    (tmp_path / "disk" / "dogs" / "up").symlink_to(tmp_path / "set")
    found = load_set(tmp_path / "set")
    assert found.classes == ("cats", "dogs")
    assert len(load_set(tmp_path / "disk" / "cats")) == 1


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_a_zip_has_twice_is_one_picture(animals):
    path = zipped(animals)
    with zipfile.ZipFile(path, "a") as archive:
        archive.write(animals / "train" / "cats" / "1.png", "train/cats/0.png")
    found = load_set(path)
    assert (len(found), found.images[0, 0, 0, 0]) == (6, 11)


def test_a_picture_beside_the_splits_does_not_mix_them(animals):
    paint(animals / "preview.png", 99)
    for split in ("train", "test"):
        found = load_set(animals, split=split)
        assert (len(found), found.classes) == (6, ("cats", "dogs"))


def test_classes_are_counted_from_the_pictures_that_are_left(animals):
    (animals / "train" / "birds").mkdir()
    (animals / "train" / "birds" / "IMG_1.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    for number in range(2):
        paint(animals / "train" / "ants" / f"{number}.png", 90)
    found = load_set(animals)
    assert (found.classes, found.labels.tolist()) == (("ants", "cats", "dogs"), [0, 0, 1, 1, 1, 2, 2, 2])
    assert "birds" in found.told[-1] and "IMG_1.heic: it is HEIC" in found.skipped[0]
    few = load_set(animals, limit=4)
    assert (few.classes, few.labels.tolist()) == (("ants", "cats"), [0, 0, 1])
    assert load_set(animals, limit=2).labels is None


@pytest.mark.parametrize(
    ("dtype", "top", "suffix", "said"),
    [
        (np.uint16, 2**12 - 1, "png", "0 to 4095 are taken for black to white (12 bits)"),
        (np.uint16, 2**14 - 1, "tif", "(14 bits)"),
        (np.int32, 2**20 - 1, "tif", "(20 bits)"),
        (np.float32, 1, "tif", "0 to 1 are"),
    ],
)
def test_deep_pictures_share_one_range_that_was_looked_at(tmp_path, dtype, top, suffix, said):
    for number in (1, 4):
        levels = np.linspace(0, top * number / 4, 32 * 32).reshape(32, 32).astype(dtype)
        Image.fromarray(levels).save(tmp_path / f"{number}.{suffix}")
    found = load_set(tmp_path)
    assert found.channels == 1 and found.images.amax((1, 2, 3)).tolist() in ([63, 255], [64, 255])
    assert any(said in line for line in found.told)


def test_dark_sets_and_frames_that_are_left_out_are_said(tmp_path):
    frames = [Image.new("RGB", (32, 32), (level, level, 9)) for level in (9, 12)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    told = load_set(tmp_path).told
    assert any("1 hold several pictures" in line for line in told) and any("nearly black" in line for line in told)


def test_a_small_zip_of_enormous_pictures_is_named_or_decoded_one_by_one(tmp_path, monkeypatch):
    """A few kilobytes may hold any number of pixels: too many are refused, and many are never decoded together."""
    monkeypatch.setattr(pictures, "MOST_BYTES", 100_000)
    monkeypatch.setattr(pictures, "_ROOM", pictures._Room(1_500_000))
    now, most = [], []
    whole = pictures.open_picture

    def watched(image, channels, span):
        now.append(image.width * image.height)
        most.append(sum(now))
        time.sleep(0.02)
        now.remove(image.width * image.height)
        return whole(image, channels, span)

    monkeypatch.setattr(pictures, "open_picture", watched)
    with zipfile.ZipFile(tmp_path / "set.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(6):
            archive.writestr(f"{number}.png", as_bytes(Image.new("1", (1000, 1000), number % 2)))
        archive.writestr("bytes.png", bytes(200_000))
        archive.writestr("pixels.png", as_bytes(Image.new("1", (9000, 9000))))
    found = pictures.load_set(tmp_path / "set.zip", size=28, workers=4)
    assert len(found) == 6 and set(most) == {1_000_000, 81_000_000}, "each alone"
    said = "\n".join(found.skipped)
    assert "bytes.png: it is longer than 100,000 bytes when it is unpacked" in said and "pixels.png: " in said


def test_a_small_gz_that_unpacks_to_gigabytes_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(idx, "MOST_BYTES", 100_000)
    for kind in ("images-idx3-ubyte", "labels-idx1-ubyte"):
        (tmp_path / f"train-{kind}.gz").write_bytes(gzip.compress(bytes(200_000)))
    with pytest.raises(TrainingError, match=r"longer than 100,000 bytes when it is unpacked\): delete it"):
        idx.load_set("mnist", tmp_path)


def test_what_a_killed_decoding_left_is_swept_by_the_next_one(animals, tmp_path, monkeypatch):
    monkeypatch.setenv("GAN_ATELIER_CACHE", str(tmp_path / "cache"))
    names = ("part-old", ".part-killed00", "part-young", ".part-young000")
    parts = [tmp_path / "cache" / "sets" / name for name in names]
    for part in parts:
        part.mkdir(parents=True)
        (part / "pixels.npy").write_bytes(b"half")
    for path in (*parts[:2], *(part / "pixels.npy" for part in parts[:2])):
        os.utime(path, (1, 1))
    pictures.load_set(animals, size=32, memory_mb=0)
    assert [part.exists() for part in parts] == [False, False, True, True]
