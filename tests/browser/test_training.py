"""The Training tab as a visitor uses it, and the way from a folder of pictures to a model on the page."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from training.run import Run

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def training(browser_page):
    browser_page.get_by_role("tab", name="Training").click()
    browser_page.wait_for_selector("#training-command textarea")
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


def test_a_folder_becomes_a_model_on_the_page_without_a_restart(training, atelier, tmp_path):
    """Seen live: train 50 steps by the real command, look at the run, export, choose the model and draw."""
    draw_pictures(tmp_path / "discs")
    run = atelier.runs / "discs"
    here = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}

    def start(module: str, *words: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", module, *words], cwd=tmp_path, env=here, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr

    flags = ["--data", str(tmp_path / "discs"), "--size", "32", "--width", "16", "--batch", "16"]
    start("training.train_dcgan", *flags, "--steps", "50", "--log-every", "10", "--run", str(run))
    training.wait_for_selector("#training-runs [data-name=discs]")
    training.wait_for_function("() => /50/.test(document.querySelector('#training-head .figures')?.innerText)")
    training.wait_for_function("() => document.querySelectorAll('#training-curves svg').length >= 5")
    training.wait_for_function("() => document.querySelector('#training-grids canvas')?.width > 100")
    training.hover("#training-curves svg >> nth=0")
    assert "images" in training.inner_text("#training-curves .where")

    start("training.export", str(run), "-o", str(atelier.weights / "discs"))
    training.get_by_role("tab", name="Models").click()
    training.click("#models-row .model")
    training.wait_for_selector("#models-row .card[data-name=discs]")
    training.click("#models-row .card[data-name=discs]")
    training.wait_for_selector("#models-left [data-sample=discs]")
    training.click("#models-left [data-sample=discs]")
    training.wait_for_function("() => /discs/i.test(document.querySelector('button.model').innerText)")
    shades = """() => {
        const canvas = document.querySelector(".sample .tile[data-index='0'] canvas");
        return new Set(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data).size;
    }"""
    training.wait_for_function(f"() => ({shades})() > 10")
    assert training.get_by_role("tab", name="Sample").get_attribute("aria-selected") == "true"
    training.click("button.model")
    training.wait_for_selector(".card[data-name=discs]")


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
        training.wait_for_selector("#training-head h3 >> text=first")
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
