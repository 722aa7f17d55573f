"""Photographs become cartoons: a generator between the photograph, its areas and two judges of drawings.

After Wang and Yu 2020 (section 3.5, eq. 6), with least squares in both games. Departs from it: content and structure
are compared by the angles between SqueezeNet's features instead of VGG's values, structure in pixels as well, and
broad areas are to stay as bright as they are in the photograph.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.networks.cartoon import gray, surfaces
from training.games.phases import Batch, Networks, Phase
from training.losses.adversarial import discriminator_loss, generator_loss
from training.losses.repair import features_apart, moved_all

BROAD = 16
"""Pixels of a side of the areas whose brightness is compared."""


@dataclass(frozen=True)
class Rules:
    """Weights of the losses: the two judges' verdicts on surfaces and texture; likeness to the structure in features
    and in pixels, and to the photograph in features; brightness of broad areas; differences of neighbours."""

    surface: float
    texture: float
    structure: float
    pixels: float
    content: float
    brightness: float
    variation: float


def cartooning(rules: Rules, features: nn.Module) -> tuple[Phase, ...]:
    """Both phases; a batch's `images` are drawings, its `source` photographs and their structure (N, 6, S, S)."""
    return (
        Phase("generator", "generator", lambda networks, batch: generator_turn(networks, batch, rules, features)),
        Phase("discriminator", "discriminator", discriminator_turn),
    )


def generator_turn(
    networks: Networks, batch: Batch, rules: Rules, features: nn.Module
) -> tuple[Tensor, Mapping[str, Tensor]]:
    """The weighted sum of the losses, and each of them for the log; what was drawn stays for the judges' turn."""
    photo, structure = batch.source.split(3, 1)
    drawn = networks["generator"](photo)
    judge = networks["discriminator"]
    parts = {
        "surface": generator_loss("least-squares", judge.surface(surfaces(drawn))),
        "texture": generator_loss("least-squares", judge.texture(gray(drawn))),
        "pixels": F.l1_loss(drawn, structure),
        "brightness": (broadly(drawn) - broadly(photo)).abs().mean(),
        "variation": variation(drawn),
        **likeness(features, drawn, structure, photo),
    }
    batch.drawn["drawn"] = drawn.detach()
    whole = sum(getattr(rules, name) * part for name, part in parts.items())
    return whole, {name: part.detach() for name, part in parts.items()}


def likeness(features: nn.Module, drawn: Tensor, structure: Tensor, photo: Tensor) -> dict[str, Tensor]:
    """How far what is drawn lies from its structure and from the photograph in frozen features: scalars."""
    drawn, structure, photo = moved_all(drawn, structure, photo)
    with torch.no_grad():
        wanted, shown = features(structure), features(photo)
    maps = features(drawn)
    far = {"structure": features_apart(maps, wanted, thinned=True), "content": features_apart(maps[1:], shown[1:])}
    return {name: each.mean() for name, each in far.items()}


def discriminator_turn(networks: Networks, batch: Batch) -> tuple[Tensor, Mapping[str, Tensor]]:
    """Both judges at once, drawings beside what the generator drew in its turn."""
    judge = networks["discriminator"]
    real, fake = judge(torch.cat([batch.images, batch.drawn.pop("drawn")])).chunk(2)
    return discriminator_loss("least-squares", real, fake), {}


def broadly(images: Tensor) -> Tensor:
    """The brightness of broad areas of pictures (N, 3, H, W) in [-1, 1], in the same unit."""
    return F.avg_pool2d(gray(images, shifted=False), min(BROAD, *images.shape[2:]))


def variation(images: Tensor) -> Tensor:
    """How far neighbours lie apart on average: a scalar (total variation, eq. 10)."""
    return (images.diff(dim=2).abs().mean() + images.diff(dim=3).abs().mean()) / 2
