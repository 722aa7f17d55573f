"""Every family that draws from latents on one set at one budget: equal minutes of one thread, one table.

Each plays as its entry has it play on such data: against the projected discriminator on folders of colour photographs,
against its own elsewhere. What is done already is not done again: runs go on, and figures lie beside them.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Annotated, Any

from gan_models.errors import TrainingError
from gan_models.files import swapped
from gan_models.networks import FAMILIES
from gan_models.weight.card import plain_name
from training.data import NAMES
from training.evaluate import Evaluation, evaluate
from training.export import export
from training.measures.cats import FACES
from training.measures.report import FRECHET, RECALL
from training.options import SAID

# Without those that read sentences, which a set of pictures alone has none of.
SAMPLING = tuple(
    name
    for name, row in FAMILIES.items()
    if row.task == "sample" and "words" not in {field.name for field in fields(row.config)}
)
FIGURES = "figures.json"
HEAD = (
    f"{'family':<11}{'played':<24}{'pictures':>10}{'distance':>11}{'±':>7}{'floor':>7}{'recall':>8}{'faces':>7}  seed"
)


@dataclass(frozen=True)
class FamiliesBench:
    """Train every sampling family for the same minutes of one thread and compare what each draws."""

    data: str = "afhq-cat-128.zip"
    """The set: a folder or zip, mnist or fashion-mnist."""
    size: int | None = None
    """Side of the pictures in pixels (default: 32 for MNIST and Fashion-MNIST, which style-based networks need)."""
    minutes: float = 30.0
    """Minutes of each training, on one thread: give it a machine with nothing else to do."""
    at_once: int = 1
    """Trainings that run beside each other, on a thread each: no more than there are cores."""
    families: Annotated[tuple[str, ...], SAID] = SAMPLING
    """Which of them (default: all)."""
    seeds: tuple[int, ...] = (0,)
    """A training of each family with each; then the table ends with the means."""
    features: str | None = None
    """What judges (see training.evaluate; default: the features that fit the set)."""
    n: int | None = None
    """Samples that are judged (default: as many as there are real pictures for the floor)."""
    cats: bool = False
    """Also: the share of samples on which cat-face cascades fire."""
    out: Path = Path("runs/families")
    """Folder for runs, weights and figures; the same command goes on there."""
    data_root: Path | None = None
    """Folder that holds MNIST and Fashion-MNIST already."""
    feature_weights: Annotated[Path | None, SAID] = None
    """File of torchvision's SqueezeNet 1.1 for the projected discriminator (default: downloaded once)."""


@dataclass(frozen=True)
class Row:
    """What one training came to; `distance` is the Fréchet distance, `faces` None where nobody asked."""

    family: str
    method: str
    seed: int
    pictures: int
    minutes: float
    distance: float
    spread: float
    floor: float
    recall: float
    faces: float | None = None

    def line(self) -> str:
        """Its line of the table."""
        faces = "" if self.faces is None else f"{self.faces:.1%}"
        figures = f"{self.distance:>11.2f}{self.spread:>7.2f}{self.floor:>7.2f}{self.recall:>8.3f}{faces:>7}"
        seed = "mean" if self.seed < 0 else self.seed
        return (
            f"{self.family:<11}{self.method.removeprefix(self.family + '-'):<24}{self.pictures:>10,}{figures}  {seed}"
        )


def compare(options: FamiliesBench, say: Callable[[str], None] = print) -> list[Row]:
    """Train, measure, print the table, the nearest to the real pictures first; TrainingError for what cannot be."""
    if unknown := [name for name in options.families if name not in SAMPLING]:
        raise TrainingError(f"There is no sampling family {unknown[0]!r}; choose of {', '.join(SAMPLING)}.")
    if options.at_once < 1 or not options.minutes > 0:
        raise TrainingError(f"--at-once is {options.at_once}, --minutes {options.minutes:g}; both are above zero.")
    trials = [(family, seed) for seed in options.seeds for family in options.families]
    with ThreadPoolExecutor(options.at_once) as pool:
        list(pool.map(lambda trial: train(options, *trial), (t for t in trials if known(options, *t) is None)))
    rows = [known(options, *trial) or measured(options, *trial) for trial in trials]
    means = [mean([row for row in rows if row.family == name]) for name in options.families if len(options.seeds) > 1]
    say(f"{options.data}, {options.minutes:g} minutes of one thread each")
    say(HEAD)
    for table in (rows, means):
        for row in sorted(table, key=lambda row: row.distance):
            say(row.line())
    return rows


def folder_of(options: FamiliesBench, family: str, seed: int) -> Path:
    """The run folder of a family's training with a seed."""
    return options.out / plain_name(f"{Path(options.data).stem}-{options.minutes:g}-{family}-{seed}")


def asked(options: FamiliesBench) -> dict[str, Any]:
    """How it is measured, as `training.evaluate` takes it."""
    return {"n": options.n, "features": options.features, "cats": options.cats}


def known(options: FamiliesBench, family: str, seed: int) -> Row | None:
    """What was measured before in the same way, if it was."""
    figures = folder_of(options, family, seed) / FIGURES
    if not figures.exists():
        return None
    found = json.loads(figures.read_text(encoding="utf-8"))
    return Row(**found["row"]) if found["asked"] == asked(options) else None


def measured(options: FamiliesBench, family: str, seed: int) -> Row:
    """A trained family's figures, which from now on lie beside its run."""
    folder = folder_of(options, family, seed)
    weight = options.out / "weights" / folder.name
    card = export(folder, weight, overwrite=True)
    root = {} if options.data_root is None else {"data_root": options.data_root}
    seen = {figure.name: figure for figure in evaluate(Evaluation(str(weight), **asked(options), **root))}
    made, distance = card.making, seen[FRECHET]
    row = Row(
        family, card.method, seed, made.images, made.seconds / 60, distance.value, distance.spread or 0.0,
        distance.floor or 0.0, seen[RECALL].value, seen[FACES].value if options.cats else None,
    )  # fmt: skip
    with swapped(folder / FIGURES) as file:
        file.write(json.dumps({"asked": asked(options), "row": asdict(row)}, indent=1).encode())
    return row


def train(options: FamiliesBench, family: str, seed: int) -> None:
    """Train in a process of its own, on one thread; a run that was begun goes on to its minutes."""
    size = options.size or (32 if options.data in NAMES else 64)
    given = {
        "data": options.data,
        "size": size,
        "minutes": f"{options.minutes:g}",
        "seed": seed,
        "run": folder_of(options, family, seed),
        "data-root": options.data_root,
        "feature-weights": None if family == "vanilla" else options.feature_weights,
    }
    flags = [word for name, value in given.items() if value is not None for word in (f"--{name}", str(value))]
    command = [sys.executable, "-m", f"training.train_{family}", *flags]
    if subprocess.run(command, env=os.environ | {"OMP_NUM_THREADS": "1"}).returncode:
        raise TrainingError(f"The training of {family} with seed {seed} ended early; see above why.")


def mean(rows: Sequence[Row]) -> Row:
    """The means over seeds of one family's rows; the spread is the deviation over the seeds."""
    average = lambda name: statistics.fmean(getattr(row, name) for row in rows)  # noqa: E731
    first, faces = rows[0], None if rows[0].faces is None else average("faces")
    apart = statistics.stdev(row.distance for row in rows)
    figures = average("distance"), apart, average("floor"), average("recall"), faces
    return Row(first.family, first.method, -1, round(average("pictures")), average("minutes"), *figures)
