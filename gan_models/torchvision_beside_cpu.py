"""Packages that stand on torchvision, whose wheel for CUDA does not load beside a CPU-only torch."""

import importlib
import sys
from types import ModuleType

import torch


def import_beside_cpu_torch(package: str) -> ModuleType:
    """Import torchvision, or a package that imports it.

    The Linux wheel is built for CUDA and stops beside a CPU-only torch with "operator torchvision::nms does
    not exist" (pytorch/pytorch#122494). Declaring the two names its import registers against is enough for
    all but the operators themselves. Raises ImportError as a plain import does.
    """
    try:
        return importlib.import_module(package)
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
    for name in list(sys.modules):
        if name.partition(".")[0] in ("torchvision", package):
            del sys.modules[name]
    for operator in ("nms", "qnms"):
        torch.library.define(f"torchvision::{operator}", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    return importlib.import_module(package)
