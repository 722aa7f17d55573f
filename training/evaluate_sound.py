"""How good a GAN of sounds is: python -m training.evaluate_sound WEIGHT --data drums.zip [--write-card]

A small classifier is taught on the sounds that the weight learned from, and asked about held-out ones first. Then it
says how often it hears the kind that was asked for; its features measure the distance of drawn from real sounds, beside
that of real from other real ones.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import tyro

from gan_models.errors import RequestError, one_line
from gan_models.loading import load
from gan_models.sound import Hit, check_task, draw
from gan_models.sounds.files import LEVELS
from gan_models.sounds.spectrogram import loudness
from gan_models.weight.model import Model
from training.data.sounds import SoundSet, held_out_sounds, load_sounds
from training.evaluate import put_measures, sets_of
from training.measures import report
from training.measures.distances import frechet
from training.measures.report import Figure
from training.measures.sounds import heard, taught
from training.options import SAID, asked

AGREEMENT, BROKEN, DISTANCE = "agreement with kind", "silent or clipped", "distance of sounds"
QUIET, CLIPPED = -40.0, 0.999
"""A sound is silent whose loudest sample stays below so many dB, and clipped where three in a row reach the second."""
FEATURES = "sounds classifier"


@dataclass(frozen=True)
class Evaluation:
    """Measure a weight that draws sounds by kind."""

    weight: Annotated[str, tyro.conf.Positional]
    """A name in weights/, or a folder."""
    data: Annotated[Path | None, SAID] = None
    """The sounds that it learned from (default: as its card names them, in this folder)."""
    n: Annotated[int, tyro.conf.arg(aliases=["-n"])] = 600
    """How many sounds are drawn, kinds in turn."""
    seed: int = 0
    """Of the first sound, and of the classifier."""
    write_card: bool = False
    """Put the figures into the weight's card.json, in place of earlier ones of the same name and features."""


def evaluate(options: Evaluation, say: Callable[[str], None] = lambda line: None) -> list[Figure]:
    """Every figure, said as a table; raises AtelierError."""
    model = load(options.weight)
    check_task(model)
    if model.config.pitched:
        raise RequestError(f"{model.name} draws notes; training.evaluate_notes measures it.")
    if not model.classes:
        raise RequestError(f"{model.name} knows no kinds; this measures weights that draw by kind.")
    data = load_sounds(options.data or Path(sets_of(model.card)[0]), model.config.rate, model.config.length)
    learned, kept = held_out_sounds(data)
    hearing = taught(learned, options.seed)
    real = heard(hearing, kept.sounds.float() / LEVELS)
    accuracy = float((real.kinds == kept.labels).float().mean())
    say(f"{model.name}: the classifier hears {accuracy:.1%} of {len(kept)} held-out sounds rightly")
    hits = [Hit(options.seed + n, n % model.classes) for n in range(options.n)]
    sounds, taken = timed(model, hits)
    say(f"  a sound takes {1000 * taken:.1f} ms on {torch.get_num_threads()} threads")
    drawn = heard(hearing, torch.from_numpy(sounds))
    asked = torch.tensor([hit.label for hit in hits])
    for number, name in enumerate(model.labels):
        right = float((drawn.kinds[asked == number] == number).float().mean())
        say(f"  {name}: {right:.1%} of {int((asked == number).sum())} heard as such")
    failed = float(np.mean([broken(sound) for sound in sounds]))
    rows = [
        agreement(drawn.kinds == asked, accuracy, options.seed, len(kept)),
        Figure(BROKEN, failed, None, None, len(sounds), "samples", options.seed),
        distance(drawn.features, learned, hearing, options.seed),
    ]
    say(report.table(rows))
    if options.write_card:
        command = report.command_of("evaluate_sound", model.name, n=options.n, seed=options.seed, data=options.data)
        put_measures(model.folder, tuple(row.measure(command) for row in rows))
    return rows


def timed(model: Model, hits: Sequence[Hit]) -> tuple[np.ndarray, float]:
    """The sounds (N, L), and the seconds that one takes: the median."""
    sounds, taken = [], []
    for hit in hits:
        start = time.perf_counter()
        sounds.append(draw(model, hit))
        taken.append(time.perf_counter() - start)
    return np.stack(sounds), float(np.median(taken))


def broken(sound: np.ndarray) -> bool:
    """Whether a sound (L,) is silent or clipped."""
    full = np.abs(sound) >= CLIPPED
    return loudness(sound) < QUIET or bool((full[:-2] & full[1:-1] & full[2:]).any())


def agreement(right: torch.Tensor, accuracy: float, seed: int, held_out: int) -> Figure:
    """The share heard as the kind that was asked for, its standard error, and that of real held-out sounds."""
    share, n = float(right.float().mean()), len(right)
    return Figure(AGREEMENT, share, (share * (1 - share) / n) ** 0.5, accuracy, n, FEATURES, seed, held_out)


def distance(drawn: torch.Tensor, real: SoundSet, hearing: torch.nn.Module, seed: int) -> Figure:
    """The Fréchet distance of features from as many real ones, its spread over halves; the floor is real from real."""
    count = min(len(drawn), len(real) // 2)
    order = torch.randperm(len(real), generator=torch.Generator().manual_seed(seed))
    one, other = (heard(hearing, real.sounds[part].float() / LEVELS).features for part in order[: 2 * count].chunk(2))
    # In units of real sounds' own deviations.
    scale = one.std(0).clamp_min(1e-3)
    drawn, one, other = drawn / scale, one / scale, other / scale
    spread = report.over_halves(lambda half: frechet(drawn[half], one), len(drawn), seed, 8)
    return Figure(DISTANCE, frechet(drawn[:count], one), spread, frechet(other, one), count, FEATURES, seed, count)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        evaluate(asked(Evaluation, argv, "evaluate_sound"), print)


if __name__ == "__main__":
    main(sys.argv[1:])
