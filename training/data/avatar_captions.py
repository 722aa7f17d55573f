"""Sentences about drawn faces: their traits, said by a grammar with synonyms and several orders of words.

A sentence names none to six of a face's traits and leaves the rest free; nothing is said of what is not there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gan_models.words.english import with_articles
from training.data.avatar_traits import TRAITS, never, traits
from training.data.image_set import ImageSet
from training.data.traits import another, some, words_in

# Of these one is chosen; the first ones of a colour are those that chips show.
COLOURS = {
    "black": ("black", "dark"),
    "brown": ("brown", "brunette", "dark brown"),
    "auburn": ("auburn", "chestnut"),
    "blond": ("blond", "blonde", "golden"),
    "red": ("red", "ginger", "red"),
    "grey": ("grey", "gray", "white", "silver"),
    "pink": ("pink",),
    "blue": ("blue", "light blue", "blue"),
    "navy": ("navy", "dark blue", "navy blue"),
    "green": ("green",),
    "yellow": ("yellow",),
    "white": ("white",),
    "orange": ("orange", "peach"),
    "purple": ("purple", "lilac"),
}
HAIR = {
    "long": ("long {} hair", "long {} hair", "{} hair that is long"),
    "short": ("short {} hair", "short {} hair", "{} hair cut short"),
    "bob": ("a {} bob", "{} hair in a bob", "{} bobbed hair"),
    "bun": ("a {} bun", "{} hair in a bun", "{} hair tied in a bun"),
    "curly": ("curly {} hair", "{} curls", "{} curly hair"),
    "dreadlocks": ("{} dreadlocks", "long {} dreads"),
    "afro": ("a {} afro", "{} afro hair"),
    "spiky": ("spiky {} hair", "messy {} hair", "{} spiky hair"),
    "bald": ("a bald head", "a balding head"),
    "hijab": ("a hijab", "a headscarf", "a veil"),
    "turban": ("a turban",),
    "beanie": ("a beanie", "a woolly hat", "a winter hat", "a hat"),
}
ANY_HAIR = ("{} hair", "{} hair", "hair that is {}")
WITH = {
    "skin": {
        "pale": ("pale skin", "fair skin", "white skin"),
        "tan": ("tanned skin", "light skin", "tan skin"),
        "brown": ("brown skin",),
        "dark": ("dark skin", "black skin"),
    },
    "glasses": {
        "glasses": ("glasses", "spectacles", "eyeglasses"),
        "sunglasses": ("sunglasses", "shades", "dark glasses"),
    },
    "beard": {"beard": ("a beard", "a full beard"), "moustache": ("a moustache", "a mustache")},
    "mouth": {
        "smile": ("a smile", "a big smile", "a grin"),
        "tongue": ("the tongue out", "a tongue sticking out"),
        "frown": ("a sad mouth", "a frown"),
    },
    "eyes": {
        "closed": ("closed eyes", "eyes closed", "shut eyes"),
        "wide": ("wide eyes", "wide open eyes", "surprised eyes"),
        "hearts": ("heart eyes", "hearts for eyes"),
        "wink": ("a wink", "one eye closed"),
    },
}
BEFORE = {
    ("skin", "pale"): ("pale",),
    ("skin", "dark"): ("dark skinned", "black"),
    ("skin", "brown"): ("brown skinned",),
    ("skin", "tan"): ("tanned",),
    ("hair", "bald"): ("bald", "balding"),
    ("beard", "beard"): ("bearded",),
    ("mouth", "smile"): ("smiling", "happy", "grinning"),
    ("mouth", "frown"): ("sad", "unhappy"),
    ("eyes", "wink"): ("winking",),
    ("eyes", "wide"): ("surprised",),
    ("eyes", "closed"): ("sleeping",),
    ("eyes", "hearts"): ("loving",),
}
CLOTHES = {
    "hoodie": ("{} hoodie", "{} hooded sweatshirt"),
    "overalls": ("{} overalls", "{} dungarees"),
    "shirt": ("{} shirt", "{} t-shirt", "{} tee"),
    "sweater": ("{} sweater", "{} jumper", "{} pullover"),
    "blazer": ("{} blazer", "{} jacket", "{} suit"),
}
ANY_CLOTHES = ("{} clothes", "{}", "{} top")
GROUNDS = ("on a {} background", "on {} ground", "in front of a {} wall", "against {}", "with a {} background")
PEOPLE = ("person", "person", "face", "man", "woman", "girl", "boy", "guy", "lady", "avatar", "character")
WORN = ("hijab", "turban", "beanie")
SENTENCES = (
    "a smiling person with long red hair and glasses",
    "a bald man with a beard in a blue hoodie",
    "black afro, sunglasses, yellow background",
    "a woman in a hijab with closed eyes",
    "short blond hair and a moustache on a purple background",
    "a pale face with a pink bob and heart eyes",
    "someone in a red shirt and a beanie, tongue out",
    "a dark skinned woman with a black bun in overalls",
)
GROUPS = {
    "hair": ("long hair", "short hair", "bob", "bun", "curly hair", "dreadlocks", "afro", "spiky hair", "bald"),
    "hair colour": tuple(f"{colour} hair" for colour in TRAITS["hair colour"].values),
    "hat": ("beanie", "turban", "hijab"),
    "glasses": ("glasses", "sunglasses"),
    "beard": ("beard", "moustache"),
    "mouth": ("smiling", "sad", "tongue out"),
    "eyes": ("closed eyes", "wide eyes", "heart eyes", "winking"),
    "skin": ("pale skin", "tanned skin", "brown skin", "dark skin"),
    "clothes": ("hoodie", "overalls", "shirt", "sweater", "blazer"),
    "clothes colour": tuple(f"{colour} clothes" for colour in TRAITS["clothes colour"].values),
    "ground": tuple(f"{colour} background" for colour in TRAITS["ground"].values),
}
ALIKE = {
    "purple": "violet magenta mauve lavender plum",
    "red": "crimson scarlet maroon ruby burgundy rust",
    "ginger": "redhead redheaded copper",
    "pink": "rose rosy fuchsia",
    "blue": "azure cyan turquoise teal sky",
    "navy": "indigo",
    "green": "lime olive emerald mint",
    "yellow": "lemon gold mustard cream beige ivory",
    "orange": "apricot amber coral",
    "brown": "tawny chocolate hazel",
    "chestnut": "mahogany",
    "blond": "fairhaired sandy",
    "black": "ebony raven jet",
    "silver": "platinum ash steel",
    "hair": "hairstyle haircut locks hairdo strands",
    "curls": "ringlets",
    "curly": "wavy frizzy kinky",
    "dreadlocks": "locs braids rastas cornrows",
    "bun": "topknot ponytail",
    "spiky": "mohawk punk unkempt tousled",
    "long": "lengthy flowing",
    "short": "cropped buzzcut crewcut",
    "bald": "hairless shaven",
    "beanie": "cap bonnet toque bobble",
    "headscarf": "scarf chador niqab",
    "glasses": "eyewear specs goggles bespectacled",
    "sunglasses": "aviators wayfarers",
    "beard": "goatee stubble whiskers",
    "moustache": "mustachio",
    "smile": "smiles laugh",
    "smiling": "laughing cheerful joyful friendly beaming",
    "sad": "gloomy crying weeping miserable",
    "frown": "frowning scowl",
    "surprised": "shocked astonished amazed startled",
    "sleeping": "asleep sleepy",
    "loving": "lovestruck enamoured infatuated",
    "sweater": "cardigan knitwear",
    "hoodie": "hoody",
    "shirt": "tshirt blouse",
    "blazer": "tuxedo coat",
    "overalls": "dungaree apron",
    "background": "backdrop",
    "wall": "scene",
    "pale": "pallid",
    "woman": "mother wife grandmother aunt female women madam",
    "man": "father husband grandfather uncle male men gentleman",
    "girl": "daughter sister teenager",
    "boy": "son brother lad kid child",
    "person": "human people individual portrait figure somebody",
    "wearing": "wears dressed",
}
"""Words that sentences to learn from have not, by the one that each is read as."""
MOST_SAID = 6


def caption(said: Mapping[str, str], chance: np.random.Generator) -> str:
    """A sentence that names these traits, in the order of chance; "" for none."""

    def one(of: Sequence[str]) -> str:
        return of[int(chance.integers(len(of)))]

    left, before, after = dict(said), [], []
    for name in list(left):
        coloured = name == "hair" and "hair colour" in left  # "bald" would not say of what colour
        if (name, left[name]) in BEFORE and not coloured and len(before) < 2 and chance.random() < 0.5:
            before.append(one(BEFORE[name, left.pop(name)]))
    colour = one(COLOURS[left.pop("hair colour")]) if "hair colour" in left else ""
    if "hair" in left or colour:
        kind = left.pop("hair", None)
        phrase = one(HAIR[kind] if kind else ANY_HAIR)
        if kind == "bald" and colour:
            phrase = one(("a bald head with {} hair", "{} balding hair"))
        after.append(("wearing " if kind in WORN else "with ") + phrase.format(colour))
    colour = one(COLOURS[left.pop("clothes colour")]) if "clothes colour" in left else ""
    if "clothes" in left or colour:
        kind = left.pop("clothes", None)
        article = "a " if kind != "overalls" and kind else ""
        phrase = article + one(CLOTHES[kind] if kind else ANY_CLOTHES).format(colour)
        after.append(one(("in ", "wearing ", "in ")) + phrase)
    if "ground" in left:
        after.append(one(GROUNDS).format(one(COLOURS[left.pop("ground")])))
    after += ["with " + one(WITH[name][value]) for name, value in left.items()]
    after = [after[place] for place in chance.permutation(len(after))]
    return with_articles(_joined(before, after, chance, one(PEOPLE)))


def _joined(before: Sequence[str], after: Sequence[str], chance: np.random.Generator, person: str) -> str:
    """Either "a sad person with this, in that and with a third", or the bare list "sad, this, that, a third"."""
    if not before and not after:
        return ""
    if chance.random() < 0.25:
        bare = [part.removeprefix("with ") for part in after]
        return ", ".join([*before, *bare])
    subject = ("someone " if person == "person" and not before and chance.random() < 0.3 else "") or (
        f"a {' '.join(before)} {person} "
    )
    joint = (", ", " and ", " ")[int(chance.integers(3))]
    return subject + joint.join(after)


class AvatarCaptions:
    """Sentences about drawn faces, by the row of the face: what is true of it, and what is not."""

    alike, groups, sentences = ALIKE, GROUPS, SENTENCES

    def __init__(self, data: ImageSet) -> None:
        self.traits = traits(data)
        self.known = known()

    def pair(self, row: int, chance: np.random.Generator) -> tuple[str, str]:
        """A sentence that is true of a picture, and one that is of another picture and not of this."""
        true = self.traits[row]
        other = self.traits[int(chance.integers(len(self.traits)))]
        named = some(true, chance, most=MOST_SAID)
        return caption(named, chance), caption(another(true, named, other, chance, most=MOST_SAID), chance)

    def learned(self) -> list[int]:
        """The rows of pictures to learn from: of those in which nothing is that is never learned together."""
        return [row for row, said in enumerate(self.traits) if not never(said)]


def known() -> tuple[str, ...]:
    """All words of the grammar, sorted."""
    tables = (COLOURS, HAIR, *WITH.values(), BEFORE, CLOTHES)
    texts = [text for table in tables for texts in table.values() for text in texts]
    texts += [*ANY_HAIR, *ANY_CLOTHES, *GROUNDS, *PEOPLE, *SENTENCES, "a bald head with hair someone in wearing and"]
    return words_in(texts)
