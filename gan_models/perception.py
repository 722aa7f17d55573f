"""How like two pictures look to the `photos` network: what a projection makes small, and the figure it states.

As LPIPS (Zhang et al. 2018, equation 1) without its fitted weights, which belong to other networks: maps of every
depth, each place brought to unit length, squared differences averaged. A distance of these compares with nothing else.
"""

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional as F

from gan_models.errors import WeightError, reason
from gan_models.networks.classifier import Classifier, ClassifierConfig

SHIPPED = Path(__file__).resolve().parents[1] / "weights" / "features"
FACTS = "features.json"
PHOTOS = "photos"
SIDE = 64
"""Pixels of a side at which the network learned; larger pictures are looked at twice, the second time reduced."""

Maps = Sequence[Tensor]


def read_network(folder: Path) -> tuple[Classifier, dict]:
    """The feature network of a folder, frozen, and its facts.

    WeightError where a file is not the one that `features.json` describes; else what reading raises.
    """
    facts = json.loads((folder / FACTS).read_text())
    for name, sha256 in facts["files"].items():
        if fingerprint(folder / name) != sha256:
            raise WeightError(f"{folder / name} is not the file that {FACTS} describes: fetch it again.")
    network = Classifier(ClassifierConfig(**facts["config"]))
    network.load_state_dict(load_file(folder / "classifier.safetensors"))
    return network.eval().requires_grad_(False), facts


def fingerprint(file: Path) -> str:
    """A file's SHA-256."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


@lru_cache(maxsize=1)
def photos() -> Classifier:
    """The network that knows photographs, read once; WeightError where weights/features/photos is not whole."""
    try:
        with torch.inference_mode(False):
            return read_network(SHIPPED / PHOTOS)[0].to(memory_format=torch.channels_last)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise WeightError(f"weights/features/{PHOTOS} cannot be read ({reason(error)}); fetch it again.") from None


def features(images: Tensor) -> Tensor:
    """The vectors (N, 96) of pictures (N, 1 or 3, side, side) in [-1, 1], by which kinds of pictures differ."""
    return photos()(_reduced(images.expand(-1, 3, -1, -1), SIDE))[0]


def maps(images: Tensor) -> list[Tensor]:
    """All maps of pictures (N, 1 or 3, side, side) in [-1, 1], each place of unit length over its channels."""
    x = images.expand(-1, 3, -1, -1)
    found = [] if x.shape[2] <= SIDE else _depths(x)
    return found + _depths(_reduced(x, SIDE) if x.shape[2] > SIDE else x)


def distance(one: Maps, other: Maps) -> Tensor:
    """The perceptual distance (N,) of pictures by their maps: 0 for the same picture, at most 4."""
    parts = [(a - b).square().sum(1).mean((1, 2)) for a, b in zip(one, other)]
    return torch.stack(parts).mean(0)


def _depths(x: Tensor) -> list[Tensor]:
    found = []
    for stage in photos().body:
        x = stage(x)
        found.append(x * (x.square().sum(1, keepdim=True) + 1e-8).rsqrt())
    return found


def _reduced(images: Tensor, side: int) -> Tensor:
    if images.shape[2] == side:
        return images
    if images.shape[2] < side:
        return F.interpolate(images, size=side, mode="bilinear")
    return F.interpolate(images, size=side, mode="area")
