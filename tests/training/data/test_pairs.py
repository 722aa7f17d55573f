"""Pairs from folders and made ones: what goes together stays together, and what does not is one clear line."""

import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

from gan_models.errors import TrainingError
from gan_models.pictures.colour import join_lab, split_lab
from training.data.image_set import ImageSet
from training.data.pair_batches import (
    Changes,
    PairBatches,
    UnpairedBatches,
    balanced,
    fixed_pairs,
    hints_for,
    recoloured,
)
from training.data.pairs import PairSet, has_test, load_pairs
from training.data.palette import palette
from training.data.unpaired import load_side


def picture(seed: int, width: int = 32, height: int = 32) -> np.ndarray:
    """A bright square somewhere on a dark, slowly varying ground, unlike that of any other seed."""
    draws = np.random.default_rng(seed)
    ground = np.linspace(20, 90, width)[None, :, None] + draws.integers(0, 40, (1, 1, 3))
    image = np.broadcast_to(ground, (height, width, 3)).copy()
    left, top = draws.integers(3, 13, 2)
    side = draws.integers(10, 15)
    image[top : top + side, left : left + side] = draws.integers(150, 255, 3)
    return image.astype(np.uint8)


def save(path, image) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(path)


@pytest.fixture
def singles(tmp_path):
    for index in range(40):
        save(tmp_path / "singles" / ("warm", "cold")[index % 4 == 0] / f"{index:02d}.png", picture(index))
    return tmp_path / "singles"


@pytest.fixture
def beside(tmp_path):
    """Negatives on the left, positives on the right."""
    for index in range(24):
        one = picture(index)
        save(tmp_path / "beside" / f"{index:02d}.png", np.concatenate([255 - one, one], 1))
    return tmp_path / "beside"


def as_uint8(tensor):
    return ((tensor + 1) * 127.5).round().to(torch.uint8)


def test_side_by_side_pairs_are_parted_in_the_middle(beside):
    whole, learned, kept = load_pairs([str(beside)])
    assert len(whole) == 24 and len(learned) + len(kept) == 24 and len(kept) == len(learned.held_out)
    assert learned.target.size == 32
    assert torch.equal(learned.sources, 255 - learned.target.images)
    _, swapped, _ = load_pairs([str(beside)], swap=True)
    assert torch.equal(swapped.sources, learned.target.images)


def test_two_folders_are_joined_by_name(tmp_path):
    for index in range(12):
        save(tmp_path / "set" / "edges" / f"{index}.png", 255 - picture(index))
        save(tmp_path / "set" / "photos" / f"{index}.jpg", picture(index))
    _, learned, _ = load_pairs([str(tmp_path / "set")])
    apart = (learned.sources.int() - (255 - learned.target.images.int())).abs().float().mean()
    assert apart < 12  # the photos went through JPEG


def test_splits_of_the_folder_are_kept(tmp_path):
    for split, count in (("train", 10), ("test", 4)):
        for index in range(count):
            one = picture(index + 100 * (split == "test"))
            save(tmp_path / "set" / split / f"{index}.png", np.concatenate([one, one], 1))
    assert has_test(str(tmp_path / "set"))
    whole, learned, kept = load_pairs([str(tmp_path / "set")])
    assert (len(whole), len(learned), len(kept), learned.held_out) == (10, 10, 4, ())


def test_near_duplicates_fall_on_the_same_side(tmp_path):
    for index in range(60):
        for shot in range(1 + (index % 6 == 0)):
            save(tmp_path / "set" / f"{index:02d}-{shot}.png", picture(index))
    names = sorted(path.name for path in (tmp_path / "set").iterdir())
    bursts = 0
    for limit in range(60, 71):  # another number of pictures is another choice
        _, learned, _ = load_pairs([str(tmp_path / "set")], "edges", 32, limit=limit)
        held = {names[row] for row in learned.held_out}
        shots = {name for name in names[:limit] if name[:2] in {one[:2] for one in held}}
        assert held == shots
        bursts += len(held) > len({name[:2] for name in held})
    assert bursts


@pytest.mark.parametrize("way", ["beside", "folders", "stems", "mixed", "shape", "single", "empty", "two", "missing"])
def test_what_cannot_be_paired_is_one_clear_line(tmp_path, way):
    root = tmp_path / "set"
    root.mkdir()
    flags = {}
    if way == "beside":
        save(root / "1.png", picture(1, 64))
        save(root / "2.png", picture(2, 48))
        said = "2.png is 48x32, and a side-by-side pair is twice as wide as high"
    elif way == "folders":
        for name in ("a/1", "b/1", "a/2"):
            save(root / f"{name}.png", picture(1))
        said = "1 of 3 pictures in .* have no partner of the same name in the other folder, the first 2.png in a"
    elif way == "stems":
        for name in ("a/1.png", "a/1.jpg", "b/1.png"):
            save(root / name, picture(1))
        said = "a/1.jpg and a/1.png in .* have one name, and only one can be in a pair"
    elif way == "mixed":
        save(root / "a" / "1.png", picture(1))
        said = "holds no pairs"
    elif way == "shape":
        save(root / "a" / "1.png", picture(1))
        save(root / "b" / "1.png", picture(1, 64))
        said = "a/1.png is 32x32 and its partner b/1.png 64x32, which is another shape"
    elif way == "single":
        save(root / "1.png", picture(1))
        said = "--make edges, lines or gray"
    elif way == "empty":
        said = "holds no pictures"
    elif way == "two":
        save(root / "1.png", picture(1, 64))
        flags, said = {"data": [str(root), str(root)]}, "names 2 sets"
    else:
        flags, said = {"data": [str(tmp_path / "nowhere")]}, "does not exist"
    with pytest.raises(TrainingError, match=said):
        load_pairs(**{"data": [str(root)], **flags})


def test_both_sides_are_changed_alike(beside):
    _, learned, _ = load_pairs([str(beside)])
    batches = PairBatches(learned, 8, 0, Changes(flip=True, zoom=0.2))
    for step in range(3):
        target, labels, given = batches.at(step)
        assert labels is None and target.shape == given.shape == (8, 3, 32, 32)
        torch.testing.assert_close(given, -target, atol=1e-5, rtol=0)
    plain = PairBatches(learned, 8, 0, Changes(flip=False, zoom=0)).at(0)[0]
    assert not torch.equal(plain, batches.at(0)[0])


def test_batches_are_a_function_of_the_step_and_show_every_pair_once(singles):
    _, learned, _ = load_pairs([str(singles)], "edges", 32)
    one, two = (PairBatches(learned, 4, 3, Changes(hints=True)) for _ in range(2))
    one.at(0)
    for a, b in zip(one.at(5), two.at(5)):
        assert a is b is None or torch.equal(a, b)
    seen = np.concatenate([two.chosen(step) for step in range(len(learned))])
    assert sorted(seen[: len(learned)]) == list(range(len(learned)))
    parts = [PairBatches(learned, 2, 3, Changes(), rank, 2).chosen(0) for rank in (0, 1)]
    assert np.array_equal(np.concatenate(parts), two.chosen(0))


def test_edges_lie_on_the_edges_of_the_changed_picture(singles):
    _, learned, _ = load_pairs([str(singles)], "lines", 32)
    target, _, given = PairBatches(learned, 16, 0, Changes(zoom=0.15)).at(0)
    assert given.shape == (16, 1, 32, 32)
    gray = target.mean(1, keepdim=True)
    steep = torch.nn.functional.max_pool2d((gray[..., 1:] - gray[..., :-1]).abs(), (5, 5), 1, 2)
    ink = given[..., 1:] < 0.2
    assert (ink.flatten(1).sum(1) > 8).float().mean() > 0.9
    assert steep[ink].mean() > 2.5 * steep.mean()


def test_recoloured_pictures_keep_what_is_lighter_than_what():
    """Each changes with its own chance; where no colour leaves sRGB, lightness keeps its order, and black and white."""
    draws = np.random.default_rng(0)
    target = torch.from_numpy(draws.uniform(-0.4, 0.4, (40, 3, 8, 8)).astype(np.float32))
    turned = recoloured(target, np.repeat([0.0, 0.5, 1.0], [8, 24, 8]), draws)
    changed = (turned - target).abs().amax((1, 2, 3)) > 0.01
    assert not changed[:8].any() and 6 <= changed[8:32].sum() <= 18 and changed[32:].all()
    assert torch.equal(turned[~changed], target[~changed])
    for before, after in zip(target[changed], turned[changed]):
        inside = after.abs().amax(0).flatten() < 0.99
        lightness = [split_lab(image[None])[0].flatten()[inside] for image in (before, after)]
        order = lightness[0].argsort()
        assert inside.sum() < 2 or lightness[1][order].diff().min() > -0.03
    ends = torch.tensor([-1.0, 1.0])[:, None, None, None].expand(-1, 3, 2, 2)
    assert torch.allclose(recoloured(ends, np.ones(2), draws), ends, atol=0.01)


def test_colours_change_only_where_hints_tell_them(singles):
    learned, kept = load_pairs([str(singles)], "edges", 32)[1:]
    plain, turned = (
        PairBatches(learned, len(learned), 0, Changes(hints=True, recolour=share)).at(0) for share in (0.0, 1.0)
    )
    hinted = turned[2][:, 4].flatten(1).any(1)
    same = (plain[0] == turned[0]).flatten(1).all(1)
    assert torch.equal(plain[2][:, :1], turned[2][:, :1])
    assert hinted.any() and not hinted.all() and torch.equal(same, ~hinted)
    rows = np.arange(len(kept))
    assert torch.equal(*(fixed_pairs(kept, rows, Changes(hints=True, recolour=share))[0] for share in (0.0, 1.0)))


def test_gray_gives_lightness_and_asks_for_chroma(singles):
    _, learned, kept = load_pairs([str(singles)], "gray", 32)
    target, _, given = fixed_pairs(kept, np.arange(len(kept)), Changes())
    assert target.shape[1:] == (2, 32, 32) and given.shape[1:] == (1, 32, 32)
    assert (as_uint8(join_lab(given, target)).int() - kept.target.images.int()).abs().max() <= 1


def test_hints_are_true_colours_in_few_places():
    target = torch.from_numpy(np.stack([picture(seed) for seed in range(200)])).permute(0, 3, 1, 2) / 127.5 - 1
    hints = hints_for(target, [0] * 80 + [4] * 120, np.random.default_rng(0))
    there = hints[:, 3] > 0.5
    assert set(hints[:, 3].unique().tolist()) == {0.0, 1.0}
    assert (hints[:, :3] * (1 - hints[:, 3:])).abs().max() == 0
    assert not there[:80].any() and there[80:].flatten(1).any(1).all()
    assert there.float().mean() < 0.12
    distance = (hints[:, :3] - target).abs().mean(1)[there]
    assert distance.median() < 0.06


def test_hints_are_often_absent(singles):
    _, learned, _ = load_pairs([str(singles)], "edges", 32)
    batches = PairBatches(learned, 4, 0, Changes(hints=True))
    there = torch.cat([batches.at(step)[2][:, -1] for step in range(40)]).flatten(1).any(1)
    assert 0.3 < 1 - there.float().mean() < 0.5


def test_balance_shows_every_class_equally_often(singles):
    _, learned, _ = load_pairs([str(singles)], "edges", 32)
    labels = learned.target.labels[torch.from_numpy(balanced(learned.target))]
    assert labels.bincount().tolist()[0] == labels.bincount().tolist()[1]
    with pytest.raises(TrainingError, match="class folders"):
        balanced(ImageSet("plain", torch.zeros(3, 3, 8, 8, dtype=torch.uint8)))


def test_several_sets_are_one_and_their_held_out_rows_are_counted_through(singles, tmp_path):
    for index in range(30):
        save(tmp_path / "more" / f"{index}.png", picture(500 + index))
    whole, learned, kept = load_pairs([str(singles), str(tmp_path / "more")], "gray", 32)
    assert len(whole) == 70 and len(learned) + len(kept) == 70
    assert torch.equal(whole.images[list(learned.held_out)], kept.target.images)
    assert whole.name == "singles and more"


def test_cuts_are_made_of_large_pictures_that_are_learned_from_only(tmp_path):
    for index in range(10):
        save(tmp_path / "large" / f"{index}.png", picture(index, 96, 80))
    _, learned, kept = load_pairs([str(tmp_path / "large")], "gray", 32, cuts=4)
    assert len(learned) == 4 * (10 - len(kept))
    _, again, _ = load_pairs([str(tmp_path / "large")], "gray", 32, cuts=4)
    assert torch.equal(learned.target.images, again.target.images)
    _, small, _ = load_pairs([str(tmp_path / "large")], "gray", 64, cuts=4)
    assert len(small) == 10 - len(kept)


def test_unpaired_sets_have_orders_of_their_own():
    sets = [ImageSet(n, torch.arange(k, dtype=torch.uint8).view(-1, 1, 1, 1).expand(-1, 3, 8, 8).contiguous())
            for n, k in (("a", 20), ("b", 31))]  # fmt: skip
    batches = UnpairedBatches(*sets, 5, 0, Changes(flip=False, zoom=0))
    b, labels, a = batches.at(0)
    assert labels is None and a.shape == b.shape == (5, 3, 8, 8)
    seen = torch.cat([as_uint8(batches.at(step)[2])[:, 0, 0, 0] for step in range(4)])
    assert sorted(seen.tolist()) == list(range(20))
    assert not torch.equal(as_uint8(a), as_uint8(b))


def test_too_few_pairs_for_a_batch():
    few = PairSet(ImageSet("few", torch.zeros(3, 3, 8, 8, dtype=torch.uint8)), None, "gray")
    with pytest.raises(TrainingError, match="few has 3 pairs to learn from, fewer than one batch of 8"):
        PairBatches(few, 8, 0, Changes())


def test_a_palette_is_found_in_label_maps_and_not_in_photographs():
    colours = [(0, 0, 222), (255, 80, 1), (1, 207, 255)]
    draws = np.random.default_rng(0)
    maps = np.zeros((6, 64, 64, 3), np.uint8)
    for image in maps:
        image[:] = colours[0]
        for colour in colours[1:]:
            left, top = draws.integers(0, 30, 2)
            image[top : top + 12, left : left + (30 if colour == colours[1] else 10)] = colour
    maps = (maps.astype(int) + draws.integers(-3, 4, maps.shape)).clip(0, 255).astype(np.uint8)
    found = palette(torch.from_numpy(maps).permute(0, 3, 1, 2))
    assert len(found) == 3
    for colour, near in zip(colours, found.values()):
        assert np.abs(np.subtract(colour, near)).max() <= 4
    photos = np.stack([picture(seed, 64, 64) for seed in range(20)])
    assert palette(torch.from_numpy(photos).permute(0, 3, 1, 2)) == {}
    assert len(palette(torch.from_numpy(maps).permute(0, 3, 1, 2), "CMP facades, 256x128 pairs")) == 12


def test_one_broken_picture_leaves_the_cuts_of_the_others(tmp_path):
    for index in range(10):
        save(tmp_path / "large" / f"{index}.png", picture(index, 96, 80))
    _, whole, _ = load_pairs([str(tmp_path / "large")], "gray", 32, cuts=4)
    (tmp_path / "large" / "00.png").write_bytes(b"nothing")
    _, learned, kept = load_pairs([str(tmp_path / "large")], "gray", 32, cuts=4)
    assert len(kept) == 1 and torch.equal(learned.target.images, whole.target.images)


def test_a_damaged_entry_of_a_zip_is_skipped_and_named(tmp_path):
    for index in range(3):
        save(tmp_path / "pairs" / f"{index}.png", picture(index, 64, 32))
    with zipfile.ZipFile(tmp_path / "pairs.zip", "w") as archive:
        for file in sorted((tmp_path / "pairs").iterdir()):
            archive.write(file, file.name)
    raw = bytearray((tmp_path / "pairs.zip").read_bytes())
    raw[raw.index(b"IDAT") + 8] ^= 255
    (tmp_path / "pairs.zip").write_bytes(raw)
    whole, _, _ = load_pairs([str(tmp_path / "pairs.zip")])
    assert len(whole) == 2 and whole.skipped[0].startswith("0.png: Bad CRC-32")


def test_named_sets_are_looked_for_where_data_root_says(tmp_path, monkeypatch):
    asked = []

    def digits(name, *, data_root, **shape):
        asked.append((name, data_root))
        return ImageSet(name, torch.zeros(4, 3, 8, 8, dtype=torch.uint8))

    for room in ("pairs", "unpaired"):
        monkeypatch.setattr(f"training.data.{room}.load_set", digits)
    load_pairs(["mnist"], "gray", 8, data_root=tmp_path)
    load_side("fashion-mnist", 8, data_root=tmp_path)
    assert asked == [("mnist", tmp_path)] * 2 + [("fashion-mnist", tmp_path)] * 2


@pytest.mark.parametrize("zoom", [-0.1, 1.0])
def test_nobody_cuts_off_everything(zoom):
    with pytest.raises(TrainingError, match=f"--zoom is {zoom}"):
        Changes(zoom=zoom)
