"""What dragging keeps: 24 seeded trials of one pair each, and the pace of a step.

A trial takes a point of a cat's face (by turns of an ear, an eye, the nose, the chin): the strongest corner (Shi and
Tomasi 1994) near its usual place in centred photographs. The target lies 6 to 12 px of 128 away, in any direction.
"""

from __future__ import annotations

import math
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import torch

from gan_models import drag
from gan_models.errors import TrainingError
from gan_models.latents.point import Point
from gan_models.loading import Model, load
from gan_models.pictures.faces import opencv
from gan_models.pictures.images import as_pillow, contact_sheet
from gan_models.sample import sample
from training.measures.cats import cat_faces
from training.options import SAID

USUAL = {"ear": (0.22, 0.18), "eye": (0.34, 0.50), "nose": (0.50, 0.66), "chin": (0.50, 0.80)}
"""x and y of the landmarks in shares of the side."""
AROUND = 0.08
LOOKED_AT = 192
LEAST, MOST = 6 / 128, 12 / 128
NEAR_BAR, FACE_BAR, PACE_BAR = 20, 22, 4.0
ALLOWED = 2 / 128


@dataclass(frozen=True)
class Drag:
    """Drag points of faces and say how many arrive, how many are faces still, and how fast."""

    weight: str = "stylegan2-cats-64"
    """A style-based weight of cats: a name in weights/ or a folder."""
    trials: int = 24
    """Pictures that are dragged, a landmark each."""
    steps: int = 150
    """Steps at most."""
    truncation: float = 0.7
    """Of the pictures."""
    seed: int = 5000
    """Of the first picture."""
    sheet: Annotated[Path | None, SAID] = None
    """Write each picture beside what became of it, as PNG."""


@dataclass(frozen=True)
class Trial:
    """What became of one: distance of handle and target at the end and the way asked for, in shares of the side."""

    landmark: str
    asked: float
    left: float
    steps: int
    pace: list[float]
    before: np.ndarray
    after: np.ndarray


def measure_drag(options: Drag) -> None:
    """Print a row for each trial, then the table of the bars."""
    model = load(options.weight)
    trials = [tried(model, options, number) for number in range(options.trials)]
    faces = cat_faces(np.stack([trial.after for trial in trials]))
    for trial, face in zip(trials, faces):
        far = f"{trial.asked * 128:4.1f} asked, {trial.left * 128:4.1f} left of 128"
        print(f"{trial.landmark:5} {far}, {trial.steps:3} steps, {'face' if face else 'no face'}")
    near = sum(trial.left <= ALLOWED for trial in trials)
    pace = 1 / statistics.median([seconds for trial in trials for seconds in trial.pace])
    print(
        f"{model.name}, seeds {options.seed} to {options.seed + options.trials - 1}, {torch.get_num_threads()} threads"
    )
    print(f"handles within 2 of 128 px {near:5} of {len(trials)} (bar {NEAR_BAR} of 24)")
    print(f"faces by the cascades      {faces.sum():5} of {len(trials)} (bar {FACE_BAR} of 24)")
    print(f"steps a second             {pace:5.1f} (bar {PACE_BAR:.0f}; drawn at each step)")
    if options.sheet:
        rows = [picture for trial in trials for picture in (trial.before, trial.after)]
        as_pillow(contact_sheet(np.stack(rows), 8)).save(options.sheet)


def tried(model: Model, options: Drag, number: int) -> Trial:
    """One trial."""
    landmark, chance = list(USUAL)[number % len(USUAL)], np.random.default_rng(number)
    point = Point(seed=options.seed + number, truncation=options.truncation)
    before = sample(model, [point])[0]
    handle = corner(before, USUAL[landmark])
    asked, turn = chance.uniform(LEAST, MOST), chance.uniform(0, 2 * math.pi)
    target = handle[0] + asked * math.cos(turn), handle[1] + asked * math.sin(turn)
    pull = drag.Pull.of(model, point, [[[at * model.size for at in place] for place in (handle, target)]])
    step, pace, since = drag.first_step(model, pull), [], time.perf_counter()
    for further in drag.steps(model, pull):
        step = further
        after = sample(model, [step.point(model, pull)])[0]
        pace.append(time.perf_counter() - since)
        since = time.perf_counter()
        if step.number >= options.steps:
            break
    left = math.dist(step.handles[0].tolist(), pull.pairs[0].target) / model.size
    return Trial(landmark, asked, left, step.number, pace, before, after)


def corner(picture: np.ndarray, usual: tuple[float, float]) -> tuple[float, float]:
    """x and y, in shares of the side, of the strongest corner near a usual place of uint8 (H, W, 3)."""
    try:
        cv2 = opencv()
    except ImportError as error:
        raise TrainingError(f"The landmarks need OpenCV 4 ({error}): pip install 'opencv-python-headless<5'.") from None
    large = cv2.resize(picture, (LOOKED_AT, LOOKED_AT), interpolation=cv2.INTER_CUBIC)
    strength = cv2.cornerMinEigenVal(cv2.cvtColor(large, cv2.COLOR_RGB2GRAY), 9)
    reach = round(AROUND * LOOKED_AT)
    left, top = (round(at * LOOKED_AT) - reach for at in usual)
    part = strength[top : top + 2 * reach, left : left + 2 * reach]
    y, x = np.unravel_index(part.argmax(), part.shape)
    return float(left + x + 0.5) / LOOKED_AT, float(top + y + 0.5) / LOOKED_AT
