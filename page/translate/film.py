"""Films of drawings that grow (gan_models.drawing.growing), as jobs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gan_models import translate
from gan_models.drawing import growing
from page.parts import pictures

if TYPE_CHECKING:
    from page.parts.jobs import Job, Work
    from page.parts.lanes import Lanes
    from page.translate.request import Wanted


def film_of(wanted: Wanted, lanes: Lanes) -> Work:
    """The work of filming a drawing; RequestError where there is nothing that could grow."""
    frames = translate.growing(wanted.model, wanted.strokes, wanted.wish, wanted.ground, lanes.long)
    return partial(_write, frames, wanted.recipe().to_json())


def _write(frames: Iterator[np.ndarray], recipe: str, job: Job) -> dict[str, Any] | None:
    """The film as an MP4 with the recipe of its last picture."""
    from gan_models.pictures.film import write_film

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        made = write_film(_counted(frames, job), path, growing.FPS, 1, stop=lambda: job.unwanted, comment=recipe)
        return {"name": "drawing.mp4", "data": pictures.text(path.read_bytes())} if made else None


def _counted(frames: Iterator[np.ndarray], job: Job) -> Iterator[np.ndarray]:
    for number, frame in enumerate(frames, 1):
        # The last one is shown for a while, which is no progress.
        job.done = min(number, job.total)
        yield frame
