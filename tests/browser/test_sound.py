"""The Sound tab in a browser: pads and keys that answer at once, a beat, a tune, files that come back."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
import tiny
from served import served

from gan_models.loading import Shelf
from gan_models.recipe import read
from gan_models.sound import Hit, draw, hit_of, play
from gan_models.sounds.tune import bundled

# Every sound that is started, with its samples; and what a file decodes to, by the browser's own decoder.
HEARD = """
window.heard = [];
const plain = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (when) {
    window.heard.push({when, at: performance.now(), samples: [...this.buffer.getChannelData(0)]});
    return plain.call(this, when);
};
addEventListener('pointerdown', () => (window.pressed = performance.now()), true);
"""
DECODED = """async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    return [...(await new OfflineAudioContext(1, 1, 8000).decodeAudioData(bytes.buffer)).getChannelData(0)];
}"""

# The link follows what is done a moment later.
LINKED = """() => {
    const link = new URL(location.href).searchParams.get('sound') ?? 'e30';
    return JSON.parse(atob(link.replaceAll('-', '+').replaceAll('_', '/'))).steps?.join() === '5,0,0,0,0,0,0,0';
}"""


@pytest.fixture(scope="module")
def sound_url(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("sound")
    tiny.make_sounds(folder)
    tiny.make_sounds(folder, tiny.NOTES)
    with served(folder) as url:
        yield url, folder


def opened(view, address: str):
    view.add_init_script(HEARD)
    view.goto(address)
    view.wait_for_selector(".sound[aria-busy=false]")
    return view


def heard(view, count: int) -> list[dict]:
    view.wait_for_function(f"window.heard.length >= {count}")
    return view.evaluate("window.heard")


def drawn(view) -> None:
    view.wait_for_function("() => !window.asked && !document.querySelector('.sound .pad[data-drawn=false]')")


def test_pads_are_played_morphed_saved_and_dropped_back(window, sound_url, tmp_path):
    url, folder = sound_url
    model = Shelf([folder]).get(tiny.DRUMS)
    view = opened(window(viewport={"width": 1280, "height": 800}), f"{url}?tab=sound")
    view.locator(".sound .pad").nth(1).click()
    view.keyboard.press("3")
    first, second = heard(view, 2)
    assert first["at"] - view.evaluate("window.pressed") < 1000  # 5 ms where nothing else is at work
    assert max(abs(first["samples"] - draw(model, Hit(2, 1)))) < 1e-4 and first["samples"] != second["samples"]

    view.focus("#so-share")
    view.keyboard.press("End")
    drawn(view)
    assert view.inner_text(".sound .heading") == "Pad 3: hat"  # its neighbour is one, too
    with view.expect_download() as download:
        view.click(".sound .save")
    download.value.save_as(tmp_path / "hit.wav")
    assert hit_of(read(tmp_path / "hit.wav")) == Hit(3, 2, 7, 2, 1)

    view.keyboard.press("Control+z")
    view.wait_for_function("document.querySelector('#so-share').value === '0'")
    view.click(".sound .pads .place:nth-child(8) .pad")
    view.set_input_files(".sound .saved", tmp_path / "hit.wav")
    view.wait_for_function("document.querySelector('.sound .heading').textContent.startsWith('Pad 8: hat')")
    drawn(view)
    count = view.evaluate("window.heard.length")
    view.keyboard.press("8")
    again = heard(view, count + 1)[-1]["samples"]
    decoded = view.evaluate(DECODED, base64.b64encode((tmp_path / "hit.wav").read_bytes()).decode())
    assert max(abs(a - b) for a, b in zip(again, decoded)) < 1e-4


def test_a_beat_plays_by_the_clock_and_stands_in_the_link(window, sound_url):
    view = opened(
        window(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True), f"{sound_url[0]}?tab=sound"
    )
    view.tap(".sound .clear")
    for step in (1, 3):
        view.tap(f".sound .row-of:first-child .step:nth-child({step})")
    assert view.get_attribute(".sound .row-of:first-child .step", "aria-pressed") == "true"
    view.tap(".sound .play")
    first, second = heard(view, 2)[:2]
    assert abs(second["when"] - first["when"] - 2 * 0.15) < 1e-3, "two steps at 100 beats a minute"
    view.wait_for_selector(".sound .step.now")
    view.tap(".sound .play")
    view.wait_for_selector(".sound .step.now", state="detached")
    view.wait_for_function(LINKED)
    view.reload()
    view.wait_for_selector(".sound[aria-busy=false]")
    pressed = view.eval_on_selector_all(".sound .step", "all => all.map((one) => one.ariaPressed === 'true')")
    assert [index for index, one in enumerate(pressed) if one] == [0, 2]
    assert view.evaluate("document.documentElement.scrollWidth") <= 390


LIT = "[...document.querySelectorAll('.sound .key.down')].map((key) => key.ariaLabel).join()"


def test_a_piano_is_played_by_mouse_and_keys_its_timbre_is_saved_and_dropped_back(window, sound_url, tmp_path):
    url, folder = sound_url
    model = Shelf([folder]).get(tiny.NOTES)
    view = opened(window(viewport={"width": 1280, "height": 800}), f"{url}?tab=sound")
    view.evaluate(
        "import(document.baseURI + 'scripts/parts/atelier.js').then((it) => it.open('sound', {weight: 'tiny-notes'}))"
    )
    view.wait_for_function("document.querySelectorAll('.sound .key[data-drawn=true]').length === 13")
    view.locator(".sound .key[data-pitch='64']").click(position={"x": 5, "y": 150})
    view.keyboard.down("g")
    view.wait_for_function(f"{LIT} === 'G4'")
    first, second = heard(view, 2)
    view.keyboard.up("g")
    view.wait_for_function(f"{LIT} === ''")
    assert second["at"] - first["at"] < 1000 and view.inner_text(".sound .heading") == "G4"
    assert max(abs(first["samples"] - draw(model, Hit(1, 4)))) < 1e-4
    assert max(abs(second["samples"] - draw(model, Hit(1, 7)))) < 1e-4

    view.focus("#so-blend")
    view.keyboard.press("End")
    view.locator(".sound .directions input").first.focus()
    view.keyboard.press("Home")
    heard(view, 4)
    moved = Hit(1, 7, 2, share=1, directions={0: -4})
    assert max(abs(heard(view, 4)[3]["samples"] - draw(model, moved))) < 1e-4
    with view.expect_download() as download:
        view.click(".sound .save")
    download.value.save_as(tmp_path / "note.wav")
    assert hit_of(read(tmp_path / "note.wav")) == moved
    view.click(".sound .undo")
    view.wait_for_function("document.querySelector('.sound .directions input').value === '0'")
    view.set_input_files(".sound .saved", tmp_path / "note.wav")
    view.wait_for_function("document.querySelector('.sound .directions input').value === '-4'")

    count = len(heard(view, 5))
    view.click(".sound .tune .play")
    view.wait_for_function(f"{LIT} !== ''")
    view.evaluate("document.querySelector('.sound .tune .play[aria-pressed=true]')?.click()")
    view.wait_for_function(f"{LIT} === ''")
    assert max(abs(heard(view, count + 1)[-1]["samples"] - play(model, moved, bundled()))) < 1e-4
    assert view.evaluate("document.documentElement.scrollWidth") <= 1280
