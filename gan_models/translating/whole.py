"""Whole photographs redrawn at their own size, tile by tile: what styles and cartoons have in common.

A network draws at a working size, at which its touches are as broad as they should be; what it says of a larger
photograph is enlarged, and laid on that photograph's own pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from gan_models.pictures.colour import join_lab, split_lab
from gan_models.pictures.images import to_tensor, to_uint8
from gan_models.pictures.photo import Photo, Turn, eight, resize_levels
from gan_models.weight.model import Model

TILE = 512
"""Pixels a side of what is drawn at once."""

Box = tuple[slice, slice]
"""Rows and columns."""


class Maps(Protocol):
    """Maps over a whole picture, to be had box by box as if they were made in one piece."""

    size: tuple[int, int]
    channels: int

    def at(self, place: Box) -> Tensor:
        """Those of a box, float32 (1, channels, h, w) on the CPU."""


def redrawn(photo: Photo, draw: Callable[[Tensor, Box], Tensor], *, strength: float, keep: bool, turn: Turn) -> Photo:
    """The photograph with all that came with it, and in each box what `draw` makes of its pixels (1, 3, h, w).

    `strength`: 0 leaves the photograph as it is, 1 is what is drawn, 2 twice as far. `keep`: in its own colours, of
    what is drawn the lightness alone. Each box is made inside `turn()`.
    """
    colour, out = colours_of(photo), np.empty((photo.height, photo.width, 3), np.uint8)
    for box in boxes(photo.height, photo.width):
        with turn():
            source = to_tensor(colour[box])
            drawn = source + (draw(source, box) - source) * strength
            if keep:
                drawn = join_lab(split_lab(drawn.clamp(-1, 1))[0], split_lab(source)[1])
            out[box] = to_uint8(drawn)[0]
    # A profile of gray levels says nothing of colours.
    return replace(photo, colour=out, icc=photo.icc if photo.colour.shape[2] == 3 else None)


def colours_of(photo: Photo) -> np.ndarray:
    """Its levels in colour, uint8 (H, W, 3)."""
    levels = eight(photo.colour)
    return levels.repeat(3, 2) if levels.shape[2] == 1 else levels


def seen(model: Model, photo: Photo, side: int | None) -> np.ndarray:
    """What a network sees of it, uint8 (h, w, 3): at the size of `size_drawn`."""
    return resize_levels(colours_of(photo), *size_drawn(model, photo, side))


def size_drawn(model: Model, photo: Photo, side: int | None) -> tuple[int, int]:
    """Height and width at which it is drawn: its own, where its longer side is one that the network draws well at
    (`drawn_at` of its config), and no longer than `side`."""
    (least, usual), longest = model.config.drawn_at, max(photo.height, photo.width)
    share = min(max(longest, least), side or usual) / longest
    return max(1, round(photo.height * share)), max(1, round(photo.width * share))


def boxes(height: int, width: int) -> Iterator[Box]:
    """The tiles of a picture, row by row."""
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            yield slice(top, min(top + TILE, height)), slice(left, min(left + TILE, width))


def as_large_as(photo: Photo, maps: Maps, turn: Turn) -> Maps:
    """The same maps for each pixel of a photograph; of another size, all are made first, a tile a `turn()`."""
    if maps.size == (photo.height, photo.width):
        return maps
    whole = torch.empty(1, maps.channels, *maps.size)
    for box in boxes(*maps.size):
        with turn():
            whole[:, :, *box] = maps.at(box)
    size = photo.height, photo.width
    if maps.size > size:
        whole = F.interpolate(whole, size, mode="bicubic", antialias=True)
    return _Enlarged(whole, *size)


class _Enlarged:
    """Maps (1, C, h, w) at a larger size, by bicubic interpolation, or at their own."""

    def __init__(self, maps: Tensor, height: int, width: int) -> None:
        self.maps, self.size, self.channels = maps, (height, width), maps.shape[1]

    def at(self, place: Box) -> Tensor:
        axes = [(torch.arange(part.start, part.stop) + 0.5) * 2 / end - 1 for part, end in zip(place, self.size)]
        y, x = torch.meshgrid(*axes, indexing="ij")
        grid = torch.stack([x, y], -1)[None]
        return F.grid_sample(self.maps, grid, "bicubic", "border", align_corners=False)
