"""Files read so that none can stop or fill the program, and written whole or not at all."""

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def regular(path: Path | str, most: int) -> Iterator[BinaryIO]:
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


def contents(path: Path | str, most: int) -> bytes:
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


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there; a reader sees the old content or the new."""
    with swapped(path) as file:
        file.write(content)


@contextmanager
def swapped(path: Path) -> Iterator[BinaryIO]:
    """`with swapped(path) as file:` an open binary file that becomes `path` only when the block succeeds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not named after the file, whose name may have all the bytes that a disk takes.
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files private; weights and runs are read by others too.
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
