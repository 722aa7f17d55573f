"""The puppet on the Translate tab in a browser: joints dragged, keyframes, a film that comes back."""

import tiny
from hands import drop, pixels, take_model
from translate_view import done, saved, settled

from gan_models import recipe


def joint(view, name: str) -> tuple[float, float]:
    box = view.locator(f".translate [data-joint={name}] .dot").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(view, name: str, right: float, down: float) -> None:
    x, y = joint(view, name)
    view.mouse.move(x, y)
    view.mouse.down()
    view.mouse.move(x + right, y + down, steps=3)
    view.mouse.up()


def keys(view) -> int:
    return view.locator(".translate .keys li").count()


def test_a_dragged_joint_draws_and_key_poses_become_a_film_that_comes_back(view) -> None:
    take_model(view, ".translate", tiny.PUPPET)
    view.wait_for_selector(".translate .people button >> nth=11")
    settled(view)
    before, place = pixels(view, ".translate .person"), joint(view, "left_hand")
    done(view, lambda: drag(view, "left_hand", 40, -90))
    x, y = joint(view, "left_hand")
    assert abs(x - place[0] - 40) < 2 and abs(y - place[1] + 90) < 2 and pixels(view, ".translate .person") != before
    view.click(".translate .key-add")
    done(view, lambda: view.click(".translate .pose-undo"))
    assert keys(view) == 0 and joint(view, "left_hand") == (x, y), "a keyframe is a step as well"
    done(view, lambda: view.click(".translate .pose-undo"))
    assert joint(view, "left_hand") == place and pixels(view, ".translate .person") == before
    view.click(".translate .key-add")
    view.click("#tr-both")
    view.focus(".translate [data-joint=right_foot]")
    done(view, lambda: view.keyboard.press("Shift+ArrowLeft"))
    assert joint(view, "left_foot")[0] > joint(view, "left_hip")[0] + 5, "mirrored"
    view.click(".translate .key-add")
    done(view, lambda: view.click(".translate .people button >> nth=2"))
    done(view, lambda: view.click(".translate .pose-undo"))
    assert view.get_attribute(".translate .people button >> nth=0", "aria-pressed") == "true" and keys(view) == 2
    done(view, lambda: view.click(".translate .people button >> nth=4"))
    film = saved(view, ".film")
    words = recipe.read(film).arguments
    assert words["person"] == 4 and words["dance"]["steps"] == 10 and keys(view) == 2
    view.click(".translate .keys [aria-label^=Remove] >> nth=0")
    done(view, lambda: drop(view, film, "film.mp4"))
    view.wait_for_function("() => document.querySelectorAll('.translate .keys li').length === 2")
    view.click(".translate .dance")
    view.wait_for_selector(".translate[data-dancing=yes]")
    done(view, lambda: drag(view, "head", 10, 5))
    assert view.get_attribute(".translate", "data-dancing") == "no"
    view.set_viewport_size({"width": 390, "height": 844})
    view.click(".translate [data-move=keys]")
    place = view.locator("#tr-steps ~ output").bounding_box()
    assert place["x"] + place["width"] <= 390, "the number beside the slider is not cut off"
