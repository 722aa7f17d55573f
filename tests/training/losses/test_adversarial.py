"""Each loss against its formula written out with plain floats."""

import math

import pytest
import torch

from gan_models.errors import TrainingError
from training.losses.adversarial import LOSSES, discriminator_loss, generator_loss

REAL, FAKE = [2.0, -0.5, 0.3], [-1.5, 0.7, 0.1]


def probability(logit):
    return 1 / (1 + math.exp(-logit))


def mean(values):
    values = list(values)
    return sum(values) / len(values)


WRITTEN_OUT = {
    "minimax": (
        mean(-math.log(probability(r)) for r in REAL) + mean(-math.log(1 - probability(f)) for f in FAKE),
        mean(math.log(1 - probability(f)) for f in FAKE),
    ),
    "non-saturating": (
        mean(-math.log(probability(r)) for r in REAL) + mean(-math.log(1 - probability(f)) for f in FAKE),
        mean(-math.log(probability(f)) for f in FAKE),
    ),
    "least-squares": (
        0.5 * mean((r - 1) ** 2 for r in REAL) + 0.5 * mean(f**2 for f in FAKE),
        0.5 * mean((f - 1) ** 2 for f in FAKE),
    ),
    "wasserstein": (mean(FAKE) - mean(REAL), -mean(FAKE)),
    "hinge": (mean(max(0, 1 - r) for r in REAL) + mean(max(0, 1 + f) for f in FAKE), -mean(FAKE)),
    "relativistic": (
        mean(-math.log(probability(r - f)) for r, f in zip(REAL, FAKE)),
        mean(-math.log(probability(f - r)) for r, f in zip(REAL, FAKE)),
    ),
}


def test_every_loss_has_its_formula_here():
    assert set(WRITTEN_OUT) == set(LOSSES)


@pytest.mark.parametrize("name", LOSSES)
def test_values(name):
    real, fake = torch.tensor(REAL), torch.tensor(FAKE)
    assert discriminator_loss(name, real, fake).item() == pytest.approx(WRITTEN_OUT[name][0], abs=1e-6)
    assert generator_loss(name, fake, real).item() == pytest.approx(WRITTEN_OUT[name][1], abs=1e-6)


@pytest.mark.parametrize("name", LOSSES)
def test_many_logits_an_image_are_averaged(name):
    real, fake = torch.randn(4, 6), torch.randn(4, 6)
    flat = discriminator_loss(name, real.flatten(), fake.flatten())
    torch.testing.assert_close(discriminator_loss(name, real, fake), flat)
    flat = generator_loss(name, fake.flatten(), real.flatten())
    torch.testing.assert_close(generator_loss(name, fake, real), flat)


@pytest.mark.parametrize("name", LOSSES)
def test_directions(name):
    """The discriminator's step raises real and lowers fake, the generator's raises fake."""
    real, fake = torch.zeros(3, requires_grad=True), torch.zeros(3, requires_grad=True)
    discriminator_loss(name, real, fake).backward()
    assert (real.grad < 0).all()
    assert (fake.grad > 0).all() or name == "least-squares"  # fake already stands at its target of zero
    fake.grad = None
    generator_loss(name, fake, real.detach()).backward()
    assert (fake.grad < 0).all()


@pytest.mark.parametrize("name", LOSSES)
def test_extreme_logits_stay_finite(name):
    logits = torch.tensor([-1e4, 1e4], requires_grad=True)
    (discriminator_loss(name, logits, logits) + generator_loss(name, logits, logits)).backward()
    assert logits.grad.isfinite().all()


@pytest.mark.parametrize("name", LOSSES)
def test_half_precision_is_averaged_in_fp32(name):
    fake = torch.full((4096,), 0.101, dtype=torch.bfloat16)
    assert generator_loss(name, fake, fake).dtype == torch.float32
    assert discriminator_loss(name, fake, fake).dtype == torch.float32


def test_non_saturating_teaches_where_minimax_is_flat():
    slopes = {}
    for name in ("minimax", "non-saturating"):
        fake = torch.tensor([-20.0], requires_grad=True)
        generator_loss(name, fake).backward()
        slopes[name] = fake.grad.item()
    assert abs(slopes["minimax"]) < 1e-6
    assert slopes["non-saturating"] == pytest.approx(-1)


def test_unknown_names_are_refused():
    for call in (
        lambda: generator_loss("bce", torch.zeros(1)),
        lambda: discriminator_loss("bce", *torch.zeros(2, 1)),
    ):
        with pytest.raises(TrainingError, match="'bce'.*minimax.*hinge"):
            call()


def test_a_relativistic_generator_asks_for_the_real_ones():
    with pytest.raises(TrainingError, match="relativistic compares drawn with real"):
        generator_loss("relativistic", torch.zeros(2))
