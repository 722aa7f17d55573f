"""Crops of drawings, of photographs, and of the photographs' areas and lines, as a pure function of the step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from gan_models.pictures.images import to_tensor
from training.data.photos import Photos
from training.data.structure import structure
from training.data.style_batches import CropsOfSets

PHOTOS, DRAWINGS = (1.0, 2.2), (0.9, 1.3)
"""A crop is taken from a square of so many times its side, least and most, and brought to it: lines of drawings stay
as broad as they are."""


class CartoonBatches:
    """Endless batches of random crops of `side` px. `rank`: of the process, which draws its own."""

    def __init__(self, photos: Sequence[Photos], drawings: Photos, side: int, batch: int, seed: int, rank: int = 0):
        self.batch, self.seed, self.rank = batch, seed, rank
        self.photos, self.drawings = CropsOfSets(photos, side, PHOTOS), CropsOfSets([drawings], side, DRAWINGS)

    def at(self, step: int) -> tuple[torch.Tensor, None, torch.Tensor]:
        """Drawings float32 (batch, 3, side, side), None for labels, and (batch, 6, side, side): photographs, and the
        structure of each."""
        dice = np.random.default_rng([self.seed, step, self.rank])
        drawn = np.stack([self.drawings.crop(dice) for _ in range(self.batch)])
        return to_tensor(drawn), None, with_structure(np.stack([self.photos.crop(dice) for _ in range(self.batch)]))


def with_structure(photos: np.ndarray) -> torch.Tensor:
    """Photographs uint8 (N, S, S, 3) and below each its structure, float32 (N, 6, S, S)."""
    return torch.cat([to_tensor(photos), to_tensor(np.stack([structure(photo) for photo in photos]))], 1)
