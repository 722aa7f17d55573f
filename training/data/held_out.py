"""Pictures kept back from training, so that memorising shows: near-duplicates never sit on both sides."""

import numpy as np
import torch

from gan_models.errors import TrainingError
from training.data.image_set import ImageSet

SIDE = 8
CLOSE = 0.6  # of the typical distance to the nearest picture: below it two are shots of one scene
BURST = 32  # more pictures than this in one chain are a kind (the ones of MNIST), not a burst


def held_out(data: ImageSet, share: float = 0.05, most: int = 500, seed: int = 0) -> tuple[ImageSet, ImageSet]:
    """(to train on, held out): `share` of the pictures, `most` at most and one at least, chosen by the seed.

    A picture takes its near-duplicates (a burst of one cat) with it; one with more of them than there is room
    for stays in training. Raises TrainingError for fewer than two pictures.
    """
    if len(data) < 2:
        raise TrainingError(f"{data.name} has {len(data)} picture: at least 2 are needed to hold one out.")
    wanted = max(1, min(most, int(len(data) * share)))
    order = np.random.default_rng(seed).permutation(len(data)).tolist()
    near = Near(thumbnails(data.images), order[: 2 * wanted])
    held: set[int] = set()
    for first in order:
        room = wanted - len(held)
        if room == 0:
            break
        if first not in held and (group := near.group(first, min(room, BURST))):
            held |= group
    held = held or {order[0]}  # everything is one chain: a share without a proof is better than none
    taken = np.isin(np.arange(len(data)), list(held))
    return data.take(torch.from_numpy(np.flatnonzero(~taken))), data.take(torch.from_numpy(np.flatnonzero(taken)))


class Near:
    """Which pictures of a set are near-duplicates, found as they are asked for.

    thumbs: (N, D); sample: the pictures whose nearest neighbours say how close is close in this set.
    """

    def __init__(self, thumbs: torch.Tensor, sample: list[int]):
        self._thumbs = thumbs
        self._squares = thumbs.square().sum(1)
        self._lists: dict[int, list[int]] = {}  # empty where there are more than BURST
        distances = [self._squared(sample[i : i + 512]) for i in range(0, min(len(sample), 1024), 512)]
        nearest = torch.cat([d.topk(2, largest=False).values[:, 1] for d in distances]).clamp(min=0).sqrt()
        # rounding alone sets identical pictures this far apart
        self._limit = max(CLOSE * nearest.median().item(), 1e-2)
        self._find(sample)
        self._find([j for i in sample for j in self._lists[i]])

    def group(self, first: int, most: int) -> set[int] | None:
        """The pictures linked to `first` by short steps, itself included; None if more than `most`."""
        group, frontier = {first}, [first]
        while frontier:
            self._find(frontier)
            if not all(self._lists[i] for i in frontier):
                return None
            found = {j for i in frontier for j in self._lists[i]}
            frontier = list(found - group)
            group |= found
            if len(group) > most:
                return None
        return group

    def _find(self, pictures: list[int]) -> None:
        missing = sorted({i for i in pictures if i not in self._lists})
        for start in range(0, len(missing), 512):
            chunk = missing[start : start + 512]
            close = self._squared(chunk) <= self._limit**2
            close &= (close.sum(1) <= BURST)[:, None]
            self._lists |= {i: [] for i in chunk}
            for row, column in close.nonzero().tolist():
                self._lists[chunk[row]].append(column)

    def _squared(self, pictures: list[int]) -> torch.Tensor:
        chosen = self._thumbs[pictures]
        return self._squares[pictures, None] + self._squares - 2 * chosen @ self._thumbs.T


def thumbnails(images: torch.Tensor, chunk: int = 4096) -> torch.Tensor:
    """Thumbnails of 8x8 pixels in all channels, float32 (N, C * 64) in [0, 1]."""
    parts = []
    for start in range(0, len(images), chunk):
        levels = images[start : start + chunk].float() / 255
        parts.append(torch.nn.functional.adaptive_avg_pool2d(levels, SIDE).flatten(1))
    return torch.cat(parts)
