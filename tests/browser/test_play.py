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
    with view.expect_download() as saved:
        view.click(".play .record")
    saved.value.save_as(tmp_path / "play.json")
    words = (tmp_path / "play.json").read_text()
    assert '"actions":"' in words and "222" in words
    view.fill("#pl-when", "2")
    view.wait_for_selector(".play[data-step='2']")
    view.click(".play .again")
    view.click(".play .step")
    view.wait_for_selector(".play[data-step='3']")
    assert "The boats agree" in view.inner_text(".play .drift")
    # Dropped back, it is played to its end.
    view.evaluate(
        "text => { const transfer = new DataTransfer(); transfer.items.add(new File([text], 'play.json'));"
        "document.querySelector('.play').dispatchEvent(new DragEvent('drop', "
        "{ dataTransfer: transfer, bubbles: true, cancelable: true })); }",
        words,
    )
    at_least(view, last)
