"""The Learn tab as a visitor uses it."""

import base64
import json

import pytest
import tiny

ROOT = ".learn"


@pytest.fixture
def learn(window, page_url):
    """The tab, its first lesson running."""
    view = window(viewport={"width": 1280, "height": 800})
    return opened(view, page_url)


def opened(view, url: str):
    view.goto(url)
    view.get_by_role("tab", name="Learn").click()
    view.wait_for_selector(f"{ROOT}[data-painted]")
    return view


def played(view, steps: int) -> None:
    view.wait_for_function(
        "n => Number(document.querySelector('.learn').dataset.step) >= n", arg=steps, timeout=120_000
    )


def paused(view) -> int:
    """Pause, wait for the last answer, and tell the step."""
    if view.get_attribute(ROOT, "data-playing") == "true":
        view.click(f"{ROOT} .play")
    view.wait_for_selector(f"{ROOT}[data-playing=false]:not([data-waiting=true])")
    return int(view.get_attribute(ROOT, "data-step"))


def drawn(view, which: str = "a") -> str:
    return view.eval_on_selector(f"[data-run={which}] canvas", "canvas => canvas.toDataURL()")


def packed(state) -> str:
    return base64.urlsafe_b64encode(json.dumps(state).encode()).decode().rstrip("=")


def choose(view, option: str, value) -> None:
    view.eval_on_selector(
        f"[data-option={option}] :is(input, select)",
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('change', {bubbles: true})); }",
        str(value),
    )


def test_a_lesson_plays_pauses_and_single_turns_are_said_in_words(learn):
    assert "1. The balance" in learn.inner_text("button.lesson")
    played(learn, 10)
    step = paused(learn)
    assert learn.inner_text("[data-figure=modes]").endswith("of 8")
    before = drawn(learn)
    learn.click("[data-network=discriminator]")
    learn.wait_for_selector(".told >> text=No point moved")
    learn.click("[data-network=generator]")
    learn.wait_for_selector(".told >> text=The map stood still")
    assert drawn(learn) != before and int(learn.get_attribute(ROOT, "data-step")) == step


def test_two_runs_stand_side_by_side_and_what_differs_is_marked(learn):
    learn.click("button.lesson")
    learn.click("[data-key=penalty]")
    learn.click(".compare")
    learn.wait_for_selector(f"{ROOT}.two")
    played(learn, 5)
    paused(learn)
    assert learn.inner_text("[data-run=a] .differs").strip() == "Penalty 0.2"
    assert learn.inner_text("[data-run=b] .differs").strip() == "Penalty 0"
    assert learn.locator(".field.other").count() == 1
    assert drawn(learn) != drawn(learn, "b")
    learn.click(".alone")
    learn.wait_for_function("() => !document.querySelector('.learn.two')")


def test_a_link_and_a_file_bring_the_run_back_to_where_it_was(learn, page_url, window, tmp_path):
    played(learn, 5)
    step = paused(learn)
    learn.click("[data-network=generator]")
    learn.wait_for_selector(".told >> text=The map stood still")
    learn.wait_for_function("() => location.search.includes('learn=')")
    learn.wait_for_timeout(600)
    address, seen = learn.url, drawn(learn)
    with learn.expect_download() as saved:
        learn.click(".files .save")
    other = window(viewport={"width": 1280, "height": 800})
    other.goto(address)
    other.wait_for_selector(f"{ROOT}[data-painted]")
    played(other, step)
    other.wait_for_function("seen => document.querySelector('[data-run=a] canvas').toDataURL() === seen", arg=seen)
    other.click(".restart")
    other.wait_for_function("() => document.querySelector('.learn').dataset.step === '0'")
    saved.value.save_as(tmp_path / "run.json")
    other.set_input_files(f"{ROOT} input[type=file]", str(tmp_path / "run.json"))
    other.wait_for_function("seen => document.querySelector('[data-run=a] canvas').toDataURL() === seen", arg=seen)


EVIL = "<img src=x onerror=window.hit=1>"


@pytest.mark.parametrize(
    "state, said",
    [
        ([1], "The link is damaged"),
        ({"a": {"loss": EVIL}}, "choose one of"),
        ({"a": {EVIL: 1}}, "There is no option"),
        ({"a": {}, "played": [["b", 1e12]]}, "The link is damaged"),
        ({"lesson": EVIL, "a": {"seed": -4}}, "seed is -4"),
    ],
)
def test_a_forged_link_is_one_sentence_and_the_first_lesson(window, page_url, state, said):
    view = window(viewport={"width": 1280, "height": 800})
    view.goto(f"{page_url}?learn={packed(state)}")
    view.wait_for_selector(f".toasts >> text={said}")
    view.wait_for_selector(f"{ROOT}[data-painted]")
    assert "1. The balance" in view.inner_text("button.lesson")
    assert view.evaluate("window.hit") is None


def test_a_rate_of_a_billion_is_said_on_the_plane(learn):
    paused(learn)
    choose(learn, "generator_rate", 1e9)
    learn.wait_for_function("() => document.querySelector('.learn').dataset.step === '0'")
    learn.click(f"{ROOT} .play")
    learn.wait_for_selector("[data-run=a] .burst >> text=It burst at step")
    choose(learn, "generator_rate", -1)
    learn.wait_for_selector(".toasts >> text=generator_rate is")


def test_a_visitor_draws_data_and_the_run_begins_on_it(learn):
    paused(learn)
    choose(learn, "data", "drawn")
    learn.wait_for_selector("[data-run=a] canvas.pen")
    box = learn.locator("[data-run=a] canvas").bounding_box()
    learn.mouse.move(box["x"] + 100, box["y"] + 100)
    learn.mouse.down()
    learn.mouse.move(box["x"] + 300, box["y"] + 120, steps=12)
    learn.mouse.up()
    learn.wait_for_function("() => document.querySelector('.learn').dataset.step === '0'")
    learn.click(f"{ROOT} .play")
    played(learn, 3)


def test_picture_and_film_are_saved(learn):
    played(learn, 5)
    with learn.expect_download() as picture:
        learn.click(".files .png")
    assert picture.value.suggested_filename.endswith(".png")
    learn.click(".files .film")
    learn.wait_for_timeout(1200)
    with learn.expect_download() as film:
        learn.click(".files .film")
    assert film.value.suggested_filename.rpartition(".")[2] in ("webm", "mp4")
    assert film.value.path().stat().st_size > 1000


def test_words_are_explained_and_a_weight_opens_in_models(learn):
    learn.click(".marks [data-term=map]")
    assert "What the discriminator says" in learn.inner_text("#learn-term")
    learn.keyboard.press("Escape")
    learn.evaluate(
        f"import(new URL('scripts/parts/atelier.js', document.baseURI)).then((m) => m.card({tiny.VANILLA!r}))"
    )
    learn.wait_for_selector("#models-left h2 >> text=Tiny vanilla")
    # Nobody looks any more: the run stands still.
    learn.wait_for_function("() => document.querySelector('.learn').dataset.playing === 'false'")


def test_on_a_telephone_in_the_dark_nothing_is_wider_than_the_screen(window, page_url):
    view = opened(window(viewport={"width": 390, "height": 844}, color_scheme="dark"), page_url)
    view.click(".compare")
    view.wait_for_selector(f"{ROOT}.two")
    assert view.evaluate("document.documentElement.scrollWidth") <= 390
