"""Train a GAN of notes: python -m training.train_gansynth [--preset NAME] [--data FOLDER --minutes 60]

After GANSynth (Engel et al. 2019), see `gan_models.networks.gansynth`. A file's name, or a folder's, tells its pitch
(oboe/C4.wav, 60.wav); folders are timbres, of which some are held out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import torch

from gan_models.errors import TrainingError, one_line
from gan_models.files import at_home
from gan_models.networks.gansynth import GansynthConfig, GansynthDiscriminator, GansynthGenerator
from training.data.note_set import NoteBatches, NoteSet, held_out_notes, load_notes, pictured
from training.games.notes import note_phases
from training.games.phases import Game, Phase
from training.loop.start import SamplingPlan, start
from training.options import Common, parse, settle
from training.watching.notes import NoteWatch, watch_notes

USUAL = {"batch": 16, "generator_lr": 4e-4, "discriminator_lr": 4e-4, "beta1": 0.0, "beta2": 0.9, "ema": 10_000.0}


@dataclass(frozen=True)
class Options(Common):
    """A GAN of notes, by pitch."""

    data: str = "notes.zip"
    """Folder or zip of WAV, FLAC, OGG, MP3 or AIFF files, each a note whose pitch its name tells."""
    rate: int = 16_000
    """Samples a second."""
    length: int = 32_768
    """Samples of a note."""
    latent_dim: int = 32
    """Numbers in a latent."""
    width: int = 16
    """Channels of the generator where maps are largest, doubled inwards."""
    profile: int = 256
    """Units of the layer that draws profiles by partial and by time."""
    discriminator_width: int = 16
    """Channels of the discriminator where maps are largest."""


@dataclass(frozen=True)
class NotePlan(SamplingPlan):
    """As for pictures, but of notes."""

    def phases(self) -> tuple[Phase, ...]:
        """What happens within a step."""
        return note_phases(self.game)

    def batches(self, learned: NoteSet, rank: int, world: int) -> NoteBatches:
        """The batches of one of `world` processes."""
        return NoteBatches(learned, self.options.batch, self.options.seed, rank, world)

    def watch(self, learned: NoteSet, kept: NoteSet, device: torch.device) -> NoteWatch:
        """What is looked at meanwhile."""
        return watch_notes(learned, kept, self.game.latent_dim, device)


def read(options: Options) -> tuple[NoteSet, NoteSet, NoteSet]:
    """All notes, those to learn from and those held out."""
    data = pictured(load_notes(at_home(options.data), options.rate, options.length))
    return data, *held_out_notes(data)


def plan(options: Options, data: NoteSet) -> NotePlan:
    """Networks for this data."""
    options = settle(options, **USUAL)
    if options.batch < 2:
        raise TrainingError(
            "--batch is 1; of each batch one half is heard and the other drawn by chance: give 2 or more."
        )
    config = GansynthConfig(
        options.rate, options.length, options.latent_dim, len(data.classes), data.lowest,
        width=options.width, profile=options.profile, discriminator_width=options.discriminator_width,
    )  # fmt: skip
    generator, discriminator = GansynthGenerator(config), GansynthDiscriminator(config)
    game = Game("hinge", options.latent_dim, len(data.classes))
    return NotePlan(options, "gansynth", "gansynth", config, generator, discriminator, game)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        options = parse(Options, argv, "train_gansynth", "gansynth-notes")
        start(options, "train_gansynth", plan, read, partial(settle, **USUAL))


if __name__ == "__main__":
    main()
