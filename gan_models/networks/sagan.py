"""The self-attention GAN of Zhang et al. 2018 ("Self-attention generative adversarial networks", ICML 2019).

As in the paper: residual blocks with batch norm, conditional where there are classes (section 4), self-attention on
maps of middling size in both networks, its strength zero at first (section 3), spectral norm on both sides (section
4.1), a projection in the discriminator (Miyato & Koyama 2018).
Departs from it, for processors: upsampling and convolution are one step (ResizeConv); a short way changes channels
before it enlarges (bilinearly: nearest neighbours leave blocks) and after it shrinks. Attention looks at maps halved by
max pooling, as the authors' code does and their paper does not say; its strength is a number for each channel. Spectral
norm keeps one of the two singular vectors and makes the other when it is asked, so that an average of networks is
normalised as well. The latent's dense layer has no bias, and the latent stands in each batch norm's condition as well
(Chen et al. 2019, "On self modulation for generative adversarial networks", section 3): through the first map alone so
little of it arrived at the picture that all pictures became one.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrize

from gan_models.checks import check_number
from gan_models.networks.layers import (
    Pyramid,
    ResizeConv,
    at_least_single,
    check_images,
    check_labels,
    check_latents,
)

FIRST_ROUNDS = 15  # until a random vector points where the largest singular value is


class Attentive(Pyramid):
    """What SAGAN's config and BigGAN's share: attention on `attention` sizes of maps, from half the picture's on."""

    attention: int

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number("attention", self.attention, 0, len(self.sides) - 1)

    def attends(self, side: int) -> bool:
        """Whether maps of this side have self-attention."""
        inner = self.sides[:-1]
        return side in inner[len(inner) - self.attention :]


@dataclass(frozen=True)
class SaganConfig(Attentive):
    """Sizes of a SAGAN: a map of side s has `base` / s channels, at most `most`.

    `attention` layers of self-attention: on maps of half the picture's side, of a quarter and so on.
    `discriminator_base` is the discriminator's.
    """

    size: int = 64
    channels: int = 3
    latent_dim: int = 128
    classes: int = 0
    base: int = 2048
    most: int = 256
    attention: int = 2
    discriminator_base: int = 2048


class Spectral(nn.Module):
    """A weight divided by its largest singular value (Miyato et al. 2018, algorithm 1); a parametrization.

    `u` follows the left singular vector in training; its length does not matter, hence it may be an average.
    """

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        u = torch.randn(len(weight), generator=torch.Generator("cpu").manual_seed(len(weight)), device="cpu")
        self.register_buffer("u", u.to(weight))
        for _ in range(0 if weight.is_meta else FIRST_ROUNDS):
            self.forward(weight)

    def forward(self, weight: Tensor) -> Tensor:
        """The same shape, of norm 1 as a matrix of rows."""
        with torch.autocast(weight.device.type, enabled=False):
            rows = weight.flatten(1)
            with torch.no_grad():
                v = F.normalize(self.u @ rows, dim=0, eps=1e-12)
            image = rows @ v
            norm = torch.linalg.vector_norm(image).clamp_min(1e-12)
            if self.training:
                self.u.copy_(image.detach() / norm.detach())
            return weight / norm


def normalise_spectra(network: nn.Module) -> None:
    """Put spectral norm on every convolution, dense layer and embedding."""
    for layer in list(network.modules()):
        if isinstance(layer, nn.Conv2d | nn.Linear | nn.Embedding | ResizeConv):
            # `unsafe` leaves out a trial, which would be arithmetic where there may be no numbers yet.
            parametrize.register_parametrization(layer, "weight", Spectral(layer.weight.detach()), unsafe=True)


class SelfAttention(nn.Module):
    """Every place asks all others what it should look like (section 3): (N, C, s, s) to the same."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.query = nn.Conv2d(channels, max(1, channels // 8), 1, bias=False)
        self.key = nn.Conv2d(channels, max(1, channels // 8), 1, bias=False)
        self.value = nn.Conv2d(channels, channels // 2, 1, bias=False)
        self.out = nn.Conv2d(channels // 2, channels, 1, bias=False)
        self.strength = nn.Parameter(torch.zeros(1, channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        values = F.max_pool2d(self.value(x), 2).flatten(2)
        seen = values @ self.looks(x).transpose(1, 2).to(values.dtype)
        return x + self.strength * self.out(seen.view(len(x), seen.shape[1], *x.shape[2:]))

    def looks(self, x: Tensor) -> Tensor:
        """How much each place looks at each place of the halved map: (N, s^2, s^2 / 4), rows sum to 1."""
        query, key = self.query(x).flatten(2), F.max_pool2d(self.key(x), 2).flatten(2)
        return F.softmax(query.transpose(1, 2) @ key, 2)


class Norm(nn.Module):
    """Batch norm whose scale and shift come from a condition (N, D), or are learned themselves where D is 0."""

    def __init__(self, channels: int, condition: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=not condition)
        self.scale = nn.Linear(condition, channels, bias=False) if condition else None
        self.shift = nn.Linear(condition, channels, bias=False) if condition else None

    def forward(self, x: Tensor, condition: Tensor | None) -> Tensor:
        x = self.norm(x)
        if self.scale is None or self.shift is None:
            return x
        scale, shift = (layer(condition)[:, :, None, None].to(x.dtype) for layer in (self.scale, self.shift))
        return torch.addcmul(shift, x, 1 + scale)


class UpBlock(nn.Module):
    """Two convolutions, the side doubled by the first, beside a short way: (N, i, s, s) to (N, o, 2s, 2s)."""

    def __init__(self, inputs: int, outputs: int, condition: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = Norm(inputs, condition), Norm(outputs, condition)
        self.up = ResizeConv(inputs, outputs)
        self.conv = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.short = nn.Conv2d(inputs, outputs, 1, bias=False)

    def forward(self, x: Tensor, condition: Tensor | None) -> Tensor:
        inner = self.up(F.relu(self.norm1(x, condition)))
        inner = self.conv(F.relu(self.norm2(inner, condition)))
        return inner + F.interpolate(self.short(x), scale_factor=2.0, mode="bilinear")


class Trunk(nn.Module):
    """From the first map to the picture: blocks, each with its condition, and attention after some of them."""

    def __init__(self, config: Attentive, condition: int) -> None:
        super().__init__()
        widths = [config.width(side, config.base) for side in config.sides]
        self.blocks = nn.ModuleList(UpBlock(i, o, condition) for i, o in zip(widths, widths[1:]))
        self.attention = nn.ModuleDict(
            {str(side): SelfAttention(config.width(side, config.base)) for side in config.sides if config.attends(side)}
        )
        self.norm = nn.BatchNorm2d(widths[-1])
        self.rgb = nn.Conv2d(widths[-1], config.channels, 3, padding=1)

    def forward(self, x: Tensor, conditions: list[Tensor | None]) -> Tensor:
        """(N, C, 4, 4) to pictures (N, channels, size, size) in [-1, 1]; a condition for each block."""
        for block, condition in zip(self.blocks, conditions):
            x = block(x, condition)
            side = str(x.shape[-1])
            x = self.attention[side](x) if side in self.attention else x
        return torch.tanh(at_least_single(self.rgb(F.relu(self.norm(x)))))

    @torch.no_grad()
    def looks(self, x: Tensor, conditions: list[Tensor | None]) -> dict[int, Tensor]:
        """For each side of a map with attention how much each place looks at each: (N, side^2, (side / 2)^2)."""
        seen = {}
        for block, condition in zip(self.blocks, conditions):
            x = block(x, condition)
            if (side := str(x.shape[-1])) in self.attention:
                seen[x.shape[-1]] = self.attention[side].looks(x)
                x = self.attention[side](x)
        return seen


class AttentiveGenerator(nn.Module):
    """What SAGAN's generator and BigGAN's share: a `trunk` of blocks, whose first map and conditions `begin` makes."""

    trunk: Trunk

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Draw pictures (N, channels, size, size) in [-1, 1].

        `z`: latents (N, latent_dim), normal; `labels`: int64 (N,), needed where the config has classes.
        """
        return self.trunk(*self.begin(z, labels))

    def looks(self, z: Tensor, labels: Tensor | None = None) -> dict[int, Tensor]:
        """For each side of a map with attention how much each place looks at each: (N, side^2, (side / 2)^2)."""
        return self.trunk.looks(*self.begin(z, labels))

    def begin(self, z: Tensor, labels: Tensor | None) -> tuple[Tensor, list[Tensor | None]]:
        """The first map (N, C, 4, 4), and for each block its condition."""
        raise NotImplementedError


class SaganGenerator(AttentiveGenerator):
    """From a latent to a picture."""

    def __init__(self, config: SaganConfig) -> None:
        super().__init__()
        self.config = config
        self.latent_dim = config.latent_dim
        # A bias would outgrow what spectral norm lets through of the latent.
        self.first = nn.Linear(config.latent_dim, config.width(4, config.base) * 16, bias=False)
        self.trunk = Trunk(config, config.latent_dim + config.classes)
        initialise(self, nn.init.xavier_uniform_)
        normalise_spectra(self)

    def begin(self, z: Tensor, labels: Tensor | None) -> tuple[Tensor, list[Tensor | None]]:
        """The first map (N, C, 4, 4), and for each block the condition: the latent, the class as zeros and a one."""
        check_latents(z, self.latent_dim)
        check_labels(labels, self.config.classes, len(z))
        condition = z
        if labels is not None:
            condition = torch.cat([z, F.one_hot(labels.long(), self.config.classes).to(z.dtype)], 1)
        return first_map(self.first, z), [condition] * len(self.trunk.blocks)


class DownBlock(nn.Module):
    """Two convolutions beside a short way: (N, i, s, s) to (N, o, s / 2, s / 2), or to (N, o, s, s) where not `down`.

    `raw`: what comes in are pictures, which are not cut at zero.
    """

    def __init__(self, inputs: int, outputs: int, down: bool = True, raw: bool = False) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.short = nn.Conv2d(inputs, outputs, 1, bias=False) if inputs != outputs else nn.Identity()
        self.down, self.raw = down, raw

    def forward(self, x: Tensor) -> Tensor:
        inner = self.conv2(F.relu(self.conv1(x if self.raw else F.relu(x))))
        if self.down:
            inner, x = F.avg_pool2d(inner, 2), F.avg_pool2d(x, 2)
        return inner + self.short(x)


class SaganDiscriminator(nn.Module):
    """From a picture to one logit (above zero means real), by residual blocks and self-attention; BigGAN's as well."""

    def __init__(self, config: Attentive) -> None:
        super().__init__()
        self.config = config
        sides = config.sides[::-1]
        widths = [config.channels, *(config.width(side, config.discriminator_base) for side in sides[1:])]
        steps: list[nn.Module] = []
        for number, side in enumerate(sides[1:]):
            steps.append(DownBlock(widths[number], widths[number + 1], raw=number == 0))
            steps += [SelfAttention(widths[number + 1])] if config.attends(side) else []
        self.steps = nn.Sequential(*steps, DownBlock(widths[-1], widths[-1], down=False))
        self.logit = nn.Linear(widths[-1], 1)
        self.embedding = nn.Embedding(config.classes, widths[-1]) if config.classes else None
        initialise(self, nn.init.orthogonal_)
        normalise_spectra(self)

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Judge pictures (N, channels, size, size) in [-1, 1]: logits (N,); labels as for the generator."""
        check_images(images, self.config.channels, self.config.size)
        check_labels(labels, self.config.classes, len(images))
        x = F.relu(self.steps(images)).sum((2, 3))
        logits = at_least_single(self.logit(x)).squeeze(1)
        if self.embedding is None:
            return logits
        return logits + (self.embedding(labels) * at_least_single(x)).sum(1)


def first_map(dense: nn.Linear, z: Tensor) -> Tensor:
    """The map (N, C, 4, 4) that a dense layer makes of latents; in memory rows, columns, channels."""
    return dense(z).view(len(z), 4, 4, dense.out_features // 16).permute(0, 3, 1, 2)


def initialise(network: nn.Module, draw: Callable[[Tensor], object]) -> None:
    """Draw the weights of convolutions, dense layers and embeddings by a function of torch.nn.init; biases are 0."""
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear | nn.Embedding | ResizeConv):
            draw(layer.weight)
            if (bias := getattr(layer, "bias", None)) is not None:
                nn.init.zeros_(bias)
