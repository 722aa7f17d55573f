"""Training a style transfer: the picture keeps what it shows and takes over how the style is painted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from training.games.phases import Batch, Networks, Phase
from training.losses.style import StyleAndContent

TEMPERATURE = 0.2


@dataclass(frozen=True)
class Rules:
    """Weights of the losses: what the picture shows, the statistics of the style, what occurs together in it, and that
    each result's own signal is that of its style rather than of the others in the batch."""

    content: float = 0.7
    style: float = 4.0
    together: float = 4.0
    contrast: float = 0.1


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
    if rules.contrast:
        parts["contrast"] = contrast(generator.signal(drawn), style.signal)
    whole = sum(getattr(rules, name) * part for name, part in parts.items())
    return whole, {name: part.detach() for name, part in parts.items()}


def contrast(drawn: Tensor, styles: Tensor) -> Tensor:
    """How hard it is to tell from signals (N, S) which style each result was drawn in: a scalar.

    After the style signal contrastive loss of Wang et al. 2023 (MicroAST, section 3.3), as a cross entropy.
    """
    alike = F.normalize(drawn, dim=1) @ F.normalize(styles, dim=1).T / TEMPERATURE
    return F.cross_entropy(alike, torch.arange(len(alike), device=alike.device))
