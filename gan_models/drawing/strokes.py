"""What a visitor draws, as strokes, and strokes as pictures: one code for the page and for training.

Places and widths are shares of the drawing's (longer) side, so that a drawing means the same at every size: (0, 0)
is the upper left corner, (1, 1) the lower right one of a square. Ink is black on white.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from gan_models.errors import RequestError, reason
from gan_models.files import contents

TOOLS = ("pen", "eraser", "hint", "paint", "mask", "box", "ellipse", "lasso", "fill")
MOST_STROKES, MOST_POINTS = 4000, 200_000
"""A drawing that has more is refused: no hand makes it, and it would keep the server busy."""
MOST_SHEETS = 3000
"""How many times over strokes may cover the sheet: no hand gets there, and more would keep the server busy."""
MOST_SIDE = 4096
FINE = 4
"""Lines are drawn at so many times the side and averaged: this is the antialiasing."""
WHITE, BLACK = 255, 0

Colour = tuple[int, int, int]
Size = int | tuple[int, int]
"""Pixels of a square's side, or height and width."""
Points = Sequence[Sequence[float]] | np.ndarray


@dataclass(frozen=True)
class Stroke:
    """One stroke: points (x, y) and width in shares of the side, the tool, and a colour (r, g, b), 0 to 255.

    "pen" draws ink and "eraser" takes it away, "hint" says a colour wanted, "paint" lays a colour or a label's, "mask"
    makes a hole (see `masks`). "box" is a rectangle and "ellipse" what fits into one, between the first and the last
    point; "lasso" is a closed outline with all inside, "fill" the area of one colour around its point (see `shapes`).
    One point is a dot. Raises RequestError for what is no stroke.
    """

    points: Points
    width: float = 0.012
    tool: str = "pen"
    colour: Colour = (0, 0, 0)

    def __post_init__(self) -> None:
        if self.tool not in TOOLS:
            raise RequestError(f"There is no tool {str(self.tool)[:20]!r}; choose one of {', '.join(TOOLS)}.")
        try:
            points = np.asarray(self.points, np.float32).reshape(-1, 2)
            width, colour = float(self.width), tuple(int(level) for level in self.colour)
        except (TypeError, ValueError, OverflowError):
            raise RequestError("A stroke has points [[x, y], ...], a width and a colour [r, g, b].") from None
        if not len(points) or not np.isfinite(points).all() or np.abs(points).max() > 10:
            raise RequestError("A stroke has at least one point, and places from 0 to 1; draw it again.")
        if not 0 < width <= 1:
            raise RequestError(f"A stroke's width is a share of the side above 0 and up to 1, got {self.width}.")
        if len(colour) != 3 or not all(0 <= level <= 255 for level in colour):
            raise RequestError(f"A colour is three numbers from 0 to 255, got {str(self.colour)[:40]}.")
        object.__setattr__(self, "points", points)
        object.__setattr__(self, "width", width)
        object.__setattr__(self, "colour", colour)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stroke) and self.to_json() == other.to_json()

    def to_json(self) -> dict[str, Any]:
        """Plain values for a recipe; places to a ten-thousandth of the side."""
        points, width = self._rounded()
        return {"points": points, "width": width, "tool": self.tool, "colour": list(self.colour)}

    @staticmethod
    def from_json(words: Mapping[str, Any]) -> "Stroke":
        """Read what `to_json` wrote or a canvas sent, places to a ten-thousandth; RequestError for anything else."""
        known = {"points", "width", "tool", "colour"}
        if not isinstance(words, Mapping) or not set(words) <= known or "points" not in words:
            raise RequestError(f"A stroke is an object with {', '.join(sorted(known))}; got {str(words)[:60]}.")
        stroke = Stroke(**words)
        # What is drawn now is what `to_json` writes into the recipe: finer places would be lost there.
        return Stroke(*stroke._rounded(), stroke.tool, stroke.colour)

    def _rounded(self) -> tuple[list[list[float]], float]:
        return np.round(np.asarray(self.points, np.float64), 4).tolist(), round(self.width, 5)


def read_strokes(words: Iterable[Mapping[str, Any]]) -> list[Stroke]:
    """A drawing from plain values, in the order it was drawn; RequestError also where it is too long."""
    if not isinstance(words, Sequence) or isinstance(words, str | bytes) or len(words) > MOST_STROKES:
        raise RequestError(f"A drawing is a list of at most {MOST_STROKES} strokes.")
    strokes = [Stroke.from_json(stroke) for stroke in words]
    if (count := sum(len(stroke.points) for stroke in strokes)) > MOST_POINTS:
        raise RequestError(f"The drawing has {count:,} points; at most {MOST_POINTS:,} can be drawn.")
    if (sheets := sum(map(_sheets_of, strokes))) > MOST_SHEETS:
        raise RequestError(
            f"The strokes cover the sheet {sheets:,.0f} times over; at most {MOST_SHEETS:,} times are drawn. Take some "
            "away, or choose a narrower tool."
        )
    return strokes


def read_drawing(source: Path) -> list[Stroke]:
    """The strokes in a .json file; RequestError for another file."""
    try:
        return read_strokes(json.loads(contents(source)))
    except (OSError, ValueError, RecursionError) as error:
        raise RequestError(f"{source.name} cannot be read as a list of strokes ({reason(error)}).") from None


def _sheets_of(stroke: Stroke) -> float:
    """About how many sheets a stroke covers: its way and its joints, as broad as it is."""
    way = np.abs(np.diff(np.asarray(stroke.points), axis=0)).clip(0, 1).sum()
    return float(stroke.width * (way + stroke.width * len(stroke.points)))


def draw_lines(strokes: Iterable[Stroke], size: Size, ground: np.ndarray | None = None) -> np.ndarray:
    """Ink of the pen and eraser strokes, in their order, as uint8 (H, W): 0 is ink, 255 is paper.

    `ground`: another drawing, uint8 (H, W), that the strokes are made upon.
    """
    height, width = _sides(size)
    if ground is None:
        sheet = Image.new("L", (width * FINE, height * FINE), WHITE)
    else:
        _check(ground, (height, width))
        sheet = Image.fromarray(ground).resize((width * FINE, height * FINE), Image.Resampling.NEAREST)
    pen = ImageDraw.Draw(sheet)
    for stroke in strokes:
        if stroke.tool in ("pen", "eraser"):
            draw_line(pen, stroke, max(height, width) * FINE, BLACK if stroke.tool == "pen" else WHITE)
    return np.array(sheet.reduce(FINE))


def draw_hints(strokes: Iterable[Stroke], size: Size) -> np.ndarray:
    """The hints alone, uint8 (H, W, 4): colour and 255 where there is one, zeros elsewhere.

    The eraser takes hints away too. No antialiasing: half a hint would be another colour.
    """
    height, width = _sides(size)
    sheet = Image.new("RGBA", (width, height))
    pen = ImageDraw.Draw(sheet)
    for stroke in strokes:
        if stroke.tool in ("hint", "eraser"):
            draw_line(pen, stroke, max(height, width), (*stroke.colour, 255) if stroke.tool == "hint" else (0, 0, 0, 0))
    return np.array(sheet)


def paint(strokes: Iterable[Stroke], size: Size, ground: Colour | np.ndarray) -> np.ndarray:
    """A map of labels, uint8 (H, W, 3): paint strokes in their order over a colour or another map.

    The eraser brings back the ground.
    """
    height, width = _sides(size)
    if isinstance(ground, np.ndarray):
        _check(ground, (height, width, 3))
    below = Image.fromarray(ground) if isinstance(ground, np.ndarray) else Image.new("RGB", (width, height), ground)
    sheet = below.copy()
    for stroke in strokes:
        if stroke.tool == "paint":
            draw_line(ImageDraw.Draw(sheet), stroke, max(height, width), stroke.colour)
        elif stroke.tool == "eraser":
            mask = Image.new("L", (width, height))
            draw_line(ImageDraw.Draw(mask), stroke, max(height, width), WHITE)
            sheet.paste(below, mask=mask)
    return np.array(sheet)


def _sides(size: Size) -> tuple[int, int]:
    height, width = (size, size) if isinstance(size, int) else size
    if not 1 <= min(height, width) <= max(height, width) <= MOST_SIDE:
        raise RequestError(f"A drawing has 1 to {MOST_SIDE} pixels a side, got {width}x{height}.")
    return height, width


def _check(ground: np.ndarray, shape: tuple[int, ...]) -> None:
    if ground.shape != shape or ground.dtype != np.uint8:
        raise RequestError(f"What is drawn upon is {ground.dtype} {ground.shape}; expected uint8 {shape}.")


def draw_line(pen: ImageDraw.ImageDraw, stroke: Stroke, side: int, ink: int | tuple[int, ...]) -> None:
    """One stroke with round ends and joints on a sheet of `side` pixels."""
    width = max(1.0, stroke.width * side)
    # Pixel k covers k to k + 1, and Pillow's place k is its middle; it would cut off fractions.
    points = np.round(np.asarray(stroke.points) * side - 0.5)
    if len(points) > 1:
        pen.line(points.ravel().tolist(), fill=ink, width=round(width))
    radius = width / 2
    if radius < 1:
        return None if len(points) > 1 else pen.point(points.ravel().tolist(), fill=ink)
    for x, y in points[_corners(points)].tolist():
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=ink)
    return None


def _corners(points: np.ndarray) -> np.ndarray:
    """Which points want a round joint: both ends, and wherever the line turns by more than a sixteenth."""
    marked = np.ones(len(points), bool)
    if len(points) > 2:
        steps = np.diff(points, axis=0)
        a, b = steps[:-1], steps[1:]
        lengths = np.hypot(*a.T) * np.hypot(*b.T)
        marked[1:-1] = (a * b).sum(1) <= 0.92 * lengths
    return marked
