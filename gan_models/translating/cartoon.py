"""Photographs as cartoons: flat surfaces and clear outlines, whole, at any size, in any amount.

The network draws a photograph as broad in its touches as one seen whole. Of a larger one, a guided filter (He et al.
2013) between it and what was drawn says how each of its pixels has to change, so that edges are its own and nothing is
blurred ("Fast guided filter", He and Sun 2015; Wang and Yu 2020 join photograph and result by the same filter).
"""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import torch
from torch import Tensor

from gan_models.pictures.guided import box, guided_lines
from gan_models.pictures.images import to_tensor
from gan_models.pictures.photo import Photo, Turn
from gan_models.translating.whole import Box, as_large_as, redrawn, seen
from gan_models.weight.model import Model

RADIUS, SOFTNESS = 2, 0.004
"""Of the guided filter: pixels to each side at the size that is drawn at, and its epsilon for values in [-1, 1]."""
NARROW, WIDE = 1, 3
"""Of outlines: pixels to each side of a place, and of what is around it."""
FAINT, CLEAR = 0.05, 0.22
"""By how much it is darker, in [-1, 1], where an outline begins and where it is whole."""
AROUND = 16
"""Pixels that the filters look at around a tile, beside what the network does."""


def cartooned(
    model: Model,
    photo: Photo,
    *,
    strength: float = 1.0,
    outlines: float = 0.4,
    keep: bool = False,
    side: int | None = None,
    turn: Turn = nullcontext,
) -> Photo:
    """The whole photograph as a cartoon, at its own size (see `whole.redrawn`: `strength`, `keep`, `turn`).

    `outlines`: how dark those found on what is drawn become, 0 (the network's own alone) to 1 (black). `side`: longer
    side in pixels at which is drawn, at most, None for the usual one: fewer draw broader.
    """
    levels = seen(model, photo, side)
    with torch.inference_mode():
        small = levels.shape[:2] < (photo.height, photo.width)
        maps = as_large_as(photo, _Flat(model, levels, small), turn)

        def draw(source: Tensor, place: Box) -> Tensor:
            factor, offset, shade = maps.at(place).split((3, 3, 1), 1)
            drawn = (factor * source + offset).clamp(-1, 1)
            return (drawn + 1) * (1 - outlines * outlines_of(shade)) - 1

        return redrawn(photo, draw, strength=strength, keep=keep, turn=turn)


class _Flat:
    """What the network draws of a picture uint8 (H, W, 3), tile by tile, as if in one piece: a factor and an offset for
    each colour of the photograph, and by how much what is drawn is darker than around.

    `small`: there is a larger photograph, from whose pixels the result is made; if not, it is what is drawn.
    """

    channels = 7

    def __init__(self, model: Model, levels: np.ndarray, small: bool) -> None:
        config, self.small = model.config, small
        self.network, self.device, self.size = model.drawing_generator, model.device, levels.shape[:2]
        self.around = self.network.reach + AROUND
        sides = [max(config.least_side, side + -side % config.multiple) for side in self.size]
        beyond = [(0, whole - side) for whole, side in zip(sides, self.size)]
        self.levels = np.pad(levels, (*beyond, (0, 0)), mode="edge")

    def at(self, place: Box) -> Tensor:
        reads = tuple(slice(max(0, part.start - self.around), part.stop + self.around) for part in place)
        source = to_tensor(self.levels[reads]).to(self.device)
        drawn = self.network(source).float()
        lines = guided_lines(source, drawn, RADIUS, SOFTNESS) if self.small else (torch.zeros_like(drawn), drawn)
        maps = torch.cat([*lines, shade_of(drawn)], 1).cpu()
        rows, columns = (slice(part.start - read.start, part.stop - read.start) for part, read in zip(place, reads))
        return maps[:, :, rows, columns]


def outlines_of(shade: Tensor) -> Tensor:
    """How much of an outline there is, 0 to 1, where pictures are so much darker than around."""
    share = ((shade - FAINT) / (CLEAR - FAINT)).clamp(0, 1)
    return share * share * (3 - 2 * share)


def shade_of(drawn: Tensor) -> Tensor:
    """By how much each place of pictures (N, C, H, W) is darker than around, in the colour of which that is most:
    (N, 1, H, W). A difference of boxes in place of Gaussians (Winnemoeller et al. 2012), which marks the dark side of
    edges, as ink does."""
    return (box(drawn, WIDE) - box(drawn, NARROW)).amax(1, keepdim=True)
