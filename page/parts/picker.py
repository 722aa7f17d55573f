"""What the model picker shows of a weight (picker.js): its face, its title and a line under it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gan_models.methods import METHODS
from gan_models.networks import build_config
from page.parts.errors import names_only
from page.parts.pictures import cover

if TYPE_CHECKING:
    from gan_models.loading import Shelf
    from gan_models.weight.card import Card


def listed(shelf: Shelf, cards: Sequence[Card]) -> dict[str, Any]:
    """Every model's name and face, and a sentence for each folder that was refused."""
    return {"models": [faced(shelf, card) for card in cards], "refused": list(map(names_only, shelf.refused.values()))}


def faced(shelf: Shelf, card: Card) -> dict[str, str]:
    """One model's name, title, subtitle and face."""
    thumbnail = cover(shelf.folder(card.name), side(card))
    return {"name": card.name, "title": card.title, "subtitle": subtitle(card), "thumbnail": thumbnail}


def subtitle(card: Card) -> str:
    """A line under a model's title: the method and the pictures' side in pixels."""
    method = METHODS[card.method].title if card.method in METHODS else card.method
    return f"{method} · {side(card)} px"


def side(card: Card) -> int:
    """The side of a card's pictures in pixels."""
    return build_config(card.family, card.config).size
