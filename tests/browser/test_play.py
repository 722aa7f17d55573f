"""The Play tab as a player uses it."""

from collections.abc import Iterator

import pytest
import tiny
from served import served


@pytest.fixture(scope="module")
def play_url(tmp_path_factory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("play")
    tiny.make_game(folder)
    with served(folder) as url:
        yield url


def at_least(view, steps: int) -> None:
    view.wait_for_function("n => Number(document.querySelector('.play').dataset.step) >= n", arg=steps, timeout=120_000)


def dropped(view, words: str) -> None:
    view.evaluate(
        "text => { const transfer = new DataTransfer(); transfer.items.add(new File([text], 'play.json'));"
        "document.querySelector('.play').dispatchEvent(new DragEvent('drop', "
        "{ dataTransfer: transfer, bubbles: true, cancelable: true })); }",
        words,
    )


def saved(view, path) -> str:
    """What the tab's file of a play says."""
    with view.expect_download() as download:
        view.click(".play .record")
    download.value.save_as(path)
    return path.read_text()


def test_keys_steer_the_slider_goes_back_and_a_recorded_play_is_played_again(window, play_url, tmp_path) -> None:
    view = window(viewport={"width": 1280, "height": 800})
    view.goto(f"{play_url}?tab=play")
    view.wait_for_selector(".play[data-ready]")
    view.click(".play .run")
    view.keyboard.down("ArrowRight")
    at_least(view, 6)
    view.keyboard.up("ArrowRight")
    view.keyboard.press("Space")
    view.wait_for_selector(".play[data-playing=false]:not([data-stepping=true])")
    last = int(view.get_attribute(".play", "data-step"))
    words = saved(view, tmp_path / "play.json")
    assert '"actions":"' in words and "222" in words
    view.fill("#pl-when", "2")
    view.wait_for_selector(".play[data-step='2']")
    view.click(".play .again")
    view.click(".play .step")
    view.wait_for_selector(".play[data-step='3']")
    assert "The games agree" in view.inner_text(".play .drift")
    # Dropped back, it is played to its end.
    dropped(view, words)
    at_least(view, last)


def test_a_dream_hides_the_truth_and_comes_back_from_its_file(window, play_url, tmp_path) -> None:
    view = window(viewport={"width": 390, "height": 844}, has_touch=True)
    view.goto(f"{play_url}?tab=play")
    view.wait_for_selector(".play[data-ready]")
    view.click(".play .dreams")
    view.wait_for_selector(".play.dreaming[data-step='0']")
    assert view.is_hidden(".play canvas.true") and view.is_hidden(".play .again")
    view.tap(".play .pad [aria-label=right]")  # which counts for the next step, though it is let go before
    view.click(".play .step")
    view.wait_for_selector(".play[data-step='1']:not([data-stepping=true])")
    assert view.inner_text(".play .drift") == "A dream: nobody keeps the score."
    words = saved(view, tmp_path / "dream.json")
    assert '"actions":"2"' in words and '"dream":true' in words
    view.click(".play .dreams")
    view.wait_for_selector(".play:not(.dreaming)[data-step='0']")
    assert view.is_visible(".play canvas.true")
    dropped(view, words)
    view.wait_for_selector(".play.dreaming[data-step='1']")
    assert view.is_checked(".play .dreams")
