"""What a picture suffered before it came: the blocks of a poor JPEG, and noise."""

import math
from dataclasses import dataclass

import numpy as np

from gan_models.pictures.images import as_pillow

BLOCK = 8
"""Side in pixels of JPEG's blocks."""
TILE = 16
"""Side in pixels of the areas of which the calmest tell the noise."""
CALM = 0.1
"""Share of the areas that count as calm: in most pictures that much is sky, wall or blur."""
BLOCKY, NOISY = 1.28, 5.5
"""From where on a picture is called blocky, and noisy (levels): see `training/TRIALS.md`."""
LONGEST = 1024
"""Longer side in pixels of the middle part that is looked at."""


@dataclass(frozen=True)
class Damage:
    """How much larger steps between pixels are at the borders of JPEG's blocks than within them (1 where there are
    none), and the deviation of the noise in levels."""

    blocks: float
    noise: float

    @property
    def told(self) -> str:
        """What was found, in words; empty where that is little."""
        found = ["blocks of JPEG"] if self.blocks > BLOCKY else []
        return " and ".join(found + (["noise"] if self.noise > NOISY else []))


def damage(picture: np.ndarray) -> Damage:
    """Look at a picture, uint8 (H, W, C); a few milliseconds a megapixel."""
    light = np.asarray(as_pillow(_middle(picture)).convert("L"), np.float32)
    if min(light.shape) < 2 * TILE:
        return Damage(1.0, 0.0)
    return Damage(_blocks(light), _noise(light))


def _middle(picture: np.ndarray) -> np.ndarray:
    top, left = ((side - min(side, LONGEST)) // 2 // BLOCK * BLOCK for side in picture.shape[:2])
    return picture[top : top + LONGEST, left : left + LONGEST]


def _blocks(light: np.ndarray) -> float:
    """The mean of both directions, each of its steps by their place within a block: the largest against the middle."""
    return float(np.mean([_rise(np.abs(np.diff(light, axis=axis)), axis) for axis in (0, 1)]))


def _rise(steps: np.ndarray, axis: int) -> float:
    # Bounded: one hard edge of the picture's own is no border of a block.
    lines = np.minimum(steps, 24).mean(1 - axis)
    whole = len(lines) // BLOCK * BLOCK
    places = np.sort(lines[:whole].reshape(-1, BLOCK).mean(0))
    return float((places[-1] + 0.25) / (np.median(places) + 0.25))


def _noise(light: np.ndarray) -> float:
    """The deviation of noise (Immerkaer 1996), in the calmest areas, where no texture is taken for it."""
    rows = light[:-2] - 2 * light[1:-1] + light[2:]
    mask = np.abs(rows[:, :-2] - 2 * rows[:, 1:-1] + rows[:, 2:])
    high, wide = (side // TILE * TILE for side in mask.shape)
    tiles = mask[:high, :wide].reshape(high // TILE, TILE, -1, TILE).mean((1, 3))
    return float(np.quantile(tiles, CALM) * math.sqrt(math.pi / 2) / 6)
