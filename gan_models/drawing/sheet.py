"""A drawing or painting as a sheet: ink on paper, labels in their colours, at any size."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from gan_models.drawing.edges import DETECTORS, FINE_LINE, LEAST_LINE, TRACED, detect, trace
from gan_models.drawing.shapes import lay_shapes
from gan_models.drawing.strokes import Colour, Stroke, draw_lines, paint
from gan_models.errors import RequestError
from gan_models.pictures.images import as_pillow, fit, packed_png

if TYPE_CHECKING:
    from gan_models.weight.model import Model


def is_inverted(drawing: np.ndarray) -> bool:
    """Whether a drawing uint8 (H, W) seems to be white on black, which networks of ours have never seen."""
    return float(drawing.mean()) < 100


def ink_on_paper(picture: np.ndarray) -> np.ndarray:
    """A picture uint8 (H, W, 3) as the drawing that it is, uint8 (H, W); one in white on black is turned round."""
    drawing = gray(picture)
    return 255 - drawing if is_inverted(drawing) else drawing


def gray(picture: np.ndarray) -> np.ndarray:
    """A picture uint8 (H, W, 3) without its colours, uint8 (H, W)."""
    return np.array(as_pillow(picture).convert("L"))


def pack_ground(ground: np.ndarray) -> str:
    """A ground, uint8 (S, S) or (S, S, 3), as text for a recipe or a browser: a PNG in base64."""
    return base64.b64encode(packed_png(ground)).decode()


NEAR, PAINTED = 40, 0.4
"""A pixel has a label's colour where it is so near (Euclidean, levels), and a painting so many of them at least: on
photographs these are below 1 %, on label maps that were saved as JPEG 49 to 98 %."""
AS_IT_IS = "none"


def ink(strokes: Sequence[Stroke], side: int, ground: np.ndarray | None, palette: Sequence[Colour]) -> np.ndarray:
    """Strokes as ink on paper, or on a ground of ink (S, S): uint8 (side, side, 1)."""
    return draw_lines(strokes, side, _sized(ground, side, Image.Resampling.BICUBIC))[:, :, None]


def areas(strokes: Sequence[Stroke], side: int, ground: np.ndarray | None, palette: Sequence[Colour]) -> np.ndarray:
    """Strokes as areas of labels on the palette's first, or on a ground (S, S, 3): uint8 (side, side, 3)."""
    below = _sized(ground, side, Image.Resampling.NEAREST)
    return paint(strokes, side, next(iter(palette), (0, 0, 0)) if below is None else below)


def _sized(ground: np.ndarray | None, side: int, how: Image.Resampling) -> np.ndarray | None:
    return (
        ground if ground is None or len(ground) == side else np.array(Image.fromarray(ground).resize((side, side), how))
    )


def shapes(strokes: Sequence[Stroke], side: int, ground: np.ndarray | None, palette: Sequence[Colour]) -> np.ndarray:
    """Strokes as flat shapes on white paper, or on a ground (S, S, 3) of any size: uint8 (side, side, 3)."""
    return lay_shapes(strokes, side, ground)


def lines(model: Model, picture: np.ndarray, detector: str, detail: float) -> tuple[list[Stroke], np.ndarray | None]:
    """The lines of a picture's middle square, or the picture as a drawing: see `sources.lines_of`."""
    # Lines are looked for at the weight's own size, as in training, but for the smallest, where hardly any are left.
    square = fit(picture, model.size if detector not in TRACED else max(128, model.size))
    if detector == AS_IT_IS:
        return [], ink_on_paper(square)
    if detector not in DETECTORS:
        raise RequestError(f"There is no detector {str(detector)[:20]!r}; choose one of {', '.join(DETECTORS)}.")
    if detector in TRACED:
        return trace(square, detector, detail, max(FINE_LINE, LEAST_LINE / model.size)), None
    return [], detect(square, detector, detail)


def whole(model: Model, picture: np.ndarray, detector: str, detail: float) -> tuple[list[Stroke], np.ndarray]:
    """A picture's middle square, as it is, to paint upon."""
    return [], fit(picture, model.size)


def labels(model: Model, picture: np.ndarray, detector: str, detail: float) -> tuple[list[Stroke], np.ndarray]:
    """The middle square of a picture as a painting of labels; RequestError where it is none."""
    side = min(picture.shape[:2])
    top, left = ((length - side) // 2 for length in picture.shape[:2])
    middle = as_pillow(picture[top : top + side, left : left + side])
    # Nearest: labels do not mix.
    return [], painting(np.array(middle.resize((model.size, model.size), Image.Resampling.NEAREST)), model)


def painting(picture: np.ndarray, model: Model) -> np.ndarray:
    """A picture uint8 (H, W, 3) in the colours of a weight's labels; RequestError where too few are near them."""
    kind = model.card.translation
    colours = np.array([label.rgb for label in kind.palette] if kind else [])
    if not len(colours):
        return picture
    apart = np.linalg.norm(picture[:, :, None].astype(np.float32) - colours, axis=3)
    painted = float((apart.min(2) < NEAR).mean())
    if painted < PAINTED:
        raise RequestError(
            f"Only {painted:.0%} of that picture has the colours of the labels that {model.name} takes; "
            "open a painting of labels, or paint one here."
        )
    return colours[apart.argmin(2)].astype(np.uint8)
