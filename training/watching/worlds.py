"""What is looked at while a game is learned: held-out plays, true above drawn, and how long they agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from gan_models.networks.gamegan import CHANNELS
from gan_models.pictures.images import contact_sheet, packed_png, to_uint8
from gan_models.play import apart
from gan_models.worlds import World
from training.data.world_batches import Plays
from training.games.gamegan import by_pixels, played
from training.games.phases import Batch

PLAYS, STEPS, EVERY = 4, 40, 6
"""Plays that are watched, their steps, and how many steps lie between two frames of the sheet."""


@dataclass(frozen=True)
class WorldWatch:
    """Held-out plays of a world as a batch."""

    world: World
    images: Tensor
    actions: Tensor
    source: Tensor

    def measure(self, networks: Mapping[str, nn.Module], shown: nn.Module) -> dict[str, float]:
        """The frames' difference at the end, and how far the drawn hero is from the true one, in pixels."""
        true, drawn = self.frames(shown)
        found = [apart(self.world, *pair) for pair in zip(true[:, -1], drawn[:, -1])]
        distances = [distance for distance in found if distance is not None]
        hero = {f"{self.world.name}/apart": float(np.mean(distances))} if distances else {}
        levels = np.abs(true[:, -1].astype(int) - drawn[:, -1]).mean()
        return {**hero, "levels/apart": float(levels)}

    def frames(self, shown: nn.Module) -> tuple[np.ndarray, np.ndarray]:
        """True and drawn frames, uint8 (PLAYS, STEPS, 64, 64, 3) each."""
        batch = Batch(self.images, self.actions, self.source)
        with torch.no_grad():
            drawn = torch.cat([picture for _, picture, _ in played(shown, batch, self.world.kinds, by_pixels)], 1)
        return _pictures(self.images), _pictures(drawn.float())

    def grid(self, shown: nn.Module) -> bytes:
        """The sheet as PNG: each play's frames, true ones above those that were drawn."""
        return packed_png(self.sheet(shown))

    def sheet(self, shown: nn.Module) -> np.ndarray:
        """The same as uint8 (H, W, 3)."""
        chosen = slice(EVERY - 1, None, EVERY)
        rows = [frames[chosen] for pair in zip(*self.frames(shown)) for frames in pair]
        return contact_sheet(np.concatenate(rows), columns=len(rows[0]), gap=2)


def watch_world(world: World, plays: Plays, seed: int, device: torch.device) -> WorldWatch:
    """Plays that no training by this seed sees."""
    batch = plays.drawn(PLAYS, STEPS, np.random.default_rng([seed, 2**31]))
    return WorldWatch(world, *(part.to(device) for part in batch))


def _pictures(frames: Tensor) -> np.ndarray:
    """Frames (N, 3 T, H, W) as uint8 (N, T, H, W, 3)."""
    apart = frames.unflatten(1, (-1, CHANNELS))
    return np.stack([to_uint8(one) for one in apart])
