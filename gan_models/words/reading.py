"""A sentence as a weight reads it: words that it knows, words read as a like one, and words that it ignores."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gan_models.errors import RequestError
from gan_models.words.english import FILLERS, NEGATIONS, singular, words_of
from gan_models.words.vocabulary import Vocabulary

MOST_LETTERS = 500
"""Characters of a sentence at most."""
MOST_READ = 40
"""Words of a sentence that are drawn from; later ones are said to be ignored."""
NAMED = 8
"""Words of a kind that are named in a sentence to people."""


class HasWords(Protocol):
    """What is asked of a model: its name, and its words if it has any."""

    @property
    def name(self) -> str: ...
    @property
    def words(self) -> Vocabulary | None: ...


@dataclass(frozen=True)
class Reading:
    """What a sentence says to a weight.

    `rows`: its words' rows in the tower's table, in order. `known`: words as written; `alike`: (written, read as);
    `ignored`: words that mean nothing to the weight; `negated`: what stands behind "no" or "without", which a weight
    that only learned what is there cannot leave out; `late`: words after the MOST_READ-th.
    """

    rows: tuple[int, ...] = ()
    known: tuple[str, ...] = ()
    alike: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()
    negated: tuple[str, ...] = ()
    late: int = 0

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw from."""
        return not self.rows

    def say(self) -> str:
        """What was made of it, in a sentence or two; "" where every word is known."""
        said = []
        if self.alike:
            said.append("Read " + ", ".join(f"“{word}” as “{read}”" for word, read in self.alike[:NAMED]) + ".")
        if self.ignored:
            said.append(f"Not known, so ignored: {_few(self.ignored)}.")
        if self.negated:
            said.append(f"It cannot leave out {_few(self.negated)}; say what is there instead.")
        if self.late:
            said.append(f"Only the first {MOST_READ} words are read; {self.late} more are ignored.")
        if self.empty:
            said.append("No word of it is known, so the picture is left to chance.")
        return " ".join(said)

    def to_json(self) -> dict[str, Any]:
        """As a JSON object, with what `say` says as "told"."""
        return {**vars(self), "empty": self.empty, "told": self.say()}


def read(source: HasWords | Vocabulary, sentence: Any) -> Reading:
    """What a sentence of at most MOST_LETTERS characters says to a weight or a vocabulary.

    An empty one, or one of unknown words alone, is no error: its reading is `empty`. RequestError for what is no such
    text, and for a weight that takes no words.
    """
    words = vocabulary(source)
    check_sentence(sentence)
    readings = [Reading()]
    negated = False
    for word in words_of(sentence):
        readings.append(_word(words, word, negated))
        if word in NEGATIONS and word not in words.row:
            negated = True
        elif readings[-1].negated:
            negated = False
    return _joined(readings)


def check_sentence(sentence: Any) -> str:
    """The text itself; RequestError for what is none, or too long a one."""
    if not isinstance(sentence, str) or len(sentence) > MOST_LETTERS:
        seen = f"{len(sentence):,} characters" if isinstance(sentence, str) else repr(sentence)[:60]
        raise RequestError(f"A sentence is a line of at most {MOST_LETTERS} characters, got {seen}; say it shorter.")
    return sentence


def vocabulary(source: HasWords | Vocabulary) -> Vocabulary:
    """A weight's words; RequestError for one that takes none."""
    if isinstance(source, Vocabulary):
        return source
    if (words := source.words) is None:
        raise RequestError(f"{source.name} draws from no words; choose a weight that does, or leave the text out.")
    return words


def suggestions(source: HasWords | Vocabulary) -> dict[str, tuple[str, ...]]:
    """Known words and phrases by what they are of."""
    return dict(vocabulary(source).groups)


def first_sentence(source: HasWords | Vocabulary) -> str:
    """What to begin with."""
    return (*vocabulary(source).sentences, "")[0]


def _word(words: Vocabulary, word: str, negated: bool) -> Reading:
    """The reading of a single word."""
    filler = word in FILLERS
    form = next((form for form in singular(word) if form in words.row), None)
    like = None if filler else next((words.read_as[form] for form in singular(word) if form in words.read_as), None)
    if form is None and like is None:
        return Reading(ignored=() if filler or word in NEGATIONS else (word,))
    if negated and not filler:
        return Reading(negated=(word,))
    if form is not None:
        return Reading((words.row[form],), (word,))
    return Reading((words.row[like],), alike=((word, like),)) if like else Reading()


def _joined(readings: Sequence[Reading]) -> Reading:
    """Readings of words as one of their sentence."""

    def all_of(name: str) -> tuple:
        return tuple(dict.fromkeys(part for reading in readings for part in getattr(reading, name)))

    rows = tuple(row for reading in readings for row in reading.rows)
    late = max(0, len(rows) - MOST_READ)
    named = {name: all_of(name) for name in ("known", "alike", "ignored", "negated")}
    return Reading(rows[:MOST_READ], late=late, **named)


def _few(words: Sequence[str]) -> str:
    more = f" and {len(words) - NAMED} more" if len(words) > NAMED else ""
    return ", ".join(f"“{word[:30]}”" for word in words[:NAMED]) + more
