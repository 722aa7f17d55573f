"""Photographs in the style of other pictures: whole, at any size, in any amount.

A style is taken from a small copy of its picture, which goes into the recipe: whoever has the photograph can make the
result again. How the colours of the whole photograph are spread is measured once; the rest is drawn in tiles that join
exactly, since the network is local.
"""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from gan_models.checks import is_number
from gan_models.errors import RequestError
from gan_models.networks.style_transfer import MULTIPLE, Colours, Style, match_colours
from gan_models.pictures.colour import join_lab, split_lab
from gan_models.pictures.images import open_picture, to_tensor, to_uint8
from gan_models.pictures.photo import Photo, Turn, eight, flat, resize_levels
from gan_models.weight.model import Model, translation

COPY = 384
"""Longer side in pixels of what a style is taken from: touches are about as broad there as in what was learned from."""
LEAST, MOST_COPY = 16, 1_000_000
"""Pixels of the shorter side of a style picture, and characters of a copy in a recipe."""
USUAL_SIDE = 768
"""Longer side in pixels at which touches are drawn unless said otherwise: as broad as in a painting seen whole."""
TILE, MEASURED = 512, 512
"""Pixels a side: of what is drawn at once, and of what the photograph's colours are measured on."""

Box = tuple[slice, slice]


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
    """How a photograph is painted: in one style, or `mix` (0 to 1) of the way to a second one; `keep`: in its own
    colours."""

    pictures: tuple[StylePicture, ...]
    mix: float = 0.5
    keep: bool = False

    def __post_init__(self) -> None:
        if not 1 <= len(self.pictures) <= 2:
            raise RequestError(f"A photograph is painted in one style or a mixture of two, got {len(self.pictures)}.")
        if not is_number(self.mix, 0, 1):
            raise RequestError(f"The mixture of two styles is 0 (the first) to 1 (the second), got {self.mix!r}.")

    def words(self) -> dict[str, Any]:
        """The same for a recipe."""
        styles = [{"sha256": one.sha256, "copy": base64.b64encode(one.copy).decode()} for one in self.pictures]
        return {"styles": styles, "mix": self.mix, "keep": self.keep}


def read_styled(words: Mapping[str, Any]) -> Styled:
    """What `Styled.words` wrote; RequestError for anything else."""
    styles = words.get("styles")
    if not isinstance(styles, list):
        raise RequestError("The styles of a recipe are a list; this one is damaged.")
    return Styled(tuple(map(_read_picture, styles)), words.get("mix", 0.5), bool(words.get("keep")))


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
    small = resize_levels(_rgb(flat(photo)), height, width)
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
    side: int | None = None,
    turn: Turn = nullcontext,
) -> Photo:
    """The whole photograph in a style, at its own size, with its EXIF and alpha.

    `strength`: 0 the photograph, 1 the style, 2 twice as far. `side`: longer side at which touches are drawn, None for
    USUAL_SIDE; those of a larger photograph are enlarged, what they are laid on is not. Each tile is made inside
    `turn()`.
    """
    colour, out = _rgb(eight(photo.colour)), np.empty((photo.height, photo.width, 3), np.uint8)
    longest = max(photo.height, photo.width)
    share = min(1.0, (side or USUAL_SIDE) / longest)
    worked = colour if share == 1 else resize_levels(colour, *_sides(photo, share))
    with torch.inference_mode():
        style, colours = style_of(model, styled), _measured(model, worked)
        drawn_at = _Added(model, worked, style, colours, seed)
        added = drawn_at if share == 1 else _Enlarged(drawn_at.whole(turn), photo.height, photo.width)
        style, colours = Style(*(x.cpu() for x in style.parts)), Colours(colours.mean.cpu(), colours.covariance.cpu())
        for rows, columns in boxes(photo.height, photo.width):
            with turn():
                source = to_tensor(colour[rows, columns])
                drawn = match_colours(source, colours, style) + added.at((rows, columns))
                drawn = source + (drawn - source) * strength
                if styled.keep:
                    drawn = join_lab(split_lab(drawn.clamp(-1, 1))[0], split_lab(source)[1])
                out[rows, columns] = to_uint8(drawn)[0]
    return replace(photo, colour=out, icc=None)


def boxes(height: int, width: int) -> Iterator[Box]:
    """The tiles of a picture, row by row; their edges lie where MULTIPLE divides."""
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            yield slice(top, min(top + TILE, height)), slice(left, min(left + TILE, width))


class _Added:
    """What the network adds to a picture uint8 (H, W, 3), tile by tile, as if in one piece."""

    def __init__(self, model: Model, levels: np.ndarray, style: Style, colours: Colours, seed: int) -> None:
        self.network, self.style, self.colours, self.device = model.drawing_generator, style, colours, model.device
        self.size = levels.shape[:2]
        # The border is repeated as far as the network looks: what it takes for a border would be drawn as a frame.
        around = [(self.network.reach, self.network.reach + -side % MULTIPLE) for side in self.size]
        self.levels = np.pad(levels, (*around, (0, 0)), mode="edge")
        self.touches = self.network.touches(torch.tensor([seed]), *self.levels.shape[:2])

    def at(self, box: Box) -> Tensor:
        """What is added to a box, (1, 3, h, w)."""
        reach = self.network.reach
        read = tuple(slice(part.start, -(-part.stop // MULTIPLE) * MULTIPLE + 2 * reach) for part in box)
        source = to_tensor(self.levels[read]).to(self.device)
        coarse = tuple(slice(part.start // MULTIPLE, part.stop // MULTIPLE) for part in read)
        touches = self.touches[:, :, *coarse].to(self.device)
        matched = match_colours(source, self.colours, self.style)
        added = self.network.added(matched, self.style.signal, touches).float().cpu()
        height, width = (part.stop - part.start for part in box)
        return added[:, :, reach : reach + height, reach : reach + width]

    def whole(self, turn: Turn) -> Tensor:
        """All of it, (1, 3, H, W)."""
        out = torch.empty(1, 3, *self.size)
        for box in boxes(*self.size):
            with turn():
                out[:, :, *box] = self.at(box)
        return out


class _Enlarged:
    """What is added (1, 3, h, w), as large as a photograph (H, W), box by box."""

    def __init__(self, added: Tensor, height: int, width: int) -> None:
        self.added, self.size = added, (height, width)

    def at(self, box: Box) -> Tensor:
        places = [(torch.arange(part.start, part.stop) + 0.5) * 2 / end - 1 for part, end in zip(box, self.size)]
        y, x = torch.meshgrid(*places, indexing="ij")
        grid = torch.stack([x, y], -1)[None]
        return F.grid_sample(self.added, grid, "bicubic", "border", align_corners=False)


def _measured(model: Model, levels: np.ndarray) -> Colours:
    """How the colours of the whole are spread, by a copy of it in small."""
    share = min(1.0, MEASURED / max(levels.shape[:2]))
    small = resize_levels(levels, *(max(1, round(side * share)) for side in levels.shape[:2]))
    return model.drawing_generator.colours(to_tensor(small).to(model.device))


def _sides(photo: Photo, share: float) -> tuple[int, int]:
    return max(1, round(photo.height * share)), max(1, round(photo.width * share))


def _rgb(levels: np.ndarray) -> np.ndarray:
    return levels.repeat(3, 2) if levels.shape[2] == 1 else levels
