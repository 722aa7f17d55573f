"""What translators are given: a row for each kind of source, and nothing elsewhere that tells them apart.

A kind that is drawn has strokes on a square sheet of the weight's own size; any other is a photograph, on which there
may be strokes of hints or of a mask.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor

from gan_models.drawing import sheet
from gan_models.drawing.edges import detect
from gan_models.drawing.strokes import Colour, Stroke, draw_hints
from gan_models.errors import RequestError
from gan_models.pictures.colour import split_lab
from gan_models.pictures.images import to_tensor
from gan_models.pictures.photo import Photo, flat, nearest_levels, resize_levels

if TYPE_CHECKING:
    from gan_models.weight.card import Translation
    from gan_models.weight.model import Model

SKETCH = 1024
"""Side in pixels of a saved drawing: it is made of strokes and has any size."""


@dataclass(frozen=True)
class Source:
    """One kind of source.

    `channels`: how many a network may take of it. `targets`: what may come of it (see `card.Translation`).
    `of_picture`: (picture uint8 (H, W, 3), channels, edges, detail) -> (1, channels, H, W) in [-1, 1].
    `padding`: what lies beyond its border, for `torch.nn.functional.pad`. `mixed`: whether levels between two of its
    own mean anything, so that it may be resized as pictures are. `edges`: whether a detector can make it of a picture.
    `masked`: whether a hole is painted on it; no weight translates such a one, which is repaired. `tools`: the canvas'
    beside its eraser and its hints.

    Of a kind that is drawn: `of_strokes`: (strokes, side, ground or None, palette) -> uint8 (side, side, channels);
    `blank`: (strokes, ground, what they became) -> whether that is nothing yet; `first`: what to do then;
    `of_lines`: how a picture becomes something to draw on with (see `lines_of`).

    Words: `asks` of a visitor, what a weight `makes`, what the network `sees`, how a visitor is `invited`, what
    one's own picture is called (`before`) beside what comes of it.
    """

    channels: tuple[int, ...]
    of_picture: Callable[[np.ndarray, int, str | None, float], Tensor]
    asks: str
    makes: str
    sees: str
    invited: str
    before: str = "before"
    targets: tuple[str, ...] = ("picture",)
    padding: Mapping[str, Any] = field(default_factory=lambda: {"mode": "replicate"})
    mixed: bool = True
    edges: bool = False
    masked: bool = False
    of_strokes: Callable[[Sequence[Stroke], int, np.ndarray | None, Sequence[Colour]], np.ndarray] | None = None
    blank: Callable[[Sequence[Stroke], np.ndarray | None, np.ndarray], bool] | None = None
    first: str = ""
    of_lines: Callable[[Model, np.ndarray, str, float], tuple[list[Stroke], np.ndarray | None]] | None = None
    tools: tuple[str, ...] = ()

    @property
    def drawn(self) -> bool:
        """Whether it is made of strokes, on a square sheet; if not, of a photograph."""
        return self.of_strokes is not None

    @property
    def shaped(self) -> bool:
        """Whether shapes are laid on its sheet, areas filled, in colours of one's own (see `shapes`)."""
        return "fill" in self.tools

    def resized(self, levels: np.ndarray, height: int, width: int) -> np.ndarray:
        """Levels of it (H, W, C) at another size."""
        return (resize_levels if self.mixed else nearest_levels)(levels, height, width)

    def levels(self, kind: Translation, strokes: Sequence[Stroke], side: int, ground: np.ndarray | None) -> np.ndarray:
        """The same, blank or not; RequestError for a photograph, which no strokes are."""
        if self.of_strokes is None:
            raise RequestError("This weight takes a photograph, not a drawing; load one.")
        return self.of_strokes(strokes, side, ground, [label.rgb for label in kind.palette])

    def canvas(self, kind: Translation, strokes: Sequence[Stroke], side: int, ground: np.ndarray | None) -> np.ndarray:
        """What strokes on a ground of this side are, uint8 (side, side, channels); RequestError where it is blank."""
        drawn = self.levels(kind, strokes, side, ground)
        if self.blank is not None and self.blank(strokes, ground, drawn):
            raise RequestError(f"The canvas is empty; {self.first} first.")
        return drawn


def sketch(kind: Translation, strokes: Sequence[Stroke], ground: np.ndarray | None, side: int) -> np.ndarray:
    """A drawing or painting at any size, uint8 (side, side, 3), hints laid over it."""
    drawn = kind.takes.levels(kind, strokes, side, ground)
    drawn = drawn if drawn.shape[2] == 3 else drawn.repeat(3, 2)
    if not kind.hints:
        return drawn
    hints = draw_hints(strokes, side)
    return np.where(hints[:, :, 3:] > 127, hints[:, :, :3], drawn)


def lines_of(model: Model, photo: Photo, detector: str, detail: float) -> tuple[list[Stroke], np.ndarray | None]:
    """A picture's lines as strokes to go on with, or, where the detector finds none, a ground to draw upon.

    The middle square of the picture. "none" takes it as a drawing (white on black is turned round), and for weights
    that take labels as a painting. RequestError for a picture that is no such painting, and for weights that take
    photographs.
    """
    kind = model.card.translation
    of_lines = None if kind is None else kind.takes.of_lines
    if of_lines is None:
        raise RequestError(f"{model.name} takes a photograph, not a drawing; load one.")
    colour = flat(photo)
    return of_lines(model, colour.repeat(3, 2) if colour.shape[2] == 1 else colour, detector, detail)


def _plain(picture: np.ndarray, channels: int, edges: str | None, detail: float) -> Tensor:
    return to_tensor(picture if channels == 3 else sheet.gray(picture)[:, :, None])


def _lightness(picture: np.ndarray, channels: int, edges: str | None, detail: float) -> Tensor:
    return split_lab(to_tensor(picture))[0]


def _drawing(picture: np.ndarray, channels: int, edges: str | None, detail: float) -> Tensor:
    """Edges of a picture that need not be square: of a square with its borders repeated, cropped back."""
    if edges is None:
        return to_tensor(sheet.ink_on_paper(picture)[:, :, None])
    height, width = picture.shape[:2]
    side = max(height, width)
    square = np.pad(picture, ((0, side - height), (0, side - width), (0, 0)), mode="edge")
    return to_tensor(detect(square, edges, detail)[:height, :width, None])


def _no_ink(strokes: Sequence[Stroke], ground: np.ndarray | None, drawn: np.ndarray) -> bool:
    return bool(drawn.min() > 250)


def _no_paint(strokes: Sequence[Stroke], ground: np.ndarray | None, drawn: np.ndarray) -> bool:
    return ground is None and not any(stroke.tool == "paint" for stroke in strokes)


# In the order in which a first visitor meets them.
SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        "flat": Source(
            channels=(3,),
            of_picture=_plain,
            asks="paint shapes",
            makes="glossy things from flat shapes",
            sees="flat shapes on white paper, in colours",
            invited="Paint here: a few shapes in plain colours.",
            padding={"value": 1.0},  # beyond its border is paper
            of_strokes=sheet.shapes,
            blank=_no_ink,
            first="paint a shape",
            of_lines=sheet.whole,
            tools=("paint", "fill", "lasso", "ellipse", "box"),
        ),
        "drawing": Source(
            channels=(1,),
            of_picture=_drawing,
            asks="draw",
            makes="pictures from drawings",
            sees="ink on paper, one channel",
            invited="Draw here, black on white.",
            padding={"value": 1.0},  # beyond a drawing's border is paper
            edges=True,
            of_strokes=sheet.ink,
            blank=_no_ink,
            first="draw a line",
            of_lines=sheet.lines,
            tools=("pen",),
        ),
        "photo": Source(
            channels=(1, 3),
            of_picture=_plain,
            asks="give a picture",
            makes="pictures from pictures",
            sees="a picture",
            invited="Drop a picture",
        ),
        "labels": Source(
            channels=(3,),
            of_picture=_plain,
            asks="paint",
            makes="pictures from painted labels",
            sees="labels in their colours",
            invited="Paint here: choose a label, and lay areas.",
            mixed=False,
            of_strokes=sheet.areas,
            blank=_no_paint,
            first="paint something",
            of_lines=sheet.labels,
            tools=("paint",),
        ),
        "gray": Source(
            channels=(1,),
            of_picture=_lightness,
            asks="give a photograph",
            makes="colours for gray photographs",
            sees="lightness alone, one channel",
            invited="Drop a photograph",
            before="yours",
            targets=("picture", "chroma"),
        ),
        "mask": Source(
            channels=(3,),
            of_picture=_plain,
            asks="paint over what should go",
            makes="photographs without what is painted over",
            sees="a photograph, and where its hole is",
            invited="Drop a photograph",
            targets=(),
            masked=True,
            tools=("mask", "box"),
        ),
        "joints": Source(
            channels=(3,),
            of_picture=_plain,
            asks="drag joints",
            makes="a person in any pose",
            sees="a skeleton, the parts of a person, and the last frame",
            invited="Drag a joint",
            before="the person",
            targets=(),
        ),
    }
)
