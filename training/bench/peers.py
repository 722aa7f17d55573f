"""Equal processor time: our networks against samples that other public implementations gave after as much of it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gan_models.errors import TrainingError
from training.evaluate import Evaluation, evaluate
from training.export import export
from training.measures.report import COVERAGE, FRECHET

ALLOWED = 600.0
"""Processor seconds that the peers had, start-up and reading of data included."""
RUNS = {
    ("dcgan", "mnist"): ("train_dcgan", "--preset", "dcgan-mnist"),
    ("dcgan", "fashion"): ("train_dcgan", "--preset", "dcgan-fashion"),
    ("vanilla", "mnist"): ("train_vanilla", "--preset", "vanilla-mnist"),
    ("vanilla", "fashion"): ("train_vanilla", "--preset", "vanilla-mnist", "--data", "fashion-mnist"),
}


@dataclass(frozen=True)
class Peers:
    """Train at equal processor time with several seeds and compare with samples of other implementations."""

    peers: Path
    """Folder of their samples, NAME-SET.npz with `images`."""
    data: Literal["mnist", "fashion"] = "mnist"
    """The set, and the features that judge."""
    family: Literal["dcgan", "vanilla"] = "dcgan"
    """dcgan meets every peer in distance and coverage; vanilla meets the simple GANs (gan-*) in distance."""
    seeds: tuple[int, ...] = (0, 1, 2)
    """A training of each; the worst counts."""
    minutes: float = 9.7
    """Of training on one thread; start-up and reading of data take the rest of ten processor minutes."""
    n: int = 3000
    """Samples that are judged, as many as the peers gave."""
    out: Path = Path("runs/peers")
    """Folder for runs and weights."""
    data_root: Path | None = None
    """Folder that holds MNIST and Fashion-MNIST already."""


@dataclass(frozen=True)
class Result:
    """One set of samples: the Fréchet distance, lower is better, and the coverage, higher is better."""

    name: str
    distance: float
    coverage: float
    seconds: float = ALLOWED


def compare(options: Peers) -> None:
    """Train, measure everybody by the same features, print, and say whether our worst beats every peer."""
    pattern = f"gan-*-{options.data}.npz" if options.family == "vanilla" else f"*-{options.data}.npz"
    files = sorted(options.peers.glob(pattern))
    if not files:
        raise TrainingError(f"{options.peers} holds no {pattern}; --peers names the folder of the others' samples.")
    refuse_begun(options)
    theirs = [measured(str(file), file.stem, options, ALLOWED) for file in files]
    ours = [measured(str(folder), folder.name, options, seconds) for folder, seconds in trained(options)]
    for result in (*ours, *theirs):
        figures = f"{result.distance:8.2f} distance {result.coverage:8.3f} coverage"
        print(f"{result.name:32}{figures} {result.seconds:6.0f} processor seconds")
    print(verdict(ours, theirs, options.family == "dcgan"))


def run_of(options: Peers, seed: int) -> Path:
    """The run folder of a seed."""
    return options.out / f"{options.family}-{options.data}-{seed}"


def refuse_begun(options: Peers) -> None:
    """TrainingError where a run folder is there already: what it was given before would not be counted."""
    for folder in (run_of(options, seed) for seed in options.seeds):
        if folder.exists():
            raise TrainingError(
                f"{folder} holds a training already, whose processor time would not count; "
                "remove it or give another --out."
            )


def trained(options: Peers) -> list[tuple[Path, float]]:
    """The weight of each seed and the processor seconds that its training took."""
    made = []
    for seed in options.seeds:
        run = run_of(options, seed)
        weight = options.out / "weights" / run.name
        seconds = train(options, seed, run)
        export(run, weight)
        made.append((weight, seconds))
    return made


def train(options: Peers, seed: int, run: Path) -> float:
    """One training in a process of its own, on one thread; the processor seconds it took from start to end."""
    entry, *flags = RUNS[options.family, options.data]
    flags += ["--seed", str(seed), "--minutes", str(options.minutes), "--run", str(run)]
    flags += ["--data-root", str(options.data_root)] if options.data_root else []
    before = os.times()
    command = [sys.executable, "-m", f"training.{entry}", *flags]
    if subprocess.run(command, env=os.environ | {"OMP_NUM_THREADS": "1"}).returncode:
        raise TrainingError(f"The training of seed {seed} ended early, so there is nothing to compare; see above why.")
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


def measured(subject: str, name: str, options: Peers, seconds: float) -> Result:
    """The two figures of a weight or of an npz."""
    rows = {row.name: row.value for row in evaluate(Evaluation(subject, features=options.data, n=options.n))}
    return Result(name, rows[FRECHET], rows[COVERAGE], seconds)


def verdict(ours: list[Result], theirs: list[Result], by_coverage: bool) -> str:
    """Whether our worst result is better than every peer's best, in words; more than the time allowed is none."""
    late = [result.name for result in ours if result.seconds > ALLOWED]
    if late:
        return f"No comparison: {', '.join(late)} took more than {ALLOWED:.0f} processor seconds; lower --minutes."
    worst, best = max(r.distance for r in ours), min(r.distance for r in theirs)
    told = [f"worst distance {worst:.2f}, the peers' best {best:.2f}: {'kept' if worst < best else 'missed'}"]
    if by_coverage:
        worst, best = min(r.coverage for r in ours), max(r.coverage for r in theirs)
        told.append(f"worst coverage {worst:.3f}, the peers' best {best:.3f}: {'kept' if worst > best else 'missed'}")
    return "; ".join(told)
