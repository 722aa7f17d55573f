"""A boat on a river: coins to collect, rocks to avoid. Drawn in numpy, 64 px a side, thousands of frames a second.

Everything that decides on the next frame can be seen in the last two: where the boat is, what comes down the river, how
many coins were collected, how long ago a rock was hit, how far the water has run. What the river brings is thrown by
dice, and these may be given from outside: a game and a network that has learned it can be thrown the same.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from gan_models.checks import is_whole
from gan_models.errors import RequestError
from gan_models.worlds.world import SIDE, World

ACTIONS = ("stay", "left", "right")
KINDS = ("coin", "rock")
PLACES = 7
"""Where things come in, from bank to bank."""
DICE = 1 + len(KINDS) * PLACES
"""Faces: nothing, a coin at each place, a rock at each."""
SPEED, TOP, GONE = 2, 6, 62
"""Pixels a step, of the boat and of what the river brings; the rows where things come in and where they leave."""
LEFT, RIGHT, ROW = 4, 52, 47
"""Between which columns the boat's left edge goes, and its upper edge."""
RUN = 24
"""Steps after which the water looks the same."""
PURSE, SHOCK = 8, 6
"""Coins that can be carried, and the steps for which a rock is felt: the purse is empty and the boat passes through."""
NEARBY = 0.6
"""How often a state in the middle has the boat right below something: by chance little would be met."""
APART, OFTEN = 8, 0.35
"""Least steps between two things, and how likely one comes when they are over."""

NUMBERS = {
    "x": (LEFT, RIGHT), "purse": (0, PURSE), "shock": (0, SHOCK), "run": (0, RUN - 1), "since": (0, 10**9),
    "turn": (0, 10**9),
}  # fmt: skip
"""The numbers of a state, each with its least and its largest."""

_SHAPES = {
    "boat": [
        "...##...",
        "..####..",
        "..#oo#..",
        ".##oo##.",
        ".##oo##.",
        ".######.",
        ".######.",
        ".######.",
        ".#....#.",
    ],
    "coin": [".####.", "##++##", "#++++#", "#++++#", "##++##", ".####."],
    "rock": ["..###...", ".#####..", "##-#####", "#--#####", "########", "########", ".######.", "..####.."],
}
_COLOURS = {
    "boat": {"#": (224, 82, 52), "o": (250, 238, 220)},
    "coin": {"#": (226, 160, 32), "+": (255, 224, 96)},
    "rock": {"#": (92, 88, 92), "-": (140, 136, 140)},
}
HULL = _COLOURS["boat"]["#"]
_WATER, _FOAM, _BANK, _BAR, _EMPTY = (46, 110, 166), (84, 148, 198), (74, 132, 70), (30, 34, 44), (62, 68, 82)
_ALARM = (214, 40, 40)


@dataclass(frozen=True)
class Thing:
    """A coin or a rock, its upper left corner."""

    kind: str
    x: int
    y: int


@dataclass(frozen=True)
class State:
    """All there is: the boat's left edge, what is on the river, coins in the purse, steps of shock left, how far the
    water has run, the steps since something came, and all steps since the beginning."""

    x: int = 28
    things: tuple[Thing, ...] = ()
    purse: int = 0
    shock: int = 0
    run: int = 0
    since: int = 0
    turn: int = 0

    def to_json(self) -> dict[str, Any]:
        """This state as a JSON object."""
        words = {name: getattr(self, name) for name in NUMBERS}
        return words | {"things": [[thing.kind, thing.x, thing.y] for thing in self.things]}

    @classmethod
    def from_json(cls, words: Any) -> State:
        """The state that `to_json` wrote; RequestError for anything else."""
        try:
            things = tuple(Thing(kind, x, y) for kind, x, y in words["things"])
            state = cls(things=things, **{name: words[name] for name in NUMBERS})
        except (TypeError, KeyError, ValueError):
            raise RequestError("The state of the game is damaged; begin anew.") from None
        known = all(is_whole(getattr(state, name), *bounds) for name, bounds in NUMBERS.items())
        on_river = all(t.kind in KINDS and is_whole(t.x, 0, SIDE) and is_whole(t.y, 0, SIDE) for t in things)
        if not (known and on_river and len(things) <= SIDE):
            raise RequestError("The state of the game is out of range; begin anew.")
        return state


@dataclass
class Boat:
    """The game. `reset(seed)` gives the first frame, `step(action)` the next, each uint8 (64, 64, 3).

    A seed and a state are all of it: who has them can go on from there.
    """

    state: State = field(default_factory=State)
    seed: int = 0

    def reset(self, seed: int) -> np.ndarray:
        """Begin anew; what the river brings follows from the seed."""
        self.state, self.seed = State(), seed
        return self.frame()

    def thrown(self) -> int:
        """What the river brings next: 0 for nothing, else 1 + kind * PLACES + place."""
        if self.state.since < APART:
            return 0
        dice = np.random.default_rng([self.seed, self.state.turn])
        return int(dice.integers(1, DICE)) if dice.random() < OFTEN else 0

    def step(self, action: int, thrown: int | None = None) -> tuple[np.ndarray, int, bool, dict[str, bool]]:
        """(frame, reward, over, what happened): a coin is 1, a rock -1; the game is never over.

        `thrown`: what the river brings (see `thrown`); by default by the game's own dice.
        """
        before = self.state
        thrown = self.thrown() if thrown is None else thrown
        moved = before.x + SPEED * (0, -1, 1)[action]
        x, here = min(RIGHT, max(LEFT, moved)), [replace(t, y=t.y + SPEED) for t in before.things]
        met = [thing for thing in here if _touch(thing, x)]
        coin, rock = (any(t.kind == kind for t in met) for kind in KINDS)
        rock = rock and not before.shock
        kept = [t for t in here if t.y < GONE and not (t in met and (t.kind == "coin" or rock))]
        if thrown:
            kind, place = divmod(thrown - 1, PLACES)
            kept.append(Thing(KINDS[kind], column(KINDS[kind], place), TOP))
        purse = 0 if rock else min(PURSE, before.purse + coin)
        shock = SHOCK if rock else max(0, before.shock - 1)
        since = 0 if thrown else before.since + 1
        self.state = State(x, tuple(kept), purse, shock, (before.run + 1) % RUN, since, before.turn + 1)
        return self.frame(), int(coin) - int(rock), False, {"coin": coin, "rock": rock}

    def frame(self) -> np.ndarray:
        """How it looks now."""
        state, out = self.state, _RIVER[self.state.run].copy()
        if state.shock:
            share = state.shock / SHOCK
            out[:5] = [round(a + (b - a) * share) for a, b in zip(_BAR, _ALARM)]
        for place in range(PURSE):
            out[1:4, 5 + 7 * place : 9 + 7 * place] = _COLOURS["coin"]["+"] if place < state.purse else _EMPTY
        for thing in state.things:
            _lay(out, thing.kind, thing.x, thing.y)
        _lay(out, "boat", state.x, ROW)
        return out


def column(kind: str, place: int) -> int:
    """The left edge of a thing that comes in at a place."""
    return 5 + 8 * place - (0 if kind == "coin" else 1)


def footprint(thrown: int) -> tuple[int, slice, slice] | None:
    """Where what is thrown comes in: the number of its kind, rows and columns; None for nothing."""
    if not thrown:
        return None
    kind, place = divmod(thrown - 1, PLACES)
    height, width = _MASKS[KINDS[kind]].shape
    x = column(KINDS[kind], place)
    return kind, slice(TOP, TOP + height), slice(x, x + width)


def coming_in(thrown: int) -> np.ndarray:
    """What is thrown as a network is given it: float32 (kinds, 64, 64), 1 where a thing of a kind comes in."""
    out = np.zeros((len(KINDS), SIDE, SIDE), np.float32)
    if place := footprint(thrown):
        kind, rows, columns = place
        out[kind, rows, columns] = 1
    return out


def anywhere(dice: np.random.Generator) -> State:
    """A state as it might be met in the middle of a game, more often than there with something that is met at once."""
    things = []
    row = TOP + SPEED * int(dice.integers(0, 9))
    while row < GONE - SPEED:
        kind = KINDS[int(dice.integers(2))]
        things.append(Thing(kind, column(kind, int(dice.integers(PLACES))), row))
        row += SPEED * int(APART + dice.geometric(OFTEN))
    x = LEFT + SPEED * int(dice.integers((RIGHT - LEFT) // SPEED + 1))
    if dice.random() < NEARBY:
        kind = KINDS[int(dice.integers(2))]
        met = Thing(kind, column(kind, int(dice.integers(PLACES))), ROW - SPEED * int(dice.integers(2, 8)))
        things = [*(thing for thing in things if abs(thing.y - met.y) > 2 * APART), met]
        x = min(RIGHT, max(LEFT, LEFT + SPEED * round((met.x + int(dice.integers(-8, 9)) - LEFT) / SPEED)))
    shock = int(dice.integers(1, SHOCK + 1)) if dice.random() < 0.15 else 0
    purse = 0 if shock else int(dice.integers(PURSE + 1))
    since = (things[0].y - TOP) // SPEED if things else 20
    return State(x, tuple(things), purse, shock, int(dice.integers(RUN)), since)


def dice(seed: int, step: int) -> int:
    """What the river brings where no true game runs: as often as there, at the earliest as soon."""
    chance = np.random.default_rng([seed, step])
    often = 1 / (1 + (1 - OFTEN) / OFTEN / (APART + 1))
    return int(chance.integers(1, DICE)) if step % (APART + 1) == 0 and chance.random() < often else 0


def starts(seed: int) -> np.ndarray:
    """Two frames from the middle of a game, uint8 (2, 64, 64, 3)."""
    game = Boat(anywhere(np.random.default_rng(seed)))
    return np.stack([game.frame(), game.step(0, 0)[0]])


def pack(game: Boat) -> str:
    """The state of a game as a text."""
    return json.dumps(game.state.to_json())


def unpack(text: str, seed: int) -> Boat:
    """The game that goes on from the state that `pack` said; RequestError for other text."""
    try:
        return Boat(State.from_json(json.loads(text)), seed)
    except (TypeError, ValueError, RecursionError):
        raise RequestError("The state of the game is damaged; begin anew.") from None


def hero(frame: np.ndarray) -> tuple[float, float] | None:
    """Where the boat is in a frame, its middle as (x, y), by the colour of its hull; None where it cannot be seen."""
    rows = frame[ROW - 2 : ROW + 11].astype(int)
    seen = np.abs(rows - HULL).sum(-1) < 80  # a coin is 100 from it
    if seen.sum() < 12:
        return None
    y, x = np.nonzero(seen)
    return float(x.mean()), float(y.mean()) + ROW - 2


def purse(frame: np.ndarray) -> int:
    """How many coins a frame shows in the purse."""
    marks = [frame[1:4, 5 + 7 * place : 9 + 7 * place].reshape(-1, 3).mean(0) for place in range(PURSE)]
    lit, dark = np.asarray(_COLOURS["coin"]["+"]), np.asarray(_EMPTY)
    return sum(bool(np.abs(mark - lit).sum() < np.abs(mark - dark).sum()) for mark in marks)


def _touch(thing: Thing, x: int) -> bool:
    """Whether a thing overlaps the boat's hull by two pixels or more."""
    height, width = _MASKS[thing.kind].shape
    across = min(x + 8, thing.x + width) - max(x, thing.x)
    along = min(ROW + 9, thing.y + height) - max(ROW, thing.y)
    return across >= 3 and along >= 2


def _lay(out: np.ndarray, name: str, x: int, y: int) -> None:
    mask, colours = _MASKS[name], _PAINT[name]
    height, width = mask.shape
    height = min(height, SIDE - y)
    part = out[y : y + height, x : x + width]
    part[mask[:height]] = colours[:height][mask[:height]]


def _painted(name: str) -> tuple[np.ndarray, np.ndarray]:
    rows = [list(row) for row in _SHAPES[name]]
    mask = np.array([[cell != "." for cell in row] for row in rows])
    colours = np.array([[_COLOURS[name].get(cell, (0, 0, 0)) for cell in row] for row in rows], np.uint8)
    return mask, colours


def _river() -> np.ndarray:
    """The empty river at each place of its water, uint8 (RUN, 64, 64, 3)."""
    y, x = np.mgrid[:SIDE, :SIDE]
    frames = np.empty((RUN, SIDE, SIDE, 3), np.uint8)
    for run in range(RUN):
        frames[run] = _WATER
        frames[run][((y - run) % 8 == 0) & ((x // 4 + (y - run) // 8) % 3 == 0)] = _FOAM
        frames[run][:, :3], frames[run][:, -3:] = _BANK, _BANK
        frames[run][:5] = _BAR
    return frames


_MASKS, _PAINT = ({name: _painted(name)[part] for name in _SHAPES} for part in (0, 1))
_RIVER = _river()

BOAT = World(
    name="boat",
    hint="The left and right arrow keys steer: collect the coins, keep clear of the rocks.",
    actions=ACTIONS,
    keys=MappingProxyType({"ArrowLeft": "left", "ArrowRight": "right", "a": "left", "d": "right"}),
    kinds=len(KINDS),
    game=Boat,
    coming_in=coming_in,
    dice=dice,
    starts=starts,
    pack=pack,
    unpack=unpack,
    place=hero,
)
