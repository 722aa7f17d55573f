"""DiffAugment: what each change does, that gradients pass, that seeds repeat."""

import pytest
import torch

from gan_models.errors import TrainingError
from training.losses.augment import POLICIES, diff_augment


def pictures(count=8, channels=3, height=16, width=16, seed=0):
    return torch.rand(count, channels, height, width, generator=torch.Generator().manual_seed(seed)) * 2 - 1


@pytest.mark.parametrize("policy", [(), *((name,) for name in POLICIES), POLICIES, POLICIES[::-1]])
@pytest.mark.parametrize("shape", [(8, 3, 16, 16), (1, 1, 28, 28), (3, 3, 16, 24), (0, 3, 16, 16)])
def test_shape_dtype_and_finiteness(policy, shape):
    images = torch.rand(shape) * 2 - 1
    changed = diff_augment(images, policy)
    assert changed.shape == images.shape and changed.dtype == images.dtype
    assert changed.isfinite().all()


def test_no_policy_changes_nothing():
    images = pictures()
    assert torch.equal(diff_augment(images, ()), images)


@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_changes_pictures_each_in_its_own_way(policy):
    torch.manual_seed(0)
    images = pictures(1).repeat(16, 1, 1, 1)
    changed = diff_augment(images, (policy,))
    different = {tuple(x.flatten().tolist()) for x in changed}
    assert len(different) > 8


def test_the_same_seed_gives_the_same_change():
    images = pictures()
    torch.manual_seed(4)
    first = diff_augment(images)
    torch.manual_seed(4)
    assert torch.equal(diff_augment(images), first)
    assert not torch.equal(diff_augment(images), first)


def test_the_input_is_left_alone():
    images = pictures()
    kept = images.clone()
    diff_augment(images)
    assert torch.equal(images, kept)


@pytest.mark.parametrize("policy", [*((name,) for name in POLICIES), POLICIES])
def test_gradients_are_exact(policy):
    images = pictures(2, height=8, width=8).double().requires_grad_()

    def change(x):
        torch.manual_seed(1)
        return diff_augment(x, policy)

    assert torch.autograd.gradcheck(change, images, fast_mode=True)
    assert torch.autograd.gradgradcheck(lambda x: change(x).square(), images, fast_mode=True)


def test_colour_is_brightness_saturation_contrast_in_that_order():
    images = pictures()
    torch.manual_seed(7)
    changed = diff_augment(images, ("colour",))
    torch.manual_seed(7)
    brightness, saturation, contrast = torch.rand(3, 8, 1, 1)[..., None]
    x = images + (brightness - 0.5)
    gray = x.mean(1, keepdim=True)
    x = (x - gray) * (saturation * 2) + gray
    mean = x.mean((1, 2, 3), keepdim=True)
    torch.testing.assert_close(changed, (x - mean) * (contrast + 0.5) + mean)


def test_colour_keeps_gray_pictures_gray():
    gray = pictures(channels=1).expand(-1, 3, -1, -1)
    changed = diff_augment(gray, ("colour",))
    torch.testing.assert_close(changed, changed[:, :1].expand_as(changed))


def test_translation_moves_whole_pixels_by_at_most_an_eighth():
    torch.manual_seed(0)
    images = torch.zeros(400, 1, 16, 24)
    images[:, :, 8, 12] = 1
    places = diff_augment(images, ("translation",)).flatten(1).argmax(1)
    down, right = places // 24 - 8, places % 24 - 12
    assert set(down.tolist()) == set(range(-2, 3))
    assert set(right.tolist()) == set(range(-3, 4))


def test_translation_keeps_the_rest_and_fills_with_mid_gray():
    torch.manual_seed(0)
    images = torch.ones(50, 3, 16, 16)
    moved = diff_augment(images, ("translation",))
    assert set(moved.unique().tolist()) == {0.0, 1.0}
    filled = 1 - moved[:, 0].mean((1, 2))
    assert filled.max() <= 1 - (14 / 16) ** 2 + 1e-6
    ramp = torch.arange(16.0).expand(1, 1, 16, 16)
    kept = diff_augment(ramp, ("translation",))[0, 0, 8]
    steps = kept[kept > 0].diff()
    assert (steps == 1).all()


def test_cutout_blanks_one_rectangle_of_at_most_half_the_sides():
    torch.manual_seed(0)
    blank = diff_augment(torch.ones(300, 3, 16, 16), ("cutout",)) == 0
    assert torch.equal(blank[:, 0], blank[:, 2])
    rows, columns = blank[:, 0].any(2), blank[:, 0].any(1)
    assert torch.equal(blank[:, 0], rows[:, :, None] & columns[:, None, :])
    assert rows.sum(1).max() == columns.sum(1).max() == 8
    assert rows.sum(1).min() >= 4  # in a corner a quarter of the picture's side is left of it
    assert blank[:, 0].flatten(1).any(0).all()  # it may fall anywhere


def test_it_works_in_bf16_autocast_and_keeps_channels_last():
    images = pictures().contiguous(memory_format=torch.channels_last).requires_grad_()
    torch.manual_seed(2)
    plain = diff_augment(images)
    torch.manual_seed(2)
    with torch.autocast("cpu", torch.bfloat16):
        changed = diff_augment(images)
    assert torch.equal(changed, plain)  # colours are not rounded to bf16
    assert changed.is_contiguous(memory_format=torch.channels_last)


def test_an_unknown_policy_is_refused():
    with pytest.raises(TrainingError, match="'color'.*colour, translation, cutout"):
        diff_augment(pictures(), ("color",))
