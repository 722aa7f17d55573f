"""What strangers wrote into a card or a run folder is text on the page: nothing of it runs, nothing is fetched."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import tiny
from hands import take_model
from served import served

from gan_models.weight.card import Card, DataSet, Label, Making, Measure, Stage
from training.run import Run

EVIL = (
    '<img src="http://203.0.113.7/a.png" onerror="window.ran=1"><script>window.ran=1</script>'
    '"\'><svg onload=window.ran=1><a href="javascript:window.ran=1">x</a> ![y](http://203.0.113.7/b.png) '
    "[z](javascript:window.ran=1) ${window.ran=1} {{window.ran=1}} `$$\\href{javascript:1}{q}$$`"
)
FOLDER = "<img src=x onerror=window.ran=1>${window.ran=1}"
"""As much of it as a folder's name takes."""


def spoiled(card: Card) -> Card:
    """A card with markup in every text that takes any."""
    stage = Stage(EVIL, 5, 1.0, EVIL)
    making = Making(EVIL, EVIL, {EVIL: EVIL}, 10, 640, 2.5, EVIL, EVIL, 0, EVIL, (stage,))
    kind = card.translation and replace(
        card.translation,
        palette=tuple(Label(EVIL, label.colour) for label in card.translation.palette),
        directions=tuple(f"{EVIL} to {EVIL}" for _ in card.translation.directions),
    )
    return replace(
        card,
        title=EVIL,
        method=EVIL,
        licence=EVIL,
        making=making,
        data=DataSet(EVIL, EVIL, 5, EVIL, EVIL, True),
        labels=tuple(f"{number} {EVIL}" for number, _ in enumerate(card.labels)),
        measures=(Measure(EVIL, 1.0, 0.5, 0.1, 5, EVIL, 0, EVIL),),
        translation=kind,
    )


def evil_run(folder: Path, **config) -> None:
    run = Run(folder)
    texts = dict.fromkeys(("entry", "command", "family", "method", "task", "hardware", "torch", "version"), EVIL)
    data = {"name": EVIL, "sha256": EVIL, "count": 5, "licence": EVIL, "source": EVIL, "free": True}
    run.write_config({**texts, "config": {"log_every": 5, "minutes": 15, EVIL: EVIL, **config}, "data": data})
    for step in range(1, 8):
        words = {"step": 100 * step, "images": 6400 * step, "seconds": 30.0, "rate": 200.0}
        numbers = {f"loss/{EVIL}": 1.0, f"grad/{EVIL}": 2.0, EVIL: EVIL, "spread/fake": EVIL}
        with run.log_path.open("a") as file:
            file.write(json.dumps(words | numbers) + "\n")
        run.append_remark({"step": step, **dict.fromkeys(("name", "reason", "advice"), EVIL), "value": EVIL})
    run.append_remark(dict.fromkeys(("step", "name", "reason", "advice", "value", "threshold"), EVIL))


@pytest.fixture(scope="module")
def evil_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app on a spoiled weight of each kind, a refused one, and spoiled runs."""
    folder = tmp_path_factory.mktemp("evil")
    for name in (tiny.COLOUR, tiny.CONDITIONAL):
        tiny.make_weight(folder, name)
    tiny.make_upscaler(folder, tiny.SWIFT)
    for name in (tiny.LABELLED, tiny.CROSS):
        tiny.make_translator(folder, name)
    for path in list(folder.glob("*/card.json")):
        spoiled(Card.read(path.parent)).write(path.parent)
    (folder / FOLDER).mkdir()
    (folder / FOLDER / "card.json").write_text(json.dumps({EVIL: EVIL}))
    evil_run(folder / "runs" / "texts")
    evil_run(folder / "runs" / FOLDER)
    evil_run(folder / "runs" / "flags", log_every=EVIL, steps=EVIL)
    Run(folder / "runs" / "young").write_config({"config": {"log_every": 7}})
    with served(folder, runs=folder / "runs") as url:
        yield url


def test_nothing_that_a_card_or_a_run_says_is_run_or_fetched(window, evil_url):
    view = window(viewport={"width": 1280, "height": 800})
    asked: list[str] = []
    view.on("request", lambda request: asked.append(request.url))
    view.goto(evil_url)
    view.wait_for_selector(".sample[data-painted]")
    view.click("button.model")
    view.wait_for_selector(f".card[data-name={tiny.CONDITIONAL}]")
    view.click(f".card[data-name={tiny.CONDITIONAL}]")
    view.wait_for_function("() => !window.asked")

    view.get_by_role("tab", name="Models").click()
    for name in (tiny.COLOUR, tiny.SWIFT, tiny.LABELLED, tiny.CROSS):
        take_model(view, "#models-row .picker:first-child", name)
        view.wait_for_selector(f"#models-left code >> text={name}")
        view.wait_for_selector("#models-left-story >> text=without a page here yet: <img")
    assert FOLDER in view.inner_text("#models-refused")
    assert EVIL[:60] in view.inner_text("#models-left-facts")

    view.get_by_role("tab", name="Training").click()
    for name in ("texts", FOLDER, "flags", "young"):
        view.locator("#training-runs .choice").filter(has_text=name).click()
        view.wait_for_selector(f"#training-head h2 >> text={name}")
    for name in ("Interpolate", "Upscale", "Translate"):
        view.get_by_role("tab", name=name).click()
        view.wait_for_timeout(300)
        view.wait_for_function("() => !window.asked")
    assert view.evaluate("window.ran") is None
    assert [url for url in asked if not url.startswith((evil_url, "data:", "blob:"))] == []
