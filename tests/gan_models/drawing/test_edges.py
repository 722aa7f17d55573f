"""Edges of pictures whose edges are known."""

import numpy as np
import pytest

from gan_models.drawing.edges import DETECTORS, TRACED, canny_chains, detect, follow, outline_chains, smooth, trace
from gan_models.drawing.strokes import draw_lines
from gan_models.errors import RequestError


@pytest.fixture
def square() -> np.ndarray:
    """A bright square of 32..95 on dark, in colour."""
    picture = np.full((128, 128, 3), (40, 50, 60), np.uint8)
    picture[32:96, 32:96] = (220, 180, 40)
    return picture


@pytest.fixture
def disc() -> np.ndarray:
    """Equal brightness, other colour: a disc of radius 40 around the middle."""
    y, x = np.mgrid[:128, :128] - 63.5
    inside = np.hypot(x, y) < 40
    return np.where(inside[..., None], (160, 60, 60), (30, 125, 60)).astype(np.uint8)


def test_canny_finds_the_border_and_nothing_else(square):
    chains = canny_chains(square)
    points = np.concatenate([chain for chain, _ in chains]) * 128
    distance = np.abs(np.abs(points - 64).max(1) - 32)
    assert distance.max() < 2.5
    # All four sides, nearly whole.
    length = sum(np.linalg.norm(np.diff(chain * 128, axis=0), axis=1).sum() for chain, _ in chains)
    assert 225 < length < 290


def test_colour_alone_makes_an_edge(disc):
    points = np.concatenate([chain for chain, _ in canny_chains(disc)]) * 128 - 64
    assert np.abs(np.hypot(*points.T) - 40).max() < 2


def test_hysteresis_keeps_weak_parts_of_strong_lines_only():
    picture = np.full((128, 128, 3), 100, np.uint8)
    fade = np.linspace(120, 22, 128).astype(np.uint8)[:, None, None]
    picture[:, :40] += fade  # one line that fades, and one that is weak all along
    picture[:, 100:] += 22
    chains = [chain for chain, _ in canny_chains(picture, blur=1.0, high=0.5, low=0.3)]
    columns = np.concatenate(chains)[:, 0] * 128
    assert (np.abs(columns - 40) < 3).all()
    rows = np.concatenate(chains)[:, 1] * 128
    assert rows.max() > 90


def test_strongest_lines_come_first_and_detail_adds(square):
    noisy = square.astype(int) + np.random.default_rng(0).normal(0, 12, square.shape)
    noisy = noisy.clip(0, 255).astype(np.uint8)
    weights = [weight for _, weight in canny_chains(noisy)]
    assert weights == sorted(weights, reverse=True)
    assert len(trace(noisy, "canny", 0.0)) < len(trace(noisy, "canny", 1.0))


def test_outlines_part_areas(square):
    points = np.concatenate([chain for chain, _ in outline_chains(square, levels=2)]) * 128
    assert np.abs(np.abs(points - 64).max(1) - 32).max() < 3


@pytest.mark.parametrize("detector", DETECTORS)
def test_detectors_draw_dark_lines_on_paper(square, detector):
    drawing = detect(square, detector, 0.5)
    assert drawing.dtype == np.uint8 and drawing.shape == (128, 128)
    assert drawing.mean() > 200
    border = np.zeros((128, 128), bool)
    border[26:102, 26:102] = True
    border[38:90, 38:90] = False
    assert drawing[border].min() < 100
    assert drawing[~border].min() > 200


@pytest.mark.parametrize("detector", TRACED)
def test_traced_edges_are_strokes_that_draw_the_same(square, detector):
    strokes = trace(square, detector, 0.5)
    assert np.array_equal(draw_lines(strokes, 128), detect(square, detector, 0.5))


@pytest.mark.parametrize("detector", DETECTORS)
def test_a_plain_picture_has_no_edges(detector):
    assert detect(np.full((64, 64, 3), 90, np.uint8), detector, 1.0).min() > 250


def test_lines_are_followed_in_one_piece_past_a_crossing():
    cross = np.zeros((32, 32), bool)
    cross[16, 2:30] = cross[2:30, 16] = True
    chains = follow(cross, cross.astype(float))
    assert max(len(chain) for chain in chains) == 28
    assert sum(len(chain) for chain in chains) >= 54
    for chain in chains:
        assert np.abs(np.diff(chain, axis=0)).max() == 1


def test_smoothing_keeps_ends_near_and_takes_the_stairs():
    stairs = np.array([(i, i // 2) for i in range(40)], float)
    soft = smooth(stairs)
    slope = np.diff(soft, axis=0)[2:-2]
    assert np.allclose(slope[:, 1] / slope[:, 0], 0.5, atol=0.15)
    assert np.abs(soft[0] - stairs[0]).max() < 2 and np.abs(soft[-1] - stairs[-1]).max() < 2


@pytest.mark.parametrize(
    ("picture", "detector", "detail", "said"),
    [
        (np.zeros((8, 9, 3), np.uint8), "canny", 0.5, "square uint8"),
        (np.zeros((8, 8, 3), np.float32), "canny", 0.5, "square uint8"),
        (np.zeros((8, 8, 3), np.uint8), "hed", 0.5, "canny, outlines, ink, pencil"),
        (np.zeros((8, 8, 3), np.uint8), "canny", 1.5, "0 to 1"),
    ],
)
def test_what_cannot_be_traced_is_refused(picture, detector, detail, said):
    with pytest.raises(RequestError, match=said):
        detect(picture, detector, detail)


def test_ink_has_no_strokes(square):
    with pytest.raises(RequestError, match="canny, outlines"):
        trace(square, "ink")
