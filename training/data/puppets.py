"""Drawn figures in any pose, as vectors that resvg-py paints; there is no end to them."""

from __future__ import annotations

import numpy as np

from gan_models.puppets.skeleton import JOINTS
from training.data.figures import Figure
from training.data.puppet_body import arm, leg, torso
from training.data.puppet_head import back_hair, head, head_frame
from training.data.svg import disc, group, paint, path, rectangle, shade


def picture(figure: Figure, joints: np.ndarray | None, size: int) -> np.ndarray:
    """The figure in the pose of joints (15, 2), or its ground alone: uint8 (size, size, 3)."""
    return paint(svg_of(figure, joints), size)


def svg_of(figure: Figure, joints: np.ndarray | None) -> str:
    """The same as SVG, on a sheet of 100 by 100."""
    return ground(figure) + ("" if joints is None else body(figure, joints))


def ground(figure: Figure) -> str:
    """What stands behind, as SVG."""
    colours, degrees = figure.colours, figure.degrees
    base, floor, far = colours["ground"], colours["floor"], colours["far"]
    sheet = rectangle(0, 0, 100, 100, base)
    line = 66 + 22 * degrees["horizon"]
    one, two, three = degrees["one"], degrees["two"], degrees["three"]
    laid = rectangle(0, line, 100, 100, floor) + rectangle(0, line - 0.8, 100, 0.8, shade(floor, 0.85))
    match figure.wears["scene"]:
        case "gradient":
            stops = f'<stop stop-color="{base}"/><stop offset="1" stop-color="{far}"/>'
            return f'<linearGradient id="g" x2="{0.6 * one:.2f}" y2="1">{stops}</linearGradient>' + rectangle(
                0, 0, 100, 100, "url(#g)"
            )
        case "floor":
            return sheet + laid
        case "dots":
            step = 14 + 8 * one
            dots = [(x, y) for x in np.arange(step / 2, 100, step) for y in np.arange(step / 2, line, step)]
            return sheet + "".join(disc(x, y, 2.2, shade(base, 0.92)) for x, y in dots) + laid
        case "hills":
            hills = (
                f"M0 {line - 12 * one:.1f} Q{20 + 20 * two:.1f} {line - 24:.1f} 52 {line - 3:.1f}"
                f" T100 {line - 14:.1f} V100 H0 Z"
            )
            sun = disc(14 + 72 * three, 15, 7, "#fbe9a0")
            return sheet + sun + path(hills, shade(far, 0.9)) + laid
        case "window":
            x = 6 + 60 * one
            frame = rectangle(x, 10, 28, 30, shade(base, 0.8)) + rectangle(x + 1.6, 11.6, 24.8, 26.8, far)
            return sheet + frame + rectangle(x + 13, 10, 1.8, 30, shade(base, 0.8)) + laid
        case "stripes":
            width = 6 + 6 * two
            bars = (rectangle(x, 0, width / 2, line, shade(base, 0.95)) for x in np.arange(0, 100, width))
            return sheet + "".join(bars) + laid
        case "sea":
            puffs = ((12 + 50 * one, 14), (60 + 20 * two, 24))
            clouds = "".join(disc(x, y, 5, "#ffffff") + disc(x + 6, y + 1, 4, "#ffffff") for x, y in puffs)
            return sheet + clouds + rectangle(0, line - 12, 100, 20, "#5d9fc0") + laid
    return sheet


def body(figure: Figure, joints: np.ndarray) -> str:
    """The figure from back to front, as SVG."""
    at = {name: 100 * np.asarray(place, float) for name, place in zip(JOINTS, joints)}
    frame = head_frame(figure, at)
    parts = [group(frame, back_hair(figure))]
    parts += [leg(figure, at, side) for side in ("right", "left")]
    parts += [torso(figure, at)]
    parts += [arm(figure, at, side) for side in ("right", "left")]
    return "".join([*parts, group(frame, head(figure))])
