"""Files dropped on tabs that are not their own, in a browser."""

import io
import json

import numpy as np
import tiny
from hands import drop
from PIL import Image

from gan_models import interpolate, sample, upscale
from gan_models.latents.point import Point
from gan_models.loading import Shelf
from gan_models.pictures.film import write_film
from gan_models.pictures.photo import open_photo
from gan_models.recipe import stamp
from gan_models.upscaling.upscaler import Upscaler

PICTURE = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)


def test_a_file_of_ours_opens_its_own_tab_and_none_takes_the_page_away(
    window, translate_weights, translate_url, tmp_path
):
    shelf = Shelf([translate_weights])
    model, network = shelf.get(tiny.COLOUR), Upscaler.of(shelf.get(tiny.SWIFT))
    view = window(viewport={"width": 1280, "height": 800})
    view.goto(translate_url)
    view.wait_for_selector(".sample[data-painted]")
    turn = lambda name: view.get_by_role("tab", name=name, exact=True).click()  # noqa: E731
    buffer = io.BytesIO()
    Image.fromarray(PICTURE).save(buffer, "PNG")
    plain = buffer.getvalue()

    turn("Models")
    way = {"frames_per_step": 6, "kind": "linear", "closed": False, "easing": "smooth"}
    note = interpolate.recipe_of(model, [Point(5), Point(6), Point(7)], 12, **way)
    write_film([PICTURE, PICTURE], tmp_path / "walk.mp4", comment=note.to_json())
    assert drop(view, (tmp_path / "walk.mp4").read_bytes(), "walk.mp4")
    view.wait_for_function("document.querySelector('#walk-stage output')?.textContent.includes('of 13')")
    assert view.locator("#walk-keys .name").all_inner_texts() == ["seed 5", "seed 6", "seed 7"]
    assert not view.locator("#walk-closed input").is_checked()
    assert view.locator("#walk-steps input[type=number]").input_value() == "6"

    made = upscale.recipe_of(network, open_photo(plain), upscale.Order(2.5, True))
    assert drop(view, stamp(PICTURE, made), "large.png")
    view.wait_for_selector(".upscale[data-ready]")
    view.click(".toasts >> text=Enlarge this one instead")
    view.wait_for_selector(".upscale .what >> text=large.png")
    view.fill("#up-scale", "3")
    assert drop(view, plain, "source.png")
    view.wait_for_selector(".upscale .what >> text=source.png")
    assert view.input_value("#up-scale") == "2.5" and view.is_checked(".upscale .lock")

    assert drop(view, stamp(PICTURE, sample.recipe_of(model, Point(40))), "seed-40.png")
    view.wait_for_selector(".sample.inspecting")
    view.wait_for_function("document.querySelector('.which').textContent === 'Seed 40'")
    view.click(".toasts >> text=Open the picture itself in Upscale")
    view.wait_for_selector(".upscale .what >> text=seed-40.png")

    turn("Models")
    assert drop(view, plain, "plain.png")
    view.click(".toasts >> text=Open it in Upscale")
    view.wait_for_selector(".upscale .what >> text=plain.png")
    turn("Translate")
    run = {"gan-atelier": "plane", "lesson": "balance", "a": {"seed": 3}, "played": [["b", 10]]}
    assert drop(view, json.dumps(run).encode(), "run.json")
    view.wait_for_selector(".learn[data-step='10']")
