"""What is known of English, whatever is read from it: words in a text, and those that mean nothing by themselves."""

import re
from collections.abc import Iterator

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
NEGATIONS = {"no", "not", "without", "never", "remove", "lose", "drop", "off", "minus", "isn't", "don't", "avoid"}
_SAID_ANYWAY = """
a an the and or nor but then so also too please just some any all its it's it this that his her their my me him them
make made give get put let have has had with add be is are was should would could can want i you he she we become go
to of in on at for from by as than into like looks looking turn there now
"""
FILLERS = set(_SAID_ANYWAY.split())


def words_of(text: str) -> list[str]:
    """The words of a text, in lower case and with plain apostrophes."""
    return [word.replace("’", "'") for word in WORD.findall(text.lower())]


def singular(word: str) -> Iterator[str]:
    """A word and what it may be the plural of."""
    yield word
    if word.endswith("s"):
        yield word[:-1]
        yield word.removesuffix("es")


def with_articles(text: str) -> str:
    """A text with single spaces between its words, and "an" where its "a" stands before a vowel."""
    return re.sub(r"\ba (?=[aeiou])", "an ", " ".join(text.split()))
