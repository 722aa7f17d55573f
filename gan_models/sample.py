"""Pictures of a generator, and what its discriminator makes of them.

python -m gan_models.sample WEIGHT -n 10000 --seed 0 -o DIR|FILE.npz|FILE.zip [--text "..."] [--parents 3 7] [--verdict]
"""

import argparse
import itertools
import json
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gan_models.checks import is_whole
from gan_models.errors import RequestError, one_line
from gan_models.files import swapped, write_atomically
from gan_models.latents import walks
from gan_models.latents.point import Point, resolved
from gan_models.latents.seeds import LAST_SEED
from gan_models.latents.space import Inputs, generate
from gan_models.loading import Model, Shelf, load
from gan_models.pictures.images import as_pillow, contact_sheet, fit, to_tensor, to_uint8
from gan_models.pictures.photo import Photo, flat
from gan_models.recipe import Recipe, stamp
from gan_models.targets import check_folder, check_targets, given_path, refuse_empty, refuse_idle
from gan_models.words.reading import read

MOST = 1_000_000
"""How many pictures one command draws at most."""


def sample(model: Model, points: Sequence[Point], batch: int = 32) -> np.ndarray:
    """Draw points as uint8 pictures (N, size, size, channels); `batch` only matters on a GPU (see `draw`)."""
    if not len(points):
        return np.empty((0, model.size, model.size, model.channels), np.uint8)
    return draw(model, resolved(points, model), batch)


@torch.inference_mode()
def draw(model: Model, inputs: Inputs, batch: int = 32) -> np.ndarray:
    """Draw what N pictures are drawn from as uint8 (N, H, W, C).

    On a CPU every picture is computed alone: convolutions and matrix products of another batch size add in
    another order, which moves a value by one level here and there, and a picture must not depend on its
    neighbours. On a GPU `batch` pictures are computed at once.
    """
    batch = 1 if model.device.type == "cpu" else batch
    generator, pictures = model.drawing_generator, []
    for start in range(0, len(inputs), batch):
        pictures.append(to_uint8(generate(generator, inputs[start : start + batch].to(model.device))))
    return np.concatenate(pictures)


@torch.inference_mode()
def verdict(
    model: Model, pictures: np.ndarray | Sequence[Point], labels: Sequence[int | None] | None = None
) -> np.ndarray:
    """Ask the discriminator about uint8 pictures (N, H, W, C) or points: float32 (N,), higher is more real.

    The figure is the logit of "real", or the critic's score for Wasserstein losses; scores of different
    weights cannot be compared. `labels` are the classes of pictures (points know theirs).
    """
    discriminator = model.discriminator
    if discriminator is None:
        raise RequestError(f"{model.name} comes without a discriminator; choose a weight that has one.")
    if not isinstance(pictures, np.ndarray):
        labels = [point.class_of(model) for point in pictures]
        pictures = sample(model, pictures)
    if model.classes and (labels is None or len(labels) != len(pictures)):
        raise RequestError(f"{model.name} judges by class; give one label for each picture.")
    scores = [np.empty(0, np.float32)]
    classes = labels if model.classes and labels is not None else [None] * len(pictures)
    for picture, label in zip(pictures, classes):
        given = None if label is None else torch.tensor([label], device=model.device)
        scores.append(discriminator(to_tensor(picture).to(model.device), given).float().cpu().numpy())
    return np.concatenate(scores)


@dataclass(frozen=True)
class Judged:
    """A picture as the discriminator was shown it, uint8 (size, size, channels), its score, and the class it was judged
    as (None for weights without classes)."""

    picture: np.ndarray
    score: float
    label: int | None


def judge(model: Model, photo: Photo, label: int | None = None) -> Judged:
    """Ask the discriminator about anybody's picture: its middle square, at the weight's size and channels.

    Without a `label`, a weight with classes judges it as each of them, and the highest score counts. RequestError for a
    weight without a discriminator.
    """
    colour = flat(photo)
    if model.channels == 1:
        colour = np.array(as_pillow(colour).convert("L"))[:, :, None]
    picture = fit(colour if colour.shape[2] == model.channels else colour.repeat(3, 2), model.size)
    labels = [label] if label is not None or not model.classes else list(range(model.classes))
    scores = verdict(model, np.stack([picture] * len(labels)), labels)
    best = int(scores.argmax())
    return Judged(picture, float(scores[best]), labels[best])


def breed(model: Model, parents: Sequence[Point], count: int, strength: float = 0.4, seed: int = 0) -> list[Point]:
    """Children of one point or two; child n has the seed `seed` + n.

    Of two classes or sentences it has its parents' turn by turn. `strength` as in `latents.walks.breed`; where a
    parent is of styles, they are bred by layers. RequestError for another number of parents.
    """
    if len(parents) not in (1, 2):
        raise RequestError("Breeding takes one or two parents; pick one or two pictures.")
    codes, labels = resolved(parents, model).code, [point.class_of(model) for point in parents]
    children = [_child(model, codes, strength, seed + n, labels[n % len(labels)]) for n in range(count)]
    own = itertools.cycle(parents)
    return [replace(child, text=said.text, embedding=said.embedding) for child, said in zip(children, own)]


def _child(model: Model, parents: Tensor, strength: float, seed: int, label: int | None) -> Point:
    a, b = parents[0], parents[1] if len(parents) == 2 else None
    if parents.ndim == 2:
        return Point.at(walks.breed(a, b, strength, seed), label)
    stranger = Point(seed=seed, label=label).styles_of(model)
    return Point.at(walks.breed_styles(a, b, stranger, strength, seed), label)


MOST_BEFORE = 200_000
"""Characters of the points that a picture was edited from, in its recipe."""
MOST_POINTS = 64
"""Pictures on one contact sheet."""
MOST_NAMES = 256
"""Directions with a name of somebody's own, in a recipe."""
NO_NAMES: Mapping[str, str] = MappingProxyType({})


def recipe_of(model: Model, point: Point, before: Sequence[Point] = (), names: Mapping[str, str] = NO_NAMES) -> Recipe:
    """How one picture is made, and the points it was edited from, of which the last MOST_BEFORE characters are kept.

    `names`: what somebody called directions, by key ("latent:3").
    """
    words: dict[str, Any] = {"point": point.to_json()} | ({"names": dict(names)} if names else {})
    kept: list[dict[str, Any]] = []
    room = MOST_BEFORE
    for earlier in reversed(before):
        room -= len(json.dumps(earlier.to_json()))
        if room < 0:
            break
        kept.insert(0, earlier.to_json())
    return Recipe(model.name, model.sha256, "sample", words | ({"before": kept} if kept else {}))


def recipe_of_sheet(model: Model, points: Sequence[Point], columns: int) -> Recipe:
    """How a contact sheet of at most MOST_POINTS is made."""
    arguments = {"points": [point.to_json() for point in points], "columns": columns}
    return Recipe(model.name, model.sha256, "sample", arguments)


def point_of(recipe: Recipe) -> Point:
    """The one point of a recipe for a single sampled picture; RequestError for any other recipe."""
    _check_verb(recipe)
    if "point" not in recipe.arguments:
        raise RequestError("This recipe is of a sheet of several points, not of one picture.")
    return Point.from_json(recipe.arguments["point"])


def before_of(recipe: Recipe) -> list[Point]:
    """The points that a picture was edited from, the oldest first."""
    before = recipe.arguments.get("before", [])
    if not isinstance(before, list):
        raise RequestError(f"What a picture was edited from is a list of points, got {str(before)[:60]}.")
    return [Point.from_json(words) for words in before]


def names_of(recipe: Recipe) -> dict[str, str]:
    """What somebody called directions, by key; RequestError for anything else in their place."""
    return checked_names(recipe.arguments.get("names", {}))


def checked_names(names: Any) -> dict[str, str]:
    """Names of directions by key; RequestError for more than MOST_NAMES, or what is no short text."""
    few = isinstance(names, dict) and len(names) <= MOST_NAMES
    if not few or not all(isinstance(word, str) and 0 < len(word) <= 40 for pair in names.items() for word in pair):
        raise RequestError(
            f"Names of directions are at most {MOST_NAMES} texts of 1 to 40 characters by key, got {str(names)[:60]!r}."
        )
    return names


def points_of(recipe: Recipe) -> list[Point]:
    """The points of a recipe for a contact sheet; RequestError for any other recipe."""
    _check_verb(recipe)
    points = recipe.arguments.get("points")
    if not isinstance(points, list) or not 1 <= len(points) <= MOST_POINTS:
        raise RequestError(f"A recipe has one point or a list of 1 to {MOST_POINTS} points; this one has not.")
    return [Point.from_json(words) for words in points]


def make_again(recipe: Recipe, shelf: Shelf) -> np.ndarray:
    """Follow a recipe for "sample": uint8 (H, W, C), pixel for pixel on the same machine.

    WeightError where the shelf has only another weight of that name or none; RequestError for a damaged recipe.
    """
    _check_verb(recipe)
    model = shelf.find(recipe.weight, recipe.sha256)
    if "point" in recipe.arguments:
        return sample(model, [point_of(recipe)])[0]
    points = points_of(recipe)
    columns = recipe.arguments.get("columns")
    if columns is not None and not is_whole(columns, 1, MOST_POINTS):
        raise RequestError(f"The columns of a recipe are 1 to {MOST_POINTS}, got {str(columns)[:60]}.")
    return contact_sheet(sample(model, points), columns)


def _check_verb(recipe: Recipe) -> None:
    if recipe.verb != "sample":
        raise RequestError(f"This recipe of {recipe.verb!r} is not one of a sampled picture.")


def main(arguments: list[str] | None = None) -> None:
    """The command line: many samples into a folder, a zip of PNGs or an npz of arrays."""
    parser = _parser()
    options = parser.parse_args(arguments)
    with one_line():
        refuse_empty(arguments)
        if not 1 <= options.count <= MOST or not 0 <= options.seed <= LAST_SEED - options.count:
            raise RequestError(f"-n is 1 to {MOST} and --seed at least 0; got {options.count}, {options.seed}.")
        if not options.parents:
            refuse_idle(parser, options, ("strength",), "without --parents")
        model = load(options.weight)
        label = None if options.label is None else model.label(options.label)
        seeds = options.parents or range(options.seed, options.seed + options.count)
        if options.text is not None and (told := read(model, options.text).say()):
            print(told, file=sys.stderr)
        points = [Point(seed, label=label, truncation=options.truncation, text=options.text) for seed in seeds]
        if options.parents:
            points = breed(model, points, options.count, options.strength, options.seed)
        names = _names(model, points)
        if options.verdict and model.discriminator is None:
            verdict(model, points[:1])  # says so before the work
        write = {".npz": _write_npz, ".zip": _write_zip}.get(options.out.suffix.lower(), _write_folder)
        if write is _write_folder:
            check_folder(options.out)
        files = [options.out / name for name in names] if write is _write_folder else [options.out]
        check_targets(files, options.overwrite)
        write(model, points, options.out)
        for start in range(0, len(points) if options.verdict else 0, 64):
            part = slice(start, start + 64)
            print(*(f"{s:+.3f} {name}" for s, name in zip(verdict(model, points[part]), names[part])), sep="\n")
        print(f"{len(points)} pictures of {model.name} in {options.out}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gan_models.sample",
        description="Draw samples: PNGs with their recipe in a folder or zip (class folders where the weight "
        "has classes), or one npz with images, labels and seeds.",
    )
    add = parser.add_argument
    add("weight", metavar="WEIGHT", help="a name in weights/, a folder, or user/repo on the Hub")
    add("-n", "--count", type=int, default=16, help="how many (default: 16)")
    add("--seed", type=int, default=0, help="seed of the first; the next has the next seed (default: 0)")
    add("--class", dest="label", metavar="NAME", help="one class, by name or number (default: all in turn)")
    add("--text", metavar="SENTENCE", help="what to draw, in words, where the weight takes them")
    add("--truncation", type=float, default=1.0, help="1 for full variety, less for typical pictures")
    add("--parents", type=int, nargs="+", metavar="SEED", help="draw children of these one or two seeds")
    add(
        "--strength",
        type=float,
        default=0.4,
        help="how far children are from their parents, 0 to 1, where parents and chance weigh the same (default: 0.4)",
    )
    add("--verdict", action="store_true", help="print what the discriminator makes of each: higher is more real")
    add("-o", "--out", type=given_path, required=True, metavar="DIR|FILE.npz|FILE.zip", help="where to write them")
    add("--overwrite", action="store_true", help="replace files that exist")
    return parser


def _batches(model: Model, points: Sequence[Point]) -> Iterator[tuple[Sequence[Point], np.ndarray]]:
    for start in range(0, len(points), 64):
        part = points[start : start + 64]
        yield part, sample(model, part)
        done = start + len(part)
        print(f"\r{done} of {len(points)}", end="\n" if done == len(points) else "", file=sys.stderr)


def _write_npz(model: Model, points: Sequence[Point], out: Path) -> None:
    images = np.concatenate([pictures for _, pictures in _batches(model, points)])
    arrays: dict[str, Any] = {"images": images[..., 0] if model.channels == 1 else images}
    if all(point.seed is not None for point in points):
        arrays["seeds"] = np.array([point.seed for point in points], np.int64)
    if model.classes:
        arrays["labels"] = np.array([point.class_of(model) for point in points], np.int64)
    # Into an open file, since by its name numpy would make two.NPZ.npz of two.NPZ.
    with swapped(out) as file:
        np.savez_compressed(file, **arrays)


def _files(model: Model, points: Sequence[Point]) -> Iterator[tuple[str, bytes]]:
    """Names and contents of PNGs: seed-00000007.png, below a folder of its class where there are classes."""
    names = iter(_names(model, points))
    for part, pictures in _batches(model, points):
        for point, picture in zip(part, pictures):
            yield next(names), stamp(picture, recipe_of(model, point))


def _names(model: Model, points: Sequence[Point]) -> list[str]:
    labels = [point.class_of(model) for point in points]
    folders = ["" if label is None else f"{model.label_name(label)}/" for label in labels]
    ends = [f"seed-{p.seed:08d}" if p.seed is not None else f"child-{n:08d}" for n, p in enumerate(points)]
    return [f"{folder}{end}.png" for folder, end in zip(folders, ends)]


def _write_folder(model: Model, points: Sequence[Point], out: Path) -> None:
    for name, content in _files(model, points):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        write_atomically(out / name, content)


def _write_zip(model: Model, points: Sequence[Point], out: Path) -> None:
    # PNGs are packed already, and a fixed date makes the same command write the same zip.
    with swapped(out) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, content in _files(model, points):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)


if __name__ == "__main__":
    main()
