"""ESRGAN's relativistic losses against their formulas written out with plain floats."""

import math

import pytest
import torch

from training.losses.adversarial import relativistic_discriminator_loss, relativistic_generator_loss

REAL, FAKE = [2.0, -0.5, 0.3], [-1.5, 0.7, 0.1]


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def more_real(logit, others):
    """D_Ra of Wang et al. 2018, section 3.2."""
    return 1 / (1 + math.exp(mean(others) - logit))


def test_both_sides_are_the_papers_equations():
    real, fake = torch.tensor(REAL), torch.tensor(FAKE)
    judge = mean(-math.log(more_real(r, FAKE)) for r in REAL) + mean(-math.log(1 - more_real(f, REAL)) for f in FAKE)
    draw = mean(-math.log(1 - more_real(r, FAKE)) for r in REAL) + mean(-math.log(more_real(f, REAL)) for f in FAKE)
    assert relativistic_discriminator_loss(real, fake).item() == pytest.approx(judge, abs=1e-6)
    assert relativistic_generator_loss(real, fake).item() == pytest.approx(draw, abs=1e-6)


def test_adding_the_same_to_all_logits_changes_nothing():
    real, fake = torch.tensor(REAL), torch.tensor(FAKE)
    apart = relativistic_generator_loss(real, fake)
    torch.testing.assert_close(relativistic_generator_loss(real + 5, fake + 5), apart)


def test_the_generators_gradient_raises_its_logits():
    fake = torch.tensor(FAKE, requires_grad=True)
    relativistic_generator_loss(torch.tensor(REAL), fake).backward()
    assert (fake.grad < 0).all()
