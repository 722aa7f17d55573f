"""Drawings of pictures as people make them: found lines, then thickness, gaps, wobble and missing strokes.

Everything ends in `gan_models.drawing.strokes.draw_lines`, the code that draws a visitor's strokes on the page.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from gan_models.drawing.edges import canny_chains, ink, outline_chains, pencil, smooth
from gan_models.drawing.strokes import Stroke, draw_lines

Chains = list[tuple[np.ndarray, float]]

# What finds the lines of a photograph, coarse to fine; a drawing uses one of them.
FINDERS: tuple[Callable[[np.ndarray], Chains], ...] = (
    lambda picture: canny_chains(picture, blur=3.2, high=0.3),
    lambda picture: canny_chains(picture, blur=2.2, high=0.3),
    lambda picture: canny_chains(picture, blur=1.5, high=0.25),
    lambda picture: canny_chains(picture, blur=1.0, high=0.2),
    lambda picture: outline_chains(picture, levels=3, blur=2.0),
)
CHANCES = (0.3, 0.3, 0.18, 0.07, 0.15)
FEWEST = 5
"""Strokes that a sparse drawing of a photograph has."""


@dataclass(frozen=True)
class Move:
    """Which part of a picture is shown: x, y of its corner and its side in shares, and whether mirrored."""

    x: float = 0.0
    y: float = 0.0
    side: float = 1.0
    flip: bool = False

    def places(self, points: np.ndarray) -> np.ndarray:
        """Where points (L, 2) of the whole picture lie in the part."""
        moved = (points.astype(np.float32) - (self.x, self.y)) / self.side
        if self.flip:
            moved[:, 0] = 1 - moved[:, 0]
        return moved.astype(np.float32)


@dataclass(frozen=True)
class Packed:
    """The chains of one picture in three arrays instead of hundreds: every second point at half precision."""

    points: np.ndarray
    ends: np.ndarray
    weights: np.ndarray

    @staticmethod
    def of(chains: Chains) -> "Packed":
        soft = [smooth(chain) for chain, _ in chains] or [np.zeros((0, 2), np.float32)]
        ends = np.cumsum([len(chain) for chain in soft]).astype(np.int32)
        weights = np.array([weight for _, weight in chains], np.float32)
        return Packed(np.concatenate(soft).astype(np.float16), ends, weights)

    def chain(self, index: int) -> np.ndarray:
        start = self.ends[index - 1] if index else 0
        return self.points[start : self.ends[index]]


class Sketcher:
    """Draws pictures uint8 (N, C, S, S) as lines; what was found in a picture is kept for the next time.

    `finders`: from a picture's number to its chains, one of which each drawing uses with `chances`; `photo`:
    whether pencil and ink, which only photographs want, are mixed in and details left out.
    """

    def __init__(self, finders: list[Callable[[int], Chains]], chances: tuple[float, ...], photo: bool):
        self.finders, self.chances, self.photo = finders, np.cumsum(chances) / sum(chances), photo
        self._found: dict[tuple[int, int], Packed] = {}

    def chains(self, index: int, finder: int) -> Packed:
        """The lines that one finder sees in picture `index`."""
        key = (index, finder)
        if key not in self._found:
            self._found[key] = Packed.of(self.finders[finder](index))
        return self._found[key]

    def drawing(self, index: int, shown: np.ndarray, move: Move, draws: np.random.Generator) -> np.ndarray:
        """A drawing, uint8 (S, S), of picture `index`, of which `shown` (uint8 (S, S, 3)) is the part `move`."""
        size, style = len(shown), draws.random()
        if self.photo and style < 0.12:
            return pencil(shown, draws.random())
        ground = ink(shown, draws.uniform(0.2, 1)) if self.photo and style < 0.4 else None
        if ground is not None and style < 0.17:
            return ground
        found = self.chains(index, int(np.searchsorted(self.chances, draws.random(), side="right")))
        return draw_lines(self._strokes(found, move, size, draws), size, ground)

    def _strokes(self, found: Packed, move: Move, size: int, draws: np.random.Generator) -> list[Stroke]:
        width = max(1 / size, float(np.exp(draws.uniform(np.log(0.007), np.log(0.026)))))
        shake = draws.uniform(0, 0.012) * (draws.random() < 0.7)
        step = int(draws.choice((1, 2, 4, 7))) if self.photo else int(draws.choice((1, 1, 2, 3)))
        gaps = 0.35 * draws.random() * (draws.random() < 0.5)
        strokes = []
        for index in self._kept(found, draws):
            line = thinned(move.places(found.chain(index)), step)
            if np.all((line < 0) | (line > 1), axis=0).any():
                continue
            line = wobbled(line, shake, draws)
            own = width * float(np.exp(draws.normal(0, 0.12)))
            strokes += [Stroke(part, own) for part in broken(line, gaps, draws)]
        return strokes

    def _kept(self, found: Packed, draws: np.random.Generator) -> np.ndarray:
        """Which lines are drawn: of a photograph the stronger rather, from a few to all; else most of them."""
        count = len(found.weights)
        if not count:
            return np.arange(0)
        if not self.photo:
            missing = 0.25 * draws.random() * (draws.random() < 0.5)
            return np.flatnonzero(draws.random(count) >= missing)
        rank = np.log(found.weights + 1e-6) + draws.normal(0, 0.5, count)
        most = float(np.exp(draws.uniform(np.log(min(FEWEST, count)), np.log(count))))
        return np.argsort(-rank)[: max(1, round(most))]


def photo_sketcher(images: torch.Tensor) -> Sketcher:
    """Drawings of photographs, uint8 (N, 3, S, S)."""

    def finder(find: Callable[[np.ndarray], Chains]) -> Callable[[int], Chains]:
        return lambda index: find(np.ascontiguousarray(images[index].permute(1, 2, 0).numpy()))

    return Sketcher([finder(find) for find in FINDERS], CHANCES, photo=True)


def line_sketcher(images: torch.Tensor, chains: Callable[[int], Chains] | None = None) -> Sketcher:
    """Drawings with (nearly) all lines: those that the set knows (`chains`), else what Canny's detector finds."""

    def found(index: int) -> Chains:
        return canny_chains(np.ascontiguousarray(images[index].permute(1, 2, 0).numpy()), blur=0.8, high=0.15)

    return Sketcher([chains or found], (1.0,), photo=False)


def thinned(line: np.ndarray, step: int) -> np.ndarray:
    """Every `step`-th point and both ends, bent round again: how a quick hand simplifies a line."""
    if step == 1 or len(line) < 2:
        return line
    if len(line) < 2 * step:
        return line[[0, -1]]
    index = np.append(np.arange(0, len(line) - 1, step), len(line) - 1)
    corners = line[index]
    # Chaikin 1974: cut every corner at a quarter, once.
    near, far = 0.75 * corners[:-1] + 0.25 * corners[1:], 0.25 * corners[:-1] + 0.75 * corners[1:]
    return np.concatenate([corners[:1], np.stack([near, far], 1).reshape(-1, 2), corners[-1:]])


def wobbled(line: np.ndarray, shake: float, draws: np.random.Generator) -> np.ndarray:
    """The line shifted as a whole and bent slowly, by about `shake` of the side."""
    if not shake:
        return line
    knots = draws.normal(0, shake, (len(line) // 8 + 2, 2))
    place = np.linspace(0, len(knots) - 1, len(line))
    bend = np.stack([np.interp(place, np.arange(len(knots)), knots[:, axis]) for axis in (0, 1)], 1)
    return (line + draws.normal(0, shake / 2, 2) + bend).astype(np.float32)


def broken(line: np.ndarray, chance: float, draws: np.random.Generator) -> list[np.ndarray]:
    """The line in one piece, or with `chance` in two, a fifth of it missing between them."""
    if len(line) < 6 or draws.random() >= chance:
        return [line]
    cut = int(draws.integers(1, len(line) - 1))
    return [part for part in (line[:cut], line[cut + len(line) // 5 :]) if len(part) > 1]
