"""A trained generator rearranged for drawing one picture at a time on a CPU, as sliders ask for them.

Only the order of additions changes: pictures agree with the plain network's within a hundred thousandth of
their range. At one picture, most of the time of a DCGAN's first layers goes into rearranging their kernels
for a convolution that is over at once; a plain matrix product needs no such thing and takes half the time.
"""

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.networks.dcgan import DcganGenerator
from gan_models.networks.layers import ResizeConv

LARGEST_SIDE, LEAST_CHANNELS = 8, 256
"""Maps up to this side and from this many channels on are doubled by a matrix product (measured)."""


class Doubling(nn.Module):
    """A transposed convolution of kernel 4 and stride 2, with the batch norm after it folded in."""

    def __init__(self, kernel: Tensor, bias: Tensor, side: int) -> None:
        super().__init__()
        self.product = side <= LARGEST_SIDE and len(kernel) >= LEAST_CHANNELS
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


def prepare(generator: nn.Module) -> nn.Module:
    """Return a generator in its faster form; one of a family that has none as it is."""
    if not isinstance(generator, DcganGenerator):
        return generator
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
def _folded(layer: nn.Module, norm: nn.BatchNorm2d | None) -> tuple[Tensor, Tensor]:
    """Kernel (i, o, 4, 4) and bias (o,) of a layer with the norm after it."""
    kernel = layer.kernel() if isinstance(layer, ResizeConv) else layer.weight
    bias = getattr(layer, "bias", None)
    bias = torch.zeros(kernel.shape[1]) if bias is None else bias
    if norm is None:
        return kernel.clone(), bias.clone()
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    return kernel * scale[:, None, None], (bias - norm.running_mean) * scale + norm.bias
