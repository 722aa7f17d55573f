"""The head of a drawn figure: hair behind it, face, hair before it, glasses, beard and hat."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from training.data.figures import Figure
from training.data.svg import disc, mixed, path, rectangle, shade

FRINGES = {
    "short": "M-10 -.5 C-11 -8 -6 -11.6 0 -11.6 C6 -11.6 11 -8 10 -.5 C8.6 -4 6 -5.6 0 -5.6 C-6 -5.6 -8.6 -4 -10 -.5 Z",
    "parted": "M-10.2 1 C-11.4 -8 -6 -12 0 -12 C6 -12 11.4 -8 10.2 1 C9.4 -3.4 6 -6 -3 -7 C-6 -5.6 -9 -3.6 -10.2 1 Z",
    "bob": (
        "M-11 4 C-12 -8 -6 -12.4 0 -12.4 C6 -12.4 12 -8 11 4 C9 2 8.6 -2 8 -4.4"
        " C4 -3.4 -4 -3.4 -8 -4.4 C-8.6 -2 -9 2 -11 4 Z"
    ),
    "long": "M-10.8 5 C-12 -8 -6 -12.2 0 -12.2 C6 -12.2 12 -8 10.8 5 C9 1 8 -3 4 -7.4 C0 -4.6 -7 -3.4 -10.8 5 Z",
    "bun": "M-10 -.5 C-11 -8 -6 -11.8 0 -11.8 C6 -11.8 11 -8 10 -.5 C7 -6 4 -7 0 -7 C-4 -7 -7 -6 -10 -.5 Z",
    "curly": (
        "M-10 -2 C-11 -9 -5 -11.8 0 -11.8 C5 -11.8 11 -9 10 -2"
        " C7.6 -3 6.6 -5.4 4 -5 C2.4 -6.4 -2.4 -6.4 -4 -5 C-6.6 -5.4 -7.6 -3 -10 -2 Z"
    ),
    "spiky": (
        "M-10 -1 L-12 -8 L-7.6 -8.6 L-7 -13.4 L-2.6 -10.8 L0 -15 L2.6 -10.8"
        " L7 -13.4 L7.6 -8.6 L12 -8 L10 -1 C8 -5.4 -8 -5.4 -10 -1 Z"
    ),
    "tails": "M-10 0 C-11 -8 -6 -11.8 0 -11.8 C6 -11.8 11 -8 10 0 C8 -6 4 -6.4 0 -7.6 C-4 -6.4 -8 -6 -10 0 Z",
}
"""Hair in front of a head of radius 10."""


def head_frame(figure: Figure, at: Mapping[str, np.ndarray]) -> str:
    """Where the head is: its middle is the origin, its radius is 10."""
    x, y = at["head"]
    nod = np.degrees(np.arctan2(*((at["head"] - at["neck"]) * (1, -1))))
    return f"translate({x:.2f} {y:.2f}) rotate({nod:.1f}) scale({figure.build.head / 10:.3f})"


def back_hair(figure: Figure) -> str:
    """What hangs behind the body."""
    hair, cut = figure.colours["hair"], figure.wears["cut"]
    dark = shade(hair, 0.8)
    match cut:
        case "long":
            return path("M-10.5 -3 C-13 8 -12 16 -9.5 20 Q0 22.5 9.5 20 C12 16 13 8 10.5 -3 Z", dark, shade(hair, 0.6))
        case "bob":
            return path("M-11 -3 C-13 6 -12 11 -10 12.5 H10 C12 11 13 6 11 -3 Z", dark, shade(hair, 0.6))
        case "bun":
            return disc(0, -12, 4.6, hair, shade(hair, 0.7))
        case "curly":
            rim = [(-10, 3), (-11.5, -3), (-8, -9), (0, -11.5), (8, -9), (11.5, -3), (10, 3)]
            return "".join(disc(x, y, 4.6, hair, shade(hair, 0.75)) for x, y in rim)
        case "tails":
            return "".join(
                path(
                    f"M{s * 9} -3 C{s * 19} -2 {s * 17} 9 {s * 14} 14 C{s * 12} 9 {s * 11} 4 {s * 9} 3 Z",
                    hair,
                    shade(hair, 0.7),
                )
                for s in (-1, 1)
            )
    return ""


def head(figure: Figure) -> str:
    """All of it but the hair behind it, around the origin, of radius 10."""
    skin, edge = figure.colours["skin"], shade(figure.colours["skin"], 0.72)
    ears = disc(-9.6, 1, 2, skin, edge) + disc(9.6, 1, 2, skin, edge)
    face = f'<ellipse rx="9.7" ry="10" fill="{skin}" stroke="{edge}" stroke-width=".9"/>'
    return ears + face + _features(figure) + _beard(figure) + _front_hair(figure) + _glasses(figure) + _hat(figure)


def _features(figure: Figure) -> str:
    skin, degrees = figure.colours["skin"], figure.degrees
    size = 1.45 + 0.5 * degrees["eyes"]
    eyes = "".join(disc(x, 0.6, size, "#2a2430") + disc(x + 0.5, 0, size * 0.36, "#ffffff") for x in (-3.7, 3.7))
    lift = 1.2 * degrees["brow"]
    brows = "".join(
        path(
            f"M{s * 1.9} {-2.9 - lift * 0.5:.1f} Q{s * 3.8} {-4.2 - lift:.1f} {s * 5.6} {-2.8:.1f}",
            "none",
            shade(figure.colours["hair"], 0.7),
            0.9,
        )
        for s in (-1, 1)
    )
    cheeks = "".join(disc(x, 3.9, 1.7, mixed(skin, "#e0524f", 0.28)) for x in (-6, 6))
    dark = mixed(shade(skin, 0.4), "#7a1f24", 0.5)
    mouths = {
        "smile": path("M-3 4.6 Q0 7.4 3 4.6", "none", dark, 1.1),
        "grin": path("M-3.4 4.3 Q0 9.4 3.4 4.3 Z", "#ffffff", dark, 0.7),
        "open": f'<ellipse cy="5.6" rx="1.8" ry="1.9" fill="{dark}"/>',
        "calm": f'<path d="M-2.2 5.3 H2.2" stroke="{dark}" stroke-width="1.1" stroke-linecap="round"/>',
    }
    return cheeks + eyes + brows + mouths[figure.wears["face"]]


def _beard(figure: Figure) -> str:
    hair = figure.colours["hair"]
    match figure.wears["beard"]:
        case "full":
            return path(
                "M-9.4 1.5 C-9 9 -5 11.6 0 11.6 C5 11.6 9 9 9.4 1.5 C7 4 4 3.2 0 3.4 C-4 3.2 -7 4 -9.4 1.5 Z"
                " M-2.4 5.4 Q0 7.4 2.4 5.4 Z",
                hair,
            )
        case "moustache":
            return path(
                "M0 3.4 C-2 2.4 -4.6 3.4 -5 5 C-3 5.6 -1 5.2 0 4.4 C1 5.2 3 5.6 5 5 C4.6 3.4 2 2.4 0 3.4 Z", hair
            )
    return ""


def _front_hair(figure: Figure) -> str:
    hair, cut = figure.colours["hair"], figure.wears["cut"]
    return path(FRINGES[cut], hair, shade(hair, 0.75)) if cut in FRINGES else ""


def _glasses(figure: Figure) -> str:
    if figure.wears["glasses"] == "none":
        return ""
    rim = shade(figure.colours["trim"], 0.45)
    corner = 3.1 if figure.wears["glasses"] == "round" else 0.8
    lenses = "".join(
        f'<rect x="{x - 3:.1f}" y="-2.4" width="6" height="6" rx="{corner}" fill="#ffffff" fill-opacity=".25" '
        f'stroke="{rim}" stroke-width="1"/>'
        for x in (-3.8, 3.8)
    )
    return lenses + f'<path d="M-.9 0 H.9" stroke="{rim}" stroke-width="1"/>'


def _hat(figure: Figure) -> str:
    colour, edge = figure.colours["hat"], shade(figure.colours["hat"], 0.72)
    match figure.wears["hat"]:
        case "cap":
            return path("M-10.6 -4 C-10.6 -16 10.6 -16 10.6 -4 Z", colour, edge) + path(
                "M-11 -4 Q0 -8 15 -3.6 Q8 -1.6 -11 -3 Z", edge
            )
        case "beanie":
            dome = path("M-10.8 -4 C-11 -17 11 -17 10.8 -4 Z", colour, edge)
            return dome + disc(0, -14.6, 2.6, "#ffffff") + rectangle(-11.2, -6.4, 22.4, 3.8, shade(colour, 1.15))
        case "wide":
            return (
                path("M-7.6 -5 C-8 -15 8 -15 7.6 -5 Z", colour, edge)
                + f'<ellipse cy="-5.4" rx="15.5" ry="3" fill="{colour}" stroke="{edge}" stroke-width=".8"/>'
            )
        case "crown":
            return path("M-8.6 -6 L-9.6 -14 L-4.8 -10 L0 -15.6 L4.8 -10 L9.6 -14 L8.6 -6 Z", "#f0c24a", "#b98a22")
        case "band":
            return path("M-10 -4.4 Q0 -10 10 -4.4 L9.8 -6.8 Q0 -12.6 -9.8 -6.8 Z", colour, edge)
    return ""
