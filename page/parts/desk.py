"""A tab made by scripts of its own: its place on the page, what its scripts ask for, and its names in the API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from page.parts.errors import answer, called
from page.parts.scripts import on_load
from page.parts.shared import INNER, LIVE, page_file

if TYPE_CHECKING:
    from gan_models.loading import Shelf
    from page.parts.shared import Shared

Function = Callable[[dict], dict]
"""What scripts call: one JSON object in, one out."""


@dataclass(frozen=True)
class Desk:
    """What a tab's scripts ask for; each tab has its own, which says in `functions` what they may call."""

    shelf: Shelf
    shared: Shared

    def functions(self) -> tuple[Function, ...]:
        raise NotImplementedError

    def poll(self, request: dict) -> dict[str, Any]:
        """{"job"} -> how far it is, and at last what came of it."""
        return self.shared.jobs.get(request.get("job")).told()

    def stop(self, request: dict) -> dict[str, Any]:
        """{"job"}: stop it at its next tile or frame."""
        self.shared.jobs.stop(request.get("job"))
        return {}


def put(desk: Desk, name: str, *styles: str) -> None:
    """Put page/NAME/NAME.html on the page with its script and style sheets, given by their paths in page/."""
    gr.HTML(
        html_template=page_file(f"{name}/{name}.html"),
        css_template="".join(map(page_file, styles)),
        js_on_load=on_load(f"{name}/{name}.js"),
        server_functions=[answer(function) for function in desk.functions()],
        elem_id=name,
        apply_default_css=False,
    )


def publish(*functions: Callable, **how: Any) -> None:
    """Functions with plain arguments as endpoints of their names, for gradio_client and HTTP."""
    for function in functions:
        gr.api(called(function), api_name=function.__name__, **({"queue": False} | how))


def publish_requests(desk: Desk, name: str, listed: str) -> None:
    """The desk's functions as NAME_FUNCTION; the list of the API shows the one called `listed` alone."""
    for function in desk.functions():
        publish(_named(function, f"{name}_{function.__name__}"), **({} if function.__name__ == listed else INNER))


def quiet(lane: str = LIVE, limit: int = 2) -> dict[str, Any]:
    """How an event of the page's own is listened to: nothing blinks, and no more than `limit` at once in its lane."""
    return {"show_progress": "hidden", "concurrency_id": lane, "concurrency_limit": limit, **INNER}


def _named(function: Function, name: str) -> Function:
    def call(request: dict) -> dict:
        return function(request)

    call.__name__, call.__doc__ = name, function.__doc__
    return call
