"""Stage two of an upscaler: content and adversarial loss against a discriminator that learns beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.games.phases import Batch, Networks, Phase
from training.losses.adversarial import (
    discriminator_loss,
    generator_loss,
    relativistic_discriminator_loss,
    relativistic_generator_loss,
)


@dataclass(frozen=True)
class Rules:
    """Weights of the generator's losses; `relativistic` is ESRGAN's way of playing, SRGAN's otherwise."""

    content: float = 1.0
    texture: float = 0.0
    adversarial: float = 1e-3
    pixel: float = 0.0
    relativistic: bool = False


def contest(rules: Rules, seen: Mapping[str, nn.Module]) -> tuple[Phase, ...]:
    """Generator and discriminator in turn; what the generator drew serves the discriminator's turn, too.

    `seen`: losses in the eyes of a frozen network, "content" and "texture"; each gives a scalar of (drawn, real).
    """
    return (
        Phase("generator", "generator", lambda networks, batch: generator_turn(networks, batch, rules, seen)),
        Phase("discriminator", "discriminator", lambda networks, batch: discriminator_turn(networks, batch, rules)),
    )


def generator_turn(
    networks: Networks, batch: Batch, rules: Rules, seen: Mapping[str, nn.Module]
) -> tuple[Tensor, Mapping[str, Tensor]]:
    """The weighted sum of the losses (Ledig et al. 2017, eq. 3), and each of them for the log."""
    drawn = hold_norms(networks["generator"])(batch.source)
    batch.drawn["pictures"] = drawn.detach()
    # A frozen network on another device moves once and stays.
    parts = {name: loss.to(drawn.device)(drawn, batch.images) for name, loss in seen.items()}
    parts["adversarial"] = deceive(networks["discriminator"], drawn, batch.images, rules)
    if rules.pixel:
        parts["pixel"] = F.l1_loss(drawn, batch.images)
    whole = sum(getattr(rules, name) * part for name, part in parts.items())
    return whole, {name: part.detach() for name, part in parts.items()}


def hold_norms(generator: nn.Module) -> nn.Module:
    """The generator with the statistics of its batch norms as stage one left them.

    What is judged is then what the finished network draws of a picture, whatever else is in the batch.
    """
    for module in generator.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    return generator


def deceive(discriminator: nn.Module, drawn: Tensor, real: Tensor, rules: Rules) -> Tensor:
    """The generator's adversarial loss."""
    judged = discriminator(drawn)
    if not rules.relativistic:
        return generator_loss("non-saturating", judged)
    with torch.no_grad():
        on_real = discriminator(real)
    return relativistic_generator_loss(on_real, judged)


def discriminator_turn(networks: Networks, batch: Batch, rules: Rules) -> tuple[Tensor, Mapping[str, Tensor]]:
    """The discriminator's loss on photographs and on what the generator has just drawn, judged apart."""
    discriminator = networks["discriminator"]
    on_real, on_drawn = discriminator(batch.images), discriminator(batch.drawn.pop("pictures"))
    if rules.relativistic:
        return relativistic_discriminator_loss(on_real, on_drawn), {}
    return discriminator_loss("non-saturating", on_real, on_drawn), {}
