"""A drag as the page asks for it: a few steps a request, so that whoever stops asking has stopped it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gan_models import drag
from gan_models.sample import sample
from page.parts import films, pictures
from page.parts.requests import whole

if TYPE_CHECKING:
    from gan_models.latents.point import Point
    from gan_models.weight.model import Model
    from page.edit import EditDesk as Desk
    from page.parts.jobs import Work
    from page.parts.lanes import Lanes

SECONDS = 0.12
"""How long a request makes steps: what comes back is painted eight times a second at most."""


def dragged(model: Model, point: Point, request: dict, lanes: Lanes) -> dict[str, Any]:
    """{"pairs", "mask", "state"} -> the picture some steps on, and the state to go on from.

    The last is opaque text; nothing of a drag stays here. "done" says why there is no more to do, or is "".
    """
    pull, begun = drag.Pull.of(model, point, request.get("pairs"), request.get("mask")), time.perf_counter()
    state = request.get("state")
    step = drag.first_step(model, pull) if state is None else drag.unpacked_step(model, pull, state)
    with lanes.live():
        for further in drag.steps(model, pull, step):
            step = further
            if time.perf_counter() - begun > SECONDS:
                break
        now = step.point(model, pull) if step.number else point
        picture = sample(model, [now])
    return {
        **pictures.mosaic(picture),
        "point": now.to_json(),
        "state": drag.packed_step(step),
        "step": step.number,
        "handles": step.handles.tolist(),
        "done": _done(step, pull, model.size),
    }


def finished(desk: Desk, request: dict, most: int) -> dict[str, Any]:
    """A whole drag, for programs: what the last reply of the page's own would be, and the file."""
    whole(most, 1, drag.MOST_STEPS, "The steps of a drag")
    state = None
    while True:
        reply = desk.drag({**request, "state": state})
        state = reply["state"]
        if reply["done"] or reply["step"] >= most:
            break
    told = {name: reply[name] for name in ("point", "handles", "step")}
    return {**told, **desk.save({"weight": request["weight"], "point": reply["point"]})}


def _done(step: drag.Step, pull: drag.Pull, size: int) -> str:
    if step.arrived(pull, size):
        return "every handle is at its target"
    return f"{drag.MOST_STEPS} steps are done" if step.number >= drag.MOST_STEPS else ""


def film(model: Model, point: Point, request: dict, lanes: Lanes) -> tuple[Work, int]:
    """The work of filming a drag's first "number" steps, and its frames."""
    pull = drag.Pull.of(model, point, request.get("pairs"), request.get("mask"))
    number = whole(request.get("number"), 1, drag.MOST_STEPS, "The steps of a film")
    frames, recipe = drag.frames(model, pull, number), drag.recipe_of(model, pull, number)
    name = f"{model.name}-dragged.mp4"
    return partial(films.written, _in_turn(frames, lanes.long), drag.FPS, None, name, recipe.to_json()), number + 1


def _in_turn(frames: Iterator[np.ndarray], turn: AbstractContextManager) -> Iterator[np.ndarray]:
    """Each frame drawn in a lane of its own: a slider elsewhere waits for one of them at most."""
    while True:
        with turn():
            frame = next(frames, None)
        if frame is None:
            return
        yield frame
