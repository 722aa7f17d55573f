"""Where the holes of a mask are: connected regions with what is around them, and how coarse a fill has to begin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

CELLS = 192
"""Along the longer side of a mask's holes: what is connected is found on a grid of about so many."""


@dataclass(frozen=True)
class Place:
    """A box in pixels: rows from `top` on, columns from `left` on."""

    top: int
    left: int
    height: int
    width: int

    @property
    def slices(self) -> tuple[slice, slice]:
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)

    def around(self, margin: int, multiple: int, height: int, width: int) -> Place:
        """The same with a margin and sides divisible by `multiple`, as far as the picture (height, width) goes."""
        top, rows = _wider(self.top, self.height, margin, multiple, height)
        left, columns = _wider(self.left, self.width, margin, multiple, width)
        return Place(top, left, rows, columns)


def _wider(start: int, length: int, margin: int, multiple: int, most: int) -> tuple[int, int]:
    wanted = -(-(length + 2 * margin) // multiple) * multiple
    start = max(0, min(start - (wanted - length) // 2, most - wanted))
    return start, min(wanted, most)


def places_of(mask: np.ndarray, near: int) -> list[Place]:
    """The box of every connected region of a mask, from the top; regions less than `near` pixels apart are one."""
    whole = box_of(mask)
    holes = mask[whole.slices]
    cell = max(8, near, -(-max(holes.shape) // CELLS))
    rows, columns = (-(-side // cell) for side in holes.shape)
    padded = np.zeros((rows * cell, columns * cell), bool)
    padded[: holes.shape[0], : holes.shape[1]] = holes
    grid = padded.reshape(rows, cell, columns, cell).any((1, 3))
    found = []
    for top, left, bottom, right in _connected(np.asarray(grid)):
        inner = np.s_[top * cell : bottom * cell, left * cell : right * cell]
        box = box_of(holes[inner])
        found.append(
            Place(whole.top + top * cell + box.top, whole.left + left * cell + box.left, box.height, box.width)
        )
    return found


def box_of(mask: np.ndarray) -> Place:
    """The box of all that is hole; there is some."""
    rows, columns = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
    return Place(int(rows[0]), int(columns[0]), int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1)


def _connected(grid: np.ndarray) -> Iterator[tuple[int, int, int, int]]:
    """Top, left, bottom and right of what is connected, corners included, in the order of the first cells."""
    left_over = {(int(row), int(column)) for row, column in np.argwhere(grid)}
    for first in sorted(left_over):
        if first not in left_over:
            continue
        left_over.discard(first)
        waiting, members = [first], [first]
        while waiting:
            row, column = waiting.pop()
            around = {(row + down, column + across) for down in (-1, 0, 1) for across in (-1, 0, 1)} & left_over
            left_over -= around
            waiting += around
            members += around
        rows, columns = zip(*members)
        yield min(rows), min(columns), max(rows) + 1, max(columns) + 1


def depth_of(hole: np.ndarray, side: int) -> int:
    """How often a hole has to be halved until no square of more than `side` pixels fits into it."""
    sums = np.pad(hole.cumsum(0, dtype=np.int64).cumsum(1), ((1, 0), (1, 0)))
    depth = 0
    while _holds(sums, (side << depth) + 1):
        depth += 1
    return depth


def _holds(sums: np.ndarray, side: int) -> bool:
    """Whether a full square of `side` pixels is among what the integral image `sums` is of."""
    if side >= min(sums.shape):
        return False
    inside = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return bool((inside == side * side).any())
