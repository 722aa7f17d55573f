"""Gradio's Blocks with every value that comes in or goes out looked at: plain data, and never the name of a file."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import NoneType
from typing import Any

import gradio as gr
from gradio.blocks import BlockFunction
from gradio.components import Component

from gan_models.errors import RequestError
from page.parts.errors import toast
from page.parts.requests import plain

MOST_TEXT = 4000
"""Characters in a field of the page."""
WITH_FILES = (gr.Video, gr.Image, gr.DownloadButton)
"""Components that show files which the page itself has written; no component takes one."""
FIELDS: tuple[tuple[Any, tuple[type, ...], str], ...] = (
    (gr.Slider | gr.Number, (int, float, NoneType), "a number"),
    (gr.Checkbox, (bool,), "true or false"),
    (gr.Dropdown | gr.Radio, (str, int, float, NoneType), "one of its choices"),
    (gr.Textbox, (str, NoneType), f"text of at most {MOST_TEXT} characters"),
)
"""Gradio's own components: what JSON may hold for them, and that in words."""


class CheckedBlocks(gr.Blocks):
    """Blocks that refuse, in a sentence, what Gradio would take for the address of a file.

    Gradio takes {"path": ..., "meta": {"_type": "gradio.FileData"}} for a file wherever it stands in what comes in or
    goes out: it fetches web addresses, and serves the file from then on (gradio.processing_utils, _move_to_cache).
    """

    left: Callable[[str], None] = staticmethod(lambda session: None)
    """What is told when the connection of a session's page has ended."""

    async def process_api(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        try:
            return await super().process_api(*args, **kwargs)
        except Exception as error:  # the outermost edge of every event: what Gradio itself raises becomes a toast
            raise toast(error) from None

    async def preprocess_data(self, block_fn: BlockFunction, inputs: list[Any], *more: Any, **kwargs: Any) -> list[Any]:
        if len(inputs) > len(block_fn.inputs):
            raise RequestError(f"{block_fn.api_name} takes {len(block_fn.inputs)} values, got {len(inputs)}.")
        # What a program leaves out at the end is as usual.
        inputs = [*inputs, *(getattr(part, "value", None) for part in block_fn.inputs[len(inputs) :])]
        for component, value in zip(block_fn.inputs, inputs):
            check_field(component, value)
        return await super().preprocess_data(block_fn, inputs, *more, **kwargs)

    async def postprocess_data(self, block_fn: BlockFunction, predictions: Any, *more: Any, **kwargs: Any) -> list[Any]:
        if not any(isinstance(component, WITH_FILES) for component in block_fn.outputs):
            plain(predictions)
        return await super().postprocess_data(block_fn, predictions, *more, **kwargs)


def check_field(component: Component, value: Any) -> None:
    """RequestError for a value that one of Gradio's own components could not read."""
    for kind, types, words in FIELDS:
        if not isinstance(component, kind):
            continue
        odd = isinstance(value, bool) and bool not in types or isinstance(value, float) and not math.isfinite(value)
        long = isinstance(value, str) and len(value) > MOST_TEXT
        if odd or long or not isinstance(value, types):
            raise RequestError(f"{component.label!r} is {words}, got {str(value)[:40]!r}.")
