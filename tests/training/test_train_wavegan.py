"""A GAN of sounds trained from a folder of files, exported and measured, as a user would; and the set of drums."""

import numpy as np
import pytest
import torch

from gan_models.errors import TrainingError
from gan_models.loading import load
from gan_models.sound import Hit, draw
from gan_models.sounds.files import open_sound, to_wav
from gan_models.weight.card import Card
from training import evaluate_sound, prepare, train_wavegan
from training.data import drums
from training.data.sounds import load_sounds
from training.export import export
from training.run import Run

RATE = 8000
SMALL = ["--rate", str(RATE), "--length", "2048", "--latent-dim", "20", "--width", "4", "--discriminator-width", "4"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Low and high hits at two rates, a silent one, and a text that calls itself a sound."""
    root = tmp_path_factory.mktemp("hits")
    for kind, hertz in (("low", 200), ("high", 2000)):
        (root / kind).mkdir()
        for number in range(12):
            rate = (8000, 44100)[number % 2]
            time = np.arange(round(0.3 * rate)) / rate
            hit = np.sin(2 * np.pi * hertz * (1 + number / 50) * time) * np.exp(-time / 0.05) * 0.8
            (root / kind / f"{number}.wav").write_bytes(to_wav(hit, rate))
    (root / "low" / "silent.wav").write_bytes(to_wav(np.zeros(4000), 8000))
    (root / "high" / "text.wav").write_text("no sound at all")
    return root


@pytest.fixture(scope="module")
def run(folder, tmp_path_factory):
    place = tmp_path_factory.mktemp("runs") / "hits"
    words = ["--data", str(folder), *SMALL, "--batch", "4", "--log-every", "1", "--run", str(place)]
    train_wavegan.main([*words, "--steps", "2"])
    return Run(place)


def test_another_training_goes_on_from_its_networks(run, folder, tmp_path) -> None:
    words = ["--data", str(folder), *SMALL, "--batch", "4", "--steps", "1", "--from", str(run.folder)]
    train_wavegan.main([*words, "--run", str(tmp_path / "on")])
    assert [stage["steps"] for stage in Run(tmp_path / "on").config()["before"]] == [2]


def test_it_trains_and_becomes_a_weight_that_is_measured(run, folder, tmp_path, capsys) -> None:
    rows, config = run.rows(), run.config()
    assert [row["step"] for row in rows] == [1, 2] and config["labels"] == ["high", "low"]
    assert {"spread/fake", "loudest/real", "d/held_out", "accuracy/fake"} <= rows[-1].keys()
    assert sorted(line.partition(":")[0] for line in config["skipped"]) == ["high/text.wav", "low/silent.wav"]
    card = export(run.folder, tmp_path / "hits")
    assert (card.task, card.things, card.labels) == ("sound", "sounds", ("high", "low"))
    assert {"samples.webp", "film.webp", "discriminator.safetensors"} <= card.files.keys()
    assert draw(load(tmp_path / "hits"), Hit(1, 0)).shape == (2048,)
    evaluate_sound.main([str(tmp_path / "hits"), "--data", str(folder), "-n", "8", "--write-card"])
    assert "held-out sounds rightly" in capsys.readouterr().out
    found = {m.name: m for m in Card.read(tmp_path / "hits").measures}
    assert list(found) == ["agreement with kind", "silent or clipped", "distance of sounds"]
    assert found["distance of sounds"].floor >= 0 and "-n 8" in found["agreement with kind"].command


def test_the_judge_of_kinds_learns_them(folder) -> None:
    from training.measures.sounds import heard, taught

    data = load_sounds(folder, RATE, 2048)
    many = data.take(torch.arange(len(data)).repeat(16))
    kinds = heard(taught(many), data.sounds.float() / 32767).kinds
    assert (kinds == data.labels).float().mean() > 0.9


def test_sounds_begin_at_their_onset_at_one_rate_and_none_is_said_in_a_sentence(folder, tmp_path) -> None:
    data = load_sounds(folder, RATE, 2048)
    assert data.sounds.shape == (24, 2048) and data.sounds.dtype == torch.int16 and data.classes == ("high", "low")
    (tmp_path / "a.wav").write_text("no sound")
    for place, said in ((tmp_path, "None of the 1 sounds"), (folder / "low" / "0.wav", "folder nor a zip of sounds")):
        with pytest.raises(TrainingError, match=said):
            load_sounds(place, RATE, 2048)
    (tmp_path / "a.wav").unlink()
    with pytest.raises(TrainingError, match="holds no sounds"):
        load_sounds(tmp_path, RATE, 2048)


def test_broken_sounds_are_counted() -> None:
    fine = 0.5 * np.sin(np.arange(2048) / 9)
    assert not evaluate_sound.broken(fine)
    assert evaluate_sound.broken(fine / 100) and evaluate_sound.broken(np.clip(4 * fine, -1, 1))


def test_the_set_of_drums_varies_hits_and_is_the_same_each_time(monkeypatch, tmp_path) -> None:
    time = np.arange(8000) / drums.RATE
    found = {kind: [np.sin(2000 * time * (n + 1)) * np.exp(-9 * time)] for n, kind in enumerate(drums.NOTES)}
    monkeypatch.setattr(drums, "hits", lambda shared: found)
    monkeypatch.setattr(drums, "EACH", 2)
    assert prepare.prepare("drums", tmp_path, tmp_path / "a.zip") == prepare.prepare(
        "drums", tmp_path, tmp_path / "b.zip"
    )
    data = load_sounds(tmp_path / "a.zip", drums.RATE, drums.LENGTH)
    assert data.sounds.shape == (12, drums.LENGTH) and set(data.classes) == set(drums.NOTES)
    assert len(torch.unique(data.sounds, dim=0)) == 12 and not data.sounds[:, -1].any()


def test_kits_are_played_note_after_note_and_begin_where_they_are_heard(tmp_path) -> None:
    score = drums.midi(25, [(36, 100), (38, 90)])
    assert score[:4] == b"MThd" and score[22:25] == bytes([0, 0xC9, 25]) and score.endswith(b"\xff\x2f\0")
    assert bytes([0x99, 36, 100]) in score and bytes([0x89, 38, 0]) in score and drums.later(960) == b"\x87\x40"
    late = np.concatenate([np.zeros(300), np.ones(50)])
    assert len(drums.begun(late)) == 50 + drums.BEFORE and not len(drums.begun(late / 1e4))
    assert len(drums.different([late, late.copy(), late[::-1]])) == 2
    with pytest.raises(TrainingError, match="fluid-soundfont-gm"):
        list(drums.drums(tmp_path))


def test_a_hit_is_played_at_another_pitch(tmp_path) -> None:
    wave = np.sin(2 * np.pi * 400 * np.arange(16384) / drums.RATE)
    power = np.abs(np.fft.rfft(drums.pitched(wave, 2.0)))
    assert abs(power.argmax() * drums.RATE / drums.LENGTH - 800) < 3
    assert open_sound(to_wav(drums.finished(drums.pitched(wave, 1.0)), drums.RATE), drums.RATE).max() > 0.99
