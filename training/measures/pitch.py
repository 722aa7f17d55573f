"""The pitch of a note by its autocorrelation: what hears notes for `training.evaluate_notes` and knows of no network.

After de Cheveigné and Kawahara 2002 ("YIN"): the shortest lag at which a frame nearly repeats itself, here of the
autocorrelation divided by the frames' own energy, between samples by way of a longer transform. A note's pitch is the
median over its loud frames.
"""

import numpy as np

LOWEST, HIGHEST = 55.0, 2400.0
"""Hertz."""
FRAME, HOP, FINER = 2048, 1024, 8
"""Samples at 16 kHz of a frame and between two; lags to a sample."""
NEARLY = 0.92
"""Of the best repetition: a shorter lag that reaches this is taken."""
FAINT = 0.1
"""Of the loudest frame's amplitude: what is below is not asked."""


def pitch(sound: np.ndarray, rate: int) -> float:
    """MIDI number, with its fraction, of a note (L,); nan for silence."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, FRAME)[::HOP]
    loud = np.sqrt(np.square(frames).mean(1))
    frames = frames[loud > FAINT * loud.max()] if loud.max() > 1e-5 else frames[:0]
    if not len(frames):
        return float("nan")
    alike = repetition(frames)
    first, last = (int(FINER * rate / hertz) for hertz in (HIGHEST, LOWEST))
    lags = np.array([shortest(row, first, last) for row in alike]) / FINER
    return float(np.median(69 + 12 * np.log2(rate / lags / 440)))


def repetition(frames: np.ndarray) -> np.ndarray:
    """How alike frames (N, FRAME) are to themselves (N, lags) later, 1 for the same; a lag is 1 / FINER samples."""
    size = 2 * FRAME
    power = np.abs(np.fft.rfft(frames - frames.mean(1, keepdims=True), size)) ** 2
    alike = np.fft.irfft(power, size * FINER)[:, : FRAME // 2 * FINER] * FINER
    squares = np.cumsum(np.square(frames), 1)
    lag = np.arange(FRAME // 2)
    head = squares[:, FRAME - 1 - lag]
    tail = squares[:, -1:] - np.concatenate([np.zeros((len(frames), 1)), squares[:, : FRAME // 2 - 1]], 1)
    energy = np.sqrt(head * tail).repeat(FINER, 1)
    return alike / np.maximum(energy, 1e-9)


def shortest(alike: np.ndarray, first: int, last: int) -> int:
    """The lag of the first peak of (lags,) that is nearly as high as the highest."""
    inside = alike[first:last]
    peaks = 1 + np.flatnonzero((inside[1:-1] > inside[:-2]) & (inside[1:-1] >= inside[2:]))
    if not len(peaks) or inside[peaks].max() <= 0:
        return first + int(inside.argmax())
    return first + int(peaks[inside[peaks] >= NEARLY * inside[peaks].max()][0])
