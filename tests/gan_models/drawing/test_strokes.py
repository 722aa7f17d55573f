"""Strokes to pixels: places, antialiasing, order, and what is refused."""

import numpy as np
import pytest

from gan_models.drawing.strokes import MOST_STROKES, Stroke, draw_hints, draw_lines, paint, read_strokes
from gan_models.errors import RequestError

LINE = Stroke([(0.25, 0.5), (0.75, 0.5)], 4 / 64)


def test_a_line_lies_where_it_was_drawn_at_every_size():
    for size in (32, 64, 128):
        rows, columns = np.nonzero(draw_lines([LINE], size) < 128)
        assert np.mean(rows + 0.5) / size == pytest.approx(0.5, abs=0.02)
        assert np.mean(columns + 0.5) / size == pytest.approx(0.5, abs=0.02)
        # Four 64ths thick, with round ends of two 64ths.
        assert (rows.max() - rows.min() + 1) / size == pytest.approx(4 / 64, abs=1.01 / size)
        assert (columns.max() - columns.min() + 1) / size == pytest.approx(0.5 + 4 / 64, abs=2.01 / size)


def test_ink_is_black_on_white_and_its_edges_are_gray():
    sheet = draw_lines([Stroke([(0.1, 0.2), (0.9, 0.7)], 3 / 64)], 64)
    assert sheet.dtype == np.uint8 and sheet.shape == (64, 64)
    assert sheet.min() == 0 and sheet.max() == 255
    between = ((sheet > 20) & (sheet < 235)).sum()
    assert between > 20
    # As much ink as the line has area, whatever the angle.
    area = (255 - sheet.astype(float)).sum() / 255
    assert area == pytest.approx(np.hypot(0.8, 0.5) * 64 * 3 + np.pi * 1.5**2, rel=0.1)


def test_turning_a_drawing_turns_its_picture():
    points = np.array([(0.2, 0.3), (0.5, 0.8), (0.8, 0.4)])
    one = draw_lines([Stroke(points, 0.05)], 64).astype(int)
    mirrored = draw_lines([Stroke(points * (-1, 1) + (1, 0), 0.05)], 64)[:, ::-1].astype(int)
    assert np.abs(one - mirrored).mean() < 1.5


def test_order_counts_and_the_eraser_takes_away():
    eraser = Stroke([(0.5, 0.3), (0.5, 0.7)], 8 / 64, "eraser")
    assert draw_lines([LINE, eraser], 64)[32, 32] == 255
    assert draw_lines([eraser, LINE], 64)[32, 32] == 0
    ground = draw_lines([LINE], 64)
    assert np.array_equal(draw_lines([], 64, ground), ground)
    assert draw_lines([eraser], 64, ground)[32, 32] == 255


def test_one_point_is_a_dot():
    sheet = draw_lines([Stroke([(0.5, 0.5)], 8 / 64)], 64)
    assert (255 - sheet.astype(float)).sum() / 255 == pytest.approx(np.pi * 16, rel=0.1)


def test_hints_are_whole_colours_and_apart_from_ink():
    strokes = [Stroke([(0.5, 0.5)], 0.2, "hint", (200, 30, 60)), LINE]
    hints = draw_hints(strokes, 64)
    there = hints[..., 3] > 0
    assert set(np.unique(hints[..., 3])) == {0, 255}
    assert (hints[there] == (200, 30, 60, 255)).all() and (hints[~there] == 0).all()
    assert draw_lines(strokes[:1], 64).min() == 255
    erased = [*strokes, Stroke([(0.5, 0.5)], 0.5, "eraser")]
    assert not draw_hints(erased, 64).any()


def test_labels_have_only_their_own_colours():
    strokes = [Stroke([(0.1, 0.1), (0.9, 0.8)], 0.1, "paint", (0, 128, 255))]
    painted = paint(strokes, (64, 96), (0, 0, 222))
    assert painted.shape == (64, 96, 3)
    assert {tuple(c) for c in painted.reshape(-1, 3).tolist()} == {(0, 0, 222), (0, 128, 255)}
    assert (paint([*strokes, Stroke([(0, 0.3), (1, 0.3)], 1.0, "eraser")], (64, 96), (0, 0, 222)) == (0, 0, 222)).all()


def test_strokes_survive_json():
    strokes = [LINE, Stroke([(0.123456, 0.5)], 0.03, "hint", (1, 2, 3))]
    again = read_strokes([stroke.to_json() for stroke in strokes])
    assert again == [Stroke.from_json(stroke.to_json()) for stroke in strokes]
    assert np.array_equal(draw_lines(again, 64), draw_lines(strokes, 64))
    assert again[1].colour == (1, 2, 3) and again[1].tool == "hint"


def test_fine_places_are_drawn_as_the_recipe_will_have_them():
    way = np.random.default_rng(0).normal(0, 0.01, (400, 2)).cumsum(0) + 0.5
    fine = read_strokes([{"points": way.tolist(), "width": 0.0123456}])
    again = read_strokes([stroke.to_json() for stroke in fine])
    assert again == fine and np.array_equal(draw_lines(again, 256), draw_lines(fine, 256))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"points": []}, "at least one point"),
        ({"points": [[float("nan"), 0]]}, "at least one point"),
        ({"points": [[1e9, 0]]}, "at least one point"),
        ({"points": "abc"}, "points"),
        ({"points": [[0, 0]], "width": 0}, "above 0"),
        ({"points": [[0, 0]], "width": "wide"}, "a width"),
        ({"points": [[0, 0]], "tool": "spray"}, "pen, eraser, hint, paint"),
        ({"points": [[0, 0]], "colour": [1, 2, 300]}, "0 to 255"),
        ({"points": [[0, 0]], "angle": 3}, "A stroke is an object"),
        ({}, "A stroke is an object"),
        ("line", "A stroke is an object"),
    ],
)
def test_what_is_no_stroke_is_refused(words, said):
    with pytest.raises(RequestError, match=said):
        read_strokes([words])


def test_drawings_have_an_end():
    with pytest.raises(RequestError, match="at most 4000 strokes"):
        read_strokes([LINE.to_json()] * (MOST_STROKES + 1))
    with pytest.raises(RequestError, match="points; at most"):
        read_strokes([{"points": [[0, 0]] * 100_001}] * 2)
    with pytest.raises(RequestError, match="1 to 4096 pixels"):
        draw_lines([LINE], 5000)
    brush = Stroke([(x % 2, 0.5) for x in range(3000)], 1.0)
    with pytest.raises(RequestError, match="cover the sheet 5,999 times over; at most 3,000"):
        read_strokes([brush.to_json()])
