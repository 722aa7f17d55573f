"""Training an encoder: what stands beside the weight afterwards. How good it is, training.bench project measures."""

import shutil

import numpy as np
import pytest
import tiny
from PIL import Image

from gan_models import project
from gan_models.errors import TrainingError
from gan_models.latents.point import Point
from gan_models.loading import load, verified
from gan_models.sample import sample
from training import train_encoder
from training.bench.project import verdict
from training.train_encoder import Options, train


def test_an_encoder_stands_in_the_card_with_what_was_measured(tiny_styles, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(train_encoder, "COUNTS", (0, 2))
    shutil.copytree(tiny_styles / tiny.STYLE, tmp_path / tiny.STYLE)
    pictures = sample(load(tmp_path / tiny.STYLE), [Point(seed=seed) for seed in range(30)])
    (tmp_path / "photographs").mkdir()
    for number, picture in enumerate(pictures):
        Image.fromarray(picture).save(tmp_path / "photographs" / f"{number}.png")
    said = []
    options = Options(str(tmp_path / tiny.STYLE), str(tmp_path / "photographs"), 2, 2, 2, measured=1)
    train(options, said.append)
    model = verified(tmp_path / tiny.STYLE)
    assert "encoder.safetensors" in model.card.files and model.encoder is not None
    target = project.Target.of(model, pictures[0])
    assert project.begin(model, target, 5).change.abs().max() > 0, "a projection begins where the encoder says"
    far = verdict(model, pictures[0])
    assert far.relative is not None and far.worse in (0.0, 1.0) and "two random photographs" in far.said
    assert model.held_out.errors.shape == (2, 1) and np.isfinite(model.held_out.random)


def test_a_weight_without_styles_has_a_sentence(tiny_weights, tmp_path) -> None:
    with pytest.raises(TrainingError, match="has no styles to encode photographs into"):
        train(Options(str(tiny_weights / tiny.COLOUR), str(tmp_path)))
