"""A drawing or painting as a sheet: ink on paper, labels in their colours, at any size."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from gan_models.drawing.edges import DETECTORS, FINE_LINE, LEAST_LINE, TRACED, detect, trace
from gan_models.drawing.strokes import Stroke, draw, draw_hints, paint
from gan_models.errors import RequestError
from gan_models.pictures.images import as_pillow, fit
from gan_models.pictures.photo import Photo, flat
from gan_models.weight.card import Translation
from gan_models.weight.model import Model, translation

if TYPE_CHECKING:
    from gan_models.weight.model import Model


def is_inverted(drawing: np.ndarray) -> bool:
    """Whether a drawing uint8 (H, W) seems to be white on black, which networks of ours have never seen."""
    return float(drawing.mean()) < 100


def ink_on_paper(picture: np.ndarray) -> np.ndarray:
    """A picture uint8 (H, W, 3) as the drawing that it is, uint8 (H, W); one in white on black is turned round."""
    drawing = _gray(picture)
    return 255 - drawing if is_inverted(drawing) else drawing


def _gray(picture: np.ndarray) -> np.ndarray:
    return np.array(as_pillow(picture).convert("L"))


def pack_ground(ground: np.ndarray) -> str:
    """A ground, uint8 (S, S) or (S, S, 3), as text for a recipe or a browser: a PNG in base64."""
    buffer = io.BytesIO()
    Image.fromarray(ground).save(buffer, "PNG", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()


SKETCH = 1024
"""Side in pixels of a saved drawing: it is made of strokes and has any size."""
NEAR, PAINTED = 40, 0.4
"""A pixel has a label's colour where it is so near (Euclidean, levels), and a painting so many of them at least: on
photographs these are below 1 %, on label maps that were saved as JPEG 49 to 98 %."""
AS_IT_IS = "none"


def sketch(kind: Translation, strokes: Sequence[Stroke], ground: np.ndarray | None, side: int) -> np.ndarray:
    """A drawing or painting at any size, uint8 (side, side, 3)."""
    labels = kind.source == "labels"
    below = None if ground is None else np.array(as_pillow(_deep(ground)).resize((side, side), 0 if labels else 3))
    if labels:
        first = kind.palette[0].rgb if kind.palette else (0, 0, 0)
        return paint(strokes, side, first if below is None else below)
    ink, hints = draw(strokes, side, below)[:, :, None].repeat(3, 2), draw_hints(strokes, side)
    return np.where(hints[:, :, 3:] > 127, hints[:, :, :3], ink) if kind.hints else ink


def lines_of(model: Model, photo: Photo, detector: str, detail: float) -> tuple[list[Stroke], np.ndarray | None]:
    """A picture's lines as strokes to go on with, or, where the detector finds none, a ground to draw upon.

    The middle square of the picture. "none" takes it as a drawing (white on black is turned round), and for weights
    that take labels as a painting. RequestError for a picture that is no such painting.
    """
    colour = flat(photo)
    square = colour.repeat(3, 2) if colour.shape[2] == 1 else colour
    if translation(model).source == "labels":
        side = min(square.shape[:2])
        top, left = ((length - side) // 2 for length in square.shape[:2])
        middle = as_pillow(square[top : top + side, left : left + side])
        # Nearest: labels do not mix.
        return [], painting(np.array(middle.resize((model.size, model.size), 0)), model)
    # Lines are looked for at the weight's own size, as in training, but for the smallest, where hardly any are left.
    square = fit(square, model.size if detector not in TRACED else max(128, model.size))
    if detector == AS_IT_IS:
        return [], ink_on_paper(square)
    if detector not in DETECTORS:
        raise RequestError(f"There is no detector {str(detector)[:20]!r}; choose one of {', '.join(DETECTORS)}.")
    if detector in TRACED:
        return trace(square, detector, detail, max(FINE_LINE, LEAST_LINE / model.size)), None
    return [], detect(square, detector, detail)


def painting(picture: np.ndarray, model: Model) -> np.ndarray:
    """A picture uint8 (H, W, 3) in the colours of a weight's labels; RequestError where too few are near them."""
    colours = np.array([label.rgb for label in translation(model).palette])
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


def _deep(ground: np.ndarray) -> np.ndarray:
    return ground[:, :, None] if ground.ndim == 2 else ground
