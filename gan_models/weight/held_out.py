"""What projections of held-out photographs came to: the scale on which a visitor's own photograph is judged."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from gan_models.errors import WeightError

HELD_OUT = "held_out."
"""What the names of these tensors begin with, in the file of the encoder."""
NAMES = ("mean", "precision", "strange", "counts", "errors", "random")


@dataclass(frozen=True)
class HeldOut:
    """Photographs that the encoder did not learn from, projected and looked at by the `photos` network.

    `mean` (F,) and `precision` (F, F): of the features of the photographs that it learned from, the precision as the
    factor by which a difference becomes a distance; `strange` (N,): these distances of held-out ones; `counts` (S,):
    numbers of steps; `errors` (S, M): perceptual distances after them; `random`: that of two random photographs.
    """

    mean: Tensor
    precision: Tensor
    strange: Tensor
    counts: Tensor
    errors: Tensor
    random: float

    @classmethod
    def of(cls, tensors: Mapping[str, Tensor]) -> "HeldOut":
        """From the tensors of an encoder's file; WeightError where some are missing."""
        if missing := [name for name in NAMES if HELD_OUT + name not in tensors]:
            raise WeightError(f"The encoder lacks what was measured ({missing[0]}); train it again.")
        mean, precision, strange, counts, errors, random = (tensors[HELD_OUT + name].float() for name in NAMES)
        return cls(mean, precision, strange, counts, errors, float(random))

    def tensors(self) -> dict[str, Tensor]:
        """As they stand in the encoder's file."""
        return {HELD_OUT + name: torch.as_tensor(getattr(self, name)) for name in NAMES}

    def strangeness(self, features: Tensor) -> Tensor:
        """How far features (N, F) lie from those of the photographs that were learned from, (N,)."""
        return ((features - self.mean) @ self.precision).norm(dim=1)

    def errors_after(self, number: int) -> Tensor:
        """The held-out errors (M,) after the largest measured number of steps that is not above this one."""
        row = int((self.counts <= number).sum()) - 1
        return self.errors[max(row, 0)]
