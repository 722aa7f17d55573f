"""What is seen of pictures in the words that sentences name it by, and how varied it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from training.data.traits import Said

NONE = "none"
"""What is seen where a trait has no value that sentences name, or cannot be seen."""
Values = Mapping[str, tuple[str, ...]]
"""By the names of traits what may be seen of them, NONE last."""


@dataclass(frozen=True)
class Seen:
    """The value of each trait that is seen, int64 (N, traits) into `names`."""

    values: Tensor
    names: Values

    def of(self, row: int) -> Said:
        """What is seen of one picture."""
        return {name: self.names[name][index] for name, index in zip(self.names, self.values[row].tolist())}

    def entropies(self) -> Tensor:
        """How varied each trait is, in nats: (traits,)."""
        shares = [torch.bincount(column).float() / len(column) for column in self.values.T]
        return torch.stack([torch.special.entr(share).sum() for share in shares])


def labels_of(said: Sequence[Said], names: Values) -> Tensor:
    """What is true of pictures as `Seen.values`."""
    return torch.tensor([[of.index(one.get(name, NONE)) for name, of in names.items()] for one in said])
