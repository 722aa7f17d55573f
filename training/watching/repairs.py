"""What is looked at while a network learns to fill holes: held-out photographs with holes that stay the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from gan_models.pictures.images import contact_sheet, packed_png, to_tensor, to_uint8
from training.data.repair_batches import SPANS, masks
from training.data.style_batches import middles
from training.games.repair import filled
from training.losses.repair import Eyes, features_apart

SHOWN = 16
"""Pictures, two in a row: with the hole, filled, and as it was."""
HOLES = 4
"""Seed of their holes."""


@dataclass(frozen=True)
class RepairWatch:
    """Photographs held out (SHOWN, 3, S, S) in [-1, 1] and their masks (SHOWN, 1, S, S)."""

    pictures: Tensor
    masks: Tensor
    eyes: Eyes

    @torch.no_grad()
    def measure(self, networks: Mapping[str, nn.Module], shown: nn.Module) -> dict[str, float]:
        """One row's numbers: how near the fillings of `shown` come to what was there."""
        drawn = self.fill(shown)
        apart = features_apart(self.eyes(drawn), self.eyes(self.pictures)).mean()
        error = ((drawn - self.pictures).square() * self.masks).sum() / (3 * self.masks.sum())
        return {"features/held_out": apart.item(), "psnr/hole": (10 * (4 / error).log10()).item()}

    def fill(self, shown: nn.Module) -> Tensor:
        """The pictures with their holes filled."""
        return filled(self.pictures, self.masks, shown(self.pictures, self.masks).clamp(-1, 1))

    def grid(self, shown: nn.Module) -> bytes:
        """The sheet as PNG."""
        return packed_png(self.sheet(shown))

    @torch.no_grad()
    def sheet(self, shown: nn.Module) -> np.ndarray:
        """The same as uint8 (H, W, 3): with the hole, filled, as it was, twice in a row."""
        holed = filled(self.pictures, self.masks, torch.ones_like(self.pictures))
        tiles = torch.stack([holed, self.fill(shown), self.pictures], 1).flatten(0, 1)
        return contact_sheet(to_uint8(tiles), columns=6)


def watch_repairs(kept, side: int, eyes: Eyes, device: torch.device) -> RepairWatch:
    """Choose what is looked at: as many of each set of photographs held out, evenly spaced."""
    share = -(-SHOWN // len(kept))
    pictures = np.concatenate([middles(photos.pictures, side, SPANS, share) for photos in kept])[:SHOWN]
    holes = masks(np.random.default_rng(HOLES), len(pictures), side)
    return RepairWatch(to_tensor(pictures).to(device), holes.to(device), eyes)
