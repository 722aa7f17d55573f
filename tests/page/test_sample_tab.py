"""The Sample tab's functions, called by name over HTTP, and what keeps the page up."""

import base64
import io
import zipfile

import numpy as np
import pytest
import tiny
from gradio_client.exceptions import AppError
from PIL import Image

from gan_models import recipe
from gan_models.errors import RequestError
from gan_models.latents.point import Point
from gan_models.loading import Shelf
from gan_models.sample import make_again, point_of, sample, verdict
from page.parts.lanes import Lanes
from page.parts.shared import Shared
from page.sample import SampleDesk


def cut(reply: dict) -> np.ndarray:
    """The pictures of a sheet: uint8 (N, H, W, 3)."""
    with Image.open(io.BytesIO(base64.b64decode(reply["sheet"]))) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    width, height = reply["width"], reply["height"]
    rows, columns = pixels.shape[0] // height, pixels.shape[1] // width
    assert columns == reply["columns"]
    cells = pixels.reshape(rows, height, columns, width, 3).swapaxes(1, 2)
    return cells.reshape(-1, height, width, 3)


def test_models_have_names_and_faces(client):
    reply = client.predict(api_name="/models")
    assert [model["name"] for model in reply["models"]] == sorted(tiny.CONFIGS)
    assert all(model["thumbnail"].startswith("data:image/webp;base64,") for model in reply["models"])


def test_a_sheet_holds_the_librarys_pictures(client, tiny_weights):
    reply = client.predict(tiny.COLOUR, 5, 3, -1, 0.8, api_name="/sample")
    points = [Point(seed=seed, truncation=0.8) for seed in (5, 6, 7)]
    expected = sample(Shelf([tiny_weights]).get(tiny.COLOUR), points)
    np.testing.assert_array_equal(cut(reply)[:3], expected)
    assert reply["compute"] > 0 and reply["scores"] is None


def test_verdicts_are_the_discriminators(client, tiny_weights):
    points = [{"seed": 1, "label": 2}, {"seed": 2, "label": 0, "directions": {"1": 2.0}}]
    reply = client.predict(tiny.CONDITIONAL, points, True, api_name="/render")
    model = Shelf([tiny_weights]).get(tiny.CONDITIONAL)
    np.testing.assert_allclose(reply["scores"], verdict(model, [Point.from_json(p) for p in points]), atol=1e-5)


def test_coordinates_are_the_resolved_latent(client, tiny_weights):
    point = {"seed": 4, "coordinates": {"3": 1.25}}
    reply = client.predict(tiny.COLOUR, point, api_name="/coordinates")
    model = Shelf([tiny_weights]).get(tiny.COLOUR)
    np.testing.assert_allclose(reply["values"], Point.from_json(point).resolve(model).code[0], atol=1e-6)
    assert reply["values"][3] == 1.25


def test_children_without_strength_are_twins_and_with_it_are_not(client):
    parent = {"seed": 9, "truncation": 0.7}
    same = client.predict(tiny.COLOUR, [parent], 0.0, 0, 2, api_name="/breed")["points"]
    other = client.predict(tiny.COLOUR, [parent, {"seed": 3}], 0.5, 0, 4, api_name="/breed")["points"]
    drawn = cut(client.predict(tiny.COLOUR, [parent, *same, *other], api_name="/render"))
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert all((drawn[0] != drawn[n]).any() for n in range(3, 7))


def test_a_saved_picture_leads_back_to_its_point(client):
    point = {"seed": 8, "label": 1, "truncation": 0.9, "directions": {"0": -1.5}}
    saved = client.predict(tiny.CONDITIONAL, point, api_name="/save_png")
    assert saved["name"] == "tiny-conditional-seed-8.png"
    assert point_of(recipe.read(base64.b64decode(saved["data"]))) == Point.from_json(point)
    assert client.predict(saved["data"], api_name="/restore") == {"weight": tiny.CONDITIONAL, "point": point}


def test_the_archive_holds_a_picture_for_each_point(client, tiny_weights):
    reply = client.predict(tiny.VANILLA, [{"seed": 1}, {"seed": 1}, {"seed": 2}], api_name="/archive")
    shelf = Shelf([tiny_weights])
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(reply["data"]))) as archive:
        assert len(set(archive.namelist())) == 3
        data = archive.read(archive.namelist()[2])
    with Image.open(io.BytesIO(data)) as picture:
        again = make_again(recipe.read(data), shelf)
        np.testing.assert_array_equal(np.asarray(picture), again[:, :, 0])


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("/sample", ("no-such-weight",), "no-such-weight"),
        ("/sample", (tiny.COLOUR, 0, 65), "1 to 64"),
        ("/sample", (tiny.COLOUR, -1), "seed"),
        ("/render", (tiny.COLOUR, []), "1 to 64 points"),
        ("/render", (tiny.COLOUR, [{"seed": 1, "colour": 2}]), "colour"),
        ("/breed", (tiny.COLOUR, [{"seed": 1}] * 3), "one or two parents"),
        ("/breed", (tiny.COLOUR, [{"seed": 1}], 2.0), "from 0 to 1"),
        ("/restore", ("!!",), "base64"),
        ("/restore", (base64.b64encode(b"GIF89a").decode(),), "cannot be read as PNG"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(client, name, arguments, sentence):
    with pytest.raises(AppError, match=sentence):
        client.predict(*arguments, api_name=name)
    assert client.predict(tiny.VANILLA, 0, 1, api_name="/sample")["columns"] == 1


def test_a_new_weight_is_on_the_shelf_without_a_restart(tmp_path):
    tiny.make_weight(tmp_path, tiny.VANILLA)
    shelf = Shelf([tmp_path])
    desk = SampleDesk(shelf, Shared(shelf, None, None, Lanes(), tmp_path))
    assert [model["name"] for model in desk.models({})["models"]] == [tiny.VANILLA]
    tiny.make_weight(tmp_path, tiny.COLOUR)
    assert desk.describe({"weight": tiny.COLOUR})["size"] == 32
    (tmp_path / tiny.VANILLA / "generator.safetensors").write_bytes(b"broken")
    assert len(desk.models({})["refused"]) == 1


def test_words_are_read_drawn_kept_in_the_file_and_refused_in_a_sentence(tiny_words):
    shelf = Shelf([tiny_words])
    desk = SampleDesk(shelf, Shared(shelf, None, None, Lanes(), tiny_words))
    words = desk.describe({"weight": tiny.WORDS})["words"]
    assert words["text"] == tiny.VOCABULARY.sentences[0] and words["groups"][0]["words"][0] == "red hair"
    said = desk.read({"weight": tiny.WORDS, "text": "a gorgeous person with violet hair"})
    assert (said["known"], said["alike"], said["ignored"]) == (
        ["person", "hair"],
        (("violet", "purple"),),
        ("gorgeous",),
    )
    assert said["told"] == "Read “violet” as “purple”. Not known, so ignored: “gorgeous”."
    point = {"seed": 3, "text": "glasses"}
    sheets = [
        desk.render({"weight": tiny.WORDS, "points": [{"seed": 3, "text": text}]})["sheet"]
        for text in ("glasses", "beard", "")
    ]
    assert len(set(sheets)) == 3
    saved = desk.save({"weight": tiny.WORDS, "point": point})
    assert desk.restore({"data": saved["data"]}) == {"weight": tiny.WORDS, "point": point}
    children = desk.breed({"weight": tiny.WORDS, "parents": [point, {"seed": 4, "text": "beard"}], "count": 2})[
        "points"
    ]
    assert [child["text"] for child in children] == ["glasses", "beard"]
    long = {"weight": tiny.WORDS, "text": "x" * 10_000}
    for ask in (lambda: desk.read(long), lambda: desk.render({**long, "points": [{"seed": 1, "text": long["text"]}]})):
        with pytest.raises(RequestError, match="at most 500 characters, got 10,000 characters; say it shorter"):
            ask()
    for text in ("", "🌷", "紅い花", "xyzzy"):
        assert desk.read({"weight": tiny.WORDS, "text": text})["told"].endswith("the picture is left to chance.")


def test_a_weight_of_another_task_is_a_sentence(tiny_upscalers):
    shelf = Shelf([tiny_upscalers])
    desk = SampleDesk(shelf, Shared(shelf, None, None, Lanes(), tiny_upscalers))
    for ask in (desk.describe, desk.render, desk.save):
        with pytest.raises(RequestError, match="made for upscale, not for sampling"):
            ask({"weight": tiny.SWIFT, "points": [{"seed": 1}], "point": {"seed": 1}})


def test_where_attention_looks_from_a_place_is_told_and_who_has_none_says_so(tmp_path, tiny_weights):
    tiny.make_weight(tmp_path, tiny.ATTENTIVE)
    own = Shelf([tmp_path])
    desk = SampleDesk(own, Shared(own, None, None, Lanes(), tmp_path))
    assert desk.describe({})["attends"]
    asked = {"weight": tiny.ATTENTIVE, "point": {"seed": 3}}
    looks = [desk.attention({**asked, "x": x, "y": 0.5})["maps"] for x in (0.1, 0.9)]
    assert [one["side"] for one in looks[0]] == [4, 8] and looks[0] != looks[1]
    for one in looks[0]:
        assert len(one["shares"]) == one["side"] ** 2 and sum(one["shares"]) == pytest.approx(1)
    with pytest.raises(RequestError, match="x is 1.5; it is from 0 to 1"):
        desk.attention({**asked, "x": 1.5, "y": 0})
    shelf = Shelf([tiny_weights])
    plain = SampleDesk(shelf, Shared(shelf, None, None, Lanes(), tmp_path))
    assert not plain.describe({"weight": tiny.COLOUR})["attends"]
    with pytest.raises(RequestError, match="no self-attention"):
        plain.attention({"weight": tiny.COLOUR, "point": {"seed": 3}, "x": 0.5, "y": 0.5})


def test_classes_go_by_name_and_by_none_and_what_cannot_be_is_said_plainly(client):
    ask = lambda *words: client.predict(*words, api_name="/sample")["sheet"]  # noqa: E731
    assert ask(tiny.CONDITIONAL, 3, 2, "star") == ask(tiny.CONDITIONAL, 3, 2, 2) != ask(tiny.CONDITIONAL, 3, 2, None)
    for words, said in (
        (("no'such", 0, 1), 'no weight "no\'such"'),
        ((tiny.COLOUR, "3", 1), "'seed' is a whole number, got '3'"),
        ((tiny.CONDITIONAL, 3, 1, "dress"), "circle, square, star; got 'dress'"),
        ((tiny.COLOUR, 3, 1, 0.5), "'label' is a whole number or text, got '0.5'"),
    ):
        with pytest.raises(AppError, match=said):
            ask(*words)
