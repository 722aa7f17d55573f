"""The images that the feature networks learn from, and the real ones whose features ship with them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from gan_models.errors import AtelierError, TrainingError
from gan_models.pictures.images import fit, open_picture
from training.data import ImageSet, held_out, load_set
from training.data.layout import layout
from training.data.pictures import content_hash, open_files

REAL = 10_000
SIZE = 64
# where each part of `photos` lies under --data-root; clothing brings its own ten classes
CLOTHING, CATS, FACADES, LANDSCAPES = (
    "clothing-144.zip",
    "afhq-cat-128.zip",
    "facades-128.zip",
    "photos-bsds300.zip",
)

FLOWERS = "flowers-144.zip"

Crop = Callable[[np.ndarray], Sequence[np.ndarray]]


@dataclass(frozen=True)
class RealImages:
    """Two sets of real images that share none, uint8 (N, C, H, W): to compare with, and for the floor."""

    reference: torch.Tensor
    other: torch.Tensor
    images: str
    sha256: str


@dataclass(frozen=True)
class LabelledSet:
    """What a feature network learns from, uint8 (N, C, size, size), and real images by set name."""

    images: torch.Tensor
    labels: torch.Tensor
    test_images: torch.Tensor
    test_labels: torch.Tensor
    classes: tuple[str, ...]
    sources: dict[str, str]
    real: dict[str, RealImages] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Side in pixels."""
        return self.images.shape[-1]

    @property
    def channels(self) -> int:
        """1 or 3."""
        return self.images.shape[1]


def labelled(name: str, data_root: Path) -> LabelledSet:
    """The images for the feature network `name`: mnist, fashion, photos or flowers."""
    if of_photographs := {"photos": photos, "flowers": flowers}.get(name):
        return of_photographs(data_root)
    return _idx({"fashion": "fashion-mnist"}.get(name, name), data_root)


def _idx(name: str, data_root: Path) -> LabelledSet:
    train = load_set(name, data_root=data_root)
    test = load_set(name, data_root=data_root, split="test")
    chosen = torch.randperm(len(train), generator=torch.Generator().manual_seed(0))[:REAL]
    images = f"{REAL} of the test images; for the floor {REAL} training images"
    real = RealImages(test.images[:REAL], train.images[chosen], images, train.sha256)
    sources = {train.name: train.sha256}
    return LabelledSet(train.images, train.labels, test.images, test.labels, train.classes, sources, {name: real})


def photos(data_root: Path) -> LabelledSet:
    """Clothes in ten classes, facades (the photo of the pair), landscapes and cats, 64 px in colour.

    Test images: the sets' own test or validation folders; of the cats, which have none, 500 kept back.
    """
    paths = {name: data_root / name for name in (CLOTHING, CATS, FACADES, LANDSCAPES)}
    missing = [name for name, path in paths.items() if not path.exists()]
    if missing:
        raise TrainingError(f"photos needs {', '.join(missing)} in {data_root}: make them with training.prepare.")
    cats = load_set(paths[CATS], size=SIZE, channels=3)
    kept, tested = held_out(cats, share=0.1)
    parts, classes = [], []
    for path, crop in ((CLOTHING, _whole), (FACADES, _left_half), (LANDSCAPES, _left_and_right)):
        images, test, names = _read(paths[path], crop)
        parts.append((images, test, len(classes)))
        classes += names or [{FACADES: "facade", LANDSCAPES: "landscape"}[path]]
    parts.append(((kept.images, _zeros(kept)), (tested.images, _zeros(tested)), len(classes)))
    train = _join([(pictures, labels + first) for (pictures, labels), _, first in parts])
    test = _join([(pictures, labels + first) for _, (pictures, labels), first in parts])
    sources = {name: _hash_of(path) for name, path in paths.items()}
    real = {"afhq-cat-128": halves(cats), "avatars": halves(load_set("avatars", size=SIZE, channels=3))}
    return LabelledSet(*train, *test, (*classes, "cat"), sources, real)


def flowers(data_root: Path) -> LabelledSet:
    """Photographs of five flowers, 64 px in colour; a sixth of them is kept back for testing."""
    path = data_root / FLOWERS
    if not path.exists():
        raise TrainingError(f"flowers needs {FLOWERS} in {data_root}: make it with training.prepare.")
    pictures = load_set(path, size=SIZE, channels=3)
    kept, tested = held_out(pictures, share=1 / 6)
    both = (kept.images, kept.labels, tested.images, tested.labels)
    return LabelledSet(*both, pictures.classes, {FLOWERS: _hash_of(path)}, {path.stem: halves(pictures)})


def halves(images: ImageSet) -> RealImages:
    """A set without test images cut in two at random, near-duplicates on one side, at most 10,000 each."""
    reference, other = held_out(images, share=0.5, most=REAL)
    text = f"{min(REAL, len(reference))} of its {len(images)} pictures; for the floor {len(other)} others"
    return RealImages(reference.images[:REAL], other.images, text, images.sha256)


def _zeros(images: ImageSet) -> torch.Tensor:
    return torch.zeros(len(images), dtype=torch.int64)


def _join(parts: list[tuple[torch.Tensor, torch.Tensor]]) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.cat([images for images, _ in parts]), torch.cat([labels for _, labels in parts])


def _read(path: Path, crop: Crop):
    """(images, labels) for training, the same for testing, and the class names of a zip in splits."""
    with open_files(path) as files:
        out = []
        for split in ("train", "test"):
            found = layout(files.names, split, path)
            classes = found.classes
            pictures, kept = [], []
            for name, label in zip(found.names, found.labels or [0] * len(found.names)):
                try:
                    crops = crop(open_picture(files.read(name), 3))
                except AtelierError:
                    continue  # a broken file of a public set: the classifier does without it
                pictures += [fit(part, SIZE) for part in crops]
                kept += [label] * len(crops)
            out.append((torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2), torch.tensor(kept)))
    return *out, list(classes)


def _hash_of(path: Path) -> str:
    with open_files(path) as files:
        return content_hash(path, files)


def _whole(picture: np.ndarray) -> list[np.ndarray]:
    return [picture]


def _left_half(picture: np.ndarray) -> list[np.ndarray]:
    return [picture[:, : picture.shape[1] // 2]]


def _left_and_right(picture: np.ndarray) -> list[np.ndarray]:
    """Two squares, one at each end of the longer side."""
    side = min(picture.shape[:2])
    return [picture[:side, :side], picture[-side:, -side:]]
