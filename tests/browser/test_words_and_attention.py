"""The Sample tab with weights that can more: draw from words, show where attention looks."""

import shutil

import pytest
import tiny
from hands import drop, pixels
from sample_view import choose, tile, wait_painted, wait_quiet


@pytest.fixture
def words_page(window, atelier):
    """A window on four pictures of tiny-words, which is on the shelf for this test alone."""
    tiny.make_words(atelier.weights)
    view = window(viewport={"width": 1280, "height": 800})
    view.goto(f"{atelier.url}?model={tiny.WORDS}&n=4")
    view.wait_for_selector(".sample[data-read]")
    yield view
    shutil.rmtree(atelier.weights / tiny.WORDS)


def test_pictures_follow_a_sentence_that_is_typed_pressed_undone_saved_and_dropped(words_page, page_url):
    view, line = words_page, "#at-text"
    wall = lambda: [pixels(view, f"{tile(number)} canvas") for number in range(4)]  # noqa: E731
    wait_quiet(view)
    before = wall()
    wait_painted(view, lambda: view.fill(line, "gorgeous purple hair on violet ground"))
    wait_quiet(view)
    typed = wall()
    assert not set(typed) & set(before)
    assert "Read “violet” as “purple”. Not known, so ignored: “gorgeous”." in view.inner_text("#at-read")
    assert view.get_attribute("[data-words='purple hair']", "aria-pressed") == "true"
    wait_painted(view, lambda: view.click("[data-words='red hair']"))
    assert view.input_value(line) == "gorgeous red hair on violet ground"
    wait_painted(view, lambda: view.click(".sample .undo"))
    wait_quiet(view)
    assert wall() == typed and view.input_value(line) == "gorgeous purple hair on violet ground"
    view.fill(line, "a" * 10_000)
    view.wait_for_selector("#at-read >> text=at most 500 characters, got 10,000 characters")
    assert wall() == typed and len(view.input_value(line)) == 10_000, "nothing is lost"
    view.click(f"{tile(2)} .see")
    with view.expect_download() as download:
        view.click(".sample .save")
    view.wait_for_function("['text=gorgeous', 'open=2'].every((said) => location.search.includes(said))")
    view.reload()
    view.wait_for_selector(".sample.inspecting[data-read]")
    wait_quiet(view)
    assert pixels(view, ".sheet canvas") == typed[2]
    view.goto(f"{page_url}?model={tiny.VANILLA}")
    view.wait_for_selector(".sample[data-painted]")
    assert view.is_hidden(line)
    wait_painted(view, lambda: drop(view, download.value.path().read_bytes(), "seed-3.png"))
    wait_quiet(view)
    assert pixels(view, ".sheet canvas") == typed[2]
    assert view.input_value(line) == "gorgeous purple hair on violet ground"


@pytest.fixture
def attentive_page(window, atelier):
    """A window on an opened picture of tiny-attentive, which is on the shelf for this test alone."""
    tiny.make_weight(atelier.weights, tiny.ATTENTIVE)
    view = window(viewport={"width": 1280, "height": 800})
    view.goto(f"{atelier.url}?model={tiny.ATTENTIVE}&n=4&open=1")
    view.wait_for_selector(".sample.inspecting[data-painted]")
    yield view
    shutil.rmtree(atelier.weights / tiny.ATTENTIVE)


def test_a_pressed_place_shows_where_attention_looks(attentive_page):
    view = attentive_page
    view.click(".looks summary")
    view.wait_for_selector(".sample[data-looked='1']")
    assert view.locator("#at-look option").all_inner_texts() == ["of 8 px", "of 16 px"]
    middle, told = pixels(view, ".sheet .look"), view.inner_text(".looks .told")
    assert told.startswith("Half of what it took came from") and told.endswith("of 16 places.")
    view.focus(".look")
    view.keyboard.press("ArrowLeft")
    view.wait_for_selector(".sample[data-looked='2']")
    view.locator(".look").click(position={"x": 5, "y": 5})
    view.wait_for_selector(".sample[data-looked='3']")
    assert pixels(view, ".sheet .look") != middle
    view.click(".for-one .all")
    assert view.is_hidden(".look")
    choose(view, tiny.VANILLA)
    view.click(f"{tile(0)} .see")
    assert view.is_hidden(".looks")
