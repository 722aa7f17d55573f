"""What a visitor of the Upscale tab chose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gan_models.errors import RequestError
from gan_models.machine import has_bf16
from gan_models.upscale import Order

BICUBIC = "bicubic"
"""Stands for no network at all."""


@dataclass(frozen=True)
class Settings:
    """What a visitor chose: a network by name (or "bicubic"), a scale, and how faithful to be."""

    network: str
    scale: float = 4
    fidelity: float | None = None
    colour_lock: bool = False

    @classmethod
    def of(cls, words: Any) -> Settings:
        """Settings from JSON; RequestError for anything else."""
        if not isinstance(words, dict) or not isinstance(words.get("network"), str):
            raise RequestError("Settings name a network and a scale; these do not.")
        try:
            settings = cls(**words)
        except TypeError:
            raise RequestError(
                f"Settings are network, scale, fidelity and colour_lock; got {str(words)[:80]}."
            ) from None
        Order(settings.scale)
        return settings

    @property
    def key(self) -> str:
        """The same for the same result."""
        return repr(self)

    @property
    def order(self) -> Order:
        return Order(self.scale, bool(self.colour_lock), has_bf16())
