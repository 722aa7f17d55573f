"""The Learn tab's functions: runs on demand, words for single turns, and one sentence for whatever is forged."""

import base64
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import tiny

import page.learn
from gan_models.errors import RequestError
from gan_models.loading import Shelf
from page.learn import LearnDesk
from page.learn import runs as held_runs
from page.parts.errors import answer
from page.parts.glossary import TERMS
from page.parts.lanes import Lanes
from page.parts.shared import Shared
from training.plane.lessons import LESSONS

FILES = [path for path in Path(page.learn.__file__).parent.iterdir() if path.suffix in (".html", ".js")]
SMALL = {"generator_units": 8, "discriminator_units": 8, "batch": 16}


@pytest.fixture
def desk(tiny_weights, tmp_path) -> LearnDesk:
    shelf = Shelf([tiny_weights])
    return LearnDesk(shelf, Shared(shelf, None, None, Lanes(2), tmp_path))


def started(desk: LearnDesk, **options) -> dict:
    return desk.start({"options": {**SMALL, **options}})


def numbers(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<i2")


def test_the_course_has_all_that_the_scripts_need_as_plain_json(desk):
    course = json.loads(json.dumps(desk.course({})))
    assert [lesson["key"] for lesson in course["lessons"]] == list(LESSONS)
    assert all(lesson["weight"] is None for lesson in course["lessons"])  # none of these is on a tiny shelf
    fields = [field for group in course["controls"] for field in group["fields"]]
    assert {field["name"] for field in fields} | {"loss", "drawn"} == set(course["usual"])
    assert {field["term"] for field in fields} <= set(TERMS)
    for game in course["games"].values():
        assert started(desk, **game)["burst"] is None


def test_what_the_experiment_found_is_shown_as_its_command_wrote_it(tmp_path):
    from page.learn.experiment import found
    from training.augment_experiment import WAYS, plot, table

    assert found(tmp_path) is None
    summary = {("mnist", count): dict.fromkeys(WAYS, (0.9, 0.01, 5)) for count in (50, 0)}
    (tmp_path / "augmented.md").write_text(table(summary))
    (tmp_path / "augmented.svg").write_text(plot(summary, WAYS))
    made = found(tmp_path)
    assert made["head"][1] == "labelled" and made["rows"][1] == ["mnist", "all", *["90.0 ± 1.0"] * 3, "5"]
    assert made["plot"].startswith("<svg")


def test_every_word_behind_a_question_mark_is_in_the_glossary():
    import re

    marked = re.findall(r'data-term[=:" ]+"?([a-z][\w ]*)"', "".join(path.read_text() for path in FILES))
    assert marked and set(marked) <= set(TERMS)


def test_a_run_goes_as_far_as_it_is_asked_and_no_farther(desk):
    first = started(desk)
    assert first["step"] == 0 and len(numbers(first["real"])) == 2 * held_runs.POINTS
    name, step = first["run"], 0
    while step < 30:
        reply = desk.advance({"run": name, "until": 30})
        assert step < reply["step"] <= 30
        step = reply["step"]
    assert set(reply["losses"]) == {"generator", "discriminator"} and len(numbers(reply["drawn"])) == 800
    assert len(base64.b64decode(reply["map"])) == 48 * 48
    time.sleep(0.05)
    assert desk.advance({"run": name, "until": 30})["step"] == 30  # nobody asked: it stood still
    assert len(json.dumps(reply)) < 12_000


def test_two_visitors_with_one_seed_see_the_same(desk):
    one, two = started(desk, seed=5), started(desk, seed=5)
    assert one["run"] != two["run"]
    replies = []
    for run, stops in ((one, (12,)), (two, (3, 7, 12))):
        for until in stops:
            reply = {"step": -1}
            while reply["step"] < until:
                reply = desk.advance({"run": run["run"], "until": until})
        replies.append(reply["drawn"])
    assert replies[0] == replies[1]


@pytest.mark.parametrize("loss", ["minimax", "wasserstein"])
def test_a_single_turn_says_what_happened(desk, loss):
    run = started(desk, loss=loss)["run"]
    judged = desk.turn({"run": run, "network": "discriminator"})["told"]
    drew = desk.turn({"run": run, "network": "generator"})["told"]
    assert "16 real and 16 drawn points" in judged and "No point moved" in judged
    assert "along the arrows" in drew and "The map stood still" in drew
    assert ("D = 0." in judged) == (loss == "minimax") and ("a score of" in judged) == (loss != "minimax")


def test_a_rate_of_a_billion_is_said_and_the_run_stands_still(desk):
    run = started(desk, generator_rate=1e9)["run"]
    reply = {"burst": None, "step": 0}
    while not reply["burst"] and reply["step"] < 50:
        reply = desk.advance({"run": run, "until": 50})
    assert "It burst at step" in reply["burst"]
    assert desk.turn({"run": run, "network": "generator"})["told"] == reply["burst"]
    json.dumps(reply, allow_nan=False)


def test_the_two_parameters_leave_a_trail(desk):
    run = started(desk, data="point", optimizer="sgd")["run"]
    trail, step = [], 0
    while step < 12:
        reply = desk.advance({"run": run, "until": 12})
        trail, step = trail[:-1] + reply["trail"], reply["step"]
    # Each piece begins where the last one ended.
    assert len(trail) == 13 and trail[0][1] == 0


EVIL = "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize(
    "function, request_",
    [
        ("start", None),
        ("start", [1]),
        ("start", {"options": "x"}),
        ("start", {"options": {EVIL: 1}}),
        ("start", {"options": {"loss": EVIL}}),
        ("start", {"options": {"batch": 10**9}}),
        ("start", {"options": {"generator_rate": 1e300}}),
        ("start", {"options": {"data": "drawn"}}),
        ("start", {"options": {"drawn": [["a", 0]]}}),
        ("start", {"options": {"drawn": [[0, 0]] * 5000}}),
        ("start", {"options": {"data": {"a": []}}}),
        ("advance", {"run": "no-such", "until": 5}),
        ("advance", {"run": ["x"], "until": 5}),
        ("advance", {"until": 5}),
        ("turn", {"run": {"x": 1}, "network": "generator"}),
    ],
)
def test_what_is_forged_gets_one_sentence(desk, function, request_):
    reply = answer(getattr(desk, function))(request_)
    assert set(reply) == {"error"} and "should not have" not in reply["error"], reply


@pytest.mark.parametrize("until", [-1, 1e3, "9", None, True, 10**9, {}])
def test_a_step_to_play_to_is_a_whole_number(desk, until):
    run = started(desk)["run"]
    with pytest.raises(RequestError, match="whole number"):
        desk.advance({"run": run, "until": until})
    with pytest.raises(RequestError, match="generator's or the discriminator's"):
        desk.turn({"run": run, "network": EVIL})


def test_runs_are_forgotten_when_left_or_too_many(desk, monkeypatch):
    first = started(desk)["run"]
    second = desk.start({"options": SMALL, "instead": [first, 7, None, "nothing"]})["run"]
    assert len(desk.runs) == 1
    monkeypatch.setattr(held_runs, "MOST", 2)
    newest = [started(desk)["run"] for _ in range(2)]
    assert len(desk.runs) == 2
    with pytest.raises(RequestError, match="no longer held"):
        desk.advance({"run": second, "until": 1})
    monkeypatch.setattr(held_runs, "AWAY", -1.0)
    last = started(desk)["run"]
    assert len(desk.runs) == 1 and last not in newest


def test_eight_visitors_with_two_runs_each_are_served(desk):
    def visit(seed: int) -> list[int]:
        names = [started(desk, seed=seed, loss=loss)["run"] for loss in ("hinge", "relativistic")]
        steps = [0, 0]
        while min(steps) < 20:
            steps = [desk.advance({"run": name, "until": 20})["step"] for name in names]
        return steps

    with ThreadPoolExecutor(8) as visitors:
        assert list(visitors.map(visit, range(8))) == [[20, 20]] * 8


def test_a_program_reads_the_lessons_and_plays_one(client):
    lessons = client.predict(api_name="/learn_lessons")["lessons"]
    assert len(lessons) == 10 and tiny.COLOUR not in str(lessons)
    reply = client.predict({**SMALL, "seed": 2}, 30, api_name="/learn_run")
    assert reply["step"] == 30 and 0 <= reply["figures"]["divergence"] <= 1
    with pytest.raises(Exception, match="There is no option"):
        client.predict({"los": 1}, 5, api_name="/learn_run")
