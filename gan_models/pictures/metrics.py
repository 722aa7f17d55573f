"""How like two pictures are, as the super-resolution literature measures it: PSNR and SSIM.

Own code: the literature measures on a Y of studio range without borders, and `gan_models` brings no scikit-image.
"""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from gan_models.errors import RequestError
from gan_models.pictures.colour import luma

WINDOW, SIGMA = 11, 1.5
"""Side and deviation in pixels of SSIM's Gaussian window (Wang et al. 2004, section III B)."""
ROWS = 512
"""Rows measured at once: what is needed of memory does not grow with the picture."""


def psnr(picture: np.ndarray, truth: np.ndarray, border: int = 0, channel: str = "Y") -> float:
    """Peak signal to noise ratio in dB of uint8 (H, W, 1 or 3) pictures; infinite for equal ones.

    `border` pixels are left out on every side (the scale, in the literature); `channel` is "Y" (BT.601 as
    MATLAB's rgb2ycbcr; gray pictures are measured as they are) or "RGB". RequestError for unlike shapes.
    """
    squares, count = 0.0, 0
    for a, b in _bands(picture, truth, border, channel, 0):
        squares += float((a - b).square().sum())
        count += a.numel()
    return float("inf") if squares == 0 else float(10 * np.log10(255**2 * count / squares))


def ssim(picture: np.ndarray, truth: np.ndarray, border: int = 0, channel: str = "Y") -> float:
    """Structural similarity, at most 1, of uint8 (H, W, 1 or 3) pictures (Wang et al. 2004, eq. 13).

    A Gaussian window of 11x11, sigma 1.5, valid places only, peak 255; arguments as for `psnr`. Raises
    RequestError for unlike shapes or pictures smaller than the window.
    """
    height, width = (side - 2 * border for side in picture.shape[:2])
    if min(height, width) < WINDOW:
        raise RequestError(f"SSIM needs {WINDOW}x{WINDOW} pixels inside the border, got {width}x{height}.")
    total, count = 0.0, 0
    for a, b in _bands(picture, truth, border, channel, WINDOW - 1):
        found = _ssim_map(a, b)
        total += float(found.sum())
        count += found.numel()
    return total / count


def _bands(picture: np.ndarray, truth: np.ndarray, border: int, channel: str, overlap: int) -> Iterator[tuple]:
    """Both pictures as float64 (C, 1, rows, W) in levels, some rows at a time with `overlap` rows in common."""
    if picture.shape != truth.shape or picture.dtype != np.uint8 or truth.dtype != np.uint8 or picture.ndim != 3:
        seen = f"{picture.dtype} {picture.shape} and {truth.dtype} {truth.shape}"
        raise RequestError(f"Pictures are compared as uint8 (H, W, C) of one shape, got {seen}.")
    if channel not in ("Y", "RGB"):
        raise RequestError(f"Pictures are compared on 'Y' or 'RGB', got {channel!r}.")
    height, width = picture.shape[:2]
    if border < 0 or 2 * border >= min(height, width):
        raise RequestError(f"A border of {border} px leaves nothing of {width}x{height}.")
    for start in range(border, height - border - overlap, ROWS):
        rows = slice(start, min(start + ROWS + overlap, height - border))
        yield tuple(_levels(p[rows, border : width - border], channel) for p in (picture, truth))


def _levels(part: np.ndarray, channel: str) -> Tensor:
    levels = torch.from_numpy(np.ascontiguousarray(part)).permute(2, 0, 1).double()
    if channel == "Y" and len(levels) == 3:
        levels = luma(levels[None] / 255)[0] * 255
    return levels[:, None]


def _ssim_map(a: Tensor, b: Tensor) -> Tensor:
    mean_a, mean_b = _blur(a), _blur(b)
    variance_a, variance_b = _blur(a * a) - mean_a**2, _blur(b * b) - mean_b**2
    covariance = _blur(a * b) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    above = (2 * mean_a * mean_b + c1) * (2 * covariance + c2)
    return above / ((mean_a**2 + mean_b**2 + c1) * (variance_a + variance_b + c2))


def _blur(x: Tensor) -> Tensor:
    line = torch.exp(-((torch.arange(WINDOW, dtype=x.dtype) - WINDOW // 2) ** 2) / (2 * SIGMA**2))
    line = line / line.sum()
    return F.conv2d(F.conv2d(x, line.view(1, 1, -1, 1)), line.view(1, 1, 1, -1))
