"""Picture arithmetic that the page, the verbs and the trainer share."""

import numpy as np


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
