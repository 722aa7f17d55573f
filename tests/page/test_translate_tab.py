"""The Translate tab's functions, called by name as a program would."""

import base64
import io
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tiny
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image

from gan_models import recipe, remake
from gan_models.drawing import growing
from gan_models.drawing.edges import trace
from gan_models.drawing.strokes import Stroke, draw_lines, read_strokes
from gan_models.errors import AtelierError, RequestError
from gan_models.loading import Shelf
from gan_models.pictures.images import contact_sheet, fit
from gan_models.pictures.manners import SIDE, draw_manner
from gan_models.pictures.photo import open_photo
from gan_models.translate import TranslateOptions, make_again, of_strokes, translate, translate_photo, variations
from gan_models.translating import degrees, given
from gan_models.weight.sheet import write_sheet
from page.parts import examples, jobs
from page.parts.lanes import Lanes
from page.parts.shared import Shared
from page.translate import TranslateDesk, drawings, offered, styles
from page.translate.tasks import photographs

LINES = [Stroke([(0.2, 0.3), (0.5, 0.8), (0.8, 0.3)], 0.05), Stroke([(0.4, 0.4)], 0.2, "hint", (200, 120, 40))]
WORDS = [stroke.to_json() for stroke in LINES]
SKETCHED = {"weight": tiny.SKETCH, "strokes": WORDS}


def file_of(picture: np.ndarray, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, kind)
    return buffer.getvalue()


def text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def seen(data: str) -> np.ndarray:
    with Image.open(io.BytesIO(base64.b64decode(data.rpartition(",")[2]))) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def smooth(width: int, height: int, channels: int = 3) -> np.ndarray:
    small = np.random.default_rng(width).integers(0, 256, (5, 7, channels), dtype=np.uint8)
    return np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC))


@pytest.fixture(scope="module")
def shelf(tiny_weights, tiny_translators) -> Shelf:
    return Shelf([tiny_weights, tiny_translators])


@pytest.fixture
def desk(shelf, tmp_path, monkeypatch) -> TranslateDesk:
    monkeypatch.setattr("page.translate.get_upload_folder", lambda: str(tmp_path))
    return TranslateDesk(shelf, Shared(shelf, None, None, Lanes(2), tmp_path))


def opened(desk: TranslateDesk, picture: np.ndarray, name: str = "photo.png") -> dict:
    return desk.open({"data": text(file_of(picture)), "name": name})


def test_the_tab_needs_a_translator(shelf, tiny_weights, desk) -> None:
    assert offered(shelf, desk.shared) and not offered(Shelf([tiny_weights]), desk.shared)


def test_tasks_say_what_their_controls_must_know(desk) -> None:
    reply = desk.tasks({})
    by_name = {task["name"]: task for task in reply["tasks"]}
    assert set(by_name) == set(tiny.TRANSLATORS) and reply["first"] == tiny.FLAT
    assert (by_name[tiny.SKETCH]["source"], by_name[tiny.SKETCH]["hints"], by_name[tiny.SKETCH]["noisy"]) == (
        "drawing", True, True,
    )  # fmt: skip
    assert by_name[tiny.LABELLED]["palette"] == [["wall", "#0000de"], ["door", "#01cfff"]]
    assert by_name[tiny.CROSS]["directions"] == ["day to night", "night to day"] and not by_name[tiny.CROSS]["noisy"]
    examples = by_name[tiny.COLORIZE]["examples"]
    assert [example["name"] for example in examples] == ["generated", "scene"]
    assert max(seen(example["picture"]).shape[1] for example in examples) <= 264
    assert desk.tasks({"mark": reply["mark"]}) == {"mark": reply["mark"]}


def test_a_drawing_is_answered_as_the_library_answers(desk, shelf) -> None:
    reply = desk.render({**SKETCHED, "seeds": [3, 4, 5], "map": True})
    model = shelf.get(tiny.SKETCH)
    three = variations(model, of_strokes(model, LINES), (3, 4, 5))
    sheet = seen(reply["sheet"])
    assert np.array_equal(sheet[:32, :32], three[0]) and np.array_equal(sheet[32:, :32], three[2])
    assert (reply["columns"], reply["width"], reply["height"]) == (2, 32, 32) and reply["compute"] > 0
    assert seen(reply["map"]).shape == (32, 32, 3)
    shown = desk.seen(SKETCHED)
    assert np.array_equal(seen(shown["picture"]), of_strokes(model, LINES).picture()) and shown["width"] == 32


def test_a_saved_picture_brings_back_drawing_weight_and_settings(desk, shelf) -> None:
    ground = np.full((32, 32), 255, np.uint8)
    ground[10] = 0
    laid = text(file_of(ground))
    saved = desk.save({**SKETCHED, "ground": laid, "seed": 7})
    content = base64.b64decode(saved["data"])
    model = shelf.get(tiny.SKETCH)
    expected = translate(model, of_strokes(model, LINES, ground), TranslateOptions(seed=7))
    assert np.array_equal(open_photo(content).colour, expected)
    made = recipe.read(content)
    assert np.array_equal(make_again(made, shelf).colour, expected)
    back = desk.open({"data": saved["data"], "name": "x.png"})["recipe"]
    assert (back["weight"], back["seed"], back["source"]) == (tiny.SKETCH, 7, None)
    assert read_strokes(back["strokes"]) == LINES and np.array_equal(seen(back["ground"])[:, :, 0], ground)
    drawing = desk.sketch({**SKETCHED, "seed": 7})
    assert seen(drawing["data"]).shape == (1024, 1024, 3) and "drawing" in drawing["name"]
    assert desk.open({"data": drawing["data"]})["recipe"]["strokes"] == back["strokes"]


def test_labels_are_painted_and_a_painting_is_a_ground(desk, shelf) -> None:
    painted = [Stroke([(0.5, 0.5)], 0.5, "paint", (1, 207, 255)).to_json()]
    plain = desk.render({"weight": tiny.LABELLED, "strokes": painted})
    assert seen(plain["sheet"]).shape == (32, 32, 3)
    picture = np.zeros((64, 80, 3), np.uint8)
    picture[:, :, 2] = 222
    picture[20:40, 20:40] = (1, 207, 255)
    found = desk.trace({"weight": tiny.LABELLED, "id": opened(desk, picture)["id"], "detector": "none"})
    colours = {tuple(colour) for colour in seen(found["ground"]).reshape(-1, 3)}
    assert found["strokes"] == [] and colours == {(0, 0, 222), (1, 207, 255)}
    again = desk.render({"weight": tiny.LABELLED, "strokes": [], "ground": found["ground"]})
    assert not np.array_equal(seen(again["sheet"]), seen(plain["sheet"]))


def test_a_painting_gets_the_palette_s_colours_and_a_photograph_is_none(desk) -> None:
    draws = np.random.default_rng(0)
    smeared = np.full((64, 64, 3), (0, 0, 222)) + draws.integers(-9, 10, (64, 64, 3))
    ask = {"weight": tiny.LABELLED, "detector": "none"}
    found = desk.trace({**ask, "id": opened(desk, smeared.clip(0, 255).astype(np.uint8))["id"]})
    assert {tuple(colour) for colour in seen(found["ground"]).reshape(-1, 3)} == {(0, 0, 222)}
    with pytest.raises(RequestError, match="% of that picture has the colours of the labels that tiny-labels takes"):
        desk.trace({**ask, "id": opened(desk, smooth(90, 70))["id"]})


def test_flat_shapes_are_answered_and_their_file_brings_all_of_them_back(desk, shelf) -> None:
    tools = {task["name"]: task["tools"] for task in desk.tasks({})["tasks"]}
    assert tools[tiny.FLAT] == ["paint", "fill", "lasso", "ellipse", "box", "eraser", "dropper"]
    shapes = [desk.example({"weight": tiny.FLAT, "number": number})["strokes"] for number in range(6)]
    assert len({str(drawing) for drawing in shapes}) == 6 and all(3 < len(drawing) < 12 for drawing in shapes)
    start = desk.example({"weight": tiny.FLAT, "outline": True})["strokes"]
    assert 1 <= len(start) < len(shapes[0]) and all(stroke in shapes[0] for stroke in start)
    # A transparent picture is laid on white, and its colours are taken as they are.
    picture = np.zeros((40, 40, 4), np.uint8)
    picture[10:30, 10:30] = (8, 90, 200, 255)
    ground = desk.trace({"weight": tiny.FLAT, "id": opened(desk, picture)["id"], "detector": "canny"})["ground"]
    assert (seen(ground)[0, 0] == 255).all() and (seen(ground)[16, 16] == (8, 90, 200)).all()
    filled = Stroke([(0.5, 0.5)], 0.1, "fill", (248, 49, 47))
    wanted = {"weight": tiny.FLAT, "strokes": [*shapes[1], filled.to_json()], "ground": ground}
    saved = desk.save({**wanted, "seed": 3})["data"]
    back = desk.open({"data": saved, "name": "x.png"})["recipe"]
    assert (back["strokes"], back["ground"], back["seed"]) == (wanted["strokes"], ground, 3)
    assert np.array_equal(make_again(recipe.read(base64.b64decode(saved)), shelf).colour, seen(saved))
    white = Stroke([(0.2, 0.2), (0.8, 0.8)], 0.1, "ellipse", (255, 255, 255)).to_json()
    with pytest.raises(RequestError, match="The canvas is empty; paint a shape first"):
        desk.render({"weight": tiny.FLAT, "strokes": [white]})


def test_edges_become_strokes_or_a_ground(desk) -> None:
    picture = smooth(90, 70)
    ident = opened(desk, picture)["id"]
    ask = {"weight": tiny.SKETCH, "id": ident, "detail": 0.4}
    lines = read_strokes(desk.trace({**ask, "detector": "canny"})["strokes"])
    expected = trace(fit(picture, 128), "canny", 0.4, 1.2 / 32)
    assert len(lines) == len(expected) > 0 and lines[0] == expected[0]
    inked = desk.trace({**ask, "detector": "ink"})
    assert inked["strokes"] == [] and seen(inked["ground"]).shape == (32, 32, 3)
    assert desk.render({"weight": tiny.SKETCH, "strokes": [], "ground": inked["ground"]})["width"] == 32
    white_on_black = np.zeros((64, 64), np.uint8)
    white_on_black[30:34] = 255
    turned = desk.trace({**ask, "id": opened(desk, white_on_black)["id"], "detector": "none"})
    assert seen(turned["ground"]).mean() > 200, "turned round: ink is black"


def test_a_photograph_is_coloured_at_its_full_size(desk, shelf, monkeypatch) -> None:
    monkeypatch.setattr(given, "LOOKED_AT", 128)
    content = file_of(smooth(300, 220, 4))
    ident = desk.open({"data": text(content), "name": "big.png"})["id"]
    ask = {"weight": tiny.COLORIZE, "id": ident, "strokes": WORDS[1:], "strength": 1.5}
    shown = desk.render({**ask, "seeds": [0, 1], "picked": 1})
    assert (shown["width"], shown["height"], shown["worked"]) == (128, 94, [64, 47])
    assert len(shown["thumbnails"]) == 2 and seen(shown["thumbnails"][0]).shape == (70, 96, 3)
    held = desk.store.get(ident)
    assert list(held.results) == ["small 128"] and "before" not in shown, "the page has the picture that it sent"
    desk.render({**ask, "side": 256})
    assert list(held.results) == ["small 128", "small 256"]
    saved = Path(desk.save({**ask, "seed": 1})["path"])
    result, photo = open_photo(saved.read_bytes()), open_photo(content)
    expected = translate_photo(shelf.get(tiny.COLORIZE), photo, TranslateOptions(1, strength=1.5), LINES[1:])
    there = photo.alpha > 0  # what is unseen is filled in when a file is opened
    assert np.array_equal(result.colour[there], expected.colour[there]) and np.array_equal(result.alpha, photo.alpha)
    back = desk.open({"data": text(saved.read_bytes())})["recipe"]
    assert back["source"] == photo.sha256 == opened_hash(desk, content) and back["strength"] == 1.5


def opened_hash(desk: TranslateDesk, content: bytes) -> str:
    return desk.open({"data": text(content)})["sha256"]


@pytest.fixture(scope="module")
def painter(tmp_path_factory) -> Shelf:
    folder = tmp_path_factory.mktemp("painters")
    tiny.make_translator(folder, tiny.ANY_STYLE)
    tiny.make_translator(folder, tiny.CARTOON)
    return Shelf([folder])


@pytest.fixture
def painters_desk(painter, tmp_path, monkeypatch) -> TranslateDesk:
    monkeypatch.setattr("page.translate.get_upload_folder", lambda: str(tmp_path))
    monkeypatch.setattr(degrees, "FRAMES", 4)
    return TranslateDesk(painter, Shared(painter, None, None, Lanes(2), tmp_path))


def test_a_photograph_becomes_a_cartoon_and_its_file_brings_all_of_it_back(painters_desk, painter) -> None:
    desk, source = painters_desk, file_of(smooth(60, 44))
    task = next(task for task in desk.tasks({})["tasks"] if task["outlined"])
    assert (task["name"], task["whole"], task["degrees"], task["styled"]) == (tiny.CARTOON, True, True, False)
    assert task["subtitle"] == "give a picture · any size"
    held = desk.open({"data": text(source), "name": "photo.png"})
    asked = {"weight": tiny.CARTOON, "id": held["id"], "strength": 1.5, "outlines": 0.25, "keep": True, "side": 288}
    shown = desk.render({**asked, "seeds": [0]})
    assert (shown["width"], shown["height"], shown["worked"]) == (60, 44, [288, 211])
    saved = Path(desk.save(asked)["path"]).read_bytes()
    again = desk.open({"data": text(saved), "name": "saved.png"})["recipe"]
    assert {name: again[name] for name in ("strength", "outlines", "keep", "side")} == {
        "strength": 1.5, "outlines": 0.25, "keep": True, "side": 288,
    }  # fmt: skip
    assert again["source"] == held["sha256"] and "styles" not in again
    made = make_again(recipe.read(saved), painter, open_photo(source))
    assert np.array_equal(made.colour, open_photo(saved).colour)
    assert finished(desk, desk.film(asked)["job"])["state"] == "done"
    for words, said in (({"outlines": 2}, "0 to 1"), ({"strength": -1}, "0 to 2"), ({"keep": 1}, "true or false")):
        with pytest.raises(RequestError, match=said):
            desk.render({**asked, **words, "seeds": [0]})


def test_a_photograph_is_painted_in_any_style_and_its_file_brings_all_of_it_back(painters_desk, painter) -> None:
    desk = painters_desk
    task = next(task for task in desk.tasks({})["tasks"] if task["styled"])
    assert task["styled"] and task["source"] == "photo" and [name for name, *_ in task["manners"]][0] == "brush"
    source = file_of(smooth(60, 44))
    held = desk.open({"data": text(source), "name": "photo.png"})
    own, given = desk.style({"manner": "waves"}), desk.style({"data": text(file_of(smooth(50, 50))), "name": "a.png"})
    assert own["name"] == "Printed waves" and (given["name"], given["told"]) == ("a.png", "")
    turned = io.BytesIO()
    Image.fromarray(smooth(50, 50)).save(turned, "GIF", save_all=True, append_images=[Image.new("RGB", (50, 50))])
    assert "only the first is taken" in desk.style({"data": text(turned.getvalue()), "name": "a.gif"})["told"]
    two = [{"sha256": one["sha256"], "copy": one["copy"]} for one in (own, given)]
    asked = {"weight": tiny.ANY_STYLE, "id": held["id"], "styles": two, "mix": 0.25, "keep": True, "side": 768}
    shown = desk.render({**asked, "seeds": [0]})
    assert (shown["width"], shown["height"], shown["worked"]) == (60, 44, [60, 44])
    assert desk.seen(asked)["width"] == 384
    saved = Path(desk.save({**asked, "strength": 0.5})["path"]).read_bytes()
    again = desk.open({"data": text(saved), "name": "saved.png"})["recipe"]
    assert (again["styles"], again["mix"], again["keep"], again["strength"]) == (two, 0.25, True, 0.5)
    assert again["source"] == held["sha256"]
    made = make_again(recipe.read(saved), painter, open_photo(source))
    assert np.array_equal(made.colour, open_photo(saved).colour)
    assert finished(desk, desk.film(asked)["job"])["state"] == "done"
    for words, said in (({}, "give one as the style"), ({"styles": [{"copy": "AAAA"}]}, "hash and base64")):
        with pytest.raises(RequestError, match=said):
            desk.render({"weight": tiny.ANY_STYLE, "id": held["id"], "seeds": [0], **words})
    for words, said in (({"manner": "oil"}, "no style 'oil'"), ({"data": text(file_of(smooth(8, 8)))}, "16x16")):
        with pytest.raises(RequestError, match=said):
            desk.style(words)


def test_our_own_styles_are_what_the_code_draws() -> None:
    for name, (_, seed) in styles.MANNERS.items():
        assert styles.own(name).levels().shape == (SIDE, SIDE, 3)
        if name in ("mosaic", "waves"):  # the others take seconds
            drawn = draw_manner(name, seed).astype(int)
            assert np.abs(drawn - styles.own(name).levels()).mean() < 12


def test_both_directions_and_the_working_size(desk) -> None:
    ident = opened(desk, smooth(200, 120))["id"]
    ask = {"weight": tiny.CROSS, "id": ident}
    there, back = (desk.render({**ask, "direction": way}) for way in (0, 1))
    assert there["worked"] == [64, 38] and (there["width"], there["height"]) == (64, 38)
    assert not np.array_equal(seen(there["after"]), seen(back["after"]))
    assert desk.render({**ask, "side": 128})["worked"] == [128, 77]


def finished(desk: TranslateDesk, job: str) -> dict:
    deadline = time.monotonic() + 60
    while (told := desk.poll({"job": job}))["state"] == "running" and time.monotonic() < deadline:
        time.sleep(0.02)
    return told


def test_the_film_shows_the_drawing_grow_and_is_made_again_by_its_recipe(desk, monkeypatch, tmp_path) -> None:
    import av

    monkeypatch.setattr(growing, "FRAMES", 12)
    monkeypatch.setattr(growing, "HOLD", 2)
    told = finished(desk, desk.film({**SKETCHED, "seed": 2})["job"])
    content = base64.b64decode(told["data"])
    assert told["state"] == "done" and recipe.read(content).arguments["seed"] == 2
    with av.open(io.BytesIO(content)) as film:
        pictures = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert len(pictures) == 14 and pictures[0].shape == (256, 2 * 256 + growing.GAP, 3)
    dark = [(picture[:, :256].min(-1) < 100).mean() for picture in pictures]
    assert dark[0] < dark[5] < dark[-1]
    assert desk.open({"data": text(content)})["recipe"]["seed"] == 2
    # And without the page, byte for byte.
    remake.write_again(recipe.read(content), desk.shelf, tmp_path / "again.mp4")
    assert (tmp_path / "again.mp4").read_bytes() == content


def test_a_photograph_turns_into_its_result_and_the_film_is_made_again(desk, monkeypatch, tmp_path) -> None:
    import av

    monkeypatch.setattr(degrees, "FRAMES", 6)
    (tmp_path / "photo.png").write_bytes(content := file_of(smooth(90, 64)))
    ask = {"weight": tiny.COLORIZE, "id": desk.open({"data": text(content), "name": "photo.png"})["id"]}
    film = base64.b64decode(finished(desk, desk.film({**ask, "strength": 2.0})["job"])["data"])
    with av.open(io.BytesIO(film)) as file:
        pictures = [frame.to_ndarray(format="rgb24").astype(int) for frame in file.decode(video=0)]
    gray = [np.ptp(picture, axis=2).mean() for picture in pictures]
    assert len(pictures) == 6 + degrees.BEFORE + degrees.AFTER and gray[0] < gray[degrees.BEFORE + 3] < gray[-1]
    again, given_file = tmp_path / "again.mp4", remake.Given(tmp_path / "photo.png")
    remake.write_again(recipe.read(film), desk.shelf, again, given_file)
    assert again.read_bytes() == film
    with pytest.raises(RequestError, match="makes another picture at once"):
        desk.film({**ask, "weight": tiny.CROSS})


def test_a_film_is_stopped_and_forgotten(desk) -> None:
    job = desk.film(SKETCHED)["job"]
    desk.stop({"job": job})
    assert finished(desk, job)["state"] == "stopped"
    desk.shared.jobs.get(job).heard -= 2 * jobs.AWAY
    desk.film(SKETCHED)
    with pytest.raises(RequestError, match="over and forgotten"):
        desk.poll({"job": job})


def test_moments_grow_to_the_whole_drawing() -> None:
    parts = list(growing.moments(LINES, 10))
    inks = [(draw_lines(part, 64) < 128).sum() for part in parts]
    assert inks == sorted(inks) and inks[0] < inks[-1] / 4
    assert parts[-1] == LINES


def test_there_is_a_drawing_of_our_own_for_every_subject(desk) -> None:
    assert all(len(cat) == 6 for cat in drawings.CATS)
    for number in range(8):
        strokes = read_strokes(desk.example({"weight": tiny.SKETCH, "number": number})["strokes"])
        ink = draw_lines(strokes, 64)
        assert 0.01 < (ink < 128).mean() < 0.3
        painted = read_strokes(desk.example({"weight": tiny.LABELLED, "number": number})["strokes"])
        assert {stroke.tool for stroke in painted} == {"paint"}
    for name in drawings.PAINTED:
        assert open_photo(desk._example_file(name)).colour.shape == (256, 256, 3)


def test_examples_are_of_the_subject_and_made_once(desk, shelf, monkeypatch) -> None:
    cats = replace(shelf.get(tiny.CROSS).card, name="cats-ginger2grey-128")
    first = photographs(desk.shelf, cats, desk._face)
    assert [example["title"] for example in first] == ["A painted cat"]
    monkeypatch.setattr(drawings, "painted", lambda name: pytest.fail("it was drawn again"))
    assert photographs(desk.shelf, cats, desk._face) == first


def test_a_crossing_without_pictures_of_ours_offers_those_of_its_sheet(tmp_path, monkeypatch) -> None:
    tiny.make_translator(tmp_path / "weights", tiny.CROSS)
    shelf = Shelf([tmp_path / "weights"])
    desk, card = TranslateDesk(shelf, Shared(shelf, None, None, Lanes(1), tmp_path)), shelf.get(tiny.CROSS).card
    monkeypatch.setattr("page.translate.get_upload_folder", lambda: str(tmp_path))
    assert not examples.of_sheet(card, shelf), "its sheet has another shape"
    cells = np.stack([np.full((32, 32, 3), 10 * number, np.uint8) for number in range(8)])
    write_sheet(tmp_path / "weights" / tiny.CROSS, Image.fromarray(contact_sheet(cells, columns=4, gap=2)))
    found = [(e["name"], e["title"], e["direction"]) for e in photographs(desk.shelf, card, desk._face)]
    assert len(found) == 4
    assert found[:2] == [("day 1 of tiny-cross", "Day", 0), ("night 1 of tiny-cross", "Night", 1)]
    shown = [open_photo(desk._example_file(name)).colour for name, _, _ in found]
    assert [picture.shape for picture in shown] == [(32, 32, 3)] * 4
    assert [int(picture[0, 0, 0]) for picture in shown] == [0, 20, 40, 60]
    for name in ("day 3 of tiny-cross", "dusk 1 of tiny-cross", "day 1 of ../tiny-cross"):
        with pytest.raises(RequestError, match="no example"):
            desk._example_file(name)


def test_examples_of_a_crossing_know_their_direction(desk, shelf, monkeypatch) -> None:
    card = shelf.get(tiny.CROSS).card
    ways = lambda *words: replace(card.translation, directions=words)  # noqa: E731
    cats = replace(card, name="cats-ginger2grey-128", translation=ways("ginger to grey", "grey to ginger"))
    monkeypatch.setattr(examples, "CATS_BY", tiny.COLOUR)
    assert [(e["name"], e["direction"]) for e in photographs(desk.shelf, cats, desk._face)] == [
        ("ginger", 0),
        ("grey", 1),
        ("cat", 0),
    ]
    ginger, grey = (desk._example_file(name) for name in ("ginger", "grey"))
    assert recipe.read(ginger).weight == tiny.COLOUR and ginger != grey


@pytest.mark.parametrize(
    ("call", "words", "message"),
    [
        ("render", {"weight": tiny.SKETCH, "strokes": []}, "The canvas is empty; draw a line first"),
        ("render", {"weight": tiny.LABELLED, "strokes": []}, "The canvas is empty; paint something first"),
        ("render", {"weight": tiny.COLORIZE, "strokes": []}, "takes a photograph; open one first"),
        ("render", {**SKETCHED, "seeds": [0] * 5}, "One to 4 variations"),
        ("render", {**SKETCHED, "seeds": ["x"]}, "A seed is a whole number"),
        ("render", {**SKETCHED, "ground": "%%"}, "base64 text of a PNG"),
        ("render", {**SKETCHED, "direction": 1}, "works in one direction only"),
        ("render", {"weight": tiny.COLOUR, "strokes": WORDS}, "made for sample, not for translation"),
        ("render", {"weight": "none", "strokes": WORDS}, "There is no weight 'none'"),
        ("open", {"data": text(b"no picture")}, "cannot be read as a picture"),
        ("open", {"data": text(file_of(smooth(6, 40)))}, "has 6x40 pixels; give at least 8x8"),
        ("open", {"example": "nothing"}, "no example 'nothing'"),
        ("example", {"weight": tiny.CROSS}, "takes a photograph, not a drawing"),
        ("trace", {"weight": tiny.SKETCH, "id": "unknown"}, "no longer held"),
        ("film", {"weight": tiny.SKETCH, "strokes": []}, "no stroke to film yet"),
        ("sketch", {"weight": tiny.SKETCH, "strokes": WORDS[1:]}, "The canvas is empty"),
        ("poll", {"job": "unknown"}, "over and forgotten"),
    ],
)
def test_wrong_requests_have_a_sentence(desk, call, words, message) -> None:
    with pytest.raises(AtelierError, match=message):
        getattr(desk, call)(words)


def test_a_picture_from_another_weight_of_that_name_is_refused(desk, shelf) -> None:
    model = shelf.get(tiny.SKETCH)
    other = recipe.Recipe(model.name, "0" * 64, "translate", {"strokes": WORDS})
    with pytest.raises(AtelierError, match="trained again since"):
        desk.open({"data": text(recipe.stamp(np.zeros((8, 8, 3), np.uint8), other))})


def test_programs_call_it_by_name(shelf, tmp_path) -> None:
    import page

    blocks = page.build(shelf, page.Options(runs=tmp_path))
    _, url, _ = blocks.launch(**page.launch_arguments(), prevent_thread_lock=True, quiet=True)
    try:
        client = Client(url, verbose=False)
        names = {f"/{function.api_name}" for function in blocks.fns.values()}
        for function in TranslateDesk(shelf, None).functions():
            assert f"/translate_{function.__name__}" in names
        made = client.predict(tiny.SKETCH, WORDS, "", 9, api_name="/translate")
        content = base64.b64decode(made["data"])
        model = shelf.get(tiny.SKETCH)
        assert np.array_equal(
            open_photo(content).colour, translate(model, of_strokes(model, LINES), TranslateOptions(seed=9))
        )
        photo = text(file_of(smooth(90, 70)))
        crossed = client.predict(tiny.CROSS, [], photo, 0, 1, api_name="/translate")
        assert open_photo(base64.b64decode(crossed["data"])).colour.shape == (50, 64, 3)
        edged = client.predict(tiny.SKETCH, [], photo, 0, 0, 1.0, "canny", 0.5, api_name="/translate")
        assert recipe.read(base64.b64decode(edged["data"])).arguments["edges"] == "canny"
        with pytest.raises(AppError, match="The canvas is empty"):
            client.predict(tiny.SKETCH, [], api_name="/translate")
    finally:
        blocks.close()


def test_an_outline_is_the_large_lines_of_a_drawing_and_of_a_facade_its_wall(desk, shelf) -> None:
    whole = desk.example({"weight": tiny.SKETCH, "number": 0})["strokes"]
    large = desk.example({"weight": tiny.SKETCH, "number": 0, "outline": True})["strokes"]
    assert 1 <= len(large) < len(whole) and all(stroke in whole and stroke["tool"] == "pen" for stroke in large)
    wall = desk.example({"weight": tiny.LABELLED, "outline": True})["strokes"]
    assert len({tuple(stroke["colour"]) for stroke in wall}) == 1


def test_a_picture_of_a_generator_is_opened_as_it_is_drawn(desk) -> None:
    reply = desk.open({"weight": tiny.COLOUR, "point": {"seed": 4}})
    assert reply["name"] == f"{tiny.COLOUR}-seed-4.png" and (reply["width"], reply["height"]) == (32, 32)
