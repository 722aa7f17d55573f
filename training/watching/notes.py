"""What is looked at while a generator of notes trains: fixed latents at a few pitches, heard as spectrograms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.latents.seeds import latents
from gan_models.pictures.images import contact_sheet, packed_png
from gan_models.sounds.spectrogram import spectrograms
from training.data.note_set import NoteSet
from training.watching.latents import LOOKED_AT, PICTURES, THUMBNAIL, Watch, spread, untouched
from training.watching.sounds import SIDE

PITCHES = 8


@dataclass(frozen=True)
class NoteWatch(Watch):
    """As of pictures, which here are those of notes' partials."""

    def measure(self, networks: Mapping[str, nn.Module], shown: nn.Module) -> dict[str, float]:
        """One row's numbers: how different notes of a pitch are, drawn and real ones, and the verdicts."""
        with torch.no_grad():
            row = {
                "spread/fake": apart(self.pictures(shown), self.labels),
                "spread/real": apart(self.real, self.real_labels),
            }
            with untouched(*networks.values()):
                return row | self.verdicts(networks)

    def grid(self, shown: nn.Module) -> bytes:
        """The fixed latents' spectrograms as one PNG, 8 by 8."""
        with torch.no_grad():
            notes = shown.of_kind(self.z, shown.kind(self.labels, len(self.z)))
        sheet = contact_sheet(spectrograms(notes.flatten(1), SIDE, SIDE), columns=PITCHES)
        return packed_png(sheet)


def watch_notes(learned: NoteSet, kept: NoteSet, latent_dim: int, device: torch.device) -> NoteWatch:
    """Seeds 0 to 63, eight pitches in turn, and evenly spaced notes of both sets."""
    z = latents(range(PICTURES), latent_dim)
    pitches = torch.linspace(0, len(learned.classes) - 1, PITCHES).round().long()
    tensors = (z, pitches.repeat(PICTURES // PITCHES), *some(learned), *some(kept))
    return NoteWatch(*(t.to(device) for t in tensors), 0.0)


def apart(pictures: Tensor, labels: Tensor) -> float:
    """Mean distance of two small pictures of one pitch."""
    return spread(F.adaptive_avg_pool2d(pictures, THUMBNAIL).flatten(1), labels)


def some(data: NoteSet) -> tuple[Tensor, Tensor]:
    """At most 128 notes spread over the set, as pictures, and which they are."""
    index = torch.linspace(0, len(data) - 1, min(LOOKED_AT, len(data))).long()
    return data.pictures[index].float(), data.labels[index]
