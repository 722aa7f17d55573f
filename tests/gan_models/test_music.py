"""Films that a sound drives: its pulse, the pace and variety that follow, the sound in the file."""

from pathlib import Path

import av
import numpy as np
import pytest
import tiny
import torch

from gan_models.errors import RequestError, SoundError
from gan_models.interpolate import frames, main, make_again, walk
from gan_models.latents.point import Point
from gan_models.loading import Shelf, load
from gan_models.music import Music
from gan_models.recipe import read
from gan_models.sounds.files import to_wav
from gan_models.sounds.pulse import HEARD, Pulse

BEATS = (0.5, 1.0, 1.5, 2.5)
KEYS = [Point(1), Point(2), Point(3)]


def beaten(seconds: float = 3.0) -> np.ndarray:
    """Hits at BEATS over a little noise."""
    sound = 0.002 * np.random.default_rng(0).standard_normal(int(seconds * HEARD)).astype(np.float32)
    hit = 0.5 * np.exp(-np.arange(3000) / 800) * np.sin(np.arange(3000) * 0.3)
    for beat in BEATS:
        sound[int(beat * HEARD) :][:3000] += hit
    return sound


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "song.wav"
    path.write_bytes(to_wav(beaten(), HEARD))
    return path


def test_onsets_are_found_where_they_are_heard():
    loudness, onsets = Pulse.of(beaten()).at(25, 75)
    begun = np.flatnonzero((onsets > 0.9) & (np.roll(onsets, 1) <= 0.9))
    assert len(begun) == 4 and np.abs(begun - 25 * np.array(BEATS)).max() <= 1
    assert loudness[[14, 26, 39, 64]].min() > 0.5 > loudness[[5, 22, 34, 55]].max()


def test_each_onset_is_a_leap_and_silence_is_calm(song, tiny_weights):
    music, model = Music.of(song.read_bytes(), song.name, 1.0), load(tiny_weights / tiny.COLOUR)
    inputs = walk(model, KEYS, 24, "linear", True, music=music, fps=24)
    moved = inputs.code.diff(dim=0).norm(dim=1)
    after = [int(beat * 24) + 1 for beat in BEATS]
    assert len(inputs) == 72 and moved[after].min() > 3 * moved[[5, 20, 50, 55]].max()
    unmoved = walk(model, KEYS, 24, "linear", True, music=Music.of(song.read_bytes(), "", 0.0), fps=24)
    assert torch.allclose(unmoved.code, walk(model, KEYS, 24, "linear", True).code, atol=1e-5), (
        "at strength 0 it is even"
    )
    quiet, loud = music.variety(24, 72)[[8, 13]].tolist()
    assert quiet < 0.6 and loud > 0.7


def test_a_film_carries_its_sound_and_is_made_again_byte_for_byte(song, tiny_weights, tmp_path):
    out, again = tmp_path / "film.mp4", tmp_path / "again.mp4"
    words = [str(tiny_weights / tiny.COLOUR), "--seeds", "1", "2", "--music", str(song), "--fps", "12", "-o", str(out)]
    main(words)
    with av.open(str(out)) as film:
        heard = np.concatenate([part.to_ndarray() for part in film.decode(audio=0)], 1).mean(0)
    loudest = np.abs(heard[: 3 * 44100]).reshape(30, -1).max(1)
    assert {int(10 * beat) for beat in BEATS} <= set(np.flatnonzero(loudest > 0.2).tolist())
    made = read(out)
    assert make_again(made, Shelf([tiny_weights]), again, song.read_bytes()) == 36
    assert again.read_bytes() == out.read_bytes()
    with pytest.raises(RequestError, match="not the sound"):
        make_again(made, Shelf([tiny_weights]), tmp_path / "other.mp4", b"RIFF")


def test_what_is_no_sound_is_said_in_a_sentence(tmp_path, tiny_weights):
    with pytest.raises(SoundError, match="silent"):
        Music.of(to_wav(np.zeros(HEARD, np.float32), HEARD), "silence.wav")
    with pytest.raises(SoundError, match="no sound"):
        Music.of(b"words in a file", "words.wav")
    (tmp_path / "empty.wav").touch()
    with pytest.raises(SystemExit):
        main([str(tiny_weights / tiny.COLOUR), "--music", str(tmp_path / "empty.wav"), "-o", str(tmp_path / "a.gif")])
    assert not (tmp_path / "a.gif").exists(), "an empty file is no film without music"
    for damaged in ("", "AAA", "!!!!", None):
        with pytest.raises(RequestError, match="damaged"):
            Music.from_json({"name": "a.wav", "sha256": "0", "pulse": damaged, "strength": 0.5})
    with pytest.raises(RequestError, match="from 0 to 1"):
        list(frames(load(tiny_weights / tiny.COLOUR), KEYS, music=Music("", "", Pulse.of(beaten()), 2.0)))
