"""Checks of values that came from outside: of a config's field, of a card's fields by their annotations."""

import math
import types
import typing
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from typing import Any

from gan_models.errors import RequestError, WeightError

MOST_NUMBER = 10**20
"""Larger numbers are none that anybody counted or measured; added up and written out, they break what shows them."""
_WORDS = {str: "text", int: "a whole number", bool: "true or false"}


@dataclass(frozen=True)
class _Typed:
    """Checks every field of a frozen dataclass against its annotation, and tells lists from tuples."""

    def __post_init__(self) -> None:
        kind: Any = type(self)
        hints = _hints(kind)
        for part in fields(self):
            value = _typed(hints[part.name], getattr(self, part.name), f"{kind.__name__}.{part.name}")
            object.__setattr__(self, part.name, value)
        self.check()

    def check(self) -> None:
        """Raise WeightError where a value has the right type and still cannot be."""


# Remembered: the cards of a shelf ask some hundred times each.
_hints = cache(typing.get_type_hints)


def _typed(hint: Any, value: Any, where: str) -> Any:
    """`value` as the annotated type (JSON lists as tuples, JSON objects as dataclasses), or WeightError."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return None if value is None else _typed(inner[0], value, where)
    if isinstance(hint, type) and is_dataclass(hint):
        return value if isinstance(value, hint) else _record(hint, value, where)
    if origin is tuple:
        _expect(isinstance(value, list | tuple), where, "a list", value)
        if inner[0] is float and all(type(item) is float and abs(item) <= MOST_NUMBER for item in value):
            return tuple(value)  # thousands of them in a card, at every start
        return tuple(_typed(inner[0], item, f"{where}[{index}]") for index, item in enumerate(value))
    if origin is dict:
        _expect(isinstance(value, dict) and all(isinstance(key, str) for key in value), where, "an object", value)
        return {key: _typed(inner[1], item, f"{where}[{key!r}]") for key, item in value.items()}
    if hint is Any:
        return value
    if hint is float:
        number = is_number(value, -MOST_NUMBER, MOST_NUMBER)
        _expect(number, where, f"a finite number of at most {MOST_NUMBER:.0e}", value)
        return float(value)
    _expect(is_whole(value) if hint is int else isinstance(value, hint), where, _WORDS[hint], value)
    if hint is int:
        _expect(
            is_whole(value, -MOST_NUMBER, MOST_NUMBER), where, f"a whole number of at most {MOST_NUMBER:.0e}", value
        )
    return value


def _record(kind: type, value: Any, where: str) -> Any:
    _expect(isinstance(value, dict), where, "an object", value)
    known = {part.name for part in fields(kind)}
    required = {part.name for part in fields(kind) if part.default is MISSING and part.default_factory is MISSING}
    if unknown := sorted(set(value) - known):
        raise WeightError(f"{where} has the unknown field {unknown[0]!r}; update GAN Atelier or remove it.")
    if missing := sorted(required - set(value)):
        raise WeightError(f"{where} lacks the field {missing[0]!r}.")
    hints = _hints(kind)
    return kind(**{key: _typed(hints[key], item, f"{where}.{key}") for key, item in value.items()})


def _expect(condition: bool, where: str, wanted: str, value: Any) -> None:
    if not condition:
        raise WeightError(f"{where} is {_short(value)}, expected {wanted}.")


def _short(value: Any) -> str:
    try:
        text = repr(value)
    except ValueError:  # a whole number of over 4300 digits
        text = "a whole number of thousands of digits"
    return text if len(text) <= 60 else text[:57] + "..."


def _at_least(value: float, least: float, what: str) -> None:
    if value < least:
        raise WeightError(f"{what} is at least {least}, got {value}.")


def is_whole(value: Any, least: float = -math.inf, most: float = math.inf) -> bool:
    """Whether a value is a whole number from `least` to `most`, both included; true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def is_number(value: Any, least: float, most: float) -> bool:
    """Whether a value is a number from `least` to `most`, both included; NaN, true and false are none."""
    # Compared, not asked by math.isfinite: that one fails at whole numbers that no float can hold.
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def check_number(name: str, value: int, low: int, high: int) -> None:
    """Refuse a config field that is no whole number from `low` to `high`, both included."""
    if not is_whole(value, low, high):
        raise RequestError(f"{name} is {value!r}; it must be a whole number from {low} to {high}.")


def check_choice(name: str, value: object, choices: tuple) -> None:
    """Refuse a config field that is not one of `choices`."""
    if value not in choices:
        raise RequestError(f"{name} is {value!r}; choose one of {', '.join(map(str, choices))}.")


def check_share(name: str, value: float) -> None:
    """Refuse a config field that is not a share in [0, 1)."""
    if not is_number(value, 0, 1) or value == 1:
        raise RequestError(f"{name} is {value!r}; it must be at least 0 and below 1.")
