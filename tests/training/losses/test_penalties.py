"""Gradient penalty, R1 and clipping on critics whose gradients are known."""

import pytest
import torch
from torch import nn

from gan_models.networks import FAMILIES, build_config
from training.losses.penalties import PathLength, clip_weights, gradient_penalty, non_orthogonal, r1, r2


class Linear(nn.Module):
    """A critic with the same gradient everywhere: `slope` for each of the picture's values."""

    def __init__(self, slope, outputs=1):
        super().__init__()
        self.slope = nn.Parameter(torch.tensor(slope))
        self.outputs = outputs

    def forward(self, images, labels=None):
        score = images.flatten(1).sum(1) * self.slope
        return score[:, None].expand(-1, self.outputs) if self.outputs > 1 else score


def pair(size=4):
    draws = torch.Generator().manual_seed(0)
    return torch.randn(5, 3, size, size, generator=draws), torch.randn(5, 3, size, size, generator=draws)


@pytest.mark.parametrize("outputs", [1, 7])
def test_a_linear_critic_written_out(outputs):
    real, fake = pair()
    norm = 0.5 * 48**0.5
    critic = Linear(0.5, outputs)
    assert gradient_penalty(critic, real, fake).item() == pytest.approx((norm - 1) ** 2, rel=1e-5)
    assert r1(critic, real).item() == pytest.approx(norm**2, rel=1e-5)
    assert r2(critic, fake).item() == pytest.approx(norm**2, rel=1e-5)


def test_gradients_reach_the_critic_and_nothing_else():
    real, fake = pair()
    fake = fake.requires_grad_()
    for penalty in (lambda c: gradient_penalty(c, real, fake), lambda c: r1(c, real), lambda c: r2(c, fake)):
        critic = Linear(0.5)
        penalty(critic).backward()
        assert critic.slope.grad.item() > 0
        assert fake.grad is None and not real.requires_grad


def test_the_penalty_s_own_gradient_is_right():
    real, fake = (x.double() for x in pair())
    critic = nn.Sequential(nn.Flatten(), nn.Linear(48, 6), nn.Tanh(), nn.Linear(6, 1)).double()
    weight = critic[1].weight

    def value():
        torch.manual_seed(3)  # the same places between real and fake
        return gradient_penalty(lambda images, labels: critic(images), real, fake)

    def moved(shift):
        with torch.no_grad():
            weight[0, 0] += shift
        return value().item()

    value().backward()
    numeric = (moved(1e-5) - moved(-2e-5)) / 2e-5
    assert weight.grad[0, 0].item() == pytest.approx(numeric, rel=1e-4)


def test_orthogonal_filters_cost_nothing_and_twins_their_inner_product():
    layer = nn.Linear(3, 2)
    layer.weight.data = torch.tensor([[2.0, 0, 0], [0, 3, 0]])
    assert non_orthogonal(nn.Sequential(layer, nn.Embedding(4, 2))).item() == 0
    layer.weight.data[1] = torch.tensor([1.5, 0, 0])
    assert non_orthogonal(layer).item() == 2 * 3.0**2


def test_points_lie_between_real_and_fake():
    seen = []

    def critic(images, labels):
        seen.append(images.detach())
        return images.flatten(1).sum(1)

    real, fake = torch.ones(64, 1, 2, 2), -torch.ones(64, 1, 2, 2)
    gradient_penalty(critic, real, fake)
    places = seen[0][:, 0, 0, 0]
    assert places.abs().max() <= 1 and places.std() > 0.3
    assert torch.equal(seen[0], places[:, None, None, None].expand_as(seen[0]))  # one place a picture


def test_labels_are_handed_on():
    real, fake = pair()
    labels = torch.arange(5)
    got = []

    def critic(images, labels):
        got.append(labels)
        return images.flatten(1).sum(1)

    gradient_penalty(critic, real, fake, labels)
    r1(critic, real, labels)
    assert all(seen is labels for seen in got) and len(got) == 2


def test_a_flat_critic_gives_finite_gradients():
    critic = Linear(0.0)
    gradient_penalty(critic, *pair()).backward()
    assert critic.slope.grad.isfinite()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("vanilla", {"width": 16}),
        ("dcgan", {"size": 28, "channels": 1, "width": 8, "discriminator_norm": "layer"}),
        ("stylegan2", {"size": 32, "base": 256, "most": 8, "discriminator_base": 256}),
        ("progan", {"size": 32, "base": 256, "most": 8, "discriminator_base": 256}),
    ],
)
def test_the_families_discriminators_take_a_second_derivative(name, values):
    config = build_config(name, values)
    critic = FAMILIES[name].discriminator(config)
    real, fake = torch.rand(2, 4, config.channels, config.size, config.size)
    (gradient_penalty(critic, real, fake) + r1(critic, real)).backward()
    grads = [p.grad for p in critic.parameters() if p.grad is not None]
    assert grads and all(g.isfinite().all() for g in grads)
    assert any(g.abs().max() > 0 for g in grads)


def test_clipping_bounds_every_parameter_in_place():
    critic = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 1))
    kept = critic[0].weight
    with torch.no_grad():
        kept.fill_(0.5), critic[1].weight.fill_(-0.003)
    clip_weights(critic, 0.01)
    assert critic[0].weight is kept
    assert all(p.abs().max() <= 0.01 for p in critic.parameters())
    torch.testing.assert_close(critic[1].weight, torch.full((1, 4), -0.003))


def test_the_path_length_is_none_where_every_step_in_w_is_as_long_and_its_mean_follows():
    """Pictures that are a rotation of their styles: each noise is as long on the way back."""
    torch.manual_seed(0)
    turn, path = torch.linalg.qr(torch.randn(48, 48)).Q, PathLength()
    for factor, uneven in ((1.0, 0.0), (3.0, 0.0), (1.0, 1.0)):
        path.mean.fill_(factor * 48**0.5 / 4)
        styles = torch.randn(200, 1, 48).requires_grad_()
        longer = 1 + uneven * torch.linspace(-1, 1, 200).view(-1, 1, 1)
        images = (factor * longer * (styles @ turn)).view(200, 3, 4, 4)
        apart = path(images, styles) / path.mean**2
        # Of 48 normal numbers the length varies by a tenth.
        assert (apart < 0.03) == (uneven == 0.0)
        assert path.mean == pytest.approx(factor * 48**0.5 / 4, rel=0.01)


def test_points_of_any_shape_are_penalised_and_dice_of_ones_own_repeat():
    real, fake = torch.zeros(6, 2), torch.ones(6, 2)
    steep = lambda points, labels: points.square().sum(1)  # noqa: E731
    dice = [torch.Generator().manual_seed(seed) for seed in (1, 1, 2)]
    one, same, other = (gradient_penalty(steep, real, fake, dice=d).item() for d in dice)
    assert one == same != other
