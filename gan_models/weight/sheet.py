"""A weight's sheet: samples in rows, by which people choose it."""

from collections.abc import Collection
from pathlib import Path

from PIL import Image

SHEET = "samples.webp"
SHEETS = (SHEET, "samples.png")
"""The names that a sheet has or, in weights made up to November 2026, had."""
SMALL, QUALITY = 300 * 300, 85
"""Pixels of a sheet up to which it is kept without loss, since its pictures are shown pixel by pixel; others' quality,
a sixth of a PNG's length."""


def sheet_of(folder: Path | str) -> Path:
    """Where a weight's sheet lies, or would."""
    places = [Path(folder) / name for name in SHEETS]
    return next((place for place in places if place.exists()), places[0])


def sheet_named(files: Collection[str]) -> str:
    """The sheet among the files that a card names; "" where there is none."""
    return next((name for name in SHEETS if name in files), "")


def write_sheet(folder: Path | str, picture: Image.Image) -> None:
    """Write a weight's sheet in place of the one that it has."""
    lossless = picture.width * picture.height <= SMALL
    picture.save(Path(folder) / SHEET, "WEBP", lossless=lossless, quality=QUALITY, method=6)
    for earlier in SHEETS[1:]:
        (Path(folder) / earlier).unlink(missing_ok=True)
