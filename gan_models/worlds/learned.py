"""A world that is only a network, behind the same two calls as the world that it learned."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch

from gan_models.pictures.images import to_tensor, to_uint8
from gan_models.worlds import boat

if TYPE_CHECKING:
    from gan_models.weight.model import Model


@dataclass
class Learned:
    """`reset(frames)` begins after two frames, `step(action, thrown)` draws the next, each uint8 (64, 64, 3)."""

    model: Model
    frames: np.ndarray = field(default_factory=lambda: np.zeros((2, boat.SIDE, boat.SIDE, 3), np.uint8))

    def reset(self, frames: np.ndarray) -> np.ndarray:
        """Begin after these frames, uint8 (2, 64, 64, 3), the older one first; the newer one comes back."""
        self.frames = frames
        return frames[-1]

    @torch.inference_mode()
    def step(self, action: int, thrown: int) -> np.ndarray:
        """The frame after an action, where the river brings what was thrown."""
        given = to_tensor(self.frames).flatten(0, 1)[None].to(self.model.device)
        coming = torch.from_numpy(coming_in(thrown))[None].to(self.model.device)
        did = torch.tensor([action], device=self.model.device)
        # What is drawn goes on as the 8 bits that are shown: a film or a rewound play is the same to the last level.
        frame = to_uint8(self.model.drawing_generator(given, did, coming).float().cpu())[0]
        self.frames = np.stack([self.frames[-1], frame])
        return frame


def coming_in(thrown: int) -> np.ndarray:
    """What is thrown as the network is given it: float32 (kinds, 64, 64), 1 where a thing of a kind comes in."""
    out = np.zeros((len(boat.KINDS), boat.SIDE, boat.SIDE), np.float32)
    if place := boat.footprint(thrown):
        kind, rows, columns = place
        out[kind, rows, columns] = 1
    return out
