"""Pictures as vectors: rounded limbs and forms with a darker edge, and resvg-py, which paints them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache

import numpy as np
from PIL import Image

from gan_models.errors import TrainingError

Place = np.ndarray | Sequence[float]
EDGE = 0.72
"""How dark the edge of a form is beside the form."""


def paint(inner: str, size: int) -> np.ndarray:
    """A sheet of 100 by 100 units as a picture, uint8 (size, size, 3)."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="{size}" height="{size}">{inner}</svg>'
    png = _resvg().svg_to_bytes(svg_string=svg, width=size, skip_system_fonts=True)
    return np.array(Image.open(io.BytesIO(bytes(png)), formats=["PNG"]).convert("RGB"))


def shade(colour: str, factor: float) -> str:
    """A colour made darker, or above 1 lighter."""
    return to_hex(np.clip(np.array(levels(colour)) * factor, 0, 255))


def mixed(one: str, other: str, share: float) -> str:
    return to_hex((1 - share) * np.array(levels(one)) + share * np.array(levels(other)))


def levels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def to_hex(levels: np.ndarray) -> str:
    red, green, blue = (round(float(level)) for level in levels)
    return f"#{red:02x}{green:02x}{blue:02x}"


def group(transform: str, inner: str) -> str:
    return f'<g transform="{transform}">{inner}</g>' if inner else ""


def rectangle(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" fill="{colour}"/>'


def disc(x: float, y: float, radius: float, colour: str, edge: str = "") -> str:
    rim = f' stroke="{edge}" stroke-width=".9"' if edge else ""
    return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius:.2f}" fill="{colour}"{rim}/>'


def path(way: str, colour: str, edge: str = "", width: float = 0.9) -> str:
    rim = f' stroke="{edge}" stroke-width="{width}" stroke-linejoin="round" stroke-linecap="round"' if edge else ""
    return f'<path d="{way}" fill="{colour}"{rim}/>'


def stroke(places: Sequence[Place], width: float, colour: str, cap: str = "round") -> str:
    way = "M" + " L".join(f"{x:.2f} {y:.2f}" for x, y in places)
    return (
        f'<path d="{way}" fill="none" stroke="{colour}" stroke-width="{width:.2f}" stroke-linecap="{cap}" '
        'stroke-linejoin="round"/>'
    )


def limb(places: Sequence[Place], width: float, colour: str) -> str:
    """A rounded limb with a darker edge, so that one shows before another of its colour."""
    return stroke(places, width + 1.5, shade(colour, 0.72)) + stroke(places, width, colour)


def smooth(places: Sequence[Place], colour: str) -> str:
    """A form with rounded corners."""
    way = "M" + " L".join(f"{x:.2f} {y:.2f}" for x, y in places) + " Z"
    edge = shade(colour, 0.72)
    return (
        f'<path d="{way}" fill="{edge}" stroke="{edge}" stroke-width="2.7" stroke-linejoin="round"/>'
        f'<path d="{way}" fill="{colour}" stroke="{colour}" stroke-width="1.2" stroke-linejoin="round"/>'
    )


@cache
def _resvg():
    try:
        import resvg_py
    except ImportError as error:
        raise TrainingError("Figures are drawn by resvg-py, which is missing: pip install resvg-py") from error
    return resvg_py
