"""The body of a drawn figure from back to front: legs, what is worn around the waist and above it, arms."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from training.data.figures import Figure
from training.data.svg import disc, limb, path, shade, smooth, stroke

Joints = Mapping[str, np.ndarray]


def leg(figure: Figure, at: Joints, side: str) -> str:
    """The "right" or the "left" one, with what it wears."""
    hip, knee, foot = (at[f"{side}_{joint}"] for joint in ("hip", "knee", "foot"))
    width, skin, shoe = figure.build.leg_width, figure.colours["skin"], figure.colours["shoe"]
    cloth, bottom, top = figure.colours["bottom"], figure.wears["bottom"], figure.wears["top"]
    if bottom == "trousers" and top != "dress":
        leg = limb([hip, knee, foot], width, cloth)
    else:
        leg = limb([hip, knee, foot], width * 0.88, skin)
        if bottom == "shorts" and top != "dress":
            length = 0.55 + 0.4 * figure.degrees["hem"]
            leg += limb([hip, hip + length * (knee - hip)], width * 1.12, cloth)
    if figure.degrees["boot"] > 0.65:
        leg += limb([knee + (1.25 - 0.75 * figure.degrees["boot"]) * (foot - knee), foot], width * 1.05, shoe)
    return leg + _shoe(knee, foot, -1 if side == "right" else 1, width, shoe)


def _shoe(knee: np.ndarray, foot: np.ndarray, side: float, width: float, colour: str) -> str:
    """A shoe at a right angle to the shin, its tip outwards."""
    along = (foot - knee) / max(1e-6, float(np.hypot(*(foot - knee))))
    out = side * np.array([along[1], -along[0]])
    heel, tip = foot + 0.9 * along, foot + 0.9 * along + out * width * 0.72
    return limb([heel - 0.25 * out * width, tip], width * 0.82, colour)


def arm(figure: Figure, at: Joints, side: str) -> str:
    """The "right" or the "left" one, with its sleeve."""
    shoulder, elbow, hand = (at[f"{side}_{joint}"] for joint in ("shoulder", "elbow", "hand"))
    width, skin, cloth, top = figure.build.arm_width, figure.colours["skin"], figure.colours["top"], figure.wears["top"]
    palm = figure.colours["trim"] if figure.degrees["glove"] > 0.88 else skin
    along = (hand - elbow) / max(1e-6, float(np.hypot(*(hand - elbow))))
    fist = disc(*(hand + 0.9 * along), width * 0.62, palm, shade(palm, 0.72))
    if top in ("long", "coat", "hoodie") or (top == "dress" and figure.degrees["sleeve"] > 0.6):
        return fist + limb([shoulder, elbow, hand - 1.2 * along], width, cloth)
    bare = fist + limb([shoulder, elbow, hand], width * 0.85, skin)
    if top == "vest" or figure.degrees["sleeve"] < 0.12:
        return bare
    return bare + limb(
        [shoulder, shoulder + (0.5 + 0.4 * figure.degrees["sleeve"]) * (elbow - shoulder)], width * 1.12, cloth
    )


def torso(figure: Figure, at: Joints) -> str:
    """What is worn below the waist and above it, and the neck."""
    build, colours, wears, degrees = figure.build, figure.colours, figure.wears, figure.degrees
    cloth, top = colours["top"], wears["top"]
    neck, hips = at["neck"], at["hips"]
    spine = hips - neck
    across = np.array([spine[1], -spine[0]]) / max(1e-6, float(np.hypot(*spine)))
    chest = np.abs(np.dot(at["left_shoulder"] - at["right_shoulder"], across)) / 2
    place = lambda t, s: neck + t * spine + s * across  # noqa: E731
    waist = build.hips + build.leg_width / 2 - 0.4
    belly = waist - 0.2 + build.belly
    trousers = wears["bottom"] in ("trousers", "shorts") and top != "dress"
    pants = limb([place(0.99, -waist + 2.4), place(0.99, waist - 2.4)], 5.4, colours["bottom"]) if trousers else ""
    skirt = _skirt(figure, at, waist)
    shoulders = chest + build.arm_width * 0.28
    bottom = 1.3 if top == "coat" else 0.99 if top == "dress" else 0.94
    form = [
        *(place(0.03, -0.45 * shoulders), place(0.1, -shoulders), place(0.55, -belly), place(bottom, -waist)),
        *(place(bottom, waist), place(0.55, belly), place(0.1, shoulders), place(0.03, 0.45 * shoulders)),
    ]
    body = smooth(form, cloth)
    throat = limb([neck + 0.08 * spine, neck + 0.5 * (at["head"] - neck)], 3.4, colours["skin"])
    neckline = smooth([place(0.0, -3), place(0.13, 0), place(0.0, 3)], shade(cloth, 1.12))
    worn = _pattern(figure, place, shoulders, belly, waist) + throat + (neckline if degrees["one"] > 0.5 else "")
    return pants + skirt + body + worn


def _skirt(figure: Figure, at: Joints, waist: float) -> str:
    """A skirt, or a dress's lower part, which hangs between the legs and as wide as they stand."""
    top, bottom = figure.wears["top"], figure.wears["bottom"]
    if top != "dress" and bottom not in ("skirt", "long skirt"):
        return ""
    colour = figure.colours["top" if top == "dress" else "bottom"]
    length = 0.65 + 0.3 * figure.degrees["hem"] + (0.75 if bottom == "long skirt" else 0)
    width = figure.build.leg_width
    ends = []
    for side, sign in (("right", -1), ("left", 1)):
        hip, knee, foot = (at[f"{side}_{joint}"] for joint in ("hip", "knee", "foot"))
        hem = hip + min(length, 1) * (knee - hip) + max(0, length - 1) * (foot - knee)
        ends.append(hem + np.array([sign * width * 0.8, 0]))
    hips = at["hips"]
    middle = (ends[0] + ends[1]) / 2 + np.array([0, 1.0])
    form = [
        hips + [-waist, -2.5],
        hips + [-waist - 0.6, 2],
        ends[0],
        middle,
        ends[1],
        hips + [waist + 0.6, 2],
        hips + [waist, -2.5],
    ]
    return smooth(form, colour)


def _pattern(figure: Figure, place: Callable, shoulders: float, belly: float, waist: float) -> str:
    """What is on the upper part; `place(t, s)`: t from neck to hips, s across."""
    trim = figure.colours["trim"]
    match figure.wears["pattern"]:
        case "stripes":
            bars = ((0.3, 0.82 * (shoulders + belly) / 2), (0.52, 0.9 * belly), (0.74, 0.88 * (belly + waist) / 2))
            return "".join(stroke([place(t, -w), place(t, w)], 1.9, trim, cap="butt") for t, w in bars)
        case "buttons":
            return "".join(disc(*place(t, 0), 0.85, trim) for t in (0.25, 0.45, 0.65, 0.85))
        case "disc":
            return disc(*place(0.42, 0), 3.1, trim)
        case "heart":
            return path(_heart(place), trim)
        case "belt":
            return stroke([place(0.88, -waist + 0.1), place(0.88, waist - 0.1)], 2.2, trim, cap="butt")
        case "sash":
            return stroke([place(0.14, -shoulders + 1.8), place(0.92, waist - 0.8)], 2.4, trim, cap="butt")
        case "collar":
            return smooth(
                [place(0.02, -3.6), place(0.17, -2.4), place(0.11, 0), place(0.17, 2.4), place(0.02, 3.6)], trim
            )
    return ""


def _heart(place: Callable) -> str:
    spots = [place(0.55, 0), place(0.38, -3.4), place(0.3, -1.4), place(0.38, 0), place(0.3, 1.4), place(0.38, 3.4)]
    (x, y), *rest = spots
    (a, b, c, d, e) = rest
    said = " ".join(f"{p[0]:.2f} {p[1]:.2f}" for p in (a, b, c))
    more = " ".join(f"{p[0]:.2f} {p[1]:.2f}" for p in (d, e, spots[0]))
    return f"M{x:.2f} {y:.2f} C{said} C{more} Z"
