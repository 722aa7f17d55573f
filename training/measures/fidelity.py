"""The one place that imports torch-fidelity, whose feature-level functions compute most of our measures."""

from types import ModuleType

from training.losses.torchvision import import_torchvision


def import_fidelity() -> ModuleType:
    """torch_fidelity with its metric modules (a few seconds the first time; it wants torchvision first)."""
    import_torchvision()
    import torch_fidelity
    import torch_fidelity.metric_fid
    import torch_fidelity.metric_isc
    import torch_fidelity.metric_kid
    import torch_fidelity.metric_prc

    return torch_fidelity
