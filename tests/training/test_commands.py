"""The commands on cards: they parse with today's code to the options that made the weight, stage after stage."""

import shlex
from importlib import import_module

import pytest

from gan_models.loading import WEIGHTS
from gan_models.weight.card import Card, Making, Stage
from training.commands import UNLEARNED, UNRECORDED, chained, command, ending, main
from training.options import as_json, parse, plain

CARDS = {path.parent.name: Card.read(path.parent) for path in sorted(WEIGHTS.glob("*/card.json"))}
CHAIN = {"from_", "steps", "minutes", "cool_down"}


def options_of(line: str) -> dict:
    """What the entry makes of a command line."""
    python, _, module, *words = shlex.split(line)
    entry = module.removeprefix("training.")
    options = parse(import_module(module).Options, words, entry, None)
    return {"entry": entry} | as_json(options)


@pytest.mark.parametrize("name", CARDS)
def test_every_command_of_a_card_parses_to_what_made_the_weight(name):
    for stage in CARDS[name].making.stages:
        assert stage.config and stage.entry and stage.steps, "a shipped weight's stage has its options"
        found = options_of(stage.command)
        wanted = ending(stage.config, stage.steps, stage.seconds)[0] | {"entry": stage.entry}
        unlearned = UNLEARNED | {"from_"} | ({"data"} if "a" in wanted else set())
        for key in (wanted.keys() | found.keys()) - unlearned:
            usual = getattr(import_module(f"training.{stage.entry}").Options(), key, None)
            assert found[key] == plain(wanted.get(key, usual)), key


@pytest.mark.parametrize("name", CARDS)
def test_every_stage_begins_with_the_run_of_the_one_before(name):
    making, before = CARDS[name].making, None
    for stage in making.stages:
        found = options_of(stage.command)
        assert found["from_"] == before and (found["run"] or not making.before)
        before = found["run"]
    assert chained(name, making) == making, f"run python -m training.commands {name} --write-card"


def test_a_training_that_was_stopped_is_one_that_ends_there():
    config = {"steps": 100, "minutes": None, "cool_down": 0.4}
    assert ending(config, 100, 9.0) == (config, "")
    assert ending(config, 60, 9.0) == ({"steps": 60, "minutes": None, "cool_down": 0.0}, "")
    options, gap = ending(config, 80, 9.0)
    assert options["cool_down"] == 0.0 and "rates fallen to 50%" in gap
    options, gap = ending({"steps": None, "minutes": 2.0, "cool_down": 0.3}, 70, 120.5)
    assert options == {"steps": 70, "minutes": None, "cool_down": 0.3} and "after 2 minutes" in gap


def test_a_preset_that_sets_what_no_flag_takes_back_is_not_named():
    line = command("train_swift", {"preset": "swift-x2", "data": ["a.zip", "b c"], "scale": 2, "from_": None})
    assert line == "python -m training.train_swift --data a.zip 'b c' --scale 2"


def test_a_stage_without_options_keeps_its_command_and_says_so():
    old = Making("python -m training.train_dcgan --from x", before=(Stage("python -m training.train_dcgan"),))
    new = chained("mine", old)
    assert [stage.command for stage in new.stages] == [stage.command for stage in old.stages]
    assert [stage.gap for stage in new.stages] == [UNRECORDED] * 2


def test_the_commands_are_printed_for_a_shell(capsys):
    main(["dcgan-avatars-64"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["python", "#", "python"]
