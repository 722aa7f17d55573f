"""The Interpolate tab as a visitor uses it: keys, the walk under a slider, films that decode."""

import json
import time

import av
import pytest
import tiny
from PIL import Image

from page.interpolate.film import _giving_way

STAGE = "#walk-stage canvas"


def pixels(view, selector: str = STAGE) -> str:
    return view.eval_on_selector(selector, "canvas => canvas.toDataURL()")


def names(view) -> list[str]:
    return view.locator("#walk-keys .name").all_inner_texts()


def slide(view, selector: str, value: float) -> None:
    view.eval_on_selector(
        selector,
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('input')); }",
        value,
    )


def words_are(view, text: str) -> None:
    view.wait_for_function("text => document.querySelector('#walk-stage output')?.textContent.includes(text)", arg=text)


@pytest.fixture
def walk(browser_page):
    """The tab, opened on its first walk: four seeds of the unconditional colour model."""
    browser_page.get_by_role("tab", name="Interpolate").click()
    browser_page.wait_for_selector("#walk-models .model >> text=Tiny colour")
    words_are(browser_page, "of 96")
    return browser_page


def make_film(view, kind: str):
    view.get_by_label(kind, exact=True).check()
    view.click("#walk-make")
    view.wait_for_function("() => /recipe is inside/.test(document.querySelector('#walk-progress').innerText)")
    with view.expect_download() as download:
        view.click("#walk-save")
    return download.value


def test_the_slider_shows_every_frame_of_the_walk(walk):
    seen = []
    for frame in (0, 1, 2, 24, 95):
        before = pixels(walk)
        slide(walk, "#walk-stage input", frame)
        words_are(walk, f"frame {frame + 1} of 96")
        if frame:
            walk.wait_for_function(
                "before => document.querySelector('#walk-stage canvas').toDataURL() !== before", arg=before
            )
        seen.append(pixels(walk))
    assert len(set(seen)) == 5


def test_keys_are_moved_and_removed_by_buttons_and_keyboard(walk):
    assert names(walk) == ["seed 1", "seed 2", "seed 3", "seed 4"]
    walk.get_by_role("button", name="Move later 1. seed 1").click()
    assert names(walk) == ["seed 2", "seed 1", "seed 3", "seed 4"]
    walk.locator("#walk-keys .face").nth(3).focus()
    walk.keyboard.press("ArrowLeft")
    assert names(walk) == ["seed 2", "seed 1", "seed 4", "seed 3"]
    walk.keyboard.press("Delete")
    assert names(walk) == ["seed 2", "seed 1", "seed 3"]
    words_are(walk, "of 72")
    walk.fill("#walk-seeds textarea, #walk-seeds input", "77, 78")
    walk.click("#walk-add")
    words_are(walk, "of 120")
    assert names(walk)[-2:] == ["seed 77", "seed 78"]


def test_two_pinned_pictures_make_a_loop_that_decodes(walk, tmp_path):
    pins = [{"weight": tiny.COLOUR, "point": {"seed": seed, "directions": {"0": 1.5}}} for seed in (11, 12)]
    walk.evaluate(
        "pins => import(new URL('scripts/parts/atelier.js', document.baseURI)).then((m) => pins.forEach(m.pin))", pins
    )
    walk.click("#walk-clear")
    walk.wait_for_selector("#walk-keys .name", state="detached")
    walk.click("#walk-tray")
    walk.wait_for_function("() => document.querySelectorAll('#walk-keys .name').length === 2")
    assert names(walk) == ["seed 11, moved", "seed 12, moved"]
    words_are(walk, "of 48")
    download = make_film(walk, "MP4")
    assert download.suggested_filename.endswith(".mp4")
    download.save_as(tmp_path / "film.mp4")
    with av.open(str(tmp_path / "film.mp4")) as film:
        video = film.streams.video[0]
        assert (video.codec_context.name, video.width % 2, len(list(film.decode(video)))) == ("h264", 0, 48)
        recipe = json.loads(film.metadata["comment"])
    assert recipe["weight"] == tiny.COLOUR and recipe["arguments"]["points"] == [pin["point"] for pin in pins]
    walk.wait_for_function("() => document.querySelector('#walk-video video')?.readyState >= 2")


@pytest.mark.parametrize("kind", ["GIF", "WebP"])
def test_films_for_everywhere_play_in_place(walk, tmp_path, kind):
    slide_steps(walk, 3)
    make_film(walk, kind).save_as(tmp_path / "film")
    with Image.open(tmp_path / "film") as film:
        assert film.format == kind.upper() and film.n_frames == 12
    walk.wait_for_function("() => document.querySelector('#walk-picture img')?.naturalWidth >= 256")


def slide_steps(view, frames: int) -> None:
    view.locator("#walk-steps input[type=number]").fill(str(frames))
    view.locator("#walk-steps input[type=number]").press("Enter")
    words_are(view, f"of {4 * frames}")


def test_a_film_outlives_a_reload_stop_ends_it_and_the_next_one_works(walk, monkeypatch):
    def slowly(*order):
        for picture in _giving_way(*order):
            time.sleep(0.1)
            yield picture

    # A fast server makes the film before a slow browser has shown the button.
    monkeypatch.setattr("page.interpolate.film._giving_way", slowly)
    slide_steps(walk, 120)
    walk.get_by_label("WebP", exact=True).check()
    walk.click("#walk-make")
    walk.wait_for_selector("#walk-progress [data-job] >> text=frame")
    walk.reload()  # the film goes on, and its page finds it again
    walk.wait_for_selector("#walk-progress [data-job] >> text=frame")
    walk.click("#walk-stop")
    walk.wait_for_selector("text=Stopped; of this film nothing was kept.")
    slide_steps(walk, 2)
    make_film(walk, "MP4")


def test_on_a_telephone_nothing_is_wider_than_the_screen(window, page_url):
    view = window(viewport={"width": 390, "height": 844})
    view.goto(page_url)
    view.get_by_role("tab", name="Interpolate").click()
    words_are(view, "of 96")
    assert view.evaluate("document.documentElement.scrollWidth") <= 390
