"""Turns among visitors: nobody waits for all that another one wants, and what waits is bounded."""

import asyncio
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.datastructures import Headers

from gan_models.errors import RequestError
from page.parts import gate, jobs, opening
from page.parts.jobs import Job, Jobs
from page.parts.visitors import Visitor

ONE, OTHER = Visitor("1.2.3.4", "one"), Visitor("1.2.3.4", "other")
ELSEWHERE = Visitor("5.6.7.8", "third")


class Bench:
    """Jobs that note their name when they are let go, one at a time."""

    def __init__(self, width: int = 1) -> None:
        self.jobs, self.done, self.go = Jobs(width), [], threading.Event()

    def work(self, name: str) -> Callable[[Job], dict[str, Any]]:
        def work(job: Job) -> dict[str, Any]:
            assert self.go.wait(10)
            self.done.append(name)
            return {"name": name}

        return work

    def start(self, name: str, visitor: Visitor) -> str:
        return self.jobs.start(self.work(name), visitor=visitor)

    def finish(self) -> list[str]:
        self.go.set()
        until = time.monotonic() + 10
        while any(not job.over for job in self.jobs._jobs.values()) and time.monotonic() < until:
            time.sleep(0.001)
        return self.done


def threads() -> int:
    return sum(thread.name == "job" for thread in threading.enumerate())


def test_many_jobs_of_one_keep_nobody_else_waiting_and_are_bounded() -> None:
    bench, before, refused = Bench(), threads(), []
    for number in range(30):
        try:
            bench.start(f"one {number}", ONE)
        except RequestError as error:
            refused.append(str(error))
    assert len(refused) == 30 - 1 - jobs.MOST_WAITING
    assert refused[0] == "You have 8 jobs waiting here already; wait until one is done, or stop one."
    assert threads() == before + 1, "a job that waits holds no thread"
    bench.start("other", OTHER)
    assert bench.finish()[:3] == ["one 0", "other", "one 1"]


def test_turns_go_by_address_before_they_go_by_visitor() -> None:
    bench = Bench()
    for number in range(6):
        bench.start(f"session {number}", Visitor("1.2.3.4", str(number)))
    bench.start("elsewhere", ELSEWHERE)
    bench.start("elsewhere again", ELSEWHERE)
    assert bench.finish()[:4] == ["session 0", "elsewhere", "session 1", "elsewhere again"]


def test_no_two_jobs_of_one_are_at_work_and_all_together_are_bounded() -> None:
    bench = Bench(width=3)
    for visitor in (ONE, ONE, OTHER):
        bench.start("", visitor)
    assert [job.state for job in bench.jobs._jobs.values()] == ["running", "waiting", "running"]
    with pytest.raises(RequestError, match="24 jobs of all visitors are waiting here already"):
        for number in range(100):
            bench.start("", Visitor("1.2.3.4", str(number)))
    bench.finish()


def test_a_job_that_waits_is_stopped_at_once_and_lets_go_of_all_it_holds() -> None:
    bench = Bench()
    bench.start("first", ONE)
    work = bench.work("second")
    held, ident = weakref.ref(work), bench.jobs.start(work, visitor=ONE)
    del work
    bench.jobs.stop(ident)
    assert (bench.jobs.get(ident).told()["state"], bench.jobs.get(ident).over, held()) == ("stopped", True, None)
    assert bench.finish() == ["first"]


def test_the_work_of_who_has_left_is_dropped_and_not_of_who_comes_back() -> None:
    bench = Bench()
    first, second, third = (bench.start(name, who) for name, who in (("a", ONE), ("b", OTHER), ("c", ELSEWHERE)))
    before = bench.jobs._jobs[first].heard
    bench.jobs.leave("other")
    bench.jobs.leave("third")
    bench.jobs.get(third)
    for job in bench.jobs._jobs.values():
        job.heard -= jobs.LEFT + 1
    assert before - bench.jobs._jobs[first].heard == pytest.approx(jobs.LEFT + 1)
    assert bench.finish() == ["a", "c"]
    assert bench.jobs.get(second).state == "stopped"


def test_a_program_that_hangs_up_ends_its_job() -> None:
    visitor, held = Visitor(), Jobs()
    visitor.gone.set()

    def work(job: Job) -> dict[str, Any] | None:
        job.stopped.wait(10)
        return None

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(jobs, "asking", lambda: visitor)
        with pytest.raises(RequestError, match="stopped before it was done"):
            held.made(work)
    assert held.made(lambda job: {"is": "made"}) == {"is": "made"} and not held._jobs
    with pytest.raises(RequestError, match="no such thing"):
        held.made(lambda job: (_ for _ in ()).throw(RequestError("no such thing")))


def test_large_pictures_are_opened_one_after_the_other_and_small_ones_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "pixels_of", len)
    monkeypatch.setattr(opening, "SMALL", 10)
    place, at_once, most, order = opening.Opening(100), [0], [0], []

    def open_one(pixels: int) -> None:
        with place.room(b" " * pixels):
            at_once[0] += pixels
            most[0] = max(most[0], at_once[0])
            order.append(pixels)
            time.sleep(0.002)
            at_once[0] -= pixels

    with place.room(b" " * 500):  # one of more than all the room has it alone
        working = [threading.Thread(target=open_one, args=(pixels,)) for pixels in (60, 50, 40, 90, 80, 60, 50, 40)]
        for number, thread in enumerate(working, 1):
            thread.start()
            while len(place._waiting) < number:
                time.sleep(0.001)
        with place.room(b"small"), pytest.raises(RequestError, match="Many large pictures"), place.room(b" " * 11):
            pass
        assert not order
    for thread in working:
        thread.join(10)
    assert most[0] <= 100 and sorted(order) == [40, 40, 50, 50, 60, 60, 80, 90] and place._free == 100


def test_large_requests_wait_for_room_and_small_ones_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "SMALL_BODY", 10)
    monkeypatch.setattr(gate, "PATIENCE", 0.05)
    of = lambda size: Headers({"content-length": str(size)})  # noqa: E731

    async def play() -> list[str]:
        bodies, order = gate.Bodies(100), []

        async def second() -> None:
            async with bodies.room(of(60), 1000):
                order.append("second")

        async with bodies.room(of(80), 1000):
            async with bodies.room(of(5), 1000), bodies.room(Headers({}), 0):
                order.append("small")
            waiting = asyncio.create_task(second())
            await asyncio.sleep(0)
            order.append("first")
        await waiting
        async with bodies.room(Headers({}), 100):
            with pytest.raises(gate.Refused, match="Too much is being sent"):
                await second()
        return order

    # In a thread of its own: a browser's test before this one leaves its loop running in the main one.
    with ThreadPoolExecutor(1) as alone:
        assert alone.submit(asyncio.run, play()).result() == ["small", "first", "second"]
