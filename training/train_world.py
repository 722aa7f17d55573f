"""Train a network that is a game: python -m training.train_world --world boat --minutes N

The world plays by chance while the training goes on (gan_models.worlds), and the network learns what comes next
(gan_models.networks.gamegan). `--episodes` adds plays that were recorded on the page.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from gan_models.errors import TrainingError, one_line
from gan_models.networks import family
from gan_models.networks.gamegan import GameganConfig
from gan_models.networks.gametiles import GametilesConfig, GametilesGenerator
from gan_models.pictures.images import to_tensor
from gan_models.play import Episode, read_episode
from gan_models.worlds import World, boat, world
from gan_models.worlds.crafter import TILE
from gan_models.worlds.world import SIDE
from training.data import crafter_batches
from training.data.crafter_batches import CrafterPlays, palette
from training.data.world_batches import BoatPlays, Plays, WorldBatches
from training.games.gamegan import Draw, Rules, by_pixels, by_tiles, learning, rarity_of
from training.games.phases import Phase
from training.loop.start import start
from training.options import Common, parse, settle
from training.watching.worlds import WorldWatch, watch_world

CALIBRATED = 200
"""Plays by which it is counted where something changes, and how seldom."""


@dataclass(frozen=True)
class Options(Common):
    """The next frame of a game, from the last two, the action and the dice."""

    data: str = "drawn"
    """The world draws its own pictures while the training goes on."""
    world: str = "boat"
    """The game that is learned: boat, or crafter, whose package must be installed."""
    episodes: tuple[str, ...] = ()
    """Plays that were recorded (films of the Play tab, or its .json files), to learn from beside those by chance."""
    frames: int = 16_000
    """Frames that are recorded at first, where a world is too slow to play along."""
    unrolled: int = 4
    """Steps that are played on from the network's own frames."""
    width: int = 32
    """Channels at half of the side, or of a game of tiles (the preset crafter has 128)."""
    deep: int = 64
    """Channels at a quarter of the side and less."""
    blocks: int = 2
    """Residual blocks of a game of tiles."""
    adversarial: float = 0.02
    """Weight of the discriminator's verdict beside the difference of the frames."""


Sets = tuple[Plays, Plays]
"""To learn from, and held out."""


@dataclass(frozen=True)
class Lesson:
    """How a world is learned: by which family of networks, from which plays; `usual`: what is left open.

    `prepare(generator, plays)` tells how a moment is drawn and judged, and may put into the generator what is no matter
    of learning.
    """

    family: str
    config: Callable[[Options, World], Any]
    read: Callable[[Options], Sets]
    prepare: Callable[[Any, Any, Options], Draw]
    usual: Mapping[str, Any]


def river(options: Options) -> Sets:
    """The boat's river, whose rules are its own hash; nothing held out but what is played otherwise."""
    states = tuple(state for path in options.episodes for state in states_of(read_episode(path)))
    digest = hashlib.sha256(inspect.getsource(boat).encode() + repr(states).encode()).hexdigest()
    data = BoatPlays("the world boat", digest, len(states), episodes=states)
    return data, data


def states_of(episode: Episode) -> list[boat.State]:
    """Where a recorded play came by, a state a step."""
    return [game.state for game, _, _ in episode.steps(boat.BOAT)]


def land(options: Options) -> Sets:
    """Crafter, recorded."""
    return crafter_batches.read(options.frames, [read_episode(path) for path in options.episodes])


def pixels(options: Options, played: World) -> GameganConfig:
    """A game in which things move by pixels."""
    return GameganConfig(played.side, played.name, len(played.actions), played.kinds, options.width, options.deep)


def tiles(options: Options, played: World) -> GametilesConfig:
    """A game of tiles."""
    wide = {"width": options.width, "blocks": options.blocks}
    return GametilesConfig(played.side, played.name, len(played.actions), played.kinds, TILE, **wide)


def seldom(generator: nn.Module, plays: BoatPlays, options: Options) -> Draw:
    """By pixels: what changes counts more where it seldom does."""
    sample = WorldBatches(plays, CALIBRATED, options.unrolled + 1, options.seed).at(0)[0]
    return partial(by_pixels, rarity=rarity_of(sample))


def paint(generator: GametilesGenerator, plays: CrafterPlays, options: Options) -> Draw:
    """By tiles, of a palette of those that are seen most often."""
    tiles = F.pixel_unshuffle(to_tensor(palette(plays.plays, len(generator.palette))), TILE).flatten(1)
    generator.palette[: len(tiles)] = tiles
    return by_tiles


_COMMON = {"size": SIDE, "beta1": 0.5, "beta2": 0.99, "flip": "off"}
LESSONS: Mapping[str, Lesson] = MappingProxyType(
    {
        "boat": Lesson(
            "gamegan",
            pixels,
            river,
            seldom,
            {**_COMMON, "batch": 8, "ema": 5_000.0, "generator_lr": 4e-4, "discriminator_lr": 4e-4},
        ),
        "crafter": Lesson(
            "gametiles",
            tiles,
            land,
            paint,
            {**_COMMON, "batch": 16, "ema": 20_000.0, "generator_lr": 2e-3, "discriminator_lr": 4e-4},
        ),
    }
)
"""By the name of the world."""


def lesson(options: Options) -> Lesson:
    """How the world of the options is learned; RequestError for an unknown one."""
    return LESSONS[world(options.world).name]


def settled(options: Options) -> Options:
    """The options with what was left open as is usual for their world."""
    return settle(options, **lesson(options).usual)


@dataclass(frozen=True)
class WorldPlan:
    """What the entry makes of its options; a Plan (see `training.loop.plan`)."""

    options: Options
    family: str
    config: Any
    networks: dict[str, nn.Module]
    draw: Draw
    optimizer: str = "adam"
    ships: str = ""
    """No network goes into the weight beside the generator."""
    translation: None = None
    held_out: tuple[int, ...] = ()

    @property
    def method(self) -> str:
        """The card's story: each family has its own."""
        return self.family

    def labels(self, data: Plays) -> list[str]:
        """None: it knows no classes."""
        return []

    def phases(self) -> tuple[Phase, ...]:
        """What happens within a step."""
        return learning(Rules(self.draw, self.options.adversarial, self.config.kinds))

    def batches(self, learned: Plays, rank: int, world: int) -> WorldBatches:
        """The plays of one of `world` processes."""
        return WorldBatches(learned, self.options.batch, self.options.unrolled, self.options.seed, rank)

    def watch(self, learned: Plays, kept: Plays, device: torch.device) -> WorldWatch:
        """What is looked at meanwhile."""
        return watch_world(world(self.options.world), kept, self.options.seed, device)


def read(options: Options) -> tuple[Plays, Plays, Plays]:
    """The world as a set, what is learned from and what is held out."""
    if options.data != "drawn":
        raise TrainingError(f"--data is {options.data!r}; the world draws its pictures: --data drawn, or --episodes.")
    learned, kept = lesson(options).read(options)
    return learned, learned, kept


def plan(options: Options, data: Plays) -> WorldPlan:
    """The networks."""
    options = settled(options)
    if options.unrolled < 1:
        raise TrainingError(f"--unrolled is {options.unrolled}; at least one step is played.")
    row = lesson(options)
    config, parts = row.config(options, world(options.world)), family(row.family)
    networks = {"generator": parts.generator(config), "discriminator": parts.discriminator(config)}
    draw = row.prepare(networks["generator"], data, options)
    return WorldPlan(options, row.family, config, networks, draw)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        start(parse(Options, argv, "train_world", "boat"), "train_world", plan, read, settled)


if __name__ == "__main__":
    main()
