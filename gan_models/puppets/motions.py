"""Motions of our own, as frames of joints: each goes on from its end at its beginning."""

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

import numpy as np

from gan_models.errors import RequestError
from gan_models.puppets.body import NUMBER, between, flipped, rounded
from gan_models.puppets.poses import GROUND, POSES, posed

FEET = [NUMBER["right_foot"], NUMBER["left_foot"]]

FPS = 20
"""Frames a second: what a GIF, which counts hundredths, shows exactly."""


def through(keys: np.ndarray, steps: int, closed: bool, smooth: bool = True) -> np.ndarray:
    """Frames (F, 15, 2) from key pose to key pose (K, 15, 2), `steps` for each way; a closed one returns to the first.

    `smooth`: slowly out of each pose and into the next.
    """
    ends = np.concatenate([keys, keys[:1]]) if closed else keys
    share = np.arange(steps) / steps
    share = share * share * (3 - 2 * share) if smooth else share
    ways = [between(first[None], second[None], share) for first, second in zip(ends, ends[1:], strict=False)]
    return np.concatenate(ways if closed else [*ways, keys[-1:]])


def _walk(turn: float) -> np.ndarray:
    """On the spot, towards the viewer: a leg that is lifted looks shorter, and so does the arm that swings with it."""
    sway = np.sin(turn)
    right, left = max(0.0, sway), max(0.0, -sway)
    seen = {"right_knee": 1 - 0.24 * right, "right_foot": 1 - 0.34 * right, "left_knee": 1 - 0.24 * left,
        "left_foot": 1 - 0.34 * left, "right_hand": 1 - 0.4 * left, "left_hand": 1 - 0.4 * right}  # fmt: skip
    return posed(
        x=0.5 + 0.012 * sway, seen=seen, neck=180 - 2 * sway, head=180 + sway,
        right_knee=-4 - 14 * right + 3 * left, right_foot=-2 + 9 * right + 3 * left,
        left_knee=4 + 14 * left - 3 * right, left_foot=2 - 9 * left - 3 * right,
        right_elbow=-18 - 10 * left + 6 * right, right_hand=-4 + 34 * left - 8 * right,
        left_elbow=18 + 10 * right - 6 * left, left_hand=4 - 34 * right + 8 * left,
    )  # fmt: skip


def _wave(turn: float) -> np.ndarray:
    """A hand from side to side, and a little of all the rest."""
    slow = np.sin(turn / 2) * np.sin(turn / 2)
    return posed(
        x=0.5 - 0.01 * slow, neck=180 + 2 * slow, head=178 - 3 * np.sin(turn), left_elbow=118 + 6 * np.sin(turn),
        left_hand=168 + 28 * np.sin(turn), right_elbow=-16 - 4 * slow, right_hand=-6 - 2 * slow,
    )  # fmt: skip


CROUCH = posed(
    right_knee=-52, right_foot=24, left_knee=52, left_foot=-24, right_elbow=-44,
    right_hand=-24, left_elbow=44, left_hand=24,
)  # fmt: skip
FLIGHT = posed(
    right_elbow=-150, right_hand=-164, left_elbow=150, left_hand=164, right_knee=-16, right_foot=-2, left_knee=16,
    left_foot=2,
)  # fmt: skip
HEIGHT = 0.12
"""Of a jump, in shares of the sheet's side."""
BEND = posed(
    neck=184, left_elbow=30, left_hand=100, right_elbow=-30, right_hand=-100, right_knee=-30, right_foot=4,
    left_knee=30, left_foot=-4,
)  # fmt: skip
POINT = posed(
    x=0.47, neck=172, right_elbow=-96, right_hand=-172, left_elbow=84, left_hand=4, right_knee=-8, left_knee=26,
    left_foot=22,
)  # fmt: skip


def _jump() -> np.ndarray:
    """Down, up with both arms, down again, and a rest."""
    keys = np.stack([POSES["stand"], CROUCH, FLIGHT, CROUCH, POSES["stand"]])
    frames = np.concatenate([through(keys[at : at + 2], steps, False)[:-1] for at, steps in enumerate((9, 8, 8, 11))])
    lift = np.zeros(len(frames))
    lift[9:25] = HEIGHT * np.sin(np.pi * np.arange(16) / 16)
    return standing(frames, lift)


def _dance() -> np.ndarray:
    """Eight beats, the second four as the mirror shows the first."""
    half = [POSES["disco"], BEND, POINT, POSES["cheer"]]
    return standing(through(np.stack([*half, *map(flipped, half)]), 10, True))


def standing(frames: np.ndarray, lift: np.ndarray | float = 0.0) -> np.ndarray:
    """Frames raised or lowered so that the lowest foot of each is on the ground, or `lift` above it."""
    lowest = frames[:, FEET, 1].max(1)
    return rounded(frames + np.stack([np.zeros_like(lowest), GROUND - lift - lowest], 1)[:, None])


def _turning(pose: Callable[[float], np.ndarray], count: int, rounds: int = 1) -> np.ndarray:
    """Frames of a pose that depends on an angle, through some whole rounds of it."""
    return np.stack([pose(2 * np.pi * rounds * number / count) for number in range(count)])


MOTIONS: Mapping[str, Callable[[], np.ndarray]] = MappingProxyType(
    {
        "walk": lambda: _turning(_walk, 24),
        "wave": lambda: _turning(_wave, 40, 2),
        "jump": _jump,
        "dance": _dance,
    }
)
"""What makes the frames (F, 15, 2) of each, by name."""


@cache
def motion(name: str) -> np.ndarray:
    """The frames (F, 15, 2) of one of our own motions, FPS a second; RequestError for another name."""
    if name not in MOTIONS:
        raise RequestError(f"There is no motion {name[:40]!r}; choose one of {', '.join(MOTIONS)}.")
    return rounded(MOTIONS[name]())
