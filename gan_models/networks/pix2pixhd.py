"""Large pictures from labels or drawings: Wang et al. 2018 ("High-resolution image synthesis and semantic
manipulation with conditional GANs", pix2pixHD).

As in the paper (section 3.2): a global generator with residual blocks at a sixteenth of the side; a local
enhancer around it that works at twice its side; PatchGANs on the picture at full, half and quarter side, whose
layers are matched (section 3.2, eq. 4). The global generator is trained first, then both together.
Departs from it: no instance maps; resize-convolutions as a choice; colour hints as further input channels.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.checks import check_choice, check_number
from gan_models.errors import RequestError
from gan_models.networks.layers import at_least_single, dcgan_initialise
from gan_models.networks.translation import HINTS, STRIDED, PatchGan, ResidualBlock, double, join, norm_of


@dataclass(frozen=True)
class Pix2pixhdConfig:
    """Sizes and choices: `width` channels at the global generator's full side, doubled at each of `halvings`.

    `size` is the working size in pixels, with the enhancer twice the global generator's; `scales` counts the
    discriminators.
    """

    size: int = 512
    channels: int = 3
    source_channels: int = 3
    hints: bool = False
    width: int = 64
    halvings: int = 4
    blocks: int = 9
    enhancer: bool = False
    enhancer_blocks: int = 3
    upsampling: str = "transposed"
    scales: int = 3
    patch: int = 70
    discriminator_width: int = 64
    discriminator_norm: str = "instance"

    def __post_init__(self) -> None:
        check_number("size", self.size, 32, 2048)
        check_choice("channels", self.channels, (1, 2, 3))
        check_choice("source_channels", self.source_channels, (1, 3))
        check_choice("hints", self.hints, (False, True))
        check_number("width", self.width, 8, 256)
        check_number("halvings", self.halvings, 1, 6)
        check_number("blocks", self.blocks, 1, 24)
        check_choice("enhancer", self.enhancer, (False, True))
        check_number("enhancer_blocks", self.enhancer_blocks, 1, 12)
        check_choice("upsampling", self.upsampling, ("transposed", "resize"))
        check_number("scales", self.scales, 1, 4)
        check_choice("patch", self.patch, tuple(STRIDED))
        check_number("discriminator_width", self.discriminator_width, 8, 256)
        check_choice("discriminator_norm", self.discriminator_norm, ("instance", "batch", "spectral", "none"))
        if self.size % self.multiple:
            raise RequestError(f"size is {self.size}; it must be divisible by {self.multiple}.")

    @property
    def multiple(self) -> int:
        """What the sides of a source must be divisible by, in pixels."""
        return 2 ** (self.halvings + self.enhancer)

    @property
    def least_side(self) -> int:
        """The smallest side of a source in pixels: borders are reflected, and must be there."""
        return max(16, 2 * self.multiple)

    @property
    def hint_channels(self) -> int:
        return HINTS if self.hints else 0


class GlobalGenerator(nn.Module):
    """Convolutions down, residual blocks, convolutions up; `forward` gives the last maps (N, width, H, W)."""

    def __init__(self, config: Pix2pixhdConfig) -> None:
        super().__init__()
        widths = [config.width * 2**level for level in range(config.halvings + 1)]
        layers = _enter(config.source_channels + config.hint_channels, widths[0])
        for outer, inner in zip(widths[:-1], widths[1:]):
            layers += [nn.Conv2d(outer, inner, 3, stride=2, padding=1), *_after(inner)]
        layers += [ResidualBlock(widths[-1], "instance") for _ in range(config.blocks)]
        for inner, outer in zip(widths[:0:-1], widths[-2::-1]):
            layers += [double(inner, outer, config.upsampling, 3), *_after(outer)]
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


class LocalEnhancer(nn.Module):
    """Works at twice the global generator's side and adds that one's maps to its own at half of it."""

    def __init__(self, config: Pix2pixhdConfig) -> None:
        super().__init__()
        outer, inner = config.width // 2, config.width
        enter = _enter(config.source_channels + config.hint_channels, outer)
        self.down = nn.Sequential(*enter, nn.Conv2d(outer, inner, 3, stride=2, padding=1), *_after(inner))
        blocks = [ResidualBlock(inner, "instance") for _ in range(config.enhancer_blocks)]
        self.up = nn.Sequential(*blocks, double(inner, outer, config.upsampling, 3), *_after(outer))

    def forward(self, x: Tensor, coarse: Tensor) -> Tensor:
        return self.up(self.down(x) + coarse)


class Pix2pixhdGenerator(nn.Module):
    """The global generator, with or without the enhancer; it has no noise."""

    def __init__(self, config: Pix2pixhdConfig) -> None:
        super().__init__()
        self.config = config
        self.coarse = GlobalGenerator(config)
        self.fine = LocalEnhancer(config) if config.enhancer else None
        width = config.width // 2 if config.enhancer else config.width
        self.last = nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(width, config.channels, 7))
        dcgan_initialise(self)

    def forward(self, source: Tensor, hints: Tensor | None = None, noise: Tensor | None = None) -> Tensor:
        """Draw the target (N, channels, H, W) in [-1, 1]; arguments as of pix2pix, `noise` changes nothing.

        Sides are divisible by the config's `multiple` and at least twice that.
        """
        config = self.config
        least = config.least_side
        if min(source.shape[-2:]) < least:
            raise RequestError(f"The source is {source.shape[-1]}x{source.shape[-2]}; give at least {least}x{least}.")
        x = join(source, hints, config.source_channels, config.hint_channels, config.multiple)
        if self.fine is None:
            x = self.coarse(x)
        else:
            x = self.fine(x, self.coarse(F.avg_pool2d(x, 3, stride=2, padding=1, count_include_pad=False)))
        return torch.tanh(at_least_single(self.last(x)))


class Pix2pixhdDiscriminator(nn.Module):
    """Equal PatchGANs on source, hints and target at full side, half, quarter ..."""

    def __init__(self, config: Pix2pixhdConfig) -> None:
        super().__init__()
        self.config = config
        channels = config.source_channels + config.hint_channels + config.channels
        judge = (channels, config.discriminator_width, config.patch, config.discriminator_norm)
        self.patches = nn.ModuleList(PatchGan(*judge) for _ in range(config.scales))
        dcgan_initialise(self)

    def forward(self, source: Tensor, target: Tensor, hints: Tensor | None = None) -> Tensor:
        """Judge targets as answers to their sources: logits (N, M), all patches of all scales."""
        each = self.all_maps(source, target, hints)
        return torch.cat([maps[-1].flatten(1) for maps in each], 1)

    def all_maps(self, source: Tensor, target: Tensor, hints: Tensor | None = None) -> list[list[Tensor]]:
        """For each scale, from the full side on, the maps of every layer, the logits last."""
        given = join(source, hints, self.config.source_channels, self.config.hint_channels, 1)
        x, found = torch.cat([given, target.to(given.dtype)], 1), []
        for patches in self.patches:
            found.append(patches.maps(x))
            x = F.avg_pool2d(x, 3, stride=2, padding=1, count_include_pad=False)
        return found


def _after(channels: int) -> list[nn.Module]:
    return [*norm_of("instance", channels, affine=False), nn.ReLU(inplace=True)]


def _enter(inputs: int, outputs: int) -> list[nn.Module]:
    return [nn.ReflectionPad2d(3), nn.Conv2d(inputs, outputs, 7), *_after(outputs)]
