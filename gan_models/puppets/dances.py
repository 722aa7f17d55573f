"""What a film of the puppet goes through: frames of joints, from key poses, one of our motions or a captured one."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gan_models.checks import is_whole
from gan_models.errors import RequestError
from gan_models.puppets.body import DIGITS, LEAST, MOST
from gan_models.puppets.motions import motion, through
from gan_models.puppets.skeleton import JOINTS

MOST_FRAMES = 900
MOST_KEYS = 24
MOST_STEPS = 60
STEPS = 10
"""Frames from one key pose to the next where nothing else is said: half a second."""


@dataclass(frozen=True)
class Dance:
    """Key poses (K, 15, 2) with `steps` frames from each to the next, or frames (F, 15, 2) as they are (`steps` is 0).

    `closed`: from the last key on to the first. `name`: of the motion or the file that the frames are from.
    """

    poses: np.ndarray
    steps: int = 0
    closed: bool = False
    name: str = ""

    def __post_init__(self) -> None:
        most = MOST_KEYS if self.steps else MOST_FRAMES
        if not is_whole(self.steps, 0, MOST_STEPS):
            raise RequestError(f"From a key pose to the next there are 1 to {MOST_STEPS} frames, got {self.steps!r}.")
        if not min(2, 1 + self.steps) <= len(self.poses) <= most:
            what = "key poses" if self.steps else "frames"
            raise RequestError(f"A film of the puppet has 2 to {most} {what}, got {len(self.poses)}.")
        if not isinstance(self.closed, bool) or not isinstance(self.name, str) or len(self.name) > 120:
            raise RequestError("A dance is closed or not, and has a name of up to 120 characters.")
        if not ((self.poses >= LEAST) & (self.poses <= MOST)).all():
            raise RequestError(f"A joint is from {LEAST} to {MOST} in shares of the sheet's side.")

    @classmethod
    def of(cls, name: str) -> Dance:
        """One of our own motions; RequestError for another name."""
        return cls(motion(name), name=name)

    @property
    def count(self) -> int:
        """How many frames it has."""
        ways = len(self.poses) - (not self.closed)
        return ways * self.steps + (not self.closed) if self.steps else len(self.poses)

    def frames(self) -> np.ndarray:
        """All that it goes through, (F, 15, 2)."""
        return through(self.poses, self.steps, self.closed) if self.steps else self.poses

    def to_json(self) -> dict[str, Any]:
        """Plain values, for a recipe and for the page."""
        words = {"steps": self.steps, "closed": self.closed} if self.steps else {"name": self.name}
        return {"poses": packed(self.poses), **words}

    @classmethod
    def from_json(cls, words: object) -> Dance:
        """What `to_json` said; RequestError for anything else."""
        known = {"poses", "steps", "closed", "name"}
        if not isinstance(words, Mapping) or "poses" not in words or not set(words) <= known:
            raise RequestError("A dance has poses, and the steps between them or a name; begin anew.")
        rest = {name: words[name] for name in known - {"poses"} if words.get(name) is not None}
        return cls(unpacked(words["poses"]), **rest)


def packed(poses: np.ndarray) -> str:
    """Poses (K, 15, 2) as text: ten thousandths as whole numbers of 16 bits, the lower byte first, in base64."""
    return base64.b64encode(np.round(poses * 10**DIGITS).astype("<i2").tobytes()).decode()


def unpacked(text: object) -> np.ndarray:
    """What `packed` wrote; RequestError for anything else."""
    try:
        content = base64.b64decode(text if isinstance(text, str) else "?", validate=True)
        return np.round(np.frombuffer(content, "<i2").reshape(-1, len(JOINTS), 2) / 10**DIGITS, DIGITS)
    except (ValueError, binascii.Error):
        raise RequestError("The poses of this dance are damaged; begin anew.") from None
