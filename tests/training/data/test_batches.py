"""Batches as a function of the step, and pictures held out."""

import numpy as np
import pytest
import torch

from gan_models.errors import TrainingError
from training.data import Batches, ImageSet, held_out


def numbered(count: int, labels: bool = False) -> ImageSet:
    images = torch.arange(count, dtype=torch.uint8).view(-1, 1, 1, 1).expand(-1, 1, 4, 4).contiguous()
    return ImageSet("numbers", images, torch.arange(count) if labels else None, tuple(map(str, range(count))))


def seen(batches: Batches, steps: range) -> list[int]:
    return [i for step in steps for i in batches.indices(step)[0].tolist()]


def test_every_epoch_shows_each_image_once_and_drops_none():
    order = seen(Batches(numbered(10), 4, seed=0), range(5))
    assert sorted(order[:10]) == sorted(order[10:]) == list(range(10))
    assert order[:10] != order[10:]


def test_a_batch_is_a_function_of_its_step_alone():
    images, labels = Batches(numbered(10, labels=True), 4, seed=3, flip=True).at(7)
    fresh = Batches(numbered(10, labels=True), 4, seed=3, flip=True)
    for step in (11, 0, 7):
        again = fresh.at(step)
    assert torch.equal(images, again[0])
    assert torch.equal(labels, again[1])
    assert seen(Batches(numbered(10), 4, seed=4), range(2)) != seen(Batches(numbered(10), 4, seed=3), range(2))


def test_images_and_labels_belong_together():
    images, labels = Batches(numbered(200, labels=True), 16, seed=0).at(5)
    assert images.dtype == torch.float32
    assert torch.allclose(images[:, 0, 0, 0], labels / 127.5 - 1)


def test_processes_share_an_epoch_without_overlap():
    parts = [seen(Batches(numbered(12), 2, 0, rank, world=3), range(2)) for rank in range(3)]
    assert sorted(sum(parts, [])) == list(range(12))


def test_half_of_the_images_are_mirrored_if_asked():
    images = torch.zeros(500, 1, 2, 2, dtype=torch.uint8)
    images[..., 0] = 255
    plain, mirrored = (Batches(ImageSet("halves", images), 500, 0, flip=flip).at(0)[0] for flip in (False, True))
    assert (plain[..., 0] == 1).all()
    assert 200 < (mirrored[:, 0, 0, 0] == -1).sum() < 300
    assert torch.equal(mirrored.sum(-1), torch.zeros(500, 1, 2))


def test_batches_never_touch_the_set():
    data = numbered(8)
    before = data.images.clone()
    Batches(data, 4, 0, flip=True).at(0)[0].zero_()
    assert torch.equal(data.images, before)


@pytest.mark.parametrize("batch, world", [(11, 1), (6, 2)])
def test_fewer_images_than_a_batch_is_one_line(batch, world):
    with pytest.raises(TrainingError, match="10 pictures to learn from, fewer than one batch of 1.: .* lower --batch"):
        Batches(numbered(10), batch, 0, world=world)


def test_an_empty_set_is_refused():
    with pytest.raises(TrainingError, match="numbers holds no pictures"):
        numbered(0)


def bursts(count: int, length: int) -> ImageSet:
    """`count` scenes of `length` shots each, a little noise apart."""
    rng = np.random.default_rng(0)
    scenes = rng.integers(0, 256, (count, 1, 3, 16, 16)).repeat(length, 1) + rng.normal(
        0, 3, (count, length, 3, 16, 16)
    )
    images = scenes.clip(0, 255).astype(np.uint8).reshape(-1, 3, 16, 16)
    return ImageSet("bursts", torch.from_numpy(images), torch.arange(count).repeat_interleave(length), ("x",) * count)


def test_near_duplicates_stay_on_one_side():
    data = bursts(300, 1)
    doubled = ImageSet("with bursts", torch.cat([data.images, bursts(300, 4).images[:80]]))
    scene = torch.cat([torch.arange(300), torch.arange(20).repeat_interleave(4)])
    train, held = held_out(ImageSet("labelled", doubled.images, scene, ("x",) * 300), share=0.2)
    assert len(held) == 76
    assert len(train) + len(held) == 380
    assert not set(train.labels.tolist()) & set(held.labels.tolist())


def test_held_out_keeps_its_share_and_its_seed():
    data = numbered(200)
    first, again, other = (held_out(data, share=0.05, seed=s)[1].images[:, 0, 0, 0] for s in (0, 0, 1))
    assert len(first) <= 10
    assert torch.equal(first, again)
    assert first.tolist() != other.tolist()
    assert len(held_out(bursts(200, 1), share=0.9, most=25)[1]) == 25


def test_a_set_of_copies_still_gives_one_up():
    copies = ImageSet("copies", torch.full((50, 1, 8, 8), 7, dtype=torch.uint8))
    train, held = held_out(copies)
    assert (len(train), len(held)) == (49, 1)
    with pytest.raises(TrainingError, match="at least 2"):
        held_out(held)


@pytest.mark.parametrize("copies", [2, 50, 600])
def test_a_set_of_many_copies_is_divided_in_no_time(copies):
    import time

    images = bursts(20, 1).images
    begun = time.process_time()
    train, held = held_out(ImageSet("copies", images.repeat(copies, 1, 1, 1)))
    assert len(train) + len(held) == 20 * copies and len(held) >= 1
    assert time.process_time() - begun < 10, "linear in the pictures: 12,000 took a minute once"


def test_the_last_pictures_of_a_class_are_never_held_out():
    images = bursts(100, 1).images
    for rare in (1, 2):
        labels = torch.cat([torch.zeros(100 - rare), torch.ones(rare)]).long()
        for seed in range(30):
            train, held = held_out(ImageSet("rare", images, labels, ("many", "few")), share=0.5, seed=seed)
            assert len(held) == 50 and 1 in train.labels
