"""The page as one walks it: the tab in the address, Back and Forward, reload, the keyboard, and what axe-core finds."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import tiny
import translate_view
from served import served

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
TABS = ("Sample", "Interpolate", "Edit", "Upscale", "Translate", "Sound", "Play", "Learn", "Models", "Training")
READY = {
    "Interpolate": "#walk-keys .face img",
    "Edit": ".edit[data-ready]",
    "Upscale": ".upscale[data-ready]",
    "Translate": ".translate[data-ready]",
    "Sound": ".sound[aria-busy=false]",
    "Play": ".play[data-ready]",
    "Learn": ".learn[data-painted]",
    "Models": "#models-left h2",
    "Training": "#training-command textarea",
}
# What is serious or critical, and a leap in the headings, with the first place where it was found. Rules that never say
# more than moderate are not asked. A place is told by its selector: to write down all that stands in each element,
# pictures as data included, took more than half of axe's time.
FOUND = """async ([whole, rules]) => {
    const seen = [...document.querySelectorAll('h1, [role=tabpanel]')].filter((part) => part.checkVisibility());
    const mild = {'aria-allowed-role': {enabled: false}, region: {enabled: false}};
    const found = await axe.run(whole ? document : {include: seen}, rules ? {runOnly: rules} : {rules: mild});
    return found.violations
        .filter(({id, impact}) => ['serious', 'critical'].includes(impact) || id === 'heading-order')
        .map(({id, nodes}) => `${id}: ${nodes[0].target}`);
}"""


@pytest.fixture(scope="module")
def walk_url(tmp_path_factory) -> Iterator[str]:
    """An app that has every tab."""
    folder = tmp_path_factory.mktemp("walk")
    tiny.make_weight(folder, tiny.COLOUR)
    tiny.make_style(folder)
    tiny.make_upscaler(folder, tiny.SWIFT)
    tiny.make_translators(folder)
    tiny.make_sounds(folder)
    tiny.make_game(folder)
    with served(folder) as url:
        yield url


def opened(view, address: str):
    view.goto(address)
    view.wait_for_selector(".sample[data-painted]", state="attached")  # another tab may stand in the address
    view.wait_for_function("document.title.includes(' · ')")
    return view


def turn(view, name: str) -> None:
    view.get_by_role("tab", name=name, exact=True).click()
    view.wait_for_selector(READY.get(name, ".sample[data-painted]"))


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: npm ci")
def test_axe_finds_nothing_serious_on_any_tab_light_and_dark(window, walk_url):
    view = opened(window(viewport={"width": 1280, "height": 800}), walk_url)
    view.click(".tile[data-index='2'] .see")  # what a picture is looked at with, too
    view.evaluate(AXE.read_text(encoding="utf-8") + "; axe.configure({noHtml: true})")
    whole = True  # what stands around the tabs is looked at once
    for name in TABS:
        turn(view, name)
        assert view.evaluate(FOUND, [whole, None]) == [], name
        # The dark page has the same elements in other colours, so that only those are looked at again.
        view.click(".lamp")
        assert view.evaluate(FOUND, [whole, ["color-contrast"]]) == [], f"{name}, dark"
        view.click(".lamp")
        whole = False


def test_the_tab_and_the_opened_picture_stand_in_the_address_and_back_walks_them(window, walk_url):
    view = opened(window(viewport={"width": 1280, "height": 800}), walk_url)
    view.click(".tile[data-index='3'] .see")
    turn(view, "Translate")
    assert view.title() == "Translate · GAN Atelier" and "tab=translate" in view.url
    translate_view.slide(view, ".width", 0.9)
    translate_view.done(view, lambda: translate_view.draw(view, (0.2, 0.2), (0.7, 0.6)))
    drawn = translate_view.sheet(view)
    view.keyboard.press("Control+z")
    assert translate_view.sheet(view) != drawn
    translate_view.done(view, lambda: view.keyboard.press("Control+Shift+z"))
    view.reload()
    view.wait_for_selector(".translate[data-ready]")
    translate_view.settled(view)
    assert translate_view.sheet(view) == drawn and view.is_enabled(".translate .undo")
    assert view.input_value(".translate .width") == "0.9", "as wide as it was"
    view.go_back()
    view.wait_for_selector(".sample.inspecting", state="visible")
    assert view.inner_text(".which") == "Seed 4" and "tab=" not in view.url
    view.go_back()
    view.wait_for_selector(".sample:not(.inspecting)", state="visible")
    view.go_forward()
    view.go_forward()
    view.wait_for_selector(".translate", state="visible")
    assert translate_view.sheet(view) == drawn


def test_tabs_list_boxes_and_the_list_of_keys_by_keyboard_alone(window, walk_url):
    view = opened(window(viewport={"width": 1280, "height": 800}), f"{walk_url}?tab=learn")
    view.wait_for_selector(READY["Learn"])
    view.focus("#tab-learn-button")
    view.keyboard.press("ArrowRight")
    assert view.title().startswith("Models") and view.evaluate("document.activeElement.id") == "tab-models-button"
    view.keyboard.press("Home")
    view.focus("button.model:visible")
    view.keyboard.press("Enter")
    view.wait_for_selector("[role=option][aria-selected=true]:focus")
    view.keyboard.press("End")
    view.keyboard.press("Enter")
    view.wait_for_function("document.querySelector('button.model').innerText.includes('Tiny style')")
    view.keyboard.press("?")
    assert "Pick a picture for breeding" in view.inner_text("dialog.shortcuts")
    view.keyboard.press("Escape")
    view.wait_for_selector("dialog", state="detached")  # a dialog's close is told in a task of its own


def test_a_file_that_no_tab_takes_leaves_the_page_alone(window, walk_url):
    view = opened(window(viewport={"width": 1280, "height": 800}), f"{walk_url}?tab=models")
    view.wait_for_selector(READY["Models"])
    kept = view.evaluate(
        """() => {
            const transfer = new DataTransfer();
            transfer.items.add(new File(['x'], 'x.txt'));
            const options = {bubbles: true, cancelable: true, dataTransfer: transfer};
            return ['dragover', 'drop'].map((kind) => document.body.dispatchEvent(new DragEvent(kind, options)));
        }"""
    )
    assert kept == [False, False], "the browser opens what is dropped unless the page says no"


def test_a_phone_has_the_picture_over_the_sliders_one_row_of_tabs_and_no_empty_tray(window, walk_url):
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    view = opened(window(**phone), walk_url)
    tops = view.eval_on_selector_all("#tabs [role=tab]", "tabs => tabs.map((tab) => tab.getBoundingClientRect().top)")
    assert len(tops) == len(TABS) and len(set(tops)) == 1
    assert view.is_hidden("#tray")
    view.tap(".tile[data-index='0'] .keep")
    view.wait_for_selector(".dock .pin img")
    view.tap(".tile[data-index='1'] .see")
    view.locator(".directions input").last.scroll_into_view_if_needed()
    big = view.locator(".sheet canvas >> nth=0").bounding_box()
    assert big["y"] >= 0 and big["width"] >= 300, "the picture stays in sight"
    view.tap("#tab-training-button")
    box = view.locator("#tab-training-button").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
