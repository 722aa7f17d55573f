"""Loading SqueezeNet features: files of torchvision's layout, and clear lines where there is none."""

import urllib.error

import pytest
import torch
from safetensors.torch import save_file

from gan_models.errors import TrainingError
from gan_models.networks.projected import squeezenet_features
from training.losses import features


@pytest.fixture
def state():
    torch.manual_seed(0)
    return squeezenet_features().state_dict()


def same(network, state):
    return all(torch.equal(value, state[key]) for key, value in network.state_dict().items())


def test_pth_and_safetensors_load_and_the_classifier_is_ignored(tmp_path, state):
    torch.save({**state, "classifier.1.weight": torch.zeros(10, 512, 1, 1)}, tmp_path / "a.pth")
    save_file({key: value.clone() for key, value in state.items()}, tmp_path / "a.safetensors")
    for name in ("a.pth", "a.safetensors"):
        network = features.load_features(tmp_path / name)
        assert same(network, state)
        assert not network.training and not any(p.requires_grad for p in network.parameters())


def test_half_precision_files_are_lifted(tmp_path, state):
    save_file({key: value.half() for key, value in state.items()}, tmp_path / "half.safetensors")
    network = features.load_features(tmp_path / "half.safetensors")
    assert network.features[0].weight.dtype == torch.float32


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda s: s.pop("features.4.squeeze.bias"), "features.4.squeeze.bias is missing"),
        (
            lambda s: s.update({"features.0.weight": torch.zeros(96, 3, 7, 7)}),
            r"\(96, 3, 7, 7\), expected \(64, 3, 3, 3\)",
        ),
        (lambda s: s["features.0.bias"].fill_(float("nan")), "features.0.bias that are not finite"),
    ],
)
def test_other_contents_are_refused(tmp_path, state, spoil, said):
    state = {key: value.clone() for key, value in state.items()}
    spoil(state)
    torch.save(state, tmp_path / "other.pth")
    with pytest.raises(TrainingError, match=said):
        features.load_features(tmp_path / "other.pth")


def test_missing_broken_and_pickled_files_are_refused(tmp_path, state):
    with pytest.raises(TrainingError, match="no feature file.*--feature-weights"):
        features.load_features(tmp_path / "none.pth")
    for name in ("broken.pth", "broken.safetensors"):
        (tmp_path / name).write_bytes(b"not a weight")
        with pytest.raises(TrainingError, match="cannot be read"):
            features.load_features(tmp_path / name)
    torch.save(squeezenet_features(), tmp_path / "module.pth")
    with pytest.raises(TrainingError, match="cannot be read"):
        features.load_features(tmp_path / "module.pth")
    torch.save([1, 2], tmp_path / "list.pth")
    with pytest.raises(TrainingError, match="holds a list"):
        features.load_features(tmp_path / "list.pth")


@pytest.mark.parametrize(
    "problem",
    [urllib.error.URLError("no route"), RuntimeError('invalid hash value (expected "b8a52dc0", got "0")')],
)
def test_a_missing_network_is_one_clear_line(monkeypatch, problem):
    def refuse(*_, **__):
        raise problem

    monkeypatch.setattr(torch.hub, "load_state_dict_from_url", refuse)
    with pytest.raises(TrainingError, match="--feature-weights, or, where there is another") as error:
        features.load_features()
    assert "\n" not in str(error.value)


def test_the_download_is_hash_checked_and_tensors_only(monkeypatch, state):
    asked = {}

    def answer(url, **options):
        asked.update(options, url=url)
        return state

    monkeypatch.setattr(torch.hub, "load_state_dict_from_url", answer)
    assert same(features.load_features(), state)
    assert asked["check_hash"] and asked["weights_only"]
    assert asked["url"].endswith("squeezenet1_1-b8a52dc0.pth")
