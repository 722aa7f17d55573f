"""What a world is to everybody else: its game, the keys it is played with, and where it begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Protocol

import numpy as np

SIDE = 64
"""Of every world's frames, in pixels."""
MOST_STEPS = 20_000
"""Of a play."""
SIGNS = "0123456789abcdefghijklmnopqrstuvwxyz"
"""What an action is in the text of a play, by its number."""

Step = tuple[np.ndarray, float, bool, dict[str, bool]]
"""The next frame uint8 (64, 64, 3), the reward, whether the game is over, and what happened by name."""


class Game(Protocol):
    """A game that is played by two calls, as in gymnasium; who has its seed and state can go on from there."""

    def reset(self, seed: int) -> np.ndarray:
        """Begin anew: the first frame, uint8 (64, 64, 3)."""
        ...

    def thrown(self) -> int:
        """What the dice bring next, a whole number from 0 on: the network is thrown the same."""
        ...

    def step(self, action: int, thrown: int | None = None) -> Step:
        """Go on by an action, where the dice bring `thrown`; None: what they bring by themselves."""
        ...


@dataclass(frozen=True)
class World:
    """One game that a network learns.

    `name`: in a weight's config; `hint`: how it is played, in a sentence. `actions`: names in the order of their
    numbers, the first one is doing nothing. `keys`: the action of a key that is held, by the keyboard's name for it.
    `kinds`: planes of what comes in.
    """

    name: str
    hint: str
    actions: tuple[str, ...]
    keys: Mapping[str, str]
    kinds: int
    game: Callable[[], Game]
    """A game, to be reset."""
    coming_in: Callable[[int], np.ndarray]
    """What was thrown as a network is given it: float32 (kinds, 64, 64)."""
    dice: Callable[[int, int], int]
    """(seed, step) -> what is thrown where no true game runs: in a dream."""
    starts: Callable[[int], np.ndarray]
    """A seed's two first frames of a dream, uint8 (2, 64, 64, 3), the older one first."""
    pack: Callable[..., str]
    """A game as a text that `unpack` goes on from."""
    unpack: Callable[[str, int], Game]
    """(text, seed) -> the game; RequestError for other text."""
    place: Callable[[np.ndarray], tuple[float, float] | None] | None = None
    """Where the hero is in a frame as (x, y), None where it cannot be seen; no function where it never moves."""
    package: str | None = None
    """What must be installed to play the true game; None: nothing more."""
    pace: int = 15
    """Steps a second at which a person plays."""
    side: int = SIDE
    tiles: Callable[[np.ndarray, np.ndarray], np.ndarray] | None = None
    """(true frame, drawn one) -> the share of tiles that are the same, a scalar; None: it has no tiles."""

    def here(self) -> bool:
        """Whether the true game can be played on this computer."""
        return self.package is None or find_spec(self.package) is not None
