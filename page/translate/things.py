"""Things to begin with in the Translate tab, of a few flat shapes each, as strokes; and the curves they are made of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gan_models.drawing.strokes import Colour, Stroke

STEPS, FINE = 6, 12
"""Points from one control point of a curve to the next: of lines, and of the edges of shapes."""

Place = tuple[float, float]
Drawing = list[Stroke]


def smooth(points: Sequence[Place], closed: bool, steps: int = STEPS) -> np.ndarray:
    """A way through all points in so many steps from each to the next (Catmull and Rom 1974), (N, 2)."""
    knots = np.array([points[-1], *points, *points[:2]] if closed else [points[0], *points, points[-1]], float)
    share = np.linspace(0, 1, steps, endpoint=False)[:, None]
    parts = []
    for a, b, c, d in zip(knots, knots[1:], knots[2:], knots[3:]):
        parts.append(
            0.5
            * (2 * b + (c - a) * share + (2 * a - 5 * b + 4 * c - d) * share**2 + (3 * b - a - 3 * c + d) * share**3)
        )
    return np.concatenate([*parts, knots[-2][None]])


def _round(colour: str, x: float, y: float, across: float, high: float | None = None) -> Stroke:
    """An ellipse around a place, by its half axes."""
    high = high or across
    return Stroke([(x - across, y - high), (x + across, y + high)], 0.1, "ellipse", _levels(colour))


def _box(colour: str, left: float, top: float, right: float, bottom: float) -> Stroke:
    return Stroke([(left, top), (right, bottom)], 0.1, "box", _levels(colour))


def _bent(colour: str, *points: Place) -> Stroke:
    """What a smooth closed line goes around."""
    return Stroke(np.round(smooth(points, True, FINE), 4), 0.1, "lasso", _levels(colour))


def _edged(colour: str, *points: Place) -> Stroke:
    """What straight lines go around."""
    return Stroke(points, 0.1, "lasso", _levels(colour))


def _brush(colour: str, width: float, *points: Place) -> Stroke:
    return Stroke(np.round(smooth(points, False, FINE), 4), width, "paint", _levels(colour))


def _levels(colour: str) -> Colour:
    red, green, blue = bytes.fromhex(colour)
    return red, green, blue


THINGS: tuple[Drawing, ...] = (
    [  # face
        _round("fcd53f", 0.5, 0.5, 0.42),
        _round("402a32", 0.35, 0.42, 0.055, 0.075),
        _round("402a32", 0.65, 0.42, 0.055, 0.075),
        _brush("402a32", 0.045, (0.3, 0.62), (0.38, 0.71), (0.5, 0.745), (0.62, 0.71), (0.7, 0.62)),
        _round("ff822d", 0.22, 0.57, 0.06, 0.04),
        _round("ff822d", 0.78, 0.57, 0.06, 0.04),
    ],
    [  # apple
        _bent(
            "f8312f", (0.5, 0.31), (0.66, 0.25), (0.83, 0.34), (0.87, 0.54), (0.79, 0.78), (0.63, 0.93), (0.5, 0.9),
            (0.37, 0.93), (0.21, 0.78), (0.13, 0.54), (0.17, 0.34), (0.34, 0.25),
        ),
        _brush("6d4534", 0.045, (0.5, 0.33), (0.5, 0.22), (0.54, 0.11)),
        _bent("86d72f", (0.54, 0.22), (0.62, 0.09), (0.8, 0.06), (0.75, 0.19), (0.64, 0.25)),
        _round("ff8687", 0.29, 0.43, 0.05, 0.08),
    ],
    [  # cup
        _round("9b9b9b", 0.45, 0.87, 0.33, 0.055),
        _brush("0074ba", 0.07, (0.7, 0.43), (0.87, 0.42), (0.88, 0.6), (0.66, 0.69)),
        _bent(
            "00a6ed", (0.14, 0.32), (0.45, 0.27), (0.76, 0.32), (0.75, 0.58), (0.66, 0.79), (0.54, 0.86), (0.36, 0.86),
            (0.24, 0.79), (0.15, 0.58),
        ),
        _round("aeddff", 0.45, 0.31, 0.31, 0.1),
        _round("6d4534", 0.45, 0.325, 0.25, 0.07),
    ],
    [  # fish
        _bent("ff6723", (0.72, 0.5), (0.82, 0.33), (0.95, 0.24), (0.91, 0.5), (0.95, 0.77), (0.82, 0.68)),
        _bent("ff6723", (0.36, 0.34), (0.44, 0.18), (0.6, 0.17), (0.64, 0.34)),
        _round("ff822d", 0.43, 0.52, 0.36, 0.24),
        _bent("fcd53f", (0.1, 0.55), (0.3, 0.67), (0.56, 0.66), (0.73, 0.58), (0.56, 0.75), (0.36, 0.76), (0.17, 0.68)),
        _bent("ffb02e", (0.44, 0.52), (0.57, 0.48), (0.62, 0.58), (0.48, 0.63)),
        _round("ffffff", 0.24, 0.45, 0.065),
        _round("212121", 0.235, 0.455, 0.035),
    ],
    [  # car
        _bent("f8312f", (0.24, 0.5), (0.31, 0.3), (0.42, 0.25), (0.6, 0.25), (0.7, 0.33), (0.78, 0.5)),
        _bent(
            "f8312f", (0.06, 0.56), (0.2, 0.48), (0.8, 0.48), (0.94, 0.54), (0.95, 0.7), (0.88, 0.74), (0.12, 0.74),
            (0.05, 0.69),
        ),
        _edged("aeddff", (0.3, 0.48), (0.36, 0.33), (0.48, 0.31), (0.48, 0.48)),
        _edged("aeddff", (0.53, 0.48), (0.53, 0.31), (0.62, 0.32), (0.7, 0.48)),
        _round("fcd53f", 0.9, 0.59, 0.035, 0.045),
        *(_round("321b41", x, 0.73, 0.115) for x in (0.27, 0.73)),
        *(_round("d3d3d3", x, 0.73, 0.05) for x in (0.27, 0.73)),
    ],
    [  # house
        _box("ffdea7", 0.18, 0.45, 0.82, 0.9),
        _box("ca0b4a", 0.66, 0.16, 0.76, 0.4),
        _edged("f8312f", (0.5, 0.1), (0.93, 0.5), (0.07, 0.5)),
        _box("6d4534", 0.42, 0.62, 0.58, 0.9),
        _box("00a6ed", 0.24, 0.58, 0.36, 0.72),
        _box("00a6ed", 0.64, 0.58, 0.76, 0.72),
        _box("44911b", 0.08, 0.88, 0.92, 0.94),
    ],
)  # fmt: skip
