"""A sentence read as wishes: "darker ground, more ginger, no stripes" -> which attribute, which way, how far.

A clause ends at a comma, a full stop or "but". In it, words for more or less of an attribute count by the words before
them: degrees ("slightly", "very"), negations ("no", "without"), comparisons ("more", "less", "-er"). One that several
attributes have ("dark") is of the attribute whose noun ("ground") stands nearest, else of the first.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gan_models.errors import RequestError
from gan_models.steering.vocabulary import ALIKE, ALIKE_OF, vocabulary
from gan_models.weight.card import Attribute
from gan_models.words.english import FILLERS, NEGATIONS, singular, words_of

MOST_LETTERS = 500
MOST_AMOUNT = 2.0
DEGREES = {
    **dict.fromkeys(("slightly", "somewhat", "bit", "little", "faint", "subtle", "weak", "rather"), 0.5),
    **dict.fromkeys(("very", "much", "really", "lot", "strong", "strongly", "quite", "bold", "far"), 1.5),
    **dict.fromkeys(("extremely", "totally", "completely", "super", "max"), 2.0),
}
MORE, LESS = {"more", "extra", "increase", "greater"}, {"less", "fewer", "reduce", "decrease"}
_CLAUSE = re.compile(r"[,;.!?:\n]|\bbut\b|\bthen\b")


@dataclass(frozen=True)
class Wish:
    """One attribute, by its place in the card: to be set to `amount`, or moved on by it (`adds`).

    `word` is what was written, `read` the like word that it was read as, or itself.
    """

    attribute: int
    name: str
    amount: float
    adds: bool
    word: str
    read: str


@dataclass(frozen=True)
class Understood:
    """What a sentence wishes; words that were not understood; nouns of which nothing is said."""

    wishes: tuple[Wish, ...]
    unknown: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """What to say where something was not understood; "" where all was."""
        said = []
        if self.unknown:
            said.append(f"Not understood: {', '.join(self.unknown)}.")
        if self.alone and not self.wishes:
            said.append(f"Say what is to become of {' and '.join(self.alone)}, as in 'darker {self.alone[0]}'.")
        if not (self.wishes or said):
            said.append("There are no words in it yet.")
        return " ".join(said)

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        wishes = [vars(wish) for wish in self.wishes]
        return {"wishes": wishes, "unknown": list(self.unknown), "alone": list(self.alone), "told": self.told}


@dataclass(frozen=True)
class Term:
    """A word that means something here: `poles` are attributes and the way they go, `nouns` attributes it is of."""

    place: int
    word: str
    read: str
    poles: tuple[tuple[int, int], ...]
    nouns: frozenset[int]
    compared: bool


@dataclass(frozen=True)
class Modifier:
    """What the words so far make of the next term; `adds`: as a comparison."""

    degree: float = 1.0
    sign: int = 1
    adds: bool = False
    lasting: bool = False


def understood(text: Any, attributes: Sequence[Attribute]) -> Understood:
    """What a sentence of at most MOST_LETTERS wishes of these attributes; RequestError for what is no such text."""
    if not isinstance(text, str) or len(text) > MOST_LETTERS:
        seen = f"{len(text):,} characters" if isinstance(text, str) else repr(text)[:60]
        raise RequestError(f"A wish is a line of at most {MOST_LETTERS} characters, got {seen}; say it shorter.")
    found = Understood(())
    for clause in _CLAUSE.split(text.lower()):
        said = _clause(words_of(clause), attributes)
        found = Understood(
            _last(found.wishes + said.wishes),
            tuple(dict.fromkeys(found.unknown + said.unknown)),
            tuple(dict.fromkeys(found.alone + said.alone)),
        )
    return found


def _last(wishes: tuple[Wish, ...]) -> tuple[Wish, ...]:
    """Of several wishes of one attribute the last."""
    return tuple({wish.attribute: wish for wish in wishes}.values())


def _clause(words: Sequence[str], attributes: Sequence[Attribute]) -> Understood:
    terms = _terms(words, attributes)
    nouns = [term for term in terms.values() if term.nouns]
    wishes: list[Wish] = []
    unknown: list[str] = []
    modifier = Modifier()
    for place, word in enumerate(words):
        term = terms.get(place)
        if term and term.poles:
            wishes.append(_wish(term, nouns, modifier, attributes))
            lasts = modifier.lasting or words[place + 1 : place + 2] in (["or"], ["nor"])
            modifier = replace(modifier, degree=1.0) if lasts else Modifier()
        elif not term:
            changed = _modified(modifier, word)
            modifier = changed or modifier
            if changed is None and word not in FILLERS:
                unknown.append(word)
    wished = {wish.attribute for wish in wishes}
    alone = tuple(term.word for term in nouns if not term.poles and not term.nouns & wished)
    return Understood(_last(tuple(wishes)), tuple(unknown), alone)


def _modified(modifier: Modifier, word: str) -> Modifier | None:
    """The modifier after another word before its term; None for a word that modifies nothing."""
    if word in DEGREES:
        return replace(modifier, degree=DEGREES[word])
    if word in NEGATIONS:
        return replace(modifier, sign=-modifier.sign, lasting=word == "without")
    if word in MORE or word in LESS:
        return replace(modifier, sign=modifier.sign * (1 if word in MORE else -1), adds=True)
    return None


def _wish(term: Term, nouns: Sequence[Term], modifier: Modifier, attributes: Sequence[Attribute]) -> Wish:
    """A term as a wish of the attribute whose noun is nearest, one that follows before one as near before it."""
    of = {index for index, _ in term.poles}
    near = sorted((noun for noun in nouns if noun.nouns & of), key=lambda noun: (_far(noun, term), noun.place))
    chosen = min(near[0].nouns & of) if near else term.poles[0][0]
    way = dict(term.poles)[chosen] * modifier.sign
    adds = modifier.adds or term.compared
    negated = modifier.sign < 0 and not adds  # "not very dark" is no darker than "not dark"
    amount = min(MOST_AMOUNT, 1.0 if negated else modifier.degree, modifier.degree)
    return Wish(chosen, attributes[chosen].name, way * amount, adds, term.word, term.read)


def _far(noun: Term, term: Term) -> float:
    return abs(noun.place - term.place - 0.25)


def _terms(words: Sequence[str], attributes: Sequence[Attribute]) -> dict[int, Term]:
    """The terms of a clause by place: words by themselves or their stems, then those that are read as a like one.

    What has a noun in the clause is read as a word for that, if it is like one: "crimson fur" is red, not purple.
    """
    poles, nouns = _known(attributes)

    def term(place: int, known: str, compared: bool, read: str) -> Term:
        return Term(place, words[place], read, tuple(poles.get(known, ())), frozenset(nouns.get(known, ())), compared)

    found: dict[int, Term] = {}
    for place, word in enumerate(words):
        if form := next((form for form in _forms(word) if form[0] in poles or form[0] in nouns), None):
            found[place] = term(place, *form, word)
    of = {index for known in found.values() for index in known.nouns}
    fitting = sorted(name for name, ways in poles.items() if not of or of & {index for index, _ in ways})
    for place, word in enumerate(words):
        if place not in found and word not in _GRAMMAR:
            stem, compared = next((form for form in _forms(word) if form[0] in vocabulary()), (word, False))
            if read := vocabulary().nearest(stem, fitting, ALIKE_OF if of else ALIKE):
                found[place] = term(place, read, compared, read)
    return found


def _known(attributes: Sequence[Attribute]) -> tuple[dict[str, list[tuple[int, int]]], dict[str, set[int]]]:
    """By word, the attributes it is more (1) or less (-1) of, and the attributes whose noun it is."""
    poles: dict[str, list[tuple[int, int]]] = {}
    nouns: dict[str, set[int]] = {}
    for index, attribute in enumerate(attributes):
        for way, known in ((1, attribute.more), (-1, attribute.less)):
            for name in known:
                poles.setdefault(name, []).append((index, way))
        for name in attribute.about:
            nouns.setdefault(name, set()).add(index)
    return poles, nouns


def _forms(word: str) -> Iterator[tuple[str, bool]]:
    """A word and its possible stems, and whether it would be a comparative of that stem."""
    yield from ((form, False) for form in singular(word))
    for ending in ("er", "est"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 1:
            yield from ((stem, True), (stem + "e", True))
            if stem[-1] == stem[-2]:
                yield stem[:-1], True
            if stem[-1] == "i":
                yield stem[:-1] + "y", True


_GRAMMAR = {*DEGREES, *NEGATIONS, *MORE, *LESS, *FILLERS}
