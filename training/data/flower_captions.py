"""Sentences about photographs of flowers: kind, colour and ground, said with synonyms and in several orders of words.

A sentence names none to three of a picture's traits and leaves the rest free.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gan_models.words.english import with_articles
from training.data.flower_traits import COLOUR, GROUND, KIND, KINDS, traits
from training.data.image_set import ImageSet
from training.data.traits import Said, another, some, words_in

# One and several; of these and of the following one is chosen.
FLOWERS = {
    "daisy": ("daisy", "daisies"),
    "dandelion": ("dandelion", "dandelions"),
    "roses": ("rose", "roses"),
    "sunflowers": ("sunflower", "sunflowers"),
    "tulips": ("tulip", "tulips"),
}
ANY_FLOWER = ("flower", "flowers")
COLOURS = {
    "white": ("white",),
    "yellow": ("yellow", "yellow", "golden"),
    "orange": ("orange",),
    "red": ("red", "red", "scarlet"),
    "pink": ("pink", "pink", "rosy"),
    "purple": ("purple", "purple", "violet"),
}
GROUNDS = {
    "dark": ("dark", "dark", "black"),
    "dark green": ("dark green", "deep green"),
    "green": ("green",),
    "blue": ("blue",),
    "white": ("white", "pale"),
}
PLACES = ("on {}", "on a {} background", "on {} ground", "against {}", "before a {} background")
OWN_PLACES = {
    "green": ("in green grass", "among green leaves"),
    "dark green": ("before dark green leaves",),
    "blue": ("before a blue sky", "under a blue sky"),
    "dark": ("in the dark",),
    "white": ("before a white wall",),
}
BARE = "{} background"
SENTENCES = (
    "a red tulip on dark green",
    "a yellow sunflower before a blue sky",
    "pink roses",
    "a white daisy on green",
    "a white dandelion on dark ground",
    "tulips, purple",
    "an orange rose on a white background",
    "yellow dandelions in green grass",
)
GROUPS = {
    KIND: tuple(one for one, _ in FLOWERS.values()),
    COLOUR: tuple(f"{colour} flower" for colour in COLOURS),
    GROUND: tuple(f"{ground} background" for ground in GROUNDS),
}
ALIKE = {
    "daisy": "marguerite oxeye chamomile",
    "dandelion": "blowball taraxacum",
    "sunflower": "helianthus",
    "tulip": "tulipa",
    "flower": "blossom bloom petal",
    "flowers": "blossoms blooms petals bouquet bunch",
    "white": "ivory snowy snow cream silver",
    "yellow": "lemon gold amber mustard",
    "orange": "apricot peach coral salmon tangerine",
    "red": "crimson ruby maroon burgundy vermilion cherry",
    "pink": "fuchsia magenta blush",
    "violet": "lilac lavender mauve plum indigo",
    "green": "lime emerald mint",
    "blue": "azure cyan",
    "dark": "night shadow dim gloomy",
    "pale": "light bright",
    "grass": "meadow lawn field",
    "leaves": "foliage leaf",
    "background": "backdrop",
}
"""Words that sentences to learn from have not, by the one that each is read as."""
MOST_SAID = 3
NEAR = (
    ("dark", "dark green"),
    ("dark green", "green"),
    ("yellow", "orange"),
    ("orange", "red"),
    ("red", "pink"),
    ("pink", "purple"),
)
"""Values that shade into each other: one is not wrong enough where the other is true."""


class FlowerCaptions:
    """Sentences about photographs of flowers, by the row of the picture: what is true of it, and what is not."""

    alike, groups, sentences = ALIKE, GROUPS, SENTENCES

    def __init__(self, data: ImageSet) -> None:
        self.traits = traits(data)
        self.known = known()

    def pair(self, row: int, chance: np.random.Generator) -> tuple[str, str]:
        """A sentence that is true of a picture, and one of which at least one trait that it names is not."""
        true = self.traits[row]
        named = some(true, chance, most=MOST_SAID)
        other = wrong(true, self.traits[int(chance.integers(len(self.traits)))], chance)
        return caption(named, chance), caption(another(true, named, other, chance, most=MOST_SAID), chance)

    def learned(self) -> range:
        """The rows of pictures to learn from: all."""
        return range(len(self.traits))


def wrong(true: Said, other: Said, chance: np.random.Generator) -> Said:
    """Of another picture's traits those that are known of this one as well and do not shade into its own; where they
    are the same, with another kind of flower."""
    found = {name: other[name] for name in other if name in true and not shades(true[name], other[name])}
    if any(found[name] != true[name] for name in found):
        return found
    kinds = [kind for kind in KINDS if kind != true[KIND]]
    return found | {KIND: kinds[int(chance.integers(len(kinds)))]}


def shades(one: str, other: str) -> bool:
    """Whether two values are neighbours in NEAR."""
    return (one, other) in NEAR or (other, one) in NEAR


def caption(said: Mapping[str, str], chance: np.random.Generator) -> str:
    """A sentence that names these traits; "" for none."""

    def one(of: Sequence[str]) -> str:
        return of[int(chance.integers(len(of)))]

    if not said:
        return ""
    single, several = FLOWERS[said[KIND]] if KIND in said else ANY_FLOWER
    colour = one(COLOURS[said[COLOUR]]) if COLOUR in said else ""
    ground = one(GROUNDS[said[GROUND]]) if GROUND in said else ""
    if chance.random() < 0.3:
        parts = [one((single, several)), *([colour] if colour else []), *([BARE.format(ground)] if ground else [])]
        return with_articles(", ".join(parts[place] for place in chance.permutation(len(parts))))
    places = (*PLACES, *OWN_PLACES[said[GROUND]]) if ground else ("",)
    noun = one((f"a {colour} {single}", f"{colour} {single}", f"{colour} {several}"))
    return with_articles(f"{noun} {one(places).format(ground)}")


def known() -> tuple[str, ...]:
    """All words of the grammar, sorted."""
    tables = (FLOWERS, COLOURS, GROUNDS, OWN_PLACES)
    texts = [text for table in tables for of in table.values() for text in of]
    return words_in([*texts, *ANY_FLOWER, *PLACES, BARE, *SENTENCES, "a"])
