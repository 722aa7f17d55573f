"""What the soak says of its marks."""

import math

import pytest

from page.bench.soak import grown


def test_growth_is_the_rise_of_a_line_through_all_marks() -> None:
    swings = [(minute, 1000 + 2 * minute + (40 if minute % 2 else -40)) for minute in range(3, 31)]
    growth, error = grown(swings)
    assert growth == pytest.approx(54, abs=2 * error) and 5 < error < 50
    assert grown([(3, 1000.0), (4, 1010.0)])[0] == 10 and math.isnan(grown([(3, 1000.0)])[1])
