"""What projecting keeps: how near held-out photographs come, and whether pictures of other things are called so.

Held out are photographs that neither the encoder nor the `photos` network learned from (train_encoder.HELD); the
generator may have: its card says what it kept back, and the first line printed repeats it.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from gan_models import perception, project
from gan_models.errors import TrainingError
from gan_models.loading import Model, load
from gan_models.pictures.images import from_levels
from gan_models.pictures.photo import Photo
from gan_models.sample import sample
from training.data import held_out, load_set
from training.train_encoder import HELD

OTHERS = ("clothing-144.zip", "facades-128.zip", "flowers-144.zip", "photos-bsds300.zip")
BARS = {"encoder": 0.75, "10 s": 0.55, "60 s": 0.45}
CALLED_BAR, MISCALLED_BAR = 18, 2


@dataclass(frozen=True)
class Project:
    """Project held-out photographs and pictures of other things; say how near they come and what they are called."""

    weight: str = "stylegan2-cats-64"
    """A style-based weight: a name in weights/ or a folder."""
    data: Path = Path("data/afhq-cat-128.zip")
    """The photographs, some of which the encoder did not learn from."""
    others: Path = Path("data")
    """Folder with clothing-144.zip, facades-128.zip, flowers-144.zip and photos-bsds300.zip."""
    count: int = 20
    """Photographs, and pictures of other things."""
    seconds: tuple[float, ...] = (10.0, 60.0)
    """Of the processor, after which the distance is taken."""
    seed: int = 0
    """Chooses the pictures."""


def measure_project(options: Project) -> None:
    """Print a row for each photograph, then the table of the bars."""
    model = load(options.weight)
    if not model.layers:
        raise TrainingError(f"{model.name} has no styles to project into; give a style-based weight.")
    kept = held_out(load_set(options.data, size=model.size, channels=model.channels), HELD)[1]
    images = from_levels(kept.images[:])
    random = float(perception.distance(perception.maps(images), perception.maps(images.roll(1, 0))).mean())
    chosen = np.random.default_rng(options.seed).permutation(len(kept))[: options.count]
    seen = "recorded" if model.card.data.held_out else "not recorded: it may have learned from all of these"
    print(f"{model.name}, {options.count} of {len(kept)} held-out photographs, seed {options.seed}")
    print(f"held out from encoder and `photos`; from the generator {seen}; {torch.get_num_threads()} threads")
    rows = []
    for index in chosen:
        rows.append(nearness(model, kept.images[int(index)].permute(1, 2, 0).numpy(), options.seconds))
        print(f"photograph {index:4}: " + ", ".join(f"{far / random:.2f} ({steps} steps)" for far, steps in rows[-1]))
    for place, name in enumerate(["encoder", *(f"{seconds:g} s" for seconds in options.seconds)]):
        mean = statistics.fmean(row[place][0] for row in rows) / random
        spread = statistics.stdev(row[place][0] for row in rows) / random if len(rows) > 1 else 0.0
        print(f"after {name:8} {mean:.2f} ± {spread:.2f} (bar {BARS.get(name, '-')})")
    called(model, kept.images[torch.from_numpy(chosen)], options)


def nearness(model: Model, picture: np.ndarray, seconds: tuple[float, ...]) -> list[tuple[float, int]]:
    """The perceptual distance at the start and after so many seconds of the processor, with the steps done."""
    target = project.Target.of(model, picture)
    found = [(project.error_now(model, target, project.begin(model, target)), 0)]
    for limit in seconds:
        # The rates fall towards an end that is known, so each time is a projection of its own, at the pace seen first.
        pace = pace_of(model, target)
        total = max(1, min(project.MOST_STEPS, int(limit / pace)))
        *_, stage = project.steps(model, target, project.begin(model, target, total))
        found.append((project.error_now(model, target, stage), stage.number))
    return found


def pace_of(model: Model, target: project.Target, count: int = 4) -> float:
    """Seconds of the processor that a step takes."""
    stage = project.begin(model, target, count)
    begun = time.process_time()
    for _ in project.steps(model, target, stage):
        pass
    return (time.process_time() - begun) / count


def called(model: Model, photographs: torch.Tensor, options: Project) -> None:
    """Print how many photographs and pictures of other things are called none of this model's."""
    if model.held_out is None:
        print("nothing is called anything: the weight has no encoder (training.train_encoder)")
        return
    own = [picture.permute(1, 2, 0).numpy() for picture in photographs]
    others = list(strangers(model, options))
    for name, pictures, bar in (("photographs", own, MISCALLED_BAR), ("other pictures", others, CALLED_BAR)):
        unlike = sum(bool(verdict(model, picture).unlike) for picture in pictures)
        print(f"{name:15} called none of the model's: {unlike:2} of {len(pictures)} (bar {bar} of 20)")


def verdict(model: Model, picture: np.ndarray) -> project.Error:
    """What is said of a picture before anything is optimised: of what it is a picture does not hang on that."""
    target = project.Target.of(model, picture)
    drawn = sample(model, [project.begin(model, target).point(model)])[0]
    return project.error(model, target, drawn)


def strangers(model: Model, options: Project) -> list[np.ndarray]:
    """Pictures of other things, cut as a visitor's would be: the same number of each set."""
    found = []
    for name in OTHERS:
        data = load_set(options.others / name, size=128, channels=3, split="test" if "clothing" in name else "train")
        few = np.random.default_rng(options.seed).permutation(len(data))[: -(-options.count // len(OTHERS))]
        for index in few:
            photo = Photo(data.images[int(index)].permute(1, 2, 0).numpy())
            found.append(project.aligned(photo, project.suggested(photo)[0], model))
    return found[: options.count]
