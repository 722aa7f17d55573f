"""Films of drawings that grow (gan_models.drawing.growing), made in threads of their own."""

from __future__ import annotations

import secrets
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gan_models import translate
from gan_models.drawing import growing
from gan_models.errors import RequestError
from page.parts.errors import sentence
from page.parts.store import AWAY, UNHEARD, Job
from page.translate.request import Wanted

if TYPE_CHECKING:
    from page.parts.lanes import Lanes


class Films:
    """Films in the making, under names that nobody can guess; each is handed out once and forgotten."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[str, tuple[Job, list[bytes]]] = {}

    def start(self, wanted: Wanted, lanes: Lanes) -> str:
        """Begin a film in a thread of its own; RequestError where there is nothing that could grow."""
        frames = translate.growing(wanted.model, wanted.strokes, wanted.wish, wanted.ground, lanes.long)
        ident, job, film = secrets.token_urlsafe(12), Job(1, total=growing.FRAMES), []
        with self._lock:
            now = time.monotonic()
            self._jobs = {name: old for name, old in self._jobs.items() if now - old[0].heard < AWAY}
            self._jobs[ident] = job, film
        rest = (job, film, frames, wanted.recipe().to_json())
        threading.Thread(target=_work, args=rest, name="film", daemon=True).start()
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


def _work(job: Job, film: list[bytes], frames: Iterator[np.ndarray], recipe: str) -> None:
    try:
        content = write(frames, recipe, job)
        if content:
            film.append(content)
        job.state = "done" if content else "stopped"
    except Exception as error:  # the thread's outermost edge: the page shows it
        job.error, job.state = sentence(error), "failed"
    finally:
        job.ended = time.monotonic()


def write(frames: Iterator[np.ndarray], recipe: str, job: Job) -> bytes:
    """The film as an MP4 with the recipe of its last picture; empty where it was stopped or nobody asks any more."""
    from gan_models.pictures.film import write_film

    def counted() -> Iterator[np.ndarray]:
        for number, frame in enumerate(frames, 1):
            job.done = min(number, job.total)
            yield frame

    stop = lambda: job.stopped.is_set() or time.monotonic() - job.heard > UNHEARD  # noqa: E731
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        made = write_film(counted(), path, growing.FPS, 1, stop=stop, comment=recipe)
        return path.read_bytes() if made else b""
