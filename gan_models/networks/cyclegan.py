"""Crossing between two sets without pairs: Zhu et al. 2017 ("Unpaired image-to-image translation using
cycle-consistent adversarial networks").

As in the paper (appendix 7.2): two translators, each with three convolutions in, 6 or 9 residual blocks and
three out, reflected borders and instance norm; two PatchGANs of 70 px; first weights from N(0, 0.02).
Departs from it: resize-convolutions as a choice against checkerboards; batch norm as a choice.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gan_models.checks import check_choice, check_number
from gan_models.errors import RequestError
from gan_models.networks.layers import at_least_single, dcgan_initialise
from gan_models.networks.translation import STRIDED, PatchGan, ResidualBlock, double, join, norm_of

HALVINGS = 2


@dataclass(frozen=True)
class CycleganConfig:
    """Sizes and choices of both directions: `width` channels at the full side, four times as many in the blocks.

    `size` is the working size in pixels; `patch` the side in pixels that one logit sees.
    """

    size: int = 256
    channels: int = 3
    width: int = 64
    blocks: int = 9
    norm: str = "instance"
    upsampling: str = "transposed"
    patch: int = 70
    discriminator_width: int = 64
    discriminator_norm: str = "instance"

    def __post_init__(self) -> None:
        check_number("size", self.size, 16, 1024)
        check_choice("channels", self.channels, (1, 3))
        check_number("width", self.width, 8, 256)
        check_number("blocks", self.blocks, 1, 24)
        check_choice("norm", self.norm, ("instance", "batch"))
        check_choice("upsampling", self.upsampling, ("transposed", "resize"))
        check_choice("patch", self.patch, tuple(STRIDED))
        check_number("discriminator_width", self.discriminator_width, 8, 256)
        check_choice("discriminator_norm", self.discriminator_norm, ("instance", "batch", "spectral", "none"))
        if self.size % self.multiple:
            raise RequestError(f"size is {self.size}; it must be divisible by {self.multiple}.")

    @property
    def source_channels(self) -> int:
        return self.channels

    @property
    def directions(self) -> int:
        """How many ways the generator goes."""
        return 2

    @property
    def multiple(self) -> int:
        """What the sides of a source must be divisible by, in pixels."""
        return 2**HALVINGS

    @property
    def least_side(self) -> int:
        """The smallest side of a source in pixels: a border is reflected, and must be there."""
        return 16


class Translator(nn.Module):
    """One direction: (N, channels, H, W) to the same shape, both in [-1, 1]."""

    def __init__(self, config: CycleganConfig) -> None:
        super().__init__()
        widths = [config.width * 2**level for level in range(HALVINGS + 1)]
        layers: list[nn.Module] = [nn.ReflectionPad2d(3), *_step(nn.Conv2d(config.channels, widths[0], 7), config)]
        for outer, inner in zip(widths[:-1], widths[1:]):
            layers += _step(nn.Conv2d(outer, inner, 3, stride=2, padding=1), config)
        layers += [ResidualBlock(widths[-1], config.norm) for _ in range(config.blocks)]
        for inner, outer in zip(widths[:0:-1], widths[-2::-1]):
            layers += [double(inner, outer, config.upsampling, 3), *_after(outer, config)]
        self.layers = nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(widths[0], config.channels, 7))
        dcgan_initialise(self)

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(at_least_single(self.layers(x)))


class CycleganGenerator(nn.Module):
    """Both translators: direction 0 from the first set to the second, 1 back."""

    def __init__(self, config: CycleganConfig) -> None:
        super().__init__()
        self.config = config
        self.translators = nn.ModuleList(Translator(config) for _ in range(2))

    def forward(
        self, source: Tensor, hints: Tensor | None = None, noise: Tensor | None = None, direction: int = 0
    ) -> Tensor:
        """Bring pictures (N, channels, H, W) in [-1, 1] to the other set; no hints, and noise changes nothing.

        Sides are divisible by 4 and at least 16.
        """
        if direction not in (0, 1):
            raise RequestError(f"The direction is {direction!r}; it is 0 (first set to second) or 1 (back).")
        least = self.config.least_side
        if min(source.shape[-2:]) < least:
            raise RequestError(f"The source is {source.shape[-1]}x{source.shape[-2]}; give at least {least}x{least}.")
        x = join(source, hints, self.config.channels, 0, self.config.multiple)
        return self.translators[direction](x)


class CycleganDiscriminator(nn.Module):
    """A PatchGAN for each set."""

    def __init__(self, config: CycleganConfig) -> None:
        super().__init__()
        self.config = config
        self.patches = nn.ModuleList(
            PatchGan(config.channels, config.discriminator_width, config.patch, config.discriminator_norm)
            for _ in range(2)
        )
        dcgan_initialise(self)

    def forward(self, images: Tensor, which: int = 0) -> Tensor:
        """Judge pictures (N, channels, H, W) as members of set 0 or 1: logits (N, M), one for each patch."""
        if images.ndim != 4 or images.shape[1] != self.config.channels:
            expected = f"(N, {self.config.channels}, H, W)"
            raise RequestError(f"The pictures have shape {tuple(images.shape)}; this network takes {expected}.")
        return self.patches[which](images)


def _after(channels: int, config: CycleganConfig) -> list[nn.Module]:
    return [*norm_of(config.norm, channels, affine=False), nn.ReLU(inplace=True)]


def _step(conv: nn.Conv2d, config: CycleganConfig) -> list[nn.Module]:
    return [conv, *_after(conv.out_channels, config)]
