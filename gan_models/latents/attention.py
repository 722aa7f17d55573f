"""Where the self-attention of a generator looks from a place of its picture."""

from typing import Any

import torch
from torch import Tensor, nn

from gan_models.checks import is_number
from gan_models.errors import RequestError
from gan_models.latents.space import Inputs


@torch.inference_mode()
def attention(generator: nn.Module, inputs: Inputs, x: Any, y: Any) -> dict[int, Tensor]:
    """What the place (x, y) of each picture asked, by the side of the map where it asked.

    `x` and `y` from 0 (left, top) to 1 (right, bottom). A map (N, side / 2, side / 2) says how much each part of the
    picture was listened to; it adds up to 1 (Zhang et al. 2018, figure 1). Empty where the network was made without
    attention. Raises RequestError for a family that has none, and for a place outside.
    """
    if not hasattr(generator, "looks"):
        raise RequestError("This generator has no self-attention to look at; choose a SAGAN or a BigGAN.")
    for name, value in (("x", x), ("y", y)):
        if not is_number(value, 0, 1):
            raise RequestError(f"The place's {name} is {str(value)[:60]}; it is from 0 to 1, across the picture.")
    found = {}
    for side, looks in generator.looks(inputs.code, inputs.condition).items():
        column, row = (min(side - 1, int(place * side)) for place in (x, y))
        found[side] = looks[:, row * side + column].unflatten(1, (side // 2, side // 2)).float()
    return found
