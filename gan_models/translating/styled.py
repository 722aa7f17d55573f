"""Photographs in the style of other pictures: whole, at any size, in any amount.

A style is taken from a small copy of its picture, which goes into the recipe: whoever has the photograph can make the
result again. How the colours of the whole photograph are spread is measured once; the rest is drawn in tiles that join
exactly, since the network is local.
"""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from gan_models.checks import is_number
from gan_models.errors import RequestError
from gan_models.networks.style_transfer import Colours, Style, match_colours
from gan_models.networks.translation import MULTIPLE
from gan_models.pictures.images import open_picture, to_tensor
from gan_models.pictures.photo import Photo, Turn, flat, resize_levels
from gan_models.translating.whole import Box, as_large_as, colours_of, redrawn, seen
from gan_models.weight.model import Model, translation

COPY = 384
"""Longer side in pixels of what a style is taken from: touches are about as broad there as in what was learned from."""
LEAST, MOST_COPY = 16, 1_000_000
"""Pixels of the shorter side of a style picture, and characters of a copy in a recipe."""
MEASURED = 512
"""Pixels a side of what the photograph's colours are measured on."""


@dataclass(frozen=True)
class StylePicture:
    """The hash of a style picture's file, and its small copy, the bytes of a WebP."""

    sha256: str
    copy: bytes

    def levels(self) -> np.ndarray:
        """The copy, uint8 (H, W, 3)."""
        return open_picture(self.copy)


@dataclass(frozen=True)
class Styled:
    """How a photograph is painted: in one style, or `mix` (0 to 1) of the way to a second one."""

    pictures: tuple[StylePicture, ...]
    mix: float = 0.5

    def __post_init__(self) -> None:
        if not 1 <= len(self.pictures) <= 2:
            raise RequestError(f"A photograph is painted in one style or a mixture of two, got {len(self.pictures)}.")
        if not is_number(self.mix, 0, 1):
            raise RequestError(f"The mixture of two styles is 0 (the first) to 1 (the second), got {self.mix!r}.")

    def words(self) -> dict[str, Any]:
        """The same for a recipe."""
        styles = [{"sha256": one.sha256, "copy": base64.b64encode(one.copy).decode()} for one in self.pictures]
        return {"styles": styles, "mix": self.mix}


def read_styled(words: Mapping[str, Any]) -> Styled:
    """What `Styled.words` wrote; RequestError for anything else."""
    styles = words.get("styles")
    if not isinstance(styles, list):
        raise RequestError("The styles of a recipe are a list; this one is damaged.")
    return Styled(tuple(map(_read_picture, styles)), words.get("mix", 0.5))


def _read_picture(words: Any) -> StylePicture:
    try:
        sha256, text = str(words["sha256"]), words["copy"]
        if len(text) > MOST_COPY:
            raise RequestError(f"The copy of a style picture has {len(text):,} characters; at most {MOST_COPY:,}.")
        picture = StylePicture(sha256, base64.b64decode(text, validate=True))
    except (KeyError, TypeError, binascii.Error):
        raise RequestError("A style picture arrives as its hash and base64 text of a small copy.") from None
    height, width = picture.levels().shape[:2]  # refused here where it is no picture
    if not LEAST <= min(height, width) <= max(height, width) <= COPY:
        raise RequestError(f"The copy of a style picture has {width}x{height} pixels; {LEAST} to {COPY} a side.")
    return picture


def style_picture(photo: Photo) -> StylePicture:
    """What is kept of a picture as a style, alpha laid over white; RequestError for a tiny one."""
    if min(photo.height, photo.width) < LEAST:
        seen = f"{photo.width}x{photo.height}"
        raise RequestError(f"The style picture has {seen} pixels; give at least {LEAST}x{LEAST}.")
    share = min(1.0, COPY / max(photo.height, photo.width))
    height, width = (max(LEAST, round(side * share)) for side in (photo.height, photo.width))
    small = resize_levels(colours_of(replace(photo, colour=flat(photo))), height, width)
    buffer = io.BytesIO()
    Image.fromarray(small).save(buffer, "WEBP", quality=85, method=4)
    return StylePicture(photo.sha256, buffer.getvalue())


def check_styled(model: Model, styled: Styled | None) -> None:
    """RequestError where a weight paints in other pictures' styles and has none, or the other way round."""
    if translation(model).styled and styled is None:
        raise RequestError(f"{model.name} paints in the style of another picture; give one as the style.")
    if styled is not None and not translation(model).styled:
        raise RequestError(f"{model.name} paints in no style but its own; leave the style out.")


@torch.inference_mode()
def style_of(model: Model, styled: Styled) -> Style:
    """What the network takes from the pictures of a wish."""
    network = model.drawing_generator
    found = [network.style(to_tensor(picture.levels()).to(model.device)) for picture in styled.pictures]
    return found[0] if len(found) == 1 else found[0].mixed(found[1], styled.mix)


def restyled(
    model: Model,
    photo: Photo,
    styled: Styled,
    *,
    seed: int = 0,
    strength: float = 1.0,
    keep: bool = False,
    side: int | None = None,
    turn: Turn = nullcontext,
) -> Photo:
    """The whole photograph in a style, at its own size (see `whole.redrawn`: `strength`, `keep`, `turn`).

    `side`: longer side in pixels at which touches are drawn, at most, None for the usual one; those of a larger
    photograph are enlarged, what they are laid on is not.
    """
    levels = seen(model, photo, side)
    with torch.inference_mode():
        style, colours = style_of(model, styled), _measured(model, levels)
        added = as_large_as(photo, _Added(model, levels, style, colours, seed), turn)
        style, colours = Style(*(x.cpu() for x in style.parts)), Colours(colours.mean.cpu(), colours.covariance.cpu())
        draw = lambda source, place: match_colours(source, colours, style) + added.at(place)  # noqa: E731
        made = redrawn(photo, draw, strength=strength, keep=keep, turn=turn)
    return made if keep else replace(made, icc=None)  # a style's colours are meant as sRGB


class _Added:
    """What the network adds to a picture uint8 (H, W, 3), tile by tile, as if in one piece.

    A box begins where MULTIPLE divides, as those of `boxes` do.
    """

    channels = 3

    def __init__(self, model: Model, levels: np.ndarray, style: Style, colours: Colours, seed: int) -> None:
        self.network, self.style, self.colours, self.device = model.drawing_generator, style, colours, model.device
        self.size = levels.shape[:2]
        # The border is repeated as far as the network looks: what it takes for a border would be drawn as a frame.
        around = [(self.network.reach, self.network.reach + -side % MULTIPLE) for side in self.size]
        self.levels = np.pad(levels, (*around, (0, 0)), mode="edge")
        self.touches = self.network.touches(torch.tensor([seed]), *self.levels.shape[:2])

    def at(self, place: Box) -> Tensor:
        reach = self.network.reach
        read = tuple(slice(part.start, -(-part.stop // MULTIPLE) * MULTIPLE + 2 * reach) for part in place)
        source = to_tensor(self.levels[read]).to(self.device)
        coarse = tuple(slice(part.start // MULTIPLE, part.stop // MULTIPLE) for part in read)
        touches = self.touches[:, :, *coarse].to(self.device)
        matched = match_colours(source, self.colours, self.style)
        added = self.network.added(matched, self.style.signal, touches).float().cpu()
        height, width = (part.stop - part.start for part in place)
        return added[:, :, reach : reach + height, reach : reach + width]


def _measured(model: Model, levels: np.ndarray) -> Colours:
    """How the colours of the whole are spread, by a copy of it in small."""
    share = min(1.0, MEASURED / max(levels.shape[:2]))
    small = resize_levels(levels, *(max(1, round(side * share)) for side in levels.shape[:2]))
    return model.drawing_generator.colours(to_tensor(small).to(model.device))
