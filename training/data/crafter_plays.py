"""Plays of Crafter by somebody who walks about and does what lies at hand: recorded once, and kept in the cache."""

from __future__ import annotations

import hashlib
import inspect
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace

import numpy as np

from gan_models.files import swapped
from gan_models.worlds import crafter
from gan_models.worlds.crafter import ACROSS, ACTIONS, DOWN, Crafter
from training.data.cache import cache_folder

STEPS = 240
"""Of a play, at most: whoever dies ends it."""
HOLD, ACT, TRY = 0.85, 0.5, 0.08
"""How likely the walk goes on, what lies before the player is taken or struck, and anything at all is tried."""
AT_HAND = ("tree", "stone", "water", "coal", "iron", "diamond")
PURSE = (
    *("sapling", "wood", "stone", "coal", "iron", "diamond", "wood_pickaxe", "stone_pickaxe", "iron_pickaxe"),
    *("wood_sword", "stone_sword", "iron_sword"),
)
"""Of what some begin with a little: by chance nobody gets far."""
LIFE = ("health", "food", "drink", "energy")
WALKS = slice(1, 5)
"""The actions that walk."""

Walk = Iterator[tuple[Crafter, int]]
"""A game at each moment of a play, and what is done next."""


@dataclass(frozen=True)
class Recorded:
    """Frames of plays behind each other, N in all.

    `frames` uint8 (N, 64, 64, 3); `actions` (N,), what was done before each; `moved` int8 (N, 2), the tiles that the
    player went by it, east and south; `land` and `who` uint8 (N, 7, 9), the ground of each tile that is seen and who
    stands there, 0 for nobody; `life` uint8 (N, 4); `play` int32 (N,), the play that each frame is of.
    """

    frames: np.ndarray
    actions: np.ndarray
    moved: np.ndarray
    land: np.ndarray
    who: np.ndarray
    life: np.ndarray
    play: np.ndarray

    def __len__(self) -> int:
        return len(self.frames)


def recorded(count: int, seed: int = 0) -> tuple[Recorded, str]:
    """So many frames of plays by chance, and the hash of what they follow from; RequestError without the package.

    The next time they are read from the cache.
    """
    rules = "".join(map(inspect.getsource, (inspect.getmodule(recorded), crafter.Crafter, crafter.land_of)))
    digest = hashlib.sha256(f"{rules}{count} {seed}".encode()).hexdigest()
    path = cache_folder() / "worlds" / f"crafter-{digest[:32]}.npz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        walks = (by_chance(np.random.default_rng([seed, number])) for number in itertools.count())
        with swapped(path) as file:
            np.savez_compressed(file, **vars(record(walks, count)))
    with np.load(path) as kept:
        return Recorded(**{field.name: kept[field.name] for field in fields(Recorded)}), digest


def record(walks: Iterable[Walk], count: int | None = None) -> Recorded:
    """What is seen on walks, in the first `count` moments of all; None: in all of them."""
    moments = (moment for number, walk in enumerate(walks) for moment in moments_of(walk, number))
    *columns, plays = (np.array(column) for column in zip(*itertools.islice(moments, count)))
    kinds = (np.uint8, np.uint8, np.int8, np.uint8, np.uint8, np.uint8)
    play = np.unique(plays, axis=0, return_inverse=True)[1].astype(np.int32)
    return Recorded(*(column.astype(kind) for column, kind in zip(columns, kinds)), play=play)


def joined(one: Recorded, two: Recorded) -> Recorded:
    """The plays of both, the first one's first."""
    later = replace(two, play=two.play + one.play.max() + 1)
    columns = ((getattr(part, field.name) for part in (one, later)) for field in fields(Recorded))
    return Recorded(*(np.concatenate(list(column)) for column in columns))


def moments_of(walk: Walk, number: int) -> Iterator[tuple]:
    """A row of `Recorded` for each moment of a walk; the last of it are the walk's number and the land's."""
    last, before = 0, None
    for game, action in walk:
        player = game.land._player
        moved = player.pos - (player.pos if before is None else before)
        # Who died begins anew: this moment follows from none.
        yield (
            *(game.land.render(), last, np.clip(moved, -1, 1), *seen(game)),
            [player.inventory[name] for name in LIFE],
            (number, game.land._episode),
        )
        last, before = action, player.pos.copy()


def by_chance(chance: np.random.Generator) -> Walk:
    """A walk by chance, from somewhere in a land on, until its end or the player's."""
    game, action = Crafter(), 1
    game.reset(int(chance.integers(2**31)))
    settle_somewhere(game, chance)
    for _ in range(STEPS):
        action = chosen(game, action, chance)
        yield game, action
        if game.step(action)[2]:
            return


def settle_somewhere(game: Crafter, chance: np.random.Generator) -> None:
    """Put the player where somebody may have come to, with what they may have by then."""
    world, player = game.land._world, game.land._player
    places = np.argwhere([[player.is_free((x, y), ["grass", "sand", "path"]) for y in range(64)] for x in range(64)])
    world.move(player, places[chance.integers(len(places))])
    for name in PURSE if chance.random() < 0.6 else ():
        player.inventory[name] = min(9, int(chance.geometric(0.35)) - 1)
    for name in LIFE:
        player.inventory[name] = int(chance.integers(4, 10))


def chosen(game: Crafter, last: int, chance: np.random.Generator) -> int:
    """What the player does next."""
    player, luck = game.land._player, chance.random()
    material, who = game.land._world[player.pos + player.facing]
    if luck < TRY:
        return int(chance.integers(len(ACTIONS)))
    if (who or material in AT_HAND) and luck < TRY + ACT:
        return ACTIONS.index("do")
    walks = range(len(ACTIONS))[WALKS]
    free = who is None and material in ("grass", "sand", "path")
    return last if last in walks and free and chance.random() < HOLD else int(chance.choice(walks))


def seen(game: Crafter) -> tuple[np.ndarray, np.ndarray]:
    """The ground of each tile in view and who stands there, (7, 9) each; 0 beyond the end of the land."""
    world, (x, y) = game.land._world, game.land._player.pos
    view = slice(y, y + DOWN), slice(x, x + ACROSS)
    around = (DOWN // 2, DOWN // 2), (ACROSS // 2, ACROSS // 2)
    ground = np.pad(world._mat_map.T, around)[view]
    everybody = np.where(world._obj_map, game.land._sem_view(), 0).T
    return ground, np.pad(everybody, around)[view]
