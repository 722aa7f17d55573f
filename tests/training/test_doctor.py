"""The doctor: each trouble planted is found with number, threshold, reason, advice; health is silent."""

import importlib
import math
import random
from pathlib import Path

import pytest

from training.doctor import CHECKS, Doctor
from training.lines import read_lines
from training.options import as_json, parse


def remarks(rows):
    """All remarks on a log alone, in the order of the steps."""
    doctor = Doctor({})
    return [remark for row in rows for remark in doctor.look(row)]


LOGS = sorted(Path(__file__).with_name("logs").glob("*.jsonl"))


def healthy(count: int = 120, first: int = 1, **fields) -> list[dict]:
    """Rows as a good training writes them: noisy, swinging, the discriminator right nine times of ten."""
    draws, rows = random.Random(0), []
    for index in range(first, first + count):
        age = 1 - math.exp(-index / 2)
        row = {
            "step": index * 100,
            "images": index * 6400,
            "loss/generator": 1.5 + draws.gauss(0, 0.3),
            "loss/discriminator": 0.8 + draws.gauss(0, 0.2),
            "accuracy/real": min(1.0, 0.9 + draws.gauss(0, 0.05)),
            "accuracy/fake": min(1.0, 0.92 + draws.gauss(0, 0.05)),
            "d/real": 1.5 + draws.gauss(0, 0.3),
            "d/fake": -1.5 + draws.gauss(0, 0.3),
            "d/held_out": 1.3 + draws.gauss(0, 0.3),
            "spread/fake": 0.55 * age + draws.gauss(0, 0.01),
            "spread/real": 0.6,
            "brightness/fake": -0.7 * age + draws.gauss(0, 0.02),
            "brightness/real": -0.74,
            "high/fake": 0.008 + 0.2 * (1 - age),
            "high/real": 0.008,
        }
        rows.append(row | {key: value(index) if callable(value) else value for key, value in fields.items()})
    return rows


def critic(count: int = 120) -> list[dict]:
    """A healthy Wasserstein training: outputs without a zero, a sure critic, losses that drift."""
    return healthy(
        count,
        **{
            "loss/generator": lambda i: -20 + i * 0.5,
            "loss/discriminator": lambda i: -8 + i * 0.04,
            "d/real": lambda i: 30 - i * 0.4,
            "d/fake": lambda i: 22 - i * 0.4,
            "d/held_out": lambda i: 29 - i * 0.4,
            "accuracy/real": 1.0,
            "accuracy/fake": 1.0,
        },
    )


PLANTED = {
    "the discriminator has won": {
        "accuracy/real": 1.0,
        "accuracy/fake": 1.0,
        "loss/discriminator": 0.001,
        "loss/generator": 9.0,
    },
    "the pictures hardly differ": {"spread/fake": 0.1},
    "the discriminator is memorising": {"d/held_out": -1.0},
    "the pictures fade to black or white": {"brightness/fake": -0.99},
    "the pictures have a checkerboard": {"high/fake": 0.09},
    "the pictures are further off than interpolation": {"psnr/held_out": 25.0, "psnr/bicubic": 28.4},
}


@pytest.mark.parametrize("rows", [healthy(), critic(), healthy(8), []], ids=["gan", "critic", "young", "empty"])
def test_healthy_logs_are_silent(rows):
    assert remarks(rows) == []


def test_every_shipped_weight_has_its_log_here():
    cards = Path(__file__).parents[2].glob("weights/*/card.json")
    assert {card.parent.name for card in cards} <= {log.stem for log in LOGS}


@pytest.mark.parametrize("log", LOGS, ids=[path.stem for path in LOGS])
def test_the_logs_of_the_shipped_weights_are_silent(log):
    rows = read_lines(log)
    assert len(rows) >= 10
    assert remarks(rows) == []


@pytest.mark.parametrize("name", PLANTED)
def test_each_trouble_is_found_once_and_nothing_else(name):
    found = remarks(healthy(60) + healthy(40, 61, **PLANTED[name]))
    assert [remark.name for remark in found] == [name]
    remark = found[0]
    assert 6000 < remark.step <= 8000
    assert remark.reason and remark.advice
    assert f"{remark.threshold:.3g}" in remark.sentence()


@pytest.mark.parametrize("entry", ["dcgan", "vanilla", "wgan", "swift", "srgan", "pix2pix", "cyclegan"])
def test_every_flag_that_is_advised_is_one_of_the_training(entry):
    options = importlib.import_module(f"training.train_{entry}").Options
    own = as_json(parse(options, [], f"train_{entry}", None))
    rates = {"generator_lr": 2e-4, "discriminator_lr": 4e-4, "adversarial_weight": 1e-3}
    bare = rates | {"upsampling": "transposed", "augment": [], "stage": "adversarial"}
    for settled in (bare, rates | {"upsampling": "resize", "augment": ["cutout"]}):
        flags = own | {name: value for name, value in settled.items() if name in own}
        for check in CHECKS:
            _, dashes, words = check.advice(flags).removesuffix(".").replace(" and ", " ").partition("--")
            parse(options, (dashes + words).split(), f"train_{entry}", None)  # SystemExit for what is unknown


def test_advice_is_one_thing_not_done_yet():
    advice = {check.name: check.advice for check in CHECKS}
    bare = {"augment": [], "upsampling": "transposed", "generator_lr": 2e-4, "discriminator_lr": 1e-4}
    assert advice["the discriminator has won"](bare) == "Begin again with --discriminator-lr 5e-05."
    memorising = advice["the discriminator is memorising"]
    for some in ([], ["colour", "translation"]):
        assert "--augment colour translation cutout" in memorising(bare | {"augment": some})
    assert memorising(bare | {"augment": ["cutout"]}) == "Train on more pictures."
    assert "--upsampling resize" in advice["the pictures have a checkerboard"](bare)
    assert advice["the pictures have a checkerboard"]({}).startswith("Train longer")
    second = {"stage": "adversarial", "adversarial_weight": 0.005}
    assert "--adversarial-weight 0.0025" in advice["the pictures are further off than interpolation"](second)


def test_white_pictures_are_found_too():
    rows = healthy(60) + healthy(30, 61, **{"brightness/fake": 0.97, "brightness/real": -0.1})
    assert "the pictures fade to black or white" in [remark.name for remark in remarks(rows)]


def test_a_generator_whose_loss_keeps_rising_has_lost():
    surely = {
        "accuracy/real": 1.0,
        "accuracy/fake": 1.0,
        "loss/generator": lambda i: 2 + max(0, i - 40) * 0.2,
    }
    assert [remark.name for remark in remarks(healthy(120, **surely))] == ["the discriminator has won"]


def test_a_sure_discriminator_alone_has_not_won():
    assert remarks(healthy(120, **{"accuracy/real": 1.0, "accuracy/fake": 1.0})) == []


def test_a_short_swing_is_no_trouble():
    assert remarks(healthy(60) + healthy(3, 61, **{"spread/fake": 0.1}) + healthy(40, 64)) == []


def test_trouble_that_ends_and_returns_is_said_again():
    bad = {"brightness/fake": -0.995}
    rows = healthy(60) + healthy(20, 61, **bad) + healthy(60, 81) + healthy(20, 141, **bad)
    assert [remark.name for remark in remarks(rows)] == ["the pictures fade to black or white"] * 2


def test_rows_without_measures_are_read_quietly():
    doctor = Doctor({})
    for step in range(30):
        assert doctor.look({"step": step}) == []
