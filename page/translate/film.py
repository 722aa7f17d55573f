"""Films of drawings that grow, and of photographs that turn into what is made of them, as jobs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gan_models import translate
from gan_models.drawing import growing
from gan_models.translating import degrees
from page.parts import films

if TYPE_CHECKING:
    from page.parts.jobs import Work
    from page.parts.lanes import Lanes
    from page.translate.request import Wanted


def film_of(wanted: Wanted, lanes: Lanes) -> tuple[Work, int]:
    """The work of filming what is wanted, and its frames; RequestError where nothing could grow or turn."""
    model, wish, strokes = wanted.model, wanted.wish, wanted.strokes
    if wanted.photo is None:
        frames, name = translate.growing(model, strokes, wish, wanted.ground, lanes.long), "drawing.mp4"
        pace, total = growing.FPS, growing.FRAMES
    else:
        frames = translate.by_degrees(model, wanted.photo, wish, strokes, wanted.styled, lanes.long)
        name, pace = f"{model.name}.mp4", degrees.FPS
        total = degrees.BEFORE + degrees.FRAMES
    return partial(films.written, frames, pace, 1, name, wanted.recipe().to_json()), total
