"""From a seed to its latent.

A latent `z` is a float32 vector drawn from N(0, I), of the generator's `latent_dim`.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from gan_models.checks import is_whole
from gan_models.errors import RequestError

LAST_SEED = 2**53 - 1
"""The largest seed: the last whole number that a browser can hold too."""


def latent(seed: int, dim: int) -> Tensor:
    """Draw the latent (dim,) of one seed, with a CPU generator of its own: nothing else can change it."""
    return torch.randn(dim, generator=_generator(seed))


def latents(seeds: Sequence[int], dim: int) -> Tensor:
    """Stack the latents of seeds to (N, dim)."""
    return torch.stack([latent(seed, dim) for seed in seeds]) if len(seeds) else torch.empty(0, dim)


def truncate(z: Tensor, psi: float) -> Tensor:
    """Bring latents nearer to their mean, which is 0: psi 1 leaves them, 0 is the mean itself.

    Trades variety for typical pictures (Karras et al. 2019, StyleGAN, appendix B).
    """
    return z * psi


def check_seed(seed: object, what: str = "A seed") -> None:
    """RequestError for what is no seed."""
    if not is_whole(seed, 0, LAST_SEED):
        raise RequestError(f"{what} is a whole number from 0 to {LAST_SEED}, got {seed!r}.")


def _generator(seed: int) -> torch.Generator:
    check_seed(seed)
    return torch.Generator().manual_seed(seed)
