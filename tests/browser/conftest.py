"""The page in a real browser: one app and one Chromium for all tests, a fresh window for each.

`atelier` is the running app (url, weights folder, runs folder), `page_url` its address, `browser_page` a
window on it. They read tests/browser/install.py for the way to a Chromium, and skip where there is none.
"""

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import tiny
import translate_view
from served import served

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
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


@pytest.fixture
def window(chromium) -> Iterator:
    """A function that opens a window (its arguments are Playwright's for a context); none may throw an error.

    Whatever a window asks of another address than the app's is refused, and fails the test at its end.
    """
    contexts, errors, outside = [], [], []

    def refuse(route) -> None:
        outside.append(route.request.url)
        route.abort()

    def open_window(**options):
        context = chromium.new_context(accept_downloads=True, **options)
        context.set_default_timeout(30_000)
        context.add_init_script(COUNTED)
        context.route(lambda url: not url.startswith(("http://127.0.0.1:", "data:", "blob:")), refuse)
        contexts.append(context)
        view = context.new_page()
        view.on("pageerror", lambda error: errors.append(str(error)))
        # Gradio catches what a component's script throws while loading, and only logs it.
        view.on("console", lambda said: errors.append(said.text) if "js_on_load" in said.text else None)
        return view

    yield open_window
    for context in contexts:
        context.close()
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
    """A small generator, a small upscaler and small translators."""
    folder = tmp_path_factory.mktemp("translate")
    tiny.make_weight(folder, tiny.COLOUR)
    tiny.make_upscaler(folder, tiny.SWIFT)
    tiny.make_translators(folder)
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
