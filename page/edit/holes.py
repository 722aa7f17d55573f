"""A hole of a photograph filled by a generator: painted in cells of a box, searched for in styles, joined."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gan_models import project
from gan_models.drag import unpacked_mask
from gan_models.drawing.masks import check_mask
from gan_models.pictures.boxes import Box
from gan_models.pictures.photo import Photo, encode, open_photo, resize_levels, unbled
from gan_models.repairing.joining import joined
from page.parts import pictures
from page.parts.opening import OPENING
from page.parts.requests import decoded, file_name

if TYPE_CHECKING:
    from gan_models.latents.point import Point
    from gan_models.weight.model import Model
    from page.parts.lanes import Lanes

THROUGH = 8
"""Of 255: a pixel that a cell covers by so much is in the hole."""


def hole_of(model: Model, text: str | None) -> np.ndarray | None:
    """The hole of a box at the model's size, bool (size, size), from cells as `drag.packed_mask` says them."""
    if text is None:
        return None
    cells = unpacked_mask(text)[:, :, None] * np.uint8(255)
    return check_mask(resize_levels(cells, model.size, model.size)[:, :, 0] > THROUGH)


def shown(model: Model, picture: np.ndarray, hole: np.ndarray, drawn: np.ndarray) -> str:
    """What the box holds with its hole filled, as a PNG in base64."""
    made = joined(Photo(picture), hole, Box(model.size / 2, model.size / 2, model.size), drawn)
    return pictures.text(pictures.png(made.colour))


def filled(model: Model, point: Point, request: dict, lanes: Lanes) -> dict[str, Any]:
    """{"data": the photograph's file, "name", "box" in shares of its longer side, "mask"} -> a PNG with its recipe."""
    content = decoded(request.get("data"))
    with OPENING.room(content):
        photo = open_photo(content)
    longest = max(photo.height, photo.width)
    words = request.get("box") or {}
    scaled = {name: value * (1 if name == "turn" else longest) for name, value in words.items()}
    box = Box.of(scaled, photo)
    mask = _mask_in(photo, box, unpacked_mask(request.get("mask")))
    with lanes.long():
        made = project.filled(model, photo, mask, box, point)
        recipe = project.recipe_of_hole(model, photo, mask, box, point)
        png = encode(unbled(made), "png", recipe.to_json())
    return {"name": f"{Path(file_name(request)).stem}-repaired.png", "data": pictures.text(png)}


def _mask_in(photo: Photo, box: Box, cells: np.ndarray) -> np.ndarray:
    """Cells of a box as a mask of the whole photograph, bool (H, W)."""
    mask, reach = np.zeros((photo.height, photo.width), bool), 0.75 * box.side  # half of a diagonal, and a little
    top, left = max(0, int(box.y - reach)), max(0, int(box.x - reach))
    part = np.s_[top : int(box.y + reach) + 1, left : int(box.x + reach) + 1]
    y, x = np.mgrid[part][:, : photo.height - top, : photo.width - left] + 0.5
    down, across = box.within(y, x)
    inside = (down >= 0) & (down < 1) & (across >= 0) & (across < 1)
    rows, columns = ((at * len(cells)).astype(int).clip(0, len(cells) - 1) for at in (down, across))
    mask[part] = inside & cells[rows, columns]
    return check_mask(mask)
