"""Sound files of every kind in, WAV files with notes out, and what sounds look like."""

import io
import wave

import av
import numpy as np
import pytest
import torch

from gan_models.errors import SoundError
from gan_models.sounds import notes
from gan_models.sounds.files import LEVELS, fitted, is_sound, open_sound, to_int16, to_wav
from gan_models.sounds.spectrogram import levels, loudness, spectrograms

RATE = 16_000


def sine(hertz: float = 440.0, seconds: float = 0.5, rate: int = RATE) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def pcm(samples: np.ndarray, rate: int, channels: int, width: int) -> bytes:
    """A WAV file of whole numbers, each sample in every channel."""
    buffer = io.BytesIO()
    top = 2 ** (8 * width - 1) - 1
    whole = np.rint(samples * top).astype("<i4").repeat(channels)
    with wave.open(buffer, "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        file.writeframes(b"".join(int(level).to_bytes(width, "little", signed=True) for level in whole))
    return buffer.getvalue()


def encoded(samples: np.ndarray, kind: str, codec: str) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=kind) as file:
        stream = file.add_stream(codec, rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(to_int16(samples)[None], format="s16", layout="mono")
        frame.sample_rate = RATE
        frames = av.AudioResampler(format=stream.format, rate=RATE, frame_size=stream.frame_size or 4096)
        for part in (*frames.resample(frame), *frames.resample(None)):
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    return buffer.getvalue()


FILES = {
    "16 bits": lambda: pcm(sine(), RATE, 1, 2),
    "24 bits": lambda: pcm(sine(), RATE, 1, 3),
    "192 kHz": lambda: pcm(sine(rate=192_000), 192_000, 1, 2),
    "8 kHz": lambda: pcm(sine(rate=8_000), 8_000, 1, 2),
    "stereo": lambda: pcm(sine(), RATE, 2, 2),
    "eight channels": lambda: pcm(sine(), RATE, 8, 2),
    "flac": lambda: encoded(sine(), "flac", "flac"),
    "ogg": lambda: encoded(sine(), "ogg", "libopus"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_sound_is_the_same_from_whatever_file(name) -> None:
    found = open_sound(FILES[name](), RATE)
    assert found.dtype == np.float32 and abs(len(found) - RATE // 2) <= 128
    # Resamplers ring at the ends, and codecs come late.
    inner = found[500:7500]
    power = np.abs(np.fft.rfft(inner * np.hanning(len(inner)), 4 * RATE))
    assert abs(int(power.argmax()) / 4 - 440) < 1 and abs(np.abs(inner).max() - 0.5) < 0.02


REFUSED = {
    "text named .wav": (b"Dear diary, today", "no sound that can be read"),
    "nothing": (b"", "no sound that can be read"),
    "a playlist": (b"#EXTM3U\nhttp://example.org/a.wav", "no sound that can be read"),
    "a head alone": (to_wav(sine(), RATE)[:30], "cannot be read|holds no samples|holds no sound"),
    "no samples": (to_wav(sine()[:0], RATE), "no samples|cannot be read|no sound"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_sound_is_refused_in_a_sentence(name, tmp_path) -> None:
    content, said = REFUSED[name]
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(SoundError, match=said):
        open_sound(tmp_path / "a.wav", RATE)


def test_of_an_hour_the_beginning_is_read_and_of_a_damaged_end_what_is_before_it() -> None:
    long = to_wav(np.tile(sine(), 240), RATE)
    assert len(open_sound(long, RATE, seconds=1.5)) == RATE * 3 // 2
    assert len(open_sound(to_wav(sine(), RATE)[:-4000], RATE)) >= RATE // 2 - 2001
    with pytest.raises(SoundError, match="cannot be read"):
        open_sound("nowhere.wav", RATE)


def test_a_sound_is_cut_from_its_onset_and_padded_and_silence_is_refused() -> None:
    late = np.concatenate([np.zeros(5000, np.float32), sine()])
    part = fitted(late, 2048)
    assert part.shape == (2048,) and np.abs(part[:32]).max() < 0.02 and abs(part[-1]) < 1e-3
    assert np.abs(part[64:1500]).max() > 0.45
    assert np.abs(fitted(3 * sine(), 2048)).max() <= 1
    padded = fitted(sine(seconds=0.05), 2048)
    assert len(padded) == 2048 and not padded[900:].any()
    with pytest.raises(SoundError, match="silent"):
        fitted(np.zeros(4000, np.float32), 2048)


def test_a_note_lies_in_a_wav_file_and_its_samples_stay() -> None:
    content = notes.write(sine(), RATE, '{"verb": "sound", "word": "Schlägel ♪"}')
    assert notes.read(content) == '{"verb": "sound", "word": "Schlägel ♪"}'
    assert np.abs(open_sound(content, RATE) - sine()).max() <= 1 / LEVELS
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getnframes()) == (RATE, 1, len(sine()))
    assert notes.read(to_wav(sine(), RATE)) == "" and notes.read(content[:50]) == ""


def test_a_sine_lies_at_its_pitch_in_the_spectrogram() -> None:
    shown = levels(torch.from_numpy(sine(2000.0))[None])[0]
    assert abs(int(shown[:, 60].argmax()) + 1 - 2000 / RATE * 512) <= 1
    assert abs(float(shown.max()) - loudness(sine())) < 1.5
    picture = spectrograms(torch.from_numpy(sine(2000.0))[None], 64, 32)
    assert picture.shape == (1, 64, 32, 3) and picture[0, :, 16].sum(1).argmax() in (47, 48)
    assert loudness(np.zeros(8)) == -np.inf


def test_sounds_are_known_by_their_names() -> None:
    assert is_sound("a/b.WAV") and is_sound("c.flac") and not is_sound("._a.wav") and not is_sound("a.png")
