"""What is looked at while a network learns to draw cartoons: held-out photographs beside their cartoons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from gan_models.networks.cartoon import gray
from gan_models.pictures.images import contact_sheet, fine_levels, packed_png, to_uint8
from training.data.cartoon_batches import PHOTOS, with_structure
from training.data.photos import Photos
from training.data.style_batches import middles
from training.losses.repair import features_apart

SHOWN = 24
"""Photographs, four in a row, each with its cartoon."""


@dataclass(frozen=True)
class CartoonWatch:
    """Photographs held out and their structure (SHOWN, 3, S, S) in [-1, 1], and frozen features."""

    photos: Tensor
    structure: Tensor
    features: nn.Module

    @torch.no_grad()
    def measure(self, networks: Mapping[str, nn.Module], shown: nn.Module) -> dict[str, float]:
        """One row's numbers: how far cartoons lie from their structure in features, and how much brighter they are than
        photographs, in levels."""
        drawn = shown(self.photos)
        apart = features_apart(self.features(drawn), self.features(self.structure)).mean()
        now, before = (fine_levels(gray(images, shifted=False)).mean() for images in (drawn, self.photos))
        return {"structure/held_out": apart.item(), "brightness/held_out": (now - before).item()}

    def grid(self, shown: nn.Module) -> bytes:
        """The sheet as PNG."""
        return packed_png(self.sheet(shown))

    @torch.no_grad()
    def sheet(self, shown: nn.Module) -> np.ndarray:
        """The same as uint8 (H, W, 3)."""
        tiles = torch.stack([self.photos, shown(self.photos)], 1).flatten(0, 1)
        return contact_sheet(to_uint8(tiles), columns=8)


def watch_cartoons(kept: Sequence[Photos], side: int, features: nn.Module, device: torch.device) -> CartoonWatch:
    """Choose what is looked at: the middles of held-out photographs of every set, evenly spaced."""
    each = -(-SHOWN // len(kept))
    chosen = np.concatenate([middles(photos.pictures, side, PHOTOS, each) for photos in kept])[:SHOWN]
    photos, structure = with_structure(chosen).to(device).split(3, 1)
    return CartoonWatch(photos, structure, features)
