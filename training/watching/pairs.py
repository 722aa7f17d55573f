"""What is looked at while a translator learns: the same held-out sources, what is made of them, and the truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.pictures.images import contact_sheet, packed_png, to_uint8
from training.watching.latents import looks, untouched

SHOWN, MEASURED = 12, 32
COLUMNS = 2
GAP = 2

View = Callable[[Tensor, Tensor], Tensor]
Judge = Callable[[Mapping[str, nn.Module], Tensor, Tensor], Tensor | None]


@dataclass(frozen=True)
class PairWatch:
    """Held-out sources (N, C + 4 with hints, S, S) and targets; at most MEASURED, of which SHOWN are drawn.

    `draw`: what a generator makes of given sources. `view`: RGB of given sources and targets. `judge`: a
    discriminator's mean output on each target as an answer to its source, (N,), or None without one. `middle`: its
    value between real and drawn. `shown`: sources and targets to draw in place of the first SHOWN held-out ones.
    """

    given: Tensor
    target: Tensor
    draw: Callable[[nn.Module, Tensor], Tensor]
    view: View
    judge: Judge
    middle: float = 0.0
    paired: bool = True
    shown: tuple[Tensor, Tensor] | None = None

    def measure(self, networks: Mapping[str, nn.Module], shown: nn.Module) -> dict[str, float]:
        """One row's numbers: of `shown` (the averaged generator), and the verdicts."""
        with torch.no_grad():
            drawn = self.draw(shown, self.given).float()
            row = looks(self.view(self.given, drawn), "fake") | looks(self.view(self.given, self.target), "real")
            if self.paired:
                row["l1/held_out"] = F.l1_loss(drawn, self.target).item()
            with untouched(*networks.values()):
                return row | self.verdicts(networks)

    def verdicts(self, networks: Mapping[str, nn.Module]) -> dict[str, float]:
        """Mean outputs on held-out targets and drawn ones, and the shares judged rightly."""
        drawn = self.draw(networks["generator"], self.given)
        real, fake = (self.judge(networks, self.given, x) for x in (self.target, drawn))
        if real is None:
            return {}
        return {
            "d/real": real.mean().item(),
            "d/fake": fake.mean().item(),
            "accuracy/real": (real > self.middle).float().mean().item(),
            "accuracy/fake": (fake < self.middle).float().mean().item(),
        }

    def grid(self, shown: nn.Module) -> bytes:
        """Source, result and truth of SHOWN pairs as one PNG, COLUMNS such triples in a row."""
        return packed_png(self.sheet(shown))

    def sheet(self, shown: nn.Module) -> np.ndarray:
        """The same as uint8 (H, W, 3)."""
        given, target = (rows[:SHOWN] for rows in self.shown or (self.given, self.target))
        with torch.no_grad():
            drawn = self.draw(shown, given).float()
        columns = [visible(given), self.view(given, drawn), self.view(given, target)][: 3 if self.paired else 2]
        rows = torch.stack([column.expand(-1, 3, -1, -1) for column in columns], 1).flatten(0, 1)
        return contact_sheet(to_uint8(rows), columns=len(columns) * COLUMNS, gap=GAP)


def visible(given: Tensor) -> Tensor:
    """What a visitor would see of sources with hints behind them: RGB (N, 3, S, S), hints laid over."""
    channels = given.shape[1]
    source = given[:, : channels - 4] if channels > 4 else given
    source = source.expand(-1, 3, -1, -1)
    return torch.where(given[:, -1:] > 0.5, given[:, -4:-1], source) if channels > 4 else source


def spread_rows(count: int, most: int = MEASURED) -> np.ndarray:
    """At most `most` row numbers of a set, evenly spaced."""
    return np.linspace(0, count - 1, min(most, count)).astype(int)
