import numpy as np
import pytest
import tiny
import torch
from tiny import VOCABULARY

from gan_models import sample as verb
from gan_models.errors import RequestError
from gan_models.interpolate import frames
from gan_models.interpolate import main as walk
from gan_models.latents.point import Point
from gan_models.latents.space import Inputs
from gan_models.loading import Model
from gan_models.recipe import Recipe
from gan_models.words.reading import MOST_READ, first_sentence, read, suggestions


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Model:
    folder = tmp_path_factory.mktemp("words")
    tiny.make_words(folder)
    return Model(folder / tiny.WORDS)


def test_a_sentence_is_read_word_by_word_as_known_as_alike_or_not_at_all() -> None:
    reading = read(VOCABULARY, "A Person with VIOLET hair, spectacles & glasses on a skateboard!")
    assert reading.known == ("a", "person", "with", "hair", "glasses", "on")
    assert reading.alike == (("violet", "purple"), ("spectacles", "glasses"))
    assert reading.ignored == ("skateboard",)
    words = ["", *VOCABULARY.known]
    said = " ".join(words[row] for row in reading.rows)
    assert said == "a person with purple hair glasses glasses on a"
    assert "“violet” as “purple”" in reading.say() and "“skateboard”" in reading.say()
    assert read(VOCABULARY, "red hair").say() == ""


def test_what_is_negated_is_left_out_and_said() -> None:
    reading = read(VOCABULARY, "red hair without any spectacles")
    assert reading.negated == ("spectacles",) and reading.rows == read(VOCABULARY, "red hair").rows
    assert "“spectacles”" in reading.say()


@pytest.mark.parametrize("text", ["", "   ", "🙂🙂", "лицо в очках", "zzz qqq", "12 34", "\x00‮"])
def test_a_sentence_of_no_known_word_is_empty_and_says_so(text) -> None:
    reading = read(VOCABULARY, text)
    assert reading.empty and "left to chance" in reading.say() and reading.to_json()["empty"] is True


def test_sentences_are_bounded_and_the_words_past_the_last_are_counted() -> None:
    reading = read(VOCABULARY, "red hair " * 30)
    assert len(reading.rows) == MOST_READ and reading.late == 60 - MOST_READ and str(MOST_READ) in reading.say()
    for wrong in ("x" * 10_000, 7, None, ["red"]):
        with pytest.raises(RequestError, match="at most 500"):
            read(VOCABULARY, wrong)
    assert len(read(VOCABULARY, " ".join(f"x{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(120))).say()) < 300


def test_a_weight_with_words_suggests_some_and_one_without_refuses_a_sentence(model, tiny_shelf) -> None:
    assert suggestions(model)["face"] == ("glasses", "beard") and first_sentence(model).startswith("a person")
    with pytest.raises(RequestError, match="draws from no words"):
        read(tiny_shelf.get(tiny.COLOUR), "red hair")


def test_the_sentence_changes_the_picture_and_stays_in_point_and_recipe(model) -> None:
    plain, said = Point(seed=3), Point(seed=3, text="a person with red hair")
    one, other, empty = verb.sample(model, [plain, said, Point(seed=3, text="zzz")])
    assert np.array_equal(one, empty) and not np.array_equal(one, other)
    assert Point.from_json(said.to_json()) == said and "text" not in plain.to_json()
    recipe = Recipe.from_json(verb.recipe_of(model, said).to_json())
    assert verb.point_of(recipe) == said
    assert {child.text for child in verb.breed(model, [said, plain], 2)} == {said.text, None}


def test_a_walk_goes_from_sentence_to_sentence(model) -> None:
    points = [Point(seed=1, text="red hair"), Point(seed=1, text="purple ground")]
    film = list(frames(model, points, 3, "linear"))
    assert np.array_equal(film[0], verb.sample(model, points[:1])[0])
    assert np.array_equal(film[-1], verb.sample(model, points[1:])[0])
    assert len(film) == 4 == len({frame.tobytes() for frame in film})


def test_inputs_of_sentences_stack_and_have_no_class(model) -> None:
    inputs = Inputs.stack([Point(seed=1, text="red hair").resolve(model), Point(seed=2).resolve(model)])
    assert inputs.condition.shape == (2, 16) and inputs.condition.dtype == torch.float32
    assert inputs[:1].label is None


def test_a_film_on_the_command_line_goes_from_sentence_to_sentence(model, tmp_path, capsys) -> None:
    film = tmp_path / "film.webp"
    words = ["--seeds", "3", "--texts", "red hair", "a violet ground", "--frames-per-step", "2", "--scale", "1"]
    walk([str(model.folder), *words, "-o", str(film)])
    said = capsys.readouterr()
    assert "3 frames" in said.out and "a violet ground: Read “violet” as “purple”." in said.err
