"""Colour hints as a network takes them: where a visitor put them and, if it wants that, spread over the sheet."""

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from gan_models.pictures.images import to_tensor

GRID = 32
"""Colours are spread on a grid of so many cells a side: fine detail is the drawing's business."""


def hint_tensor(hints: np.ndarray, spread: bool = False) -> Tensor:
    """Hints uint8 (N, H, W, 4) as `strokes.draw_hints` gives them, for a network: (N, 4, H, W).

    Colours in [-1, 1], then 1 where a hint is. Elsewhere colours are 0 or, with `spread`, those of `spread_colours`:
    a convolution then finds the colour of a dot at places that it could not see the dot from.
    """
    there = torch.from_numpy(hints[..., 3] > 127).float()[:, None]
    colours = to_tensor(hints[..., :3]) * there
    if spread:
        colours = torch.where(there > 0, colours, spread_colours(colours, there))
    return torch.cat([colours, there], 1)


def spread_colours(colours: Tensor, there: Tensor) -> Tensor:
    """Colours (N, 3, H, W), known where `there` (N, 1, H, W) is 1 and 0 elsewhere, continued over the whole sheet.

    Each place takes the mean of what is known, weighted by one over the distance to the fourth (Shepard 1968); a
    picture without hints stays 0.
    """
    height, width = colours.shape[2:]
    cells = F.adaptive_avg_pool2d(torch.cat([colours, there], 1), GRID).flatten(2)
    mixed = cells @ _nearness(height / max(height, width), width / max(height, width)).to(cells)
    smooth = (mixed[:, :3] / mixed[:, 3:].clamp_min(1e-9)).unflatten(2, (GRID, GRID))
    return F.interpolate(smooth, size=(height, width), mode="bilinear", align_corners=False)


@lru_cache(maxsize=8)
def _nearness(height: float, width: float) -> Tensor:
    """How much each cell of the grid counts for each other one, (GRID², GRID²); sides of the sheet, the longer is 1."""
    steps = torch.arange(GRID) / GRID
    places = torch.cartesian_prod(steps * height, steps * width)
    return 1 / (torch.cdist(places, places).square() + GRID**-2.0).square()
