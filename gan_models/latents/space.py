"""What a generator draws from: a code, the condition it draws under, and noise, of one picture or of many."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

FIXED, SILENT = -2, -1
"""In place of a seed of noise: the generator's own noise, and none."""


@dataclass(frozen=True)
class Inputs:
    """What N pictures are drawn from, sliced, stacked and moved as one.

    `code`: latents z (N, D), or of a style-based generator styles (N, layers, D). `condition`: classes, int64 (N,), or
    what the generator's reader made of sentences, float (N, E), where it takes either. `noise`: for each picture a
    seed, SILENT or FIXED, int64 (N,); None is FIXED for all.
    """

    code: Tensor
    condition: Tensor | None = None
    noise: Tensor | None = None

    def __len__(self) -> int:
        return len(self.code)

    def __getitem__(self, part: slice) -> "Inputs":
        """Those of some of the pictures."""
        return self._each(lambda tensor: tensor[part])

    def to(self, device: torch.device | str) -> "Inputs":
        """The same on another device."""
        return self._each(lambda tensor: tensor.to(device))

    @staticmethod
    def stack(parts: Sequence["Inputs"]) -> "Inputs":
        """All of them in a row; their codes and conditions must be of one space."""
        conditions = [part.condition for part in parts if part.condition is not None]
        noises = [torch.full((len(part),), FIXED) if part.noise is None else part.noise for part in parts]
        silent = all(part.noise is None for part in parts)
        return Inputs(
            torch.cat([part.code for part in parts]),
            torch.cat(conditions) if len(conditions) == len(parts) else None,
            None if silent else torch.cat(noises),
        )

    @property
    def label(self) -> int | None:
        """The class of a single picture's; None without classes."""
        return None if self.condition is None or self.sentences is not None else int(self.condition[0])

    @property
    def sentences(self) -> Tensor | None:
        """What the generator's reader made of sentences, (N, E); None where it draws from none."""
        return self.condition if self.condition is not None and self.condition.is_floating_point() else None

    def _each(self, change: Callable[[Tensor], Tensor]) -> "Inputs":
        """The same with each tensor changed."""
        rest = (None if tensor is None else change(tensor) for tensor in (self.condition, self.noise))
        return Inputs(change(self.code), *rest)


def generate(generator: nn.Module, inputs: Inputs) -> Tensor:
    """Draw pictures (N, C, H, W) in [-1, 1]: the one place that knows how a sampling generator is called."""
    if inputs.code.ndim == 3 or inputs.noise is not None:
        styles = inputs.code if inputs.code.ndim == 3 else generator.styles(inputs.code, inputs.condition)
        if inputs.noise is None:
            return generator.synthesise(styles)
        return _with_noise(generator, styles, inputs.noise.tolist())
    return generator(inputs.code) if inputs.condition is None else generator(inputs.code, inputs.condition)


def _with_noise(generator: nn.Module, styles: Tensor, seeds: list[int]) -> Tensor:
    if min(seeds) >= 0:
        return generator.synthesise(styles, seeds)
    if len(set(seeds)) == 1:
        return generator.synthesise(styles, {FIXED: "fixed", SILENT: "none"}[seeds[0]])
    return torch.cat([_with_noise(generator, styles[n : n + 1], [seed]) for n, seed in enumerate(seeds)])
