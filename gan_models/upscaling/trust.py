"""What an upscaled picture adds beyond what its source determines, and a lock on its colours."""

import math
from contextlib import nullcontext

import numpy as np
from PIL import Image

from gan_models.errors import RequestError
from gan_models.pictures.metrics import psnr
from gan_models.pictures.photo import Turn, resize_levels

CELL = 16
"""Source pixels a side: colour shifts broader than this are taken back by `lock_colour`, finer ones stay."""
BAND = 512


def residual(result: np.ndarray, source: np.ndarray) -> np.ndarray:
    """How far the result, brought back down, is from its source: float32 (h, w), mean levels of 255.

    Both uint8 (H, W, C). Where it is zero the result says nothing that the source contradicts; what it adds
    there is detail that the source left open.
    """
    down = resize_levels(result, *source.shape[:2])
    return difference(down, source)


def difference(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Mean absolute difference over the channels: uint8 (H, W, C) twice to float32 (H, W) in levels of 255."""
    if first.shape != second.shape:
        raise RequestError(f"Only pictures of one shape can be compared, got {first.shape} and {second.shape}.")
    out = np.empty(first.shape[:2], np.float32)
    for start in range(0, len(out), BAND):
        rows = slice(start, start + BAND)
        out[rows] = np.abs(first[rows].astype(np.int16) - second[rows]).mean(2)
    return out


def agreement(result: np.ndarray, source: np.ndarray) -> float:
    """PSNR in dB, on RGB, between the source and the result brought back down to it; infinite where equal.

    Of the levels that a viewer sees, by the resizing that made them; `training.measures.upscaling.consistency`, the
    published measure, resizes as the literature's bicubic does.
    """
    return psnr(resize_levels(result, *source.shape[:2]), source, channel="RGB")


def lock_colour(levels: np.ndarray, source: np.ndarray, turn: Turn = nullcontext) -> np.ndarray:
    """Take back the low-frequency colour shift of a result: the means of broad areas become the source's.

    Both uint8, or both uint16, of (H, W, C); areas are CELL source pixels a side, and the correction between
    their middles is interpolated, so that fine detail is left alone. The means, and each band of rows, are made
    inside `turn()`.
    """
    cells = tuple(max(1, math.ceil(side / CELL)) for side in source.shape[:2])
    with turn():
        shift = _small(source, cells) - _small(levels, cells)
    height, width, channels = levels.shape
    most, out = np.iinfo(levels.dtype).max, np.empty_like(levels)
    step = cells[0] / height
    planes = [Image.fromarray(np.ascontiguousarray(shift[:, :, c])) for c in range(channels)]
    for start in range(0, height, BAND):
        stop = min(start + BAND, height)
        box = (0, start * step, cells[1], stop * step)
        with turn():
            sized = [plane.resize((width, stop - start), Image.Resampling.BILINEAR, box) for plane in planes]
            moved = levels[start:stop] + np.dstack([np.asarray(plane) for plane in sized])
            out[start:stop] = moved.round().clip(0, most)
    return out


def _small(levels: np.ndarray, cells: tuple[int, int]) -> np.ndarray:
    """Means of areas: float32 (rows, columns, C)."""
    planes = []
    for channel in range(levels.shape[2]):
        plane = np.ascontiguousarray(levels[:, :, channel])
        image = Image.fromarray(plane if plane.dtype == np.uint8 else plane.astype(np.float32))
        # Eight bits would round the means; reducing by whole numbers first spares a float copy of the whole.
        factor = max(1, min(plane.shape[0] // cells[0], plane.shape[1] // cells[1]) // 4)
        reduced = image.reduce(factor).convert("F") if factor > 1 else image.convert("F")
        planes.append(np.asarray(reduced.resize(cells[::-1], Image.Resampling.BOX)))
    return np.dstack(planes)
