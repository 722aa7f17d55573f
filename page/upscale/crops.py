"""Parts of a picture enlarged as they would be within the whole, without making the whole."""

from __future__ import annotations

import math
from typing import Any

from gan_models.checks import is_number
from gan_models.errors import RequestError
from gan_models.pictures.photo import Photo, resize_photo
from gan_models.upscale import Order, steps
from gan_models.upscaling.tiles import OVERLAP
from gan_models.upscaling.trust import CELL
from gan_models.upscaling.upscaler import Upscaler

SIDE = 160
"""Input pixels a side that are tried around a clicked point."""
EVEN = 4
"""Input pixels that become a whole number of pixels at every scale of whole quarters."""

Box = tuple[int, int, int, int]
"""top, left, height, width."""


def around(photo: Photo, x: Any, y: Any, side: int = SIDE) -> Box:
    """The square around a point given as shares of width and height, moved inside the picture."""
    spots = []
    for share, length in ((y, photo.height), (x, photo.width)):
        if not is_number(share, 0, 1):
            raise RequestError(f"A point is two numbers from 0 to 1, got {share!r}.")
        size = min(side, length)
        spots.append((min(max(0, round(share * length) - size // 2), length - size), size))
    (top, height), (left, width) = spots
    return top, left, height, width


def enlarged(upscaler: Upscaler, photo: Photo, order: Order, box: Box) -> Photo:
    """A box of the input enlarged, computed with as much around it as the network looks at.

    As within the whole, at scales of whole quarters, but for up to half a pixel where the whole's size was rounded;
    nearly so with the colour lock, whose areas begin elsewhere.
    """
    margin = (upscaler.halo if upscaler.exact else OVERLAP) + 3
    outer = _widened(photo, box, margin + (2 * CELL if order.colour_lock else 0))
    part = photo.crop(*outer)
    *_, large = steps(upscaler, part, order, tile=max(part.height, part.width))
    top, left = (round(inside * order.scale) - round(outside * order.scale) for inside, outside in zip(box, outer[:2]))
    return large.crop(top, left, *(max(1, round(side * order.scale)) for side in box[2:]))


def bicubic(photo: Photo, order: Order, top: int, left: int, height: int, width: int) -> Photo:
    """A box of the bicubic result, given in pixels of that result."""
    box = (
        int(top / order.scale),
        int(left / order.scale),
        math.ceil(height / order.scale),
        math.ceil(width / order.scale),
    )
    outer = _widened(photo, box, 8)
    part = photo.crop(*outer)
    large = resize_photo(part, *order.size(part))
    return large.crop(
        round(top - outer[0] * order.scale), round(left - outer[1] * order.scale), max(1, height), max(1, width)
    )


def _widened(photo: Photo, box: Box, margin: int) -> Box:
    """A box with `margin` pixels more on each side where the picture has them.

    It begins, and ends within the picture, at whole EVENs: there a result's pixels lie as they do in the whole.
    """
    spans = []
    for start, side, whole in zip(box[:2], box[2:], (photo.height, photo.width)):
        first = max(0, start - margin) // EVEN * EVEN
        spans.append((first, min(whole, math.ceil((start + side + margin) / EVEN) * EVEN) - first))
    (top, height), (left, width) = spans
    return top, left, height, width
