"""The notes that the shipped weight learned from: pitched instruments of a soundfont, each at the notes that it has.

FluidR3 (Debian's fluid-soundfont-gm, MIT) is played by fluidsynth without its reverb and chorus; a note is held for a
second and a half and heard for two. Left out are what has no pitch (percussion, effects), what beats against itself
(choirs, pads, ensembles of strings, a piano out of tune) and what an autocorrelation (training.measures.pitch)
hears an octave or more from where it is written: organs of many stops, a glockenspiel, the highest notes of a harp.
"""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gan_models.networks.partials import name_of
from gan_models.sounds.files import fitted, open_sound, to_wav
from training.data.drums import later, rendered

RATE, LENGTH = 16_000, 32_768
VELOCITIES = (60, 112)
SILENT, LOUDEST = 1e-3, 0.9
"""A note that is never louder is none; the loudest sample of one that is."""
HELD, SPACING = 1.5, 2.25
"""Seconds from a note's beginning to its release, and to the next note's beginning."""
INSTRUMENTS = {
    "grand piano": (0, 36, 96),
    "bright piano": (1, 36, 96),
    "electric grand": (2, 36, 96),
    "electric piano": (4, 36, 96),
    "electric piano 2": (5, 36, 96),
    "harpsichord": (6, 36, 89),
    "clavinet": (7, 36, 89),
    "celesta": (8, 60, 96),
    "music box": (10, 60, 96),
    "vibraphone": (11, 53, 89),
    "marimba": (12, 48, 96),
    "xylophone": (13, 65, 96),
    "dulcimer": (15, 48, 84),
    "reed organ": (20, 36, 96),
    "accordion": (21, 53, 89),
    "harmonica": (22, 60, 84),
    "bandoneon": (23, 53, 89),
    "nylon guitar": (24, 40, 84),
    "steel guitar": (25, 40, 84),
    "jazz guitar": (26, 40, 86),
    "clean guitar": (27, 40, 86),
    "muted guitar": (28, 40, 86),
    "overdriven guitar": (29, 40, 86),
    "distorted guitar": (30, 40, 86),
    "acoustic bass": (32, 36, 60),
    "finger bass": (33, 36, 60),
    "picked bass": (34, 36, 60),
    "fretless bass": (35, 36, 60),
    "slap bass": (36, 36, 60),
    "synth bass": (38, 36, 60),
    "synth bass 2": (39, 36, 60),
    "violin": (40, 55, 96),
    "viola": (41, 48, 84),
    "cello": (42, 36, 72),
    "contrabass": (43, 36, 60),
    "pizzicato": (45, 48, 84),
    "harp": (46, 36, 83),
    "trumpet": (56, 54, 86),
    "trombone": (57, 40, 74),
    "tuba": (58, 36, 58),
    "muted trumpet": (59, 54, 86),
    "french horn": (60, 41, 77),
    "brass": (61, 36, 84),
    "synth brass": (62, 36, 84),
    "soprano sax": (64, 54, 88),
    "alto sax": (65, 49, 81),
    "tenor sax": (66, 42, 76),
    "baritone sax": (67, 36, 68),
    "oboe": (68, 58, 91),
    "english horn": (69, 52, 81),
    "bassoon": (70, 36, 72),
    "clarinet": (71, 50, 91),
    "piccolo": (72, 74, 96),
    "flute": (73, 60, 96),
    "recorder": (74, 60, 96),
    "pan flute": (75, 60, 96),
    "bottle": (76, 60, 96),
    "shakuhachi": (77, 55, 84),
    "whistle": (78, 60, 96),
    "ocarina": (79, 60, 84),
    "square lead": (80, 36, 96),
    "saw lead": (81, 36, 96),
    "calliope": (82, 48, 96),
    "chiff": (83, 48, 96),
    "charang": (84, 36, 84),
    "bass lead": (87, 36, 84),
    "sitar": (104, 48, 77),
    "banjo": (105, 48, 84),
    "shamisen": (106, 50, 79),
    "koto": (107, 55, 84),
    "kalimba": (108, 48, 79),
    "fiddle": (110, 55, 96),
    "shanai": (111, 48, 72),
}
"""General MIDI's programs, and the lowest and highest note that each is played at."""


def notes(shared: Path) -> Iterator[tuple[str, bytes]]:
    """Names ("oboe/C4-60.wav") and WAV files of all notes; `shared` holds sounds/sf2, as /usr/share."""
    for name, (program, lowest, highest) in INSTRUMENTS.items():
        wanted = [(pitch, velocity) for pitch in range(lowest, highest + 1) for velocity in VELOCITIES]
        for (pitch, velocity), sound in zip(wanted, played(shared / "sounds/sf2/FluidR3_GM.sf2", program, wanted)):
            if np.abs(sound).max() > SILENT:
                yield f"{name}/{name_of(pitch)}-{velocity}.wav", to_wav(levelled(sound), RATE)


def played(font: Path, program: int, wanted: list[tuple[int, int]]) -> Iterator[np.ndarray]:
    """Each (pitch, velocity) as float32 (L,): silence where the font has no such note."""
    with tempfile.TemporaryDirectory() as place:
        whole = open_sound(rendered(font, midi(program, wanted), Path(place)), RATE, SPACING * (len(wanted) + 1))
    for place in range(len(wanted)):
        yield whole[round(place * SPACING * RATE) : round((place + 1) * SPACING * RATE)]


def levelled(sound: np.ndarray) -> np.ndarray:
    """A note (L,) from its onset on as float32 (LENGTH,), its loudest sample LOUDEST."""
    return fitted(sound * (LOUDEST / np.abs(sound).max()), LENGTH)


def midi(program: int, wanted: list[tuple[int, int]]) -> bytes:
    """A MIDI file of notes (pitch, velocity) SPACING apart, each cut off before the next."""
    held, rest = round(HELD * 960), round((SPACING - HELD) * 960) - 10
    events = bytes([0, 0xC0, program])
    for pitch, velocity in wanted:
        events += bytes([0, 0x90, pitch, velocity]) + later(held) + bytes([0x80, pitch, 0])
        # All sound off.
        events += later(rest) + bytes([0xB0, 120, 0]) + later(10) + bytes([0xB0, 7, 100])
    events += later(960) + b"\xff\x2f\0"
    return struct.pack(">4sIHHH4sI", b"MThd", 6, 0, 1, 480, b"MTrk", len(events)) + events
