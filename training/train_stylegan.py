"""Train StyleGAN: python -m training.train_stylegan [--preset NAME] [--data FOLDER --minutes 15]

Karras et al. 2019: against its own discriminator (non-saturating loss with R1), or, for folders of colour photographs,
against the projected discriminator of Sauer et al. 2021, which learns from few pictures in few steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from gan_models.errors import TrainingError, one_line
from gan_models.networks.stylegan import StyleganConfig
from training.data import ImageSet
from training.games.phases import Game
from training.games.projected import (
    USUAL,
    Growing,
    check_side,
    classes_of,
    discriminator_base,
    is_projected,
    sampling_plan,
    settled_by,
)
from training.loop.start import SamplingPlan, start
from training.options import SAID, parse

# Rates of equalised weights; the projected discriminator's are not.
PROJECTED = USUAL | {"generator_lr": 2.5e-3, "discriminator_lr": 4e-4, "r1": 0.0, "variety": 8.0}
# With its own discriminator: Karras et al. 2019, appendix C.
OWN = {
    "discriminator": "stylegan",
    "batch": 32,
    "generator_lr": 1e-3,
    "beta1": 0.0,
    "beta2": 0.99,
    "ema": 10_000.0,
    "r1": 10.0,
    "augment": (),
    "variety": 0.0,
}


@dataclass(frozen=True)
class Options(Growing):
    """StyleGAN's generator against its own discriminator or a projected one."""

    latent_dim: int = 128
    """Numbers in a latent, and in a style."""
    mixing: float = 0.9
    """Share of pictures drawn with two styles, the second from some layer on."""
    r1: Annotated[float | None, SAID] = None
    """Weight (gamma) of the R1 penalty every 16 steps (default: 10; projected 0)."""
    discriminator: Literal["auto", "stylegan", "projected"] = "auto"
    """auto: projected for folders, zips and Hub sets in colour from 32 px on, StyleGAN's own otherwise."""


def plan(options: Options, data: ImageSet) -> SamplingPlan:
    """Networks for this data."""
    check_side(data)
    classes, projected = classes_of(options, data), is_projected(options, data)
    options = settled(options, projected)
    check(options, projected)
    config = StyleganConfig(
        data.size, data.channels, options.latent_dim, options.latent_dim, classes=classes, base=options.base,
        most=options.most, discriminator_base=discriminator_base(options),
        group=0 if projected else 4,
    )  # fmt: skip
    loss = "hinge" if projected else "non-saturating"
    game = Game(
        loss, options.latent_dim, classes, r1=options.r1, mixing=options.mixing, augment=options.augment,
        growth=options.growth(config.sides), variety=options.variety,
    )  # fmt: skip
    return sampling_plan(options, "stylegan", config, game, data)


def check(options: Options, projected: bool) -> None:
    """TrainingError for flags out of range."""
    if not 0 <= options.mixing <= 1:
        raise TrainingError(f"--mixing is {options.mixing}; it is from 0 to 1.")
    if projected and options.r1:
        raise TrainingError("--r1 is for StyleGAN's own discriminator; leave it out, or give --discriminator stylegan.")


def settled(options: Options, projected: bool | None = None) -> Options:
    """The options with nothing left open."""
    return settled_by(options, OWN, PROJECTED, projected)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        start(parse(Options, argv, "train_stylegan", "stylegan-avatars-64"), "train_stylegan", plan, settled=settled)


if __name__ == "__main__":
    main()
