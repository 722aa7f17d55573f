"""What drag and projection share: Adam one step at a time, and its state as text that whoever holds it can go on from.

So nothing of a visitor has to stay on a server between two steps.
"""

import base64
import binascii
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gan_models.errors import RequestError

BETAS = (0.9, 0.999)


def adam(slope: Tensor, moments: Tensor, number: int, whole: bool = False) -> tuple[Tensor, Tensor]:
    """Adam's moments (2, ...) after the slope of step `number`, from 1 (Kingma and Ba 2015), and the way of its step.

    The way is in units of its rate. `whole`: the second moment is that of all numbers together, so that those whose
    slope is small go less far than others, as down a hill.
    """
    first = BETAS[0] * moments[0] + (1 - BETAS[0]) * slope
    steep = slope.square().mean().expand_as(slope) if whole else slope.square()
    second = BETAS[1] * moments[1] + (1 - BETAS[1]) * steep
    way = (first / (1 - BETAS[0] ** number)) / ((second / (1 - BETAS[1] ** number)).sqrt() + 1e-8)
    return torch.stack([first, second]), way


def packed(counts: Sequence[int], numbers: Sequence[Tensor]) -> str:
    """Whole numbers below 65,536 and float32 tensors as text, exact."""
    head = np.array(counts, "<u2").tobytes()
    return base64.b64encode(head + b"".join(part.numpy().astype("<f4").tobytes() for part in numbers)).decode()


def unpacked(text: Any, counts: int, shapes: Sequence[Sequence[int]]) -> tuple[list[int], list[Tensor]]:
    """What `packed` said: so many whole numbers, and tensors of these shapes; RequestError for other text."""
    try:
        data = base64.b64decode(text, validate=True)
        numbers = torch.frombuffer(bytearray(data[2 * counts :]), dtype=torch.float32)
        parts = numbers.split([math.prod(shape) for shape in shapes])
        found = [part.view(*shape) for part, shape in zip(parts, shapes, strict=True)]
    except (TypeError, ValueError, RuntimeError, binascii.Error):
        raise RequestError("The state is damaged, or of another picture; start it again.") from None
    if numbers.isnan().any() or numbers[numbers.isfinite()].abs().max() > 1e6:
        raise RequestError("The state holds no usable numbers; start it again.")
    return np.frombuffer(data[: 2 * counts], "<u2").tolist(), found
