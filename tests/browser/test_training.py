"""The Training tab as a visitor uses it, and the way from a folder of pictures to a model on the page."""

import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from page.training import kinds, studio
from training import orders
from training.run import Run


@pytest.fixture
def training(browser_page):
    browser_page.get_by_role("tab", name="Training").click()
    browser_page.wait_for_selector("#training-command textarea")
    browser_page.wait_for_selector(".studio[data-ready]", state="attached")  # before, files that are chosen go nowhere
    return browser_page


def draw_pictures(folder: Path, count: int = 96) -> None:
    """Gray pictures of one disc each, of any place and size."""
    folder.mkdir()
    chance = np.random.default_rng(0)
    for number in range(count):
        picture = Image.new("L", (32, 32), 20)
        x, y, r = chance.integers(10, 22, 2).tolist() + [int(chance.integers(4, 10))]
        ImageDraw.Draw(picture).ellipse((x - r, y - r, x + r, y + r), fill=230)
        picture.save(folder / f"{number}.png")


def command(view) -> list[str]:
    return view.input_value("#training-command textarea").splitlines()


def test_the_form_writes_the_command(training):
    fields = training.locator("#training-form")
    fields.get_by_label("Folder or zip").fill("My Cats")
    fields.get_by_label("Minutes").fill("20")
    training.wait_for_function("() => /minutes 20/.test(document.querySelector('#training-command textarea').value)")
    train, export = command(training)
    assert shlex.split(train)[3:9] == ["--data", "My Cats", "--size", "64", "--minutes", "20"]
    assert train.endswith("my-cats") and export.endswith("-o weights/my-cats")


def test_a_folder_becomes_a_model_on_the_page_without_a_terminal(training, atelier, tmp_path, monkeypatch):
    """Seen live: choose pictures, look at what was found, train, look at the run, keep it, draw with it, delete it."""
    draw_pictures(tmp_path / "discs")
    (tmp_path / "discs" / "torn.png").write_bytes(b"no picture")
    monkeypatch.setattr(studio, "TRY", 0.02)
    # On a crowded machine what gives way stands still; that it does has a test of its own.
    monkeypatch.setattr(orders, "stand_back", lambda process: None)
    monkeypatch.setattr(studio.Studio, "rows", lambda self, order: ["--log-every", "1"])
    # Small networks, which are in no hurry to be good.
    monkeypatch.setattr(kinds, "_batch", lambda wanted, usual: ["--width", "16", "--batch", "16"])
    files = [str(path) for path in sorted((tmp_path / "discs").iterdir())]
    training.set_input_files(".studio .files", files)
    training.wait_for_selector(".studio .found:not([hidden])", timeout=120_000)
    facts = training.inner_text(".studio .facts")
    assert "96 pictures, gray" in facts and "torn.png" in facts and "all of 32 × 32 px" in facts
    training.fill(".studio [name=title]", "discs")
    assert training.input_value(".studio [name=size]") == "32"
    training.wait_for_function(
        "() => /pictures a second/.test(document.querySelector('.estimate').innerText)", timeout=120_000
    )
    training.fill(".studio [name=minutes]", "0.08")
    training.wait_for_function(
        "() => /--size 32.*--minutes 0.08/.test(document.querySelector('.studio code').textContent)"
    )
    training.click(".studio .go")
    training.wait_for_selector("#training-head .pill.finished", timeout=180_000)
    assert "images/s" in training.inner_text("#training-head")
    training.wait_for_function("() => document.querySelector('#training-grids canvas')?.width > 100")
    training.hover("#training-curves svg >> nth=0")
    assert "images" in training.inner_text("#training-curves .where")
    # The newest of the grids is the large one, though the first was there before it.
    newest = "() => /[1-9]\\d* images/.test(document.querySelector('#training-grids output').textContent)"
    training.wait_for_function(newest)
    training.click("[data-act=keep]")
    training.wait_for_selector(".kept button", timeout=120_000)
    assert (atelier.weights / "discs" / "card.json").exists() and Run(atelier.runs / "discs").has_checkpoint
    training.click(".kept button")
    training.wait_for_function("() => /discs/i.test(document.querySelector('button.model').innerText)")
    shades = """() => {
        const canvas = document.querySelector(".sample .tile[data-index='0'] canvas");
        return new Set(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data).size;
    }"""
    training.wait_for_function(f"() => ({shades})() > 10")
    assert training.get_by_role("tab", name="Sample").get_attribute("aria-selected") == "true"
    training.get_by_role("tab", name="Training").click()
    training.click("[data-act=delete]")
    training.click("[data-act=delete]")
    training.wait_for_selector("#training-runs [data-name=discs]", state="detached")
    assert not (atelier.runs / "discs").exists()


def test_a_row_of_another_run_changes_its_tile_alone_and_a_face_is_fetched(training, atelier):
    runs = [Run(atelier.runs / name) for name in ("first", "second")]
    for run in runs:
        run.write_config({"config": {"steps": 1000}})
        run.append({"step": 1, "images": 64, "seconds": 1.0})
        run.grid_path(64).parent.mkdir()
        Image.new("RGB", (80, 80), "teal").save(run.grid_path(64))
    try:
        for name in ("first", "second"):
            training.wait_for_selector(f"#training-runs [data-name={name}] img[src^='data:image']")
        training.click("#training-runs [data-name=first]")
        training.wait_for_selector("#training-head h2 >> text=first")
        runs[1].append({"step": 2, "images": 12_800, "seconds": 2.0})
        training.wait_for_selector("#training-runs [data-name=second] >> text=running, 12,800 images")
        assert "64 images" in training.inner_text("#training-runs [data-name=first]")
        assert training.get_attribute("#training-runs [data-name=first]", "aria-pressed") == "true"
    finally:
        for run in runs:
            shutil.rmtree(run.folder)
    training.wait_for_selector("#training-runs [data-name=second]", state="detached")


def test_on_a_telephone_nothing_is_wider_than_the_screen(window, page_url):
    view = window(viewport={"width": 390, "height": 844})
    view.goto(page_url)
    view.get_by_role("tab", name="Training").click()
    view.wait_for_selector("#training-command textarea")
    assert view.evaluate("document.documentElement.scrollWidth") <= 390
