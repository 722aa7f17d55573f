"""The drum hits that the shipped weight learned from: a soundfont's kits and single recordings, varied.

FluidR3's percussion (Debian's fluid-soundfont-gm, MIT) is played by fluidsynth, without its reverb; of sonic-pi-samples
the recordings that its copyright file lists one by one as CC0. Every hit of the set is one of them, or two at once, at
another pitch and with another decay, cut to half a second.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gan_models.errors import TrainingError
from gan_models.sounds.files import open_sound, to_wav

RATE, LENGTH = 16_000, 8192
EACH = 1_000
"""Hits of each kind."""
KITS = (*range(20), 24, 25, *range(32, 37), 40, 41, 42)
NOTES = {
    "kick": (35, 36),
    "snare": (38, 40),
    "hat": (42, 44, 46),
    "tom": (41, 43, 45, 47, 48, 50),
    "clap": (39,),
    "cymbal": (49, 51, 52, 55, 57, 59),
}
"""General MIDI's percussion."""
RECORDED = {
    "kick": (
        "bd_808 bd_ada bd_boom bd_fat bd_gas bd_haus bd_klub bd_pure bd_sone bd_tek bd_zome bd_zum drum_bass_hard "
        "drum_bass_soft drum_heavy_kick elec_hollow_kick elec_soft_kick"
    ),
    "snare": (
        "drum_snare_hard drum_snare_soft elec_filt_snare elec_hi_snare elec_lo_snare elec_mid_snare elec_snare sn_dolf "
        "sn_dub sn_zome"
    ),
    "hat": "drum_cymbal_closed drum_cymbal_pedal",
    "tom": (
        "drum_tom_hi_hard drum_tom_hi_soft drum_tom_lo_hard drum_tom_lo_soft drum_tom_mid_hard drum_tom_mid_soft "
        "elec_fuzz_tom"
    ),
    "clap": "perc_snap perc_snap2",
    "cymbal": "drum_cymbal_hard drum_cymbal_open drum_cymbal_soft drum_splash_hard drum_splash_soft elec_cymbal",
}
ODD = {(24, "tom"), (40, "clap"), (41, "clap"), (42, "clap")}
"""Kits where something else lies in a kind's place: reversed cymbals, the slap of a brush."""
VELOCITIES = (60, 95, 127)
SPACING = 1.5
"""Seconds between two hits that are played."""
ONSET = 0.02
"""Of its loudest sample: where a hit begins."""
BEFORE, RISE, FADE = 16, 8, 1024
"""Samples kept before the onset, risen over, and over which the end fades to nothing."""


def drums(shared: Path) -> Iterator[tuple[str, bytes]]:
    """Names and WAV files of EACH hits of every kind; `shared` holds sounds/sf2 and sonic-pi/samples, as /usr/share."""
    found = hits(shared)
    for number, kind in enumerate(sorted(found)):
        for index in range(EACH):
            draws = np.random.default_rng([number, index])
            yield f"{kind}/{index:04}.wav", to_wav(varied(found[kind], draws, kind), RATE)


def hits(shared: Path) -> dict[str, list[np.ndarray]]:
    """All hits as they lie there by kind, each float32 (L,) at RATE from its onset on, its loudest sample 1."""
    found: dict[str, list[np.ndarray]] = {kind: [] for kind in NOTES}
    for kit in KITS:
        for kind, hit in played(shared / "sounds/sf2/FluidR3_GM.sf2", kit):
            if (kit, kind) not in ODD:
                found[kind].append(hit)
    samples = shared / "sonic-pi/samples"
    for kind, names in RECORDED.items():
        found[kind] += [begun(open_sound(samples / f"{name}.flac", RATE, 3.0)) for name in names.split()]
    return {kind: different(some) for kind, some in found.items()}


def different(hits: list[np.ndarray]) -> list[np.ndarray]:
    """The hits without those that begin like an earlier one: kits share many."""
    return list({np.round(hit[:2000], 2).tobytes(): hit for hit in reversed(hits) if len(hit)}.values())[::-1]


def played(font: Path, kit: int) -> Iterator[tuple[str, np.ndarray]]:
    """Kinds and hits of one kit of the font."""
    wanted = [(kind, note, velocity) for kind in NOTES for note in NOTES[kind] for velocity in VELOCITIES]
    with tempfile.TemporaryDirectory() as place:
        score = midi(kit, [(note, velocity) for _, note, velocity in wanted])
        whole = open_sound(rendered(font, score, Path(place)), RATE, SPACING * (len(wanted) + 1))
    for place, (kind, _, _) in enumerate(wanted):
        yield kind, begun(whole[round(place * SPACING * RATE) : round((place + 1) * SPACING * RATE)])


def rendered(font: Path, score: bytes, place: Path) -> Path:
    """The WAV file in the folder `place` of a MIDI file as the font sounds, without reverb and chorus.

    TrainingError without the font or without fluidsynth.
    """
    if not font.exists():
        raise TrainingError(f"There is no {font}; install Debian's fluid-soundfont-gm and give --from /usr/share.")
    if not shutil.which("fluidsynth"):
        raise TrainingError("The soundfont is played by fluidsynth, which is not installed; install it.")
    file, sound = place / "score.mid", place / "score.wav"
    file.write_bytes(score)
    quiet = ["-ni", "-q", "-R", "0", "-C", "0", "-g", "0.5", "-r", "44100", "-O", "float"]
    subprocess.run(["fluidsynth", *quiet, "-F", sound, font, file], check=True, capture_output=True)
    return sound


def midi(kit: int, notes: list[tuple[int, int]]) -> bytes:
    """A MIDI file that plays (note, velocity) pairs on the percussion channel, SPACING apart."""
    whole, held = round(SPACING * 960), 480
    events = bytes([0, 0xC9, kit])
    for place, (note, velocity) in enumerate(notes):
        events += later(whole - held if place else 0) + bytes([0x99, note, velocity])
        events += later(held) + bytes([0x89, note, 0])
    events += later(whole) + b"\xff\x2f\0"
    return struct.pack(">4sIHHH4sI", b"MThd", 6, 0, 1, 480, b"MTrk", len(events)) + events


def later(ticks: int) -> bytes:
    """A MIDI file's time between two events: seven bits a byte."""
    return bytes([0x80 | ticks >> 7, ticks & 0x7F]) if ticks > 0x7F else bytes([ticks])


def begun(sound: np.ndarray) -> np.ndarray:
    """A sound from its onset on, its loudest sample 1; empty where there is nothing to hear."""
    loudest = np.abs(sound).max(initial=0)
    if loudest < 1e-3:
        return sound[:0]
    onset = int(np.argmax(np.abs(sound) > ONSET * loudest))
    return sound[max(0, onset - BEFORE) :] / loudest


def varied(hits: list[np.ndarray], draws: np.random.Generator, kind: str) -> np.ndarray:
    """One of the hits, or two at once, at another pitch and with another decay, as float32 (LENGTH,)."""
    sound = pitched(hits[draws.integers(len(hits))], 2 ** draws.uniform(-0.35, 0.35))
    if draws.random() < 0.4:
        other = pitched(hits[draws.integers(len(hits))], 2 ** draws.uniform(-0.35, 0.35))
        late = draws.integers(1, 320) if kind == "clap" else draws.integers(32)
        sound[late:] += draws.uniform(0.2, 0.8) * other[: LENGTH - late]
    decay = np.exp(draws.uniform(np.log(0.06), np.log(0.8)))
    return finished(sound * np.exp(-np.arange(LENGTH) / (decay * RATE))) * draws.uniform(0.6, 0.95)


def pitched(sound: np.ndarray, factor: float) -> np.ndarray:
    """The first LENGTH samples of a sound played `factor` times as fast."""
    places = np.arange(LENGTH) * factor
    return np.interp(places, np.arange(len(sound)), sound, right=0.0)


def finished(sound: np.ndarray) -> np.ndarray:
    """A sound (LENGTH,) that rises from and fades to nothing, without a constant, its loudest sample 1."""
    sound = sound - sound.mean()
    sound[:RISE] *= np.linspace(0, 1, RISE, endpoint=False)
    sound[-FADE:] *= 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, FADE))
    return (sound / max(np.abs(sound).max(), 1e-6)).astype(np.float32)
