"""Tunes: our notation, MIDI files of every kind, what is out of reach, how they are mixed, and files for samplers."""

import io

import mido
import numpy as np
import pytest

from gan_models.errors import RequestError, SoundError
from gan_models.sounds import sfz
from gan_models.sounds.midi import MOST_BYTES, open_tune, read_midi
from gan_models.sounds.tune import MOST_NOTES, MOST_SECONDS, RELEASE, Note, Tune, bundled, folded, mixed, read

RATE = 8000


def midi(*messages: mido.Message, tempo: int = 500_000, **how: int) -> bytes:
    """A file of one track with 480 ticks to a beat; two beats a second unless another tempo is said."""
    file, buffer = mido.MidiFile(**how), io.BytesIO()
    file.tracks.append(mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=tempo), *messages]))
    file.save(file=buffer)
    return buffer.getvalue()


def struck(pitch: int, ticks: int = 480, **more: int) -> list[mido.Message]:
    return [
        mido.Message("note_on", note=pitch, velocity=more.pop("velocity", 90), **more),
        mido.Message("note_off", note=pitch, time=ticks, **more),
    ]


def test_a_line_of_text_is_a_tune_in_voices_that_go_on() -> None:
    tune = read("# by us\ntempo 120\nright 90: C4 F#4+A4/2 |\nleft 50: -/.5 C3/1.5\nright 90: C5", "a")
    assert tune.notes == (
        Note(0, 500, 60, 90), Note(250, 750, 48, 50), Note(500, 1000, 66, 90), Note(500, 1000, 69, 90),
        Note(1500, 500, 72, 90),
    )  # fmt: skip
    assert tune.seconds == 2 and tune.pitches == [48, 60, 66, 69, 72]
    assert Tune.from_json(tune.to_json()) == tune and folded(bundled(), 36, 96)[1] == 0
    for text in ("right 90: H4", "right: C4", "tempo fast", "right 90: C4/x", "right 900: C4", ""):
        with pytest.raises(RequestError):
            read(text, "a")


def test_notes_out_of_reach_sound_octaves_higher_or_lower() -> None:
    tune = Tune("a", (Note(0, 9, 12, 64), Note(0, 9, 60, 64), Note(0, 9, 127, 64)))
    found, moved = folded(tune, 48, 72)
    assert ([note.pitch for note in found.notes], moved) == ([48, 60, 67], 2)


WRONG = {
    "nothing": [],
    "too many": [[0, 9, 60, 64]] * (MOST_NOTES + 1),
    "before it begins": [[-1, 9, 60, 64]],
    "half a pitch": [[0, 9, 60.5, 64]],
    "silent": [[0, 9, 60, 0]],
    "of an hour": [[3_600_000, 9, 60, 64]],
    "three numbers": [[0, 9, 60]],
    "words": ["C4"],
    "a word": "C4",
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_tune_is_refused(name) -> None:
    with pytest.raises(RequestError):
        Tune.from_json({"name": "a", "notes": WRONG[name]})


def test_a_mixed_tune_has_each_note_at_its_time_by_its_loudness_and_fading_where_it_is_let_go_of() -> None:
    sounds = {60: np.ones(RATE, np.float32), 72: np.full(RATE, 0.5, np.float32)}
    found = mixed(Tune("a", (Note(0, 500, 60, 127), Note(1000, 5000, 72, 64))), sounds, RATE)
    assert found.dtype == np.float32 and len(found) == round((6 + RELEASE) * RATE)
    assert np.allclose(found[: RATE // 2], 0.98) and not found[round((0.5 + RELEASE) * RATE) : RATE].any()
    assert np.allclose(found[RATE : 2 * RATE] / found[0], 0.5 * (64 / 127) ** 2) and not found[2 * RATE :].any()
    assert np.abs(mixed(Tune("a", (Note(0, 500, 60, 127),) * 9), sounds, RATE)).max() <= 0.981


def test_a_midi_file_is_read_by_its_tempo_with_its_pedal_and_without_its_drums() -> None:
    content = midi(
        *struck(60, velocity=100), *struck(38, channel=9),
        mido.Message("control_change", control=64, value=127), *struck(64),
        mido.Message("control_change", control=64, value=0, time=480),
        mido.Message("note_on", note=67, velocity=80), mido.Message("note_on", note=67, velocity=0, time=240),
        tempo=1_000_000,
    )  # fmt: skip
    tune, said = read_midi(content, "a.mid")
    assert tune.notes == (Note(0, 1000, 60, 100), Note(2000, 2000, 64, 90), Note(4000, 500, 67, 80))
    assert said == ("Its drums are left out (hits: 1).",)


def test_of_an_hour_the_first_minutes_are_played_and_that_is_said() -> None:
    tune, said = read_midi(midi(*(part for _ in range(100) for part in struck(60, 34_560))), "a.mid")
    assert len(tune.notes) == 7 and tune.seconds == MOST_SECONDS
    assert said == ("It lasts 60 minutes; the first 4 are played.",)


REFUSED = {
    "text": (b"Dear diary", "no MIDI file"),
    "nothing": (b"", "no MIDI file"),
    "a head alone": (midi()[:14], "damaged MIDI file"),
    "its end is missing": (midi(*struck(60) * 9)[:40], "damaged MIDI file"),
    "no notes": (midi(), "holds no notes; give"),
    "only drums": (midi(*struck(38, channel=9)), "no notes but drums"),
    "100,000 notes": (b"MThd" + bytes(MOST_BYTES), "at most 300, with up to 4000 notes"),
    "several songs": (midi(*struck(60), type=2), "damaged|several songs"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_tune_in_midi_is_refused_in_a_sentence(name, tmp_path) -> None:
    (tmp_path / "a.mid").write_bytes(REFUSED[name][0])
    with pytest.raises(SoundError, match=REFUSED[name][1]) as caught:
        open_tune(tmp_path / "a.mid")
    assert "\n" not in str(caught.value)


def test_a_midi_file_of_more_notes_than_a_tune_has_is_refused_with_their_number(monkeypatch) -> None:
    monkeypatch.setattr("gan_models.sounds.midi.MOST_NOTES", 3)
    with pytest.raises(SoundError, match=r"a\.mid has 4 notes in its first 4 minutes; give one of up to 3"):
        read_midi(midi(*struck(60) * 4), "a.mid")


def test_a_sampler_finds_a_region_for_each_note() -> None:
    assert sfz.file_of(61, "C#4") == "061-Cs4.wav"
    lines = sfz.instrument("a timbre", {60: "060-C4.wav", 61: "061-Cs4.wav"}).splitlines()
    assert lines[0] == "// a timbre" and lines[1].startswith("<group> loop_mode=no_loop")
    assert lines[2:] == ["<region> sample=060-C4.wav key=60", "<region> sample=061-Cs4.wav key=61"]
