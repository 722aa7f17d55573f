"""Train a Wasserstein GAN: python -m training.train_wgan [--preset NAME] [--lipschitz clipping|penalty]

Arjovsky et al. 2017 ("Wasserstein GAN", weights clipped, RMSprop) or Gulrajani et al. 2017 ("Improved
training of Wasserstein GANs", gradient penalty, Adam). The critic has no batch norm: it must judge each
picture by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gan_models.errors import one_line
from gan_models.networks.dcgan import DcganConfig, DcganDiscriminator, DcganGenerator
from training.data import ImageSet
from training.games.phases import Game
from training.loop.start import SamplingPlan, need_two, start
from training.options import Common, parse, settle


@dataclass(frozen=True)
class Options(Common):
    """A Wasserstein GAN with DCGAN's networks; the discriminator is called critic here."""

    latent_dim: int = 128
    """Numbers in a latent."""
    width: int = 64
    """Channels beside the picture, doubled at every halving of the size."""
    hidden: int = 0
    """Units of a dense layer before the critic's score, 0 for none: at 28 px it sees whole digits with it."""
    dense: int = 0
    """Units of three dense layers that judge all pixels beside the critic's convolutions, 0 for none."""
    upsampling: Literal["transposed", "resize"] = "transposed"
    """How the generator doubles the size."""
    lipschitz: Literal["clipping", "penalty"] = "penalty"
    """What keeps the critic from being arbitrarily steep."""
    critic_norm: Literal["layer", "none"] = "layer"
    """Normalisation in the critic."""
    critic_steps: int = 5
    """Updates of the critic for each of the generator."""
    penalty: float = 10.0
    """Weight of the gradient penalty."""
    clip: float = 0.01
    """Largest weight of a clipped critic."""


def plan(options: Options, data: ImageSet) -> SamplingPlan:
    """Networks for this data."""
    clipping = options.lipschitz == "clipping"
    options = settled(options)
    if options.hidden:
        need_two(options)
    config = DcganConfig(
        data.size, data.channels, options.latent_dim, options.width, 0, options.upsampling,
        discriminator_norm=options.critic_norm, hidden=options.hidden, dense=options.dense,
    )  # fmt: skip
    rule = {"clip": options.clip} if clipping else {"penalty": options.penalty}
    game = Game("wasserstein", options.latent_dim, critic_steps=options.critic_steps, **rule)
    method, optimizer = ("wgan", "rmsprop") if clipping else ("wgan-gp", "adam")
    networks = DcganGenerator(config), DcganDiscriminator(config)
    return SamplingPlan(options, "dcgan", method, config, *networks, game, optimizer=optimizer)


def settled(options: Options) -> Options:
    """The options with nothing left open."""
    clipping = options.lipschitz == "clipping"
    usual = {"generator_lr": 5e-5, "beta2": 0.99} if clipping else {"beta1": 0.0, "beta2": 0.9}
    return settle(options, **usual)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        start(parse(Options, argv, "train_wgan", "wgan-gp-mnist"), "train_wgan", plan, settled=settled)


if __name__ == "__main__":
    main()
