"""Traits of a picture by name, as sentences name them: some of the true ones, and some of which one is not true."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from gan_models.words.english import words_of

Said = dict[str, str]
"""Traits by name, and their values."""


def some(said: Said, chance: np.random.Generator, least: int = 0, *, most: int) -> Said:
    """None to `most` of the traits, in an order of chance; in one sentence of twelve none, where `least` is 0."""
    count = 0 if least == 0 and chance.random() < 1 / 12 else int(chance.integers(max(1, least), most + 1))
    names = chance.permutation(list(said))[:count]
    return {str(name): said[str(name)] for name in names}


def another(true: Said, named: Said, other: Said, chance: np.random.Generator, *, most: int) -> Said:
    """What is not true of a picture: of what was `named` one trait as another has it, else what is said of that one.

    By turns of chance; where the other differs in nothing, what is named at random of it.
    """
    different = [name for name in other if true.get(name) != other[name]]
    near = [name for name in different if name in named]
    if near and chance.random() < 0.6:
        name = near[int(chance.integers(len(near)))]
        return named | {name: other[name]}
    found = some(other, chance, least=1, most=most)
    if different and not set(found) & set(different):
        found |= {different[int(chance.integers(len(different)))]: ""}
        found = {name: other[name] for name in found}
    return found


def words_in(texts: Iterable[str]) -> tuple[str, ...]:
    """All words of a grammar's parts, in which {} stands for another part, sorted."""
    return tuple(sorted({word for text in texts for word in words_of(text.replace("{}", " "))}))
