"""Photographs and the pairs of crops cut from them, and how small pictures are made."""

import io
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

from gan_models.errors import TrainingError
from gan_models.pictures.images import to_uint8
from training.data import crops as crops_module
from training.data import degrade
from training.data.crops import Crops, turned
from training.data.degrade import RECIPES, bicubic, blur, jpeg, measured, rescue
from training.data.photos import Photos, held_out_photos, load_photos, with_smaller


def photograph(height: int, width: int, seed: int = 0) -> np.ndarray:
    """Smooth colours with an edge."""
    draws = np.random.default_rng(seed)
    small = Image.fromarray(draws.integers(0, 256, (4, 5, 3), dtype=np.uint8))
    picture = np.asarray(small.resize((width, height), Image.BICUBIC)).copy()
    picture[height // 2 :, : width // 3] //= 2
    return picture


PHOTOS = Photos("drawn", tuple(photograph(40 + 4 * n, 56 - n, n) for n in range(5)), "0" * 64)


def test_folders_and_zips_are_read_together_whole_and_in_colour(tmp_path):
    folder = tmp_path / "mine"
    (folder / "deep").mkdir(parents=True)
    Image.fromarray(photograph(50, 60)).save(folder / "a.png")
    Image.fromarray(photograph(33, 44)[..., 0]).save(folder / "deep" / "gray.png")
    Image.fromarray(photograph(31, 90)).save(folder / "narrow.png")
    (folder / "broken.jpg").write_bytes(b"not a picture")
    packed = io.BytesIO()
    Image.fromarray(photograph(64, 48)).save(packed, "PNG")
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as archive:
        archive.writestr("train/x.png", packed.getvalue())
        archive.writestr("val/y.png", packed.getvalue())
    photos = load_photos([str(folder), str(tmp_path / "more.zip")], least=32)
    assert [p.shape for p in photos.pictures] == [(50, 60, 3), (33, 44, 3), (64, 48, 3), (64, 48, 3)]
    assert photos.name == "mine and more"
    assert (len(photos.sha256), photos.free) == (64, False)
    assert sorted(line.partition(":")[0] for line in photos.skipped) == ["broken.jpg", "narrow.png"]
    assert "90x31" in next(line for line in photos.skipped if line.startswith("narrow"))
    assert np.array_equal(photos.pictures[0], photograph(50, 60))
    alone = load_photos([str(folder)], least=32)
    assert alone.sha256 != photos.sha256


def test_what_cannot_be_used_is_refused(tmp_path):
    with pytest.raises(TrainingError, match="does not exist"):
        load_photos([str(tmp_path / "none")], 8)
    (tmp_path / "empty").mkdir()
    with pytest.raises(TrainingError, match="holds no pictures"):
        load_photos([str(tmp_path / "empty")], 8)
    Image.fromarray(photograph(9, 9)).save(tmp_path / "empty" / "small.png")
    with pytest.raises(TrainingError, match="None of the 1 pictures.*9x9"):
        load_photos([str(tmp_path / "empty")], 32)
    with pytest.raises(TrainingError, match="1 usable photograph"):
        held_out_photos(Photos("one", (photograph(9, 9),)))


def test_held_out_photographs_are_few_spread_and_not_learned_from():
    photos = Photos("many", tuple(np.full((2, 2, 3), n, np.uint8) for n in range(200)))
    learned, kept = held_out_photos(photos)
    numbers = [int(p[0, 0, 0]) for p in kept.pictures]
    assert numbers == sorted(numbers)
    assert (len(kept), len(learned)) == (5, 195)
    assert numbers[0] < 40
    assert numbers[-1] >= 160
    assert not set(numbers) & {int(p[0, 0, 0]) for p in learned.pictures}


def test_smaller_copies_are_added_where_a_crop_still_fits():
    more = with_smaller(PHOTOS, (0.5,), least=24)
    assert [p.shape[:2] for p in more.pictures[5:]] == [(24, 27), (26, 26), (28, 26)]
    assert more.pictures[:5] == PHOTOS.pictures


@pytest.mark.parametrize("scale", [2, 4])
def test_low_is_bicubic_of_the_whole_photograph(scale):
    """Cutting from the photograph brought down is not bringing a cut-out down: no border runs through it."""
    crops = Crops(PHOTOS, scale, 8, batch=16, seed=3)
    high, labels, low = crops.at(5)
    assert labels is None
    assert (high.shape, low.shape) == ((16, 3, 8 * scale, 8 * scale), (16, 3, 8, 8))
    assert high.is_contiguous(memory_format=torch.channels_last)
    smalls = [bicubic(picture, scale) for picture in crops.high]
    found = 0
    for large, small in zip(to_uint8(high), to_uint8(low)):
        found += any(placed(large, small, turn, crops.high, smalls, scale) for turn in range(8))
    assert found == 16


def placed(large, small, turn, highs, smalls, scale) -> bool:
    """Whether a pair, turned back, stands at one place in one photograph and in its small copy."""
    for high, low in zip(highs, smalls):
        for top in range(low.shape[0] - 7):
            for left in range(low.shape[1] - 7):
                if np.array_equal(turned(low[top : top + 8, left : left + 8], turn), small):
                    cut = high[top * scale : (top + 8) * scale, left * scale : (left + 8) * scale]
                    return np.array_equal(turned(cut, turn), large)
    return False


def test_batches_are_a_function_of_seed_step_and_process():
    first, again = Crops(PHOTOS, 4, 8, 4, seed=1), Crops(PHOTOS, 4, 8, 4, seed=1)
    first.at(0), first.at(1)
    assert torch.equal(first.at(7)[0], again.at(7)[0])
    assert torch.equal(first.at(7)[2], again.at(7)[2])
    for other in (Crops(PHOTOS, 4, 8, 4, seed=2), Crops(PHOTOS, 4, 8, 4, seed=1, rank=1)):
        assert not torch.equal(first.at(7)[0], other.at(7)[0])
    assert not torch.equal(first.at(7)[0], first.at(8)[0])


def test_every_place_is_equally_likely():
    photos = Photos("two", (np.zeros((32, 32, 3), np.uint8), np.full((32, 96, 3), 255, np.uint8)))
    crops = Crops(photos, 4, 8, batch=500, seed=0)
    white = (crops.at(0)[0] > 0).float().mean().item()
    assert white == pytest.approx(17 / 18, abs=0.03)


def test_the_eight_turns_differ_and_keep_pairs_together():
    crop = np.arange(12 * 12 * 3, dtype=np.uint8).reshape(12, 12, 3)
    assert len({turned(crop, turn).tobytes() for turn in range(8)}) == 8
    for turn in range(8):
        assert np.array_equal(turned(crop, turn)[::3, ::3].shape, turned(crop[::3, ::3], turn).shape)
        assert np.array_equal(bicubic(np.ascontiguousarray(turned(crop, turn)), 4), turned(bicubic(crop, 4), turn))


def test_a_photograph_is_degraded_anew_each_at_its_own_time(monkeypatch):
    monkeypatch.setattr(crops_module, "RENEWED", 10)
    crops = Crops(PHOTOS, 4, 8, 2, seed=0, degrade=rescue)
    changed = [
        index
        for step in range(1, 11)
        for index in range(5)
        if not np.array_equal(crops.low(index, step - 1), crops.low(index, step))
    ]
    assert sorted(changed) == [0, 1, 2, 3, 4]
    fresh = Crops(PHOTOS, 4, 8, 2, seed=0, degrade=rescue)
    assert torch.equal(fresh.at(10)[2], crops.at(10)[2])


def test_crops_larger_than_a_photograph_are_refused():
    with pytest.raises(TrainingError, match="Crops of 20 px.*10 px at 1/4.*--size"):
        Crops(PHOTOS, 4, 20, 2, 0)


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("scale", [2, 4])
def test_recipes_make_small_pictures_and_follow_their_draws(name, scale):
    picture = photograph(48, 64)
    for seed in range(20):
        low = RECIPES[name](picture, scale, np.random.default_rng(seed))
        assert (low.shape, low.dtype) == ((48 // scale, 64 // scale, 3), np.uint8)
        assert np.array_equal(low, RECIPES[name](picture, scale, np.random.default_rng(seed)))
        # Degraded, but still a small copy of the same picture.
        assert np.abs(low.astype(int) - bicubic(picture, scale)).mean() < 30


def test_rescue_varies_in_strength():
    picture = photograph(64, 64)
    clean = bicubic(picture, 4).astype(int)
    apart = [np.abs(rescue(picture, 4, np.random.default_rng(seed)) - clean).mean() for seed in range(40)]
    assert min(apart) < 2
    assert max(apart) > 6


def test_three_of_ten_rescued_pictures_are_worn_within_limits_around_the_measured(monkeypatch):
    asked = []
    monkeypatch.setattr(degrade, "worn", lambda high, scale, draws, *strength: asked.append(strength) or high)
    picture = photograph(16, 16)
    for seed in range(300):
        rescue(picture, 4, np.random.default_rng(seed))
    assert len(asked) / 300 == pytest.approx(0.3, abs=0.08)
    for values, least, measured_at, most in zip(zip(*asked), (0.6, 4, 30), (1.2, 8, 40), (1.8, 12, 55)):
        assert least <= min(values) < measured_at < max(values) <= most


def test_measured_is_what_the_bar_says(monkeypatch):
    """Blur of 1.2, noise of 8 levels and JPEG 40; the blur against numpy's sums."""
    asked = []
    monkeypatch.setattr("training.data.degrade.jpeg", lambda levels, quality: asked.append(quality) or levels)
    flat = np.full((256, 256, 3), 128, np.uint8)
    noisy = measured(flat, 4, np.random.default_rng(0)).astype(float)
    assert noisy.std() == pytest.approx(8, abs=0.3)
    assert asked == [40]
    places = np.arange(-4, 5)
    weights = np.exp(-0.5 * (places / 1.2) ** 2)
    weights /= weights.sum()
    row = np.zeros(33)
    row[16] = 1
    wanted = np.convolve(row, weights, mode="same")
    point = torch.zeros(1, 1, 33, 33, dtype=torch.float64)
    point[..., 16, 16] = 1
    np.testing.assert_allclose(blur(point, 1.2)[0, 0].numpy(), np.outer(wanted, wanted), atol=1e-12)
    assert torch.equal(blur(point, 0.0), point)


def test_jpeg_is_pillows():
    picture = photograph(32, 40)
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=40, subsampling=2)
    levels = torch.from_numpy(picture).permute(2, 0, 1)[None].float()
    assert np.array_equal(jpeg(levels, 40)[0].permute(1, 2, 0).numpy(), np.asarray(Image.open(file)))


def test_a_damaged_entry_of_a_zip_is_skipped_and_named(tmp_path):
    packed = io.BytesIO()
    Image.fromarray(photograph(64, 48)).save(packed, "PNG")
    with zipfile.ZipFile(tmp_path / "torn.zip", "w") as archive:
        for name in ("a.png", "b.png"):
            archive.writestr(name, packed.getvalue())
    raw = bytearray((tmp_path / "torn.zip").read_bytes())
    raw[raw.index(b"IDAT") + 8] ^= 255
    (tmp_path / "torn.zip").write_bytes(raw)
    photos = load_photos([str(tmp_path / "torn.zip")], least=32)
    assert len(photos) == 1 and photos.skipped[0].startswith("a.png: Bad CRC-32")


def test_crops_that_are_not_to_turn_stand_as_they_were():
    still, turning = (Crops(PHOTOS, 4, 8, 16, seed=1, turns=turns) for turns in (False, True))
    smalls = [bicubic(picture, 4) for picture in still.high]
    for crops, upright in ((still, 16), (turning, 2)):
        high, _, low = (x if x is None else to_uint8(x) for x in crops.at(0))
        found = sum(placed(large, small, 0, crops.high, smalls, 4) for large, small in zip(high, low))
        assert found == upright if crops is still else found < 16
