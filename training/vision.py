"""The one place that imports torchvision: beside a CPU-only torch its CUDA-built wheel needs help."""

import importlib
import sys
from types import ModuleType

import torch


def import_torchvision() -> ModuleType:
    """torchvision with `datasets`, `models` and `transforms` (1.4 s the first time).

    The Linux wheel is built for CUDA and stops beside a CPU-only torch with "operator torchvision::nms does
    not exist" (pytorch/pytorch#122494). Declaring the two names its import registers against is enough for
    all but the operators themselves.
    """
    try:
        return importlib.import_module("torchvision")
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
    for name in [m for m in sys.modules if m == "torchvision" or m.startswith("torchvision.")]:
        del sys.modules[name]
    for operator in ("nms", "qnms"):
        torch.library.define(f"torchvision::{operator}", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    return importlib.import_module("torchvision")
