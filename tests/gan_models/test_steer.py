"""Steering by words: what a sentence is read as, and what becomes of a point."""

from dataclasses import replace

import pytest
import tiny

from gan_models import recipe, steer
from gan_models.errors import RequestError, WeightError
from gan_models.latents.point import Point
from gan_models.loading import Model, Shelf
from gan_models.sample import make_again, sample
from gan_models.steering.sentence import understood
from gan_models.steering.vocabulary import WORDS, vocabulary


@pytest.fixture(scope="module")
def worded(tmp_path_factory) -> Model:
    folder = tmp_path_factory.mktemp("worded")
    tiny.make_style(folder, tiny.WORDED, tiny.ATTRIBUTES)
    return Model(folder / tiny.WORDED)


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("more ginger, no stripes", {"ginger fur": (1, True), "stripes": (-1, False)}),
        ("Darker background", {"light ground": (-1, True)}),
        ("dark fur and slightly lighter ground", {"light fur": (-1, False), "light ground": (0.5, True)}),
        ("ground very dark", {"light ground": (-1.5, False)}),
        ("without stripes and red", {"stripes": (-1, False), "ginger fur": (-1, False)}),
        ("no stripes but red", {"stripes": (-1, False), "ginger fur": (1, False)}),
        (
            "no dark or striped fur, much less red",
            {"light fur": (1, False), "stripes": (-1, False), "ginger fur": (-1.5, True)},
        ),
        ("not without stripes", {"stripes": (1, False)}),
        ("less ginger; dark. light", {"ginger fur": (-1, True), "light fur": (1, False)}),
        ("crimson fur", {"ginger fur": (1, False)}),
    ],
)
def test_a_sentence_is_read_as_wishes_by_noun_degree_negation_and_comparison(text, wishes) -> None:
    found = understood(text, tiny.ATTRIBUTES)
    assert {wish.name: (wish.amount, wish.adds) for wish in found.wishes} == wishes and found.told == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no words in it yet"),
        ("🐱 !? 42", "no words in it yet"),
        ("рыжий хвост", "Not understood: рыжий, хвост"),
        ("a bicycle", "Not understood: bicycle"),
        ("the ground", "as in 'darker ground'"),
    ],
)
def test_what_is_not_understood_is_said_and_changes_nothing(worded, text, told) -> None:
    point, found = steer.steer(worded, Point(seed=3), text)
    assert point == Point(seed=3) and told in found.told


def test_a_word_is_read_as_the_known_one_that_it_is_most_like() -> None:
    (wish,) = understood("crimson fur", tiny.ATTRIBUTES).wishes
    assert (wish.word, wish.read) == ("crimson", "red")
    assert WORDS.stat().st_size < 1e6 and len(vocabulary().index) == 2000


def test_texts_that_are_none_and_weights_without_attributes_have_a_sentence(worded, tiny_styles) -> None:
    for text in ("dark " * 2000, None, 7):
        with pytest.raises(RequestError, match="line of at most 500 characters"):
            steer.steer(worded, Point(seed=3), text)
    with pytest.raises(RequestError, match="no directions with names"):
        steer.steer(Model(tiny_styles / tiny.STYLE), Point(seed=3), "dark")


def test_plain_words_set_a_direction_and_comparisons_go_on_from_where_it_is(worded) -> None:
    point, _ = steer.steer(worded, Point(seed=3), "more ginger, light ground")
    for _ in range(3):
        point, _ = steer.steer(worded, point, "more ginger, light ground")
    assert {push.direction: push.amount for push in point.pushes} == {1: 2.0, 2: 1.0}
    assert Point.from_json(point.to_json()) == point
    point, _ = steer.steer(worded, point, "less ginger, less ginger")
    assert {push.direction: push.amount for push in point.pushes}[1] == 1.0


def test_named_directions_move_the_layers_of_their_own(worded) -> None:
    rows = worded.style_directions["named"]
    step = Point.from_json({"seed": 3, "pushes": [{"direction": 1, "amount": 2, "kind": "named"}]})
    change = step.styles_of(worded) - Point(seed=3).styles_of(worded)
    assert rows.shape == (4, 8, 16) and (change - 2 * rows[1]).abs().max() < 1e-5


def test_named_directions_that_the_card_does_not_know_are_refused(tmp_path) -> None:
    card = tiny.make_style(tmp_path, tiny.WORDED, tiny.ATTRIBUTES)
    replace(card, attributes=tiny.ATTRIBUTES[:1]).write(tmp_path / tiny.WORDED)
    with pytest.raises(WeightError, match="does not fit the attributes of its card"):
        _ = Model(tmp_path / tiny.WORDED).style_directions


def test_the_command_writes_a_picture_with_its_recipe(worded, tmp_path, capsys) -> None:
    out = tmp_path / "cat.png"
    asked = [str(worded.folder), "--seed", "5", "-o", str(out), "--text"]
    steer.main([*asked, "dark ground, crimson fur, bicycle"])
    said = capsys.readouterr().out
    assert "'crimson' (read as 'red'): ginger fur at +1" in said and "Not understood: bicycle." in said
    made = recipe.read(out)
    point = Point.from_json(made.arguments["point"])
    assert (sample(worded, [point])[0] == make_again(made, Shelf([worded.folder]))).all() and len(point.pushes) == 2
    with pytest.raises(SystemExit):
        steer.main([*asked, "bicycle", "--overwrite"])
    assert "tiny-worded knows: light fur, ginger fur" in capsys.readouterr().err
