"""Films as jobs: written frame by frame, told how far, and handed out as the file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from page.parts import pictures

if TYPE_CHECKING:
    from page.parts.jobs import Job


def written(
    frames: Iterator[np.ndarray], fps: int, scale: int | None, name: str, recipe: str, job: Job
) -> dict[str, Any] | None:
    """Frames as an MP4 of that name with its recipe, for `Jobs.start`; `scale` as in `write_film`."""
    from gan_models.pictures.film import write_film

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        made = write_film(_counted(frames, job), path, fps, scale, stop=lambda: job.unwanted, comment=recipe)
        return {"name": name, "data": pictures.text(path.read_bytes())} if made else None


def _counted(frames: Iterator[np.ndarray], job: Job) -> Iterator[np.ndarray]:
    for number, frame in enumerate(frames, 1):
        # The last one may be shown for a while, which is no progress.
        job.done = min(number, job.total)
        yield frame
