"""What a generator draws from: a code, the condition it draws under, and noise, of one picture or of many."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Inputs:
    """What N pictures are drawn from, sliced, stacked and moved as one.

    `code`: latents z (N, D), or of a style-based generator styles (N, layers, D). `condition`: classes, int64 (N,),
    where the generator takes them. `noise`: a seed for each picture, int64 (N,), where not the generator's own is
    wanted.
    """

    code: Tensor
    condition: Tensor | None = None
    noise: Tensor | None = None

    def __len__(self) -> int:
        return len(self.code)

    def __getitem__(self, part: slice) -> "Inputs":
        """Those of some of the pictures."""
        return Inputs(*(None if tensor is None else tensor[part] for tensor in self._tensors))

    def to(self, device: torch.device | str) -> "Inputs":
        """The same on another device."""
        return Inputs(*(None if tensor is None else tensor.to(device) for tensor in self._tensors))

    @staticmethod
    def stack(parts: Sequence["Inputs"]) -> "Inputs":
        """All of them in a row; they must be of one space."""
        rows = zip(*(part._tensors for part in parts))
        return Inputs(*(None if row[0] is None else torch.cat(row) for row in rows))

    @property
    def label(self) -> int | None:
        """The class of a single picture's; None without classes."""
        return None if self.condition is None else int(self.condition[0])

    @property
    def _tensors(self) -> tuple[Tensor | None, ...]:
        return self.code, self.condition, self.noise


def generate(generator: nn.Module, inputs: Inputs) -> Tensor:
    """Draw pictures (N, C, H, W) in [-1, 1]: the one place that knows how a sampling generator is called."""
    if inputs.code.ndim == 3 or inputs.noise is not None:
        styles = inputs.code if inputs.code.ndim == 3 else generator.styles(inputs.code, inputs.condition)
        return generator.synthesise(styles, None if inputs.noise is None else inputs.noise.tolist())
    return generator(inputs.code) if inputs.condition is None else generator(inputs.code, inputs.condition)
