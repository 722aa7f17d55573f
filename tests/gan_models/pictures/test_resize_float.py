"""Antialiased resizing against references written out or made by Pillow, and the luma of the literature."""

import math

import numpy as np
import pytest
import torch
from PIL import Image

from gan_models.errors import RequestError
from gan_models.pictures.colour import luma
from gan_models.pictures.resize import KERNELS, resize, taps

SIZES = [((37, 53), (80, 19)), ((16, 16), (4, 4)), ((24, 20), (96, 80)), ((40, 31), (39, 32)), ((9, 200), (30, 7))]


def keys(x: float) -> float:
    """Keys 1981, a = -0.5, written out."""
    x = abs(x)
    if x < 1:
        return 1.5 * x**3 - 2.5 * x**2 + 1
    return -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2 if x < 2 else 0.0


def lanczos(x: float) -> float:
    if abs(x) >= 3:
        return 0.0
    return 1.0 if x == 0 else 3 * math.sin(math.pi * x) * math.sin(math.pi * x / 3) / (math.pi * x) ** 2


def line(values: np.ndarray, target: int, kernel, reach: float) -> np.ndarray:
    """One row resized with plain loops in double precision, the row mirrored at its ends."""
    size, out = len(values), []
    step = size / target
    wide = max(step, 1.0)
    for place in range(target):
        centre, total, weights = (place + 0.5) * step - 0.5, 0.0, 0.0
        for index in range(math.floor(centre - reach * wide) - 1, math.ceil(centre + reach * wide) + 2):
            weight = kernel((index - centre) / wide)
            mirrored = index % (2 * size)
            total += weight * values[mirrored if mirrored < size else 2 * size - 1 - mirrored]
            weights += weight
        out.append(total / weights)
    return np.array(out)


@pytest.mark.parametrize(("before", "after"), SIZES)
@pytest.mark.parametrize(("kernel", "function", "reach"), [("bicubic", keys, 2), ("lanczos", lanczos, 3)])
def test_it_is_the_written_out_sum(before, after, kernel, function, reach):
    picture = np.random.default_rng(0).random(before)
    wanted = np.stack([line(row, after[1], function, reach) for row in picture])
    wanted = np.stack([line(column, after[0], function, reach) for column in wanted.T]).T
    seen = resize(torch.from_numpy(picture)[None, None], *after, kernel)
    np.testing.assert_allclose(seen[0, 0].numpy(), wanted, atol=1e-12)
    single = resize(torch.from_numpy(picture)[None, None].float(), *after, kernel)
    np.testing.assert_allclose(single[0, 0].numpy(), wanted, atol=2e-6)


@pytest.mark.parametrize(("kernel", "filter"), [("bicubic", Image.BICUBIC), ("lanczos", Image.LANCZOS)])
def test_it_is_pillows_float_filter_away_from_the_border(kernel, filter):
    """At the border Pillow leaves out what lies beyond, where MATLAB and we mirror."""
    picture = np.random.default_rng(0).random((64, 80)).astype(np.float32)
    for height, width in ((16, 20), (128, 160), (48, 200)):
        wanted = np.asarray(Image.fromarray(picture, mode="F").resize((width, height), filter))
        seen = resize(torch.from_numpy(picture)[None, None], height, width, kernel)[0, 0].numpy()
        edge = 3 * max(1, height // 64, width // 80) + 1
        np.testing.assert_allclose(seen[edge:-edge, edge:-edge], wanted[edge:-edge, edge:-edge], atol=1e-6)


@pytest.mark.parametrize("kernel", KERNELS)
def test_what_is_even_stays_so_and_blocks_leave_no_seam(kernel, monkeypatch):
    assert torch.allclose(resize(torch.full((1, 3, 7, 9), 0.3), 200, 150, kernel), torch.tensor(0.3), atol=1e-6)
    picture = torch.rand(1, 2, 50, 60, dtype=torch.float64)
    small, large = resize(picture, 17, 20, kernel), resize(picture, 170, 200, kernel)
    monkeypatch.setattr("gan_models.pictures.resize.BLOCK", 7)
    assert torch.allclose(resize(picture, 17, 20, kernel), small, atol=1e-14)
    assert torch.allclose(resize(picture, 170, 200, kernel), large, atol=1e-14)


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (2, 1)])
def test_smallest_pictures(size):
    picture = torch.rand(1, 3, *size)
    assert torch.allclose(resize(picture, 8, 8).mean((2, 3)), picture.mean((2, 3)), atol=0.01)
    assert resize(picture, 1, 1, "lanczos").shape == (1, 3, 1, 1)


def test_the_same_size_is_the_same_picture_and_half_becomes_single():
    picture = torch.rand(2, 3, 8, 9)
    assert torch.equal(resize(picture, 8, 9), picture)
    assert resize(picture.bfloat16(), 4, 4).dtype == torch.float32
    assert resize(picture.double(), 4, 4).dtype == torch.float64


def test_weights_sum_to_one_and_stay_inside():
    for size, target in ((5, 17), (100, 7), (3, 3), (1, 9)):
        index, weights = taps(size, target, "lanczos")
        assert torch.allclose(weights.sum(1), torch.ones(target, dtype=torch.float64))
        assert index.min() >= 0
        assert index.max() < size


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda x: resize(x, 4, 4, "nearest"), "'nearest'.*bicubic, lanczos"),
        (lambda x: resize(x, 0, 4), "4x0"),
        (lambda x: resize(x[0], 4, 4), r"\(N, C, H, W\)"),
        (lambda x: resize(x.byte(), 4, 4), "uint8"),
        (lambda x: luma(x[:, :2]), r"\(N, 3, H, W\)"),
    ],
)
def test_wrong_arguments_are_refused(call, said):
    with pytest.raises(RequestError, match=said):
        call(torch.rand(1, 3, 8, 8))


def test_luma_is_matlabs():
    """rgb2ycbcr of black, white, red, green and blue (Poynton's table, studio range)."""
    rgb = torch.tensor([[0, 1, 1, 0, 0], [0, 1, 0, 1, 0], [0, 1, 0, 0, 1]], dtype=torch.float64)[None, :, None]
    levels = luma(rgb)[0, 0, 0] * 255
    expected = torch.tensor([16, 235, 81.481, 144.553, 40.966], dtype=torch.float64)
    torch.testing.assert_close(levels, expected, atol=1e-6, rtol=0)
