"""Words as vectors: which known word one that is not known is most like.

The vectors are GloVe's (Pennington et al. 2014; public domain), the two thousand that are nearest to what attributes
are called; `python -m training.keep_words` made the file.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

WORDS = Path(__file__).with_name("words.npz")
ALIKE, ALIKE_OF = 0.65, 0.55
"""The least cosine between two words one of which may be read as the other: by itself, and where a noun fits it."""


@dataclass(frozen=True)
class Vocabulary:
    """`index` of a word -> a row of `vectors`, float32 (N, 100) of unit length."""

    index: dict[str, int]
    vectors: np.ndarray

    def __contains__(self, word: str) -> bool:
        return word in self.index

    def nearest(self, word: str, among: Collection[str], least: float = ALIKE) -> str | None:
        """The one of `among` that is most like a word; None where none is alike, or the word is not known."""
        known = [other for other in among if other in self.index]
        if word not in self.index or not known:
            return None
        alike = self.vectors[[self.index[other] for other in known]] @ self.vectors[self.index[word]]
        return known[int(alike.argmax())] if alike.max() >= least else None


@cache
def vocabulary() -> Vocabulary:
    """The words that come with the atelier."""
    with np.load(WORDS, allow_pickle=False) as file:
        words, vectors = file["words"].tobytes().decode().split("\n"), file["vectors"].astype(np.float32)
    return Vocabulary({word: row for row, word in enumerate(words)}, unit(vectors))


def unit(vectors: np.ndarray) -> np.ndarray:
    """Rows of unit length."""
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-6)
