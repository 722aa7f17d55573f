"""Photographs as cartoons: tiles, amounts, outlines, colours, recipes, the command, bad pictures."""

import damaged
import numpy as np
import pytest
import tiny
import torch
from PIL import Image

from gan_models import recipe
from gan_models.loading import Shelf, load
from gan_models.pictures.colour import split_lab
from gan_models.pictures.images import to_tensor
from gan_models.pictures.photo import Photo, encode, open_photo
from gan_models.translate import TranslateOptions, main, make_again, recipe_of, translate_photo
from gan_models.translating import whole
from gan_models.translating.cartoon import cartooned


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("cartoonists")
    tiny.make_translator(place, tiny.CARTOON)
    return place


@pytest.fixture(scope="module")
def model(folder):
    return load(folder / tiny.CARTOON)


def photo(height=50, width=70, **more):
    rough = Image.fromarray(np.random.default_rng(0).integers(0, 256, (6, 8, 3), np.uint8))
    return Photo(np.array(rough.resize((width, height), Image.Resampling.BICUBIC)), sha256="ab" * 32, **more)


@pytest.mark.parametrize(("width", "side"), [(402, 4000), (402, 200), (130, 4000)], ids=["same", "smaller", "larger"])
def test_tiles_join_exactly_at_whatever_size_is_drawn(model, monkeypatch, width, side):
    given = photo(96, width)
    at_once = cartooned(model, given, side=side).colour.astype(int)
    monkeypatch.setattr(whole, "TILE", 64)
    assert np.abs(cartooned(model, given, side=side).colour - at_once).max() <= 1


def test_strength_goes_from_the_photograph_to_the_cartoon_in_a_straight_line(model):
    alpha = np.tile(np.linspace(0, 255, 70).astype(np.uint8), (50, 1))
    given = photo(alpha=alpha, icc=b"a profile")
    for keep in (False, True):
        none = cartooned(model, given, strength=0.0, keep=keep)
        assert np.array_equal(none.colour, given.colour)
    half, full = (cartooned(model, given, strength=share) for share in (0.5, 1.0))
    assert np.abs(half.colour - (given.colour.astype(int) + full.colour) / 2).max() <= 1
    assert np.array_equal(full.alpha, alpha) and full.icc == b"a profile"
    assert not np.array_equal(full.colour, given.colour)


def test_outlines_darken_edges_on_their_dark_side_and_nothing_else(model):
    levels = np.full((64, 400, 3), 200, np.uint8)
    levels[:, 48:] = (60, 90, 140)
    none, some, black = (cartooned(model, Photo(levels), outlines=share).colour.astype(int) for share in (0, 0.5, 1))
    edge = np.s_[8:-8, 49]
    assert (some[edge] < none[edge]).all() and (black[edge] < 30).all()
    # An untrained network has a step of brightness here and there in what is flat.
    assert (black == none)[8:-8, 8:40].mean() > 0.95


def test_kept_colours_are_the_photographs(model):
    given = Photo((photo().colour // 3 + 80).astype(np.uint8))
    kept = cartooned(model, given, outlines=0.0, keep=True)
    chroma, before = (split_lab(to_tensor(x.colour))[1] for x in (kept, given))
    fits = ((kept.colour > 0) & (kept.colour < 255)).all(2)
    assert (chroma - before).abs()[0][:, torch.from_numpy(fits)].max() < 0.02


@pytest.mark.parametrize("size", [(1, 1), (3, 300), (17, 16)])
def test_a_photograph_keeps_its_size_however_small_and_gray_becomes_colour(model, size):
    gray = Photo(np.full((*size, 1), 40_000, np.uint16), icc=b"of gray")
    made = cartooned(model, gray)
    assert made.colour.shape == (*size, 3) and made.icc is None


def test_the_recipe_makes_it_again(model, folder):
    given = open_photo(encode(photo()))
    wish = TranslateOptions(strength=0.75, side=40, outlines=0.2, keep=True)
    made = translate_photo(model, given, wish)
    found = recipe.read(encode(made, "png", recipe_of(model, wish, photo=given).to_json()))
    assert (found.arguments["outlines"], found.arguments["keep"]) == (0.2, True)
    assert np.array_equal(make_again(found, Shelf([folder]), given).colour, made.colour)
    for name in ("outlines", "keep"):  # as recipes were before there were cartoons
        found.arguments.pop(name)
    assert make_again(found, Shelf([folder]), given).colour.shape == made.colour.shape


def test_the_command_draws_whatever_is_a_picture_and_names_the_rest(folder, tmp_path, capsys):
    draw = Image.fromarray(photo().colour)
    files = {"gray.png": draw.convert("L"), "inks.tif": draw.convert("CMYK"), "dot.png": draw.crop((0, 0, 1, 1))}
    for name, picture in files.items():
        picture.save(tmp_path / name)
    draw.putalpha(40)
    draw.save(tmp_path / "clear.png")
    (tmp_path / "vast.png").write_bytes(damaged.claims(50_000))
    names = [*files, "clear.png", "vast.png"]
    how = ["-o", str(tmp_path / "out"), "--outlines", "0.8", "--keep-colours"]
    with pytest.raises(SystemExit):
        main([str(folder / tiny.CARTOON), *(str(tmp_path / name) for name in names), *how])
    said = capsys.readouterr().err
    assert "vast.png has over 64,000,000 pixels" in said and "vast.png; the lines above" in said and "dot" not in said
    sizes = {path.name: Image.open(path).size for path in (tmp_path / "out").iterdir()}
    assert sizes == {"gray.png": (70, 50), "inks.png": (70, 50), "dot.png": (1, 1), "clear.png": (70, 50)}
    assert Image.open(tmp_path / "out/clear.png").getchannel("A").getextrema() == (40, 40)
    assert recipe.read(tmp_path / "out/gray.png").arguments["outlines"] == 0.8
