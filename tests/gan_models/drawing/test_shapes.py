"""Flat shapes: what each tool covers, where a fill ends, and that every size shows the same."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from gan_models.drawing.shapes import SIDE, lay_shapes
from gan_models.drawing.strokes import Stroke, read_strokes
from gan_models.errors import RequestError

RED, BLUE, WHITE = (248, 49, 47), (0, 116, 186), (255, 255, 255)
BOTH = Path(__file__).parents[2] / "helpers/shapes.json"
"""Strokes, and the hash of their pixels: the page's script is held to the same (tests/js/shapes.test.js)."""


def share(sheet: np.ndarray, colour: tuple[int, int, int]) -> float:
    return float((sheet == colour).all(2).mean())


def test_each_tool_covers_what_it_goes_around() -> None:
    corners = [(0.2, 0.3), (0.6, 0.8)]
    for tool, points, area in (
        ("box", corners, 0.2),
        ("ellipse", corners, 0.2 * np.pi / 4),
        ("lasso", [(0.2, 0.3), (0.6, 0.3), (0.2, 0.8)], 0.1),
        ("paint", [(0.2, 0.5), (0.6, 0.5)], 0.4 * 0.1 + 0.05**2 * np.pi),
        ("ellipse", [(0.5, 0.5)], 0.05**2 * np.pi),
        ("fill", [(0.5, 0.5)], 1.0),
    ):
        assert abs(share(lay_shapes([Stroke(points, 0.1, tool, RED)], SIDE), RED) - area) < 5e-4, tool
    below = np.zeros((32, 32, 3), np.uint8)
    assert abs(share(lay_shapes([Stroke(corners, 0.1, "eraser")], SIDE, below), WHITE) - 0.072) < 2e-3, "paper"


def test_a_fill_ends_at_other_colours_at_every_size() -> None:
    ring = [(0.5 + 0.3 * np.cos(turn), 0.5 + 0.3 * np.sin(turn)) for turn in np.linspace(0, 2 * np.pi, 40)]
    drawn = [Stroke(ring, 0.02, "paint", BLUE), Stroke([(0.5, 0.5)], 0.1, "fill", RED)]
    for side in (48, 128, SIDE):
        sheet = lay_shapes(drawn, side)
        assert (sheet[side // 2, side // 2] == RED).all() and (sheet[0, 0] == WHITE).all()
        assert abs(share(sheet, RED) - 0.29**2 * np.pi) < 2 / side * 2
    again = lay_shapes([*drawn, Stroke([(0.01, 0.01)], 0.1, "fill", RED)], SIDE)
    assert abs(share(again, RED) + share(again, BLUE) - 1) < 1e-9
    gap = [*drawn[:1], Stroke([(0.8, 0.5)], 0.04, "eraser"), drawn[1]]
    assert (lay_shapes(gap, SIDE)[0, 0] == RED).all(), "it runs out where the ring is open"


def test_a_fill_takes_the_levels_of_a_picture_that_are_nearly_alike() -> None:
    ground = np.full((64, 64, 3), 200, np.uint8) + np.random.default_rng(0).integers(0, 20, (64, 64, 3), np.uint8)
    ground[:, 32:] = 90
    filled = lay_shapes([Stroke([(0.2, 0.2)], 0.1, "fill", RED)], 64, ground)
    assert (filled[:, :32] == RED).all() and (filled[:, 32:] == 90).all()
    assert np.array_equal(lay_shapes([], 64, ground), ground)
    ground[:, 31] = 150  # a blurred edge belongs to what is filled, and nothing behind it
    filled = lay_shapes([Stroke([(0.2, 0.2)], 0.1, "fill", RED)], 64, ground)
    assert (filled[:, :32] == RED).all() and (filled[:, 32:] == 90).all()


def test_what_no_hand_draws_is_refused() -> None:
    to_and_fro = [(0.5, at % 2) for at in range(20_000)]
    for tool, number in (("fill", 400), ("lasso", 1), ("paint", 2)):
        with pytest.raises(RequestError, match="rows of pixels; at most 30,000,000 are laid"):
            lay_shapes([Stroke(to_and_fro, 0.9, tool)] * number, 64)


def test_strokes_are_the_pixels_that_the_page_s_script_lays() -> None:
    both = json.loads(BOTH.read_text(encoding="utf-8"))
    assert hashlib.sha256(lay_shapes(read_strokes(both["strokes"]), SIDE).tobytes()).hexdigest() == both["sha256"]
