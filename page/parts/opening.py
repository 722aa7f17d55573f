"""Pictures of visitors opened: no more pixels at a time than the server has memory for, first come first served."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from gan_models.errors import RequestError
from gan_models.pictures.images import MOST_PIXELS, pixels_of

SMALL = 1_000_000
"""Pixels of a picture that waits for nobody."""
MOST_WAITING = 8
"""Larger ones that wait: each has its file of 20 MB in memory, and a thread."""


class Opening:
    """Where pictures are decoded: at most `most` pixels at once, each of which takes up to 23 bytes meanwhile."""

    def __init__(self, most: int = MOST_PIXELS) -> None:
        self._free = self._most = most
        self._lock = threading.Condition()
        self._waiting: deque[object] = deque()

    @contextmanager
    def room(self, content: bytes) -> Iterator[None]:
        """`with opening.room(content):` decode it, and make what is shown of it; RequestError while too many wait."""
        pixels = min(pixels_of(content), self._most)
        if pixels <= SMALL:
            yield
            return
        self._enter(pixels)
        try:
            yield
        finally:
            with self._lock:
                self._free += pixels
                self._lock.notify_all()

    def _enter(self, pixels: int) -> None:
        me = object()
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                raise RequestError("Many large pictures are being opened here just now; open yours again in a minute.")
            self._waiting.append(me)
            self._lock.wait_for(lambda: self._waiting[0] is me and pixels <= self._free)
            self._waiting.popleft()
            self._free -= pixels
            self._lock.notify_all()


OPENING = Opening()
"""The one of this server, whose memory all tabs share."""
