"""A hole filled by another picture, whose colours are brought to those around it (Pérez et al. 2003, Poisson blending).

The fill keeps the picture's own gradients: what is added to it is harmonic inside the hole and meets the photograph at
the hole's edge.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from gan_models.drawing.masks import check_mask
from gan_models.errors import RequestError
from gan_models.networks.inpaint import smooth_fill
from gan_models.pictures.boxes import Box, cut, uncut
from gan_models.pictures.photo import Photo
from gan_models.repairing.places import Place, box_of

MOST_ROUNDS, CLOSE = 400, 0.05
"""Rounds of conjugate gradients, and levels of 255 that may be missing to the solution at any pixel."""


def hole_in(mask: np.ndarray, box: Box, size: int) -> np.ndarray:
    """Where a box, at a generator's size, has a hole: bool (size, size); RequestError where it has none, or only that.

    RequestError also for a mask, bool (H, W), that goes beyond the box: there the generator draws nothing.
    """
    check_mask(mask)
    y, x = np.nonzero(mask)
    down, across = box.within(y + 0.5, x + 0.5)
    if min(down.min(), across.min()) < 0 or max(down.max(), across.max()) > 1:
        raise RequestError("The mask goes beyond the box, outside of which the generator draws nothing; paint less.")
    hole = cut(Photo(mask[:, :, None] * np.uint8(255)), box, size, 1)[:, :, 0] > 8
    if hole.all():
        raise RequestError("The mask hides all of the box, so that nothing is left to go by; leave more of it.")
    return hole


def without(picture: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """A picture, uint8 (h, w, C), whose hole is filled smoothly from around it."""
    return _smooth(picture, hole).round().clip(0, 255).astype(np.uint8)


def _smooth(values: np.ndarray, hole: np.ndarray) -> np.ndarray:
    known = torch.from_numpy(values).permute(2, 0, 1)[None].float()
    return smooth_fill(known, torch.from_numpy(hole).float()[None, None])[0].permute(1, 2, 0).numpy()


def joined(photo: Photo, mask: np.ndarray, box: Box, drawn: np.ndarray) -> Photo:
    """The photograph with its hole filled by a box's picture, uint8 (size, size, C); all else is as it was."""
    whole = box_of(mask)
    top, left = max(0, whole.top - 1), max(0, whole.left - 1)
    bottom, right = whole.top + whole.height + 1, whole.left + whole.width + 1
    place = Place(top, left, min(photo.height, bottom) - top, min(photo.width, right) - left)
    y, x = np.mgrid[place.slices]
    now, hole = photo.colour[place.slices], mask[place.slices]
    most = np.iinfo(now.dtype).max
    shown = uncut(drawn, box, y, x) * (most / 255)
    shown = shown.mean(2, keepdims=True) if now.shape[2] == 1 else np.broadcast_to(shown, now.shape)
    filled = shown + harmonic(now.astype(np.float64) - shown, hole, CLOSE * most / 255)
    colour = photo.colour.copy()
    colour[place.slices][hole] = filled[hole].round().clip(0, most).astype(now.dtype)
    return replace(photo, colour=colour)


def harmonic(values: np.ndarray, hole: np.ndarray, close: float) -> np.ndarray:
    """Values (h, w, C) whose hole is the solution of Laplace's equation; beyond the border there is no flow."""
    inside = hole[:, :, None].astype(np.float64)
    degree = _around(np.ones_like(inside))
    known = values * (1 - inside)
    x = _smooth(values, hole).astype(np.float64) * inside
    apply = lambda x: inside * (degree * x - _around(x))  # noqa: E731
    rest = inside * _around(known) - apply(x)
    way, size = rest.copy(), (rest * rest).sum()
    for _ in range(MOST_ROUNDS):
        if np.abs(rest).max() < close:
            break
        flow = apply(way)
        step = size / (way * flow).sum()
        x, rest = x + step * way, rest - step * flow
        size, before = (rest * rest).sum(), size
        way = rest + (size / before) * way
    return known + x


def _around(x: np.ndarray) -> np.ndarray:
    """The sum of the four neighbours of each place (h, w, C), of those that there are."""
    out = np.zeros_like(x)
    out[1:] += x[:-1]
    out[:-1] += x[1:]
    out[:, 1:] += x[:, :-1]
    out[:, :-1] += x[:, 1:]
    return out
