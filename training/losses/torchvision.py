"""The one place of the training that imports torchvision."""

from types import ModuleType

from gan_models.torchvision_beside_cpu import import_beside_cpu_torch


def import_torchvision() -> ModuleType:
    """torchvision with `datasets`, `models` and `transforms` (1.4 s the first time)."""
    return import_beside_cpu_torch("torchvision")
