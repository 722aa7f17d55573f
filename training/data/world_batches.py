"""Short plays of a world as batches, a pure function of the step: endless, and drawn while the training goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch

from gan_models.pictures.images import to_tensor
from gan_models.play import KEEP
from gan_models.worlds import boat
from training.data.endless import EndlessSet

Drawn = tuple[torch.Tensor, torch.Tensor, torch.Tensor]
"""Frames, actions and what is given, as `training.games.gamegan.learning` wants them."""


class Plays(Protocol):
    """A world to learn from."""

    def drawn(self, batch: int, steps: int, dice: np.random.Generator) -> Drawn:
        """So many plays of `steps` steps each, from states that a game meets in its middle."""


@dataclass(frozen=True)
class WorldBatches:
    """Plays of `steps` steps by the step of the training; `rank`: of the process, which has its own."""

    plays: Plays
    batch: int
    steps: int
    seed: int
    rank: int = 0

    def at(self, step: int) -> Drawn:
        """The plays of a step from 0."""
        return self.plays.drawn(self.batch, self.steps, np.random.default_rng([self.seed, step, self.rank]))


@dataclass(frozen=True)
class Play:
    """Frames uint8 (PAST + T, 64, 64, 3), the T actions between them, and what came in: float32 (T, kinds, 64, 64)."""

    frames: np.ndarray
    actions: np.ndarray
    coming: np.ndarray


@dataclass(frozen=True)
class BoatPlays(EndlessSet):
    """The boat's river, which is played along. `episodes`: states met in recorded plays, () for plays by chance."""

    source: str = "drawn by gan_models.worlds"
    episodes: tuple[boat.State, ...] = ()

    def drawn(self, batch: int, steps: int, dice: np.random.Generator) -> Drawn:
        """Plays by chance, every other one from a recorded state where there are such."""
        return packed([play(self._begin(dice), steps, dice) for _ in range(batch)])

    def _begin(self, dice: np.random.Generator) -> boat.State:
        if self.episodes and dice.random() < 0.5:
            return self.episodes[int(dice.integers(len(self.episodes)))]
        return boat.anywhere(dice)


def play(state: boat.State, steps: int, dice: np.random.Generator) -> Play:
    """A play by chance from a state on."""
    game, action = boat.Boat(state, int(dice.integers(2**31))), int(dice.integers(len(boat.ACTIONS)))
    frames, actions, thrown = [game.frame()], [], []
    for _ in range(steps + 1):
        action = action if dice.random() < KEEP else int(dice.integers(len(boat.ACTIONS)))
        thrown.append(game.thrown())
        actions.append(action)
        frames.append(game.step(action, thrown[-1])[0])
    # The first step only gave the second frame.
    return Play(np.stack(frames), np.array(actions[1:]), np.stack([boat.coming_in(one) for one in thrown[1:]]))


def packed(plays: Sequence[Play]) -> Drawn:
    """Plays of one length as a batch: what came, the actions, what was given."""
    frames = to_tensor(np.concatenate([one.frames for one in plays])).unflatten(0, (len(plays), -1))
    actions = torch.from_numpy(np.stack([one.actions for one in plays]))
    coming = torch.from_numpy(np.stack([one.coming for one in plays]))
    given = torch.cat([frames[:, :2].flatten(1, 2), coming.flatten(1, 2)], 1)
    return frames[:, 2:].flatten(1, 2), actions, given
