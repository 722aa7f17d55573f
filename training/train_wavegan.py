"""Train a GAN of sounds: python -m training.train_wavegan [--preset NAME] [--data FOLDER --minutes 80]

After WaveGAN (Donahue et al. 2019), see `gan_models.networks.wavegan`; folders of a set are its kinds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import torch

from gan_models.errors import one_line
from gan_models.files import at_home
from gan_models.networks.wavegan import WaveganConfig, WaveganDiscriminator, WaveganGenerator
from training.data.sounds import SoundBatches, SoundSet, as_float, held_out_sounds, load_sounds
from training.games.phases import Game
from training.loop.start import SamplingPlan, start
from training.options import Common, parse, settle
from training.watching.sounds import SoundWatch, watch_sounds

USUAL = {"batch": 32, "generator_lr": 2e-4, "discriminator_lr": 3e-4, "beta1": 0.0, "beta2": 0.9, "ema": 5_000.0}
CALIBRATED = 512
"""Sounds by which the loudness of bands is taken."""


@dataclass(frozen=True)
class Options(Common):
    """A GAN of short sounds, by kind where the data has kinds."""

    data: str = "drums.zip"
    """Folder or zip of WAV, FLAC, OGG, MP3 or AIFF files; folders in it are kinds."""
    rate: int = 16_000
    """Samples a second."""
    length: int = 8192
    """Samples of a sound, a multiple of 512."""
    latent_dim: int = 64
    """Numbers in a latent."""
    width: int = 64
    """Channels of the generator where maps are longest, doubled inwards."""
    discriminator_width: int = 48
    """The same of the discriminator."""


@dataclass(frozen=True)
class SoundPlan(SamplingPlan):
    """As for pictures, but of sounds."""

    def batches(self, learned: SoundSet, rank: int, world: int) -> SoundBatches:
        """The batches of one of `world` processes."""
        return SoundBatches(learned, self.options.batch, self.options.seed, rank, world)

    def watch(self, learned: SoundSet, kept: SoundSet, device: torch.device) -> SoundWatch:
        """What is looked at meanwhile."""
        return watch_sounds(learned, kept, self.game.latent_dim, self.game.classes, device)


def read(options: Options) -> tuple[SoundSet, SoundSet, SoundSet]:
    """All sounds, those to learn from and those held out."""
    data = load_sounds(at_home(options.data), options.rate, options.length)
    return data, *held_out_sounds(data)


def plan(options: Options, data: SoundSet) -> SoundPlan:
    """Networks for this data."""
    options = settle(options, **USUAL)
    config = WaveganConfig(
        options.rate, options.length, options.latent_dim, len(data.classes),
        width=options.width, discriminator_width=options.discriminator_width,
    )  # fmt: skip
    generator, discriminator = WaveganGenerator(config), WaveganDiscriminator(config)
    some = torch.linspace(0, len(data) - 1, min(CALIBRATED, len(data))).long()
    for network in (generator, discriminator):
        network.calibrate(as_float(data.sounds[some]))
    game = Game("hinge", options.latent_dim, len(data.classes))
    return SoundPlan(options, "wavegan", "wavegan", config, generator, discriminator, game)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        options = parse(Options, argv, "train_wavegan", "wavegan-drums")
        start(options, "train_wavegan", plan, read, partial(settle, **USUAL))


if __name__ == "__main__":
    main()
