"""The puppet of the Translate tab: a person in the pose of its joints, live, as a picture and as a film."""

from __future__ import annotations

import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gan_models import pose
from gan_models.drawing.sources import SOURCES
from gan_models.errors import RequestError
from gan_models.pictures.film import check_film
from gan_models.pictures.images import open_picture
from gan_models.pictures.photo import flat, open_photo, resize_photo
from gan_models.pose import Person
from gan_models.puppets.body import HIPS, NUMBER, PARENT, read_joints
from gan_models.puppets.bvh import read_bvh
from gan_models.puppets.dances import MOST_KEYS, MOST_STEPS, STEPS, Dance, packed
from gan_models.puppets.motions import FPS, MOTIONS, motion
from gan_models.puppets.poses import POSES
from gan_models.puppets.skeleton import COLOURS, JOINTS, LIMBS
from gan_models.recipe import Recipe, stamp
from page.parts import pictures
from page.parts.opening import OPENING
from page.parts.requests import decoded, file_name

if TYPE_CHECKING:
    from torch import Tensor

    from gan_models.loading import Shelf
    from gan_models.weight.card import Card
    from gan_models.weight.model import Model
    from page.parts.jobs import Job, Jobs, Work
    from page.parts.lanes import Lanes

MOST_KNOWN = 24
"""Persons lately drawn of whom is remembered what the network must know: about a megabyte each."""


def described(card: Card) -> dict[str, Any]:
    """What the controls must know of a weight that draws a person in any pose."""
    takes = SOURCES[str(card.source)]
    parents = [-1 if name == JOINTS[HIPS] else NUMBER[PARENT[name]] for name in JOINTS]
    return {
        "size": card.config["size"], "source": card.source, "drawn": False, "masked": False, "posed": True,
        "mixed": True, "coloured": True, "edges": False, "tools": [], "sees": takes.sees, "invited": takes.invited,
        "before": takes.before, "target": "picture", "hints": False, "palette": [], "directions": [], "noisy": False,
        "styled": False, "manners": [], "sides": [], "examples": [],
        "body": {"names": list(JOINTS), "parents": parents, "limbs": list(LIMBS), "colours": list(COLOURS)},
        "poses": [[name, packed(joints[None])] for name, joints in POSES.items()],
        "motions": [[name, packed(motion(name))] for name in MOTIONS],
        "steps": STEPS, "most_steps": MOST_STEPS, "most_keys": MOST_KEYS, "fps": FPS,
    }  # fmt: skip


class Known:
    """What the network must know of the persons that were drawn last, by weight and person."""

    def __init__(self) -> None:
        self._found: OrderedDict[tuple[str, str], Tensor] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, model: Model, person: Person) -> Tensor:
        key = model.sha256, str(person.words())
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        made = pose.known(model, person)
        with self._lock:
            self._found[key] = made
            if len(self._found) > MOST_KNOWN:
                self._found.popitem(last=False)
        return made


KNOWN = Known()


def persons(model: Model) -> dict[str, Any]:
    """Everybody whom a weight comes with: {"persons": [{"picture", "joints"}, ...]}, pictures as PNGs in base64."""
    found = pose.persons(model)
    faces = [pictures.text(pictures.png(picture)) for picture in found.pictures.permute(0, 2, 3, 1).numpy()]
    return {"persons": [{"picture": face, "joints": places.tolist()} for face, places in zip(faces, found.joints)]}


def posed(model: Model, request: dict, lanes: Lanes) -> dict[str, Any]:
    """{"joints", "person", "last": the frame before as a PNG, if any} -> the picture as a PNG in base64."""
    begun = time.perf_counter()
    joints, person = read_joints(request.get("joints")), Person.of(request.get("person"))
    last = None if request.get("last") is None else _frame(model, request["last"])
    with lanes.live():
        drawn = pose.draw(model, joints, KNOWN.get(model, person), last)
    return {"picture": pictures.text(pictures.png(drawn)), "compute": 1000 * (time.perf_counter() - begun)}


def _frame(model: Model, text: str) -> np.ndarray:
    frame = open_picture(decoded(text))
    if frame.shape != (model.size, model.size, 3):
        raise RequestError(f"The frame before has {frame.shape[1]}x{frame.shape[0]} px, not {model.size}; begin anew.")
    return frame


def portrait(model: Model, request: dict) -> dict[str, Any]:
    """{"data", "name"} -> {"picture"}: the middle square of somebody's picture, as the network sees it."""
    content = decoded(request.get("data"))
    with OPENING.room(content):
        photo = open_photo(content)
    side = min(photo.height, photo.width)
    square = photo.crop((photo.height - side) // 2, (photo.width - side) // 2, side, side)
    levels = flat(resize_photo(square, model.size, model.size))
    return {"picture": pictures.text(pose.png(levels if levels.shape[2] == 3 else levels.repeat(3, 2)))}


def capture(request: dict) -> dict[str, Any]:
    """{"data", "name"}: a BVH file -> {"name", "poses"}: its frames on the puppet."""
    name = file_name(request)
    return Dance(read_bvh(decoded(request.get("data")), name), name=name).to_json()


def saved(model: Model, request: dict, lanes: Lanes) -> dict[str, Any]:
    """{"joints", "person"} -> a PNG with its recipe, in base64."""
    joints, person = read_joints(request.get("joints")), Person.of(request.get("person"))
    with lanes.long():
        drawn = pose.draw(model, joints, KNOWN.get(model, person))
    content = stamp(drawn, pose.recipe_of(model, person, joints))
    return {"name": f"{model.name}{_of(person)}.png", "data": pictures.text(content)}


def film_of(model: Model, request: dict, lanes: Lanes, jobs: Jobs) -> dict[str, Any]:
    """{"dance", "person", "kind": "mp4", "gif" or "webp"} -> the id of a job that films the dance."""
    dance, person = Dance.from_json(request.get("dance")), Person.of(request.get("person"))
    return {"job": jobs.start(_film(model, dance, person, request.get("kind") or "mp4", lanes), total=dance.count)}


def _film(model: Model, dance: Dance, person: Person, kind: str, lanes: Lanes) -> Work:
    name = f"{model.name}{_of(person)}{f'-{Path(dance.name).stem}' if dance.name else ''}.{kind}"
    check_film(Path(name), FPS)
    person.seen(model)
    return partial(_filmed, model, dance, person, name, lanes)


def _filmed(model: Model, dance: Dance, person: Person, name: str, lanes: Lanes, job: Job) -> dict[str, Any] | None:
    """The film as far as it was let: one that is stopped keeps what is there, and its recipe says how much that is."""
    made = list(_until(pose.frames(model, dance, person, lanes.long), job))
    if not made or (job.unwanted and not job.stopped.is_set()):
        return None
    recipe = pose.recipe_of(model, person, dance, len(made) if len(made) < dance.count else None)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"film{Path(name).suffix}"
        pose.filmed(made, path, recipe)
        return {"name": name, "data": pictures.text(path.read_bytes())}


def _until(frames: Iterator[np.ndarray], job: Job) -> Iterator[np.ndarray]:
    for number, frame in enumerate(frames, 1):
        job.done = number
        yield frame
        if job.unwanted:
            return


def _of(person: Person) -> str:
    return "-own" if person.picture is not None else f"-{person.number}"


def reopened(shelf: Shelf, made: Recipe) -> dict[str, Any]:
    """A saved picture or film in words for the page."""
    model = shelf.find(made.weight, made.sha256)
    person, what, _ = pose.read_recipe(made)
    person.seen(model)
    words = {"dance": what.to_json()} if isinstance(what, Dance) else {"joints": what.tolist()}
    return {"recipe": {"weight": model.name, "puppet": {"person": person.words(), **words}}}


def made(model: Model, lanes: Lanes, name: str, joints: list | None, number: int) -> dict[str, Any]:
    """A picture for programs: a pose by name with the person's own limbs, or joints as they are."""
    person = Person(number)
    places = pose.as_built(model, person, pose.named(name)) if joints is None else read_joints(joints)
    return saved(model, {"joints": places.tolist(), "person": number}, lanes)


def danced(model: Model, lanes: Lanes, name: str, bvh: str, number: int, kind: str) -> Work:
    """The work of a film for programs: one of our motions, or a BVH file in base64, with the person's own limbs."""
    person = Person(number)
    given = Dance(read_bvh(decoded(bvh)), name="bvh") if bvh else Dance.of(name)
    dance = Dance(pose.as_built(model, person, given.poses), name=given.name)
    return _film(model, dance, person, kind, lanes)
