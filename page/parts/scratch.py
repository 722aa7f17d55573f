"""A folder of our own for all that is written for visitors: gone with the server, and swept where one was killed."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import IO, Any

try:
    import fcntl
except ImportError:  # Windows, where a file that is open cannot be removed: that says as much as a lock
    fcntl = None  # type: ignore[assignment]

PREFIX, HELD = "gan-atelier-", "held"
YOUNG = 60.0
"""Seconds after which a folder that nobody holds was left behind; before, it may just be about to be held."""


def open_folder() -> Path:
    """Make the folder, for this process and all temporary files of its libraries, and sweep those left behind.

    It goes at the exit and at SIGTERM. Gradio serves what lies in its part "shown" alone.
    """
    sweep(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    held = (folder / HELD).open("w")
    _lock(held)
    tempfile.tempdir = str(folder)
    os.environ["GRADIO_TEMP_DIR"] = str(folder / "shown")

    def close(*_: Any) -> None:
        held.close()
        shutil.rmtree(folder, ignore_errors=True)

    def end(*_: Any) -> None:
        close()
        # As without a handler: at once, whatever threads are at work.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)

    atexit.register(close)
    signal.signal(signal.SIGTERM, end)
    return folder


def sweep(place: Path) -> None:
    """Remove the folders there that a killed server left behind."""
    for folder in place.glob(f"{PREFIX}*"):
        try:
            if time.time() - folder.stat().st_mtime > YOUNG and not folder.is_symlink() and _is_left(folder / HELD):
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue  # another user's, or swept by another server at this moment


def _is_left(path: Path) -> bool:
    if not fcntl:
        path.unlink(missing_ok=True)
        return True
    if not path.exists():
        return True
    with path.open("r+") as held:
        return _lock(held)


def _lock(file: IO[str]) -> bool:
    """Whether this process now holds the file; it lets go when it ends, however that is."""
    try:
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
