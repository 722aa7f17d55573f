"""Recorded plays of Crafter as batches: pieces of them, each with noise as it must have been thrown."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch

from gan_models.errors import TrainingError
from gan_models.play import Episode
from gan_models.worlds.crafter import ACROSS, CRAFTER, DOWN, TILE, enlarged
from training.data.crafter_dice import parts
from training.data.crafter_plays import Recorded, Walk, joined, record, recorded
from training.data.endless import EndlessSet
from training.data.world_batches import Drawn, Play, packed

HELD_OUT = 6
"""Plays that nothing is learned from."""
NEVER_SURE = 1e-4
"""How near to 0 and 1 the share of a number may come: noise has no ends."""


@dataclass(frozen=True)
class CrafterPlays(EndlessSet):
    """Plays to learn from; `ends`: as of `crafter_dice.parts`."""

    source: str = "played by gan_models.worlds in the package crafter by Danijar Hafner"
    licence: str = "MIT"
    told: tuple[str, ...] = ("recorded by chance, by day",)
    things: str = "frames"
    plays: Recorded | None = None
    ends: np.ndarray | None = None

    def drawn(self, batch: int, steps: int, dice: np.random.Generator) -> Drawn:
        """Pieces of so many steps, as `training.games.gamegan.learning` wants them."""
        begins = self.begins(steps)
        return packed([self.piece(int(first), steps, dice) for first in begins[dice.integers(len(begins), size=batch)]])

    def piece(self, first: int, steps: int, dice: np.random.Generator) -> Play:
        """The piece of `steps` steps after two frames from `first` on."""
        plays, learned = self.plays, slice(first + 2, first + 2 + steps)
        noise = enlarged(noise_of(self.ends[learned], dice))[:, None]
        return Play(plays.frames[first : learned.stop], plays.actions[learned].astype(np.int64), noise)

    def begins(self, steps: int) -> np.ndarray:
        """Where pieces of so many steps begin: within one play."""
        play = self.plays.play
        if not len(begins := np.flatnonzero(play[: -steps - 1] == play[steps + 1 :])):
            raise TrainingError(f"No recorded play is {steps + 2} frames long; record more of them.")
        return begins


def noise_of(ends: np.ndarray, dice: np.random.Generator) -> np.ndarray:
    """Normal numbers float32 (...) whose shares lie between their ends (..., 2)."""
    low, high = np.moveaxis(ends, -1, 0)
    share = (low + (high - low) * dice.random(low.shape, np.float32)).clip(NEVER_SURE, 1 - NEVER_SURE)
    return torch.special.ndtri(torch.from_numpy(share)).numpy()


def read(frames: int, episodes: Sequence[Episode]) -> tuple[CrafterPlays, CrafterPlays]:
    """To learn from, people's plays before those by chance; and the last plays by chance, which are held out."""
    plays, digest = recorded(frames)
    if episodes:
        plays = joined(record(walk_of(episode) for episode in episodes), plays)
        digest = hashlib.sha256(f"{digest}{episodes}".encode()).hexdigest()
    ends, kept = parts(plays), plays.play > plays.play.max() - HELD_OUT
    learned, held_out = (
        CrafterPlays("the world crafter", digest, int(rows.sum()), plays=only(plays, rows), ends=ends[rows])
        for rows in (~kept, kept)
    )
    return learned, held_out


def palette(plays: Recorded, most: int) -> np.ndarray:
    """The tiles that are seen most often, uint8 (K, 7, 7, 3), at most so many."""
    side, signs = DOWN + 2, np.random.default_rng(0).integers(2**63, size=TILE * TILE * 3, dtype=np.uint64)
    tiles = plays.frames[:, : side * TILE, : ACROSS * TILE].reshape(-1, side, TILE, ACROSS, TILE, 3).swapaxes(2, 3)
    tiles = tiles.reshape(len(plays), side * ACROSS, -1)
    # A number for each tile: thousands of times fewer than their pixels to sort.
    hashes = np.concatenate([(frame * signs).sum(-1) for frame in tiles])
    _, first, counts = np.unique(hashes, return_index=True, return_counts=True)
    return tiles.reshape(len(hashes), TILE, TILE, 3)[first[np.argsort(-counts, kind="stable")[:most]]]


def walk_of(episode: Episode) -> Walk:
    """The walk that a recorded play is, played again."""
    return ((game, action) for game, action, _ in episode.steps(CRAFTER))


def only(plays: Recorded, rows: np.ndarray) -> Recorded:
    """Some of the moments."""
    return Recorded(*(getattr(plays, field.name)[rows] for field in fields(Recorded)))
