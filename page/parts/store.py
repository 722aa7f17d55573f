"""Pictures on their way through Upscale and Translate: held while their visitor's page is open, then forgotten."""

from __future__ import annotations

import secrets
import shutil
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gan_models.errors import RequestError
from gan_models.pictures.photo import Photo
from gan_models.upscale import Progress
from page.parts.errors import sentence

AWAY = 600.0
"""Seconds without a word from its page after which a picture is forgotten; pages speak every 20.

Long enough for a telephone that is locked for a moment: its page falls silent though nobody went away.
"""
UNHEARD = 300.0
"""Seconds without a question about its progress after which a job counts as abandoned."""
SWEPT = 60.0
"""Seconds from one look for forgotten pictures to the next."""
MOST_HELD = 2_000_000_000
"""Bytes of pictures held for all visitors together; the longest unheard of go first."""


@dataclass
class Held:
    """One opened picture, what was made of it (settings to result), and files written for its download."""

    photo: Photo
    name: str
    results: dict[str, Photo] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    heard: float = field(default_factory=time.monotonic)

    @property
    def bytes(self) -> int:
        """What it takes of memory."""
        photos = (self.photo, *self.results.values())
        return sum(levels.nbytes for p in photos for levels in (p.colour, p.alpha) if levels is not None)


@dataclass
class Job:
    """Work that goes on while the page asks how far it is; `state` is running, done, stopped or failed."""

    pictures: int
    state: str = "running"
    error: str = ""
    picture: int = 0
    done: int = 0
    total: int = 0
    pixels: float = 0.0
    begun: float = field(default_factory=time.monotonic)
    ended: float | None = None
    heard: float = field(default_factory=time.monotonic)
    stopped: threading.Event = field(default_factory=threading.Event)

    def told(self) -> dict[str, Any]:
        """What the page shows of it."""
        seconds = (self.ended or time.monotonic()) - self.begun
        words = {name: getattr(self, name) for name in ("state", "error", "picture", "pictures", "done", "total")}
        return {**words, "seconds": seconds, "rate": self.pixels / 1e6 / max(seconds, 1e-9)}


@dataclass(frozen=True)
class Task:
    """One picture to make: `run` yields Progress and at last the Photo, which is kept under `key`."""

    held: Held
    key: str
    pixels: int
    run: Callable[[], Iterator[Progress | Photo]]

    @property
    def bytes(self) -> int:
        """What its result takes of memory: as many for each pixel as the picture itself."""
        photo = self.held.photo
        alpha = 0 if photo.alpha is None else photo.alpha.nbytes
        return self.pixels * (photo.colour.nbytes + alpha) // (photo.height * photo.width)


class Store:
    """Opened pictures and running jobs under names that nobody can guess."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pictures: dict[str, Held] = {}
        self._jobs: dict[str, Job] = {}
        self._watched = False
        # What was written for downloads goes with the server, too.
        weakref.finalize(self, _forget_files, self._pictures)

    def put(self, photo: Photo, name: str) -> str:
        """Hold a picture; its id."""
        ident = secrets.token_urlsafe(12)
        with self._lock:
            self._pictures[ident] = Held(photo, name)
            self._sweep()
            if not self._watched:
                self._watched = True
                threading.Thread(target=self._watch, name="held", daemon=True).start()
        return ident

    def get(self, ident: Any) -> Held:
        """The picture of an id; RequestError where it is no longer held."""
        with self._lock:
            if ident not in self._pictures:
                raise RequestError("That picture is no longer held here; open it again.")
            held = self._pictures[ident]
            held.heard = time.monotonic()
            self._sweep()
            return held

    def keep(self, idents: Sequence[Any]) -> list[Any]:
        """Note that a page still shows these pictures; those that are no longer held."""
        with self._lock:
            for ident in idents:
                if ident in self._pictures:
                    self._pictures[ident].heard = time.monotonic()
            self._sweep()
            return [ident for ident in idents if ident not in self._pictures]

    def start(self, tasks: Sequence[Task]) -> str:
        """Do tasks one after the other in a thread of their own; the job's id.

        RequestError for several pictures whose results cannot be held together: the first would be forgotten before
        the last is made.
        """
        missing = sum(task.bytes for task in tasks if task.key not in task.held.results)
        if missing > MOST_HELD and tasks[0].held is not tasks[-1].held:
            raise RequestError(
                f"The results would take {missing / 1e9:.1f} GB together, and {MOST_HELD / 1e9:.0f} GB are held here; "
                "enlarge fewer pictures at once, or take a smaller scale."
            )
        ident, job = secrets.token_urlsafe(12), Job(len(tasks))
        with self._lock:
            self._jobs = {name: old for name, old in self._jobs.items() if time.monotonic() - old.heard < AWAY}
            self._jobs[ident] = job
        threading.Thread(target=_work, args=(job, tasks), name="upscale", daemon=True).start()
        return ident

    def job(self, ident: Any) -> Job:
        """A job of this id; RequestError where there is none."""
        with self._lock:
            if ident not in self._jobs:
                raise RequestError("That job is over and forgotten; start it again.")
            self._jobs[ident].heard = time.monotonic()
            return self._jobs[ident]

    def _watch(self) -> None:
        """Sweep now and then while anything is held, so that the last visitor's pictures go, too."""
        while True:
            time.sleep(SWEPT)
            with self._lock:
                self._sweep()
                self._watched = bool(self._pictures)
                if not self._watched:
                    return

    def _sweep(self) -> None:
        """Forget who went away, and the longest unheard of while all together are too much, but for the last one."""
        now = time.monotonic()
        oldest_first = sorted(self._pictures, key=lambda ident: self._pictures[ident].heard)
        total = sum(held.bytes for held in self._pictures.values())
        for ident in oldest_first:
            held = self._pictures[ident]
            crowded = total > MOST_HELD and ident != oldest_first[-1]
            if crowded or now - held.heard > AWAY:
                total -= held.bytes
                _forget_files({ident: self._pictures.pop(ident)})


def _forget_files(pictures: dict[str, Held]) -> None:
    for held in pictures.values():
        for path in held.files:
            shutil.rmtree(path.parent, ignore_errors=True)


def _work(job: Job, tasks: Sequence[Task]) -> None:
    try:
        for number, task in enumerate(tasks):
            job.picture, job.done, job.total = number + 1, 0, 0
            if task.key not in task.held.results and not _made(job, task):
                job.state = "stopped"
                return
        job.state = "done"
    except Exception as error:  # the thread's outermost edge: the page shows it
        job.error, job.state = sentence(error), "failed"
    finally:
        job.ended = time.monotonic()


def _made(job: Job, task: Task) -> bool:
    """Whether a task came to its end, and was not stopped or abandoned."""
    run = task.run()
    for state in run:
        if isinstance(state, Photo):
            task.held.results[task.key] = state
            return True
        job.pixels += task.pixels * (state.done - job.done) / state.total
        job.done, job.total = state.done, state.total
        if job.stopped.is_set() or time.monotonic() - job.heard > UNHEARD:
            run.close()
            return False
    return False
