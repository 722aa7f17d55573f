"""The outlines of drawn faces: where the parts of an avatar end, exactly, whatever colours they have."""

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np

from gan_models.drawing.edges import follow
from training.data.avatars import FIRST, LAYERS, PARTS, choose, render

# Lines come from one colour of each part, so that they tell nothing of the colours that are wanted.
SHADES = {"skin": "LIGHT", "clothing_color": "PASTEL_YELLOW", "hair_color": "BLONDE"}
APART = 30
"""Levels between two colours that a line divides: the nose's shade does, the neck's does not."""
SOLID = 0.45
"""A part covers what lies below from this opacity on; eyes have 0.6, shadows 0.16."""
FINER = 2

Chains = list[tuple[np.ndarray, float]]


def avatar_chains(split: str, size: int) -> Callable[[int], Chains]:
    """For picture n of the split: its lines as `edges.canny_chains` gives them, the longest first."""
    fine = FINER * size

    def chains(number: int) -> Chains:
        picks = choose(range(FIRST[split] + number, FIRST[split] + number + 1))
        lines = outlines({part: int(index[0]) for part, index in picks.items()}, fine)
        found = [((chain + 0.5) / fine).astype(np.float32) for chain in follow(lines, lines.astype(np.float32))]
        return sorted(((chain, float(len(chain))) for chain in found), key=lambda pair: -pair[1])

    return chains


def outlines(picks: Mapping[str, int], size: int) -> np.ndarray:
    """The borders of every visible part, bool (size, size); picks: for each part the index of its kind."""
    lines = np.zeros((size, size), bool)
    for part, colour in LAYERS:
        kind = list(PARTS[part])[picks[part]] if part in PARTS else ""
        border, cover = _layer(part, kind, colour, size)
        lines = (lines & ~cover) | border
    return lines


@cache
def _layer(part: str, kind: str, colour: str | None, size: int) -> tuple[np.ndarray, np.ndarray]:
    """A part's own borders and what it covers, both bool (size, size)."""
    drawing = render(part, kind, colour, SHADES[colour] if colour else "", size)
    cover = drawing[..., 3] >= SOLID
    colours = np.where(cover[..., None], drawing[..., :3] / np.maximum(drawing[..., 3:], 1e-6) * 255, -APART)
    border = np.zeros(cover.shape, bool)
    for axis in (0, 1):
        # Over two pixels: antialiasing spreads a border over as many.
        ahead = np.roll(colours, -1, axis)
        behind = np.roll(colours, 1, axis)
        apart = np.abs(ahead - behind).max(-1)
        peak = (apart >= np.roll(apart, 1, axis)) & (apart > np.roll(apart, -1, axis))
        border |= (apart >= APART) & peak
    border[[0, -1]] = border[:, [0, -1]] = False
    return border, cover
