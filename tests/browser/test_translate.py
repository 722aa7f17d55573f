"""The Translate tab as a visitor uses it: drawing with mouse and finger, undo, files, edges, photographs."""

import base64
import io
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import tiny
from PIL import Image

from gan_models import recipe
from gan_models.edges import trace
from gan_models.images import fit
from gan_models.loading import load
from gan_models.photo import open_photo
from gan_models.strokes import read_strokes
from gan_models.translate import Wish, recipe_of
from page.parts import drawings

SHIPPED = Path(__file__).parents[2] / "weights"


@contextmanager
def served(*folders: Path) -> Iterator[str]:
    """The address of an app on these weights."""
    import page
    from gan_models.loading import Shelf

    blocks = page.build(Shelf(folders), page.Options(runs=folders[0] / "runs"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    _, url, _ = blocks.launch(**page.launch_arguments(), server_port=port, prevent_thread_lock=True, quiet=True)
    yield url
    blocks.close()


@pytest.fixture(scope="module")
def translate_url(tmp_path_factory) -> Iterator[str]:
    """The app with a small generator, a small upscaler and small translators."""
    folder = tmp_path_factory.mktemp("translate")
    tiny.make_weight(folder, tiny.COLOUR)
    tiny.make_upscaler(folder, tiny.SWIFT)
    tiny.make_translators(folder)
    with served(folder) as url:
        yield url


@pytest.fixture
def view(window, translate_url):
    """A window on the tab."""
    return opened(window(viewport={"width": 1280, "height": 800}), translate_url)


def opened(view, url: str):
    view.goto(url)
    view.wait_for_selector(".sample[data-painted]")
    view.get_by_role("tab", name="Translate").click()
    view.wait_for_selector(".translate[data-ready]")
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


def draw(view, *points: tuple[float, float]) -> None:
    view.mouse.move(*place(view, *points[0]))
    view.mouse.down()
    for point in points[1:]:
        view.mouse.move(*place(view, *point), steps=4)
    view.mouse.up()


def answer(view) -> str:
    return view.eval_on_selector(".translate .picture canvas", "canvas => canvas.toDataURL()")


def sheet(view) -> str:
    return view.eval_on_selector(".translate .paper canvas", "canvas => canvas.toDataURL()")


def task(view, name: str) -> None:
    done(view, lambda: view.click(f".translate [data-name={name}]"))


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


def test_a_mouse_draws_and_the_picture_answers_and_undo_is_exact(view):
    assert "Draw here" in view.inner_text(".translate .paper .invite")
    blank = sheet(view)
    done(view, lambda: draw(view, (0.2, 0.3), (0.5, 0.8), (0.8, 0.3)))
    one, first = sheet(view), answer(view)
    assert one != blank
    done(view, lambda: draw(view, (0.3, 0.2), (0.7, 0.2)))
    two, second = sheet(view), answer(view)
    assert two != one and second != first
    done(view, lambda: view.keyboard.press("Control+z"))
    assert (sheet(view), answer(view)) == (one, first)
    done(view, lambda: view.keyboard.press("Control+Shift+z"))
    assert (sheet(view), answer(view)) == (two, second)
    view.click(".translate [data-tool=eraser]")
    done(view, lambda: draw(view, (0.3, 0.2), (0.7, 0.2)))
    assert sheet(view) != two
    view.click(".translate .clear")
    invited(view)
    assert sheet(view) == blank
    assert view.is_disabled(".translate .save")
    done(view, lambda: (view.click(".translate .undo"), view.click(".translate .undo")))
    assert (sheet(view), answer(view)) == (two, second)


def test_however_fast_one_draws_the_last_picture_is_of_the_whole_drawing(view):
    """Six strokes of a cat, one after the other: pictures come in their order, never more than one stroke behind, and
    the last is of all of them."""
    view.evaluate(
        """() => {
        Object.assign(window, {seen: [], downs: [], ups: []});
        const root = document.querySelector('.translate');
        const watch = new MutationObserver(() => window.seen.push(Number(root.dataset.shown)));
        watch.observe(root, {attributeFilter: ['data-shown']});
        const note = (list, name) => () => list.push(Number(root.dataset[name] || 0));
        root.addEventListener('pointerdown', note(downs, 'shown'), true);
        root.addEventListener('pointerup', note(ups, 'version'));
    }"""
    )
    for stroke in drawings.CATS[0]:
        draw(view, *stroke.points[::6].tolist())
    settled(view)
    seen = view.evaluate("window.seen")
    assert seen == sorted(seen) and len(set(seen)) > 5
    downs, ups = view.evaluate("[downs, ups]")
    assert len(downs) == len(ups) == 6
    assert all(shown >= wanted for shown, wanted in zip(downs[2:], ups)), "what was drawn but one stroke is painted"
    last = answer(view)
    done(view, lambda: view.click(".translate .undo"))
    done(view, lambda: view.click(".translate .redo"))
    assert answer(view) == last


def test_a_pen_draws_and_erases(view):
    pen = view.context.new_cdp_session(view)

    def stroke(button: str, buttons: int, *points: tuple[float, float]) -> None:
        for kind, point in zip(("mousePressed", "mouseMoved", "mouseReleased"), (*points, points[-1])):
            x, y = place(view, *point)
            words = {"type": kind, "x": x, "y": y, "button": button, "pointerType": "pen", "clickCount": 1}
            pen.send("Input.dispatchMouseEvent", words | {"buttons": 0 if kind == "mouseReleased" else buttons})

    view.evaluate(
        """() => {
        window.kinds = new Set();
        const paper = document.querySelector('.translate .paper canvas');
        paper.addEventListener('pointerdown', (event) => window.kinds.add(event.pointerType));
    }"""
    )
    done(view, lambda: stroke("left", 1, (0.2, 0.3), (0.8, 0.7)))
    assert view.evaluate("[...window.kinds]") == ["pen"]
    view.click(".translate [data-tool=eraser]")
    line = sheet(view)
    done(view, lambda: stroke("left", 1, (0.4, 0.45), (0.6, 0.55)))
    assert sheet(view) != line
    assert [s["tool"] for s in recipe.read(saved(view, ".save")).arguments["strokes"]] == ["pen", "eraser"]


def test_three_cats_of_six_strokes_each_are_cats(window):
    """What OpenCV's cascades say of edges2cats-128's answers to outline, two ears, two eyes and a nose."""
    pytest.importorskip("cv2")
    from training.measures.cats import cat_faces

    if not (SHIPPED / "edges2cats-128").exists():
        pytest.skip("edges2cats-128 is not here")
    with served(SHIPPED) as url:
        view = opened(window(viewport={"width": 1280, "height": 800}), url)
        view.click(".translate [data-name=edges2cats-128]")
        made = []
        for cat in drawings.CATS:
            for stroke in cat:
                # Every third point: a hand is no finer, and the mouse is driven point by point.
                points = [*stroke.points[:-1:3].tolist(), stroke.points[-1].tolist()]
                done(view, lambda points=points: draw(view, *points))
            made.append(np.asarray(Image.open(io.BytesIO(saved(view, ".save"))).convert("RGB")))
            view.click(".translate .clear")
            invited(view)
    assert cat_faces(np.stack(made)).all()


def test_a_page_without_the_tab_gets_it_with_the_first_weight_and_a_tile_with_each(window, tmp_path):
    tiny.make_weight(tmp_path, tiny.COLOUR)
    with served(tmp_path) as url:
        view = window(viewport={"width": 1280, "height": 800})
        view.goto(url)
        view.wait_for_selector(".sample[data-painted]")
        assert view.get_by_role("tab", name="Translate").count() == 0
        tiny.make_translator(tmp_path, tiny.SKETCH)
        view.get_by_role("tab", name="Translate").click()
        view.wait_for_selector(".translate[data-ready]")
        done(view, lambda: draw(view, (0.2, 0.3), (0.5, 0.8), (0.8, 0.3)))
        before = sheet(view)
        tiny.make_translator(tmp_path, tiny.CROSS)
        view.wait_for_selector(f".translate .task[data-name={tiny.CROSS}]")
        assert view.locator(".translate .task").count() == 2 and sheet(view) == before


def test_a_drawing_outlives_a_quick_look_at_another_task(view):
    task(view, tiny.COLORIZE)
    done(view, lambda: give(view, picture()))
    task(view, tiny.SKETCH)
    done(view, lambda: draw(view, (0.2, 0.3), (0.5, 0.8), (0.8, 0.3)))
    before = sheet(view), answer(view)
    both = "names => names.forEach((name) => document.querySelector(`.translate [data-name=${name}]`).click())"
    done(view, lambda: view.evaluate(both, [tiny.COLORIZE, tiny.SKETCH]))
    assert (sheet(view), answer(view)) == before
    view.click(".translate .clear")
    invited(view)
    view.click(".translate .clear")
    done(view, lambda: view.click(".translate .undo"))
    assert sheet(view) == before[0], "nothing was cleared twice"


def test_a_picture_made_by_the_command_line_brings_its_edges_back(view, tiny_translators):
    source = open_photo(picture())
    made = recipe_of(load(tiny_translators / tiny.SKETCH), Wish(edges="canny", detail=0.7), (), source)
    give(view, recipe.stamp(np.zeros((32, 32, 3), np.uint8), made), name="made.png")
    view.wait_for_selector("text=Open that one too")
    done(view, lambda: give(view, picture()))
    assert (view.input_value("#tr-edges"), view.input_value("#tr-detail")) == ("canny", "0.7")
    strokes = read_strokes(recipe.read(saved(view, ".save")).arguments["strokes"])
    assert strokes == trace(fit(source.colour, 128), "canny", 0.7, 1.2 / 32)


def test_a_saved_picture_dropped_back_restores_everything(view):
    view.click(".translate [data-tool=hint]")
    done(view, lambda: draw(view, (0.4, 0.4), (0.45, 0.45)))
    assert view.is_disabled(".translate .save"), "a hint alone is no drawing"
    view.click(".translate [data-tool=pen]")
    done(view, lambda: draw(view, (0.2, 0.3), (0.5, 0.8), (0.8, 0.3)))
    done(view, lambda: view.fill("#tr-seed", "7"))
    drawing, expected = sheet(view), answer(view)
    content = saved(view, ".save")
    made = recipe.read(content)
    assert made.arguments["seed"] == 7 and [s.tool for s in read_strokes(made.arguments["strokes"])] == ["hint", "pen"]
    done(view, lambda: view.click(".translate .clear"))
    done(view, lambda: view.fill("#tr-seed", "0"))
    task(view, tiny.LABELLED)
    done(
        view,
        lambda: view.evaluate(
            """data => {
            const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], 'cat.png', {type: 'image/png'}));
            document.dispatchEvent(new DragEvent('drop', {dataTransfer: transfer, bubbles: true, cancelable: true}));
        }""",
            base64.b64encode(content).decode(),
        ),
    )
    view.wait_for_selector(f".translate [data-name={tiny.SKETCH}][aria-pressed=true]")
    settled(view)
    assert view.input_value("#tr-seed") == "7"
    assert (sheet(view), answer(view)) == (drawing, expected)
    sketch = saved(view, ".sketch")
    with Image.open(io.BytesIO(sketch)) as opened_sketch:
        assert opened_sketch.size == (1024, 1024)


def test_an_example_is_varied_looked_at_filmed_and_sent_to_upscale(view, monkeypatch):
    from page.parts import growing

    monkeypatch.setattr(growing, "FRAMES", 8)
    done(view, lambda: view.click(".translate .example"))
    done(view, lambda: slide(view, "#tr-count", 3))
    assert view.locator(".translate .several button").count() == 3
    first = answer(view)
    view.focus(".translate .several button >> nth=2")
    view.keyboard.press("Enter")
    view.wait_for_function("() => document.querySelector('.translate .what').textContent.endsWith('seed 2')")
    assert answer(view) != first
    third = "document.activeElement === document.querySelectorAll('.translate .several button')[2]"
    assert view.get_attribute(".translate .several button >> nth=2", "aria-pressed") == "true" and view.evaluate(third)
    done(view, lambda: view.click(".translate .differ"))
    assert view.is_visible(".translate .where") and not view.evaluate(third)
    picked = answer(view)
    done(view, lambda: view.keyboard.press("Control+z"))
    done(view, lambda: view.keyboard.press("Control+y"))
    assert answer(view) == picked, "the picked one is the one that is drawn again"
    assert recipe.read(saved(view, ".save")).arguments["seed"] == 2
    view.click(".translate .saw")
    view.wait_for_function("() => /32 × 32 px: ink on paper/.test(document.querySelector('#tr-saw p').textContent)")
    view.keyboard.press("Escape")
    film = saved(view, ".film")
    assert film[4:8] == b"ftyp" and recipe.read(film).verb == "translate"
    done(view, lambda: view.click(".translate .dice"))
    assert view.input_value("#tr-seed") not in ("0", "2")
    view.click(".translate .larger")
    view.wait_for_function(
        "() => /tiny-sketch-seed-.*: 32 × 32/.test(document.querySelector('.upscale .what')?.textContent)"
    )


def test_labels_are_painted_and_edges_of_a_picture_go_on_as_strokes(view):
    task(view, tiny.LABELLED)
    assert view.locator(".translate .label").all_inner_texts() == ["wall", "door"]
    assert view.is_hidden(".translate [data-tool=pen]") and view.is_hidden(".translate [data-tool=hint]")
    done(view, lambda: draw(view, (0.3, 0.3), (0.7, 0.6)))
    one = answer(view)
    view.click(".translate .label >> nth=0")
    done(view, lambda: draw(view, (0.3, 0.3), (0.7, 0.6)))
    assert answer(view) != one
    tools = [stroke["tool"] for stroke in recipe.read(saved(view, ".save")).arguments["strokes"]]
    assert tools == ["paint", "paint"]
    task(view, tiny.SKETCH)
    done(view, lambda: give(view, picture()))
    few = sheet(view)
    done(view, lambda: draw(view, (0.1, 0.9), (0.9, 0.9)))
    done(view, lambda: slide(view, "#tr-detail", 0.9))
    assert sheet(view) != few
    strokes = recipe.read(saved(view, ".save")).arguments["strokes"]
    assert len(strokes) > 1 and strokes[-1]["points"][0] == pytest.approx([0.1, 0.9], abs=0.01)
    done(view, lambda: view.select_option("#tr-edges", "ink"))
    arguments = recipe.read(saved(view, ".save")).arguments
    assert "ground" in arguments and len(arguments["strokes"]) == 1
    task(view, tiny.LABELLED)
    assert not view.is_disabled(".translate .save"), "each task keeps its sheet"
    view.evaluate("name => atelier.translate({weight: name})", tiny.CROSS)  # as the Models tab does
    view.wait_for_selector(f".translate [data-name={tiny.CROSS}][aria-pressed=true]")


def test_a_photograph_is_coloured_with_hints_and_compared(view):
    task(view, tiny.COLORIZE)
    assert view.locator(".translate .examples button").count() == 2
    done(view, lambda: give(view, picture(200, 120)))
    before = view.get_attribute(".translate .after", "src")
    done(view, lambda: draw(view, (0.5, 0.3), (0.55, 0.3)))
    assert view.get_attribute(".translate .after", "src") != before
    assert "200 × 120 px" in view.inner_text(".translate .what") and "worked on at" in view.inner_text(
        ".translate .what"
    )
    assert view.is_visible(".translate .slide input") and view.is_visible("#tr-strength")
    content = saved(view, ".save")
    assert [stroke["tool"] for stroke in recipe.read(content).arguments["strokes"]] == ["hint"]
    task(view, tiny.CROSS)
    assert view.is_hidden(".translate .paper") and view.is_visible("#tr-direction")
    one = view.get_attribute(".translate .after", "src")
    done(view, lambda: view.select_option("#tr-direction", "1"))
    assert view.get_attribute(".translate .after", "src") != one
    assert view.inner_text(".translate .tag.right") == "night to day"


def test_what_is_no_picture_is_a_sentence_and_the_drawing_stays(view):
    done(view, lambda: draw(view, (0.2, 0.3), (0.8, 0.7)))
    before = sheet(view)
    give(view, b"nothing")
    view.wait_for_selector("text=cannot be read as a picture")
    give(view, picture(6, 6))
    view.wait_for_selector("text=give at least 8x8")
    view.click(".translate [data-tool=eraser]")
    slide(view, ".translate .width", 1)
    assert sheet(view) == before
    done(view, lambda: draw(view, (0.1, 0.2), (0.9, 0.8), (0.1, 0.2)))
    assert "The canvas is empty" in view.inner_text(".translate .what")
    done(view, lambda: view.keyboard.press("Control+z"))
    assert sheet(view) == before and "px" in view.inner_text(".translate .what")


def test_without_a_translator_there_is_no_tab(browser_page):
    assert browser_page.get_by_role("tab", name="Translate").count() == 0


def test_a_finger_draws_on_a_phone(window, translate_url):
    phone = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "has_touch": True, "is_mobile": True}
    view = opened(window(**phone), translate_url)
    assert view.get_by_role("tab").all_inner_texts() == [
        "Sample",
        "Interpolate",
        "Upscale",
        "Translate",
        "Models",
        "Training",
    ]
    for tab in view.get_by_role("tab").all():
        box = tab.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390, "every tab is seen"
    touch = view.context.new_cdp_session(view)

    def finger(kind: str, *points: tuple[float, float]) -> None:
        spots = [dict(zip("xy", place(view, *point))) for point in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})

    def line() -> None:
        finger("touchStart", (0.2, 0.3))
        for step in range(1, 8):
            finger("touchMove", (0.2 + step * 0.08, 0.3 + step * 0.05))
        finger("touchEnd")

    done(view, line)
    assert view.evaluate("document.documentElement.scrollWidth") <= 390
    assert view.evaluate("window.scrollY") == 0, "the page stays while a finger draws"
    paper, shown = (view.locator(f".translate {part}").bounding_box() for part in (".paper canvas", ".picture canvas"))
    assert paper["width"] >= 330 and paper["y"] + paper["height"] <= 844 - 72 and shown["y"] >= 0, "both are in sight"
    view.tap(".translate .undo")
    invited(view)
