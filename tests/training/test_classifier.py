"""The feature networks: trained in seconds on drawn bars, written, read back, refused when not whole."""

import gzip
import json

import numpy as np
import pytest
import torch

from gan_models.errors import WeightError
from training import train_classifier
from training.measures import classifier
from training.measures.classifier import Classifier, ClassifierConfig, RealFeatures
from training.measures.features import extract, fit


def bars(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Ten classes that anything can learn: a bright bar at one of ten heights, in noise."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 10
    images = rng.integers(0, 60, (count, 28, 28))
    for image, label in zip(images, labels):
        image[2 + 2 * label : 5 + 2 * label] = 230
    return images.astype(np.uint8), labels.astype(np.uint8)


def write_idx(folder, part: str, images: np.ndarray, labels: np.ndarray) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
        header = bytes((0, 0, 8, array.ndim)) + np.array(array.shape, ">i4").tobytes()
        (folder / f"{part}-{kind}-ubyte.gz").write_bytes(gzip.compress(header + array.tobytes()))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    root = tmp_path_factory.mktemp("bars")
    write_idx(root / "mnist", "train", *bars(600, 0))
    write_idx(root / "mnist", "t10k", *bars(100, 1))
    out = root / "features"
    arguments = ["mnist", "--data-root", root, "--out", out, "--epochs", "16", "--batch", "50"]
    with pytest.MonkeyPatch.context() as patch:
        recipe = train_classifier.Training((8, 16, 32), 12, 6, shift=0, rotation=0, zoom=0)
        patch.setitem(train_classifier.TRAININGS, "mnist", recipe)
        train_classifier.main([str(a) for a in arguments])
    return out


def test_the_command_trains_a_classifier_and_keeps_what_it_measured(trained):
    found = classifier.load_features(trained)
    assert found.facts["test_accuracy"] >= 0.95
    assert found.facts["test_images"] == 100 and found.facts["data"]["MNIST"]
    real = found.real["mnist"]
    assert real.reference.shape == (100, 12) and real.other.shape == (600, 12)
    images = torch.from_numpy(bars(100, 1)[0])[:, None]
    # shipped features are fp16, and so are the shipped weights that make them again
    assert torch.allclose(extract(found.network, images).features, real.reference, atol=0.02)


def test_features_are_normalised_over_real_images(trained):
    other = classifier.load_features(trained).real["mnist"].other
    assert other.mean(0).abs().max() < 0.5
    assert other.std(0).min() > 0.5 and other.std(0).max() < 2


def test_features_depend_on_neither_batch_nor_neighbours(trained):
    network = classifier.load_features(trained).network
    images = torch.from_numpy(bars(20, 2)[0])[:, None]
    whole = extract(network, images)
    for batch in (1, 3, 7):
        parts = extract(network, images, batch=batch)
        # convolutions of other batch sizes may add in another order
        assert torch.allclose(parts.features, whole.features, atol=1e-4)
        assert torch.equal(parts.logits.argmax(1), whole.logits.argmax(1))


def test_other_sizes_and_channels_are_brought_to_the_network():
    gray = torch.randint(0, 256, (2, 1, 40, 60), dtype=torch.uint8)
    assert fit(gray, 28, 3).shape == (2, 3, 28, 28)
    flat = torch.full((1, 3, 50, 50), 77, dtype=torch.uint8)
    assert fit(flat, 28, 1).unique().tolist() == [77]
    right = torch.randint(0, 256, (2, 3, 28, 28), dtype=torch.uint8)
    assert fit(right, 28, 3) is right


@pytest.mark.parametrize("damages", [(), classifier.DAMAGES])
def test_every_part_of_the_network_learns(damages):
    config = ClassifierConfig(32, 3, ("cat", "coat"), (8, 16), 6, damages)
    network = Classifier(config)
    recipe = train_classifier.Training((8, 16), 6, 1, flip=True, damages=damages)
    images = torch.randint(0, 256, (40, 3, 32, 32), dtype=torch.uint8)
    train_classifier.loss(network, images, torch.arange(40) % 2, recipe).backward()
    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in network.parameters())


def test_each_damage_changes_the_picture_and_none_does_not():
    torch.manual_seed(0)
    images = torch.rand(5, 3, 32, 32) * 1.6 - 0.8
    damaged = train_classifier.damage(images, torch.arange(5))
    assert torch.equal(damaged[0], images[0])
    assert all((damaged[i] - images[i]).abs().mean() > 0.01 for i in range(1, 5))
    assert damaged.abs().max() <= 1
    # shuffling moves tiles and makes no new pixel
    assert torch.isin(damaged[4], images[4]).all()


def saved(folder):
    network = Classifier(ClassifierConfig(16, 1, ("a", "b"), (4, 8), 3))
    real = RealFeatures("x", torch.randn(5, 3), torch.randn(4, 3), "drawn", "0" * 64)
    classifier.save(folder, network, {"x": real}, {"test_accuracy": 1.0})
    return folder


def test_a_changed_file_is_refused(tmp_path):
    folder = saved(tmp_path / "f")
    assert classifier.load_features(folder).real["x"].images == "drawn"
    with (folder / "real.safetensors").open("ab") as file:
        file.write(b"x")
    with pytest.raises(WeightError, match="is not the file that features.json describes"):
        classifier.load_features(folder)


def test_a_folder_that_is_none_is_refused(tmp_path):
    with pytest.raises(WeightError, match="expected mnist"):
        classifier.load_features(tmp_path / "nothing")
    folder = saved(tmp_path / "f")
    facts = json.loads((folder / "features.json").read_text())
    facts["config"]["size"] = 1
    (folder / "features.json").write_text(json.dumps(facts))
    with pytest.raises(WeightError, match="at least 4 px"):
        classifier.load_features(folder)


@pytest.mark.parametrize(("name", "missing"), [("photos", "afhq-cat-128.zip"), ("flowers", "flowers-144.zip")])
def test_missing_photographs_are_named(tmp_path, capsys, name, missing):
    with pytest.raises(SystemExit) as stop:
        train_classifier.main([name, "--data-root", str(tmp_path)])
    assert stop.value.code == 2
    assert missing in capsys.readouterr().err
