"""Sentences of one's own: a .txt beside each picture, or a metadata.jsonl as Hugging Face's image folders have it.

There a picture may stand in several lines, and has as many sentences.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np
import torch

from gan_models.errors import TrainingError
from gan_models.words.english import FILLERS, words_of
from gan_models.words.reading import MOST_LETTERS
from gan_models.words.vocabulary import MOST_WORDS
from training.data.image_set import Attribute, ImageSet
from training.data.layout import normal, readable
from training.data.pictures import Files, open_files

SENTENCE, METADATA = "sentence", "metadata.jsonl"
OFTEN = 2
"""Sentences that a word must stand in to be known."""
OFFERED = 32
"""Words to choose from at most, those first that stand in most sentences."""
SHOWN, TRIES = 8, 8
"""Sentences to begin with, and how many are looked at to find one that says something else."""


class OwnCaptions:
    """The sentences of a set that `with_sentences` gave some: a picture's own are true, and one is not that has a word
    which none of these has."""

    alike: Mapping[str, str] = {}

    def __init__(self, data: ImageSet) -> None:
        of = data.attributes[SENTENCE]
        self._rows = [of.classes[place].split("\n") for place in of.labels.tolist()]
        self._all = [text for texts in self._rows for text in texts]
        words = {text: frozenset(words_of(text)) for text in self._all}
        counts = Counter(word for text in self._all for word in words[text])
        often = [word for word, count in counts.most_common(MOST_WORDS) if count >= OFTEN]
        if not often:
            raise TrainingError(
                f"No word stands in {OFTEN} sentences of {data.name}; write more of them, or alike ones."
            )
        self.known = tuple(sorted(often))
        self.groups = {"often said": tuple([word for word in often if word not in FILLERS][:OFFERED])}
        self._words = {text: found & set(often) for text, found in words.items()}
        told = list(dict.fromkeys(texts[0] for texts in self._rows if self._words[texts[0]]))
        self.sentences = tuple(told[:: max(1, len(told) // SHOWN)][:SHOWN])

    def pair(self, row: int, chance: np.random.Generator) -> tuple[str, str]:
        """A sentence of the picture and another's, of other known words where such a one is soon found."""
        own = self._rows[row]
        said = frozenset().union(*(self._words[text] for text in own))
        others = [self._all[int(place)] for place in chance.integers(len(self._all), size=TRIES)]
        other = next((text for text in others if not self._words[text] <= said), others[0])
        return own[int(chance.integers(len(own)))], other

    def learned(self) -> range:
        """The rows of pictures to learn from: all."""
        return range(len(self._rows))


def with_sentences(data: ImageSet, path: Path) -> ImageSet:
    """The pictures of a folder or zip that have a sentence, and all of a picture, a line each, as its SENTENCE.

    A set without any stays as it is. TrainingError for a metadata.jsonl that cannot be read.
    """
    if not data.names or not path.exists():
        return data
    found: defaultdict[str, list[str]] = defaultdict(list)
    with open_files(path) as files:
        for name, text in sentences_in(files):
            found[name].append(text)
    rows = [row for row, name in enumerate(data.names) if name in found]
    if not rows:
        return data
    texts = ["\n".join(found[data.names[row]]) for row in rows]
    without = [name for name in data.names if name not in found]
    classes = tuple(dict.fromkeys(texts))
    place = {text: number for number, text in enumerate(classes)}
    said = Attribute(classes, torch.tensor([place[text] for text in texts]))
    told = f"{len(rows):,} pictures have a sentence" + f", {len(without):,} have none and are left out" * bool(without)
    # Of a zip they are part of its hash already.
    whole = hashlib.sha256("\n".join([data.sha256, *texts]).encode()).hexdigest() if path.is_dir() else data.sha256
    kept = data.take(torch.tensor(rows))
    skipped = (*data.skipped, *(f"{readable(name)}: it has no sentence" for name in without))
    return replace(kept, attributes={SENTENCE: said}, sha256=whole, told=(*data.told, told), skipped=skipped)


def sentences_in(files: Files) -> Iterator[tuple[str, str]]:
    """The names of pictures with their sentences, which are not empty."""
    texts = {PurePosixPath(name).with_suffix("").as_posix(): name for name in files.other if name.endswith(".txt")}
    tables = [name for name in files.other if PurePosixPath(name).name == METADATA]
    for name in files.names:
        if beside := texts.get(PurePosixPath(name).with_suffix("").as_posix()):
            yield from said(name, files.read(beside).decode(errors="replace"))
    for table in tables:
        for number, line in enumerate(files.read(table).decode(errors="replace").splitlines(), 1):
            if line.strip():
                yield from said(*row_of(table, number, line))


def said(name: str, text: str) -> Iterator[tuple[str, str]]:
    """A picture with its sentence on one line, of as many characters as are ever read; nothing where it is empty."""
    if line := " ".join(text.split())[:MOST_LETTERS]:
        yield name, line


def row_of(table: str, number: int, line: str) -> tuple[str, str]:
    """The picture's name and the text of a line of a metadata.jsonl; TrainingError where it has not both."""
    try:
        row = json.loads(line)
        name, text = row["file_name"], row["text"]
    except (ValueError, KeyError, TypeError):
        name = text = None
    if not isinstance(name, str) or not isinstance(text, str):
        raise TrainingError(
            f"Line {number} of {readable(table)} is {line[:60]!r}; "
            'expected {"file_name": "a.png", "text": "a sentence"}.'
        )
    return normal((PurePosixPath(table).parent / name).as_posix()), text
