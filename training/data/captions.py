"""Pictures with sentences: batches in which each has one that is true of it and one that is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from gan_models.errors import TrainingError
from gan_models.words.reading import read
from gan_models.words.vocabulary import Vocabulary
from training.data.avatar_captions import AvatarCaptions
from training.data.batches import Batches
from training.data.flower_captions import FlowerCaptions
from training.data.flower_traits import KINDS
from training.data.image_set import ImageSet
from training.data.sentences import SENTENCE, OwnCaptions
from training.keep_words import read as read_vectors


class Captions(Protocol):
    """Sentences of a set: its words and those read as one of them, some to choose from, and two a picture."""

    known: tuple[str, ...]
    alike: Mapping[str, str]
    groups: Mapping[str, Sequence[str]]
    sentences: Sequence[str]

    def pair(self, row: int, chance: np.random.Generator) -> tuple[str, str]:
        """One that is true of the picture of this row, and one that is not."""

    def learned(self) -> Sequence[int]:
        """The rows of pictures to learn from; others are kept for measuring."""


def captions_of(data: ImageSet) -> Captions:
    """The sentences of a set; TrainingError for one of which nothing is known in words."""
    if SENTENCE in data.attributes:
        return OwnCaptions(data)
    if {"top", "hair_color", "accessory"} <= set(data.attributes):
        return AvatarCaptions(data)
    if data.labels is not None and data.classes == KINDS:
        return FlowerCaptions(data)
    raise TrainingError(
        f"Nothing is known in words of the pictures of {data.name}; give --data avatars, flowers in folders called "
        f"{', '.join(KINDS)}, or pictures with a .txt beside each."
    )


class CaptionBatches(Batches):
    """Batches of pictures with sentences as rows of a reader's table, drawn anew for each picture in each epoch."""

    def __init__(self, data: ImageSet, captions: Captions, words: Vocabulary, *where: int, flip: bool = False) -> None:
        super().__init__(data, *where, flip=flip)
        self.captions, self.words = captions, words

    def at(self, step: int) -> tuple[Tensor, Tensor]:
        """Images as of `Batches`, and sentences int64 (batch, 2, L): one that is true, one that is not."""
        images, _ = super().at(step)
        index, _ = self.indices(step)
        chance = np.random.default_rng([self.seed, step, self.rank])
        pairs = [self.captions.pair(int(row), chance) for row in index]
        rows = rows_of(self.words, [sentence for pair in pairs for sentence in pair])
        return images, rows.view(len(pairs), 2, -1)


def rows_of(words: Vocabulary, sentences: Sequence[str]) -> Tensor:
    """Sentences as rows of a reader's table, int64 (N, L), filled up by 0."""
    found = [torch.tensor(read(words, sentence).rows or (0,)) for sentence in sentences]
    return pad_sequence(found, batch_first=True)


def vocabulary_of(captions: Captions) -> Vocabulary:
    """The words of a set's sentences, those that are read as one of them, and what to choose from."""
    groups = {name: tuple(of) for name, of in captions.groups.items()}
    return Vocabulary(captions.known, dict(captions.alike), groups, tuple(captions.sentences))


def table_of(words: Vocabulary, vectors: Path) -> Tensor:
    """The vectors (words, D) that a reader's table begins with; of a word that has none, zeros."""
    known, rows = read_vectors(vectors)
    row = {word: number for number, word in enumerate(known)}
    nothing = np.zeros(rows.shape[1], np.float32)
    own = [rows[row[word]].astype(np.float32) if word in row else nothing for word in words.known]
    return torch.from_numpy(np.stack(own)) / 2
