"""Sheets of drawings in the public domain, for networks that learn how drawings look.

The drawings are Open Clip Art's (Debian's openclipart-png 0.18). Those without surfaces, outlines or colours are left
out, as are icons, signs and letters. The rest is laid over each other on a ground of one colour: what counts is areas
beside areas with a line between them, not a thing on white.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from gan_models.errors import TrainingError

SIDE, SHEETS, EACH = 320, 480, 14
"""Pixels of a sheet's side, how many there are, and the drawings on each."""
SPAN = (130, 260)
"""A drawing's longer side on its sheet, least and most: its outlines are then one to three pixels wide."""
LEFT_OUT = (
    "buttons", "computer", "decorations", "geography", "logos", "office", "shapes", "signs_and_symbols", "special",
    "unsorted", "recreation/games", "transportation/aiga-symbols", "transportation/roadsigns", "people/stickmen",
)  # fmt: skip
LEAST, MOST = 100, 4_000_000
"""Pixels of a drawing's shorter side at least, of the whole at most."""
LOOKED_AT = 160
"""Longer side at which drawings are sorted out."""
FULL, COLOURED, INKED, SMOOTH = 0.35, 0.25, (0.02, 0.3), 0.3
"""Shares of a drawing's frame that it fills, and of itself: coloured, dark, and at most neither flat nor an edge."""


def drawings(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Names and PNG files of SHEETS sheets, from the folder usr/share/openclipart/png."""
    found = [drawing for path in wanted(folder) if (drawing := opened(path)) is not None]
    if len(found) < EACH:
        raise TrainingError(
            f"{folder} holds {len(found)} coloured drawings with outlines; give the folder usr/share/openclipart/png "
            "of Debian's openclipart-png."
        )
    for number in range(SHEETS):
        out = io.BytesIO()
        sheet(found, np.random.default_rng(number)).save(out, "PNG", optimize=True)
        yield f"{number:03}.png", out.getvalue()


def wanted(folder: Path) -> list[Path]:
    """PNG files of the folders that are not left out and of no odd size, by name; links are there twice."""
    names = (path for path in sorted(folder.rglob("*.png")) if not path.is_symlink())
    kept = (path for path in names if not path.relative_to(folder).as_posix().startswith(LEFT_OUT))
    return [path for path in kept if min(side(path)) >= LEAST and side(path)[0] * side(path)[1] <= MOST]


def side(path: Path) -> tuple[int, int]:
    """Width and height of a PNG file by its first bytes; (0, 0) for what is none."""
    with path.open("rb") as file:
        first = file.read(24)
    return struct.unpack(">II", first[16:24]) if first[:4] == b"\x89PNG" and len(first) == 24 else (0, 0)


def opened(path: Path) -> Image.Image | None:
    """A drawing without its empty border, RGBA; None for one that is not wanted."""
    drawing = Image.open(path, formats=["PNG"]).convert("RGBA")
    frame = drawing.getchannel("A").point(lambda level: 255 * (level > 127)).getbbox()
    if frame is None:
        return None
    drawing = drawing.crop(frame)
    small = drawing.copy()
    small.thumbnail((LOOKED_AT, LOOKED_AT))
    return drawing if is_cartoon(np.asarray(small)) else None


def is_cartoon(levels: np.ndarray) -> bool:
    """Whether a drawing (H, W, 4) fills its frame with flat coloured areas and dark lines."""
    inside = levels[:, :, 3] > 127
    if inside.mean() < FULL:
        return False
    colour = levels[:, :, :3].astype(float)
    gray, span = colour.mean(2), np.ptp(colour, 2)
    steps = np.hypot(*np.gradient(gray))[inside]
    dark, coloured = (gray < 60)[inside].mean(), (span > 50)[inside].mean()
    between = ((steps > 2) & (steps < 12)).mean()
    return coloured >= COLOURED and INKED[0] <= dark <= INKED[1] and between <= SMOOTH


def sheet(found: Sequence[Image.Image], random: np.random.Generator) -> Image.Image:
    """EACH drawings over each other on a ground of one colour, (SIDE, SIDE)."""
    picture = Image.new("RGBA", (SIDE, SIDE), _ground(random))
    for index in random.choice(len(found), EACH, replace=False):
        drawing = found[index]
        share = random.uniform(*SPAN) / max(drawing.size)
        sides = [max(1, round(length * share)) for length in drawing.size]
        small = drawing.convert("RGBa").resize(sides, Image.Resampling.LANCZOS).convert("RGBA")
        small = small.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if random.random() < 0.5 else small
        corner = [round(random.uniform(-0.5, SIDE / length - 0.5) * length) for length in sides]
        layer = Image.new("RGBA", picture.size)
        layer.paste(small, tuple(corner))
        picture = Image.alpha_composite(picture, layer)
    return picture.convert("RGB")


def _ground(random: np.random.Generator) -> tuple[int, int, int]:
    """Skies, meadows, sands and walls: any hue, light and not loud."""
    import colorsys

    colour = colorsys.hsv_to_rgb(random.random(), random.uniform(0.1, 0.6), random.uniform(0.55, 1.0))
    return tuple(round(255 * part) for part in colour)
