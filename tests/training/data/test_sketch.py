"""Drawings as people make them, and the outlines of avatars."""

import numpy as np
import pytest
import torch

from training.data import avatars
from training.data.fur import SELECTIONS
from training.data.outlines import avatar_chains, outlines
from training.data.sketch import Move, Packed, broken, line_sketcher, photo_sketcher, thinned, wobbled

LINE = np.stack([np.linspace(0.1, 0.9, 60), np.full(60, 0.5)], 1).astype(np.float32)


@pytest.fixture
def faces() -> torch.Tensor:
    """Four discs with two dark eyes on a ground, uint8 (4, 3, 96, 96)."""
    y, x = np.mgrid[:96, :96] - 47.5
    images = np.full((4, 96, 96, 3), 230, np.uint8)
    for index, image in enumerate(images):
        image[np.hypot(x, y) < 36 + index] = (150, 110, 70)
        for side in (-14, 14):
            image[np.hypot(x - side, y + 8) < 6] = (20, 20, 30)
    return torch.from_numpy(images).permute(0, 3, 1, 2)


def shown(faces, index):
    return np.ascontiguousarray(faces[index].permute(1, 2, 0).numpy())


def test_drawings_repeat_by_their_draws_and_vary_otherwise(faces):
    sketcher = photo_sketcher(faces)
    drawings = [sketcher.drawing(0, shown(faces, 0), Move(), np.random.default_rng(seed)) for seed in range(12)]
    again = photo_sketcher(faces).drawing(0, shown(faces, 0), Move(), np.random.default_rng(3))
    assert np.array_equal(drawings[3], again)
    assert len({drawing.tobytes() for drawing in drawings}) == 12
    ink = np.array([(drawing < 128).mean() for drawing in drawings])
    assert (ink < 0.4).all() and ink.max() > 0.01
    assert ink.max() > 2 * np.median(ink[ink > 0]) or ink.std() > 0.005  # thick and thin, few lines and many


def test_lines_lie_where_the_picture_has_edges(faces):
    sketcher = line_sketcher(faces)
    for seed in range(6):
        drawing = sketcher.drawing(1, shown(faces, 1), Move(), np.random.default_rng(seed))
        rows, columns = np.nonzero(drawing < 100)
        y, x = rows - 47.5, columns - 47.5
        apart = np.minimum(np.abs(np.hypot(x, y) - 37), np.abs(np.hypot(np.abs(x) - 14, y + 8) - 6))
        assert np.median(apart) < 2.5 and np.quantile(apart, 0.95) < 6


def test_a_drawing_follows_the_move(faces):
    chains = [(LINE, 1.0)]
    sketcher = line_sketcher(faces, lambda index: chains)
    move = Move(0.25, 0.25, 0.5, flip=False)
    picture = np.full((64, 64, 3), 255, np.uint8)
    found = [sketcher.drawing(0, picture, move, np.random.default_rng(seed)) for seed in range(8)]
    rows = np.concatenate([np.nonzero(drawing < 128)[0] for drawing in found])
    assert np.median(rows) == pytest.approx(32, abs=2)  # 0.5 of the whole is the middle of this part, too
    mirrored = Move(0, 0, 1, flip=True).places(np.array([[0.1, 0.3]]))
    assert mirrored == pytest.approx(np.array([[0.9, 0.3]]))


def test_packed_chains_come_apart_again():
    chains = [(LINE, 3.0), (LINE[:9] * 0.5, 1.0)]
    packed = Packed.of(chains)
    assert packed.chain(0)[[0, -1], 0] == pytest.approx([0.1, 0.9], abs=0.03)
    assert packed.chain(1)[:, 1] == pytest.approx(0.25, abs=0.01)
    assert Packed.of([]).weights.size == 0


def test_hands_simplify_shake_and_leave_gaps():
    draws = np.random.default_rng(0)
    assert np.array_equal(wobbled(LINE, 0.0, draws), LINE)
    apart = np.abs(np.concatenate([wobbled(LINE, 0.01, draws) - LINE for _ in range(40)]))
    assert 0.004 < apart.mean() < 0.02
    assert len(thinned(LINE, 7)) < len(LINE) / 2
    assert np.array_equal(thinned(LINE, 7)[[0, -1]], LINE[[0, -1]])
    parts = broken(LINE, 1.0, draws)
    assert sum(len(part) for part in parts) < len(LINE)
    assert len(broken(LINE, 0.0, draws)) == 1


def test_outlines_match_the_coloured_avatar_exactly():
    size = 96
    picks = avatars.choose(range(12))
    pictures = avatars.faces(picks, size).astype(int)
    for row in range(12):
        lines = outlines({part: int(index[row]) for part, index in picks.items()}, size)
        picture = pictures[row]
        apart = np.abs(np.roll(picture, -1, 1) - np.roll(picture, 1, 1)).max(-1)
        apart = np.maximum(apart, np.abs(np.roll(picture, -1, 0) - np.roll(picture, 1, 0)).max(-1))
        assert 0.01 < lines.mean() < 0.15
        # Lines may divide two parts of one colour, such as dark hair and dark glasses, but mostly they divide colours.
        assert (apart[lines] > 12).mean() > 0.85
        strong = apart > 120
        strong[[0, 1, -1, -2]] = strong[:, [0, 1, -1, -2]] = False
        near = np.zeros_like(lines)
        for dy in range(-2, 3):
            for dx in range(-2, 3):
                near |= np.roll(lines, (dy, dx), (0, 1))
        assert near[strong].mean() > 0.97


def test_outlines_tell_nothing_of_colours():
    chains = avatar_chains("train", 48)
    assert len(chains(0)) > 8
    picks = {part: int(index[0]) for part, index in avatars.choose(range(1)).items()}
    other = picks | {"skin": (picks["skin"] + 1) % 5, "hair_color": 2, "clothing_color": 4, "background": 3}
    assert np.array_equal(outlines(picks, 64), outlines(other, 64))


def test_furs_are_told_by_their_middle():
    def cat(*levels):
        image = torch.full((1, 3, 64, 64), 120, dtype=torch.uint8)
        image[:, :, 12:56, 12:52] = torch.tensor(levels, dtype=torch.uint8).view(1, 3, 1, 1)
        return image

    furs = {
        "orange": cat(214, 150, 90),
        "grey": cat(112, 112, 115),
        "black": cat(25, 25, 26),
        "white": cat(240, 238, 235),
        "brown": cat(110, 90, 70),
        "cream": cat(225, 205, 180),
    }
    called = {
        name: [rule for rule, select in SELECTIONS.items() if select(image).item()] for name, image in furs.items()
    }
    assert called == {"orange": ["ginger"], "grey": ["grey"], "black": [], "white": [], "brown": [], "cream": []}
