"""How well a weight fills holes: python -m training.evaluate_repair WEIGHT [--write-card]

Photographs that were held out lose a tenth and a quarter: strokes, boxes, borders, words and scratches by chance. What
is filled in is compared with what was there: in SqueezeNet's features, and by PSNR inside the hole. Beside the network
stand both methods of OpenCV's `inpaint`, Telea's and Navier-Stokes. Cats lose an eye or an ear besides, and OpenCV's
cascades look for the face.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import tyro

from gan_models.errors import RequestError, TrainingError, one_line
from gan_models.loading import load
from gan_models.networks.inpaint import MULTIPLE
from gan_models.pictures.faces import opencv
from gan_models.pictures.images import contact_sheet, to_tensor
from gan_models.pictures.photo import Photo
from gan_models.repairing.filling import repair
from gan_models.weight.model import Model
from training.data.holes import BROAD, MOST_THIN, PIECES, draw_hole
from training.data.photos import split_photos
from training.evaluate import put_measures, sets_of
from training.losses.features import load_features
from training.losses.repair import features_apart
from training.measures import report
from training.measures.cats import cat_faces
from training.measures.report import Figure
from training.options import SAID, asked

SHARES = (0.10, 0.25)
"""Of a picture that is taken out."""
PHOTOS, CATS = 40, 100
MOST_SIDE = 256
"""Pixels of a side that are cut out of the middle of larger photographs."""
RADIUS = 3
"""Of OpenCV's methods, in pixels: what its own examples have."""
PARTS = {"left eye": (0.2, 0.34, 0.48, 0.6), "right eye": (0.52, 0.34, 0.8, 0.6)} | {
    "left ear": (0.0, 0.0, 0.4, 0.34),
    "right ear": (0.6, 0.0, 1.0, 0.34),
}
"""Where eyes and ears lie in AFHQ's cats: left, top, right and bottom as shares of the side."""
FEATURES, PSNR, FACES = "distance in features", "PSNR in the hole", "cat faces after repair"

Filler = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From a picture, uint8 (H, W, 3), and its hole, uint8 (H, W) of 0 and 1, to the picture without."""


@dataclass(frozen=True)
class Evaluation:
    """Measure how a weight fills holes in pictures that it did not see."""

    weight: Annotated[str, tyro.conf.Positional]
    """A name in weights/, or a folder."""
    data_root: Path = Path()
    """Folder that holds the sets which the card names."""
    feature_weights: Annotated[Path | None, SAID] = None
    """File of torchvision's SqueezeNet 1.1 (default: downloaded once)."""
    seed: int = 0
    """Of the holes."""
    cats: bool = False
    """The pictures are cats' faces: hide an eye or an ear, and look for the face."""
    sheet: Annotated[Path | None, SAID] = None
    """PNG to write: hole, network, Telea, Navier-Stokes and truth of every photograph, a row each."""
    overwrite: bool = False
    """Replace --sheet where it exists."""
    write_card: bool = False
    """Put the figures into the weight's card.json, in place of earlier ones of the same name and features."""


@dataclass(frozen=True)
class Case:
    """A picture, uint8 (H, W, 3), with a hole, uint8 (H, W) of 0 and 1, and what each filler makes of it, by name."""

    picture: np.ndarray
    hole: np.ndarray
    filled: Mapping[str, np.ndarray]


def evaluate(options: Evaluation, say: Callable[[str], None] = lambda line: None) -> list[Figure]:
    """Every figure, said as a table; raises AtelierError."""
    model = load(options.weight)
    if model.card.task != "repair":
        raise RequestError(f"{model.name} is made for {model.card.task}, not for repair; choose another weight.")
    pictures = held_out(model, options.data_root, CATS if options.cats else PHOTOS)
    fillers = {"network": network_filler(model), **peers()}
    eyes = load_features(options.feature_weights)
    rows = []
    for share in SHARES:
        cases = [case(picture, hole, fillers) for picture, hole in holed(pictures[:PHOTOS], share, options.seed)]
        rows += compared(cases, share, eyes, options.seed, say)
        if options.sheet:
            write_sheet(options.sheet.with_stem(f"{options.sheet.stem}-{share:.0%}".rstrip("%")), cases)
    if options.cats:
        rows += faces(pictures, fillers, options.seed, say)
    say(report.table(rows))
    if options.write_card:
        command = report.command_of(
            "evaluate_repair", model.name, seed=options.seed, cats=options.cats, feature_weights=options.feature_weights
        )
        put_measures(model.folder, tuple(row.measure(command) for row in rows))
    return rows


def held_out(model: Model, data_root: Path, most: int) -> list[np.ndarray]:
    """Up to `most` pictures that were kept back, of each set as many as the others allow: the middles of them."""
    sets = []
    for name in sets_of(model.card):
        pictures = split_photos(str(data_root / name), model.size)[1].pictures
        spaced = np.linspace(0, len(pictures) - 1, min(most, len(pictures))).round().astype(int)
        # Spread in any beginning of the row, too.
        sets.append([middle(pictures[row]) for row in np.random.default_rng(0).permutation(spaced)])
    rounds = (picture for turn in zip_longest(*sets) for picture in turn if picture is not None)
    return [picture for picture, _ in zip(rounds, range(most))]


def middle(picture: np.ndarray) -> np.ndarray:
    """The middle of a picture, at most MOST_SIDE a side, whose sides MULTIPLE divides."""
    height, width = (min(MOST_SIDE, side) // MULTIPLE * MULTIPLE for side in picture.shape[:2])
    top, left = ((side - kept) // 2 for side, kept in zip(picture.shape[:2], (height, width)))
    return picture[top : top + height, left : left + width]


def holed(pictures: Sequence[np.ndarray], share: float, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Each picture with a hole of that share, of every kind in turn that takes out so much."""
    kinds = [kind for kind in PIECES if share <= MOST_THIN or kind in BROAD]
    return [
        (picture, draw_hole(np.random.default_rng([seed, n]), *picture.shape[:2], share, kinds[n % len(kinds)]))
        for n, picture in enumerate(pictures)
    ]


def network_filler(model: Model) -> Filler:
    """The weight, as everyone uses it: large holes coarse to fine, the edge blended inwards."""
    return lambda picture, hole: repair(model, Photo(picture), hole > 0).colour


def peers() -> dict[str, Filler]:
    """OpenCV's methods; TrainingError without it."""
    try:
        cv2 = opencv()
    except ImportError as error:
        raise TrainingError(f"repairs are compared with OpenCV's ({error}): pip install opencv-python-headless.") from (
            error
        )
    methods = {"Telea": cv2.INPAINT_TELEA, "Navier-Stokes": cv2.INPAINT_NS}
    return {
        name: lambda picture, hole, method=method: cv2.inpaint(np.ascontiguousarray(picture), hole, RADIUS, method)
        for name, method in methods.items()
    }


def case(picture: np.ndarray, hole: np.ndarray, fillers: Mapping[str, Filler]) -> Case:
    """A picture filled by all."""
    return Case(picture, hole, {name: fill(picture, hole) for name, fill in fillers.items()})


def compared(
    cases: Sequence[Case], share: float, eyes: torch.nn.Module, seed: int, say: Callable[[str], None]
) -> list[Figure]:
    """Both figures of all fillers, said; the network's as rows, with the better of the others as the floor."""
    apart, likeness = ({name: np.array([of(c, name) for c in cases]) for name in cases[0].filled} for of in (
        lambda c, name: distance(eyes, c, name), psnr,
    ))  # fmt: skip
    say(f"{len(cases)} held-out pictures, {share:.0%} of each taken out:")
    for name in apart:
        say(f"  {name}: {FEATURES} {apart[name].mean():.4f}, {PSNR} {likeness[name].mean():.2f} dB")
    own, best = apart.pop("network"), min(each.mean() for each in apart.values())
    true, better = likeness.pop("network"), max(each.mean() for each in likeness.values())
    say(f"  {own.mean() / best - 1:+.0%} of the better one's distance, {true.mean() - better:+.2f} dB")
    words = f", {share:.0%} out"
    return [
        Figure(FEATURES + words, float(own.mean()), error_of(own), float(best), len(own), "squeezenet", seed),
        Figure(PSNR + words, float(true.mean()), error_of(true), float(better), len(true), "pixels", seed),
    ]


@torch.inference_mode()
def distance(eyes: torch.nn.Module, case: Case, name: str) -> float:
    """How far a filled picture lies from the true one in SqueezeNet's features."""
    one, true = (eyes(to_tensor(picture[None])) for picture in (case.filled[name], case.picture))
    return float(features_apart(one, true))


def psnr(case: Case, name: str) -> float:
    """In dB, of what lies in the hole."""
    away = (case.filled[name].astype(float) - case.picture)[case.hole > 0]
    return float(10 * np.log10(255**2 / max(np.square(away).mean(), 1e-3)))


def error_of(each: np.ndarray) -> float | None:
    """The standard error of a mean."""
    return float(each.std(ddof=1) / len(each) ** 0.5) if len(each) > 1 else None


def faces(
    pictures: Sequence[np.ndarray], fillers: Mapping[str, Filler], seed: int, say: Callable[[str], None]
) -> list[Figure]:
    """In how many cats' faces that lost an eye or an ear the cascades find a face again."""
    parts = list(PARTS.values())
    hidden = [(picture, part_hole(picture, parts[n % len(parts)])) for n, picture in enumerate(pictures)]
    shown = {
        "as they were": [p for p, _ in hidden],
        "with the hole": [np.where(h[:, :, None], 0, p) for p, h in hidden],
    }
    shown |= {name: [fill(*each) for each in hidden] for name, fill in fillers.items()}
    found = {name: cat_faces(np.stack(each)).astype(float) for name, each in shown.items()}
    say(f"{len(pictures)} held-out cats without an eye or an ear; the cascades see a face in:")
    for name, each in found.items():
        say(f"  {name}: {each.mean():.1%}")
    own, before = found["network"], found["as they were"]
    return [Figure(FACES, float(own.mean()), error_of(own), float(before.mean()), len(own), "cascades", seed)]


def part_hole(picture: np.ndarray, part: tuple[float, float, float, float]) -> np.ndarray:
    """The hole where a part of the face was, an ellipse, uint8 (H, W)."""
    height, width = picture.shape[:2]
    left, top, right, bottom = part
    y, x = np.mgrid[:height, :width]
    across = (x / width - (left + right) / 2) / (right - left), (y / height - (top + bottom) / 2) / (bottom - top)
    return (across[0] ** 2 + across[1] ** 2 < 0.25).astype(np.uint8)


def write_sheet(path: Path, cases: Sequence[Case]) -> None:
    """A PNG of all cases, each with its hole, filled by everyone, and as it was; two cases in a row."""
    from PIL import Image

    tiles, side = [], max(max(each.hole.shape) for each in cases)
    for each in cases:
        hole = np.where(each.hole[:, :, None] > 0, 255, each.picture).astype(np.uint8)
        for picture in (hole, *each.filled.values(), each.picture):
            tile = Image.new("RGB", (side, side), "white")
            tile.paste(Image.fromarray(picture))
            tiles.append(np.asarray(tile))
    Image.fromarray(contact_sheet(np.stack(tiles), columns=2 * len(tiles) // len(cases))).save(path)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        evaluate(asked(Evaluation, argv, "evaluate_repair"), print)


if __name__ == "__main__":
    main(sys.argv[1:])
