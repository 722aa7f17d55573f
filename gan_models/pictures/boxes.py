"""Squares of photographs, upright or turned: cut out at a generator's size, and the way back into the photograph."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from gan_models.checks import is_number
from gan_models.errors import RequestError
from gan_models.pictures.images import as_pillow
from gan_models.pictures.photo import Photo, flat, resize_levels

FINEST = 4
"""A square that goes back into a larger photograph is enlarged so many times by bicubic interpolation, at most."""


@dataclass(frozen=True)
class Box:
    """The square of a photograph that is projected: middle and side in its pixels, `turn` in degrees, clockwise."""

    x: float
    y: float
    side: float
    turn: float = 0.0

    @classmethod
    def of(cls, words: Any, photo: Photo) -> Box:
        """From {"x", "y", "side", "turn"}; RequestError for what is no box on this photograph."""
        if not isinstance(words, dict) or not {"x", "y", "side"} <= set(words) <= {"x", "y", "side", "turn"}:
            raise RequestError(f"A box is an object with x, y, side and turn; got {str(words)[:60]!r}.")
        longest = max(photo.height, photo.width)
        fits = is_number(words["x"], 0, photo.width) and is_number(words["y"], 0, photo.height)
        if not (fits and is_number(words["side"], 1, 3 * longest) and is_number(words.get("turn", 0), -180, 180)):
            raise RequestError(
                f"A box has its middle on the photograph of {photo.width}x{photo.height}, a side of 1 to {3 * longest} "
                f"px and a turn of -180 to 180 degrees; got {str(words)[:80]}."
            )
        return cls(float(words["x"]), float(words["y"]), float(words["side"]), float(words.get("turn", 0)))

    def to_json(self) -> dict[str, float]:
        return dict(vars(self))

    def within(self, y: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Places of the photograph, in pixels, as shares of the box: (0, 0) is its upper left corner."""
        cos, sin = math.cos(math.radians(self.turn)), math.sin(math.radians(self.turn))
        across, down = cos * (x - self.x) + sin * (y - self.y), cos * (y - self.y) - sin * (x - self.x)
        return down / self.side + 0.5, across / self.side + 0.5


def cut(photo: Photo, box: Box, size: int, channels: int) -> np.ndarray:
    """What a box holds, uint8 (size, size, channels); beyond the photograph its edge goes on."""
    colour = flat(photo)
    # Turned at twice the size, of whose pixels each four are one in the end: neither jagged nor blurred.
    share = min(1.0, 2 * size / box.side)
    picture = as_pillow(colour).convert("RGB" if channels == 3 else "L")
    sides = [max(1, round(side * share)) for side in picture.size]
    levels = np.asarray(picture.resize(sides, Image.Resampling.LANCZOS) if share < 1 else picture)
    step = [box.side * now / before / size for now, before in zip(sides, (photo.width, photo.height))]
    middle = box.x * sides[0] / photo.width, box.y * sides[1] / photo.height
    cos, sin = math.cos(math.radians(box.turn)), math.sin(math.radians(box.turn))
    at = (np.arange(2 * size) + 0.5) / 2 - size / 2
    down, across = np.meshgrid(at, at, indexing="ij")
    x = middle[0] + step[0] * (cos * across - sin * down) - 0.5
    y = middle[1] + step[1] * (sin * across + cos * down) - 0.5
    large = _bilinear(levels.reshape(*levels.shape[:2], -1), y, x)
    four = large.reshape(size, 2, size, 2, -1).mean((1, 3))
    return four.round().astype(np.uint8)


def uncut(picture: np.ndarray, box: Box, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """What a box's picture, uint8 (size, size, C), shows at places (h, w) of the photograph: float (h, w, C)."""
    side = min(FINEST * len(picture), max(len(picture), round(box.side)))
    large = resize_levels(picture, side, side)
    down, across = box.within(y + 0.5, x + 0.5)
    return _bilinear(large, down * side - 0.5, across * side - 0.5)


def _bilinear(levels: np.ndarray, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    y, x = (at.clip(0, most - 1) for at, most in zip((y, x), levels.shape[:2]))
    top, left = (
        np.minimum(np.floor(at).astype(int), most - 2 if most > 1 else 0) for at, most in zip((y, x), levels.shape)
    )
    low, right = np.minimum(top + 1, levels.shape[0] - 1), np.minimum(left + 1, levels.shape[1] - 1)
    down, across = (y - top)[..., None], (x - left)[..., None]
    upper = levels[top, left] * (1 - across) + levels[top, right] * across
    lower = levels[low, left] * (1 - across) + levels[low, right] * across
    return upper * (1 - down) + lower * down
