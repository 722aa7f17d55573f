"""Deep gray pictures, of 16 and 32 bits and of floats: what of their levels is black and what white is looked at.

Microscopes and scanners keep 10, 12 or 14 bits in files of 16, and a file says nothing of it. Never a picture's own
darkest and brightest pixel, which would make all pictures of a set alike: the next number of bits that holds them all.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from PIL import Image

BITS = (8, 10, 12, 14, 16, 20, 24, 32)


@dataclass(frozen=True)
class Span:
    """The levels that are black and white."""

    black: float = 0.0
    white: float = 65535.0

    @property
    def words(self) -> str:
        """What is taken for black and white."""
        bits = int(self.white + 1).bit_length() - 1
        whole = self.black == 0 and self.white == 2**bits - 1 and bits > 1
        return f"levels {self.black:g} to {self.white:.10g} are taken for black to white" + f" ({bits} bits)" * whole

    def share(self, levels: np.ndarray) -> np.ndarray:
        """Levels as float32 in [0, 1], those outside clamped; what is no number becomes black."""
        shares = levels.astype(np.float32)
        shares -= self.black
        shares /= self.white - self.black
        return np.nan_to_num(shares, copy=False, nan=0.0).clip(0, 1, out=shares)


USUAL = Span()


def is_deep(picture: Image.Image) -> bool:
    """Whether a picture's gray levels have more than 8 bits."""
    return picture.mode in ("I", "F") or picture.mode.startswith("I;16")


def levels_of(picture: Image.Image) -> np.ndarray:
    """The levels (H, W) of a deep picture: uint16, int32 or float32."""
    return np.asarray(picture if picture.mode in ("I", "F", "I;16") else picture.convert("I"))


def extremes(levels: np.ndarray) -> tuple[float, float]:
    """The lowest and highest level that is a number."""
    found = levels[np.isfinite(levels)] if levels.dtype.kind == "f" else levels
    return (float(found.min()), float(found.max())) if found.size else (0.0, 0.0)


def span_of(ranges: Iterable[tuple[float, float]], floats: bool) -> Span:
    """What is black and white in pictures with these lowest and highest levels, one or a whole set."""
    ranges = list(ranges)
    low, high = min(r[0] for r in ranges), max(r[1] for r in ranges)
    if low < 0:
        return Span(-1.0, 1.0) if floats and low >= -1 and high <= 1 else Span(low, max(high, low + 1))
    if floats and high <= 1:
        return Span(0.0, 1.0)
    return Span(0.0, next((2.0**bits - 1 for bits in BITS if high < 2**bits), max(high, 1.0)))


def own_span(levels: np.ndarray) -> Span:
    """What is black and white in one picture."""
    return span_of([extremes(levels)], levels.dtype.kind == "f")


def eight_bit_levels(levels: np.ndarray, span: Span) -> np.ndarray:
    """Levels as uint8; of 16 bits every n * 257 becomes n, the one scaling that keeps black, white and all of these."""
    return (span.share(levels) * 255).round().astype(np.uint8)


def sixteen_bit_levels(levels: np.ndarray, span: Span) -> np.ndarray:
    """Levels as uint16 in which 65535 is white."""
    if span == USUAL and levels.dtype == np.uint16:
        return levels
    return (span.share(levels) * 65535).round().astype(np.uint16)


def own_levels(levels: np.ndarray, span: Span) -> np.ndarray:
    """The way back of `sixteen_bit_levels`, for spans that begin at 0 and fit into 16 bits; others stay as they are."""
    if span.black or not 1 < span.white < 65535:
        return levels
    return (levels * np.float32(span.white / 65535)).round().astype(np.uint16)
