"""Points of styles: crossings, pushes, raw styles, truncation with a cutoff, noise; and directions of styles."""

import json

import numpy as np
import pytest
import tiny
import torch

from gan_models.errors import RequestError
from gan_models.interpolate import walk
from gan_models.latents.point import Point, resolved
from gan_models.latents.space import FIXED, SILENT
from gan_models.latents.styles import Mix, Push, pack, ranges, unpack
from gan_models.latents.walks import breed_styles
from gan_models.loading import Model
from gan_models.recipe import Recipe
from gan_models.sample import make_again, point_of, recipe_of, sample

FULL = {
    "seed": 4,
    "truncation": 0.7,
    "cutoff": 5,
    "directions": {"1": 0.5},
    "mixes": [{"seed": 9, "layers": [0, 3]}, {"latent": [0.5] * 24, "layers": [5, 8], "share": 0.25}],
    "pushes": [
        {"direction": 2, "amount": 1.5, "layers": [0, 3]},
        {"direction": 0, "amount": -2.0, "kind": "closed-fine"},
    ],
    "noise": 11,
}


@pytest.fixture(scope="module")
def model(tiny_styles) -> Model:
    return Model(tiny_styles / tiny.STYLE)


def styles(model: Model, **words) -> torch.Tensor:
    return Point(**words).styles_of(model)


@pytest.mark.parametrize(
    "words",
    [
        {"seed": 3},
        {"seed": 3, "label": 1, "truncation": 0.7, "directions": {"4": 2.0}, "coordinates": {"5": 0.0}},
        {"latent": [0.5, -1.25], "truncation": 1.5},
    ],
)
def test_words_from_before_there_were_styles_are_read_and_said_as_they_were(words) -> None:
    point = Point.from_json(words)
    assert point.to_json() == words and not point.of_styles
    made = Recipe("a-weight", "0" * 64, "sample", {"point": words})
    assert point_of(Recipe.from_json(made.to_json())) == point


def test_a_plain_point_is_a_latent_and_its_styles_draw_the_same_picture(model: Model) -> None:
    plain, apart = Point(seed=5, truncation=0.6), Point(seed=6)
    assert plain.resolve(model).code.shape == (1, 24) and plain.resolve(model).noise is None
    raw = Point.at(plain.styles_of(model))
    drawn = sample(model, [plain, apart, raw, Point(seed=6, mixes=[Mix(5)])])
    assert np.array_equal(drawn[0], sample(model, [plain])[0]) and np.array_equal(drawn[0], drawn[2])
    assert np.array_equal(drawn[3], sample(model, [Point(seed=5)])[0])


def test_a_mix_crosses_another_base_over_its_layers_by_its_share(model: Model) -> None:
    mine, other = styles(model, seed=1), styles(model, seed=2)
    whole = styles(model, seed=1, mixes=[Mix(2, layers=(2, 4))])
    part = styles(model, seed=1, mixes=[Mix(2, layers=(2, 4), share=0.25)])
    assert torch.equal(whole[2:4], other[2:4]) and torch.equal(whole[4:], mine[4:]) and torch.equal(whole[:2], mine[:2])
    torch.testing.assert_close(part[2:4], mine[2:4] + (other[2:4] - mine[2:4]) / 4)


def test_a_push_adds_deviations_over_its_layers(model: Model) -> None:
    step = styles(model, seed=1, pushes=[Push(3, -1.5, (3, 5), "closed")]) - styles(model, seed=1)
    torch.testing.assert_close(step[3:5], (-1.5 * model.style_directions["closed"][3]).expand(2, -1))
    assert step[:3].abs().max() == step[5:].abs().max() == 0


def test_truncation_goes_about_the_mean_style_and_leaves_the_layers_from_the_cutoff_on(model: Model) -> None:
    plain, mean = styles(model, seed=1), model.w_mean
    for base in ({"seed": 1}, {"styles": pack(plain)}):
        half = styles(model, **base, truncation=0.5, cutoff=3)
        torch.testing.assert_close(half[:3], mean + (plain[:3] - mean) / 2)
        torch.testing.assert_close(half[3:], plain[3:])
    mixed = styles(model, seed=7, mixes=[Mix(1)], truncation=0.5, cutoff=3)
    torch.testing.assert_close(mixed, styles(model, seed=1, truncation=0.5, cutoff=3))


def test_noise_is_the_weights_own_or_none_or_of_a_seed(model: Model) -> None:
    points = [Point(seed=1, noise=noise) for noise in ("fixed", "none", 5, 6)]
    drawn = sample(model, points)
    assert len({picture.tobytes() for picture in drawn}) == 4
    assert resolved(points, model).noise.tolist() == [FIXED, SILENT, 5, 6]
    assert np.array_equal(drawn[2], sample(model, points[2:3])[0])
    assert Point.of(points[2].resolve(model)).noise == 5 and Point.of(points[1].resolve(model)).noise == "none"


def test_all_words_survive_json_and_a_recipe_draws_the_picture_again(model: Model, tiny_styles) -> None:
    from gan_models.loading import Shelf

    point = Point.from_json(json.loads(json.dumps(FULL)))
    assert point.to_json() == FULL and Point.from_json(point.to_json()) == point
    made = recipe_of(model, point)
    again = make_again(Recipe.from_json(made.to_json()), Shelf([tiny_styles]))
    assert np.array_equal(again, sample(model, [point])[0])


def test_raw_styles_are_exact_and_shorter_where_halves_say_them() -> None:
    exact = torch.randn(8, 16, generator=torch.Generator().manual_seed(0))
    assert torch.equal(unpack(pack(exact)), exact) and torch.equal(unpack(pack(exact.half())), exact.half().float())
    assert len(pack(exact.half())) < 0.6 * len(pack(exact))
    assert len(pack(exact[:1].expand(8, -1))) < 0.2 * len(pack(exact))


def test_a_walk_goes_through_styles_where_one_key_is_of_styles(model: Model) -> None:
    keys = [Point(seed=1), Point(seed=2, pushes=[Push(0, 2.0)], noise=3)]
    inputs = walk(model, keys, 4)
    assert inputs.code.shape == (5, 8, 16) and inputs.noise.tolist() == [FIXED] * 2 + [3] * 3
    ends = [point.styles_of(model) for point in keys]
    torch.testing.assert_close(inputs.code[1], ends[0] + (ends[1] - ends[0]) / 4)
    torch.testing.assert_close(inputs.code[4], ends[1])
    assert walk(model, keys[:1] * 2, 4).code.shape == (5, 24)


def test_children_of_styles_take_whole_layers_and_strangers_by_strength(model: Model) -> None:
    a, b, stranger = (styles(model, seed=seed) for seed in (1, 2, 3))
    for seed in range(40):
        child = breed_styles(a, b, stranger, 0.0, seed)
        of_a, of_b = (child == a).all(1), (child == b).all(1)
        assert (of_a | of_b).all() and of_a.any() and of_b.any()
    assert torch.equal(breed_styles(a, None, stranger, 0.0, 1), a)
    torch.testing.assert_close(breed_styles(a, None, stranger, 1.0, 1), (a + stranger) / 2)


def test_ranges_are_coarse_to_8_px_middle_to_32_and_the_rest() -> None:
    assert ranges(10) == {"all": (0, 10), "coarse": (0, 3), "middle": (3, 7), "fine": (7, 10)}
    assert ranges(8)["middle"] == (3, 5) and ranges(12)["fine"] == (7, 12) and ranges(0) == {}


def test_directions_of_styles_are_deviations_along_components_and_along_what_the_layers_read(model: Model) -> None:
    found = model.style_directions
    assert set(found) == {"principal", "closed", "closed-coarse", "closed-middle", "closed-fine"}
    w = torch.stack([styles(model, seed=seed)[0] for seed in range(256)])
    for rows in found.values():
        assert rows.shape == (5, 16)
        unit = rows / rows.norm(dim=1, keepdim=True)
        torch.testing.assert_close(unit @ unit.T, torch.eye(5), atol=1e-4, rtol=0)
        torch.testing.assert_close((w @ unit.T).std(0), rows.norm(dim=1), atol=1e-3, rtol=1e-3)
    weights = torch.cat(model.generator.style_weights[5:])
    weights = weights / weights.norm(dim=1, keepdim=True)
    along = [(weights @ (row / row.norm())).square().sum() for row in found["closed-fine"]]
    assert along == sorted(along, reverse=True)
    torch.testing.assert_close(along[0], torch.linalg.matrix_norm(weights, 2) ** 2)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"seed": 1, "styles": "x"}, "either a seed or a latent or styles"),
        ({"styles": "no styles"}, "styles of a point are damaged"),
        ({"styles": 7}, "styles of a point are damaged"),
        ({"styles": pack(torch.full((2, 2), 1e4))}, "numbers from -1000 to 1000"),
        ({"styles": pack(torch.zeros(8, 16)), "coordinates": {"0": 1.0}}, "no latent to move"),
        ({"seed": 1, "mixes": {"seed": 2}}, "mixes of a point are a list"),
        ({"seed": 1, "mixes": [{"seed": 2}] * 17}, "list of at most 16"),
        ({"seed": 1, "mixes": [{}]}, "A mix has either a seed"),
        ({"seed": 1, "mixes": [{"seed": 2, "share": 1.5}]}, "share of a mix holds numbers from 0 to 1"),
        ({"seed": 1, "mixes": [{"seed": 2, "layers": [3, 3]}]}, "Layers end after they begin"),
        ({"seed": 1, "mixes": [{"seed": 2, "layers": "all"}]}, "Layers are a pair"),
        ({"seed": 1, "mixes": [{"seed": 2, "mixes": []}]}, "A mix has no field 'mixes'"),
        ({"seed": 1, "pushes": [{"direction": 1}]}, "A push has no amount"),
        ({"seed": 1, "pushes": [{"direction": -1, "amount": 1}]}, "direction of a push is a whole number"),
        ({"seed": 1, "pushes": [{"direction": 1, "amount": 1, "kind": []}]}, "kind of a push names"),
        ({"seed": 1, "cutoff": 65}, "cutoff of a point is a whole number from 0 to 64"),
        ({"seed": 1, "noise": "loud"}, "noise of a point is 'fixed', 'none' or a seed"),
    ],
)
def test_wrong_words_of_styles_are_refused(words, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        Point.from_json(words)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            {"seed": 1, "mixes": [{"seed": 2, "layers": [4, 9]}]},
            "tiny-style has 8 layers, counted from 0; got layers 4 to 8",
        ),
        ({"seed": 1, "pushes": [{"direction": 5, "amount": 1}]}, "tiny-style has 5 style directions"),
        (
            {"seed": 1, "pushes": [{"direction": 0, "amount": 1, "kind": "odd"}]},
            "no style directions 'odd'; it has closed, ",
        ),
        ({"seed": 1, "truncation": 0.5, "cutoff": 9}, "tiny-style has 8 layers; got a cutoff of 9"),
        ({"styles": pack(torch.zeros(10, 16))}, "are 10 layers of 16 and tiny-style takes 8 of 16"),
    ],
)
def test_styles_of_another_model_are_refused(words, message: str, model: Model) -> None:
    with pytest.raises(RequestError, match=message):
        Point.from_json(words).resolve(model)


@pytest.mark.parametrize(
    "words", [{"mixes": [{"seed": 2}]}, {"pushes": [{"direction": 0, "amount": 1.0}]}, {"noise": 3}]
)
def test_a_weight_without_styles_says_so(words, tiny_weights) -> None:
    with pytest.raises(RequestError, match="tiny-vanilla has no styles"):
        Point.from_json({"seed": 1, **words}).resolve(Model(tiny_weights / tiny.VANILLA))
