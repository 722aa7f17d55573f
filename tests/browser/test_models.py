"""The Models tab as a visitor uses it."""

import shutil
import time

import pytest
import tiny
from hands import take_model

import page.models

MAIN = "#models-row .picker:first-child"


@pytest.fixture
def models(browser_page):
    """The tab, with its first card drawn: the colour model's."""
    browser_page.get_by_role("tab", name="Models").click()
    browser_page.wait_for_selector("#models-left h2 >> text=Tiny colour")
    return browser_page


def choose(view, name: str) -> None:
    take_model(view, MAIN, name)
    title = name.replace("-", " ").capitalize()
    view.wait_for_function("t => document.querySelector('#models-left h2').textContent === t", arg=title)


def test_a_card_has_pictures_licence_formula_and_figures(models):
    choose(models, tiny.CONDITIONAL)
    assert "Not free for every use" in models.inner_text("#models-left")
    models.wait_for_function("() => document.querySelector('#models-left-samples img')?.naturalWidth > 100")
    models.wait_for_selector("#models-left-story .katex")
    assert "12.5" in models.inner_text("#models-left-facts table")
    choose(models, tiny.COLOUR)
    assert "Free for any use" in models.inner_text("#models-left")


def test_the_film_has_a_slider_over_training_time(models):
    canvas, slider = "#models-left-film canvas", "#models-left-film input"
    models.wait_for_function(
        "() => document.querySelector('#models-left-film output').textContent === '640 images seen'"
    )
    seen = []
    for key in ("Home", "ArrowRight", "End"):
        before = models.eval_on_selector(canvas, "canvas => canvas.toDataURL()")
        models.focus(slider)
        models.keyboard.press(key)
        models.wait_for_function(
            "([canvas, before]) => document.querySelector(canvas).toDataURL() !== before", arg=[canvas, before]
        )
        seen.append(models.eval_on_selector(canvas, "canvas => canvas.toDataURL()"))
    assert len(set(seen)) == 3
    assert models.inner_text("#models-left-film output") == "640 images seen"
    models.click("#models-left-film .flip-play")
    models.wait_for_function("() => document.querySelector('#models-left-film input').value > 2")


def test_what_is_chosen_while_a_card_is_on_its_way_stays(models, monkeypatch):
    filled = page.models._filled
    monkeypatch.setattr("page.models._filled", lambda *card: time.sleep(0.5) or filled(*card))
    with models.expect_request(lambda sent: f'"chosen":"{tiny.VANILLA}"' in (sent.post_data or "")):
        take_model(models, MAIN, tiny.VANILLA)
    take_model(models, MAIN, tiny.CONDITIONAL)
    models.wait_for_selector("#models-left h2 >> text=Tiny conditional")
    assert "Tiny conditional" in models.inner_text(f"{MAIN} .model")


def test_two_models_stand_side_by_side_and_one_goes_again(models):
    assert models.is_hidden("#models-right")
    take_model(models, "#models-row .picker + .picker", tiny.VANILLA)
    models.wait_for_function("() => document.querySelector('#models-right h2')?.textContent === 'Tiny vanilla'")
    models.wait_for_function(
        """() => {
        const [left, right] = ['left', 'right'].map((side) =>
            document.querySelector(`#models-${side}`).getBoundingClientRect());
        return left.y === right.y && left.right <= right.x;
    }"""
    )
    models.click("#models-row .alone")
    models.wait_for_selector("#models-right", state="hidden")


def test_draw_with_it_opens_the_model_in_sample(models):
    choose(models, tiny.VANILLA)
    models.click("#models-left [data-sample]")
    models.wait_for_function("() => /Tiny vanilla/.test(document.querySelector('button.model').innerText)")
    assert models.get_by_role("tab", name="Sample").get_attribute("aria-selected") == "true"


def test_on_a_telephone_in_the_dark_nothing_is_wider_than_the_screen(window, page_url):
    view = window(viewport={"width": 390, "height": 844}, color_scheme="dark")
    view.goto(page_url)
    view.get_by_role("tab", name="Models").click()
    view.wait_for_selector("#models-left-story .katex")
    assert view.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_weight_that_cannot_be_used_is_said_while_the_page_is_open(models, atelier):
    bad = atelier.weights / "my-broken-one"
    bad.mkdir()
    try:
        (bad / "card.json").write_text("{")
        models.wait_for_selector("#models-refused >> text=my-broken-one: ")
    finally:
        shutil.rmtree(bad)
    models.wait_for_selector("#models-refused", state="hidden")
