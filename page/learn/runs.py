"""Runs in the plane while their visitors look: each slice is asked for, so that a run stops when its visitor leaves."""

from __future__ import annotations

import base64
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from torch import Tensor

from gan_models.errors import RequestError
from page.learn.words import told
from training.plane.engine import PlaneRun
from training.plane.measures import ARROWS, HALF, Eye
from training.plane.options import Options

AWAY = 120.0
"""Seconds without a question after which a run is forgotten."""
MOST = 64
"""Runs held at once for all visitors; the longest unheard of goes first."""
SLICE = 0.07
"""Seconds of training in one answer, at most: a picture at least twelve times a second."""
MOST_STEPS = 500
"""Steps asked for at once, at most."""
POINTS = 400
"""Points of each kind that are shown."""
REACH = 4 * HALF
"""Coordinates travel as 16-bit whole numbers of this range: far enough outside to be seen leaving."""


@dataclass
class Watched:
    """A run, its eye, and when it was last asked for; one question at a time."""

    run: PlaneRun
    eye: Eye
    lock: threading.Lock = field(default_factory=threading.Lock)
    heard: float = field(default_factory=time.monotonic)


class Runs:
    """Runs under names that nobody can guess."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, Watched] = {}

    def start(self, options: Options) -> tuple[str, Watched]:
        """A new run and its name."""
        run = PlaneRun(options)
        name, held = secrets.token_urlsafe(9), Watched(run, Eye(run))
        with self._lock:
            now = time.monotonic()
            self._held = {n: h for n, h in self._held.items() if now - h.heard < AWAY}
            while len(self._held) >= MOST:
                self._held.pop(min(self._held, key=lambda n: self._held[n].heard))
            self._held[name] = held
        return name, held

    def get(self, name: Any) -> Watched:
        """The run of this name; RequestError where it is no longer held."""
        with self._lock:
            held = self._held.get(name) if isinstance(name, str) else None
            if held is None:
                raise RequestError("That run is no longer held here, since nobody looked for a while; restart it.")
            held.heard = time.monotonic()
            return held

    def forget(self, names: Any) -> None:
        """Let runs go that their visitor has left behind."""
        with self._lock:
            for name in names if isinstance(names, list) else ():
                if isinstance(name, str):
                    self._held.pop(name, None)

    def __len__(self) -> int:
        return len(self._held)


def begun(held: Watched) -> dict[str, Any]:
    """What does not change in a run: real points, how far a second sample of them diverges."""
    return {"real": coordinates(held.eye.real[:POINTS]), "floor": held.eye.floor, **seen(held)}


def advanced(held: Watched, until: int) -> dict[str, Any]:
    """Train for a slice of time, up to step `until`, and look."""
    with held.lock:
        held.run.advance(min(max(0, until - held.run.step), MOST_STEPS), SLICE)
        return seen(held)


def turned(held: Watched, network: str) -> dict[str, Any]:
    """One update of one network, look, and say what happened."""
    with held.lock:
        turn = None if held.run.burst else held.run.turn(network)
        words = held.run.burst if turn is None else told(turn, held.run.options.loss)
        return {**seen(held), "told": words}


def seen(held: Watched) -> dict[str, Any]:
    """A picture of a run in numbers: points, map, arrows, grid, figures, mean losses since the last one."""
    run, eye = held.run, held.eye
    drawn = eye.drawn()
    arrows = eye.pushes(drawn[:ARROWS])
    losses = {name: sum(values) / len(values) for name, values in run.losses.items() if values}
    for values in run.losses.values():
        values.clear()
    trail, run.trail = run.trail, run.trail[-1:]
    return {
        "step": run.step,
        "burst": run.burst,
        "drawn": coordinates(drawn[:POINTS]),
        "map": _text(levels(eye.map(), run.options.loss)),
        "arrows": coordinates(arrows),
        "warp": coordinates(eye.warped().reshape(-1, 2)),
        "figures": {name: round(value, 5) for name, value in eye.figures().items()},
        "losses": {name: round(value, 5) for name, value in losses.items() if abs(value) < 1e30},
        "trail": trail,
    }


def levels(answers: Tensor, loss: str) -> np.ndarray:
    """The discriminator's answers as bytes: 0 looks drawn, 255 looks real, 127 is undecided."""
    if loss in ("minimax", "non-saturating"):
        share = answers.sigmoid()
    elif loss in ("least-squares", "hinge"):
        # Least squares aims at 0 and 1, the hinge at -1 and 1.
        share = answers if loss == "least-squares" else (answers + 1) / 2
    else:
        low, high = answers.min(), answers.max()
        share = (answers - low) / (high - low).clamp_min(1e-9)
    return (share.clamp(0, 1) * 255).round().byte().numpy()


def coordinates(points: Tensor) -> str:
    """(N, 2) as base64 of little-endian 16-bit whole numbers, x and y in turn; REACH is 32767."""
    return _text((points.clamp(-REACH, REACH) * (32767 / REACH)).round().numpy().astype("<i2"))


def _text(values: np.ndarray) -> str:
    return base64.b64encode(values.tobytes()).decode()
