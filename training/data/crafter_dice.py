"""Which noise a recorded play of Crafter must have been thrown, had what was decided by chance been decided by it.

A number for each tile decides what comes into view there, where who stands there goes, or whether what is counted there
grows: each way it may go has a part of the numbers from 0 to 1, as long as it is likely. The noise that is learned
with lies within the part of what came to pass, and over all of them it is plain noise: as it is in a play, where nobody
knows yet what is to come. What follows from the frames and the action has no part of its own.
"""

from __future__ import annotations

import numpy as np

from gan_models.worlds.crafter import ACROSS, DOWN, TILE
from training.data.crafter_plays import Recorded

GROUNDS, WALKERS = 13, (14, 15, 16)
"""Kinds of ground, 0 beyond the end; and who walks by chance: cow, zombie, skeleton."""
WAYS = ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1))
"""Rows and columns of a step; the first one is none."""
COUNTED, RISING = (0, 1, 2, 3), (0, 3)
"""What grows less by itself: health, food, drink, energy, by their places among what is carried; what also grows."""
GRAY = 10.0
"""Levels between the colours of a land, in the mean, below which it is seen by somebody who sleeps."""
FREE = -1


def parts(plays: Recorded) -> np.ndarray:
    """Of each tile and frame the part that its number lies in, as its ends: float32 (N, 9, 9, 2), from 0 to 1."""
    asked, came = (np.full((len(plays), DOWN + 2, ACROSS), FREE) for _ in range(2))
    going_on = np.flatnonzero(np.diff(plays.play) == 0) + 1
    for number in going_on:
        _revealed(plays, number, asked[number], came[number])
        _walked(plays, number, asked[number], came[number])
    sleeps = asleep(plays.frames[going_on - 1])
    for place in COUNTED:
        asked[going_on, DOWN, place] = 2000 + place + len(COUNTED) * sleeps
        change = np.sign(plays.life[going_on, place].astype(int) - plays.life[going_on - 1, place])
        # More to eat and to drink is what the player did.
        came[going_on, DOWN, place] = change if place in RISING else np.minimum(change, 0)
    return shared_out(asked, came)


def asleep(frames: np.ndarray) -> np.ndarray:
    """Whether the player of each frame (N, 64, 64, 3) sleeps: bool (N,)."""
    land = frames[:, : DOWN * TILE, : ACROSS * TILE]
    return np.array([np.ptp(one, -1).mean() < GRAY for one in land], bool)


def _revealed(plays: Recorded, number: int, asked: np.ndarray, came: np.ndarray) -> None:
    """What came into view: asked is by the ground that was at the edge before, where the view ended."""
    columns, rows = plays.moved[number]
    new = np.zeros((DOWN, ACROSS), bool)
    if columns:
        new[:, -1 if columns > 0 else 0] = True
    if rows:
        new[-1 if rows > 0 else 0] = True
    asked[:DOWN][new] = plays.land[number - 1][new]
    came[:DOWN][new] = (plays.land[number].astype(int) + GROUNDS * plays.who[number])[new]


def _walked(plays: Recorded, number: int, asked: np.ndarray, came: np.ndarray) -> None:
    """Where those went who stood in view, asked by who they are. Who is gone altogether was struck, or left."""
    columns, rows = plays.moved[number]
    before, after = plays.who[number - 1], plays.who[number]
    for row, column in np.argwhere(np.isin(before, WALKERS)):
        kind, y, x = int(before[row, column]), row - rows, column - columns
        if not _inside(y, x):
            continue
        for way, (down, right) in enumerate(WAYS):
            stood = _inside(row + down, column + right) and before[row + down, column + right] == kind
            if _inside(y + down, x + right) and after[y + down, x + right] == kind and (way == 0 or not stood):
                asked[y, x], came[y, x] = 1000 + kind, way
                break


def _inside(row: int, column: int) -> bool:
    return 0 <= row < DOWN and 0 <= column < ACROSS


def shared_out(asked: np.ndarray, came: np.ndarray) -> np.ndarray:
    """The numbers from 0 to 1 shared out, for each thing asked, among what came of it, as often as it did."""
    ends = np.zeros((*asked.shape, 2), np.float32)
    ends[..., 1] = 1
    for question in np.unique(asked[asked != FREE]):
        here = asked == question
        _, which, counts = np.unique(came[here], return_inverse=True, return_counts=True)
        marks = np.concatenate([[0], counts.cumsum()]) / counts.sum()
        ends[here] = np.stack([marks[which], marks[which + 1]], -1)
    return ends
