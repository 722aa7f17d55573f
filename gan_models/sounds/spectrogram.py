"""What a sound looks like: its spectrogram as a picture, its outline, and how loud it is."""

import numpy as np
import torch
from torch import Tensor

TRANSFORM, HOP = 512, 64
"""Samples of a frame and between two frames."""
RANGE = 80.0
"""Decibels between the darkest and the brightest."""
STOPS = ((9, 10, 24), (52, 24, 92), (140, 41, 118), (222, 92, 78), (250, 176, 92), (252, 246, 200))
"""From silence to the loudest."""


def levels(sounds: Tensor) -> Tensor:
    """Decibels (N, TRANSFORM / 2, frames) of sounds (N, L) below a full sine, -RANGE at least; low ones first."""
    window = torch.hann_window(TRANSFORM, device=sounds.device)
    turns = torch.stft(sounds.float(), TRANSFORM, HOP, window=window, return_complex=True)[:, 1:]
    return (20 * (turns.abs() * (4 / TRANSFORM) + 1e-9).log10()).clamp(-RANGE, 0)


def spectrograms(sounds: Tensor, height: int = 128, width: int = 128) -> np.ndarray:
    """Pictures uint8 (N, height, width, 3) of sounds (N, L): time to the right, pitch upwards, loudness by colour."""
    shown = torch.nn.functional.interpolate(levels(sounds)[:, None], (height, width), mode="area")[:, 0].flip(1)
    place = ((shown / RANGE + 1) * 255).round().long().cpu().numpy()
    return _colours()[place]


def loudness(samples: np.ndarray) -> float:
    """Loudest sample of (L,) in decibels below full scale; minus infinity for silence."""
    loudest = float(np.abs(samples).max(initial=0))
    return 20 * np.log10(loudest) if loudest else -np.inf


def _colours() -> np.ndarray:
    places = np.linspace(0, len(STOPS) - 1, 256)
    stops = np.array(STOPS, float)
    return (
        np.stack([np.interp(places, np.arange(len(STOPS)), stops[:, c]) for c in range(3)], 1).round().astype(np.uint8)
    )
