"""What one visitor takes from the others: sliders beside a long enlargement, turns between films, large pictures."""

from __future__ import annotations

import base64
import http.client
import io
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import psutil
from PIL import Image

from page.bench import hands
from page.bench.served import a_photo, post, resident, say, usable

FILMS, ENLARGEMENTS, LARGE = 30, 150, 6
"""What one who does not listen asks for at once, and pictures of 64 megapixels that are opened at once."""


def beside(view: Any, address: str, port: int, model: str, events: int) -> dict[str, float]:
    """A slider's latency while a picture is enlarged by the network that takes longest."""
    networks = post(port, "upscale_networks", [{}])["networks"]
    if not networks:
        return {}
    slow = max(networks, key=lambda network: ("rrdb" in network["name"], network["scale"]))
    ident = post(port, "upscale_open", [{"data": a_photo(1024)}], session="enlarger")["id"]
    asked = {"ids": [ident], "settings": [{"network": slow["name"], "scale": slow["scale"]}], "large": True}
    job = post(port, "upscale_start", [asked], session="enlarger")["job"]
    view.goto(f"{address}?model={model}&n=12&open=0")
    view.wait_for_selector(".sample[data-painted]")
    figures = hands.one_slider(view, f"{model}, beside {slow['name']}", ".directions input", events, bar="<= 150")
    told = post(port, "upscale_poll", [{"job": job}], session="enlarger")
    if told["over"]:
        print(f"   the enlargement was over before the slider was: {told['state']}")
    post(port, "upscale_stop", [{"job": job}], session="enlarger")
    return figures


def turns(port: int, pid: int) -> dict[str, float]:
    """Films and enlargements of one who does not listen, four frames of another, and what they hold meanwhile."""
    model, figures = next(iter(usable(port))), {}
    order = lambda frames: [model, [1, 2], "spherical", "linear", False, frames, 12, "MP4"]  # noqa: E731
    alone = film(port, order(3), "alone")
    for number in range(FILMS):
        _join(port, order(120), f"deaf {number % 2}")
    figures["turns: four frames, s"] = waited = film(port, order(3), "other")
    say(f"four frames alone, and behind {FILMS} films: alone", alone, "s")
    say(f"four frames alone, and behind {FILMS} films: behind", waited, "s", "< one film")
    before, threads = resident(pid), _threads(pid)
    photo, network = a_photo(128), post(port, "upscale_networks", [{}])["networks"][0]["name"]
    ask = lambda: post(port, "upscale", [photo, network, 4, -1, False, "png"], session="greedy")  # noqa: E731
    refused, most = _all_at_once([ask] * ENLARGEMENTS, lambda: _threads(pid))
    say(f"{ENLARGEMENTS} enlargements of one: refused", len(refused), "")
    say(f"{ENLARGEMENTS} enlargements of one: threads more, at most", most - threads, "", "<= 40")
    say(f"{ENLARGEMENTS} enlargements of one: memory more", resident(pid) - before, "MB")
    for sentence in sorted(set(refused))[:2]:
        print("  ", sentence[:160])
    return figures | {"turns: threads": most - threads}


def large(port: int, pid: int) -> dict[str, float]:
    """Six pictures of 64 megapixels with alpha opened at once: the most that the server holds."""
    content, before = _large(), resident(pid)
    ask = lambda number: lambda: post(port, "upscale_open", [{"data": content}], session=f"large {number}")  # noqa: E731
    refused, most = _all_at_once([ask(number) for number in range(LARGE)], lambda: resident(pid))
    say(f"{LARGE} pictures of 64 MP with alpha at once: most", most - before, "MB more", "<= 4500")
    say(f"{LARGE} pictures of 64 MP with alpha at once: then", resident(pid) - before, "MB more")
    say(f"{LARGE} pictures of 64 MP with alpha at once: refused", len(refused), "", "0")
    return {"large: most, MB": most - before}


def _large() -> str:
    y, x = np.mgrid[0:8000, 0:8000].astype(np.uint16)
    planes = [x // 32, y // 32, (x + y) // 64, np.where((x // 500 + y // 500) % 2, 255, 0)]
    file = io.BytesIO()
    Image.fromarray(np.dstack([plane.astype(np.uint8) for plane in planes])).save(file, "PNG", compress_level=1)
    return base64.b64encode(file.getvalue()).decode()


def _all_at_once(asks: list[Callable[[], Any]], measure: Callable[[], float]) -> tuple[list[str], float]:
    """What was refused of requests that are all made at once, and the most that was measured meanwhile."""
    refused: list[str] = []

    def one(ask: Callable[[], Any]) -> None:
        try:
            ask()
        except Exception as error:  # counted, whatever it was
            refused.append(str(error))

    working = [threading.Thread(target=one, args=(ask,)) for ask in asks]
    for thread in working:
        thread.start()
    most = measure()
    while any(thread.is_alive() for thread in working):
        most = max(most, measure())
        time.sleep(0.02)
    return refused, most


def _join(port: int, data: list[Any], session: str) -> str:
    """Put a film into the queue, as the page does, without listening."""
    return post(port, "interpolate_film", data, session=session, route="call")


def film(port: int, data: list[Any], session: str) -> float:
    """Seconds until a film is there."""
    begun = time.perf_counter()
    event = _join(port, data, session)
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    link.request("GET", f"/gradio_api/call/interpolate_film/{event}")
    said = link.getresponse().read().decode()
    link.close()
    if "event: error" in said:
        raise RuntimeError(f"the film was refused: {said[-200:]}")
    return time.perf_counter() - begun


def _threads(pid: int) -> int:
    return psutil.Process(pid).num_threads()
