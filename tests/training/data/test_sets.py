"""The named sets: MNIST's files in their two layouts, and the drawn ones."""

import gzip
import hashlib
import io
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import python_avatars as pa
import resvg_py
import torch
from PIL import Image

from gan_models.errors import TrainingError
from training.data import load, load_set
from training.data.avatars import PARTS, faces
from training.losses.torchvision import import_torchvision


def idx(array: np.ndarray) -> bytes:
    return bytes((0, 0, 8, array.ndim)) + np.array(array.shape, ">i4").tobytes() + array.tobytes()


@pytest.fixture
def digits():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (30, 28, 28), dtype=np.uint8), (np.arange(30) % 10).astype(np.uint8)


def write(folder, digits, part="train", packed=True):
    folder.mkdir(parents=True, exist_ok=True)
    for kind, array in zip(("images-idx3", "labels-idx1"), digits, strict=True):
        name = f"{part}-{kind}-ubyte"
        if packed:
            (folder / f"{name}.gz").write_bytes(gzip.compress(idx(array)))
        else:
            (folder / name).write_bytes(idx(array))


@pytest.mark.parametrize("layout, packed", [("mnist", True), ("MNIST/raw", False), (".", True)])
def test_mnist_is_found_in_either_layout(tmp_path, digits, layout, packed):
    write(tmp_path / layout, digits, packed=packed)
    found = load_set("mnist", data_root=tmp_path)
    assert np.array_equal(found.images[:, 0].numpy(), digits[0])
    assert found.labels.tolist() == digits[1].tolist()
    assert found.classes == tuple("0123456789")
    assert found.sha256 == hashlib.sha256(idx(digits[0])).hexdigest()
    assert (found.name, found.free) == ("MNIST", False)


def test_fashion_mnist_is_free_and_names_its_classes(tmp_path, digits):
    write(tmp_path / "fashion-mnist", digits, part="t10k")
    found = load_set("fashion-mnist", data_root=tmp_path, split="test", limit=7)
    assert (len(found), found.licence, found.free) == (7, "MIT", True)
    assert found.classes[9] == "ankle boot"


def test_mnist_can_be_brought_to_a_size_and_to_colour(tmp_path, digits):
    write(tmp_path / "mnist", digits)
    found = load_set("mnist", data_root=tmp_path, size=32, channels=3, limit=4)
    assert found.images.shape == (4, 3, 32, 32)
    assert torch.equal(found.images[:, 0], found.images[:, 2])


def test_a_missing_set_out_of_reach_is_one_line(tmp_path):
    with pytest.raises(TrainingError, match="could not be downloaded .* point --data-root at a folder"):
        load_set("mnist", data_root=tmp_path)


def test_a_missing_set_is_downloaded_by_torchvision_into_the_cache(tmp_path, digits, monkeypatch):
    def dataset(root, train, download):
        write(Path(root) / "MNIST" / "raw", digits, packed=False)

    datasets = SimpleNamespace(datasets=SimpleNamespace(MNIST=dataset))
    monkeypatch.setattr("training.losses.torchvision.import_torchvision", lambda: datasets)
    monkeypatch.setenv("GAN_ATELIER_CACHE", str(tmp_path))
    assert len(load_set("mnist")) == 30
    assert (tmp_path / "data" / "MNIST" / "raw").is_dir()


def test_torchvision_imports_beside_a_cpu_torch():
    assert callable(import_torchvision().datasets.FashionMNIST)


@pytest.mark.parametrize(
    "damage",
    [lambda raw: raw[:100], lambda raw: raw[:6], lambda raw: b"\0\0\x0b\1" + raw[4:], lambda raw: raw + b"\0"],
)
def test_damaged_idx_files_are_refused(tmp_path, digits, damage):
    write(tmp_path / "mnist", digits)
    (tmp_path / "mnist" / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(damage(idx(digits[0]))))
    with pytest.raises(TrainingError, match="fetch"):
        load_set("mnist", data_root=tmp_path)
    (tmp_path / "mnist" / "train-images-idx3-ubyte.gz").write_bytes(b"not gzip")
    with pytest.raises(TrainingError, match="cannot be read"):
        load_set("mnist", data_root=tmp_path)
    # The header of a gzip and then no stream of it.
    (tmp_path / "mnist" / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(b"")[:10] + b"\xff" * 40)
    with pytest.raises(TrainingError, match="cannot be read"):
        load_set("mnist", data_root=tmp_path)


def test_avatars_are_the_same_every_time_and_whatever_the_count():
    few, more = load_set("avatars", size=32, limit=3), load_set("avatars", size=32, limit=20)
    assert few.images.shape == (3, 3, 32, 32)
    assert torch.equal(few.images, more.images[:3])
    assert not torch.equal(few.images, load_set("avatars", size=32, limit=3, split="test").images)
    assert few.free


def test_avatars_show_what_their_attributes_say():
    found = load_set("avatars", size=64, limit=20)
    assert set(found.attributes) == set(PARTS)
    assert torch.equal(found.labels, found.attributes["top"].labels)
    assert found.labels.max() < len(found.classes)
    kept = found.take(torch.tensor([5, 2]))
    assert kept.attributes["skin"].labels.tolist() == found.attributes["skin"].labels[[5, 2]].tolist()


def test_an_avatar_stands_before_its_background():
    short_hair = np.full(6, list(PARTS["top"]).index("SHORT_FLAT"))
    choice = {part: np.zeros(6, np.int64) for part in PARTS} | {"top": short_hair, "background": np.arange(6)}
    corners = faces(choice, 32)[:, 0, 0]
    assert [f"#{bytes(corner).hex()}" for corner in corners] == list(PARTS["background"])


def test_every_part_of_an_avatar_changes_the_picture():
    plain = {part: np.zeros(1, np.int64) for part in PARTS}
    base = faces(plain, 32).astype(int)
    for part in PARTS:
        worn = {"facial_hair": np.ones(1, np.int64)} if part == "hair_color" else {}
        other = faces(plain | worn | {part: np.ones(1, np.int64)}, 32)
        assert (np.abs(other - base) > 20).any(), part


def test_avatars_look_as_their_own_package_draws_them():
    """Layers laid together here against the whole drawing by python-avatars."""
    wears = {"skin": "LIGHT", "top": "BOB", "hair_color": "RED", "accessory": "ROUND", "eyes": "HAPPY"}
    wears |= {"mouth": "SMILE", "eyebrows": "DEFAULT", "clothing": "HOODIE", "clothing_color": "PINK"}
    choice = {part: np.zeros(1, np.int64) for part in PARTS}
    choice |= {part: np.array([list(PARTS[part]).index(name)]) for part, name in wears.items()}
    svg = pa.Avatar(
        skin_color=pa.SkinColor.LIGHT,
        top=pa.HairType.BOB,
        hair_color=pa.HairColor.RED,
        accessory=pa.AccessoryType.ROUND,
        eyes=pa.EyeType.HAPPY,
        mouth=pa.MouthType.SMILE,
        eyebrows=pa.EyebrowType.DEFAULT,
        clothing=pa.ClothingType.HOODIE,
        clothing_color=pa.ClothingColor.PINK,
        facial_hair=pa.FacialHairType.NONE,
    ).render()
    svg = svg.replace('viewBox="0 0 264 280"', 'viewBox="16 8 232 232"').replace('width="264px" height="280px"', "")
    png = resvg_py.svg_to_bytes(
        svg_string=svg,
        width=64,
        height=64,
        skip_system_fonts=True,
        background=next(iter(PARTS["background"])),
    )
    whole = np.asarray(Image.open(io.BytesIO(bytes(png))).convert("RGB")).astype(int)
    assert np.abs(faces(choice, 64)[0] - whole).mean() < 1


@pytest.mark.parametrize("name, credit", [("robohash", "Zikri Kader"), ("robohash-monsters", "Hrvoje Novakovic")])
def test_robohash_credits_its_artist(name, credit):
    found = load_set(name, size=32, limit=12)
    assert found.images.shape == (12, 3, 32, 32)
    assert credit in found.source
    assert found.licence.startswith("CC BY")
    assert torch.equal(found.images[:5], load_set(name, size=32, limit=5).images)
    assert len(torch.unique(found.images.flatten(1), dim=0)) == 12


def test_robots_are_labelled_by_their_colour():
    found = load_set("robohash", size=32, limit=80)
    mean = {c: found.images[found.labels == i].float().mean((0, 2, 3)) for i, c in enumerate(found.classes)}
    assert mean["red"][0] > mean["red"][2] + 10
    assert mean["blue"][2] > mean["blue"][0] + 10


def test_unknown_splits_of_drawn_sets_are_refused():
    for name in ("avatars", "robohash"):
        with pytest.raises(TrainingError, match="splits train and test, not 'dev'"):
            load_set(name, split="dev")


def test_the_first_name_of_load_set_stays():
    assert load is load_set
