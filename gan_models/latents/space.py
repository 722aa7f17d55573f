"""What a generator draws from: a code, the condition it draws under, and noise, of one picture or of many."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

FIXED, SILENT = -2, -1
"""In place of a seed of noise: the generator's own noise, and none."""


@dataclass(frozen=True)
class Inputs:
    """What N pictures are drawn from, sliced, stacked and moved as one.

    `code`: latents z (N, D), or of a style-based generator styles (N, layers, D). `condition`: classes, int64 (N,),
    where the generator takes them. `noise`: for each picture a seed, SILENT or FIXED, int64 (N,);
    None is FIXED for all.
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
        """All of them in a row; their codes and conditions must be of one space."""
        code, condition, noise = zip(*(part._tensors for part in parts))
        if any(seeds is not None for seeds in noise):
            noise = [torch.full((len(part),), FIXED) if part.noise is None else part.noise for part in parts]
        return Inputs(*(None if row[0] is None else torch.cat(tuple(row)) for row in (code, condition, noise)))

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
