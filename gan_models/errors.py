"""The atelier's own errors: what happened, the value seen, what was expected and what to do next."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


class AtelierError(Exception):
    """Something a user can put right; its text is one sentence made to be shown as it is."""


class WeightError(AtelierError):
    """A weight folder, its card or one of its files cannot be used."""


class PictureError(AtelierError):
    """A picture cannot be read."""


class RequestError(AtelierError):
    """An argument is outside what a verb or a network accepts."""


class TrainingError(AtelierError):
    """A training run cannot start, go on or be exported."""


@contextmanager
def one_line() -> Iterator[None]:
    """Turn an AtelierError into one line on stderr and exit code 2: for command lines only."""
    try:
        yield
    except AtelierError as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        raise SystemExit(2) from None
