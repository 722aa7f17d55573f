"""A row of tiles to choose a run from; it asks every two seconds, when seen, what is new."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NotRequired

import gradio as gr
from typing_extensions import TypedDict

from page.parts.errors import answer
from page.parts.scripts import on_load
from page.parts.shared import page_file


class Tile(TypedDict):
    """One thing to choose, as far as the server reads what the page sends back."""

    name: str
    mark: NotRequired[int]


class Shown(TypedDict, total=False):
    """The value of a row of tiles, or of a picker."""

    items: list[Tile]
    chosen: str | None
    second: str | None
    followed: bool | None


Choice = Shown | str | None
"""What was chosen: the page sends the whole value of the tiles, a program only a name."""


def tiles(name: str, value: dict[str, Any], faces: Callable[[dict], dict] | None = None, **more: Any) -> gr.HTML:
    """A row called `name`; value: {"items": [{name, title, words, picture or face, state}], "chosen"}.

    Or {"changed": items}, which take the place of those of their names. A `face` is asked for when its tile is seen,
    and again when it is another one: `faces` answers {"names": [...]} with {"faces": {name: address}}.
    Events: `input` when something was chosen, `tick` every two seconds while it is seen.
    """
    return gr.HTML(
        value=value,
        html_template=f'<div class="at tiles" role="group" aria-label="{name}"></div>',
        css_template=page_file("parts/model_row.css"),
        js_on_load=on_load("parts/model_row.js", "input", "tick"),
        server_functions=[answer(faces)] if faces else None,
        apply_default_css=False,
        **more,
    )


def chosen_name(value: Choice) -> str | None:
    """The name of what was chosen."""
    return value.get("chosen") if isinstance(value, dict) else value
