"""Persons to choose from: pictures of figures of whom a network saw none, and where their joints are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from gan_models.errors import WeightError
from gan_models.puppets.skeleton import JOINTS

PERSONS = "persons.safetensors"
"""The file in the folder of a weight."""


@dataclass(frozen=True)
class Persons:
    """`pictures`: uint8 (P, 3, S, S); `joints`: float32 (P, 15, 2), x and y in [0, 1] of the side."""

    pictures: Tensor
    joints: Tensor

    def __len__(self) -> int:
        return len(self.pictures)

    @classmethod
    def of(cls, tensors: Mapping[str, Tensor], size: int) -> Persons:
        """From the tensors of a file; WeightError where they are no persons of this side."""
        pictures, joints = tensors.get("pictures"), tensors.get("joints")
        if pictures is None or joints is None or not len(pictures):
            raise WeightError(f"{PERSONS} holds no pictures with joints; export the weight again.")
        count = len(pictures)
        fits = pictures.shape == (count, 3, size, size) and joints.shape == (count, len(JOINTS), 2)
        if not fits or pictures.dtype != torch.uint8:
            raise WeightError(f"{PERSONS} holds no persons of {size} px and {len(JOINTS)} joints; export it again.")
        return cls(pictures, joints.float())

    def tensors(self) -> dict[str, Tensor]:
        """As they stand in the file."""
        return {"pictures": self.pictures, "joints": self.joints}
