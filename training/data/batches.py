"""Batches as a pure function of the step, so that a resumed run needs no state of its data."""

import numpy as np
import torch

from gan_models.errors import TrainingError
from gan_models.pictures.images import to_tensor
from training.data.image_set import ImageSet


class Batches:
    """Endless batches over a set: one permutation an epoch, each image exactly once in it.

    batch: images a step and process. `rank` of `world` processes takes its own part of every step. Where an
    epoch does not divide by the batch, a batch runs on into the next epoch: nothing is dropped.
    """

    def __init__(self, data: ImageSet, batch: int, seed: int, rank: int = 0, world: int = 1, flip: bool = False):
        if batch < 1 or not 0 <= rank < world:
            raise TrainingError(
                f"a batch of {batch} for process {rank} of {world}: expected at least 1, and rank < world"
            )
        if len(data) < batch * world:
            things = getattr(data, "things", "pictures")
            raise TrainingError(
                f"{data.name} has {len(data)} {things} to learn from, fewer than one batch of {batch * world}: "
                f"add {things} or lower --batch to {max(1, len(data) // world)} or less."
            )
        self.data, self.batch, self.seed, self.rank, self.world, self.flip = (
            data,
            batch,
            seed,
            rank,
            world,
            flip,
        )
        self._orders: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def at(self, step: int) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Images float32 (batch, C, H, W) in [-1, 1] and labels int64 (batch,) or None of a step, from 0."""
        index, flips = self.indices(step)
        images = self.data.images[index]
        images[flips] = images[flips].flip(-1)
        labels = None if self.data.labels is None else self.data.labels[index]
        return to_tensor(images.permute(0, 2, 3, 1).numpy()), labels

    def indices(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The images that a step takes, int64 (batch,), and which of them are mirrored, bool (batch,)."""
        first = (step * self.world + self.rank) * self.batch
        epoch, offset = divmod(first, len(self.data))
        order, flips = self._order(epoch)
        index, mirrored = order[offset : offset + self.batch], flips[offset : offset + self.batch]
        if len(index) < self.batch:
            rest = self.batch - len(index)
            order, flips = self._order(epoch + 1)
            index, mirrored = np.concatenate([index, order[:rest]]), np.concatenate([mirrored, flips[:rest]])
        return torch.from_numpy(index.copy()), torch.from_numpy(mirrored.copy())

    def _order(self, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        if epoch not in self._orders:
            rng = np.random.default_rng([self.seed, epoch])
            order = rng.permutation(len(self.data))
            flips = rng.random(len(self.data)) < 0.5 if self.flip else np.zeros(len(self.data), bool)
            for old in [e for e in self._orders if e < epoch - 1]:
                del self._orders[old]
            self._orders[epoch] = (order, flips)
        return self._orders[epoch]
