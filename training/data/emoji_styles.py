"""Flat and glossy emoji apart from each other (Fluent emoji, Microsoft, MIT), for a crossing without pairs.

No emoji stands in both sets, nor two of one kind of person: half of the kinds are flat here, the others glossy.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from gan_models.pictures.images import packed_png
from training.data.emoji import FLAT, GLOSSY, HELD_OUT, drawn, files_of, on_white, opened, wanted

SIDE = 64


def flat_emoji(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Names and PNG files (SIDE px, on white) of every other kind, flat, from a folder that holds both packages."""
    flat, glossy = (files_of(folder, *package) for package in (FLAT, GLOSSY))
    for name, place in placed(flat.keys() & glossy.keys(), 0):
        small = drawn(flat[name]).convert("RGBa").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
        yield place, packed_png(np.asarray(on_white(small.convert("RGBA"))))


def glossy_emoji(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The same of the other kinds, glossy."""
    flat, glossy = (files_of(folder, *package) for package in (FLAT, GLOSSY))
    for name, place in placed(flat.keys() & glossy.keys(), 1):
        yield place, packed_png(np.asarray(on_white(opened(glossy[name], SIDE))))


def placed(names: set[str], first: int) -> Iterator[tuple[str, str]]:
    """Every other kind from the `first` on: the code points of its emoji and where they go, one kind in HELD_OUT to
    test/."""
    kinds = sorted({name.partition("-")[0] for name in names if wanted(name)})[first::2]
    number = {kind: place for place, kind in enumerate(kinds)}
    for name in sorted(name for name in names if wanted(name)):
        kind = name.partition("-")[0]
        if kind in number:
            yield name, f"{'train' if number[kind] % HELD_OUT else 'test'}/{name}.png"
