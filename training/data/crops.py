"""Pairs of crops, low and high resolution, as a pure function of the step; nothing is decoded on the way."""

import numpy as np
import torch

from gan_models.errors import TrainingError
from gan_models.pictures.images import to_tensor
from training.data.degrade import Degrade, bicubic
from training.data.photos import Photos

RENEWED = 1000
"""Steps after which a photograph's low-resolution copy is drawn anew, where drawing it takes chance: some 50 crops."""


class Crops:
    """Endless batches of random crops, every place of every photograph equally likely, turned and mirrored if `turns`.

    side: of the low-resolution crops in pixels; batch: pairs a step and process; `rank` of `world` processes
    draws its own. A photograph is brought down whole when it is first needed and kept; with a recipe other
    than bicubic it is brought down anew every RENEWED steps, each at its own time: such a step then makes a whole
    photograph small, and back from JPEG, which takes hundredths of a second. Nothing else is decoded inside a step.
    """

    def __init__(
        self,
        photos: Photos,
        scale: int,
        side: int,
        batch: int,
        seed: int,
        degrade: Degrade = bicubic,
        rank: int = 0,
        turns: bool = True,
    ):
        self.scale, self.side, self.batch, self.seed, self.degrade, self.rank = scale, side, batch, seed, degrade, rank
        self.turns = turns
        self.high = [whole(picture, scale) for picture in photos.pictures]
        shapes = [(picture.shape[0] // scale, picture.shape[1] // scale) for picture in self.high]
        if batch < 1 or any(min(shape) < side for shape in shapes):
            least = min(min(shape) for shape in shapes)
            raise TrainingError(
                f"Crops of {side} px for {photos.name}, whose smallest photograph has {least} px at 1/{scale} of its "
                "size; lower --size or leave that photograph out."
            )
        self.places = np.cumsum([(height - side + 1) * (width - side + 1) for height, width in shapes])
        self._low: dict[int, tuple[int, np.ndarray]] = {}

    def at(self, step: int) -> tuple[torch.Tensor, None, torch.Tensor]:
        """The crops of a step, from 0, in [-1, 1].

        High resolution float32 (batch, 3, scale * side, scale * side), None for labels, low resolution
        (batch, 3, side, side); both are channels_last in memory.
        """
        draws = np.random.default_rng([self.seed, step, self.rank])
        side, large = self.side, self.side * self.scale
        low = np.empty((self.batch, side, side, 3), np.uint8)
        high = np.empty((self.batch, large, large, 3), np.uint8)
        turns = draws.integers(8, size=self.batch) * self.turns
        for row, place in enumerate(draws.integers(self.places[-1], size=self.batch)):
            index = int(np.searchsorted(self.places, place, side="right"))
            small = self.low(index, step)
            left_over = int(self.places[index] - 1 - place)
            top, left = divmod(left_over, small.shape[1] - side + 1)
            low[row] = turned(small[top : top + side, left : left + side], turns[row])
            top, left = top * self.scale, left * self.scale
            high[row] = turned(self.high[index][top : top + large, left : left + large], turns[row])
        return to_tensor(high), None, to_tensor(low)

    def low(self, index: int, step: int) -> np.ndarray:
        """The low-resolution copy that photograph `index` has at a step, uint8 (H / scale, W / scale, 3)."""
        # Spread over the photographs, so that no step has many to make.
        time = 0 if self.degrade is bicubic else (step + index * RENEWED // len(self.high)) // RENEWED
        if index not in self._low or self._low[index][0] != time:
            draws = np.random.default_rng([self.seed, index, time, 1])
            self._low[index] = time, self.degrade(self.high[index], self.scale, draws)
        return self._low[index][1]


def whole(picture: np.ndarray, scale: int) -> np.ndarray:
    """The picture without the last rows and columns that do not divide by the scale."""
    height, width = (side - side % scale for side in picture.shape[:2])
    return picture[:height, :width]


def turned(crop: np.ndarray, turn: int) -> np.ndarray:
    """One of the eight ways to mirror and transpose a square crop, 0 to 7."""
    crop = crop[:, ::-1] if turn & 1 else crop
    crop = crop[::-1] if turn & 2 else crop
    return crop.transpose(1, 0, 2) if turn & 4 else crop
