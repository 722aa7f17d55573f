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

PHOTOS, STYLES = (1.0, 2.5), (0.7, 1.4)
"""A crop is taken from a square of so many times its side, least and most, and brought to it: touches stay as broad as
they are."""
OWN = 1 / 8
"""Share of the pairs whose style is the photograph's own crop: nothing is to be changed there."""


class StyleBatches:
    """Endless batches of random crops of `side` px; photographs are mirrored, style pictures turned as well.

    Larger pictures come more often, as they hold more. `rank`: of the process, which draws its own.
    """

    def __init__(self, photos: Photos, styles: Photos, side: int, batch: int, seed: int, rank: int = 0):
        self.photos, self.styles = photos.pictures, styles.pictures
        self.side, self.batch, self.seed, self.rank = side, batch, seed, rank
        area = lambda picture: picture.shape[0] * picture.shape[1]  # noqa: E731
        sets = ((PHOTOS, self.photos), (STYLES, self.styles))
        self.places = {spans: np.cumsum([area(picture) for picture in pictures]) for spans, pictures in sets}
        least = min(min(picture.shape[:2]) for picture in (*self.photos, *self.styles))
        if least < side:
            raise TrainingError(f"The smallest picture has {least} px and the crops have {side}; lower --size.")

    def at(self, step: int) -> tuple[torch.Tensor, None, torch.Tensor]:
        """Style crops, None for labels, crops of photographs of a step from 0: float32 (batch, 3, side, side)."""
        draws = np.random.default_rng([self.seed, step, self.rank])
        source = np.stack([self._crop(self.photos, draws, PHOTOS, 2) for _ in range(self.batch)])
        style = np.stack([self._crop(self.styles, draws, STYLES, 8) for _ in range(self.batch)])
        own = draws.random(self.batch) < OWN
        style[own] = source[own]
        return to_tensor(style), None, to_tensor(source)

    def _crop(
        self, pictures: Sequence[np.ndarray], draws: np.random.Generator, spans: tuple[float, float], turns: int
    ) -> np.ndarray:
        places = self.places[spans]
        picture = pictures[int(np.searchsorted(places, draws.integers(places[-1]), side="right"))]
        return crop(picture, self.side, spans, draws.random(3), int(draws.integers(turns)))


class CropsOfSets:
    """Random crops of `side` px of several sets of pictures, every other one mirrored.

    Of the sets each is shown as often as the root of its pixels tells, of a set larger pictures more often. `spans`: of
    how large a square a crop is taken, least and most, in times its side. TrainingError for pictures below a crop.
    """

    def __init__(self, sets: Sequence[Photos], side: int, spans: tuple[float, float]):
        self.side, self.spans = side, spans
        self.sets = [photos.pictures for photos in sets]
        self.places = [np.cumsum([p.shape[0] * p.shape[1] for p in pictures]) for pictures in self.sets]
        shares = np.sqrt([places[-1] for places in self.places])
        self.shares = shares / shares.sum()
        least = min(min(picture.shape[:2]) for pictures in self.sets for picture in pictures)
        if least < side:
            raise TrainingError(f"The smallest picture has {least} px and the crops have {side}; lower --size.")

    def crop(self, dice: np.random.Generator) -> np.ndarray:
        """One crop, uint8 (side, side, 3)."""
        which = int(dice.choice(len(self.sets), p=self.shares))
        places = self.places[which]
        picture = self.sets[which][int(np.searchsorted(places, dice.integers(places[-1]), side="right"))]
        return crop(picture, self.side, self.spans, dice.random(3), int(dice.integers(2)))


def crop(
    picture: np.ndarray, side: int, spans: tuple[float, float], place: Sequence[float] | np.ndarray, turn: int = 0
) -> np.ndarray:
    """A square (side, side, 3) of a picture, of `spans` times that side as far as it goes.

    `place` (3,): its size, top and left, each 0 to 1.
    """
    height, width = picture.shape[:2]
    least, most = (min(height, width, side * span) for span in spans)
    large = round(least * (most / least) ** place[0])
    top, left = round(place[1] * (height - large)), round(place[2] * (width - large))
    square = picture[top : top + large, left : left + large]
    if large != side:
        square = np.asarray(Image.fromarray(square).resize((side, side), Image.Resampling.BICUBIC))
    return turned(square, turn)


def middles(photos: Sequence[np.ndarray], side: int, spans: tuple[float, float], most: int) -> np.ndarray:
    """The middles of up to `most` pictures evenly spaced, uint8 (N, side, side, 3), as large as they may be."""
    rows = np.linspace(0, len(photos) - 1, min(most, len(photos))).round().astype(int)
    return np.stack([crop(photos[row], side, spans, (1.0, 0.5, 0.5)) for row in rows])
