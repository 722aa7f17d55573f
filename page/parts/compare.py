"""What the browser sees of a picture and its enlargement: previews, a lens, maps of what was added, scores."""

from __future__ import annotations

import base64
import io
import math
from typing import Any

import numpy as np
from PIL import Image

from gan_models.errors import RequestError
from gan_models.pictures.metrics import WINDOW, psnr, ssim
from gan_models.pictures.photo import Photo, eight, flat, resize_levels
from gan_models.upscaling.trust import agreement, difference, residual
from page.parts.flipbook import data_uri

PREVIEW = 1600
"""Pixels of the longer side that are sent to the browser; the lens and the file have all of them."""
MOST = 32
"""Grey levels of difference that are shown in full colour."""
WARM = (226, 74, 38)


def preview(photo: Photo) -> str:
    """A photo as a data address, at most PREVIEW pixels a side."""
    return data_uri(_fitted(photo))


def kind_of(photo: Photo) -> str:
    """A few words about how the picture is stored."""
    words = ["gray" if photo.colour.shape[2] == 1 else "RGB"]
    words += ["16 bits"] if photo.colour.dtype == np.uint16 else []
    words += ["alpha"] if photo.alpha is not None else []
    words += ["colour profile"] if photo.icc else []
    words += ["EXIF"] if photo.exif else []
    words += [photo.told] if photo.told else []
    return ", ".join(words)


def view(source: Photo, after: Photo, before: Photo, trust: str | None, faithful: Photo | None) -> dict[str, Any]:
    """Both sides of the slider, and with `trust` ("residual" or "twin") a map over them with its figures.

    `faithful` is what the faithful network made, for "twin".
    """
    told: dict[str, Any] = {
        "after": preview(after),
        "before": preview(before),
        "width": after.width,
        "height": after.height,
        "full": max(after.width, after.height) <= PREVIEW,
    }
    if trust == "twin" and faithful is not None:
        levels = difference(eight(after.colour), eight(faithful.colour))
        told |= {"map": heat(levels), "levels": float(levels.mean()), "most": float(levels.max())}
    elif trust == "residual":
        colours = eight(after.colour), eight(source.colour)
        levels, back = residual(*colours), agreement(*colours)
        told |= {"map": heat(levels), "levels": float(levels.mean()), "most": float(levels.max())}
        told["agreement"] = back if math.isfinite(back) else None
    return told


def lens(after: Photo, before: Photo) -> dict[str, str]:
    """Two small squares with every pixel."""
    return {"after": data_uri(flat(after)), "before": data_uri(flat(before))}


def scores(result: Photo, truth: Photo, scale: float) -> dict[str, float | None]:
    """PSNR and SSIM on Y against a reference of the same size, or a few pixels larger, as whole scales make it."""
    border, pair = math.ceil(scale), [flat(result), flat(truth)]
    sizes = [picture.shape[:2] for picture in pair]
    if max(abs(a - b) for a, b in zip(*sizes)) >= max(border, 2):
        seen = [f"{width} x {height}" for height, width in sizes]
        raise RequestError(f"The reference has {seen[1]} pixels and the result {seen[0]}; they have to be of one size.")
    height, width = (min(sides) for sides in zip(*sizes))
    ready = [picture[:height, :width] for picture in pair]
    if ready[0].shape[2] != ready[1].shape[2]:
        ready = [picture.repeat(4 - picture.shape[2], 2) if picture.shape[2] == 1 else picture for picture in ready]
    if min(height, width) < WINDOW + 2 * border:
        raise RequestError(f"SSIM needs {WINDOW + 2 * border} pixels a side, this has {width} x {height}.")
    found = {"psnr": psnr(*ready, border), "psnr_rgb": psnr(*ready, border, "RGB"), "ssim": ssim(*ready, border)}
    return {name: value if math.isfinite(value) else None for name, value in found.items()}


def _fitted(photo: Photo) -> np.ndarray:
    share = PREVIEW / max(photo.height, photo.width)
    picture = flat(photo)
    if share >= 1:
        return picture
    return resize_levels(picture, max(1, round(photo.height * share)), max(1, round(photo.width * share)))


def heat(levels: np.ndarray) -> str:
    """A map (H, W) of grey levels as a data address: one warm colour, the more opaque the larger."""
    image = Image.fromarray(levels.astype(np.float32))
    if max(image.size) > PREVIEW // 2:
        image.thumbnail((PREVIEW // 2, PREVIEW // 2), Image.Resampling.BOX)
    strength = (np.asarray(image) / MOST).clip(0, 1) ** 0.7
    painted = np.empty((*strength.shape, 4), np.uint8)
    painted[:, :, :3], painted[:, :, 3] = WARM, (230 * strength).round()
    buffer = io.BytesIO()
    Image.fromarray(painted).save(buffer, "PNG", compress_level=3)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
