"""Glossy emoji with sentences: Fluent emoji (Microsoft, MIT), and what emojibase says of them (MIT).

Both come from npm: @lobehub/fluent-emoji-3d 1.1 (WebP, 256 px) and emojibase-data 17 (labels, tags and kinds). Of each
emoji there is one, of the usual skin. Left out are the flags of countries and regions, the twenty-four clock faces, and
all signs but coloured shapes: arrows, letters, keycaps and whatever else is white lines on a square.

A label's words are all kept, though most of them name one emoji alone ("avocado"). Of tags and kinds those are kept
that are said of OFTEN emoji or stand in a label: a word that one picture has beside its label is rarely what it shows.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gan_models.pictures.images import packed_png
from gan_models.words.english import FILLERS, words_of
from training.data.emoji import GLOSSY, files_of, on_white, opened, wanted
from training.data.sentences import METADATA

SIDE = 64
WORDS = ("emojibase-data", "/en/data.json", "/meta/groups.json")
SIGNS, SHAPES, REGIONS = "symbols", "geometric", "subdivision-flag"
CLOCKS = ("1f550", "1f567")
"""Code points of the first and the last clock face."""
NOTHING = {"an", "the", "other", "ground", "role"}
"""Words of labels and kinds that say nothing of a picture, as letters alone do."""
DENIALS = {"no", "not", "without"}
"""What is not there cannot be asked for: a label or tag with one of these is left out ("face without mouth")."""
OFTEN = 3
"""Emoji that a word of tags or kinds is said of."""
MOST = 3
"""Tags that stand by themselves."""


@dataclass(frozen=True)
class Named:
    """What is said of an emoji, in lower case: its label, "" where it denies something, its tags and its kind."""

    label: str
    tags: tuple[str, ...]


def emoji_words(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Names and PNG files (SIDE px, on white) of the emoji in emojibase's order, and last their sentences.

    `folder`: one that holds both packages; TrainingError where one is missing.
    """
    glossy = {_plain(name): content for name, content in files_of(folder, *GLOSSY).items() if wanted(name)}
    said = named(*(json.loads(content) for _, content in sorted(files_of(folder, *WORDS).items())))
    names = [name for name in said if name in glossy]
    known = words_known([said[name] for name in names])
    lines = []
    for number, name in enumerate(names):
        file = f"{number:04}-{name}.png"
        yield file, packed_png(np.asarray(on_white(opened(glossy[name], SIDE))))
        tags = tuple(tag for tag in said[name].tags if known.issuperset(tag.split()))
        texts = sentences(Named(said[name].label, tags), np.random.default_rng(number))
        lines += [json.dumps({"file_name": file, "text": text}) for text in texts]
    yield METADATA, "\n".join(lines).encode()


def named(emoji: Sequence[dict[str, Any]], kinds: dict[str, dict[str, str]]) -> dict[str, Named]:
    """By code points what is said of each emoji that is not left out, from emojibase's en/data.json and groups.json."""
    found = {}
    for one in emoji:
        name = _plain(one["hexcode"].lower())
        # The letters that spell flags have no kind.
        kind = kinds["subgroups"].get(str(one.get("subgroup")), REGIONS)
        sign = kind != SHAPES and kinds["groups"].get(str(one.get("group"))) == SIGNS
        if not sign and kind != REGIONS and not CLOCKS[0] <= name <= CLOCKS[1]:
            tags = (*map(_said, one.get("tags", ())), *_said(kind).split())
            found[name] = Named(_said(one["label"]), tuple(dict.fromkeys(filter(None, tags))))
    return found


def words_known(said: Sequence[Named]) -> set[str]:
    """The words of all labels, and those that are said of OFTEN emoji."""
    counts = Counter(word for one in said for word in {*" ".join((one.label, *one.tags)).split()})
    labels = {word for one in said for word in one.label.split()}
    return labels | {word for word, count in counts.items() if count >= OFTEN}


def sentences(one: Named, chance: np.random.Generator) -> list[str]:
    """The label alone, with a tag before and behind it, its words in another order, and tags by themselves."""
    tags = [str(tag) for tag in chance.permutation(one.tags)]
    new = [tag for tag in tags if not {*tag.split()} <= {*one.label.split()}]
    before, behind = (*new, *new, "", "")[:2]
    words = [word for word in one.label.split() if word not in FILLERS]
    alone = [few for few in (tags[:MOST], tags[MOST : 2 * MOST]) if len(few) > 1]
    mixed = (chance.permutation([*words, *new[2:3]]), *alone)
    texts = (one.label, f"{before} {one.label}", f"{one.label} {behind}", *map(" ".join, mixed))
    return list(dict.fromkeys(filter(None, map(str.strip, texts))))


def _plain(name: str) -> str:
    """Code points without the selector that asks for an emoji in place of a letter: packages differ in it."""
    return name.replace("-fe0f", "")


def _said(text: str) -> str:
    words = words_of(text)
    return "" if DENIALS & {*words} else " ".join(word for word in words if len(word) > 1 and word not in NOTHING)
