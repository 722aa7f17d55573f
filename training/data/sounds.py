"""Folders and zips of sounds of any rate and channels, cut to one length; subfolders become kinds."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from gan_models.errors import TrainingError, first_line
from gan_models.sounds.files import LEVELS, fitted, is_sound, open_sound, to_int16
from training.data.batches import Batches
from training.data.known import OWN_SOUNDS, Known, known
from training.data.layout import layout, readable
from training.data.pictures import content_hash, open_files

HELD_OUT, MOST_HELD_OUT = 0.05, 300


@dataclass(frozen=True)
class SoundSet:
    """Sounds for training, all of one length. sounds: int16 (N, L) at `rate` Hz; the rest as for an ImageSet."""

    name: str
    sounds: torch.Tensor
    rate: int
    labels: torch.Tensor | None = None
    classes: tuple[str, ...] = ()
    sha256: str = ""
    licence: str = OWN_SOUNDS
    free: bool = False
    source: str = ""
    skipped: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    things: str = "sounds"

    def __len__(self) -> int:
        return len(self.sounds)

    def take(self, indices: torch.Tensor) -> SoundSet:
        """The set of these sounds only, in this order."""
        return replace(self, sounds=self.sounds[indices], labels=None if self.labels is None else self.labels[indices])


class SoundBatches(Batches):
    """Endless batches of sounds as float32 (batch, 1, 1, L) in [-1, 1] with their labels."""

    def at(self, step: int) -> tuple[torch.Tensor, torch.Tensor | None]:
        index, _ = self.indices(step)
        return as_float(self.data.sounds[index]), None if self.data.labels is None else self.data.labels[index]


def as_float(sounds: torch.Tensor) -> torch.Tensor:
    """int16 (N, L) as float32 (N, 1, 1, L) in [-1, 1]."""
    return sounds[:, None, None].float() / LEVELS


def load_sounds(path: Path, rate: int, length: int) -> SoundSet:
    """Every sound of a folder or zip from its onset on, cut or padded to `length` samples at `rate` Hz.

    Files that cannot be read, and silent ones, are skipped and named; TrainingError where none is left.
    """
    with open_files(path, is_sound, "sounds") as files:
        found = layout(files.names, "train", path)
        if not found.names:
            raise TrainingError(f"{path} holds no sounds: give a folder or zip with WAV, FLAC, OGG, MP3 or AIFF files.")
        with ThreadPoolExecutor() as pool:
            read = list(pool.map(lambda name: read_sound(files.read, name, rate, length), found.names))
        digest, told = content_hash(path, files), (*files.told, *found.told)
    skipped = tuple(one for one in read if isinstance(one, str))
    good = [place for place, one in enumerate(read) if not isinstance(one, str)]
    if not good:
        raise TrainingError(f"None of the {len(skipped)} sounds in {path} can be used; the first: {skipped[0]}.")
    of = known(digest) or Known(path.stem if path.is_file() else path.resolve().name, OWN_SOUNDS, False, "")
    labels = None if found.labels is None else torch.tensor(found.labels)[good]
    sounds = torch.from_numpy(np.stack([read[place] for place in good]))
    return SoundSet(of.name, sounds, rate, labels, found.classes, digest, of.licence, of.free, of.source, skipped, told)


def held_out_sounds(data: SoundSet, seed: int = 0) -> tuple[SoundSet, SoundSet]:
    """(to train on, held out): a share by chance, at least one; TrainingError for fewer than two."""
    if len(data) < 2:
        raise TrainingError(f"{data.name} has {len(data)} sound: at least 2 are needed to hold one out.")
    count = max(1, min(MOST_HELD_OUT, int(len(data) * HELD_OUT)))
    order = torch.from_numpy(np.random.default_rng(seed).permutation(len(data)))
    return data.take(order[count:].sort().values), data.take(order[:count].sort().values)


def read_sound(read: Callable[[str], bytes], name: str, rate: int, length: int) -> np.ndarray | str:
    """The sound as int16 (length,), or one line that says why it is left out."""
    try:
        return to_int16(fitted(open_sound(read(name), rate, 10 + length / rate), length))
    except Exception as error:  # damaged files raise a dozen types, and one must not stop a run
        return readable(f"{name}: {first_line(error)}")
