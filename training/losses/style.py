"""What a picture shows and how it is painted, both in the eyes of a frozen network."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.losses.content import moved

SHOWS = (1, 2)
"""Of SqueezeNet's four maps those of a quarter and an eighth of the side, which know edges and things."""


class StyleAndContent(nn.Module):
    """Content: maps with each channel's mean and deviation taken away, squared differences. Style: those means and
    deviations at every depth (Huang and Belongie 2017, eq. 12 and 13), and what occurs together (Gatys et al. 2016,
    eq. 4), in units of a map's energy on style pictures.

    `network` gives four maps of pictures (N, 3, H, W). Call `calibrate` before the first use.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network.requires_grad_(False)
        self.register_buffer("energies", torch.ones(4))

    @torch.no_grad()
    def calibrate(self, pictures: Tensor) -> None:
        """Take the maps' energies from style pictures (N, 3, H, W) in [-1, 1]."""
        self.energies.copy_(torch.stack([x.float().var((2, 3)).mean() for x in self.network(pictures)]))

    def forward(self, drawn: Tensor, source: Tensor, style: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Content, statistics and occurrence losses of (N, 3, H, W) pictures in [-1, 1]: scalars."""
        drawn, source = moved(drawn, source)
        with torch.no_grad():
            shown = self.network(source, max(SHOWS) + 1)
            painted = self.network(style)
        maps = self.network(drawn)
        content = torch.stack([F.mse_loss(_normal(maps[k]), _normal(shown[k])) for k in SHOWS]).mean()
        return content, self.apart(maps, painted), self.together(maps, painted)

    def apart(self, maps: Sequence[Tensor], painted: Sequence[Tensor]) -> Tensor:
        """How far the channels' means and deviations of two lists of maps lie apart: a scalar."""
        parts = [
            (F.mse_loss(_mean(x), _mean(y)) + F.mse_loss(_deviation(x), _deviation(y))) / energy
            for x, y, energy in zip(maps, painted, self.energies)
        ]
        return torch.stack(parts).mean()

    def together(self, maps: Sequence[Tensor], painted: Sequence[Tensor]) -> Tensor:
        """How far the Gram matrices of the first three maps lie apart: a scalar."""
        parts = [
            (gram(x) - gram(y)).square().sum((1, 2)).mean() / (energy * x.shape[1]) ** 2
            for x, y, energy in zip(maps[:3], painted, self.energies)
        ]
        return torch.stack(parts).mean()


def gram(x: Tensor) -> Tensor:
    """Mean products of any two channels of maps (N, C, H, W), each without its mean: (N, C, C)."""
    # Sums of many products: bfloat16 would round them to a few levels.
    with torch.autocast(x.device.type, enabled=False):
        flat = x.float().flatten(2)
        flat = flat - flat.mean(2, keepdim=True)
        return flat @ flat.transpose(1, 2) / flat.shape[2]


def _mean(x: Tensor) -> Tensor:
    return x.float().mean((2, 3))


def _deviation(x: Tensor) -> Tensor:
    return (x.float().var((2, 3)) + 1e-6).sqrt()


def _normal(x: Tensor) -> Tensor:
    return F.instance_norm(x.float())
