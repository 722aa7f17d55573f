"""Measure an upscaler: python -m training.evaluate_sr WEIGHT --images DIR [--feature-weights FILE]

DIR holds pairs named as Set5's are, NAME_SRF_4_HR.png with NAME_SRF_4_LR.png or NAME_HR.png with NAME_LR.png, or
photographs, whose small pictures are then made by bicubic.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import tyro

from gan_models.errors import RequestError, TrainingError, one_line
from gan_models.loading import load
from gan_models.pictures.files import is_picture
from gan_models.pictures.images import open_picture
from gan_models.weight.card import CARD, Measure
from gan_models.weight.model import Model
from training.data.crops import whole
from training.data.degrade import bicubic, measured
from training.evaluate import put_measures
from training.measures.upscaling import Distance, bring_up, bring_up_by, feature_distance, lpips, means, measures
from training.options import SAID, asked

Say = Callable[[str], None]
UNITS = {"PSNR Y": "dB", "PSNR RGB": "dB", "consistency": "dB", "high-frequency energy": "% of the truth's"}
SEEDS = range(5)
"""Of the noise in --rescue."""


@dataclass(frozen=True)
class Evaluation:
    """Measure an upscaler on pictures it was not trained on, with bicubic and Lanczos beside it."""

    weight: Annotated[str, tyro.conf.Positional]
    """Name, folder or Hub repository of a weight that upscales; "bicubic" for interpolation alone."""
    images: Path
    """Folder of pairs or of photographs."""
    scale: Annotated[int | None, SAID] = None
    """How many times larger (default: the weight's; 4 for bicubic)."""
    feature_weights: Path | None = None
    """File of torchvision's SqueezeNet 1.1, for the feature distance."""
    rescue: bool = False
    """Make the small pictures by blur 1.2, bicubic, noise of 8 levels and JPEG 40, with five seeds."""
    bf16: bool = False
    """Compute in bfloat16 instead of float32."""
    write_card: bool = False
    """Put the means into the weight's card.json, in place of earlier ones on the same images."""


@dataclass(frozen=True)
class Trial:
    """One picture to measure on: its name, the small picture and the truth, uint8 (H, W, 3)."""

    name: str
    low: np.ndarray
    high: np.ndarray


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        options = asked(Evaluation, argv, "evaluate_sr")
        evaluate(options, print)


def evaluate(options: Evaluation, say: Say = lambda line: None) -> dict[str, dict[str, float]]:
    """Means of every figure by method ("bicubic", "lanczos" and the weight's name), said line by line."""
    model = None if options.weight == "bicubic" else upscaler(options.weight)
    if options.write_card and model is None:
        raise RequestError("bicubic has no card to write to: leave out --write-card.")
    scale = options.scale or (model.generator.scale if model else 4)
    if model and scale != model.generator.scale:
        raise RequestError(f"{model.name} makes pictures {model.generator.scale} times as large, not {scale} times.")
    pairs = paired(options.images, scale)
    trials = list(found(options.images, scale, options.rescue))
    say(f"{options.images.name}: {len(trials)} pictures, x{scale}{', rescue' if options.rescue else ''}")
    if pairs and not options.rescue:
        say(reproduction(trials, scale))
    ways = {"bicubic": bring_up("bicubic"), "lanczos": bring_up("lanczos")}
    ways |= {model.name: bring_up_by(model.generator, options.bf16)} if model else {}
    distances = further(options.feature_weights, say)
    results = {name: measured_by(name, up, trials, scale, distances, say) for name, up in ways.items()}
    say(table(results))
    if options.write_card:
        write_card(model, options, results, len(trials))
        say(f"{len(results[model.name])} figures are in {model.folder / CARD}")
    return results


def upscaler(weight: str) -> Model:
    """The weight; RequestError where it is made for another task."""
    model = load(weight)
    if model.card.task != "upscale":
        raise RequestError(f"{weight} is made for {model.card.task}: training.evaluate_sr measures upscalers.")
    return model


def found(folder: Path, scale: int, rescue: bool) -> Iterator[Trial]:
    """The pairs in a folder for this scale or, where it holds none, its photographs brought down."""
    pairs = paired(folder, scale)
    singles = [path for path in pictures(folder) if not re.search(r"_(HR|LR)$", path.stem)]
    if not pairs and not singles:
        raise RequestError(
            f"{folder} holds neither pairs NAME_SRF_{scale}_HR.png with ..._LR.png nor photographs; give one that does."
        )
    for path in pairs or singles:
        high = whole(open_picture(path), scale)
        if rescue:
            for seed in SEEDS:
                yield Trial(f"{path.stem}, seed {seed}", measured(high, scale, np.random.default_rng(seed)), high)
            continue
        low = open_picture(small_twin(path, scale)) if pairs else bicubic(high, scale)
        if low.shape[0] * scale != high.shape[0] or low.shape[1] * scale != high.shape[1]:
            sizes = f"{low.shape[1]}x{low.shape[0]} and {high.shape[1]}x{high.shape[0]}"
            raise RequestError(f"{path.name} and its small picture are {sizes}; expected a ratio of {scale}.")
        yield Trial(path.stem, low, high)


def paired(folder: Path, scale: int) -> list[Path]:
    """The high-resolution files that have a low-resolution one of this scale beside them."""
    return [path for path in pictures(folder) if (twin := small_twin(path, scale)) and twin.exists()]


def pictures(folder: Path) -> list[Path]:
    """The picture files of a folder."""
    return sorted(path for path in folder.glob("*") if path.is_file() and is_picture(path.name))


def small_twin(path: Path, scale: int) -> Path | None:
    """The low-resolution file of a high-resolution one, by its name; None for other names and other scales."""
    if not path.stem.endswith("_HR"):
        return None
    ratio = re.search(r"_SRF_(\d+)_HR$", path.stem)
    if ratio and int(ratio[1]) != scale:
        return None
    return path.with_name(f"{path.stem[:-3]}_LR{path.suffix}")


def reproduction(trials: Sequence[Trial], scale: int) -> str:
    """How our bicubic reproduces the small pictures given."""
    apart = [np.abs(bicubic(trial.high, scale).astype(int) - trial.low).ravel() for trial in trials]
    levels = np.concatenate(apart)
    shares = f"{(levels == 0).mean():.2%} equal, {(levels <= 1).mean():.2%} within one level"
    return f"our bicubic against the small pictures: {shares}, at most {levels.max()}"


def further(weights: Path | None, say: Say) -> dict[str, Distance]:
    """The distances that need networks of others, where those are at hand."""
    distances = {"feature distance": feature_distance(weights)} if weights else {}
    try:
        return distances | {"LPIPS": lpips()}
    except TrainingError as error:
        say(f"no LPIPS: {error}")
        return distances


def measured_by(
    name: str,
    up: Callable[[np.ndarray, int], np.ndarray],
    trials: Sequence[Trial],
    scale: int,
    distances: dict[str, Distance],
    say: Say,
) -> dict[str, float]:
    """The means of one method; every figure of each picture is said."""
    rows = []
    for trial in trials:
        picture = up(trial.low, scale)
        row = measures(picture, trial.high, trial.low, scale)
        row |= {kind: distance(picture, trial.high) for kind, distance in distances.items()}
        said = (f"{kind} {value:.{2 if kind in UNITS else 4}f}" for kind, value in row.items())
        say(f"  {name:<18} {trial.name:<28} {', '.join(said)}")
        rows.append(row)
    return means(rows)


def table(results: dict[str, dict[str, float]]) -> str:
    """Means as lines of text, a column a method."""
    names = list(results)
    lines = [f"{'mean':<24}" + "".join(f"{name:>18}" for name in names)]
    for kind in results[names[0]]:
        cells = "".join(f"{results[name][kind]:>18.4f}" for name in names)
        lines.append(f"{kind:<24}{cells}  {UNITS.get(kind, '')}".rstrip())
    return "\n".join(lines)


def write_card(model: Model, options: Evaluation, results: dict[str, dict[str, float]], n: int) -> None:
    """The means into the card, bicubic's as their floor."""
    words = ["python", "-m", "training.evaluate_sr", model.name, "--images", options.images.name]
    words += ["--rescue"] * options.rescue + ["--bf16"] * options.bf16
    words += ["--feature-weights", options.feature_weights.name] if options.feature_weights else []
    command = shlex.join(words)
    images = f"{options.images.name} x{model.generator.scale}{' rescue' if options.rescue else ''}"
    floor = results["bicubic"]
    rows = (
        Measure(name, round(value, 4), None, round(floor[name], 4), n, images, 0, command)
        for name, value in results[model.name].items()
    )
    put_measures(model.folder, tuple(rows))


if __name__ == "__main__":
    main()
