"""Long work in threads of its own: started, followed, stopped, handed out, and given up when nobody asks any more."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from gan_models.errors import RequestError
from page.parts.errors import sentence

UNHEARD = 300.0
"""Seconds without a question about its progress after which a job is given up."""
AWAY = 600.0
"""Seconds without one after which a job and what came of it are forgotten."""
PAUSE = 0.2
"""Seconds from one look at a job that is followed to the next."""


@dataclass
class Job:
    """Work under way, which writes here itself how far it is; `state` is running, done, stopped or failed.

    It is `done` of `total` tiles or frames, with several pictures of this one; `pixels` are all that were made so far.
    """

    pictures: int = 1
    total: int = 0
    state: str = "running"
    error: str = ""
    picture: int = 0
    done: int = 0
    pixels: float = 0.0
    result: dict[str, Any] = field(default_factory=dict)
    begun: float = field(default_factory=time.monotonic)
    ended: float | None = None
    heard: float = field(default_factory=time.monotonic)
    stopped: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    @property
    def unwanted(self) -> bool:
        """Whether it was stopped, or nobody asks about it any more: work looks here between tiles or frames."""
        return self.stopped.is_set() or time.monotonic() - self.heard > UNHEARD

    def told(self) -> dict[str, Any]:
        """What the page shows of it, and at last what came of it."""
        seconds = (self.ended or time.monotonic()) - self.begun
        words = {name: getattr(self, name) for name in ("state", "error", "picture", "pictures", "done", "total")}
        return {**words, "seconds": seconds, "rate": self.pixels / 1e6 / max(seconds, 1e-9), **self.result}


Work = Callable[[Job], dict[str, Any] | None]
"""What a job does: its result by name, which its page is told, or None where it ended because it was `unwanted`."""


class Jobs:
    """Jobs of all visitors under names that nobody can guess.

    `turn(job)` is where a job waits until it may work, for as long as it holds what it gives; none waits where it is
    left out.
    """

    def __init__(self, turn: Callable[[Job], AbstractContextManager] = nullcontext) -> None:
        self._turn = turn
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}

    def start(self, work: Work, pictures: int = 1, total: int = 0) -> str:
        """Do work in a thread of its own; the job's id."""
        ident, job = secrets.token_urlsafe(12), Job(pictures, total)
        job.thread = threading.Thread(target=self._do, args=(job, work), name="job", daemon=True)
        with self._lock:
            now = time.monotonic()
            self._jobs = {name: old for name, old in self._jobs.items() if now - old.heard < AWAY}
            self._jobs[ident] = job
        job.thread.start()
        return ident

    def get(self, ident: Any) -> Job:
        """A job of this id, which somebody asks for; RequestError where there is none."""
        with self._lock:
            if not isinstance(ident, str) or ident not in self._jobs:
                raise RequestError("That job is over and forgotten; start it again.")
            self._jobs[ident].heard = time.monotonic()
            return self._jobs[ident]

    def stop(self, ident: Any) -> None:
        """Have a job end at its next tile or frame."""
        self.get(ident).stopped.set()

    def followed(self, ident: str) -> Iterator[Job]:
        """A job again and again until it is over; it is stopped, and waited for, where nobody follows to the end."""
        thread = self.get(ident).thread
        try:
            while thread.is_alive():
                yield self.get(ident)
                thread.join(PAUSE)
        finally:
            self.stop(ident)
            thread.join()

    def _do(self, job: Job, work: Work) -> None:
        try:
            with self._turn(job):
                result = work(job)
            job.result = result or {}
            job.state = "stopped" if result is None else "done"
        except Exception as error:  # the thread's outermost edge: the page shows it
            job.error, job.state = sentence(error), "failed"
        finally:
            job.ended = time.monotonic()
