"""The convolutional GAN of Radford et al. 2016 ("Unsupervised representation learning with DCGAN").

As in the paper: project and reshape, transposed convolutions with batch norm and ReLU, tanh at the end;
strided convolutions with LeakyReLU 0.2 on the other side, first weights from N(0, 0.02).
Departs from it: kernels of 4 instead of 5, divisible by the stride, so that every output pixel has equally
many inputs; at most 8 times `width` channels; layer norm, spectral norm and dropout as choices for the
discriminator.
The generator's other layout, `upsampling="resize"`, draws no grid: resize-convolutions to the full side, at
most 256 channels, LeakyReLU 0.2, and a 3x3 convolution to the picture.
With `dense`, three dense layers judge all pixels at once beside the discriminator's convolutions: a Wasserstein critic
kept dull by clipping tells real strokes from drawn ones by convolutions and lets some digits nearly vanish.
Class-conditional where `classes` is above zero (Mirza & Osindero 2014, "Conditional generative adversarial
nets"). Generator: the label scales and shifts every unit of the first map after its norm (conditional batch norm,
de Vries et al. 2017, at one place); joined with the latent instead, it drowned the latent and each class became
one picture. Discriminator: the inner product of an embedded
label with its last features, added to the logit (Miyato & Koyama 2018, "cGANs with projection
discriminator").
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from gan_models.checks import check_choice, check_number, check_share
from gan_models.networks.layers import (
    ResizeConv,
    at_least_single,
    check_images,
    check_labels,
    check_latents,
    dcgan_initialise,
)

DOUBLINGS = {28: 2, 32: 3, 64: 4, 128: 5}
RESIZE_CHANNELS = 256  # more of them would cost most where the map says least


@dataclass(frozen=True)
class DcganConfig:
    """Sizes and choices of a DCGAN; `width` is the number of channels at half the side, doubled inwards.

    `norm` is the generator's; `discriminator_norm`, `dropout` (a share of channels), `hidden` (units of a dense
    layer before the logit, without which two convolutions see no whole digit at 28 px) and `dense` (units of layers
    beside the convolutions, 0 for none) the discriminator's.
    """

    size: int = 64
    channels: int = 3
    latent_dim: int = 128
    width: int = 64
    classes: int = 0
    upsampling: str = "transposed"
    norm: str = "batch"
    discriminator_norm: str = "batch"
    dropout: float = 0.0
    hidden: int = 0
    dense: int = 0

    def __post_init__(self) -> None:
        check_choice("size", self.size, tuple(DOUBLINGS))
        check_choice("channels", self.channels, (1, 3))
        check_number("latent_dim", self.latent_dim, 1, 4096)
        check_number("width", self.width, 8, 512)
        check_number("classes", self.classes, 0, 10_000)
        check_choice("upsampling", self.upsampling, ("transposed", "resize"))
        check_choice("norm", self.norm, ("batch", "none"))
        check_choice("discriminator_norm", self.discriminator_norm, ("batch", "layer", "spectral", "none"))
        check_share("dropout", self.dropout)
        check_number("hidden", self.hidden, 0, 4096)
        check_number("dense", self.dense, 0, 4096)

    @property
    def start(self) -> int:
        """Side of the smallest map in pixels: 7 for 28 px pictures, 4 for the others."""
        return self.size >> DOUBLINGS[self.size]

    @property
    def stages(self) -> list[int]:
        """Channels of the maps from the smallest to the one of half the picture's side."""
        return [self.width * min(8, 2**k) for k in reversed(range(DOUBLINGS[self.size]))]


class DcganGenerator(nn.Module):
    """From a latent to a picture, doubling the side at each step."""

    def __init__(self, config: DcganConfig) -> None:
        super().__init__()
        self.config = config
        self.latent_dim = config.latent_dim
        resize, stages = config.upsampling == "resize", config.stages
        if resize:
            stages = [min(stage, RESIZE_CHANNELS) for stage in stages] + [config.width // 2]
        self.smallest = (config.start, config.start, stages[0])
        units = math.prod(self.smallest)
        self.embedding = nn.Embedding(config.classes, 2 * units) if config.classes else None
        if config.hidden:
            # Norms of single units: a norm of the whole map would keep the dense layer's common part and drown z.
            dense = nn.Linear(config.latent_dim, config.hidden, bias=False)
            first = [dense, nn.BatchNorm1d(config.hidden), nn.ReLU(inplace=True)]
            self.project = nn.Sequential(*first, nn.Linear(config.hidden, units, bias=False), nn.BatchNorm1d(units))
            steps: list[nn.Module] = [nn.ReLU(inplace=True)]
        else:
            self.project = nn.Linear(config.latent_dim, units, bias=False)
            steps = _norm_act(stages[0], config)
        for inner, outer in zip(stages[:-1], stages[1:]):
            steps += [
                ResizeConv(inner, outer) if resize else _double(inner, outer),
                *_norm_act(outer, config),
            ]
        last = nn.Conv2d(stages[-1], config.channels, 3, padding=1) if resize else _double(stages[-1], config.channels)
        self.steps = nn.Sequential(*steps, last)
        # With dense layers the last of their norms stands before the steps, otherwise the first step is one.
        self.normed = 0 if config.hidden or config.norm == "none" else 1
        dcgan_initialise(self)
        if self.embedding is not None:
            nn.init.normal_(self.embedding.weight, 0.0, 0.02)

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Draw pictures (N, channels, size, size) in [-1, 1].

        `z`: latents (N, latent_dim), normal; `labels`: int64 (N,), needed where the config has classes.
        """
        check_latents(z, self.latent_dim)
        check_labels(labels, self.config.classes, len(z))
        # Rows, columns, channels in memory: the view is already channels_last.
        x = self.project(z).view(len(z), *self.smallest).permute(0, 3, 1, 2)
        if self.embedding is None:
            return torch.tanh(at_least_single(self.steps(x)))
        of_class = self.embedding(labels).view(len(z), 2, *self.smallest).permute(1, 0, 4, 2, 3).to(x.dtype)
        x = self.steps[: self.normed](x) * (1 + of_class[0]) + of_class[1]
        return torch.tanh(at_least_single(self.steps[self.normed :](x)))


class DcganDiscriminator(nn.Module):
    """From a picture to one logit (above zero means real), halving the side at each step.

    With batch norm, feed real and generated pictures in separate calls, so that neither set's statistics tell
    the other apart; for gradient penalties choose "layer", "spectral" or "none".
    """

    def __init__(self, config: DcganConfig) -> None:
        super().__init__()
        self.config = config
        stages = config.stages[::-1]
        steps = _halve(config.channels, stages[0], "none" if config.discriminator_norm != "spectral" else "spectral")
        for outer, inner in zip(stages[:-1], stages[1:]):
            steps += _halve(outer, inner, config.discriminator_norm, config.dropout)
        last, side = stages[-1], config.start
        if config.hidden:
            steps += [nn.Conv2d(last, config.hidden, side), nn.LeakyReLU(0.2, inplace=True)]
            last, side = config.hidden, 1
        self.steps = nn.Sequential(*steps)
        self.logit = nn.Conv2d(last, 1, side)
        self.embedding = nn.Embedding(config.classes, last) if config.classes else None
        dcgan_initialise(self)
        self.dense = _dense(config.channels * config.size**2, config.dense) if config.dense else None
        if self.embedding is not None:
            nn.init.normal_(self.embedding.weight, 0.0, 0.02)
        if config.discriminator_norm == "spectral":
            _normalise_spectra(self)

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Judge pictures (N, channels, size, size) in [-1, 1]: logits (N,); labels as for the generator."""
        check_images(images, self.config.channels, self.config.size)
        check_labels(labels, self.config.classes, len(images))
        features = self.steps(images)
        logits = at_least_single(self.logit(features)).flatten()
        if self.embedding is not None:
            logits = logits + (self.embedding(labels) * at_least_single(features.sum((2, 3)))).sum(1)
        if self.dense is not None:
            # Flattened in (channel, row, column) order whatever the memory format.
            logits = logits + at_least_single(self.dense(images.reshape(len(images), -1))).squeeze(1)
        return logits


def _norm_act(channels: int, config: DcganConfig) -> list[nn.Module]:
    resize = config.upsampling == "resize"
    act = nn.LeakyReLU(0.2, inplace=True) if resize else nn.ReLU(inplace=True)
    return [nn.BatchNorm2d(channels), act] if config.norm == "batch" else [act]


def _double(inputs: int, outputs: int) -> nn.Module:
    return nn.ConvTranspose2d(inputs, outputs, 4, stride=2, padding=1, bias=False)


def _halve(inputs: int, outputs: int, norm: str, dropout: float = 0.0) -> list[nn.Module]:
    layers: list[nn.Module] = [nn.Conv2d(inputs, outputs, 4, stride=2, padding=1, bias=norm in ("none", "spectral"))]
    if norm == "batch":
        layers.append(nn.BatchNorm2d(outputs))
    elif norm == "layer":
        layers.append(nn.GroupNorm(1, outputs))
    layers.append(nn.LeakyReLU(0.2, inplace=True))
    if dropout:
        layers.append(nn.Dropout2d(dropout))
    return layers


def _dense(values: int, units: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for inputs in (values, units, units):
        layers += [nn.Linear(inputs, units), nn.LeakyReLU(0.2, inplace=True)]
    return nn.Sequential(*layers, nn.Linear(units, 1))


def _normalise_spectra(module: nn.Module) -> None:
    for layer in list(module.modules()):
        if isinstance(layer, nn.Conv2d | nn.Linear | nn.Embedding):
            spectral_norm(layer)
