"""A picture dragged by its points: handles go to their targets, and the generator keeps it a picture.

python -m gan_models.drag WEIGHT --seed 3 --pair 40,20:46,16 [--pair ...] -o DRAGGED.png|PATH.mp4

Own code from the paper, Pan et al. 2023 ("Drag your GAN"): motion supervision (section 3.2, equation 1) by Adam on the
first layers' styles, and point tracking in the maps of half the picture's side (section 3.3). Departs from it in what
small pictures need: lengths are shares of the side, and points lie between pixels. Adam goes along the directions in
which the styles of seeds differ, by their deviations, with one second moment for all of them: scaled each by itself,
directions that hardly move the handles went as far as those that do, and the picture dissolved. And all places are held
a little, not only those that a mask keeps.
"""

import argparse
import base64
import binascii
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from gan_models.checks import is_number, is_whole
from gan_models.drawing.masks import mask_file
from gan_models.errors import RequestError, one_line
from gan_models.files import write_atomically
from gan_models.latents.point import Point
from gan_models.loading import Model, Shelf, load
from gan_models.pictures.film import check_film, write_film
from gan_models.pictures.images import fit, open_picture
from gan_models.recipe import Recipe, read, stamp
from gan_models.sample import point_of, sample
from gan_models.sample import recipe_of as recipe_of_sample
from gan_models.steps import adam, packed, unpacked
from gan_models.targets import check_targets, given_path, refuse_empty, refuse_idle

UNIT = 1 / 128
"""Of the side: in which the lengths below are counted."""
NEAR, SEARCHED, STRIDE = 4, 8, 2
"""Units: what is pulled around a handle, how far it is looked for, how far a step asks it to go."""
ARRIVED = 1.0
"""Units: a handle this near to its target is there."""
LOOKED = 4
"""Layers from the last one back to that whose maps are looked at, the last at half the side; those before it move."""
DIRECTIONS = 128
NEARBY, TOGETHER = 0.01, 0.05
"""Weights of how far all layers go, and of how far they go apart: a generator saw few pictures whose layers differ."""
RATE = 0.08
"""Deviations of the styles that a step of Adam goes, at first."""
KEPT, HELD = 10.0, 1.3
"""Weights of what the mask keeps (the paper's lambda is 20, on sums; here both terms are means), and of every place."""
MOST_PAIRS = 16
MOST_STEPS = 300
MASK = 64
"""Cells of a mask's side, whatever the picture's."""
FPS = 12

Place = tuple[float, float]
"""x and y in pixels of the picture, from its top left corner: the first pixel's middle is (0.5, 0.5)."""


@dataclass(frozen=True)
class Pair:
    """A handle and the target that it is dragged to."""

    handle: Place
    target: Place

    @classmethod
    def of(cls, words: Any, size: int) -> "Pair":
        """From [[x, y], [x, y]] in a picture of `size` px; RequestError for what is none."""
        handle, target = (_place(name, words, at, size) for at, name in enumerate(("handle", "target")))
        if math.dist(handle, target) < ARRIVED * UNIT * size:
            raise RequestError(f"A target lies on its handle at {_said(handle)}; put it somewhere else.")
        return cls(handle, target)


@dataclass(frozen=True)
class Pull:
    """All that one drag is: the point it starts from, the pairs, and what may move.

    `mask`: bool (MASK, MASK), True where the picture may change; None lets all of it.
    """

    point: Point
    pairs: tuple[Pair, ...]
    mask: np.ndarray | None = None

    @classmethod
    def of(cls, model: Model, point: Point, pairs: Any, mask: str | None = None) -> "Pull":
        """From words: pairs as Pair.of takes them, a mask as `packed_mask` says it; RequestError for what is none."""
        if not model.layers:
            raise RequestError(f"{model.name} has no styles to drag by; choose a style-based weight.")
        if not isinstance(pairs, list | tuple) or not 1 <= len(pairs) <= MOST_PAIRS:
            count = len(pairs) if isinstance(pairs, list | tuple) else str(pairs)[:40]
            raise RequestError(f"A drag has 1 to {MOST_PAIRS} pairs of a handle and a target, got {count}.")
        return cls(
            point, tuple(Pair.of(pair, model.size) for pair in pairs), None if mask is None else unpacked_mask(mask)
        )

    def to_json(self) -> dict[str, Any]:
        """This drag as a JSON object."""
        words = {
            "point": self.point.to_json(),
            "pairs": [[list(pair.handle), list(pair.target)] for pair in self.pairs],
        }
        return words | ({} if self.mask is None else {"mask": packed_mask(self.mask)})


@dataclass(frozen=True)
class Step:
    """Where a drag stands after `number` finished steps.

    `change`: how far the first layers' styles went along the model's own directions, in deviations, float32 (moved,
    K); `handles`: (P, 2) as in Place; `moments`: Adam's, (2, moved, K).
    """

    number: int
    change: Tensor
    handles: Tensor
    moments: Tensor

    def arrived(self, pull: Pull, size: int) -> bool:
        """Whether every handle is at its target."""
        targets = torch.tensor([pair.target for pair in pull.pairs])
        return bool(((self.handles - targets).norm(dim=1) <= ARRIVED * UNIT * size).all())

    def point(self, model: Model, pull: Pull) -> Point:
        """The picture of this step as a point: styles in halves, which fit into a link."""
        styles = along(model, pull.point.styles_of(model), self.change)
        return replace(Point.at(styles.half().float(), pull.point.label), noise=pull.point.noise)


def moved_layers(model: Model) -> int:
    """How many styles a drag moves: those before the maps that are looked at."""
    return model.layers - LOOKED


def first_step(model: Model, pull: Pull) -> Step:
    """Before anything is dragged."""
    handles = torch.tensor([pair.handle for pair in pull.pairs], dtype=torch.float32)
    moments = torch.zeros(2, moved_layers(model), min(DIRECTIONS, model.w_dim))
    return Step(0, moments[0].clone(), handles, moments)


def along(model: Model, styles: Tensor, change: Tensor) -> Tensor:
    """Styles (layers, D) whose first ones go along a change (moved, K) in deviations."""
    moved, count = change.shape
    return torch.cat([styles[:moved] + change @ model.spread[-count:], styles[moved:]])


def steps(model: Model, pull: Pull, after: Step | None = None) -> Iterator[Step]:
    """Yield each finished step, by default from the first one on, until every handle is there or MOST_STEPS are done.

    Whoever stops asking has the last finished step. A drag that goes on `after` a step goes the same way.
    """
    step = after or first_step(model, pull)
    field = _Field(model, pull)
    while step.number < MOST_STEPS and not step.arrived(pull, model.size):
        step = field.next(step)
        yield step


class _Field:
    """The maps of a generator in which a drag is felt."""

    def __init__(self, model: Model, pull: Pull) -> None:
        self.generator, self.size = model.drawing_generator, model.size
        self.layer = model.layers - LOOKED
        self.unit = UNIT * model.size
        self.model, self.styles = model, pull.point.styles_of(model)
        noise = pull.point.noise
        self.noise = noise if noise in ("fixed", "none") else [noise]
        self.targets = torch.tensor([pair.target for pair in pull.pairs], dtype=torch.float32)
        with torch.no_grad():
            self.origin = self.maps(self.styles)
            handles = torch.tensor([pair.handle for pair in pull.pairs], dtype=torch.float32)
            self.sought = self.at(self.origin, handles[:, None])  # (P, 1, C)
        self.kept = HELD + (0 if pull.mask is None else KEPT * _kept(pull.mask, self.origin))

    def maps(self, styles: Tensor) -> Tensor:
        """The maps (1, C, side, side) of styles (layers, D)."""
        return self.generator.features(styles[None], self.layer, self.noise)

    def at(self, maps: Tensor, places: Tensor) -> Tensor:
        """What the maps hold at places (P, K, 2): (P, K, C)."""
        grid = places[None] * (2 / self.size) - 1
        return F.grid_sample(maps, grid, align_corners=False, padding_mode="border")[0].permute(1, 2, 0)

    def next(self, step: Step) -> Step:
        """One step: pull, then look where the handles went."""
        with torch.enable_grad():
            free = step.change.clone().requires_grad_(True)
            maps = self.maps(along(self.model, self.styles, free))
            held = NEARBY * free.square().mean() + TOGETHER * (free - free.mean(0)).square().mean()
            loss = self.pulled(maps, step.handles) + held
            (slope,) = torch.autograd.grad(loss, free)
        moments, gone = adam(slope, step.moments, step.number + 1, whole=True)
        change = step.change - RATE * gone
        with torch.no_grad():
            handles = self.tracked(self.maps(along(self.model, self.styles, change)), step.handles)
        return Step(step.number + 1, change, handles, moments)

    def pulled(self, maps: Tensor, handles: Tensor) -> Tensor:
        """Motion supervision: what lies around each handle is to be found a stride nearer to its target."""
        way = self.targets - handles
        length = way.norm(dim=1, keepdim=True)
        stride = way / length.clamp_min(1e-6) * length.clamp_max(STRIDE * self.unit)
        around = handles[:, None] + _disc(NEAR, 1.0) * self.unit
        here, there = self.at(maps.detach(), around), self.at(maps, around + stride[:, None])
        return (here - there).abs().mean((1, 2)).sum() + ((maps - self.origin).abs() * self.kept).mean()

    def tracked(self, maps: Tensor, handles: Tensor) -> Tensor:
        """Each handle at the nearest match of what lay under it at first."""
        around = handles[:, None] + _disc(SEARCHED, 1.0) * self.unit
        away = (self.at(maps, around) - self.sought).abs().sum(2)
        found = around[torch.arange(len(around)), away.argmin(1)]
        return found.clamp(0, self.size)


def _disc(radius: float, pitch: float) -> Tensor:
    """Offsets (K, 2) within a radius."""
    line = torch.arange(-radius, radius + pitch / 2, pitch)
    offsets = torch.cartesian_prod(line, line)
    return offsets[offsets.norm(dim=1) <= radius]


def _place(name: str, words: Any, at: int, size: int) -> Place:
    try:
        x, y = words[at]
    except (TypeError, ValueError, IndexError, KeyError):
        raise RequestError(f"A pair is [[x, y], [x, y]], a handle and its target; got {str(words)[:60]}.") from None
    if not (is_number(x, 0, size) and is_number(y, 0, size)):
        raise RequestError(f"A {name} lies within the picture, from 0 to {size} px; got {str(words[at])[:60]}.")
    return float(x), float(y)


def _said(place: Place) -> str:
    return f"({place[0]:g}, {place[1]:g})"


def packed_mask(mask: np.ndarray) -> str:
    """A mask as text: its bits row by row in base64."""
    return base64.b64encode(np.packbits(mask).tobytes()).decode()


def unpacked_mask(text: Any) -> np.ndarray:
    """The mask that `packed_mask` said; RequestError for other text, and where nothing may move."""
    try:
        bits = np.frombuffer(base64.b64decode(text, validate=True), np.uint8)
    except (TypeError, ValueError, binascii.Error):
        bits = np.empty(0, np.uint8)
    if len(bits) * 8 != MASK * MASK:
        raise RequestError(f"A mask is base64 of {MASK * MASK} bits, row by row; got {str(text)[:40]!r}.")
    mask = np.unpackbits(bits).astype(bool).reshape(MASK, MASK)
    if not mask.any():
        raise RequestError("The mask is empty, so nothing may move; paint where the picture may change, or clear it.")
    return mask


def _kept(mask: np.ndarray, maps: Tensor) -> Tensor:
    """Which of the maps' places are to stay, (1, 1, side, side)."""
    stay = torch.from_numpy(~mask).float()[None, None]
    return F.interpolate(stay, size=maps.shape[2:], mode="area")


def packed_step(step: Step) -> str:
    """A step as text, so that whoever holds it can go on."""
    return packed((step.number,), (step.change, step.handles, step.moments))


def unpacked_step(model: Model, pull: Pull, text: Any) -> Step:
    """The step that `packed_step` said; RequestError for other text, or one of another drag."""
    first = first_step(model, pull)
    (number,), parts = unpacked(text, 1, [part.shape for part in (first.change, first.handles, first.moments)])
    return Step(number, *parts)


def recipe_of(model: Model, pull: Pull, number: int) -> Recipe:
    """How the film of a drag's first `number` steps is made."""
    return Recipe(model.name, model.sha256, "drag", {**pull.to_json(), "steps": number})


def make_again(recipe: Recipe, shelf: Shelf, out: Path | str) -> int:
    """Write the film of a recipe again and return its number of frames; errors as `sample.make_again`."""
    words = recipe.arguments
    if recipe.verb != "drag" or not set(words) <= {"point", "pairs", "mask", "steps"}:
        raise RequestError(f"This recipe of {recipe.verb!r} is not one of a drag that this version can follow.")
    model = shelf.find(recipe.weight, recipe.sha256)
    pull = Pull.of(model, Point.from_json(words.get("point")), words.get("pairs"), words.get("mask"))
    number: Any = words.get("steps")
    if not is_whole(number, 1, MOST_STEPS):
        raise RequestError(f"The steps of a drag are 1 to {MOST_STEPS}, got {str(number)[:40]}.")
    return write_film(frames(model, pull, number), out, FPS, comment=recipe.to_json())


def frames(model: Model, pull: Pull, number: int) -> Iterator[np.ndarray]:
    """The pictures (size, size, C) from the origin to the last of `number` steps, each drawn when it is asked for."""
    yield sample(model, [pull.point])[0]
    for step in steps(model, pull):
        yield sample(model, [step.point(model, pull)])[0]
        if step.number >= number:
            return


def main(arguments: list[str] | None = None) -> None:
    """The command line: drag a picture's points, write the picture or a film of its path."""
    parser = argparse.ArgumentParser(
        prog="python -m gan_models.drag", description="Drag points of a picture to other places."
    )
    add = parser.add_argument
    add("weight", metavar="WEIGHT", help="a style-based one: a name in weights/, a folder, or user/repo on the Hub")
    add("--seed", type=int, default=0, help="the picture (default: 0)")
    add("--class", dest="label", metavar="NAME", help="its class, by name or number")
    add("--truncation", type=float, default=1.0, help="1 for full variety, less for typical pictures")
    add("--picture", type=given_path, metavar="FILE", help="begin with this saved picture of the weight, not a seed")
    add("--pair", action="append", required=True, metavar="X,Y:X,Y", help="a handle and its target, in pixels (repeat)")
    add("--mask", type=given_path, metavar="PICTURE", help="white where the picture may change, black where it stays")
    add("--steps", type=int, default=MOST_STEPS, help=f"stop after so many (default: {MOST_STEPS}, or on arrival)")
    add("-o", "--out", type=given_path, required=True, metavar="OUT", help="a .png, or .mp4, .gif, .webp of the path")
    add("--overwrite", action="store_true", help="replace a file that exists")
    options = parser.parse_args(arguments)
    with one_line():
        refuse_empty(arguments)
        if not is_whole(options.steps, 1, MOST_STEPS):
            raise RequestError(f"--steps is 1 to {MOST_STEPS}, got {options.steps}.")
        if options.picture is not None:
            refuse_idle(parser, options, ("seed", "label", "truncation"), "beside --picture")
        model = load(options.weight)
        point = _first(model, options)
        pull = Pull.of(model, point, [_pair(text) for text in options.pair])
        pull = replace(pull, mask=None if options.mask is None else mask_of(options.mask))
        filmed = options.out.suffix.lower() != ".png"
        if filmed:
            check_film(options.out, FPS)
        check_targets([options.out], options.overwrite)
        last = _last(model, pull, options.steps)
        if filmed:
            made = recipe_of(model, pull, last.number)
            write_film(frames(model, pull, last.number), options.out, FPS, comment=made.to_json())
        else:
            point = last.point(model, pull)
            write_atomically(options.out, stamp(sample(model, [point])[0], recipe_of_sample(model, point)))
        left = _left(last, pull)
        print(f"{last.number} steps with {model.name} in {options.out}; handles end {left} px from their targets")


def _first(model: Model, options: argparse.Namespace) -> Point:
    if options.picture is None:
        label = None if options.label is None else model.label(options.label)
        return Point(options.seed, label=label, truncation=options.truncation)
    made = read(options.picture)
    if made.sha256 != model.sha256:
        raise RequestError(
            f"{options.picture} is a picture of {made.weight}, not of this {model.name}; give its weight."
        )
    return point_of(made)


def _last(model: Model, pull: Pull, number: int) -> Step:
    last = first_step(model, pull)
    for last in steps(model, pull):
        print(f"\rstep {last.number}: {_left(last, pull)} px to go", end="", file=sys.stderr)
        if last.number >= number:
            break
    print(file=sys.stderr)
    return last


def _left(step: Step, pull: Pull) -> str:
    targets = torch.tensor([pair.target for pair in pull.pairs])
    return ", ".join(f"{away:.1f}" for away in (step.handles - targets).norm(dim=1).tolist())


def _pair(text: str) -> list[list[float]]:
    try:
        (x, y), (to_x, to_y) = (place.split(",") for place in text.split(":"))
        return [[float(x), float(y)], [float(to_x), float(to_y)]]
    except ValueError:
        raise RequestError(f"A --pair is X,Y:X,Y, a handle and its target in pixels; got {text[:40]!r}.") from None


def mask_of(path: Path) -> np.ndarray:
    """The mask that a picture shows: bool (MASK, MASK), True where it is white."""
    levels = fit(open_picture(mask_file(path), channels=1), MASK)
    return unpacked_mask(packed_mask(levels[:, :, 0] >= 128))


if __name__ == "__main__":
    main()
