"""What every source of pictures becomes: one tensor of bytes with its labels, its hash and its licence."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import torch

from gan_models.errors import TrainingError

SIZES = (28, 32, 64, 128)  # what the sample families draw; the natural size of a folder is one of them


@dataclass(frozen=True)
class Attribute:
    """One thing that is known of every picture. labels: int64 (N,) into `classes`."""

    classes: tuple[str, ...]
    labels: torch.Tensor


class Rows:
    """Pictures of a file too big for memory, read as they are asked for.

    Like a uint8 tensor (N, C, H, W) it has `shape`, `dtype`, `ndim` and a length, and rows[index] is a
    tensor.
    """

    dtype, ndim = torch.uint8, 4

    def __init__(self, mapped: np.ndarray, order: torch.Tensor | None = None):
        self._mapped = mapped
        self._order = torch.arange(len(mapped)) if order is None else order

    def __len__(self) -> int:
        return len(self._order)

    @property
    def shape(self) -> torch.Size:
        """(N, C, H, W)."""
        return torch.Size((len(self), *self._mapped.shape[1:]))

    def __getitem__(self, index) -> torch.Tensor:
        """The pictures of an int, a slice or a tensor of indices, copied into memory."""
        return torch.from_numpy(np.array(self._mapped[self._order[index].numpy()]))

    def take(self, indices: torch.Tensor) -> "Rows":
        """These pictures in this order, still unread."""
        return Rows(self._mapped, self._order[indices])


@dataclass(frozen=True)
class ImageSet:
    """Pictures for training, all of one size.

    images: uint8 (N, C, H, W), a tensor or Rows of a file. labels: int64 (N,) into `classes`, or None. sha256
    names the source (the file, or the contents of a folder). skipped: "name: reason" of unreadable files. told: what
    was taken for what, a sentence each. names: of the files, where the source has some.
    """

    name: str
    images: torch.Tensor | Rows
    labels: torch.Tensor | None = None
    classes: tuple[str, ...] = ()
    sha256: str = ""
    licence: str = "your own pictures"
    free: bool = False
    source: str = ""
    skipped: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    names: tuple[str, ...] = ()

    def __post_init__(self):
        if self.images.ndim != 4 or self.images.dtype != torch.uint8:
            raise TrainingError(
                f"{self.name}: images must be uint8 (N, C, H, W), got {self.images.dtype} of shape "
                f"{tuple(self.images.shape)}"
            )
        if len(self.images) == 0:
            raise TrainingError(f"{self.name} holds no pictures: give a set with at least one readable picture.")
        if self.labels is not None and len(self.labels) != len(self.images):
            raise TrainingError(f"{self.name}: {len(self.labels)} labels for {len(self.images)} images")

    def __len__(self) -> int:
        return len(self.images)

    @property
    def channels(self) -> int:
        """1 for gray, 3 for RGB."""
        return self.images.shape[1]

    @property
    def size(self) -> int:
        """Height of the pictures in pixels; they are square in every set but pairs."""
        return self.images.shape[2]

    def with_pictures(self) -> "ImageSet":
        """The set with those classes alone of which there are pictures; with none where fewer than two are left."""
        if self.labels is None:
            return self
        there = torch.unique(self.labels)
        if len(there) == len(self.classes):
            return self
        empty = [name for number, name in enumerate(self.classes) if number not in there]
        told = (*self.told, f"left out, since no picture of them is there: the classes {', '.join(empty[:8])}")
        if len(there) < 2:
            return replace(self, labels=None, classes=(), told=told)
        classes = tuple(self.classes[number] for number in there)
        return replace(self, labels=torch.searchsorted(there, self.labels), classes=classes, told=told)

    def take(self, indices: torch.Tensor) -> "ImageSet":
        """The set of these images only, in this order. indices: int64 (M,)."""
        labels = None if self.labels is None else self.labels[indices]
        images = self.images.take(indices) if isinstance(self.images, Rows) else self.images[indices]
        attributes = {name: Attribute(a.classes, a.labels[indices]) for name, a in self.attributes.items()}
        names = tuple(self.names[index] for index in indices.tolist()) if self.names else ()
        return replace(self, images=images, labels=labels, attributes=attributes, names=names)
