"""What a network that translates is given: of strokes, of a picture file, and what is wanted beside it."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from gan_models.checks import is_number, is_whole
from gan_models.drawing.edges import DETECTORS
from gan_models.drawing.hints import hint_tensor
from gan_models.drawing.strokes import Stroke, draw_hints
from gan_models.errors import RequestError
from gan_models.latents.seeds import check_seed
from gan_models.pictures.images import as_pillow, open_picture, to_tensor, to_uint8
from gan_models.pictures.levels import USUAL
from gan_models.pictures.photo import Photo, eight, resize_levels
from gan_models.translating.whole import size_drawn
from gan_models.weight.card import Translation
from gan_models.weight.model import Model, translation

LEAST_SIDE = 8
MOST_SIDE, MOST_AT_ONCE = 65_536, 2048
"""Pixels of the longest side that may be worked on: in tiles, and where a network sees the whole at once."""
LARGER = 2
"""A photograph is worked on at up to so many times the side that its network learned at."""
LOOKED_AT = 1024
"""Longer side in pixels at which a photograph is translated for the screen; the file is made from every pixel."""


@dataclass(frozen=True)
class TranslateOptions:
    """What is wanted beside the source.

    `seed`: of the dropout, the network's noise. `direction`: 0, or 1 for the way back where there are two.
    `strength`: of predicted colours, 0 for gray to 2; of a style or a cartoon, 0 for the photograph to 2, twice as far.
    `side`: longest side in pixels that a photograph is worked on at; None for twice the size that the network learned
    at, and for the usual one of a style or a cartoon. `edges` and `detail`: for weights that take drawings, the
    detector that makes one of a photograph (see `edges.detect`); None for a file that is a drawing. `outlines`: how
    dark those found on a cartoon are, 0 for none but the network's own to 1. `keep`: a style or a cartoon in the
    photograph's own colours.
    """

    seed: int = 0
    direction: int = 0
    strength: float = 1.0
    side: int | None = None
    edges: str | None = None
    detail: float = 0.3
    outlines: float = 0.4
    keep: bool = False

    def __post_init__(self) -> None:
        check_seed(self.seed)
        if not is_whole(self.direction, 0, 1):
            raise RequestError(f"The direction is 0 or 1 (back), got {self.direction!r}.")
        if not is_number(self.strength, 0, 2):
            raise RequestError(f"The strength is 0 to 2, got {self.strength!r}.")
        if not is_number(self.outlines, 0, 1):
            raise RequestError(f"The darkness of outlines is 0 to 1, got {self.outlines!r}.")
        if not isinstance(self.keep, bool):
            raise RequestError(f"Whether colours are kept is true or false, got {self.keep!r}.")
        if self.side is not None and not is_whole(self.side, 32, MOST_SIDE):
            raise RequestError(f"The working side is 32 to {MOST_SIDE} pixels, got {self.side!r}.")
        if self.edges is not None and self.edges not in DETECTORS:
            raise RequestError(f"There is no detector {str(self.edges)[:20]!r}; choose one of {', '.join(DETECTORS)}.")
        if not is_number(self.detail, 0, 1):
            raise RequestError(f"The detail of edges is 0 to 1, got {self.detail!r}.")


PLAIN = TranslateOptions()


@dataclass(frozen=True)
class Given:
    """What a network is really given: source (1, C, H, W) in [-1, 1] and hints (1, 4, H, W) or None."""

    source: Tensor
    hints: Tensor | None = None

    def picture(self) -> np.ndarray:
        """The same to look at, uint8 (H, W, 3), hints laid over the source."""
        image = self.source.expand(-1, 3, -1, -1)
        if self.hints is not None:
            image = torch.where(self.hints[:, 3:] > 0.5, self.hints[:, :3], image)
        return to_uint8(image)[0]


def of_strokes(model: Model, strokes: Sequence[Stroke], ground: np.ndarray | None = None) -> Given:
    """What a drawing or painting is for the network, at the weight's own size.

    `ground`: what was drawn upon, uint8 (size, size) ink or (size, size, 3) labels, such as found edges. Raises
    RequestError for an empty canvas and for weights that take photographs.
    """
    kind, size = translation(model), model.size
    if not kind.takes.drawn:
        raise RequestError(f"{model.name} takes a photograph, not a drawing; load one.")
    sheet = kind.takes.canvas(kind, strokes, size, ground)
    return Given(to_tensor(sheet), _hints(kind, strokes, (size, size)))


def of_picture(model: Model, photo: Photo, wish: TranslateOptions = PLAIN, strokes: Sequence[Stroke] = ()) -> Given:
    """What a picture file is for the network, at the size that it is worked on at (see `working_size`).

    A file that is a drawing is turned round where it is white on black; labels are not mixed. `strokes`: hints on the
    picture. Raises RequestError for a tiny picture.
    """
    kind = translation(model)
    height, width = working_size(model, photo, wish)
    levels = kind.takes.resized(eight(photo.colour), height, width)
    if photo.alpha is not None:
        alpha = kind.takes.resized(photo.alpha[:, :, None], height, width).astype(np.float32) / 255
        levels = (levels * alpha + 255 * (1 - alpha) + 0.5).astype(np.uint8)
    colour = np.repeat(levels, 3, 2) if levels.shape[2] == 1 else levels
    source = kind.takes.of_picture(colour, model.config.source_channels, wish.edges, wish.detail)
    return Given(source, _hints(kind, strokes, (height, width)))


def working_size(model: Model, photo: Photo, wish: TranslateOptions = PLAIN) -> tuple[int, int]:
    """Height and width at which a picture is worked on: its own, made smaller where its longer side is above the wish.

    Drawings and label maps are always worked on at the weight's own size.
    """
    if translation(model).whole:
        return size_drawn(model, photo, wish.side)
    if min(photo.height, photo.width) < LEAST_SIDE:
        seen = f"{photo.width}x{photo.height}"
        raise RequestError(f"The picture has {seen} pixels; give at least {LEAST_SIDE}x{LEAST_SIDE}.")
    if wish.side is not None and wish.side > MOST_AT_ONCE:
        raise RequestError(f"The working side of {model.name} is 32 to {MOST_AT_ONCE} pixels, got {wish.side!r}.")
    longest = max(photo.height, photo.width)
    most = model.size if translation(model).takes.drawn else min(longest, wish.side or LARGER * model.size)
    sides = [max(LEAST_SIDE, round(side * most / longest)) for side in (photo.height, photo.width)]
    return sides[0], sides[1]


def side_looked_at(model: Model, wish: TranslateOptions) -> int:
    """The longer side in pixels that the screen and the network want of a photograph."""
    return max(LOOKED_AT, wish.side or LARGER * model.size)


def looked_at(photo: Photo, model: Model, wish: TranslateOptions) -> Photo:
    """A photograph as large as it has to be for the screen and for what the network works on."""
    share = side_looked_at(model, wish) / max(photo.height, photo.width)
    if share >= 1:
        return photo
    height, width = (max(1, round(side * share)) for side in (photo.height, photo.width))
    alpha = None if photo.alpha is None else resize_levels(photo.alpha[:, :, None], height, width)[:, :, 0]
    return replace(photo, colour=resize_levels(photo.colour, height, width), alpha=alpha)


def read_ground(model: Model, text: str) -> np.ndarray:
    """A ground from text, as `of_strokes` wants it: (size, size) of ink, (size, size, 3) of labels.

    Square pictures of another size are resized, labels without mixing them. RequestError for anything else.
    """
    takes = translation(model).takes
    try:
        picture = as_pillow(open_picture(base64.b64decode(text, validate=True), takes.channels[-1], USUAL))
    except (TypeError, ValueError):
        raise RequestError("What is drawn upon arrives as base64 text of a PNG.") from None
    if picture.width != picture.height:
        raise RequestError(f"What is drawn upon is square, got {picture.width}x{picture.height}.")
    if picture.width != model.size:
        how = Image.Resampling.LANCZOS if takes.mixed else Image.Resampling.NEAREST
        picture = picture.resize((model.size, model.size), how)
    return np.array(picture)


def _hints(kind: Translation, strokes: Sequence[Stroke], size: tuple[int, int]) -> Tensor | None:
    return hint_tensor(draw_hints(strokes, size)[None], kind.spread) if kind.hints else None
