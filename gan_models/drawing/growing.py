"""A drawing that grows stroke by stroke, what a network makes of it beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from gan_models.drawing.strokes import Stroke
from gan_models.errors import RequestError
from gan_models.pictures.images import as_pillow
from gan_models.pictures.photo import Turn

FRAMES = 96
"""Frames in which the drawing grows."""
HOLD, FPS = 24, 24
"""Frames that show it finished, and frames a second."""
SIDE = 256
"""Least side of either half in pixels."""
GAP = 8
DOT = 0.05
"""A dot takes as long as a line of this share of the side."""


Picture = Callable[[list[Stroke]], np.ndarray]


def frames(strokes: Sequence[Stroke], side: int, sheet: Picture, answer: Picture, turn: Turn) -> Iterator[np.ndarray]:
    """Frames uint8 (side, 2 side + GAP, 3), each drawn inside `turn()`; the last one HOLD times.

    `sheet` gives a part of the drawing as uint8 (side, side, 3), `answer` a picture of any size, or RequestError where
    there is nothing on the sheet yet, or again: the picture before stays.
    """
    picture, between = np.full((side, side, 3), 255, np.uint8), np.full((side, GAP, 3), 255, np.uint8)
    for part in moments(strokes, FRAMES):
        with turn():
            try:
                drawn = as_pillow(answer(part)).convert("RGB")
                picture = np.array(drawn.resize((side, side), 3))  # bicubic
            except RequestError:
                pass
            frame = np.concatenate([sheet(part), between, picture], 1)
        yield frame
    yield from [frame] * HOLD


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
    points = np.asarray(stroke.points)
    steps = np.hypot(*np.diff(points, axis=0).T) if len(points) > 1 else np.zeros(0)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    reached = share * along[-1]
    kept = points[along <= reached]
    end = [[np.interp(reached, along, points[:, axis]) for axis in (0, 1)]]
    return Stroke(np.concatenate([kept, end]), stroke.width, stroke.tool, stroke.colour)
