"""What is looked at while training: the same latents, the same real pictures, and the verdicts on them.

All of it is cheap (a few hundred pictures forward), leaves the networks untouched, and is computed without
any classifier: distances that need features are training.evaluate's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.latents.seeds import latents
from gan_models.latents.space import Inputs, generate
from gan_models.pictures.images import contact_sheet, packed_png, to_tensor, to_uint8
from training.data import ImageSet

PICTURES = 64
LOOKED_AT = 128
THUMBNAIL = 16
EDGE = 0.45


@dataclass(frozen=True)
class Watch:
    """Fixed latents (64, D) with labels or None; real and held-out pictures (at most 128) with theirs.

    `middle` is the discriminator output between real and fake; None (critics, whose zero means nothing) takes
    the midpoint of the two means.
    """

    z: Tensor
    labels: Tensor | None
    real: Tensor
    real_labels: Tensor | None
    held_out: Tensor
    held_out_labels: Tensor | None
    middle: float | None

    def measure(self, networks: Mapping[str, nn.Module], shown: nn.Module) -> dict[str, float]:
        """One row's numbers: of `shown` (the averaged generator) on the fixed latents, and the verdicts."""
        with torch.no_grad():
            pictures = self.pictures(shown)
            real_labels = None if self.labels is None else self.real_labels[:PICTURES]
            row = looks(pictures, "fake", self.labels) | looks(self.real[:PICTURES], "real", real_labels)
            with untouched(*networks.values()):
                return row | self.verdicts(networks)

    def pictures(self, shown: nn.Module) -> Tensor:
        """The fixed latents' pictures, (64, C, H, W) in [-1, 1]."""
        return generate(shown, Inputs(self.z, self.labels)).float()

    def verdicts(self, networks: Mapping[str, nn.Module]) -> dict[str, float]:
        """Mean output on real, fake and held-out pictures, and the shares judged rightly."""
        discriminator, conditional = networks["discriminator"], self.labels is not None
        # Where the generator is still growing, real pictures with no more detail than it draws.
        reduced = getattr(networks["generator"], "reduced", lambda images: images)

        def judge(images: Tensor, labels: Tensor | None) -> Tensor:
            verdict = discriminator(images, labels) if conditional else discriminator(images)
            return verdict.float().flatten(1).mean(1) if verdict.ndim > 1 else verdict.float()

        real = judge(reduced(self.real), self.real_labels)
        held_out = judge(reduced(self.held_out), self.held_out_labels)
        fake = judge(self.pictures(networks["generator"]), self.labels)
        middle = (real.mean() + fake.mean()) / 2 if self.middle is None else self.middle
        numbers = {
            "d/real": real.mean(),
            "d/fake": fake.mean(),
            "d/held_out": held_out.mean(),
            "accuracy/real": (real > middle).float().mean(),
            "accuracy/fake": (fake < middle).float().mean(),
        }
        return {name: value.item() for name, value in numbers.items()}

    def grid(self, shown: nn.Module) -> bytes:
        """The fixed latents' pictures as one PNG, 8 by 8."""
        with torch.no_grad():
            sheet = contact_sheet(to_uint8(self.pictures(shown)), columns=8)
        return packed_png(sheet)


def watch(
    train: ImageSet,
    held_out: ImageSet,
    latent_dim: int,
    classes: int,
    middle: float | None,
    device: torch.device,
) -> Watch:
    """Choose what is looked at: seeds 0 to 63, classes in turn, and evenly spaced pictures of both sets."""
    z = latents(range(PICTURES), latent_dim)
    labels = torch.arange(PICTURES) % classes if classes else None
    real, real_labels = some(train)
    kept, kept_labels = some(held_out)
    tensors = (z, labels, real, real_labels, kept, kept_labels)
    return Watch(*(None if t is None else t.to(device) for t in tensors), middle)


def some(data: ImageSet) -> tuple[Tensor, Tensor | None]:
    """At most 128 pictures spread over the set, as (N, C, H, W) in [-1, 1], and their labels."""
    index = torch.linspace(0, len(data) - 1, min(LOOKED_AT, len(data))).long()
    images = to_tensor(data.images[index].permute(0, 2, 3, 1).numpy())
    return images, None if data.labels is None else data.labels[index]


def looks(images: Tensor, whose: str, labels: Tensor | None = None) -> dict[str, float]:
    """Spread, saturation, brightness and energy at the highest frequencies of pictures in [-1, 1].

    Spread: mean distance (root mean square) of two 16 px thumbnails, 0 to 2, of the same class where there are
    `labels` (N,): a conditional generator that draws one picture a class has none. Saturation: share of values
    within 1 % of black or white. Brightness: mean value. High: see `high_share`.
    """
    thumbnails = F.adaptive_avg_pool2d(images, THUMBNAIL).flatten(1)
    return {
        f"spread/{whose}": spread(thumbnails, labels),
        f"saturation/{whose}": (images.abs() > 0.98).float().mean().item(),
        f"brightness/{whose}": images.mean().item(),
        f"high/{whose}": high_share(images),
    }


def spread(vectors: Tensor, labels: Tensor | None = None) -> float:
    """Mean root-mean-square distance of two rows of (N, D), of one label where there are any; 0 without a pair."""
    first, second = torch.triu_indices(len(vectors), len(vectors), 1, device=vectors.device)
    distances = F.pdist(vectors)
    if labels is not None:
        distances = distances[labels[first] == labels[second]]
    return (distances.mean() / vectors.shape[1] ** 0.5).item() if len(distances) else 0.0


def high_share(images: Tensor) -> float:
    """Share of the pictures' variance in rows or columns that change sign (nearly) every pixel, 0 to 1.

    A checkerboard or fine stripes put all of it there; photographs about 0.001 (Odena et al. 2016 on why
    generators draw them).
    """
    gray = images.mean(1)
    power = torch.fft.fft2(gray - gray.mean((1, 2), keepdim=True)).abs().square().mean(0)
    rows = torch.fft.fftfreq(gray.shape[1], device=gray.device).abs()
    columns = torch.fft.fftfreq(gray.shape[2], device=gray.device).abs()
    high = torch.maximum(rows[:, None], columns[None, :]) >= EDGE
    return (power[high].sum() / power.sum().clamp_min(1e-12)).item()


@contextmanager
def untouched(*modules: nn.Module) -> Iterator[None]:
    """Put the modules' buffers (batch statistics, spectral vectors) back after whatever runs inside."""
    before = [(buffer, buffer.clone()) for module in modules for buffer in module.buffers()]
    try:
        yield
    finally:
        with torch.no_grad():
            for buffer, value in before:
                buffer.copy_(value)
