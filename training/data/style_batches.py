"""Pairs of crops, a photograph's and a style picture's, as a pure function of the step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image

from gan_models.errors import TrainingError
from gan_models.pictures.images import to_tensor
from training.data.crops import turned
from training.data.photos import Photos

LARGEST = 2.5
"""A crop is taken from a square of up to so many times its side, brought down."""
OWN = 1 / 8
"""Share of the pairs whose style is the photograph's own crop: nothing is to be changed there."""


class StyleBatches:
    """Endless batches of random crops of `side` px; photographs are mirrored, style pictures turned as well.

    Each set's every picture is equally likely. `rank`: of the process, which draws its own.
    """

    def __init__(self, photos: Photos, styles: Photos, side: int, batch: int, seed: int, rank: int = 0):
        self.photos, self.styles = photos.pictures, styles.pictures
        self.side, self.batch, self.seed, self.rank = side, batch, seed, rank
        least = min(min(picture.shape[:2]) for picture in (*self.photos, *self.styles))
        if least < side:
            raise TrainingError(f"The smallest picture has {least} px and the crops have {side}; lower --size.")

    def at(self, step: int) -> tuple[torch.Tensor, None, torch.Tensor]:
        """Style crops, None for labels, crops of photographs of a step from 0: float32 (batch, 3, side, side)."""
        draws = np.random.default_rng([self.seed, step, self.rank])
        source = np.stack([self._crop(self.photos, draws, 2) for _ in range(self.batch)])
        style = np.stack([self._crop(self.styles, draws, 8) for _ in range(self.batch)])
        own = draws.random(self.batch) < OWN
        style[own] = source[own]
        return to_tensor(style), None, to_tensor(source)

    def _crop(self, pictures: Sequence[np.ndarray], draws: np.random.Generator, turns: int) -> np.ndarray:
        picture = pictures[draws.integers(len(pictures))]
        return crop(picture, self.side, draws.random(3), int(draws.integers(turns)))


def crop(picture: np.ndarray, side: int, place: np.ndarray, turn: int = 0) -> np.ndarray:
    """A square (side, side, 3) of a picture: its size, top and left are `place` (3,), each 0 to 1."""
    height, width = picture.shape[:2]
    most = min(height, width, side * LARGEST)
    large = round(side * (most / side) ** place[0])
    top, left = round(place[1] * (height - large)), round(place[2] * (width - large))
    square = picture[top : top + large, left : left + large]
    if large > side:
        square = np.asarray(Image.fromarray(square).resize((side, side), Image.Resampling.BOX, reducing_gap=2))
    return turned(square, turn)
