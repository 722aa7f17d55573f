"""The Edit tab's functions, called by name over HTTP and as its scripts call them."""

import base64
import io
import json

import numpy as np
import pytest
import tiny
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image

from gan_models import project, recipe
from gan_models.drag import MASK, packed_mask
from gan_models.errors import AtelierError
from gan_models.latents.point import Point
from gan_models.loading import Shelf
from gan_models.pictures.photo import Photo, encode, open_photo
from gan_models.sample import make_again, sample
from page.edit import EditDesk, offered, reopened, tunings
from page.parts.lanes import Lanes
from page.parts.shared import Shared

EDITED = {
    "seed": 3,
    "truncation": 0.8,
    "cutoff": 3,
    "mixes": [{"seed": 5, "layers": [0, 3], "share": 0.5}],
    "pushes": [{"direction": 1, "amount": 2.0, "layers": [3, 5]}],
    "noise": "none",
}


@pytest.fixture(scope="module")
def shelf(tiny_styles, tiny_weights) -> Shelf:
    return Shelf([tiny_styles, tiny_weights])


@pytest.fixture(scope="module")
def desk(shelf, tmp_path_factory) -> EditDesk:
    return EditDesk(shelf, Shared(shelf, None, None, Lanes(1), tmp_path_factory.mktemp("runs")))


def pixels(data: str) -> np.ndarray:
    with Image.open(io.BytesIO(base64.b64decode(data))) as picture:
        return np.asarray(picture.convert("RGB"))


def test_the_tab_is_offered_while_a_weight_with_styles_is_there(shelf, tiny_weights) -> None:
    assert offered(shelf, None) and not offered(Shelf([tiny_weights]), None)


def test_only_models_with_styles_are_listed_and_described(desk) -> None:
    assert [model["name"] for model in desk.models({})["models"]] == [tiny.STYLE]
    about = desk.describe({})
    assert about["layers"] == {"all": (0, 8), "coarse": (0, 3), "middle": (3, 5), "fine": (5, 8)}
    assert (
        about["names"] == {}
        and about["directions"]["principal"] == 5
        and len(about["mark"]) == 12
        and about["thumbnail"]
    )


def test_what_is_painted_is_the_librarys_picture(desk, shelf) -> None:
    reply = desk.render({"weight": tiny.STYLE, "points": [EDITED, {"seed": 3}]})
    expected = sample(shelf.get(tiny.STYLE), [Point.from_json(EDITED), Point(seed=3)])
    assert np.array_equal(pixels(reply["sheet"])[:, :32], expected[0])
    assert np.array_equal(pixels(reply["sheet"])[:, 32:], expected[1])


def test_a_saved_picture_leads_back_to_its_point_and_is_drawn_again(desk, shelf) -> None:
    saved = desk.save({"weight": tiny.STYLE, "point": EDITED})
    assert saved["name"] == "tiny-style-seed-3-edited.png"
    assert desk.restore({"data": saved["data"]}) == {"weight": tiny.STYLE, "point": EDITED}
    again = make_again(recipe.read(base64.b64decode(saved["data"])), shelf)
    assert np.array_equal(again, pixels(saved["data"]))


def test_names_of_directions_go_along_in_a_saved_picture(desk, shelf) -> None:
    named = {"principal:1:middle": "light to dark"}
    saved = desk.save({"weight": tiny.STYLE, "point": EDITED, "named": named})
    assert reopened(shelf, desk.shared, recipe.read(base64.b64decode(saved["data"])))["names"] == named


def test_a_saved_picture_keeps_what_can_be_undone_up_to_a_size(desk, shelf, monkeypatch) -> None:
    steps = [{"seed": 3}, {"seed": 3, "pushes": [{"direction": 1, "amount": 1.0}]}]
    asked = {"weight": tiny.STYLE, "point": EDITED, "points": steps}
    made = recipe.read(base64.b64decode(desk.save(asked)["data"]))
    assert [Point.from_json(words) for words in reopened(shelf, desk.shared, made)["before"]] == [
        Point.from_json(words) for words in steps
    ]
    last = Point.from_json(steps[-1]).to_json()
    monkeypatch.setattr("gan_models.sample.MOST_BEFORE", len(json.dumps(last)))
    made = recipe.read(base64.b64decode(desk.save(asked)["data"]))
    assert made.arguments["before"] == [last], "the oldest are let go of"


def test_styles_in_words_are_a_base_that_looks_the_same(desk) -> None:
    words = desk.styles({"weight": tiny.STYLE, "point": {**EDITED, "noise": "fixed"}})
    before, after = (
        desk.render({"weight": tiny.STYLE, "points": [point]})["sheet"]
        for point in ({**EDITED, "noise": "fixed"}, words)
    )
    assert np.array_equal(pixels(before), pixels(after))


def test_maps_of_a_layer_are_a_sheet_of_small_pictures(desk) -> None:
    first, last = (desk.maps({"weight": tiny.STYLE, "point": EDITED, "layer": layer}) for layer in (0, 6))
    assert first["count"] == 16 and pixels(first["sheet"]).shape == (128, 128, 3)
    assert last["count"] == 8 and first["sheet"] != last["sheet"]
    assert pixels(first["sheet"]).min() == 0 and pixels(first["sheet"]).max() == 255


def test_a_drag_goes_on_from_the_state_that_the_page_holds(desk) -> None:
    asked = {"weight": tiny.STYLE, "point": {"seed": 3}, "pairs": [[[10, 10], [15, 10]]], "mask": None}
    first = desk.drag(asked)
    second = desk.drag({**asked, "state": first["state"]})
    assert second["step"] > first["step"] >= 1 and len(second["handles"]) == 1
    drawn = desk.render({"weight": tiny.STYLE, "points": [second["point"]]})
    assert np.array_equal(pixels(second["sheet"]), pixels(drawn["sheet"])), "what is shown is the point's picture"
    job = desk.film({**asked, "number": 3})["job"]
    last = desk.shared.jobs.get(job)
    list(desk.shared.jobs.followed(job))
    last.thread.join()
    film = base64.b64decode(last.told()["data"])
    assert recipe.read(film).arguments["steps"] == 3


def test_a_generator_fills_what_is_painted_on_the_box_and_the_file_makes_itself_again(desk, shelf) -> None:
    levels = sample(shelf.get(tiny.STYLE), [Point(seed=5)])[0].repeat(3, 0).repeat(3, 1)
    content, cells = encode(Photo(levels)), np.zeros((MASK, MASK), bool)
    cells[20:40, 24:44] = True
    data, mask, box = base64.b64encode(content).decode(), packed_mask(cells), {"x": 48.0, "y": 48.0, "side": 96.0}
    cut = desk.align({"weight": tiny.STYLE, "data": data, "box": box})
    asked = {"weight": tiny.STYLE, "data": cut["data"], "mask": mask, "total": 2}
    first = desk.project(asked)
    reply = desk.project({**asked, "state": first["state"]})
    known = pixels(cut["data"]) == pixels(reply["joined"])
    assert known[:9].all() and known[21:].all() and not known[11:19, 13:21].all()
    shares = {name: value / 96 for name, value in box.items()}
    wanted = {"weight": tiny.STYLE, "point": reply["point"], "data": data, "name": "a.jpg", "box": shares}
    saved = desk.fill({**wanted, "mask": mask})
    made, png = recipe.read(base64.b64decode(saved["data"])), pixels(saved["data"])
    at = ((np.arange(96) + 0.5) / 96 * MASK).astype(int)
    hole = cells[np.ix_(at, at)]
    assert saved["name"] == "a-repaired.png" and np.array_equal(png[~hole], levels[~hole])
    assert np.array_equal(project.make_again(made, shelf, open_photo(content)).colour, png)
    assert reopened(shelf, desk.shared, made) == {"weight": tiny.STYLE, "point": reply["point"]}


def test_a_projection_comes_nearer_and_keeps_nothing_on_the_server(desk, shelf) -> None:
    wanted = sample(shelf.get(tiny.STYLE), [Point(seed=8)])[0]
    buffer = io.BytesIO()
    Image.fromarray(wanted).resize((90, 90), Image.Resampling.BICUBIC).convert("CMYK").save(buffer, "TIFF")
    opened = desk.photograph({"data": base64.b64encode(buffer.getvalue()).decode()})
    assert (opened["width"], opened["box"]) == (90, {"x": 45.0, "y": 45.0, "side": 90.0, "turn": 0.0})
    cut = desk.align({"weight": tiny.STYLE, "data": opened["data"], "box": opened["box"]})
    asked = {"weight": tiny.STYLE, **cut, "total": 20}
    reply = first = desk.project(asked)
    while not reply["done"]:
        reply = desk.project({**asked, "state": reply["state"]})
    assert reply["step"] == 20 and reply["far"]["perceptual"] < 0.8 * first["far"]["perceptual"]
    assert reply["far"]["unlike"] is None, "nothing is said of what was not measured"


def test_a_tuned_copy_is_another_weight_and_only_a_page_of_this_machine_writes_one(tiny_styles, tmp_path) -> None:
    shelf = Shelf([tmp_path, tiny_styles])
    shared = Shared(shelf, None, None, Lanes(1), tmp_path / "runs", training="here")
    data = base64.b64encode((tiny_styles / tiny.STYLE / "samples.webp").read_bytes()).decode()
    photo = EditDesk(shelf, shared).align({"weight": tiny.STYLE, "data": data, "box": {"x": 9, "y": 9, "side": 16}})
    asked = {"weight": tiny.STYLE, "point": {"seed": 8}, **photo, "seconds": 1}
    last = shared.jobs.get(job := EditDesk(shelf, shared).tune(asked)["job"])
    list(shared.jobs.followed(job))
    told = last.told()
    assert told["state"] == "done" and told["weight"] == f"{tiny.STYLE}-tuned" and "tuned" in told["told"], told
    assert shelf.get(told["weight"]).sha256 != shelf.get(tiny.STYLE).sha256
    whole = {"weight": tiny.STYLE, "data": data, "box": {"x": 9, "y": 9, "side": 16}, "total": 2, "seconds": 1}
    assert tunings.finished(EditDesk(shelf, shared), whole)["weight"] == f"{tiny.STYLE}-tuned-2"
    with pytest.raises(AtelierError, match="only a page on one's own machine"):
        EditDesk(shelf, Shared(shelf, None, None, Lanes(1), tmp_path / "runs", training="uploads")).tune(asked)


@pytest.mark.parametrize(
    ("call", "request_", "message"),
    [
        ("describe", {"weight": tiny.VANILLA}, "has no styles to edit"),
        ("styles", {"weight": tiny.VANILLA, "point": {"seed": 1}}, "has no styles"),
        (
            "render",
            {"weight": tiny.STYLE, "points": [{"seed": 1, "mixes": [{"seed": 2, "layers": [0, 20]}]}]},
            "has 8 layers",
        ),
        (
            "maps",
            {"weight": tiny.STYLE, "point": {"seed": 1}, "layer": 7},
            "The layer of tiny-style is a whole number from 0",
        ),
        ("maps", {"weight": tiny.STYLE, "point": {"seed": 1}}, "The layer of tiny-style is a whole number"),
        ("save", {"weight": "none", "point": {"seed": 1}}, "no weight 'none'"),
        ("restore", {"data": "%%"}, "base64"),
        ("drag", {"weight": tiny.VANILLA, "point": {"seed": 1}, "pairs": []}, "has no styles to drag by"),
        ("film", {"weight": tiny.STYLE, "point": {"seed": 1}, "pairs": [[[1, 1], [9, 9]]]}, "The steps of a film"),
        ("photograph", {"data": "AAAA"}, "cannot be read as a picture"),
        ("project", {"weight": tiny.VANILLA, "data": "AAAA"}, "has no styles"),
        ("steer", {"weight": tiny.STYLE, "point": {"seed": 1}, "text": "dark"}, "has no directions with names"),
    ],
)
def test_wrong_requests_have_a_sentence(desk, call, request_, message) -> None:
    with pytest.raises(AtelierError, match=message):
        getattr(desk, call)(request_)


def test_bred_by_layers_in_sample_where_a_parent_is_of_styles(desk) -> None:
    from page.sample import SampleDesk as Sample

    asked = {"weight": tiny.STYLE, "parents": [EDITED, {"seed": 9}], "strength": 0.2, "count": 2}
    children = Sample(desk.shelf, desk.shared).breed(asked)["points"]
    assert all(set(child) == {"styles"} for child in children) and children[0] != children[1]
    assert desk.render({"weight": tiny.STYLE, "points": children})["columns"] == 2


def test_programs_edit_by_name(shelf, tmp_path) -> None:
    import page

    blocks = page.build(shelf, page.Options(runs=tmp_path))
    _, url, _ = blocks.launch(**page.launch_arguments(), prevent_thread_lock=True, quiet=True)
    try:
        client = Client(url, verbose=False)
        names = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
        for name in ("models", "describe", "render", "styles", "maps", "steer", "restore", "drag", "project"):
            assert f"/edit_{name}" in names
        made = client.predict(tiny.STYLE, EDITED, api_name="/edit")
        assert recipe.read(base64.b64decode(made["data"])).arguments["point"] == EDITED
        with pytest.raises(AppError, match="tiny-style has no style directions 'odd'"):
            client.predict(
                tiny.STYLE, {"seed": 1, "pushes": [{"direction": 0, "amount": 1, "kind": "odd"}]}, api_name="/edit"
            )
    finally:
        blocks.close()
