"""The model picker (picker.js), the same on every tab: what it shows of a weight, and the picker as a component."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from gan_models.drawing.sources import SOURCES
from gan_models.errors import RequestError, WeightError
from gan_models.methods import METHODS
from gan_models.networks import build_config, family
from page.parts.errors import names_only
from page.parts.model_row import Choice
from page.parts.pictures import cover
from page.parts.scripts import on_load

if TYPE_CHECKING:
    from gan_models.loading import Shelf
    from gan_models.weight.card import Card
    from gan_models.weight.model import Model

SPECTROGRAM = 128
"""Side in pixels of a sound's picture on its sheet of samples (see gan_models.sounds.spectrogram)."""
CROP = 32
"""Side in pixels of what an upscaler's sheet of samples is made of (see training.export)."""


def picker(value: dict[str, Any], **more: Any) -> gr.HTML:
    """The picker as a component; value: {"items": as `faced`, "chosen", "second", "refused"}.

    Where "second" is not left out, another model can stand beside the chosen one. Events: `input` when something was
    chosen, `tick` every two seconds while it is seen.
    """
    return gr.HTML(
        value=value,
        html_template='<div class="at pickers"></div>',
        js_on_load=on_load("parts/chosen.js", "input", "tick"),
        apply_default_css=False,
        **more,
    )


def listed(shelf: Shelf, cards: Sequence[Card]) -> dict[str, Any]:
    """Every model's name and face, and a sentence for each folder that was refused."""
    return {"models": [faced(shelf, card) for card in cards], "refused": list(map(names_only, shelf.refused.values()))}


def faced(shelf: Shelf, card: Card) -> dict[str, Any]:
    """One model's name, title, subtitle and face, and what tells the tabs whether they can use it."""
    return {
        "name": card.name,
        "title": card.title,
        "subtitle": subtitle(card),
        "thumbnail": cover(shelf.folder(card.name), _side(card)),
        "task": card.task,
        "styles": has_styles(card),
    }


def has_styles(card: Card) -> bool:
    """Whether its pictures can be edited by styles."""
    return hasattr(family(card.family).generator, "synthesise")


def subtitle(card: Card) -> str:
    """A line under a model's title: the method by its own name, and how large its pictures are."""
    config, method = build_config(card.family, card.config), METHODS.get(card.method)
    if card.source is not None:
        any_size = card.translation is not None and card.translation.whole
        return f"{SOURCES[card.source].asks} · {'any size' if any_size else f'{config.size} px'}"
    if card.task == "upscale":
        return f"{(method and method.purpose) or card.method} · × {config.scale}"
    if card.task == "sound":
        return f"{method.name if method else card.method} · {config.seconds:.1f} s"
    return f"{method.title if method else card.method} · {config.size} px"


def models_value(cards: Sequence[Card], shelf: Shelf, chosen: str | None = None) -> dict[str, Any]:
    """The value that shows these weights of the shelf; a pretty one is chosen unless `chosen` is there."""
    items = [{**faced(shelf, card), "mark": _mark(card)} for card in cards]
    # A first visitor begins as in Sample.
    first = min(cards, key=lambda card: (card.task != "sample", prettiest(card)), default=None)
    known = chosen in [card.name for card in cards]
    return {"items": items, "chosen": chosen if known else first and first.name}


def prettiest(card: Card) -> bool:
    """Sorts what a first visitor should see to the front: colour at 64 px, which is pretty and quick."""
    return not (card.config.get("channels") == 3 and card.config.get("size") == 64)


def first(cards: Sequence[Card], get: Callable[[str], Model], none: str) -> Model:
    """The first model of these cards that can be loaded, by `get`; RequestError says `none` where there is none."""
    for card in cards:
        try:
            return get(card.name)
        except WeightError:
            continue  # the shelf keeps the sentence, and the picker shows it
    raise RequestError(none)


def same_models(cards: Sequence[Card], value: Choice) -> bool:
    """Whether `value` still shows these weights, the same ones under the same names."""
    items = value.get("items", ()) if isinstance(value, dict) else ()
    return isinstance(value, dict) and [(item["name"], item.get("mark")) for item in items] == [
        (card.name, _mark(card)) for card in cards
    ]


def chosen_mark(value: Choice) -> int | None:
    """Another one when another weight is chosen, or anything on the chosen one's card has changed."""
    items = value.get("items", ()) if isinstance(value, dict) else ()
    return next((item.get("mark") for item in items if item["name"] == value.get("chosen")), None)


def sampling_cards(shelf: Shelf) -> list[Card]:
    """The cards of the weights that draw from latents, in the shelf's order."""
    return [card for card in shelf.cards() if card.task == "sample"]


def _mark(card: Card) -> int:
    """Another one when anything on the card has changed."""
    return zlib.crc32(card.to_json().encode())


def _side(card: Card) -> int:
    """Side in pixels of the pictures on its sheet of samples."""
    config = build_config(card.family, card.config)
    if card.task == "sound":
        return SPECTROGRAM
    return CROP * config.scale if card.task == "upscale" else config.size
