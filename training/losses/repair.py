"""How well a hole is filled: in pixels, and in the eyes of a frozen network."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.networks.inpaint import SEEN
from training.losses.content import GRID

RING = 8
"""Pixels around a hole in which the network's picture must be the photograph."""


class Eyes(nn.Module):
    """SqueezeNet 1.1, and how loud the maps are that the discriminator judges.

    `network` gives four maps of pictures (N, 3, H, W). Call `calibrate` before the first use.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network.requires_grad_(False)
        self.register_buffer("scales", torch.ones(len(SEEN)))

    @torch.no_grad()
    def calibrate(self, real: Tensor) -> None:
        """Take the scales, which bring maps to unit mean energy, from photographs (N, 3, H, W) in [-1, 1]."""
        energies = torch.stack([x.float().square().mean() for x in self.network(real)[1 : 1 + len(SEEN)]])
        self.scales.copy_(energies.clamp_min(1e-12).rsqrt())

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """Maps of pictures (N, 3, H, W) in [-1, 1], of halves, quarters, eighths and sixteenths of a side."""
        return self.network(pictures)

    def judged(self, maps: Sequence[Tensor]) -> list[Tensor]:
        """Those of them that the discriminator judges, scaled."""
        return [x * scale.to(x.dtype) for x, scale in zip(maps[1:], self.scales)]


def features_apart(maps: Sequence[Tensor], wanted: Sequence[Tensor], thinned: bool = False) -> Tensor:
    """How far two pictures lie apart in their maps, (N,): as LPIPS (Zhang et al. 2018, eq. 1) with all weights 1.

    At each place both columns of features are brought to unit length and their squared difference taken. `thinned`:
    of the largest map only a quarter of the places, at a quarter of the time; pictures that move show it all in turn.
    """
    if thinned:
        maps, wanted = ([first[:, :, ::2, ::2], *rest] for first, *rest in (maps, wanted))
    return torch.stack([2 * (1 - _cosines(x, y)).mean((1, 2)) for x, y in zip(maps, wanted)]).mean(0)


def moved_all(*pictures: Tensor) -> tuple[Tensor, ...]:
    """All of them without up to three of their first rows and columns (see `training.losses.content.moved`)."""
    top, left = torch.randint(0, GRID, (2,)).tolist()
    return tuple(picture[:, :, top:, left:] for picture in pictures)


def pixels_apart(drawn: Tensor, real: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Mean absolute difference of pictures (N, 3, H, W) inside the holes of masks (N, 1, H, W), and in rings around
    them: scalars."""
    away = (drawn - real).abs().mean(1, keepdim=True)
    # A square's largest, by rows and then by columns.
    near = F.max_pool2d(mask, (1, 2 * RING + 1), 1, (0, RING))
    near = F.max_pool2d(near, (2 * RING + 1, 1), 1, (RING, 0))
    return mean_where(away, mask), mean_where(away, near - mask)


def mean_where(values: Tensor, weights: Tensor) -> Tensor:
    """The mean of values (N, 1, H, W) weighted by `weights`, 0 to 1, of the same shape; 0 where there are none."""
    return (values * weights).sum() / weights.sum().clamp_min(1.0)


def share_at(mask: Tensor, sides: Sequence[int]) -> Tensor:
    """How much of each place of a map of these sides is hole: (N, 1, h, w) from 0 to 1."""
    return F.adaptive_avg_pool2d(mask, tuple(sides))


def places_told(real: Sequence[Tensor], drawn: Sequence[Tensor], mask: Tensor) -> Tensor:
    """The discriminator's hinge loss with the mask as its target: what is hole was drawn, all else is real.

    `real`, `drawn`: logits (N, 1, h, w), above 0 for real, of pictures and of the same ones filled (after Zeng et al.
    2022, AOT-GAN, section 3.3, whose mask is soft too).
    """
    parts = []
    for on_real, on_drawn in zip(real, drawn):
        hole = share_at(mask, on_drawn.shape[2:])
        kept = F.relu(1 - on_real).mean() + mean_where(F.relu(1 - on_drawn), 1 - hole)
        parts.append(kept / 2 + mean_where(F.relu(1 + on_drawn), hole))
    return torch.stack(parts).mean()


def places_hidden(drawn: Sequence[Tensor], mask: Tensor) -> Tensor:
    """The generator's: the logits of what was drawn, which it raises: a scalar."""
    return -torch.stack([mean_where(logits, share_at(mask, logits.shape[2:])) for logits in drawn]).mean()


def _cosines(x: Tensor, y: Tensor) -> Tensor:
    """Of the columns of two maps (N, C, h, w), (N, h, w) float32."""
    product, one, other = ((a * b).sum(1, dtype=torch.float32) for a, b in ((x, y), (x, x), (y, y)))
    return product * (one + 1e-6).rsqrt() * (other + 1e-6).rsqrt()
