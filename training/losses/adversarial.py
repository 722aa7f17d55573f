"""Adversarial losses as free functions of logits, each pair titled with the paper it comes from; and differences."""

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from gan_models.errors import TrainingError

Apart = Callable[[Tensor, Tensor], Tensor]
"""Two batches of pictures, or of their features, to the mean difference of their values."""
Difference = Literal["absolute", "square"]
APART: dict[Difference, Apart] = {"absolute": F.l1_loss, "square": F.mse_loss}


def _cross_entropy(real: Tensor, fake: Tensor) -> Tensor:
    """Minus log D(x) minus log(1 - D(G(z))), D the logistic of the logit (Goodfellow et al. 2014, eq. 1)."""
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def _least_squares(real: Tensor, fake: Tensor) -> Tensor:
    """Mao et al. 2017, eq. 9: real to 1, fake to 0."""
    return 0.5 * ((real - 1).square().mean() + fake.square().mean())


def _wasserstein(real: Tensor, fake: Tensor) -> Tensor:
    """Arjovsky et al. 2017, eq. 3, negated: the critic raises real above fake. Needs a Lipschitz critic."""
    return fake.mean() - real.mean()


def _hinge(real: Tensor, fake: Tensor) -> Tensor:
    """Lim & Ye 2017; Miyato et al. 2018, eq. 16: no push once real is above 1 and fake below -1."""
    return F.relu(1 - real).mean() + F.relu(1 + fake).mean()


def _relativistic(real: Tensor, fake: Tensor) -> Tensor:
    """Each real one is to look more real than the drawn one it is paired with (Huang et al. 2024, eq. 2)."""
    return F.softplus(fake - real).mean()


def _minimax_generator(fake: Tensor) -> Tensor:
    """Mean log(1 - D(G(z))) (Goodfellow et al. 2014, eq. 1): flat where the discriminator is sure."""
    return -F.softplus(fake).mean()


def _non_saturating_generator(fake: Tensor) -> Tensor:
    """Minus mean log D(G(z)) (Goodfellow et al. 2014, section 3): a gradient early on, too."""
    return F.softplus(-fake).mean()


def _least_squares_generator(fake: Tensor) -> Tensor:
    """Mao et al. 2017, eq. 9: fake to 1."""
    return 0.5 * (fake - 1).square().mean()


def _raise_generator(fake: Tensor) -> Tensor:
    """Minus the mean output: the generator's side of Wasserstein and hinge."""
    return -fake.mean()


def _relativistic_generator(fake: Tensor, real: Tensor) -> Tensor:
    """The same game with sides changed: each drawn one is to look more real than its real partner."""
    return _relativistic(fake, real)


_LOSSES: dict[str, tuple[Callable[[Tensor, Tensor], Tensor], Callable[..., Tensor]]] = {
    "minimax": (_cross_entropy, _minimax_generator),
    "non-saturating": (_cross_entropy, _non_saturating_generator),
    "least-squares": (_least_squares, _least_squares_generator),
    "wasserstein": (_wasserstein, _raise_generator),
    "hinge": (_hinge, _raise_generator),
    "relativistic": (_relativistic, _relativistic_generator),
}
LOSSES = tuple(_LOSSES)
RELATIVE = ("relativistic",)
"""Those whose generator is also told what the discriminator says of real pictures."""


def discriminator_loss(name: str, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """What the discriminator (critic) lowers: a scalar from logits of any equal shape, (N,) or (N, M)."""
    return _pair(name)[0](_single(real_logits), _single(fake_logits))


def generator_loss(name: str, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
    """What the generator lowers: a scalar from the logits of its pictures, (N,) or (N, M).

    Losses in RELATIVE need the logits of as many real ones, without a gradient; the others leave them alone.
    """
    loss = _pair(name)[1]
    if name not in RELATIVE:
        return loss(_single(fake_logits))
    if real_logits is None:
        raise TrainingError(f"The loss {name} compares drawn with real pictures; this training has none to compare.")
    return loss(_single(fake_logits), _single(real_logits))


def relativistic_discriminator_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Real ones are to look more real than fake ones do on average, and the other way round: a scalar.

    The relativistic average loss (Jolicoeur-Martineau 2018; Wang et al. 2018, eq. 1).
    """
    real, fake = _single(real_logits), _single(fake_logits)
    return F.softplus(fake.mean() - real).mean() + F.softplus(fake - real.mean()).mean()


def relativistic_generator_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """The same with sides changed (Wang et al. 2018, eq. 2): a scalar; real logits need no gradient."""
    return relativistic_discriminator_loss(fake_logits, real_logits)


def _pair(name: str) -> tuple[Callable[[Tensor, Tensor], Tensor], Callable[[Tensor], Tensor]]:
    if name not in _LOSSES:
        raise TrainingError(f"There is no loss {name!r}; choose one of {', '.join(LOSSES)}.")
    return _LOSSES[name]


def _single(logits: Tensor) -> Tensor:
    """Lift half precision to fp32: the mean of a large batch needs it."""
    return logits.float() if logits.dtype in (torch.bfloat16, torch.float16) else logits
