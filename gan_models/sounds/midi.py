"""Tunes out of MIDI files (SMF 0 and 1): what is struck, when, how hard; drums and what comes late are left out."""

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gan_models.errors import SoundError, first_line, reason
from gan_models.files import contents
from gan_models.sounds.tune import MOST_NOTES, MOST_SECONDS, SUFFIX, Note, Tune, read

if TYPE_CHECKING:
    from mido import Message

MOST_BYTES = 300_000
"""More takes seconds to read, and holds more than MOST_NOTES."""
DRUMS, PEDAL = 9, 64
"""General MIDI's channel of drums, counted from 0, and its controller that lets notes ring on."""


class Score(NamedTuple):
    """A tune, and a sentence for each thing of its file that it leaves out."""

    tune: Tune
    said: tuple[str, ...]


def read_midi(content: bytes, name: str) -> Score:
    """The tune of a MIDI file called `name`, as far as MOST_SECONDS go; SoundError for what is none, holds no notes or
    more than MOST_NOTES."""
    if content[:4] != b"MThd":
        raise SoundError(f"{name} is no MIDI file; give one as music programs save it (.mid).")
    if len(content) > MOST_BYTES:
        raise SoundError(
            f"{name} has {len(content) // 1000} kB; give a MIDI file of at most {MOST_BYTES // 1000}, with up to "
            f"{MOST_NOTES} notes."
        )
    held = _Held()
    try:
        for seconds, message in _timed(content):
            held.take(round(1000 * seconds), message)
    # Whatever a damaged file makes of it.
    except (EOFError, OSError, ValueError, TypeError, LookupError, ArithmeticError) as error:
        raise SoundError(f"{name} is a damaged MIDI file ({first_line(error)}); save it again.") from None
    notes = held.notes(1000 * MOST_SECONDS)
    if not notes:
        only = " but drums, and drums are for another model" if held.drums else ""
        raise SoundError(f"{name} holds no notes{only}; give a MIDI file with a melody.")
    if len(notes) > MOST_NOTES:
        raise SoundError(
            f"{name} has {len(notes)} notes in its first {MOST_SECONDS // 60} minutes; give one of up to {MOST_NOTES}."
        )
    return Score(Tune(Path(name).stem, tuple(notes)), tuple(held.said(MOST_SECONDS)))


def open_tune(file: Path) -> Score:
    """A MIDI file, or one in our own notation (.tune), by its path; SoundError or RequestError for anything else."""
    try:
        content = contents(file)
    except OSError as error:
        raise SoundError(f"{file} cannot be read ({reason(error)}); give a MIDI file.") from None
    if file.suffix.lower() != SUFFIX:
        return read_midi(content, file.name)
    return Score(read(content.decode(errors="replace"), file.stem), ())


def _timed(content: bytes) -> Iterator[tuple[float, "Message"]]:
    """Messages with the seconds from the beginning."""
    import mido

    file = mido.MidiFile(file=io.BytesIO(content), clip=True)
    if file.type == 2 or file.ticks_per_beat <= 0:
        raise SoundError("MIDI files of several songs, or timed by film frames, are not read; save it as type 1.")
    seconds = 0.0
    for message in file:
        seconds += message.time
        yield seconds, message


class _Held:
    """Keys and pedals of all channels while a file is read; times in milliseconds."""

    def __init__(self) -> None:
        self.drums, self.end = 0, 0
        self._done: list[Note] = []
        self._down: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        self._ringing: dict[int, list[tuple[int, int, int]]] = {}

    def take(self, now: int, message: "Message") -> None:
        """One message."""
        if message.type not in ("note_on", "note_off", "control_change"):
            return
        if message.type == "control_change":
            if message.control == PEDAL:
                self._pedal(now, message.channel, message.value >= 64)
            return
        strikes = message.type == "note_on" and message.velocity > 0
        self.end = max(self.end, now)
        if message.channel == DRUMS:
            self.drums += strikes
        elif strikes:
            self._down[message.channel, message.note].append((now, message.velocity))
        elif keys := self._down[message.channel, message.note]:
            self._let_go(now, message.channel, message.note, *keys.pop(0))

    def _let_go(self, now: int, channel: int, pitch: int, start: int, velocity: int) -> None:
        if channel in self._ringing:
            self._ringing[channel].append((start, pitch, velocity))
        else:
            self._done.append(Note(start, max(1, now - start), pitch, velocity))

    def _pedal(self, now: int, channel: int, down: bool) -> None:
        if down:
            self._ringing.setdefault(channel, [])
        else:
            self._done += self._ended(now, self._ringing.pop(channel, []))

    @staticmethod
    def _ended(now: int, keys: Iterable[tuple[int, int, int]]) -> list[Note]:
        return [Note(start, max(1, now - start), pitch, velocity) for start, pitch, velocity in keys]

    def notes(self, most: int) -> list[Note]:
        """All that begin before a time, the earliest first; what nobody let go of ends with the file."""
        kept = [(start, pitch, velocity) for (_, pitch), keys in self._down.items() for start, velocity in keys]
        rest = self._ended(self.end, [*kept, *(key for keys in self._ringing.values() for key in keys)])
        found = sorted(note for note in (*self._done, *rest) if note.start < most)
        return [note._replace(length=min(note.length, most - note.start)) for note in found]

    def said(self, seconds: int) -> Iterator[str]:
        """What is left out."""
        if self.drums:
            yield f"Its drums are left out (hits: {self.drums})."
        if self.end > 1000 * seconds:
            yield f"It lasts {self.end / 60_000:.0f} minutes; the first {seconds // 60} are played."
