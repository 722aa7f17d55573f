"""What the page says that long work will take, and what it takes: enlargements by each network, films of each kind."""

from __future__ import annotations

import re
import time
from typing import Any

from page.bench.served import a_photo, post, say, usable
from page.bench.turns import film

SIDE, KEYS, STEP = 512, 8, 120
"""Of the photograph that is enlarged; key images of the film, and frames from one to the next."""
SPAN = {"s": 1.0, "min": 60.0}


def estimates(port: int) -> dict[str, float]:
    """Said by taken of each; the first of a kind is tried by a sample, as a visitor's first is."""
    ratios = {f"enlarging by {name}": _enlarged(port, name) for name in _networks(port)}
    model = next(iter(usable(port)))
    for kind in ("MP4", "GIF", "WebP"):
        order = [model, list(range(KEYS)), "spherical", "linear", False, STEP, 24, kind]
        ratios[f"a film as {kind}"] = _filmed(port, order)
    for name, ratio in ratios.items():
        say(f"estimate by time taken, {name}", ratio, "", "0.5 to 2")
    return {f"estimates: {name}": ratio for name, ratio in ratios.items()}


def _networks(port: int) -> list[str]:
    return [network["name"] for network in post(port, "upscale_networks", [{}])["networks"]]


def _enlarged(port: int, network: str) -> float:
    session = f"estimate {network}"
    ident = post(port, "upscale_open", [{"data": a_photo(SIDE)}], session=session)["id"]
    asked: dict[str, Any] = {"ids": [ident], "settings": [{"network": network, "scale": 2}]}
    said = post(port, "upscale_plan", [asked], session=session)["seconds"]
    job = post(port, "upscale_start", [asked | {"large": True}], session=session)["job"]
    while not (told := post(port, "upscale_poll", [{"job": job}], session=session))["over"]:
        time.sleep(0.05)
    return said / told["seconds"]


def _filmed(port: int, order: list[Any]) -> float:
    words = post(port, "interpolate_estimate", order)
    number, unit = re.findall(r"about (\d+) (s|min)", words)[0]
    return int(number) * SPAN[unit] / film(port, order, "estimate")
