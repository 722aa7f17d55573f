"""How good cartoons are: python -m training.evaluate_cartoon WEIGHT [--write-card]

Held-out photographs at full strength. Whether they keep what they show (edges), how bright they are, how flat (how much
of all change from pixel to pixel lies in the steepest tenth of places), and how near they come to held-out drawings:
the kernel distance in the features of the `photos` network. Beside each stand the photographs themselves.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import tyro
from torch import Tensor

from gan_models.errors import RequestError, one_line
from gan_models.loading import load
from gan_models.perception import features
from gan_models.pictures.images import as_pillow, contact_sheet, to_tensor, to_uint8
from gan_models.weight.model import Model, translation
from training.data.cartoon_batches import DRAWINGS, PHOTOS
from training.data.photos import Photos, joined, split_photos
from training.data.style_batches import crop, middles
from training.evaluate import put_measures, sets_of
from training.measures import report
from training.measures import translation as measures
from training.measures.report import Figure
from training.options import SAID, asked

SIDE, EACH, SHOWN = 128, 60, 36
"""Pixels of a side, photographs of each set at most, and how many a sheet shows."""
BRIGHT, NEAR, FLAT = "brightness", "as bright as the photo", "change in a tenth of places"
NEARLY = 0.05
"""How far brightnesses may lie apart to be called the same."""
STEEP = 0.9
CORNERS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))


@dataclass(frozen=True)
class Evaluation:
    """Measure a weight that draws cartoons, on photographs and drawings that it did not see."""

    weight: Annotated[str, tyro.conf.Positional]
    """A name in weights/, or a folder."""
    data_root: Path = Path()
    """Folder that holds the sets which the card names."""
    seed: int = 0
    """Of resamplings."""
    sheet: Annotated[Path | None, SAID] = None
    """PNG to write: photographs beside their cartoons."""
    overwrite: bool = False
    """Replace that PNG where it exists."""
    write_card: bool = False
    """Put the figures into the weight's card.json, in place of earlier ones of the same name and features."""


def evaluate(options: Evaluation, say: Callable[[str], None] = lambda line: None) -> list[Figure]:
    """Every figure, said as a table; raises AtelierError."""
    model = load(options.weight)
    if not translation(model).outlined:
        raise RequestError(f"{model.name} draws no cartoons; measure it by training.evaluate_translate.")
    sides = [split_photos(place, model.size) for place in places(model, options, "data")]
    photos = np.concatenate([middles(kept.pictures, SIDE, PHOTOS, EACH) for _, kept in sides])
    drawings = [
        joined(parts) for parts in zip(*(split_photos(p, model.size) for p in places(model, options, "drawings")))
    ]
    taught, tried = (corners(each) for each in drawings)
    cartoons = drawn(model, photos)
    say(f"{model.name}: {len(photos)} held-out photographs, {len(tried)} crops of held-out drawings, {SIDE} px")
    say(f"  512 px take {1000 * seconds(model):.0f} ms on {torch.get_num_threads()} threads")
    rows = figures(photos, cartoons, taught, tried, options.seed, say)
    say(report.table(rows))
    if options.sheet:
        as_pillow(sheet(photos, cartoons)).save(options.sheet)
    if options.write_card:
        command = report.command_of("evaluate_cartoon", model.name, seed=options.seed)
        put_measures(model.folder, tuple(row.measure(command) for row in rows))
    return rows


def places(model: Model, options: Evaluation, option: str) -> list[str]:
    """Where the sets of an option of the training lie."""
    return [str(options.data_root / name) for name in sets_of(model.card, option)]


def corners(drawings: Photos) -> np.ndarray:
    """Crops of the four corners of sheets, uint8 (N, SIDE, SIDE, 3)."""
    span = (max(DRAWINGS), max(DRAWINGS))
    return np.stack([crop(each, SIDE, span, (0.0, *corner)) for each in drawings.pictures for corner in CORNERS])


@torch.inference_mode()
def drawn(model: Model, photos: np.ndarray) -> np.ndarray:
    """Their cartoons at full strength, uint8 as they are."""
    parts = [model.drawing_generator(to_tensor(part)) for part in np.array_split(photos, -(-len(photos) // 16))]
    return np.concatenate([to_uint8(part) for part in parts])


def figures(
    photos: np.ndarray, cartoons: np.ndarray, taught: np.ndarray, tried: np.ndarray, seed: int, say: Callable
) -> list[Figure]:
    """Rows for the card; floors are the photographs' own, but for the kernel distance, whose is other drawings'."""
    vectors = {name: seen(each) for name, each in (("cartoons", cartoons), ("taught", taught), ("tried", tried))}
    distance = measures.kernel_figure(
        vectors["cartoons"], vectors["taught"], vectors["tried"], features="photos", seed=seed
    )
    own = measures.kernel_figure(seen(photos), vectors["taught"], vectors["tried"], features="photos", seed=seed)
    say(f"  kernel distance of the photographs themselves: {own.value:.3f}")
    say(f"  {FLAT}, drawings: {steepest(tried).mean():.3f}")
    real, now = (each.mean((1, 2, 3)) / 255 for each in (photos, cartoons))
    near = (np.abs(now / real - 1) <= NEARLY).astype(float)
    flat, before = steepest(cartoons), steepest(photos)
    row = lambda name, each, floor: Figure(  # noqa: E731
        name,
        float(each.mean()),
        float(each.std(ddof=1) / len(each) ** 0.5),
        floor,
        len(each),
        "pixels",
        seed,
        len(each),
    )
    return [
        measures.edge_figure(photos, cartoons, tried, seed),
        row(BRIGHT, now, float(real.mean())),
        row(NEAR, near, None),
        row(FLAT, flat, float(before.mean())),
        distance,
    ]


def seen(pictures: np.ndarray) -> Tensor:
    """Their vectors in the eyes of the `photos` network, (N, D)."""
    with torch.inference_mode():
        return torch.cat(
            [features(to_tensor(part)) for part in np.array_split(pictures, -(-len(pictures) // 64))]
        ).clone()


def steepest(pictures: np.ndarray) -> np.ndarray:
    """What share of all change from pixel to pixel lies in the steepest tenth of places, (N,)."""
    gray = pictures.mean(3)
    slopes = np.hypot(np.diff(gray, axis=1)[:, :, :-1], np.diff(gray, axis=2)[:, :-1]).reshape(len(pictures), -1)
    slopes.sort(1)
    return slopes[:, round(STEEP * slopes.shape[1]) :].sum(1) / np.maximum(slopes.sum(1), 1e-9)


@torch.inference_mode()
def seconds(model: Model, side: int = 512, rounds: int = 3) -> float:
    """What a square picture takes, the best of some rounds."""
    picture, taken = torch.zeros(1, 3, side, side), []
    for _ in range(rounds):
        start = time.perf_counter()
        model.drawing_generator(picture)
        taken.append(time.perf_counter() - start)
    return min(taken)


def sheet(photos: np.ndarray, cartoons: np.ndarray) -> np.ndarray:
    """Photographs beside their cartoons, evenly spaced, four in a row: uint8 (H, W, 3)."""
    rows = np.linspace(0, len(photos) - 1, min(SHOWN, len(photos))).round().astype(int)
    return contact_sheet(np.stack([photos[rows], cartoons[rows]], 1).reshape(-1, *photos.shape[1:]), columns=8)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        options = asked(Evaluation, argv, "evaluate_cartoon")
        evaluate(options, print)


if __name__ == "__main__":
    main(sys.argv[1:])
