import json

import pytest
import tiny
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gan_models.errors import RequestError
from gan_models.latents.point import Point
from gan_models.latents.seeds import LAST_SEED, latent
from gan_models.latents.styles import pack
from gan_models.loading import Model


@pytest.fixture
def model(tiny_weights) -> Model:
    return Model(tiny_weights / tiny.CONDITIONAL)


def test_a_seed_is_the_base_and_truncation_scales_it(model: Model) -> None:
    inputs = Point(seed=5, truncation=0.5).resolve(model)
    z, label = inputs.code[0], inputs.label
    assert torch.equal(z, latent(5, 24) * 0.5) and label == 5 % 3


def test_a_latent_is_met_to_the_last_bit(model: Model) -> None:
    z = latent(9, 24)
    again = Point.from_json(json.loads(json.dumps(Point.at(z, label=2).to_json())))
    assert torch.equal(again.resolve(model).code[0], z) and again.resolve(model).label == 2


def test_directions_add_deviations_and_coordinates_override(model: Model) -> None:
    z = Point(seed=1, directions={2: 1.5, 0: -1.0}, coordinates={7: 0.25}).resolve(model).code[0]
    expected = latent(1, 24) + 1.5 * model.directions[2] - model.directions[0]
    expected[7] = 0.25
    assert torch.allclose(z, expected, atol=1e-6) and z[7] == 0.25


def test_the_order_in_which_sliders_were_moved_does_not_matter(model: Model) -> None:
    one, other = (
        Point(seed=1, directions={3: 0.3, 1: 0.1}),
        Point(seed=1, directions={1: 0.1, 3: 0.3, 2: 0.0}),
    )
    assert one == other and torch.equal(one.resolve(model).code, other.resolve(model).code)


def test_resolving_changes_nothing(model: Model) -> None:
    directions = model.directions.clone()
    Point(seed=1, directions={0: 2.0}, coordinates={0: 1.0}).resolve(model)
    assert torch.equal(model.directions, directions)


def test_json_holds_only_what_is_not_by_default() -> None:
    assert Point(seed=3).to_json() == {"seed": 3}
    words = Point(seed=3, label=1, truncation=0.7, directions={4: 2.0}, coordinates={5: 0.0}).to_json()
    assert words == {
        "seed": 3,
        "label": 1,
        "truncation": 0.7,
        "directions": {"4": 2.0},
        "coordinates": {"5": 0.0},
    }


numbers = st.floats(-100, 100)
indices = st.dictionaries(st.integers(0, 23), numbers, max_size=4)


@settings(max_examples=60)
@given(
    st.one_of(st.integers(0, LAST_SEED), st.lists(numbers, min_size=24, max_size=24)),
    st.one_of(st.none(), st.integers(0, 2)),
    numbers,
    indices,
    indices,
)
def test_every_point_survives_json(base, label, truncation, directions, coordinates) -> None:
    words = {"seed": base} if isinstance(base, int) else {"latent": tuple(base)}
    point = Point(**words, label=label, truncation=truncation, directions=directions, coordinates=coordinates)
    assert Point.from_json(json.loads(json.dumps(point.to_json()))) == point


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({}, "either a seed or a latent"),
        ({"seed": 1, "latent": [1.0]}, "either a seed or a latent"),
        ([], "object such as"),
        (None, "object such as"),
        ({"seed": 1, "colour": 2}, "no field 'colour'"),
        ({"seed": -1}, "seed of a point is a whole number"),
        ({"seed": "1"}, "seed of a point is a whole number"),
        ({"seed": 2**60}, "seed of a point is a whole number"),
        ({"seed": 1, "label": 1.0}, "label of a point is a whole number"),
        ({"seed": 1, "truncation": "big"}, "truncation of a point holds numbers"),
        ({"seed": 1, "truncation": float("nan")}, "truncation of a point holds numbers"),
        ({"seed": 1, "truncation": 10**400}, "truncation of a point holds numbers"),
        ({"seed": 1, "directions": [1]}, "map an index to a number"),
        ({"seed": 1, "directions": {"x": 1}}, "counted from 0"),
        ({"seed": 1, "directions": {"-1": 1}}, "counted from 0"),
        ({"seed": 1, "coordinates": {"99999999999": 1}}, "counted from 0"),
        ({"seed": 1, "coordinates": {"9" * 5000: 1}}, "counted from 0"),
        ({"seed": 1, "coordinates": {"1": float("inf")}}, "holds numbers"),
        ({"seed": 1, "embedding": "zzz"}, "numbers of a sentence of a point are damaged"),
        ({"seed": 1, "embedding": pack(torch.zeros(2, 3))}, "one row of numbers"),
        ({"seed": 1, "text": "a", "embedding": pack(torch.zeros(1, 3))}, "a text or the embedding of one"),
        ({"latent": "zzz"}, "list of at most"),
        ({"latent": [0.0] * 5000}, "list of at most"),
        ({"latent": [None]}, "latent of a point holds numbers"),
    ],
)
def test_wrong_points_are_refused(words, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        Point.from_json(words)


@pytest.mark.parametrize(
    ("point", "message"),
    [
        (Point(seed=1, directions={8: 1.0}), "tiny-conditional has 8 directions"),
        (Point(seed=1, coordinates={24: 1.0}), "tiny-conditional has 24 latent numbers"),
        (Point(seed=1, label=3), "classes 0 to 2; got 3"),
        (Point(latent=(1.0, 2.0)), "has 2 numbers and tiny-conditional takes 24"),
    ],
)
def test_points_of_another_model_are_refused(point: Point, message: str, model: Model) -> None:
    with pytest.raises(RequestError, match=message):
        point.resolve(model)


def test_a_label_means_nothing_without_classes(tiny_weights) -> None:
    assert Point(seed=1, label=7).resolve(Model(tiny_weights / tiny.VANILLA)).label is None
