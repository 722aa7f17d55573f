"""Train a swift upscaler: python -m training.train_swift [--preset NAME] [--data FOLDER_OR_ZIP ... --minutes 100]

Pixel loss only: no network invents anything here. With --recipe rescue for small, blurred, noisy photographs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gan_models.errors import one_line
from gan_models.networks.swift import SwiftConfig, SwiftGenerator
from training.data.photos import Photos
from training.games.upscaling import USUAL, UpscaleOptions, UpscalePlan, photographs, pixel_phase
from training.loop.start import start
from training.options import parse, settle


@dataclass(frozen=True)
class Options(UpscaleOptions):
    """A purely local network of at most 600,000 parameters that works at low resolution."""

    width: int = 64
    """Channels, a multiple of 16."""
    blocks: int = 7
    """Residual blocks of two convolutions."""


def plan(options: Options, data: Photos) -> UpscalePlan:
    """The network and its one phase."""
    options = settled(options)
    config = SwiftConfig(options.scale, options.width, options.blocks)
    method = "swift" if options.recipe == "bicubic" else f"swift-{options.recipe}"
    return UpscalePlan(options, "swift", method, config, SwiftGenerator(config), (pixel_phase(options),))


def settled(options: Options) -> Options:
    """The options with nothing left open."""
    return settle(options, **USUAL, generator_lr=1e-3)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        start(parse(Options, argv, "train_swift", "swift-x4"), "train_swift", plan, photographs, settled)


if __name__ == "__main__":
    main()
