"""The Upscale tab as a visitor uses it: examples, a part, the whole, the slider, the lens, files, other tabs."""

import base64
import io
import threading
import zipfile
from collections.abc import Iterator

import numpy as np
import pytest
import tiny
from hands import take_model
from PIL import Image
from served import served

from gan_models import recipe
from page.parts import store
from page.upscale import task

SLIDE = "(input, to) => { input.value = to; for (const e of ['input', 'change']) input.dispatchEvent(new Event(e)); }"
"""What a slider does when it is moved."""


@pytest.fixture(scope="module")
def upscale_url(tmp_path_factory) -> Iterator[str]:
    """The app with small generators and small upscalers."""
    folder = tmp_path_factory.mktemp("upscale")
    tiny.make_shelf(folder)
    tiny.make_upscalers(folder)
    with served(folder) as url:
        yield url


@pytest.fixture
def view(window, upscale_url):
    """A window on the tab."""
    return opened(window(viewport={"width": 1280, "height": 800}), upscale_url)


def opened(view, url: str):
    view.goto(url)
    view.wait_for_selector(".sample[data-painted]")
    view.get_by_role("tab", name="Upscale").click()
    view.wait_for_selector(".upscale[data-ready]")
    return view


def picture(width: int = 48, height: int = 36) -> bytes:
    buffer = io.BytesIO()
    levels = np.random.default_rng(width).integers(0, 256, (height, width, 3), dtype=np.uint8)
    Image.fromarray(levels).save(buffer, "PNG")
    return buffer.getvalue()


def give(view, *files: bytes) -> None:
    """Open files beside what is open, and wait until all are there and an estimate is said."""
    there = view.locator(".upscale .strip .see").count()
    named = [{"name": f"{n}.png", "mimeType": "image/png", "buffer": file} for n, file in enumerate(files)]
    view.set_input_files(".upscale .files", named)
    view.wait_for_function(
        "n => document.querySelectorAll('.upscale .strip .see').length === n", arg=there + len(files)
    )
    view.wait_for_function("() => /about/.test(document.querySelector('.upscale .estimate').textContent)")


def counted(view, name: str, action) -> None:
    """Do something, and wait until a part or the whole was shown anew."""
    before = int(view.get_attribute(".upscale", f"data-{name}") or 0)
    action()
    view.wait_for_function(f"n => Number(document.querySelector('.upscale').dataset.{name} || 0) > n", arg=before)


def shown(view, side: str) -> np.ndarray:
    address = view.get_attribute(f".upscale .{side}", "src")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))).convert("RGB"))


def test_an_example_a_part_and_then_the_whole(view):
    assert view.locator(".upscale .examples button").count() == 3
    view.click("[data-example=scene]")
    view.wait_for_selector(".upscale .compare")
    counted(view, "parts", lambda: view.click(".upscale .compare", position={"x": 60, "y": 60}))
    assert "640 × 640 px" in view.inner_text(".upscale .what") and shown(view, "after").shape == (640, 640, 3)
    counted(view, "wholes", lambda: view.click(".upscale .go"))
    assert "896 × 672 px" in view.inner_text(".upscale .what") and "MP/s" in view.inner_text(".upscale .time")
    with view.expect_download() as download:
        view.click(".upscale .save")
    content = download.value.path().read_bytes()
    with Image.open(io.BytesIO(content)) as saved:
        assert saved.size == (896, 672)
    assert recipe.read(content).weight == tiny.SWIFT and download.value.suggested_filename == "scene-tiny-swift-x4.png"
    view.keyboard.press("Escape")
    assert "224 × 168 px" in view.inner_text(".upscale .what")


def test_the_damaged_example_takes_the_network_made_for_it_and_others_leave_the_choice(view):
    assert view.inner_text(".upscale .model").split("\n")[:3] == ["Network:", "Tiny swift", "quick and faithful · × 4"]
    view.click("[data-example=damaged]")
    view.wait_for_function("() => /about/.test(document.querySelector('.upscale .estimate').textContent)")
    assert "Tiny swift rescue" in view.inner_text(".upscale .model") and view.is_hidden(".upscale .advice")
    take_model(view, ".upscale", tiny.SWIFT)
    view.click(".upscale .advice >> text=Take Tiny swift rescue")
    view.wait_for_selector(".upscale .model >> text=Tiny swift rescue")


def test_a_network_brings_its_own_scale_unless_another_was_set(view):
    take_model(view, ".upscale", tiny.SWIFT_2)
    assert view.input_value("#up-scale") == "2" and "× 2" in view.inner_text(".upscale .field:has(#up-scale) output")
    take_model(view, ".upscale", tiny.SWIFT)
    assert view.input_value("#up-scale") == "4"
    view.eval_on_selector("#up-scale", SLIDE, "3")
    take_model(view, ".upscale", tiny.SWIFT_2)
    assert view.input_value("#up-scale") == "3"


def test_a_scale_above_the_networks_own_is_said(view):
    give(view, picture())
    take_model(view, ".upscale", tiny.SWIFT_2)
    view.eval_on_selector("#up-scale", SLIDE, "4")
    view.wait_for_selector("text=tiny-swift-2 enlarges 2 times; from there to 4 times")


def test_the_slider_uncovers_either_side(view):
    give(view, picture())
    counted(view, "wholes", lambda: view.click(".upscale .go"))
    box = view.locator(".upscale .compare").bounding_box()
    at = "() => parseFloat(getComputedStyle(document.querySelector('.compare')).getPropertyValue('--at'))"
    view.mouse.move(box["x"] + box["width"] / 2, box["y"] + 50)
    view.mouse.down()
    view.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 60, steps=4)
    view.mouse.up()
    assert view.evaluate(at) == pytest.approx(90, abs=1)
    view.focus(".upscale .slide input")
    view.keyboard.press("Home")
    assert view.evaluate(at) == 0
    assert view.inner_text(".upscale .tag.left") == "bicubic" and "Tiny swift" in view.inner_text(".upscale .tag.right")


def test_a_second_network_and_the_trust_view(view):
    give(view, picture())
    view.select_option("#up-against", tiny.PIXELS)
    view.select_option("#up-trust", "twin")
    counted(view, "wholes", lambda: view.click(".upscale .go"))
    assert "Tiny srresnet" in view.inner_text(".upscale .tag.left")
    assert "differs from Tiny srresnet by" in view.inner_text(".upscale .verdict")
    assert view.is_visible(".upscale .map")
    counted(view, "wholes", lambda: view.select_option("#up-trust", "residual"))
    assert "Brought back down" in view.inner_text(".upscale .verdict")
    # What is finished stays until the next is there, which begins by itself where it is quick.
    counted(view, "wholes", lambda: take_model(view, ".upscale", tiny.PIXELS))
    assert "Tiny srresnet" in view.inner_text(".upscale .tag.right") and view.is_hidden(".upscale .stale")
    assert view.locator("#up-trust option[value=twin]").is_disabled()


def test_fidelity_is_there_for_twins_only_and_changes_the_part(view):
    give(view, picture())
    assert view.is_hidden("#up-fidelity")
    take_model(view, ".upscale", tiny.GAN)
    assert view.is_visible("#up-fidelity")
    counted(view, "parts", lambda: view.click(".upscale .compare", position={"x": 60, "y": 60}))
    inventive = shown(view, "after")
    counted(view, "parts", lambda: view.eval_on_selector("#up-fidelity", SLIDE, "1"))
    assert not np.array_equal(shown(view, "after"), inventive)
    assert "fidelity 1.00" in view.inner_text(".upscale .tag.right")


def test_the_lens_shows_single_pixels_of_a_large_result(view):
    give(view, picture(500, 400))
    counted(view, "wholes", lambda: view.click(".upscale .go"))
    assert "shown smaller" in view.inner_text(".upscale .what") and max(shown(view, "after").shape) == 1600
    view.keyboard.press("l")
    box = view.locator(".upscale .compare").bounding_box()
    view.mouse.move(box["x"] + 200, box["y"] + 300)
    view.mouse.move(box["x"] + 210, box["y"] + 300)
    # Each move is answered: waiting for a decoded picture would fail where the second answer replaces the first.
    view.wait_for_function("document.querySelector('.upscale .glass:not([hidden]) img')?.naturalWidth === 200")


def test_several_files_become_a_zip(view):
    give(view, picture(30, 20), picture(31, 20), picture(32, 20))
    assert view.locator(".upscale .strip .see").count() == 3
    assert view.inner_text(".upscale .go") == "Enlarge all 3"
    counted(view, "wholes", lambda: view.click(".upscale .go"))
    view.select_option(".upscale .kind", "webp")
    with view.expect_download() as download:
        view.click(".upscale .save")
    with zipfile.ZipFile(download.value.path()) as archive:
        assert len(archive.namelist()) == 3 and all(name.endswith(".webp") for name in archive.namelist())


def test_a_double_click_is_one_run_and_its_file_arrives_whatever_its_name(view):
    calls = []
    view.on("request", lambda sent: calls.append(sent.post_data) if '"start"' in (sent.post_data or "") else None)
    view.set_input_files(".upscale .files", {"name": "cat #1%.png", "mimeType": "image/png", "buffer": picture()})
    counted(view, "wholes", lambda: view.dblclick(".upscale .go"))
    assert len(calls) == 1
    with view.expect_download() as download:
        view.click(".upscale .save")
    with Image.open(download.value.path()) as saved:
        assert saved.size == (192, 144)


def test_an_original_gives_scores(view):
    give(view, picture())
    counted(view, "wholes", lambda: view.click(".upscale .go"))
    view.set_input_files(".upscale .original", {"name": "x.png", "mimeType": "image/png", "buffer": picture(192, 144)})
    view.wait_for_selector(".upscale .scores:not([hidden])")
    assert "PSNR" in view.inner_text(".upscale .scores") and "bicubic" in view.inner_text(".upscale .scores")


def drop(view, content: bytes) -> None:
    view.evaluate(
        """async (data) => {
        const files = new DataTransfer();
        const blob = await (await fetch(`data:image/png;base64,${data}`)).blob();
        files.items.add(new File([blob], 'dropped.png', {type: 'image/png'}));
        document.dispatchEvent(new DragEvent('drop', {dataTransfer: files, bubbles: true, cancelable: true}));
    }""",
        base64.b64encode(content).decode(),
    )


def test_a_dropped_picture_of_the_results_size_is_its_original_any_other_is_opened(view):
    give(view, picture())
    counted(view, "wholes", lambda: view.click(".upscale .go"))
    drop(view, picture(192, 144))
    view.wait_for_selector(".upscale .scores:not([hidden])")
    assert "SSIM" in view.inner_text(".upscale .scores") and view.is_hidden(".upscale .strip")
    drop(view, picture(60, 40))
    view.wait_for_function("() => document.querySelectorAll('.upscale .strip .see').length === 2")
    assert "60 × 40 px" in view.inner_text(".upscale .what") and view.is_hidden(".upscale .scores")
    view.click(".upscale .joined button")
    view.wait_for_selector(".upscale .strip", state="hidden")
    assert "60 × 40 px" in view.inner_text(".upscale .what")


def test_a_run_may_end_while_another_picture_is_looked_at(view, monkeypatch):
    elsewhere, made = threading.Event(), task._made
    monkeypatch.setattr(task, "_made", lambda *run: elsewhere.wait(30) and made(*run))
    give(view, picture(500, 400))
    take_model(view, ".upscale", tiny.PIXELS)
    view.click(".upscale .go")
    view.wait_for_selector(".upscale .halt:not([hidden])")
    give(view, picture(20, 20))
    elsewhere.set()
    view.wait_for_selector("text=That run is done")
    assert "20 × 20 px" in view.inner_text(".upscale .what")
    assert view.locator("text=not there yet").count() == 0
    view.click(".upscale .strip .see >> nth=0")
    counted(view, "wholes", lambda: view.click(".upscale .go"))
    assert "2000 × 1600 px" in view.inner_text(".upscale .what")


def test_a_run_goes_on_while_the_page_is_reloaded(view, monkeypatch):
    again, made = threading.Event(), task._made
    monkeypatch.setattr(task, "_made", lambda *run: again.wait(60) and made(*run))
    give(view, picture(60, 40))
    view.click(".upscale .go")
    view.wait_for_selector(".upscale .halt:not([hidden])")
    view.wait_for_timeout(500)
    view.reload()
    view.wait_for_selector(".upscale .halt:not([hidden])")
    counted(view, "wholes", again.set)
    assert "240 × 160 px" in view.inner_text(".upscale .what")
    view.reload()
    view.wait_for_selector(".upscale[data-wholes]")
    assert view.is_hidden(".upscale .halt") and view.locator(".toasts > *").count() == 0


def test_a_run_outlives_a_gap_in_the_network(view):
    gaps = iter(range(2))

    def fail(route):
        lost = '"poll"' in route.request.post_data and next(gaps, None) is not None
        route.abort() if lost else route.fallback()

    view.route("**/component_server/**", fail)
    give(view, picture())
    counted(view, "wholes", lambda: view.click(".upscale .go"))
    assert next(gaps, None) is None


def test_pictures_that_the_server_let_go_of_are_opened_again(view, monkeypatch):
    give(view, picture(44, 33))
    monkeypatch.setattr(store, "AWAY", -1.0)
    view.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    view.wait_for_selector("text=your pictures were opened again")
    monkeypatch.undo()
    view.evaluate("document.querySelector('.toasts').replaceChildren()")
    view.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    view.wait_for_selector("text=your pictures were opened again")
    counted(view, "wholes", lambda: view.click(".upscale .go"))
    assert "176 × 132 px" in view.inner_text(".upscale .what")


def test_the_camera_is_one_and_goes_off_with_its_tab(view):
    view.evaluate(
        """() => {
        window.streams = [];
        const canvas = document.createElement('canvas');
        navigator.mediaDevices ??= {};
        navigator.mediaDevices.getUserMedia = async () => {
            const stream = canvas.captureStream();
            streams.push(stream);
            return stream;
        };
    }"""
    )
    live = "() => streams.map((stream) => stream.getTracks()[0].readyState).join()"
    view.click(".upscale .ways .camera")
    view.wait_for_selector(".upscale .shoot:not([hidden])")
    view.evaluate("document.querySelector('.upscale .ways .camera').click()")
    view.wait_for_function(f"() => ({live})() === 'ended,live'")
    view.get_by_role("tab", name="Sample").click()
    view.wait_for_function("() => streams.every((stream) => stream.getTracks()[0].readyState === 'ended')")


def test_stop_ends_a_long_run_and_the_next_one_works(view):
    give(view, picture(2000, 1500))
    take_model(view, ".upscale", tiny.DENSE)
    view.click(".upscale .go")
    view.wait_for_selector(".upscale .sure:not([hidden])")
    assert "That is 48 megapixels" in view.inner_text(".upscale .sure")
    view.click(".upscale .yes")
    view.wait_for_selector(".upscale .halt:not([hidden])")
    view.click(".upscale .halt")
    view.wait_for_selector("text=Stopped; nothing of it was kept.")
    view.wait_for_selector(".upscale .go:not([hidden])")
    give(view, picture(20, 20))
    view.click(".upscale .strip .off >> nth=0")
    counted(view, "wholes", lambda: view.click(".upscale .go"))


def test_what_is_no_picture_is_a_sentence(view):
    view.set_input_files(".upscale .files", {"name": "x.png", "mimeType": "image/png", "buffer": b"nothing"})
    view.wait_for_selector(".toasts >> text=/x.png: .*cannot be read as a picture/")
    view.click(".upscale .ways .camera")
    view.wait_for_selector("text=There is no camera here")


def test_a_picture_is_pasted(view):
    view.evaluate(
        """async () => {
        const canvas = document.createElement('canvas');
        Object.assign(canvas, {width: 24, height: 18});
        const blob = await new Promise((done) => canvas.toBlob(done));
        const data = new DataTransfer();
        data.items.add(new File([blob], 'pasted.png', {type: 'image/png'}));
        document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true}));
    }"""
    )
    view.wait_for_function("() => /24 × 18 px/.test(document.querySelector('.upscale .what').textContent)")


def test_upscale_this_from_sample_and_from_the_tray(window, upscale_url):
    view = window(viewport={"width": 1280, "height": 800})
    view.goto(f"{upscale_url}?model={tiny.COLOUR}&open=2")
    view.wait_for_selector(".sample[data-painted]")
    view.click(".for-one .keep")
    view.click(".for-one .larger")
    view.wait_for_function(
        "() => /tiny-colour-seed-3.png: 128 × 128/.test(document.querySelector('.upscale .what')?.textContent)"
    )
    assert view.get_by_role("tab", name="Upscale").get_attribute("aria-selected") == "true"
    view.hover(".dock .pin")
    view.click(".dock .pin .larger")
    view.wait_for_function("() => document.querySelectorAll('.upscale .strip .see').length === 2")


def test_upscale_this_from_a_key_image_and_from_a_frame_between(window, upscale_url):
    view = window(viewport={"width": 1280, "height": 800})
    view.goto(upscale_url)
    view.get_by_role("tab", name="Interpolate").click()
    take_model(view, "#walk-models", tiny.COLOUR)
    view.wait_for_function("() => /of 96/.test(document.querySelector('#walk-stage output').textContent)")
    view.get_by_role("button", name="Upscale 2. seed 2").click()
    view.wait_for_function("() => /tiny-colour-seed-2.png/.test(document.querySelector('.upscale .what')?.textContent)")
    view.get_by_role("tab", name="Interpolate").click()
    view.eval_on_selector("#walk-stage input", "i => { i.value = 7; i.dispatchEvent(new Event('input')); }")
    view.click("#walk-stage .flip-larger")
    view.wait_for_function("() => /tiny-colour-bred.png/.test(document.querySelector('.upscale .what').textContent)")


def test_without_an_upscaler_there_is_no_tab(browser_page):
    assert browser_page.get_by_role("tab", name="Upscale").count() == 0
    browser_page.click(".tile[data-index='0'] .see")
    assert browser_page.is_hidden(".for-one .larger")
    browser_page.get_by_role("tab", name="Interpolate").click()
    browser_page.wait_for_selector("#walk-keys .acts")
    assert browser_page.locator("#walk-keys [title=Upscale]").count() == 0
    assert browser_page.is_hidden("#walk-stage .flip-larger")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_all_without_scrolling_sideways(window, upscale_url, scheme):
    phone = {"viewport": {"width": 390, "height": 844}, "color_scheme": scheme, "has_touch": True, "is_mobile": True}
    view = opened(window(**phone), upscale_url)
    assert view.evaluate("document.documentElement.scrollWidth") <= 390
    view.tap("[data-example=damaged]")
    view.wait_for_function("() => /160 × 120/.test(document.querySelector('.upscale .what').textContent)")
    counted(view, "parts", lambda: view.tap(".upscale .compare", position={"x": 60, "y": 60}))
    box = view.locator(".upscale .compare").bounding_box()
    assert box["width"] >= 300 and box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert view.evaluate("document.documentElement.scrollWidth") <= 390
