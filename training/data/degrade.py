"""How a small picture is made from a large one: by the book, as in the wild, and as it is measured."""

import io
import math
from collections.abc import Callable

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from gan_models.pictures.resize import resize
from training.data.photos import to_levels

Degrade = Callable[[np.ndarray, int, np.random.Generator], np.ndarray]
"""(uint8 (H, W, 3), scale, draws) -> uint8 (H / scale, W / scale, 3); both sides divide by the scale."""

WIDEST_BLUR = 0.6
"""Deviation of the strongest blur in pixels of the small picture."""
STRONGEST_NOISE, LEAST_QUALITY, MOST_QUALITY = 15.0, 30, 95
SOMETIMES = 0.8
"""How often each of blur, noise and JPEG is applied at all."""
WORN = 0.3
"""How often a picture is a small, worn one of the web: all four in this order, each within the limits below."""
WORN_BLUR, WORN_NOISE, WORN_QUALITY = (0.15, 0.45), (4.0, 12.0), (30, 55)
"""Deviation in pixels of the small picture, deviation in levels, JPEG's quality."""
USUALLY = 0.7
"""How often one of the others is blurred, made small, noisy and saved in this order, as most files are."""


def bicubic(high: np.ndarray, scale: int, draws: np.random.Generator | None = None) -> np.ndarray:
    """Antialiased bicubic, as the super-resolution literature has it; nothing is drawn."""
    return to_levels(resize(_floats(high), high.shape[0] // scale, high.shape[1] // scale))


def rescue(high: np.ndarray, scale: int, draws: np.random.Generator) -> np.ndarray:
    """Blur, resizing, noise and JPEG of random strength (after Zhang et al. 2021, BSRGAN).

    Three of ten are worn; the rest mostly in the order in which files come about, otherwise in any: what is not yet
    small at the end is made so.
    """
    if draws.random() < WORN:
        least, most = WORN_QUALITY
        deviation, noise = scale * draws.uniform(*WORN_BLUR), draws.uniform(*WORN_NOISE)
        return worn(high, scale, draws, deviation, noise, int(draws.integers(least, most + 1)))
    target, full = (high.shape[0] // scale, high.shape[1] // scale), high.shape[1]
    steps: list[Callable[[Tensor], Tensor]] = [
        lambda x: _drawn_blur(x, scale * x.shape[3] / full, draws),
        lambda x: _drawn_size(x, target, draws),
        lambda x: _drawn_noise(x, draws),
        lambda x: _drawn_jpeg(x, draws),
    ]
    rest = lambda x: x if tuple(x.shape[2:]) == target else resize(x, *target)  # noqa: E731
    if draws.random() < USUALLY:
        steps.insert(2, rest)
    else:
        steps = [*(steps[index] for index in draws.permutation(4)), rest]
    levels = _floats(high)
    for step in steps:
        levels = step(levels)
    return to_levels(levels)


def worn(
    high: np.ndarray, scale: int, draws: np.random.Generator, deviation: float, noise: float, quality: int
) -> np.ndarray:
    """Blurred by `deviation` pixels of the large picture, made small by bicubic, `noise` levels of noise, JPEG."""
    levels = blur(_floats(high), deviation)
    levels = resize(levels, high.shape[0] // scale, high.shape[1] // scale)
    levels = levels + noise * torch.from_numpy(draws.standard_normal(levels.shape)).float()
    return to_levels(jpeg(levels, quality))


def measured(high: np.ndarray, scale: int, draws: np.random.Generator) -> np.ndarray:
    """What rescue weights are measured on: blur of deviation 1.2, bicubic, noise of 8 levels, JPEG of quality 40."""
    return worn(high, scale, draws, 1.2, 8, 40)


RECIPES: dict[str, Degrade] = {"bicubic": bicubic, "rescue": rescue}
"""What --recipe names."""


def blur(images: Tensor, deviation: float) -> Tensor:
    """Convolve (N, C, H, W) with a Gaussian, `deviation` in pixels, the edge repeated outwards."""
    radius = math.ceil(3 * deviation)
    if radius == 0:
        return images
    places = torch.arange(-radius, radius + 1, dtype=images.dtype)
    weights = torch.exp(-0.5 * (places / deviation) ** 2)
    weights = weights / weights.sum()
    planes = F.pad(images.flatten(0, 1)[:, None], (radius,) * 4, mode="replicate")
    planes = F.conv2d(F.conv2d(planes, weights.view(1, 1, 1, -1)), weights.view(1, 1, -1, 1))
    return planes.view(images.shape)


def jpeg(levels: Tensor, quality: int, subsampling: int = 2) -> Tensor:
    """Levels (1, 3, H, W) of 0 to 255 after JPEG; `subsampling` as Pillow has it: 0 for 4:4:4, 2 for 4:2:0."""
    file = io.BytesIO()
    Image.fromarray(to_levels(levels)).save(file, "JPEG", quality=quality, subsampling=subsampling)
    return _floats(np.asarray(Image.open(file, formats=["JPEG"])).copy())


def _drawn_blur(x: Tensor, pixels: float, draws: np.random.Generator) -> Tensor:
    """`pixels`: how many of the present ones one of the small picture has across."""
    deviation = draws.uniform(0, WIDEST_BLUR) * pixels
    return blur(x, deviation) if draws.random() < SOMETIMES else x


def _drawn_size(x: Tensor, target: tuple[int, int], draws: np.random.Generator) -> Tensor:
    """To the size wanted, or to one between it and the present one, from where the rest of the way is left."""
    share = draws.random() if draws.random() < 0.3 else 0.0
    height, width = (round(small + share * (side - small)) for small, side in zip(target, x.shape[2:]))
    return resize(x, height, width, "lanczos" if draws.random() < 0.3 else "bicubic")


def _drawn_noise(x: Tensor, draws: np.random.Generator) -> Tensor:
    """Normal noise, three times out of ten the same in all channels."""
    deviation = draws.uniform(0, STRONGEST_NOISE)
    if draws.random() >= SOMETIMES:
        return x
    channels = 1 if draws.random() < 0.3 else 3
    noise = draws.standard_normal((1, channels, *x.shape[2:]), dtype=np.float32)
    return x + deviation * torch.from_numpy(noise)


def _drawn_jpeg(x: Tensor, draws: np.random.Generator) -> Tensor:
    quality, subsampling = int(draws.integers(LEAST_QUALITY, MOST_QUALITY + 1)), int(draws.choice((0, 2)))
    return jpeg(x, quality, subsampling) if draws.random() < SOMETIMES else x


def _floats(picture: np.ndarray) -> Tensor:
    return torch.from_numpy(picture).permute(2, 0, 1)[None].float()
