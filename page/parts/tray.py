"""The tray: pictures a visitor pinned, kept in their own browser, shown under every tab."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr

from page.parts.scripts import on_load

if TYPE_CHECKING:
    from page.parts.shared import Shared

# Fixed, so that the tray outlives a restart of the server. Not a secret in earnest: what is kept are seeds.
STORAGE_KEY = "gan-atelier-tray"
STORAGE_SECRET = "gan-atelier"


def state() -> gr.BrowserState:
    """The list of {"weight", "point"} in the browser's storage."""
    return gr.BrowserState([], storage_key=STORAGE_KEY, secret=STORAGE_SECRET)


def dock(shared: Shared) -> None:
    """The strip under the tabs that shows the tray; it follows `shared.tray` and writes to it."""
    from page.parts.pictures import thumbnails

    strip = gr.HTML(
        value=[],
        html_template='<div class="dock empty"></div>',
        js_on_load=on_load("parts/tray.js", "input"),
        server_functions=[thumbnails(shared)],
        elem_id="tray",
        apply_default_css=False,
    )
    # In brackets: Gradio reads a bare list as one value for each output.
    same = "(items) => [items || []]"
    strip.input(None, strip, shared.tray, js=same, queue=False, api_visibility="private")
    shared.tray.change(None, shared.tray, strip, js=same, queue=False, api_visibility="private")
    gr.context.Context.root_block.load(None, shared.tray, strip, js=same, queue=False, api_visibility="private")
