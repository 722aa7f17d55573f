"""The feature networks of the measures: small classifiers, shipped with features of real images.

A folder `weights/features/<name>/` holds `features.json`, `classifier.safetensors` and `real.safetensors`. It
has no `card.json`, so the shelf of generators passes it by.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F

from gan_models.errors import WeightError

SHIPPED = Path(__file__).resolve().parents[2] / "weights" / "features"
FACTS = "features.json"
DAMAGES = ("none", "blurred", "noisy", "striped", "shuffled")


@dataclass(frozen=True)
class ClassifierConfig:
    """What a feature network is: size in pixels, channels at each halving (widths), length of its vector."""

    size: int
    channels: int
    classes: tuple[str, ...]
    widths: tuple[int, ...] = (32, 64, 128)
    features: int = 64
    damages: tuple[str, ...] = ()

    def __post_init__(self):
        object.__setattr__(self, "classes", tuple(self.classes))
        object.__setattr__(self, "widths", tuple(self.widths))
        object.__setattr__(self, "damages", tuple(self.damages))
        if self.size < 2 ** len(self.widths) or self.channels not in (1, 3) or not self.classes:
            raise WeightError(
                f"a network of {self.size} px, {self.channels} channels, {len(self.classes)} classes: "
                f"expected at least {2 ** len(self.widths)} px, 1 or 3 channels and at least one class."
            )


def _convolution(inputs: int, outputs: int) -> nn.Sequential:
    layers = [
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    ]
    return nn.Sequential(*layers)


class _Halving(nn.Module):
    """Half the size, more channels: a convolution, then one that the picture may also pass around."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.first, self.second = _convolution(inputs, outputs), _convolution(outputs, outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.first(F.max_pool2d(x, 2))
        return x + self.second(x)


class Classifier(nn.Module):
    """A small residual network; `forward(images) -> (features (N, D), logits (N, classes))`.

    images: float (N, C, size, size) in [-1, 1]. The features are the last layer before the classes,
    normalised: over the training images each of the D has mean 0 and deviation 1, so that distances mean the
    same for every network. `extras` is what training also asks of the features: the picture's own thumbnail,
    which keeps colour and pose in them where classes alone would drop both, and which damage was done to it,
    which keeps them awake to blur, noise and stripes.
    """

    def __init__(self, config: ClassifierConfig):
        super().__init__()
        self.config = config
        widths = config.widths
        stages = [_Halving(a, b) for a, b in zip(widths[:-1], widths[1:])]
        self.body = nn.Sequential(_convolution(config.channels, widths[0]), *stages)
        self.embed = nn.Sequential(
            nn.Linear(4 * widths[-1], config.features), nn.BatchNorm1d(config.features, affine=False)
        )
        self.classes = nn.Linear(config.features, len(config.classes))
        self.thumbnail = nn.Linear(config.features, config.channels * 64)
        self.damage = nn.Linear(config.features, len(config.damages)) if config.damages else None

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features = self.embed(F.adaptive_avg_pool2d(self.body(images), 2).flatten(1))
        return features, self.logits(features)

    def logits(self, features: torch.Tensor) -> torch.Tensor:
        """The class logits (N, classes) that features (N, D) lead to."""
        return self.classes(F.relu(features))

    def extras(self, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
        """The thumbnail (N, C, 8, 8) and the damage logits (N, damages) or None that the features tell."""
        picture = self.thumbnail(features).view(-1, self.config.channels, 8, 8)
        return picture, None if self.damage is None else self.damage(F.relu(features))


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
        files[name] = _hash(folder / name)
    sets = {name: {"images": r.images, "sha256": r.sha256, "judged": r.judged} for name, r in real.items()}
    text = json.dumps({"config": asdict(network.config), "files": files, "real": sets, **facts}, indent=1)
    (folder / FACTS).write_text(text + "\n")


def load(name_or_folder: str | Path) -> FeatureSet:
    """The feature network "mnist", "fashion" or "photos" of `weights/features`, or that of a folder.

    Raises WeightError when there is none, or when a file is not the one that `features.json` describes.
    """
    folder = Path(name_or_folder)
    folder = folder.parent if folder.name == FACTS else folder
    if not folder.is_dir() and (SHIPPED / folder.name).is_dir():
        folder = SHIPPED / folder.name
    try:
        facts = json.loads((folder / FACTS).read_text())
        for name, sha256 in facts["files"].items():
            if _hash(folder / name) != sha256:
                raise WeightError(f"{folder / name} is not the file that features.json describes: fetch it again.")
        network = Classifier(ClassifierConfig(**facts["config"]))
        network.load_state_dict(load_file(folder / "classifier.safetensors"))
        tensors = load_file(folder / "real.safetensors")
        parts = {s: {p: tensors[f"{s}/{p}"].float() for p in ("reference", "other")} for s in facts["real"]}
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise WeightError(
            f"{name_or_folder} is no feature network ({type(error).__name__}: {error}): expected mnist, "
            "fashion, photos, inception, or a folder written by training.train_classifier."
        ) from error
    real = {name: RealFeatures(name, **parts[name], **facts["real"][name]) for name in parts}
    return FeatureSet(folder.name, network.eval().requires_grad_(False), real, facts)


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
