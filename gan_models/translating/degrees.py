"""A film of a photograph that turns by degrees into what a network makes of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gan_models.pictures.photo import resize_levels

FPS = 24
FRAMES, BEFORE, AFTER = 72, 12, 24
"""Frames in which it turns, and those that show the photograph before and the result after."""
SIDE = 720
"""Longer side of a frame in pixels, at most."""


def frames(before: np.ndarray, after: np.ndarray) -> Iterator[np.ndarray]:
    """Frames uint8 (H, W, 3) between two pictures of one size, slow at both ends.

    Both a style's touches and predicted colours are added in proportion to their strength, so that what lies between
    is what the network gives at lower strengths.
    """
    first, last = (_small(picture).astype(np.float32) for picture in (before, after))
    yield from [_levels(first)] * BEFORE
    for share in np.linspace(0, 1, FRAMES):
        yield _levels(first + (last - first) * np.float32(share * share * (3 - 2 * share)))
    yield from [_levels(last)] * AFTER


def _small(picture: np.ndarray) -> np.ndarray:
    share = min(1.0, SIDE / max(picture.shape[:2]))
    height, width = (max(2, round(side * share)) for side in picture.shape[:2])
    small = resize_levels(picture, height, width)
    return small.repeat(3, 2) if small.shape[2] == 1 else small


def _levels(picture: np.ndarray) -> np.ndarray:
    return (picture + 0.5).clip(0, 255).astype(np.uint8)
