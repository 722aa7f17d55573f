"""The file of a checkpoint: tensors, their checksum behind them, and the checkpoint before kept beside it.

torch reads past the checksum, so older versions open these files, and files without one are opened as before. Nothing
heavy is imported at the top: the page reads run folders.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from gan_models.errors import TrainingError, reason
from gan_models.files import regular, swapped

BEFORE = "before.pt"
MARK, DIGITS = b"\nsha256 ", 64
MOST_BYTES = 64_000_000_000
"""A longer file is no checkpoint of networks that this project has."""


def there(path: Path) -> bool:
    """Whether there is a checkpoint or the one before it."""
    return path.exists() or path.with_name(BEFORE).exists()


def write(path: Path, state: Mapping[str, Any]) -> None:
    """Write beside the old file, then swap, and keep the old one as BEFORE: a kill at any moment leaves a whole one.

    TrainingError where it cannot be written: the disk is full, mostly.
    """
    import torch

    old = path.with_name(f".{path.name}.before")
    try:
        with swapped(path) as file:
            torch.save(dict(state), file)
            file.write(MARK + _digest(file, file.seek(0, os.SEEK_END)).encode())
            _link(path, old)
        # Only now, when the new one is in its place: the old one may have been damaged, and the one before it not.
        if old.exists():
            old.replace(path.with_name(BEFORE))
    except (OSError, RuntimeError) as error:
        raise TrainingError(
            f"{path} cannot be written ({reason(error)}); make room and give the same command, which goes on from the "
            "checkpoint before."
        ) from error


def read(path: Path) -> dict[str, Any] | None:
    """The last whole checkpoint on the CPU (tensors and plain values only), or None before the first.

    Where the last one is damaged the one before it is taken, which is said on stderr; TrainingError where both are.
    """
    if not there(path):
        return None
    try:
        return _checked(path)
    except Exception as error:  # torch raises half a dozen kinds for a damaged file
        reason = str(error) if isinstance(error, OSError) else type(error).__name__
    try:
        state = _checked(path.with_name(BEFORE))
    except Exception:
        raise TrainingError(
            f"{path} cannot be read ({reason}); delete it to begin again, or restore it from a copy."
        ) from None
    print(f"{path} cannot be read ({reason}); taking the one before it, of step {state.get('step')}.", file=sys.stderr)
    return state


def _checked(path: Path) -> dict[str, Any]:
    import torch

    with regular(path, MOST_BYTES) as file:
        length = file.seek(0, os.SEEK_END) - len(MARK) - DIGITS
        file.seek(max(0, length))
        mark, known = file.read(len(MARK)), file.read()
        # A file of an earlier version has no checksum.
        if mark == MARK and _digest(file, length).encode() != known:
            raise OSError("it was damaged since it was written")
        file.seek(0)
        state = torch.load(file, map_location="cpu", weights_only=True)
    if not isinstance(state, dict):
        raise OSError(f"it holds {type(state).__name__} and no checkpoint")
    return state


def _digest(file: BinaryIO, length: int) -> str:
    """SHA-256 of the first `length` bytes."""
    file.seek(0)
    digest = hashlib.sha256()
    while length > 0 and (part := file.read(min(length, 1 << 20))):
        digest.update(part)
        length -= len(part)
    return digest.hexdigest()


def _link(path: Path, name: Path) -> None:
    """Give a file, if it is there, a second name; a copy where the disk has no such names."""
    name.unlink(missing_ok=True)
    if not path.exists():
        return
    try:
        name.hardlink_to(path)
    except OSError:
        shutil.copyfile(path, name)
