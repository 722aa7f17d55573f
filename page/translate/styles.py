"""Styles for photographs in the Translate tab: our own to begin with, and whatever a visitor gives."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from gan_models.errors import RequestError
from gan_models.pictures.images import to_tensor
from gan_models.pictures.photo import open_photo
from gan_models.translating.given import Given
from gan_models.translating.styled import Styled, StylePicture, read_styled, style_picture
from page.parts import pictures
from page.parts.flipbook import data_uri
from page.parts.opening import OPENING
from page.parts.requests import decoded, file_name

if TYPE_CHECKING:
    from page.parts.shared import Shared

FOLDER = Path(__file__).with_name("manners")
MANNERS: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "brush": ("Brush strokes", 2),
        "ink": ("Ink hatching", 1),
        "wash": ("Water colour", 1),
        "points": ("Points", 2),
        "mosaic": ("Mosaic", 0),
        "glass": ("Stained glass", 2),
        "waves": ("Printed waves", 1),
        "print": ("Comic print", 2),
    }
)
"""Our own styles: title, and the seed of `gan_models.pictures.manners` that drew FOLDER/NAME.webp."""
FACE = 72


def own(manner: str) -> StylePicture:
    """One of our own styles; RequestError for another name."""
    if manner not in MANNERS:
        raise RequestError(f"There is no style {manner[:40]!r} here.")
    content = (FOLDER / f"{manner}.webp").read_bytes()
    return StylePicture(hashlib.sha256(content).hexdigest(), content)


@lru_cache(maxsize=1)
def offered() -> list[list[str]]:
    """Name, title and face of each of our own styles."""
    return [[name, title, face(own(name))] for name, (title, _) in MANNERS.items()]


def face(picture: StylePicture) -> str:
    """The middle of a style in small, as a data URI: its touches at half their size."""
    levels = picture.levels()
    side = min(*levels.shape[:2], 2 * FACE)
    top, left = ((length - side) // 2 for length in levels.shape[:2])
    return data_uri(np.ascontiguousarray(levels[top : top + side, left : left + side]))


def taken(shared: Shared, request: dict) -> dict[str, Any]:
    """{"data", "name"}, {"manner"} or {"weight", "point"} -> the style as it goes into requests, its name, and what of
    its file is not taken, "" for most."""
    told = ""
    if request.get("manner"):
        name = MANNERS.get(str(request["manner"]), ("",))[0]
        picture = own(str(request["manner"]))
    else:
        if "point" in request:
            content, name = pictures.drawn_file(shared, request)
        else:
            content, name = decoded(request.get("data")), file_name(request)
        with OPENING.room(content):
            photo = open_photo(content)
            picture, told = style_picture(photo), photo.told
    return {"sha256": picture.sha256, "copy": base64.b64encode(picture.copy).decode(), "name": name, "told": told}


def wished(request: dict) -> Styled | None:
    """The styles that a request names, None where it names none."""
    if not request.get("styles"):
        return None
    given = {name: request[name] for name in ("styles", "mix") if request.get(name) is not None}
    return read_styled(given)


def of_file(data: str) -> Styled:
    """The style of a file in base64."""
    content = decoded(data)
    with OPENING.room(content):
        return Styled((style_picture(open_photo(content)),))


def given(styled: Styled) -> Given:
    """What the network sees of a first style: its copy."""
    return Given(to_tensor(styled.pictures[0].levels()))
