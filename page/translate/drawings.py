"""Drawings to begin with in the Translate tab: our own, as strokes, for whatever a weight was trained on."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from gan_models.drawing.strokes import Colour, Stroke, paint
from page.translate.things import THINGS, Drawing, Place, smooth

if TYPE_CHECKING:
    from gan_models.weight.card import Card


PORTRAIT = 256
"""Side in pixels of the pictures that are painted for weights which take photographs."""
LARGE = 0.3
"""Share of the side from which on a line belongs to the outline."""
PAPER, INK = (250, 248, 244), (44, 40, 38)


def line(*points: Place, width: float = 0.014) -> Stroke:
    """Straight from point to point."""
    return Stroke(points, width)


def curve(*points: Place, closed: bool = False, width: float = 0.014) -> Stroke:
    """Smoothly through all points (Catmull and Rom 1974)."""
    return Stroke(smooth(points, closed), width)


def ring(x: float, y: float, across: float, high: float | None = None, width: float = 0.014) -> Stroke:
    """An ellipse around a place, by its half axes."""
    turn = np.linspace(0, 2 * np.pi, 25)
    return Stroke(np.stack([x + across * np.cos(turn), y + (high or across) * np.sin(turn)], 1), width)


def dab(colour: Colour, *points: Place, width: float = 0.06) -> Stroke:
    """A hint of a colour."""
    return Stroke(points, width, "hint", colour)


# Six strokes each: outline, two ears, two eyes, nose. A cat's face fills its picture.
CATS: tuple[Drawing, ...] = (
    [
        curve(
            (0.2, 0.36),
            (0.13, 0.55),
            (0.2, 0.76),
            (0.36, 0.9),
            (0.5, 0.93),
            (0.64, 0.9),
            (0.8, 0.76),
            (0.87, 0.55),
            (0.8, 0.36),
        ),
        line((0.19, 0.4), (0.17, 0.08), (0.4, 0.24), (0.6, 0.24)),
        line((0.6, 0.24), (0.83, 0.08), (0.81, 0.4)),
        ring(0.345, 0.5, 0.065, 0.055),
        ring(0.655, 0.5, 0.065, 0.055),
        line((0.44, 0.67), (0.56, 0.67), (0.5, 0.73), (0.44, 0.67)),
    ],
    [
        curve((0.16, 0.42), (0.12, 0.6), (0.22, 0.8), (0.5, 0.9), (0.78, 0.8), (0.88, 0.6), (0.84, 0.42)),
        curve((0.15, 0.44), (0.12, 0.22), (0.1, 0.07), (0.26, 0.14), (0.38, 0.27), (0.5, 0.26)),
        curve((0.5, 0.26), (0.62, 0.27), (0.74, 0.14), (0.9, 0.07), (0.88, 0.22), (0.85, 0.44)),
        curve((0.27, 0.51), (0.34, 0.46), (0.42, 0.52), (0.34, 0.56), closed=True),
        curve((0.58, 0.52), (0.66, 0.46), (0.73, 0.51), (0.66, 0.56), closed=True),
        line((0.5, 0.8), (0.5, 0.74), (0.45, 0.68), (0.55, 0.68), (0.5, 0.74)),
    ],
    [
        curve((0.24, 0.4), (0.16, 0.58), (0.22, 0.75), (0.3, 0.86), (0.24, 0.99)),
        line((0.24, 0.42), (0.27, 0.06), (0.42, 0.27), (0.6, 0.27), (0.76, 0.07), (0.8, 0.42)),
        curve((0.8, 0.4), (0.87, 0.58), (0.81, 0.75), (0.73, 0.86), (0.79, 0.99)),
        ring(0.39, 0.49, 0.06, 0.06),
        ring(0.65, 0.49, 0.06, 0.06),
        curve(
            (0.4, 0.77), (0.47, 0.8), (0.52, 0.75), (0.46, 0.66), (0.58, 0.66), (0.52, 0.75), (0.57, 0.8), (0.64, 0.77)
        ),
    ],
)

# A bust as the avatars have it: head above the middle, shoulders to the lower border.
_FACE = curve(
    (0.25, 0.34),
    (0.25, 0.5),
    (0.29, 0.6),
    (0.38, 0.67),
    (0.5, 0.69),
    (0.62, 0.67),
    (0.71, 0.6),
    (0.75, 0.5),
    (0.75, 0.34),
)
_EYES = [ring(0.4, 0.385, 0.024), ring(0.6, 0.385, 0.024)]
_NOSE = curve((0.465, 0.46), (0.48, 0.48), (0.5, 0.485), (0.52, 0.48), (0.535, 0.46))
_SMILE = [curve((0.42, 0.53), (0.44, 0.58), (0.5, 0.605), (0.56, 0.58), (0.58, 0.53)), line((0.42, 0.53), (0.58, 0.53))]
_BROWS = [curve((0.34, 0.32), (0.39, 0.295), (0.45, 0.31)), curve((0.55, 0.31), (0.61, 0.295), (0.66, 0.32))]
_SHOULDERS = curve((0.1, 1.0), (0.12, 0.92), (0.2, 0.83), (0.32, 0.78), (0.4, 0.74), (0.4, 0.67))
_OTHER = curve((0.9, 1.0), (0.88, 0.92), (0.8, 0.83), (0.68, 0.78), (0.6, 0.74), (0.6, 0.67))
_COLLAR = line((0.36, 0.76), (0.5, 0.91), (0.64, 0.76))

AVATARS: tuple[Drawing, ...] = (
    [
        _FACE,
        curve((0.25, 0.4), (0.23, 0.26), (0.31, 0.13), (0.5, 0.08), (0.69, 0.13), (0.77, 0.26), (0.75, 0.4)),
        curve((0.25, 0.35), (0.31, 0.26), (0.42, 0.21), (0.58, 0.23), (0.7, 0.27), (0.75, 0.35)),
        *_EYES, *_BROWS, _NOSE, *_SMILE, _SHOULDERS, _OTHER, _COLLAR,
        dab((165, 80, 40), (0.46, 0.15), width=0.05), dab((237, 185, 138), (0.5, 0.64), width=0.05),
        dab((80, 140, 220), (0.26, 0.93)),
    ],
    [
        _FACE,
        curve((0.3, 0.78), (0.18, 0.76), (0.16, 0.55), (0.18, 0.32), (0.3, 0.13), (0.5, 0.07)),
        curve((0.5, 0.07), (0.7, 0.13), (0.82, 0.32), (0.84, 0.55), (0.82, 0.76), (0.7, 0.78)),
        curve((0.25, 0.38), (0.3, 0.27), (0.42, 0.24), (0.5, 0.2), (0.58, 0.24), (0.7, 0.27), (0.75, 0.38)),
        *_EYES, *_BROWS, _NOSE, *_SMILE, _SHOULDERS, _OTHER,
        curve((0.37, 0.76), (0.42, 0.83), (0.5, 0.86), (0.58, 0.83), (0.63, 0.76)),
        dab((74, 49, 44), (0.2, 0.5), width=0.05), dab((174, 93, 41), (0.32, 0.5), width=0.05),
        dab((255, 72, 138), (0.5, 0.95)),
    ],
    [
        _FACE,
        line((0.23, 0.3), (0.23, 0.2), (0.77, 0.2), (0.77, 0.3), (0.23, 0.3)),
        curve((0.25, 0.2), (0.32, 0.09), (0.5, 0.05), (0.68, 0.09), (0.75, 0.2)),
        ring(0.4, 0.39, 0.075), ring(0.6, 0.39, 0.075), line((0.475, 0.38), (0.525, 0.38)),
        *_EYES, _NOSE, *_SMILE, _SHOULDERS, _OTHER, _COLLAR,
        dab((101, 201, 255), (0.5, 0.13)), dab((230, 230, 230), (0.26, 0.93)),
    ],
)  # fmt: skip

CLOTHES: tuple[Drawing, ...] = (
    [  # T-shirt
        line(
            (0.36, 0.16),
            (0.14, 0.27),
            (0.06, 0.46),
            (0.2, 0.53),
            (0.27, 0.44),
            (0.26, 0.9),
            (0.74, 0.9),
            (0.73, 0.44),
            (0.8, 0.53),
            (0.94, 0.46),
            (0.86, 0.27),
            (0.64, 0.16),
        ),
        curve((0.36, 0.16), (0.42, 0.23), (0.5, 0.25), (0.58, 0.23), (0.64, 0.16)),
        dab((190, 40, 50), (0.5, 0.5)),
    ],
    [  # dress
        line(
            (0.38, 0.07),
            (0.36, 0.2),
            (0.4, 0.42),
            (0.2, 0.9),
            (0.5, 0.95),
            (0.8, 0.9),
            (0.6, 0.42),
            (0.64, 0.2),
            (0.62, 0.07),
        ),
        curve((0.38, 0.07), (0.44, 0.17), (0.5, 0.2), (0.56, 0.17), (0.62, 0.07)),
        line((0.4, 0.42), (0.6, 0.42)),
        dab((60, 90, 160), (0.5, 0.65)),
    ],
    [  # trousers
        line(
            (0.32, 0.08), (0.68, 0.08), (0.76, 0.94), (0.58, 0.95), (0.5, 0.4), (0.42, 0.95), (0.24, 0.94), (0.32, 0.08)
        ),
        line((0.315, 0.14), (0.685, 0.14)),
        line((0.5, 0.14), (0.5, 0.3)),
        dab((50, 70, 110), (0.38, 0.5), (0.36, 0.6)),
    ],
    [  # shoe
        curve(
            (0.1, 0.36),
            (0.24, 0.38),
            (0.34, 0.35),
            (0.44, 0.46),
            (0.62, 0.57),
            (0.84, 0.61),
            (0.92, 0.7),
            (0.9, 0.77),
            (0.5, 0.78),
            (0.1, 0.77),
            (0.08, 0.55),
            closed=True,
        ),
        line((0.09, 0.71), (0.5, 0.72), (0.92, 0.71)),
        line((0.42, 0.52), (0.5, 0.46)),
        line((0.49, 0.57), (0.57, 0.51)),
        dab((170, 110, 60), (0.25, 0.57)),
    ],
)

SUBJECTS: dict[str, tuple[Drawing, ...]] = {
    "avatar": AVATARS, "cloth": CLOTHES, "fashion": CLOTHES, "shirt": CLOTHES, "shoe": CLOTHES, "cat": CATS,
}  # fmt: skip


def example(card: Card, number: int) -> Drawing:
    """Drawing `number` for a weight: of its subject, or any; every other one mirrored. Of labels a facade, of flat
    shapes a thing."""
    if card.translation.takes.shaped:
        return THINGS[number % len(THINGS)]
    if "paint" in card.translation.takes.tools:
        return _facade([label.rgb for label in card.translation.palette], number)
    found = next((SUBJECTS[word] for word in SUBJECTS if word in card.name), CATS + AVATARS + CLOTHES)
    drawing = found[number % len(found)]
    drawing = drawing if card.translation.hints else [stroke for stroke in drawing if stroke.tool != "hint"]
    return [_mirrored(stroke) for stroke in drawing] if number // len(found) % 2 else drawing


def outline(card: Card, number: int) -> Drawing:
    """What to start from: of drawing `number` its large lines, without eyes, noses and hints; of a facade its wall, of
    a thing its large shapes."""
    drawing = example(card, number)
    if card.translation.takes.shaped:
        return [stroke for stroke in drawing if np.ptp(stroke.points, axis=0).max() > LARGE]
    if "paint" in card.translation.takes.tools:
        return [stroke for stroke in drawing if stroke.colour == drawing[0].colour]
    return [stroke for stroke in drawing if stroke.tool == "pen" and np.ptp(stroke.points, axis=0).max() > LARGE]


def _mirrored(stroke: Stroke) -> Stroke:
    return Stroke(stroke.points * (-1, 1) + (1, 0), stroke.width, stroke.tool, stroke.colour)


def _facade(colours: Sequence[Colour], number: int) -> Drawing:
    """Rows of windows above a door on a wall, in a palette's first colours; where it has two, windows are doors."""
    of = lambda index: colours[index % len(colours)] if len(colours) > 2 else colours[-1]  # noqa: E731
    label = lambda points, width, index: Stroke(points, width, "paint", of(index))  # noqa: E731
    rows, columns = (3, 4) if number % 2 else (2, 3)
    wall = [label([(0.15, y), (0.85, y)], 0.2, 1) for y in np.linspace(0.2, 0.95, 14)] if len(colours) > 2 else []
    places = [(x, y) for y in np.linspace(0.22, 0.62, rows) for x in np.linspace(0.24, 0.76, columns)]
    windows = [label([(x, y - 0.03), (x, y + 0.03)], 0.09, 2) for x, y in places]
    return [*wall, *windows, label([(0.5, 0.85), (0.5, 1.0)], 0.12, 3)]


# Painted pictures for weights that take photographs: area by area, the lowest first.
def _area(colour: Colour, width: float, *points: Place) -> Stroke:
    return Stroke(points, width, "paint", colour)


CAT: Drawing = [
    _area((150, 160, 140), 1.0, (0.0, 0.4), (1.0, 0.4), (1.0, 0.6), (0.0, 0.6)),
    _area((196, 120, 62), 0.44, (0.36, 0.98), (0.64, 0.98)),
    _area((206, 130, 70), 0.1, (0.25, 0.36), (0.23, 0.17), (0.36, 0.26), (0.4, 0.36), (0.3, 0.32)),
    _area((206, 130, 70), 0.1, (0.75, 0.36), (0.77, 0.17), (0.64, 0.26), (0.6, 0.36), (0.7, 0.32)),
    _area((226, 160, 140), 0.045, (0.27, 0.32), (0.255, 0.22), (0.33, 0.28)),
    _area((226, 160, 140), 0.045, (0.73, 0.32), (0.745, 0.22), (0.67, 0.28)),
    _area((206, 130, 70), 0.46, (0.42, 0.54), (0.58, 0.54)),
    _area((206, 130, 70), 0.3, (0.36, 0.64), (0.64, 0.64)),
    _area((160, 92, 46), 0.025, (0.5, 0.32), (0.5, 0.42)),
    _area((160, 92, 46), 0.025, (0.43, 0.33), (0.45, 0.41)),
    _area((160, 92, 46), 0.025, (0.57, 0.33), (0.55, 0.41)),
    _area((160, 92, 46), 0.022, (0.22, 0.6), (0.31, 0.62)),
    _area((160, 92, 46), 0.022, (0.78, 0.6), (0.69, 0.62)),
    _area((240, 222, 200), 0.15, (0.44, 0.7), (0.56, 0.7)),
    _area((240, 222, 200), 0.1, (0.5, 0.735)),
    _area((60, 40, 30), 0.11, (0.37, 0.51), (0.385, 0.51)),
    _area((60, 40, 30), 0.11, (0.63, 0.51), (0.615, 0.51)),
    _area((196, 178, 70), 0.09, (0.375, 0.51), (0.385, 0.51)),
    _area((196, 178, 70), 0.09, (0.625, 0.51), (0.615, 0.51)),
    _area((24, 22, 20), 0.045, (0.38, 0.5), (0.38, 0.52)),
    _area((24, 22, 20), 0.045, (0.62, 0.5), (0.62, 0.52)),
    _area((196, 110, 104), 0.035, (0.475, 0.64), (0.525, 0.64), (0.5, 0.66), (0.475, 0.64)),
    _area((90, 52, 40), 0.012, (0.5, 0.67), (0.5, 0.72), (0.44, 0.75)),
    _area((90, 52, 40), 0.012, (0.5, 0.72), (0.56, 0.75)),
]
PAINTED: dict[str, tuple[str, Drawing]] = {"cat": ("A painted cat", CAT)}


@lru_cache
def painted(name: str) -> bytes | None:
    """A painted picture as a PNG file; None for a name that is none."""
    if name not in PAINTED:
        return None
    buffer = io.BytesIO()
    Image.fromarray(paint(PAINTED[name][1], PORTRAIT, PAPER)).save(buffer, "PNG")
    return buffer.getvalue()
