"""What an entry tells `start`: the networks, their phases, their batches, and what is looked at meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

import torch
from torch import nn

from training.games.phases import Phase
from training.loop.trainer import Source
from training.options import Common


@runtime_checkable
class Plan(Protocol):
    """What an entry makes of its options for its data: `SamplingPlan`, or another that has all of this.

    `options`: the given ones with nothing left open. `family`, `config`: the generator's, as the card has them, and
    `method`, the card's story. `networks`: by name, "generator" among them. `optimizer`: "adam" or "rmsprop".
    `ships`: the network that goes into the weight beside the generator, "" for none. `translation`: what the card
    says of a translator, else None. `held_out`: rows of the data that were not learned from.
    """

    @property
    def options(self) -> Common: ...
    @property
    def family(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def config(self) -> Any: ...
    @property
    def networks(self) -> Mapping[str, nn.Module]: ...
    @property
    def optimizer(self) -> str: ...
    @property
    def ships(self) -> str: ...
    @property
    def translation(self) -> dict | None: ...
    @property
    def held_out(self) -> tuple[int, ...]: ...

    def labels(self, data: Any) -> list[str]:
        """Names of the classes that the networks draw by."""

    def phases(self) -> tuple[Phase, ...]:
        """What happens within a step."""

    def batches(self, learned: Any, rank: int, world: int) -> Source:
        """The batches of one of `world` processes."""

    def watch(self, learned: Any, kept: Any, device: torch.device) -> Any:
        """What is looked at meanwhile: `measure` and `grid` of the averaged networks (see `loop.monitor`)."""
