"""Train a progressively grown GAN: python -m training.train_progan [--preset NAME] [--data FOLDER --minutes 15]

Karras et al. 2018 (ProGAN): pictures of few pixels first, layers for twice the side faded in by and by; against its own
critic by the paper's recipe (Wasserstein with gradient penalty) or by the cheaper one of its successor (--r1), or, for
folders of colour photographs, against the projected discriminator of Sauer et al. 2021, which learns from few pictures
in few steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from gan_models.errors import TrainingError, one_line
from gan_models.networks.progan import ProganConfig
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
from training.options import parse

# Rates of equalised weights; the projected discriminator's are not.
PROJECTED = USUAL | {"generator_lr": 2.5e-3, "discriminator_lr": 4e-4, "variety": 8.0}
# With its own critic: Karras et al. 2018, appendix A.
OWN = {
    "discriminator": "progan",
    "batch": 32,
    "generator_lr": 1e-3,
    "beta1": 0.0,
    "beta2": 0.99,
    "ema": 10_000.0,
    "augment": (),
    "variety": 0.0,
}


@dataclass(frozen=True)
class Options(Growing):
    """ProGAN's generator, growing, against its own critic or a projected discriminator."""

    latent_dim: int = 128
    """Numbers in a latent."""
    penalty: float = 10.0
    """Weight of the gradient penalty of its own critic."""
    r1: float = 0.0
    """Weight (gamma) of R1 every 16 steps: with the non-saturating loss it takes the penalty's place (as in Karras et
    al. 2019, appendix B), which is half the work."""
    discriminator: Literal["auto", "progan", "projected"] = "auto"
    """auto: projected for folders, zips and Hub sets in colour from 32 px on, ProGAN's own otherwise."""


def plan(options: Options, data: ImageSet) -> SamplingPlan:
    """Networks for this data."""
    check_side(data)
    classes, projected = classes_of(options, data), is_projected(options, data)
    options = settled(options, projected)
    if projected and options.r1:
        raise TrainingError("--r1 is for ProGAN's own critic; leave it out, or give --discriminator progan.")
    config = ProganConfig(
        data.size, data.channels, options.latent_dim, classes, options.base, options.most,
        discriminator_base(options), 0 if projected else 4,
    )  # fmt: skip
    growth = options.growth(config.sides)
    special = {"augment": options.augment, "growth": growth, "variety": options.variety}
    loss, special = rules(options, projected, special)
    planned = sampling_plan(options, "progan", config, Game(loss, options.latent_dim, classes, **special), data)
    return replace(planned, method="progan-r1") if options.r1 else planned


def rules(options: Options, projected: bool, special: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The loss, and the penalty beside it."""
    if projected:
        return "hinge", special
    if options.r1:
        return "non-saturating", special | {"r1": options.r1}
    return "wasserstein", special | {"penalty": options.penalty}


def settled(options: Options, projected: bool | None = None) -> Options:
    """The options with nothing left open."""
    return settled_by(options, OWN, PROJECTED, projected)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        start(parse(Options, argv, "train_progan", "progan-cats-64"), "train_progan", plan, settled=settled)


if __name__ == "__main__":
    main()
