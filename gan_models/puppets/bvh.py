"""Captured motion from BVH files, seen from the front and brought onto the puppet's sheet.

The format: a HIERARCHY of joints, each with an offset from its parent and the channels that move it, and a MOTION with
a row of numbers for each frame, as Biovision wrote it and everybody since reads it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from gan_models.errors import RequestError
from gan_models.puppets.body import NUMBER, PARENT, fitted, lengths_of, rounded
from gan_models.puppets.motions import FPS
from gan_models.puppets.poses import GROUND, LENGTHS
from gan_models.puppets.skeleton import JOINTS

MOST_JOINTS = 1000
MOST_NUMBERS = 5_000_000
MOST_SECONDS = 45.0
"""What is taken of a longer capture: its beginning."""
TALL = 0.62
"""How high a captured body stands on the sheet, from its feet to the middle of its head, in shares of the side."""
ROOM = 0.28
"""How far to either side of the sheet's middle its hips may go."""

_SIDES = {"left": ("left", "l"), "right": ("right", "r")}
_MANNERS = (
    ("{0}arm", "{0}forearm", "{0}hand", "{0}upleg", "{0}leg", "{0}foot"),
    ("{0}uparm", "{0}lowarm", "{0}hand", "{0}upleg", "{0}lowleg", "{0}foot"),
    ("{0}shoulder", "{0}elbow", "{0}wrist", "{0}hip", "{0}knee", "{0}ankle"),
    ("{1}shldr", "{1}forearm", "{1}hand", "{1}thigh", "{1}shin", "{1}foot"),
    ("{0}upperarm", "{0}lowerarm", "{0}hand", "{0}upperleg", "{0}lowerleg", "{0}foot"),
)
_LIMB = ("shoulder", "elbow", "hand", "hip", "knee", "foot")
LAYOUTS: tuple[Mapping[str, str], ...] = tuple(
    MappingProxyType(
        {"hips": "hips", "neck": "neck", "head": "head"}
        | {
            f"{side}_{joint}": name.format(*_SIDES[side])
            for side in _SIDES
            for joint, name in zip(_LIMB, manner, strict=True)
        }
    )
    for manner in _MANNERS
)
"""What our joints are called, in small letters alone: in CMU's and Mixamo's files, and in four other manners."""


@dataclass
class Node:
    """One joint of a file: its offset (3,) from its parent, its channels, and the column of the first of them."""

    name: str
    parent: int
    offset: np.ndarray = field(default_factory=lambda: np.zeros(3))
    channels: tuple[str, ...] = ()
    column: int = 0


@dataclass(frozen=True)
class Capture:
    """What a file holds: its joints, its rows of channels (F, C), and the seconds from each to the next."""

    nodes: tuple[Node, ...]
    rows: np.ndarray
    pace: float

    def places(self) -> np.ndarray:
        """Where each joint is in each frame, (F, nodes, 3), in the file's units."""
        turns: list[np.ndarray] = []
        places: list[np.ndarray] = []
        for node in self.nodes:
            turn, moved = _moved(node, self.rows)
            if node.parent < 0:
                turns.append(turn)
                places.append(moved)
            else:
                turns.append(turns[node.parent] @ turn)
                places.append(places[node.parent] + np.einsum("fij,fj->fi", turns[node.parent], moved))
        return np.stack(places, 1)


def read_bvh(content: bytes, name: str = "this file") -> np.ndarray:
    """The puppet's frames (F, 15, 2), FPS a second, of a BVH file; RequestError for what cannot be followed."""
    capture = _read(content, name)
    return on_sheet(_joints(capture, name), capture.pace, name)


def on_sheet(joints: np.ndarray, pace: float, name: str) -> np.ndarray:
    """Joints (F, 15, 3) in space, `pace` seconds from one to the next, as frames (F', 15, 2) on the sheet.

    They are seen from where the body looks in the first frame, with its feet on the ground, its hips kept on the sheet,
    and limbs as long as those of our own poses.
    """
    flat = _from_the_front(_at_pace(joints, pace))
    # How high it is at its most upright: a capture may begin or end on the floor.
    height = np.percentile(np.ptp(flat[..., 1], axis=1), 90)
    if not height > 0:
        raise RequestError(f"The body in {name} has no height; give another motion.")
    flat *= TALL / height
    hips = flat[:, NUMBER["hips"], 0].copy()
    middle = (hips.max() + hips.min()) / 2
    kept = (hips - middle) * min(1.0, ROOM / max(np.ptp(hips) / 2, 1e-9))
    flat[..., 0] += (0.5 + kept - hips)[:, None]
    flat[..., 1] += GROUND - np.percentile(flat[..., 1].max(1), 50)
    # With the puppet's own limbs, but as short as they are seen where they point to the viewer.
    factors = LENGTHS / np.maximum(lengths_of(flat).max(0), LENGTHS / 5)
    # A leap stays on the sheet, and so does who lies at its border.
    return rounded(np.clip(fitted(flat, factors), -0.25, 1.25))


def _at_pace(joints: np.ndarray, pace: float) -> np.ndarray:
    """As many frames a second as ours, each between the two nearest of the file."""
    seconds = min((len(joints) - 1) * pace, MOST_SECONDS)
    at = np.arange(min(int(seconds * FPS) + 1, int(MOST_SECONDS * FPS))) / (FPS * pace)
    first = np.minimum(at.astype(int), len(joints) - 1)
    second = np.minimum(first + 1, len(joints) - 1)
    share = (at - first)[:, None, None]
    return (1 - share) * joints[first] + share * joints[second]


def _from_the_front(joints: np.ndarray) -> np.ndarray:
    """(F, 15, 3) in space as (F, 15, 2): to the viewer's right, and down."""
    get = lambda name: joints[:, NUMBER[name]]  # noqa: E731
    tall = np.abs((get("head") - get("hips")).mean(0))
    up = 2 if tall[2] > tall[1] else 1
    # What is left of the body is right of whoever looks at it.
    across = (get("left_hip") - get("right_hip") + get("left_shoulder") - get("right_shoulder"))[0]
    across[up] = 0
    length = np.linalg.norm(across)
    across = across / length if length > 1e-9 else np.eye(3)[0]
    return np.stack([joints @ across, -joints[..., up]], -1)


def _joints(capture: Capture, name: str) -> np.ndarray:
    """Our 15 joints in space, (F, 15, 3)."""
    found = {_plain(node.name): number for number, node in reversed(list(enumerate(capture.nodes)))}
    if "hips" not in found:
        known = ", ".join(node.name for node in capture.nodes[:4])
        raise RequestError(f"There are no hips among the joints of {name} ({known[:80]}...); give a BVH of a body.")
    layout = min(LAYOUTS, key=lambda names: sum(theirs not in found for theirs in names.values()))
    numbers: dict[str, int | None] = {ours: found[theirs] for ours, theirs in layout.items() if theirs in found}
    for ours in ("left_hand", "right_hand", "left_foot", "right_foot"):
        # In some files a hand is no joint, but the end of a forearm.
        if ours not in numbers and PARENT[ours] in numbers:
            numbers[ours] = _end_of(capture, numbers[PARENT[ours]])
    lacking = [theirs for ours, theirs in layout.items() if numbers.get(ours) is None and ours != "neck"]
    if lacking:
        raise RequestError(
            f"{name} has no joint {lacking[0]!r}, nor {len(lacking) - 1} others of {len(JOINTS)}; name them as CMU or "
            "Mixamo do."
        )
    places = capture.places()
    body = {ours: places[:, number] for ours, number in numbers.items()}
    body.setdefault("neck", (body["left_shoulder"] + body["right_shoulder"]) / 2)
    # Our head is the middle of it; theirs is where it sits on the neck, and often its top follows.
    if (top := _end_of(capture, numbers["head"])) is not None:
        body["head"] = (body["head"] + places[:, top]) / 2
    return np.stack([body[joint] for joint in JOINTS], 1)


def _end_of(capture: Capture, number: int | None) -> int | None:
    """The joint, or the end, that hangs on another; None where none does, or that one is not there."""
    return (
        None
        if number is None
        else next((child for child, node in enumerate(capture.nodes) if node.parent == number), None)
    )


def _plain(name: str) -> str:
    """A joint's name in small letters alone: "mixamorig:LeftUpLeg" is "leftupleg"."""
    said = "".join(sign for sign in name.rpartition(":")[2].lower() if sign.isalnum())
    return {"hip": "hips", "pelvis": "hips"}.get(said.removeprefix("mixamorig"), said.removeprefix("mixamorig"))


def _moved(node: Node, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A joint's own turn (F, 3, 3) and where it is from its parent (F, 3), in each frame."""
    turn = np.broadcast_to(np.eye(3), (len(rows), 3, 3))
    moved = np.broadcast_to(node.offset, (len(rows), 3)).copy()
    for column, channel in enumerate(node.channels, node.column):
        axis = "xyz".index(channel[0])
        if channel.endswith("position"):
            moved[:, axis] = rows[:, column]
        else:
            turn = turn @ _about(axis, np.radians(rows[:, column]))
    return turn, moved


def _about(axis: int, angles: np.ndarray) -> np.ndarray:
    """Turns (F, 3, 3) about one axis."""
    first, second = (axis + 1) % 3, (axis + 2) % 3
    turn = np.zeros((len(angles), 3, 3))
    turn[:, axis, axis] = 1
    turn[:, first, first] = turn[:, second, second] = np.cos(angles)
    turn[:, second, first] = np.sin(angles)
    turn[:, first, second] = -turn[:, second, first]
    return turn


def _read(content: bytes, name: str) -> Capture:
    text = content.decode("latin-1")
    tree, found, numbers = text.partition("MOTION")
    if tree.split()[:1] != ["HIERARCHY"] or not found:
        raise RequestError(f"{name} is no BVH file: such a one begins with HIERARCHY and has a MOTION.")
    words = iter(tree.split()[1:])
    try:
        nodes = tuple(_tree(words))
    except (StopIteration, ValueError, IndexError):
        raise RequestError(f"The hierarchy of joints in {name} is damaged; export the file again.") from None
    return Capture(nodes, *_numbers(numbers, nodes, name))


def _tree(words: Iterator[str]) -> Iterator[Node]:
    """The joints of a hierarchy, each after its parent; ValueError or StopIteration where it is damaged."""
    above: list[int] = []
    count = column = 0
    node = Node("", -1)
    for word in words:
        if word in ("ROOT", "JOINT", "End"):
            node = Node(next(words), above[-1] if above else -1)
            if count >= MOST_JOINTS or (count and not above):
                raise ValueError
        elif word == "{":
            above.append(count)
            count += 1
            yield node
        elif word == "}":
            above.pop()
        elif word == "OFFSET":
            node.offset = np.array([_finite(next(words)) for _ in range(3)])
        elif word == "CHANNELS":
            node.channels = tuple(_channel(next(words)) for _ in range(int(next(words))))
            node.column = column
            column += len(node.channels)
        else:
            raise ValueError(word)
    if above or not count:
        raise ValueError


def _finite(word: str) -> float:
    value = float(word)
    if not math.isfinite(value):
        raise ValueError(word)
    return value


def _channel(word: str) -> str:
    if (word := word.lower()) not in {axis + kind for axis in "xyz" for kind in ("position", "rotation")}:
        raise ValueError(word)
    return word


def _numbers(text: str, nodes: tuple[Node, ...], name: str) -> tuple[np.ndarray, float]:
    """The rows of channels (F, C) and the seconds from one to the next."""
    width = sum(len(node.channels) for node in nodes)
    words = text.split(None, 5)
    try:
        if [word.lower() for word in (words[0], *words[2:4])] != ["frames:", "frame", "time:"]:
            raise ValueError
        count, pace = int(words[1]), _finite(words[4])
        if count * width > MOST_NUMBERS:
            raise RequestError(f"{name} has {count:,} frames of {width} numbers; cut it shorter.")
        values = np.array(words[5].split(), dtype=np.float64)
    except (ValueError, IndexError):
        raise RequestError(f"The motion in {name} is damaged: it is not all numbers; export the file again.") from None
    if count < 1 or not width or len(values) != count * width or not 1e-4 <= pace <= 10:
        raise RequestError(
            f"The motion in {name} says {count:,} frames of {width} numbers, {pace:g} s each, and has {len(values):,} "
            "numbers; export the file again."
        )
    if not np.isfinite(values).all():
        raise RequestError(f"The motion in {name} has numbers that are none (NaN); export the file again.")
    return values.reshape(count, width), pace
