"""What a visitor of the Translate tab wants: a weight, how it is to be used, and what it is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gan_models.card import Translation
from gan_models.edges import DETECTORS, FINE_LINE, LEAST_LINE, TRACED, detect, trace
from gan_models.errors import RequestError
from gan_models.images import as_pillow, fit
from gan_models.photo import Photo, flat, resize_levels
from gan_models.strokes import Stroke, draw, draw_hints, paint
from gan_models.translate import (
    LARGER,
    Given,
    Wish,
    ink_on_paper,
    of_picture,
    of_strokes,
    recipe_of,
    translate,
    translate_photo,
    translation,
)

if TYPE_CHECKING:
    from gan_models.model import Model
    from gan_models.recipe import Recipe

SETTINGS = tuple(part.name for part in fields(Wish))
DRAWN = ("drawing", "labels")
"""Sources that are drawn on a square canvas; the others are photographs."""
SKETCH = 1024
"""Side in pixels of a saved drawing: it is made of strokes and has any size."""
LOOKED_AT = 1024
"""Longer side in pixels at which a photograph is translated for the screen; the file is made from every pixel."""
NEAR, PAINTED = 40, 0.4
"""A pixel has a label's colour where it is so near (Euclidean, levels), and a painting so many of them at least: on
photographs these are below 1 %, on label maps that were saved as JPEG 49 to 98 %."""
AS_IT_IS = "none"


@dataclass(frozen=True)
class Wanted:
    """A weight, a wish, and either strokes on a ground or a photograph with strokes of hints on it."""

    model: Model
    wish: Wish
    strokes: Sequence[Stroke]
    ground: np.ndarray | None = None
    photo: Photo | None = None

    def given(self) -> Given:
        """What the network really sees."""
        if self.photo is None:
            return of_strokes(self.model, self.strokes, self.ground)
        return of_picture(self.model, self.photo, self.wish, self.strokes)

    def pictures(self, seeds: Sequence[int]) -> list[Photo]:
        """What is made of it with each seed."""
        if self.photo is not None:
            return [translate_photo(self.model, self.photo, self.seeded(seed), self.strokes) for seed in seeds]
        given = self.given()
        return [Photo(translate(self.model, given, self.seeded(seed))) for seed in seeds]

    def seeded(self, seed: int) -> Wish:
        return replace(self.wish, seed=seed)

    def sketch(self, side: int = SKETCH) -> np.ndarray:
        """The drawing alone, uint8 (side, side, 3), hints laid over it."""
        return sketch(translation(self.model), self.strokes, self.ground, side)

    def recipe(self) -> Recipe:
        return recipe_of(self.model, self.wish, self.strokes, self.photo, self.ground)


def wish_of(request: dict[str, Any]) -> Wish:
    """The settings that a request names; the others are as usual."""
    return Wish(**{name: request[name] for name in SETTINGS if request.get(name) is not None})


def sketch(kind: Translation, strokes: Sequence[Stroke], ground: np.ndarray | None, side: int) -> np.ndarray:
    """A drawing or painting at any size, uint8 (side, side, 3)."""
    labels = kind.source == "labels"
    below = None if ground is None else np.array(as_pillow(_deep(ground)).resize((side, side), 0 if labels else 3))
    if labels:
        first = kind.palette[0].rgb if kind.palette else (0, 0, 0)
        return paint(strokes, side, first if below is None else below)
    ink, hints = draw(strokes, side, below)[:, :, None].repeat(3, 2), draw_hints(strokes, side)
    return np.where(hints[:, :, 3:] > 127, hints[:, :, :3], ink) if kind.hints else ink


def lines_of(model: Model, photo: Photo, detector: str, detail: float) -> tuple[list[Stroke], np.ndarray | None]:
    """A picture's lines as strokes to go on with, or, where the detector finds none, a ground to draw upon.

    The middle square of the picture. "none" takes it as a drawing (white on black is turned round), and for weights
    that take labels as a painting. RequestError for a picture that is no such painting.
    """
    colour = flat(photo)
    square = colour.repeat(3, 2) if colour.shape[2] == 1 else colour
    if translation(model).source == "labels":
        side = min(square.shape[:2])
        top, left = ((length - side) // 2 for length in square.shape[:2])
        middle = as_pillow(square[top : top + side, left : left + side])
        # Nearest: labels do not mix.
        return [], painting(np.array(middle.resize((model.size, model.size), 0)), model)
    # Lines are looked for at the weight's own size, as in training, but for the smallest, where hardly any are left.
    square = fit(square, model.size if detector not in TRACED else max(128, model.size))
    if detector == AS_IT_IS:
        return [], ink_on_paper(square)
    if detector not in DETECTORS:
        raise RequestError(f"There is no detector {str(detector)[:20]!r}; choose one of {', '.join(DETECTORS)}.")
    if detector in TRACED:
        return trace(square, detector, detail, max(FINE_LINE, LEAST_LINE / model.size)), None
    return [], detect(square, detector, detail)


def painting(picture: np.ndarray, model: Model) -> np.ndarray:
    """A picture uint8 (H, W, 3) in the colours of a weight's labels; RequestError where too few are near them."""
    colours = np.array([label.rgb for label in translation(model).palette])
    if not len(colours):
        return picture
    apart = np.linalg.norm(picture[:, :, None].astype(np.float32) - colours, axis=3)
    painted = float((apart.min(2) < NEAR).mean())
    if painted < PAINTED:
        raise RequestError(
            f"Only {painted:.0%} of that picture has the colours of the labels that {model.name} takes; "
            "open a painting of labels, or paint one here."
        )
    return colours[apart.argmin(2)].astype(np.uint8)


def side_looked_at(model: Model, wish: Wish) -> int:
    """The longer side in pixels that the screen and the network want of a photograph."""
    return max(LOOKED_AT, wish.side or LARGER * model.size)


def looked_at(photo: Photo, model: Model, wish: Wish) -> Photo:
    """A photograph as large as it has to be for the screen and for what the network works on."""
    share = side_looked_at(model, wish) / max(photo.height, photo.width)
    if share >= 1:
        return photo
    height, width = (max(1, round(side * share)) for side in (photo.height, photo.width))
    alpha = None if photo.alpha is None else resize_levels(photo.alpha[:, :, None], height, width)[:, :, 0]
    return replace(photo, colour=resize_levels(photo.colour, height, width), alpha=alpha)


def _deep(ground: np.ndarray) -> np.ndarray:
    return ground[:, :, None] if ground.ndim == 2 else ground
