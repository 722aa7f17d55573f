"""The skeleton of a puppet: fifteen joints, the limbs between them, and the picture of both that a network is given."""

from __future__ import annotations

import colorsys

import numpy as np
from PIL import Image, ImageDraw

from gan_models.errors import RequestError

JOINTS = (
    *("head", "neck", "right_shoulder", "right_elbow", "right_hand", "left_shoulder", "left_elbow", "left_hand"),
    *("hips", "right_hip", "right_knee", "right_foot", "left_hip", "left_knee", "left_foot"),
)
"""Names of the joints in order. Right is the figure's own right, which faces who looks: the left of the sheet."""

_BONES = (
    *(("head", "neck"), ("neck", "right_shoulder"), ("right_shoulder", "right_elbow"), ("right_elbow", "right_hand")),
    *(("neck", "left_shoulder"), ("left_shoulder", "left_elbow"), ("left_elbow", "left_hand"), ("neck", "hips")),
    *(("hips", "right_hip"), ("right_hip", "right_knee"), ("right_knee", "right_foot")),
    *(("hips", "left_hip"), ("left_hip", "left_knee"), ("left_knee", "left_foot")),
)
LIMBS = tuple((JOINTS.index(one), JOINTS.index(other)) for one, other in _BONES)
"""Pairs of indices of joints."""


def _colour(number: int) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(number / len(LIMBS), 0.85, 1.0)
    return round(255 * red), round(255 * green), round(255 * blue)


COLOURS = tuple(map(_colour, range(len(LIMBS))))
"""Of each limb, (red, green, blue): once around the wheel."""
THICK = 0.024
"""Of a limb, as a share of the sheet's side."""
FINER = 2
"""By how much more finely it is painted first, for smooth edges."""


def draw_skeleton(joints: np.ndarray, side: int) -> np.ndarray:
    """Joints (15, 2), x and y in [0, 1] of the sheet's side, as limbs in their COLOURS on black: uint8 (side, side, 3).

    What lies beside the sheet is cut off. Raises a RequestError for another shape or a place that is not finite.
    """
    places = check_joints(joints) * side * FINER - 0.5
    sheet = Image.new("RGB", (side * FINER, side * FINER))
    pen, radius = ImageDraw.Draw(sheet), THICK * side * FINER / 2
    for (one, other), colour in zip(LIMBS, COLOURS):
        ends = places[[one, other]].clip(-4 * side, 8 * side)
        pen.line([tuple(end) for end in ends.tolist()], fill=colour, width=max(1, round(2 * radius)))
        for x, y in ends.tolist():
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    return np.array(sheet.reduce(FINER))


def check_joints(joints: np.ndarray) -> np.ndarray:
    """Joints as float64 (15, 2); RequestError where they are none."""
    places = np.asarray(joints, np.float64)
    if places.shape != (len(JOINTS), 2) or not np.isfinite(places).all():
        raise RequestError(f"A pose is {len(JOINTS)} finite places (x, y); got numbers of shape {places.shape}.")
    return places
