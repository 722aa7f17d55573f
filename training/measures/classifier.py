"""The feature networks of the measures: small classifiers, shipped with features of real images.

A folder `weights/features/<name>/` holds `features.json`, `classifier.safetensors` and `real.safetensors`. It
has no `card.json`, so the shelf of generators passes it by.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from gan_models.errors import WeightError
from gan_models.networks.classifier import Classifier, ClassifierConfig  # noqa: F401  its usual place
from gan_models.perception import FACTS, SHIPPED, fingerprint, read_network

DAMAGES = ("none", "blurred", "noisy", "striped", "shuffled")


@dataclass(frozen=True)
class RealFeatures:
    """Features of real images: `reference` to compare samples with, `other` real images for the floor.

    Both float32 (N, D). images: what they are of; sha256: of the data set; judged: what measures.cats says of
    `other`, by figure name.
    """

    name: str
    reference: torch.Tensor
    other: torch.Tensor
    images: str = ""
    sha256: str = ""
    judged: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class FeatureSet:
    """A feature network with the real features it came with, by data set name."""

    name: str
    network: Classifier
    real: dict[str, RealFeatures] = field(default_factory=dict)
    facts: dict = field(default_factory=dict)


def save(folder: Path, network: Classifier, real: dict[str, RealFeatures], facts: dict) -> None:
    """Write a feature folder: the network in fp16, the real features in fp16, and `features.json` last."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {k: v.half() if v.is_floating_point() else v for k, v in network.state_dict().items()}
    save_file({k: v.contiguous() for k, v in state.items()}, folder / "classifier.safetensors")
    parts = {f"{name}/{part}": getattr(r, part) for name, r in real.items() for part in ("reference", "other")}
    save_file({k: v.half().contiguous() for k, v in parts.items()}, folder / "real.safetensors")
    files = {}
    for name in ("classifier.safetensors", "real.safetensors"):
        (folder / name).chmod(0o644)  # safetensors writes files that only their owner reads
        files[name] = fingerprint(folder / name)
    sets = {name: {"images": r.images, "sha256": r.sha256, "judged": r.judged} for name, r in real.items()}
    text = json.dumps({"config": asdict(network.config), "files": files, "real": sets, **facts}, indent=1)
    (folder / FACTS).write_text(text + "\n")


def load_features(name_or_folder: str | Path) -> FeatureSet:
    """The feature network "mnist", "fashion" or "photos" of `weights/features`, or that of a folder.

    Raises WeightError when there is none, or when a file is not the one that `features.json` describes.
    """
    folder = Path(name_or_folder)
    folder = folder.parent if folder.name == FACTS else folder
    if not folder.is_dir() and (SHIPPED / folder.name).is_dir():
        folder = SHIPPED / folder.name
    try:
        network, facts = read_network(folder)
        tensors = load_file(folder / "real.safetensors")
        parts = {s: {p: tensors[f"{s}/{p}"].float() for p in ("reference", "other")} for s in facts["real"]}
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise WeightError(
            f"{name_or_folder} is no feature network ({type(error).__name__}: {error}): expected mnist, "
            "fashion, photos, inception, or a folder written by training.train_classifier."
        ) from error
    real = {name: RealFeatures(name, **parts[name], **facts["real"][name]) for name in parts}
    return FeatureSet(folder.name, network, real, facts)
