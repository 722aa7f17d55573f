"""Short plays of a world as batches, a pure function of the step: endless, and drawn while the training goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from gan_models.pictures.images import to_tensor
from gan_models.play import KEEP
from gan_models.worlds import boat
from training.data.endless import EndlessSet


@dataclass(frozen=True)
class WorldData(EndlessSet):
    """A world to learn from. `episodes`: states met in recorded plays, () for plays by chance."""

    source: str = "drawn by gan_models.worlds"
    episodes: tuple[boat.State, ...] = ()


@dataclass(frozen=True)
class Play:
    """Frames uint8 (PAST + T, 64, 64, 3), the T actions between them and what came in, T numbers."""

    frames: np.ndarray
    actions: np.ndarray
    thrown: np.ndarray


class WorldBatches:
    """Plays of `steps` steps from states that a game meets in its middle; `rank`: of the process, which has its own."""

    def __init__(self, data: WorldData, batch: int, steps: int, seed: int, rank: int = 0) -> None:
        self.data, self.batch, self.steps, self.seed, self.rank = data, batch, steps, seed, rank

    def at(self, step: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Frames, actions and what is given, of a step from 0, as `training.games.gamegan.learning` wants them."""
        dice = np.random.default_rng([self.seed, step, self.rank])
        return packed([play(self._begin(dice), self.steps, dice) for _ in range(self.batch)])

    def _begin(self, dice: np.random.Generator) -> boat.State:
        known: Sequence[boat.State] = self.data.episodes
        if known and dice.random() < 0.5:
            return known[int(dice.integers(len(known)))]
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
    return Play(np.stack(frames), np.array(actions[1:]), np.array(thrown[1:]))


def packed(plays: Sequence[Play]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Plays of one length as a batch: what came, the actions, what was given."""
    frames = to_tensor(np.concatenate([one.frames for one in plays])).unflatten(0, (len(plays), -1))
    actions = torch.from_numpy(np.stack([one.actions for one in plays]))
    coming = torch.from_numpy(np.stack([[boat.coming_in(thrown) for thrown in one.thrown] for one in plays]))
    given = torch.cat([frames[:, :2].flatten(1, 2), coming.flatten(1, 2)], 1)
    return frames[:, 2:].flatten(1, 2), actions, given
