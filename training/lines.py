"""Files of one JSON object a line, as logs are: written so that a reader sees whole lines or nothing, and typed on
reading."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from gan_models.errors import TrainingError, reason
from gan_models.files import contents

MOST_BYTES = 256_000_000
"""Of such a file that are read."""
MOST = 1e30
"""Larger numbers are none that a curve can show."""
NUMBER = (int, float)


def append_line(path: Path, row: Mapping[str, Any]) -> None:
    """One JSON object, one write: readers see whole lines or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(encode(row))


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The JSON objects of a .jsonl file, without lines that are not whole; TrainingError where it cannot be read."""
    try:
        lines = contents(path, MOST_BYTES).splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise TrainingError(f"{path} cannot be read ({reason(error)}); move it away to go on without it.") from None
    return [row for row in decode(lines) if isinstance(row, dict)]


def numbers_of(row: Mapping[str, Any]) -> dict[str, float]:
    """What of a row is a number, as all that training writes there is."""
    return {key: value for key, value in row.items() if is_of(value, NUMBER)}


def encode(row: Mapping[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def decode(lines: Iterable[bytes]) -> Iterable[Any]:
    for line in lines:
        try:
            yield json.loads(line)
        except (ValueError, RecursionError):
            continue


def is_finite(value: Any) -> bool:
    """False for inf and nan, True for everything else."""
    return not isinstance(value, float) or (value == value and abs(value) != float("inf"))


def is_of(value: Any, kind: type | tuple[type, ...]) -> bool:
    """Whether a value of JSON is of a kind; true and false are no numbers, and neither is what nobody could count."""
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, kind) and (not isinstance(value, int | float) or abs(value) <= MOST)
