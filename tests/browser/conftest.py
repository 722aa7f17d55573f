"""The page in a real browser: one app and one Chromium for all tests, a window without a past for each.

`atelier` is the running app (url, weights folder, runs folder), `page_url` its address, `browser_page` a
window on it. They read tests/browser/install.py for the way to a Chromium, and skip where there is none.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import tiny
import translate_view
from served import served

# Nothing listens at that proxy, which all but this machine is asked through.
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--proxy-server=127.0.0.1:9")
# How many questions of the page's own scripts the server has not answered yet.
COUNTED = """
window.asked = 0;
const plain = window.fetch;
window.fetch = (address, ...more) => {
    const answer = plain(address, ...more);
    if (!String(address).includes('component_server')) return answer;
    window.asked += 1;
    return answer.finally(() => (window.asked -= 1));
};
"""


@dataclass(frozen=True)
class Atelier:
    """A running app: what lies in `weights` is on its shelf, what lies in `runs` in its Training tab."""

    url: str
    weights: Path
    runs: Path


@dataclass(eq=False)
class Visitor:
    """A browser's context with the options that it was opened with, and the addresses that its windows asked."""

    context: Any
    options: dict[str, Any]
    asked: list[str] = field(default_factory=list)
    origins: set[str] = field(default_factory=set)
    free: bool = True

    @classmethod
    def new(cls, chromium, options: dict[str, Any]) -> Visitor:
        visitor = cls(chromium.new_context(accept_downloads=True, reduced_motion="reduce", **options), options)
        visitor.context.set_default_timeout(30_000)
        visitor.context.add_init_script(COUNTED)
        visitor.context.on("request", lambda request: visitor.asked.append(request.url))
        return visitor

    def page(self):
        """A new window; nothing of an earlier test is stored for it."""
        self.free = False
        view = self.context.new_page()
        if self.origins:
            self.context.clear_cookies()
            storage = self.context.new_cdp_session(view)
            for origin in self.origins:
                storage.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
            storage.detach()
        return view

    def leave(self) -> list[str]:
        """Close all windows; what they asked of other addresses than apps on this machine."""
        for view in self.context.pages:
            view.close()
        self.free = True
        asked, self.asked[:] = [*self.asked], []
        inside = [url for url in asked if url.startswith("http://127.0.0.1:")]
        self.origins |= {"/".join(url.split("/")[:3]) for url in inside}
        return [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def atelier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Atelier]:
    """The app on three tiny weights and an empty runs folder; closed at the end."""
    folder = tmp_path_factory.mktemp("atelier")
    (folder / "runs").mkdir()
    tiny.make_shelf(folder / "weights")
    with served(folder / "weights", runs=folder / "runs") as url:
        yield Atelier(url, folder / "weights", folder / "runs")


@pytest.fixture(scope="session")
def page_url(atelier: Atelier) -> str:
    """Where the app listens."""
    return atelier.url


@pytest.fixture(scope="session")
def chromium() -> Iterator:
    """A headless Chromium: Playwright's own, else the system's; the tests are skipped where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    executable = _find_chromium()
    if executable is None:
        pytest.skip("there is no Chromium: run python tests/browser/install.py")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def visitors(chromium) -> list[Visitor]:
    """All contexts that were opened, for the tests after to open their windows in."""
    return []


@pytest.fixture
def window(chromium, visitors: list[Visitor]) -> Iterator:
    """A function that opens a window (its arguments are Playwright's for a context); none may throw an error.

    Two windows of a test are two visitors. A visitor of an earlier test comes again with nothing but a browser's cache,
    which saves more than half of what it takes to open the page. Whatever a window asks of another address than the
    app's is out of reach, and fails the test at its end.
    """
    here, errors = [], []

    def open_window(**options):
        free = (one for one in visitors if one.free and one.options == options)
        visitor = next(free, None) or Visitor.new(chromium, options)
        if visitor not in visitors:
            visitors.append(visitor)
        here.append(visitor)
        view = visitor.page()
        view.on("pageerror", lambda error: errors.append(str(error)))
        # Gradio catches what a component's script throws while loading, and only logs it.
        view.on("console", lambda said: errors.append(said.text) if "js_on_load" in said.text else None)
        return view

    yield open_window
    outside = [url for visitor in here for url in visitor.leave()]
    assert not errors, f"the page's scripts failed: {errors}"
    assert not outside, f"the page reached outside: {outside}"


@pytest.fixture
def browser_page(window, page_url: str):
    """A window of 1280 x 800 on the app, the first pictures painted."""
    view = window(viewport={"width": 1280, "height": 800})
    view.goto(page_url)
    view.wait_for_selector(".sample[data-painted]")
    return view


@pytest.fixture(scope="session")
def translate_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small generator, a small upscaler, small translators, small networks that repair and that draw persons."""
    folder = tmp_path_factory.mktemp("translate")
    tiny.make_weight(folder, tiny.COLOUR)
    tiny.make_upscaler(folder, tiny.SWIFT)
    tiny.make_translators(folder)
    tiny.make_translator(folder, tiny.CARTOON)
    tiny.make_repairer(folder)
    tiny.make_puppet(folder)
    return folder


@pytest.fixture(scope="session")
def translate_url(translate_weights: Path) -> Iterator[str]:
    """Where an app with those listens."""
    with served(translate_weights) as url:
        yield url


@pytest.fixture
def view(window, translate_url: str):
    """A window of 1280 x 800 on that app's Translate tab."""
    return translate_view.opened(window(viewport={"width": 1280, "height": 800}), translate_url)


def _find_chromium() -> str | None:
    spec = importlib.util.spec_from_file_location("install", Path(__file__).with_name("install.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.find_chromium()
