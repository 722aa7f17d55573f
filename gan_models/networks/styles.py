"""What style-based generators share: the mapping from latents to styles, and noise (Karras et al. 2019)."""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.errors import RequestError
from gan_models.networks.equalised import MEAN_DECAY, ROOT, EqualLinear, lrelu, unit

MAPPING_RATE = 0.01
NOISES = ("fixed", "fresh", "none")
Noise = str | Sequence[int] | None
"""For all pictures "fixed" (one for all: a style has one picture), "fresh" (from torch's global generator), "none", or
a seed for each picture; None is fresh in training and fixed otherwise."""


class Mapping(nn.Module):
    """From latents to styles (Karras et al. 2019, section 2), with their running mean, about which one is truncated.

    `config` has `latent_dim`, `w_dim`, `classes` and `mapping`, the number of layers.
    """

    statistics = ("w_mean",)

    def __init__(self, config: Any) -> None:
        super().__init__()
        self.embedding = EqualLinear(config.classes, config.latent_dim) if config.classes else None
        first = config.latent_dim * (2 if config.classes else 1)
        sizes = [first] + [config.w_dim] * config.mapping
        self.layers = nn.ModuleList(EqualLinear(i, o, rate=MAPPING_RATE) for i, o in zip(sizes, sizes[1:]))
        self.register_buffer("w_mean", torch.zeros(config.w_dim))

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        w, length = unit(z), torch.linalg.vector_norm(z, dim=1, keepdim=True) / math.sqrt(z.shape[1])
        if self.embedding is not None and labels is not None:
            classes = F.one_hot(labels.long(), self.embedding.weight.shape[1])
            w = torch.cat([w, unit(self.embedding(classes.to(z.dtype)))], 1)
        for layer in self.layers:
            w = lrelu(layer(w)) * ROOT
        if self.training:
            self.w_mean.lerp_(w.detach().mean(0), 1 - MEAN_DECAY)
        return self.w_mean + (w - self.w_mean) * length


def check_styles(styles: Tensor, layers: int, w_dim: int) -> None:
    """Refuse styles that are not (N, layers, w_dim) floating point numbers."""
    if styles.ndim != 3 or styles.shape[1:] != (layers, w_dim) or not styles.is_floating_point():
        seen = f"{styles.dtype} of shape {tuple(styles.shape)}"
        raise RequestError(f"The styles are {seen}; this generator takes floating point (N, {layers}, {w_dim}).")


def noises(convs: Sequence[nn.Module], noise: Noise, count: int) -> list[Tensor | None]:
    """Noise for each convolution, (1 or `count`, 1, side, side), or None; `conv.noise` is its fixed one."""
    noise = ("fresh" if convs[0].training else "fixed") if noise is None else noise
    if noise == "none":
        return [None] * len(convs)
    if noise == "fixed":
        return [conv.noise for conv in convs]
    if noise == "fresh":
        return [torch.randn(count, *conv.noise.shape[1:], device=conv.noise.device) for conv in convs]
    if isinstance(noise, str) or len(noise) != count:
        raise RequestError(f"The noise is {noise!r}; give one of {', '.join(NOISES)}, or {count} seeds.")
    drawn = [[drawn_noise(conv.side, seed, index) for seed in noise] for index, conv in enumerate(convs)]
    return [torch.cat(parts).to(conv.noise) for parts, conv in zip(drawn, convs)]


def noisy_lrelu(x: Tensor, bias: Tensor, noise: Tensor, strength: Tensor) -> Tensor:
    """Leaky ReLU of a map with bias (N, C) and strength (N, C) times noise (1 or N, 1, H, W) added.

    Bias and noise are one matrix product added to the map: a single journey through memory, and back.
    """
    count, channels, height, width = x.shape
    noise = noise.expand(count, -1, -1, -1).reshape(count, height * width, 1)
    columns = torch.cat([noise, torch.ones_like(noise)], 2)
    rows = torch.stack([strength, bias], 1)
    pixels = x.permute(0, 2, 3, 1).reshape(count, height * width, channels)
    added = torch.baddbmm(pixels, columns.to(x.dtype), rows.to(x.dtype))
    # In place before it is seen as a map again: of a view, autograd would copy the whole.
    return F.leaky_relu_(added, 0.2).view(count, height, width, channels).permute(0, 3, 1, 2)


def drawn_noise(side: int, *seed: int) -> Tensor:
    """Noise (1, 1, side, side) of one seed; always on the CPU, where a seed means the same everywhere."""
    state = 0
    for number in seed:
        state = (state * 1_000_003 + number + 1) % 2**63
    return torch.randn(1, 1, side, side, generator=torch.Generator("cpu").manual_seed(state), device="cpu")
