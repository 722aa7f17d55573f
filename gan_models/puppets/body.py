"""The puppet's body: which joint hangs on which, and what keeps its limbs as long as they are.

Joints are float (15, 2) or (F, 15, 2): x and y in shares of the sheet's side, in the order of `skeleton.JOINTS`. Angles
are degrees in the sheet: 0 points down, 90 to the right, 180 up.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from gan_models.checks import is_number
from gan_models.errors import RequestError
from gan_models.puppets.skeleton import JOINTS

PARENT: Mapping[str, str] = MappingProxyType(
    {
        "neck": "hips",
        "head": "neck",
        "right_shoulder": "neck",
        "right_elbow": "right_shoulder",
        "right_hand": "right_elbow",
        "left_shoulder": "neck",
        "left_elbow": "left_shoulder",
        "left_hand": "left_elbow",
        "right_hip": "hips",
        "right_knee": "right_hip",
        "right_foot": "right_knee",
        "left_hip": "hips",
        "left_knee": "left_hip",
        "left_foot": "left_knee",
    }
)
"""What each joint hangs on; all of them, in the end, on the hips. Parents stand before children."""
NUMBER: Mapping[str, int] = MappingProxyType({name: number for number, name in enumerate(JOINTS)})
HIPS = NUMBER["hips"]
CHILDREN = np.array([NUMBER[name] for name in PARENT])
PARENTS = np.array([NUMBER[name] for name in PARENT.values()])
TWINS = np.array([NUMBER[_twin] for _twin in (
    name.replace("right", "*").replace("left", "right").replace("*", "left") for name in JOINTS
)])  # fmt: skip
"""The number of each joint's own on the other side."""
LEAST, MOST = -0.5, 1.5
"""How far off the sheet a joint may be."""
DIGITS = 4
"""Digits of a joint's place after the point: a picture and its recipe are of the very same ones."""


def lengths_of(joints: np.ndarray) -> np.ndarray:
    """How long each limb is, (..., 14), in the order of PARENT."""
    return np.linalg.norm(joints[..., CHILDREN, :] - joints[..., PARENTS, :], axis=-1)


def angles_of(joints: np.ndarray) -> np.ndarray:
    """Where each limb points in degrees, (..., 14), in the order of PARENT."""
    along = joints[..., CHILDREN, :] - joints[..., PARENTS, :]
    return np.degrees(np.arctan2(along[..., 0], along[..., 1]))


def built(hips: np.ndarray, angles: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Joints (..., 15, 2) of hips at (..., 2), and limbs of these angles and lengths, each (..., 14)."""
    turned = np.radians(angles)
    along = lengths[..., None] * np.stack([np.sin(turned), np.cos(turned)], -1)
    joints = np.zeros((*along.shape[:-2], len(JOINTS), 2))
    joints[..., HIPS, :] = hips
    for limb, (child, parent) in enumerate(zip(CHILDREN, PARENTS, strict=True)):
        joints[..., child, :] = joints[..., parent, :] + along[..., limb, :]
    return joints


def fitted(joints: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """The same pose or poses with each limb so many times as long, (14,); the lowest joint stays as low as it was."""
    made = built(joints[..., HIPS, :], angles_of(joints), lengths_of(joints) * factors)
    made[..., 1] += joints[..., 1].max(-1, keepdims=True) - made[..., 1].max(-1, keepdims=True)
    return made


def flipped(joints: np.ndarray) -> np.ndarray:
    """The pose as a mirror shows it: left is right, and what was on the sheet's left is on its right."""
    return joints[..., TWINS, :] * [-1, 1] + [1, 0]


def between(first: np.ndarray, second: np.ndarray, share: np.ndarray | float) -> np.ndarray:
    """Poses on the way from one to another, a share of 0 to 1 each: every limb turns the short way round.

    Limbs that are as long in both are as long on the way.
    """
    share = np.asarray(share, float)[..., None]
    turn = (angles_of(second) - angles_of(first) + 180) % 360 - 180
    lengths = lengths_of(first) + share * (lengths_of(second) - lengths_of(first))
    hips = first[..., HIPS, :] + share * (second[..., HIPS, :] - first[..., HIPS, :])
    return built(hips, angles_of(first) + share * turn, lengths)


def rounded(joints: np.ndarray) -> np.ndarray:
    """Joints as they are kept: a few digits of each."""
    return np.round(np.asarray(joints, np.float64), DIGITS)


def read_joints(words: object) -> np.ndarray:
    """A pose from a list of 15 places [x, y], or an object with one for each joint; RequestError for anything else."""
    places = [words.get(name) for name in JOINTS] if isinstance(words, Mapping) else words
    if not isinstance(places, list) or len(places) != len(JOINTS) or not all(map(_is_place, places)):
        raise RequestError(
            f"A pose is a list of {len(JOINTS)} places [x, y] from {LEAST} to {MOST} in shares of the sheet's side "
            f"({', '.join(JOINTS)}); got {str(words)[:60]}."
        )
    return rounded(np.array(places))


def _is_place(place: object) -> bool:
    return isinstance(place, list | tuple) and len(place) == 2 and all(is_number(value, LEAST, MOST) for value in place)
