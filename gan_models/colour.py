"""Colour arithmetic that the page, the verbs and the trainer share."""

import torch
from torch import Tensor

from gan_models.errors import RequestError

LUMA = (65.481, 128.553, 24.966)
"""What red, green and blue in [0, 1] add to Y above 16, in levels (ITU-R BT.601, studio range)."""


def luma(rgb: Tensor) -> Tensor:
    """Y of RGB (N, 3, H, W) in [0, 1], as MATLAB's rgb2ycbcr: (N, 1, H, W) from 16/255 to 235/255.

    The channel on which the super-resolution literature measures. Raises RequestError for other shapes.
    """
    if rgb.ndim != 4 or rgb.shape[1] != 3 or not rgb.is_floating_point():
        raise RequestError(f"RGB is a float tensor (N, 3, H, W) in [0, 1], got {rgb.dtype} of {tuple(rgb.shape)}.")
    weights = torch.tensor(LUMA, dtype=rgb.dtype, device=rgb.device).view(1, 3, 1, 1)
    return ((rgb * weights).sum(1, keepdim=True) + 16) / 255
