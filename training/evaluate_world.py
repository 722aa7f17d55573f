"""How long a game that is a network stays the game: python -m training.evaluate_world WEIGHT [--write-card]

Plays by chance that no training saw, from the first frame on, beside the true game on the same actions: of the boat on
the same dice too; of Crafter, whose dice are its own, once with noise by chance and once with noise as it must have
been thrown, beside a frame that stays as it is and a frame of another play.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated

import numpy as np
import tyro

from gan_models import play
from gan_models.errors import TrainingError, one_line
from gan_models.loading import load
from gan_models.weight.card import Measure
from gan_models.weight.model import Model
from gan_models.worlds import boat
from gan_models.worlds.crafter import agreement
from training.data.crafter_plays import by_chance, record
from training.evaluate import put_measures
from training.measures import tiles
from training.measures.report import command_of
from training.options import asked

SLACK = 2
"""Steps by which the network may be early or late with a coin or a rock."""
LEVELS = 4.0
"""Deviation of a frame's levels below which it is called gray."""
SEEN_AT = 100
"""The step whose likeness is told."""
LOOKED_AT = (1, 3, 10, 30, 100)
"""Steps of Crafter whose tiles are compared."""
ALIKE = 0.75
"""Share of the tiles from which on two frames show the same place."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Evaluation:
    """What to measure, and with how many plays."""

    weight: Annotated[str, tyro.conf.Positional]
    """A weight that is played: a name in weights/, or a folder."""
    episodes: int = 50
    """Plays by chance."""
    steps: int = 300
    """Steps of each."""
    long: int = 1000
    """Steps of one more play, at whose end the picture is looked at."""
    seed: int = 90_000
    """Of the first play."""
    write_card: bool = False
    """Put the figures into the weight's card.json, in place of earlier ones of the same name and features."""


@dataclass(frozen=True)
class Course:
    """What came of one play: steps for which the boats agree, coins and rocks that were met and how many of them the
    network counted too, and the likeness at SEEN_AT in dB."""

    together: int
    met: int
    counted: int
    likeness: float


def course(model: Model, seed: int, steps: int) -> Course:
    """One play by chance."""
    return course_of(list(play.Episode.by_chance(play.world_of(model), seed, steps).frames(model)))


def course_of(pairs: Sequence[play.Pair]) -> Course:
    """What came of the boat's true frames and those that were drawn."""
    true, drawn = (np.array([boat.purse(pair[side]) for pair in pairs]) for side in (0, 1))
    events = np.flatnonzero(np.diff(true)) + 1
    kept = [event for event in events if agrees(np.sign(true[event] - true[event - 1]), drawn, event)]
    return Course(
        play.together([play.apart(boat.BOAT, *pair) for pair in pairs]) or 0,
        len(events),
        len(kept),
        play.likeness(*pairs[min(SEEN_AT, len(pairs)) - 1]),
    )


def agrees(change: int, drawn: np.ndarray, event: int) -> bool:
    """Whether the network's purse changes the same way within SLACK steps of an event."""
    near = np.sign(np.diff(drawn[max(0, event - 1 - SLACK) : event + SLACK + 1]))
    return bool((near == change).any())


def evaluate(options: Evaluation, say: Say = print) -> list[Measure]:
    """The figures, told as they are found."""
    model = load(options.weight)
    if options.episodes < 2 or options.steps < 1:
        raise TrainingError("Give at least two --episodes of at least one step.")
    return EXAMS[play.world_of(model).name](model, options, say)


def river(model: Model, options: Evaluation, say: Say) -> list[Measure]:
    """The boat's figures."""
    courses = [course(model, options.seed + number, options.steps) for number in range(options.episodes)]
    kept = [one.together for one in courses]
    say(f"{model.name}: {options.episodes} plays of {options.steps} steps by chance, seeds from {options.seed} on")
    say(f"boats within {play.NEAR:g} px: median {statistics.median(kept):g} steps (bar 100), least {min(kept)}")
    met, counted = sum(one.met for one in courses), sum(one.counted for one in courses)
    say(f"coins and rocks counted: {counted} of {met}, {counted / max(1, met):.1%} (bar 80 %)")
    alike = [one.likeness for one in courses]
    say(f"likeness after {SEEN_AT} steps: {statistics.fmean(alike):.1f} ± {statistics.stdev(alike):.1f} dB")
    last = lasting(model, options)
    say(f"after {options.long:,} steps the picture's levels deviate by {last:.1f} (gray below {LEVELS:g})")
    command = command_of("evaluate_world", model.name, episodes=options.episodes, seed=options.seed)
    common = {"n": options.episodes, "features": "plays by chance", "seed": options.seed, "command": command}
    return [
        Measure("boats together", float(statistics.median(kept)), statistics.stdev(kept), **common),
        Measure("events counted", counted / max(1, met), **{**common, "n": met}),
        Measure("PSNR at step 100", statistics.fmean(alike), statistics.stdev(alike), **common),
    ]


def land(model: Model, options: Evaluation, say: Say) -> list[Measure]:
    """Crafter's figures."""
    walks = (by_chance(np.random.default_rng([options.seed, number])) for number in range(options.episodes))
    seen = tiles.pieces(record(walks), steps := min(options.steps, LOOKED_AT[-1]))
    true, count = seen.frames[:, 2:], len(seen.frames)
    still = seen.frames[:, 1:2].repeat(steps, 1)
    say(f"{model.name}: {count} plays of {steps} steps by chance, seeds from {options.seed} on")
    films = {
        "noise": seen.drawn(model, seen.by_chance(options.seed)),
        "told": seen.drawn(model, seen.told),
        "still": still,
        "other": np.roll(true, 1, 0),
    }
    same = {name: agreement(true, film) for name, film in films.items()}
    alike = {name: tiles.likenesses(true, film) for name, film in films.items()}
    for step in (step for step in LOOKED_AT if step <= steps):
        parts = (
            f"{NAMES[name]} {same[name][:, step - 1].mean():.1%}, {alike[name][:, step - 1].mean():.1f} dB"
            for name in films
        )
        say(f"step {step}: " + "; ".join(parts))
    kept = {name: lasts(shares) for name, shares in same.items()}
    for name, courses in kept.items():
        say(f"{NAMES[name]}: {ALIKE:.0%} of the tiles agree for {statistics.median(courses):g} steps in the median")
    alone(model, options, seen, say)
    command = command_of("evaluate_world", model.name, episodes=options.episodes, seed=options.seed)
    common = {"n": count, "features": "plays by chance", "seed": options.seed, "command": command}
    at = min(10, steps) - 1
    middle = {name: float(statistics.median(courses)) for name, courses in kept.items()}
    tenth = {name: shares[:, at] for name, shares in same.items()}
    return [
        Measure("tiles together", middle["told"], statistics.stdev(kept["told"]), floor=middle["still"], **common),
        Measure("tiles together by chance", middle["noise"], statistics.stdev(kept["noise"]), **common),
        Measure(
            "tiles at step 10", tenth["told"].mean(), tenth["told"].std(ddof=1), floor=tenth["still"].mean(), **common
        ),
    ]


def lasts(shares: np.ndarray) -> list[int]:
    """For how many steps at least ALIKE of the tiles agree, from the first one on, in plays (N, T)."""
    return [int(np.argmin(course)) if not course.all() else len(course) for course in shares >= ALIKE]


def alone(model: Model, options: Evaluation, seen: tiles.Pieces, say: Say) -> None:
    """Say how the network plays alone for a long time."""
    frames = np.stack(list(tiles.wandering(model, seen, options.long, options.seed - 1)))
    there = tiles.heroes(frames, seen.frames).mean()
    say(f"alone for {options.long:,} steps: the player is in the middle in {there:.1%} of the frames")
    last = frames[-1].astype(np.float64).std()
    say(f"after {options.long:,} steps the picture's levels deviate by {last:.1f} (gray below {LEVELS:g})")


def lasting(model: Model, options: Evaluation) -> float:
    """The deviation of the levels of the last frame of one long play."""
    last = None
    for _, drawn in play.Episode.by_chance(play.world_of(model), options.seed - 1, options.long).frames(model):
        last = drawn
    return 0.0 if last is None else float(last.astype(np.float64).std())


NAMES = {"noise": "noise by chance", "told": "noise as thrown", "still": "the frame kept", "other": "another play"}
EXAMS: Mapping[str, Callable[[Model, Evaluation, Say], list[Measure]]] = MappingProxyType(
    {"boat": river, "crafter": land}
)
"""By the name of the world."""


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        options = asked(Evaluation, argv, "evaluate_world")
        measures = evaluate(options)
        if options.write_card:
            put_measures(load(options.weight).folder, tuple(measures))


if __name__ == "__main__":
    main()
