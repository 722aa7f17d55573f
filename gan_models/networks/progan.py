"""The progressively grown GAN of Karras et al. 2018 ("Progressive growing of GANs", ICLR 2018).

As in the paper: networks that begin with pictures of few pixels and get layers for twice the side, faded in (section 2
and figure 2), colours for each side by a 1x1 convolution, pixel norm after each convolution of the generator (section
4.2), equalised learning rates (section 4.1), the deviation of a minibatch in the discriminator (section 3).
Departs from it: pictures always have their full side, those of a smaller one enlarged bilinearly (in squares the
frozen features of a projected discriminator see edges and little else), so that all else need not know of growing;
upsampling and convolution are one step (ResizeConv); a tanh ends the picture and the first RGB weights are a tenth; the
latent's length, which the paper throws away, is the first map's distance from the mean one, so that a shorter latent is
a truncated one. Conditional where `classes` is above zero: an embedded label beside the latent, and a projection in the
discriminator (Miyato & Koyama 2018) in place of an auxiliary classifier.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.networks.equalised import (
    FIRST_RGB,
    MEAN_DECAY,
    ROOT,
    EqualConv,
    EqualLinear,
    beside_deviation,
    lrelu,
    unit,
)
from gan_models.networks.layers import Pyramid, at_least_single, check_images, check_labels, check_latents

STAGE = 1000
"""`grown` counts thousandths of a doubling: 2000 draws 16 px, 2500 is half way from there to 32 px."""


class Grown(Pyramid):
    """What the configs share of networks that grow while they are trained, from the smallest picture on."""

    group: int


@dataclass(frozen=True)
class ProganConfig(Grown):
    """Sizes of a ProGAN: a map of side s has `base` / s channels, at most `most`.

    `discriminator_base` is the discriminator's, `group` the pictures whose deviation it sees (0: it judges each by
    itself).
    """

    size: int = 64
    channels: int = 3
    latent_dim: int = 128
    classes: int = 0
    base: int = 2048
    most: int = 256
    discriminator_base: int = 2048
    group: int = 4


class Growing(nn.Module):
    """A network with a buffer `grown`, how far it has grown: at first, whole."""

    grown: Tensor

    def __init__(self, config: Grown) -> None:
        super().__init__()
        self.config = config
        self.last = len(config.sides) - 1
        # Whole numbers: an average of networks takes them as they are.
        self.register_buffer("grown", torch.tensor(STAGE * self.last))

    def stage(self) -> tuple[int, float]:
        """The last level that draws, and its share of the picture, above 0; the rest is the level before."""
        level, part = divmod(int(self.grown), STAGE)
        return (level + 1, part / STAGE) if part else (level, 1.0)

    def reduced(self, images: Tensor) -> Tensor:
        """Pictures (N, C, size, size) with no more detail than it draws now."""
        level, share = self.stage()
        side = self.config.sides[level]
        fine = images if level == self.last else coarse(F.adaptive_avg_pool2d(images, side), self.config.size)
        if share == 1:
            return fine
        before = coarse(F.adaptive_avg_pool2d(images, side // 2), self.config.size)
        return torch.lerp(before, fine, share)


class Colours(nn.Module):
    """A 1x1 convolution to colours: (N, i, s, s) to (N, channels, s, s)."""

    def __init__(self, inputs: int, channels: int) -> None:
        super().__init__()
        self.conv = EqualConv(inputs, channels, 1)
        nn.init.normal_(self.conv.weight, 0.0, FIRST_RGB)

    def forward(self, x: Tensor) -> Tensor:
        return at_least_single(self.conv(x))


class ProganGenerator(Growing):
    """From a latent to a picture."""

    statistics = ("first_mean",)

    def __init__(self, config: ProganConfig) -> None:
        super().__init__(config)
        self.latent_dim = config.latent_dim
        widths = [config.width(side, config.base) for side in config.sides]
        self.embedding = EqualLinear(config.classes, config.latent_dim) if config.classes else None
        self.first = EqualLinear(config.latent_dim * (2 if config.classes else 1), widths[0] * 16)
        self.register_buffer("first_mean", torch.zeros(widths[0] * 16))
        self.blocks = nn.ModuleList([nn.ModuleList([EqualConv(widths[0], widths[0], 3)])])
        for inner, outer in zip(widths, widths[1:]):
            self.blocks.append(nn.ModuleList([EqualConv(inner, outer, 3, up=True), EqualConv(outer, outer, 3)]))
        self.rgb = nn.ModuleList(Colours(width, config.channels) for width in widths)

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Draw pictures (N, channels, size, size) in [-1, 1], blurred before it is grown.

        `z`: latents (N, latent_dim), normal; `labels`: int64 (N,), needed where the config has classes.
        """
        check_latents(z, self.latent_dim)
        check_labels(labels, self.config.classes, len(z))
        level, share = self.stage()
        x = self.first_map(z, labels)
        for block in self.blocks[:level]:
            x = convolved(x, block)
        drawn = self.rgb[level](convolved(x, self.blocks[level]))
        return faded(self.rgb[level - 1](x) if share < 1 else drawn, drawn, share, self.config.size)

    def first_map(self, z: Tensor, labels: Tensor | None) -> Tensor:
        """What a dense layer makes of latents, (N, C, 4, 4), as far from the mean one as the latent is long."""
        given, length = unit(z), torch.linalg.vector_norm(z, dim=1, keepdim=True) / math.sqrt(z.shape[1])
        if self.embedding is not None and labels is not None:
            classes = F.one_hot(labels.long(), self.config.classes)
            given = torch.cat([given, unit(self.embedding(classes.to(z.dtype)))], 1)
        x = self.first(given)
        if self.training:
            self.first_mean.lerp_(x.detach().to(self.first_mean).mean(0), 1 - MEAN_DECAY)
        x = self.first_mean + (x - self.first_mean) * length
        return unit(lrelu(x.view(len(x), 4, 4, x.shape[1] // 16).permute(0, 3, 1, 2)))


class ProganBlock(nn.Module):
    """Two convolutions, then half the side: (N, i, s, s) to (N, o, s / 2, s / 2)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv1 = EqualConv(inputs, inputs, 3)
        self.conv2 = EqualConv(inputs, outputs, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = lrelu(self.conv1(x)) * ROOT
        return F.avg_pool2d(lrelu(self.conv2(x)) * ROOT, 2)


class ProganDiscriminator(Growing):
    """From a picture to one logit (above zero means real), the larger sides passed over until it has grown to them."""

    statistics = ("deviation",)

    def __init__(self, config: Grown) -> None:
        super().__init__(config)
        widths = [config.width(side, config.discriminator_base) for side in config.sides]
        self.colours = nn.ModuleList(EqualConv(config.channels, width, 1) for width in widths)
        self.blocks = nn.ModuleList(ProganBlock(outer, inner) for inner, outer in zip(widths, widths[1:]))
        self.conv = EqualConv(widths[0] + (config.group > 0), widths[0], 3)
        self.dense = EqualLinear(widths[0] * 16, widths[0])
        self.logit = EqualLinear(widths[0], max(1, config.classes))
        self.register_buffer("deviation", torch.zeros(()))

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Judge pictures (N, channels, size, size) in [-1, 1]: logits (N,); labels as for the generator."""
        check_images(images, self.config.channels, self.config.size)
        check_labels(labels, self.config.classes, len(images))
        level, share = self.stage()
        x = self.seen(images, level)
        for number in range(level, 0, -1):
            x = self.blocks[number - 1](x)
            if number == level and share < 1:
                x = torch.lerp(self.seen(images, level - 1), x, share)
        if self.config.group:
            x = beside_deviation(x, self.config.group, self.deviation, self.training)
        x = lrelu(self.conv(x)) * ROOT
        # Flattened in (channel, row, column) order whatever the memory format.
        x = lrelu(self.dense(x.reshape(len(x), -1))) * ROOT
        logits = at_least_single(self.logit(x))
        return logits.squeeze(1) if labels is None else logits.gather(1, labels.long()[:, None]).squeeze(1)

    def seen(self, images: Tensor, level: int) -> Tensor:
        """The first map of pictures shrunk to a level's side."""
        small = F.avg_pool2d(images, 1 << (self.last - level)) if level < self.last else images
        return lrelu(self.colours[level](small)) * ROOT


def convolved(x: Tensor, convs: nn.ModuleList) -> Tensor:
    """Convolutions, each with a leaky ReLU and pixel norm after it."""
    for conv in convs:
        x = unit(lrelu(conv(x)))
    return x


def coarse(images: Tensor, size: int) -> Tensor:
    """Pictures at a larger side, enlarged bilinearly."""
    return images if images.shape[-1] == size else F.interpolate(images, (size, size), mode="bilinear")


def faded(before: Tensor, drawn: Tensor, share: float, size: int) -> Tensor:
    """Pictures in [-1, 1] of colours at two sides, `share` of them the second's (figure 2)."""
    drawn = coarse(drawn, size)
    return torch.tanh(drawn if share == 1 else torch.lerp(coarse(before, size), drawn, share))
