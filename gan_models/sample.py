"""Pictures of a generator, and what its discriminator makes of them.

python -m gan_models.sample WEIGHT -n 10000 --seed 0 -o DIR|FILE.npz|FILE.zip
"""

import argparse
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gan_models.card import swapped
from gan_models.errors import RequestError, one_line
from gan_models.images import to_tensor, to_uint8
from gan_models.latents import LAST_SEED, Point
from gan_models.loading import Model, load
from gan_models.targets import check_targets, given_path, refuse_empty

MOST = 1_000_000
"""How many pictures one command draws at most."""


def sample(model: Model, points: Sequence[Point], batch: int = 32) -> np.ndarray:
    """Draw points as uint8 pictures (N, size, size, channels); `batch` only matters on a GPU (see `draw`)."""
    if not len(points):
        return np.empty((0, model.size, model.size, model.channels), np.uint8)
    resolved = [point.resolve(model) for point in points]
    labels = torch.tensor([label for _, label in resolved]) if model.classes else None
    return draw(model, torch.stack([z for z, _ in resolved]), labels, batch)


@torch.inference_mode()
def draw(model: Model, z: Tensor, labels: Tensor | None = None, batch: int = 32) -> np.ndarray:
    """Draw latents (N, latent_dim), with labels (N,) where the model has classes, as uint8 (N, H, W, C).

    On a CPU every picture is computed alone: convolutions and matrix products of another batch size add in
    another order, which moves a value by one level here and there, and a picture must not depend on its
    neighbours. On a GPU `batch` pictures are computed at once.
    """
    batch = 1 if model.device.type == "cpu" else batch
    generator, pictures = model.drawing_generator, []
    for start in range(0, len(z), batch):
        part = slice(start, start + batch)
        given = None if labels is None else labels[part].to(model.device)
        pictures.append(to_uint8(generator(z[part].to(model.device), given)))
    return np.concatenate(pictures)


@torch.inference_mode()
def verdict(model: Model, pictures: np.ndarray | Sequence[Point], labels: Sequence[int] | None = None) -> np.ndarray:
    """Ask the discriminator about uint8 pictures (N, H, W, C) or points: float32 (N,), higher is more real.

    The figure is the logit of "real", or the critic's score for Wasserstein losses; scores of different
    weights cannot be compared. `labels` are the classes of pictures (points know theirs).
    """
    discriminator = model.discriminator
    if discriminator is None:
        raise RequestError(f"{model.name} comes without a discriminator; choose a weight that has one.")
    if not isinstance(pictures, np.ndarray):
        labels = [point.resolve(model)[1] for point in pictures]
        pictures = sample(model, pictures)
    if model.classes and (labels is None or len(labels) != len(pictures)):
        raise RequestError(f"{model.name} judges by class; give one label for each picture.")
    scores = [np.empty(0, np.float32)]
    for index, picture in enumerate(pictures):
        given = torch.tensor([labels[index]], device=model.device) if model.classes else None
        scores.append(discriminator(to_tensor(picture).to(model.device), given).float().cpu().numpy())
    return np.concatenate(scores)


def main(arguments: list[str] | None = None) -> None:
    """The command line: many samples into a folder, a zip of PNGs or an npz of arrays."""
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
    add("--truncation", type=float, default=1.0, help="1 for full variety, less for typical pictures")
    add("-o", "--out", type=given_path, required=True, metavar="DIR|FILE.npz|FILE.zip", help="where to write them")
    add("--overwrite", action="store_true", help="replace files that exist")
    options = parser.parse_args(arguments)
    with one_line():
        refuse_empty(arguments)
        if not 1 <= options.count <= MOST or not 0 <= options.seed <= LAST_SEED - options.count:
            raise RequestError(f"-n is 1 to {MOST} and --seed at least 0; got {options.count}, {options.seed}.")
        model = load(options.weight)
        label = None if options.label is None else model.label(options.label)
        seeds = range(options.seed, options.seed + options.count)
        points = [Point(seed, label=label, truncation=options.truncation) for seed in seeds]
        write = {".npz": _write_npz, ".zip": _write_zip}.get(options.out.suffix.lower(), _write_folder)
        files = [options.out / _name(model, p) for p in points] if write is _write_folder else [options.out]
        check_targets(files, options.overwrite)
        write(model, points, options.out)
        print(f"{len(points)} pictures of {model.name} in {options.out}")


def _batches(model: Model, points: Sequence[Point]) -> Iterator[tuple[Sequence[Point], np.ndarray]]:
    for start in range(0, len(points), 64):
        part = points[start : start + 64]
        yield part, sample(model, part)
        done = start + len(part)
        print(f"\r{done} of {len(points)}", end="\n" if done == len(points) else "", file=sys.stderr)


def _write_npz(model: Model, points: Sequence[Point], out: Path) -> None:
    images = np.concatenate([pictures for _, pictures in _batches(model, points)])
    arrays = {"images": images[..., 0] if model.channels == 1 else images}
    arrays["seeds"] = np.array([point.seed for point in points], np.int64)
    if model.classes:
        arrays["labels"] = np.array([point.resolve(model)[1] for point in points], np.int64)
    # Into an open file, since by its name numpy would make two.NPZ.npz of two.NPZ.
    with swapped(out) as file:
        np.savez_compressed(file, **arrays)


def _files(model: Model, points: Sequence[Point]) -> Iterator[tuple[str, bytes]]:
    """Names and contents of PNGs: seed-00000007.png, below a folder of its class where there are classes."""
    # Imported here: recipes are made of samples.
    from gan_models.recipe import Recipe, stamp

    for part, pictures in _batches(model, points):
        for point, picture in zip(part, pictures):
            yield _name(model, point), stamp(picture, Recipe.of(model, point))


def _name(model: Model, point: Point) -> str:
    label = point.class_of(model)
    folder = "" if label is None else f"{model.label_name(label)}/"
    return f"{folder}seed-{point.seed:08d}.png"


def _write_folder(model: Model, points: Sequence[Point], out: Path) -> None:
    for name, content in _files(model, points):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(content)


def _write_zip(model: Model, points: Sequence[Point], out: Path) -> None:
    # PNGs are packed already, and a fixed date makes the same command write the same zip.
    with swapped(out) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, content in _files(model, points):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)


if __name__ == "__main__":
    main()
