import json
from dataclasses import replace

import pytest
import tiny

from gan_models.errors import WeightError
from gan_models.weight.card import MOST_BYTES, Card, DataSet, Measure, WeightFile


@pytest.fixture
def card() -> Card:
    whole = tiny.make_card(tiny.CONDITIONAL)
    return replace(whole, files={"generator.safetensors": WeightFile("a" * 64, 12)}, film=(0, 640))


def test_a_card_survives_its_file(card: Card, tmp_path) -> None:
    card.write(tmp_path)
    assert Card.read(tmp_path) == card
    assert [path.name for path in tmp_path.iterdir()] == ["card.json"]


def test_lists_become_tuples_and_whole_numbers_floats(card: Card) -> None:
    read = Card.from_json(card.to_json())
    assert isinstance(read.labels, tuple) and isinstance(read.measures[0], Measure)
    assert isinstance(replace(card.measures[0], value=3).value, float)


def test_what_a_card_may_leave_out(card: Card) -> None:
    words = json.loads(card.to_json())
    for key in ("making", "measures", "labels", "film", "parameters", "files"):
        del words[key]
    assert Card.from_json(json.dumps(words)).measures == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "../evil"}, "name is made of"),
        ({"name": "Upper"}, "name is made of"),
        ({"name": "a..b"}, "name is made of"),
        ({"name": 3}, r"card.name is 3, expected text"),
        ({"task": "talk"}, "sample, upscale, translate"),
        ({"format": 2}, "update GAN Atelier"),
        ({"free": "yes"}, "card.free is 'yes', expected true or false"),
        ({"config": []}, r"card.config is \[\], expected an object"),
        ({"labels": "abc"}, "card.labels is 'abc', expected a list"),
        ({"labels": [1]}, r"card.labels\[0\] is 1, expected text"),
        ({"film": [1.5]}, r"card.film\[0\] is 1.5, expected a whole number"),
        ({"film": [True]}, r"card.film\[0\] is True"),
        ({"colour": "red"}, "unknown field 'colour'"),
        ({"data": None}, "card.data is None, expected an object"),
        ({"files": {"../x": {"sha256": "a" * 64, "bytes": 1}}}, "only plain file names"),
        ({"files": {"/etc/passwd": {"sha256": "a" * 64, "bytes": 1}}}, "only plain file names"),
        ({"files": {".hidden": {"sha256": "a" * 64, "bytes": 1}}}, "only plain file names"),
        ({"files": {"a\\b": {"sha256": "a" * 64, "bytes": 1}}}, "only plain file names"),
        ({"files": {"x": {"sha256": "A" * 64, "bytes": 1}}}, "64 lower-case hex digits"),
        ({"files": {"x": {"sha256": "a" * 64, "bytes": -1}}}, "at least 0, got -1"),
        ({"files": {"x": {"sha256": "a" * 64}}}, "lacks the field 'bytes'"),
        ({"measures": [{"name": "x", "value": "big"}]}, r"card.measures\[0\].value is 'big'"),
        ({"measures": [{"name": "x", "value": float("nan")}]}, "expected a finite number"),
        ({"measures": [{"name": "x", "value": 10**400}]}, "expected a finite number"),
        ({"making": {"seconds": 1e308}}, "expected a finite number of at most"),
        ({"making": {"steps": 10**4000}}, "expected a whole number of at most"),
        ({"film": [1, 10**30]}, r"film\[1\] is 1\d+, expected a whole number of at most 1e\+20"),
        ({"making": {"steps": -4}}, "Making.steps is at least 0"),
        ({"making": {"config": {"rate": float("nan")}}}, "is not JSON"),
        ({"title": "half a character \ud800"}, "is not JSON"),
    ],
)
def test_a_wrong_card_is_refused_by_field(card: Card, change: dict, message: str, tmp_path) -> None:
    words = {**json.loads(card.to_json()), **change}
    (tmp_path / "card.json").write_text(json.dumps(words))
    with pytest.raises(WeightError, match=message) as caught:
        Card.read(tmp_path)
    assert "\n" not in str(caught.value) and str(tmp_path) in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000, '"text"', "9" * 5000])
def test_what_is_no_card_is_refused(text: str, tmp_path) -> None:
    (tmp_path / "card.json").write_text(text)
    with pytest.raises(WeightError, match="not a usable card"):
        Card.read(tmp_path)


def test_missing_huge_and_binary_cards_are_refused(tmp_path) -> None:
    with pytest.raises(WeightError, match="no card.json"):
        Card.read(tmp_path)
    (tmp_path / "card.json").write_bytes(b" " * (MOST_BYTES + 1))
    with pytest.raises(WeightError, match="longer than"):
        Card.read(tmp_path)
    (tmp_path / "card.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(WeightError, match="cannot be read"):
        Card.read(tmp_path)


def test_wrong_types_are_refused_in_python_too() -> None:
    with pytest.raises(WeightError, match="DataSet.count is 'many'"):
        DataSet("x", "", "many", "", "", True)
