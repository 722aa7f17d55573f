"""What notes are measured by: whether their pitch is the asked one, what they are near to, how different they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from training.data.note_set import NoteSet
from training.measures.pitch import pitch

TOLERANCE = 0.5
"""Semitones by which a pitch may be off."""
NEAR = 2
"""Semitones: a note is compared to notes so near in pitch."""
THUMBNAIL = 32


def in_tune(sounds: Iterable[np.ndarray], asked: Iterable[float], rate: int) -> np.ndarray:
    """Which sounds (L,) are heard within half a semitone of the asked MIDI number: bool (N,)."""
    return np.array([abs(pitch(sound, rate) - wanted) <= TOLERANCE for sound, wanted in zip(sounds, asked)])


def by_timbre(data: NoteSet) -> NoteSet:
    """The set with its timbres for kinds."""
    kinds = tuple(sorted(set(data.timbres)))
    return replace(data, labels=torch.tensor([kinds.index(timbre) for timbre in data.timbres]), classes=kinds)


def small(pictures: Tensor) -> Tensor:
    """Pictures (N, C, H, W) of notes as what is compared: (N, D), by time half as fine, levels only."""
    return F.avg_pool2d(pictures[:, ::2].float(), (1, 2)).flatten(1)


def nearest(pictures: Tensor, pitches: Tensor, known: NoteSet) -> tuple[Tensor, Tensor]:
    """Of each note the known one of about its pitch that it is nearest to, and the distance, root mean square."""
    compared, known_pitches = small(known.pictures), known.labels + known.lowest
    found = []
    for one, wanted in zip(small(pictures), pitches):
        apart = (compared - one).square().mean(1).sqrt()
        found.append(torch.where((known_pitches - wanted).abs() <= NEAR, apart, torch.inf).min(0))
    return torch.stack([place for _, place in found]), torch.stack([value for value, _ in found])


def variety(pictures: Tensor, pitches: Tensor) -> float:
    """Mean distance of two notes of one pitch."""
    compared, apart = small(pictures), []
    for wanted in pitches.unique():
        some = compared[pitches == wanted]
        apart.append(F.pdist(some) / compared.shape[1] ** 0.5)
    return float(torch.cat(apart).mean())


def timed(draws: Iterable[Callable[[], np.ndarray]], clock: Callable[[], float]) -> tuple[np.ndarray, float]:
    """What was drawn, and the median seconds of one."""
    made, taken = [], []
    for one in draws:
        start = clock()
        made.append(one())
        taken.append(clock() - start)
    return np.stack(made), float(np.median(taken))
