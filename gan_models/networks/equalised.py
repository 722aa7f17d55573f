"""Layers of equalised learning rate, and what networks made of them share (Karras et al. 2018, sections 3 and 4)."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.networks.layers import at_least_single, footprints, spread_kernel

ROOT = math.sqrt(2)  # what a leaky ReLU takes of the deviation
FIRST_RGB = 0.1  # ordinary ones saturate the tanh, and the discriminator wins before anything is drawn
MEAN_DECAY = 0.995  # of a batch, StyleGAN2's `w_avg_beta`


class EqualLinear(nn.Module):
    """A dense layer of equalised learning rate: weights N(0, 1), scaled at run time (Karras et al. 2018, 4.1)."""

    def __init__(self, inputs: int, outputs: int, bias: float = 0.0, rate: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs))
        self.bias = nn.Parameter(torch.full((outputs,), bias / rate))
        nn.init.normal_(self.weight, 0.0, 1 / rate)
        self.gain, self.rate = rate / math.sqrt(inputs), rate

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight * self.gain, self.bias * self.rate)


class EqualConv(nn.Module):
    """A convolution of equalised learning rate that keeps the side, or (3x3) doubles it first where `up`."""

    def __init__(self, inputs: int, outputs: int, kernel: int, bias: bool = True, up: bool = False) -> None:
        super().__init__()
        self.register_buffer("spread", footprints() if up else None, persistent=False)
        self.weight = nn.Parameter(torch.empty(outputs, inputs, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None
        nn.init.normal_(self.weight)
        self.gain, self.padding = 1 / math.sqrt(inputs * kernel**2), kernel // 2

    def forward(self, x: Tensor) -> Tensor:
        weight = self.weight * self.gain
        if self.spread is not None:
            # As in ResizeConv: nearest doubling and the convolution in one step.
            return F.conv_transpose2d(x, spread_kernel(weight, self.spread), self.bias, stride=2, padding=1)
        return F.conv2d(x, weight, self.bias, padding=self.padding)


def beside_deviation(x: Tensor, group: int, mean: Tensor, training: bool) -> Tensor:
    """One more map (N, C + 1, h, w): how much the pictures of a group differ (section 3).

    In training `mean` follows it; in evaluation it is that mean, so that a verdict depends on its picture alone.
    """
    if training:
        group = math.gcd(len(x), group)
        groups = at_least_single(x).reshape(group, -1, *x.shape[1:])
        seen = (groups.var(0, correction=0) + 1e-8).sqrt().mean((1, 2, 3))
        mean.lerp_(seen.detach().mean(), 1 - MEAN_DECAY)
        seen = seen.repeat(group)
    else:
        seen = mean.expand(len(x))
    return torch.cat([x, seen.to(x.dtype).view(-1, 1, 1, 1).expand(-1, 1, *x.shape[2:])], 1)


def unit(x: Tensor) -> Tensor:
    """Each row brought to a mean square of 1 (section 4.2)."""
    return x * (x.square().mean(1, keepdim=True) + 1e-8).rsqrt()


def lrelu(x: Tensor) -> Tensor:
    return F.leaky_relu(x, 0.2)
