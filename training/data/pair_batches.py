"""Batches of sources and targets as a pure function of the step; what is done to one side is done to the other."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from gan_models.drawing.hints import hint_tensor
from gan_models.drawing.strokes import Stroke, draw_hints
from gan_models.errors import TrainingError
from gan_models.pictures.colour import join_lab, split_lab
from gan_models.pictures.images import to_tensor, to_uint8
from training.data.image_set import ImageSet
from training.data.pairs import PairSet
from training.data.sketch import Move, Sketcher, line_sketcher, photo_sketcher

MOST_HINTS = 8
AIMED = 4
"""Places among which a hint is put on the subject: visitors colour things, seldom the ground behind them."""


@dataclass(frozen=True)
class Changes:
    """What is done at random to a pair.

    `flip`: mirror every other one. `zoom`: the largest share of a side that is cut off (0.11 is the paper's 286
    to 256 px). `hints`: whether colour hints are given, `spread` over the sheet or as they are, and `absent`: how often
    none is. `balance`: show every class equally often. `recolour`: share of the pictures with hints whose colours are
    changed.
    """

    flip: bool = True
    zoom: float = 0.1
    hints: bool = False
    spread: bool = False
    absent: float = 0.4
    balance: bool = False
    recolour: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.zoom < 1:
            raise TrainingError(f"--zoom is {self.zoom}; it is a share of a side, from 0 to below 1.")
        if not 0 <= self.recolour <= 1:
            raise TrainingError(f"--recolour is {self.recolour}; it is a share of the pictures, from 0 to 1.")


class PairBatches:
    """Endless batches of pairs: one permutation an epoch, every pair exactly once in it.

    `at` gives what `training.loop.trainer` takes: targets, None for labels, and sources with hints behind them.
    """

    def __init__(self, pairs: PairSet, batch: int, seed: int, changes: Changes, rank: int = 0, world: int = 1) -> None:
        self.pairs, self.batch, self.seed, self.changes, self.rank, self.world = (
            pairs, batch, seed, changes, rank, world,
        )  # fmt: skip
        self.rows = balanced(pairs.target) if changes.balance else np.arange(len(pairs))
        if len(self.rows) < batch * world:
            raise TrainingError(
                f"{pairs.target.name} has {len(self.rows)} pairs to learn from, fewer than one batch of "
                f"{batch * world}: add pairs or lower --batch to {max(1, len(self.rows) // world)} or less."
            )
        self.sketcher = sketcher_of(pairs)

    def at(self, step: int) -> tuple[Tensor, None, Tensor]:
        """Targets (batch, C, S, S) and given (batch, source channels + hint channels, S, S) of a step from 0."""
        rows, draws = self.chosen(step), np.random.default_rng([self.seed, step, self.rank, 7])
        moves = [drawn_move(self.changes, draws) for _ in rows]
        return make_pairs(self.pairs, rows, moves, draws, self.sketcher, self.changes)

    def chosen(self, step: int) -> np.ndarray:
        """The rows of the set that a step shows."""
        first = (step * self.world + self.rank) * self.batch
        places = np.arange(first, first + self.batch)
        epochs = places // len(self.rows)
        orders = {e: np.random.default_rng([self.seed, int(e)]).permutation(self.rows) for e in np.unique(epochs)}
        return np.array([orders[epoch][place % len(self.rows)] for epoch, place in zip(epochs, places)])


class UnpairedBatches:
    """Endless batches of two sets that have nothing to do with each other, in the trainer's form: b, None, a."""

    def __init__(
        self, a: ImageSet, b: ImageSet, batch: int, seed: int, changes: Changes, rank: int = 0, world: int = 1
    ) -> None:
        sides = [PairBatches(PairSet(part, None, "gray"), batch, seed + i, changes, rank, world)
                 for i, part in enumerate((a, b))]  # fmt: skip
        self.sides, self.batch = sides, batch

    def at(self, step: int) -> tuple[Tensor, None, Tensor]:
        """Pictures of set b and of set a, both (batch, C, S, S) in [-1, 1]."""
        found = []
        for number, side in enumerate(self.sides):
            draws = np.random.default_rng([side.seed, step, side.rank, number])
            rows = side.chosen(step)
            found.append(shown(side.pairs.target.images, rows, [drawn_move(side.changes, draws) for _ in rows]))
        return found[1], None, found[0]


def fixed_pairs(pairs: PairSet, rows: np.ndarray, changes: Changes, seed: int = 0) -> tuple[Tensor, None, Tensor]:
    """These pairs whole, unturned and in their own colours, drawn the same way each time: to look at and to measure."""
    draws, changes = np.random.default_rng([seed, 11]), replace(changes, recolour=0)
    return make_pairs(pairs, rows, [Move()] * len(rows), draws, sketcher_of(pairs), changes)


def make_pairs(
    pairs: PairSet,
    rows: np.ndarray,
    moves: list[Move],
    draws: np.random.Generator,
    sketcher: Sketcher | None,
    changes: Changes,
) -> tuple[Tensor, None, Tensor]:
    """Targets and what is given of them, the moved parts of these rows."""
    target = shown(pairs.target.images, rows, moves)
    if pairs.sources is not None:
        given = shown(pairs.sources, rows, moves)
    elif pairs.make == "gray":
        given, chroma = split_lab(target)
    else:
        given = _drawings(sketcher, target, rows, moves, draws)
    if changes.hints:
        counts = np.where(draws.random(len(rows)) < changes.absent, 0, draws.integers(1, MOST_HINTS + 1, len(rows)))
        if changes.recolour:
            # Only where hints tell the new colours: without any, a picture is to have likely ones.
            target = recoloured(target, changes.recolour * (counts > 0), draws)
        given = torch.cat([given, hints_for(target, counts, draws, changes.spread)], 1)
    return chroma if pairs.make == "gray" else target, None, given


def shown(images: Tensor, rows: np.ndarray, moves: list[Move]) -> Tensor:
    """The moved parts of pictures as float32 (N, C, S, S) in [-1, 1], resampled only where they are zoomed."""
    whole = to_tensor(images[torch.from_numpy(rows)].permute(0, 2, 3, 1).numpy())
    if all(move.side == 1 for move in moves):
        return torch.stack([image.flip(-1) if move.flip else image for image, move in zip(whole, moves)])
    # Rows of an affine map from the part's places in [-1, 1] to the whole picture's.
    maps = torch.tensor(
        [[[-m.side if m.flip else m.side, 0, 2 * m.x + m.side - 1], [0, m.side, 2 * m.y + m.side - 1]] for m in moves]
    )
    grid = F.affine_grid(maps, list(whole.shape), align_corners=False)
    return F.grid_sample(whole, grid, mode="bilinear", padding_mode="border", align_corners=False)


def drawn_move(changes: Changes, draws: np.random.Generator) -> Move:
    """Which part of a picture is shown."""
    side = 1 - changes.zoom * draws.random()
    x, y = draws.random(2) * (1 - side)
    return Move(float(x), float(y), float(side), bool(changes.flip and draws.random() < 0.5))


def recoloured(target: Tensor, shares: np.ndarray, draws: np.random.Generator) -> Tensor:
    """Pictures (N, 3, S, S) in [-1, 1], each with the chance in `shares` (N,) in other colours than its own.

    Hues are turned by one angle, chroma grows by up to a half, and lightness follows a curve that leaves black and
    white. Where a shape tells no colour, a generator has to take it from the hints.
    """
    lightness, chroma = split_lab(target)
    angles, gains, bends = (draws.uniform(*ends, len(target)) for ends in ((0, 2 * np.pi), (1, 1.5), (-1.5, 0.7)))
    turns = torch.polar(torch.from_numpy(gains), torch.from_numpy(angles)).to(torch.complex64)
    turned = torch.view_as_real(torch.complex(*chroma.unbind(1)) * turns[:, None, None]).permute(0, 3, 1, 2)
    powers = torch.from_numpy(2.0**bends).float()[:, None, None, None]
    bent = ((lightness + 1) / 2).clamp(0, 1) ** powers * 2 - 1
    chosen = torch.from_numpy(draws.random(len(target)) < shares)
    return torch.where(chosen[:, None, None, None], join_lab(bent, turned), target)


def hints_for(target: Tensor, counts: Iterable[int], draws: np.random.Generator, spread: bool = False) -> Tensor:
    """Hints (N, 4, S, S) as a visitor might give them: so many dots and short strokes of each picture's own colours.

    On most pictures they are aimed at what differs from its borders.
    """
    found = []
    for picture, count in zip(to_uint8(target), counts):
        tries, ground = AIMED if draws.random() < 0.7 else 1, _ground(picture)
        found.append(draw_hints([_hint(picture, ground, draws, tries) for _ in range(count)], target.shape[-1]))
    return hint_tensor(np.stack(found), spread)


def sketcher_of(pairs: PairSet) -> Sketcher | None:
    """What draws the sources, where they are drawings."""
    if pairs.make == "edges":
        return photo_sketcher(pairs.target.images)
    return line_sketcher(pairs.target.images, pairs.chains) if pairs.make == "lines" else None


def balanced(data: ImageSet) -> np.ndarray:
    """Rows of a labelled set in which every class is as frequent as the largest; TrainingError without labels."""
    if data.labels is None:
        raise TrainingError(f"--balance needs pictures in class folders, and {data.name} has none; leave it out.")
    classes = [np.flatnonzero(data.labels.numpy() == label) for label in range(len(data.classes))]
    most = max(len(rows) for rows in classes)
    return np.concatenate([np.resize(rows, most) for rows in classes if len(rows)])


def _drawings(
    sketcher: Sketcher, target: Tensor, rows: np.ndarray, moves: list[Move], draws: np.random.Generator
) -> Tensor:
    parts = zip(rows, to_uint8(target), moves)
    found = [sketcher.drawing(int(row), part, move, draws) for row, part, move in parts]
    return to_tensor(np.stack(found)[..., None])


def _ground(picture: np.ndarray) -> np.ndarray:
    """The median colour of a picture's borders."""
    return np.median(np.concatenate([picture[[0, -1]].reshape(-1, 3), picture[:, [0, -1]].reshape(-1, 3)]), 0)


def _hint(picture: np.ndarray, ground: np.ndarray, draws: np.random.Generator, tries: int) -> Stroke:
    """A dot or stroke at that one of some random places whose colour is least like the ground's."""
    size = len(picture)
    places = draws.random((tries, 2))
    columns, rows = (places * size).astype(int).T
    start = places[np.abs(picture[rows, columns] - ground).sum(1).argmax()]
    end = np.clip(start + draws.normal(0, 0.05, 2) * (draws.random() < 0.5), 0, 0.999)
    column, row = ((start + end) / 2 * size).astype(int)
    around = picture[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3]
    colour = tuple(int(level) for level in around.mean((0, 1)).round())
    return Stroke([tuple(start), tuple(end)], float(draws.uniform(0.02, 0.07)), "hint", colour)
