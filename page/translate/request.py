"""What a visitor of the Translate tab wants: a weight, how it is to be used, and what it is given."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gan_models.drawing.sources import SKETCH, sketch
from gan_models.drawing.strokes import Stroke
from gan_models.pictures.photo import Photo, Turn
from gan_models.translate import recipe_of, translate, translate_photo
from gan_models.translating.given import (
    LARGER,
    MOST_AT_ONCE,
    Given,
    TranslateOptions,
    of_picture,
    of_strokes,
    working_size,
)
from gan_models.translating.styled import Styled, check_styled
from gan_models.weight.model import translation
from page.translate import styles

if TYPE_CHECKING:
    from gan_models.recipe import Recipe
    from gan_models.weight.card import Translation
    from gan_models.weight.model import Model

OPTIONS = tuple(part.name for part in fields(TranslateOptions))


@dataclass(frozen=True)
class Wanted:
    """A weight, a wish, and either strokes on a ground or a photograph with strokes of hints on it."""

    model: Model
    wish: TranslateOptions
    strokes: Sequence[Stroke]
    ground: np.ndarray | None = None
    photo: Photo | None = None
    styled: Styled | None = None

    def given(self) -> Given:
        """What the network really sees."""
        if self.photo is None:
            return of_strokes(self.model, self.strokes, self.ground)
        check_styled(self.model, self.styled)
        if self.styled is not None:
            return styles.given(self.styled)
        return of_picture(self.model, self.photo, self.wish, self.strokes)

    def pictures(self, seeds: Sequence[int], turn: Turn = nullcontext) -> list[Photo]:
        """What is made of it with each seed, each inside `turn()`; of a style or a cartoon each of its tiles."""
        if self.photo is not None and translation(self.model).whole:
            more = {"styled": self.styled, "turn": turn}
            return [translate_photo(self.model, self.photo, self.seeded(seed), **more) for seed in seeds]
        with turn():
            if self.photo is not None:
                return [translate_photo(self.model, self.photo, self.seeded(seed), self.strokes) for seed in seeds]
            given = self.given()
            return [Photo(translate(self.model, given, self.seeded(seed))) for seed in seeds]

    def worked(self, photo: Photo) -> tuple[int, int]:
        """Height and width at which a photograph is worked on."""
        return working_size(self.model, photo, self.wish)

    def seeded(self, seed: int) -> TranslateOptions:
        return replace(self.wish, seed=seed)

    def sketch(self, side: int = SKETCH) -> np.ndarray:
        """The drawing alone, uint8 (side, side, 3), hints laid over it."""
        return sketch(translation(self.model), self.strokes, self.ground, side)

    def recipe(self) -> Recipe:
        return recipe_of(self.model, self.wish, self.strokes, self.photo, self.ground, self.styled)


def wish_of(request: dict[str, Any]) -> TranslateOptions:
    """The settings that a request names; the others are as usual."""
    return TranslateOptions(**{name: request[name] for name in OPTIONS if request.get(name) is not None})


def sides_of(kind: Translation, config: Any) -> list[int]:
    """Longest sides in pixels that a photograph may be worked on at, the usual one in the middle."""
    if kind.whole:
        usual = config.drawn_at[1]
        return [usual // 2, usual, 2 * usual]
    size = config.size
    return [side for side in (size, LARGER * size, 2 * LARGER * size) if side <= MOST_AT_ONCE]
