"""Photographs as cartoons: flat surfaces and clear outlines, whole, at any size, in any amount.

The network draws a picture as broad in its touches as one seen whole; a guided filter (He et al. 2013) between the
photograph and what was drawn says how each pixel of the photograph has to change, so that the edges of a larger one are
its own (He and Sun 2015, "Fast guided filter"; Wang and Yu 2020, section 3.5, filter their results so as well).
"""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import torch
from torch import Tensor

from gan_models.pictures.guided import guided_lines
from gan_models.pictures.images import to_tensor
from gan_models.pictures.photo import Photo, Turn
from gan_models.translating.whole import Box, as_large_as, redrawn, seen
from gan_models.weight.model import Model

RADIUS, SOFTNESS = 2, 0.004
"""Of the guided filter: pixels to each side at the size that is drawn at, and its epsilon for values in [-1, 1]."""
BLURS = 2
"""How often a picture is blurred by [1, 2, 1] each way before outlines are found on it."""
FAINT, CLEAR = 0.07, 0.24
"""What colours change by from pixel to pixel, in [-1, 1], where an outline begins and where it is whole."""
AROUND = 16
"""Pixels that the filters look at around a tile, beside what the network does."""


def cartooned(
    model: Model,
    photo: Photo,
    *,
    strength: float = 1.0,
    outlines: float = 0.5,
    keep: bool = False,
    side: int | None = None,
    turn: Turn = nullcontext,
) -> Photo:
    """The whole photograph as a cartoon, at its own size (see `whole.redrawn`: `strength`, `keep`, `turn`).

    `outlines`: how dark those found on what is drawn become, 0 (the network's own alone) to 1 (black). `side`: longer
    side in pixels at which is drawn, None for USUAL_SIDE: fewer draw broader.
    """
    levels = seen(photo, side)
    with torch.inference_mode():
        maps = as_large_as(photo, _Flat(model, levels), turn)

        def draw(source: Tensor, box: Box) -> Tensor:
            factor, offset, steep = maps.at(box).split((3, 3, 1), 1)
            drawn = (factor * source + offset).clamp(-1, 1)
            return (drawn + 1) * (1 - outlines * outlines_of(steep)) - 1

        return redrawn(photo, draw, strength=strength, keep=keep, turn=turn)


class _Flat:
    """What the network draws of a picture uint8 (H, W, 3), tile by tile, as if in one piece: a factor and an offset for
    each colour of the photograph, and how steep what is drawn is."""

    channels = 7

    def __init__(self, model: Model, levels: np.ndarray) -> None:
        config = model.config
        self.network, self.device, self.size = model.drawing_generator, model.device, levels.shape[:2]
        self.around = self.network.reach + AROUND
        sides = [max(config.least_side, side + -side % config.multiple) for side in self.size]
        beyond = [(0, whole - side) for whole, side in zip(sides, self.size)]
        self.levels = np.pad(levels, (*beyond, (0, 0)), mode="edge")

    def at(self, box: Box) -> Tensor:
        reads = tuple(slice(max(0, part.start - self.around), part.stop + self.around) for part in box)
        source = to_tensor(self.levels[reads]).to(self.device)
        drawn = self.network(source).float()
        maps = torch.cat([*guided_lines(source, drawn, RADIUS, SOFTNESS), steepness(drawn)], 1).cpu()
        rows, columns = (slice(part.start - read.start, part.stop - read.start) for part, read in zip(box, reads))
        return maps[:, :, rows, columns]


def outlines_of(steep: Tensor) -> Tensor:
    """How much of an outline there is, 0 to 1, where colours change by so much from pixel to pixel."""
    share = ((steep - FAINT) / (CLEAR - FAINT)).clamp(0, 1)
    return share * share * (3 - 2 * share)


def steepness(drawn: Tensor) -> Tensor:
    """By how much pictures (N, C, H, W), slightly blurred, change from pixel to pixel, in the colour that changes most:
    (N, 1, H, W)."""
    for _ in range(BLURS):
        for axis in (2, 3):
            before, after = _beside(drawn, axis)
            drawn = (before + after) / 4 + drawn / 2
    steps = [after - before for before, after in (_beside(drawn, axis) for axis in (2, 3))]
    return (steps[0].square() + steps[1].square()).amax(1, keepdim=True).sqrt() / 2


def _beside(x: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    """Of each pixel the one before and the one after it, borders repeated."""
    length = x.shape[axis]
    first, last = x.narrow(axis, 0, 1), x.narrow(axis, length - 1, 1)
    return (
        torch.cat([first, x.narrow(axis, 0, length - 1)], axis),
        torch.cat([x.narrow(axis, 1, length - 1), last], axis),
    )
