"""The style-based GAN of Karras et al. 2020 ("Analyzing and improving the image quality of StyleGAN").

As in the paper: a mapping from the latent to a style, a learned constant as the first map, convolutions whose inputs
the style scales and whose outputs are brought back to unit deviation (section 2.2, weight demodulation), noise of
learned strength after each (section 2.1), pictures summed over all sides (section 4.1, skip generator), a residual
discriminator with the deviation of a minibatch (Karras et al. 2018, section 3); equalised learning rates (2018,
section 4.1), the mapping's a hundredth of the others.
Departs from it, for processors: not the weights but inputs and outputs are scaled, which is the same sum and lets a
whole batch share one convolution; upsampling and convolution are ResizeConv's four taps instead of a transposed
convolution and a filter; two mapping layers (as in StyleGAN2-ADA's `auto`, Karras et al. 2020b, table 6); filtered
by [1, 3, 3, 1] are the picture on its way up and the discriminator's maps on their way down (before the second
convolution instead of within it); the first RGB weights are a tenth and a tanh ends the sum; the latent's length,
which the paper throws away, is the style's distance from the mean style, so that a shorter latent is a truncated style.
Conditional where `classes` is above zero: an embedded label beside the latent, and a projection in the discriminator
(StyleGAN2-ADA, section 2 of its supplement).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.networks.equalised import FIRST_RGB, ROOT, EqualConv, EqualLinear, beside_deviation, lrelu
from gan_models.networks.layers import (
    Pyramid,
    at_least_single,
    check_images,
    check_labels,
    check_latents,
    footprints,
    spread_kernel,
)
from gan_models.networks.styles import Mapping, Noise, check_styles, drawn_noise, noises, noisy_lrelu

FEW = 8  # pixels of a side up to which the larger kernel costs more than the larger map


@dataclass(frozen=True)
class Stylegan2Config(Pyramid):
    """Sizes of a StyleGAN2: a map of side s has `base` / s channels, at most `most`.

    `w_dim` numbers in a style, `mapping` dense layers before it. `discriminator_base` is the discriminator's, `group`
    the pictures whose deviation it sees (0: it judges each by itself).
    """

    size: int = 64
    channels: int = 3
    latent_dim: int = 128
    w_dim: int = 128
    mapping: int = 2
    classes: int = 0
    base: int = 4096
    most: int = 192
    discriminator_base: int = 4096
    group: int = 4

    @property
    def layers(self) -> int:
        """How many styles a picture has: one a convolution, and one for the last RGB layer."""
        return 2 * len(self.sides)


class StyleConv(nn.Module):
    """A modulated 3x3 convolution (section 2.2), noise, bias, leaky ReLU: (N, i, h, w) to (N, o, side, side)."""

    def __init__(self, inputs: int, outputs: int, w_dim: int, side: int, up: bool) -> None:
        super().__init__()
        self.style = EqualLinear(w_dim, inputs, bias=1.0)
        self.weight = nn.Parameter(torch.empty(outputs, inputs, 3, 3))
        nn.init.normal_(self.weight)
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.strength = nn.Parameter(torch.zeros(()))
        self.gain, self.side, self.up = 1 / math.sqrt(9 * inputs), side, up
        self.register_buffer("spread", footprints() if up and side > FEW else None, persistent=False)
        self.kept: tuple[Tensor, Tensor] | None = None
        # Follows from the side alone: not in the file, and the same after growing.
        self.register_buffer("noise", drawn_noise(side, 2 * side + up), persistent=False)

    def forward(self, x: Tensor, factor: Tensor, w: Tensor, noise: Tensor | None) -> tuple[Tensor, Tensor]:
        """A map that still wants to be multiplied by `factor` (N, i) to another such map and its factor (N, o).

        Leaky ReLU lets a factor above zero pass, so the outputs' factor and the next layer's input factor are one
        multiplication of the map instead of two.
        """
        style, (kernel, energy) = self.style(w), self.kernel() if self.kept is None else self.kept
        deviation = (style.square() @ energy + 1e-8).sqrt()
        x = x * (style * factor).to(x.dtype)[:, :, None, None]
        if self.spread is not None:
            x = F.conv_transpose2d(x, kernel, stride=2, padding=1)
        else:
            x = F.interpolate(x, scale_factor=2.0) if self.up else x
            x = F.conv2d(x, kernel, padding=1)
        strength, given = (torch.zeros_like(self.strength), self.noise) if noise is None else (self.strength, noise)
        return noisy_lrelu(x, self.bias * deviation, given, strength * deviation), ROOT / deviation

    def kernel(self) -> tuple[Tensor, Tensor]:
        """The kernel as the convolution takes it, and what each input adds to an output's variance, (i, o)."""
        weight = self.weight * self.gain
        kernel = weight if self.spread is None else spread_kernel(weight, self.spread)
        return kernel, weight.square().sum((2, 3)).t()

    def keep(self) -> None:
        """Make the kernel once: its weights are not to change any more."""
        kernel, energy = self.kernel()
        self.kept = kernel.contiguous(memory_format=torch.channels_last), energy


class ToRgb(nn.Module):
    """A modulated 1x1 convolution to colours, without demodulation: (N, i, s, s) to (N, channels, s, s)."""

    def __init__(self, inputs: int, channels: int, w_dim: int) -> None:
        super().__init__()
        self.style = EqualLinear(w_dim, inputs, bias=1.0)
        self.weight = nn.Parameter(torch.empty(channels, inputs))
        nn.init.normal_(self.weight, 0.0, FIRST_RGB)
        self.bias = nn.Parameter(torch.zeros(channels))
        self.gain = 1 / math.sqrt(inputs)

    def forward(self, x: Tensor, factor: Tensor, w: Tensor) -> Tensor:
        # Three outputs: here scaling the weights is less work than scaling the map.
        weight = (self.style(w) * factor)[:, None] * (self.weight * self.gain)
        return picture(x, weight) + self.bias.view(1, -1, 1, 1)


class StyleBlock(nn.Module):
    """What happens at one side: a doubling (but for the first), a convolution, a share of the picture."""

    def __init__(self, config: Stylegan2Config, side: int) -> None:
        super().__init__()
        outer, inner = config.width(side, config.base), config.width(side // 2, config.base)
        self.up = StyleConv(inner, outer, config.w_dim, side, up=True) if side > 4 else None
        self.conv = StyleConv(outer, outer, config.w_dim, side, up=False)
        self.rgb = ToRgb(outer, config.channels, config.w_dim)

    @property
    def convs(self) -> list[StyleConv]:
        return [self.conv] if self.up is None else [self.up, self.conv]


class Stylegan2Generator(nn.Module):
    """From a latent to styles, from styles to a picture."""

    def __init__(self, config: Stylegan2Config) -> None:
        super().__init__()
        self.config = config
        self.latent_dim = config.latent_dim
        self.mapping = Mapping(config)
        self.constant = nn.Parameter(torch.empty(1, config.width(4, config.base), 4, 4))
        nn.init.normal_(self.constant)
        self.blocks = nn.ModuleList(StyleBlock(config, side) for side in config.sides)

    @property
    def w_mean(self) -> Tensor:
        """The mean style (w_dim,), of truncation 0."""
        return self.mapping.w_mean

    @property
    def style_weights(self) -> list[Tensor]:
        """For each layer the weights (channels, w_dim) by which convolutions and colours read its style."""
        layers: list[list[Tensor]] = [[] for _ in range(self.config.layers)]
        reads = iter(layers)
        for block in self.blocks:
            for conv in block.convs:
                next(reads).append(conv.style.weight)
        for block, layer in zip(self.blocks, layers[1::2]):
            layer.append(block.rgb.style.weight)
        return [torch.cat(weights) for weights in layers]

    @property
    def last_colours(self) -> nn.Parameter:
        """The weights of the last side's share of the picture; zero, they leave the picture of half the side."""
        return self.blocks[-1].rgb.weight

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Draw pictures (N, channels, size, size) in [-1, 1].

        `z`: latents (N, latent_dim), normal; `labels`: int64 (N,), needed where the config has classes. Noise as
        `synthesise` has it by default.
        """
        return self.synthesise(self.styles(z, labels))

    def styles(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """The styles (N, layers, w_dim) of latents: the same for all layers.

        Of `psi * z` they are truncated: `w_mean + psi * (styles(z) - w_mean)`, Karras et al. 2019, appendix B.
        """
        check_latents(z, self.latent_dim)
        check_labels(labels, self.config.classes, len(z))
        with torch.autocast(z.device.type, enabled=False):
            w = self.mapping(z, labels)
        return w[:, None].expand(-1, self.config.layers, -1)

    def synthesise(self, styles: Tensor, noise: Noise = None) -> Tensor:
        """Draw pictures (N, channels, size, size) in [-1, 1] from styles (N, layers, w_dim).

        `noise` as in `styles.Noise`.
        """
        drawn: Tensor | None = None
        for layer, (x, factor) in enumerate(self._layers(styles, noise)):
            # Each side's last map, of layers 0, 2, 4 and so on, gives its share of the picture.
            if layer % 2 == 0:
                added = at_least_single(self.blocks[layer // 2].rgb(x, factor, styles[:, layer + 1]))
                drawn = added if drawn is None else enlarge(drawn) + added
        assert drawn is not None  # a generator has at least two layers
        return torch.tanh(drawn)

    def features(self, styles: Tensor, layer: int, noise: Noise = None) -> Tensor:
        """The maps (N, C, side, side) of convolution `layer`, as the next one sees them before its own style."""
        x, factor = next(islice(self._layers(styles, noise), layer, None))
        return x * factor[:, :, None, None]

    def _layers(self, styles: Tensor, noise: Noise) -> Iterator[tuple[Tensor, Tensor]]:
        """One convolution after the other: its map and the factor that the map still wants to be multiplied by."""
        check_styles(styles, self.config.layers, self.config.w_dim)
        x, factor = self.constant.expand(len(styles), -1, -1, -1), torch.ones((), device=styles.device)
        convs = [conv for block in self.blocks for conv in block.convs]
        for layer, (conv, given) in enumerate(zip(convs, noises(convs, noise, len(styles)))):
            x, factor = conv(x, factor, styles[:, layer], given)
            yield x, factor


class ResidualBlock(nn.Module):
    """Two convolutions, the map halved between them, beside a short way (section 4.1).

    From (N, i, s, s) to (N, o, s / 2, s / 2).
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv1 = EqualConv(inputs, inputs, 3)
        self.conv2 = EqualConv(inputs, outputs, 3)
        self.short = EqualConv(inputs, outputs, 1, bias=False)
        # [1, 3, 3, 1] both ways, for each channel by itself.
        taps = torch.tensor([1.0, 3.0, 3.0, 1.0], device="cpu") / 8
        self.register_buffer("filter", (taps[:, None] * taps).expand(inputs, 1, 4, 4).contiguous(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        inner = lrelu(self.conv1(x)) * ROOT
        inner = lrelu(self.conv2(self.halve(inner)))
        # Both ways have deviation 1: 1 / sqrt(2) of their sum has it, too.
        return inner + self.short(self.halve(x)) * (1 / ROOT)

    def halve(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.filter, stride=2, padding=1, groups=x.shape[1])


class Stylegan2Discriminator(nn.Module):
    """From a picture to one logit (above zero means real), by residual blocks."""

    statistics = ("deviation",)

    def __init__(self, config: Stylegan2Config) -> None:
        super().__init__()
        self.config = config
        widths = [config.width(side, config.discriminator_base) for side in config.sides[::-1]]
        self.first = EqualConv(config.channels, widths[0], 1)
        self.blocks = nn.Sequential(*(ResidualBlock(i, o) for i, o in zip(widths, widths[1:])))
        last = widths[-1]
        self.last = EqualConv(last + (config.group > 0), last, 3)
        self.dense = EqualLinear(last * 16, last)
        self.logit = EqualLinear(last, max(1, config.classes))
        self.register_buffer("deviation", torch.zeros(()))

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Judge pictures (N, channels, size, size) in [-1, 1]: logits (N,); labels as for the generator."""
        check_images(images, self.config.channels, self.config.size)
        check_labels(labels, self.config.classes, len(images))
        x = self.blocks(lrelu(self.first(images)) * ROOT)
        if self.config.group:
            x = beside_deviation(x, self.config.group, self.deviation, self.training)
        x = lrelu(self.last(x)) * ROOT
        # Flattened in (channel, row, column) order whatever the memory format.
        x = lrelu(self.dense(x.reshape(len(x), -1))) * ROOT
        logits = at_least_single(self.logit(x))
        return logits.squeeze(1) if labels is None else logits.gather(1, labels.long()[:, None]).squeeze(1)


def enlarge(images: Tensor) -> Tensor:
    """Twice the side by the filter [1, 3, 3, 1]: bilinear interpolation, at the border as well."""
    return F.interpolate(images, scale_factor=2.0, mode="bilinear")


def picture(x: Tensor, weight: Tensor) -> Tensor:
    """A 1x1 convolution by each sample's own weight (N, o, i)."""
    count, channels, height, width = x.shape
    pixels = x.permute(0, 2, 3, 1).reshape(count, height * width, channels)
    colours = torch.bmm(pixels, weight.to(x.dtype).transpose(1, 2))
    return colours.view(count, height, width, weight.shape[1]).permute(0, 3, 1, 2)
