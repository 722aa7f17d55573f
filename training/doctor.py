"""What goes wrong in GAN training, seen from the log: each trouble with its number, a threshold and advice.

Healthy trainings look alarming to the eye: losses swing, critics have no zero, a good discriminator is right
most of the time. So every sign is a median over the last rows, must last for several rows, is set against the
real pictures' own value, and is quiet until the training has had time to begin.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

SMOOTH = 5
"""Rows in a median."""
HOLD = 5
"""Rows in a row that must say the same before the doctor speaks, or is content again."""
BEGUN_IMAGES, BEGUN_STEPS = 50_000, 1000
"""Before both are reached, pictures without spread or full of noise are only young."""

Row = Mapping[str, float]
Flags = Mapping[str, Any]
"""A training's options by name, as config.json has them; empty where they are not known."""


@dataclass(frozen=True)
class Remark:
    """One trouble: where it was noticed, number and threshold, why it matters, one thing to try."""

    step: int
    name: str
    value: float
    threshold: float
    reason: str
    advice: str

    def sentence(self) -> str:
        """The remark on one line."""
        numbers = f"{self.value:.3g}, threshold {self.threshold:.3g}"
        return f"Doctor, step {self.step}: {self.name} ({numbers}). {self.reason} {self.advice}"


class Past:
    """The rows so far, smoothed: `past["d/real"]` is the median of the last rows or None."""

    def __init__(self):
        self.rows: list[Row] = []
        self.smooth: list[dict[str, float]] = []

    def add(self, row: Row) -> None:
        self.rows.append(row)
        recent = self.rows[-SMOOTH:]
        self.smooth.append({key: median(r[key] for r in recent if key in r) for key in row})

    def __getitem__(self, key: str) -> float | None:
        return self.smooth[-1].get(key)

    def has(self, *keys: str) -> bool:
        return all(key in self.smooth[-1] for key in keys)

    @property
    def begun(self) -> bool:
        """Whether the training is old enough to be judged by its pictures."""
        row = self.rows[-1]
        return row.get("images", 0) >= BEGUN_IMAGES and row.get("step", 0) >= BEGUN_STEPS

    def at_half(self, key: str) -> float | None:
        """The smoothed value when half as many steps were done."""
        half = self.rows[-1].get("step", 0) / 2
        earlier = [s[key] for s, row in zip(self.smooth, self.rows) if row.get("step", 0) <= half and key in s]
        return earlier[-1] if earlier else None


@dataclass(frozen=True)
class Check:
    """One trouble's rule: `measure` gives its number (None: nothing to say), alarming beyond `threshold` and
    until it is back beyond `release`; `below` turns the direction round. `advice` is one thing to try, with a flag
    that the training has and does not use that way yet."""

    name: str
    measure: Callable[[Past], float | None]
    threshold: float
    release: float
    reason: str
    advice: Callable[[Flags], str]
    below: bool = False

    def beyond(self, value: float | None, limit: float) -> bool:
        return value is not None and (value < limit if self.below else value > limit)


def won(past: Past) -> float | None:
    """The discriminator's lower accuracy, if it also leaves the generator nothing to learn from.

    Alone, accuracy near one is common in good trainings; it is trouble when the pictures lose their spread,
    when the discriminator's loss is at its floor of zero, or when the generator's loss has doubled.
    """
    if not past.has("accuracy/real", "accuracy/fake"):
        return None
    now, before, floor = past["loss/generator"], past.at_half("loss/generator"), past["loss/discriminator"]
    bounded = floor is not None and floor >= 0  # a critic's losses have no zero, so no floor and no doubling
    at_floor = bounded and floor < 0.02
    rising = bounded and past.begun and now is not None and before is not None and now > 2 * before > 1
    ratio = spread_ratio(past)
    alike = ratio is not None and past.begun and ratio < 0.6
    return min(past["accuracy/real"], past["accuracy/fake"]) if rising or at_floor or alike else 0.0


def spread_ratio(past: Past) -> float | None:
    """Spread of the fixed latents' pictures over that of real ones."""
    if not past.has("spread/fake", "spread/real") or past["spread/real"] <= 0:
        return None
    return past["spread/fake"] / past["spread/real"]


def little_spread(past: Past) -> float | None:
    return spread_ratio(past) if past.begun else None


def memorising(past: Past) -> float | None:
    """How far held-out pictures lie from training pictures towards generated ones, 0 to 1, in the verdict.

    Karras et al. 2020 ("Training generative adversarial networks with limited data", section 3.1, r_v). Only
    said where the discriminator tells real from generated at all.
    """
    if not past.has("d/real", "d/fake", "d/held_out", "accuracy/real", "accuracy/fake"):
        return None
    gap = past["d/real"] - past["d/fake"]
    if gap <= 0 or past["accuracy/real"] + past["accuracy/fake"] < 1.4 or not past.begun:
        return None
    return (past["d/real"] - past["d/held_out"]) / gap


def fading(past: Past) -> float | None:
    """How much of the way from the real mean brightness to black or white the pictures have gone, 0 to 1."""
    if not past.has("brightness/fake", "brightness/real"):
        return None
    fake, real = past["brightness/fake"], past["brightness/real"]
    return (real - fake) / max(real + 1, 0.01) if fake < real else (fake - real) / max(1 - real, 0.01)


def checkerboard(past: Past) -> float | None:
    """Energy at the highest frequencies, as a multiple of the real pictures' (at least 0.002)."""
    if not past.has("high/fake", "high/real") or not past.begun:
        return None
    return past["high/fake"] / max(past["high/real"], 0.002)


def over_interpolation(past: Past) -> float | None:
    """PSNR in dB that an upscaler has over bicubic interpolation on pictures held out."""
    if not past.has("psnr/held_out", "psnr/bicubic") or not past.begun:
        return None
    return past["psnr/held_out"] - past["psnr/bicubic"]


def halved(name: str, flags: Flags) -> str:
    """The flag with half of its value."""
    flag, value = f"--{name.replace('_', '-')}", flags.get(name)
    return f"{flag} {value / 2:g}" if value else f"half the {flag}"


def calmer_generator(flags: Flags) -> str:
    return f"Begin again with {halved('generator_lr', flags)}."


def calmer_discriminator(flags: Flags) -> str:
    return f"Begin again with {halved('discriminator_lr', flags)}."


def calmer_both(flags: Flags) -> str:
    return f"Begin again with {halved('generator_lr', flags)} and {halved('discriminator_lr', flags)}."


def less_invention(flags: Flags) -> str:
    contest = flags.get("stage") == "adversarial"
    return f"Begin again with {halved('adversarial_weight', flags)}." if contest else calmer_generator(flags)


def more_to_see(flags: Flags) -> str:
    milder = "augment" in flags and "cutout" not in flags["augment"]
    return "Begin again with --augment colour translation cutout." if milder else "Train on more pictures."


def other_doubling(flags: Flags) -> str:
    resizes = flags.get("upsampling", "resize") == "resize"
    return "Train longer: in young pictures it is common." if resizes else "Begin again with --upsampling resize."


CHECKS = (
    Check(
        "the discriminator has won",
        won,
        0.985,
        0.97,
        "It tells nearly every generated picture from a real one, and the generator no longer gains on it.",
        calmer_discriminator,
    ),
    Check(
        "the pictures hardly differ",
        little_spread,
        0.5,
        0.6,
        "Their spread is far below the real pictures': the generator draws few pictures again and again.",
        calmer_generator,
        below=True,
    ),
    Check(
        "the discriminator is memorising",
        memorising,
        0.6,
        0.45,
        "It takes held-out pictures for generated ones, so it knows the training pictures by heart.",
        more_to_see,
    ),
    Check(
        "the pictures fade to black or white",
        fading,
        0.7,
        0.5,
        "Their mean brightness has left the real pictures' for one end of the scale.",
        calmer_both,
    ),
    Check(
        "the pictures have a checkerboard",
        checkerboard,
        4.0,
        2.5,
        "They hold far more energy than real ones in patterns that change every pixel.",
        other_doubling,
    ),
    Check(
        "the pictures are further off than interpolation",
        over_interpolation,
        -2.0,
        -1.5,
        "An upscaler that invents loses some PSNR, but this much is no longer detail.",
        less_invention,
        below=True,
    ),
)


@dataclass
class Alarm:
    """A check with its memory: it speaks when trouble has lasted, and again only after it was over."""

    check: Check
    flags: Flags
    speaking: bool = False
    bad: int = 0
    good: int = 0

    def look(self, past: Past) -> Remark | None:
        """A remark when trouble begins, not while it lasts."""
        check, value = self.check, self.check.measure(past)
        self.bad = self.bad + 1 if check.beyond(value, check.threshold) else 0
        self.good = 0 if check.beyond(value, check.release) else self.good + 1
        if self.speaking:
            self.speaking = self.good < HOLD
            return None
        if self.bad < HOLD:
            return None
        self.speaking = True
        step = int(past.rows[-1].get("step", 0))
        advice = check.advice(self.flags)
        return Remark(step, check.name, round(value, 4), check.threshold, check.reason, advice)


class Doctor:
    """Looks at rows one by one and remembers what has been said; `flags` are those of the training."""

    def __init__(self, flags: Flags):
        self.past = Past()
        self.alarms = [Alarm(check, flags) for check in CHECKS]

    def look(self, row: Row) -> list[Remark]:
        """Take in one row of the log; what is newly wrong, usually nothing."""
        self.past.add(row)
        found = (alarm.look(self.past) for alarm in self.alarms)
        return [remark for remark in found if remark]
