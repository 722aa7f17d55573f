"""Holes in photographs, as the page asks for them: one answer at a time, and of it only what changed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gan_models.drawing.masks import mask_of_steps, mask_picture, pack_mask, read_mask, unpack_mask
from gan_models.drawing.sources import SOURCES
from gan_models.errors import RequestError
from gan_models.pictures.photo import Photo, flat, open_photo, resize_levels
from gan_models.repair import MOST_ANSWERS, MOST_STEPS, Step, encoded, recipe_of, words_of
from gan_models.repairing.filling import Patch, patches, repair
from page.parts import compare, pictures
from page.parts.flipbook import data_uri
from page.parts.opening import OPENING
from page.parts.requests import check_source, decoded
from page.parts.store import Held

if TYPE_CHECKING:
    from gan_models.loading import Shelf
    from gan_models.recipe import Recipe
    from gan_models.weight.card import Card
    from page.parts.lanes import Lanes
    from page.parts.store import Store

SENT = 1024
"""Longer side in pixels of what is sent of a region; the file is made from every pixel."""


def described(card: Card) -> dict[str, Any]:
    """What the controls must know of a weight that repairs."""
    takes = SOURCES[str(card.source)]
    return {
        "size": card.config["size"], "source": card.source, "drawn": False, "masked": True, "answers": MOST_ANSWERS,
        "mixed": True, "coloured": True, "edges": False, "tools": [*takes.tools, "eraser"], "sees": takes.sees,
        "invited": takes.invited, "before": takes.before, "target": "picture", "hints": False, "palette": [],
        "directions": [], "noisy": False, "styled": False, "manners": [], "sides": [],
    }  # fmt: skip


def step_of(shelf: Shelf, photo: Photo, words: Mapping[str, Any]) -> Step:
    """A repair from a request or a recipe: {"weight", "seed", and "strokes" or "mask"}; "sha256": that very weight."""
    name, sha256 = str(words.get("weight")), words.get("sha256")
    model = shelf.get(name) if sha256 is None else shelf.find(name, str(sha256))
    if "mask" in words:
        mask = unpack_mask(words["mask"], photo.height, photo.width)
    else:
        mask = mask_of_steps(words.get("strokes") or [], photo.height, photo.width)
    return Step(model, mask, words.get("seed") or 0)


def mended(shelf: Shelf, held: Held, request: dict, lanes: Lanes) -> dict[str, Any]:
    """{"weight", "strokes", "seed"} -> what fills the hole, region by region, as shares of the photograph."""
    begun = time.perf_counter()
    step = step_of(shelf, held.photo, request)
    found = patches(step.model, held.photo, step.mask, step.seed, lanes.live)
    told = [_told(patch, held.photo) for patch in found]
    return {"patches": told, "compute": 1000 * (time.perf_counter() - begun)}


def _told(patch: Patch, photo: Photo) -> dict[str, Any]:
    """A region as it looks repaired: its box in shares of width and height, and the picture, known pixels and all."""
    place = patch.place
    whole = photo.crop(place.top, place.left, place.height, place.width)
    levels = whole.colour.copy()
    levels[patch.hole] = patch.levels[patch.hole]
    picture = flat(replace(whole, colour=levels))
    share = min(1.0, SENT / max(picture.shape[:2]))
    if share < 1:
        picture = resize_levels(picture, *(max(1, round(side * share)) for side in picture.shape[:2]))
    return {
        "left": place.left / photo.width,
        "top": place.top / photo.height,
        "width": place.width / photo.width,
        "height": place.height / photo.height,
        "picture": data_uri(np.ascontiguousarray(picture)),
    }


def mask_of(held: Held, request: dict) -> dict[str, Any]:
    """{"data"}: a mask's file -> {"mask"}, as a step of painting takes it; {"strokes"} -> the mask as a file."""
    photo = held.photo
    if request.get("data"):
        content = decoded(request["data"])
        with OPENING.room(content):
            return {"mask": pack_mask(read_mask(content, photo.height, photo.width))}
    mask = mask_of_steps(request.get("strokes") or [], photo.height, photo.width)
    return {"name": f"{Path(held.name).stem}-mask.png", "data": pictures.text(mask_picture(mask))}


def again(shelf: Shelf, store: Store, held: Held, request: dict, lanes: Lanes) -> dict[str, Any]:
    """{"steps": [{"weight", "seed", and "strokes" or "mask"}, ...]} -> the photograph so repaired, as another one."""
    photo, done = held.photo, list(held.steps)
    for words in request.get("steps") or []:
        if len(done) >= MOST_STEPS:
            raise RequestError(f"A photograph is repaired up to {MOST_STEPS} times; save it, and open the file.")
        done.append(step_of(shelf, photo, words))
        photo = repair(done[-1].model, photo, done[-1].mask, done[-1].seed, lanes.live)
    ident = store.put(photo, held.name, tuple(done))
    return {"id": ident, "preview": compare.preview(photo), "repairs": len(done)}


def saved(shelf: Shelf, held: Held, request: dict, lanes: Lanes) -> tuple[str, bytes]:
    """The name and the bytes of a PNG of every pixel, with the recipe of all repairs so far."""
    photo, steps = held.photo, list(held.steps)
    if request.get("strokes") or not steps:
        step = step_of(shelf, photo, request)
        photo, steps = repair(step.model, photo, step.mask, step.seed, lanes.long), [*steps, step]
    with lanes.long():
        content = encoded(photo, recipe_of(photo, steps))
    return f"{Path(held.name).stem}-repaired.png", content


def made(shelf: Shelf, lanes: Lanes, weight: str, data: str, mask: str, seed: int) -> dict[str, Any]:
    """A whole repair, for programs: photograph and mask are files in base64, the answer a PNG in base64."""
    content, hole = decoded(data), decoded(mask)
    with OPENING.room(content):
        photo = open_photo(content)
    step = Step(shelf.get(weight), read_mask(hole, photo.height, photo.width), seed)
    held = Held(photo, "photo.png", steps=(step,))
    done = replace(held, photo=repair(step.model, photo, step.mask, seed, lanes.long))
    name, png = saved(shelf, done, {}, lanes)
    return {"name": name, "data": pictures.text(png)}


def reopened(shelf: Shelf, made: Recipe) -> dict[str, Any]:
    """A repaired picture in words for the page: the last mask to paint on with, and the repairs before it."""
    model, (*before, last) = shelf.find(made.weight, made.sha256), words_of(made)
    check_source(made.arguments["source"])
    place = {"weight": model.name, "strokes": [{"tool": "given", "mask": last["mask"]}], "seed": last["seed"]}
    return {"recipe": {**place, "source": made.arguments["source"], "before": before}}
