"""Masks: which pixels of a photograph are a hole. From pictures, from what a hand paints, and as text for recipes.

A mask is bool (H, W), True where the hole is, as large as its photograph; as a picture it is white there.
"""

import base64
import binascii
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from gan_models.drawing.strokes import MOST_STROKES, Stroke, draw_line, read_strokes
from gan_models.errors import PictureError, RequestError
from gan_models.pictures.images import Source, decode, frames_of
from gan_models.pictures.levels import eight_bit_levels, is_deep, levels_of, own_span

HOLE = 255
MIDDLE, MOST_MIDDLE = (48, 208), 0.5
"""Levels that are neither black nor white, and the share of them from which on a picture is no mask."""


def read_mask(source: Source, height: int, width: int) -> np.ndarray:
    """The mask that a picture shows: white, or anything lighter than middle gray, is hole; transparent is none.

    RequestError for another size than the photograph's, for a file of several pictures, and for what is no mask (see
    `check_mask`).
    """
    levels = _lightest(mask_file(source))
    if levels.shape != (height, width):
        seen = f"{levels.shape[1]}x{levels.shape[0]}"
        raise RequestError(f"The mask has {seen} pixels and the photograph {width}x{height}; give one of its size.")
    if (share := ((levels > MIDDLE[0]) & (levels < MIDDLE[1])).mean()) > MOST_MIDDLE:
        raise RequestError(
            f"This is no mask: {share:.0%} of it is neither black nor white. Give a picture that is white in the hole "
            "and black elsewhere."
        )
    return check_mask(levels >= 128)


def mask_file(source: Source) -> Image.Image:
    """The picture of a mask's file; RequestError where it holds several, PictureError where it holds none."""
    picture = decode(source)
    if (count := frames_of(picture)) > 1:
        raise RequestError(f"This file holds {count} pictures (frames or pages); give one picture as the mask.")
    return picture


def _lightest(picture: Image.Image) -> np.ndarray:
    """The lightest channel of a picture laid over black, uint8 (H, W): red paint is as much of a mask as white."""
    if is_deep(picture):
        return eight_bit_levels(levels_of(picture), own_span(levels_of(picture)))
    if picture.mode in ("1", "L"):
        return np.asarray(picture.convert("L"))
    if picture.has_transparency_data or picture.mode in ("La", "RGBa", "PA"):
        picture = picture.convert("RGBA")
        picture = Image.composite(picture, Image.new("RGBA", picture.size, "black"), picture.getchannel("A"))
    red, green, blue = picture.convert("RGB").split()
    return np.asarray(ImageChops.lighter(ImageChops.lighter(red, green), blue))


def check_mask(mask: np.ndarray) -> np.ndarray:
    """The same mask; RequestError where it has no hole, or nothing but a hole."""
    if not mask.any():
        raise RequestError("The mask is black all over, so there is nothing to fill; paint over what should go.")
    if mask.all():
        raise RequestError("The mask is white all over: nothing of the photograph is left to go by; leave more of it.")
    return mask


def mask_of_steps(steps: Any, height: int, width: int) -> np.ndarray:
    """What a hand painted, step by step, as a mask (see `check_mask`).

    A step is a stroke with the tool "mask" (more hole), "eraser" (less) or "box" (a rectangle of hole between its
    first and last point), or {"tool": "invert"}, or {"tool": "given", "mask": what `pack_mask` wrote}.
    """
    if not isinstance(steps, Sequence) or isinstance(steps, str | bytes) or len(steps) > MOST_STROKES:
        raise RequestError(f"A mask is a list of at most {MOST_STROKES} steps.")
    named = [step.get("tool") if isinstance(step, Mapping) else None for step in steps]
    strokes = iter(read_strokes([step for step, tool in zip(steps, named) if tool not in ("invert", "given")]))
    sheet = Image.new("L", (width, height))
    for step, tool in zip(steps, named):
        if tool == "invert":
            sheet = ImageChops.invert(sheet)
        elif tool == "given":
            sheet.paste(HOLE, mask=Image.fromarray(unpack_mask(step.get("mask"), height, width)))
        else:
            _lay(ImageDraw.Draw(sheet), next(strokes), max(height, width))
    return check_mask(np.asarray(sheet) > 0)


def _lay(pen: ImageDraw.ImageDraw, stroke: Stroke, side: int) -> None:
    if stroke.tool not in ("mask", "eraser", "box"):
        raise RequestError(f"A mask is painted with mask, eraser and box, got {stroke.tool!r}.")
    if stroke.tool != "box":
        return draw_line(pen, stroke, side, HOLE if stroke.tool == "mask" else 0)
    ends = np.asarray(stroke.points)[[0, -1]] * side
    (left, top), (right, bottom) = np.floor(ends.min(0)).tolist(), np.ceil(ends.max(0)).tolist()
    return pen.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), fill=HOLE)


def mask_picture(mask: np.ndarray, clear: bool = False) -> bytes:
    """A mask as a PNG of one bit a pixel, white in the hole and black elsewhere or, with `clear`, transparent."""
    picture, buffer = Image.fromarray(mask.astype(np.uint8)), io.BytesIO()
    picture.putpalette([0, 0, 0, 255, 255, 255])
    picture.save(buffer, "PNG", bits=1, optimize=True, **({"transparency": 0} if clear else {}))
    return buffer.getvalue()


def pack_mask(mask: np.ndarray) -> str:
    """A mask as text: a PNG of one bit a pixel in base64; a few strokes on twelve megapixels take some thousand."""
    return base64.b64encode(mask_picture(mask, clear=True)).decode()


def unpack_mask(text: Any, height: int, width: int) -> np.ndarray:
    """The mask that `pack_mask` wrote; RequestError for anything else, and for another size."""
    try:
        picture = decode(base64.b64decode(text, validate=True))
    except (TypeError, ValueError, binascii.Error, PictureError):
        raise RequestError("A mask arrives as base64 text of a PNG.") from None
    if picture.size != (width, height):
        seen = f"{picture.width}x{picture.height}"
        raise RequestError(f"The mask has {seen} pixels and the photograph {width}x{height}; give one of its size.")
    return np.asarray(picture.convert("L")) > 127
