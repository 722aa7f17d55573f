"""A film of a drawing that grows stroke by stroke, what the network makes of it beside it."""

from __future__ import annotations

import secrets
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gan_models.errors import RequestError
from gan_models.pictures.images import as_pillow
from page.parts.errors import sentence
from page.parts.store import AWAY, UNHEARD, Job
from page.translate.request import Wanted

if TYPE_CHECKING:
    from page.parts.lanes import Lanes
from gan_models.drawing.growing import FRAMES, moments

HOLD, FPS = 24, 24
"""Frames that show it finished, and frames a second."""
SIDE = 256
"""Least side of either half in pixels."""
GAP = 8


def frames(wanted: Wanted, lanes: Lanes) -> Iterator[np.ndarray]:
    """Frames uint8 (side, 2 side + GAP, 3), each drawn in the long lane; the last one HOLD times."""
    side = wanted.model.size * -(-SIDE // wanted.model.size)
    picture = np.full((side, side, 3), 255, np.uint8)
    for strokes in moments(wanted.strokes, FRAMES):
        now = Wanted(wanted.model, wanted.wish, strokes, wanted.ground)
        with lanes.long():
            picture = _answer(now, side, picture)
            drawing = now.sketch(side)
        between = np.full((side, GAP, 3), 255, np.uint8)
        frame = np.concatenate([drawing, between, picture], 1)
        yield frame
    yield from [frame] * HOLD


def _answer(wanted: Wanted, side: int, before: np.ndarray) -> np.ndarray:
    try:
        drawn = wanted.pictures([wanted.wish.seed])[0].colour
    except RequestError:
        return before  # still, or again, an empty canvas
    return np.array(as_pillow(drawn).convert("RGB").resize((side, side), 3))  # bicubic


class Films:
    """Films in the making, under names that nobody can guess; each is handed out once and forgotten."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[str, tuple[Job, list[bytes]]] = {}

    def start(self, wanted: Wanted, lanes: Lanes) -> str:
        """Begin a film in a thread of its own; RequestError where there is nothing that could grow."""
        if not wanted.strokes:
            raise RequestError("There is no stroke to film yet; draw something first.")
        wanted.given()
        ident, job, film = secrets.token_urlsafe(12), Job(1, total=FRAMES), []
        with self._lock:
            now = time.monotonic()
            self._jobs = {name: old for name, old in self._jobs.items() if now - old[0].heard < AWAY}
            self._jobs[ident] = job, film
        threading.Thread(target=_work, args=(job, film, wanted, lanes), name="film", daemon=True).start()
        return ident

    def job(self, ident: Any) -> Job:
        """A job of this id; RequestError where there is none."""
        with self._lock:
            if ident not in self._jobs:
                raise RequestError("That film is over and forgotten; start it again.")
            job = self._jobs[ident][0]
            job.heard = time.monotonic()
            return job

    def told(self, ident: Any) -> tuple[dict[str, Any], bytes | None]:
        """How far a film is, and the film itself once it is there."""
        job = self.job(ident)
        with self._lock:
            film = self._jobs[ident][1] if job.state == "running" else self._jobs.pop(ident)[1]
        return job.told(), film[0] if film else None


def _work(job: Job, film: list[bytes], wanted: Wanted, lanes: Lanes) -> None:
    try:
        content = write(wanted, lanes, job)
        if content:
            film.append(content)
        job.state = "done" if content else "stopped"
    except Exception as error:  # the thread's outermost edge: the page shows it
        job.error, job.state = sentence(error), "failed"
    finally:
        job.ended = time.monotonic()


def write(wanted: Wanted, lanes: Lanes, job: Job) -> bytes:
    """The film as an MP4 with the recipe of its last picture; empty where it was stopped or nobody asks any more."""
    from gan_models.pictures.film import write_film

    def counted() -> Iterator[np.ndarray]:
        for number, frame in enumerate(frames(wanted, lanes), 1):
            job.done = min(number, job.total)
            yield frame

    stop = lambda: job.stopped.is_set() or time.monotonic() - job.heard > UNHEARD  # noqa: E731
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        made = write_film(counted(), path, FPS, 1, stop=stop, comment=wanted.recipe().to_json())
        return path.read_bytes() if made else b""
