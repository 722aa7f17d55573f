"""What the Translate tab must know of each weight: its controls, its words, and pictures to try it with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gan_models.networks import build_config
from page.parts import examples, picker
from page.translate import drawings, poses, repairs, styles
from page.translate.request import sides_of

if TYPE_CHECKING:
    from gan_models.loading import Shelf
    from gan_models.weight.card import Card

PHOTOS = {"generated": "A generated picture", "scene": "A drawn harbour"}
"""Examples of the Upscale tab that are photographs enough to be translated, as they are called here."""


def described(shelf: Shelf, card: Card, face: Callable[[str], str]) -> dict[str, Any]:
    """A weight for the tab's scripts; `face`: an example in small, by its name."""
    if card.task == "pose":
        return {**picker.faced(shelf, card), **poses.described(card)}
    if card.translation is None:
        tried = {"examples": photographs(shelf, card, face)}
        return {**picker.faced(shelf, card), **repairs.described(card), **tried}
    kind, config = card.translation, build_config(card.family, card.config)
    takes = kind.takes
    return {
        **picker.faced(shelf, card),
        "size": config.size,
        "source": kind.source,
        "drawn": takes.drawn,
        "masked": takes.masked,
        "mixed": takes.mixed,
        "coloured": config.source_channels == 3,
        "edges": takes.edges,
        "tools": [*takes.tools, *(["hint"] if kind.hints else []), "eraser", *(["dropper"] if takes.shaped else [])],
        "sees": takes.sees,
        "invited": takes.invited,
        "before": takes.before,
        "target": kind.target,
        "hints": kind.hints,
        "palette": [[label.name, label.colour] for label in kind.palette],
        "directions": list(kind.directions),
        "noisy": getattr(config, "dropout", 0) > 0,
        "styled": kind.styled,
        "outlined": kind.outlined,
        "whole": kind.whole,
        "degrees": kind.by_degrees,
        "manners": styles.offered() if kind.styled else [],
        "sides": sides_of(kind, config),
        "examples": [] if takes.drawn else photographs(shelf, card, face),
    }


def photographs(shelf: Shelf, card: Card, face: Callable[[str], str]) -> list[dict[str, Any]]:
    """Pictures to try a weight with that takes photographs: of its subject, if we have any.

    "direction": the one that begins with what the picture shows.
    """
    painted = [(name, title) for name, (title, _) in drawings.PAINTED.items()]
    subject = [pair for pair in (*examples.cats(shelf), *painted) if pair[0] in card.name]
    others = [(name, PHOTOS[name]) for name, _ in examples.names(shelf) if name in PHOTOS]
    # "robot" and "robots 1 of ..." are both of the set "robots".
    leads = lambda first, name: first.startswith(name) or name.startswith(f"{first} ")  # noqa: E731
    sets = examples.sets_of(card)
    return [
        {
            "name": name,
            "title": title,
            "picture": face(name),
            "direction": next((way for way, first in enumerate(sets) if leads(first, name)), 0),
        }
        for name, title in subject or examples.of_sheet(card, shelf) or others
    ]
