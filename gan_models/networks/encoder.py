"""From a photograph to styles in one pass: where a projection starts.

A plain residual network, as pSp's (Richardson et al. 2021, section 3) is one for StyleGAN2 at 1024 px, but small: it
looks at 64 px, and all styles come from one vector. It says how far each style lies from the mean in the model's own
deviations (Model.spread), so that a network that says nothing yet gives the mean picture.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SIDE = 64
WIDTHS = (32, 64, 128, 160, 128)
HIDDEN = 320


@dataclass(frozen=True)
class EncoderConfig:
    """Of a generator: channels of its pictures, its layers, the numbers in a style."""

    channels: int
    layers: int
    w_dim: int


class Halving(nn.Module):
    """Half the side: (N, i, s, s) to (N, o, s / 2, s / 2) by two convolutions beside a short way."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(inputs, outputs, 3, 2, 1), nn.Conv2d(outputs, outputs, 3, 1, 1)
        self.short = nn.Conv2d(inputs, outputs, 1)
        self.norms = nn.ModuleList(nn.GroupNorm(8, width) for width in (inputs, outputs))

    def forward(self, x: Tensor) -> Tensor:
        inner = self.first(F.relu(self.norms[0](x)))
        return self.short(F.avg_pool2d(x, 2)) + self.second(F.relu(self.norms[1](inner)))


class Encoder(nn.Module):
    """Pictures (N, channels, any side, the same) in [-1, 1] to deviations (N, layers, w_dim)."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.first = nn.Conv2d(config.channels, WIDTHS[0], 3, 1, 1)
        self.halvings = nn.Sequential(*(Halving(i, o) for i, o in zip(WIDTHS, WIDTHS[1:])))
        self.dense = nn.Linear(WIDTHS[-1] * 16, HIDDEN)
        self.last = nn.Linear(HIDDEN, config.layers * config.w_dim)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, images: Tensor) -> Tensor:
        mode = "area" if images.shape[2] > SIDE else "bilinear"
        x = images if images.shape[2] == SIDE else F.interpolate(images, size=SIDE, mode=mode)
        x = F.relu(self.halvings(self.first(x)))
        # Flattened in (channel, row, column) order whatever the memory format.
        x = F.relu(self.dense(x.reshape(len(x), -1)))
        return self.last(x).view(-1, self.config.layers, self.config.w_dim)


def count(config: EncoderConfig) -> int:
    """Parameters of an encoder."""
    with torch.device("meta"):
        return sum(parameter.numel() for parameter in Encoder(config).parameters())
