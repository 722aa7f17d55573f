"""Two lanes to the processor: live pictures go first, long jobs give way between their frames."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
AT_HAND = 1.0
"""Seconds after a live picture for which the next one is expected."""


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Lanes:
    """As many workers at a time as there are cores, first come first served, live pictures before long jobs.

    More torch programs than cores slow each other down many times over, so everything that computes
    pictures for the page enters here. A long job enters once for every frame, and long jobs leave one worker
    alone while anybody has a hand on a slider: their frames and tiles may take a second.
    """

    def __init__(self, width: int | None = None) -> None:
        self.width = width or cores()
        self._free, self._long_ones = self.width, 0
        self._touched = -AT_HAND
        self._lock = threading.Lock()
        self._live: deque[threading.Event] = deque()
        self._long: deque[threading.Event] = deque()
        # The same few threads every time: torch and the allocator keep memory for every thread they meet.
        self._workers = ThreadPoolExecutor(self.width, thread_name_prefix="live")

    @contextmanager
    def live(self) -> Iterator[None]:
        """For what a visitor is waiting for with a hand on the slider."""
        self._touched = time.monotonic()
        self._enter(self._live)
        try:
            yield
        finally:
            self._leave(0)

    @contextmanager
    def long(self) -> Iterator[None]:
        """For one frame, or one tile, of a film, a big picture or a download."""
        self._enter(self._long)
        try:
            yield
        finally:
            self._leave(1)

    def share(self, work: Callable[[Sequence[Item]], Result], items: Sequence[Item]) -> list[Result]:
        """Do live `work` on `items`, cut into runs for the workers; results in the order of the runs.

        Few items stay together: handing a run to another thread costs more than drawing a picture or two.
        """
        runs = max(1, min(self.width, len(items) // 4))
        size = -(-len(items) // runs)
        parts = [items[start : start + size] for start in range(0, len(items), size)]
        return list(self._workers.map(lambda part: self._do(work, part), parts))

    def _do(self, work: Callable[[Sequence[Item]], Result], part: Sequence[Item]) -> Result:
        with self.live():
            return work(part)

    def _enter(self, queue: deque[threading.Event]) -> None:
        turn = threading.Event()
        with self._lock:
            queue.append(turn)
            self._admit()
        turn.wait()

    def _leave(self, long_ones: int) -> None:
        with self._lock:
            self._free += 1
            self._long_ones -= long_ones
            self._admit()

    def _admit(self) -> None:
        """Hand the turns on that are free: to the longest waiting live pictures, then to long jobs."""
        while self._live and self._free:
            self._free -= 1
            self._live.popleft().set()
        while self._long and self._free and self._long_ones < self._for_long():
            self._free, self._long_ones = self._free - 1, self._long_ones + 1
            self._long.popleft().set()

    def _for_long(self) -> int:
        """How many workers long jobs may have."""
        return max(1, self.width - (time.monotonic() - self._touched < AT_HAND))
