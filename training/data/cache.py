"""Where decoded pictures are kept: in memory, or for a set too big for it in a mapped .npy file."""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gan_models.errors import TrainingError, reason
from gan_models.files import beside
from training.data.image_set import Rows

A_DAY = 24 * 60 * 60

Fill = Callable[[np.ndarray], dict[str, Any]]


def decoded(
    shape: tuple[int, ...], key: str, fill: Fill, memory_mb: int | None = None
) -> tuple[torch.Tensor | Rows, dict[str, Any]]:
    """The pixels that `fill` writes, uint8 of this shape, and the notes (JSON) it returns.

    In memory if they fit into `memory_mb` (None: a quarter of the machine's), else in a folder of the cache
    named by `key` and the shape, where the next run finds them. Raises TrainingError if the disk has no room.
    """
    if int(np.prod(shape)) <= (memory_budget_mb() if memory_mb is None else memory_mb) * 1_000_000:
        pixels = np.zeros(shape, np.uint8)
        notes = fill(pixels)
        return torch.from_numpy(pixels), notes
    digest = hashlib.sha256(json.dumps([shape, key]).encode()).hexdigest()[:32]
    folder = cache_folder() / "sets" / digest
    if not folder.exists():
        _write(folder, shape, fill)
    return Rows(np.load(folder / "pixels.npy", mmap_mode="r")), json.loads((folder / "notes.json").read_text())


def cache_folder() -> Path:
    """`$GAN_ATELIER_CACHE`, or gan-atelier in the user's cache folder."""
    user = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("GAN_ATELIER_CACHE") or Path(user) / "gan-atelier")


def memory_budget_mb() -> int:
    """A quarter of the machine's memory in MB; 2048 where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4_000_000
    except (AttributeError, ValueError, OSError):
        return 2048


def _write(folder: Path, shape: tuple[int, ...], fill: Fill) -> None:
    """Pixels and notes into a folder beside, moved in place when both are whole."""
    try:
        with beside(folder, folder=True) as part:
            _sweep_old(folder.parent)
            _claim_room(folder.parent, shape)
            pixels = np.lib.format.open_memmap(part / "pixels.npy", "w+", np.uint8, shape)
            (part / "notes.json").write_text(json.dumps(fill(pixels)))
            pixels.flush()
            _move(part, folder)
    except OSError as error:
        raise TrainingError(
            f"the decoded pictures ({np.prod(shape) // 1_000_000} MB) cannot be kept in {folder.parent} "
            f"({reason(error)}): make room, or set GAN_ATELIER_CACHE to a folder with more."
        ) from error


def _sweep_old(folder: Path) -> None:
    """Delete what killed writers of earlier versions left: parts that nothing was written into for a day."""
    for part in folder.glob("part-*"):
        newest = max((path.stat().st_mtime for path in (part, *part.glob("*"))), default=0.0)
        if time.time() - newest > A_DAY:
            shutil.rmtree(part, ignore_errors=True)


def _claim_room(folder: Path, shape: tuple[int, ...]) -> None:
    # a mapped file is written by page faults: a full disk would be a bus error, not an exception
    if shutil.disk_usage(folder).free < np.prod(shape) * 1.02 + 1_000_000:
        raise OSError("the disk has not enough room")


def _move(part: Path, folder: Path) -> None:
    try:
        part.rename(folder)
    except OSError:
        # another process of the same run was first: its copy is as good
        if not folder.exists():
            raise
