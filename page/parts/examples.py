"""Pictures to try weights with that take photographs, all the project's own.

Three for the Upscale tab: generated, drawn, and drawn and damaged. For the Translate tab generated cats, and what the
sheet of a weight shows of the two sets that it crosses between.
"""

from __future__ import annotations

import io
import re
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from gan_models.errors import AtelierError
from gan_models.latents.point import Point
from gan_models.pictures.images import stored
from gan_models.recipe import stamp
from gan_models.sample import recipe_of, sample
from gan_models.weight.sheet import sheet_of

if TYPE_CHECKING:
    from gan_models.loading import Shelf
    from gan_models.weight.card import Card
    from page.parts.shared import Shared

FINE = 4
"""The scene is drawn this many times as large and reduced, so that there is something to find again."""
CATS_BY, CATS = "dcgan-cats-128", {"ginger": ("A generated ginger cat", 39), "grey": ("A generated grey cat", 93)}
"""Cats by their fur: the weight that draws them, and of each title and seed, chosen by looking."""
ROWS, GAP = 2, 2
"""Of a sheet: how many rows are offered, and the pixels between its pictures (training.watching.pairs)."""
INK, PAPER, SEA, SKY, ROOF, SUN = "#2b2623", "#f4ead7", "#3d6f88", "#cfe0e4", "#a8402a", "#e0a33f"


def names(shelf: Shelf) -> list[tuple[str, str]]:
    """The name and the title of each example that this shelf allows."""
    generated = [("generated", "A generated picture")] if _sampling(shelf) else []
    return [*generated, ("scene", "Fine lines and lettering"), ("damaged", "Small, blurred, badly saved")]


def cats(shelf: Shelf) -> list[tuple[str, str]]:
    """The name and the title of each generated cat; none without the weight that draws them."""
    there = any(card.name == CATS_BY for card in shelf.cards())
    return [(name, title) for name, (title, _) in CATS.items()] if there else []


def of_sheet(card: Card, shelf: Shelf) -> list[tuple[str, str]]:
    """The name and the title of pictures of both sets of a weight that crosses between two, as its sheet has them.

    A name begins with the set's, as the direction does that leads away from it. None where there is no such sheet.
    """
    sets = sets_of(card)
    rows = range(1, ROWS + 1) if len(sets) == 2 and _sheet(card, shelf) else ()
    return [(f"{name} {row} of {card.name}", name.capitalize()) for row in rows for name in sets]


def content(name: str, shelf: Shelf, shared: Shared) -> bytes | None:
    """The file of an example; None for a name that is none."""
    if found := re.fullmatch(r"(.+) (\d) of (.+)", name):
        return _cut(*found.groups(), shelf)
    if name == "generated" and (weight := _sampling(shelf)):
        return _generated(weight, 8, shelf, shared)
    if name in dict(cats(shelf)):
        return _generated(CATS_BY, CATS[name][1], shelf, shared)
    return {"scene": _scene_file, "damaged": _damaged_file}.get(name, lambda: None)()


def sets_of(card: Card) -> list[str]:
    """What each direction of a translator begins with: ["robots", "monsters"]."""
    return [words.partition(" to ")[0] for words in card.translation.directions] if card.translation else []


def _sheet(card: Card, shelf: Shelf) -> Image.Image | None:
    """The sheet with four pictures in a row: of the first set, its translation, of the second, its own; else None."""
    try:
        sheet = stored(sheet_of(shelf.folder(card.name)))
    except AtelierError:
        return None
    side = card.config.get("size", 0)
    fits = sheet.width == 4 * side + 3 * GAP and sheet.height >= ROWS * (side + GAP) - GAP
    return sheet if fits else None


def _cut(name: str, row: str, weight: str, shelf: Shelf) -> bytes | None:
    card = next((card for card in shelf.cards() if card.name == weight), None)
    if card is None or (name, int(row)) not in product(sets_of(card), range(1, ROWS + 1)):
        return None
    sheet, side = _sheet(card, shelf), card.config.get("size", 0)
    if sheet is None:
        return None
    left, top = 2 * sets_of(card).index(name) * (side + GAP), (int(row) - 1) * (side + GAP)
    buffer = io.BytesIO()
    sheet.crop((left, top, left + side, top + side)).save(buffer, "PNG")
    return buffer.getvalue()


def _generated(weight: str, seed: int, shelf: Shelf, shared: Shared) -> bytes:
    model, point = shelf.get(weight), Point(seed=seed)
    with shared.lanes.live():
        picture = sample(model, [point])[0]
    return stamp(picture, recipe_of(model, point))


def _sampling(shelf: Shelf) -> str | None:
    """A generator whose pictures one would enlarge: in colour, of cats if there are any, else the first."""
    cards = [card for card in shelf.cards() if card.task == "sample"]
    best = min(cards, key=lambda c: (c.config.get("channels") != 3, "cat" not in c.name, c.name), default=None)
    return best and best.name


@lru_cache
def _scene_file() -> bytes:
    buffer = io.BytesIO()
    _scene(224, 168).save(buffer, "PNG")
    return buffer.getvalue()


@lru_cache
def _damaged_file() -> bytes:
    """Blurred, reduced, noisy, and saved as a poor JPEG: what comes out of old telephones and chats."""
    small = _scene(224, 168).filter(ImageFilter.GaussianBlur(1.1)).resize((160, 120), Image.Resampling.BICUBIC)
    noise = np.random.default_rng(7).normal(0, 6, (120, 160, 3))
    noisy = Image.fromarray((np.asarray(small) + noise).clip(0, 255).astype(np.uint8))
    buffer = io.BytesIO()
    noisy.save(buffer, "JPEG", quality=38)
    return buffer.getvalue()


def _scene(width: int, height: int) -> Image.Image:
    """A harbour: rigging, waves, a fence, a house of boards, and a sign to read."""
    picture = Image.new("RGB", (width * FINE, height * FINE), SKY)
    pen = ImageDraw.Draw(picture)
    unit = width * FINE / 224  # everything below is in pixels of 224 x 168
    at = lambda *values: [unit * value for value in values]  # noqa: E731
    line = max(1, round(0.8 * unit))
    pen.ellipse(at(150, 14, 182, 46), fill=SUN)
    pen.rectangle(at(0, 104, 224, 168), fill=SEA)
    for row in range(14):
        y, shift = 107 + row * 4.4, 5 * (row % 2)
        for x in range(-10, 230, 10):
            pen.arc(at(x + shift, y, x + shift + 9, y + 5), 200, 340, fill="#8fb6c6", width=line)
    _house(pen, at, line)
    _boat(pen, at, line)
    _sign(pen, at, unit)
    return picture.resize((width, height), Image.Resampling.BICUBIC)


def _house(pen: ImageDraw.ImageDraw, at, line: int) -> None:
    pen.rectangle(at(14, 60, 82, 112), fill=PAPER, outline=INK, width=line)
    for y in range(64, 112, 4):
        pen.line(at(14, y, 82, y), fill="#c9b997", width=line)
    pen.polygon(at(8, 61, 48, 32, 88, 61), fill=ROOF, outline=INK)
    for step in range(1, 8):
        pen.line(at(48 - 5 * step, 32 + 3.6 * step, 48 + 5 * step, 32 + 3.6 * step), fill="#7d2d1d", width=line)
    for x in (22, 58):
        pen.rectangle(at(x, 72, x + 15, 90), fill="#59727c", outline=INK, width=line)
        pen.line(at(x + 7.5, 72, x + 7.5, 90), fill=PAPER, width=line)
        pen.line(at(x, 81, x + 15, 81), fill=PAPER, width=line)
    pen.rectangle(at(0, 112, 104, 120), fill="#8a6f4d", outline=INK, width=line)
    for x in range(2, 104, 5):
        pen.line(at(x, 96, x, 118), fill=INK, width=line)
    pen.line(at(0, 100, 104, 100), fill=INK, width=line)


def _boat(pen: ImageDraw.ImageDraw, at, line: int) -> None:
    pen.polygon(at(112, 116, 206, 116, 192, 136, 124, 136), fill=INK)
    pen.line(at(114, 121, 203, 121), fill=PAPER, width=line)
    pen.line(at(158, 116, 158, 34), fill=INK, width=2 * line)
    pen.polygon(at(160, 40, 160, 108, 196, 108), fill=PAPER, outline=INK)
    pen.polygon(at(156, 50, 156, 108, 128, 108), fill="#e9dcc2", outline=INK)
    for x in (114, 122, 186, 196, 204):
        pen.line(at(158, 36, x, 116), fill=INK, width=line)
    for step in range(1, 7):
        share = step / 7
        pen.line(at(158 - 44 * share, 36 + 80 * share, 158 - 36 * share, 36 + 80 * share), fill=INK, width=line)


def _sign(pen: ImageDraw.ImageDraw, at, unit: float) -> None:
    font = lambda size: ImageFont.load_default(size * unit)  # noqa: E731
    pen.rectangle(at(118, 144, 218, 164), fill=PAPER, outline=INK, width=max(1, round(unit)))
    pen.text(at(168, 150), "GAN ATELIER", fill=INK, font=font(10), anchor="mm")
    pen.text(at(168, 159), "open daily, pictures made while you wait", fill=INK, font=font(4.8), anchor="mm")
