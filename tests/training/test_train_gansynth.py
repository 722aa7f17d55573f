"""A GAN of notes trained from a folder of files, exported and measured, as a user would; and the set of notes."""

import numpy as np
import pytest
import torch

from gan_models.errors import RequestError, TrainingError
from gan_models.loading import load
from gan_models.sound import Hit, draw
from gan_models.sounds.files import to_wav
from gan_models.weight.card import Card
from training import evaluate_notes, prepare, train_gansynth
from training.data import notes
from training.data.note_set import held_out_notes, load_notes, named
from training.export import export
from training.measures.pitch import pitch
from training.run import Run

RATE = 8000
SMALL = ["--rate", str(RATE), "--length", "8192", "--latent-dim", "8", "--width", "4", "--profile", "8"]


def played(number: int, bright: float, rate: int) -> np.ndarray:
    time = np.arange(rate) / rate
    turns = 2 * np.pi * 440 * 2 ** ((number - 69) / 12) * time
    return 0.5 * (np.sin(turns) + bright * np.sin(2 * turns) + bright**2 * np.sin(3 * turns)) * np.exp(-3 * time)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Nine timbres of a few notes at two rates, a note without a pitch, and a text that calls itself a sound."""
    root = tmp_path_factory.mktemp("notes")
    for timbre in range(9):
        (root / f"timbre {timbre}").mkdir()
        for number, name in ((60, "C4"), (62, "62"), (66, "Fis4 loud")):
            rate = (8000, 22050)[timbre % 2]
            file = root / f"timbre {timbre}" / f"{name}.wav"
            file.write_bytes(to_wav(played(number, timbre / 12, rate), rate))
    (root / "timbre 0" / "what.wav").write_bytes(to_wav(played(60, 0, 8000), 8000))
    (root / "timbre 1" / "D4.wav").write_text("no sound at all")
    return root


@pytest.fixture(scope="module")
def run(folder, tmp_path_factory):
    place = tmp_path_factory.mktemp("runs") / "notes"
    words = ["--data", str(folder), *SMALL, "--discriminator-width", "4", "--batch", "4", "--log-every", "1"]
    train_gansynth.main([*words, "--steps", "2", "--run", str(place)])
    return Run(place)


def test_it_trains_and_becomes_a_weight_that_is_measured(run, folder, tmp_path, capsys) -> None:
    rows, config = run.rows(), run.config()
    assert [row["step"] for row in rows] == [1, 2]
    assert config["labels"] == ["C4", "C#4", "D4", "D#4", "E4", "F4", "F#4"] and config["family_config"]["lowest"] == 60
    assert {"spread/fake", "spread/real", "d/held_out", "accuracy/fake"} <= rows[-1].keys()
    assert sorted(line.partition(":")[0] for line in config["skipped"]) == ["timbre 0/what.wav", "timbre 1/D4.wav"]
    card = export(run.folder, tmp_path / "notes")
    assert (card.task, card.things, card.method) == ("sound", "sounds", "gansynth")
    assert {"samples.webp", "film.webp", "discriminator.safetensors"} <= card.files.keys()
    assert draw(load(tmp_path / "notes"), Hit(1, 6)).shape == (8192,)
    words = [str(tmp_path / "notes"), "--data", str(folder), "-n", "14", "--sheet", str(tmp_path / "sheet.png")]
    evaluate_notes.main([*words, "--write-card"])
    assert "ms on" in capsys.readouterr().out and (tmp_path / "sheet.png").exists()
    found = {m.name: m for m in Card.read(tmp_path / "notes").measures}
    assert found[evaluate_notes.PITCH].floor == 1 and "-n 14" in found[evaluate_notes.PITCH].command
    assert found[evaluate_notes.NEAREST].value > 0 and found["distance of sounds"].floor >= 0


def test_names_tell_pitches_and_whole_timbres_are_held_out(folder, tmp_path) -> None:
    names = {
        **{"oboe/C4.wav": 60, "Bb3 soft.flac": 58, "a4/take 7.wav": 69, "fis5.ogg": 78, "C#2-112.wav": 37},
        **{"guitar_acoustic_000-060-100.wav": 60, "harp/72.wav": 72, "C-1.wav": None, "kick.wav": None},
    }
    assert {name: (named(name) or (None,))[0] for name in names} == names
    assert named("oboe/C4-112.wav") == (60, "oboe/-112.wav", "oboe")
    assert named("a4/take 7.wav") == (69, "/take 7.wav", "/take 7.wav")
    data = load_notes(folder, RATE, 8192)
    learned, kept = held_out_notes(data)
    assert len(data) == 27 and len(kept) == 3 and len(set(kept.timbres)) == 1
    assert not set(kept.timbres) & set(learned.timbres)
    assert len(held_out_notes(data.take(torch.arange(6)))[1]) == 1
    (tmp_path / "what.wav").write_bytes(to_wav(played(60, 0, 8000), 8000))
    with pytest.raises(TrainingError, match="no name tells its pitch"):
        load_notes(tmp_path, RATE, 8192)


@pytest.mark.parametrize("number", [36, 45.3, 60, 84, 96])
def test_the_tracker_hears_a_pitch_whatever_its_partials(number) -> None:
    for bright in (0.0, 0.9, 3.0):
        assert abs(pitch(played(number, bright, 16000), 16000) - number) < 0.15
    assert np.isnan(pitch(np.zeros(8000), 16000))


def test_a_set_of_notes_is_played_note_after_note_and_leaves_out_silence(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(notes, "INSTRUMENTS", {"oboe": (68, 60, 61)})
    font = lambda font, program, wanted: [played(p, 0.5, 16000) * (p > 60) for p, _ in wanted]  # noqa: E731
    monkeypatch.setattr(notes, "played", font)
    prepare.prepare("notes", tmp_path, tmp_path / "a.zip")
    data = load_notes(tmp_path / "a.zip", notes.RATE, notes.LENGTH)
    assert len(data) == len(notes.VELOCITIES) and data.lowest == 61 and set(data.timbres) == {"oboe"}
    score = notes.midi(68, [(60, 112)])
    assert score[:4] == b"MThd" and bytes([0x90, 60, 112]) in score and bytes([0xC0, 68]) in score


def test_weights_of_drums_are_measured_by_the_other_entry(tmp_path) -> None:
    import tiny

    tiny.make_sounds(tmp_path)
    with pytest.raises(RequestError, match="evaluate_sound"):
        evaluate_notes.evaluate(evaluate_notes.Evaluation(str(tmp_path / tiny.DRUMS)))
