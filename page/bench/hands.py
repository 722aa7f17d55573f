"""What a hand on the page waits for, in a headless Chromium: from a slider or a stroke to the painted picture."""

from __future__ import annotations

import random
import statistics
from typing import Any

from page.bench.served import percentile, post, say

# One event at a time, a value each: text, or a share of a slider's range. Painted means: the frame after the canvas was
# drawn on has been handed on.
ONE_BY_ONE = """async ([selector, values]) => {
  const input = document.querySelector(selector), root = input.closest('.sample, .edit'), rows = [];
  const painted = () => new Promise(done => {
    const watch = new MutationObserver(() => { watch.disconnect(); done(); });
    watch.observe(root, {attributeFilter: ['data-painted']});
  });
  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  const low = Number(input.min), span = Number(input.max) - low;
  for (const value of values) {
    const start = performance.now(), done = painted();
    input.value = input.type === 'range' ? low + span * value : value;
    input.dispatchEvent(new Event('input', {bubbles: true}));
    await done;
    await frame();
    rows.push([performance.now() - start, Number(root.dataset.compute)]);
    await new Promise(done => setTimeout(done, 30));
  }
  return rows;
}"""

STILL = 150  # milliseconds that the page waits for another key

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


def words(view: Any, address: str, port: int, events: int) -> dict[str, float]:
    """From a sentence's last key to four painted pictures; nothing where no weight draws from words."""
    names = [model["name"] for model in post(port, "models", [])["models"]]
    found = ((name, post(port, "describe", [name])["words"]) for name in names)
    model, known = next(((name, known) for name, known in found if known), (None, None))
    if known is None:
        return {}
    view.goto(f"{address}?model={model}&n=4")
    view.wait_for_selector(".sample[data-painted]")
    chips = [word for group in known["groups"] for word in group["words"]]
    sentences = [f"{known['text']}, {chips[n % len(chips)]}{' ' * (n // len(chips))}" for n in range(events + 5)]
    rows, figures = view.evaluate(ONE_BY_ONE, ["#at-text", sentences])[5:], {}
    for share, pick, bar in (("p50", 50, ""), ("p95", 95, "<= 300")):
        figure = percentile([row[0] for row in rows], pick) - STILL
        figures[f"{model}, 4 pictures: stillness to painted {share}, ms"] = figure
        say(f"{model}, 4 pictures: {STILL} ms after the last key to painted, {share}", figure, "ms", bar)
    say(f"{model}, 4 pictures: of it the generator, p50", statistics.median(row[1] for row in rows), "ms")
    return figures


def edits(view: Any, address: str, events: int) -> dict[str, float]:
    """The same of a direction of styles in Edit, also of a weight of 128 px; nothing where no weight has any."""
    view.goto(address)
    view.wait_for_selector(".sample[data-painted]")
    if not view.locator("#tab-edit-button").count():
        return {}
    view.click("#tab-edit-button")
    view.wait_for_selector(".edit[data-ready]")
    figures = edited(view, events, "<= 90")
    view.click(".edit button.model")
    view.wait_for_selector("[role=option]")
    if (large := view.locator("[role=option]:has-text('128 px')")).count():
        large.first.click()
        view.wait_for_timeout(3000)
        figures |= edited(view, events, "<= 60")
    return figures


def edited(view: Any, events: int, bar: str) -> dict[str, float]:
    """The first direction of the weight that Edit has open."""
    return one_slider(view, f"{view.inner_text('.edit .model b')}, edited", ".edit .pushes input", events, bar)


def one_slider(view: Any, name: str, selector: str, events: int, bar: str = "<= 90") -> dict[str, float]:
    """Latency and rate of one slider."""
    rows = view.evaluate(ONE_BY_ONE, [selector, [n * 0.37 % 1 for n in range(events + 5)]])[5:]
    total, compute = [row[0] for row in rows], [row[1] for row in rows]
    rest = [t - c for t, c in zip(total, compute)]
    figures = {}
    for share, pick, wanted in (("p50", 50, ""), ("p95", 95, bar)):
        figures[f"{name}: event to painted {share}, ms"] = percentile(total, pick)
        say(f"{name}: input event to painted, {share}", percentile(total, pick), "ms", wanted)
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
    view.click(".translate .model")
    view.click(f".translate .card[data-name='{task['name']}']")
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
