"""Holes for pictures, drawn by chance: strokes, boxes, words, scratches and borders."""

from __future__ import annotations

import math
import string
from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image, ImageDraw, ImageFont

LEAST, MOST = 0.05, 0.35
"""Share of a picture that is taken out, where nothing else is asked for."""
TRIES = 400
"""Pieces of a hole at most."""

Dice = np.random.Generator
Piece = Callable[[ImageDraw.ImageDraw, Dice, int, int, float], None]
"""Adds to a hole in a picture of so many pixels across and down; the last number is the area still wanted."""


def stroke(pen: ImageDraw.ImageDraw, dice: Dice, width: int, height: int, area: float) -> None:
    """A broad stroke of the brush, which turns as a hand does."""
    across = float(np.clip(dice.uniform(0.05, 0.2) * min(width, height), 2, max(3.0, math.sqrt(area))))
    points, heading = [(dice.uniform(0, width), dice.uniform(0, height))], dice.uniform(0, 2 * math.pi)
    for _ in range(int(dice.integers(1, 7))):
        heading += dice.normal(0, 0.9)
        step = across * dice.uniform(0.5, 2.5)
        points.append((points[-1][0] + step * math.cos(heading), points[-1][1] + step * math.sin(heading)))
    _line(pen, points, across)


def box(pen: ImageDraw.ImageDraw, dice: Dice, width: int, height: int, area: float) -> None:
    """A rectangle or an ellipse."""
    wide = math.sqrt(area * dice.uniform(0.4, 2.5))
    wide, tall = min(wide, 0.6 * width), min(area / wide, 0.6 * height)
    left, top = dice.uniform(-wide / 4, width - 3 * wide / 4), dice.uniform(-tall / 4, height - 3 * tall / 4)
    draw = pen.rectangle if dice.random() < 0.6 else pen.ellipse
    draw((left, top, left + max(2, wide), top + max(2, tall)), 255)


def words(pen: ImageDraw.ImageDraw, dice: Dice, width: int, height: int, area: float) -> None:
    """Letters across the picture, as a date or a mark is printed on it."""
    size = float(np.clip(dice.uniform(0.08, 0.25) * min(width, height), 8, 200))
    text = "".join(dice.choice(list(string.ascii_letters + string.digits + "  ")) for _ in range(dice.integers(3, 12)))
    place = dice.uniform(-0.1 * width, 0.6 * width), dice.uniform(0, height - size)
    pen.text(place, text, 255, ImageFont.load_default(size), stroke_width=int(size > 14) + int(size > 28))


def scratch(pen: ImageDraw.ImageDraw, dice: Dice, width: int, height: int, area: float) -> None:
    """A thin long line, nearly straight."""
    heading, across = dice.uniform(0, math.pi), dice.uniform(1, max(2.0, min(width, height) / 50))
    length = dice.uniform(0.3, 1.2) * max(width, height)
    start = dice.uniform(0, width), dice.uniform(0, height)
    bend = dice.normal(0, 0.05) * length
    points = []
    for share in np.linspace(-0.5, 0.5, 7):
        away = bend * (0.25 - share**2)
        points.append(
            (
                start[0] + length * share * math.cos(heading) - away * math.sin(heading),
                start[1] + length * share * math.sin(heading) + away * math.cos(heading),
            )
        )
    _line(pen, points, across)


def border(pen: ImageDraw.ImageDraw, dice: Dice, width: int, height: int, area: float) -> None:
    """All that lies beyond a line beside one of the four sides."""
    side = int(dice.integers(4))
    deep = area / (width if side % 2 else height) * dice.uniform(0.5, 1)
    place = {
        0: (0, 0, deep, height),
        1: (0, 0, width, deep),
        2: (width - deep, 0, width, height),
        3: (0, height - deep, width, height),
    }[side]
    pen.rectangle(place, 255)


PIECES: Mapping[str, tuple[Piece, float]] = {
    "strokes": (stroke, 0.4),
    "boxes": (box, 0.25),
    "words": (words, 0.12),
    "scratches": (scratch, 0.11),
    "borders": (border, 0.12),
}
"""Kinds of holes, and how often each is drawn."""
BROAD, MOST_THIN = ("strokes", "boxes", "borders"), 0.15
"""Kinds that take out any share; of the others not more, since lines all over leave nothing to go by."""


def draw_hole(dice: Dice, height: int, width: int, share: float | None = None, kind: str | None = None) -> np.ndarray:
    """A hole of one kind (by default any), uint8 (height, width), 1 where the picture is taken out.

    It takes up about `share` of the picture, by default any from LEAST to MOST.
    """
    share = dice.uniform(LEAST, MOST) if share is None else share
    kinds, chances = list(PIECES), [chance for _, chance in PIECES.values()]
    kind = kind or str(dice.choice(kinds, p=chances))
    share = share if kind in BROAD else min(share, MOST_THIN)
    hole = Image.new("L", (width, height))
    pen = ImageDraw.Draw(hole)
    for _ in range(TRIES):
        area = share * width * height - np.count_nonzero(np.asarray(hole))
        if area < 0.01 * share * width * height:
            break
        PIECES[kind][0](pen, dice, width, height, max(area, 16.0))
    return (np.asarray(hole) > 127).astype(np.uint8)


def _line(pen: ImageDraw.ImageDraw, points: list[tuple[float, float]], across: float) -> None:
    pen.line(points, 255, max(1, round(across)), "curve")
    for x, y in points if across > 3 else ():
        pen.ellipse((x - across / 2, y - across / 2, x + across / 2, y + across / 2), 255)
