"""Pictures enlarged by a trained network, tile by tile.

python -m gan_models.upscale PICTURE... -o OUT [--network swift-x4] [--scale 4]
"""

import argparse
import math
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gan_models.checks import is_number
from gan_models.errors import RequestError, WeightError, first_line, one_line
from gan_models.files import followed, write_atomically
from gan_models.inputs import each
from gan_models.loading import Shelf
from gan_models.machine import free_memory, has_bf16
from gan_models.pictures.files import files_below, is_hidden, is_picture
from gan_models.pictures.images import to_input, to_levels
from gan_models.pictures.photo import (
    KINDS,
    Photo,
    Turn,
    check_kind,
    encode,
    kind_of,
    read_photo,
    resize_levels,
)
from gan_models.recipe import Recipe
from gan_models.targets import check_targets, given_path, refuse_empty
from gan_models.upscaling.costs import seconds_a_pixel, tile_for
from gan_models.upscaling.tiles import Runner, Window, halves, in_order, laid, over, windows
from gan_models.upscaling.trust import lock_colour
from gan_models.upscaling.upscaler import Upscaler, open_upscaler

LARGE = 40_000_000
"""Output pixels beyond which one has to say that they are wanted."""
BLANK = 256
"""Side in input pixels of the picture by which what follows the network is timed."""
LEAST_HALVED = 64
"""Pixels of the longer side from which on a small picture is worth two workers."""


@dataclass(frozen=True)
class Order:
    """What to make: `scale` 1 to 4 times as large, colours locked to the source or not, in bf16 or fp32."""

    scale: float = 4
    colour_lock: bool = False
    bf16: bool = False

    def __post_init__(self) -> None:
        if not is_number(self.scale, 1, 4):
            raise RequestError(f"A picture is made 1 to 4 times as large, got {self.scale!r}.")

    def size(self, photo: Photo) -> tuple[int, int]:
        """Height and width of the result."""
        return max(1, round(photo.height * self.scale)), max(1, round(photo.width * self.scale))


@dataclass(frozen=True)
class Progress:
    """How far an upscale is, in tiles, and the seconds it took so far."""

    done: int
    total: int
    seconds: float


@dataclass(frozen=True)
class Estimate:
    """What an upscale will take: seconds, tiles, and millions of output pixels."""

    seconds: float
    tiles: int
    megapixels: float


def check_size(photo: Photo, order: Order, upscaler: Upscaler, large: bool = False) -> None:
    """RequestError for a result of more than LARGE pixels that was not said to be wanted, or too much memory."""
    height, width = order.size(photo)
    if height * width > LARGE and not large:
        raise RequestError(
            f"The result would have {height * width / 1e6:.0f} megapixels ({width} x {height}), more than "
            f"{LARGE // 1_000_000}; confirm that this is wanted (--large on the command line)."
        )
    bytes_ = photo.colour.dtype.itemsize * (photo.colour.shape[2] + (photo.alpha is not None))
    needed = bytes_ * (height * width + photo.height * photo.width * upscaler.scale**2)
    if needed > (free := free_memory()):
        raise RequestError(
            f"The result needs {needed / 1e9:.1f} GB of memory and {free / 1e9:.1f} GB are free; take a smaller scale."
        )


def steps(
    upscaler: Upscaler,
    photo: Photo,
    order: Order,
    *,
    tile: int | None = None,
    workers: int = 1,
    turn: Turn = nullcontext,
    large: bool = False,
) -> Iterator[Progress | Photo]:
    """Enlarge a photo, yielding a Progress after every tile and at last the Photo; closing it stops.

    `tile` (input pixels a side that one step makes) is by default chosen from the memory that is free; for a
    local network it does not change the result but for rounding. `workers` tiles are computed at once, each
    inside `turn()`, and so is each band of the resizing that follows. Raises RequestError for too large a result
    (see `check_size`).
    """
    check_size(photo, order, upscaler, large)
    plan = _plan(upscaler, photo, order, tile, workers)
    runner = Runner(upscaler.network, upscaler.scale, upscaler.halo, upscaler.device, order.bf16)
    planes = [photo.colour] if photo.alpha is None else [photo.colour, photo.alpha[:, :, None]]
    start, total, done, results = time.perf_counter(), len(plan) * len(planes), 0, []
    yield Progress(0, total, 0.0)
    for plane in planes:
        native = np.empty((plane.shape[0] * runner.scale, plane.shape[1] * runner.scale, plane.shape[2]), plane.dtype)
        work = in_order(partial(_core, runner, plane, turn), plan, workers)
        try:
            for place, core, rise in laid(plan, work, runner.scale):
                _lay(native[place], core, rise)
                done += 1
                yield Progress(done, total, time.perf_counter() - start)
        finally:
            work.close()
        results.append(resize_levels(native, *order.size(photo), turn))
    if order.colour_lock:
        results[0] = lock_colour(results[0], photo.colour, turn)
    yield replace(photo, colour=results[0], alpha=None if photo.alpha is None else results[1][:, :, 0])


def upscale(upscaler: Upscaler, photo: Photo, order: Order, **how: Any) -> Photo:
    """Enlarge a photo in one go; arguments as for `steps`."""
    [result] = (state for state in steps(upscaler, photo, order, **how) if isinstance(state, Photo))
    return result


def recipe_of(upscaler: Upscaler, photo: Photo, order: Order) -> Recipe:
    """How the result is made: the weight, what was asked for, and the hash of the picture it needs."""
    arguments = {**upscaler.more, **asdict(order), "source": photo.sha256}
    return Recipe(upscaler.name, upscaler.sha256, "upscale", arguments)


def make_again(recipe: Recipe, shelf: Shelf, photo: Photo, large: bool = True) -> Photo:
    """Follow a recipe for "upscale" with the picture it was made from.

    RequestError for another picture or a damaged recipe, WeightError where its weight is not at hand.
    """
    words = dict(recipe.arguments)
    if recipe.verb != "upscale" or not {"scale", "colour_lock", "bf16", "source"} <= set(words):
        raise RequestError(f"This recipe of {recipe.verb!r} is not one of an upscaled picture.")
    if photo.sha256 != words["source"]:
        raise RequestError(
            f"The recipe asks for a picture of hash {str(words['source'])[:12]}..., and this one has "
            f"{photo.sha256[:12]}...; give the very file that was upscaled."
        )
    order = Order(words["scale"], bool(words["colour_lock"]), bool(words["bf16"]))
    return upscale(_reopened(recipe, shelf), photo, order, large=large)


def _reopened(recipe: Recipe, shelf: Shelf) -> Upscaler:
    words = recipe.arguments
    if "community" in words:
        upscaler = Upscaler.community(str(words["community"]))
        if upscaler.sha256 != recipe.sha256:
            raise WeightError(f"{upscaler.name} is another file than the one the picture was made with.")
        return upscaler
    model = shelf.find(recipe.weight, recipe.sha256)
    if not isinstance(other := words.get("twin"), Mapping):
        return Upscaler.of(model)
    faithful = shelf.find(str(other.get("weight")), str(other.get("sha256")))
    fidelity: Any = words.get("fidelity")
    return Upscaler.mixed(faithful, model, fidelity)


def estimate(
    upscaler: Upscaler,
    photo: Photo,
    order: Order,
    *,
    tile: int | None = None,
    workers: int = 1,
    turn: Turn = nullcontext,
) -> Estimate:
    """What enlarging a photo will take here, from a calibration of about a second, made once a network."""
    plan = _plan(upscaler, photo, order, tile, workers)
    planes = 1 if photo.alpha is None else 2
    height, width = order.size(photo)
    # Workers take windows in turn: the last turn may find too few for all of them.
    turns = math.ceil(len(plan) / workers) / len(plan)
    seconds = sum(window.pixels for window in plan) * turns * seconds_a_pixel(upscaler, order.bf16, workers, turn)
    seconds += photo.height * photo.width * _seconds_after(upscaler.scale, order, turn)
    return Estimate(seconds * planes, len(plan) * planes, height * width / 1e6)


def _seconds_after(scale: int, order: Order, turn: Turn) -> float:
    """What one input pixel takes after the network, for one worker: its output laid, the resize, the lock."""
    if (key := (scale, order)) not in _AFTER:
        with turn():
            _finish(scale, order)  # the first time also fetches memory
            start = time.perf_counter()
            for _ in range(3):
                _finish(scale, order)
            _AFTER[key] = (time.perf_counter() - start) / 3 / BLANK**2
    return _AFTER[key]


def _finish(scale: int, order: Order) -> None:
    """Do with a blank picture what `steps` does with every pixel after the network."""
    blank, native = (np.zeros((side, side, 3), np.uint8) for side in (BLANK, scale * BLANK))
    _lay(native, torch.zeros(3, *native.shape[:2]), None)
    large = resize_levels(native, *order.size(Photo(blank)))
    if order.colour_lock:
        lock_colour(large, blank)


_AFTER: dict[tuple, float] = {}


def _plan(upscaler: Upscaler, photo: Photo, order: Order, tile: int | None, workers: int) -> list[Window]:
    """The windows; two for a picture that is one tile, so that the page's two workers do not wait for one of them.

    Whatever the number of workers: the same picture is computed in the same way by the page and the command.
    """
    size, halo = (photo.height, photo.width), upscaler.halo
    plan = windows(*size, tile_for(upscaler, workers, order.bf16) if tile is None else tile, halo)
    if halo is None or not upscaler.exact or tile is not None or len(plan) > 1:
        return plan
    return halves(*size, halo) if max(size) >= max(LEAST_HALVED, 6 * halo) else plan


def _core(runner: Runner, plane: np.ndarray, turn: Turn, window: Window) -> Tensor:
    read = lambda box: to_input(plane[box[0] : box[1], box[2] : box[3]])  # noqa: E731
    with turn():
        return runner.core(read, window, plane.shape[:2])[0]


def _lay(place: np.ndarray, core: Tensor, rise: Tensor | None) -> None:
    """Put a piece into its place, over what is there where it has a share."""
    core = core if rise is None else over(to_input(place)[0], core, rise)
    place[:] = to_levels(core, place.shape[2], place.dtype)


def main(arguments: list[str] | None = None) -> None:
    """The command line: files and folders, enlarged into files."""
    parser = argparse.ArgumentParser(
        prog="python -m gan_models.upscale", description="Enlarge pictures; each result carries its recipe."
    )
    add = parser.add_argument
    add("inputs", nargs="+", type=given_path, metavar="IN", help="pictures, or folders of pictures")
    add("-o", "--out", type=given_path, required=True, metavar="OUT", help="a file (of one picture) or a folder")
    add("--network", default="swift-x4", metavar="NAME", help="a name in weights/, a folder, user/repo, or a "
        "checkpoint (.safetensors, .pth, user/repo:file); default: swift-x4")  # fmt: skip
    add("--scale", type=float, default=4, help="1 to 4 (default: 4)")
    add("--fidelity", type=float, metavar="0..1", help="mix an inventive network with its faithful twin")
    add("--colour-lock", action="store_true", help="keep the broad colours of the input")
    add("--precision", choices=("auto", "fp32", "bf16"), default="auto", help="default: bf16 where it is fast")
    add("--tile", type=int, metavar="PIXELS", help="input pixels a side made at once (default: by memory)")
    add("--device", default="cpu", help="cpu or cuda (default: cpu)")
    add("--format", choices=tuple(KINDS), default="png", help="for OUT as a folder (default: png)")
    add("--large", action="store_true", help=f"allow more than {LARGE // 1_000_000} megapixels")
    add("--overwrite", action="store_true", help="replace files that exist")
    options = parser.parse_args(arguments)
    with one_line():
        refuse_empty(arguments)
        try:
            jobs = _jobs(options)
        except OSError as error:
            raise RequestError(f"A folder or file cannot be looked into ({first_line(error)}).") from None
        upscaler = open_upscaler(options.network, options.device, options.fidelity)
        bf16 = has_bf16(options.device) if options.precision == "auto" else options.precision == "bf16"
        order = Order(options.scale, options.colour_lock, bf16)
        notes: tuple[str, ...] = (
            f"by {upscaler.name}, licence: {upscaler.licence}",
            upscaler.seams,
            upscaler.beyond(order.scale),
        )
        notes += tuple(_left_out(path) for path in options.inputs if path.is_dir())
        _say("".join(f"{note}\n" for note in notes if note))
        each(jobs, lambda source, out: _enlarge(upscaler, order, options, source, out), "enlarged")


def _jobs(options: argparse.Namespace) -> list[tuple[Path, Path]]:
    """What is read and where it goes; RequestError before anything is made if a result has no place."""
    kind, ending = kind_of(options.out), KINDS[options.format]
    inputs = [found for path in options.inputs for found in _pictures(path, options.out)]
    if not inputs:
        raise RequestError(f"There is no picture in {', '.join(map(str, options.inputs))}.")
    if kind and (len(inputs) > 1 or options.inputs[0].is_dir()):
        raise RequestError(
            f"{options.out.name} is one file and there are {len(inputs)} pictures; give a folder as OUT."
        )
    jobs = [(p, options.out if kind else options.out / name.with_suffix(ending)) for p, name in inputs]
    doubled, times = Counter(out for _, out in jobs).most_common(1)[0]
    if times > 1:
        raise RequestError(f"Two pictures would both become {doubled}; rename one or use two folders.")
    check_targets([out for _, out in jobs], options.overwrite)
    return jobs


def _pictures(path: Path, out: Path) -> list[tuple[Path, Path]]:
    """The pictures of an IN, each with its path within it; results of an earlier call are not enlarged again."""
    if not path.is_dir():
        return [(path, Path(path.name))]
    # An OUT that holds IN, or is IN, is no mark of a result.
    within = followed(path) in followed(out).parents
    own = followed(out) if within else None
    found = [(p, p.relative_to(path)) for p in sorted(files_below(path)) if own not in followed(p).parents]
    return [(p, name) for p, name in found if is_picture(name.as_posix())]


def _left_out(folder: Path) -> str:
    """A line about the files of a folder that are no pictures, "" where there are none."""
    shown = [p for p in files_below(folder) if not is_hidden(p.relative_to(folder).as_posix())]
    if not (others := [p for p in shown if not is_picture(p.name)]):
        return ""
    kinds = ", ".join(sorted({p.suffix.lower() or "no ending" for p in others}))
    return f"{folder}: {len(others)} other files are left out ({kinds})."


def _enlarge(upscaler: Upscaler, order: Order, options: argparse.Namespace, source: Path, out: Path) -> None:
    """Enlarge one picture with a bar on stderr."""
    photo, kind = read_photo(source), kind_of(out) or options.format
    check_kind(kind, *order.size(photo))
    check_size(photo, order, upscaler, options.large)
    told = estimate(upscaler, photo, order, tile=options.tile)
    _say(f"{source.name}: {told.megapixels:.2f} megapixels, about {_span(told.seconds)}\n")
    try:
        for state in steps(upscaler, photo, order, tile=options.tile, large=options.large):
            if isinstance(state, Progress):
                _say(f"\r{source.name}: {_bar(state, order.size(photo))}")
            else:
                _say("\n")
                write_atomically(out, encode(state, kind, recipe_of(upscaler, photo, order).to_json()))
    except KeyboardInterrupt:
        _say("\n")
        raise
    print(f"{source.name} -> {out}")


def _bar(state: Progress, size: tuple[int, int]) -> str:
    share, width = state.done / state.total, 24
    filled = "#" * int(share * width)
    speed = share * size[0] * size[1] / 1e6 / state.seconds if state.seconds else 0.0
    words = f"{size[1]} x {size[0]} [{filled:<{width}}] {state.done} of {state.total} tiles"
    return f"{words}, {state.seconds:.1f} s, {speed:.2f} MP/s"


def _span(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{max(seconds, 0.1):.1f} s"


def _say(text: str) -> None:
    print(text, end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
