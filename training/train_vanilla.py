"""Train the simple GAN: python -m training.train_vanilla [--preset NAME] [--data ...]

Goodfellow et al. 2014, "Generative adversarial nets": dense layers on both sides, the non-saturating loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gan_models.errors import one_line
from gan_models.networks.vanilla import VanillaConfig, VanillaDiscriminator, VanillaGenerator
from training.data import ImageSet
from training.games.phases import Game
from training.loop.start import SamplingPlan, need_two, start
from training.options import Common, GameLoss, parse, settle


@dataclass(frozen=True)
class Options(Common):
    """The simple GAN: four dense layers for the generator, four for the discriminator."""

    latent_dim: int = 100
    """Numbers in a latent."""
    width: int = 256
    """Channels of the narrowest hidden layer; the others have twice and four times as many."""
    loss: GameLoss = "non-saturating"
    """What the two play for."""
    r1: float = 0.0
    """Weight (gamma) of the R1 penalty; 0 leaves it out."""
    r2: float = 0.0
    """The same at drawn pictures (R2), for the relativistic loss; 0 leaves it out."""
    r1_every: int = 16
    """Steps between two penalties of R1 and R2; 1 puts them into the discriminator's own loss."""


def plan(options: Options, data: ImageSet) -> SamplingPlan:
    """Networks for this data."""
    options = settle(options)
    need_two(options)
    config = VanillaConfig(options.latent_dim, data.size, data.channels, options.width)
    game = Game(options.loss, options.latent_dim, r1=options.r1, r2=options.r2, r1_every=options.r1_every)
    networks = VanillaGenerator(config), VanillaDiscriminator(config)
    return SamplingPlan(options, "vanilla", "vanilla", config, *networks, game)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        start(parse(Options, argv, "train_vanilla", "vanilla-mnist"), "train_vanilla", plan)


if __name__ == "__main__":
    main()
