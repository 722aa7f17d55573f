"""Train a self-attention GAN: python -m training.train_sagan [--preset NAME] [--data FOLDER --minutes 15]

Zhang et al. 2018 (SAGAN): against its own discriminator by the paper's recipe, hinge loss and two time scales, or, for
folders of colour photographs, against the projected discriminator of Sauer et al. 2021, which learns from few pictures
in few steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gan_models.errors import one_line
from gan_models.networks.sagan import SaganConfig
from training.data import ImageSet
from training.games.phases import Game
from training.games.projected import (
    USUAL,
    Sampling,
    check_side,
    classes_of,
    discriminator_base,
    is_projected,
    sampling_plan,
    settled_by,
)
from training.loop.start import SamplingPlan, start
from training.options import parse

# With its own discriminator: Zhang et al. 2018, sections 4.2 and 5.
OWN = {
    "discriminator": "sagan",
    "generator_lr": 1e-4,
    "discriminator_lr": 4e-4,
    "beta1": 0.0,
    "beta2": 0.9,
    "augment": (),
}


@dataclass(frozen=True)
class Options(Sampling):
    """SAGAN's generator against its own discriminator or a projected one."""

    latent_dim: int = 128
    """Numbers in a latent."""
    attention: int = 2
    """Layers of self-attention: on maps of half the picture's side, of a quarter and so on."""
    discriminator: Literal["auto", "sagan", "projected"] = "auto"
    """auto: projected for folders, zips and Hub sets in colour from 32 px on, SAGAN's own otherwise."""


def plan(options: Options, data: ImageSet) -> SamplingPlan:
    """Networks for this data."""
    check_side(data)
    classes, projected = classes_of(options, data), is_projected(options, data)
    options = settled(options, projected)
    config = SaganConfig(
        data.size, data.channels, options.latent_dim, classes, options.base, options.most, options.attention,
        discriminator_base(options),
    )  # fmt: skip
    game = Game("hinge", options.latent_dim, classes, augment=options.augment)
    return sampling_plan(options, "sagan", config, game, data)


def settled(options: Options, projected: bool | None = None) -> Options:
    """The options with nothing left open."""
    return settled_by(options, OWN, USUAL, projected)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        start(parse(Options, argv, "train_sagan", "sagan-flowers-64"), "train_sagan", plan, settled=settled)


if __name__ == "__main__":
    main()
