"""A note as a picture of its partials, and the note again from the picture.

The two channels of GANSynth (Engel et al. 2019, section 2: log magnitude and instantaneous frequency), but read where a
note of known pitch has its partials instead of at the bins of one transform for all pitches, and a third channel for
what lies between them, after Serra and Smith 1990 ("Spectral modeling synthesis"). Row k is partial k + 1, frame t a
time; frames lie closer where the note begins.

- 0, level of the partial: -80 dB of full scale is -1, 0 dB is 1;
- 1, how far it is from its place in the harmonic series, in semitones, -1 to 1; 0 where it cannot be heard;
- 2, level of noise halfway to the partial below, as if all frequencies had as much of it, in the same decibels.
"""

import math

import torch
from torch import Tensor, nn

NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
PARTIALS, FRAMES, CHANNELS = 64, 64, 3
CURVE = 1.5
"""Of the frames' times: the first lie 4 ms apart, the last 50."""
RANGE = 80.0
"""Decibels from -1 to 1."""
PERIODS, SHORTEST = 4, 0.016
"""Of a window: periods of the note that it spans, and its length in seconds at least. With four, a Hann window hears
nothing of a partial at its neighbour's place."""
NOISE_PERIODS, NOISE_SHORTEST = 6, 0.024
"""The same for noise: with six, a Blackman window hears the partials 58 dB lower halfway between them."""
INAUDIBLE, AUDIBLE = -75.0, -55.0
"""Decibels between which a partial's frequency begins to be told."""
DETUNED = 60
"""Cents that an instrument may be out of tune."""
STIFF = (0.0, 3e-5, 6e-5, 1e-4, 2e-4, 4e-4, 8e-4, 1.6e-3)
"""Stiffness of strings: partial k of a string lies at k * sqrt(1 + stiffness * k**2) (Fletcher 1964)."""
LONG = 8192
"""Samples by which a note's tuning is found."""
HIGHEST = 0.97
"""Of the Nyquist frequency: what is above is left out."""
NOISE, HOP = 256, 64
"""Samples of a frame of noise and between two."""
AT_ONCE = 8
"""Partials that are summed at once: what fits near the processor."""
RISE = 32
"""Samples over which a note rises."""
LOUDEST = 0.98
GEOMETRIC = math.exp(-0.5772)
"""Of the mean of exponentially distributed numbers, as noise's powers are, their geometric mean."""
BETWEEN = (-0.4, -0.2, 0.0, 0.2, 0.4)
"""Where between two partials noise is looked for, as far as a window tells it from them."""


def name_of(pitch: int) -> str:
    """C4 of MIDI number 60."""
    return f"{NAMES[pitch % 12]}{pitch // 12 - 1}"


def hertz(pitch: Tensor) -> Tensor:
    """Frequencies of MIDI numbers, which may lie between two keys."""
    return 440 * torch.exp2((pitch.float() - 69) / 12)


def decibels(pictures: Tensor) -> Tensor:
    """Levels of a picture's channel 0 or 2 as decibels."""
    return (pictures - 1) * (RANGE / 2)


class Partials(nn.Module):
    """Both ways between sounds of one length (in samples, at `rate` Hz) and pictures (CHANNELS, PARTIALS, FRAMES)."""

    def __init__(self, rate: int, length: int) -> None:
        super().__init__()
        self.rate, self.length = rate, length
        # Always real: arithmetic on meta tensors makes torch load its compiler.
        samples = torch.arange(length, device="cpu")
        times = (torch.arange(FRAMES, device="cpu") / (FRAMES - 1)) ** CURVE * (length - 1)
        draws = torch.Generator("cpu").manual_seed(1)
        noise = torch.randn(length, generator=draws, device="cpu")
        window = torch.hann_window(NOISE, device="cpu")
        keep = {
            "times": times,
            "window": window,
            "phases": torch.rand(PARTIALS, 1, generator=draws, device="cpu"),
            "noise": torch.stft(noise, NOISE, HOP, window=window, return_complex=True),
            "rise": (samples / RISE).clamp(max=1),
            "by_sample": between_frames(times, samples),
            "by_frame": between_frames(times, torch.arange(length // HOP + 1, device="cpu") * HOP),
        }
        for name, tensor in keep.items():
            self.register_buffer(name, tensor, persistent=False)
        self.register_buffer("summed", self.by_sample.cumsum(1), persistent=False)

    def rows(self, frequency: float) -> int:
        """How many partials a note has below the highest frequency."""
        return max(1, min(PARTIALS, int(HIGHEST * self.rate / 2 / frequency)))

    def heard(self, frequencies: Tensor) -> Tensor:
        """(N, 1, PARTIALS, 1): 1 where a note of a frequency (N,) has a partial, else 0."""
        rows = torch.arange(1, PARTIALS + 1, device=frequencies.device)
        count = (HIGHEST * self.rate / 2 / frequencies).clamp(1, PARTIALS).floor()
        return (rows <= count[:, None]).float()[:, None, :, None]

    def blank(self, pictures: Tensor, frequencies: Tensor) -> Tensor:
        """Pictures (N, CHANNELS, PARTIALS, FRAMES) with silence where a note has no partial."""
        silence = pictures.new_tensor([-1.0, 0.0, -1.0]).view(1, CHANNELS, 1, 1)
        return torch.lerp(silence, pictures, self.heard(frequencies).to(pictures.dtype))

    def pictures(self, sounds: Tensor, frequencies: Tensor) -> Tensor:
        """Of sounds (N, length) of known frequencies (N,)."""
        return torch.stack([self.picture(sound, float(f)) for sound, f in zip(sounds.float(), frequencies)])

    def picture(self, sound: Tensor, frequency: float) -> Tensor:
        """Of one sound (length,) of a known frequency."""
        rows = self.rows(frequency)
        span = 2 * round(max(PERIODS / frequency, SHORTEST) * self.rate / 2)
        step = span // 8
        places = series(rows, frequency, *tuning(sound, frequency, self.rate, rows))
        first, second = (frames(sound, self.times, span, by, step) for by in (0, step))
        window = torch.hann_window(span, device=sound.device)
        one, other = (turned(part, places, window, self.rate) for part in (first, second))
        level = (one.abs() + other.abs()) / window.sum()
        turn = (other * one.conj()).angle() / (2 * math.pi) - places * (step / self.rate)
        found = places + (turn - turn.round()) * (self.rate / step)
        # Semitones from the harmonic series.
        away = 12 * torch.log2((found / harmonic(rows, frequency, sound)).clamp_min(0.5))
        db = 20 * (level + 1e-6).log10()
        told = ((db - INAUDIBLE) / (AUDIBLE - INAUDIBLE)).clamp(0, 1)
        noise = self.between(sound, places, frequency)
        picture = torch.stack([shown(db), away.clamp(-1, 1) * told, shown(10 * (noise + 1e-12).log10())])
        whole = sound.new_tensor([-1.0, 0.0, -1.0]).view(CHANNELS, 1, 1).repeat(1, PARTIALS, FRAMES)
        whole[:, :rows] = picture.transpose(1, 2)
        return whole

    def between(self, sound: Tensor, places: Tensor, frequency: float) -> Tensor:
        """Power of noise a sample (FRAMES, K) halfway below each partial, as far from both as a window tells apart."""
        span = 2 * round(max(NOISE_PERIODS / frequency, NOISE_SHORTEST) * self.rate / 2)
        window = torch.blackman_window(span, device=sound.device)
        below = torch.cat([places.new_zeros(1), places[:-1]])
        free = (1 - NOISE_PERIODS * self.rate / (span * (places - below))).clamp_min(0)
        at = [(places + below) / 2 + offset * free * (places - below) for offset in BETWEEN]
        part = frames(sound, self.times, span, 0, 0)
        power = turned(part, torch.cat(at), window, self.rate).abs().square() / window.square().sum()
        # The geometric mean: a partial that trembles is no noise. Of noise it is GEOMETRIC of the mean.
        return (power + 1e-12).log().unflatten(1, (len(BETWEEN), -1)).mean(1).exp() / GEOMETRIC

    def sounds(self, pictures: Tensor, frequencies: Tensor) -> Tensor:
        """Notes (N, length) of pictures and frequencies (N,), each turned down whole where it would exceed 1."""
        notes = torch.stack([self.sound(one, float(f)) for one, f in zip(pictures.float(), frequencies)])
        notes = notes * self.rise
        return notes * (LOUDEST / notes.abs().amax(1, keepdim=True).clamp_min(LOUDEST))

    def sound(self, picture: Tensor, frequency: float) -> Tensor:
        """One note (length,): partials and noise."""
        rows = self.rows(frequency)
        picture = picture[:, :rows]
        number = torch.arange(1, rows + 1, device=picture.device, dtype=torch.float32)[:, None]
        away = (torch.exp2(picture[1] / 12) - 1) * (number * (frequency / self.rate))
        cycles = torch.arange(self.length, device=picture.device, dtype=torch.float64) * (frequency / self.rate)
        cycles, level = (cycles % 1).float(), audible(picture[0])
        tones = torch.zeros(self.length, device=picture.device)
        for some in torch.arange(rows, device=picture.device).split(AT_ONCE):
            turns = torch.addmm(number[some] * cycles + self.phases[some], away[some], self.summed)
            tones += (level[some] @ self.by_sample).mul_(turns.mul_(2 * math.pi).sin_()).sum(0)
        return tones + self.hiss(audible(picture[2]), frequency)

    def hiss(self, between: Tensor, frequency: float) -> Tensor:
        """Noise (length,) as loud as (rows, FRAMES) says halfway below each partial."""
        bins = torch.arange(NOISE // 2 + 1, device=between.device) * (self.rate / NOISE)
        place = (bins / frequency - 0.5).clamp(0, len(between) - 1)
        below = place.long().clamp_max(max(len(between) - 2, 0))
        above, share = (below + 1).clamp_max(len(between) - 1), (place - below)[:, None]
        gain = between @ self.by_frame
        gain = torch.lerp(gain[below], gain[above], share) * (bins < (len(between) + 0.5) * frequency)[:, None]
        return torch.istft(self.noise * gain, NOISE, HOP, window=self.window, length=self.length)


def between_frames(times: Tensor, wanted: Tensor) -> Tensor:
    """(FRAMES, L): by what values at frames, in a straight line from one to the next, become those at other times."""
    left = (torch.searchsorted(times, wanted.to(times), right=True) - 1).clamp(0, FRAMES - 2)
    share = ((wanted - times[left]) / (times[left + 1] - times[left])).clamp(0, 1)
    weights = torch.zeros(FRAMES, len(wanted), device="cpu")
    weights.scatter_(0, left[None], 1 - share[None])
    return weights.scatter_(0, left[None] + 1, share[None])


def shown(db: Tensor) -> Tensor:
    """Decibels as a picture has them."""
    return (1 + db * (2 / RANGE)).clamp(-1, 1)


def audible(picture: Tensor) -> Tensor:
    """Amplitudes of a picture's levels; nothing at the lowest."""
    return (10 ** (decibels(picture) / 20) - 10 ** (-RANGE / 20)).clamp_min(0)


def harmonic(rows: int, frequency: float, like: Tensor) -> Tensor:
    """The harmonic series (rows,) in Hz."""
    return torch.arange(1, rows + 1, device=like.device, dtype=torch.float32) * frequency


def series(rows: int, frequency: float, cents: Tensor, stiffness: Tensor) -> Tensor:
    """Where a string's partials lie in Hz: (rows,), or (..., rows) of many tunings."""
    number = torch.arange(1, rows + 1, device=cents.device)
    bent = (1 + stiffness[..., None] * number.square()).sqrt()
    return number * bent * (frequency * torch.exp2(cents[..., None] / 1200))


def tuning(sound: Tensor, frequency: float, rate: int, rows: int) -> tuple[Tensor, Tensor]:
    """Cents that a note is out of tune and the stiffness of its string, by which most of its spectrum lies on partials.

    Looked for in a long window after the attack.
    """
    start = min(LONG // 8, max(0, len(sound) - LONG))
    part = sound[start : start + LONG]
    power = torch.fft.rfft(part * torch.hann_window(len(part), device=sound.device), 2 * LONG).abs()
    height = (power / power.max().clamp_min(1e-9)).clamp_min(1e-3).log()
    cents = torch.arange(-DETUNED, DETUNED + 1, 3, device=sound.device).float()
    stiffness = torch.tensor(STIFF, device=sound.device)
    cents, stiffness = (t.flatten() for t in torch.meshgrid(cents, stiffness, indexing="ij"))
    bins = (series(rows, frequency, cents, stiffness) * (2 * LONG / rate)).round().long()
    score = height[bins.clamp_max(len(height) - 1)].sum(1) - 0.01 * cents.abs() - 0.5 * (stiffness > 0)
    best = score.argmax()
    return cents[best], stiffness[best]


def frames(sound: Tensor, times: Tensor, span: int, by: int, most: int) -> Tensor:
    """(FRAMES, span) samples about times, `by` later; the first and last ones lie within the sound."""
    start = (times - span / 2).round().long().clamp(0, len(sound) - span - most) + by
    return sound[start[:, None] + torch.arange(span, device=sound.device)]


def turned(parts: Tensor, places: Tensor, window: Tensor, rate: int) -> Tensor:
    """What windows (FRAMES, span) hold at frequencies (K,) in Hz: complex (FRAMES, K), phases as at their middles."""
    time = torch.arange(len(window), device=parts.device) - len(window) / 2
    angle = time[:, None] * places * (2 * math.pi / rate)
    parts = parts * window
    return torch.complex(parts @ angle.cos(), -(parts @ angle.sin()))
