"""Train a style transfer: python -m training.train_style_transfer --data PHOTOS... --styles PAINTINGS...

One network for any style (gan_models.networks.style_transfer). What a picture shows and how a style is painted are
compared in frozen SqueezeNet features, as AdaIN and MicroAST compare them in VGG's.
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
from gan_models.networks.style_transfer import StyleTransferConfig, StyleTransferGenerator
from gan_models.pictures.images import to_tensor
from training.data.photos import Photos, held_out_photos, joined, load_photos
from training.data.style_batches import STYLES, StyleBatches, middles
from training.games.phases import Phase
from training.games.style_transfer import Rules, restyling
from training.loop.start import start
from training.losses.features import load_features
from training.losses.style import StyleAndContent
from training.options import SAID, Common, parse, settle
from training.watching.styles import StyleWatch, watch_styles

USUAL = {"batch": 4, "size": 96, "beta1": 0.9, "beta2": 0.99, "ema": 1_000.0, "flip": "on", "generator_lr": 1e-3}
CALIBRATED = 32
"""Style pictures by which features are scaled."""


@dataclass(frozen=True)
class Options(Common):
    """Any style from one network."""

    data: tuple[str, ...] = ("photos-bsds300.zip", "photos-t91.zip", "flowers-144.zip", "clothing-144.zip")
    """Folders or zips of photographs."""
    styles: tuple[str, ...] = ("paintings.zip", "manners.zip")
    """Folders or zips of paintings, drawings and patterns."""
    width: int = 64
    """Channels at a quarter of the side."""
    blocks: int = 4
    """Modulated residual blocks."""
    signal: int = 128
    """Numbers in what the style says to each layer."""
    content: float = 0.5
    """Weight of what the picture shows."""
    style: float = 6.0
    """Weight of the means and deviations of the style's features."""
    together: float = 6.0
    """Weight of which of the style's features occur together."""
    feature_weights: Annotated[Path | None, SAID] = None
    """File of torchvision's SqueezeNet 1.1 (default: downloaded once)."""


@dataclass(frozen=True)
class Both:
    """Photographs and style pictures, to learn from or held out."""

    photos: Photos
    styles: Photos

    def __len__(self) -> int:
        return len(self.photos) + len(self.styles)


@dataclass(frozen=True)
class StylePlan:
    """What an entry makes of options and pictures; a Plan (see `training.loop.plan`)."""

    options: Options
    config: StyleTransferConfig
    networks: dict[str, nn.Module]
    seen: StyleAndContent
    family: str = "style-transfer"
    method: str = "style-transfer"
    optimizer: str = "adam"
    ships: str = ""
    """No network goes into the weight beside the generator."""
    held_out: tuple[int, ...] = ()

    @property
    def translation(self) -> dict:
        """What the card says of it."""
        return {"source": "photo", "styled": True}

    def labels(self, data: Photos) -> list[str]:
        """None: it knows no classes."""
        return []

    def phases(self) -> tuple[Phase, ...]:
        """What happens within a step."""
        options = self.options
        rules = Rules(options.content, options.style, options.together)
        return restyling(rules, self.seen)

    def batches(self, learned: Both, rank: int, world: int) -> StyleBatches:
        """The pairs of one of `world` processes."""
        options = self.options
        return StyleBatches(learned.photos, learned.styles, options.size, options.batch, options.seed, rank)

    def watch(self, learned: Both, kept: Both, device: torch.device) -> StyleWatch:
        """What is looked at meanwhile."""
        return watch_styles(kept.photos, learned.styles, self.options.size, self.seen.to(device), device)


def read(options: Options) -> tuple[Photos, Both, Both]:
    """All pictures, those to learn from and those held out."""
    least = options.size or USUAL["size"]
    places = [[load_photos([place], least) for place in given] for given in (options.data, options.styles)]
    photos, styles = (joined(parts) for parts in places)
    learned, kept = held_out_photos(photos)
    taught, tried = held_out_photos(styles)
    return joined([*places[0], *places[1]]), Both(learned, taught), Both(kept, tried)


def plan(options: Options, data: Both) -> StylePlan:
    """The networks, and the eyes that compare."""
    options = settle(options, **USUAL)
    config = StyleTransferConfig(options.size, options.width, options.blocks, options.signal)
    features = load_features(options.feature_weights)
    generator, seen = StyleTransferGenerator(config), StyleAndContent(features)
    generator.see_by(features)
    seen.calibrate(to_tensor(middles(data.styles.pictures, options.size, STYLES, CALIBRATED)))
    return StylePlan(options, config, {"generator": generator}, seen)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        options = parse(Options, argv, "train_style_transfer", "any-style")
        start(options, "train_style_transfer", plan, read, partial(settle, **USUAL))


if __name__ == "__main__":
    main()
