"""Holes in photographs of any size, filled by a network that learned on small crops.

A hole that is too thick for it is filled at half the size first, and so on; what comes of that is enlarged, and the
network draws the detail that is missing there, tile by tile, with the coarse answer around each as if it were known
(the bands of a Laplacian pyramid, Burt & Adelson 1983: the low one is the coarse answer's, the high one the tile's).
At last both sides of the mask's edge are brought together, inwards alone: what is known is never touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from gan_models.drawing.masks import check_mask
from gan_models.errors import RequestError
from gan_models.latents.seeds import LAST_SEED
from gan_models.networks.inpaint import LEAST_SIDE as LEAST_CROP
from gan_models.networks.inpaint import MULTIPLE
from gan_models.pictures.images import to_input, to_levels
from gan_models.pictures.photo import Photo, Turn, resize_levels
from gan_models.repairing.places import Place, box_of, depth_of, places_of
from gan_models.weight.model import Model

LEAST_SIDE = 8
"""Pixels of the shorter side of a photograph."""
BLEND = 6
"""Pixels inwards from the mask's edge over which the fill is brought to what is around it."""
AT_ONCE = 4
"""Tiles that the network draws at once."""
BLOCK = 512
"""Pixels a side of what is blended at once."""


@dataclass(frozen=True)
class Patch:
    """What fills one region: levels (h, w, C) like the photograph's, which count where `hole` (h, w) is True."""

    place: Place
    levels: np.ndarray
    hole: np.ndarray


def repair(model: Model, photo: Photo, mask: np.ndarray, seed: int = 0, turn: Turn = nullcontext) -> Photo:
    """The photograph with its hole filled; outside the mask, bool (H, W), every level is as it was.

    Another seed, another answer. Each step of the network is made inside `turn()`. RequestError for a mask of another
    size, without a hole or with nothing else, and for weights that repair nothing.
    """
    colour = photo.colour.copy()
    for patch in patches(model, photo, mask, seed, turn):
        colour[patch.place.slices][patch.hole] = patch.levels[patch.hole]
    return replace(photo, colour=colour)


@torch.inference_mode()
def patches(model: Model, photo: Photo, mask: np.ndarray, seed: int = 0, turn: Turn = nullcontext) -> Iterator[Patch]:
    """The same, region by region, without a copy of the whole photograph."""
    check_repairs(model, photo, mask)
    painter, done = _Painter(model, seed, turn), np.zeros_like(mask)
    reach = painter.side // 2
    for box in places_of(mask, near=reach // 2):
        depth = depth_of(mask[box.slices], painter.side)
        place = box.around(reach << depth, MULTIPLE << depth, photo.height, photo.width)
        # Other regions are unknown in here, too, and filled on the way; each has a turn of its own.
        levels = painter.filled(photo.colour[place.slices], mask[place.slices], depth)
        near = box.around(2 * BLEND, 1, photo.height, photo.width)
        with turn():
            joined = blended(levels[_within(near, place)], mask[near.slices])
        hole = mask[box.slices] & ~done[box.slices]
        done[box.slices] |= hole
        yield Patch(box, joined[_within(box, near)], hole)


def _within(box: Place, place: Place) -> tuple[slice, slice]:
    """Where a box is in a place that holds it."""
    top, left = box.top - place.top, box.left - place.left
    return slice(top, top + box.height), slice(left, left + box.width)


def check_repairs(model: Model, photo: Photo, mask: np.ndarray) -> None:
    """RequestError where this cannot be repaired."""
    if model.card.task != "repair":
        raise RequestError(f"{model.name} is made for {model.card.task}, not for repair; choose another weight.")
    seen = f"{photo.width}x{photo.height}"
    if min(photo.height, photo.width) < LEAST_SIDE:
        raise RequestError(f"The picture has {seen} pixels; give at least {LEAST_SIDE}x{LEAST_SIDE}.")
    if mask.shape != (photo.height, photo.width):
        given = f"{mask.shape[1]}x{mask.shape[0]}"
        raise RequestError(f"The mask has {given} pixels and the photograph {seen}; give one of its size.")
    check_mask(mask)


class _Painter:
    """Fills holes of levels (h, w, C), seed by seed; `side`: the network's, of the crops that it learned on."""

    def __init__(self, model: Model, seed: int, turn: Turn) -> None:
        self.network, self.device = model.drawing_generator, model.device
        self.side, self.seed, self.turn, self.drawn = model.size, seed, turn, 0

    def filled(self, levels: np.ndarray, hole: np.ndarray, depth: int) -> np.ndarray:
        """Levels with their hole filled, coarse to fine."""
        height, width = hole.shape
        least = LEAST_CROP << depth
        # What is missing to whole steps of the network lies beyond the border, as unknown as the hole.
        more = [max(least, -(-side // (MULTIPLE << depth)) * (MULTIPLE << depth)) - side for side in (height, width)]
        around = ((0, more[0]), (0, more[1]))
        levels = np.pad(levels, (*around, (0, 0)), mode="edge")
        unknown = np.pad(hole, around, constant_values=True)
        return self._level(levels, unknown, np.pad(hole, around), depth)[:height, :width]

    def _level(self, levels: np.ndarray, unknown: np.ndarray, wanted: np.ndarray, depth: int) -> np.ndarray:
        if depth == 0:
            return self._first(levels.copy(), unknown.copy(), wanted)
        coarse = self._level(_halved(levels), _any_of_four(unknown), _any_of_four(wanted), depth - 1)
        with self.turn():
            large = resize_levels(coarse, *unknown.shape)
        return self._finer(np.where(unknown[:, :, None], large, levels), wanted)

    def _first(self, levels: np.ndarray, unknown: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        """The first fill: cores as large as the network's crops, half of that around them, one after the other."""
        for place in _tiles(wanted, self.side):
            seen = place.around(self.side // 2, MULTIPLE, *unknown.shape)
            drawn = self._drawn([levels[seen.slices]], [unknown[seen.slices]])[0]
            hole = unknown[place.slices]
            inner = _within(place, seen)
            levels[place.slices][hole] = _levels_of(drawn[:, inner[0], inner[1]], levels)[hole]
            unknown[place.slices] = False
        return levels

    def _finer(self, levels: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        """The detail of an enlarged fill, by tiles of half the network's side; neighbours are never drawn at once."""
        tiles, half = _tiles(wanted, self.side // 2), self.side // 2
        first = tiles[0].top, min(tile.left for tile in tiles)
        field = lambda tile: ((tile.top - first[0]) // half % 2, (tile.left - first[1]) // half % 2)  # noqa: E731
        for colour in ((0, 0), (0, 1), (1, 0), (1, 1)):  # of a chessboard with four
            mine = [tile for tile in tiles if field(tile) == colour]
            for start in range(0, len(mine), AT_ONCE):
                self._detail(levels, wanted, mine[start : start + AT_ONCE])
        return levels

    def _detail(self, levels: np.ndarray, wanted: np.ndarray, tiles: list[Place]) -> None:
        seen = [_centred(tile, self.side, *wanted.shape) for tile in tiles]
        holes = []
        for tile, place in zip(tiles, seen):
            hole = np.zeros((place.height, place.width), bool)
            hole[_within(tile, place)] = wanted[tile.slices]
            holes.append(hole)
        drawn = self._drawn([levels[place.slices] for place in seen], holes)
        for place, hole, picture in zip(seen, holes, drawn):
            now = to_input(levels[place.slices])[0]
            joined = picture + _low(now - picture)
            levels[place.slices][hole] = _levels_of(joined, levels)[hole]

    def _drawn(self, parts: list[np.ndarray], holes: list[np.ndarray]) -> Tensor:
        """What the network makes of parts of one size (h, w, C): (N, 3, h, w)."""
        pictures = torch.cat([to_input(part) for part in parts])
        masks = torch.from_numpy(np.stack(holes)).float()[:, None]
        first, self.drawn = self.drawn, self.drawn + len(parts)
        seeds = torch.tensor([(self.seed + 1_000_003 * (first + n)) % (LAST_SEED + 1) for n in range(len(parts))])
        noise = self.network.grains(seeds, *pictures.shape[2:])
        with self.turn():
            return self.network(*(x.to(self.device) for x in (pictures, masks, noise))).float().cpu()


def _tiles(wanted: np.ndarray, side: int) -> list[Place]:
    """Tiles of a grid over what is wanted, where there is any; the grid begins where that does, at whole eights."""
    box = box_of(wanted)
    top, left = box.top // MULTIPLE * MULTIPLE, box.left // MULTIPLE * MULTIPLE
    bottom, right = box.top + box.height, box.left + box.width
    grid = [(y, x) for y in range(top, bottom, side) for x in range(left, right, side)]
    tiles = [Place(y, x, min(side, wanted.shape[0] - y), min(side, wanted.shape[1] - x)) for y, x in grid]
    return [tile for tile in tiles if wanted[tile.slices].any()]


def _centred(tile: Place, side: int, height: int, width: int) -> Place:
    """The square of `side` pixels about a tile, moved into the picture, which may be smaller than that."""
    sides = min(side, height), min(side, width)
    starts = [min(max(0, start + length // 2 - own // 2), most - own) for start, length, own, most in (
        (tile.top, tile.height, sides[0], height), (tile.left, tile.width, sides[1], width))]  # fmt: skip
    return Place(starts[0], starts[1], *sides)


def _levels_of(picture: Tensor, like: np.ndarray) -> np.ndarray:
    return to_levels(picture.clone(), like.shape[2], like.dtype)


def _low(x: Tensor) -> Tensor:
    """The low band of (3, h, w): half the size and back."""
    return F.interpolate(F.avg_pool2d(x[None], 2), x.shape[1:], mode="bilinear", align_corners=False)[0]


def _halved(levels: np.ndarray) -> np.ndarray:
    """The mean of each four pixels, rounded."""
    four = levels[::2, ::2].astype(np.uint32) + levels[1::2, ::2] + levels[::2, 1::2] + levels[1::2, 1::2]
    return ((four + 2) // 4).astype(levels.dtype)


def _any_of_four(mask: np.ndarray) -> np.ndarray:
    return mask[::2, ::2] | mask[1::2, ::2] | mask[::2, 1::2] | mask[1::2, 1::2]


def blended(levels: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """A filled hole brought to what is around it, over BLEND pixels inwards: mean colours meet at the mask's edge.

    Only as far as they lie further apart than what is on either side: a step between flat areas is a seam, one among
    leaves is a leaf.
    """
    out = levels.copy()
    for top in range(0, hole.shape[0], BLOCK):
        for left in range(0, hole.shape[1], BLOCK):
            block = Place(top, left, min(BLOCK, hole.shape[0] - top), min(BLOCK, hole.shape[1] - left))
            inner, part = _blended(levels, hole, block)
            if part is not None:
                out[block.slices][inner] = part[inner]
    return out


def _blended(levels: np.ndarray, hole: np.ndarray, block: Place) -> tuple[np.ndarray, np.ndarray | None]:
    reach = 2 * BLEND
    top, left = max(0, block.top - reach), max(0, block.left - reach)
    seen = np.s_[top : block.top + block.height + reach, left : block.left + block.width + reach]
    inner = hole[block.slices]
    if not inner.any() or hole[seen].all():
        return inner, None
    x, inside = to_input(levels[seen]), torch.from_numpy(hole[seen]).float()[None, None]
    (outer, around), (inner_mean, within) = (_mean_and_spread(x, where) for where in (1 - inside, inside))
    step = outer - inner_mean
    step = step * (1 - (around + within) / step.abs().clamp_min(1e-6)).clamp_min(0)
    near = _nearness(1 - inside)
    joined = _levels_of((x + step * near * inside)[0], levels)
    rows, columns = block.top - top, block.left - left
    return inner, joined[rows : rows + block.height, columns : columns + block.width]


def _mean_and_spread(x: Tensor, where: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and deviation of (1, 3, h, w) about each place, of what counts; zero where nothing near does."""
    blur = lambda y: F.avg_pool2d(y, 2 * BLEND + 1, 1, BLEND, count_include_pad=False)  # noqa: E731
    mean, square = (blur(y * where) / blur(where).clamp_min(1e-6) for y in (x, x * x))
    return mean, (square - mean * mean).clamp_min(0).sqrt()


def _nearness(known: Tensor) -> Tensor:
    """1 beside what is known, falling to 0 over BLEND pixels."""
    near = torch.zeros_like(known)
    for _ in range(BLEND):
        known = F.max_pool2d(known, 3, 1, 1)
        near += known / BLEND
    return near
