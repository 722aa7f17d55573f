"""How quick the page is, in headless Chromium and over HTTP: python -m page.bench [--weights DIR] [-o FILE].

Prints, beside the bar of each: process start to first picture; from a slider's input event to the painted
picture, with the server's computing apart; pictures a second while a slider is dragged; from a sentence's last key to
its pictures, where a weight draws from words; from the end of a stroke to the painted picture, where a weight on the
shelf takes drawings; from a pad or a key to its sound, of each weight that draws sounds; resident memory after every
model was used; a slider beside a long enlargement, and beside a training that the page began; what many jobs, or large
pictures, of one visitor take from the others; what long work is said to take, by what it takes; a row among many runs
on the Training tab; and what many HTTP clients at once get.
--only runs some of these, --soak MINUTES asks for what memory is left behind by visitors who come and go. Needs
playwright and a Chromium, and two cores with nothing else to do.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from gan_models.errors import one_line
from gan_models.targets import check_targets
from page.bench import crowd, estimates, hands, rows, soak, sounds, trained, turns
from page.bench.served import app, browser, first_of_64, free_port, open_soon, say, usable, wait_for

Part = Callable[[], dict[str, float]]


def main(arguments: list[str] | None = None) -> None:
    options = flags(arguments)
    with one_line():
        check_targets([options.out] if options.out else [], options.overwrite)
    names = chosen(options)
    figures: dict[str, float] = {}
    if seen := [name for name in names if name in BY_EYE]:
        with browser() as chromium:
            figures |= measured(seen, options, chromium)
    if heard := [name for name in names if name not in BY_EYE]:
        figures |= measured(heard, options)
    if options.out:
        options.out.write_text(json.dumps(figures, indent=2) + "\n")


def measured(names: list[str], options: argparse.Namespace, chromium: Any = None) -> dict[str, float]:
    """The figures of these parts, of one app; from the start of that on where there is a browser."""
    port, figures = free_port(), {}
    address, model, view = f"http://127.0.0.1:{port}/", options.model, None
    with app(port, options.weights) as (process, started):
        if chromium:
            view = chromium.new_page(viewport={"width": 1280, "height": 800})
            open_soon(view, address)
            figures["start to first picture, s"] = time.perf_counter() - started
            say("process start to first picture", figures["start to first picture, s"], "s", "<= 5")
        wait_for(port)
        model = model or first_of_64(usable(port))
        parts: dict[str, Part] = {
            "sliders": partial(hands.sliders, view, address, model, options.events),
            "words": partial(hands.words, view, address, port, options.events),
            "edits": partial(hands.edits, view, address, options.events),
            "drawing": partial(hands.drawing, view, address, port, options.events),
            "sounds": partial(sounds.sounds, view, address, port, options.events),
            "beside": partial(turns.beside, view, address, port, model, options.events),
            "training": partial(trained.trained, chromium, options.weights, options.model, options.events),
            "memory": partial(crowd.memory, port, process.pid),
            "turns": partial(turns.turns, port, process.pid),
            "large": partial(turns.large, port, process.pid),
            "estimates": partial(estimates.estimates, port),
            "rows": partial(rows.rows, options.weights),
            "clients": partial(crowd.crowd, port, process.pid, options.clients, options.seconds),
            "soak": partial(soak.soak, chromium, port, process.pid, options.soak),
        }
        for name in names:
            figures |= parts[name]()
    return figures


BY_EYE = ("sliders", "words", "edits", "drawing", "sounds", "beside", "training", "soak")
PARTS = (
    "sliders",
    "words",
    "edits",
    "drawing",
    "sounds",
    "beside",
    "training",
    "memory",
    "turns",
    "large",
    "estimates",
    "rows",
    "clients",
)
"""What needs a browser; and what is measured where nothing is chosen, in this order, the crowd last."""


def flags(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m page.bench", description="Measure the page.")
    add = parser.add_argument
    add("--weights", action="append", default=[], metavar="DIR", help="as for app.py")
    add("--model", metavar="NAME", help="the 64 px model to measure (default: the first)")
    add("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=f"of {', '.join(PARTS)} these alone")
    add("--events", type=int, default=60, help="slider events for each latency (default: 60)")
    add("--clients", type=int, default=32, help="HTTP clients at once (default: 32; 0 for none)")
    add("--seconds", type=float, default=60, help="how long they ask (default: 60)")
    add("--soak", type=float, metavar="MINUTES", help="visitors who come and go for so long, and nothing else")
    add("-o", "--out", type=Path, metavar="FILE", help="also write the figures as JSON")
    add("--overwrite", action="store_true", help="replace a file that exists")
    return parser.parse_args(arguments)


def chosen(options: argparse.Namespace) -> list[str]:
    if options.soak:
        return ["soak"]
    return [name for name in PARTS if name in options.only and (name != "clients" or options.clients)]


if __name__ == "__main__":
    main()
