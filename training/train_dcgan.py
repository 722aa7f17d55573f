"""Train a convolutional GAN: python -m training.train_dcgan [--preset NAME] [--data FOLDER --minutes 15]

Radford et al. 2016 (DCGAN); with --conditional the cGAN of Mirza & Osindero 2014; for folders of colour
photographs the projected discriminator of Sauer et al. 2021, which learns from few pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from gan_models.errors import one_line
from gan_models.networks.dcgan import DcganConfig, DcganDiscriminator, DcganGenerator
from training.data import ImageSet
from training.games.phases import Game
from training.games.projected import (
    USUAL,
    classes_of,
    expects_projected,
    is_projected,
    projected_discriminator,
)
from training.loop.start import SamplingPlan, need_two, start
from training.options import SAID, Common, GameLoss, Policy, parse, settle

# What is left open on the command line, with the projected discriminator and with DCGAN's own.
PROJECTED = USUAL | {"upsampling": "resize"}
OWN = {"discriminator": "dcgan", "loss": "non-saturating", "upsampling": "transposed", "augment": ()}


@dataclass(frozen=True)
class Options(Common):
    """DCGAN, cGAN (--conditional), or DCGAN's generator against a projected discriminator."""

    latent_dim: int = 128
    """Numbers in a latent."""
    width: int = 64
    """Channels beside the picture, doubled at every halving of the size."""
    loss: Literal["auto"] | GameLoss = "auto"
    """What the two play for (auto: hinge with the projected discriminator, non-saturating otherwise)."""
    conditional: bool = False
    """Draw by class: needs labelled data."""
    hidden: int = 0
    """Units of dense layers, 0 for none: with them the networks see whole digits at 28 px."""
    upsampling: Literal["auto", "transposed", "resize"] = "auto"
    """How the generator doubles the size (auto: resize with the projected discriminator)."""
    discriminator: Literal["auto", "dcgan", "projected"] = "auto"
    """auto: projected for folders, zips and Hub sets in colour from 32 px on, DCGAN's own otherwise."""
    discriminator_norm: Literal["batch", "layer", "spectral", "none"] = "batch"
    """Normalisation in DCGAN's discriminator."""
    dropout: float = 0.0
    """Share of channels dropped in DCGAN's discriminator."""
    r1: float = 0.0
    """Weight (gamma) of the R1 penalty; 0 leaves it out."""
    r2: float = 0.0
    """The same at drawn pictures (R2), for the relativistic loss; 0 leaves it out."""
    r1_every: int = 16
    """Steps between two penalties of R1 and R2; 1 puts them into the discriminator's own loss."""
    augment: Annotated[tuple[Policy, ...] | None, SAID] = None
    """Kinds of DiffAugment (default: colour and translation with the projected discriminator, none otherwise)."""
    feature_weights: Annotated[Path | None, SAID] = None
    """File of torchvision's SqueezeNet 1.1 for the projected discriminator (default: downloaded once)."""


def plan(options: Options, data: ImageSet) -> SamplingPlan:
    """Networks for this data."""
    classes = classes_of(options, data)
    projected = is_projected(options, data)
    options = settled(options, projected)
    if options.hidden:
        need_two(options)
    norm = "none" if projected else options.discriminator_norm
    config = DcganConfig(
        data.size, data.channels, options.latent_dim, options.width, classes, options.upsampling,
        discriminator_norm=norm, dropout=options.dropout, hidden=options.hidden,
    )  # fmt: skip
    penalties = {"r1": options.r1, "r2": options.r2, "r1_every": options.r1_every}
    game = Game(options.loss, options.latent_dim, classes, augment=options.augment, judge=projected, **penalties)
    generator = DcganGenerator(config)
    if projected:
        discriminator = projected_discriminator(options, data, classes)
        # Frozen features of others are not ours to ship: the page's verdict comes from a judge of DCGAN's kind.
        judge = DcganDiscriminator(config)
        return SamplingPlan(options, "dcgan", "projected", config, generator, discriminator, game, judge)
    method = "cgan" if classes else "dcgan"
    return SamplingPlan(options, "dcgan", method, config, generator, DcganDiscriminator(config), game)


def settled(options: Options, projected: bool | None = None) -> Options:
    """The options with nothing left open; without pictures, folders are taken for photographs in colour."""
    projected = expects_projected(options) if projected is None else projected
    return settle(options, **(PROJECTED if projected else OWN))


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        start(parse(Options, argv, "train_dcgan", "dcgan-mnist"), "train_dcgan", plan, settled=settled)


if __name__ == "__main__":
    main()
