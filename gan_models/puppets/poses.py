"""Poses to begin with, each given as where its limbs point."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from gan_models.puppets.body import PARENT, built, rounded

LENGTHS = np.array([0.217, 0.117, 0.083, 0.119, 0.113, 0.083, 0.119, 0.113, 0.042, 0.143, 0.142, 0.042, 0.143, 0.142])
"""How long the limbs of our own poses and motions are, in the order of `body.PARENT`."""
GROUND = 0.9
"""Where their feet stand."""

STANDING: Mapping[str, float] = MappingProxyType(
    {
        "neck": 180, "head": 180, "right_shoulder": -72, "left_shoulder": 72, "right_hip": -79, "left_hip": 79,
        "right_elbow": -14, "right_hand": -6, "left_elbow": 14, "left_hand": 6,
        "right_knee": -4, "right_foot": -2, "left_knee": 4, "left_foot": 2,
    }
)  # fmt: skip
"""Where each limb of who stands points, in degrees."""


def posed(
    x: float = 0.5, lift: float = 0.0, seen: Mapping[str, float] = MappingProxyType({}), **turned: float
) -> np.ndarray:
    """The standing pose with some limbs turned elsewhere, its lowest foot `lift` above the ground, its hips at `x`.

    `seen`: which share of a limb is seen, where it points to the viewer.
    """
    angles = np.array([turned.get(name, STANDING[name]) for name in PARENT])
    lengths = LENGTHS * [seen.get(name, 1) for name in PARENT]
    joints = built(np.array([x, 0.0]), angles, lengths)
    joints[:, 1] += GROUND - lift - joints[:, 1].max()
    return rounded(joints)


POSES: Mapping[str, np.ndarray] = MappingProxyType(
    {
        "stand": posed(),
        "wave": posed(left_elbow=112, left_hand=170, right_knee=-2, left_knee=8, left_foot=4, head=176),
        "cheer": posed(
            right_elbow=-148, right_hand=-166, left_elbow=148, left_hand=166, right_knee=-16, right_foot=-10,
            left_knee=16, left_foot=10,
        ),
        "akimbo": posed(right_elbow=-52, right_hand=46, left_elbow=52, left_hand=-46, right_knee=-10, left_knee=10,
            right_foot=-6, left_foot=6),
        "step": posed(
            right_elbow=-28, right_hand=-4, left_elbow=30, left_hand=52, right_knee=-24, right_foot=-18,
            left_knee=22, left_foot=-8, neck=177,
        ),
        "kick": posed(
            neck=188, head=186, left_knee=72, left_foot=66, right_elbow=-84, right_hand=-100, left_elbow=66,
            left_hand=96, right_knee=-3, right_foot=2,
        ),
        "star": posed(
            lift=0.1, right_elbow=-118, right_hand=-128, left_elbow=118, left_hand=128, right_knee=-38,
            right_foot=-30, left_knee=38, left_foot=30,
        ),
        "disco": posed(
            x=0.48, neck=174, head=178, left_elbow=138, left_hand=142, right_elbow=-42, right_hand=34,
            right_knee=-26, right_foot=-2, left_knee=20, left_foot=14, right_hip=-86, left_hip=72,
        ),
    }
)  # fmt: skip
"""By name, joints (15, 2) each: something to choose from."""
