"""A sound that drives a film: its onsets the pace, its loudness the variety."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gan_models.errors import RequestError
from gan_models.sounds.files import open_sound
from gan_models.sounds.pulse import HEARD, SECONDS, Pulse

STRENGTH = 0.6
STILL, LOUD, SUDDEN = 0.8, 0.8, 3.0
"""At full strength: what of the even pace goes, and what the loudest sound and the strongest onset add to it."""
CALMED = 0.5
"""At full strength: what of the variety silence takes away."""


@dataclass(frozen=True, eq=False)
class Music:
    """What a recipe says of the sound of a film. `name` and `sha256` are its file's, `strength` is from 0 to 1."""

    name: str
    sha256: str
    pulse: Pulse
    strength: float = STRENGTH

    def __post_init__(self) -> None:
        if isinstance(self.strength, bool) or not 0 <= self.strength <= 1:
            raise RequestError(f"The strength of a film's sound is from 0 to 1, got {self.strength!r}.")

    @classmethod
    def of(cls, content: bytes, name: str, strength: float = STRENGTH) -> "Music":
        """That of a WAV, FLAC, OGG, MP3 or AIFF file; SoundError for a silent one or for no sound."""
        return cls(name, sha256(content).hexdigest(), Pulse.of(open_sound(content, HEARD, SECONDS)), strength)

    def is_of(self, content: bytes) -> bool:
        """Whether a sound file's bytes are those that it was made of."""
        return sha256(content).hexdigest() == self.sha256

    def to_json(self) -> dict[str, object]:
        """What a recipe says of it."""
        return {"name": self.name, "sha256": self.sha256, "pulse": self.pulse.pack(), "strength": self.strength}

    @classmethod
    def from_json(cls, words: object) -> "Music":
        """What `to_json` said; RequestError for what cannot be one."""
        if not isinstance(words, Mapping) or set(words) != {"name", "sha256", "pulse", "strength"}:
            raise RequestError("The recipe of this film does not say how its sound drives it.")
        name, strength = words["name"], words["strength"]
        if not isinstance(name, str) or not isinstance(strength, int | float):
            raise RequestError("The recipe of this film does not say how its sound drives it.")
        return cls(Path(name).name[:120], str(words["sha256"])[:64], Pulse.unpack(words["pulse"]), strength)

    def frames(self, fps: int, most: int) -> int:
        """How many frames of so many a second its film has, `most` at most."""
        return max(1, min(most, int(self.pulse.seconds * fps)))

    def places(self, fps: int, count: int, steps: int) -> Tensor:
        """Where each of `count` frames is on a way of `steps` steps: each onset is a leap, loud is fast, silence slow.

        The first frame is at 0; one more would be at the end.
        """
        loudness, onsets = self.pulse.at(fps, count)
        pace = 1 + self.strength * (LOUD * loudness + SUDDEN * onsets - STILL)
        return torch.from_numpy(np.concatenate([[0], np.cumsum(pace)[:-1]]) * (steps / pace.sum()))

    def variety(self, fps: int, count: int) -> Tensor:
        """The share of its distance from the mean that each frame keeps: all where the sound is loud."""
        loudness, _ = self.pulse.at(fps, count)
        return torch.from_numpy(1 - self.strength * CALMED * (1 - loudness)).float()
