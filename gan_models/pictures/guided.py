"""The guided filter: a picture smoothed where its guide is flat, with the guide's edges kept (He et al. 2013)."""

import torch
from torch import Tensor
from torch.nn import functional as F

from gan_models.errors import RequestError


def guided_filter(guide: Tensor, picture: Tensor, radius: int, eps: float) -> Tensor:
    """Smooth a picture (N, C, H, W) by a guide (N, C or 1, H, W), each channel by its own: the same shape, float32.

    He et al. 2013 ("Guided image filtering", eq. 8). A pixel looks 2 `radius` pixels far. See `guided_lines`.
    """
    slope, offset = guided_lines(guide, picture, radius, eps)
    return slope * guide.float() + offset


def guided_lines(guide: Tensor, picture: Tensor, radius: int, eps: float) -> tuple[Tensor, Tensor]:
    """Slope and offset (N, C, H, W) each, float32, of the lines from guide to result, averaged over boxes.

    Within boxes of `radius` pixels to each side the picture is fitted as a linear function of the guide (eq. 5 and 6);
    `eps`: variances of the guide, in its units squared, far below it count as flat. Enlarged, the two smooth a picture
    that was looked at small (He and Sun 2015, "Fast guided filter"). RequestError for shapes that do not fit, or a
    radius or eps of nothing.
    """
    if picture.ndim != 4 or guide.shape not in (picture.shape, (len(picture), 1, *picture.shape[2:])):
        raise RequestError(
            f"The guide has shape {tuple(guide.shape)} and the picture {tuple(picture.shape)}; they are (N, C, H, W) "
            "of one size, the guide with as many channels or one."
        )
    if radius < 1 or eps <= 0:
        raise RequestError(f"The radius is {radius} and eps is {eps}; they are at least 1 pixel and above 0.")
    with torch.autocast(picture.device.type, enabled=False):
        # Planes one after another: means of interleaved ones take longer.
        same, guide = guide is picture, guide.float().contiguous()
        mean, squares = box(guide, radius), box(guide * guide, radius)
        if same:
            wanted, products = mean, squares
        else:
            picture = picture.float().contiguous()
            wanted, products = box(picture, radius), box(guide * picture, radius)
        slope = (products - mean * wanted) / (squares - mean * mean + eps)
        return box(slope, radius), box(wanted - slope * mean, radius)


def box(x: Tensor, radius: int) -> Tensor:
    """Means of boxes of `radius` pixels to each side, (N, C, H, W), of what lies inside the picture."""
    down, across = (_inside(length, radius).to(x) for length in x.shape[2:])
    return _sums(_sums(x, radius, 2), radius, 3) / (down[:, None] * across)


def _sums(x: Tensor, radius: int, axis: int) -> Tensor:
    """Of each pixel with all up to `radius` before and after it along an axis: copies of the picture, each moved by one
    more and added, which takes a fifth of what pooling does."""
    padded = F.pad(x, (0, 0, radius, radius) if axis == 2 else (radius, radius))
    sums = padded.narrow(axis, 0, x.shape[axis]).clone()
    for moved in range(1, 2 * radius + 1):
        sums += padded.narrow(axis, moved, x.shape[axis])
    return sums


def _inside(length: int, radius: int) -> Tensor:
    """How many of a box's rows lie inside the picture, for each of its rows."""
    row = torch.arange(length)
    return 1 + row.clamp_max(radius) + row.flip(0).clamp_max(radius)
