"""A texture loss: in each small patch the same features are to occur together, wherever in it they stand."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.losses.content import GRID, VggMaps, moved, vgg19
from training.losses.features import load_features

PATCH = 28
"""Side of a patch in pixels: three in a crop of 96, with seven places a side on the coarsest map."""
SMALLEST = PATCH + GRID - 1
"""Side in pixels of the smallest pictures that hold a patch wherever they are moved to."""
CONVOLUTIONS = (1, 6, 11)
"""Of VGG19, as in the paper: the activations after conv1_1, conv2_1 and conv3_1."""
FINE = 2
"""Of SqueezeNet: the maps of a half and a quarter of the side; coarser ones have too few places in a patch."""


class Texture(nn.Module):
    """How far the Gram matrices of patches lie apart (Sajjadi et al. 2017, "EnhanceNet", eq. 7).

    `network(images, count)` gives the first `count` of its maps. Departs from the paper: larger patches, as those of
    16 px leave detail weaker than it is in photographs; absolute differences, as squares know strong edges only; and
    all of it in units of a map's mean energy on the true pictures, so that maps and networks count alike.
    """

    def __init__(self, network: nn.Module, count: int) -> None:
        super().__init__()
        self.network, self.count = network.requires_grad_(False), count

    def forward(self, drawn: Tensor, real: Tensor) -> Tensor:
        """Mean over the maps of pictures (N, 3, H, W) in [-1, 1], with sides of SMALLEST or more: a scalar."""
        drawn, real = moved(drawn, real)
        with torch.no_grad():
            wanted = self.network(real, self.count)
        parts = [apart(x, y, drawn.shape[3]) for x, y in zip(self.network(drawn, self.count), wanted)]
        return torch.stack(parts).mean()


def apart(drawn: Tensor, real: Tensor, side: int) -> Tensor:
    """Difference of the patches' Gram matrices of two maps (N, C, h, w) of pictures `side` px wide: a scalar."""
    places = round(PATCH * drawn.shape[3] / side)
    # Sums of many products: bfloat16 would round them to a few levels.
    with torch.autocast(drawn.device.type, enabled=False):
        drawn, real = drawn.float(), real.float()
        difference = F.l1_loss(grams(drawn, places), grams(real, places))
        return difference / real.square().mean().clamp_min(1e-12)


def grams(x: Tensor, places: int) -> Tensor:
    """Mean products of any two channels within squares of `places` a side: (N, C, H, W) to (M, C, C)."""
    squares = F.unfold(x, places, stride=places)
    squares = squares.unflatten(1, (x.shape[1], places**2)).permute(0, 3, 1, 2).flatten(0, 1)
    return squares @ squares.transpose(1, 2) / places**2


def load_texture(name: str, weights: Path | None) -> Texture:
    """The texture loss in the maps of "vgg19" or "squeezenet"; TrainingError where they cannot be had."""
    if name == "vgg19":
        return Texture(VggMaps(vgg19(), CONVOLUTIONS), len(CONVOLUTIONS))
    return Texture(load_features(weights), FINE)
