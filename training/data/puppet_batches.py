"""Drawn figures in two poses each as batches, a pure function of the step: endless, drawn during the training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from gan_models.pictures.images import to_tensor
from gan_models.puppets.skeleton import draw_skeleton
from training.data.figures import Figure
from training.data.puppets import picture
from training.data.stances import Stance

PAIRS = 3
"""Pairs of frames that are drawn of each figure."""
STEPS = 4
"""Steps for which a figure is shown, each time with another pair and another picture to know it by."""


@dataclass(frozen=True)
class Sitting:
    """A figure in several poses: `joints` (2 P, 15, 2), those of a pair behind each other, and what is painted."""

    figure: Figure
    joints: np.ndarray
    size: int
    _painted: dict[int, np.ndarray] = field(default_factory=dict)

    @classmethod
    def by_chance(cls, number: int, size: int, dice: np.random.Generator, pairs: int = PAIRS) -> Sitting:
        """The figure of a number in poses that the dice choose."""
        figure, stances = Figure.number(number), []
        for _ in range(pairs):
            stance = Stance.by_chance(dice)
            stances += [stance, stance.moved(dice)]
        return cls(figure, np.stack([stance.joints(figure.build) for stance in stances]), size)

    def picture(self, row: int) -> np.ndarray:
        """In one of its poses: uint8 (size, size, 3)."""
        if row not in self._painted:
            self._painted[row] = picture(self.figure, self.joints[row], self.size)
        return self._painted[row]

    @cached_property
    def ground(self) -> np.ndarray:
        """What stands behind it."""
        return picture(self.figure, None, self.size)


@dataclass(frozen=True)
class Pair:
    """Two frames of a sitting, those from row `first` on, and the row of the picture that the figure is known by."""

    sitting: Sitting
    first: int
    known_by: int


class PuppetBatches:
    """Pairs of frames; `rank` of `world` processes has figures of its own."""

    def __init__(self, size: int, batch: int, seed: int, rank: int = 0, world: int = 1) -> None:
        self.size, self.batch, self.seed, self.rank, self.world = size, batch, seed, rank, world
        self._group, self._sittings = -1, []

    def at(self, step: int) -> tuple[Tensor, Tensor, Tensor]:
        """Of a step from 0, as `training.games.pose2person.dancing` wants them."""
        group, turn = divmod(step, STEPS)
        if group != self._group:
            first = ((group * self.world + self.rank) * self.batch) % 10**9
            dice = np.random.default_rng([self.seed, group, self.rank])
            self._sittings = [Sitting.by_chance(first + n, self.size, dice) for n in range(self.batch)]
            self._group = group
        pair = turn % PAIRS
        other = (2 * pair + 2 + turn // PAIRS + step % 2) % (2 * PAIRS)
        return packed([Pair(sitting, 2 * pair, other) for sitting in self._sittings])


def packed(pairs: Sequence[Pair]) -> tuple[Tensor, Tensor, Tensor]:
    """Pairs as a batch: their frames (N, 6, S, S), the joints (N, 3, 15, 2) of what they are known by and of both
    frames, and what is given (N, 12, S, S): the picture they are known by, the ground, both skeletons."""
    frames, joints, given = [], [], []
    for pair in pairs:
        sitting, rows = pair.sitting, (pair.first, pair.first + 1)
        frames.append([sitting.picture(row) for row in rows])
        joints.append(sitting.joints[[pair.known_by, *rows]])
        skeletons = [draw_skeleton(sitting.joints[row], sitting.size) for row in rows]
        given.append([sitting.picture(pair.known_by), sitting.ground, *skeletons])
    stacked = (to_tensor(np.stack([one for row in rows for one in row])) for rows in (frames, given))
    images, source = (x.unflatten(0, (len(pairs), -1)).flatten(1, 2) for x in stacked)
    return images, torch.from_numpy(np.stack(joints)), source
