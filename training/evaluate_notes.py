"""How good a GAN of notes is: python -m training.evaluate_notes WEIGHT --data notes.zip [--write-card]

An autocorrelation that knows of no network hears the pitch of drawn notes and of held-out real ones. Pictures of both
are compared to those that were learned from: a copy would be nearer to one than a held-out note ever is. Notes of one
pitch are compared to each other, since a generator may draw one timbre for all latents. A small classifier of timbres
gives the features for a distance.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import tyro
from PIL import Image

from gan_models.errors import RequestError, one_line
from gan_models.loading import load
from gan_models.networks.partials import Partials, hertz
from gan_models.pictures.images import contact_sheet
from gan_models.sound import Hit, check_task, draw
from gan_models.sounds.files import LEVELS
from gan_models.sounds.spectrogram import spectrograms
from gan_models.weight.model import Model
from training.data.note_set import NoteSet, held_out_notes, load_notes, pictured
from training.evaluate import put_measures, sets_of
from training.evaluate_sound import BROKEN, broken, distance
from training.measures import report
from training.measures.notes import by_timbre, in_tune, nearest, timed, variety
from training.measures.report import Figure
from training.measures.sounds import heard, taught
from training.options import SAID, asked

PITCH, NEAREST, VARIETY = "pitch within half a semitone", "distance to nearest note", "variety of timbre"
TRACKER, PICTURES = "autocorrelation", "pictures of partials"
CLASSIFIED = 2_000
"""Notes by which timbres are taught and distances taken."""
SHOWN = 16
"""Notes on a sheet."""


@dataclass(frozen=True)
class Evaluation:
    """Measure a weight that draws notes."""

    weight: Annotated[str, tyro.conf.Positional]
    """A name in weights/, or a folder."""
    data: Annotated[Path | None, SAID] = None
    """The notes that it learned from (default: as its card names them, in this folder)."""
    n: Annotated[int, tyro.conf.arg(aliases=["-n"])] = 305
    """How many notes are drawn, pitches in turn."""
    seed: int = 0
    """Of the first note, and of the classifier."""
    sheet: Path | None = None
    """A PNG of some drawn notes, each beside the nearest of those learned from."""
    overwrite: bool = False
    """Replace --sheet where it exists."""
    write_card: bool = False
    """Put the figures into the weight's card.json, in place of earlier ones of the same name and features."""


def evaluate(options: Evaluation, say: Callable[[str], None] = lambda line: None) -> list[Figure]:
    """Every figure, said as a table; raises AtelierError."""
    model = load(options.weight)
    check_task(model)
    if not model.config.pitched:
        raise RequestError(f"{model.name} draws no notes; training.evaluate_sound measures it.")
    source = options.data or Path(sets_of(model.card)[0])
    learned, kept = held_out_notes(pictured(load_notes(source, model.config.rate, model.config.length)))
    hits = [Hit(options.seed + n, n % model.classes) for n in range(options.n)]
    sounds, taken = timed([partial(draw, model, hit) for hit in hits], time.perf_counter)
    say(f"{model.name}: a note takes {1000 * taken:.0f} ms on {torch.get_num_threads()} threads")
    asked = torch.tensor([model.config.lowest + hit.label for hit in hits])
    rows = [
        pitches(sounds, asked.numpy(), kept, options.seed),
        *compared(model, sounds, asked, learned, kept, options),
        Figure(BROKEN, float(np.mean([broken(s) for s in sounds])), None, None, len(sounds), "samples", options.seed),
        by_ear(sounds, learned, options.seed),
    ]
    say(report.table(rows))
    if options.write_card:
        command = report.command_of("evaluate_notes", model.name, n=options.n, seed=options.seed, data=options.data)
        put_measures(model.folder, tuple(row.measure(command) for row in rows))
    return rows


def pitches(sounds: np.ndarray, asked: np.ndarray, kept: NoteSet, seed: int) -> Figure:
    """The share that is in tune, its standard error, and the share of held-out real notes."""
    share, n = float(in_tune(sounds, asked, kept.rate).mean()), len(sounds)
    real = in_tune(kept.sounds.numpy() / LEVELS, (kept.labels + kept.lowest).numpy(), kept.rate)
    return Figure(PITCH, share, (share * (1 - share) / n) ** 0.5, float(real.mean()), n, TRACKER, seed, len(real))


def compared(
    model: Model, sounds: np.ndarray, asked: torch.Tensor, learned: NoteSet, kept: NoteSet, options: Evaluation
) -> list[Figure]:
    """How far notes are from the nearest learned one, held-out real ones beside them, and from each other."""
    partials = Partials(model.config.rate, model.config.length)
    drawn = partials.pictures(torch.from_numpy(sounds), hertz(asked))
    near, away = nearest(drawn, asked, learned)
    of_kept = nearest(kept.pictures, kept.labels + kept.lowest, learned)[1]
    if options.sheet:
        shown = torch.linspace(0, len(sounds) - 1, min(SHOWN, len(sounds))).long()
        pairs = torch.stack([torch.from_numpy(sounds)[shown], learned.sounds[near[shown]].float() / LEVELS], 1)
        Image.fromarray(contact_sheet(spectrograms(pairs.flatten(0, 1)), columns=8)).save(options.sheet)
    real = learned.pictures, learned.labels
    seed, n = options.seed, len(sounds)
    return [
        Figure(NEAREST, float(away.median()), float(away.std()), float(of_kept.median()), n, PICTURES, seed, len(kept)),
        Figure(VARIETY, variety(drawn, asked), None, variety(*real), n, PICTURES, seed, len(learned)),
    ]


def by_ear(sounds: np.ndarray, learned: NoteSet, seed: int) -> Figure:
    """The distance in features of a classifier that was taught timbres by some of the notes."""
    order = torch.randperm(len(learned), generator=torch.Generator().manual_seed(seed))
    timbres = by_timbre(learned.take(order[:CLASSIFIED]))
    hearing = taught(timbres, seed)
    return distance(heard(hearing, torch.from_numpy(sounds)).features, timbres, hearing, seed)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        evaluate(asked(Evaluation, argv, "evaluate_notes"), print)


if __name__ == "__main__":
    main(sys.argv[1:])
