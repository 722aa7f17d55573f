"""Train who draws a person in another pose: python -m training.train_pose2person --data drawn

Figures in many costumes are drawn while the training goes on (training.data.puppets), two frames of each in motion, and
another picture to know it by. What the network (gan_models.networks.pose2person) draws is compared with the true frames
in pixels and in frozen SqueezeNet features, and two discriminators look on, at single frames and at two.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import torch
from torch import nn

from gan_models.errors import TrainingError, one_line
from gan_models.networks.pose2person import Pose2personConfig, Pose2personDiscriminator, Pose2personGenerator
from training.data import figures, puppet_body, puppet_head, puppets, stances, svg
from training.data.endless import EndlessSet
from training.data.puppet_batches import PuppetBatches
from training.games.phases import Phase
from training.games.pose2person import Rules, dancing
from training.loop.start import start
from training.losses.features import load_features
from training.losses.repair import Eyes
from training.options import SAID, Common, parse, settle
from training.watching.puppets import PuppetWatch, watch_puppets

USUAL = {
    "batch": 4, "size": 128, "beta1": 0.5, "beta2": 0.99, "ema": 1_000.0, "flip": "off", "generator_lr": 4e-4,
    "discriminator_lr": 5e-4,
}  # fmt: skip

RULES = (figures, puppet_body, puppet_head, puppets, stances, svg)
"""By which figures are drawn."""


@dataclass(frozen=True)
class Options(Common):
    """Persons in other poses."""

    data: str = "drawn"
    """Figures are drawn while the training goes on."""
    width: int = 40
    """Channels at half of the side."""
    pixels: float = 2.0
    """Weight of the mean absolute difference of pixels."""
    features: float = 5.0
    """Weight of the distance in SqueezeNet's features."""
    adversarial: float = 0.05
    """Weight of the discriminators' verdicts."""
    ground: float = 2.0
    """Weight of the difference of the ground behind the figure."""
    feature_weights: Annotated[Path | None, SAID] = None
    """File of torchvision's SqueezeNet 1.1 (default: downloaded once)."""


@dataclass(frozen=True)
class PosePlan:
    """What the entry makes of its options; a Plan (see `training.loop.plan`)."""

    options: Options
    config: Pose2personConfig
    networks: dict[str, nn.Module]
    eyes: Eyes
    family: str = "pose2person"
    method: str = "pose2person"
    optimizer: str = "adam"
    ships: str = ""
    """No network goes into the weight beside the generator."""
    translation: None = None
    held_out: tuple[int, ...] = ()

    def labels(self, data: EndlessSet) -> list[str]:
        """None: it knows no classes."""
        return []

    def phases(self) -> tuple[Phase, ...]:
        """What happens within a step."""
        options = self.options
        return dancing(Rules(options.pixels, options.features, options.adversarial, options.ground), self.eyes)

    def batches(self, learned: EndlessSet, rank: int, world: int) -> PuppetBatches:
        """The figures of one of `world` processes."""
        options = self.options
        return PuppetBatches(options.size, options.batch, options.seed, rank, world)

    def watch(self, learned: EndlessSet, kept: EndlessSet, device: torch.device) -> PuppetWatch:
        """What is looked at meanwhile."""
        self.eyes.to(device)
        return watch_puppets(self.options.size, device)


def read(options: Options) -> tuple[EndlessSet, EndlessSet, EndlessSet]:
    """The drawing, whose rules are its own hash; nothing is held out but figures of other numbers."""
    if options.data != "drawn":
        raise TrainingError(f"--data is {options.data!r}; persons are drawn while the training goes on: --data drawn.")
    rules = "".join(inspect.getsource(module) for module in RULES).encode()
    data = EndlessSet("drawn puppets", hashlib.sha256(rules).hexdigest(), 0, "drawn by training/data/puppets.py")
    return data, data, data


def plan(options: Options, data: EndlessSet) -> PosePlan:
    """The networks, and the eyes that compare."""
    options = settle(options, **USUAL)
    config = Pose2personConfig(options.size, width=options.width)
    networks = {"generator": Pose2personGenerator(config), "discriminator": Pose2personDiscriminator(config)}
    return PosePlan(options, config, networks, Eyes(load_features(options.feature_weights)))


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        options = parse(Options, argv, "train_pose2person", "pose2person-128")
        start(options, "train_pose2person", plan, read, partial(settle, **USUAL))


if __name__ == "__main__":
    main()
