"""A copy of a generator tuned to a visitor's photograph, as a job; it becomes a weight of its own on the shelf."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gan_models import project, tune
from gan_models.errors import RequestError
from gan_models.latents.point import Point
from gan_models.pictures.images import open_picture
from gan_models.sample import sample
from gan_models.shell import command
from gan_models.targets import numbered
from gan_models.weight.card import plain_name
from page.edit import projects
from page.parts.opening import OPENING
from page.parts.requests import decoded, whole

if TYPE_CHECKING:
    from torch import nn

    from gan_models.weight.model import Model
    from page.edit import EditDesk as Desk
    from page.parts.jobs import Job

MOST_SECONDS = 600
"""Of one tuning from the page; the command takes more."""
_ONE = threading.Lock()
"""Held from the choice of a copy's folder until it is there: two may be done at the same instant."""


def allowed(desk: Desk) -> bool:
    """Whether visitors may write weights: where the page listens on this machine alone, they are its owner's."""
    return desk.shared.training == "here"


def begun(desk: Desk, model: Model, point: Point, request: dict) -> dict[str, Any]:
    """{"data": as aligned, "seconds"} -> the id of a job that tunes a copy of the model to it, at this point."""
    work = tuning(desk, model, point, request)
    return {"job": desk.shared.jobs.start(work, total=work.seconds)}


def finished(desk: Desk, request: dict) -> dict[str, Any]:
    """A whole tuning, for programs: the photograph projected, and a copy of the weight tuned to it at that point."""
    check_allowed(desk)
    near = projects.finished(desk, request)
    model, point = desk.model(request["weight"]), Point.from_json(near["point"])
    return desk.shared.jobs.made(tuning(desk, model, point, projects.boxed(desk, request)))


def check_allowed(desk: Desk) -> None:
    """RequestError where visitors write no weights."""
    if not allowed(desk):
        raise RequestError(
            "A tuned copy is written beside the weights, which only a page on one's own machine does; "
            f"there it is also {command(['gan_models.tune'])}."
        )


def tuning(desk: Desk, model: Model, point: Point, request: dict) -> Tuning:
    """The work that {"data": as aligned, "seconds"} asks for."""
    check_allowed(desk)
    seconds = whole(request.get("seconds"), 1, MOST_SECONDS, "The seconds of a tuning")
    content = decoded(request.get("data"))
    with OPENING.room(content):
        target = project.Target.of(model, open_picture(content, model.channels))
    return Tuning(desk, model, point, target, seconds)


@dataclass(frozen=True)
class Tuning:
    """The work of a job: it tunes for `seconds`, writes the copy, and says how near it came."""

    desk: Desk
    model: Model
    point: Point
    target: project.Target
    seconds: int

    def __call__(self, job: Job) -> dict[str, Any] | None:
        generator = self.tuned(job)
        if generator is None:
            return None
        with _ONE:
            folder = numbered(self.desk.shelf.home / plain_name(f"{self.model.name}-tuned"))
            copied = tune.write(folder, self.model, generator, self.seconds)
        before, after = (project.error(of, self.target, sample(of, [self.point])[0]) for of in (self.model, copied))
        told = f"Perceptual distance {before.perceptual:.3f} before, {after.perceptual:.3f} tuned."
        return {"weight": copied.name, "point": self.point.to_json(), "told": told}

    def tuned(self, job: Job) -> nn.Module | None:
        """The copy when the time is over; None where nobody wants it any more."""
        begun, steps = time.monotonic(), tune.tuned(self.model, self.target, self.point.styles_of(self.model))
        while not job.unwanted:
            with self.desk.shared.lanes.long():
                step = next(steps)
            job.done = min(self.seconds, int(time.monotonic() - begun))
            if job.done == self.seconds:
                return step.generator
        return None
