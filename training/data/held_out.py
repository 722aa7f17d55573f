"""Pictures kept back from training, so that memorising shows: near-duplicates never sit on both sides."""

from collections import Counter
from dataclasses import replace

import numpy as np
import torch

from gan_models.errors import TrainingError
from training.data.image_set import ImageSet

SIDE = 8
LOOKS, LEAST_LOOKS, CHUNK = 4, 1024, 512
CLOSE = 0.6  # of the typical distance to the nearest picture: below it two are shots of one scene
BURST = 32  # more pictures than this in one chain are a kind (the ones of MNIST), not a burst


def held_out(data: ImageSet, share: float = 0.05, most: int = 500, seed: int = 0) -> tuple[ImageSet, ImageSet]:
    """(to train on, held out): `share` of the pictures, `most` at most and one at least, chosen by the seed.

    A picture takes its near-duplicates (a burst of one cat) with it; one with more of them than there is room
    for stays in training, and so do the last pictures of a class. Near-duplicates are looked for of LOOKS times as
    many pictures as are wanted, so that time grows with the set and not with its square. Raises TrainingError for
    fewer than two pictures.
    """
    if len(data) < 2:
        raise TrainingError(f"{data.name} has {len(data)} picture: at least 2 are needed to hold one out.")
    wanted = max(1, min(most, int(len(data) * share)))
    order = np.random.default_rng(seed).permutation(len(data)).tolist()
    near = Near(thumbnails(data.images), order[: 2 * wanted])
    # Where every class has but one scene, no picture can be spared and the classes do not count.
    held = chosen(near, order, wanted, Classes(data)) or chosen(
        near, order, wanted, Classes(replace(data, labels=None))
    )
    # everything is one chain: a share without a proof is better than none
    held = held or {next((i for i in order if Classes(data).spare({i})), order[0])}
    taken = np.isin(np.arange(len(data)), list(held))
    return data.take(torch.from_numpy(np.flatnonzero(~taken))), data.take(torch.from_numpy(np.flatnonzero(taken)))


def chosen(near: "Near", order: list[int], wanted: int, classes: "Classes") -> set[int]:
    """At most `wanted` pictures with all their near-duplicates, in this order, as far as the classes spare them."""
    held: set[int] = set()
    for place, first in enumerate(order[: max(LEAST_LOOKS, LOOKS * wanted)]):
        room = wanted - len(held)
        if room == 0:
            break
        if place and place % CHUNK == 0:
            near.find(order[place : place + CHUNK])
        if first not in held and (group := near.group(first, min(room, BURST))) and classes.spare(group - held):
            held |= group
    return held


class Classes:
    """How many pictures of each class are left to learn from."""

    def __init__(self, data: ImageSet):
        self._labels = None if data.labels is None else data.labels.tolist()
        self._left = Counter(self._labels or [])

    def spare(self, pictures: set[int]) -> bool:
        """Take these pictures out if some of each of their classes are left then; whether they were taken."""
        if self._labels is None:
            return True
        taken = Counter(self._labels[i] for i in pictures)
        if any(self._left[label] <= count for label, count in taken.items()):
            return False
        self._left -= taken
        return True


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
        self.find(sample)
        self.find([j for i in sample for j in self._lists[i]])

    def group(self, first: int, most: int) -> set[int] | None:
        """The pictures linked to `first` by short steps, itself included; None if more than `most`."""
        group, frontier = {first}, [first]
        while frontier:
            self.find(frontier)
            if not all(self._lists[i] for i in frontier):
                return None
            found = {j for i in frontier for j in self._lists[i]}
            frontier = list(found - group)
            group |= found
            if len(group) > most:
                return None
        return group

    def find(self, pictures: list[int]) -> None:
        """Look for the near-duplicates of these pictures, all at once, which is many times faster than one by one."""
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
