"""Pictures from drawings, labels or gray: Isola et al. 2017 ("Image-to-image translation with conditional
adversarial networks").

As in the paper: a U-Net of 4x4 convolutions with stride 2 down to one pixel and skips between equal sizes,
dropout in the decoder's first three levels as its only noise, at inference too; a PatchGAN that sees source
and target together; first weights from N(0, 0.02).
Departs from it: activations stand behind the norms rather than before the convolutions; fewer levels where
`depth` says so; colour hints (as in Zhang et al. 2017) as further input channels.
The other layout, `upsampling="resize"`, draws no grid: resize-convolutions up to the full side, where a 3x3
convolution sees the source once more.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.checks import check_choice, check_number, check_share
from gan_models.errors import RequestError
from gan_models.networks.layers import at_least_single, dcgan_initialise
from gan_models.networks.translation import HINTS, STRIDED, PatchGan, double, join, norm_of

NOISY = 3
"""Levels of the decoder, from the smallest map on, that have dropout."""


@dataclass(frozen=True)
class Pix2pixConfig:
    """Sizes and choices: `width` channels at half the side, doubled inwards up to eight times.

    `size` is the working size in pixels; `depth` how often the side is halved (8 at 256 px reaches one pixel);
    `hints` whether colour hints are an input; `patch` the side in pixels that one logit sees; `norm` is the
    generator's.
    """

    size: int = 256
    channels: int = 3
    source_channels: int = 3
    hints: bool = False
    width: int = 64
    depth: int = 8
    dropout: float = 0.5
    norm: str = "batch"
    upsampling: str = "transposed"
    patch: int = 70
    discriminator_width: int = 64
    discriminator_norm: str = "batch"

    def __post_init__(self) -> None:
        check_number("size", self.size, 16, 1024)
        check_choice("channels", self.channels, (1, 2, 3))
        check_choice("source_channels", self.source_channels, (1, 3))
        check_choice("hints", self.hints, (False, True))
        check_number("width", self.width, 8, 256)
        check_number("depth", self.depth, 2, 10)
        if self.size % self.multiple:
            raise RequestError(
                f"size is {self.size}; with {self.depth} halvings it must be divisible by {self.multiple}."
            )
        check_share("dropout", self.dropout)
        check_choice("norm", self.norm, ("batch", "instance"))
        check_choice("upsampling", self.upsampling, ("transposed", "resize"))
        check_choice("patch", self.patch, tuple(STRIDED))
        check_number("discriminator_width", self.discriminator_width, 8, 256)
        check_choice("discriminator_norm", self.discriminator_norm, ("batch", "instance", "spectral", "none"))

    @property
    def multiple(self) -> int:
        """What the sides of a source must be divisible by, in pixels."""
        return 2**self.depth

    @property
    def least_side(self) -> int:
        """The smallest side of a source in pixels."""
        return self.multiple

    @property
    def hint_channels(self) -> int:
        return HINTS if self.hints else 0

    @property
    def stages(self) -> list[int]:
        """Channels of the maps from half the side to the smallest."""
        return [self.width * min(8, 2**level) for level in range(self.depth)]


class Pix2pixGenerator(nn.Module):
    """The U-Net: every map of the way down is seen again at its size on the way up."""

    def __init__(self, config: Pix2pixConfig) -> None:
        super().__init__()
        self.config = config
        stages, inputs = config.stages, config.source_channels + config.hint_channels
        ways = list(zip([inputs, *stages[:-1]], stages))
        # No norm at either end: colours come in as they are, and one pixel has no statistics.
        self.downs = nn.ModuleList(
            _down(a, b, config.norm if 0 < level < config.depth - 1 else "none") for level, (a, b) in enumerate(ways)
        )
        above = stages[::-1]
        self.ups = nn.ModuleList(
            _up(a * (2 if level else 1), b, config) for level, (a, b) in enumerate(zip(above[:-1], above[1:]))
        )
        self.last = _last(2 * config.width, inputs, config)
        dcgan_initialise(self)

    def forward(self, source: Tensor, hints: Tensor | None = None, noise: Tensor | None = None) -> Tensor:
        """Draw the target (N, channels, H, W) in [-1, 1].

        `source`: (N, source_channels, H, W) in [-1, 1], sides divisible by the config's `multiple`. `hints`:
        (N, 4, H, W), see `translation.HINTS`. `noise`: whole numbers (N,), each the seed of its picture's
        dropout; None drops at random in training and nothing in evaluation mode.
        """
        config = self.config
        given = x = join(source, hints, config.source_channels, config.hint_channels, config.multiple)
        kept = []
        for down in self.downs:
            x = down(x)
            kept.append(x)
        draws = None if noise is None else seeded(noise, len(source))
        kept.pop()
        for level, up in enumerate(self.ups):
            x = up(x)
            if level < NOISY and config.dropout:
                x = self._drop(x, draws)
            x = torch.cat([F.relu(x, inplace=True), kept.pop()], 1)
        if config.upsampling == "resize":
            x = torch.cat([self.last[0](x), given.to(x.dtype)], 1)
            return torch.tanh(at_least_single(self.last[1](x)))
        return torch.tanh(at_least_single(self.last(x)))

    def _drop(self, x: Tensor, draws: list[torch.Generator] | None) -> Tensor:
        if draws is None:
            return F.dropout(x, self.config.dropout, self.training)
        # Drawn on the CPU picture by picture: the same pixels on any device and in any batch.
        kept = torch.stack([torch.rand(x.shape[1:], generator=draw) >= self.config.dropout for draw in draws])
        return x * (kept.to(x) / (1 - self.config.dropout))


class Pix2pixDiscriminator(nn.Module):
    """A PatchGAN on source, hints and target together."""

    def __init__(self, config: Pix2pixConfig) -> None:
        super().__init__()
        self.config = config
        channels = config.source_channels + config.hint_channels + config.channels
        self.patches = PatchGan(channels, config.discriminator_width, config.patch, config.discriminator_norm)
        dcgan_initialise(self)

    def forward(self, source: Tensor, target: Tensor, hints: Tensor | None = None) -> Tensor:
        """Judge targets (N, channels, H, W) as answers to their sources: logits (N, M), one for each patch."""
        return self.maps(source, target, hints)[-1].flatten(1)

    def maps(self, source: Tensor, target: Tensor, hints: Tensor | None = None) -> list[Tensor]:
        """All layers' maps, the logits last, for feature matching."""
        given = join(source, hints, self.config.source_channels, self.config.hint_channels, 1)
        return self.patches.maps(torch.cat([given, target.to(given.dtype)], 1))


def seeded(noise: Tensor, count: int) -> list[torch.Generator]:
    """A generator of random numbers for each picture of a batch, from whole numbers (count,)."""
    if noise.shape != (count,) or noise.is_floating_point():
        raise RequestError(
            f"The noise is {noise.dtype} of shape {tuple(noise.shape)}; it is one whole number for each of {count} "
            "pictures."
        )
    return [torch.Generator().manual_seed(seed) for seed in noise.tolist()]


def _down(inputs: int, outputs: int, norm: str) -> nn.Module:
    conv = nn.Conv2d(inputs, outputs, 4, stride=2, padding=1, bias=False)
    return nn.Sequential(conv, *norm_of(norm, outputs), nn.LeakyReLU(0.2))


def _up(inputs: int, outputs: int, config: Pix2pixConfig) -> nn.Module:
    return nn.Sequential(double(inputs, outputs, config.upsampling), *norm_of(config.norm, outputs))


def _last(inputs: int, given: int, config: Pix2pixConfig) -> nn.Module:
    """From half the side to the picture."""
    if config.upsampling == "transposed":
        return nn.ConvTranspose2d(inputs, config.channels, 4, stride=2, padding=1)
    full = [double(inputs, config.width, "resize"), *norm_of(config.norm, config.width), nn.LeakyReLU(0.2)]
    return nn.ModuleList([nn.Sequential(*full), nn.Conv2d(config.width + given, config.channels, 3, padding=1)])
