"""A drawing that grows stroke by stroke."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from gan_models.drawing.strokes import Stroke

if TYPE_CHECKING:
    pass


FRAMES = 96
"""Frames in which the drawing grows."""
DOT = 0.05
"""A dot takes as long as a line of this share of the side."""


def moments(strokes: Sequence[Stroke], count: int) -> Iterator[list[Stroke]]:
    """The drawing after 1, 2, ... `count` equal parts of its length, as strokes."""
    lengths = [DOT + _length(stroke) for stroke in strokes]
    ends = np.cumsum(lengths)
    for number in range(1, count + 1):
        reached = ends[-1] * number / count + 1e-9
        whole = int(np.searchsorted(ends, reached, side="right"))
        part = list(strokes[:whole])
        if whole < len(strokes):
            begun = reached - (ends[whole] - lengths[whole])
            part.append(_until(strokes[whole], begun / lengths[whole]))
        yield part


def _length(stroke: Stroke) -> float:
    return float(np.hypot(*np.diff(stroke.points, axis=0).T).sum())


def _until(stroke: Stroke, share: float) -> Stroke:
    """The first part of a stroke, by length."""
    steps = np.hypot(*np.diff(stroke.points, axis=0).T) if len(stroke.points) > 1 else np.zeros(0)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    reached = share * along[-1]
    kept = stroke.points[along <= reached]
    end = [[np.interp(reached, along, stroke.points[:, axis]) for axis in (0, 1)]]
    return Stroke(np.concatenate([kept, end]), stroke.width, stroke.tool, stroke.colour)
