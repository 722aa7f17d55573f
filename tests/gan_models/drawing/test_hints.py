"""Colour hints as networks take them."""

import numpy as np
import pytest
import torch

from gan_models.drawing.hints import hint_tensor
from gan_models.drawing.strokes import Stroke, draw_hints

RED, BLUE = (255, 0, 0), (0, 0, 255)


def dots(*places: tuple[float, float, tuple[int, int, int]], size=64) -> np.ndarray:
    return draw_hints([Stroke([(x, y), (x, y)], 0.06, "hint", colour) for x, y, colour in places], size)[None]


def test_without_spreading_only_the_spot_is_coloured():
    hints = hint_tensor(dots((0.5, 0.5, RED)))
    there = hints[0, 3] > 0
    assert 4 < there.sum() < 40 and torch.all(hints[0, 0, there] == 1) and torch.all(hints[0, :, ~there] == 0)


@pytest.mark.parametrize("size", [64, (48, 128), (16, 20)])
def test_one_dot_colours_the_whole_sheet_and_the_mask_stays(size):
    plain, spread = (hint_tensor(dots((0.3, 0.4, RED), size=size), spread) for spread in (False, True))
    assert torch.equal(plain[:, 3], spread[:, 3])
    torch.testing.assert_close(spread[0, :3], torch.tensor([1.0, -1, -1])[:, None, None].expand_as(spread[0, :3]))


def test_of_two_dots_the_nearer_one_counts():
    spread = hint_tensor(dots((0.2, 0.5, RED), (0.8, 0.5, BLUE)), True)[0]
    left, right = (spread[:3, 32, column] for column in (4, 60))
    middle = spread[:3, 32, 31:33].mean(1)
    assert left[0] > 0.95 and left[2] < -0.95 and right[0] < -0.95 and right[2] > 0.95
    assert abs(middle[0]) < 0.15 and abs(middle[2]) < 0.15
    assert torch.equal(spread[:3, 32, 13], torch.tensor([1.0, -1, -1])), "the spot itself has its very colour"


def test_without_hints_there_is_nothing_to_spread():
    assert not hint_tensor(np.zeros((2, 40, 30, 4), np.uint8), True).any()
    both = np.concatenate([dots((0.5, 0.5, RED)), np.zeros((1, 64, 64, 4), np.uint8)])
    assert not hint_tensor(both, True)[1].any()
