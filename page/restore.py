"""A file of ours opens its own tab, on whichever it is dropped: which one, and what it needs to have all in place."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import gradio as gr

from gan_models.errors import AtelierError, PictureError, RequestError, SoundError
from gan_models.latents.point import Point
from gan_models.pictures import notes
from gan_models.recipe import NO_RECIPE, Recipe, text_in
from page.parts.errors import answer, sentence
from page.parts.requests import decoded
from page.parts.scripts import on_load

if TYPE_CHECKING:
    from gan_models.loading import Shelf
    from page.parts.shared import Shared


def place(shelf: Shelf, shared: Shared) -> None:
    """Put what listens for dropped files on the page, under all tabs."""

    def restore(request: dict) -> dict[str, Any]:
        return opened(shelf, shared, request)

    gr.HTML(
        html_template="<span></span>",
        js_on_load=on_load("parts/drop.js"),
        server_functions=[answer(restore)],
        elem_id="restore",
        apply_default_css=False,
    )


def opened(shelf: Shelf, shared: Shared, request: dict) -> dict[str, Any]:
    """{"data", "name", "tab": the one that is shown} -> {"tab", "place"}: the file's own tab, and what it needs.

    {"why"} instead where there is nothing to be followed; "plain" says that the file carries no recipe at all.
    """
    content = decoded(request.get("data"))
    try:
        text = _text_in(content)
    except (PictureError, SoundError) as error:
        return {"tab": None, "plain": True, "why": sentence(error)}
    if text is None:
        return {"tab": None, "plain": True, "why": NO_RECIPE}
    try:
        return _plane(text) or _of_verb(shelf, shared, Recipe.from_json(text), request)
    except AtelierError as error:
        return {"tab": None, "plain": False, "why": sentence(error)}


def _text_in(content: bytes) -> str | None:
    """What a file says of itself in JSON; None where it does not."""
    text = content.decode(errors="replace") if content[:1] == b"{" else text_in(content)
    return text if text.startswith("{") and len(text) <= notes.MOST_CHARACTERS else None


def _plane(text: str) -> dict[str, Any] | None:
    """The place of a run in the plane; None for a recipe."""
    try:
        words = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(words, dict) or words.get("gan-atelier") != "plane":
        return None
    return {"tab": "learn", "place": {"run": words}}


def _of_verb(shelf: Shelf, shared: Shared, made: Recipe, request: dict) -> dict[str, Any]:
    if made.verb not in TABS:
        raise RequestError(f"This version cannot follow a recipe for {made.verb!r}; update GAN Atelier.")
    tab = TABS[made.verb](shelf, made, request)
    return {"tab": tab, "place": import_module(f"page.{tab}").reopened(shelf, shared, made)}


def _sampled(shelf: Shelf, made: Recipe, request: dict) -> str:
    """Edit for what was edited, and for what it may as well go on with; else Sample."""
    point = made.arguments.get("point")
    if point is None:
        return "sample"
    goes_on = request.get("tab") == "edit" and bool(shelf.find(made.weight, made.sha256).layers)
    return "edit" if goes_on or Point.from_json(point).of_styles else "sample"


TABS: Mapping[str, Callable[[Shelf, Recipe, dict], str]] = MappingProxyType(
    {
        "sample": _sampled,
        "drag": lambda *_: "edit",
        "interpolate": lambda *_: "interpolate",
        "upscale": lambda *_: "upscale",
        "translate": lambda *_: "translate",
        "repair": lambda *_: "translate",
        "project": lambda *_: "edit",
        "sound": lambda *_: "sound",
        "play": lambda *_: "play",
        "pose": lambda *_: "translate",
    }
)
"""The tab of each verb of `gan_models.remake`; its module has `reopened(shelf, shared, recipe)`, which gives what the
tab's script wants as {...} to have everything in place as it was."""
