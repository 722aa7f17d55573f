"""A layer's maps as small pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional as F

from page.parts.requests import whole

if TYPE_CHECKING:
    from gan_models.latents.point import Point
    from gan_models.weight.model import Model

MOST = 64
"""Maps that are shown of a layer: those that differ most within themselves."""
SIDE = 32
"""Pixels of a map as it is shown."""


@torch.inference_mode()
def maps_of(model: Model, point: Point, layer: int | None) -> np.ndarray:
    """The strongest maps of a convolution, of a picture with the weight's own noise, as uint8 (N, SIDE, SIDE, 1).

    Each goes from its least to its largest value. RequestError for a layer that the model has not.
    """
    # The last layer is colours alone.
    layer = whole(layer, 0, model.layers - 2, f"The layer of {model.name}")
    styles = point.styles_of(model)[None].to(model.device)
    found = model.drawing_generator.features(styles, layer)[0].float().cpu()
    strongest = found.flatten(1).std(1).argsort(descending=True)[:MOST]
    found = F.interpolate(found[strongest][None], size=(SIDE, SIDE), mode="nearest-exact")[0]
    least, most = found.amin((1, 2), keepdim=True), found.amax((1, 2), keepdim=True)
    return ((found - least) / (most - least).clamp_min(1e-9) * 255).round().to(torch.uint8)[..., None].numpy()
