"""Train BigGAN: python -m training.train_biggan [--preset NAME] [--data FOLDER --conditional --minutes 15]

Brock et al. 2019: against its own discriminator by the paper's recipe, or, for folders of colour photographs, against
the projected discriminator of Sauer et al. 2021, which learns from few pictures in few steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gan_models.errors import one_line
from gan_models.networks.biggan import BigganConfig
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

PROJECTED = USUAL | {"critic_steps": 1}
# With its own discriminator: Brock et al. 2019, section 3 and appendix C, rates doubled for the small batch.
OWN = {
    "discriminator": "biggan",
    "critic_steps": 2,
    "generator_lr": 1e-4,
    "discriminator_lr": 4e-4,
    "beta1": 0.0,
    "beta2": 0.999,
    "augment": (),
}


@dataclass(frozen=True)
class Options(Sampling):
    """BigGAN's generator against its own discriminator or a projected one."""

    piece: int = 20
    """Numbers of the latent for each block of the generator and for its first map."""
    embedding: int = 128
    """Numbers of the class, where there are classes."""
    attention: int = 1
    """Layers of self-attention: on maps of half the picture's side, of a quarter and so on."""
    orthogonal: float = 1e-4
    """Weight of what keeps the generator's filters orthogonal; 0 leaves it out."""
    critic_steps: int | None = None
    """Steps of the discriminator for one of the generator (default: 2; projected 1)."""
    discriminator: Literal["auto", "biggan", "projected"] = "auto"
    """auto: projected for folders, zips and Hub sets in colour from 32 px on, BigGAN's own otherwise."""


def plan(options: Options, data: ImageSet) -> SamplingPlan:
    """Networks for this data."""
    check_side(data)
    classes, projected = classes_of(options, data), is_projected(options, data)
    options = settled(options, projected)
    config = BigganConfig(
        data.size, data.channels, options.piece, classes, options.embedding, options.base, options.most,
        options.attention, discriminator_base(options),
    )  # fmt: skip
    special = {"critic_steps": options.critic_steps, "augment": options.augment, "orthogonal": options.orthogonal}
    return sampling_plan(options, "biggan", config, Game("hinge", config.latent_dim, classes, **special), data)


def settled(options: Options, projected: bool | None = None) -> Options:
    """The options with nothing left open."""
    return settled_by(options, OWN, PROJECTED, projected)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        start(parse(Options, argv, "train_biggan", "biggan-flowers-64"), "train_biggan", plan, settled=settled)


if __name__ == "__main__":
    main()
