"""What visitors who come and go leave behind on the server: resident memory over minutes of mixed use."""

from __future__ import annotations

import itertools
import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from page.bench.served import a_photo, post, resident, say, usable

FROM = 3.0
"""Minutes after which what grows is counted: by then every model is loaded and every library has its caches."""
CLIENTS = 4
"""Programs that ask at once, each time as somebody new."""
REST = 5.0
"""Seconds for which nobody asks before memory is read: what an answer takes while it is made is not left behind."""


@dataclass
class Use:
    """What was asked for so far, and what went wrong; `turns`: held by each program while it asks."""

    served: Counter = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    turns: tuple[threading.Lock, ...] = field(default_factory=lambda: tuple(threading.Lock() for _ in range(CLIENTS)))

    @property
    def requests(self) -> int:
        return sum(self.served.values()) - self.served["visits"]


def soak(chromium: Any, port: int, pid: int, minutes: float) -> dict[str, float]:
    """Programs without a session or with a new one, and browsers that open every tab and close, for `minutes`."""
    use, asked = Use(), requests(port)
    begun = time.monotonic()
    over = threading.Event()
    threads = [threading.Thread(target=_program, args=(asked, use, *program, over)) for program in enumerate(use.turns)]
    for thread in threads:
        thread.start()
    start = min(FROM, minutes / 2)
    marks: list[tuple[float, float, int, int]] = []
    try:
        for minute in itertools.takewhile(lambda m: m <= minutes, itertools.count(start)):
            _visit(chromium, port, use, begun + 60 * minute)
            marks.append(_mark(begun, pid, use))
    finally:
        over.set()
        for thread in threads:
            thread.join()
    if not marks or minutes - start > marks[-1][0] - marks[0][0]:
        marks.append(_mark(begun, pid, use))
    return _told(marks, use)


def requests(port: int) -> list[Callable[[random.Random], Any]]:
    """The mix: each is asked for in turn by chance, as nobody in particular or as somebody new."""
    photo, weights = a_photo(128), list(usable(port))
    networks = [network["name"] for network in post(port, "upscale_networks", [{}])["networks"]]
    known = post(port, "translate_tasks", [{}])["tasks"]
    # Those that a photograph is enough for.
    tasks = [task for task in known if not (task["masked"] or task["styled"] or task.get("posed"))]

    def asks(name: str, data: Callable[[random.Random], list[Any]]) -> Callable[[random.Random], Any]:
        def ask(choice: random.Random) -> str:
            session = choice.choice((None, secrets.token_hex(5)))
            post(port, name, data(choice), session=session)
            return name

        return ask

    def drawn(choice: random.Random) -> list[Any]:
        task = choice.choice(tasks)
        return [task["name"], [], photo, choice.randrange(10**6), 0, 1.0, "canny" if task["edges"] else "", 0.3]

    mix = [
        asks("sample", lambda choice: [choice.choice(weights), choice.randrange(10**6), 16, -1, 1.0]),
        asks("models", lambda choice: []),
    ]
    mix += [asks("upscale", lambda choice: [photo, choice.choice(networks), 2, -1, False, "png"])] if networks else []
    mix += [asks("translate", drawn)] if tasks else []
    return mix


def _program(asked: list[Callable], use: Use, seed: int, turn: threading.Lock, over: threading.Event) -> None:
    choice = random.Random(seed)
    while not over.is_set():
        try:
            with turn:
                use.served[choice.choice(asked)(choice)] += 1
        except Exception as error:  # counted, whatever it was
            use.errors.append(str(error))
        time.sleep(0.01)  # whoever waits for the turn gets it


def _visit(chromium: Any, port: int, use: Use, until: float) -> None:
    """Open the page in a new browser session, look at every tab, close; again until then."""
    while time.monotonic() < until:
        try:
            context = chromium.new_context(viewport={"width": 1280, "height": 800})
            view = context.new_page()
            view.goto(f"http://127.0.0.1:{port}/")
            view.wait_for_selector(".sample[data-painted]", timeout=60_000, state="attached")
            for button in view.locator("#tabs [role=tab]:visible").all():
                button.click()
                view.wait_for_timeout(300)
            use.served["visits"] += 1
        except Exception as error:
            use.errors.append(str(error))
        finally:
            context.close()


def _mark(begun: float, pid: int, use: Use) -> tuple[float, float, int, int]:
    """Minutes, MB at rest, requests and visits so far; printed."""
    with ExitStack() as rest:
        for turn in use.turns:
            rest.enter_context(turn)
        time.sleep(REST)
        minute, held = (time.monotonic() - begun) / 60, resident(pid)
    visits = use.served["visits"]
    print(f"  minute {minute:5.1f}: {held:7.1f} MB, {use.requests} requests, {visits} visits", flush=True)
    return minute, held, use.requests, visits


def grown(marks: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """By how much a line through (minute, MB) rises from the first to the last, and its standard error.

    What the allocator keeps swings by more than what is left behind, so that two marks alone say little.
    """
    minutes, held = np.array(marks).T
    span, away = minutes[-1] - minutes[0], minutes - minutes.mean()
    if len(marks) < 3 or not span:
        return float(held[-1] - held[0]), float("nan")
    slope = (away * held).sum() / np.square(away).sum()
    rest = held - held.mean() - slope * away
    return float(slope * span), float(span * (np.square(rest).sum() / (len(marks) - 2) / np.square(away).sum()) ** 0.5)


def _told(marks: list[tuple[float, float, int, int]], use: Use) -> dict[str, float]:
    (start, first, before, _), (end, last, after, visits) = marks[0], marks[-1]
    growth, error = grown([mark[:2] for mark in marks])
    figures = {
        "soak: first, MB": first,
        "soak: last, MB": last,
        "soak: growth, MB": growth,
        "soak: error of the growth, MB": error,
        "soak: growth in 1,000 requests, MB": 1000 * growth / max(1, after - before),
        "soak: requests": after,
        "soak: visits": visits,
        "soak: errors": len(use.errors),
    }
    say(f"soak: resident memory at minute {start:.0f}", first, "MB")
    say(f"soak: resident memory at minute {end:.0f}", last, "MB")
    say("soak: growth, by a line through all marks", growth, "MB", "< 50 in 30 minutes from minute 3 on")
    say("soak: standard error of that", error, "MB")
    say("soak: growth in 1,000 requests", figures["soak: growth in 1,000 requests, MB"], "MB")
    say("soak: errors", len(use.errors), "", "0")
    print("  served:", ", ".join(f"{count} {name}" for name, count in sorted(use.served.items())))
    for error in sorted(set(use.errors))[:3]:
        print("  ", error)
    return figures
