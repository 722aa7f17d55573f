"""How alike two films of a game of tiles are: tile by tile, since a tile is right or wrong, and in decibels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from gan_models.pictures.images import to_tensor, to_uint8
from gan_models.play import likeness
from gan_models.weight.model import Model
from gan_models.worlds.crafter import ACROSS, DOWN, SAME, TILE, coming_in, dice, enlarged, tiles_of
from training.data.crafter_batches import noise_of
from training.data.crafter_dice import parts
from training.data.crafter_plays import Recorded

HERO = DOWN // 2, ACROSS // 2
"""Where the player always is: its row and its column."""


@dataclass(frozen=True)
class Pieces:
    """One piece of each play: true frames uint8 (N, 2 + T, 64, 64, 3), actions (N, T), and noise float32
    (N, T, 1, 64, 64) as it must have been thrown."""

    frames: np.ndarray
    actions: np.ndarray
    told: np.ndarray

    def drawn(self, model: Model, noise: np.ndarray) -> np.ndarray:
        """What a network draws of them from their first two frames on, uint8 (N, T, 64, 64, 3)."""
        out, last = [], self.frames[:, :2]
        for action, coming in zip(self.actions.T, noise.swapaxes(0, 1)):
            frame = drawn_after(model, last, action, coming)
            out.append(frame)
            last = np.stack([last[:, 1], frame], 1)
        return np.stack(out, 1)

    def by_chance(self, seed: int) -> np.ndarray:
        """Noise as it is thrown in a play, where nobody knows what is to come; shaped as `told`."""
        count, steps = self.actions.shape
        return np.stack([[coming_in(dice(seed + number, step)) for step in range(steps)] for number in range(count)])


@torch.inference_mode()
def drawn_after(model: Model, last: np.ndarray, action: np.ndarray, coming: np.ndarray) -> np.ndarray:
    """The next frames uint8 (N, 64, 64, 3) after the last two (N, 2, 64, 64, 3)."""
    given = to_tensor(last.reshape(-1, *last.shape[2:])).unflatten(0, last.shape[:2]).flatten(1, 2)
    parts = given, torch.from_numpy(action.astype(np.int64)), torch.from_numpy(coming)
    return to_uint8(model.drawing_generator(*(part.to(model.device) for part in parts)).float().cpu())


def pieces(plays: Recorded, steps: int) -> Pieces:
    """The beginning of each play that lasts so long."""
    ends, dice = parts(plays), np.random.default_rng(0)
    firsts = np.unique(plays.play, return_index=True)[1]
    firsts = firsts[np.bincount(plays.play) >= steps + 2]
    rows = firsts[:, None] + np.arange(steps + 2)
    told = enlarged(noise_of(ends[rows[:, 2:]], dice))[:, :, None]
    return Pieces(plays.frames[rows], plays.actions[rows[:, 2:]], told)


def likenesses(true: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Of frames (N, T, 64, 64, 3) each, in dB, (N, T)."""
    return np.array([[likeness(*pair) for pair in zip(*films)] for films in zip(true, drawn)])


def heroes(frames: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Whether the player is in the middle of frames (N, 64, 64, 3): a tile that is there in frames `known`."""
    seen = np.unique(tiles_of(known)[..., *HERO, :].reshape(-1, TILE * TILE * 3), axis=0).astype(int)
    return np.array([(np.abs(seen - tile).mean(-1) < SAME).any() for tile in tiles_of(frames)[..., *HERO, :]])


def wandering(model: Model, plays: Pieces, steps: int, seed: int) -> Iterator[np.ndarray]:
    """The network alone for so many steps, a frame each, by what the players of the pieces did, one after the other."""
    last, actions = plays.frames[0, :2], plays.actions.ravel()
    for step in range(steps):
        coming = coming_in(dice(seed, step))[None]
        frame = drawn_after(model, last[None], actions[[step % len(actions)]], coming)[0]
        yield frame
        last = np.stack([last[1], frame])
