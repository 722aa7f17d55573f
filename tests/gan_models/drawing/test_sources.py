"""Kinds of source are told apart by their rows, and each row holds all that its kind needs."""

import re
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import tiny

from gan_models.drawing.sources import SOURCES, Source
from gan_models.weight.card import TARGETS

ROOT = Path(__file__).parents[3]
every_kind = pytest.mark.parametrize("kind", SOURCES.values(), ids=SOURCES)


@every_kind
def test_a_row_holds_what_its_kind_needs(kind: Source) -> None:
    assert set(kind.targets) <= set(TARGETS) and all((kind.asks, kind.makes, kind.sees, kind.invited))
    of_drawn = (kind.of_strokes, kind.blank, kind.of_lines, kind.first)
    assert all(of_drawn) if kind.drawn else not any(of_drawn)
    assert bool(kind.tools) == (kind.drawn or kind.masked)
    # What no weight translates is a task of its own: holes are filled, joints are moved.
    assert kind.targets or not kind.drawn
    page = (ROOT / "page/translate/translate.html").read_text(encoding="utf-8")
    assert all(f'data-tool="{tool}"' in page for tool in kind.tools)


@every_kind
def test_a_picture_becomes_a_source_of_every_number_of_channels(kind: Source) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (24, 40, 3), np.uint8)
    for channels in kind.channels:
        for edges in (None, "canny") if kind.edges else (None,):
            given = kind.of_picture(picture, channels, edges, 0.3)
            assert given.shape == (1, channels, 24, 40) and given.abs().max() <= 1


def test_every_kind_is_tried_by_a_small_translator() -> None:
    translated = {name for name, kind in SOURCES.items() if kind.targets}
    assert {asdict(words)["source"] for words in tiny.TRANSLATIONS.values()} == translated
    others = {tiny.make_card(name).source for name in (tiny.REPAIR, tiny.PUPPET)}
    assert translated | others == set(SOURCES) and SOURCES[tiny.make_card(tiny.REPAIR).source].masked


def test_nothing_else_tells_kinds_apart() -> None:
    kinds = "|".join(SOURCES)
    compared = re.compile(rf"(source|kind)\w*\s*(===?|!==?|in)\s*\(?[\"']({kinds})[\"']")
    for room in ("gan_models", "page", "training"):
        for file in (*(ROOT / room).rglob("*.py"), *(ROOT / room).rglob("*.js")):
            assert not compared.search(file.read_text(encoding="utf-8")), file.name
