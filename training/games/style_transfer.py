"""Training a style transfer: the picture keeps what it shows and takes over how the style is painted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor

from training.games.phases import Batch, Networks, Phase
from training.losses.style import StyleAndContent


@dataclass(frozen=True)
class Rules:
    """Weights of the losses: what the picture shows, the statistics of the style, and what occurs together in it."""

    content: float = 0.5
    style: float = 6.0
    together: float = 6.0


def restyling(rules: Rules, seen: StyleAndContent) -> tuple[Phase, ...]:
    """The generator's one phase; a batch's `images` are the style pictures, its `source` the photographs."""
    return (Phase("generator", "generator", lambda networks, batch: turn(networks, batch, rules, seen)),)


def turn(networks: Networks, batch: Batch, rules: Rules, seen: StyleAndContent) -> tuple[Tensor, Mapping[str, Tensor]]:
    """The weighted sum of the losses, and each of them for the log."""
    generator = networks["generator"]
    style = generator.style(batch.images)
    drawn = generator(batch.source, style=style)
    content, apart, together = seen.to(drawn.device)(drawn, batch.source, batch.images)
    parts = {"content": content, "style": apart, "together": together}
    whole = sum(getattr(rules, name) * part for name, part in parts.items())
    return whole, {name: part.detach() for name, part in parts.items()}
