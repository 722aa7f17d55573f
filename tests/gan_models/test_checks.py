"""Whether a value is a whole number or a number is asked in one place, the same way everywhere."""

import math
import re
from pathlib import Path

import pytest

from gan_models.checks import is_number, is_whole

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("value", [True, False, 1.0, "1", None, [1], math.nan, math.inf])
def test_only_whole_numbers_are_whole(value) -> None:
    assert not is_whole(value) and is_whole(10**5000) and is_whole(0, 0, 0) and not is_whole(3, 0, 2)


@pytest.mark.parametrize(
    "value", [True, "1", None, math.nan, math.inf, -math.inf, 1.01, -0.01, pytest.param(10**400, id="huge")]
)
def test_a_number_lies_between_its_bounds(value) -> None:
    assert not is_number(value, 0, 1) and all(is_number(right, 0, 1) for right in (0, 1, 0.5))


def test_no_other_file_spells_the_question_out() -> None:
    refused = r"isinstance\(([\w.]+), bool\) or not isinstance\(\1, int"
    allowed = r"isinstance\(([\w.]+), int( \| float)?\) (and|or) (not )?isinstance\(\2, bool\)"
    spelled = re.compile(f"{refused}|{allowed}")
    for room in ("gan_models", "page", "training"):
        for file in (ROOT / room).rglob("*.py"):
            assert file.name == "checks.py" or not spelled.search(file.read_text(encoding="utf-8")), file
