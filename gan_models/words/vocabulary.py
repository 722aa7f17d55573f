"""The words that a weight draws from: known ones, like ones, and sentences to begin with."""

from dataclasses import dataclass, field
from functools import cached_property

from gan_models.checks import _Typed
from gan_models.errors import WeightError

MOST_WORDS = 20_000


@dataclass(frozen=True)
class Vocabulary(_Typed):
    """What a weight's text tower was taught.

    `known`: its words, in the order of its rows. `alike`: to a known word, those that are read as it, with spaces
    between them. `groups`: by what they are of, words and phrases to choose from. `sentences`: examples, the first of
    which is what a page begins with.
    """

    known: tuple[str, ...]
    alike: dict[str, str] = field(default_factory=dict)
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sentences: tuple[str, ...] = ()

    def check(self) -> None:
        if not 0 < len(self.known) <= MOST_WORDS or len(set(self.known)) < len(self.known):
            raise WeightError(f"A vocabulary has 1 to {MOST_WORDS} words, each once, got {len(self.known)}.")
        if strangers := sorted(set(self.alike) - set(self.known)):
            raise WeightError(f"A vocabulary reads words as {strangers[0][:40]!r}, which it does not know.")

    @cached_property
    def row(self) -> dict[str, int]:
        """The row of each known word in the tower's table; row 0 is none's."""
        return {word: number for number, word in enumerate(self.known, 1)}

    @cached_property
    def read_as(self) -> dict[str, str]:
        """Of words that are not known the known one that they are read as."""
        return {other: word for word, others in self.alike.items() for other in others.split() if other not in self.row}
