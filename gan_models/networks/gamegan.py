"""A game that is only a network: from the last frames, what the player does and what the dice bring to the next frame.

After GameGAN (Kim et al. 2020, "Learning to simulate dynamic environments with GameGAN"): next frames by action,
against discriminators of single frames, of actions and of time (sections 3.1 and 3.4), trained on what it drew itself.
Departs from it: no recurrent dynamics and no memory (section 3.2), since all that decides is seen in the last two
frames of such a game, and it learns sooner so (training.bench world); one discriminator sees the frames before, the
action and the frame after, which is the frame's, the action's and time's in one; and what the world brings is given as
a picture of where it comes in, so that a game and its network can be thrown the same dice.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.checks import check_number
from gan_models.errors import RequestError
from gan_models.networks.layers import at_least_single, zero_bias
from gan_models.networks.sagan import normalise_spectra
from gan_models.worlds import world

CHANNELS, PAST = 3, 2
"""Of a frame; and frames that are looked at."""


@dataclass(frozen=True)
class GameganConfig:
    """`world`: the game that it plays, by its name in WORLDS. `width`: channels at half of the side; `deep`: at a
    quarter and less. `discriminator_width`: channels of the discriminator's first layer."""

    size: int = 64
    world: str = "boat"
    actions: int = 3
    kinds: int = 2
    width: int = 32
    deep: int = 64
    discriminator_width: int = 24

    def __post_init__(self) -> None:
        check_number("size", self.size, 32, 128)
        check_number("actions", self.actions, 2, 32)
        check_number("kinds", self.kinds, 1, 16)
        for name in ("width", "deep", "discriminator_width"):
            check_number(name, getattr(self, name), 8, 256)
        if self.size % 16:
            raise RequestError(f"size is {self.size}; it is divisible by 16.")
        world(self.world)  # refuses an unknown one

    @property
    def channels(self) -> int:
        """Of a frame: colour."""
        return CHANNELS


class Played(Protocol):
    """What a discriminator needs of the config of a game."""

    @property
    def size(self) -> int: ...
    @property
    def actions(self) -> int: ...
    @property
    def kinds(self) -> int: ...
    @property
    def discriminator_width(self) -> int: ...


class Block(nn.Module):
    """Two convolutions beside a short way: (N, C, H, W) to the same."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.one, self.two = (nn.Conv2d(width, width, 3, padding=1) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.two(F.leaky_relu(self.one(F.leaky_relu(x, 0.2)), 0.2))


class GameganGenerator(nn.Module):
    """From the last two frames, an action and what comes in to the next frame.

    What is drawn is added to the last frame. Half the side is where things move; an eighth sees the whole picture, for
    what happens in one place and shows in another.
    """

    def __init__(self, config: GameganConfig) -> None:
        super().__init__()
        self.config = config
        width, deep = config.width, config.deep
        given = PAST * CHANNELS + config.kinds
        self.begin = nn.Conv2d(4 * given, width, 3, padding=1)
        self.action = nn.Embedding(config.actions, width + deep)
        self.near = Block(width)
        self.smaller = nn.ModuleList(
            [nn.Conv2d(width, deep, 4, 2, 1), nn.Conv2d(deep, deep, 4, 2, 1), nn.Conv2d(deep, deep, 4, 2, 1)]
        )
        self.far = Block(deep)
        self.larger = nn.ModuleList([nn.Conv2d(deep, deep, 3, padding=1) for _ in range(3)])
        self.join = nn.Conv2d(width + deep, width, 3, padding=1)
        last = nn.Conv2d(width, 4 * CHANNELS, 3, padding=1)
        nn.init.zeros_(last.weight)  # at first the last frame stays
        zero_bias(last)
        self.end = nn.Sequential(Block(width), nn.LeakyReLU(0.2), last)

    def forward(self, frames: Tensor, action: Tensor, coming: Tensor) -> Tensor:
        """Draw (N, 3, size, size) in [-1, 1] after frames (N, 6, size, size), the older one first.

        `action`: int64 (N,). `coming`: (N, kinds, size, size), 1 where a thing of a kind comes in, else 0.
        """
        check_frames(self.config, frames, action, coming)
        near, deep = self.action(action)[:, :, None, None].split((self.config.width, self.config.deep), 1)
        x = self.near(self.begin(F.pixel_unshuffle(torch.cat([frames, coming], 1), 2)) * (1 + near))
        ways, y = [], x
        for layer in self.smaller:
            y = layer(F.leaky_relu(y, 0.2))
            ways.append(y)
        y = self.far(y * (1 + deep))
        for layer, way in zip(self.larger, [*reversed(ways[:-1]), None]):
            y = F.interpolate(layer(F.leaky_relu(y, 0.2)), scale_factor=2.0)
            y = y if way is None else y + way
        added = F.pixel_shuffle(self.end(self.join(F.leaky_relu(torch.cat([x, y], 1), 0.2))), 2)
        return (frames[:, -CHANNELS:] + at_least_single(added)).clamp(-1, 1)


class GameganDiscriminator(nn.Module):
    """Whether a frame follows from those before and the action: (N, 9, size, size) to logits of patches."""

    def __init__(self, config: Played) -> None:
        super().__init__()
        self.config = config
        width = config.discriminator_width
        self.action = nn.Embedding(config.actions, 4 * width)
        widths, steps = (PAST * CHANNELS + CHANNELS + config.kinds, width, 2 * width, 4 * width), []
        for inputs, outputs in pairwise(widths):
            steps += [nn.Conv2d(inputs, outputs, 4, 2, 1), nn.LeakyReLU(0.2)]
        self.steps = nn.Sequential(*steps)
        self.verdict = nn.Conv2d(4 * width, 1, 3, padding=1)
        normalise_spectra(self.steps)
        normalise_spectra(self.verdict)

    def forward(self, frames: Tensor, action: Tensor, coming: Tensor, after: Tensor) -> Tensor:
        """Logits (N, h, w) of patches; arguments as the generator's, and the frame that is judged."""
        check_frames(self.config, frames, action, coming)
        seen = self.steps(torch.cat([frames, coming, after], 1))
        # Projection (Miyato and Koyama 2018): how well what happened fits the action.
        fits = (seen * self.action(action)[:, :, None, None]).mean(1)
        return at_least_single(self.verdict(seen)[:, 0] + fits)


def check_frames(config: Played, frames: Tensor, action: Tensor, coming: Tensor) -> None:
    """RequestError for what is none of this config's."""
    side, count = config.size, len(frames)
    wanted = (count, PAST * CHANNELS, side, side), (count,), (count, config.kinds, side, side)
    for name, tensor, shape in zip(("frames", "action", "coming"), (frames, action, coming), wanted):
        if tuple(tensor.shape) != shape:
            raise RequestError(f"The {name} of a game have the shape {shape}, got {tuple(tensor.shape)}.")
