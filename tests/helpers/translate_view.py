"""The Translate tab in a browser, for its tests: opening it, drawing, waiting, what is painted."""

import io

import numpy as np
import tiny
from hands import take_model
from PIL import Image


def opened(view, url: str):
    view.goto(url)
    view.wait_for_selector(".sample[data-painted]")
    view.get_by_role("tab", name="Translate").click()
    view.wait_for_selector(".translate[data-ready]")
    if view.inner_text(".translate .model b") == "Tiny flat":
        take_model(view, ".translate", tiny.SKETCH)  # what most tests begin with
        invited(view)
    return view


def settled(view) -> None:
    """Wait until what is wanted now has been painted."""
    view.wait_for_function(
        """() => {
        const { version, shown } = document.querySelector('.translate').dataset;
        return version && version === shown;
    }"""
    )


def invited(view) -> None:
    """Wait until the empty canvas asks to be drawn on."""
    view.wait_for_function("() => document.querySelector('.translate .paper .invite').innerText.includes('Draw here')")


def done(view, action) -> None:
    """Do something that wants another picture, and wait for it."""
    before = int(view.get_attribute(".translate", "data-version") or 0)
    action()
    view.wait_for_function("n => Number(document.querySelector('.translate').dataset.version || 0) > n", arg=before)
    settled(view)


def place(view, x: float, y: float) -> tuple[float, float]:
    box = view.locator(".translate .paper canvas").bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def draw(view, *points: tuple[float, float], steps: int = 4) -> None:
    view.mouse.move(*place(view, *points[0]))
    view.mouse.down()
    for point in points[1:]:
        view.mouse.move(*place(view, *point), steps=steps)
    view.mouse.up()


def answer(view) -> str:
    return view.eval_on_selector(".translate .picture canvas", "canvas => canvas.toDataURL()")


def sheet(view) -> str:
    return view.eval_on_selector(".translate .paper canvas", "canvas => canvas.toDataURL()")


def task(view, name: str) -> None:
    done(view, lambda: take_model(view, ".translate", name))


def saved(view, selector: str) -> bytes:
    with view.expect_download() as download:
        view.click(f".translate {selector}")
    return download.value.path().read_bytes()


def give(view, content: bytes, kind: str = "image/png", name: str = "photo.png") -> None:
    view.set_input_files(".translate .files", {"name": name, "mimeType": kind, "buffer": content})


def slide(view, selector: str, value: float) -> None:
    move = "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', {bubbles: true})); }"
    view.eval_on_selector(selector, move, value)


def picture(width: int = 96, height: int = 64) -> bytes:
    buffer = io.BytesIO()
    small = np.random.default_rng(width).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC).save(buffer, "PNG")
    return buffer.getvalue()
