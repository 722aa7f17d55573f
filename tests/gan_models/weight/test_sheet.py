"""A weight's sheet: small pictures exactly, large ones nearly, and those of earlier weights where they lie."""

import numpy as np
import pytest
from PIL import Image

from gan_models.loading import seal
from gan_models.weight.card import Card
from gan_models.weight.sheet import SHEET, sheet_named, sheet_of, write_sheet
from page.models.card_view import samples_html
from tests.helpers import tiny


def smooth(side: int) -> Image.Image:
    down, across = np.indices((side, side)) * 255 // side
    return Image.fromarray(np.stack([down, across, down], 2).astype(np.uint8))


@pytest.mark.parametrize(("side", "apart"), [(238, 0), (526, 2)])
def test_small_sheets_are_kept_exactly_and_large_ones_nearly(tmp_path, side, apart):
    write_sheet(tmp_path, smooth(side))
    kept = np.asarray(Image.open(sheet_of(tmp_path)).convert("RGB")).astype(int)
    assert np.abs(kept - np.asarray(smooth(side))).mean() <= apart


def test_a_sheet_of_an_earlier_weight_is_shown_until_it_gets_a_new_one(tmp_path):
    card = tiny.make_weight(tmp_path, tiny.COLOUR)
    folder = tmp_path / tiny.COLOUR
    (folder / SHEET).unlink()
    smooth(64).save(folder / "samples.png")
    sealed = seal(folder, card, set(card.files) - {SHEET})
    assert sheet_named(sealed.files) == sheet_of(folder).name == "samples.png"
    assert "<img" in samples_html(Card.read(folder), folder)
    write_sheet(folder, smooth(64))
    assert sheet_of(folder).name == SHEET and not (folder / "samples.png").exists()
