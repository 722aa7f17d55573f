"""A trained generator rearranged for drawing one picture at a time on a CPU, as sliders ask for them.

Only the order of additions changes: pictures agree with the plain network's within a hundred thousandth of
their range. At one picture, most of the time of a DCGAN's first layers goes into rearranging their kernels
for a convolution that is over at once; a plain matrix product needs no such thing and takes half the time.
A swift network's activations and skips are done where the convolution writes its result, which saves two
journeys through memory a block. A style-based generator's kernels are scaled and spread once, not for every picture.
"""

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrize

from gan_models.networks.dcgan import DcganGenerator
from gan_models.networks.fold import folded, statistics
from gan_models.networks.layers import ResizeConv, check_low
from gan_models.networks.pix2pix import Pix2pixGenerator
from gan_models.networks.sagan import UpBlock
from gan_models.networks.stylegan2 import Stylegan2Generator
from gan_models.networks.swift import SwiftGenerator, on_repeated

LARGEST_SIDE, LEAST_CHANNELS = 8, 256
"""Maps up to this side and from this many channels on are doubled by a matrix product (measured)."""


class Doubling(nn.Module):
    """A transposed convolution of kernel 4 and stride 2, with the batch norm after it folded in."""

    def __init__(self, kernel: Tensor, bias: Tensor, side: int) -> None:
        super().__init__()
        # Of maps with an odd side oneDNN adds up in another order when it has more threads: not so a product.
        self.product = side <= LARGEST_SIDE and (len(kernel) >= LEAST_CHANNELS or side % 2 == 1)
        if self.product:
            kernel = kernel.flatten(1).T.contiguous()
        else:
            kernel = kernel.contiguous(memory_format=torch.channels_last)
        self.register_buffer("kernel", kernel)
        self.register_buffer("bias", bias.view(-1, 1, 1) if self.product else bias)

    def forward(self, x: Tensor) -> Tensor:
        """Bring (N, i, h, w) to (N, o, 2h, 2w)."""
        if not self.product:
            return F.conv_transpose2d(x, self.kernel, self.bias, stride=2, padding=1)
        height, width = x.shape[2:]
        columns = self.kernel @ x.flatten(2)
        return F.fold(columns, (2 * height, 2 * width), 4, stride=2, padding=1).add_(self.bias)


class FusedSwift(nn.Module):
    """A swift network whose ReLU and skips are part of the convolutions; called like the plain one.

    Kernels are kept in float32 and, as autocast would have them, cast where it is on.
    """

    def __init__(self, plain: SwiftGenerator) -> None:
        super().__init__()
        self.config, self.scale, self.receptive_field = plain.config, plain.scale, plain.receptive_field
        self.plain = plain

    def forward(self, images: Tensor) -> Tensor:
        """As SwiftGenerator."""
        check_low(images)
        half = torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else None
        # A processor without bf16 can still be asked for it, by a recipe: torch's own layers know a slow way then.
        slow = half and not torch.ops.mkldnn._is_mkldnn_bf16_supported()
        single = images[0, 0].numel() == 1  # torch 2.11 cannot add to a map of one pixel
        if slow or single or images.device.type != "cpu":
            return self.plain(images)
        x = _fused(images if half is None else images.to(half), self.plain.first)
        for block in self.plain.blocks:
            x = _fused(_fused(x, block.conv1, "relu"), block.conv2, onto=x)
        return on_repeated(images, _fused(x, self.plain.last), self.scale)


def _fused(x: Tensor, conv: nn.Conv2d, then: str = "none", onto: Tensor | None = None) -> Tensor:
    """A 3x3 convolution, then ReLU or the sum with another map, in one go through memory."""
    weight = conv.weight.to(x.dtype, memory_format=torch.channels_last)
    bias = None if conv.bias is None else conv.bias.to(x.dtype)
    given = ([1, 1], [1, 1], [1, 1], 1)
    if onto is None:
        return torch.ops.mkldnn._convolution_pointwise(x, weight, bias, *given, then, [], "")
    add = torch.ops.mkldnn._convolution_pointwise.binary
    return add(x, onto, weight, bias, *given, "add", None, None, [], None)


def _fuses(generator: SwiftGenerator) -> bool:
    """Whether this torch has the fused convolutions, which only its compiler is meant to use, and they agree."""
    images = torch.linspace(-1, 1, 3 * 5 * 6).view(1, 3, 5, 6)
    try:
        with torch.inference_mode():
            return torch.allclose(FusedSwift(generator)(images), generator(images), atol=1e-4, rtol=1e-4)
    except (AttributeError, RuntimeError, TypeError):
        return False


def faster_swift(generator: SwiftGenerator) -> nn.Module:
    """A swift network with fused convolutions; as it is where this torch has none."""
    return FusedSwift(generator) if _fuses(generator) else generator


def faster_dcgan(generator: DcganGenerator) -> DcganGenerator:
    """A DCGAN with its batch norms folded and its first layers as matrix products."""
    fast = copy.deepcopy(generator)
    layers, ready, side = list(fast.steps), [], generator.config.start
    while layers:
        layer = layers.pop(0)
        if isinstance(layer, nn.ConvTranspose2d | ResizeConv):
            norm = layers.pop(0) if layers and isinstance(layers[0], nn.BatchNorm2d) else None
            layer, side = Doubling(*_folded(layer, norm), side), side * 2
        ready.append(layer)
    fast.steps = nn.Sequential(*ready)
    return fast.eval().requires_grad_(False)


@torch.no_grad()
def faster_stylegan2(plain: Stylegan2Generator) -> Stylegan2Generator:
    """A style-based generator whose kernels are made once instead of for every picture."""
    fast = copy.deepcopy(plain)
    for block in fast.blocks:
        for conv in block.convs:
            conv.keep()
    return fast.eval().requires_grad_(False)


@torch.no_grad()
def faster_blocks(plain: nn.Module) -> nn.Module:
    """A generator of residual blocks from 4 px on: their kernels are normalised, spread and arranged once instead of
    for every picture."""
    fast = without_parametrizations(plain).to(memory_format=torch.channels_last)
    for level, block in enumerate(layer for layer in fast.modules() if isinstance(layer, UpBlock)):
        kernel = block.up.kernel()
        block.up = Doubling(kernel, torch.zeros(kernel.shape[1]), 4 << level)
    return fast


def without_parametrizations(plain: nn.Module) -> nn.Module:
    """A generator with spectral norm whose weights are normalised once instead of for every picture."""
    fast = copy.deepcopy(plain).eval()
    for layer in list(fast.modules()):
        if parametrize.is_parametrized(layer):
            weight = layer.weight.detach().clone()
            # Not torch's own way: it would take the property from the class, which the copy shares with the original.
            layer.__class__ = type(layer).__bases__[0]
            del layer.parametrizations
            layer.weight = nn.Parameter(weight)
    return fast.requires_grad_(False)


def faster_pix2pix(plain: Pix2pixGenerator) -> Pix2pixGenerator:
    """A U-Net with its batch norms folded and the kernels of its way up made once instead of at every call."""
    fast, side = folded(plain), plain.config.size >> plain.config.depth
    for level, up in enumerate(plain.ups):
        fast.ups[level] = _doubled(up, side << level)
    if plain.config.upsampling == "resize":
        fast.last[0] = _doubled(plain.last[0], plain.config.size // 2)
    return fast.to(memory_format=torch.channels_last)


def _doubled(layers: nn.Sequential, side: int) -> nn.Sequential:
    norm = layers[1] if len(layers) > 1 and isinstance(layers[1], nn.BatchNorm2d) else None
    return nn.Sequential(Doubling(*_folded(layers[0], norm), side), *layers[1 if norm is None else 2 :])


@torch.no_grad()
def _folded(layer: nn.Module, norm: nn.BatchNorm2d | None) -> tuple[Tensor, Tensor]:
    """Kernel (i, o, 4, 4) and bias (o,) of a layer with the norm after it."""
    kernel = layer.kernel() if isinstance(layer, ResizeConv) else layer.weight
    bias = getattr(layer, "bias", None)
    bias = torch.zeros(kernel.shape[1]) if bias is None else bias
    if norm is None:
        return kernel.clone(), bias.clone()
    mean, deviation = statistics(norm)
    scale = norm.weight / deviation
    return kernel * scale[:, None, None], (bias - mean) * scale + norm.bias
