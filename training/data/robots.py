"""Robots, monsters, robot heads and cats put together from robohash's drawings, each from its number."""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from gan_models.errors import TrainingError
from training.data.image_set import ImageSet
from training.data.known import BY_NAME

SETS = {"robohash": "set1", "robohash-monsters": "set2", "robohash-heads": "set3", "robohash-cats": "set4"}
COUNTS = {"train": 10_000, "test": 1_000}
FIRST = {"train": 0, "test": 1_000_000}
SEED = 2011  # the year of robohash; another number is another set


def load_set(
    name: str = "robohash",
    size: int | None = None,
    channels: int | None = None,
    split: str = "train",
    limit: int | None = None,
) -> ImageSet:
    """10,000 figures on white (1,000 others for "test"), 64 px in colour unless asked otherwise.

    name: one of SETS. The robots' labels are their colours; the other sets have none. Raises TrainingError
    where robohash is missing.
    """
    if split not in COUNTS:
        raise TrainingError(f"{name} has the splits train and test, not {split!r}.")
    count, size = min(limit or COUNTS[split], COUNTS[split]), size or 64
    folder = _drawings() / SETS[name]
    kinds = sorted(p for p in folder.iterdir() if p.is_dir()) if name == "robohash" else [folder]
    parts = [_parts(kind) for kind in kinds]
    drawing = cache(lambda file: _drawing(file, size))
    images, labels = np.empty((count, size, size, 3), np.uint8), np.empty(count, np.int64)
    for row in range(count):
        rng = np.random.default_rng([SEED, FIRST[split] + row])
        labels[row] = rng.integers(len(kinds))
        images[row] = _pile([drawing(files[rng.integers(len(files))]) for files in parts[labels[row]]])
    if channels == 1:
        images = np.stack([np.asarray(Image.fromarray(image).convert("L")) for image in images])[..., None]
    images = np.ascontiguousarray(images.transpose(0, 3, 1, 2))
    known = BY_NAME[name]
    return ImageSet(
        name=known.name,
        images=torch.from_numpy(images),
        labels=torch.from_numpy(labels) if len(kinds) > 1 else None,
        classes=tuple(kind.name for kind in kinds) if len(kinds) > 1 else (),
        sha256=hashlib.sha256(images).hexdigest(),
        licence=known.licence,
        free=known.free,
        source=known.source,
    )


def _drawings() -> Path:
    try:
        import robohash
    except ImportError as error:
        raise TrainingError("robohash is missing, whose drawings this set is made of: pip install robohash") from error
    return Path(robohash.__file__).parent / "sets"


def _parts(folder: Path) -> list[list[Path]]:
    """The drawings of each kind of part, from back to front.

    Folders are named `NNN#MMpart`: NNN orders robohash's choices, MM (where it is) the pile.
    """
    kinds = sorted((p for p in folder.iterdir() if p.is_dir()), key=lambda p: p.name.split("#")[1])
    return [sorted(kind.glob("*.png"), key=lambda file: file.name) for kind in kinds]


def _drawing(file: Path, size: int) -> np.ndarray:
    """float32 (size, size, 4) from 0 to 1: colour times alpha, and alpha."""
    image = Image.open(file, formats=["PNG"]).convert("RGBa").resize((size, size), Image.Resampling.LANCZOS)
    return np.asarray(image).astype(np.float32) / 255


def _pile(drawings: Sequence[np.ndarray]) -> np.ndarray:
    pile = np.ones((*drawings[0].shape[:2], 3), np.float32)
    for drawing in drawings:
        pile = pile * (1 - drawing[..., 3:]) + drawing[..., :3]
    return (pile.clip(0, 1) * 255 + 0.5).astype(np.uint8)
