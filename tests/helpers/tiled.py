"""A picture enlarged by tiles into one tensor, for comparing with the whole."""

import torch
from torch import Tensor

from gan_models.upscaling.tiles import Runner, laid, over, windows


def enlarge(runner: Runner, images: Tensor, tile: int) -> Tensor:
    """Enlarge (1, 3, H, W) in [-1, 1] by tiles: float32 (1, 3, scale H, scale W), for what fits into memory."""
    height, width = images.shape[2:]
    out = torch.empty(1, 3, runner.scale * height, runner.scale * width)
    read = lambda box: images[:, :, box[0] : box[1], box[2] : box[3]]  # noqa: E731
    plan = windows(height, width, tile, runner.halo)
    cores = (runner.core(read, window, (height, width))[0] for window in plan)
    for (rows, columns), core, rise in laid(plan, cores, runner.scale):
        part = out[0, :, rows, columns]
        part.copy_(over(part, core, rise))
    return out
