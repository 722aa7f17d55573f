"""How long a game that is a network stays the game: python -m training.evaluate_world WEIGHT [--write-card]

Plays by chance that no training saw, from the first frame on, beside the true game on the same actions and dice.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import tyro

from gan_models import play
from gan_models.errors import TrainingError, one_line
from gan_models.loading import load
from gan_models.targets import refuse_empty
from gan_models.weight.card import Measure
from gan_models.weight.model import Model
from gan_models.worlds import boat
from training.evaluate import put_measures
from training.measures.report import command_of

SLACK = 2
"""Steps by which the network may be early or late with a coin or a rock."""
LEVELS = 4.0
"""Deviation of a frame's levels below which it is called gray."""
SEEN_AT = 100
"""The step whose likeness is told."""


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
    played = play.world_of(model)
    episode = play.Episode.by_chance(played, seed, steps)
    pairs = list(episode.frames(model))
    true, drawn = (np.array([boat.purse(pair[side]) for pair in pairs]) for side in (0, 1))
    events = np.flatnonzero(np.diff(true)) + 1
    kept = [event for event in events if agrees(np.sign(true[event] - true[event - 1]), drawn, event)]
    return Course(
        play.together([play.apart(played, *pair) for pair in pairs]) or 0,
        len(events),
        len(kept),
        play.likeness(*pairs[min(SEEN_AT, len(pairs)) - 1]),
    )


def agrees(change: int, drawn: np.ndarray, event: int) -> bool:
    """Whether the network's purse changes the same way within SLACK steps of an event."""
    near = np.sign(np.diff(drawn[max(0, event - 1 - SLACK) : event + SLACK + 1]))
    return bool((near == change).any())


def evaluate(options: Evaluation, say: Callable[[str], None] = print) -> list[Measure]:
    """The figures, told as they are found."""
    model = load(options.weight)
    if options.episodes < 2 or options.steps < 1:
        raise TrainingError("Give at least two --episodes of at least one step.")
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


def lasting(model: Model, options: Evaluation) -> float:
    """The deviation of the levels of the last frame of one long play."""
    last = None
    for _, drawn in play.Episode.by_chance(play.world_of(model), options.seed - 1, options.long).frames(model):
        last = drawn
    return 0.0 if last is None else float(last.astype(np.float64).std())


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        refuse_empty(argv)
        options = tyro.cli(Evaluation, args=argv, prog="python -m training.evaluate_world")
        measures = evaluate(options)
        if options.write_card:
            put_measures(load(options.weight).folder, tuple(measures))


if __name__ == "__main__":
    main()
