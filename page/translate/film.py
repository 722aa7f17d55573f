"""Films of drawings that grow (gan_models.drawing.growing), as jobs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gan_models import translate
from gan_models.drawing import growing
from page.parts import films

if TYPE_CHECKING:
    from page.parts.jobs import Work
    from page.parts.lanes import Lanes
    from page.translate.request import Wanted


def film_of(wanted: Wanted, lanes: Lanes) -> Work:
    """The work of filming a drawing; RequestError where there is nothing that could grow."""
    frames = translate.growing(wanted.model, wanted.strokes, wanted.wish, wanted.ground, lanes.long)
    return partial(films.written, frames, growing.FPS, 1, "drawing.mp4", wanted.recipe().to_json())
