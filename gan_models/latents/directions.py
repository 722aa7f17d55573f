"""The directions of a latent space, or of styles, that change pictures most."""

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional as F

from gan_models.errors import RequestError
from gan_models.latents.seeds import latents
from gan_models.latents.space import Inputs, generate
from gan_models.latents.styles import ranges


def moved(z: Tensor, deviations: Mapping[int, float], rows: Tensor | None, name: str) -> Tensor:
    """A latent (..., D) so many standard deviations along directions (K, D), by index; RequestError for one that the
    model of that name has not."""
    for index, amount in deviations.items():
        if rows is None or index >= len(rows):
            count = 0 if rows is None else len(rows)
            raise RequestError(f"{name} has {count} directions, counted from 0; got {index}.")
        z = z + amount * rows[index]
    return z


@torch.inference_mode()
def principal_directions(
    generator: torch.nn.Module,
    latent_dim: int,
    count: int = 12,
    n: int = 2048,
    seed: int = 0,
    classes: int = 0,
    batch: int = 64,
    label: int | None = None,
) -> Tensor:
    """Find the directions that change pictures most: unit rows (count, latent_dim), most visible first.

    `n` pictures of random latents (of `classes` in turn, or all of one `label`) are shrunk to at most 16 px and
    regressed on their latents; the singular vectors of that linear map are principal components of what the latent does
    to the picture. They are then ordered by the change that two standard deviations to either side really make.
    """
    count = min(count, latent_dim)
    seeds = torch.Generator().manual_seed(seed)
    z = torch.randn(max(n, 2 * latent_dim), latent_dim, generator=seeds)
    labels = torch.arange(len(z)) % classes if classes else None
    labels = labels if label is None else torch.full((len(z),), label)
    pictures = _thumbnails(generator, z, labels, batch)
    centred = pictures - pictures.mean(0)
    effect = torch.linalg.lstsq(z - z.mean(0), centred).solution
    directions = torch.linalg.svd(effect, full_matrices=False).U.T[:count].contiguous()
    probes, probe_labels = z[:32], None if labels is None else labels[:32]
    change = torch.stack([_change(generator, probes, step, probe_labels, batch) for step in directions])
    return directions[change.argsort(descending=True, stable=True)]


@torch.inference_mode()
def style_directions(
    generator: torch.nn.Module, count: int = 12, n: int = 8192, classes: int = 0, probes: int = 16
) -> dict[str, Tensor]:
    """Directions of styles by kind, each (count, w_dim), a row as long as the styles' standard deviation along it.

    "principal": principal components of the styles of `n` seeds (Haerkoenen et al. 2020, GANSpace, section 3.1), in the
    order of what two deviations to either side change in pictures of `probes` seeds. "closed", and "closed-coarse",
    "closed-middle", "closed-fine" for those layers: eigenvectors of the weights by which the layers read their styles,
    largest eigenvalue first (Shen and Zhou 2021, SeFa, section 3.2; as in its code, weights of unit length).
    """
    z = latents(range(n), generator.latent_dim)
    w = generator.styles(z, torch.arange(n) % classes if classes else None)[:, 0]
    spread = torch.cov(w.T.double())
    found = {"principal": torch.linalg.eigh(spread)[1].T.flip(0)[:count]}
    weights = generator.style_weights
    for name, (start, stop) in ranges(len(weights)).items():
        rows = F.normalize(torch.cat(weights[start:stop]).double(), dim=1)
        found["closed" if name == "all" else f"closed-{name}"] = torch.linalg.eigh(rows.T @ rows)[1].T.flip(0)[:count]
    scaled = {kind: _scaled(rows, spread).float() for kind, rows in found.items()}
    styles = generator.styles(z[:probes], torch.arange(probes) % classes if classes else None)
    change = torch.stack([_change(generator, styles, step, None, probes) for step in scaled["principal"]])
    return scaled | {"principal": scaled["principal"][change.argsort(descending=True, stable=True)]}


def _scaled(rows: Tensor, spread: Tensor) -> Tensor:
    """Unit rows (K, D) made as long as the deviation along them, their largest number above 0: a sign means nothing."""
    signs = rows.gather(1, rows.abs().argmax(1, keepdim=True)).sign()
    return rows * signs * ((rows @ spread) * rows).sum(1, keepdim=True).clamp_min(0).sqrt()


def _change(generator: torch.nn.Module, z: Tensor, step: Tensor, labels: Tensor | None, batch: int) -> Tensor:
    """Root mean square change of pictures from two standard deviations below to two above along `step`."""
    above = _thumbnails(generator, z + 2 * step, labels, batch)
    return (above - _thumbnails(generator, z - 2 * step, labels, batch)).square().mean().sqrt()


def _thumbnails(generator: torch.nn.Module, z: Tensor, labels: Tensor | None, batch: int) -> Tensor:
    """Pictures of latents or styles, shrunk to at most 16 px and flattened: (N, values)."""
    rows = []
    for start in range(0, len(z), batch):
        stop = start + batch
        images = generate(generator, Inputs(z, labels)[start:stop])
        rows.append(F.adaptive_avg_pool2d(images.float(), min(16, images.shape[-1])).flatten(1))
    return torch.cat(rows)
