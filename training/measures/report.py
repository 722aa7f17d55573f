"""Figures with everything it takes to read them: n, features, seed, a spread and the floor."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from gan_models.weight.card import Measure
from training.measures.classifier import RealFeatures
from training.measures.distances import (
    SUBSET,
    classifier_score,
    density_coverage,
    frechet,
    kernel,
    precision_recall,
)
from training.measures.features import Features

FRECHET, KERNEL, SCORE = "Fréchet distance", "kernel distance", "classifier score"
PRECISION, RECALL, DENSITY, COVERAGE = "precision", "recall", "density", "coverage"
# only with Inception's features may these three carry the names that published figures have
INCEPTION_NAMES = {FRECHET: "FID", KERNEL: "KID", SCORE: "IS"}


@dataclass(frozen=True)
class Figure:
    """One measured figure; spread: deviation over resamplings; floor: real against other real images.

    n: how many samples; floor_n: how many real images stood in their place for the floor, as many where there
    are.
    """

    name: str
    value: float
    spread: float | None = None
    floor: float | None = None
    n: int = 0
    features: str = ""
    seed: int = 0
    floor_n: int = 0

    def measure(self, command: str) -> Measure:
        """This figure as it stands in a card."""
        floor = None if self.floor is None else round(self.floor, 6)
        spread = None if self.spread is None else round(self.spread, 6)
        return Measure(
            name=self.name,
            value=round(self.value, 6),
            spread=spread,
            floor=floor,
            n=self.n,
            features=self.features,
            seed=self.seed,
            command=command,
        )


def figures(
    samples: Features,
    real: RealFeatures,
    *,
    features: str,
    seed: int = 0,
    resamplings: int = 8,
    logits: Callable[[torch.Tensor], torch.Tensor] | None = None,
) -> list[Figure]:
    """Every distance of samples from real images.

    The Fréchet and kernel distances use all of `real.reference`; the four that count neighbours use equally
    many of both sides. The spread is the deviation over half-samples of both sides drawn without replacement
    (the delete-half jackknife, which estimates the error of the whole), of the kernel distance (from 2000 images a
    side on: of fewer its subsets are nearly all, and hardly differ) and the classifier score over their own
    subsets. logits: what turns real features into class logits, for the score's floor.
    """
    count = min(len(samples), len(real.other))
    other = real.other[_chosen(len(real.other), count, seed)]
    values, own = _all(samples.features, real.reference, seed)
    floors, _ = _all(other, real.reference, seed)
    spreads = _spread(samples.features, real.reference, seed, resamplings) | own
    values[SCORE], spreads[SCORE] = classifier_score(samples.logits, seed=seed)
    if logits is not None:
        floors[SCORE] = classifier_score(logits(other), seed=seed)[0]
    return [
        Figure(name, value, spreads.get(name), floors.get(name), len(samples), features, seed, count)
        for name, value in values.items()
    ]


def renamed(figure: Figure) -> Figure:
    """The figure under the name that it has with Inception's features."""
    return replace(figure, name=INCEPTION_NAMES.get(figure.name, figure.name))


def _all(samples: torch.Tensor, real: torch.Tensor, seed: int) -> tuple[dict[str, float], dict[str, float]]:
    """Every distance, and the deviation of the kernel distance over its subsets where these are parts."""
    mean, deviation = kernel(samples, real, seed=seed)
    values = {FRECHET: frechet(samples, real), KERNEL: mean} | _neighbourly(samples, real, seed)
    return values, {KERNEL: deviation} if min(len(samples), len(real)) >= 2 * SUBSET else {}


def _neighbourly(samples: torch.Tensor, reference: torch.Tensor, seed: int) -> dict[str, float]:
    """Precision, recall, density and coverage at equally many images a side: they mean nothing else."""
    count = min(len(samples), len(reference))
    one = samples[_chosen(len(samples), count, seed)]
    two = reference[_chosen(len(reference), count, seed)]
    precision, recall = precision_recall(one, two)
    density, coverage = density_coverage(one, two)
    return {PRECISION: precision, RECALL: recall, DENSITY: density, COVERAGE: coverage}


def over_halves(measure: Callable[[torch.Tensor], float], count: int, seed: int, resamplings: int) -> float | None:
    """The deviation of `measure` over random halves of `count` samples, given as indices; None for fewer than two."""
    rounds = [measure(_chosen(count, count // 2, 1000 * (seed + 1) + number)) for number in range(resamplings)]
    return torch.tensor(rounds).std().item() if resamplings > 1 else None


def _spread(samples: torch.Tensor, reference: torch.Tensor, seed: int, resamplings: int) -> dict[str, float]:
    """The deviation of each measure over random halves of both sides; empty without resamplings."""
    rounds: list[dict[str, float]] = []
    for number in range(resamplings):
        own = 1000 * (seed + 1) + number
        one = samples[_chosen(len(samples), len(samples) // 2, own)]
        two = reference[_chosen(len(reference), len(reference) // 2, own + 500)]
        whole = kernel(one, two, subsets=1, seed=own)[0]
        rounds.append({FRECHET: frechet(one, two), KERNEL: whole} | _neighbourly(one, two, own))
    if len(rounds) < 2:
        return {}
    return {name: torch.tensor([r[name] for r in rounds]).std().item() for name in rounds[0]}


def _chosen(total: int, count: int, seed: int) -> torch.Tensor:
    return torch.randperm(total, generator=torch.Generator().manual_seed(seed))[:count]


def command_of(entry: str, name: str, **options: object) -> str:
    """The command that gives a weight's figures again, by its options; those unset are left out, of paths all but the
    names, so that it holds on another machine."""
    words = ["python", "-m", f"training.{entry}", name]
    for option, value in options.items():
        if value is not None and value is not False:
            flag = f"--{option.replace('_', '-')}"
            words += [flag] if value is True else [flag, value.name if isinstance(value, Path) else str(value)]
    return shlex.join(words)


def table(rows: list[Figure]) -> str:
    """The figures as lines of text: value, spread, floor with its n, and what they were measured with."""
    lines = [f"{'measure':<26}{'value':>10}{'spread':>11}{'floor':>10}   with"]
    for row in rows:
        spread = "" if row.spread is None else f"± {row.spread:.4f}"
        floor = "" if row.floor is None else f"{row.floor:.4f}"
        with_ = f"n {row.n}, features {row.features or 'none'}, seed {row.seed}"
        if row.floor is not None and row.floor_n not in (0, row.n):
            with_ += f"; floor at n {row.floor_n}"
        lines.append(f"{row.name:<26}{row.value:>10.4f}{spread:>11}{floor:>10}   {with_}")
    return "\n".join(lines)
