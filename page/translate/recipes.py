"""Recipes of what the Translate tab makes: found in files, and in words for its canvas and controls."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from gan_models import recipe
from gan_models.drawing.sheet import pack_ground
from gan_models.drawing.strokes import read_strokes
from gan_models.errors import AtelierError
from gan_models.translating.given import read_ground
from page.parts.requests import check_source
from page.translate import poses, repairs, styles
from page.translate.request import OPTIONS, wish_of

if TYPE_CHECKING:
    from gan_models.loading import Shelf
    from page.parts.shared import Shared


def reopened(shelf: Shelf, shared: Shared, made: recipe.Recipe) -> dict[str, Any]:
    """A saved picture, drawing or film as {"recipe"}, in words for the canvas and the controls."""
    if made.verb == "repair":
        return repairs.reopened(shelf, made)
    if made.verb == "pose":
        return poses.reopened(shelf, made)
    model, words = shelf.find(made.weight, made.sha256), made.arguments
    strokes = [stroke.to_json() for stroke in read_strokes(words.get("strokes") or [])]
    wish = wish_of(dict(words))
    settings = {name: getattr(wish, name) for name in OPTIONS}
    ground, source = words.get("ground"), words.get("source")
    if ground is not None:
        ground = pack_ground(read_ground(model, ground))
    if source is not None:
        check_source(source)
    place = {"weight": model.name, "strokes": strokes, **settings, "ground": ground, "source": source}
    if styled := styles.wished(dict(words)):
        place |= styled.words()
    return {"recipe": place}


def recipe_in(content: bytes) -> recipe.Recipe | None:
    """The recipe of a translated picture, drawing or film; None for any other file."""
    with suppress(AtelierError):
        made = recipe.read(content)
        return made if made.verb in ("translate", "repair", "pose") else None
    return None
