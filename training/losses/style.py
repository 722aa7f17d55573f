"""What a picture shows and how it is painted, both in the eyes of a frozen network."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.losses.content import moved

SHOWS = (1, 2)
"""Of SqueezeNet's four maps those of a quarter and an eighth of the side, which know edges and things."""
LEAST = 0.3
"""Share of the usual variance that a style has at least: one of flat areas does not weigh without end."""

Spread = tuple[Tensor, Tensor]


class StyleAndContent(nn.Module):
    """Content: maps with each channel's mean and deviation taken away, squared differences. Style: those means and
    deviations at every depth (Huang and Belongie 2017, eq. 12 and 13), and what occurs together (Gatys et al. 2016,
    eq. 4), in units of the style picture's own, so that quiet styles weigh as much as loud ones.

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
            painted = [spread(x) for x in self.network(style)]
        maps = self.network(drawn)
        content = torch.stack([F.mse_loss(_normal(maps[k]), _normal(shown[k])) for k in SHOWS]).mean()
        return content, *self.painted_apart([spread(x) for x in maps], painted)

    def painted_apart(self, drawn: Sequence[Spread], painted: Sequence[Spread]) -> tuple[Tensor, Tensor]:
        """How far channels' means and deviations lie apart, and how far what occurs together: scalars.

        Each is log(1 + x): far off it pulls no harder, or one flat style would drown all others in the step.
        """
        apart, together = [], []
        for (mean, products), (wanted, asked), usual in zip(drawn, painted, self.energies):
            energy = asked.diagonal(dim1=1, dim2=2).mean(1) + LEAST * usual
            moments = (mean - wanted).square().mean(1) + (_deviations(products) - _deviations(asked)).square().mean(1)
            apart.append((moments / energy).log1p().mean())
            norm = asked.square().sum((1, 2)) + (LEAST * usual * mean.shape[1]) ** 2
            together.append(((products - asked).square().sum((1, 2)) / norm).log1p().mean())
        return torch.stack(apart).mean(), torch.stack(together).mean()


def spread(x: Tensor) -> Spread:
    """Means (N, C) of maps (N, C, H, W), and mean products of any two channels without their means (N, C, C)."""
    # Sums of many products: bfloat16 would round them to a few levels.
    with torch.autocast(x.device.type, enabled=False):
        flat = x.float().flatten(2)
        mean = flat.mean(2)
        return mean, flat @ flat.transpose(1, 2) / flat.shape[2] - mean[:, :, None] * mean[:, None, :]


def _deviations(products: Tensor) -> Tensor:
    return (products.diagonal(dim1=1, dim2=2).clamp_min(0) + 1e-6).sqrt()


def _normal(x: Tensor) -> Tensor:
    x = x.float()
    x = x - x.mean((2, 3), keepdim=True)
    return x * (x.square().mean((2, 3), keepdim=True) + 1e-5).rsqrt()
