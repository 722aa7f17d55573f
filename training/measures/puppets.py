"""Who looks at drawn figures: a small network that finds their joints, and what their parts are coloured like."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.machine import has_bf16
from gan_models.networks.pose2person import Hourglass
from gan_models.pictures.images import to_tensor
from gan_models.puppets.skeleton import JOINTS
from training.data.figures import Figure
from training.data.puppets import picture
from training.data.stances import Stance

SIDE, CELLS = 128, 32
"""Pixels that the finder looks at, and cells that it tells apart, in a row."""
COUNT, STEPS, BATCH = 3_000, 1_300, 32
"""Pictures that it learns from, in how many steps of how many."""
FIRST = 2_000_000_000
"""The number of the first of them: figures of no training, and not those that are measured."""
MIRRORED = tuple(
    JOINTS.index(name.replace("right", "?").replace("left", "right").replace("?", "left")) for name in JOINTS
)
_LIMBS = (("shoulder", "elbow"), ("elbow", "hand"), ("hip", "knee"), ("knee", "foot"))
BODY = (
    *(("head", "neck"), ("neck", "hips")),
    *((f"{side}_{one}", f"{side}_{two}") for side in ("right", "left") for one, two in _LIMBS),
)
"""Parts whose colours are compared, each around a line from joint to joint."""
BINS, NEAR = 5, 0.022
"""Of each colour's levels, and how far from the line of a part its colours are taken, in sides of the sheet."""


class Finder(nn.Module):
    """Pictures (N, 3, S, S) in [-1, 1] to logits of where each joint is, (N, 15, CELLS, CELLS)."""

    def __init__(self) -> None:
        super().__init__()
        self.begin = nn.Conv2d(12, 32, 4, stride=2, padding=1)
        self.body = Hourglass(32, 32, len(JOINTS), depth=3)

    def forward(self, pictures: Tensor) -> Tensor:
        pictures = pictures if pictures.shape[-1] == SIDE else F.interpolate(pictures, SIDE, mode="bilinear")
        return self.body(F.leaky_relu(self.begin(F.pixel_unshuffle(pictures, 2)), 0.2)).float()

    @torch.no_grad()
    def joints(self, pictures: Tensor) -> Tensor:
        """Where they are found, (N, 15, 2) in [0, 1]: the mean of the cells around the likeliest one."""
        found = []
        for part in pictures.split(32):
            shares = self(part).flatten(2).softmax(-1).unflatten(-1, (CELLS, CELLS))
            best = shares.flatten(2).argmax(-1)
            line = torch.arange(CELLS)
            rows = (line - best[..., None] // CELLS).abs() <= 2
            columns = (line - best[..., None] % CELLS).abs() <= 2
            close = shares * rows[..., :, None] * columns[..., None, :]
            close = close / close.sum((2, 3), keepdim=True)
            x, y = ((close.sum(axis) * (line + 0.5)).sum(-1) / CELLS for axis in (2, 3))
            found.append(torch.stack([x, y], -1))
        return torch.cat(found)


def taught(seed: int = 0, count: int = COUNT, steps: int = STEPS) -> Finder:
    """The finder, trained on true drawn figures that are moved, mirrored and recoloured; the same by seed."""
    pictures, joints = figures(FIRST, count, SIDE, seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        finder = Finder().to(memory_format=torch.channels_last)
        optimizer = torch.optim.AdamW(finder.parameters(), lr=2e-3)
        cooling = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, steps)
        for _ in range(steps):
            index = torch.randint(count, (min(BATCH, count),))
            seen, places = changed(pictures[index], joints[index])
            with torch.autocast("cpu", torch.bfloat16, enabled=has_bf16("cpu")):
                logits = finder(seen)
            loss = F.cross_entropy(logits.flatten(0, 1).flatten(1), heat(places).flatten(0, 1).flatten(1))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            cooling.step()
    return finder.eval()


def figures(first: int, count: int, size: int, seed: int) -> tuple[Tensor, Tensor]:
    """`count` figures from number `first` on in a pose each: pictures (N, 3, size, size) and joints (N, 15, 2)."""
    pictures, joints = [], []
    for number in range(first, first + count):
        figure = Figure.number(number)
        joints.append(Stance.by_chance(np.random.default_rng([seed, number])).joints(figure.build))
        pictures.append(picture(figure, joints[-1], size))
    return to_tensor(np.stack(pictures)), torch.from_numpy(np.stack(joints))


def heat(joints: Tensor) -> Tensor:
    """The share of each cell in a spot around every joint (N, 15, 2): (N, 15, CELLS, CELLS), which sum to 1."""
    line = (torch.arange(CELLS) + 0.5) / CELLS
    away = (line[:, None] - joints[..., None, None, 1]).square() + (line - joints[..., None, None, 0]).square()
    return (-away * CELLS**2 / 2).flatten(2).softmax(-1).unflatten(-1, (CELLS, CELLS))


def changed(pictures: Tensor, joints: Tensor) -> tuple[Tensor, Tensor]:
    """The same figures moved, half of them mirrored, in other colours, a little softer and noisier."""
    if torch.rand(()) < 0.5:
        flipped = torch.stack([1 - joints[..., 0], joints[..., 1]], -1)
        pictures, joints = pictures.flip(3), flipped[:, list(MIRRORED)]
    down, right = torch.randint(-8, 9, (2,)).tolist()
    pictures = pictures.roll((down, right), (2, 3))
    joints = joints + torch.tensor([right, down]) / SIDE
    pictures = pictures[:, torch.randperm(3)] * (0.8 + 0.4 * torch.rand(len(pictures), 3, 1, 1))
    softer = F.avg_pool2d(pictures, 3, 1, 1, count_include_pad=False)
    return torch.lerp(pictures, softer, 0.7 * float(torch.rand(()))) + 0.05 * torch.randn_like(pictures), joints


def colours(pictures: Tensor, joints: Tensor) -> Tensor:
    """How often each colour comes up in each part of figures (N, 3, S, S) in [-1, 1]: (N, parts, BINS ** 3)."""
    side = pictures.shape[-1]
    bins = ((pictures + 1) / 2 * BINS).long().clamp(0, BINS - 1)
    index = ((bins[:, 0] * BINS + bins[:, 1]) * BINS + bins[:, 2]).flatten(1)
    ends = [[JOINTS.index(name) for name in pair] for pair in BODY]
    rows = []
    for one, two in ends:
        weights = (away(joints[:, one], joints[:, two], side) < NEAR).float().flatten(1)
        counts = torch.zeros(len(pictures), BINS**3).scatter_add_(1, index, weights)
        rows.append(counts / counts.sum(1, keepdim=True).clamp_min(1))
    return torch.stack(rows, 1)


def away(start: Tensor, end: Tensor, side: int) -> Tensor:
    """How far each pixel lies from lines between places (N, 2), in sides of the sheet: (N, side, side)."""
    line = (torch.arange(side) + 0.5) / side
    place = torch.stack(torch.meshgrid(line, line, indexing="xy"), -1)[None]
    limb = (end - start)[:, None, None]
    from_start = place - start[:, None, None]
    along = ((from_start * limb).sum(-1) / limb.square().sum(-1).clamp_min(1e-9)).clamp(0, 1)
    return (from_start - along[..., None] * limb).norm(dim=-1)


def alike(one: Tensor, other: Tensor) -> Tensor:
    """The share of colours that figures have in common, mean over parts: histograms (N, P, B), (M, P, B) to (N, M)."""
    return torch.stack([torch.minimum(row, other).sum(-1).mean(-1) for row in one])
