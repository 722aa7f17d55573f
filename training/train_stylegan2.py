"""Train a style-based GAN: python -m training.train_stylegan2 [--preset NAME] [--data FOLDER --minutes 15]

Karras et al. 2020 (StyleGAN2), for colour photographs against the projected discriminator of Sauer et al. 2021.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gan_models.errors import one_line
from gan_models.networks.stylegan2 import Stylegan2Config, Stylegan2Discriminator, Stylegan2Generator
from training.data import ImageSet
from training.options import Common, LossName, Policy, parse, settle
from training.phases import Game
from training.start import Plan, start
from training.train_dcgan import PROJECTED as WITH_PROJECTED
from training.train_dcgan import classes_of, is_projected, projected_discriminator

PROJECTED = {**WITH_PROJECTED, "generator_lr": 2.5e-3, "discriminator_lr": 4e-4}
del PROJECTED["upsampling"]


@dataclass(frozen=True)
class Options(Common):
    """A style-based generator against a projected discriminator."""

    latent_dim: int = 128
    """Numbers in a latent, and in a style."""
    base: int = 2048
    """Channels times the side of their map, up to --most."""
    most: int = 256
    """Channels at most."""
    loss: Literal["auto"] | LossName = "auto"
    """What the two play for (auto: hinge with the projected discriminator, non-saturating otherwise)."""
    mixing: float = 0.9
    """Share of pictures drawn with two styles, the second from a layer of chance on."""
    conditional: bool = False
    """Draw by class: needs labelled data."""
    discriminator: Literal["auto", "projected", "stylegan2"] = "auto"
    """auto: projected for folders, zips and Hub sets in colour from 32 px on, StyleGAN2's own otherwise."""
    augment: tuple[Policy, ...] | None = None
    """Kinds of DiffAugment (default: colour and translation with the projected discriminator, none otherwise)."""
    feature_weights: Path | None = None
    """File of torchvision's SqueezeNet 1.1 for the projected discriminator (default: downloaded once)."""


def plan(options: Options, data: ImageSet) -> Plan:
    """Networks for this data."""
    classes = classes_of(options, data)
    is_projected(options, data)
    options = settle(options, **PROJECTED)
    # A judge weighs each picture alone, and needs no more than a fourth of the channels.
    config = Stylegan2Config(
        data.size, data.channels, options.latent_dim, options.latent_dim, classes=classes, base=options.base,
        most=options.most, discriminator_base=options.base // 2, group=0,
    )  # fmt: skip
    game = Game(options.loss, options.latent_dim, classes, augment=options.augment, judge=True, mixing=options.mixing)
    discriminator = projected_discriminator(options, data, classes)
    generator, judge = Stylegan2Generator(config), Stylegan2Discriminator(config)
    return Plan(options, "stylegan2", "stylegan2", config, generator, discriminator, game, judge)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        start(parse(Options, argv, "train_stylegan2", "stylegan2-cats-128"), "train_stylegan2", plan)


if __name__ == "__main__":
    main()
