"""A GAN in the plane: the same run for the same seed, the trainer's losses, and what every lesson promises."""

import dataclasses
import functools
import importlib
import json
import math
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from gan_models.errors import RequestError
from gan_models.weight.card import Card
from training.losses.adversarial import LOSSES
from training.plane.engine import PlaneRun
from training.plane.lessons import FIGURES, LESSONS, SEEDS
from training.plane.measures import ARROWS, MAP, SHOWN, WARP, Eye, divergence, histogram
from training.plane.options import ACTIVATIONS, CHOICES, NUMBERS, WHOLE, Options
from training.plane.shapes import HALF, SHAPES

ROOT = Path(__file__).parents[3]
SMALL = {"generator_units": 8, "discriminator_units": 8, "batch": 16}


def weights(run: PlaneRun) -> torch.Tensor:
    return torch.cat([w.detach().flatten() for own in run.weights.values() for w in own])


def test_the_engine_needs_torch_and_nothing_else_of_weight():
    heavy = ("accelerate", "tyro", "torchvision", "gradio", "numpy.random.mtrand", "scipy", "datasets")
    program = (
        f"import sys, training.plane.lessons, training.plane.measures; print([n for n in {heavy} if n in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert "accelerate" not in found.stdout and "tyro" not in found.stdout and "torchvision" not in found.stdout


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"loss": "wasserstein", "penalty": 1.0, "critic_steps": 2},
        {"loss": "hinge", "spectral_norm": True, "ema": 0.9, "noise": "uniform", "noise_dim": 1},
        {"data": "point", "optimizer": "sgd", "loss": "minimax"},
    ],
)
def test_the_same_options_give_the_same_run_whoever_looks_and_plays_beside(words):
    options = Options(**SMALL, **words, seed=3)
    alone, beside = PlaneRun(options), PlaneRun(options)
    alone.advance(12)
    other, eye = PlaneRun(dataclasses.replace(options, seed=4)), Eye(beside)
    for _ in range(4):
        beside.advance(3)
        other.advance(1)
        torch.manual_seed(0), eye.figures(), eye.map(), eye.warped(), eye.pushes(eye.drawn()[:8])
    assert torch.equal(weights(alone), weights(beside))
    assert not torch.equal(weights(alone), weights(other))


def test_a_run_leaves_torchs_own_dice_alone():
    torch.manual_seed(7)
    before = torch.get_rng_state()
    Eye(PlaneRun(Options(**SMALL, loss="wasserstein", penalty=1.0))).run.advance(2)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("optimizer", CHOICES["optimizer"])
def test_every_loss_and_optimiser_moves_both_networks(loss, optimizer):
    run = PlaneRun(Options(**SMALL, loss=loss, optimizer=optimizer, r1=0.1, r2=0.1))
    before = {name: [w.detach().clone() for w in own] for name, own in run.weights.items()}
    assert run.advance(3) == 3 and run.step == 3 and run.burst is None
    for name, own in run.weights.items():
        assert not all(torch.equal(*pair) for pair in zip(before[name], own))


@pytest.mark.parametrize("data", SHAPES)
def test_every_shape_lies_in_the_plane_and_its_own_points_cover_it(data):
    shape = SHAPES[data]
    points = shape.points(SHOWN, torch.Generator().manual_seed(0))
    assert points.shape == (SHOWN, 2) and points.abs().max() < HALF
    eye = Eye(PlaneRun(Options(**SMALL, data=data)))
    assert eye._share(points) > 0.95 and eye.floor < 0.1
    if shape.modes:
        assert eye._modes(points) == len(shape.modes)
        assert eye._modes(points[:1].expand(SHOWN, 2)) <= 1


def test_a_visitors_drawing_is_data():
    run = PlaneRun(Options(**SMALL, data="drawn", drawn=[[1, 1], [-1.5, 0]]))
    assert ((run.pool - torch.tensor([1.0, 1.0])).norm(dim=1) < 0.3).float().mean() == pytest.approx(0.5, abs=0.05)
    with pytest.raises(RequestError, match="nothing drawn yet"):
        Options(data="drawn")


def test_what_is_seen_has_the_promised_shapes():
    eye = Eye(PlaneRun(Options(**SMALL)))
    assert eye.drawn().shape == (SHOWN, 2) and eye.map().shape == (MAP, MAP)
    assert eye.warped().shape == (WARP, WARP, 2) and eye.pushes(eye.drawn()[:ARROWS]).shape == (ARROWS, 2)
    assert set(eye.figures()) <= set(FIGURES)
    assert Eye(PlaneRun(Options(**SMALL, noise_dim=1))).warped().shape == (WARP**2, 2)


def test_divergence_is_nothing_for_the_same_and_one_bit_for_what_is_apart():
    left, right = torch.full((9, 2), -1.0), torch.full((9, 2), 1.0)
    assert divergence(histogram(left), histogram(left)) == 0
    assert divergence(histogram(left), histogram(right)) == pytest.approx(1)
    assert divergence(histogram(left), histogram(torch.full((9, 2), 99.0))) == pytest.approx(1)


def test_arrows_point_to_where_the_generators_loss_falls():
    eye = Eye(PlaneRun(Options(**SMALL, discriminator_layers=0)))
    slope = eye.run.networks["discriminator"].layers[0].weight.detach()
    assert (torch.nn.functional.cosine_similarity(eye.pushes(eye.drawn()[:4]), slope) > 0.999).all()


def test_uniform_noise_is_uniform():
    run = PlaneRun(Options(**SMALL, noise="uniform", generator_layers=0))
    seen = []
    run.networks["generator"].layers.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    Eye(run).drawn()
    assert seen[0].abs().max() <= 1 and seen[0].std() == pytest.approx(1 / math.sqrt(3), rel=0.05)


def test_a_head_start_keeps_the_generator_still_and_a_turn_moves_one_network():
    run = PlaneRun(Options(**SMALL, head_start=5))
    eye = Eye(run)
    before = eye.drawn()
    run.advance(5)
    assert torch.equal(before, eye.drawn())
    told = run.turn("discriminator")
    assert torch.equal(before, eye.drawn()) and told.moved == 0 and told.before != told.after and run.step == 5
    assert run.turn("generator").moved > 0 and not torch.equal(before, eye.drawn())


def test_the_average_is_shown_and_nobody_in_the_game_hears_of_it():
    plain, averaged = (PlaneRun(Options(**SMALL, ema=ema)) for ema in (0.0, 0.9))
    plain.advance(5), averaged.advance(5)
    assert torch.equal(weights(plain), weights(averaged))
    assert not torch.equal(Eye(plain).drawn(), Eye(averaged).drawn())


@pytest.mark.parametrize("optimizer", CHOICES["optimizer"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("name", ["generator", "discriminator"])
def test_a_rate_of_a_billion_bursts_and_says_where(name, activation, optimizer):
    acts = {"generator_activation": activation, "discriminator_activation": activation}
    run = PlaneRun(Options(**SMALL, **acts, optimizer=optimizer, **{f"{name}_rate": 1e9}))
    assert run.advance(500) < 500
    assert f"of the {name}, which learns at a rate of 1e+09; lower that rate" in run.burst and "at step" in run.burst
    figures = Eye(run).figures()
    assert all(math.isfinite(value) for value in figures.values()), figures
    assert run.advance(5) == 0


@pytest.mark.parametrize(
    "words, said",
    [
        (7, "names with values"),
        ({"los": "hinge"}, "no option 'los'"),
        ({"loss": "<b>"}, "loss is '<b>'; choose one of"),
        ({"loss": ["hinge"]}, "loss is"),
        ({"batch": 1e3}, "batch is 1000.0"),
        ({"batch": True}, "batch is True"),
        ({"seed": -1}, "seed is -1"),
        ({"penalty": math.nan}, "penalty is 'nan'"),
        ({"generator_rate": "1"}, "generator_rate is '1'"),
        ({"spectral_norm": 1.5}, "spectral_norm is 1.5"),
        ({"drawn": [[0, 9]]}, "drawn coordinate is '9'"),
        ({"drawn": [[0]]}, "two numbers"),
        ({"drawn": "abc"}, "list of at most"),
        ({"drawn": [[0, 0]] * 1001}, "list of at most"),
    ],
)
def test_what_cannot_be_is_one_sentence(words, said):
    with pytest.raises(RequestError, match=said.replace("<", "<")):
        Options.from_json(words)


def test_options_survive_json():
    options = Options(data="drawn", drawn=[[1, 1]], loss="hinge", seed=9, momentum=0)
    assert Options.from_json(json.loads(json.dumps(options.to_json()))) == options
    assert Options().to_json() == {}
    assert {*CHOICES, *WHOLE, *NUMBERS, "drawn", "spectral_norm"} == {f.name for f in dataclasses.fields(Options)}


@functools.cache
def played(options: Options, steps: int) -> dict[str, float]:
    """The figures after so many steps; several lessons share a run."""
    run = PlaneRun(options)
    eye = Eye(run)
    run.advance(steps - 25)
    eye.figures()
    run.advance(25)
    return eye.figures()


@pytest.mark.parametrize(
    "key, claim", [(key, claim) for key, lesson in LESSONS.items() for claim in lesson.claims], ids=str
)
def test_every_lesson_shows_what_its_words_promise(key, claim):
    lesson = LESSONS[key]
    figures = []
    for seed in range(SEEDS):
        figures.append(played(lesson.run(claim.run, seed), lesson.steps))
        if claim.holds(figures):
            break  # of the seeds that are left none could change that
    assert claim.holds(figures), (claim.words(), [seen.get(claim.figure) for seen in figures])


def test_there_are_ten_lessons_each_with_a_claim_for_both_of_its_runs():
    assert len(LESSONS) == 10
    for lesson in LESSONS.values():
        assert {claim.run for claim in lesson.claims} == {"as it is", "changed"}
        assert lesson.run() != lesson.run("changed") and lesson.question.endswith("?")


@pytest.mark.parametrize("key", LESSONS)
def test_every_lesson_names_a_training_that_is_understood_and_a_weight_that_is_there(key):
    lesson = LESSONS[key]
    _, _, module, *flags = shlex.split(lesson.command)
    entry = importlib.import_module(module)
    from training.options import parse

    name = module.rpartition(".")[2]
    assert parse(entry.Options, flags, name, {"train_vanilla": "vanilla-mnist"}.get(name, "wgan-gp-mnist"))
    if lesson.weight:
        assert Card.read(ROOT / "weights" / lesson.weight).task == "sample"
