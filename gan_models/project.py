"""A photograph of one's own among a generator's pictures: the styles whose picture comes nearest to it.

python -m gan_models.project PHOTO... --weight NAME -o OUT [--mask MASK]

The photograph is cut to what the generator draws, an encoder (where the weight has one) says where to begin, and Adam
goes on in W+, one style a layer (Abdal et al. 2019, "Image2StyleGAN"), by perceptual and pixel distance. The noise of
Karras et al. 2020 (appendix D) falls on the styles over the first three quarters; the maps of noise stay the weight's
own, since a point says no others. Styles are counted in the model's own deviations and kept near their mean, so that
what comes out can be edited like a seed.

With a mask only what it leaves is compared, so that the generator says what may have been in the hole (Yeh et al. 2017,
"Semantic Image Inpainting with Deep Generative Models"), and that is joined to the photograph.
"""

import argparse
import math
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gan_models import perception
from gan_models.checks import is_whole
from gan_models.drawing.masks import pack_mask, read_mask, unpack_mask
from gan_models.errors import RequestError, one_line
from gan_models.files import write_atomically
from gan_models.inputs import each
from gan_models.latents.point import Point
from gan_models.loading import Model, Shelf, load
from gan_models.pictures.boxes import Box, cut
from gan_models.pictures.faces import cat_face
from gan_models.pictures.images import to_tensor
from gan_models.pictures.photo import Photo, encode, flat, kind_of, read_photo, unbled
from gan_models.recipe import Recipe, stamp
from gan_models.repairing.joining import hole_in, joined, without
from gan_models.sample import recipe_of, sample
from gan_models.steps import adam, packed, unpacked
from gan_models.targets import check_targets, given_path, refuse_empty

FACE = (0.494, 0.577, 0.644)
"""Where the cascades see a cat's face in AFHQ's photographs: middle and side in shares of theirs (medians of 50)."""
USUAL_STEPS = 200
MOST_STEPS = 2000
RATE = 0.06
"""Deviations of the styles that a step goes, at first; over the last quarter it falls to nothing."""
NOISE, QUIET = 0.15, 0.75
"""Deviations of the noise on the styles at first, and the share of the steps over which it falls."""
PIXELS, NEARBY = 0.5, 0.003
"""Weights beside the perceptual distance: of squared differences in [-1, 1], and of squared deviations."""
UNLIKE = 0.02
"""Share of held-out photographs that may come out worse than a picture that is called none of this model's."""


def suggested(photo: Photo) -> tuple[Box, bool]:
    """The box to begin with: about the cat's face that the cascades see, else the largest square; whether they saw."""
    face = cat_face(flat(photo))
    if face is None:
        return Box(photo.width / 2, photo.height / 2, min(photo.height, photo.width)), False
    x, y, side = face[0], face[1], face[2] / FACE[2]
    x, y = x + (0.5 - FACE[0]) * side, y + (0.5 - FACE[1]) * side
    return Box(min(max(x, 0.0), photo.width), min(max(y, 0.0), photo.height), side), True


def aligned(photo: Photo, box: Box, model: Model) -> np.ndarray:
    """What a box holds, uint8 (size, size, channels) as the model draws; beyond the photograph its edge goes on."""
    return cut(photo, box, model.size, model.channels)


@dataclass(frozen=True)
class Target:
    """A picture that is to be found, uint8 (size, size, channels), and how it looks; `hole`, bool (size, size): what of
    it is not known, and filled smoothly."""

    picture: np.ndarray
    hole: np.ndarray | None = None

    @cached_property
    def known(self) -> Tensor:
        """(1, 1, size, size): 0 in the hole, else 1."""
        known = np.ones(self.picture.shape[:2], bool) if self.hole is None else ~self.hole
        return torch.from_numpy(known).float()[None, None]

    def seen(self, drawn: Tensor) -> Tensor:
        """Drawn pictures (N, C, size, size) with the target's own pixels in its hole."""
        return drawn if self.hole is None else torch.lerp(self.tensor, drawn, self.known)

    @cached_property
    def tensor(self) -> Tensor:
        return to_tensor(self.picture)

    @cached_property
    def maps(self) -> list[Tensor]:
        with torch.no_grad():
            return perception.maps(self.tensor)

    @classmethod
    def of(cls, model: Model, picture: np.ndarray, hole: np.ndarray | None = None) -> "Target":
        """RequestError for a weight without styles, or a picture of another shape than it draws."""
        check_styles(model)
        expected = (model.size, model.size, model.channels)
        if picture.shape != expected or picture.dtype != np.uint8:
            raise RequestError(f"{model.name} takes pictures uint8 {expected}, got {picture.dtype} {picture.shape}.")
        return cls(picture if hole is None else without(picture, hole), hole)


@dataclass(frozen=True)
class Stage:
    """Where a projection stands after `number` of `total` steps.

    `change`: deviations of the styles from their mean, (layers, D); `moments`: Adam's, (2, layers, D); `best` and
    `least`: the nearest so far and its loss.
    """

    number: int
    total: int
    change: Tensor
    moments: Tensor
    best: Tensor
    least: float

    def point(self, model: Model, label: int | None = None) -> Point:
        """The nearest picture so far as a point: styles in halves, which fit into a link."""
        return Point.at(styles_at(model, self.best).half().float(), label)

    def words(self) -> str:
        """This stage as text, so that whoever holds it can go on."""
        numbers = (self.change, self.moments, self.best, torch.tensor([self.least]))
        return packed((self.number, self.total), numbers)

    @classmethod
    def of(cls, model: Model, text: Any) -> "Stage":
        """The stage that `words` said; RequestError for other text, or one of another model."""
        shape = (model.layers, model.w_dim)
        (number, total), parts = unpacked(text, 2, [shape, (2, *shape), shape, (1,)])
        return cls(number, total, parts[0], parts[1], parts[2], float(parts[3]))


def styles_at(model: Model, change: Tensor) -> Tensor:
    """Styles (layers, D) by their deviations from the mean."""
    return model.w_mean + change @ model.spread


@torch.no_grad()
def begin(model: Model, target: Target, total: int = USUAL_STEPS) -> Stage:
    """The first stage: what the encoder says, or the mean picture where the weight has none."""
    if not is_whole(total, 1, MOST_STEPS):
        raise RequestError(f"A projection has 1 to {MOST_STEPS} steps, got {str(total)[:40]}.")
    encoder = model.encoder
    start = torch.zeros(model.layers, model.w_dim) if encoder is None else encoder(target.tensor)[0]
    return Stage(0, total, start, torch.zeros(2, *start.shape), start, math.inf)


def steps(model: Model, target: Target, after: Stage) -> Iterator[Stage]:
    """Yield each finished step up to the last; whoever stops asking has the best so far."""
    stage = after
    while stage.number < stage.total:
        stage = _next(model, target, stage)
        yield stage


def _next(model: Model, target: Target, stage: Stage) -> Stage:
    share = stage.number / stage.total
    chance = torch.Generator().manual_seed(stage.number)
    noise = NOISE * max(0.0, 1 - share / QUIET) ** 2
    with torch.enable_grad():
        free = stage.change.clone().requires_grad_(True)
        shaken = free + noise * torch.randn(free.shape, generator=chance)
        drawn = model.drawing_generator.synthesise(styles_at(model, shaken)[None], "fixed")
        loss = likeness(target, drawn) + NEARBY * free.square().mean()
        (slope,) = torch.autograd.grad(loss, free)
    better = loss.item() < stage.least
    moments, way = adam(slope, stage.moments, stage.number + 1)
    rate = RATE * min(1.0, (1 - share) / (1 - QUIET))
    best, least = (stage.change, loss.item()) if better else (stage.best, stage.least)
    return Stage(stage.number + 1, stage.total, stage.change - rate * way, moments, best, least)


def likeness(target: Target, drawn: Tensor) -> Tensor:
    """What a projection makes small, of one picture (1, C, size, size)."""
    drawn = target.seen(drawn)
    near = perception.distance(perception.maps(drawn), target.maps)[0]
    return near + PIXELS * (drawn - target.tensor).square().mean()


@dataclass(frozen=True)
class Error:
    """How far a picture is from its photograph.

    `perceptual`: as `perception.distance`; `relative`: to that of two random photographs, None where the weight has no
    encoder; `pixels`: mean difference in levels of 255; `worse`: the share of held-out photographs that came out worse
    after as many steps; `unlike`: whether the photograph is none that this model can make. None: nothing was measured.
    """

    perceptual: float
    pixels: float
    relative: float | None = None
    worse: float | None = None
    unlike: bool | None = None

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "said": self.said}

    @property
    def said(self) -> str:
        """All of it in a sentence or three."""
        said = f"Perceptual distance {self.perceptual:.3f}"
        if self.relative is not None:
            said += f" ({self.relative:.0%} of that of two random photographs)"
        said += f", {self.pixels:.1f} of 255 levels a pixel."
        if self.worse is not None:
            said += f" {self.worse:.0%} of held-out photographs come out worse."
        if self.unlike:
            said += " This picture is none that this model can make: what you see is only the nearest that it has."
        return said


@torch.no_grad()
def error_now(model: Model, target: Target, stage: Stage) -> float:
    """The perceptual distance of the best so far."""
    drawn = to_tensor(sample(model, [stage.point(model)])[0])
    return float(perception.distance(perception.maps(drawn), target.maps)[0])


@torch.no_grad()
def error(model: Model, target: Target, drawn: np.ndarray, number: int = 0) -> Error:
    """How far a drawn picture, uint8 (size, size, C), is from its photograph, after so many steps."""
    if target.hole is not None:
        drawn = np.where(target.hole[:, :, None], target.picture, drawn)
    far = float(perception.distance(perception.maps(to_tensor(drawn)), target.maps)[0])
    pixels = float(np.abs(drawn.astype(float) - target.picture).mean())
    known = model.held_out
    if known is None:
        return Error(far, pixels)
    strange = known.strangeness(perception.features(target.tensor))[0]
    worse = float((known.errors_after(number) > far).float().mean())
    odd = float((known.strange > strange).float().mean())
    return Error(far, pixels, far / known.random, worse, odd < UNLIKE)


def project(model: Model, picture: np.ndarray, total: int = USUAL_STEPS) -> tuple[Point, Error]:
    """The point nearest to an aligned picture, and how far it is from it."""
    target = Target.of(model, picture)
    *_, stage = steps(model, target, begin(model, target, total))
    point = stage.point(model)
    return point, error(model, target, sample(model, [point])[0], stage.number)


def filled(model: Model, photo: Photo, mask: np.ndarray, box: Box, point: Point) -> Photo:
    """The photograph with its hole, bool (H, W), filled by what a point draws in the box."""
    return joined(photo, mask, box, sample(model, [point])[0])


def recipe_of_hole(model: Model, photo: Photo, mask: np.ndarray, box: Box, point: Point) -> Recipe:
    """How a hole was filled: the point that was found, box and mask, and the hash of the photograph."""
    arguments = {"point": point.to_json(), "box": box.to_json(), "mask": pack_mask(mask), "source": photo.sha256}
    return Recipe(model.name, model.sha256, "project", arguments)


def make_again(recipe: Recipe, shelf: Shelf, photo: Photo) -> Photo:
    """Follow a recipe for "project" with the photograph it was made from; RequestError for another one."""
    words = recipe.arguments
    if recipe.verb != "project" or set(words) != {"point", "box", "mask", "source"}:
        raise RequestError(f"This recipe of {recipe.verb!r} is not one of a hole that a generator filled.")
    if photo.sha256 != words["source"]:
        raise RequestError(
            f"The recipe asks for a picture of hash {str(words['source'])[:12]}..., and this one has "
            f"{photo.sha256[:12]}...; give the very file that was filled."
        )
    model, mask = shelf.find(recipe.weight, recipe.sha256), unpack_mask(words["mask"], photo.height, photo.width)
    return filled(model, photo, mask, Box.of(words["box"], photo), Point.from_json(words["point"]))


def check_styles(model: Model) -> None:
    """RequestError for a weight without styles, whatever it is made for."""
    if not model.layers:
        raise RequestError(f"{model.name} has no styles to project into; choose a style-based weight.")


def main(arguments: list[str] | None = None) -> None:
    """The command line: project photographs, write what came out with its recipe, say how far it is."""
    parser = argparse.ArgumentParser(
        prog="python -m gan_models.project", description="Find a generator's pictures nearest to photographs."
    )
    add = parser.add_argument
    add("photos", nargs="+", type=given_path, metavar="PHOTO", help="any picture that Upscale opens")
    add("--weight", required=True, metavar="NAME", help="style-based: a name in weights/, a folder, or user/repo")
    add("--steps", type=int, default=USUAL_STEPS, help=f"of optimisation, 1 to {MOST_STEPS} (default: {USUAL_STEPS})")
    add("--seconds", type=float, help="stop after so many a photograph, with the best so far")
    add("--box", metavar="X,Y,SIDE[,TURN]", help="what to project: its middle and side in pixels, turned by so many "
        "degrees (default: a cat's face where one is seen, else the middle square)")  # fmt: skip
    add("--mask", type=given_path, metavar="PICTURE", help="of the photograph's size, white in a hole within the box, "
        "which is filled; all else stays as it is")  # fmt: skip
    add("-o", "--out", type=given_path, required=True, metavar="OUT", help="a folder, or a file for one photograph")
    add("--overwrite", action="store_true", help="replace files that exist")
    options = parser.parse_args(arguments)
    with one_line():
        refuse_empty(arguments)
        if options.seconds is not None and not options.seconds > 0:
            raise RequestError(f"--seconds is {options.seconds}; it must be above zero.")
        model = load(options.weight)
        check_styles(model)
        single = kind_of(options.out)
        if options.mask and len(options.photos) > 1:
            raise RequestError(f"One mask is for one photograph, and there are {len(options.photos)}.")
        if single and len(options.photos) > 1:
            raise RequestError(
                f"{options.out} is one file and there are {len(options.photos)} photographs; give a folder."
            )
        outs = [options.out if single else options.out / f"{path.stem}-projected.png" for path in options.photos]
        outs = _distinct(outs)
        check_targets(outs, options.overwrite)
        each(list(zip(options.photos, outs)), lambda path, out: _one(model, path, out, options), "projected")


def _distinct(outs: Sequence[Path]) -> list[Path]:
    names: dict[Path, int] = {}
    found = []
    for out in outs:
        names[out] = names.get(out, 0) + 1
        found.append(out if names[out] == 1 else out.with_name(f"{out.stem}-{names[out]}{out.suffix}"))
    return found


def _one(model: Model, path: Path, out: Path, options: argparse.Namespace) -> None:
    photo = read_photo(path)
    box, seen = suggested(photo)
    if options.box:
        box, seen = Box.of(_box_words(options.box), photo), True
    mask = options.mask and read_mask(options.mask, photo.height, photo.width)
    hole = None if mask is None else hole_in(mask, box, model.size)
    target = Target.of(model, aligned(photo, box, model), hole)
    first, begun = begin(model, target, options.steps), time.monotonic()
    for stage in steps(model, target, first):
        print(f"\r{path.name}: step {stage.number} of {stage.total}, loss {stage.least:.3f}", end="", file=sys.stderr)
        if options.seconds is not None and time.monotonic() - begun > options.seconds:
            break
    print(file=sys.stderr)
    point = stage.point(model)
    drawn = sample(model, [point])[0]
    if mask is None:
        write_atomically(out, stamp(drawn, recipe_of(model, point), kind_of(out) or "png"))
    else:
        made, recipe = joined(photo, mask, box, drawn), recipe_of_hole(model, photo, mask, box, point)
        write_atomically(out, encode(unbled(made), kind_of(out) or "png", recipe.to_json()))
    cut = "" if seen else " No cat's face was seen; the middle square was taken."
    print(f"{path.name} in {out}: {error(model, target, drawn, stage.number).said}{cut}")


def _box_words(text: str) -> dict[str, float]:
    try:
        x, y, side, *turn = map(float, text.split(","))
        return dict(zip(("x", "y", "side", "turn"), (x, y, side, *(turn or [0.0])), strict=True))
    except ValueError:
        raise RequestError(f"A --box is X,Y,SIDE or X,Y,SIDE,TURN; got {text[:40]!r}.") from None


if __name__ == "__main__":
    main()
