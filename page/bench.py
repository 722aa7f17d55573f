"""How quick the page is, in headless Chromium and over HTTP: python -m page.bench [--weights DIR] [-o FILE].

Prints, beside the bar of each: process start to first picture; from a slider's input event to the painted
picture, with the server's computing apart; pictures a second while a slider is dragged; from the end of a stroke to
the painted picture, where a weight on the shelf takes drawings; resident memory
after every model was used; and what many HTTP clients at once get. Needs playwright and a Chromium, and two
cores with nothing else to do.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import io
import json
import random
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from gan_models.errors import one_line
from gan_models.targets import check_targets

APP = Path(__file__).resolve().parent.parent / "app.py"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

# One event at a time; painted means: the frame after the canvas was drawn on has been handed on.
ONE_BY_ONE = """async ([selector, times]) => {
  const input = document.querySelector(selector), root = input.closest('.sample, .edit'), rows = [];
  const painted = () => new Promise(done => {
    const watch = new MutationObserver(() => { watch.disconnect(); done(); });
    watch.observe(root, {attributeFilter: ['data-painted']});
  });
  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  for (let i = 0; i < times; i++) {
    const start = performance.now(), done = painted();
    input.value = Number(input.min) + (Number(input.max) - Number(input.min)) * ((i * 0.37) % 1);
    input.dispatchEvent(new Event('input', {bubbles: true}));
    await done;
    await frame();
    rows.push([performance.now() - start, Number(root.dataset.compute)]);
    await new Promise(done => setTimeout(done, 30));
  }
  return rows;
}"""

DRAG = """async ([selector, seconds]) => {
  const input = document.querySelector(selector), root = input.closest('.sample, .edit');
  const first = Number(root.dataset.painted), start = performance.now(), low = Number(input.min);
  const span = Number(input.max) - low;
  while (performance.now() - start < 1000 * seconds) {
    input.value = low + span * (0.5 + 0.5 * Math.sin((performance.now() - start) / 400));
    input.dispatchEvent(new Event('input', {bubbles: true}));
    await new Promise(done => setTimeout(done, 8));
  }
  return (Number(root.dataset.painted) - first) / ((performance.now() - start) / 1000);
}"""

# From the pointer's leaving to the frame after the picture of the whole drawing was painted.
STROKES = """() => {
  const root = document.querySelector('.translate');
  window.strokes = [];
  let left = null;
  const ended = () => {
    if (left === null || root.dataset.shown !== root.dataset.version) return;
    const since = left;
    left = null;
    requestAnimationFrame(() => setTimeout(() =>
      window.strokes.push([performance.now() - since, Number(root.dataset.compute)])));
  };
  new MutationObserver(ended).observe(root, {attributeFilter: ['data-shown']});
  root.addEventListener('pointerup', () => { left = performance.now(); setTimeout(ended); }, true);
}"""


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m page.bench", description="Measure the page.")
    parser.add_argument("--weights", action="append", default=[], metavar="DIR", help="as for app.py")
    parser.add_argument("--model", metavar="NAME", help="the 64 px model to measure (default: the first)")
    parser.add_argument("--events", type=int, default=60, help="slider events for each latency (default: 60)")
    parser.add_argument("--clients", type=int, default=32, help="HTTP clients at once (default: 32; 0 for none)")
    parser.add_argument("--seconds", type=float, default=60, help="how long they ask (default: 60)")
    parser.add_argument("-o", "--out", type=Path, metavar="FILE", help="also write the figures as JSON")
    parser.add_argument("--overwrite", action="store_true", help="replace a file that exists")
    options = parser.parse_args(arguments)
    with one_line():
        check_targets([options.out] if options.out else [], options.overwrite)
    figures: dict[str, Any] = {}
    port = free_port()
    with browser() as chromium, app(port, options.weights) as (process, started):
        view = chromium.new_page(viewport={"width": 1280, "height": 800})
        address = f"http://127.0.0.1:{port}/"
        open_soon(view, address)
        figures["start to first picture, s"] = time.perf_counter() - started
        say("process start to first picture", figures["start to first picture, s"], "s", "<= 5")
        figures |= sliders(view, address, options.model or first_of_64(usable(port)), options.events)
        figures |= edits(view, address, options.events)
        figures |= drawing(view, address, port, options.events)
        figures |= memory(port, process.pid)
        view.close()
        if options.clients:
            figures |= crowd(port, process.pid, options.clients, options.seconds)
    if options.out:
        options.out.write_text(json.dumps(figures, indent=2) + "\n")


def say(what: str, value: float, unit: str, bar: str = "") -> None:
    print(f"{what:<58} {value:>8.1f} {unit:<12} {f'bar: {bar}' if bar else ''}", flush=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def browser() -> Iterator[Any]:
    """A headless Chromium: Playwright's own, else the system's."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        own = Path(driver.chromium.executable_path)
        path = str(own) if own.exists() else next(filter(None, map(shutil.which, BROWSERS)), None)
        if path is None:
            raise SystemExit("No Chromium found; run python tests/browser/install.py first.")
        chromium = driver.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield chromium
        finally:
            chromium.close()


@contextmanager
def app(port: int, weights: list[str]) -> Iterator[tuple[subprocess.Popen, float]]:
    """The app as its own process, and the moment it was started."""
    more = [word for folder in weights for word in ("--weights", folder)]
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, str(APP), "--port", str(port), *more],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process, started
    finally:
        process.terminate()
        process.wait(10)


def open_soon(view: Any, address: str) -> None:
    """Open the page as soon as the port answers, and wait for its first picture."""
    host, port = address.removeprefix("http://").rstrip("/").split(":")
    for _ in range(3000):
        try:
            socket.create_connection((host, int(port)), 1).close()
            break
        except OSError:
            time.sleep(0.02)
    view.goto(address, wait_until="commit")
    view.wait_for_selector(".sample[data-painted]", timeout=60_000, state="attached")


def post(
    port: int,
    name: str,
    data: list[Any],
    link: http.client.HTTPConnection | None = None,
    session: str = "bench",
) -> Any:
    """Call a named function of the page over HTTP; raises for anything but an answer."""
    link = link or http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = json.dumps({"data": data, "session_hash": session})
    link.request("POST", f"/gradio_api/run/{name}", body, {"Content-Type": "application/json"})
    answer = link.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{name} answered {answer.status}: {content[:200]!r}")
    return json.loads(content)["data"][0]


def usable(port: int) -> dict[str, int]:
    """The models that can be loaded, and the side of their pictures in pixels."""
    sizes = {}
    for model in post(port, "models", [])["models"]:
        try:
            sizes[model["name"]] = post(port, "describe", [model["name"]])["size"]
        except RuntimeError as error:
            print("  ", error)
    return sizes


def first_of_64(sizes: dict[str, int]) -> str:
    return next((name for name, size in sizes.items() if size == 64), next(iter(sizes)))


def sliders(view: Any, address: str, model: str, events: int) -> dict[str, float]:
    """Latency and rate: of a direction on one picture, and of truncation on a wall of 12."""
    figures = {}
    for what, query, selector in (
        ("one picture", "&open=0", ".directions input"),
        ("a wall of 12", "", "#at-psi"),
    ):
        view.goto(f"{address}?model={model}&n=12{query}")
        view.wait_for_selector(".sample[data-painted]")
        figures |= one_slider(view, f"{model}, {what}", selector, events)
    return figures


def edits(view: Any, address: str, events: int) -> dict[str, float]:
    """The same of a direction of styles in Edit; nothing where no weight has any."""
    view.goto(address)
    view.wait_for_selector(".sample[data-painted]")
    if not view.locator("#tab-edit-button").count():
        return {}
    view.click("#tab-edit-button")
    view.wait_for_selector(".edit[data-ready]")
    return one_slider(view, f"{view.inner_text('.edit .model b')}, edited", ".edit .pushes input", events)


def one_slider(view: Any, name: str, selector: str, events: int) -> dict[str, float]:
    """Latency and rate of one slider."""
    view.evaluate(ONE_BY_ONE, [selector, 5])
    rows = view.evaluate(ONE_BY_ONE, [selector, events])
    total, compute = [row[0] for row in rows], [row[1] for row in rows]
    rest = [t - c for t, c in zip(total, compute)]
    figures = {}
    for share, pick, bar in (("p50", 50, ""), ("p95", 95, "<= 90")):
        figures[f"{name}: event to painted {share}, ms"] = percentile(total, pick)
        say(f"{name}: input event to painted, {share}", percentile(total, pick), "ms", bar)
    figures[f"{name}: of it generator p50, ms"] = statistics.median(compute)
    say(f"{name}: of it the generator, p50", statistics.median(compute), "ms")
    say(f"{name}: of it the way and the painting, p50", statistics.median(rest), "ms")
    rate = figures[f"{name}: pictures a second while dragged"] = view.evaluate(DRAG, [selector, 4])
    say(f"{name}: while dragged", rate, "pictures/s", ">= 25")
    return figures


def drawing(view: Any, address: str, port: int, events: int) -> dict[str, float]:
    """Strokes of a mouse on the Translate tab, at 128 px if a weight has that size; nothing where none is drawn for."""
    tasks = [task for task in post(port, "translate_tasks", [{}])["tasks"] if task["edges"]]
    if not tasks:
        return {}
    task = min(tasks, key=lambda task: abs(task["size"] - 128))
    view.goto(address)
    view.get_by_role("tab", name="Translate").click()
    view.wait_for_selector(".translate[data-ready]")
    view.click(f".translate [data-name='{task['name']}']")
    view.evaluate(STROKES)
    box, choice = view.locator(".translate .paper canvas").bounding_box(), random.Random(0)
    spot = lambda: (box["x"] + choice.random() * box["width"], box["y"] + choice.random() * box["height"])  # noqa: E731
    for number in range(events + 5):
        view.mouse.move(*spot())
        view.mouse.down()
        view.mouse.move(*spot(), steps=8)
        view.mouse.up()
        view.wait_for_function("count => window.strokes.length > count", arg=number)
    rows, figures = view.evaluate("window.strokes")[5:], {}
    for share, pick in (("p50", 50), ("p95", 95)):
        figure = percentile([row[0] for row in rows], pick)
        figures[f"{task['name']}: stroke to painted {share}, ms"] = figure
        bar = "<= 200" if share == "p95" else ""
        say(f"{task['name']}, {task['size']} px: stroke's end to painted, {share}", figure, "ms", bar)
    figures[f"{task['name']}: of it server p50, ms"] = statistics.median(row[1] for row in rows)
    say(f"{task['name']}: a drawing to a picture on the server, p50", statistics.median(row[1] for row in rows), "ms")
    return figures


def percentile(values: list[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(percent / 100 * (len(ordered) - 1)))]


def resident(pid: int) -> float:
    """Resident memory of a process in MB (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def memory(port: int, pid: int) -> dict[str, float]:
    """Resident memory once every model has drawn and judged, enlarged or translated."""
    for name in usable(port):
        post(port, "render", [name, [{"seed": seed} for seed in range(16)], True])
    photo = a_photo()
    for network in post(port, "upscale_networks", [{}])["networks"]:
        post(port, "upscale", [photo, network["name"], 4, -1, False, "png"])
    for task in post(port, "translate_tasks", [{}])["tasks"]:
        edges = "canny" if task["edges"] else ""
        post(port, "translate", [task["name"], [], photo, 0, 0, 1.0, edges, 0.3])
    figure = resident(pid)
    say("resident memory after every model was used", figure, "MB", "<= 1100")
    return {"resident memory, MB": figure}


def a_photo(side: int = 256) -> str:
    """A picture of soft noise as a PNG in base64."""
    noise = np.random.default_rng(0).integers(0, 256, (side // 8, side // 8, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).resize((side, side), Image.Resampling.BICUBIC).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def crowd(port: int, pid: int, clients: int, seconds: float) -> dict[str, float]:
    """Many clients with one request in flight each: 16 pictures of a random model."""
    models, times, errors = list(usable(port)), [], []
    end = time.perf_counter() + seconds

    def ask(seed: int) -> None:
        choice, link = random.Random(seed), http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while (start := time.perf_counter()) < end:
            try:
                wanted = [choice.choice(models), choice.randrange(10**6), 16, -1, 1.0]
                post(port, "sample", wanted, link, f"bench-{seed}")
                times.append(time.perf_counter() - start)
            except Exception as error:  # counted, whatever it was
                errors.append(str(error))
                link.close()

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(clients)]
    for thread in threads:
        thread.start()
    time.sleep(seconds / 6)
    early = resident(pid)
    for thread in threads:
        thread.join()
    growth = resident(pid) - early
    times = times or [float("nan")]
    say(f"{clients} clients for {seconds:.0f} s: errors", len(errors), "", "0")
    say(f"{clients} clients: answers", len(times) / seconds, "a second")
    say(f"{clients} clients: p50", percentile(times, 50), "s")
    say(f"{clients} clients: p95", percentile(times, 95), "s", "<= 2")
    say(f"{clients} clients: memory grown after the first sixth", growth, "MB", "< 50")
    for error in sorted(set(errors))[:3]:
        print("  ", error)
    return {
        "clients: errors": len(errors),
        "clients: p50, s": percentile(times, 50),
        "clients: p95, s": percentile(times, 95),
        "clients: growth, MB": growth,
    }


if __name__ == "__main__":
    main()
