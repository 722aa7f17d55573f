"""What a training takes from a slider: a folder trained on from the page, and the latency beside it and without it."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from PIL import Image

from page.bench import hands
from page.bench.served import app, first_of_64, free_port, open_soon, say, usable
from training import orders
from training.run import Run

PICTURES, SIDE = 200, 64
"""Gray ones, for which nothing is fetched: DCGAN learns them against its own discriminator."""
MINUTES = "5"
"""The training ends by then, whatever becomes of who measures."""
PATIENCE = 300.0
"""Seconds in which the training comes to its first steps."""
TOLD = 1000 * PATIENCE
"""The same in milliseconds, for what the page shows."""


def trained(chromium: Any, weights: list[str], model: str | None, events: int) -> dict[str, float]:
    """A slider's latency, alone and beside a training that the page began, and what the training had meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        port, runs, pictures = free_port(), Path(folder) / "runs", Path(folder) / "noise"
        write_pictures(pictures)
        with app(port, weights, "--runs", str(runs)):
            view = chromium.new_page(viewport={"width": 1280, "height": 800})
            address = f"http://127.0.0.1:{port}/"
            open_soon(view, address)
            model = model or first_of_64(usable(port))
            figures = one(view, address, model, "alone", events, "<= 90")
            run = Run(runs / begin(view, pictures))
            try:
                figures |= beside(view, address, model, run, events)
            finally:
                end(run)
    return figures


def one(view: Any, address: str, model: str, where: str, events: int, bar: str) -> dict[str, float]:
    view.goto(f"{address}?model={model}&n=12&open=0")
    view.wait_for_selector(".sample[data-painted]")
    return hands.one_slider(view, f"{model}, {where}", ".directions input", events, bar)


def write_pictures(folder: Path) -> None:
    """Pictures of soft noise."""
    folder.mkdir()
    chance = np.random.default_rng(0)
    for number in range(PICTURES):
        coarse = Image.fromarray(chance.integers(0, 256, (8, 8), dtype=np.uint8))
        coarse.resize((SIDE, SIDE), Image.Resampling.BICUBIC).save(folder / f"{number}.png")


def begin(view: Any, pictures: Path) -> str:
    """Name the folder on the Training tab and press Train; the run's name."""
    view.get_by_role("tab", name="Training").click()
    view.fill(".studio .path input", str(pictures))
    view.click(".studio .path button")
    view.wait_for_selector(".studio .found:not([hidden])", timeout=TOLD)
    view.wait_for_function(
        "() => /a second/.test(document.querySelector('.studio .estimate').textContent)", timeout=TOLD
    )
    view.fill(".studio [name=minutes]", MINUTES)
    view.click(".studio .go")
    view.wait_for_selector("#training-runs [data-name]", timeout=TOLD)
    return view.get_attribute("#training-runs [data-name]", "data-name")


def beside(view: Any, address: str, model: str, run: Run, events: int) -> dict[str, float]:
    """The latency once the training has come to steps, and the training's share of the machine while it is measured."""
    until = time.monotonic() + PATIENCE
    while run.pulse().get("step", 0) < 5:
        if time.monotonic() > until:
            raise SystemExit(f"The training came to no step in {PATIENCE:.0f} s; this machine has too much else to do.")
        time.sleep(0.5)
    process, begun, before = psutil.Process(run.pulse()["process"]), time.monotonic(), run.pulse()
    used = sum(process.cpu_times()[:2])
    figures = one(view, address, model, "beside a training", events, "<= 150")
    seconds, after = time.monotonic() - begun, run.pulse()
    share = (sum(process.cpu_times()[:2]) - used) / seconds
    rate = (after["images"] - before["images"]) / max(1e-9, after["seconds"] - before["seconds"])
    say("the training meanwhile: cores", share, f"of {orders.cores()}")
    say("the training meanwhile", rate, "pictures/s")
    return figures | {"beside a training: its cores": share, "beside a training: its pictures a second": rate}


def end(run: Run) -> None:
    """Let the training save and go, so that its folder can be deleted."""
    orders.leave(run)
    until = time.monotonic() + PATIENCE
    while orders.is_live(run) and time.monotonic() < until:
        time.sleep(0.5)
