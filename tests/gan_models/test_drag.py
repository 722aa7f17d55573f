"""Dragging: its steps, its words, its command. That handles arrive is measured: training.bench drag."""

from itertools import islice

import numpy as np
import pytest
import tiny
import torch

from gan_models import drag
from gan_models.errors import RequestError
from gan_models.latents.point import Point
from gan_models.loading import Model, Shelf, load
from gan_models.pictures.images import open_picture
from gan_models.recipe import Recipe, read
from gan_models.remake import write_again
from gan_models.sample import make_again, sample
from gan_models.steps import adam

PAIRS = [[[10, 10], [14, 10]], [[20, 22], [20, 18.5]]]


@pytest.fixture(scope="module")
def model(tiny_styles) -> Model:
    return load(tiny_styles / tiny.STYLE)


def test_a_drag_goes_on_from_its_own_words_and_ends_as_a_point_of_styles(model) -> None:
    point = Point(seed=1, noise="none", pushes=({"direction": 0, "amount": 1.0},))
    pull = drag.Pull.of(model, point, PAIRS)
    first, second, third = islice(drag.steps(model, pull), 3)
    again = next(drag.steps(model, pull, drag.unpacked_step(model, pull, drag.packed_step(second))))
    assert torch.equal(again.change, third.change) and torch.equal(again.handles, third.handles)
    made = third.point(model, pull)
    assert made.noise == "none" and made.styles and not np.array_equal(*sample(model, [point, made]))
    moved = made.styles_of(model) - point.styles_of(model)
    assert moved[:5].abs().max() > 0.01 and moved[5:].abs().max() < 0.01, "only what draws shapes is moved"
    assert first.number == 1 and Point.from_json(made.to_json()) == made


def test_directions_that_hardly_move_a_handle_go_less_far() -> None:
    slope, none = torch.tensor([1.0, 0.1]), torch.zeros(2, 2)
    ways = [adam(slope, none, 1, whole=whole)[1] for whole in (False, True)]
    assert ways[0][0] == pytest.approx(float(ways[0][1])) and ways[1][0] == pytest.approx(10 * float(ways[1][1]))


def test_what_is_not_pulled_is_held_without_a_mask_too(model, monkeypatch) -> None:
    changes = []
    for held in (0.0, drag.HELD):
        monkeypatch.setattr(drag, "HELD", held)
        pull = drag.Pull.of(model, Point(seed=1), PAIRS[:1])
        *_, last = islice(drag.steps(model, pull), 8)
        before, after = sample(model, [Point(seed=1), last.point(model, pull)]).astype(float)
        changes.append(np.abs(after - before).mean())
    assert changes[1] < changes[0]


def test_what_the_mask_keeps_changes_less(model) -> None:
    mask = np.zeros((drag.MASK, drag.MASK), bool)
    mask[:32, :32] = True
    assert np.array_equal(drag.unpacked_mask(drag.packed_mask(mask)), mask)
    changes = []
    for words in (None, drag.packed_mask(mask)):
        pull = drag.Pull.of(model, Point(seed=1), PAIRS[:1], words)
        *_, last = islice(drag.steps(model, pull), 8)
        before, after = sample(model, [Point(seed=1), last.point(model, pull)]).astype(float)
        changes.append(np.abs(after - before)[16:, 16:].mean())
    assert changes[1] < 0.8 * changes[0]


def test_the_command_writes_a_picture_with_its_point_and_a_film_that_is_made_again(
    tiny_styles, tmp_path, capsys
) -> None:
    weight, shelf = str(tiny_styles / tiny.STYLE), Shelf([tiny_styles])
    given = [weight, "--pair", "10,10:14,10", "--steps", "3", "-o"]
    drag.main([*given, str(tmp_path / "dragged.png")])
    drag.main([*given, str(tmp_path / "way.gif")])
    picture = open_picture(tmp_path / "dragged.png")
    assert np.array_equal(make_again(read(tmp_path / "dragged.png"), shelf), picture)
    drag.main([*given, str(tmp_path / "further.png"), "--picture", str(tmp_path / "dragged.png")])
    assert not np.array_equal(open_picture(tmp_path / "further.png"), picture)
    write_again(read(tmp_path / "way.gif"), shelf, tmp_path / "again.gif")
    assert (tmp_path / "again.gif").read_bytes() == (tmp_path / "way.gif").read_bytes()
    for pair in ("1,2,3:4,5,6", "1,2:3,4:5,6", "1,2"):
        with pytest.raises(SystemExit):
            drag.main([weight, "--pair", pair, "-o", str(tmp_path / "none.png")])
        assert f"A --pair is X,Y:X,Y, a handle and its target in pixels; got '{pair}'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("pairs", "mask", "message"),
    [
        ([], None, "1 to 16 pairs .* got 0"),
        (PAIRS * 20, None, "1 to 16 pairs .* got 40"),
        ([[[33, 1], [2, 2]]], None, "A handle lies within the picture, from 0 to 32 px"),
        ([[[1, 1], [2, float("nan")]]], None, "A target lies within the picture"),
        ([[[5, 5], [5, 5]]], None, r"A target lies on its handle at \(5, 5\)"),
        ([[5, 5]], None, "A pair is"),
        (PAIRS, drag.packed_mask(np.zeros((64, 64), bool)), "The mask is empty"),
        (PAIRS, "AA==", "A mask is base64 of 4096 bits"),
    ],
)
def test_wrong_drags_have_a_sentence(model, pairs, mask, message) -> None:
    with pytest.raises(RequestError, match=message):
        drag.Pull.of(model, Point(seed=1), pairs, mask)


def test_drags_of_other_weights_and_damaged_ones_have_a_sentence(model, tiny_weights, tmp_path) -> None:
    with pytest.raises(RequestError, match="has no styles to drag by"):
        drag.Pull.of(load(tiny_weights / tiny.COLOUR), Point(seed=1), PAIRS)
    pull = drag.Pull.of(model, Point(seed=1), PAIRS)
    for state in ("%", "AAAA", drag.packed_step(drag.first_step(model, drag.Pull(Point(seed=1), pull.pairs[:1])))):
        with pytest.raises(RequestError, match="start it again"):
            drag.unpacked_step(model, pull, state)
    damaged = Recipe(model.name, model.sha256, "drag", {**pull.to_json(), "steps": 0})
    with pytest.raises(RequestError, match="The steps of a drag are 1 to 300"):
        drag.make_again(damaged, Shelf([model.folder.parent]), tmp_path / "x.gif")
