"""What the translation families share: checks of source and hints, PatchGAN, residual blocks, norms."""

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from gan_models.errors import RequestError
from gan_models.networks.layers import ResizeConv, at_least_single

MULTIPLE = 4
"""What the sides of a photograph are divisible by whose maps are halved twice."""
HINTS = 4
"""Channels of colour hints: red, green and blue in [-1, 1] where there is one and 0 elsewhere; 1 there, else 0."""

STRIDED = {16: 1, 34: 2, 70: 3, 142: 4}
"""How many of a PatchGAN's convolutions have stride 2, by the side of what one logit sees in pixels."""


class OfPhotographs:
    """What the configs of networks share that draw whole photographs anew, in colour."""

    @property
    def channels(self) -> int:
        """Of what is drawn: colour."""
        return 3

    @property
    def source_channels(self) -> int:
        """Of what is given: colour."""
        return 3

    @property
    def multiple(self) -> int:
        """What the sides of a source must be divisible by, in pixels."""
        return MULTIPLE

    @property
    def least_side(self) -> int:
        """The smallest side of a source in pixels."""
        return 16


def join(source: Tensor, hints: Tensor | None, channels: int, hint_channels: int, multiple: int) -> Tensor:
    """The input of a translator: source (N, channels, H, W) and hints (N, hint_channels, H, W), none being zeros.

    Raises RequestError for other shapes, for sides that `multiple` does not divide, and for unasked hints.
    """
    if source.ndim != 4 or source.shape[1] != channels:
        raise RequestError(f"The source has shape {tuple(source.shape)}; this network takes (N, {channels}, H, W).")
    height, width = source.shape[2:]
    if height % multiple or width % multiple or not height or not width:
        raise RequestError(f"The source is {width}x{height}; this network takes sides divisible by {multiple}.")
    if not hint_channels:
        if hints is not None:
            raise RequestError("Hints were given, but this network takes none; leave them out.")
        return source
    shape = (len(source), hint_channels, height, width)
    if hints is None:
        hints = source.new_zeros(shape)
    if hints.shape != shape:
        raise RequestError(f"The hints have shape {tuple(hints.shape)}; beside this source they have {shape}.")
    return torch.cat([source, hints.to(source.dtype)], 1)


def norm_of(kind: str, channels: int, affine: bool = True) -> list[nn.Module]:
    """A norm layer as a list: "batch", "instance" (every picture by itself), or none for "spectral" and "none"."""
    if kind == "batch":
        return [nn.BatchNorm2d(channels)]
    return [nn.InstanceNorm2d(channels, affine=affine)] if kind == "instance" else []


def double(inputs: int, outputs: int, upsampling: str, kernel: int = 4) -> nn.Module:
    """(N, inputs, h, w) to (N, outputs, 2h, 2w): "transposed" (kernel 4, or 3 as CycleGAN has it) or "resize"."""
    if upsampling == "resize":
        return ResizeConv(inputs, outputs)
    odd = kernel % 2
    return nn.ConvTranspose2d(inputs, outputs, kernel, stride=2, padding=1, output_padding=odd, bias=bool(odd))


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions with reflected borders that the picture may pass around (Johnson et al. 2016)."""

    def __init__(self, channels: int, norm: str) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            *norm_of(norm, channels, affine=False),
            nn.ReLU(inplace=True),
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            *norm_of(norm, channels, affine=False),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x)


class PatchGan(nn.Module):
    """One logit for every patch of `patch` x `patch` pixels (Isola et al. 2017, section 3.2.2 and 6.1.2).

    `channels`: of all that is judged together; `norm`: "batch", "instance", "spectral" or "none"; no norm in
    the first and last convolution, as in the paper.
    """

    def __init__(self, channels: int, width: int, patch: int, norm: str) -> None:
        super().__init__()
        wrap = spectral_norm if norm == "spectral" else lambda layer: layer
        strided, inputs, layers = STRIDED[patch], channels, []
        for level in range(strided + 1):
            outputs, stride = width * min(8, 2**level), 2 if level < strided else 1
            with_norm = norm_of(norm, outputs) if level else []
            conv = nn.Conv2d(inputs, outputs, 4, stride=stride, padding=1, bias=norm != "batch" or not level)
            layers.append(nn.Sequential(wrap(conv), *with_norm, nn.LeakyReLU(0.2, inplace=True)))
            inputs = outputs
        self.layers = nn.ModuleList(layers)
        self.logit = wrap(nn.Conv2d(inputs, 1, 4, padding=1))

    def maps(self, x: Tensor) -> list[Tensor]:
        """The maps after every layer, for feature matching; the last are the logits (N, 1, h, w)."""
        found = []
        for layer in self.layers:
            x = layer(x)
            found.append(x)
        return [*found, at_least_single(self.logit(x))]

    def forward(self, x: Tensor) -> Tensor:
        """Judge (N, channels, H, W): logits (N, M), one for each patch."""
        return self.maps(x)[-1].flatten(1)
