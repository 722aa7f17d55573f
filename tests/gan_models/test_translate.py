"""The verb: drawings, labels, photographs of any size, alpha, seeds, recipes, the command line."""

import base64
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tiny
import torch
from PIL import Image

from gan_models import recipe, remake
from gan_models.drawing.sheet import is_inverted
from gan_models.drawing.strokes import Stroke, draw_lines
from gan_models.errors import AtelierError, RequestError
from gan_models.loading import Shelf, load, save
from gan_models.networks import build_config, family
from gan_models.pictures.colour import split_lab
from gan_models.pictures.images import to_tensor
from gan_models.pictures.photo import open_photo
from gan_models.translate import (
    TranslateOptions,
    answer,
    difference,
    main,
    make_again,
    of_picture,
    of_strokes,
    read_ground,
    recipe_of,
    translate,
    translate_photo,
    variations,
)
from gan_models.translating.given import working_size
from gan_models.weight.model import translation

LINES = [Stroke([(0.2, 0.3), (0.5, 0.8), (0.8, 0.3)], 0.05), Stroke([(0.4, 0.4)], 0.2, "hint", (200, 120, 40))]


@pytest.fixture
def sketch(tiny_translators):
    return load(tiny_translators / tiny.SKETCH)


@pytest.fixture
def colorize(tiny_translators):
    return load(tiny_translators / tiny.COLORIZE)


@pytest.fixture
def cross(tiny_translators):
    return load(tiny_translators / tiny.CROSS)


def photo(width, height, mode="RGB", seed=0):
    draws = np.random.default_rng(seed)
    small = draws.integers(0, 256, (5, 7, len(mode)), dtype=np.uint8)
    image = Image.fromarray(small if len(mode) > 1 else small[..., 0], mode)
    return open_photo(image.resize((width, height), Image.Resampling.BICUBIC))


def test_a_drawing_is_rasterised_as_in_training(sketch):
    given = of_strokes(sketch, LINES)
    assert torch.equal(given.source, to_tensor(draw_lines(LINES, 32)[:, :, None]))
    assert given.hints[:, 3].sum() > 4
    assert given.picture().shape == (32, 32, 3)
    assert translate(sketch, given).shape == (32, 32, 3)


def test_same_arguments_same_pixels_and_seeds_differ(sketch):
    given = of_strokes(sketch, LINES)
    four = variations(sketch, given, range(4))
    assert four.shape == (4, 32, 32, 3)
    assert np.array_equal(four[2], translate(sketch, given, TranslateOptions(seed=2)))
    assert np.array_equal(four, variations(sketch, given, range(4)))
    assert not np.array_equal(four[0], four[1])
    apart = difference(four)
    assert apart.shape == (32, 32) and apart.max() > 0
    assert difference(four[:1].repeat(2, 0)).max() == 0


def test_hints_change_the_picture(sketch):
    assert not np.array_equal(
        translate(sketch, of_strokes(sketch, LINES)), translate(sketch, of_strokes(sketch, LINES[:1]))
    )


def test_labels_are_painted_on_the_first_of_the_palette(tiny_translators):
    model = load(tiny_translators / tiny.LABELLED)
    given = of_strokes(model, [Stroke([(0.5, 0.5)], 0.4, "paint", (1, 207, 255))])
    assert {tuple(c) for c in given.picture().reshape(-1, 3).tolist()} == {(0, 0, 222), (1, 207, 255)}
    with pytest.raises(RequestError, match="The canvas is empty; paint"):
        of_strokes(model, LINES)


def test_label_maps_of_any_size_keep_their_colours(tiny_translators, tmp_path):
    model = load(tiny_translators / tiny.LABELLED)
    y, x = np.mgrid[:75, :100]
    disc = np.hypot(y - 40, x - 50) < 22
    labels = np.where(disc[..., None], (1, 207, 255), (0, 0, 222)).astype(np.uint8)
    Image.fromarray(labels).save(tmp_path / "map.png")
    given = of_picture(model, open_photo((tmp_path / "map.png").read_bytes())).picture()
    assert given.shape == (24, 32, 3)
    assert {tuple(c) for c in given.reshape(-1, 3).tolist()} == {(0, 0, 222), (1, 207, 255)}
    assert (given[..., 0] == 1).mean() == pytest.approx(disc.mean(), abs=0.02), "and what they stand for stays in place"
    assert given[12, 16].tolist() == [1, 207, 255]
    main([str(model.folder), str(tmp_path / "map.png"), "-o", str(tmp_path / "out.png")])
    made = np.asarray(Image.open(tmp_path / "out.png").convert("RGB"))
    assert np.array_equal(made, translate(model, of_picture(model, open_photo(tmp_path / "map.png"))))


@pytest.mark.parametrize("name", [tiny.SKETCH, tiny.LABELLED, tiny.COLORIZE, tiny.CROSS])
@pytest.mark.parametrize("size", [(8, 8), (33, 20), (21, 64), (100, 37), (9, 200)])
def test_any_size_comes_back_whole(tiny_translators, name, size):
    model, given = load(tiny_translators / name), photo(*size)
    made = translate_photo(model, given)
    expected = (given.height, given.width) if name == tiny.COLORIZE else working_size(model, given)
    assert made.colour.shape == (*expected, 3)
    if name == tiny.CROSS and max(size) <= 64:
        assert expected == (given.height, given.width)


def test_padding_is_cropped_back_without_a_trace(cross):
    """Where the source ends on a multiple, padding must not have happened."""
    given = of_picture(cross, photo(32, 32))
    plain = cross.drawing_generator(given.source, None, torch.tensor([0]), direction=0)
    assert torch.equal(answer(cross, given), plain.float())


def test_colours_join_the_full_lightness(colorize):
    large = photo(300, 200)
    made = translate_photo(colorize, large)
    assert made.colour.shape == (200, 300, 3)
    before, after = (split_lab(to_tensor(x))[0] for x in (large.colour, made.colour))
    # Colours that sRGB has not are clamped, which moves lightness a little.
    assert (before - after).abs().median() < 0.02
    gray = translate_photo(colorize, large, TranslateOptions(strength=0.0))
    assert np.ptp(gray.colour.astype(int), axis=2).max() <= 2
    strong, weak = (
        split_lab(to_tensor(translate_photo(colorize, large, TranslateOptions(strength=s)).colour))[1]
        for s in (1.0, 0.4)
    )
    assert strong.abs().mean() > weak.abs().mean()


def test_gray_files_are_coloured_too(colorize):
    made = translate_photo(colorize, photo(40, 30, "L"))
    assert made.colour.shape == (30, 40, 3)


@pytest.mark.parametrize("name", [tiny.COLORIZE, tiny.CROSS])
def test_alpha_is_kept(tiny_translators, name):
    model, given = load(tiny_translators / name), photo(40, 24, "RGBA")
    made = translate_photo(model, given)
    assert np.array_equal(made.alpha, given.alpha)


def test_a_drawing_on_nothing_is_one_on_paper(sketch):
    ink = draw_lines(LINES, 64)
    on_nothing = np.zeros((64, 64, 4), np.uint8)
    on_nothing[..., 3] = 255 - ink
    given, same = open_photo(Image.fromarray(on_nothing)), open_photo(Image.fromarray(ink))
    assert given.alpha is not None and translate_photo(sketch, given).alpha is None
    assert torch.allclose(of_picture(sketch, given).source, of_picture(sketch, same).source, atol=0.02)
    cut_out = photo(40, 24, "RGBA")
    assert translate_photo(sketch, cut_out, TranslateOptions(edges="canny")).alpha.shape == (19, 32)


def test_directions_and_working_sides(cross, sketch):
    given = of_picture(cross, photo(30, 30))
    assert not np.array_equal(translate(cross, given), translate(cross, given, TranslateOptions(direction=1)))
    assert working_size(cross, photo(640, 320)) == (32, 64)
    assert working_size(cross, photo(640, 320), TranslateOptions(side=128)) == (64, 128)
    assert working_size(sketch, photo(640, 320)) == (16, 32)


def test_edges_make_a_drawing_of_a_photograph(sketch):
    given = of_picture(sketch, photo(64, 48), TranslateOptions(edges="canny", detail=0.8))
    ink = given.picture()[..., 0]
    assert ink.shape == (24, 32) and ink.min() < 100 and ink.mean() > 120
    plain = of_picture(sketch, photo(64, 48))
    assert not torch.equal(plain.source, given.source)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda s, c: of_strokes(s, []), "The canvas is empty; draw a line first"),
        (lambda s, c: of_strokes(s, [Stroke([(0.5, 0.5)], 0.1, "eraser")]), "canvas is empty"),
        (lambda s, c: of_strokes(c, LINES), "takes a photograph, not a drawing"),
        (lambda s, c: of_picture(s, photo(3, 90)), "The picture has 3x90 pixels; give at least 8x8"),
        (lambda s, c: answer(s, of_strokes(s, LINES), TranslateOptions(direction=1)), "one direction only"),
        (lambda s, c: variations(s, of_strokes(s, LINES), range(99)), "One to 16"),
        (lambda s, c: TranslateOptions(seed=-1), "A seed is a whole number"),
        (lambda s, c: TranslateOptions(direction=2), "0 or 1"),
        (lambda s, c: TranslateOptions(direction=1.0), "0 or 1"),
        (lambda s, c: TranslateOptions(strength=9), "0 to 2"),
        (lambda s, c: TranslateOptions(side=3), "32 to 65536"),
        (lambda s, c: TranslateOptions(edges="hed"), "canny, outlines, ink, pencil"),
        (lambda s, c: TranslateOptions(detail=2), "0 to 1"),
    ],
)
def test_bad_wishes_are_a_sentence_each(sketch, colorize, act, said):
    with pytest.raises(RequestError, match=said):
        act(sketch, colorize)


def test_another_task_is_named(tiny_weights):
    model = load(tiny_weights / tiny.COLOUR)
    with pytest.raises(RequestError, match="tiny-colour is made for sample, not for translation"):
        translation(model)


def test_inverted_drawings_are_turned_round(sketch, tmp_path, capsys):
    ink = draw_lines(LINES, 64)
    assert not is_inverted(ink) and is_inverted(255 - ink)
    Image.fromarray(ink).save(tmp_path / "black.png")
    Image.fromarray(255 - ink).save(tmp_path / "white.png")
    black, white = (of_picture(sketch, open_photo(tmp_path / f"{name}.png")).source for name in ("black", "white"))
    assert torch.allclose(black, white, atol=0.02)
    main([str(sketch.folder), str(tmp_path / "black.png"), str(tmp_path / "white.png"), "-o", str(tmp_path / "out")])
    assert capsys.readouterr().err == "white.png: it seems to be white on black, and is turned round.\n"


def test_gray_networks_see_gray(tmp_path):
    card = replace(tiny.make_card(tiny.CROSS), measures=())
    config = {**card.config, "channels": 1}
    with torch.random.fork_rng(devices=[]):
        generator = family("cyclegan").generator(build_config("cyclegan", config))
    save(tmp_path / card.name, replace(card, config=config), generator)
    coloured = photo(32, 32)
    source = of_picture(load(tmp_path / card.name), coloured).source
    gray = np.array(Image.fromarray(coloured.colour).convert("L"))
    assert torch.equal(source, to_tensor(gray[:, :, None]))


def test_recipes_hold_the_drawing_and_make_it_again(tiny_translators, sketch):
    shelf, wish = Shelf([tiny_translators]), TranslateOptions(seed=5)
    written = recipe.Recipe.from_json(recipe_of(sketch, wish, LINES).to_json())
    assert len(written.to_json()) < 600
    made = make_again(written, shelf)
    assert np.array_equal(made.colour, translate(sketch, of_strokes(sketch, LINES), wish))


def test_a_ground_of_any_kind_is_ink_on_paper_or_a_sentence(sketch):
    def packed(picture, kind):
        buffer = io.BytesIO()
        picture.save(buffer, kind)
        return base64.b64encode(buffer.getvalue()).decode()

    assert (read_ground(sketch, packed(Image.new("RGBA", (32, 32)), "PNG")) == 255).all()
    assert (read_ground(sketch, packed(Image.new("I;16", (64, 64), 257 * 9), "PNG")) == 9).all()
    for picture, kind, said in (
        (Image.new("LAB", (32, 32)), "TIFF", "mode LAB"),
        (Image.new("L", (32, 16)), "PNG", "is square, got 32x16"),
    ):
        with pytest.raises(AtelierError, match=said):
            read_ground(sketch, packed(picture, kind))
    with pytest.raises(RequestError, match="base64 text of a PNG"):
        read_ground(sketch, "no base64")


def test_recipes_of_photographs_want_that_very_file(tiny_translators, cross):
    shelf, given = Shelf([tiny_translators]), photo(40, 40)
    written = recipe_of(cross, TranslateOptions(direction=1), (), given)
    assert np.array_equal(
        make_again(written, shelf, given).colour, translate_photo(cross, given, TranslateOptions(direction=1)).colour
    )
    with pytest.raises(RequestError, match="give that very file"):
        make_again(written, shelf, photo(40, 40, seed=1))
    with pytest.raises(RequestError, match="none was given"):
        make_again(written, shelf)


def test_command_line(tiny_translators, tmp_path, capsys):
    drawing = tmp_path / "cat.json"
    drawing.write_text(json.dumps([stroke.to_json() for stroke in LINES]))
    Image.fromarray(photo(50, 40).colour).save(tmp_path / "photo.png")
    weight = str(tiny_translators / tiny.SKETCH)
    main([weight, str(drawing), "-o", str(tmp_path / "out.png"), "--seed", "3"])
    found = recipe.read(tmp_path / "out.png")
    assert (found.verb, found.weight, found.arguments["seed"]) == ("translate", tiny.SKETCH, 3)
    again = tmp_path / "again.png"
    remake.main([str(tmp_path / "out.png"), "-o", str(again), "--weights", str(tiny_translators)])
    assert again.read_bytes() == (tmp_path / "out.png").read_bytes()
    main([weight, str(drawing), str(tmp_path / "photo.png"), "-o", str(tmp_path / "many"), "--variations", "3"])
    assert Image.open(tmp_path / "many" / "cat.png").size == (3 * 32 + 4, 32)
    assert Image.open(tmp_path / "many" / "photo.png").size == (3 * 32 + 4, 26)


def test_command_line_says_what_went_wrong(tiny_translators, tiny_weights, tmp_path, capsys):
    (tmp_path / "no.png").write_bytes(b"no picture")
    (tmp_path / "no.json").write_text("{")
    weight = str(tiny_translators / tiny.SKETCH)
    for arguments, said in (
        ([weight, str(tmp_path / "no.png")], "cannot be read as a picture"),
        ([weight, str(tmp_path / "no.json")], "list of strokes"),
        ([weight, str(tmp_path / "gone.png")], "is not a file"),
        ([str(tiny_weights / tiny.COLOUR), "x.png"], "made for sample"),
        ([weight, "a.png", "b.png"], "give a folder"),
        ([weight, "a.png", "--strength", "7"], "0 to 2"),
        ([str(tiny_translators / tiny.CROSS), "a.png", "--edges", "ink"], "takes no drawings"),
    ):
        with pytest.raises(SystemExit) as left:
            main([*arguments, "-o", str(tmp_path / "out.png")])
        assert left.value.code == 2
        assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["cat.png", "-o", "."], "cat.png would take the place of an input"),
        (["cat.png", "-o", "cat.png"], "cat.png would take the place of an input"),
        (["cat.png", "cat.jpg", "-o", "out"], "cat.png would take the place of an input or of another result"),
        (["cat.png", "-o", "x.gif"], "x.gif would be .gif; pictures are written as png, jpeg, webp"),
        (["cat.png", "-o", "notes.txt"], "notes.txt is a file that is no picture"),
        (["cat.png", "-o", "notes.txt/x.png"], "notes.txt"),
        (
            ["long.json", "-o", "x.jpg"],
            "long.json: This recipe (many strokes, or the copy of a style) is too long for JPEG",
        ),
    ],
)
def test_command_line_takes_nothings_place(arguments, said, tiny_translators, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("cat.png", "cat.jpg"):
        Image.fromarray(draw_lines(LINES, 32)).save(name)
    Path("notes.txt").write_text("kept")
    Path("long.json").write_text(json.dumps([Stroke(np.random.default_rng(0).random((4000, 2))).to_json()]))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(SystemExit) as left:
        main([str(tiny_translators / tiny.SKETCH), *arguments])
    assert left.value.code == 2 and said in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
