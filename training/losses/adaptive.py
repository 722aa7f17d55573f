"""Adaptive augmentation: Karras et al. 2020b ("Training generative adversarial networks with limited data").

Every change of a picture happens with the probability p, and p follows how sure the discriminator is of real
pictures (section 3.1): as long as it stays below about .8, the generator does not learn to draw changed pictures
(section 2.2).
As in the paper: the pixel, geometric and colour changes of its appendix B, in its order and strengths.
Departs from it: one bilinear look at the picture instead of a wavelet filter at twice its size; p moves at every step
by a running mean instead of at every fourth by a mean of four.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

PICTURES_TO_ONE = 100_000
"""So many pictures take p from 0 to 1: the paper's figure for short trainings that go on from another."""
SMOOTHING = 0.25


class Adaptive(nn.Module):
    """Augmentation with its probability `p` and the running `r_t`, the mean sign of the outputs on real pictures."""

    statistics = ("p", "r_t")

    def __init__(self, target: float = 0.6) -> None:
        super().__init__()
        self.target = target
        self.register_buffer("p", torch.zeros(()))
        self.register_buffer("r_t", torch.zeros(()))

    def forward(self, images: Tensor) -> Tensor:
        """Change pictures (N, C, H, W) in [-1, 1] at random; colours may leave that range."""
        if not len(images) or not self.p > 0:
            return images
        # Colours and geometry keep their precision.
        with torch.autocast(images.device.type, enabled=False):
            moved = move(images.float(), geometry(len(images), images.shape[-1], self.p))
            return recolour(moved, colours(len(images), self.p)).to(images.dtype)

    def follow(self, on_real: Tensor) -> None:
        """Learn from the outputs (N,) or (N, M) on real pictures whether to augment more or less."""
        with torch.no_grad():
            self.r_t.lerp_(on_real.float().sign().mean(), SMOOTHING)
            step = (self.r_t - self.target).sign() * (len(on_real) / PICTURES_TO_ONE)
            self.p.add_(step).clamp_(0, 1)


def chance(count: int, p: Tensor, drawn: Tensor, otherwise: float = 0.0) -> Tensor:
    """`drawn` (N,) with the probability p, and `otherwise` without."""
    return torch.where(torch.rand(count) < p.cpu(), drawn, torch.tensor(otherwise))


def geometry(count: int, side: int, p: Tensor) -> Tensor:
    """Where a changed picture's pixels come from, as matrices (N, 3, 3) over coordinates in [-1, 1]."""
    turn = torch.randint(4, (count,)) * (math.pi / 2)
    whole = torch.round((torch.rand(2, count) * 2 - 1) * 0.125 * side) * (2 / side)
    some = 1 - (1 - p).sqrt()  # two rotations, before and after: together p
    chain = [
        scaling(chance(count, p, 1 - 2.0 * torch.randint(2, (count,)), 1.0), torch.ones(count)),
        rotation(chance(count, p, turn)),
        shift(*(chance(count, p, move) for move in whole)),
        scaling(*[chance(count, p, torch.exp2(torch.randn(count) * 0.2), 1.0)] * 2),
        rotation(chance(count, some, (torch.rand(count) * 2 - 1) * math.pi)),
        stretch(chance(count, p, torch.exp2(torch.randn(count) * 0.2), 1.0)),
        rotation(chance(count, some, (torch.rand(count) * 2 - 1) * math.pi)),
        shift(*(chance(count, p, torch.randn(count) * 0.125 * 2) for _ in range(2))),
    ]
    whole_way = torch.eye(3).expand(count, 3, 3)
    for step in chain:
        whole_way = whole_way @ step
    return whole_way


def scaling(x: Tensor, y: Tensor) -> Tensor:
    """Matrices (N, 3, 3) that scale by factors (N,)."""
    return torch.diag_embed(torch.stack([x, y, torch.ones_like(x)], 1))


def stretch(factor: Tensor) -> Tensor:
    return scaling(factor, 1 / factor)


def rotation(angle: Tensor) -> Tensor:
    """Matrices (N, 3, 3) that turn by angles (N,)."""
    c, s, zero, one = angle.cos(), angle.sin(), torch.zeros_like(angle), torch.ones_like(angle)
    return torch.stack([c, -s, zero, s, c, zero, zero, zero, one], 1).view(-1, 3, 3)


def shift(x: Tensor, y: Tensor) -> Tensor:
    """Matrices (N, 3, 3) that move by (N,)."""
    matrices = torch.eye(3).repeat(len(x), 1, 1)
    matrices[:, 0, 2], matrices[:, 1, 2] = x, y
    return matrices


def move(images: Tensor, matrices: Tensor) -> Tensor:
    """Pictures seen through matrices (N, 3, 3); beyond a border they are mirrored."""
    grid = F.affine_grid(matrices[:, :2].to(images), list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, padding_mode="reflection", align_corners=False)


def colours(count: int, p: Tensor) -> Tensor:
    """Changes of colour as matrices (N, 3, 4): brightness, contrast, luma flip, hue, saturation."""
    luma = torch.full((3, 3), 1 / 3)
    own = torch.eye(3)
    brightness = chance(count, p, torch.randn(count) * 0.2)
    contrast = chance(count, p, torch.exp2(torch.randn(count) * 0.5), 1.0)
    flip = chance(count, p, torch.randint(2, (count,)).float())
    saturation = chance(count, p, torch.exp2(torch.randn(count)), 1.0)
    matrix = contrast.view(-1, 1, 1) * (own - 2 * luma * flip.view(-1, 1, 1))
    hue = about_gray(chance(count, p, (torch.rand(count) * 2 - 1) * math.pi))
    saturated = luma + (own - luma) * saturation.view(-1, 1, 1)
    matrix = saturated @ hue @ matrix
    return torch.cat([matrix, matrix.sum(2, keepdim=True) * brightness.view(-1, 1, 1)], 2)


def about_gray(angle: Tensor) -> Tensor:
    """Rotations (N, 3, 3) of colours about the axis of grays, by angles (N,)."""
    cross = torch.tensor([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]]) / math.sqrt(3)
    c, s = angle.cos().view(-1, 1, 1), angle.sin().view(-1, 1, 1)
    return c * torch.eye(3) + s * cross + (1 - c) / 3


def recolour(images: Tensor, matrices: Tensor) -> Tensor:
    """Pictures with every pixel through matrices (N, 3, 4); of gray ones only the gray."""
    matrices = matrices.to(images)
    if images.shape[1] == 1:
        matrices = torch.cat([matrices[:, :, :3].sum(2), matrices[:, :, 3]], 1).view(-1, 2, 3).mean(2)
        return images * matrices[:, 0, None, None, None] + matrices[:, 1, None, None, None]
    pixels = torch.baddbmm(matrices[:, :, 3:], matrices[:, :, :3], images.flatten(2))
    return pixels.view_as(images)
