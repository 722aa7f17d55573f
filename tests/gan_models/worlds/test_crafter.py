"""Crafter behind the calls of a world: played again from its text, thrown noise by a seed, and absent where it is."""

import sys

import numpy as np
import pytest

from gan_models.errors import RequestError
from gan_models.worlds import WORLDS, crafter

WALK = [2, 2, 5, 1, 3, 5, 4, 6, 2, 2, 7, 1]


def played(actions: list[int], seed: int = 3) -> tuple[crafter.Crafter, list[np.ndarray]]:
    pytest.importorskip("crafter")
    game = crafter.Crafter()
    return game, [game.reset(seed), *(game.step(action)[0] for action in actions)]


def test_what_is_thrown_is_noise_by_a_seed_a_number_for_each_tile() -> None:
    noise = crafter.coming_in(crafter.dice(4, 9))
    assert noise.shape == (1, 64, 64) and noise.dtype == np.float32
    assert np.array_equal(noise, crafter.coming_in(crafter.dice(4, 9))) and crafter.dice(4, 10) != crafter.dice(4, 9)
    tiles = noise[0, :63, :63].reshape(9, 7, 9, 7)
    assert (tiles == tiles[:, :1, :, :1]).all() and len(np.unique(tiles)) == 81 and not noise[0, 63].any()
    many = np.stack([crafter.coming_in(number) for number in range(50)])[:, 0, ::7, ::7]
    assert abs(many[:, :9, :9].mean()) < 0.1 and abs(many[:, :9, :9].std() - 1) < 0.1


def test_every_key_does_something_and_every_action_has_a_sign() -> None:
    row = WORLDS["crafter"]
    assert set(row.keys.values()) == set(row.actions[1:]) and len(crafter.SIGNS) >= len(row.actions) == 17
    assert row.place is None and row.package == "crafter"


def test_without_the_package_one_sentence_says_how_to_get_it(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "crafter", None)
    with pytest.raises(RequestError, match="pip install crafter"):
        crafter.Crafter().reset(0)
    first = crafter.starts(5)
    assert first.shape == (2, 64, 64, 3) and np.array_equal(first, crafter.starts(5 + crafter.SHEET_PAIRS))


def test_a_seed_and_the_actions_are_the_game_at_noon() -> None:
    game, frames = played(WALK)
    again, same = played(WALK)
    assert all(np.array_equal(one, two) for one, two in zip(frames, same)) and frames[0].shape == (64, 64, 3)
    assert game.land._world.daylight == 1 and list(crafter.ACTIONS) == list(game.land.action_names)
    assert game.thrown() == crafter.dice(3, len(WALK))


def test_a_text_goes_on_with_the_game_and_no_two_players_share_one() -> None:
    game, frames = played(WALK)
    text = crafter.pack(game)
    assert text == "225135462271" and crafter.unpack(text, 3) is game
    other = crafter.unpack(text, 3)
    assert other is not game and np.array_equal(other.step(2)[0], game.step(2)[0])
    # Who plays on after a text was made takes nothing from whoever goes on from that text.
    text = crafter.pack(game)
    game.step(1)
    assert crafter.unpack(text, 3) is not game


@pytest.mark.parametrize("text", [None, 5, "22h", "22x", "2" * 3001, "2" * 20_001])
def test_another_text_is_refused(text) -> None:
    with pytest.raises(RequestError, match="begin anew"):
        crafter.unpack(text, 3)


def test_one_game_is_gone_back_to_at_a_time(monkeypatch) -> None:
    monkeypatch.setattr(crafter, "PATIENCE", 0.01)
    with crafter._REPLAYING, pytest.raises(RequestError, match="try again in a moment"):
        crafter.unpack("22", 3)


def test_whoever_dies_begins_in_another_land() -> None:
    game, frames = played([0])
    game.land._player.health = 0
    frame, reward, over, _ = game.step(0)
    assert over and not np.array_equal(frame, frames[-1]) and game.land._player.health == 9
    assert not game.step(0)[2]


def test_tiles_agree_one_by_one() -> None:
    frame = crafter.starts(2)[1]
    other = frame.copy()
    other[7:14, 7:14] = 255 - other[7:14, 7:14]
    other[crafter.DOWN * crafter.TILE :] = 0  # what is carried is no land
    assert WORLDS["crafter"].tiles(frame, frame) == 1 and WORLDS["crafter"].tiles(frame, other) == 62 / 63
