"""Train a progressively grown GAN: python -m training.train_progan [--preset NAME] [--data FOLDER --minutes 15]

Karras et al. 2018 (ProGAN): pictures of few pixels first, layers for twice the side faded in by and by; against its own
critic by the paper's recipe (Wasserstein with gradient penalty), or, for folders of colour photographs, against the
projected discriminator of Sauer et al. 2021, which learns from few pictures in few steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gan_models.errors import one_line
from gan_models.networks.progan import SIZES, ProganConfig
from training.data import ImageSet
from training.games.phases import Game, Growth
from training.games.projected import USUAL, Sampling, check_side, classes_of, is_projected, sampling_plan, settled_by
from training.loop.start import SamplingPlan, start
from training.options import parse

# Rates of equalised weights; the projected discriminator's are not.
PROJECTED = USUAL | {"generator_lr": 2.5e-3, "discriminator_lr": 4e-4}
# With its own critic: Karras et al. 2018, appendix A.
OWN = {
    "discriminator": "progan",
    "batch": 32,
    "generator_lr": 1e-3,
    "beta1": 0.0,
    "beta2": 0.99,
    "ema": 10_000.0,
    "augment": (),
}


@dataclass(frozen=True)
class Options(Sampling):
    """ProGAN's generator, growing, against its own critic or a projected discriminator."""

    latent_dim: int = 128
    """Numbers in a latent."""
    base: int = 2048
    """Channels of a map times its side, up to --most of them."""
    most: int = 256
    """Channels at most."""
    first: int = 8
    """Side of the first pictures in pixels."""
    hold: int = 30_000
    """Pictures for which each side is trained before the next one is faded in; the last side trains to the end."""
    fade: int = 30_000
    """Pictures over which a side is faded in."""
    penalty: float = 10.0
    """Weight of the gradient penalty of its own critic."""
    discriminator: Literal["auto", "progan", "projected"] = "auto"
    """auto: projected for folders, zips and Hub sets in colour from 32 px on, ProGAN's own otherwise."""


def plan(options: Options, data: ImageSet) -> SamplingPlan:
    """Networks for this data."""
    check_side(data, SIZES)
    classes, projected = classes_of(options, data), is_projected(options, data)
    options = settled(options, projected)
    # The judge beside a projected discriminator weighs each picture by itself: a fourth of the channels are enough.
    config = ProganConfig(
        data.size, data.channels, options.latent_dim, classes, options.base, options.most,
        options.base // 4 if projected else options.base, 0 if projected else 4,
    )  # fmt: skip
    growth = Growth.of(config.sides, options.first, options.hold, options.fade)
    special = {"augment": options.augment, "growth": growth}
    game = Game("hinge", options.latent_dim, classes, **special)
    if not projected:
        game = Game("wasserstein", options.latent_dim, classes, penalty=options.penalty, **special)
    return sampling_plan(options, "progan", config, game, data)


def settled(options: Options, projected: bool | None = None) -> Options:
    """The options with nothing left open."""
    return settled_by(options, OWN, PROJECTED, projected)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        start(parse(Options, argv, "train_progan", "progan-cats-64"), "train_progan", plan, settled=settled)


if __name__ == "__main__":
    main()
