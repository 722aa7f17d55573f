"""Picture arithmetic that the page, the verbs and the trainer share.

Own code: the measures ask for the literature's bicubic, and the same picture by tiles as whole, on every device.
"""

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from gan_models.errors import RequestError

BLOCK = 64
"""Output pixels made by one small matrix; measured: larger ones multiply more zeros, smaller ones wait more."""


def resize(images: Tensor, height: int, width: int, kernel: str = "bicubic") -> Tensor:
    """Resize float images (N, C, H, W) to (N, C, height, width), antialiased where they shrink.

    `kernel`: "bicubic" (Keys 1981, a = -0.5: MATLAB's and Pillow's) or "lanczos" (three lobes). Pixels are
    squares whose centres keep their places; beyond the border the picture is mirrored, as MATLAB's imresize
    has it. Overshoots are kept: clamp them where a range is needed. Half precision is computed and returned
    as float32. Raises RequestError for an unknown kernel, another shape or a side below 1.
    """
    if images.ndim != 4 or not images.is_floating_point() or 0 in images.shape[1:]:
        raise RequestError(f"Images are a float tensor (N, C, H, W), got {images.dtype} of {tuple(images.shape)}.")
    if kernel not in KERNELS:
        raise RequestError(f"There is no kernel {kernel!r}; choose one of {', '.join(KERNELS)}.")
    if height < 1 or width < 1:
        raise RequestError(f"Images are resized to at least 1x1 pixels, got {width}x{height}.")
    images = images if images.dtype == torch.float64 else images.float()
    sides = {2: height, 3: width}
    # The side that shrinks most goes first: less is left for the other.
    for axis in sorted(sides, key=lambda axis: sides[axis] / images.shape[axis]):
        images = _along(images, axis, sides[axis], kernel)
    return images


def enlarge(picture: np.ndarray, factor: int) -> np.ndarray:
    """Repeat every pixel of a uint8 (H, W, C) picture `factor` times each way: nothing is invented."""
    return picture.repeat(factor, axis=0).repeat(factor, axis=1)


def factor_to(size: int, least: int) -> int:
    """The whole factor that brings `size` pixels to at least `least`: 10 from 28 to 256."""
    return max(1, -(-least // size))


def pad_to_even(picture: np.ndarray) -> np.ndarray:
    """Repeat the last row or column of a (H, W, C) picture where a side is odd: video wants even sides."""
    height, width = picture.shape[:2]
    return np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")


def taps(size: int, target: int, kernel: str) -> tuple[Tensor, Tensor]:
    """For each of `target` output pixels, the input pixels it is made of and their weights, both (target, taps).

    int64 in 0..size-1 and float64 rows that sum to 1.
    """
    function, reach = KERNELS[kernel]
    step = size / target
    # A kernel as wide as an output pixel where that is the larger: this is the antialiasing.
    stretch = max(step, 1.0)
    centres = (torch.arange(target, dtype=torch.float64) + 0.5) * step - 0.5
    first = torch.ceil(centres - reach * stretch).long()
    index = first[:, None] + torch.arange(math.ceil(2 * reach * stretch) + 1)
    weights = function((index - centres[:, None]) / stretch)
    mirrored = index.remainder(2 * size)
    return torch.where(mirrored < size, mirrored, 2 * size - 1 - mirrored), weights / weights.sum(1, keepdim=True)


def _along(images: Tensor, axis: int, target: int, kernel: str) -> Tensor:
    """Resize one axis, a block of output pixels at a time, each the product with a small dense matrix."""
    size = images.shape[axis]
    if size == target:
        return images
    index, weights = taps(size, target, kernel)
    shape = list(images.shape)
    shape[axis] = target
    out = images.new_empty(shape)
    for start in range(0, target, BLOCK):
        rows = index[start : start + BLOCK]
        low, high = int(rows.min()), int(rows.max()) + 1
        matrix = torch.zeros(len(rows), high - low, dtype=torch.float64)
        matrix.scatter_add_(1, rows - low, weights[start : start + BLOCK])
        matrix = matrix.to(images)
        part = images.narrow(axis, low, high - low)
        out.narrow(axis, start, len(rows)).copy_(part @ matrix.T if axis == 3 else matrix @ part)
    return out


def _bicubic(x: Tensor) -> Tensor:
    """Keys 1981, eq. 4 with a = -0.5."""
    x = x.abs()
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return torch.where(x <= 1, near, torch.where(x < 2, far, 0.0))


def _lanczos(x: Tensor) -> Tensor:
    """A sinc windowed by the middle lobe of one three times as wide."""
    return torch.where(x.abs() < 3, torch.sinc(x) * torch.sinc(x / 3), 0.0)


KERNELS: dict[str, tuple[Callable[[Tensor], Tensor], float]] = {"bicubic": (_bicubic, 2.0), "lanczos": (_lanczos, 3.0)}
"""Kernel functions and how far they reach, in pixels."""
