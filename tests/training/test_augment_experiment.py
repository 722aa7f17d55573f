"""What the experiment on samples as training data promises: no leak, its table, and that it goes on."""

import json

import pytest
import torch

from training import augment_experiment as experiment
from training.augment_experiment import Cell, Options, chosen, samples_of, summed, table
from training.data import Batches, ImageSet
from training.measures.accuracy_plot import plot

SMALL = {"gan_steps": 2, "gan_width": 8, "classifier_steps": 2, "batch": 4, "drawn": 20}


def pictures(count: int = 200) -> ImageSet:
    """28 px, gray, two classes; each picture has a level of its own in its first pixel."""
    levels = torch.arange(count, dtype=torch.uint8)[:, None, None, None]
    return ImageSet("drawn", levels.expand(count, 1, 28, 28), torch.arange(count) % 2, ("even", "odd"))


def test_no_picture_but_the_labelled_ones_is_learned_from(tmp_path, monkeypatch):
    """Of the GAN and of the classifiers of a row: every real batch that anything reads is watched."""
    data, seen = pictures(), set()

    def watched(self, step, plain=Batches.at):
        images, labels = plain(self, step)
        if not self.data.name.startswith("samples"):
            seen.update(((images[:, 0, 0, 0] + 1) * 127.5).round().int().tolist())
        return images, labels

    monkeypatch.setattr(Batches, "at", watched)
    cell = Cell("mnist", 10, seed=3)
    labelled = chosen(data, 10, 3)
    known = set(labelled.images[:, 0, 0, 0].tolist())
    found = experiment.measure(cell, data, pictures(40), Options(**SMALL, out=tmp_path))
    assert len(known) == 10 and seen and seen <= known and set(found) == set(experiment.WAYS)
    assert labelled.labels.bincount().tolist() == [5, 5]
    drawn = samples_of(labelled, cell, Options(**SMALL, out=tmp_path))
    assert drawn.images.shape == (20, 1, 28, 28) and drawn.labels.bincount().tolist() == [10, 10]


def test_what_was_measured_is_not_measured_again_and_table_and_plot_say_it(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(experiment, "load_set", lambda *a, **k: pictures(20))
    monkeypatch.setattr(
        experiment, "measure", lambda cell, *_: asked.append(cell) or dict.fromkeys(experiment.WAYS, 0.5)
    )
    options = Options(data=("mnist",), labelled=(10, 0), seeds=2, out=tmp_path)
    experiment.experiment(options)
    experiment.experiment(options)
    assert len(asked) == 4
    rows = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text().splitlines()]
    rows[0]["accuracy"]["both"] = 0.7
    said = table(summed(rows))
    assert "| mnist | 10 | 50.0 ± 0.0 | 60.0 ± 14.1 | 50.0 ± 0.0 | 2 |" in said and "| mnist | all |" in said
    assert "| mnist | 10 | 50.0 | 70.0 | 50.0 | 1 |" in table(summed(rows[:1])), "one seed has no deviation"
    assert plot(summed(rows), experiment.WAYS).count("<polyline") == 3


def test_labelled_pictures_that_no_classes_share_evenly_are_refused():
    with pytest.raises(experiment.TrainingError, match="--labelled 5 does not divide by the 2 classes"):
        chosen(pictures(), 5, 0)
