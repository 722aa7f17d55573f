"""Tunes: which notes sound when; written down in a line of text, and mixed from the sounds of single notes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gan_models.checks import is_whole
from gan_models.errors import RequestError
from gan_models.networks.partials import NAMES
from gan_models.sounds.files import SILENT

MOST_NOTES, MOST_SECONDS = 4000, 240
RELEASE = 0.08
"""Seconds over which a note fades that is let go of."""
LOUDEST = 0.98
SUFFIX = ".tune"
BUNDLED = Path(__file__).with_name("tunes") / "lantern-walk.tune"
_NOTE = re.compile(r"([A-G]#?)(-1|\d)")


class Note(NamedTuple):
    """A note: when it begins and how long it is held, in milliseconds; pitch (60 is C4) and velocity as in MIDI."""

    start: int
    length: int
    pitch: int
    velocity: int


@dataclass(frozen=True)
class Tune:
    """At most MOST_NOTES notes in MOST_SECONDS, by their starts; RequestError for what cannot be one."""

    name: str
    notes: tuple[Note, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.notes) <= MOST_NOTES:
            raise RequestError(f"A tune has 1 to {MOST_NOTES} notes, got {len(self.notes)}; choose a shorter one.")
        bounds = ((0, 1000 * MOST_SECONDS), (1, 1000 * MOST_SECONDS), (0, 127), (1, 127))
        for note in self.notes:
            if len(note) != len(bounds) or not all(is_whole(value, *ends) for value, ends in zip(note, bounds)):
                said = "start and length in ms, pitch and velocity up to 127"
                raise RequestError(f"A note of a tune is {said}, within {MOST_SECONDS} s; got {str(note)[:60]}.")

    @property
    def seconds(self) -> float:
        """When the last note is let go of."""
        return max(note.start + note.length for note in self.notes) / 1000

    @property
    def pitches(self) -> list[int]:
        """All that sound in it, from the lowest on."""
        return sorted({note.pitch for note in self.notes})

    def to_json(self) -> dict[str, Any]:
        """As plain data: a note is a list of four numbers."""
        return {"name": self.name, "notes": [list(note) for note in self.notes]}

    @classmethod
    def from_json(cls, words: Any) -> "Tune":
        """Read what `to_json` gave; RequestError for anything else."""
        fits = isinstance(words, Mapping) and set(words) == {"name", "notes"} and isinstance(words["notes"], list)
        if not fits or not all(isinstance(note, list) and len(note) == 4 for note in words["notes"]):
            raise RequestError(f"A tune is an object with a name and a list of notes, got {str(words)[:60]}.")
        return cls(str(words["name"])[:120], tuple(Note(*note) for note in words["notes"]))


def folded(tune: Tune, lowest: int, highest: int) -> tuple[Tune, int]:
    """A tune with every note moved by octaves until it lies within two pitches, at least an octave apart; and how many
    were moved."""
    notes = tuple(note._replace(pitch=_within(note.pitch, lowest, highest)) for note in tune.notes)
    return Tune(tune.name, notes), sum(old != new for old, new in zip(tune.notes, notes))


def _within(pitch: int, lowest: int, highest: int) -> int:
    while pitch < lowest:
        pitch += 12
    while pitch > highest:
        pitch -= 12
    return pitch


def mixed(tune: Tune, sounds: Mapping[int, np.ndarray], rate: int) -> np.ndarray:
    """The tune as float32 (L,) in [-1, 1] at `rate` Hz, from the sound (samples,) of each of its pitches.

    A note lasts no longer than its sound; held shorter it fades within RELEASE. The whole is made as loud as it may be.
    """
    release = round(RELEASE * rate)
    whole = np.zeros(round(tune.seconds * rate) + release, np.float32)
    fade = (0.5 + 0.5 * np.cos(np.linspace(0, np.pi, release))).astype(np.float32)
    for note in tune.notes:
        held = note.length * rate // 1000
        part = sounds[note.pitch][: held + release] * np.float32(_loudness(note.velocity))
        part[held:] *= fade[: max(0, len(part) - held)]
        start = note.start * rate // 1000
        whole[start : start + len(part)] += part[: len(whole) - start]
    return whole * np.float32(LOUDEST / max(SILENT, float(np.abs(whole).max())))


def _loudness(velocity: int) -> float:
    """As synthesisers of General MIDI do: by the square."""
    return (velocity / 127) ** 2


def read(text: str, name: str) -> Tune:
    """A tune in our notation, which tunes/lantern-walk.tune explains; RequestError names what it does not know."""
    beat, notes, ends = 600.0, [], dict[str, float]()
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        head, _, tokens = line.partition(":")
        words = head.split()
        if len(words) != 2 or not words[1].isdecimal() or bool(tokens) == (words[0] == "tempo"):
            raise RequestError(f"A line of a tune is 'tempo 100' or 'right 90: C4 E4/2', got {line[:60]!r}.")
        if words[0] == "tempo":
            beat = 60_000 / max(1, int(words[1]))
            continue
        start = ends.get(words[0], 0.0)
        for pitches, beats in map(_struck, tokens.replace("|", " ").split()):
            notes += [Note(round(start), round(beats * beat), pitch, int(words[1])) for pitch in pitches]
            start += beats * beat
        ends[words[0]] = start
    return Tune(name, tuple(sorted(notes)))


def _struck(token: str) -> tuple[list[int], float]:
    """Pitches and beats of what one word says."""
    names, _, beats = token.partition("/")
    found = [_NOTE.fullmatch(name) for name in names.split("+")] if names != "-" else []
    if None in found or not re.fullmatch(r"(\d+(\.\d*)?|\.\d+)?", beats):
        raise RequestError(f"{token[:40]!r} is no note of a tune; write 'C4', 'F#3+A3/2' or '-/2'.")
    return [pitch_of(*match.groups()) for match in found if match], float(beats or 1)


def pitch_of(name: str, octave: str) -> int:
    """MIDI's number of a note: C4 is 60."""
    return 12 * (int(octave) + 1) + NAMES.index(name)


def bundled() -> Tune:
    """The tune that comes along."""
    return read(BUNDLED.read_text(encoding="utf-8"), BUNDLED.stem)
