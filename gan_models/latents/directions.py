"""The directions of a latent space that change pictures most."""

import torch
from torch import Tensor
from torch.nn import functional as F

from gan_models.latents.space import Inputs, generate


@torch.inference_mode()
def principal_directions(
    generator: torch.nn.Module,
    latent_dim: int,
    count: int = 12,
    n: int = 2048,
    seed: int = 0,
    classes: int = 0,
    batch: int = 64,
) -> Tensor:
    """Find the directions that change pictures most: unit rows (count, latent_dim), most visible first.

    `n` pictures of random latents are shrunk to at most 16 px and regressed on their latents; the singular
    vectors of that linear map are principal components of what the latent does to the picture. They are then
    ordered by the change that two standard deviations to either side really make.
    """
    count = min(count, latent_dim)
    seeds = torch.Generator().manual_seed(seed)
    z = torch.randn(max(n, 2 * latent_dim), latent_dim, generator=seeds)
    labels = torch.arange(len(z)) % classes if classes else None
    pictures = _thumbnails(generator, z, labels, batch)
    centred = pictures - pictures.mean(0)
    effect = torch.linalg.lstsq(z - z.mean(0), centred).solution
    directions = torch.linalg.svd(effect, full_matrices=False).U.T[:count].contiguous()
    probes, probe_labels = z[:32], None if labels is None else labels[:32]
    change = torch.stack([_change(generator, probes, step, probe_labels, batch) for step in directions])
    return directions[change.argsort(descending=True, stable=True)]


def _change(generator: torch.nn.Module, z: Tensor, step: Tensor, labels: Tensor | None, batch: int) -> Tensor:
    """Root mean square change of pictures from two standard deviations below to two above along `step`."""
    above = _thumbnails(generator, z + 2 * step, labels, batch)
    return (above - _thumbnails(generator, z - 2 * step, labels, batch)).square().mean().sqrt()


def _thumbnails(generator: torch.nn.Module, z: Tensor, labels: Tensor | None, batch: int) -> Tensor:
    """Pictures of latents, shrunk to at most 16 px and flattened: (N, values)."""
    rows = []
    for start in range(0, len(z), batch):
        stop = start + batch
        images = generate(generator, Inputs(z, labels)[start:stop])
        rows.append(F.adaptive_avg_pool2d(images.float(), min(16, images.shape[-1])).flatten(1))
    return torch.cat(rows)
