"""The Sample tab as a visitor uses it."""

import io
import json
import zipfile

import numpy as np
import pytest
import tiny
from hands import drop, pixels, slide
from PIL import Image
from sample_view import choose, tile, wait_painted, wait_quiet


def test_choosing_a_model_shows_its_pictures_and_classes(browser_page):
    choose(browser_page, tiny.CONDITIONAL)
    assert "Tiny conditional" in browser_page.inner_text("button.model")
    assert browser_page.locator("#at-class option").all_inner_texts() == [
        "each in turn",
        "circle",
        "square",
        "star",
    ]
    wait_painted(browser_page, lambda: browser_page.select_option("#at-class", "2"))
    assert "star" in browser_page.get_attribute(f"{tile(0)} .see", "aria-label")
    choose(browser_page, tiny.VANILLA)
    assert browser_page.is_hidden("#at-class")


def test_a_slider_moves_the_inspected_picture_and_undo_brings_it_back(browser_page):
    browser_page.click(f"{tile(3)} .see")
    assert browser_page.locator(".directions input").count() >= 8
    before = pixels(browser_page, ".sheet canvas")
    wait_painted(browser_page, lambda: slide(browser_page, ".directions input >> nth=0", 3))
    wait_quiet(browser_page)
    moved = pixels(browser_page, ".sheet canvas")
    assert moved != before and moved == pixels(browser_page, f"{tile(3)} canvas")
    assert browser_page.locator(".directions output").first.inner_text() == "+3.00 σ"
    wait_painted(browser_page, lambda: browser_page.keyboard.press("Control+z"))
    assert pixels(browser_page, ".sheet canvas") == before
    wait_painted(browser_page, lambda: slide(browser_page, ".directions input >> nth=1", -2))
    wait_painted(browser_page, lambda: browser_page.click(".directions .reset:not(:disabled)"))
    assert pixels(browser_page, ".sheet canvas") == before


def test_raw_coordinates_start_where_the_latent_is(browser_page):
    browser_page.click(f"{tile(0)} .see")
    browser_page.click(".raw summary")
    browser_page.wait_for_selector(".coordinates input")
    wait_quiet(browser_page)
    before = pixels(browser_page, ".sheet canvas")
    wait_painted(browser_page, lambda: slide(browser_page, ".coordinates input >> nth=2", 2.5))
    assert pixels(browser_page, ".sheet canvas") != before
    assert browser_page.locator(".coordinates .reset:not(:disabled)").count() == 1


def test_the_last_picture_of_a_drag_is_the_sliders(browser_page):
    browser_page.click(f"{tile(1)} .see")
    box = browser_page.locator(".directions input").first.bounding_box()
    y = box["y"] + box["height"] / 2
    browser_page.mouse.move(box["x"] + box["width"] / 2, y)
    browser_page.mouse.down()
    for step in range(40):
        browser_page.mouse.move(box["x"] + box["width"] * (0.5 + 0.45 * step / 39), y)
    browser_page.mouse.up()
    wait_quiet(browser_page)
    dragged = pixels(browser_page, ".sheet canvas")
    value = browser_page.eval_on_selector(".directions input", "input => input.value")
    wait_painted(browser_page, lambda: browser_page.click(".directions .reset:not(:disabled)"))
    wait_painted(browser_page, lambda: slide(browser_page, ".directions input >> nth=0", value))
    assert pixels(browser_page, ".sheet canvas") == dragged


def test_the_tray_outlives_a_reload(browser_page):
    for number in (0, 2):
        stored = browser_page.evaluate("localStorage.getItem('gan-atelier-tray')")
        browser_page.hover(tile(number))
        browser_page.click(f"{tile(number)} .keep")
        browser_page.wait_for_function("was => localStorage.getItem('gan-atelier-tray') !== was", arg=stored)
    browser_page.wait_for_function("document.querySelectorAll('.dock .pin img').length === 2")
    faces = browser_page.eval_on_selector_all(".dock .pin img", "images => images.map(image => image.src)")
    browser_page.reload()
    browser_page.wait_for_selector(".sample[data-painted]")
    browser_page.wait_for_function("document.querySelectorAll('.dock .pin img').length === 2")
    assert faces == browser_page.eval_on_selector_all(".dock .pin img", "images => images.map(image => image.src)")
    wait_painted(browser_page, lambda: browser_page.click(".dock .see >> nth=1"))
    assert browser_page.inner_text(".which") == "Seed 3"
    browser_page.click(".dock .off >> nth=0")
    browser_page.wait_for_function("document.querySelectorAll('.dock .pin').length === 1")


def test_a_saved_picture_dropped_back_restores_the_page(browser_page, page_url):
    choose(browser_page, tiny.COLOUR)
    browser_page.click(f"{tile(4)} .see")
    wait_painted(browser_page, lambda: slide(browser_page, ".directions input >> nth=2", 1.5))
    wait_quiet(browser_page)
    before = pixels(browser_page, ".sheet canvas")
    with browser_page.expect_download() as download:
        browser_page.click(".save")
    data = download.value.path().read_bytes()
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.size == (32, 32) and picture.format == "PNG"
    browser_page.goto(f"{page_url}?model={tiny.VANILLA}")
    browser_page.wait_for_selector(".sample[data-painted]")
    wait_painted(browser_page, lambda: drop(browser_page, data, "seed-5.png"))
    wait_quiet(browser_page)
    assert pixels(browser_page, ".sheet canvas") == before
    assert browser_page.locator(".directions output >> nth=2").inner_text() == "+1.50 σ"


def test_a_strange_file_is_a_toast_and_the_page_lives_on(browser_page):
    drop(browser_page, b"not a picture", "strange.png")
    browser_page.wait_for_selector(".toasts >> text=cannot be read")
    wait_painted(browser_page, lambda: browser_page.click(".dice"))


def test_breeding_other_litters_and_the_way_back_to_the_parents(browser_page):
    parents = pixels(browser_page, f"{tile(0)} canvas")
    for number in (0, 1):
        browser_page.hover(tile(number))
        browser_page.click(f"{tile(number)} .pick")
    slide(browser_page, "#at-strength", 0.3)
    wait_painted(browser_page, lambda: browser_page.click(".side .breed"))
    wait_quiet(browser_page)
    children = [pixels(browser_page, f"{tile(number)} canvas") for number in range(4)]
    assert len({parents, *children}) == 5
    litter = lambda: [pixels(browser_page, f"{tile(number)} canvas") for number in range(4)]  # noqa: E731
    for action in (lambda: slide(browser_page, "#at-strength", 1), lambda: browser_page.click(".dice")):
        before = litter()
        wait_painted(browser_page, action)
        wait_quiet(browser_page)
        assert not set(litter()) & set(before) and browser_page.is_visible(".lineage")
    last = litter()
    for _ in range(2):
        wait_painted(browser_page, lambda: browser_page.click(".undo"))
    assert litter() == children and browser_page.input_value("#at-strength") == "0.3"
    for _ in range(2):
        wait_painted(browser_page, lambda: browser_page.keyboard.press("Control+Shift+Z"))
    assert litter() == last
    for _ in range(2):
        wait_painted(browser_page, lambda: browser_page.click(".undo"))
    wait_quiet(browser_page)
    link = browser_page.evaluate("() => new Promise(done => setTimeout(() => done(location.href), 500))")
    wait_painted(browser_page, lambda: browser_page.click(".lineage .back"))
    wait_quiet(browser_page)
    assert pixels(browser_page, f"{tile(0)} canvas") == parents
    browser_page.goto(link)
    browser_page.wait_for_selector(".sample[data-painted]")
    wait_quiet(browser_page)
    assert [pixels(browser_page, f"{tile(number)} canvas") for number in range(4)] == children


def test_the_link_holds_model_seed_truncation_and_sliders(browser_page):
    choose(browser_page, tiny.COLOUR)
    browser_page.fill("#at-seed", "77")
    slide(browser_page, "#at-psi", 0.8)
    browser_page.click(f"{tile(2)} .see")
    wait_painted(browser_page, lambda: slide(browser_page, ".directions input >> nth=1", -1.2))
    wait_quiet(browser_page)
    before = pixels(browser_page, ".sheet canvas")
    browser_page.wait_for_function("location.search.includes('d=2.1')")
    assert "seed=77" in browser_page.url and f"model={tiny.COLOUR}" in browser_page.url
    browser_page.reload()
    browser_page.wait_for_selector(".sample[data-painted]")
    wait_quiet(browser_page)
    assert pixels(browser_page, ".sheet canvas") == before


def test_verdicts_stand_on_the_pictures_and_sort_them(browser_page):
    wait_painted(browser_page, lambda: browser_page.check(".sort"))
    wait_quiet(browser_page)
    texts = browser_page.locator(".tile .score").all_inner_texts()
    scores = [float(text.replace("−", "-").removesuffix(" %")) for text in texts]
    assert len(scores) == 12 and scores == sorted(scores, reverse=True)
    own = io.BytesIO()
    Image.new("RGB", (50, 40), "orange").save(own, "PNG")
    browser_page.set_input_files(".sample .own", {"name": "own.png", "mimeType": "image/png", "buffer": own.getvalue()})
    browser_page.wait_for_selector(".judged >> text=own.png")
    wait_painted(browser_page, lambda: browser_page.uncheck(".verdict"))
    assert browser_page.is_hidden(".tile .score >> nth=0")


def test_download_all_is_a_zip_of_pngs_with_recipes(browser_page):
    from gan_models import recipe
    from gan_models.sample import point_of

    with browser_page.expect_download() as download:
        browser_page.click(".zip")
    with zipfile.ZipFile(download.value.path()) as archive:
        names = archive.namelist()
        assert len(names) == 12 and len(set(names)) == 12
        assert point_of(recipe.read(archive.read(names[1]))).seed == 2


def test_by_keyboard_alone(browser_page):
    browser_page.focus(f"{tile(0)} .see")
    browser_page.keyboard.press("ArrowRight")
    browser_page.keyboard.press("ArrowDown")
    assert browser_page.evaluate("document.activeElement.closest('.tile').dataset.index") == "5"
    browser_page.keyboard.press(" ")
    assert "picked" in browser_page.get_attribute(tile(5), "class")
    browser_page.keyboard.press("p")
    browser_page.wait_for_selector(".dock .pin")
    browser_page.keyboard.press("Enter")
    assert browser_page.inner_text(".which") == "Seed 6"
    browser_page.focus(".directions input")
    wait_painted(browser_page, lambda: browser_page.keyboard.press("ArrowRight"))
    browser_page.keyboard.press("Escape")
    assert browser_page.is_visible("#at-seed")
    assert browser_page.evaluate("document.activeElement.closest('.tile').dataset.index") == "5"


def test_a_server_that_does_not_answer_is_said_and_nothing_is_lost(browser_page):
    browser_page.route("**/component_server/**", lambda route: route.abort())
    browser_page.click(".dice")
    browser_page.wait_for_selector(".toasts >> text=The server does not answer")
    browser_page.unroute("**/component_server/**")
    wait_painted(browser_page, lambda: browser_page.click(".dice"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_all_without_scrolling_sideways(window, page_url, scheme):
    view = window(viewport={"width": 390, "height": 844}, color_scheme=scheme, has_touch=True, is_mobile=True)
    view.goto(page_url)
    view.wait_for_selector(".sample[data-painted]")
    assert view.evaluate("document.documentElement.scrollWidth") <= 390
    wall = np.array([view.locator(tile(n)).bounding_box()["width"] for n in range(12)])
    assert wall.min() >= 60
    view.tap(f"{tile(0)} .see")
    view.wait_for_selector(".directions input")
    big = view.locator(".sheet canvas >> nth=0").bounding_box()
    assert big["width"] >= 300 and big["x"] >= 0 and big["x"] + big["width"] <= 390
    assert view.evaluate("document.documentElement.scrollWidth") <= 390


# All that can be pressed and lies beyond the right edge, where nothing around it can be pushed sideways.
BEYOND = """() => [...document.querySelectorAll('button, input, select, a')].filter((one) => {
  const box = one.getBoundingClientRect();
  if (!(box.width > 0) || box.right <= innerWidth + 1) return false;
  for (let up = one.parentElement; up; up = up.parentElement)
    if (['auto', 'scroll'].includes(getComputedStyle(up).overflowX) && up.scrollWidth > up.clientWidth) return false;
  return true;
}).map((one) => `${one.className || one.tagName} ends at ${Math.round(one.getBoundingClientRect().right)}`)"""


def test_a_narrow_page_has_everything_within_reach(window, page_url):
    view = window(viewport={"width": 320, "height": 640})
    view.goto(page_url)
    view.wait_for_selector(".sample[data-painted]")
    view.wait_for_timeout(300)
    assert view.evaluate("document.querySelector('.easel').getBoundingClientRect().right") <= 320
    for name in view.evaluate("[...document.querySelectorAll('#tabs [role=tab]')].map((tab) => tab.id)"):
        view.evaluate(f"document.getElementById('{name}').click()")
        view.wait_for_timeout(400)
        assert view.evaluate(BEYOND) == [], name


def test_two_tabs_of_a_browser_share_one_tray(window, page_url):
    first = window(viewport={"width": 1280, "height": 800})
    second = first.context.new_page()
    for tab in (first, second):
        tab.goto(page_url)
        tab.wait_for_selector(".sample[data-painted]")
    for tab, number in ((first, 0), (second, 1), (first, 2)):
        tab.bring_to_front()
        tab.hover(tile(number))
        tab.click(f"{tile(number)} .keep")
        tab.wait_for_function(f"document.querySelectorAll('.dock .pin').length === {number + 1}")
    second.click(".dock .off >> nth=0")
    first.wait_for_function("document.querySelectorAll('.dock .pin').length === 2")
    for tab in (second, first):
        tab.reload()
        tab.wait_for_selector(".sample[data-painted]")
        tab.wait_for_function("document.querySelectorAll('.dock .pin').length === 2")


def test_without_site_data_the_page_works_until_it_is_closed(window, page_url):
    view = window(viewport={"width": 1280, "height": 800})
    # What a browser does that keeps no data of sites.
    refused = "get() { throw new DOMException('denied', 'SecurityError'); }, configurable: true"
    for name in ("localStorage", "sessionStorage"):
        view.add_init_script(f"Object.defineProperty(window, '{name}', {{ {refused} }});")
    view.goto(page_url)
    view.wait_for_selector(".sample[data-painted]")
    view.click(".lamp")
    assert view.evaluate("document.body.classList.contains('dark')")
    view.hover(tile(0))
    view.click(f"{tile(0)} .keep")
    view.wait_for_selector(".dock .pin")


def test_every_server_function_is_named_in_the_api(page_url):
    import httpx

    names = json.loads(httpx.get(f"{page_url}gradio_api/info", timeout=30).text)["named_endpoints"]
    for name in (
        "models",
        "describe",
        "sample",
        "render",
        "coordinates",
        "breed",
        "save_png",
        "archive",
        "restore",
    ):
        assert f"/{name}" in names


def test_the_link_to_the_api_lists_what_programs_may_call(browser_page) -> None:
    browser_page.click("#masthead .api")
    browser_page.wait_for_function("document.querySelector('.api-docs')?.innerText.includes('/sample')")
    shown = browser_page.locator(".api-docs").inner_text()
    assert "/upscale" in shown and "_look" not in shown and "_offered" not in shown


def test_a_link_to_a_model_that_is_not_here_says_so_and_the_page_opens(window, page_url):
    view = window(viewport={"width": 1280, "height": 800})
    view.goto(f"{page_url}?model=no-such-model")
    view.wait_for_selector(".toasts >> text=There is no weight 'no-such-model' on the shelf")
    view.wait_for_selector(".sample[data-painted]")
    assert "Tiny colour" in view.inner_text("button.model")
