"""Crafter (Hafner 2021, "Benchmarking the spectrum of agent capabilities"): a land to explore, 64 px a side.

The game is the package `crafter`, which whoever plays it installs; here it is put behind the calls of a world. Two
things are otherwise: it is always noon, since its nights are covered with noise of every pixel, and whoever dies begins
anew in another land. Its own dice lie within the package and cannot be given: what the network is thrown is noise, a
number for each tile, that a seed decides.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from PIL import Image

from gan_models.checks import is_whole
from gan_models.errors import RequestError
from gan_models.worlds.world import MOST_STEPS, SIDE, SIGNS, Step, World

ACTIONS = (
    "noop", "move_left", "move_right", "move_up", "move_down", "do", "sleep", "place_stone", "place_table",
    "place_furnace", "place_plant", "make_wood_pickaxe", "make_stone_pickaxe", "make_iron_pickaxe", "make_wood_sword",
    "make_stone_sword", "make_iron_sword",
)  # fmt: skip
"""As the package has them, in its order."""
KEYS = {
    "ArrowLeft": "move_left", "ArrowRight": "move_right", "ArrowUp": "move_up", "ArrowDown": "move_down", " ": "do",
    "z": "sleep", "r": "place_stone", "t": "place_table", "f": "place_furnace", "p": "place_plant",
    "1": "make_wood_pickaxe", "2": "make_stone_pickaxe", "3": "make_iron_pickaxe", "4": "make_wood_sword",
    "5": "make_stone_sword", "6": "make_iron_sword",
}  # fmt: skip
TILE, ACROSS, DOWN = 7, 9, 7
"""Pixels of a tile; tiles of the land that are seen from west to east and from north to south. Two rows of what is
carried lie below them, and one line of pixels at either end is empty."""
SAME = 4.0
"""Mean levels by which a tile may be off: of two that differ, none are that near."""
MOST_REPLAYED, PATIENCE = 3000, 5.0
"""Steps of a game that is played again from its seed, some hundred a second; and seconds to wait for one's turn."""
SHEET_PAIRS = 16
"""Beginnings of dreams in crafter.png, side by side, the older frame above."""
KEPT = 64
"""Games that wait for their next step, 0.2 MB each: one that is not there any more is played again from its seed."""


@dataclass
class Crafter:
    """The game. `reset(seed)` gives the first frame, `step(action)` the next, each uint8 (64, 64, 3).

    A seed and the actions so far are all of it.
    """

    seed: int = 0
    actions: list[int] = field(default_factory=list)
    land: Any = None
    """The package's own environment."""

    def reset(self, seed: int) -> np.ndarray:
        """Begin anew, in the land that follows from the seed; RequestError without the package."""
        self.seed, self.actions, self.land = seed, [], land_of(seed)
        return self.land.reset()

    def thrown(self) -> int:
        """What the network is thrown next: noise, by its own seed."""
        return dice(self.seed, len(self.actions))

    def step(self, action: int, thrown: int | None = None) -> Step:
        """(frame, reward, over, what was achieved): over means that the frame is the first one of another land.

        What is `thrown` is the network's; the game goes by its own dice.
        """
        before = sum(self.land._player.achievements.values())
        frame, reward, over, told = self.land.step(action)
        self.actions.append(action)
        achieved = sum(told["achievements"].values()) > before
        return (self.land.reset() if over else frame), float(reward), bool(over), {"achieved": achieved}


def land_of(seed: int) -> Any:
    """The package's environment at an endless noon, to be reset; RequestError without the package."""
    try:
        import crafter
    except ImportError:
        raise RequestError("The true Crafter is a package of its own: pip install crafter") from None

    class Noon(crafter.Env):
        def _update_time(self) -> None:
            self._world.daylight = 1.0

        def _balance_object(self, chunk: Any, creatures: Any, *rest: Any) -> None:
            # They come as a set, whose order is that of their addresses: no game could be played again.
            super()._balance_object(chunk, sorted(creatures, key=lambda one: tuple(one.pos)), *rest)

    return Noon(seed=seed, length=None)


def dice(seed: int, step: int) -> int:
    """What is thrown at a step: the seed of the noise that comes in."""
    return int(np.random.default_rng([seed, step]).integers(2**31))


def coming_in(thrown: int) -> np.ndarray:
    """What is thrown as a network is given it: float32 (1, 64, 64), a standard normal number for each tile."""
    return enlarged(np.random.default_rng(thrown).standard_normal((DOWN + 2, ACROSS), np.float32))[None]


def enlarged(tiles: np.ndarray) -> np.ndarray:
    """A number a tile (..., 9, 9) as pixels (..., 64, 64), 0 in the lines at the ends."""
    out = np.zeros((*tiles.shape[:-2], SIDE, SIDE), tiles.dtype)
    out[..., : TILE * (DOWN + 2), : TILE * ACROSS] = tiles.repeat(TILE, -2).repeat(TILE, -1)
    return out


def starts(seed: int) -> np.ndarray:
    """The first two frames of a dream, uint8 (2, 64, 64, 3): out of a sheet of those that were met at noon, so that one
    dreams without the package too."""
    return _sheet()[seed % SHEET_PAIRS]


@cache
def _sheet() -> np.ndarray:
    """Its pairs, uint8 (SHEET_PAIRS, 2, 64, 64, 3)."""
    with Image.open(Path(__file__).with_name("crafter.png"), formats=("PNG",)) as picture:
        sheet = np.asarray(picture.convert("RGB"))
    return sheet.reshape(2, SIDE, SHEET_PAIRS, SIDE, 3).transpose(2, 0, 1, 3, 4)


def agreement(true: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """The share of the land's 63 tiles that are the same in frames (..., 64, 64, 3), shaped (...)."""
    return (np.abs(tiles_of(true).astype(int) - tiles_of(drawn)).mean(-1) < SAME).mean((-2, -1))


def tiles_of(frames: np.ndarray) -> np.ndarray:
    """The land's tiles of frames (..., 64, 64, 3), (..., 7, 9, 147)."""
    land = frames[..., : DOWN * TILE, : ACROSS * TILE, :]
    return (
        land.reshape(*land.shape[:-3], DOWN, TILE, ACROSS, TILE, 3)
        .swapaxes(-4, -3)
        .reshape(*land.shape[:-3], DOWN, ACROSS, -1)
    )


def pack(game: Crafter) -> str:
    """The actions of a game as a text, a sign each; the game waits for its next step."""
    text = "".join(SIGNS[action] for action in game.actions)
    WAITING.put(game, text)
    return text


def unpack(text: str, seed: int) -> Crafter:
    """The game of a seed after the actions that `pack` said; RequestError for other text."""
    if not isinstance(text, str) or len(text) > MOST_STEPS or not set(text) <= set(SIGNS[: len(ACTIONS)]):
        raise RequestError("The state of the game is damaged; begin anew.")
    if not is_whole(seed, 0, 2**63):
        raise RequestError("The seed of the game is out of range; begin anew.")
    return WAITING.take(text, seed) or replayed(text, seed)


def replayed(text: str, seed: int) -> Crafter:
    """A game played again from its beginning; RequestError where that would take too long."""
    if len(text) > MOST_REPLAYED:
        raise RequestError(f"Only the first {MOST_REPLAYED:,} steps of this game can be gone back to; begin anew.")
    # Nobody's waiting may hold up what else the server has to answer.
    if not _REPLAYING.acquire(timeout=PATIENCE):
        raise RequestError("Another game is being gone back to just now; try again in a moment.")
    try:
        game = Crafter()
        game.reset(seed)
        for sign in text:
            game.step(SIGNS.index(sign))
    finally:
        _REPLAYING.release()
    return game


_REPLAYING = threading.Lock()
"""One at a time: it takes a core for seconds."""


class Waiting:
    """The games of the last players, so that a next step costs one step. A game is handed out once."""

    def __init__(self) -> None:
        self._games: OrderedDict[tuple[int, str], Crafter] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, game: Crafter, text: str) -> None:
        with self._lock:
            self._games[game.seed, text] = game
            while len(self._games) > KEPT:
                self._games.popitem(last=False)

    def take(self, text: str, seed: int) -> Crafter | None:
        with self._lock:
            game = self._games.pop((seed, text), None)
        # Whoever put it there may have played on.
        return game if game is not None and len(game.actions) == len(text) else None


WAITING = Waiting()

CRAFTER = World(
    name="crafter",
    hint="The arrow keys walk, the space bar does: gather wood, water and food; T places a table, 1 to 6 make tools.",
    actions=ACTIONS,
    keys=MappingProxyType(KEYS),
    kinds=1,
    game=Crafter,
    coming_in=coming_in,
    dice=dice,
    starts=starts,
    pack=pack,
    unpack=unpack,
    package="crafter",
    pace=5,
    tiles=agreement,
)
