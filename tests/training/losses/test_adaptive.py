"""Adaptive augmentation: pictures change with the probability p, and p follows the discriminator."""

import torch

from training.losses.adaptive import PICTURES_TO_ONE, Adaptive, about_gray, colours, geometry, move, recolour


def augment(p: float) -> Adaptive:
    module = Adaptive()
    module.p.fill_(p)
    return module


def test_without_probability_pictures_stay_as_they_are():
    images = torch.rand(4, 3, 16, 16) * 2 - 1
    assert augment(0.0)(images) is images


def test_about_as_many_colours_and_places_change_as_the_probability_says():
    torch.manual_seed(0)
    p = torch.tensor(0.1)
    still = (geometry(2000, 64, p) - torch.eye(3)).abs().amax((1, 2)) < 1e-6
    # Nothing changes where none of seven does; whole quarters of nothing, and mirrors that are none, count too.
    low, high = (1 - p) ** 7, (1 - p) ** 5
    assert low - 0.05 < still.float().mean() < high + 0.05
    plain = (colours(2000, p)[:, :, :3] - torch.eye(3)).abs().amax((1, 2)) < 1e-6
    assert 0.6 < plain.float().mean() < 0.85


def test_certain_changes_keep_shape_and_type_and_pass_gradients_back():
    torch.manual_seed(0)
    for channels in (1, 3):
        images = (torch.rand(6, channels, 16, 16) * 2 - 1).requires_grad_()
        changed = augment(1.0)(images)
        assert changed.shape == images.shape and changed.dtype == images.dtype
        assert (changed - images).abs().flatten(1).mean(1).min() > 0.01
        changed.square().mean().backward()
        assert images.grad.abs().flatten(1).sum(1).min() > 0


def test_moving_by_nothing_and_recolouring_by_nothing_change_nothing():
    images = torch.rand(2, 3, 8, 8)
    torch.testing.assert_close(move(images, torch.eye(3).repeat(2, 1, 1)), images, atol=1e-5, rtol=0)
    torch.testing.assert_close(recolour(images, torch.eye(3, 4).repeat(2, 1, 1)), images)


def test_hue_turns_colours_and_leaves_grays():
    turn = about_gray(torch.tensor([2.0]))[0]
    torch.testing.assert_close(turn @ torch.ones(3), torch.ones(3))
    torch.testing.assert_close(turn @ turn.T, torch.eye(3), atol=1e-6, rtol=0)
    assert (turn @ torch.tensor([1.0, 0.0, 0.0]))[0] < 0.5


def test_the_probability_rises_while_the_discriminator_is_too_sure_and_falls_otherwise():
    module = Adaptive(target=0.6)
    for _ in range(40):
        module.follow(torch.ones(32))
    assert module.r_t > 0.99
    # The first steps fell, where the running mean was still below its target; at zero there is no lower.
    assert 30 * 32 / PICTURES_TO_ONE < module.p < 40 * 32 / PICTURES_TO_ONE
    before = module.p.clone()
    for _ in range(20):
        module.follow(torch.tensor([1.0, -1.0] * 16))
    assert module.p < before and module.r_t < 0.1
