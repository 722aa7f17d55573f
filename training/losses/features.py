"""Frozen features for the projected discriminator: torchvision's SqueezeNet 1.1, or a file of its layout."""

import pickle
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from gan_models.errors import TrainingError, first_line
from gan_models.networks.projected import SqueezeNetFeatures, squeezenet_features

# torchvision's SqueezeNet1_1_Weights.IMAGENET1K_V1 (4.7 MB); its name ends in the start of its SHA-256.
URL = "https://download.pytorch.org/models/squeezenet1_1-b8a52dc0.pth"


def load_features(path: Path | None = None) -> SqueezeNetFeatures:
    """Load frozen SqueezeNet 1.1 features from a local file, or without one from torchvision's download.

    `path`: .safetensors, or a .pth of tensors only; keys as torchvision's, the classifier's are ignored. The
    download is kept in torch's cache and checked against the hash in its name. Raises a TrainingError.
    """
    source, state = (path, _read(path)) if path is not None else (URL, _download())
    features = squeezenet_features()
    expected = features.state_dict()
    for key, value in expected.items():
        shape = tuple(state[key].shape) if isinstance(state.get(key), Tensor) else None
        if shape != tuple(value.shape):
            seen = "is missing" if shape is None else f"has shape {shape}, expected {tuple(value.shape)}"
            raise TrainingError(f"{source} does not hold SqueezeNet 1.1: {key} {seen}; pass another file.")
        if not state[key].isfinite().all():
            raise TrainingError(f"{source} has values in {key} that are not finite; pass another file.")
    features.load_state_dict({key: state[key].float() for key in expected})
    return features.eval()


def _read(path: Path) -> dict:
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise TrainingError(f"There is no feature file {path}; check --feature-weights.") from None
    except (OSError, RuntimeError, EOFError, SafetensorError, pickle.UnpicklingError) as error:
        raise TrainingError(f"The feature file {path} cannot be read ({first_line(error)}); pass another.") from None
    if not isinstance(state, dict):
        raise TrainingError(f"{path} holds a {type(state).__name__}; expected a dictionary of tensors.")
    return state


def _download() -> dict:
    try:
        return torch.hub.load_state_dict_from_url(
            URL, map_location="cpu", progress=False, check_hash=True, weights_only=True
        )
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:  # URLError is an OSError
        raise TrainingError(
            f"The features of the projected discriminator cannot be downloaded ({error}). Connect once, "
            "pass a file with --feature-weights, or, where there is another --discriminator, train with that."
        ) from None
