"""How drawn figures stand: their builds, the angles of their limbs within what is natural, and steps of a walk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gan_models.puppets.skeleton import JOINTS

SIDES = (-1.0, 1.0)
"""Of the sheet, for the figure's right and left."""


@dataclass(frozen=True)
class Build:
    """Lengths in hundredths of the sheet: from joint to joint, and how thick."""

    head: float
    neck: float
    torso: float
    shoulders: float
    upper_arm: float
    forearm: float
    hips: float
    thigh: float
    shin: float
    arm_width: float
    leg_width: float
    belly: float

    @classmethod
    def by_chance(cls, dice: np.random.Generator) -> Build:
        """Small or tall, slim or stout."""
        tall, stout = dice.uniform(0.92, 1.06), dice.uniform(0, 1)
        vary = lambda low, high: tall * float(dice.uniform(low, high))  # noqa: E731
        head = float(dice.uniform(8.6, 10.2))
        return cls(
            head=head,
            neck=head + float(dice.uniform(2.2, 3.2)),
            torso=vary(20.5, 23),
            shoulders=vary(6.6, 7.8) + 1.4 * stout,
            upper_arm=vary(11.2, 12.6),
            forearm=vary(10.6, 12),
            hips=vary(3.4, 4.2) + 0.6 * stout,
            thigh=vary(13.4, 15.2),
            shin=vary(13.4, 15),
            arm_width=4.0 + 1.4 * stout + float(dice.uniform(-0.2, 0.2)),
            leg_width=5.2 + 1.6 * stout + float(dice.uniform(-0.3, 0.3)),
            belly=float(dice.uniform(-0.6, 0.8)) + 2.2 * stout,
        )


@dataclass(frozen=True)
class Stance:
    """Angles in radians from where a limb rests, outwards and upwards positive; arms and legs the right one first.

    `place`: of the hips, in hundredths of the sheet; `spine`, `head`: tilts to the sheet's right; `arms`, `legs`
    (2, 2): of the upper part, and by how much the lower one goes on; `short` (9,): how long limbs seem, from 0 to 1:
    shoulders, then both arms' and both legs' parts.
    """

    place: np.ndarray
    spine: float
    head: float
    arms: np.ndarray
    legs: np.ndarray
    short: np.ndarray

    @classmethod
    def by_chance(cls, dice: np.random.Generator) -> Stance:
        """Natural and of all kinds: at rest, with raised arms, in a step, in a leap."""
        lively = dice.choice((0.35, 0.8, 1.15))
        upper = np.clip(dice.normal(0.75, 0.9, 2) * lively + 0.12, -0.5, 2.9)
        # Raised arms bend over the head, hanging ones to the hips or out.
        lower = np.clip(dice.normal(0.1, 0.85, 2) * lively, -1.9, 2.0)
        thighs = np.clip(dice.normal(0.2, 0.38, 2) * lively + 0.03, -0.7, 1.4)
        shins = np.clip(dice.normal(-0.12, 0.45, 2) * lively, -1.5, 1.0)
        short = np.ones(9)
        if dice.random() < 0.4:
            short = dice.uniform(0.6, 1.0, 9)
        place = np.array([dice.normal(50, 4), dice.normal(60.5, 2.5) - (dice.random() < 0.2) * dice.uniform(0, 6)])
        arms, legs = np.stack([upper, lower], 1), np.stack([thighs, shins], 1)
        return cls(place, dice.normal(0, 0.16 * lively), dice.normal(0, 0.16 * lively), arms, legs, short)

    def moved(self, dice: np.random.Generator, speed: float = 0.13) -> Stance:
        """A frame later, in some motion."""
        return Stance(
            self.place + dice.normal(0, 1.2, 2),
            self.spine + dice.normal(0, 0.3 * speed),
            self.head + dice.normal(0, 0.5 * speed),
            self.arms + dice.normal(0, speed, (2, 2)),
            self.legs + dice.normal(0, 0.7 * speed, (2, 2)),
            np.clip(self.short + dice.normal(0, 0.02, 9), 0.5, 1.0),
        )

    def joints(self, build: Build) -> np.ndarray:
        """Where the joints are, float32 (15, 2), x and y in [0, 1] of the sheet."""
        found = {"hips": self.place}
        up = np.array([np.sin(self.spine), -np.cos(self.spine)])
        right = np.array([np.cos(self.spine), np.sin(self.spine)])
        found["neck"] = self.place + build.torso * up
        nod = self.spine + self.head
        found["head"] = found["neck"] + build.neck * np.array([np.sin(nod), -np.cos(nod)])
        for row, (name, side) in enumerate(zip(("right", "left"), SIDES)):
            shoulder = found["neck"] - 2.6 * up + side * build.shoulders * self.short[0] * right
            arms, legs = self.short[1 + 2 * row : 3 + 2 * row], self.short[5 + 2 * row : 7 + 2 * row]
            arm = _limb(shoulder, side, self.spine, self.arms[row], (build.upper_arm, build.forearm), arms)
            hip = self.place - 0.8 * up + side * build.hips * right
            leg = _limb(hip, side, 0.0, self.legs[row], (build.thigh, build.shin), legs)
            found |= {f"{name}_{joint}": place for joint, place in zip(("shoulder", "elbow", "hand"), arm)}
            found |= {f"{name}_{joint}": place for joint, place in zip(("hip", "knee", "foot"), leg)}
        return np.float32([found[name] for name in JOINTS]) / 100


def _limb(
    start: np.ndarray, side: float, lean: float, angles: np.ndarray, lengths: tuple[float, float], short: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Start, bend and end of an arm or a leg that hangs down from what leans."""
    places, angle = [start], 0.0
    for more, length, seen in zip(angles, lengths, short):
        angle += more
        turn = side * angle - lean
        places.append(places[-1] + length * seen * np.array([np.sin(turn), np.cos(turn)]))
    return tuple(places)


def walk(frames: int, steps: float = 2.0) -> list[Stance]:
    """Stances of somebody who walks on the spot, `steps` double steps in all."""
    found = []
    for turn in 2 * np.pi * steps * np.arange(frames) / max(1, frames):
        # Seen from the front a leg that is lifted looks shorter and its knee goes out; the arms swing against it.
        swing = np.sin(turn) * np.array([1.0, -1.0])
        lifted = swing.clip(0, None)
        arms = np.stack([0.2 + 0.12 * swing, 0.12 - 0.25 * swing], 1)
        legs = np.stack([0.04 + 0.22 * lifted, -0.3 * lifted], 1)
        short = np.ones(9)
        short[5:] = np.repeat(1 - 0.3 * lifted, 2)
        place = np.array([50.0 + 1.2 * np.sin(turn), 60.5 - 0.8 * abs(np.sin(turn))])
        found.append(Stance(place, 0.03 * np.sin(turn), -0.03 * np.sin(turn), arms, legs, short))
    return found
