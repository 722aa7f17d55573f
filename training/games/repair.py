"""Filling holes: the network draws what was taken out of photographs, and a discriminator looks for where it drew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from training.games.phases import Batch, Networks, Phase
from training.losses.repair import (
    Eyes,
    features_apart,
    mean_where,
    moved_all,
    pixels_apart,
    places_hidden,
    places_told,
)

TWINS = 8
"""One picture in so many is filled twice, with other noise: the answers should differ."""
DIFFERENT = 0.1
"""Mean difference in a hole, of [-1, 1], above which two answers need not differ more."""


@dataclass(frozen=True)
class Rules:
    """Weights of the losses: pixels in the hole and in the ring around it, features, the discriminator's verdict, and
    how much two answers differ."""

    hole: float = 1.0
    ring: float = 3.0
    features: float = 10.0
    adversarial: float = 0.2
    different: float = 0.5


def repairing(rules: Rules, eyes: Eyes) -> tuple[Phase, ...]:
    """Both phases; a batch's `images` are photographs, its `source` the masks."""
    return (
        Phase("generator", "generator", lambda networks, batch: generator_turn(networks, batch, rules, eyes)),
        Phase("discriminator", "discriminator", discriminator_turn),
    )


def filled(picture: Tensor, mask: Tensor, drawn: Tensor) -> Tensor:
    """The picture outside of the hole, what was drawn inside."""
    return torch.lerp(picture, drawn, mask)


def generator_turn(networks: Networks, batch: Batch, rules: Rules, eyes: Eyes) -> tuple[Tensor, Mapping[str, Tensor]]:
    """The weighted sum of the losses, and each of them for the log; what the discriminator needs stays for its turn."""
    real, mask, twins = batch.images, batch.source, max(1, len(batch.images) // TWINS)
    both = [torch.cat([x, x[:twins]]) for x in (real, mask)]
    drawn, other = networks["generator"](*both).split((len(real), twins))
    hole, ring = pixels_apart(drawn, real, mask)
    seen, true, shifted = moved_all(filled(real, mask, drawn), real, mask)
    with torch.no_grad():
        wanted = eyes(true)
    maps = eyes(seen)
    judged = eyes.judged(maps)
    parts = {
        "hole": hole,
        "ring": ring,
        "features": features_apart(maps, wanted, thinned=True).mean() / mask.mean(),
        "adversarial": places_hidden(networks["discriminator"](seen, judged), shifted),
        "different": too_alike(drawn[:twins], other, mask[:twins]),
    }
    batch.drawn.update(real=[true, *eyes.judged(wanted)], drawn=[x.detach() for x in (seen, *judged)], mask=[shifted])
    whole = sum(getattr(rules, name) * part for name, part in parts.items())
    return whole, {name: part.detach() for name, part in parts.items()}


def discriminator_turn(networks: Networks, batch: Batch) -> tuple[Tensor, Mapping[str, Tensor]]:
    """Where the generator drew, told from the true pictures of its turn: half of them, as what it left is true, too."""
    true, drawn, (mask,) = (batch.drawn.pop(name) for name in ("real", "drawn", "mask"))
    (real, *wanted), (fake, *maps) = [x[: max(1, len(x) // 2)] for x in true], drawn
    judge = networks["discriminator"]
    return places_told(judge(real, wanted), judge(fake, maps), mask), {}


def too_alike(one: Tensor, other: Tensor, mask: Tensor) -> Tensor:
    """By how much two answers differ less inside the hole than they should: a scalar (after Mao et al. 2019)."""
    away = (F.avg_pool2d(one, 2) - F.avg_pool2d(other, 2)).abs().mean(1, keepdim=True)
    return F.relu(DIFFERENT - mean_where(away, F.avg_pool2d(mask, 2)))
