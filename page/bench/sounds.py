"""What a finger on the Sound tab waits for, in a headless Chromium: from a pad or a key to its first sample."""

from __future__ import annotations

import base64
import json
from typing import Any

from page.bench.served import percentile, post, say

BEGUN = """
window.begun = [];
addEventListener('pointerdown', () => (window.pressed = performance.now()), true);
const plain = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (...when) {
  plain.apply(this, when);
  window.begun.push(performance.now() - window.pressed);
};
"""
MOST_NEW = 20
"""Sounds that are drawn for the figure of those that are not drawn yet."""
PRESSED, DICE = ".sound :is(.pad, .key.white)[data-drawn=true]", ".sound :is(.roll-one, .dice-a):visible >> nth=0"


def sounds(view: Any, address: str, port: int, events: int) -> dict[str, float]:
    """Of each weight that draws sounds: hits that are drawn already, and such as a dice asks for."""
    figures = {}
    view.add_init_script(BEGUN)
    for weight in (model["name"] for model in post(port, "sound_models", [{}])["models"]):
        link = base64.urlsafe_b64encode(json.dumps({"weight": weight}).encode()).decode().rstrip("=")
        view.goto(f"{address}?tab=sound&sound={link}")
        view.wait_for_selector(".sound[aria-busy=false]")
        # The first press wakes Web Audio, which happens once.
        pressed(view, DICE, 1)
        for what, selector, count, bar in (
            ("drawn already", PRESSED, events, "<= 30"),
            ("drawn for it", DICE, min(events, MOST_NEW), "<= 250"),
        ):
            times = pressed(view, selector, count)
            for share, pick in (("p50", 50), ("p95", 95)):
                figures[f"{weight}, {what}: press to first sound {share}, ms"] = percentile(times, pick)
                shown = bar if share == "p95" else ""
                say(f"{weight}, {what}: press to first sound, {share}", percentile(times, pick), "ms", shown)
    return figures


def pressed(view: Any, selector: str, count: int) -> list[float]:
    """Milliseconds from each press to its sound."""
    view.evaluate("window.begun = []")
    for number in range(count):
        view.wait_for_selector(PRESSED)
        places = view.locator(selector)
        box = places.nth(number % places.count()).bounding_box()
        # Low, where no black key lies over a white one.
        view.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] - 8)
        view.wait_for_function("count => window.begun.length > count", arg=number)
    return view.evaluate("window.begun")
