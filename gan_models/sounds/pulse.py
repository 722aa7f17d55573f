"""How a sound moves: its loudness and its onsets, some dozens of times a second, small enough for a recipe."""

import base64
import binascii
from dataclasses import dataclass

import numpy as np
import torch

from gan_models.errors import RequestError, SoundError
from gan_models.sounds.files import SILENT

RATE = 25
"""Values of each kind a second."""
SECONDS = 240.0
"""What is read of a sound."""
HEARD = 16000
"""Hz that a sound is measured at."""
LEVELS = 255
RANGE = 24.0
"""Decibels below the loudest twentieth that count as nothing: what is quiet in a song is seldom quieter."""
FADING = 0.75
"""What is left of an onset one value later."""
_TRANSFORM, _HOP, _BANDS = 1024, 160, 24


@dataclass(frozen=True, eq=False)
class Pulse:
    """Loudness and onsets of a sound, RATE values a second of each, uint8 (T,) from 0 to LEVELS."""

    loudness: np.ndarray
    onsets: np.ndarray

    @classmethod
    def of(cls, sound: np.ndarray) -> "Pulse":
        """That of mono samples (L,) at HEARD Hz; SoundError where there is nothing to hear."""
        if np.abs(sound).max(initial=0) < SILENT:
            raise SoundError("This sound is silent; give one with something to hear.")
        bands = _bands(torch.from_numpy(np.ascontiguousarray(sound, np.float32)))
        return cls(*(_as_levels(values) for values in (_loudness(bands), _onsets(bands))))

    @property
    def seconds(self) -> float:
        """How long the sound is, as far as it was read."""
        return len(self.loudness) / RATE

    def at(self, fps: int, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Loudness and onsets, float (count,) in [0, 1], of the first frames of a film of `fps` frames a second."""
        moments = np.arange(count) / fps * RATE
        places = np.arange(len(self.loudness))
        loudness = np.interp(moments, places, self.loudness / LEVELS)
        # Not between two values: an onset begins at once.
        return loudness, self.onsets[np.minimum(moments.astype(int), places[-1])] / LEVELS

    def pack(self) -> str:
        """As base64 text."""
        return base64.b64encode(np.stack([self.loudness, self.onsets]).tobytes()).decode()

    @classmethod
    def unpack(cls, text: object) -> "Pulse":
        """What `pack` gave; RequestError for anything else."""
        try:
            values = np.frombuffer(base64.b64decode(str(text), validate=True), np.uint8)
        except binascii.Error:
            values = np.empty(0, np.uint8)
        if not len(values) or len(values) % 2 or len(values) > 2 * SECONDS * RATE:
            raise RequestError("What this recipe says of its sound is damaged; give the sound again.")
        return cls(*values.reshape(2, -1))


def _bands(sound: torch.Tensor) -> torch.Tensor:
    """Power (T, bands) of samples (L,): from low to high in steps that grow as pitch does."""
    around = _TRANSFORM - _HOP
    sound = torch.nn.functional.pad(sound, (around // 2, around - around // 2 + -len(sound) % (HEARD // RATE)))
    turns = torch.stft(sound, _TRANSFORM, _HOP, window=torch.hann_window(_TRANSFORM), center=False, return_complex=True)
    power = (turns.abs() ** 2).T
    edges = np.unique(np.geomspace(2, power.shape[1], _BANDS + 1).round().astype(int))
    return torch.stack([power[:, low:high].mean(1) for low, high in zip(edges, edges[1:])], 1)


def _loudness(bands: torch.Tensor) -> np.ndarray:
    level = 10 * (_together(bands.mean(1), "mean") + 1e-9).log10()
    loud = level.quantile(0.95)
    smooth = torch.nn.functional.avg_pool1d(level[None], 3, 1, 1, count_include_pad=False)[0]
    return ((smooth - loud) / RANGE + 1).numpy()


def _onsets(bands: torch.Tensor) -> np.ndarray:
    """Where bands grow louder than they were, each by its own measure (spectral flux), fading afterwards."""
    level = (1 + 1000 * bands / bands.max()).log()
    rise = torch.cat([level[:1], level.diff(dim=0)]).clamp_min(0).mean(1)
    rise = _together(rise, "max")
    values = ((rise - rise.median()) / (rise.quantile(0.98) - rise.median() + 1e-6)).clamp(0, 1).tolist()
    held = 0.0
    for place, value in enumerate(values):
        values[place] = held = max(value, FADING * held)
    return np.array(values)


def _together(values: torch.Tensor, how: str) -> torch.Tensor:
    """RATE values a second of those (T,) that are one every _HOP samples."""
    several = HEARD // (RATE * _HOP)
    groups = values[: len(values) // several * several].reshape(-1, several)
    return groups.mean(1) if how == "mean" else groups.amax(1)


def _as_levels(values: np.ndarray) -> np.ndarray:
    return (np.clip(values, 0, 1) * LEVELS).round().astype(np.uint8)
