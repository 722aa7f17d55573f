"""What is looked at while persons are learned: held-out ones in other poses, drawn beside true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from gan_models.networks.pose2person import CHANNELS
from gan_models.pictures.images import contact_sheet, fine_levels, packed_png, to_uint8
from training.data.figures import HELD_OUT
from training.data.puppet_batches import Pair, Sitting, packed
from training.games.phases import Batch
from training.games.pose2person import Scene, danced

WATCHED = 8
"""Figures that are watched."""


@dataclass(frozen=True)
class PuppetWatch:
    """Held-out figures as a batch."""

    images: Tensor
    joints: Tensor
    source: Tensor

    def measure(self, networks: Mapping[str, nn.Module], shown: nn.Module) -> dict[str, float]:
        """How far the drawn frames are from the true ones, in levels, and the ground from the true one."""
        scene, drawn, ground = self._drawn(shown)
        pairs = {"levels": (torch.cat(drawn), torch.cat(scene.frames)), "ground": (ground, scene.ground)}
        return {
            f"{name}/apart": float((fine_levels(one) - fine_levels(other)).abs().mean())
            for name, (one, other) in pairs.items()
        }

    def grid(self, shown: nn.Module) -> bytes:
        """The sheet as PNG: who it is, then for both frames the skeleton, what was drawn, and the true picture."""
        return packed_png(self.sheet(shown))

    def sheet(self, shown: nn.Module) -> np.ndarray:
        """The same as uint8 (H, W, 3)."""
        scene, drawn, _ = self._drawn(shown)
        columns = [scene.known_by]
        for skeleton, frame, true in zip(scene.skeletons, drawn, scene.frames):
            columns += [skeleton, frame.float(), true]
        rows = torch.stack(columns, 1).flatten(0, 1)
        return contact_sheet(to_uint8(rows), columns=len(columns), gap=2)

    @torch.no_grad()
    def _drawn(self, shown: nn.Module) -> tuple[Scene, list[Tensor], Tensor]:
        scene = Scene.of(Batch(self.images, self.joints, self.source))
        return scene, *danced(shown, scene)


def watch_puppets(size: int, device: torch.device) -> PuppetWatch:
    """Figures that no training sees, the two frames unlike each other."""
    sittings = [
        Sitting.by_chance(HELD_OUT + number, size, np.random.default_rng([number, HELD_OUT]), pairs=2)
        for number in range(WATCHED)
    ]
    images, joints, source = packed([Pair(sitting, 1, 0) for sitting in sittings])
    assert images.shape[1] == 2 * CHANNELS
    return PuppetWatch(images.to(device), joints.to(device), source.to(device))
