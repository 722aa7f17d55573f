"""Files read so that none can stop or fill the program, and written whole or not at all."""

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows: only its age tells there whether a part was left behind
    fcntl = None  # type: ignore[assignment]

PART = ".part-"
"""How the name of a file or folder begins that is not whole yet; whoever writes it holds a lock on it."""
MOST_FILE = 2_000_000_000
"""Bytes of a file that somebody names, where its kind has no smaller limit."""
YOUNG, A_DAY = 60.0, 24 * 60 * 60.0
"""Seconds: a younger part may be about to be locked; an older one is nobody's where there are no locks."""


@contextmanager
def regular(path: Path | str, most: int = MOST_FILE) -> Iterator[BinaryIO]:
    """`with regular(path, most) as file:` a file of at most `most` bytes, open for reading.

    A pipe, a device, what a link of such a kind leads to, and a longer file raise an OSError whose words are made to
    be shown; it is one too where nothing is there.
    """
    # Asked before it is opened, since opening alone can wait for ever (a pipe) or do something (a device).
    _check(Path(path).stat(), path, most)
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        _check(os.fstat(file.fileno()), path, most)
        yield file


def contents(path: Path | str, most: int = MOST_FILE) -> bytes:
    """All bytes of such a file; errors as `regular`."""
    with regular(path, most) as file:
        content = file.read(most + 1)
    if len(content) > most:  # it grew, or is one of those that the system makes up while they are read
        raise OSError(f"{Path(path).name} is longer than {most:,} bytes")
    return content


def _check(status: os.stat_result, path: Path | str, most: int) -> None:
    name = Path(path).name
    if not stat.S_ISREG(status.st_mode):
        raise OSError(f"{name} is {_kind(status.st_mode)} and no file")
    if status.st_size > most:
        raise OSError(f"{name} is longer than {most:,} bytes")


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a pipe" if stat.S_ISFIFO(mode) else "a device" if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) else "a socket"


def at_home(path: Path | str) -> Path:
    """A path whose ~ is somebody's home; one of nobody is a name as any, which then is not there."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def followed(path: Path | str) -> Path:
    """Where a path leads to behind its links, though they may lead in a circle: to tell whether two are one place."""
    try:
        return Path(os.path.realpath(path))
    except ValueError:  # it holds a NUL, which no path does
        return Path(path)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there; a reader sees the old content or the new."""
    with swapped(path) as file:
        file.write(content)


@contextmanager
def swapped(path: Path) -> Iterator[BinaryIO]:
    """`with swapped(path) as file:` an open binary file that becomes `path` only when the block succeeds."""
    with beside(path) as part:
        with part.open("w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files private; weights and runs are read by others too.
        part.chmod(0o644)
        part.replace(path)


@contextmanager
def beside(path: Path, folder: bool = False) -> Iterator[Path]:
    """`with beside(path) as part:` a new file, or folder, in the same place, for what becomes `path` once it is whole.

    What is not moved is removed at the end; what a killed process left there is removed at its first one in that place.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep_once(path.parent.resolve())
    # Not named after the file, whose name may have all the bytes that a disk takes.
    if folder:
        part = Path(tempfile.mkdtemp(dir=path.parent, prefix=PART))
    else:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=PART)
        os.close(handle)
        part = Path(name)
    lock = _locked(part)
    try:
        yield part
    finally:
        _remove(part)
        if lock is not None:
            os.close(lock)


def sweep(place: Path) -> None:
    """Remove what killed processes left in a folder: parts that nobody is writing."""
    for part in place.glob(f"{PART}????????"):
        try:
            aged = time.time() - part.lstat().st_mtime
            lock = None if aged < YOUNG or part.is_symlink() else _locked(part)
        except OSError:
            continue  # moved to its place, or swept by another process, at this moment
        if lock is not None:
            _remove(part)
            os.close(lock)
        elif not fcntl and aged > A_DAY:
            _remove(part)


_sweep_once = lru_cache(maxsize=256)(sweep)


def _locked(part: Path) -> int | None:
    """A lock on a part, which ends with this process however it ends; None where another one has it."""
    if not fcntl:
        return None
    handle = os.open(part, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def _remove(part: Path) -> None:
    if part.is_dir() and not part.is_symlink():
        shutil.rmtree(part, ignore_errors=True)
    else:
        part.unlink(missing_ok=True)
