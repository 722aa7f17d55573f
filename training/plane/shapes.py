"""What a GAN can learn in the plane: points (N, 2) within [-HALF, HALF], some of them in modes with known centres."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor

HALF = 2.5
"""Half the side of the plane that is shown and measured; the shapes lie well inside."""
NEAR = 0.15
"""How far from a shape without modes a drawn point may lie and still count as on it."""
JITTER = 0.05
"""Standard deviation across a line that is to be learned."""

Points = Callable[[int, torch.Generator], Tensor]


@dataclass(frozen=True)
class Shape:
    """One kind of data: `points(count, dice)` gives (count, 2); `modes` (M, 2) with standard deviation `spread`."""

    title: str
    points: Points
    modes: tuple[tuple[float, float], ...] = ()
    spread: float = 0.0


def _around(centres: Sequence[tuple[float, float]], spread: float) -> Points:
    places = torch.tensor(centres)

    def points(count: int, dice: torch.Generator) -> Tensor:
        which = torch.randint(len(places), (count,), generator=dice)
        return places[which] + spread * torch.randn(count, 2, generator=dice)

    return points


def _modes(title: str, centres: Sequence[tuple[float, float]], spread: float) -> Shape:
    return Shape(title, _around(centres, spread), tuple(centres), spread)


def _along(curve: Callable[[Tensor], Tensor]) -> Points:
    """Points beside a curve: a function of (N,) in [0, 1)."""

    def points(count: int, dice: torch.Generator) -> Tensor:
        where = torch.rand(count, generator=dice)
        return curve(where) + JITTER * torch.randn(count, 2, generator=dice)

    return points


def _moons(where: Tensor) -> Tensor:
    upper, angle = where < 0.5, math.pi * (2 * where % 1)
    x = torch.where(upper, angle.cos() - 0.5, 0.5 - angle.cos())
    y = torch.where(upper, angle.sin() - 0.25, 0.25 - angle.sin())
    return torch.stack([x, y], 1) * 1.3


def _spiral(where: Tensor) -> Tensor:
    # The root spreads the points evenly along the arm, which is longer outside.
    turn = 3.5 * math.pi * where.sqrt()
    return torch.stack([turn.cos(), turn.sin()], 1) * (2 * where.sqrt())[:, None]


def _line(where: Tensor) -> Tensor:
    return torch.stack([4 * where - 2, 2 * where - 1], 1)


def drawn(strokes: Sequence[tuple[float, float]]) -> Shape:
    """What a visitor drew: points beside the given ones, each equally often."""
    return Shape(TITLES["drawn"], _around(strokes, JITTER))


RING = tuple((2 * math.cos(k * math.pi / 4), 2 * math.sin(k * math.pi / 4)) for k in range(8))
GRID = tuple((float(x), float(y)) for x in range(-2, 3) for y in range(-2, 3))
TITLES = {"drawn": "Drawn by you"}
SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "ring": _modes("Ring of eight", RING, 0.1),
        "grid": _modes("Grid of 25", GRID, 0.1),
        "moons": Shape("Two moons", _along(_moons)),
        "spiral": Shape("Spiral", _along(_spiral)),
        "line": Shape("Line", _along(_line)),
        "islands": _modes("Two far islands", ((-2.0, 0.0), (2.0, 0.0)), 0.1),
        "point": _modes("One point (two parameters)", ((0.0, 0.0),), 0.0),
    }
)
"""By name; `drawn` is not among them, as it has no points of its own."""
