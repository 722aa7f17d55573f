"""MNIST and Fashion-MNIST: the four idx files, wherever they lie, or torchvision's download of them."""

import gzip
import hashlib
import io
import zlib
from pathlib import Path

import numpy as np
import torch

from gan_models.errors import TrainingError, first_line, reason
from gan_models.files import contents
from gan_models.pictures.images import fit
from training.data.image_set import ImageSet
from training.data.known import BY_NAME

CLASSES = {
    "mnist": tuple("0123456789"),
    "fashion-mnist": (
        *("T-shirt", "trouser", "pullover", "dress", "coat"),
        *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
    ),
}
TORCHVISION = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST"}
MOST_BYTES = 256_000_000
"""The largest of these files has 47 MB."""
PARTS = {"train": "train", "test": "t10k"}


def load_set(
    name: str,
    data_root: Path,
    *,
    split: str = "train",
    size: int | None = None,
    channels: int | None = None,
    limit: int | None = None,
) -> ImageSet:
    """The 60,000 training or 10,000 test images of "mnist" or "fashion-mnist", gray and 28 px by nature.

    data_root holds `<name>/train-images-idx3-ubyte.gz` and the like, or torchvision's `MNIST/raw/`; a missing
    file is downloaded there by torchvision.
    """
    if split not in PARTS:
        raise TrainingError(f"{name} has the splits train and test, not {split!r}.")
    folder = _folder(name, data_root, PARTS[split]) or _download(name, data_root)
    raw = _content(folder / f"{PARTS[split]}-images-idx3-ubyte")
    images = _array(raw, 3, folder)[:limit]
    labels = _array(_content(folder / f"{PARTS[split]}-labels-idx1-ubyte"), 1, folder)[:limit]
    known = BY_NAME[name]
    return ImageSet(
        name=known.name,
        images=_brought_to(images, size or images.shape[1], channels or 1),
        labels=torch.from_numpy(labels).long(),
        classes=CLASSES[name],
        sha256=hashlib.sha256(raw).hexdigest(),
        licence=known.licence,
        free=known.free,
        source=known.source,
    )


def _brought_to(images: np.ndarray, size: int, channels: int) -> torch.Tensor:
    if images.shape[1] != size:
        images = np.concatenate([fit(image[..., None], size)[None, ..., 0] for image in images])
    return torch.from_numpy(images)[:, None].repeat(1, channels, 1, 1)


def _folder(name: str, root: Path, part: str) -> Path | None:
    for folder in (root / name, root / TORCHVISION[name] / "raw", root):
        files = [folder / f"{part}-{kind}" for kind in ("images-idx3-ubyte", "labels-idx1-ubyte")]
        if all(_existing(file) for file in files):
            return folder
    return None


def _existing(file: Path) -> Path | None:
    packed = file.with_name(file.name + ".gz")
    return file if file.exists() else packed if packed.exists() else None


def _content(file: Path) -> bytes:
    found = _existing(file)
    try:
        data = contents(found, MOST_BYTES)
        if found.suffix == ".gz":
            with gzip.open(io.BytesIO(data)) as packed:
                data = packed.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise OSError(f"it is longer than {MOST_BYTES:,} bytes when it is unpacked")
        return data
    except (OSError, EOFError, zlib.error) as error:
        raise TrainingError(f"{found} cannot be read ({reason(error)}): delete it and fetch the set again.") from error


def _array(raw: bytes, dimensions: int, folder: Path) -> np.ndarray:
    """idx: two zeros, 8 for uint8, the number of dimensions, each as big-endian int32, then the bytes."""
    header = 4 + 4 * dimensions
    if raw[:4] != bytes((0, 0, 8, dimensions)) or len(raw) < header:
        raise TrainingError(f"{folder} holds a file that is not idx of {dimensions} dimensions: fetch the set again.")
    shape = tuple(np.frombuffer(raw[4:header], ">i4"))
    if len(raw) != header + int(np.prod(shape)):
        raise TrainingError(
            f"an idx file in {folder} is {len(raw)} bytes long, its header says {shape}: fetch it again."
        )
    return np.frombuffer(raw, np.uint8, offset=header).reshape(shape).copy()


def _download(name: str, root: Path) -> Path:
    from training.losses.torchvision import import_torchvision

    dataset = getattr(import_torchvision().datasets, TORCHVISION[name])
    try:
        dataset(root=str(root), train=True, download=True)
    except Exception as error:  # torchvision raises whatever its mirrors raise
        raise TrainingError(
            f"{name} is not in {root} and could not be downloaded ({first_line(error)}): "
            "connect to the network, or point --data-root at a folder that holds its idx files."
        ) from error
    return root / TORCHVISION[name] / "raw"
