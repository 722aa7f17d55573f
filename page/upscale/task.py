"""A job of the Upscale tab: pictures to enlarge one after the other, each with one network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gan_models.errors import RequestError
from gan_models.pictures.photo import Photo
from gan_models.upscale import Progress
from page.parts import store

if TYPE_CHECKING:
    from page.parts.jobs import Job
    from page.parts.store import Held


@dataclass(frozen=True)
class Task:
    """One picture to make: `run` yields Progress and at last the Photo, which is kept under `key`."""

    held: Held
    key: str
    pixels: int
    run: Callable[[], Iterator[Progress | Photo]]

    @property
    def bytes(self) -> int:
        """What its result takes of memory: as many for each pixel as the picture itself."""
        photo = self.held.photo
        alpha = 0 if photo.alpha is None else photo.alpha.nbytes
        return self.pixels * (photo.colour.nbytes + alpha) // (photo.height * photo.width)

    @property
    def there(self) -> bool:
        """Whether its result is held already."""
        return self.key in self.held.results


def check_room(tasks: Sequence[Task]) -> None:
    """RequestError for several pictures whose results cannot be held together.

    The first would be forgotten before the last is made.
    """
    missing = sum(task.bytes for task in tasks if not task.there)
    if missing > store.MOST_HELD and tasks[0].held is not tasks[-1].held:
        raise RequestError(
            f"The results would take {missing / 1e9:.1f} GB together, and {store.MOST_HELD / 1e9:.0f} GB are held "
            "here; enlarge fewer pictures at once, or take a smaller scale."
        )


def enlarge(tasks: Sequence[Task], job: Job) -> dict[str, Any] | None:
    """Do tasks one after the other, for `Jobs.start`."""
    for number, task in enumerate(tasks, 1):
        job.picture, job.done, job.total = number, 0, 0
        if not task.there and not _made(task, job):
            return None
    return {}


def _made(task: Task, job: Job) -> bool:
    """Whether a task came to its end, and was still wanted."""
    run = task.run()
    for state in run:
        if isinstance(state, Photo):
            task.held.results[task.key] = state
            return True
        job.pixels += task.pixels * (state.done - job.done) / state.total
        job.done, job.total = state.done, state.total
        if job.unwanted:
            run.close()
            return False
    return False
