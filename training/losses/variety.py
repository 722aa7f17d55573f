"""What keeps a generator from drawing one picture: as Mao et al. 2019 ("MSGAN") seek modes, but with an end."""

from torch import Tensor
from torch.nn import functional as F

VARIED, THUMBNAIL = 0.5, 16
"""The share of the distance of real thumbnails that is asked for, and their side in pixels."""


def sameness(drawn: Tensor, real: Tensor) -> Tensor:
    """How much two pictures, those in the same place of a batch's halves, fall short of VARIED: 0 to 1, the mean.

    Both (N, C, H, W) in [-1, 1]. Of an odd batch the last one has no other; of one picture it is 0.
    """
    small, others = (F.adaptive_avg_pool2d(images, THUMBNAIL) for images in (drawn, real))
    wanted = VARIED * (others - others.roll(1, 0)).abs().mean()
    half = len(small) // 2
    apart = (small[:half] - small[half : 2 * half]).abs().mean((1, 2, 3))
    return F.relu(1 - apart / wanted.clamp_min(1e-6)).sum() / max(1, half)
