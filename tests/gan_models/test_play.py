"""A game that is a network, beside the game that it learned: films, recordings, wrong words."""

import numpy as np
import pytest
import tiny

from gan_models import play, recipe, remake
from gan_models.errors import AtelierError, RequestError
from gan_models.loading import Shelf, load
from gan_models.play import Episode
from gan_models.worlds import boat


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> Shelf:
    folder = tmp_path_factory.mktemp("games")
    tiny.make_game(folder)
    tiny.make_weight(folder, tiny.COLOUR)
    return Shelf([folder])


def test_the_command_films_a_play_that_is_made_again_and_played_again(shelf, tmp_path, capsys) -> None:
    film, weight = tmp_path / "play.mp4", str(shelf.get(tiny.GAME).folder)
    play.main([weight, "--steps", "6", "--seed", "2", "-o", str(film)])
    assert "6 steps; the boats agree for" in capsys.readouterr().out
    made = recipe.read(film.read_bytes())
    remake.write_again(made, shelf, tmp_path / "again.mp4")
    assert (tmp_path / "again.mp4").read_bytes() == film.read_bytes()
    (tmp_path / "play.json").write_text(made.to_json())
    assert play.read_episode(tmp_path / "play.json") == play.read_episode(film) == Episode.by_chance(2, 6)


def test_a_restart_brings_the_network_back_to_the_true_frame(shelf) -> None:
    model = shelf.get(tiny.GAME)
    with_it, without = (list(Episode(1, (2,) * 12, restarts).frames(model)) for restarts in ((9,), ()))
    for number in range(9):
        assert np.array_equal(with_it[number][1], without[number][1])
    assert play.likeness(*with_it[9]) > play.likeness(*without[9])
    assert [np.array_equal(one[0], two[0]) for one, two in zip(with_it, without)] == [True] * 12


def test_likeness_and_togetherness_count_from_the_first_step() -> None:
    game = boat.Boat()
    here, aside = game.frame(), boat.Boat(boat.State(x=40)).frame()
    assert play.likeness(here, here) == 99 and play.likeness(here, aside) < 30
    assert play.apart(here, aside) == 12 and play.apart(here, np.zeros_like(here)) == boat.SIDE
    assert play.together([play.apart(here, other) for other in (here, here, aside, here)]) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"seed": 1, "actions": ""}, "1 to 20,000 steps"),
        ({"seed": 1, "actions": "0123"}, "An action is 0 to 2"),
        ({"seed": 1, "actions": "0²"}, "An action is 0 to 2"),
        ({"seed": -1, "actions": "0"}, "A seed is a whole number"),
        ({"seed": 1, "actions": [0]}, "as a text of digits"),
        ({"seed": 1, "actions": "00", "restarts": [7]}, "A restart is before one of the steps"),
        ({"seed": 1, "actions": "00", "restarts": [0] * 3}, "A restart is before one of the steps"),
    ],
)
def test_a_wrong_play_is_a_sentence(words, said) -> None:
    with pytest.raises(RequestError, match=said):
        Episode.from_json(words)


def test_other_weights_and_other_files_are_refused(shelf, tmp_path) -> None:
    with pytest.raises(AtelierError, match="made for sample, not to be played"):
        play.check_playable(shelf.get(tiny.COLOUR))
    (tmp_path / "words.json").write_text("{}")
    with pytest.raises(RequestError, match="is no recorded play"):
        play.read_episode(tmp_path / "words.json")
    assert load(str(shelf.get(tiny.GAME).folder)).card.task == "play"
