"""Train a network that draws photographs as cartoons: python -m training.train_cartoon --data PHOTOS... --drawings ...

No photograph has a drawn partner (gan_models.networks.cartoon). Two discriminators compare what is drawn with drawings
of other things, by surfaces and by texture, and in frozen SqueezeNet features it stays like the photograph and like the
photograph's flat areas.
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
from gan_models.networks.cartoon import CartoonConfig, CartoonDiscriminator, CartoonGenerator
from training.data.cartoon_batches import CartoonBatches
from training.data.photos import Photos, joined, split_photos
from training.games.cartoon import Rules, cartooning
from training.games.phases import Phase
from training.loop.start import start
from training.losses.features import load_features
from training.options import SAID, Common, parse, settle
from training.watching.cartoons import CartoonWatch, watch_cartoons

USUAL = {
    "batch": 4, "size": 96, "beta1": 0.5, "beta2": 0.99, "ema": 1_500.0, "flip": "on", "generator_lr": 7e-4,
    "discriminator_lr": 2e-4,
}  # fmt: skip


@dataclass(frozen=True)
class Options(Common):
    """Photographs drawn as cartoons."""

    data: tuple[str, ...] = ("photos-bsds300.zip", "photos-t91.zip", "flowers-144.zip", "afhq-cat-128.zip")
    """Folders or zips of photographs."""
    drawings: tuple[str, ...] = ("drawings.zip",)
    """Folders or zips of drawings."""
    width: int = 64
    """Channels at a quarter of the side."""
    blocks: int = 4
    """Residual blocks at a quarter of the side."""
    discriminator_width: int = 24
    """Channels of the first layer of each discriminator."""
    patch: int = 34
    """Pixels of a side that one logit of a discriminator sees: 16, 34, 70 or 142."""
    surface: float = 0.3
    """Weight of the verdict on surfaces."""
    texture: float = 1.0
    """Weight of the verdict on texture."""
    structure: float = 3.0
    """Weight of likeness to the photograph's flat areas and lines, in features."""
    pixels: float = 5.0
    """Weight of the same in pixels."""
    content: float = 0.15
    """Weight of likeness to the photograph, in features."""
    brightness: float = 3.0
    """Weight of the brightness of broad areas."""
    variation: float = 0.2
    """Weight of differences between neighbours."""
    feature_weights: Annotated[Path | None, SAID] = None
    """File of torchvision's SqueezeNet 1.1 (default: downloaded once)."""


@dataclass(frozen=True)
class Sets:
    """Sets of photographs, which are shown in turn, to learn from or held out, and drawings."""

    photos: tuple[Photos, ...]
    drawings: Photos

    def __len__(self) -> int:
        return sum(map(len, self.photos)) + len(self.drawings)


@dataclass(frozen=True)
class CartoonPlan:
    """What an entry makes of options and pictures; a Plan (see `training.loop.plan`)."""

    options: Options
    config: CartoonConfig
    networks: dict[str, nn.Module]
    features: nn.Module
    family: str = "cartoon"
    method: str = "cartoon"
    optimizer: str = "adam"
    ships: str = ""
    """No network goes into the weight beside the generator."""
    held_out: tuple[int, ...] = ()

    @property
    def translation(self) -> dict:
        """What the card says of it."""
        return {"source": "photo", "outlined": True}

    def labels(self, data: Photos) -> list[str]:
        """None: it knows no classes."""
        return []

    def phases(self) -> tuple[Phase, ...]:
        """What happens within a step."""
        weights = {name: getattr(self.options, name) for name in Rules.__dataclass_fields__}
        return cartooning(Rules(**weights), self.features)

    def batches(self, learned: Sets, rank: int, world: int) -> CartoonBatches:
        """The crops of one of `world` processes."""
        options = self.options
        return CartoonBatches(learned.photos, learned.drawings, options.size, options.batch, options.seed, rank)

    def watch(self, learned: Sets, kept: Sets, device: torch.device) -> CartoonWatch:
        """What is looked at meanwhile."""
        return watch_cartoons(kept.photos, self.options.size, self.features.to(device), device)


def read(options: Options) -> tuple[Photos, Sets, Sets]:
    """What is learned from as one set, and the sets to learn from and held out."""
    least = options.size or USUAL["size"]
    learned, kept = zip(*(split_photos(place, least) for place in options.data))
    taught, tried = (joined(parts) for parts in zip(*(split_photos(place, least) for place in options.drawings)))
    return joined([*learned, taught]), Sets(learned, taught), Sets(kept, tried)


def plan(options: Options, data: Sets) -> CartoonPlan:
    """The networks, and the frozen one that compares."""
    options = settle(options, **USUAL)
    config = CartoonConfig(
        options.size, options.width, options.blocks, options.discriminator_width, options.patch
    )  # fmt: skip
    networks = {"generator": CartoonGenerator(config), "discriminator": CartoonDiscriminator(config)}
    features = load_features(options.feature_weights).requires_grad_(False)
    return CartoonPlan(options, config, networks, features)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        options = parse(Options, argv, "train_cartoon", "cartoon")
        start(options, "train_cartoon", plan, read, partial(settle, **USUAL))


if __name__ == "__main__":
    main()
