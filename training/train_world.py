"""Train a network that is a game: python -m training.train_world --world boat --minutes N

The world plays by chance while the training goes on (gan_models.worlds), and the network learns what comes next
(gan_models.networks.gamegan). `--episodes` adds plays that were recorded on the page.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import nn

from gan_models.errors import TrainingError, one_line
from gan_models.networks.gamegan import GameganConfig, GameganDiscriminator, GameganGenerator
from gan_models.play import Episode, read_episode
from gan_models.worlds import boat, world
from training.data.world_batches import WorldBatches, WorldData
from training.games.gamegan import Rules, learning, rarity_of
from training.games.phases import Phase
from training.loop.start import start
from training.options import Common, parse, settle
from training.watching.worlds import WorldWatch, watch_world

USUAL = {
    "batch": 8, "size": boat.SIDE, "beta1": 0.5, "beta2": 0.99, "ema": 5_000.0, "flip": "off", "generator_lr": 4e-4,
    "discriminator_lr": 4e-4,
}  # fmt: skip


CALIBRATED = 200
"""Plays by which it is counted where something changes, and how seldom."""


@dataclass(frozen=True)
class Options(Common):
    """The next frame of a game, from the last two, the action and the dice."""

    data: str = "drawn"
    """The world draws its own pictures while the training goes on."""
    world: str = "boat"
    """The game that is learned: boat."""
    episodes: tuple[str, ...] = ()
    """Plays that were recorded (films of the Play tab, or its .json files), to learn from beside those by chance."""
    unrolled: int = 4
    """Steps that are played on from the network's own frames."""
    width: int = 32
    """Channels at half of the side."""
    deep: int = 64
    """Channels at a quarter of the side and less."""
    adversarial: float = 0.02
    """Weight of the discriminator's verdict beside the difference of the frames."""


@dataclass(frozen=True)
class WorldPlan:
    """What the entry makes of its options; a Plan (see `training.loop.plan`)."""

    options: Options
    config: GameganConfig
    networks: dict[str, nn.Module]
    rarity: torch.Tensor
    family: str = "gamegan"
    method: str = "gamegan"
    optimizer: str = "adam"
    ships: str = ""
    """No network goes into the weight beside the generator."""
    translation: None = None
    held_out: tuple[int, ...] = ()

    def labels(self, data: WorldData) -> list[str]:
        """None: it knows no classes."""
        return []

    def phases(self) -> tuple[Phase, ...]:
        """What happens within a step."""
        return learning(Rules(self.options.adversarial, self.config.kinds, self.rarity))

    def batches(self, learned: WorldData, rank: int, world: int) -> WorldBatches:
        """The plays of one of `world` processes."""
        options = self.options
        return WorldBatches(learned, options.batch, options.unrolled, options.seed, rank)

    def watch(self, learned: WorldData, kept: WorldData, device: torch.device) -> WorldWatch:
        """What is looked at meanwhile."""
        return watch_world(self.options.seed, device)


def read(options: Options) -> tuple[WorldData, WorldData, WorldData]:
    """The world, whose rules are its own hash; to learn from, and nothing held out but what is played otherwise."""
    world(options.world)  # refuses an unknown one
    recorded = [read_episode(path) for path in options.episodes]
    states = tuple(state for episode in recorded for state in states_of(episode))
    digest = hashlib.sha256(inspect.getsource(boat).encode() + repr(states).encode()).hexdigest()
    data = WorldData(f"the world {options.world}", digest, len(states), episodes=states)
    return data, data, data


def states_of(episode: Episode) -> list[boat.State]:
    """Where a recorded play came by, a state a step."""
    return [game.state for game, _, _ in episode.steps(boat.BOAT)]


def plan(options: Options, data: WorldData) -> WorldPlan:
    """The networks."""
    options = settle(options, **USUAL)
    if options.unrolled < 1:
        raise TrainingError(f"--unrolled is {options.unrolled}; at least one step is played.")
    config = GameganConfig(options.size, options.world, len(boat.ACTIONS), len(boat.KINDS), options.width, options.deep)
    networks = {"generator": GameganGenerator(config), "discriminator": GameganDiscriminator(config)}
    sample = WorldBatches(data, CALIBRATED, options.unrolled + 1, options.seed).at(0)[0]
    return WorldPlan(options, config, networks, rarity_of(sample))


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        start(parse(Options, argv, "train_world", "boat"), "train_world", plan, read, partial(settle, **USUAL))


if __name__ == "__main__":
    main()
