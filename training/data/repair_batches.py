"""Crops of photographs with holes in them, as a pure function of the step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from gan_models.pictures.images import to_tensor
from training.data.holes import draw_hole
from training.data.photos import Photos
from training.data.style_batches import CropsOfSets

SPANS = (1.0, 2.0)
"""A crop is taken from a square of so many times its side, least and most, and brought to it."""


class RepairBatches:
    """Endless batches of random crops of `side` px, every other one mirrored, each with a hole of its own.

    `rank`: of the process, which draws its own.
    """

    def __init__(self, sets: Sequence[Photos], side: int, batch: int, seed: int, rank: int = 0):
        self.side, self.batch, self.seed, self.rank = side, batch, seed, rank
        self.crops = CropsOfSets(sets, side, SPANS)

    def at(self, step: int) -> tuple[torch.Tensor, None, torch.Tensor]:
        """Pictures float32 (batch, 3, side, side), None for labels, masks (batch, 1, side, side), 1 = hole."""
        dice = np.random.default_rng([self.seed, step, self.rank])
        pictures = np.stack([self.crops.crop(dice) for _ in range(self.batch)])
        return to_tensor(pictures), None, masks(dice, self.batch, self.side)


def masks(dice: np.random.Generator, count: int, side: int) -> torch.Tensor:
    """Holes of any kind, float32 (count, 1, side, side), 1 = hole."""
    return torch.from_numpy(np.stack([draw_hole(dice, side, side) for _ in range(count)])[:, None]).float()
