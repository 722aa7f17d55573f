"""Train a network that fills holes: python -m training.train_inpaint --data PHOTOS...

One network for holes of any form (gan_models.networks.inpaint). Photographs lose strokes, boxes, words, scratches and
borders; what is drawn in their place is compared with what was there, in pixels and in frozen SqueezeNet features, and
a discriminator looks for where it was drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import torch
from torch import nn

from gan_models.errors import one_line
from gan_models.networks.inpaint import InpaintConfig, InpaintDiscriminator, InpaintNetwork
from gan_models.pictures.images import to_tensor
from training.data.photos import Photos, joined, split_photos
from training.data.repair_batches import SPANS, RepairBatches
from training.data.style_batches import middles
from training.games.phases import Phase
from training.games.repair import Rules, repairing
from training.loop.start import start
from training.losses.features import load_features
from training.losses.repair import Eyes
from training.options import SAID, Common, parse, settle
from training.watching.repairs import RepairWatch, watch_repairs

USUAL = {
    "batch": 8, "size": 128, "beta1": 0.5, "beta2": 0.99, "ema": 2_000.0, "flip": "on", "generator_lr": 5e-4,
    "discriminator_lr": 4e-4,
}  # fmt: skip
CALIBRATED = 32
"""Photographs of each set by which features are scaled."""


@dataclass(frozen=True)
class Options(Common):
    """Holes in photographs, filled."""

    data: tuple[str, ...] = ("photos-bsds300.zip", "photos-t91.zip", "flowers-144.zip", "clothing-144.zip")
    """Folders or zips of photographs."""
    width: int = 128
    """Channels at an eighth of the side."""
    blocks: int = 8
    """Blocks at an eighth of the side."""
    discriminator_width: int = 32
    """Channels of the discriminator's first layer."""
    hole: float = 1.0
    """Weight of the pixels in the hole."""
    ring: float = 3.0
    """Weight of the pixels around it."""
    features: float = 10.0
    """Weight of the distance in SqueezeNet's features."""
    adversarial: float = 0.2
    """Weight of the discriminator's verdict."""
    different: float = 0.5
    """Weight of how much two answers differ."""
    feature_weights: Annotated[Path | None, SAID] = None
    """File of torchvision's SqueezeNet 1.1 (default: downloaded once)."""


@dataclass(frozen=True)
class Sets:
    """Several sets of photographs, which are shown in turn."""

    photos: tuple[Photos, ...]

    def __len__(self) -> int:
        return sum(map(len, self.photos))


@dataclass(frozen=True)
class InpaintPlan:
    """What an entry makes of options and pictures; a Plan (see `training.loop.plan`)."""

    options: Options
    config: InpaintConfig
    networks: dict[str, nn.Module]
    eyes: Eyes
    family: str = "inpaint"
    method: str = "inpaint"
    optimizer: str = "adam"
    ships: str = ""
    """No network goes into the weight beside the generator."""
    held_out: tuple[int, ...] = ()
    translation: None = None

    def labels(self, data: Photos) -> list[str]:
        """None: it knows no classes."""
        return []

    def phases(self) -> tuple[Phase, ...]:
        """What happens within a step."""
        options = self.options
        rules = Rules(options.hole, options.ring, options.features, options.adversarial, options.different)
        return repairing(rules, self.eyes)

    def batches(self, learned: Sets, rank: int, world: int) -> RepairBatches:
        """The crops of one of `world` processes."""
        options = self.options
        return RepairBatches(learned.photos, options.size, options.batch, options.seed, rank)

    def watch(self, learned: Sets, kept: Sets, device: torch.device) -> RepairWatch:
        """What is looked at meanwhile."""
        return watch_repairs(kept.photos, self.options.size, self.eyes.to(device), device)


def read(options: Options) -> tuple[Photos, Sets, Sets]:
    """What is learned from as one set, and the sets to learn from and held out."""
    least = options.size or USUAL["size"]
    learned, kept = zip(*(split_photos(place, least) for place in options.data))
    return joined(learned), Sets(learned), Sets(kept)


def plan(options: Options, data: Sets) -> InpaintPlan:
    """The networks, and the eyes that compare."""
    options = settle(options, **USUAL)
    config = InpaintConfig(options.size, options.width, options.blocks, options.discriminator_width)
    eyes = Eyes(load_features(options.feature_weights))
    for photos in data.photos[:1]:
        eyes.calibrate(to_tensor(middles(photos.pictures, options.size, SPANS, CALIBRATED)))
    networks = {"generator": InpaintNetwork(config), "discriminator": InpaintDiscriminator(config)}
    return InpaintPlan(options, config, networks, eyes)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        options = parse(Options, argv, "train_inpaint", "repair-photos")
        start(options, "train_inpaint", plan, read, partial(settle, **USUAL))


if __name__ == "__main__":
    main()
