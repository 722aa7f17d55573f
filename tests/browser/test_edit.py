"""The Edit tab as a visitor uses it: sliders, crossings, undo and redo, the original, files, links, other tabs."""

import base64
import io
import json
from collections.abc import Iterator

import pytest
import tiny
from hands import drop, pixels, slide
from PIL import Image
from served import served

PICTURE = ".edit .picture"


@pytest.fixture(scope="module")
def edit_url(tmp_path_factory) -> Iterator[str]:
    """The app with a small style-based generator and one without styles."""
    folder = tmp_path_factory.mktemp("edit")
    tiny.make_style(folder)
    tiny.make_style(folder, tiny.WORDED, tiny.ATTRIBUTES)
    tiny.make_weight(folder, tiny.COLOUR)
    with served(folder) as url:
        yield url


@pytest.fixture
def view(window, edit_url):
    """A window on the tab."""
    return opened(window(viewport={"width": 1280, "height": 800}), edit_url)


def opened(view, url: str):
    view.goto(url)
    view.wait_for_selector(".sample[data-painted]")
    view.get_by_role("tab", name="Edit").click()
    view.wait_for_selector(".edit[data-ready]")
    return view


def counted(view, name: str, action) -> None:
    """Do something, wait until something was painted anew, and until no answer is awaited."""
    before = int(view.get_attribute(".edit", f"data-{name}") or 0)
    action()
    view.wait_for_function(f"n => Number(document.querySelector('.edit').dataset.{name} || 0) > n", arg=before)
    view.wait_for_function("asked === 0")


def push(view, number: int, value: float) -> None:
    counted(view, "painted", lambda: slide(view, f".edit .pushes input[type=range] >> nth={number}", value))


def test_sliders_push_over_ranges_and_undo_redo_and_the_original(view):
    before = pixels(view, PICTURE)
    push(view, 0, 2)
    of_all = pixels(view, PICTURE)
    view.click("[data-range=fine]")
    assert view.locator(".edit .pushes output").first.inner_text() == "0.00 σ", "another range has sliders of its own"
    push(view, 1, -2)
    of_fine = pixels(view, PICTURE)
    assert len({before, of_all, of_fine}) == 3
    counted(view, "painted", lambda: view.keyboard.press("Control+z"))
    assert pixels(view, PICTURE) == of_all
    counted(view, "painted", lambda: view.keyboard.press("Control+Shift+z"))
    assert pixels(view, PICTURE) == of_fine
    view.hover(PICTURE)
    view.mouse.down()
    view.wait_for_selector(".edit .original")
    assert pixels(view, ".edit .original") == before and view.is_visible(".edit .tag")
    view.mouse.up()
    assert view.locator(".edit .original").count() == 0 and pixels(view, PICTURE) == of_fine
    counted(view, "painted", lambda: view.click(".edit .back"))
    assert pixels(view, PICTURE) == before


def test_a_direction_has_the_visitors_name_after_a_reload(view, edit_url):
    view.click(".edit .rename >> nth=1")
    view.keyboard.type("whiskers <b>")
    view.keyboard.press("Enter")
    assert view.inner_text(".edit .rename >> nth=1") == "whiskers <b>"
    opened(view, edit_url)
    assert view.inner_text(".edit .rename >> nth=1") == "whiskers <b>"
    view.click("[data-range=coarse]")
    assert view.inner_text(".edit .rename >> nth=1") == "2"


def test_truncation_with_a_cutoff_and_noise(view):
    seen = {pixels(view, PICTURE)}
    for action in (
        lambda: slide(view, "#ed-psi", 0.3),
        lambda: view.select_option("#ed-cutoff", label="coarse alone"),
        lambda: view.select_option("#ed-noise", "none"),
        lambda: view.select_option("#ed-noise", "seed"),
        lambda: view.fill("#ed-noise-seed", "7"),
    ):
        counted(view, "painted", action)
        seen.add(pixels(view, PICTURE))
    assert len(seen) == 6


def test_crossings_are_taken_whole_or_bit_by_bit(view):
    counted(view, "crossed", lambda: view.click("[data-mode=mix]"))
    counted(view, "crossed", lambda: view.fill("#ed-other", "40"))
    yours, other = (pixels(view, f".edit .crossing >> nth={n} >> canvas") for n in (0, 7))
    coarse = pixels(view, ".edit .crossing >> nth=1 >> canvas")
    assert yours == pixels(view, PICTURE) and len({yours, other, coarse}) == 3
    counted(view, "painted", lambda: view.click(".edit .crossing >> nth=1"))
    assert pixels(view, PICTURE) == coarse
    assert view.locator(".edit .shares output").all_inner_texts() == ["100 %", "0 %", "0 %"]
    counted(view, "painted", lambda: slide(view, ".edit .shares input >> nth=0", 0.5))
    assert pixels(view, PICTURE) not in (coarse, yours)
    view.focus(".edit .crossing >> nth=0")
    view.keyboard.press("ArrowDown")
    for _ in range(3):
        view.keyboard.press("ArrowRight")
    counted(view, "painted", lambda: view.keyboard.press("Enter"))
    assert pixels(view, PICTURE) == other
    view.click("[data-mode=slide]")
    push(view, 0, 1)
    counted(view, "painted", lambda: view.click(".edit .undo"))
    assert pixels(view, PICTURE) == other


def test_from_sample_to_edit_to_the_tray_a_file_and_a_link(view, edit_url, window):
    view.goto(f"{edit_url}?model={tiny.STYLE}&seed=6")
    view.wait_for_selector(".sample[data-painted]")
    view.click(".tile[data-index='2'] .see")
    view.click(".sample .edit-it")
    view.wait_for_selector(".edit[data-ready]")
    assert view.input_value("#ed-seed") == "8"
    push(view, 2, -2.5)
    edited = pixels(view, PICTURE)
    view.click(".edit .keep")
    view.wait_for_selector(".dock .pin .edit-it")
    with view.expect_download() as download:
        view.click(".edit .save")
    data = download.value.path().read_bytes()
    counted(view, "painted", lambda: view.click(".edit .dice"))
    drop(view, b"no picture", "strange.png")
    view.wait_for_selector(".toasts >> text=cannot be read")
    counted(view, "painted", lambda: drop(view, data, "saved.png"))
    assert pixels(view, PICTURE) == edited and view.input_value("#ed-seed") == "8"
    view.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    view.click(".edit .link")
    view.wait_for_function("window.copied")
    other = window(viewport={"width": 1280, "height": 800})
    other.goto(view.evaluate("window.copied"))
    other.wait_for_selector(".edit[data-ready]")
    assert pixels(other, PICTURE) == edited and "edit=" not in other.url
    view.click(".dock .see")
    view.wait_for_selector(".sample.inspecting")
    view.wait_for_function("asked === 0")
    assert view.inner_text(".which") == "Picture 1", "Sample shows it with its edits"
    view.hover(".dock .pin")
    counted(view, "painted", lambda: view.click(".dock .edit-it"))
    assert pixels(view, PICTURE) == edited


def test_a_look_inside_shows_a_layers_maps(view):
    counted(view, "mapped", lambda: view.click(".edit .inside summary"))
    before = pixels(view, ".edit .maps")
    counted(view, "mapped", lambda: slide(view, "#ed-layer", 6))
    assert pixels(view, ".edit .maps") != before and "32 px" in view.inner_text("#ed-layer + output")


def test_points_are_dragged_by_hand_and_keyboard_and_the_drag_is_undone_as_one(view):
    before = pixels(view, PICTURE)
    view.click("[data-mode=drag]")
    box = view.locator(".edit .marks").bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    view.mouse.move(*middle)
    view.mouse.down()
    view.mouse.move(middle[0] + box["width"] / 3, middle[1], steps=3)
    view.mouse.up()
    view.focus(".edit .marks")
    for key in ("Shift+ArrowLeft", "Enter", "ArrowDown", "ArrowDown", "Enter"):
        view.keyboard.press(key)
    assert view.locator(".edit .pairs li span").all_inner_texts() == ["16, 16 → 27, 16", "8, 16 → 8, 18"]
    view.click(".edit .go-drag")
    view.wait_for_function("parseInt(document.querySelector('.drag-told').textContent) > 1")
    view.click(".edit .go-drag")
    view.wait_for_function("document.querySelector('.go-drag').textContent === 'Start' && asked === 0")
    dragged = pixels(view, PICTURE)
    assert dragged != before and "steps" in view.inner_text(".edit .drag-told")
    counted(view, "painted", lambda: view.click(".edit .undo"))
    view.wait_for_function(
        "([place, seen]) => document.querySelector(place).toDataURL() === seen", arg=[PICTURE, before]
    )
    counted(view, "painted", lambda: view.click(".edit .redo"))
    assert pixels(view, PICTURE) == dragged


def test_a_photograph_of_ones_own_is_projected_and_edited(view):
    photo = io.BytesIO()
    Image.new("RGB", (90, 60), (200, 120, 60)).save(photo, "JPEG")
    view.click("[data-mode=project]")
    counted(view, "aligned", lambda: drop(view, photo.getvalue(), "own.jpg"))
    counted(view, "aligned", lambda: slide(view, "#ed-turn", 20))
    view.select_option("#ed-total", "50")
    counted(view, "painted", lambda: view.click(".edit .go-project"))
    view.wait_for_function("document.querySelector('.go-project').textContent !== 'Stop'")
    assert "Perceptual distance" in view.inner_text(".edit .error") and view.is_disabled(".edit .back")
    found = pixels(view, PICTURE)
    view.click("[data-mode=slide]")
    push(view, 0, 2)
    assert pixels(view, PICTURE) != found


def test_words_say_what_they_are_read_as_and_move_sliders_that_can_be_undone(view, edit_url):
    assert view.locator("#ed-wish").is_hidden(), "a weight without attributes takes no words"
    linked = base64.urlsafe_b64encode(json.dumps({"weight": tiny.WORDED, "point": {"seed": 3}}).encode()).decode()
    view.goto(f"{edit_url}?edit={linked.rstrip('=')}")
    view.get_by_role("tab", name="Edit").click()
    view.wait_for_selector(".edit[data-ready] .wish:not([hidden])")
    before = pixels(view, PICTURE)
    view.fill("#ed-wish", "no stripes, crimson fur, bicycle")
    view.wait_for_selector('.edit[data-understood*="bicycle"]')
    assert view.inner_text(".wish .read").split("\n")[1].startswith("crimson ≈ red") and pixels(view, PICTURE) == before
    counted(view, "painted", lambda: view.keyboard.press("Enter"))
    assert view.locator(".edit .pushes output").all_inner_texts() == ["0.00", "+1.00", "0.00", "−1.00"]
    assert view.locator(".edit .rename").all_inner_texts() == [attribute.name for attribute in tiny.ATTRIBUTES]
    assert pixels(view, PICTURE) != before
    counted(view, "painted", lambda: view.click(".edit .undo"))
    assert pixels(view, PICTURE) == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_the_picture_over_its_sliders(window, edit_url, scheme):
    view = opened(
        window(viewport={"width": 390, "height": 844}, color_scheme=scheme, has_touch=True, is_mobile=True), edit_url
    )
    big = view.locator(PICTURE).bounding_box()
    assert big["width"] >= 300 and big["x"] >= 0 and big["x"] + big["width"] <= 390
    view.locator(".edit .pushes input[type=range]").last.scroll_into_view_if_needed()
    assert view.locator(PICTURE).bounding_box()["y"] >= 0, "the picture stays in sight"
    view.tap("[data-mode=mix]")
    view.wait_for_selector(".edit[data-crossed]")
    assert view.evaluate("document.documentElement.scrollWidth") <= 390
