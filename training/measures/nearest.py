"""Memorisation: the training images nearest to a sample, as a sheet and as a number.

Own code: it asks in the features that the other measures have extracted already, by chunks.
"""

from dataclasses import dataclass

import numpy as np
import torch

from gan_models.pictures.images import contact_sheet
from training.data.image_set import Rows
from training.measures.distances import CHUNK
from training.measures.features import fit

SUSPICIOUS = 0.01  # a distance that only this share of the training images has to its own nearest


@dataclass(frozen=True)
class Nearest:
    """The training images nearest to N samples: index int64 and distance float32, both (N, count), ascending.

    suspected, bool (N,): the samples nearer to a training image than 99 % of training images are to each other.
    """

    index: torch.Tensor
    distance: torch.Tensor
    suspected: torch.Tensor

    @property
    def copies(self) -> float:
        """The share of suspected copies; about 1 % where nothing is copied and everything is covered."""
        return self.suspected.float().mean().item()


def nearest(samples: torch.Tensor, training: torch.Tensor, count: int = 4, seed: int = 0) -> Nearest:
    """The `count` training vectors (M, D) nearest to each sample vector (N, D)."""
    distance, index = neighbours(samples, training, count)
    asked = torch.randperm(len(training), generator=torch.Generator().manual_seed(seed))[:CHUNK]
    own = neighbours(training[asked], training, 2)[0][:, 1]
    return Nearest(index, distance, distance[:, 0] < own.quantile(SUSPICIOUS))


def neighbours(queries: torch.Tensor, pool: torch.Tensor, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Distances and indices (N, count), nearest first, of the nearest of pool (M, D) to queries (N, D)."""
    parts = [torch.cdist(part, pool).topk(count, largest=False) for part in queries.split(CHUNK // 4)]
    return torch.cat([p.values for p in parts]), torch.cat([p.indices for p in parts])


def sheet(samples: torch.Tensor, training: torch.Tensor | Rows, ways: list[Nearest], rows: int = 16) -> np.ndarray:
    """A sheet, uint8 (H, W, C): a row is a sample, then its nearest training images by each way of comparing.

    The first half of the rows are the samples nearest to a training image, the rest the first of all. samples
    and training: uint8 (N, C, H, W).
    """
    rows = min(rows, len(samples))
    close = ways[0].distance[:, 0].argsort().tolist()[: rows // 2]
    chosen = close + [i for i in range(len(samples)) if i not in close][: rows - len(close)]
    blank = torch.full_like(samples[0], 255)
    cells = []
    for row in chosen:
        cells.append(samples[row])
        for way in ways:
            cells += [blank, *fit(training[way.index[row]], samples.shape[-1], samples.shape[1])]
    pictures = torch.stack(cells).permute(0, 2, 3, 1).numpy()
    zoom = max(1, 64 // pictures.shape[1])
    pictures = pictures.repeat(zoom, 1).repeat(zoom, 2)
    return contact_sheet(pictures, columns=len(cells) // len(chosen))
