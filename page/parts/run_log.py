"""The rows of a log that grows: what was read stays, and only what came since is read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from threading import Lock

from gan_models.errors import TrainingError, reason
from gan_models.files import regular
from training.lines import MOST_BYTES, decode, numbers_of

MARK = 64
"""Bytes before what is new by which a file is known again: a run that is gone on from rewrites its log."""

Row = Mapping[str, float]


class Log:
    """One log.jsonl."""

    def __init__(self, path: Path):
        self._path, self._lock = path, Lock()
        self._seen: tuple[int, int] | None = None
        self._rows: list[Row] = []
        self._begin, self._mark = 0, b""

    def rows(self, stamp: tuple[int, int]) -> list[Row]:
        """The rows, oldest first, of the file as `stamp` (time and length) found it; TrainingError as Run.rows."""
        with self._lock:
            if stamp != self._seen:
                try:
                    self._go_on()
                except FileNotFoundError:
                    self._rows, self._begin, self._mark = [], 0, b""
                except OSError as error:
                    raise TrainingError(f"{self._path} cannot be read ({reason(error)}); move it away.") from None
                self._seen = stamp
            return self._rows

    def _go_on(self) -> None:
        with regular(self._path, MOST_BYTES) as file:
            file.seek(self._begin - len(self._mark))
            if file.read(len(self._mark)) != self._mark:
                self._rows, self._begin, self._mark = [], 0, b""
                file.seek(0)
            # A line that is still being written is read next time.
            new = file.read()
        new = new[: new.rfind(b"\n") + 1]
        found = [numbers_of(row) for row in decode(new.splitlines()) if isinstance(row, dict)]
        # A new list: the old one may be being drawn.
        self._rows = [*self._rows, *found]
        self._begin, self._mark = self._begin + len(new), (self._mark + new)[-MARK:]


@lru_cache(maxsize=8)
def log_of(path: Path) -> Log:
    """The log at a path, the eight used last kept."""
    return Log(path)
