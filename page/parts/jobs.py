"""Long work of all visitors: in turn, followed, stopped, handed out, and given up when nobody asks any more."""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from gan_models.errors import RequestError
from page.parts.errors import sentence
from page.parts.visitors import Visitor, asking

RUNNING = 3
"""Jobs at work at once, no two of one visitor; the lanes share the processor among them tile by tile."""
MOST_WAITING = 8
"""Jobs of one visitor that wait for their turn."""
MOST_IN_ALL = 24
"""The same of all visitors; programs wait for theirs in threads of Gradio, which has 40."""
MOST_KEPT = 64
"""Jobs that are over and not forgotten yet, with what came of them; the longest unheard of go first."""
UNHEARD = 300.0
"""Seconds without a question about its progress after which a job at work is given up."""
IMPATIENT = 60.0
"""The same of a job that waits: whoever waits asks several times a second."""
LEFT = 20.0
"""Seconds for which a job outlives the connection of its page: a telephone that was locked comes back."""
AWAY = 600.0
"""Seconds without a question after which a job and what came of it are forgotten."""
PAUSE = 0.2
"""Seconds from one look at a job that is followed to the next."""


@dataclass(eq=False)
class Job:
    """Work under way, which writes here itself how far it is; `state` is waiting, running, done, stopped or failed.

    It is `done` of `total` tiles or frames, with several pictures of this one; `pixels` are all that were made so far.
    `turn` is its place among all that were begun, 0 while it waits. `kept` has to live as long: a folder for files.
    """

    pictures: int = 1
    total: int = 0
    visitor: Visitor = field(default_factory=Visitor)
    work: Work | None = None
    state: str = "waiting"
    error: str = ""
    turn: int = 0
    picture: int = 0
    done: int = 0
    pixels: float = 0.0
    result: dict[str, Any] = field(default_factory=dict)
    kept: Any = None
    begun: float = field(default_factory=time.monotonic)
    ended: float | None = None
    heard: float = field(default_factory=time.monotonic)
    left: bool = False
    stopped: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    @property
    def over(self) -> bool:
        return self.ended is not None

    @property
    def patience(self) -> float:
        """Seconds for which it goes on without a question."""
        return LEFT if self.left else UNHEARD if self.turn else IMPATIENT

    @property
    def unwanted(self) -> bool:
        """Whether it was stopped, or nobody asks about it any more: work looks here between tiles or frames."""
        return self.stopped.is_set() or time.monotonic() - self.heard > self.patience

    def end(self, state: str) -> None:
        """Let go of the work, and of all that it holds."""
        self.state, self.work, self.ended = state, None, time.monotonic()

    def told(self) -> dict[str, Any]:
        """What the page shows of it, and at last what came of it."""
        seconds = (self.ended or time.monotonic()) - self.begun
        words = {name: getattr(self, name) for name in ("state", "error", "picture", "pictures", "done", "total")}
        return {
            **words,
            "over": self.over,
            "seconds": seconds,
            "rate": self.pixels / 1e6 / max(seconds, 1e-9),
            **self.result,
        }


Work = Callable[[Job], dict[str, Any] | None]
"""What a job does: its result by name, which its page is told, or None where it ended because it was `unwanted`."""


class Jobs:
    """Jobs of all visitors under names that nobody can guess.

    Whoever was served longest ago is next, by the address that asks and then by the visitor, so that nobody waits for
    all that another one wants. A job holds a thread from its turn on, not while it waits.
    """

    def __init__(self, width: int = RUNNING) -> None:
        self._width, self._turns = width, itertools.count(1)
        self._lock = threading.RLock()
        self._jobs: dict[str, Job] = {}

    def start(self, work: Work, pictures: int = 1, total: int = 0, visitor: Visitor | None = None) -> str:
        """Do work when its turn comes, for `visitor` (None: whoever asks now); the job's id.

        RequestError where this visitor, or all together, have too many waiting.
        """
        ident, job = secrets.token_urlsafe(12), Job(pictures, total, visitor or asking(), work)
        with self._lock:
            self._forget()
            self._check_room(job.visitor)
            self._jobs[ident] = job
            self._begin()
        return ident

    def get(self, ident: Any) -> Job:
        """A job of this id, which somebody asks for; RequestError where there is none."""
        with self._lock:
            if not isinstance(ident, str) or ident not in self._jobs:
                raise RequestError("That job is over and forgotten; start it again.")
            job = self._jobs[ident]
            job.left, job.heard = False, time.monotonic()
            self._begin()
            return job

    def stop(self, ident: Any) -> None:
        """Have a job end: at once where it waits, else at its next tile or frame."""
        job = self.get(ident)
        with self._lock:
            job.stopped.set()
            self._begin()

    def leave(self, session: str) -> None:
        """Note that a page was closed: its jobs end soon unless it is heard of again."""
        with self._lock:
            for job in self._jobs.values():
                if session and job.visitor.session == session:
                    job.left, job.heard = True, time.monotonic()

    def watched(self, ident: Any) -> Iterator[Job]:
        """A job again and again until it is over; whoever looks away before has left it, and may come back."""
        job = self.get(ident)
        try:
            while not job.over:
                yield self.get(ident)
                job.stopped.wait(PAUSE) if job.thread is None else job.thread.join(PAUSE)
        finally:
            job.left, job.heard = True, time.monotonic()

    def followed(self, ident: str) -> Iterator[Job]:
        """The same; it is stopped, and waited for, where nobody follows to the end."""
        job = self.get(ident)
        try:
            yield from self.watched(ident)
        finally:
            self.stop(ident)
            if job.thread:
                job.thread.join()

    def made(self, work: Work) -> dict[str, Any]:
        """What comes of work, waited for: for programs. RequestError says why nothing does."""
        ident, visitor = self.start(work), asking()
        with closing(self.followed(ident)) as looks:
            for _ in looks:
                if visitor.gone.is_set():
                    break
        with self._lock:
            job = self._jobs.pop(ident)
        if job.state != "done":
            raise RequestError(job.error or "That was stopped before it was done; ask again.")
        return job.result

    def _check_room(self, visitor: Visitor) -> None:
        waiting = [job for job in self._jobs.values() if job.state == "waiting"]
        own = sum(job.visitor == visitor for job in waiting)
        if own >= MOST_WAITING:
            raise RequestError(f"You have {own} jobs waiting here already; wait until one is done, or stop one.")
        if len(waiting) >= MOST_IN_ALL:
            raise RequestError(f"{len(waiting)} jobs of all visitors are waiting here already; try again in a minute.")

    def _begin(self) -> None:
        """Drop what waits and is not wanted any more, and begin as much of the rest as there is room for."""
        for job in self._jobs.values():
            if job.state == "waiting" and job.unwanted:
                job.end("stopped")
        while (job := self._next()) is not None:
            job.state, job.turn, job.begun = "running", next(self._turns), time.monotonic()
            job.thread = threading.Thread(target=self._do, args=(job, job.work), name="job", daemon=True)
            job.thread.start()

    def _next(self) -> Job | None:
        running = [job.visitor for job in self._jobs.values() if job.state == "running"]
        ready = [job for job in self._jobs.values() if job.state == "waiting" and job.visitor not in running]
        if len(running) >= self._width:
            return None
        return min(ready, key=lambda job: self._served(job.visitor), default=None)

    def _served(self, visitor: Visitor) -> tuple[int, int]:
        """The last turns that were given to this address, and to this visitor."""
        address = max(job.turn for job in self._jobs.values() if job.visitor.address == visitor.address)
        return address, max(job.turn for job in self._jobs.values() if job.visitor == visitor)

    def _forget(self) -> None:
        now = time.monotonic()
        over = sorted((job.heard, name) for name, job in self._jobs.items() if job.over)
        for number, (heard, name) in enumerate(over):
            if now - heard > AWAY or len(over) - number > MOST_KEPT:
                del self._jobs[name]

    def _do(self, job: Job, work: Work) -> None:
        try:
            result = work(job)
            job.result, state = result or {}, "stopped" if result is None else "done"
        except Exception as error:  # the thread's outermost edge: the page shows it
            job.error, state = sentence(error), "failed"
        with self._lock:
            job.end(state)
            self._begin()
