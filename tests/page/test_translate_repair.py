"""Holes in photographs on the Translate tab, as its scripts call them: answers, masks, again, files, refusals."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
import tiny
from PIL import Image

from gan_models import recipe
from gan_models.drawing.masks import mask_of_steps, mask_picture
from gan_models.errors import RequestError
from gan_models.loading import Shelf
from gan_models.pictures.photo import Photo, encode, open_photo
from gan_models.repair import make_again
from page.parts.lanes import Lanes
from page.parts.shared import Shared
from page.translate import TranslateDesk, offered, repairs

STROKES = [{"tool": "mask", "points": [[0.3, 0.3], [0.5, 0.4]], "width": 0.08}]
DOT = [{"tool": "box", "points": [[0.8, 0.1], [0.9, 0.2]], "width": 0.01}]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("repairs")
    tiny.make_repairer(folder)
    shelf = Shelf([folder])
    return TranslateDesk(shelf, Shared(shelf, None, None, Lanes(1), folder / "runs"))


@pytest.fixture(scope="module")
def content():
    levels = np.random.default_rng(0).integers(0, 256, (6, 8, 3), np.uint8)
    return encode(Photo(np.asarray(Image.fromarray(levels).resize((120, 90), Image.Resampling.BICUBIC))))


def text(content):
    return base64.b64encode(content).decode()


def opened(desk, content):
    return desk.open({"data": text(content), "name": "photo.png"})


def test_the_tab_offers_to_repair_with_a_brush_a_box_and_an_eraser(desk):
    assert offered(desk.shelf, desk.shared)
    [task] = desk.tasks({})["tasks"]
    assert task["masked"] and not task["drawn"] and task["answers"] == 4
    assert task["tools"] == ["mask", "box", "eraser"] and task["subtitle"] == "paint over what should go · 64 px"


def test_an_answer_is_a_picture_of_each_region_and_the_file_is_what_the_verb_makes(desk, content):
    held = opened(desk, content)
    asked = {"weight": tiny.REPAIR, "id": held["id"], "strokes": [*STROKES, *DOT], "seed": 3}
    first, second = desk.mend(asked)["patches"]
    assert second["left"] < 0.3 < 0.8 <= first["left"] + 0.01 and first["picture"].startswith("data:image/")
    assert desk.mend({**asked, "seed": 4})["patches"][0] != first
    saved = desk.save(asked)
    png = Path(saved["path"]).read_bytes()
    made, photo = recipe.read(png), open_photo(content)
    assert saved["name"] == "photo-repaired.png" and made.verb == "repair" and made.arguments["seed"] == 3
    assert np.array_equal(open_photo(png).colour, make_again(made, desk.shelf, photo).colour)
    mask = mask_of_steps(asked["strokes"], 90, 120)
    assert np.array_equal(open_photo(png).colour[~mask], photo.colour[~mask])
    again = opened(desk, png)["recipe"]
    assert again["source"] == photo.sha256 and again["seed"] == 3 and again["before"] == []
    assert desk.mend({**asked, "strokes": again["strokes"]})["patches"] == desk.mend(asked)["patches"]


def test_one_goes_on_with_an_answer_and_the_file_names_every_repair(desk, content):
    held = opened(desk, content)
    step = {"weight": tiny.REPAIR, "seed": 1, "strokes": STROKES}
    after = desk.again({"id": held["id"], "steps": [step]})
    assert after["id"] != held["id"] and after["repairs"] == 1
    plain = desk.save({"weight": tiny.REPAIR, "id": after["id"], "strokes": []})
    both = desk.save({"weight": tiny.REPAIR, "id": after["id"], "strokes": DOT, "seed": 2})
    for saved, before in ((plain, 0), (both, 1)):
        made = recipe.read(saved["path"])
        assert len(made.arguments.get("before", [])) == before
        again = make_again(made, desk.shelf, open_photo(content))
        assert np.array_equal(open_photo(saved["path"]).colour, again.colour)


def test_masks_come_from_files_and_go_into_files(desk, content):
    held = opened(desk, content)
    mask = mask_of_steps(DOT, 90, 120)
    given = desk.mask({"id": held["id"], "data": text(mask_picture(mask))})
    steps = [{"tool": "given", "mask": given["mask"]}, {"tool": "invert"}]
    file = base64.b64decode(desk.mask({"id": held["id"], "strokes": steps})["data"])
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(file)).convert("L")) == 255, ~mask)
    with pytest.raises(RequestError, match="mask has 90x120 pixels and the photograph 120x90"):
        desk.mask({"id": held["id"], "data": text(mask_picture(mask.T))})
    for strokes, said in (([], "nothing to fill"), ([{"tool": "invert"}], "nothing of the photograph is left")):
        with pytest.raises(RequestError, match=said):
            desk.mend({"weight": tiny.REPAIR, "id": held["id"], "strokes": strokes})
    with pytest.raises(RequestError, match="open one first"):
        desk.mend({"weight": tiny.REPAIR, "strokes": DOT})


def test_a_program_gives_photograph_and_mask_and_gets_a_file(desk, content):
    mask = mask_picture(mask_of_steps(DOT, 90, 120))
    made = repairs.made(desk.shelf, desk.shared.lanes, tiny.REPAIR, text(content), text(mask), 7)
    png = base64.b64decode(made["data"])
    found = recipe.read(png)
    again = make_again(found, desk.shelf, open_photo(content))
    assert found.arguments["seed"] == 7 and np.array_equal(open_photo(png).colour, again.colour)
