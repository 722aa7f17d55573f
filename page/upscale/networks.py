"""The networks that enlarge here, the shelf's and other people's: what is said of them, and the last few ready."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gan_models.errors import RequestError, WeightError
from gan_models.methods import METHODS
from gan_models.networks import build_config
from gan_models.upscaling.upscaler import Upscaler, twin
from page.parts import picker
from page.parts.errors import names_only
from page.upscale.settings import Settings

if TYPE_CHECKING:
    from gan_models.loading import Shelf
    from gan_models.weight.card import Card

MOST_READY = 6
"""Networks, and mixtures of two, that stay ready."""


@dataclass(frozen=True)
class Networks:
    """Networks by the names that visitors choose. `places`: files and Hub addresses of community checkpoints."""

    shelf: Shelf
    places: tuple[str, ...]
    ready: OrderedDict[Any, Upscaler] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def cards(self) -> list[Card]:
        """The weights of the shelf that enlarge."""
        return [card for card in self.shelf.cards() if card.task == "upscale"]

    def listed(self) -> dict[str, Any]:
        """Each with what one should know of it, the one to begin with, and why some cannot be used."""
        cards = self.cards
        others, refused = self._community()
        shown = [self._described(card, cards) for card in cards] + others
        # A first visitor begins with the quick network that enlarges most.
        best = min(cards, key=lambda c: (c.method != "swift", -c.config.get("scale", 1), c.name), default=None)
        start = best.name if best else next((item["name"] for item in shown), None)
        return {"networks": shown, "first": start, "refused": list(map(names_only, refused))}

    def get(self, settings: Settings) -> Upscaler:
        """The network of these settings, ready; the last few stay so."""
        if place := self.checkpoints.get(settings.network):
            return self._kept(settings.network, lambda: Upscaler.community(place))
        model = self.shelf.get(settings.network)
        if settings.fidelity is None:
            return self._kept(model.sha256, lambda: Upscaler.of(model))
        other = twin(model.card, self.shelf)
        if other is None:
            raise RequestError(f"{model.name} has no faithful twin here; leave the fidelity out.")
        faithful, key = self.shelf.get(other.name), (model.sha256, settings.fidelity)
        return self._kept(key, lambda: Upscaler.mixed(faithful, model, settings.fidelity))

    @property
    def checkpoints(self) -> dict[str, str]:
        """The community checkpoints by what visitors call them, files by their names alone, and where they are."""
        return {Path(place).name if Path(place).exists() else place: place for place in self.places}

    def _kept(self, key: Any, make: Callable[[], Upscaler]) -> Upscaler:
        with self.lock:
            if key not in self.ready:
                self.ready[key] = make()
                while len(self.ready) > MOST_READY:
                    self.ready.popitem(last=False)
            self.ready.move_to_end(key)
            return self.ready[key]

    def _described(self, card: Card, cards: list[Card]) -> dict[str, Any]:
        config, other = build_config(card.family, card.config), twin(card, self.shelf)
        same = [c for c in cards if faithful(c) and c.config.get("scale") == card.config.get("scale")]
        named = other or min(same, key=faithful, default=None)
        free = "free for any use" if card.free else "not free for any use"
        purpose = METHODS[card.method].purpose if card.method in METHODS else ""
        size = f"x{config.scale}, {card.parameters.get('generator', 0) / 1e6:.2g} M parameters"
        return {
            **picker.faced(self.shelf, card),
            "words": ", ".join(filter(None, (purpose, size, free))),
            "scale": config.scale,
            "twin": other and other.name,
            "faithful": named.name if named and named.name != card.name else None,
        }

    def _community(self) -> tuple[list[dict[str, Any]], list[str]]:
        """Other people's checkpoints that this page was started with, and why some cannot be used."""
        found, refused = [], []
        for name in self.checkpoints:
            try:
                network = self.get(Settings(name))
            except WeightError as error:
                refused.append(str(error))
                continue
            title = f"{Path(name.rpartition(':')[2]).stem} ({network.licence})"
            words = f"x{network.scale}, a community checkpoint, {network.licence}"
            subtitle = f"a community checkpoint · × {network.scale}"
            face = {"name": name, "title": title, "subtitle": subtitle, "thumbnail": ""}
            found.append({**face, "words": words, "scale": network.scale, "twin": None, "faithful": None})
        return found, refused


def faithful(card: Card) -> int:
    """The rank of a weight among those trained for fidelity alone, from 1; 0 for all others.

    What the trust view compares with.
    """
    return METHODS[card.method].faithful if card.method in METHODS else 0
