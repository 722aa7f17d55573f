"""The Translate tab with pictures and files: edges, labels, photographs, what is saved and dropped back."""

import io

import numpy as np
import pytest
import tiny
from hands import drop, take_model, wait_for_model
from PIL import Image
from translate_view import answer, done, draw, give, opened, picture, saved, settled, sheet, slide, task

from gan_models import recipe
from gan_models.drawing.edges import trace
from gan_models.drawing.shapes import SIDE, lay_shapes
from gan_models.drawing.strokes import read_strokes
from gan_models.loading import load
from gan_models.pictures.images import fit
from gan_models.pictures.photo import open_photo
from gan_models.translate import TranslateOptions, recipe_of


def test_a_picture_made_by_the_command_line_brings_its_edges_back(view, tiny_translators):
    source = open_photo(picture())
    made = recipe_of(load(tiny_translators / tiny.SKETCH), TranslateOptions(edges="canny", detail=0.7), (), source)
    give(view, recipe.stamp(np.zeros((32, 32, 3), np.uint8), made), name="made.png")
    view.wait_for_selector("text=Open that one too")
    done(view, lambda: give(view, picture()))
    assert (view.input_value("#tr-edges"), view.input_value("#tr-detail")) == ("canny", "0.7")
    strokes = read_strokes(recipe.read(saved(view, ".save")).arguments["strokes"])
    assert strokes == trace(fit(source.colour, 128), "canny", 0.7, 1.2 / 32)


def test_a_side_that_only_the_command_line_offers_stays_when_its_picture_is_dropped(view, tiny_translators):
    source = open_photo(picture())
    made = recipe_of(load(tiny_translators / tiny.CROSS), TranslateOptions(side=40), (), source)
    give(view, recipe.stamp(np.zeros((32, 32, 3), np.uint8), made), name="made.png")
    view.wait_for_selector("text=Open that one too")
    done(view, lambda: give(view, picture()))
    assert view.input_value("#tr-side") == "40" and recipe.read(saved(view, ".save")).arguments["side"] == 40


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
    done(view, lambda: drop(view, content, "cat.png"))
    wait_for_model(view, ".translate", "Tiny sketch")
    settled(view)
    assert view.input_value("#tr-seed") == "7"
    assert (sheet(view), answer(view)) == (drawing, expected)
    sketch = saved(view, ".sketch")
    with Image.open(io.BytesIO(sketch)) as opened_sketch:
        assert opened_sketch.size == (1024, 1024)


def test_an_example_is_varied_looked_at_filmed_and_sent_to_upscale(view, monkeypatch):
    from gan_models.drawing import growing

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
    shared = "import(new URL('scripts/parts/atelier.js', document.baseURI))"
    view.evaluate(f"name => {shared}.then((m) => m.translate({{weight: name}}))", tiny.CROSS)  # as Models does
    wait_for_model(view, ".translate", "Tiny cross")


def test_shapes_are_dragged_filled_and_picked_and_the_sheet_is_what_the_library_lays(view):
    task(view, tiny.FLAT)
    view.keyboard.press("c")
    view.keyboard.down("Shift")
    done(view, lambda: draw(view, (0.2, 0.2), (0.6, 0.4)))
    view.keyboard.up("Shift")
    view.keyboard.press("l")
    view.click(".translate .swatch[title=Red]")
    done(view, lambda: draw(view, (0.3, 0.3), (0.9, 0.3), (0.6, 0.8)))
    view.keyboard.press("f")
    view.click(".translate .swatch[title=Blue]")
    done(view, lambda: draw(view, (0.05, 0.05)))
    view.keyboard.press("i")
    draw(view, (0.6, 0.4))
    assert view.input_value(".translate .hue") == "#f8312f"
    assert view.get_attribute(".translate [data-tool=fill]", "aria-pressed") == "true", "the tool that was in hand"
    strokes = read_strokes(recipe.read(content := saved(view, ".save")).arguments["strokes"])
    assert [stroke.tool for stroke in strokes] == ["ellipse", "lasso", "fill"]
    assert np.ptp(strokes[0].points, axis=0) == pytest.approx([0.4, 0.4], abs=0.01), "a circle"
    laid = "import(new URL('scripts/translate/shapes.js', document.baseURI))"
    words = [stroke.to_json() for stroke in strokes]
    drawn = f"""words => {laid}.then(({{ SIDE, layShape, packed }}) => {{
        const pixels = new Uint32Array(SIDE * SIDE).fill(packed([255, 255, 255]));
        words.forEach((stroke) => layShape(pixels, stroke));
        return [...pixels.subarray(SIDE * 512, SIDE * 513)].map((level) => level & 255);
    }})"""
    assert view.evaluate(drawn, words) == lay_shapes(strokes, SIDE)[512, :, 0].tolist()
    before = sheet(view), answer(view)
    view.click(".translate .clear")
    settled(view)
    done(view, lambda: drop(view, content, "shapes.png"))
    assert (sheet(view), answer(view)) == before


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
    assert view.inner_text(".translate .tag.right") == "night to day" and view.is_hidden("#tr-outlines")


def test_a_cartoon_s_file_brings_its_outlines_and_kept_colours_back(view):
    take_model(view, ".translate", tiny.CARTOON)
    done(view, lambda: give(view, picture(200, 120)))
    one = view.get_attribute(".translate .after", "src")
    done(view, lambda: slide(view, "#tr-outlines", 1))
    done(view, lambda: view.check("#tr-keep"))
    assert view.get_attribute(".translate .after", "src") != one and view.is_enabled(".translate .film")
    content = saved(view, ".save")
    done(view, lambda: slide(view, "#tr-outlines", 0.2))
    done(view, lambda: drop(view, content, "cartoon.png"))
    assert view.input_value("#tr-outlines") == "1" and view.is_checked("#tr-keep")


def test_on_a_phone_a_wide_photograph_and_its_answer_are_both_in_sight(window, translate_url):
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    view = opened(window(**phone), translate_url)
    task(view, tiny.COLORIZE)
    done(view, lambda: give(view, picture(400, 200)))
    for part in (".paper canvas", ".paper", ".frame", ".compare"):
        box = view.locator(f".translate {part}").first.bounding_box()
        assert box["height"] == pytest.approx(box["width"] / 2, abs=2), part
    assert box["y"] + box["height"] <= 844 - 72, "all of the answer, above the tray"
    done(view, lambda: give(view, picture(900, 60), name="strip.png"))
    assert view.locator(".translate .frame").bounding_box()["height"] > 110
    task(view, tiny.CROSS)
    assert view.locator("#tr-direction").bounding_box()["y"] < 844 - 72


def test_examples_of_photographs_can_be_tried_one_after_the_other(view):
    task(view, tiny.CROSS)
    assert view.inner_text(".translate .welcome p") == "Day to night, or night to day, here on this machine."
    done(view, lambda: view.click(".translate .ways .example"))
    first = view.inner_text(".translate .what").partition(",")[0]
    done(view, lambda: view.click(".translate .ways .example"))
    assert {first, view.inner_text(".translate .what").partition(",")[0]} == {"generated.png", "scene.png"}


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


def test_what_is_painted_over_on_a_photograph_is_filled_and_one_goes_on_from_there(view):
    take_model(view, ".translate", tiny.REPAIR)
    view.wait_for_function("() => document.querySelector('.translate .welcome p').innerText.includes('Paint over')")
    give(view, picture(120, 90))
    view.wait_for_selector(".translate.masked")
    settled(view)
    whole = sheet(view)
    answered = "() => (d => d.answered === d.version)(document.querySelector('.translate').dataset)"

    def paint(*points):
        done(view, lambda: draw(view, *points))
        view.wait_for_function(answered)

    paint((0.3, 0.4), (0.5, 0.5))
    first = sheet(view)
    assert first != whole and view.locator(".translate .several button").count() == 4
    view.click(".translate .several button:nth-child(2)")
    assert sheet(view) != first, "another answer, at once"
    view.keyboard.down("o")
    assert sheet(view) == whole, "the original, for as long as the key is held"
    view.keyboard.up("o")
    view.keyboard.press("r")
    paint((0.7, 0.6), (0.85, 0.8))
    done(view, lambda: view.keyboard.press("Control+z"))
    second = sheet(view)
    made = recipe.read(saved(view, ".save"))
    assert made.verb == "repair" and made.arguments["seed"] == 1
    done(view, lambda: view.click(".translate .again"))
    assert view.get_attribute(".translate", "data-repairs") == "1" and view.is_enabled(".translate .save")
    view.focus(".translate .paper canvas")
    done(view, lambda: view.keyboard.press("Enter"))
    view.wait_for_function(answered)
    done(view, lambda: view.click(".translate .undo"))
    done(view, lambda: view.click(".translate .undo"))
    view.wait_for_function(answered)
    view.click(".translate .several button:nth-child(2)")
    assert sheet(view) == second, "undone as far as the first photograph"
