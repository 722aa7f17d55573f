"""The atelier's own errors: what happened, the value seen, what was expected and what to do next."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager


class AtelierError(Exception):
    """Something a user can put right; its text is one sentence made to be shown as it is."""


class WeightError(AtelierError):
    """A weight folder, its card or one of its files cannot be used."""


class PictureError(AtelierError):
    """A picture cannot be read."""


class SoundError(AtelierError):
    """A sound cannot be read."""


class RequestError(AtelierError):
    """An argument is outside what a verb or a network accepts."""


class TrainingError(AtelierError):
    """A training run cannot start, go on or be exported."""


@contextmanager
def one_line() -> Iterator[None]:
    """Turn an AtelierError into one line on stderr and exit code 2, Ctrl-C into one and 130: for command lines.

    So too what the system refuses (a place that cannot be written, a full disk): its words name the file.
    """
    try:
        yield
    except (AtelierError, OSError) as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        print("stopped by Ctrl-C", file=sys.stderr)
        raise SystemExit(130) from None


def first_line(error: Exception) -> str:
    """What another library's error says first, or its type where it says nothing."""
    return _lines(error)[0]


def last_line(error: Exception) -> str:
    """What it says last: torch names the tensor that does not fit behind a headline."""
    return _lines(error)[-1]


def _lines(error: Exception) -> list[str]:
    # An address in memory helps nobody: "<_io.BytesIO object at 0x7f...>" is the file that was given.
    said = re.sub(r"<[\w.]+ (?:object|image)?[^<>]*at 0x[0-9A-Fa-f]+>", "the file", str(error).strip())
    said = said or type(error).__name__
    return [line.strip() for line in said.splitlines()]
