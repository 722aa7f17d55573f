"""A row of tiles to choose a model or a run from; it asks every two seconds, when seen, what is new."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NotRequired

import gradio as gr
from typing_extensions import TypedDict

from gan_models.networks import build_config
from page.parts.errors import answer
from page.parts.pictures import cover
from page.parts.scripts import on_load
from page.parts.shared import page_file

if TYPE_CHECKING:
    from gan_models.loading import Shelf
    from gan_models.weight.card import Card


CROP = 32
"""Side in pixels of what an upscaler's sheet of samples is made of (see training.export)."""


class Tile(TypedDict):
    """One thing to choose, as far as the server reads what the page sends back."""

    name: str
    mark: NotRequired[int]


class Shown(TypedDict, total=False):
    """The value of a row of tiles."""

    items: list[Tile]
    chosen: str | None
    second: str | None


Choice = Shown | str | None
"""What was chosen: the page sends the whole value of the tiles, a program only a name."""


def tiles(name: str, value: dict[str, Any], faces: Callable[[dict], dict] | None = None, **more: Any) -> gr.HTML:
    """A row called `name`; value: {"items": [{name, title, words, picture or face, state}], "chosen", "second"}.

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


def model_tiles(cards: Sequence[Card], shelf: Shelf, chosen: str | None = None) -> dict[str, Any]:
    """The value that shows these weights of the shelf; a pretty one is chosen unless `chosen` is there."""
    items = [_item(card, cover(shelf.folder(card.name), _side(card))) for card in cards]
    # As in Sample, a first visitor begins with colour at 64 px, which is pretty and quick.
    pretty = [card for card in cards if card.task == "sample"] or cards
    first = min(pretty, key=lambda card: (_look(card) != (64, 3), -_look(card)[1]), default=None)
    known = chosen in [card.name for card in cards]
    return {"items": items, "chosen": chosen if known else first and first.name}


def same_tiles(cards: Sequence[Card], value: Choice) -> bool:
    """Whether the tiles of `value` still show these weights, the same ones under the same names."""
    shown = [(item["name"], item.get("mark")) for item in value.get("items", ())] if isinstance(value, dict) else None
    return shown == [(card.name, _mark(card)) for card in cards]


def chosen_mark(value: Choice) -> int | None:
    """Another one when another weight is chosen, or anything on the chosen one's card has changed."""
    items = value.get("items", ()) if isinstance(value, dict) else ()
    return next((item.get("mark") for item in items if item["name"] == value.get("chosen")), None)


def _item(card: Card, picture: str) -> dict[str, Any]:
    return {
        "name": card.name,
        "title": card.title,
        "words": words(card),
        "picture": picture,
        "mark": _mark(card),
    }


def _mark(card: Card) -> int:
    """Another one when anything on the card has changed."""
    return zlib.crc32(card.to_json().encode())


def sampling_cards(shelf: Shelf) -> list[Card]:
    """The cards of the weights that draw from latents."""
    return [card for card in shelf.cards() if card.task == "sample"]


def words(card: Card) -> str:
    """A few words under a model's title."""
    if card.task == "upscale":
        return f"{card.method}, x{build_config(card.family, card.config).scale}"
    return f"{card.method}, {_look(card)[0]} px"


def _look(card: Card) -> tuple[int, int]:
    """Side in pixels and channels of its pictures; an upscaler's may have any side."""
    config = build_config(card.family, card.config)
    return getattr(config, "size", 0), getattr(config, "channels", 3)


def _side(card: Card) -> int:
    """Side in pixels of the pictures on its sheet of samples."""
    return CROP * build_config(card.family, card.config).scale if card.task == "upscale" else _look(card)[0]
