"""The atelier's own errors: what happened, the value seen, what was expected and what to do next."""

import json
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


_OURS = {
    "int_max_str_digits": "a number in it has thousands of digits",
    "JSON compliant": "a number in it is not finite",
}
"""What json says of numbers, by a mark of it, and what we do."""


@contextmanager
def one_line() -> Iterator[None]:
    """Turn an AtelierError into one line on stderr and exit code 2, Ctrl-C into one and 130: for command lines.

    So too what the system refuses (a place that cannot be written, a full disk): its words name the file.
    """
    try:
        yield
    except (AtelierError, OSError) as error:
        named = f": {error.filename!r}" if isinstance(error, OSError) and error.filename else ""
        print(f"error: {' '.join((reason(error) + named).split())}", file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        print("stopped by Ctrl-C", file=sys.stderr)
        raise SystemExit(130) from None


def reason(error: Exception) -> str:
    """Why a file cannot be read, written or understood, without its name: for the brackets of a sentence."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}, column {error.colno}, is no JSON"
    if isinstance(error, UnicodeError):
        return "it is no text in UTF-8"
    if isinstance(error, RecursionError):
        return "what it holds is nested too deeply"
    return next((ours for theirs, ours in _OURS.items() if theirs in str(error)), str(error))


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
