"""The laptop promise: a folder of photographs and 15 minutes of two cores give recognisable pictures.

Takes some photographs out of a set, trains on them as a user would, and says how near the samples come.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import torch
from PIL import Image

from gan_models.errors import AtelierError, TrainingError
from gan_models.latents.point import Point
from gan_models.loading import load as load_weight
from gan_models.pictures.images import as_pillow
from gan_models.sample import sample
from gan_models.weight.card import plain_name
from training import train_dcgan
from training.data import load_set
from training.export import export
from training.measures.cats import FACES, cat_figures, thumbnails
from training.measures.classifier import load_features
from training.measures.distances import pairwise
from training.measures.features import extract, fit
from training.measures.nearest import nearest, sheet
from training.options import SAID
from training.run import Run

FACE_BAR, DISTANCE_BAR = 0.88, 0.85


@dataclass(frozen=True)
class Laptop:
    """Train on a few photographs of cats and measure what came of it."""

    data: Path
    """Folder or zip of photographs; afhq-cat-128.zip (see training.prepare) for the figures of the README."""
    count: int = 1000
    """Photographs taken from it."""
    minutes: float = 15.0
    """Minutes of training."""
    size: int = 64
    """Side of the pictures in pixels."""
    samples: int = 300
    """Samples that are judged."""
    out: Path = Path("runs/laptop")
    """Folder for the photographs, the run, the weight and the sheet of nearest photographs."""
    feature_weights: Annotated[Path | None, SAID] = None
    """File of torchvision's SqueezeNet 1.1 (default: downloaded once)."""
    seed: int = 0
    """Chooses the photographs, and seeds the training."""


def keep(options: Laptop) -> None:
    """Train, export, measure, print."""
    photographs = take(options)
    weight = train(options, photographs)
    model = load_weight(weight)
    pictures = sample(model, [Point(seed=seed) for seed in range(options.samples)])
    drawn = torch.from_numpy(pictures).permute(0, 3, 1, 2)
    real = load_set(str(photographs), size=options.size, channels=3).images
    making = model.card.making
    minutes = f"{making.seconds / 60:.1f} min"
    print(f"{options.count} photographs, {options.size} px, {minutes}, {making.images} images seen")
    print(f"{making.hardware}; seed {options.seed}; judged: {options.samples} samples, {len(real)} photographs")
    compare(drawn, real)
    copies(drawn, real, options.out / "nearest.png")


def take(options: Laptop) -> Path:
    """Write `count` photographs, chosen by the seed, into a folder of their own; the folder."""
    folder = options.out / f"photographs-{options.count}-{options.seed}"
    if folder.exists():
        return folder
    data = load_set(str(options.data), channels=3)
    if len(data) < options.count:
        raise TrainingError(f"{options.data} has {len(data)} photographs; lower --count to that or less.")
    order = torch.randperm(len(data), generator=torch.Generator().manual_seed(options.seed))
    options.out.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=options.out))
    try:
        for number, index in enumerate(order[: options.count].tolist()):
            picture = Image.fromarray(data.images[index].permute(1, 2, 0).numpy())
            picture.save(beside / f"{number:05d}.png")
        beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder


def train(options: Laptop, photographs: Path) -> Path:
    """The command of the promise, in this process, and the export; the weight's folder."""
    name = plain_name(f"laptop-{options.count}-{options.size}-{options.seed}")
    run = options.out / name
    argv = ["--data", str(photographs), "--minutes", str(options.minutes), "--size", str(options.size)]
    argv += ["--run", str(run), "--seed", str(options.seed)]
    if options.feature_weights:
        argv += ["--feature-weights", str(options.feature_weights)]
    before, sys.argv = sys.argv, ["train_dcgan", *argv]  # the run and its weight tell the command by it
    try:
        train_dcgan.main(argv)
    finally:
        sys.argv = before
    export(Run(run).folder, options.out / "weights" / name)
    return options.out / "weights" / name


def compare(drawn: torch.Tensor, real: torch.Tensor) -> None:
    """Print cat faces and mean pairwise distances of samples, uint8 (N, 3, H, W), beside the photographs'."""
    judged, bound = cat_figures(drawn), cat_figures(real)
    line("cat faces (OpenCV)", judged[FACES], bound[FACES], judged[FACES], FACE_BAR)
    ways = {"16 px thumbnails": lambda images: thumbnails(images.permute(0, 2, 3, 1).numpy())}
    try:
        network = load_features("photos").network
        ways["photos features"] = lambda images: extract(network, images).features
    except AtelierError as error:
        print(f"no distance by photos features: {error}")
    for name, vectors in ways.items():
        ours, theirs = pairwise(vectors(drawn)), pairwise(vectors(real))
        line(f"distance, {name}", ours, theirs, ours / theirs, DISTANCE_BAR)


def line(name: str, ours: float, real: float, reached: float, bar: float) -> None:
    """One figure with its bar."""
    verdict = "kept" if reached >= bar else "missed"
    print(f"{name:28s} samples {ours:8.3f}  real {real:8.3f}  reached {reached:.2f}, bar {bar:.2f}: {verdict}")


def copies(drawn: torch.Tensor, real: torch.Tensor, path: Path) -> None:
    """Write the sheet of nearest photographs, and print how many samples are suspiciously near to one."""
    images = fit(real, drawn.shape[-1], 3)
    near = nearest(*(thumbnails(x.permute(0, 2, 3, 1).numpy()) for x in (drawn, images)))
    as_pillow(sheet(drawn, images, [near])).save(path)
    print(f"{near.copies:.1%} of the samples are nearer to a photograph than 99 % of those are; see {path}")
