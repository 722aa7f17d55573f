"""How well persons are drawn in other poses: python -m training.evaluate_pose WEIGHT [--write-card]

Figures and poses that no training saw. A small network that was taught where the joints of truly drawn figures are
looks for them in what the weight draws; the colours of each part say whether it is the same person; and in a film of
somebody who walks it is measured how much the ground changes where nobody is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import torch
import tyro
from torch import Tensor

from gan_models.errors import RequestError, TrainingError, one_line
from gan_models.loading import load
from gan_models.pictures.images import fine_levels, to_tensor
from gan_models.puppets.skeleton import draw_skeleton
from gan_models.weight.card import Measure
from gan_models.weight.model import Model
from training.data.figures import HELD_OUT, Figure
from training.data.puppets import picture
from training.data.stances import Stance, walk
from training.evaluate import put_measures
from training.measures import puppets
from training.measures.puppets import Finder
from training.measures.report import command_of
from training.options import asked

NEAR = 4.0
"""Pixels within which a joint counts as found again."""
AFTER = 1_000
"""Held-out figures before the first one that is measured: those are watched, and shipped to choose from."""
POSES = 10
"""Poses of each person who is to be recognised."""


@dataclass(frozen=True)
class Evaluation:
    """What to measure, and with how many figures."""

    weight: Annotated[str, tyro.conf.Positional]
    """A weight that draws persons in poses: a name in weights/, or a folder."""
    n: int = 200
    """Figures, in a pose each."""
    persons: int = 20
    """Figures who are to be recognised in ten poses each."""
    films: int = 8
    """Films of somebody who walks."""
    frames: int = 48
    """Of each film."""
    seed: int = 0
    """Of the poses, and of who looks for joints."""
    write_card: bool = False
    """Put the figures into the weight's card.json, in place of earlier ones of the same name and features."""


@dataclass(frozen=True)
class Shown:
    """True pictures (N, 3, S, S), what was drawn of them, and their joints (N, 15, 2)."""

    true: Tensor
    drawn: Tensor
    joints: Tensor


def evaluate(
    options: Evaluation, say: Callable[[str], None] = print, finder: Finder | None = None
) -> tuple[Measure, ...]:
    """The figures, told as they are found; `finder`: who looks for joints, by default taught anew."""
    model = load(options.weight)
    if model.card.task != "pose":
        raise RequestError(f"{model.name} is made for {model.card.task}; give a weight that draws persons in poses.")
    if min(options.n, options.persons, options.films) < 1 or options.frames < 2:
        raise TrainingError("Give at least one figure, one person and one film of two frames.")
    finder = puppets.taught(options.seed) if finder is None else finder
    command = command_of("evaluate_pose", model.name, n=options.n, persons=options.persons, seed=options.seed)
    common = {"seed": options.seed, "command": command}
    shown = in_a_pose(model, range(options.n), options.seed)
    found, floor = (apart(finder, pictures, shown.joints) for pictures in (shown.drawn, shown.true))
    share, own = ((one <= NEAR).float().mean().item() for one in (found, floor))
    say(f"{model.name}: {options.n} unseen figures in an unseen pose each, seed {options.seed}")
    say(
        f"joints found within {NEAR:g} px: {share:.1%} (bar 90 %), median {found.median():.1f} px; of the true "
        f"pictures {own:.1%}, median {floor.median():.1f} px"
    )
    likeness = levels_apart(shown)
    say(f"levels apart from the true pictures: {likeness.mean():.2f} ± {likeness.std():.2f} of 255")
    right, best = recognised(model, options)
    say(
        f"recognised by the colours of their parts in {POSES} poses, of {options.persons} persons: {right:.1%}; true "
        f"pictures {best:.1%}, by chance {1 / options.persons:.1%}"
    )
    still = torch.tensor([flicker(model, number, options.frames) for number in range(options.films)])
    say(f"flicker of still ground in {options.films} walking films: {still.mean():.2f} levels, most {still.max():.2f}")
    say(f"a frame takes {1000 * seconds(model):.0f} ms on {torch.get_num_threads()} threads (bar 2 levels, 100 ms)")
    spread = still.std().item() if options.films > 1 else None
    poses = {"n": options.n, "features": "joints regressor", **common}
    return (
        Measure("joints within 4 px", share, (found <= NEAR).float().mean(1).std().item(), own, **poses),
        Measure("same person", right, None, best, options.persons * POSES, "colours of parts", **common),
        Measure("levels of flicker", still.mean().item(), spread, None, options.films, "walking films", **common),
    )


def in_a_pose(model: Model, numbers: range, seed: int, poses: int = 1) -> Shown:
    """Held-out figures, each in as many poses by chance, known by a picture in another pose."""
    true, drawn, joints = [], [], []
    for number in numbers:
        figure = Figure.number(HELD_OUT + AFTER + number)
        dice = np.random.default_rng([seed, number, HELD_OUT])
        places = [Stance.by_chance(dice).joints(figure.build) for _ in range(1 + poses)]
        known_by, *rest = (picture(figure, one, model.size) for one in places)
        true += rest
        drawn += list(frames(model, known_by, places[0], places[1:], motion=False))
        joints += places[1:]
    return Shown(to_tensor(np.stack(true)), torch.cat(drawn), torch.from_numpy(np.stack(joints)))


@torch.inference_mode()
def frames(
    model: Model, known_by: np.ndarray, at: np.ndarray, poses: Sequence[np.ndarray], motion: bool = True
) -> Iterator[Tensor]:
    """A person of a picture uint8 (S, S, 3) in poses, (1, 3, S, S) each; in `motion` each on the frame before."""
    generator = model.drawing_generator
    person = generator.person(to_tensor(known_by[None]), torch.from_numpy(at)[None])
    blank = last = torch.zeros(1, 3, model.size, model.size)
    for pose in poses:
        skeleton = to_tensor(draw_skeleton(pose, model.size)[None])
        drawn = generator(skeleton, torch.from_numpy(pose)[None], last, person)
        last = drawn if motion else blank
        yield drawn.clone()


def apart(finder: Finder, pictures: Tensor, joints: Tensor) -> Tensor:
    """How far from where they should be joints are found, in pixels, (N, 15)."""
    return (finder.joints(pictures) - joints).norm(dim=-1) * pictures.shape[-1]


def levels_apart(shown: Shown) -> Tensor:
    """Mean absolute difference of each picture from the true one, in levels of 255, (N,)."""
    return (fine_levels(shown.drawn) - fine_levels(shown.true)).abs().mean((1, 2, 3))


def recognised(model: Model, options: Evaluation) -> tuple[float, float]:
    """The share of drawn pictures, and of true ones, whose colours are likest to those of their own person."""
    numbers = range(options.n, options.n + options.persons)
    shown = in_a_pose(model, numbers, options.seed, 1 + POSES)
    first = torch.arange(options.persons) * (1 + POSES)
    rest = torch.tensor([row for row in range(len(shown.true)) if row % (1 + POSES)])
    known = puppets.colours(shown.true[first], shown.joints[first])
    shares = []
    for pictures in (shown.drawn, shown.true):
        seen = puppets.colours(pictures[rest], shown.joints[rest])
        shares.append((puppets.alike(seen, known).argmax(1) == rest // (1 + POSES)).float().mean().item())
    return shares[0], shares[1]


def flicker(model: Model, number: int, count: int) -> float:
    """The mean difference between two frames of a walk where neither shows the figure, in levels of 255."""
    figure = Figure.number(HELD_OUT + AFTER + number)
    poses = [stance.joints(figure.build) for stance in walk(count)]
    ground = picture(figure, None, model.size).astype(int)
    true = [picture(figure, pose, model.size) for pose in poses]
    free = [(np.abs(one - ground).max(-1) == 0) for one in true]
    drawn = [fine_levels(frame)[0].permute(1, 2, 0).numpy() for frame in frames(model, true[0], poses[0], poses)]
    changes = [np.abs(two - one)[a & b].mean() for one, two, a, b in zip(drawn, drawn[1:], free, free[1:])]
    return float(np.mean(changes))


def seconds(model: Model, times: int = 5) -> float:
    """What one frame takes, the median of a few."""
    figure, stance = Figure.number(HELD_OUT), walk(1)[0]
    pose, took = stance.joints(figure.build), []
    drawing = frames(model, picture(figure, pose, model.size), pose, [pose] * (times + 1))
    next(drawing)
    for _ in range(times):
        begin = time.perf_counter()
        next(drawing)
        took.append(time.perf_counter() - begin)
    return float(np.median(took))


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        options = asked(Evaluation, argv, "evaluate_pose")
        measures = evaluate(options)
        if options.write_card:
            put_measures(load(options.weight).folder, measures)


if __name__ == "__main__":
    main()
