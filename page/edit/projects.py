"""A projection as the page asks for it: the photograph and the state come with every request, nothing of them stays."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from gan_models import project
from gan_models.pictures.images import open_picture
from gan_models.pictures.photo import Photo, flat, open_photo, resize_levels
from gan_models.sample import sample
from page.edit import holes
from page.parts import pictures
from page.parts.opening import OPENING
from page.parts.requests import decoded, whole

if TYPE_CHECKING:
    from gan_models.weight.model import Model
    from page.edit import EditDesk as Desk
    from page.parts.lanes import Lanes

LOOKED_AT = 640
"""Longer side in pixels of the photograph in which a box is placed, and from which it is cut."""
SECONDS = 0.3
"""How long a request makes steps."""


def photograph(content: bytes) -> dict[str, Any]:
    """A photograph to look at, and the box to begin with, in pixels of it; "seen": whether about a cat's face."""
    with OPENING.room(content):
        photo = open_photo(content)
        share = min(1.0, LOOKED_AT / max(photo.height, photo.width))
        height, width = (max(1, round(side * share)) for side in (photo.height, photo.width))
        small = Photo(resize_levels(flat(photo), height, width))
    box, seen = project.suggested(small)
    data = pictures.text(pictures.png(small.colour))
    return {"data": data, "width": width, "height": height, "box": box.to_json(), "seen": seen, "told": photo.told}


def aligned(model: Model, request: dict) -> dict[str, Any]:
    """What a box of a photograph holds, as a PNG of the size that the model draws."""
    content = decoded(request.get("data"))
    with OPENING.room(content):
        photo = open_photo(content)
        picture = project.aligned(photo, project.Box.of(request.get("box"), photo), model)
    return {"data": pictures.text(pictures.png(picture))}


def projected(model: Model, request: dict, lanes: Lanes) -> dict[str, Any]:
    """{"data", "state", "total"} -> the nearest picture so far some steps on, and the state to go on from.

    Without a state it is what the encoder says, or the mean picture. "mask": cells of a hole that is not looked at;
    "joined" is then the picture with it filled.
    """
    content = decoded(request.get("data"))
    with OPENING.room(content):
        photograph, hole = open_picture(content, model.channels), holes.hole_of(model, request.get("mask"))
        target = project.Target.of(model, photograph, hole)
    begun, state, total = time.perf_counter(), request.get("state"), request.get("total")
    total = project.USUAL_STEPS if total is None else whole(total, 1, project.MOST_STEPS, "The steps of a projection")
    with lanes.long():
        stage = project.begin(model, target, total) if state is None else project.Stage.of(model, state)
        for further in project.steps(model, target, stage) if state is not None else ():
            stage = further
            if time.perf_counter() - begun > SECONDS:
                break
        point = stage.point(model)
        picture = sample(model, [point])
        error = project.error(model, target, picture[0], stage.number)
        joined = {} if hole is None else {"joined": holes.shown(model, photograph, hole, picture[0])}
    return {
        **joined,
        **pictures.mosaic(picture),
        "point": point.to_json(),
        "state": stage.words(),
        "step": stage.number,
        "total": stage.total,
        "far": error.to_json(),
        "done": stage.number >= stage.total,
    }


def finished(desk: Desk, request: dict) -> dict[str, Any]:
    """A whole projection, for programs, and its file."""
    asked = boxed(desk, request)
    reply = desk.project(asked)
    while not reply["done"]:
        reply = desk.project({**asked, "state": reply["state"]})
    saved = desk.save({"weight": request["weight"], "point": reply["point"]})
    return {"point": reply["point"], "far": reply["far"], "box": asked["box"], **saved}


def boxed(desk: Desk, request: dict) -> dict[str, Any]:
    """The same request with what its box holds as the "data"; without a box, with the one to begin with."""
    photo = desk.photograph({"data": request["data"]})
    box = request["box"] or photo["box"]
    data = request["data"] if request["box"] else photo["data"]
    return {**request, "box": box, **desk.align({**request, "data": data, "box": box})}
