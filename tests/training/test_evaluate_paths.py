"""Perceptual path lengths, on a tiny weight with styles and on one without."""

import pytest
import tiny
import torch

from gan_models.errors import RequestError
from gan_models.loading import load
from gan_models.weight.card import Card
from training import evaluate_paths
from training.evaluate_paths import END, FULL, Evaluation, evaluate, path_lengths, trimmed


def test_lengths_are_those_of_the_way_whatever_the_step(tiny_styles, monkeypatch):
    model = load(str(tiny_styles / tiny.STYLE))
    for space in ("Z", "W"):
        fine = path_lengths(model, 4, 0, space, end=False)
        monkeypatch.setattr(evaluate_paths, "STEP", 4e-4)
        torch.testing.assert_close(path_lengths(model, 4, 0, space, end=False), fine, rtol=0.1, atol=1e-3)
        monkeypatch.undo()
        assert (fine > 0).all()


def test_figures_of_both_spaces_stand_in_the_card(tiny_weights, tmp_path):
    tiny.make_style(tmp_path)
    name = str(tmp_path / tiny.STYLE)
    rows = evaluate(Evaluation((name, str(tiny_weights / tiny.CONDITIONAL)), n=20, write_card=False))
    assert [(row.name, row.features[-1]) for row in rows] == [
        *((FULL, "Z"), (END, "Z"), (FULL, "W"), (END, "W")),
        *((FULL, "Z"), (END, "Z")),
    ]
    assert all(row.value > 0 and row.spread > 0 for row in rows)
    evaluate(Evaluation((name,), n=20, write_card=True))
    assert [measure.name for measure in Card.read(tmp_path / tiny.STYLE).measures][-4:] == [FULL, END, FULL, END]
    with pytest.raises(RequestError, match="-n is 3; figures need at least 20"):
        evaluate(Evaluation((name,), n=3))


def test_the_outer_hundredths_do_not_count():
    lengths = torch.ones(200)
    lengths[0], lengths[1] = 1e6, -1e6
    assert trimmed(lengths) == 1


def test_a_card_that_cannot_be_written_is_said_before_anything_is_measured(tmp_path, monkeypatch, capsys):
    tiny.make_style(tmp_path)
    full = OSError(28, "No space left on device")
    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: (_ for _ in ()).throw(full))
    monkeypatch.setattr(evaluate_paths, "load", lambda name: pytest.fail("it was measured"))
    with pytest.raises(SystemExit):
        evaluate_paths.main([str(tmp_path / tiny.STYLE), "--write-card"])
    assert f"{tmp_path / tiny.STYLE} cannot be written (No space left on device)" in capsys.readouterr().err
