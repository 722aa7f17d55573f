"""Trainings that were ordered: their turn, what becomes of them, and that nothing is lost when they end."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from gan_models.errors import TrainingError
from training import orders
from training.run import Run, identity, lives


@pytest.fixture
def queue(tmp_path, monkeypatch):
    """A queue whose trainings are processes that only wait until `end` ends them."""
    begun = []

    def begin(run, order):
        process = subprocess.Popen(["sleep", "60"])
        begun.append(process)
        orders.write(run, orders.replace(order, known=identity(process.pid), why=""))
        return process

    monkeypatch.setattr(orders, "begin", begin)
    monkeypatch.setattr(orders, "leave", lambda run: None)
    yield orders.Queue(tmp_path)
    for process in begun:
        process.kill()
        process.wait()


def asked(queue: orders.Queue, name: str, minutes: float = 1.0) -> Run:
    run = Run(queue.runs / name)
    queue.ask(run, orders.order_of("train_dcgan", ["--data", "x"], minutes))
    return run


def end(queue: orders.Queue, run: Run, state: str = "", seconds: float = 0.0) -> None:
    """Kill a run's process after it said a last word, and let the queue take its turn."""
    known = orders.read(run).known
    if state:
        run.write_pulse({"step": 3, "images": 96, "seconds": seconds, "rate": 1.0, "state": state, **known})
    os.kill(known["process"], signal.SIGKILL)
    while lives(known):
        time.sleep(0.01)
    queue.turn()


def wish(run: Run) -> str:
    return orders.read(run).wish


def test_one_trains_at_a_time_and_the_next_begins_when_it_ends(queue):
    one, two = asked(queue, "one"), asked(queue, "two")
    assert orders.is_live(one) and not orders.is_live(two) and queue.ahead(two) == ["one"]
    with pytest.raises(TrainingError, match="run 'one' already"):
        asked(queue, "one")
    end(queue, one, state="finished", seconds=60.0)
    assert wish(one) == "over" and not orders.read(one).why and orders.is_live(two)


def test_what_pauses_keeps_its_turn_and_what_stops_gives_it_away(queue):
    one, two = asked(queue, "one"), asked(queue, "two")
    queue.wish(one, "pause")
    end(queue, one, state="stopped")
    assert wish(one) == "pause" and not orders.is_live(two)
    queue.wish(one, "run")
    assert orders.is_live(one)
    queue.wish(one, "stop")
    end(queue, one, state="stopped")
    assert wish(one) == "over" and orders.is_live(two)
    # Another page on the same runs, started again, finds all of it.
    assert [order.wish for order in orders.Queue(queue.runs).orders().values()] == ["over", "run"]


def test_more_minutes_let_a_running_one_begin_anew_and_a_finished_one_go_on(queue):
    one = asked(queue, "one")
    one.write_config({"config": {"minutes": 1.0}})
    queue.wish(one, "run", more=10)
    end(queue, one, state="stopped", seconds=20.0)
    assert orders.read(one).minutes == 11.0 and orders.is_live(one) and not orders.read(one).why
    end(queue, one, state="finished", seconds=660.0)
    assert wish(one) == "over"
    queue.wish(one, "run", more=5)
    assert orders.is_live(one)
    with pytest.raises(TrainingError, match="10,080 at most"):
        queue.wish(one, "run", more=20_000)


def test_what_is_killed_or_fails_says_so_and_is_not_begun_again_by_itself(queue):
    one, two = asked(queue, "one"), asked(queue, "two")
    end(queue, one, state="training")
    assert wish(one) == "over" and "ended from outside" in orders.read(one).why and orders.is_live(two)
    (two.folder / orders.SAID).write_text("x: 3 pictures\nerror: x holds no pictures.\n")
    end(queue, two)
    assert orders.read(two).why == "x holds no pictures."


def test_an_order_that_nobody_here_wrote_is_none(tmp_path):
    run = Run(tmp_path / "odd")
    run.folder.mkdir()
    good = {"entry": "train_dcgan", "flags": ["--data", "x"], "minutes": 1, "asked": 1.0}
    for change in ({}, {"entry": "os"}, {"flags": [1]}, {"minutes": "all"}, {"wish": "fly"}, {"more": 1}, {"flags": 3}):
        run.order_path.write_text(json.dumps(good | change))
        assert bool(orders.read(run)) == (change == {}), change


def test_a_process_is_known_by_its_birth_and_its_machine():
    known = identity()
    assert lives(known) and not lives(known | {"born": known["born"] - 60}) and not lives(known | {"process": 2**40})
    assert lives(known | {"machine": "elsewhere"}) is None and lives({}) is None


def test_a_begun_process_gives_way_to_others(tmp_path, monkeypatch):
    run = Run(tmp_path / "run")
    said = "import os; print('error: ' + str(os.nice(0)) + ' ' + os.environ['OMP_NUM_THREADS'])"
    monkeypatch.setattr(orders.Order, "words", lambda *_: ["x"])
    monkeypatch.setattr(orders, "cores", lambda: 4)
    monkeypatch.setattr(orders.sys, "executable", _script(tmp_path, said))
    process = orders.begin(run, orders.order_of("train_dcgan", [], 1.0))
    assert orders.read(run).known["process"] == process.pid and process.wait(20) == 0
    assert orders.last_words(run) == f"{orders.NICE} 3" if sys.platform != "win32" else True


def _script(folder, code: str) -> str:
    path = folder / "python"
    # A moment, in which the one who began it sets its place.
    path.write_text(f'#!/bin/sh\nsleep 0.2\nexec {sys.executable} -c "{code}"\n')
    path.chmod(0o755)
    return str(path)
