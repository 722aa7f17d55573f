"""Any sound file to mono samples, and samples to WAV. Inside: float32 (L,) in [-1, 1]; outside: 16 bits."""

import io
import wave
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from gan_models.errors import SoundError, first_line, reason
from gan_models.files import contents
from gan_models.pictures.files import is_hidden

ENDINGS = frozenset({".wav", ".wave", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc"})
"""Files that are taken for sounds by their names, in small letters."""
MOST_BYTES = 256_000_000
SECONDS = 60.0
"""What is read of a sound unless more is asked for: the rest of an hour is left unread."""
LEVELS = 32767
ONSET, BEFORE, FADE = 0.01, 32, 256
"""A sound begins where it first reaches this share of its loudest sample, and so many samples earlier; one that is cut
fades out over FADE samples."""
SILENT = 1e-4
"""Nobody hears a sound that is never louder (-80 dB)."""
Fold = Callable[[np.ndarray], np.ndarray]
"""From samples (L, channels) to fewer channels."""
_RIFF, _AIFF = (b"RIFF", b"RF64"), (b"AIFF", b"AIFC")


def is_sound(name: str) -> bool:
    """Whether a relative path with "/" names a sound that is no system's own."""
    return PurePosixPath(name).suffix.lower() in ENDINGS and not is_hidden(name)


def open_sound(file: Path | str | bytes, rate: int, seconds: float = SECONDS, stereo: bool = False) -> np.ndarray:
    """The first `seconds` of a WAV, FLAC, OGG, MP3 or AIFF file, by path or as bytes, as float32 (L,) at `rate` Hz.

    Channels are averaged; with `stereo` it is (L, 2), the file's own two channels or the average twice. Other rates are
    resampled by FFmpeg's resampler, which filters what the rate cannot hold. Values of files in floating point may
    exceed 1; what is not finite counts as silence. SoundError for anything else.
    """
    content = file if isinstance(file, bytes) else read_sound(file)
    if len(content) > MOST_BYTES:
        raise SoundError(
            f"The sound has {len(content) // 1_000_000} MB; give one of at most {MOST_BYTES // 1_000_000}."
        )
    kind = _kind(content[:12])
    if not kind:
        raise SoundError("This is no sound that can be read; give a WAV, FLAC, OGG, MP3 or AIFF file.")
    parts = _decode(content, kind, rate, round(seconds * rate), _both if stereo else _mono)
    if not sum(map(len, parts)):
        raise SoundError("This sound file holds no samples; give one with something in it.")
    return np.nan_to_num(np.concatenate(parts)[: round(seconds * rate)], posinf=0, neginf=0)


def read_sound(file: Path | str) -> bytes:
    """The bytes of a sound file, whatever is in it; SoundError where it cannot be read or is too large."""
    path = Path(file)
    try:
        return contents(path, MOST_BYTES)
    except OSError as error:
        raise SoundError(f"{path} cannot be read ({reason(error)}); give a shorter sound, or another.") from None


def fitted(sound: np.ndarray, length: int) -> np.ndarray:
    """A sound (L,) from its onset on, cut with a short fade or padded with silence to float32 (length,) in [-1, 1].

    SoundError for a silent one.
    """
    loudest = float(np.abs(sound).max(initial=0))
    if loudest < SILENT:
        raise SoundError("This sound is silent; give one with something to hear.")
    onset = int(np.argmax(np.abs(sound) > ONSET * loudest))
    part = sound[max(0, onset - BEFORE) :][:length] / max(1.0, loudest)
    if len(part) == length:
        part = part * np.concatenate([np.ones(length - FADE), np.linspace(1, 0, FADE)])
    return np.pad(part, (0, length - len(part))).astype(np.float32)


def to_wav(samples: np.ndarray, rate: int) -> bytes:
    """A WAV file of 16 bits of mono samples (L,) in [-1, 1]; what lies outside is clipped."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(to_int16(samples).tobytes())
    return buffer.getvalue()


def to_int16(samples: np.ndarray) -> np.ndarray:
    """Samples in [-1, 1] as little-endian 16-bit numbers."""
    return np.rint(np.clip(samples, -1, 1) * LEVELS).astype("<i2")


def _kind(head: bytes) -> str:
    """FFmpeg's name for the kind of file that begins so, "" for no sound: it is never left to guess.

    Guessing, it would also take playlists for sounds, which name other files.
    """
    if head[:4] in _RIFF and head[8:12] == b"WAVE":
        return "wav"
    if head[:4] == b"FORM" and head[8:12] in _AIFF:
        return "aiff"
    if head[:3] == b"ID3" or (head[:1] == b"\xff" and head[1:2] and head[1] & 0xE0 == 0xE0):
        return "mp3"
    return {b"fLaC": "flac", b"OggS": "ogg"}.get(head[:4], "")


def _decode(content: bytes, kind: str, rate: int, most: int, folded: Fold) -> list[np.ndarray]:
    import av

    parts: list[np.ndarray] = []
    held = 0
    try:
        with av.open(io.BytesIO(content), "r", format=kind) as file:
            if not file.streams.audio:
                raise SoundError("This file holds no sound; give one with something to hear.")
            # Packed: read as planes, files of eight channels end the whole process (PyAV 18).
            resampler = av.AudioResampler(format="flt", rate=rate)
            for frame in file.decode(file.streams.audio[0]):
                new = [folded(_channels(part)) for part in resampler.resample(frame)]
                parts.extend(new)
                held += sum(map(len, new))
                if held >= most:
                    return parts
            return parts + [folded(_channels(part)) for part in resampler.resample(None)]
    # A damaged end is no reason to lose the beginning.
    except (av.FFmpegError, ValueError) as error:
        if held >= rate // 100:
            return parts
        raise SoundError(f"This sound cannot be read ({first_line(error)}); save it again as WAV or FLAC.") from None


def _channels(frame: Any) -> np.ndarray:
    return frame.to_ndarray().reshape(-1, frame.layout.nb_channels)


def _mono(channels: np.ndarray) -> np.ndarray:
    return channels.mean(1, dtype=np.float32)


def _both(channels: np.ndarray) -> np.ndarray:
    return channels if channels.shape[1] == 2 else _mono(channels)[:, None].repeat(2, 1)
