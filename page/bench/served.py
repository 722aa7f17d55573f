"""The app as a process of its own, spoken to by HTTP and by a headless Chromium; and figures beside their bars."""

from __future__ import annotations

import base64
import http.client
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

APP = Path(__file__).resolve().parents[2] / "app.py"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


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
def app(port: int, weights: list[str], *flags: str) -> Iterator[tuple[subprocess.Popen, float]]:
    """The app as its own process, and the moment it was started."""
    more = [word for folder in weights for word in ("--weights", folder)] + list(flags)
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


def wait_for(port: int) -> None:
    """Until the port answers, ten minutes at most: a busy machine takes long."""
    for _ in range(30_000):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)


def open_soon(view: Any, address: str) -> None:
    """Open the page as soon as the port answers, and wait for its first picture."""
    wait_for(int(address.rstrip("/").rpartition(":")[2]))
    view.goto(address, wait_until="commit")
    view.wait_for_selector(".sample[data-painted]", timeout=60_000, state="attached")


def post(
    port: int,
    name: str,
    data: list[Any],
    link: http.client.HTTPConnection | None = None,
    session: str | None = "bench",
    route: str = "run",
) -> Any:
    """Call a named function of the page over HTTP, for its first output; raises for anything but an answer.

    `route`: "run" waits for it, "call" puts it into the queue and gives its id there.
    """
    said = json.loads(answered(port, name, data, link, session, route))
    return said["data"][0] if route == "run" else said["event_id"]


def answered(
    port: int,
    name: str,
    data: list[Any],
    link: http.client.HTTPConnection | None = None,
    session: str | None = "bench",
    route: str = "run",
) -> bytes:
    """The whole answer to such a call."""
    link = link or http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = json.dumps({"data": data, "session_hash": session})
    link.request("POST", f"/gradio_api/{route}/{name}", body, {"Content-Type": "application/json"})
    answer = link.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{name} answered {answer.status}: {content[:200]!r}")
    return content


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


def resident(pid: int) -> float:
    """Resident memory of a process in MB (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def processor(pid: int) -> float:
    """Seconds of processor that a process has used (Linux); the system counts hundredths."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def say(what: str, value: float, unit: str, bar: str = "") -> None:
    print(f"{what:<58} {value:>8.1f} {unit:<12} {f'bar: {bar}' if bar else ''}", flush=True)


def percentile(values: list[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(percent / 100 * (len(ordered) - 1)))]


def a_mask(photo: str) -> str:
    """A hole in the middle of a picture in base64, as a PNG in base64."""
    with Image.open(io.BytesIO(base64.b64decode(photo)), formats=("PNG",)) as picture:
        mask = Image.new("L", picture.size)
    width, height = mask.size
    mask.paste(255, (width // 3, height // 3, width // 2, height // 2))
    file = io.BytesIO()
    mask.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def a_photo(side: int = 256) -> str:
    """A picture of soft noise as a PNG in base64."""
    noise = np.random.default_rng(0).integers(0, 256, (side // 8, side // 8, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).resize((side, side), Image.Resampling.BICUBIC).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()
