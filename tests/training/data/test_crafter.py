"""Plays of Crafter: recorded once, and thrown noise that fits what came and is noise all the same."""

import numpy as np
import pytest

from gan_models.play import Episode
from training.data import crafter_batches, crafter_dice, crafter_plays
from training.data.crafter_plays import Recorded, by_chance, joined, record, recorded


def walked(count: int, who: tuple[int, int] | None = None) -> Recorded:
    """A made-up play over grass eastwards, along stone that comes now and then, past a cow that stands."""
    land = np.full((count, 7, 9), 2, np.uint8)
    dice = np.random.default_rng(0)
    strip = np.where(dice.random((7, count + 9)) < 0.25, 3, 2)
    for step in range(count):
        land[step] = strip[:, step : step + 9]
    standing = np.zeros_like(land)
    if who:
        standing[0][who] = 14
        for step in range(1, count):
            standing[step][:, :-1] = standing[step - 1][:, 1:]
    moved = np.tile(np.array([[1, 0]], np.int8), (count, 1))
    frames = np.repeat(np.repeat(land, 7, 1), 7, 2)
    frames = np.pad(frames, ((0, 0), (0, 15), (0, 1)))[..., None].repeat(3, -1)
    life, play = np.full((count, 4), 9, np.uint8), np.zeros(count, np.int32)
    return Recorded(frames, np.full(count, 2, np.uint8), moved, land, standing, life, play)


def test_numbers_are_shared_out_as_often_as_it_came() -> None:
    asked, came = np.array([7, 7, 7, 7, -1, 8]), np.array([1, 1, 1, 2, -1, 5])
    ends = crafter_dice.shared_out(asked, came)
    assert ends.tolist() == [[0, 0.75], [0, 0.75], [0, 0.75], [0.75, 1], [0, 1], [0, 1]]


def test_what_comes_into_view_has_a_part_and_what_was_seen_has_none() -> None:
    plays = walked(60, who=(2, 8))
    ends = crafter_dice.parts(plays)
    sure = (ends == (0, 1)).all(-1)
    assert not sure[1:, :7, 8].all() and sure[1:, :7, :7].all() and sure[0].all()
    stone, grass = (ends[1:, :7, 8][plays.land[1:, :, 8] == kind] for kind in (3, 2))
    assert stone[:, 0].min() > 0 and grass[:, 0].max() == 0, "each has its own end of the numbers"
    noise = np.stack([crafter_batches.noise_of(ends[1:, :7, 8], np.random.default_rng(seed)) for seed in range(20)])
    assert abs(noise.mean()) < 0.05 and abs(noise.std() - 1) < 0.05, "over all it is plain noise"


def test_what_walks_by_chance_has_a_part_by_the_way_it_went() -> None:
    plays = walked(4, who=(3, 6))
    plays.who[2:] = 0
    plays.who[2][2, 4] = 14  # it scrolls by one tile, and the cow went up
    asked, came = (np.full((9, 9), crafter_dice.FREE) for _ in range(2))
    crafter_dice._walked(plays, 2, asked, came)
    assert crafter_dice.WAYS[came[3, 4]] == (-1, 0) and (asked != crafter_dice.FREE).sum() == 1


def test_who_sleeps_gathers_strength_by_chance_and_who_drinks_does_not() -> None:
    plays = walked(40)
    plays.frames[20:, :, :, 2] = 90  # blue grass: awake; gray as `walked` makes it: asleep
    plays.life[:] = np.minimum(9, np.arange(40)[:, None] // 4)
    sure = (crafter_dice.parts(plays)[1:, 7, :4] == (0, 1)).all(-1)
    assert crafter_dice.asleep(plays.frames).tolist() == [True] * 20 + [False] * 20
    assert not sure[:20, [0, 3]].any() and sure[:, 1:3].all()


def test_plays_are_recorded_once_and_a_walk_ends_with_the_player(tmp_path, monkeypatch) -> None:
    pytest.importorskip("crafter")
    monkeypatch.setenv("GAN_ATELIER_CACHE", str(tmp_path))
    monkeypatch.setattr(crafter_plays, "STEPS", 12)
    plays, digest = recorded(20)
    monkeypatch.setattr(crafter_plays, "record", None)
    again, same = recorded(20)
    assert digest == same and all(np.array_equal(getattr(plays, name), value) for name, value in vars(again).items())
    assert len(plays) == 20 and plays.play.tolist() == [0] * 12 + [1] * 8
    assert np.abs(plays.moved).sum(1).max() == 1 and (plays.who[:, 3, 4] == 13).all()
    assert len({len(list(by_chance(np.random.default_rng([0, 0]))))}) == 1


def test_batches_are_pieces_of_one_play_and_people_come_before_chance(monkeypatch) -> None:
    pytest.importorskip("crafter")
    chance = joined(walked(9), walked(9))
    monkeypatch.setattr(crafter_batches, "recorded", lambda frames: (chance, "0"))
    monkeypatch.setattr(crafter_batches, "HELD_OUT", 1)
    learned, kept = crafter_batches.read(18, [Episode(3, (2, 2, 5, 4))])
    assert (len(learned), len(kept)) == (13, 9) and learned.sha256 != "0" and learned.licence == "MIT"
    images, actions, given = learned.drawn(3, 2, np.random.default_rng(0))
    assert images.shape == (3, 6, 64, 64) and actions.shape == (3, 2) and given.shape == (3, 8, 64, 64)
    assert set(np.diff(learned.plays.play[learned.begins(2)[:, None] + np.arange(4)]).ravel()) == {0}
    assert len(crafter_batches.palette(chance, 3)) == 3


def test_a_play_too_short_for_a_piece_is_one_line() -> None:
    with pytest.raises(Exception, match="7 frames"):
        plays = walked(4)
        crafter_batches.CrafterPlays("x", "", 4, plays=plays, ends=crafter_dice.parts(plays)).begins(5)


def test_the_same_walk_is_recorded_alike() -> None:
    pytest.importorskip("crafter")
    one, two = (record([iter(crafter_batches.walk_of(Episode(3, (2, 2, 5))))]) for _ in range(2))
    assert np.array_equal(one.frames, two.frames) and one.actions.tolist() == [0, 2, 2]
