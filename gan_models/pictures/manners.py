"""Pictures drawn by code in ten manners (brush, ink, glass, ...): styles to begin with, and to learn from.

Each is a function of its manner and seed alone and belongs to nobody. All are drawn at twice their size and brought
down, so that edges are smooth.
"""

from __future__ import annotations

import colorsys
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from PIL import Image, ImageDraw

from gan_models.checks import is_whole
from gan_models.errors import RequestError

SIDE = 384
FINE = 2
"""How many times as large it is drawn."""

Dice = np.random.Generator
Colour = tuple[int, int, int]


def draw_manner(manner: str, seed: int, side: int = SIDE) -> np.ndarray:
    """A picture in a manner, uint8 (side, side, 3); RequestError for an unknown manner, or a side not of 32 to 2048."""
    if manner not in MANNERS:
        raise RequestError(f"There is no manner {manner[:20]!r}; choose one of {', '.join(MANNERS)}.")
    if not is_whole(side, 32, 2048):
        raise RequestError(f"The side is {side!r}; a picture in a manner has 32 to 2048 pixels.")
    dice = np.random.default_rng([list(MANNERS).index(manner), seed])
    large = MANNERS[manner](dice, side * FINE)
    return np.asarray(Image.fromarray(large).resize((side, side), Image.Resampling.BOX))


def palette(dice: Dice, count: int = 6) -> list[Colour]:
    """Colours that go together: hues around one or two, from dark to light."""
    hue, apart, full = dice.random(), dice.choice([0.08, 0.33, 0.5]), dice.uniform(0.35, 1)
    found = []
    for place in np.linspace(0, 1, count):
        turned = hue + apart * (dice.random() < 0.4) + dice.normal(0, 0.04)
        red, green, blue = colorsys.hsv_to_rgb(turned % 1, full * dice.uniform(0.3, 1), 0.15 + 0.83 * place)
        found.append((round(255 * red), round(255 * green), round(255 * blue)))
    return found


def field(dice: Dice, side: int, grain: int = 4) -> np.ndarray:
    """Smooth noise (side, side) of 0 to 1, `grain` hills along a side."""
    rough = Image.fromarray(dice.random((grain + 2, grain + 2)).astype(np.float32))
    smooth = np.asarray(rough.resize((side, side), Image.Resampling.BICUBIC))
    return (smooth - smooth.min()) / max(float(np.ptp(smooth)), 1e-6)


def banded(levels: np.ndarray, colours: list[Colour]) -> np.ndarray:
    """Levels of 0 to 1 as flat areas of colour, uint8 (H, W, 3)."""
    index = (levels * len(colours)).astype(int).clip(0, len(colours) - 1)
    return np.asarray(colours, np.uint8)[index]


def canvas(side: int, colour: Colour) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (side, side), colour)
    return image, ImageDraw.Draw(image)


def shaken(dice: Dice, colour: np.ndarray | Colour, by: float = 14) -> Colour:
    red, green, blue = (np.asarray(colour) + dice.normal(0, by, 3) + dice.normal(0, by)).clip(0, 255).astype(int)
    return int(red), int(green), int(blue)


def brush(dice: Dice, side: int) -> np.ndarray:
    """Thick strokes that follow a flow, as oil on canvas."""
    colours, hills, turn = palette(dice), field(dice, side), field(dice, side, 3)
    ground = banded(hills, colours)
    image, pen = canvas(side, colours[2])
    width, length = side / dice.uniform(50, 110), side / dice.uniform(10, 22)
    for x, y in dice.random((int(4.5 * side**2 / (width * length)), 2)) * side:
        angle = turn[int(y), int(x)] * 7
        path, bend = [(x, y)], dice.normal(0, 0.15)
        for _ in range(5):
            path.append((path[-1][0] + np.cos(angle) * length / 5, path[-1][1] + np.sin(angle) * length / 5))
            angle += bend
        pen.line(path, shaken(dice, ground[int(y), int(x)], 18), max(2, round(width * dice.uniform(0.6, 1.3))), "curve")
    return np.asarray(image)


def ink(dice: Dice, side: int) -> np.ndarray:
    """Hatching: strokes of a pen in up to three directions, denser where it is dark."""
    colours = palette(dice)
    image, pen = canvas(side, shaken(dice, (246, 240, 226), 8))
    dark, hills, gap = shaken(dice, np.asarray(colours[0]) // 2, 8), field(dice, side, 5), side / dice.uniform(70, 120)
    for level, angle in enumerate(dice.random() * 3 + np.array([0, 1.1, 2.2])):
        along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
        for place in np.arange(-side, side, gap):
            for step in np.arange(-side, side, 6 * gap):
                x, y = side / 2 + along * (step + dice.normal(0, gap)) + across * (place + dice.normal(0, gap / 8))
                if 0 <= x < side and 0 <= y < side and hills[int(y), int(x)] < 0.75 - 0.25 * level:
                    end = along * gap * dice.uniform(5, 8)
                    pen.line((x, y, x + end[0], y + end[1]), dark, max(1, round(gap / 5)))
    return np.asarray(image)


def _cells(dice: Dice, side: int, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each pixel its nearest point, and how much nearer that is than the second, both (side, side)."""
    y, x = np.mgrid[:side, :side].astype(np.float32)
    first, second = np.full((side, side), np.inf, np.float32), np.full((side, side), np.inf, np.float32)
    owner = np.zeros((side, side), int)
    for index, (a, b) in enumerate(points.astype(np.float32)):
        away = np.hypot(x - a, y - b)
        nearer = away < first
        second = np.where(nearer, first, np.minimum(second, away))
        first, owner = np.where(nearer, away, first), np.where(nearer, index, owner)
    return owner, second - first


def glass(dice: Dice, side: int) -> np.ndarray:
    """Panes of coloured glass in lead."""
    points, colours = dice.random((int(dice.integers(40, 90)), 2)) * side, palette(dice, 7)
    owner, border = _cells(dice, side, points)
    shade = 0.75 + 0.5 * field(dice, side, 24)[:, :, None]
    panes = np.array([shaken(dice, colours[dice.integers(7)], 10) for _ in points])[owner] * shade
    return np.where(border[:, :, None] < side / 90, 24, panes).clip(0, 255).astype(np.uint8)


def mosaic(dice: Dice, side: int) -> np.ndarray:
    """Small stones in rows, with joints between them."""
    colours, count = palette(dice, 8), int(dice.integers(24, 48))
    ground, step = banded(field(dice, side, 3), colours), side / count
    image, pen = canvas(side, shaken(dice, (200, 192, 178), 12))
    for row in range(count):
        for column in range(count):
            x, y = (column + dice.uniform(0.03, 0.14)) * step, (row + dice.uniform(0.03, 0.14)) * step
            stone = shaken(dice, ground[min(int(y), side - 1), min(int(x), side - 1)], 20)
            corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * step * 0.82 + dice.normal(0, step / 20, (4, 2))
            pen.polygon([(x + a, y + b) for a, b in corners], stone)
    return np.asarray(image)


def points(dice: Dice, side: int) -> np.ndarray:
    """Dots of pure colour beside each other."""
    colours, hills = palette(dice, 8), field(dice, side, 4)
    image, pen = canvas(side, shaken(dice, (236, 228, 208), 8))
    radius = side / dice.uniform(120, 200)
    for x, y in dice.random((int(0.9 * (side / radius) ** 2 / 2), 2)) * side:
        level = np.clip(hills[int(y), int(x)] + dice.normal(0, 0.13), 0, 0.99)
        own = radius * dice.uniform(0.7, 1.2)
        pen.ellipse((x - own, y - own, x + own, y + own), shaken(dice, colours[int(level * 8)], 12))
    return np.asarray(image)


def wash(dice: Dice, side: int) -> np.ndarray:
    """Water colour: thin layers, darker at their edges, on rough paper."""
    colours, paper = palette(dice), np.full((side, side, 3), (250.0, 247.0, 238.0))
    for _ in range(int(dice.integers(9, 16))):
        hills = field(dice, side, int(dice.integers(2, 5))) + 0.12 * field(dice, side, 30)
        inside, edge = hills - dice.uniform(0.55, 0.85), dice.uniform(0.01, 0.03)
        cover = np.clip(inside / 0.01, 0, 1) * (0.3 + 0.35 * np.exp(-np.abs(inside) / edge))
        paper *= 1 - cover[:, :, None] * (1 - np.asarray(colours[dice.integers(6)]) / 255)
    grain = 1 - 0.1 * field(dice, side, side // 6)
    return (paper * grain[:, :, None]).clip(0, 255).astype(np.uint8)


def waves(dice: Dice, side: int) -> np.ndarray:
    """Fans of arcs in rows, with outlines, as on a printed cloth."""
    colours, step = palette(dice, 5), side / dice.uniform(5, 9)
    image, pen = canvas(side, colours[4])
    line, width = shaken(dice, np.asarray(colours[0]) // 2, 6), max(2, round(step / dice.uniform(14, 24)))
    for row in range(-2, int(2 * side / step) + 4):
        for column in range(-1, int(side / step) + 2):
            x, y = (column + row % 2 / 2) * step, row * step / 2
            for ring in range(4):
                own = step / 2 * (1 - ring / 4)
                pen.ellipse((x - own, y - own, x + own, y + own), shaken(dice, colours[4 - ring], 5), line, width)
    return np.asarray(image)


def marble(dice: Dice, side: int) -> np.ndarray:
    """Veins of colour that were stirred."""
    y, x = np.mgrid[:side, :side] / side
    bent = x * np.cos(turn := dice.random() * 3) + y * np.sin(turn)
    stirred = bent + 0.5 * field(dice, side, 3) + 0.18 * field(dice, side, 9) + 0.05 * field(dice, side, 28)
    veins = (np.sin(stirred * dice.uniform(25, 60)) + 1) / 2
    return banded(veins * 0.999, palette(dice, 7))


def print_dots(dice: Dice, side: int) -> np.ndarray:
    """A comic's print: flat areas, screens of dots, black outlines."""
    colours, hills = palette(dice, 4), field(dice, side, 3)
    flat = banded(hills, colours).copy()
    y, x = np.mgrid[:side, :side] / (side / dice.uniform(36, 64))
    dots = np.hypot((x + y) % 1.414 - 0.707, (x - y) % 1.414 - 0.707) < 0.62 * field(dice, side, 2)
    flat[dots & (hills < 0.75)] = shaken(dice, colours[int(dice.integers(2))], 20)
    steps = hills * 4 % 1
    flat[(steps < 0.05) | (steps > 0.95)] = 16
    return flat


def shapes(dice: Dice, side: int) -> np.ndarray:
    """Circles, bars and triangles on a quiet ground."""
    colours = palette(dice, 7)
    image, pen = canvas(side, shaken(dice, (240, 232, 214), 10))
    for _ in range(int(dice.integers(30, 60))):
        (x, y), own = dice.random(2) * side, side * dice.uniform(0.02, 0.14)
        colour, outline = shaken(dice, colours[dice.integers(7)], 25), (20, 20, 24) if dice.random() < 0.5 else None
        kind, width = dice.integers(4), max(2, side // 200)
        if kind == 0:
            pen.ellipse((x - own, y - own, x + own, y + own), colour, outline, width)
        elif kind == 1:
            pen.polygon([tuple(p) for p in np.array([x, y]) + dice.normal(0, own, (3, 2))], colour, outline, width)
        elif kind == 2:
            pen.rectangle((x, y, x + own * dice.uniform(0.3, 2), y + own), colour, outline, width)
        else:
            pen.line((x, y, *(np.array([x, y]) + dice.normal(0, 4 * own, 2))), (20, 20, 24), width)
    return np.asarray(image)


MANNERS: Mapping[str, Callable[[Dice, int], np.ndarray]] = MappingProxyType(
    {
        "brush": brush,
        "ink": ink,
        "glass": glass,
        "mosaic": mosaic,
        "points": points,
        "wash": wash,
        "waves": waves,
        "marble": marble,
        "print": print_dots,
        "shapes": shapes,
    }
)
