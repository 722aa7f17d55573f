"""Colour: luma as the literature measures on it, and CIELAB, in which lightness and colour are apart.

Lab is scaled for networks: lightness as L / 50 - 1 in [-1, 1] (1 channel), chroma as a and b over 110
(2 channels), which for sRGB stays within [-1, 1].
Own code: losses need its gradients, and a recipe the same bits on every machine.
"""

import torch
from torch import Tensor

from gan_models.errors import RequestError
from gan_models.pictures.images import fine_levels

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


CHROMA = 110.0
# sRGB (IEC 61966-2-1) to XYZ of the white point D65, over that white.
_TO_XYZ = torch.tensor(
    [
        [0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339 / 1.08883, 0.1191920 / 1.08883, 0.9503041 / 1.08883],
    ]
)
_TO_RGB = torch.linalg.inv(_TO_XYZ)
_KNEE = 6 / 29


def split_lab(images: Tensor) -> tuple[Tensor, Tensor]:
    """Lightness (N, 1, H, W) and chroma (N, 2, H, W), scaled, of RGB (N, 3, H, W) in [-1, 1]."""
    if images.ndim != 4 or images.shape[1] != 3:
        raise RequestError(f"Colour pictures have shape (N, 3, H, W), got {tuple(images.shape)}.")
    values = (images.float() + 1) / 2
    linear = torch.where(values <= 0.04045, values / 12.92, ((values.clamp_min(0.04045) + 0.055) / 1.055) ** 2.4)
    xyz = _mix(linear, _TO_XYZ)
    root = torch.where(xyz > _KNEE**3, xyz.clamp_min(_KNEE**3) ** (1 / 3), xyz / (3 * _KNEE**2) + 4 / 29)
    x, y, z = root.unbind(1)
    lightness = (116 * y - 16) / 50 - 1
    return lightness[:, None], torch.stack([500 * (x - y), 200 * (y - z)], 1) / CHROMA


def join_lab(lightness: Tensor, chroma: Tensor) -> Tensor:
    """RGB (N, 3, H, W) of scaled lightness and chroma; colours that sRGB has not are clamped to [-1, 1].

    Differentiable, so that a discriminator of pictures can teach a generator of chroma.
    """
    y = ((lightness.float()[:, 0] + 1) * 50 + 16) / 116
    a, b = (chroma.float() * CHROMA).unbind(1)
    root = torch.stack([y + a / 500, y, y - b / 200], 1)
    xyz = torch.where(root > _KNEE, root**3, 3 * _KNEE**2 * (root - 4 / 29))
    linear = _mix(xyz, _TO_RGB).clamp(0, 1)
    bent = 1.055 * linear.clamp_min(0.0031308) ** (1 / 2.4) - 0.055
    return torch.where(linear <= 0.0031308, 12.92 * linear, bent) * 2 - 1


def colourfulness(images: Tensor) -> Tensor:
    """How colourful each RGB picture (N, 3, H, W) in [-1, 1] looks (Hasler and Suesstrunk 2003): (N,).

    0 for gray, about 15 slightly, 45 quite, above 80 extremely colourful.
    """
    red, green, blue = fine_levels(images).flatten(2).unbind(1)
    one, two = red - green, (red + green) / 2 - blue
    spread = (one.var(1) + two.var(1)).sqrt()
    return spread + 0.3 * (one.mean(1).square() + two.mean(1).square()).sqrt()


def _mix(images: Tensor, matrix: Tensor) -> Tensor:
    return torch.einsum("oc,nchw->nohw", matrix.to(images), images)
