"""Who is drawn: build, skin, hair, costume and what stands behind, by chance; figure n is a function of n."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from training.data.stances import Build
from training.data.svg import levels, to_hex

SEED = 2019  # the year of "Everybody dance now"; another number is another set
HELD_OUT = 1_000_000_000
"""The number from which on figures are held out of training."""

SKINS = ("#fbdcc4", "#f3c6a0", "#e3aa7d", "#c98a5c", "#a96d44", "#85502f", "#633a22", "#4a2a1a")
HAIRS = ("#2a211e", "#4b3223", "#6e4528", "#99622f", "#c98f45", "#e7c266", "#b44a26", "#9a9aa2", "#d9d6cf", "#e58fb0")
CLOTHES = (
    *("#d64545", "#e8743b", "#f2b33d", "#f5d76e", "#7bb661", "#3f8f5b", "#2f9c95", "#58b7d6", "#3a78c2", "#2c4a8a"),
    *("#6a57b8", "#9a5bb0", "#d6679b", "#f2a7b9", "#f4f1ea", "#c9c5bb", "#7d7f88", "#3b3e48", "#7a4b32", "#b08a5b"),
)
SHOES = ("#2b2b33", "#5a3825", "#8c2f2f", "#f0eee8", "#2f4f7f", "#d9a441", "#3f7f5f", "#c75c8a")
GROUNDS = (
    *("#cfe6fb", "#fbe3c8", "#d8f0d2", "#f6d5dd", "#e2dcf5", "#f7f1c9", "#bcd9d4", "#e9e4da", "#c9d2e3", "#f1c9b0"),
    *("#8fb4cf", "#a7c49a", "#d3a8a0", "#5b6f91", "#4f6b62", "#75618a"),
)
TOPS = {"shirt": 4, "long": 4, "vest": 2, "coat": 2, "dress": 3, "hoodie": 2}
BOTTOMS = {"trousers": 5, "shorts": 3, "skirt": 2, "long skirt": 1}
PATTERNS = {"plain": 5, "stripes": 3, "buttons": 2, "disc": 1, "heart": 1, "belt": 2, "sash": 1, "collar": 2}
CUTS = {"short": 4, "parted": 3, "bob": 3, "long": 3, "bun": 2, "curly": 2, "spiky": 2, "bald": 1, "tails": 2}
HATS = {"none": 8, "cap": 2, "beanie": 2, "wide": 1, "crown": 0.5, "band": 1}
FACES = {"smile": 5, "grin": 3, "open": 1, "calm": 2}
BEARDS = {"none": 8, "full": 1, "moustache": 1}
GLASSES = {"none": 6, "round": 1.5, "square": 1}
SCENES = {"plain": 3, "gradient": 3, "floor": 4, "dots": 1, "hills": 2, "window": 2, "stripes": 1, "sea": 1}


@dataclass(frozen=True)
class Figure:
    """Who is drawn: what is worn by name, its colours "#rrggbb" by name, numbers from 0 to 1 for what varies by degree,
    a build, and what stands behind."""

    build: Build
    wears: Mapping[str, str]
    colours: Mapping[str, str]
    degrees: Mapping[str, float]

    @classmethod
    def number(cls, number: int) -> Figure:
        """The figure of a number."""
        dice = np.random.default_rng([SEED, number])
        tables = {
            **{"top": TOPS, "bottom": BOTTOMS, "pattern": PATTERNS, "cut": CUTS, "hat": HATS, "face": FACES},
            **{"beard": BEARDS, "glasses": GLASSES, "scene": SCENES},
        }
        wears = {name: _pick(dice, chances) for name, chances in tables.items()}
        palettes = {
            **{"skin": SKINS, "hair": HAIRS, "top": CLOTHES, "bottom": CLOTHES, "trim": CLOTHES, "hat": CLOTHES},
            **{"shoe": SHOES, "ground": GROUNDS, "floor": GROUNDS, "far": GROUNDS},
        }
        colours = {name: _varied(dice, palette) for name, palette in palettes.items()}
        degrees = {
            name: float(dice.random())
            for name in ("sleeve", "hem", "boot", "belt", "eyes", "brow", "horizon", "one", "two", "three", "glove")
        }
        return cls(Build.by_chance(dice), wears, colours, degrees)


def _pick(dice: np.random.Generator, chances: Mapping[str, float]) -> str:
    weights = np.array(list(chances.values()), float)
    return list(chances)[int(dice.choice(len(weights), p=weights / weights.sum()))]


def _varied(dice: np.random.Generator, palette: tuple[str, ...]) -> str:
    """A colour of the palette, or near it: no two figures wear quite the same."""
    hue, light, saturation = colorsys.rgb_to_hls(
        *(level / 255 for level in levels(palette[dice.integers(len(palette))]))
    )
    moved = hue + dice.normal(0, 0.012), light + dice.normal(0, 0.03), saturation * dice.uniform(0.85, 1.1)
    red, green, blue = colorsys.hls_to_rgb(moved[0] % 1, *np.clip(moved[1:], 0.05, 0.97))
    return to_hex(255 * np.array([red, green, blue]))
