"""What a translator's card says of source, hints and target."""

import json
from dataclasses import replace

import pytest
import tiny

from gan_models.errors import WeightError
from gan_models.loading import WEIGHTS
from gan_models.weight.card import Card, Label, Translation


@pytest.mark.parametrize("name", tiny.TRANSLATORS)
def test_a_translator_s_card_survives_its_file(name, tmp_path):
    card = replace(tiny.make_card(name), data=replace(tiny.make_card(name).data, held_out=(3, 14)))
    card.write(tmp_path)
    again = Card.read(tmp_path)
    assert again == card
    assert again.data.held_out == (3, 14) and isinstance(again.translation, Translation)


def test_labels_have_colours_as_levels():
    assert Label("door", "#01cfff").rgb == (1, 207, 255)


def test_shipped_translators_are_small_files():
    """At most 20 MB each and 64 MB in all, everything in their folders counted."""
    folders = [path.parent for path in WEIGHTS.glob("*/card.json") if Card.read(path.parent).task == "translate"]
    sizes = {folder.name: sum(file.stat().st_size for file in folder.iterdir()) for folder in folders}
    assert sizes and max(sizes.values()) <= 20e6 and sum(sizes.values()) <= 64e6, sizes


def test_older_cards_have_neither():
    words = json.loads(tiny.make_card(tiny.COLOUR).to_json())
    del words["translation"], words["data"]["held_out"]
    card = Card.from_json(json.dumps(words))
    assert card.translation is None and card.data.held_out == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"source": "smell"}, "flat, drawing, photo, labels, gray"),
        ({"target": "video"}, "picture, chroma"),
        ({"hints": 1}, "expected true or false"),
        ({"palette": [{"name": "sky", "colour": "blue"}]}, "#rrggbb"),
        ({"palette": [{"name": "sky"}]}, "lacks the field 'colour'"),
        ({"directions": [1]}, "expected text"),
        ({"size": 4}, "unknown field 'size'"),
    ],
)
def test_impossible_translations_are_refused(change, said):
    words = json.loads(tiny.make_card(tiny.LABELLED).to_json())
    words["translation"] |= change
    with pytest.raises(WeightError, match=said):
        Card.from_json(json.dumps(words))


def test_only_translators_and_all_of_them_say_what_they_take():
    with pytest.raises(WeightError, match="says in `translation` what it takes"):
        replace(tiny.make_card(tiny.LABELLED), translation=None)
    with pytest.raises(WeightError, match="says in `translation` what it takes"):
        replace(tiny.make_card(tiny.COLOUR), translation=Translation("photo"))
    assert Label("sky", "#0000de").colour == "#0000de"
