"""A game that is a network, beside the game that it learned: films, recordings, wrong words."""

from dataclasses import replace

import numpy as np
import pytest
import tiny

from gan_models import play, recipe, remake
from gan_models.errors import AtelierError, RequestError
from gan_models.loading import Shelf, load
from gan_models.play import Episode
from gan_models.worlds import WORLDS, boat
from gan_models.worlds.boat import BOAT


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> Shelf:
    folder = tmp_path_factory.mktemp("games")
    tiny.make_game(folder)
    tiny.make_weight(folder, tiny.COLOUR)
    return Shelf([folder])


def test_the_command_films_a_play_that_is_made_again_and_played_again(shelf, tmp_path, capsys) -> None:
    film, weight = tmp_path / "play.mp4", str(shelf.get(tiny.GAME).folder)
    play.main([weight, "--steps", "6", "--seed", "2", "-o", str(film)])
    assert "6 steps; the games agree for" in capsys.readouterr().out
    made = recipe.read(film.read_bytes())
    remake.write_again(made, shelf, tmp_path / "again.mp4")
    assert (tmp_path / "again.mp4").read_bytes() == film.read_bytes()
    (tmp_path / "play.json").write_text(made.to_json())
    assert play.read_episode(tmp_path / "play.json") == play.read_episode(film) == Episode.by_chance(BOAT, 2, 6)


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
    assert play.apart(BOAT, here, aside) == 12 and play.apart(BOAT, here, np.zeros_like(here)) == boat.SIDE
    assert play.together([play.apart(BOAT, here, other) for other in (here, here, aside, here)]) == 2
    unmoved = replace(BOAT, place=None, tiles=lambda true, drawn: np.array(0.5))
    assert play.drift(unmoved, here, here) == {"apart": None, "tiles": 0.5, "likeness": 99}
    assert play.together([play.apart(unmoved, here, other) for other in (here, aside)]) is None


def test_a_dream_is_its_seed_and_keys_alone(shelf, tmp_path, capsys) -> None:
    film, model = tmp_path / "dream.mp4", shelf.get(tiny.GAME)
    play.main([str(model.folder), "--dream", "--steps", "5", "--seed", "7", "-o", str(film)])
    assert "5 steps of a dream" in capsys.readouterr().out
    remake.write_again(recipe.read(film.read_bytes()), shelf, tmp_path / "again.mp4")
    assert (tmp_path / "again.mp4").read_bytes() == film.read_bytes()
    episode = play.read_episode(film)
    assert episode == Episode.by_chance(BOAT, 7, 5, dream=True)
    one, same, other = (list(play.dream(model, seed, (0, 2, 2))) for seed in (7, 7, 8))
    assert np.array_equal(one, same) and not np.array_equal(one[0], other[0])
    with pytest.raises(RequestError, match="no true game to learn from"):
        next(episode.steps(BOAT))


def test_without_its_package_a_world_is_only_dreamt(shelf, monkeypatch) -> None:
    model = shelf.get(tiny.GAME)
    monkeypatch.setattr(play, "world", lambda name: replace(BOAT, package="no_such_game"))
    with pytest.raises(RequestError, match="pip install no_such_game"):
        next(Episode(1, (0,)).frames(model))
    assert next(Episode(1, (0,), dream=True).shown(model)).shape == (64, 64, 3)


@pytest.mark.parametrize("played", [pytest.param(row, id=row.name) for row in WORLDS.values()])
def test_two_players_of_one_seed_share_no_game_and_their_states_are_all_of_it(played) -> None:
    if not played.here():
        pytest.skip(f"{played.package} is not installed")
    plays, alone = ((1, 1, 2, 1), (2, 1, 1, 2)), []
    for actions in plays:
        game, _ = play.begin(played, 3)
        alone.append([game.step(action, game.thrown())[0] for action in actions])
    game, _ = play.begin(played, 3)
    texts, seen = [played.pack(game)] * 2, ([], [])
    for step in range(4):
        for player, actions in enumerate(plays):
            game = played.unpack(texts[player], 3)
            seen[player].append(game.step(actions[step], game.thrown())[0])
            texts[player] = played.pack(game)
    assert np.array_equal(seen, alone)


def test_actions_beyond_nine_are_letters_and_a_world_knows_its_own(shelf, monkeypatch) -> None:
    model, many = shelf.get(tiny.GAME), replace(BOAT, actions=tuple(map(str, range(17))))
    episode = Episode.from_json({"seed": 1, "actions": "09ag"})
    assert episode.actions == (0, 9, 10, 16)
    for asked in (episode.recipe, lambda model: next(episode.frames(model))):
        with pytest.raises(RequestError, match="An action is 0 to 2: stay, left, right"):
            asked(model)
    monkeypatch.setattr(play, "world", lambda name: many)
    assert episode.recipe(model).arguments == {"seed": 1, "actions": "09ag", "restarts": []}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"seed": 1, "actions": ""}, "1 to 20,000 steps"),
        ({"seed": 1, "actions": "0G"}, "one of 0-9 and a-z"),
        ({"seed": 1, "actions": "0²"}, "one of 0-9 and a-z"),
        ({"seed": -1, "actions": "0"}, "A seed is a whole number"),
        ({"seed": 1, "actions": [0]}, "as a text of digits"),
        ({"seed": 1, "actions": "0", "dream": 1}, "as a text of digits"),
        ({"seed": 1, "actions": "0", "restarts": [0], "dream": True}, "A dream has no true frames"),
        ({"seed": 1, "actions": "00", "restarts": [7]}, "A restart is before one of the steps"),
        ({"seed": 1, "actions": "00", "restarts": [0] * 3}, "A restart is before one of the steps"),
    ],
)
def test_a_wrong_play_is_a_sentence(words, said) -> None:
    with pytest.raises(RequestError, match=said):
        Episode.from_json(words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--seed", "-1"], "A seed is a whole number"),
        (["--steps", "901"], "at most 900 frames as .gif, and this one has 901"),
    ],
)
def test_what_cannot_be_played_is_known_before_the_play(shelf, tmp_path, capsys, words, said) -> None:
    with pytest.raises(SystemExit):
        play.main([str(shelf.get(tiny.GAME).folder), *words, "-o", str(tmp_path / "play.gif")])
    assert said in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_other_weights_and_other_files_are_refused(shelf, tmp_path) -> None:
    with pytest.raises(AtelierError, match="made for sample, not to be played"):
        play.world_of(shelf.get(tiny.COLOUR))
    (tmp_path / "words.json").write_text("{}")
    with pytest.raises(RequestError, match="is no recorded play"):
        play.read_episode(tmp_path / "words.json")
    assert load(str(shelf.get(tiny.GAME).folder)).card.task == "play"
