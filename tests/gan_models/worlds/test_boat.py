"""The boat's river: seeded, seen whole in two frames, and gone on with from a state."""

import numpy as np
import pytest

from gan_models.errors import RequestError
from gan_models.worlds import boat, world


def test_a_seed_is_a_game_and_a_state_goes_on_with_it() -> None:
    one, two = boat.Boat(), boat.Boat()
    assert np.array_equal(one.reset(7), two.reset(7)) and one.frame().shape == (64, 64, 3)
    actions = [2, 2, 1, 0] * 30
    for action in actions:
        frame = one.step(action)[0]
        two = boat.unpack(boat.pack(two), 7)
        assert np.array_equal(frame, two.step(action, two.thrown())[0])
    assert one.state.things and one.state.turn == len(actions)


def test_what_comes_in_without_a_game_is_as_much_as_with_one() -> None:
    game, thrown = boat.Boat(), []
    game.reset(3)
    for _ in range(2000):
        thrown.append(game.thrown())
        game.step(0)
    dreamed = [boat.dice(3, step) for step in range(2000)]
    assert abs(np.count_nonzero(dreamed) - np.count_nonzero(thrown)) < 40 and max(dreamed) < boat.DICE
    assert np.diff(np.flatnonzero(dreamed)).min() > boat.APART
    assert np.array_equal(boat.starts(5), boat.starts(5)) and not np.array_equal(boat.starts(5), boat.starts(6))


def test_a_coin_fills_the_purse_and_a_rock_empties_it_for_a_while() -> None:
    game = boat.Boat(boat.State(28, (boat.Thing("coin", 29, 38),)))
    happened = [game.step(0, 0) for _ in range(3)]
    assert [reward for _, reward, _, _ in happened].count(1) == 1 and boat.purse(game.frame()) == 1
    game.state = boat.State(28, (boat.Thing("rock", 28, 38),), purse=5)
    happened = [game.step(0, 0) for _ in range(3)]
    assert sum(met["rock"] for *_, met in happened) == 1 and boat.purse(game.frame()) == 0
    alarm = game.frame()[0, 0].tolist()
    assert alarm != boat.Boat().frame()[0, 0].tolist() and game.state.shock
    # What is hit is felt once: the boat passes through the next one.
    game.state = boat.State(28, (boat.Thing("rock", 28, 44),), shock=4)
    assert not game.step(0, 0)[3]["rock"] and game.state.things


def test_the_boat_keeps_between_the_banks_and_is_found_in_every_frame() -> None:
    dice, game = np.random.default_rng(0), boat.Boat()
    for _ in range(200):
        game.state = boat.anywhere(dice)
        x, y = boat.hero(game.frame())
        assert abs(x - game.state.x - 3.5) < 1 and abs(y - boat.ROW - 5) < 1
        assert boat.purse(game.frame()) == game.state.purse
    for action, edge in ((1, boat.LEFT), (2, boat.RIGHT)):
        for _ in range(40):
            game.step(action, 0)
        assert game.state.x == edge
    assert boat.hero(np.zeros((64, 64, 3), np.uint8)) is None


def test_what_is_thrown_comes_in_where_it_is_said() -> None:
    for thrown in range(1, boat.DICE):
        game = boat.Boat()
        before, (after, *_) = game.frame(), game.step(0, thrown)
        still = boat.Boat()
        plain = still.step(0, 0)[0]
        kind, rows, columns = boat.footprint(thrown)
        changed = (after != plain).any(-1)
        assert changed[rows, columns].sum() == changed.sum() > 20 and before.shape == after.shape
        assert boat.coming_in(thrown)[kind, rows, columns].all() and not boat.coming_in(0).any()


@pytest.mark.parametrize("words", [None, {}, {"x": 3}, {**boat.State().to_json(), "x": 500}, "x"])
def test_a_damaged_state_is_a_sentence(words) -> None:
    with pytest.raises(RequestError, match="begin anew"):
        boat.State.from_json(words)


def test_an_unknown_world_lists_those_that_there_are() -> None:
    with pytest.raises(RequestError, match="choose one of boat"):
        world("chess")
