"""What may stand in the words of a point: whole numbers, numbers, lists of them; RequestError for all else."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Protocol

from gan_models.checks import is_number, is_whole
from gan_models.errors import RequestError

MOST = 1000.0
"""No number of a point is larger; ten standard deviations are already far outside what a generator knows."""


class FromWords(Protocol):
    """What is made of a JSON object's words: a mix, a push."""

    @classmethod
    def from_json(cls, words: Any) -> Any: ...


def whole(name: str, value: Any, most: int) -> None:
    """Check a whole number from 0 to `most`."""
    if not is_whole(value, 0, most):
        raise RequestError(f"The {name} is a whole number from 0 to {most}, got {str(value)[:60]!r}.")


def number(name: str, value: Any, least: float = -MOST, most: float = MOST) -> float:
    """A number within bounds as a float."""
    if not is_number(value, least, most):
        raise RequestError(f"The {name} holds numbers from {least:g} to {most:g}, got {str(value)[:60]!r}.")
    return float(value)


def numbers_of(name: str, values: Any) -> tuple[float, ...]:
    """A list of at most 4096 numbers."""
    if not isinstance(values, tuple | list) or len(values) > 4096:
        raise RequestError(f"The {name} is a list of at most 4096 numbers.")
    return tuple(number(name, value) for value in values)


def indexed(name: str, values: Any, keep_zero: bool) -> dict[int, float]:
    """Index -> number, sorted by index (JSON's keys are text)."""
    if not isinstance(values, Mapping):
        raise RequestError(f"The {name} of a point map an index to a number, got {str(values)[:60]!r}.")
    numbers = {}
    for key, value in values.items():
        if not str(key).isdecimal() or len(str(key)) > 4 or int(key) >= 4096:
            raise RequestError(f"The {name} of a point are counted from 0 to 4095, got {str(key)[:60]!r}.")
        numbers[int(key)] = number(f"{name} of a point", value)
    return {index: numbers[index] for index in sorted(numbers) if keep_zero or numbers[index]}


def only(what: str, words: Any, kind: type) -> dict[str, Any]:
    """The words of a JSON object, which name fields of a dataclass and nothing else."""
    known = {field.name for field in dataclasses.fields(kind)}
    if not isinstance(words, Mapping):
        raise RequestError(f"A {what} is an object such as {{'seed': 1}}, got {str(words)[:60]!r}.")
    if unknown := sorted(set(words) - known, key=str):
        raise RequestError(f"A {what} has no field {str(unknown[0])[:60]!r}; it has {', '.join(sorted(known))}.")
    return dict(words)


def listed(what: str, values: Any, kind: type[FromWords], most: int) -> tuple:
    """A list of mixes or pushes, each itself or its words, as a tuple."""
    if not isinstance(values, tuple | list) or len(values) > most:
        raise RequestError(f"The {what} of a point are a list of at most {most}, got {str(values)[:60]!r}.")
    return tuple(value if isinstance(value, kind) else kind.from_json(value) for value in values)
