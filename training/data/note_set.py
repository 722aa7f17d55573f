"""Folders and zips of single notes: the pitch stands in a file's name or in a folder's, a folder is a timbre."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np
import torch

from gan_models.errors import TrainingError
from gan_models.networks.partials import NAMES, Partials, hertz, name_of
from gan_models.sounds.files import LEVELS, is_sound
from training.data.batches import Batches
from training.data.known import OWN_SOUNDS, Known, known
from training.data.pictures import content_hash, open_files
from training.data.sounds import HELD_OUT, MOST_HELD_OUT, SoundSet, read_sound

TIMBRES_HELD_OUT = 0.08
"""Share of folders that are held out whole, where there are MANY or more; of fewer, notes are held out by chance."""
MANY = 8
LOWEST, HIGHEST = 24, 108
"""MIDI numbers that are taken for pitches."""
_NAME = re.compile(r"(?<![A-Za-z0-9])([A-Ga-g])(#|b|s|is|es)?(-1|[0-9])(?![A-Za-z0-9#])")
_NSYNTH = re.compile(r"-(\d{3})(?=-\d{3}$)")
_NUMBER = re.compile(r"(?<![0-9A-Za-z])(\d{2,3})(?![0-9A-Za-z])")
_SHIFT = {"": 0, "#": 1, "s": 1, "is": 1, "b": -1, "es": -1}


@dataclass(frozen=True)
class NoteSet(SoundSet):
    """Notes for training. labels: semitones above MIDI number `lowest`; pictures: as `Partials` makes them, float16
    (N, C, H, W); timbres and voices: see `Named`."""

    lowest: int = 0
    pictures: torch.Tensor | None = None
    timbres: tuple[str, ...] = ()
    voices: tuple[str, ...] = ()
    things: str = "notes"

    def take(self, indices: torch.Tensor) -> NoteSet:
        """The set of these notes only, in this order."""
        pictures = None if self.pictures is None else self.pictures[indices]
        places = indices.tolist()
        timbres, voices = (tuple(names[place] for place in places) for names in (self.timbres, self.voices))
        rows = {"sounds": self.sounds[indices], "labels": self.labels[indices], "pictures": pictures}
        return replace(self, **rows, timbres=timbres, voices=voices)

    @property
    def hertz(self) -> torch.Tensor:
        """Frequencies (N,)."""
        return hertz(self.lowest + self.labels)


class NoteBatches(Batches):
    """Endless batches of pictures of notes, float32 (batch, C, H, W) in [-1, 1], with their notes, and as the source of
    each a note of the same voice at any pitch."""

    def __init__(self, data: NoteSet, batch: int, seed: int, rank: int = 0, world: int = 1) -> None:
        super().__init__(data, batch, seed, rank, world)
        self.alike: dict[str, list[int]] = {}
        for place, voice in enumerate(data.voices):
            self.alike.setdefault(voice, []).append(place)

    def at(self, step: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        index, _ = self.indices(step)
        draws = np.random.default_rng([self.seed, step, self.rank])
        others = torch.tensor([draws.choice(self.alike[self.data.voices[place]]) for place in index.tolist()])
        pictures = self.data.pictures
        return pictures[index].float(), self.data.labels[index], pictures[others].float()


def load_notes(path: Path, rate: int, length: int) -> NoteSet:
    """Every note of a folder or zip from its onset on, cut or padded to `length` samples at `rate` Hz.

    Files that cannot be read, silent ones and those whose pitch no name tells are skipped and named; TrainingError
    where none is left.
    """
    with open_files(path, is_sound, "sounds") as files:
        if not files.names:
            raise TrainingError(f"{path} holds no sounds: give a folder or zip with WAV, FLAC, OGG, MP3 or AIFF files.")
        with ThreadPoolExecutor() as pool:
            read = list(pool.map(lambda name: _note(files.read, name, rate, length), files.names))
        digest, told = content_hash(path, files), files.told
    skipped = tuple(one for one in read if isinstance(one, str))
    good = [one for one in read if not isinstance(one, str)]
    if not good:
        raise TrainingError(f"None of the {len(skipped)} notes in {path} can be used; the first: {skipped[0]}.")
    names, sounds = zip(*good)
    pitches, voices, timbres = zip(*names)
    of = known(digest) or Known(path.stem if path.is_file() else path.resolve().name, OWN_SOUNDS, False, "")
    lowest = min(pitches)
    return NoteSet(
        of.name, torch.from_numpy(np.stack(sounds)), rate, torch.tensor(pitches) - lowest,
        tuple(name_of(pitch) for pitch in range(lowest, max(pitches) + 1)), digest, of.licence, of.free, of.source,
        skipped, told, lowest=lowest, timbres=timbres, voices=voices,
    )  # fmt: skip


def pictured(data: NoteSet) -> NoteSet:
    """The set with the pictures of its notes."""
    partials, frequencies = Partials(data.rate, data.sounds.shape[1]), data.hertz.tolist()

    def picture(place: int) -> torch.Tensor:
        return partials.picture(data.sounds[place].float() / LEVELS, frequencies[place]).half()

    with ThreadPoolExecutor(torch.get_num_threads()) as pool:
        return replace(data, pictures=torch.stack(list(pool.map(picture, range(len(data))))))


def held_out_notes(data: NoteSet, seed: int = 0) -> tuple[NoteSet, NoteSet]:
    """(to train on, held out): whole timbres where there are MANY, else notes by chance; TrainingError below two."""
    if len(data) < 2:
        raise TrainingError(f"{data.name} has {len(data)} note: at least 2 are needed to hold one out.")
    timbres, draws = sorted(set(data.timbres)), np.random.default_rng(seed)
    if len(timbres) >= MANY:
        away = set(draws.permutation(timbres)[: max(1, round(len(timbres) * TIMBRES_HELD_OUT))].tolist())
        out = torch.tensor([timbre in away for timbre in data.timbres])
    else:
        count = max(1, min(MOST_HELD_OUT, int(len(data) * HELD_OUT)))
        out = torch.zeros(len(data), dtype=torch.bool)
        out[torch.from_numpy(draws.permutation(len(data))[:count])] = True
    return data.take((~out).nonzero().flatten()), data.take(out.nonzero().flatten())


class Named(NamedTuple):
    """What a path tells of a note: its MIDI number, its voice (all else of the path), and its timbre, the folder; where
    folders are pitches, the voice."""

    pitch: int
    voice: str
    timbre: str


def named(name: str) -> Named | None:
    """C4, Bb3 or fis5 in a path, NSynth's -060-100, or a number; innermost first. None where there is nothing of it."""
    path = PurePosixPath(name)
    for part in (path.stem, *reversed(path.parent.parts)):
        for number, found in _pitches(part):
            if LOWEST <= number <= HIGHEST:
                voice = name.replace(part, part[: found.start(1)] + part[found.end() :])
                return Named(number, voice, path.parent.as_posix() if part == path.stem else voice)
    return None


def _pitches(part: str) -> Iterator[tuple[int, re.Match]]:
    """What may be meant for a pitch in a name, the likeliest first."""
    for found in _NAME.finditer(part):
        yield NAMES.index(found[1].upper()) + _SHIFT[found[2] or ""] + 12 * (int(found[3]) + 1), found
    for kind in (_NSYNTH, _NUMBER):
        for found in kind.finditer(part):
            yield int(found[1]), found


def _note(read: Callable[[str], bytes], name: str, rate: int, length: int) -> tuple[Named, np.ndarray] | str:
    """Pitch, voice, timbre and sound of a file, or one line that says why it is left out."""
    found = named(name)
    if found is None:
        return (
            f"{name}: no name tells its pitch; name it like C4.wav or 60.wav, {name_of(LOWEST)} to {name_of(HIGHEST)}"
        )
    sound = read_sound(read, name, rate, length)
    return sound if isinstance(sound, str) else (found, sound)
