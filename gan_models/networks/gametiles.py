"""A game of tiles that is only a network: GameGAN's (`gamegan`), where the view is a grid that scrolls by whole tiles.

Departs from `gamegan` in that a frame is taken apart into its tiles, and that each tile of the next one is chosen: one
of the last frame, from the same place or from beside it, or one of a palette that the weight carries. So every frame is
as crisp as those that were learned from, however long it plays. What happens in the middle decides on the whole, in one
step over all tiles.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.checks import check_number
from gan_models.networks.gamegan import CHANNELS, PAST, check_frames
from gan_models.networks.layers import at_least_single
from gan_models.worlds import world

BESIDE = ((0, 0), (0, 1), (0, -1), (1, 0), (-1, 0))
"""Rows and columns by which the tiles of the last frame may have moved."""


@dataclass(frozen=True)
class GametilesConfig:
    """`world`: the game that it plays, by its name in WORLDS. `tile`: side of a tile in pixels; what the tiles leave of
    a frame is black. `palette`: tiles to choose from beside those of the last frame. `width`: channels; `blocks`: after
    it is decided what happens. `discriminator_width`: channels of the discriminator's first layer
    (GameganDiscriminator)."""

    size: int = 64
    world: str = "crafter"
    actions: int = 17
    kinds: int = 1
    tile: int = 7
    palette: int = 320
    width: int = 128
    blocks: int = 2
    discriminator_width: int = 24

    def __post_init__(self) -> None:
        check_number("size", self.size, 32, 128)
        check_number("actions", self.actions, 2, 32)
        check_number("kinds", self.kinds, 1, 16)
        check_number("tile", self.tile, 4, self.size // 4)
        check_number("palette", self.palette, 1, 4096)
        check_number("blocks", self.blocks, 1, 16)
        for name in ("width", "discriminator_width"):
            check_number(name, getattr(self, name), 8, 512)
        world(self.world)  # refuses an unknown one

    @property
    def channels(self) -> int:
        """Of a frame: colour."""
        return CHANNELS

    @property
    def across(self) -> int:
        """Whole tiles of a side."""
        return self.size // self.tile


class TileBlock(nn.Module):
    """A tile and those around it, beside a short way: (N, C, H, W) to the same."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(1, width)
        self.around, self.within = nn.Conv2d(width, width, 3, padding=1), nn.Conv2d(width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.within(F.leaky_relu(self.around(self.norm(x)), 0.2))


class GametilesGenerator(nn.Module):
    """From the last two frames, an action and what comes in to the next frame."""

    def __init__(self, config: GametilesConfig) -> None:
        super().__init__()
        self.config = config
        width, pixels = config.width, config.tile**2
        self.begin = nn.Conv2d(pixels * (PAST * CHANNELS + config.kinds), width, 1)
        self.place = nn.Parameter(torch.zeros(1, width, config.across, config.across))
        self.near, self.seen = TileBlock(width), nn.GroupNorm(1, width)
        self.whole = nn.Conv2d(width, width, config.across, groups=width)
        self.action = nn.Embedding(config.actions, width)
        self.decide = nn.Sequential(nn.Linear(2 * width, 2 * width), nn.LeakyReLU(0.2), nn.Linear(2 * width, 2 * width))
        self.blocks = nn.Sequential(*(TileBlock(width) for _ in range(config.blocks)), nn.GroupNorm(1, width))
        self.end = nn.Conv2d(width, len(BESIDE) + config.palette, 1)
        self.palette = nn.Parameter(torch.zeros(config.palette, pixels * CHANNELS), requires_grad=False)

    def forward(self, frames: Tensor, action: Tensor, coming: Tensor) -> Tensor:
        """Draw (N, 3, size, size) in [-1, 1] after frames (N, 6, size, size), the older one first.

        `action`: int64 (N,). `coming`: (N, kinds, size, size), what the dice bring.
        """
        choices, last = self.choices(frames, action, coming), self.tiles(frames[:, -CHANNELS:])
        return self.laid(chosen(choices), last)

    def choices(self, frames: Tensor, action: Tensor, coming: Tensor) -> Tensor:
        """How much is to be said for each choice, as logits (N, 5 + palette, across, across): the tiles of the last
        frame by BESIDE, then the palette. Arguments as for a frame."""
        check_frames(self.config, frames, action, coming)
        x = self.near(self.begin(self.tiles(torch.cat([frames, coming], 1))) + self.place)
        happens = self.decide(torch.cat([self.whole(self.seen(x)).flatten(1), self.action(action)], 1))
        scale, shift = happens[:, :, None, None].chunk(2, 1)
        return at_least_single(self.end(F.leaky_relu(self.blocks(x * (1 + scale) + shift), 0.2)))

    def laid(self, shares: Tensor, last: Tensor) -> Tensor:
        """A frame whose tiles are mixed by shares (N, 5 + palette, across, across), after the tiles `last`."""
        beside, palette = shares.tensor_split([len(BESIDE)], 1)
        moved = torch.stack([last.roll(way, (2, 3)) for way in BESIDE], 1)
        tiles = (beside[:, :, None] * moved).sum(1) + torch.einsum("npyx,pc->ncyx", palette, self.palette)
        rest = self.config.size % self.config.tile
        return F.pad(F.pixel_shuffle(tiles, self.config.tile), (0, rest, 0, rest), value=-1.0).clamp(-1, 1)

    def distances(self, after: Tensor, last: Tensor) -> Tensor:
        """How far each choice is from the tiles of a frame (N, 3, size, size): mean squares, shaped as `choices`."""
        tiles = self.tiles(after)
        beside = [(last.roll(way, (2, 3)) - tiles).square().mean(1) for way in BESIDE]
        palette = torch.cdist(tiles.flatten(2).mT, self.palette[None]).square() / tiles.shape[1]
        return torch.cat([torch.stack(beside, 1), palette.mT.unflatten(2, tiles.shape[2:])], 1)

    def tiles(self, frames: Tensor) -> Tensor:
        """Frames (N, C, size, size) as (N, C tile^2, across, across)."""
        side = self.config.across * self.config.tile
        return F.pixel_unshuffle(frames[:, :, :side, :side], self.config.tile)


def chosen(choices: Tensor) -> Tensor:
    """Logits (N, K, H, W) as shares: all of it for the best one; learned as if they were shared out softly."""
    soft = choices.softmax(1)
    hard = torch.zeros_like(soft).scatter_(1, choices.argmax(1, keepdim=True), 1.0)
    return hard + (soft - soft.detach())
