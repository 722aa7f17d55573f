"""What is known of each drawn face, in the words that sentences and the classifier of them share.

NEVER are pairs of traits that no picture to learn from has, by which it is measured whether words are joined anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from training.data.image_set import ImageSet
from training.data.traits import Said


@dataclass(frozen=True)
class Trait:
    """One thing that sentences name: by its values the kinds of a part of avatars.PARTS, in words of that table.

    A kind of no value is not named. `where` and `only`: another part, and the kinds of it with which it can be seen.
    """

    part: str
    values: Mapping[str, tuple[str, ...]]
    where: str = ""
    only: tuple[str, ...] = ()


LONG = ("big hair", "long not too long", "straight 1", "straight strand")
SHORT = ("caesar side part", "short curly", "short flat", "short round", "short waved")
BARE = {
    "long": LONG,
    "short": SHORT,
    "bob": ("bob", "mia wallace"),
    "bun": ("bun",),
    "curly": ("curly",),
    "dreadlocks": ("dreads",),
    "afro": ("fro", "fro band"),
    "spiky": ("short dreads 2",),
    "bald": ("sides",),
}
HATS = {"hijab": ("hijab",), "turban": ("turban",), "beanie": ("winter hat 3",)}
UNCOVERED = tuple(kind for kinds in BARE.values() for kind in kinds)
PLAIN = {"hoodie": ("hoodie",), "overalls": ("overall",), "shirt": ("shirt crew neck", "shirt v neck")}
DRESSED = {**PLAIN, "sweater": ("collar sweater",)}
NO_SHADES = ("none", "prescription 2", "round")

TRAITS: dict[str, Trait] = {
    "hair": Trait("top", {**BARE, **HATS}),
    "hair colour": Trait(
        "hair_color",
        {
            "black": ("black",),
            "brown": ("brown dark", "brown"),
            "auburn": ("auburn",),
            "blond": ("blonde", "blonde golden"),
            "red": ("red",),
            "grey": ("platinum", "silver gray"),
            "pink": ("pastel pink",),
        },
        "top",
        UNCOVERED,
    ),
    "skin": Trait("skin", {"pale": ("pale",), "tan": ("light",), "brown": ("brown", "dark brown"), "dark": ("black",)}),
    "glasses": Trait("accessory", {"glasses": ("prescription 2", "round"), "sunglasses": ("sunglasses", "wayfarers")}),
    "beard": Trait(
        "facial_hair",
        {"beard": ("beard light", "beard medium", "beard magestic"), "moustache": ("moustache fancy",)},
    ),
    "mouth": Trait("mouth", {"smile": ("smile",), "tongue": ("tongue",), "frown": ("sad",)}, "facial_hair", ("none",)),
    "eyes": Trait(
        "eyes",
        {"closed": ("happy", "closed"), "wide": ("surprised",), "hearts": ("heart",), "wink": ("wink",)},
        "accessory",
        NO_SHADES,
    ),
    "clothes": Trait("clothing", {**DRESSED, "blazer": ("blazer shirt", "blazer sweater")}),
    "clothes colour": Trait(
        "clothing_color",
        {
            "black": ("black",),
            "blue": ("blue 01", "blue 02"),
            "navy": ("blue 03",),
            "grey": ("gray 02",),
            "green": ("pastel green",),
            "yellow": ("pastel yellow",),
            "pink": ("pink",),
            "red": ("red",),
            "white": ("white",),
        },
        "clothing",
        tuple(kind for kinds in PLAIN.values() for kind in kinds),
    ),
    "ground": Trait(
        "background",
        {
            "blue": ("#cfe6fb",),
            "orange": ("#fbe3c8",),
            "green": ("#d8f0d2",),
            "pink": ("#f6d5dd",),
            "purple": ("#e2dcf5",),
            "yellow": ("#f7f1c9",),
        },
    ),
}
NEVER = (
    (("hair", "afro"), ("hair colour", "red")),
    (("hair", "bob"), ("hair colour", "grey")),
    (("hair", "long"), ("hair colour", "pink")),
    (("hair", "bun"), ("hair colour", "blond")),
    (("hair", "bald"), ("glasses", "sunglasses")),
    (("hair", "beanie"), ("beard", "beard")),
    (("hair", "turban"), ("ground", "green")),
    (("skin", "dark"), ("hair colour", "blond")),
    (("glasses", "sunglasses"), ("beard", "moustache")),
    (("clothes", "hoodie"), ("clothes colour", "yellow")),
    (("clothes", "overalls"), ("clothes colour", "red")),
    (("clothes colour", "white"), ("ground", "purple")),
    (("eyes", "hearts"), ("glasses", "glasses")),
    (("skin", "pale"), ("clothes colour", "pink")),
)
"""Pairs of traits that are never learned together."""


def traits(data: ImageSet) -> list[Said]:
    """All that can be said of each picture of drawn faces."""
    parts = {name: [part.classes[label] for label in part.labels.tolist()] for name, part in data.attributes.items()}
    return [said_of({name: kinds[row] for name, kinds in parts.items()}) for row in range(len(data))]


def said_of(kinds: Mapping[str, str]) -> Said:
    """All that can be said of a face with these kinds of parts."""
    found = {}
    for name, trait in TRAITS.items():
        value = next((value for value, of in trait.values.items() if kinds[trait.part] in of), None)
        if value is not None and (not trait.where or kinds[trait.where] in trait.only):
            found[name] = value
    return found


def never(said: Mapping[str, str]) -> bool:
    """Whether a pair of NEVER is among these traits."""
    return any(said.get(one) == value and said.get(other) == value2 for (one, value), (other, value2) in NEVER)
