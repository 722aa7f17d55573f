"""Train a style-based GAN: python -m training.train_stylegan2 [--preset NAME] [--data FOLDER --minutes 15]

Karras et al. 2020 (StyleGAN2): against its own discriminator by the recipe of Karras et al. 2020b (StyleGAN2-ADA,
`auto`), or, for folders of colour photographs, against the projected discriminator of Sauer et al. 2021, which learns
from few pictures in few steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from torch import nn

from gan_models.errors import TrainingError, one_line
from gan_models.networks.stylegan2 import Stylegan2Config, Stylegan2Discriminator, Stylegan2Generator
from training.data import ImageSet
from training.games.phases import Game
from training.games.projected import (
    LEAST,
    USUAL,
    check_side,
    classes_of,
    expects_projected,
    is_projected,
    projected_discriminator,
)
from training.loop.start import SamplingPlan, start
from training.losses.adaptive import Adaptive
from training.losses.penalties import PathLength
from training.options import SAID, Common, LossName, Policy, parse, settle

# What is left open on the command line, with the projected discriminator and with StyleGAN2's own.
PROJECTED = USUAL | {
    "generator_lr": 2.5e-3,  # of equalised weights; the discriminator's are not
    "discriminator_lr": 4e-4,
    "r1": 0.0,
    "path": 0.0,
}
OWN = {
    "discriminator": "stylegan2",
    "loss": "non-saturating",
    "augment": (),
    "batch": 32,
    "generator_lr": 2.5e-3,
    "beta1": 0.0,
    "beta2": 0.99,
    "ema": 10_000.0,
    "path": 2.0,
}


@dataclass(frozen=True)
class Options(Common):
    """StyleGAN2's generator against its own discriminator or a projected one."""

    latent_dim: int = 128
    """Numbers in a latent, and in a style."""
    base: int = 2048
    """Channels of a map times its side, up to --most of them."""
    most: int = 256
    """Channels at most."""
    loss: Literal["auto"] | LossName = "auto"
    """What the two play for (auto: hinge with the projected discriminator, non-saturating otherwise)."""
    mixing: float = 0.9
    """Share of pictures drawn with two styles, the second from some layer on."""
    conditional: bool = False
    """Draw by class: needs labelled data."""
    discriminator: Literal["auto", "stylegan2", "projected"] = "auto"
    """auto: projected for folders, zips and Hub sets in colour from 32 px on, StyleGAN2's own otherwise."""
    r1: float | None = None
    """Weight (gamma) of the R1 penalty every 16 steps (default: 0.0002 side^2 / batch; projected 0)."""
    path: float | None = None
    """Weight of the path length every 4 steps (default: 2; projected 0)."""
    augment: Annotated[tuple[Policy, ...] | None, SAID] = None
    """Kinds of DiffAugment (default: colour and translation with the projected discriminator; StyleGAN2's own is
    augmented adaptively where none are named)."""
    target: float = 0.6
    """How sure of real pictures (mean sign of the output) adaptive augmentation lets the discriminator be."""
    variety: float = 0.0
    """Weight that keeps a batch's pictures apart, as of a growing GAN (`training.losses.variety`)."""
    feature_weights: Path | None = None
    """File of torchvision's SqueezeNet 1.1 for the projected discriminator (default: downloaded once)."""


def plan(options: Options, data: ImageSet) -> SamplingPlan:
    """Networks for this data."""
    classes, adaptive = classes_of(options, data), options.augment is None
    projected = is_projected(options, data)
    check(options, data, projected)
    options = settled(options, projected, data.size)
    if projected:
        return against_projected(options, data, classes)
    config = config_of(options, data, classes, options.base, group=4)
    beside: dict[str, nn.Module] = {"augment": Adaptive(options.target)} if adaptive else {}
    beside |= {"path": PathLength()} if options.path else {}
    game = game_of(options, classes, adaptive=adaptive)
    players = Stylegan2Generator(config), Stylegan2Discriminator(config)
    return SamplingPlan(options, "stylegan2", "stylegan2", config, *players, game, beside=beside)


def settled(options: Options, projected: bool | None = None, size: int | None = None) -> Options:
    """The options with nothing left open but --augment, which is then adaptive; R1 follows from the pictures' side."""
    if expects_projected(options) if projected is None else projected:
        return settle(options, **PROJECTED)
    side, batch = size or options.size or LEAST, options.batch or OWN["batch"]
    return settle(options, **OWN, r1=0.0002 * side**2 / batch)


def against_projected(options: Options, data: ImageSet, classes: int) -> SamplingPlan:
    """The generator and a projected discriminator, with a judge of StyleGAN2's kind for the verdict on the page."""
    # The judge weighs each picture by itself, which a fourth of the channels are enough for.
    config = config_of(options, data, classes, options.base // 4, group=0)
    game = game_of(options, classes, judge=True)
    discriminator = projected_discriminator(options, data, classes)
    generator, judge = Stylegan2Generator(config), Stylegan2Discriminator(config)
    beside = {"path": PathLength()} if options.path else {}
    return SamplingPlan(
        options, "stylegan2", "stylegan2-projected", config, generator, discriminator, game, judge, beside=beside
    )


def config_of(options: Options, data: ImageSet, classes: int, discriminator_base: int, group: int) -> Stylegan2Config:
    """The networks' sizes; `group` as in the config."""
    dim = options.latent_dim
    sizes = {"base": options.base, "most": options.most, "discriminator_base": discriminator_base}
    return Stylegan2Config(data.size, data.channels, dim, dim, classes=classes, group=group, **sizes)


def game_of(options: Options, classes: int, **special: bool) -> Game:
    """The rules."""
    names = "r1", "path", "mixing", "augment", "variety"
    shared = {name: getattr(options, name) for name in names}
    return Game(options.loss, options.latent_dim, classes, **shared, **special)


def check(options: Options, data: ImageSet, projected: bool) -> None:
    """TrainingError for pictures of a side that no generator of this family has, and for flags out of range."""
    check_side(data)
    for name in ("mixing", "target"):
        if not 0 <= (value := getattr(options, name)) <= 1:
            raise TrainingError(f"--{name} is {value}; it is from 0 to 1.")
    for name in ("r1", "path", "variety"):
        if (value := getattr(options, name)) is not None and value < 0:
            raise TrainingError(f"--{name} is {value}; it must be at least 0.")
    if projected and options.r1:
        raise TrainingError(
            "--r1 is for StyleGAN2's own discriminator; leave it out, or give --discriminator stylegan2."
        )


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        start(parse(Options, argv, "train_stylegan2", "stylegan2-cats-128"), "train_stylegan2", plan, settled=settled)


if __name__ == "__main__":
    main()
