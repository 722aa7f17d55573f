"""Pictures over time with a slider: the preview of an interpolation, the progress film of a training."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from page.parts.errors import answer
from page.parts.scripts import on_load
from page.parts.shared import page_file

MOST_PNG = 150_000
"""Bytes of pixels up to which a picture is sent without loss."""
CRISP = 32
"""Side in pixels up to which pictures are enlarged as squares: digits keep their pixels, photographs are smoothed."""
JPEG = {"quality": 92, "subsampling": 0}
TEMPLATE = """<figure class="at flipbook empty">{title}
<div class="flip-stage"><canvas width="64" height="64" role="img" aria-label="{name}"></canvas></div>
<div class="flip-bar"><button type="button" class="btn main flip-play" aria-label="Play">▶</button>
<input type="range" min="0" max="0" value="0" step="1" aria-label="{slider}"><output></output>
<button type="button" class="btn flip-larger" title="Upscale" aria-label="Upscale this frame" hidden>⤢</button></div>
<div class="flip-strip"></div><p class="flip-empty"></p></figure>"""


def flipbook(
    name: str,
    slider: str,
    empty: str,
    frame: Callable[[dict], dict] | None = None,
    title: str = "",
    **more: Any,
) -> gr.HTML:
    """An empty flipbook; give it what `flipbook_value` makes.

    name, slider: for those who cannot see them; empty: what stands there without pictures; title: a line
    above; frame: answers {**request, "frame": n} with {"picture": data URI}.
    """

    def answered(request: dict) -> dict:
        return {} if frame is None else frame(request)

    answered.__name__ = "frame"
    heading = f"<figcaption>{title}</figcaption>" if title else ""
    return gr.HTML(
        value={"empty": empty},
        html_template=TEMPLATE.format(name=name, slider=slider, title=heading),
        css_template=page_file("parts/flipbook.css"),
        js_on_load=on_load("parts/flipbook.js"),
        server_functions=[answer(answered)],
        apply_default_css=False,
        **more,
    )


def flipbook_value(
    pictures: Sequence[np.ndarray],
    *,
    at: Sequence[int] | None = None,
    total: int | None = None,
    fps: float = 8,
    labels: Sequence[str] = (),
    marks: Sequence[int] = (),
    request: dict | None = None,
    start: float = 0.0,
    name: str = "",
    sharper: bool = False,
    crisp: bool = False,
) -> dict[str, Any]:
    """The value of a flipbook: `pictures` (each uint8 (H, W, C), one size) in one sprite.

    at: frame number of each picture (0, 1, 2... when left out) among `total` frames. fps: frames a second
    when played. labels: words beside the slider, one a picture. marks: indices underlined in the strip.
    start: where the slider stands at first, 0 to 1, and again when `name` is another. request: sent back to
    the flipbook's `frame` with "frame" added, for a frame between the pictures or, if `sharper`, for any.
    crisp: show pixels as squares.
    """
    count = len(pictures)
    columns = max(1, math.ceil(math.sqrt(count)))
    height, width = pictures[0].shape[:2]
    return {
        "sprite": data_uri(_sprite(pictures, columns)),
        "count": count,
        "columns": columns,
        "width": width,
        "height": height,
        "at": list(range(count)) if at is None else [int(i) for i in at],
        "total": total or count,
        "fps": fps,
        "labels": list(labels),
        "marks": [int(i) for i in marks],
        "request": request,
        "start": start,
        "name": name,
        "sharper": sharper,
        "crisp": crisp,
    }


def data_uri(picture: np.ndarray) -> str:
    """A picture (uint8 (H, W) or (H, W, C)) as a data URI, for the screen only: small as PNG, else as JPEG.

    JPEG keeps the full colour resolution, since small pictures are shown enlarged: thirty cats of 64 px take
    1 ms and 68 KB. As WebP they take 32 ms and 46 KB and smear their colours over two pixels.
    """
    if picture.ndim == 3 and (picture == picture[:, :, :1]).all():
        picture = picture[:, :, 0]
    kind, options = ("png", {"compress_level": 1}) if picture.nbytes <= MOST_PNG else ("jpeg", JPEG)
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, kind, **options)
    return f"data:image/{kind};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _sprite(pictures: Sequence[np.ndarray], columns: int) -> np.ndarray:
    height, width, channels = pictures[0].shape
    sheet = np.zeros((math.ceil(len(pictures) / columns) * height, columns * width, channels), np.uint8)
    for i in range(len(sheet) // height * columns):
        # The rest of the last row repeats the last picture, so that no edge of the strip shows black.
        picture = pictures[min(i, len(pictures) - 1)]
        row, column = divmod(i, columns)
        sheet[row * height : (row + 1) * height, column * width : (column + 1) * width] = picture
    return sheet
