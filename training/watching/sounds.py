"""What is looked at while a generator of sounds trains: fixed latents, real sounds, the verdicts on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.latents.seeds import latents
from gan_models.pictures.images import contact_sheet, packed_png
from gan_models.sounds.spectrogram import RANGE, levels, spectrograms
from training.data.sounds import SoundSet, as_float
from training.watching.latents import LOOKED_AT, PICTURES, THUMBNAIL, Watch, spread, untouched

SIDE = 64
"""Pixels of a spectrogram's side in a grid."""


@dataclass(frozen=True)
class SoundWatch(Watch):
    """As of pictures, but (N, 1, 1, length): seen as spectrograms."""

    def measure(self, networks: Mapping[str, nn.Module], shown: nn.Module) -> dict[str, float]:
        """One row's numbers: spread and loudness of what is drawn and of real sounds, and the verdicts.

        The discriminator moves sounds in time while it learns; its verdicts are asked for without.
        """
        discriminator = networks["discriminator"]
        learning = discriminator.training
        with torch.no_grad():
            row = heard(self.pictures(shown), "fake", self.labels) | heard(self.real, "real", self.real_labels)
            discriminator.eval()
            try:
                with untouched(*networks.values()):
                    return row | self.verdicts(networks)
            finally:
                discriminator.train(learning)

    def grid(self, shown: nn.Module) -> bytes:
        """The fixed latents' spectrograms as one PNG, 8 by 8."""
        with torch.no_grad():
            sheet = contact_sheet(spectrograms(self.pictures(shown).flatten(1), SIDE, SIDE), columns=8)
        return packed_png(sheet)


def watch_sounds(learned: SoundSet, kept: SoundSet, latent_dim: int, classes: int, device: torch.device) -> SoundWatch:
    """Seeds 0 to 63, kinds in turn, and evenly spaced sounds of both sets."""
    z = latents(range(PICTURES), latent_dim)
    labels = torch.arange(PICTURES) % classes if classes else None
    tensors = (z, labels, *_some(learned), *_some(kept))
    return SoundWatch(*(None if t is None else t.to(device) for t in tensors), 0.0)


def heard(sounds: Tensor, whose: str, labels: Tensor | None) -> dict[str, float]:
    """Mean distance of two small spectrograms (of one kind, 0 to 1), and the mean of the loudest samples."""
    shown = levels(sounds.flatten(1)) / RANGE + 1
    thumbnails = F.adaptive_avg_pool2d(shown[:, None], THUMBNAIL).flatten(1)
    loudest = sounds.abs().amax((1, 2, 3)).mean().item()
    return {f"spread/{whose}": spread(thumbnails, labels), f"loudest/{whose}": loudest}


def _some(data: SoundSet) -> tuple[Tensor, Tensor | None]:
    index = torch.linspace(0, len(data) - 1, min(LOOKED_AT, len(data))).long()
    return as_float(data.sounds[index]), None if data.labels is None else data.labels[index]
