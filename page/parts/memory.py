"""Memory that is free in the allocator goes back to the system, which it does by itself only from the heap's end."""

from __future__ import annotations

import ctypes
import threading
import time

EVERY = 60.0
"""Seconds from one time to the next; each takes milliseconds."""


def give_back() -> bool:
    """Once, where the C library is one that can (glibc); whether it can."""
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):  # macOS, Windows, musl
        return False
    return True


def keep_giving_back() -> None:
    """Now and then, in a thread of its own: pictures and the networks' layers leave holes among what stays."""

    def again() -> None:
        while give_back():
            time.sleep(EVERY)

    threading.Thread(target=again, name="memory", daemon=True).start()
