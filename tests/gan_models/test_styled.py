"""Photographs in the style of other pictures: tiles, amounts, colours, mixtures, recipes, bad style pictures."""

import base64
import io

import damaged
import numpy as np
import pytest
import tiny
import torch
from PIL import Image
from torch.nn import functional as F

from gan_models import recipe
from gan_models.errors import AtelierError, RequestError
from gan_models.loading import Shelf, load
from gan_models.pictures.colour import split_lab
from gan_models.pictures.images import to_tensor, to_uint8
from gan_models.pictures.manners import MANNERS, draw_manner
from gan_models.pictures.photo import Photo, encode, open_photo
from gan_models.translate import PLAIN, TranslateOptions, main, make_again, recipe_of, translate_photo
from gan_models.translating import whole
from gan_models.translating.styled import Styled, StylePicture, read_styled, restyled, style_of, style_picture

WAVES, GLASS = draw_manner("waves", 0, 64), draw_manner("shapes", 0, 64)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("painters")
    tiny.make_translator(place, tiny.ANY_STYLE)
    return place


@pytest.fixture(scope="module")
def model(folder):
    return load(folder / tiny.ANY_STYLE)


def png(levels, mode="RGB"):
    buffer = io.BytesIO()
    Image.fromarray(levels).convert(mode).save(buffer, "TIFF" if mode == "CMYK" else "PNG")
    return buffer.getvalue()


def style(*pictures, **how):
    return Styled(tuple(style_picture(open_photo(png(picture))) for picture in pictures), **how)


def photo(height=50, width=70, alpha=None):
    draws = np.random.default_rng(0)
    rough = Image.fromarray(draws.integers(0, 256, (6, 8, 3), np.uint8))
    return Photo(np.array(rough.resize((width, height), Image.Resampling.BICUBIC)), alpha, sha256="ab" * 32)


def test_tiles_join_exactly_to_what_the_network_draws_of_the_whole(model, monkeypatch):
    monkeypatch.setattr(whole, "TILE", 24)
    given, wanted = photo(52, 140), style(WAVES)
    tiled = restyled(model, given, wanted, seed=3)
    network, reach = model.drawing_generator, model.drawing_generator.reach
    with torch.inference_mode():
        source = to_tensor(given.colour)
        around = F.pad(source, [reach] * 4, mode="replicate")
        touches = network.touches(torch.tensor([3]), *around.shape[2:])
        drawn = network.draw(around, style_of(model, wanted), network.colours(source), touches)
    inside = to_uint8(drawn)[0, reach:-reach, reach:-reach]
    assert np.abs(tiled.colour.astype(int) - inside).max() <= 1
    assert not np.array_equal(tiled.colour, restyled(model, given, wanted, seed=4).colour)


def test_strength_goes_from_the_photograph_to_the_style_in_a_straight_line(model):
    alpha = np.tile(np.linspace(0, 255, 70).astype(np.uint8), (50, 1))
    given, wanted = photo(alpha=alpha), style(GLASS)
    none, half, full = (restyled(model, given, wanted, strength=share) for share in (0.0, 0.5, 1.0))
    assert np.array_equal(none.colour, given.colour) and np.array_equal(full.alpha, alpha)
    middle = (given.colour.astype(int) + full.colour) / 2
    inside = (full.colour > 0) & (full.colour < 255)  # beyond is cut off
    assert np.abs(half.colour - middle)[inside].max() <= 1
    assert not np.array_equal(full.colour, given.colour)


def test_kept_colours_are_the_photographs_and_the_light_is_the_results(model):
    given = Photo((photo().colour // 3 + 80).astype(np.uint8))
    kept = restyled(model, given, style(GLASS), strength=0.3, keep=True)
    plain = restyled(model, given, style(GLASS), strength=0.3)
    (light, chroma), (_, before), (drawn, _) = (split_lab(to_tensor(x.colour)) for x in (kept, given, plain))
    fits = ((kept.colour > 0) & (kept.colour < 255)).all(2)
    assert (chroma - before).abs()[0][:, torch.from_numpy(fits)].max() < 0.02
    assert (light - drawn).abs()[0][:, torch.from_numpy(fits)].max() < 0.02


def test_a_mixture_of_two_styles_ends_at_each_of_them(model):
    given = photo()
    first, second = restyled(model, given, style(WAVES)), restyled(model, given, style(GLASS))
    for mix, end in ((0.0, first), (1.0, second)):
        assert np.array_equal(restyled(model, given, style(WAVES, GLASS, mix=mix)).colour, end.colour)
    between = restyled(model, given, style(WAVES, GLASS)).colour
    assert not np.array_equal(between, first.colour) and not np.array_equal(between, second.colour)


def test_a_photograph_keeps_its_size_whatever_side_is_worked_on(model, monkeypatch):
    given, wanted = photo(120, 90), style(WAVES)
    monkeypatch.setattr(whole, "TILE", 32)
    for side in (32, 64, 4000):
        assert restyled(model, given, wanted, side=side).colour.shape == (120, 90, 3)
    gray = Photo(np.full((9, 11, 1), 40_000, np.uint16))
    assert restyled(model, gray, wanted).colour.shape == (9, 11, 3)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (png(np.zeros((1, 1, 3), np.uint8)), "1x1 pixels; give at least 16x16"),
        (damaged.claims(50_000), "over 64,000,000 pixels"),
        (b"no picture at all", "cannot be read|is no picture|not a picture"),
    ],
    ids=["one pixel", "fifty thousand", "no picture"],
)
def test_style_pictures_that_cannot_be_used_are_refused_in_a_sentence(content, said):
    with pytest.raises(AtelierError, match=said):
        style_picture(open_photo(content))


def test_gray_inks_and_transparency_are_styles_like_others():
    clear = np.dstack([WAVES, np.zeros(WAVES.shape[:2], np.uint8)])
    narrow = np.zeros((16, 3000, 3), np.uint8)
    for content in (png(WAVES, "L"), png(WAVES, "CMYK"), png(narrow)):
        levels = style_picture(open_photo(content)).levels()
        assert levels.shape[2] == 3 and min(levels.shape[:2]) >= 16 and max(levels.shape[:2]) <= 384
    buffer = io.BytesIO()
    Image.fromarray(clear, "RGBA").save(buffer, "PNG")
    assert style_picture(open_photo(buffer.getvalue())).levels().min() > 250  # clear is paper


def test_the_recipe_makes_it_again_without_the_style_picture(model, folder):
    given = open_photo(encode(photo()))
    wish, wanted = TranslateOptions(seed=5, strength=0.8, side=64, keep=True), style(WAVES, GLASS, mix=0.25)
    made = translate_photo(model, given, wish, styled=wanted)
    saved = encode(made, "png", recipe_of(model, wish, photo=given, styled=wanted).to_json())
    found = recipe.read(saved)
    assert found.arguments["styles"][0]["sha256"] == wanted.pictures[0].sha256
    assert len(saved) < 60_000 and read_styled(found.arguments) == wanted
    assert np.array_equal(make_again(found, Shelf([folder]), given).colour, made.colour)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"styles": 3}, "are a list"),
        ({"styles": []}, "one style or a mixture of two"),
        ({"styles": [{"sha256": "0", "copy": "?"}]}, "base64 text"),
        ({"styles": [{"sha256": "0", "copy": "A" * 1_000_004}]}, "at most 1,000,000"),
        ({"styles": [{"sha256": "0", "copy": "AAAA"}]}, "picture"),
        ({"styles": [{"sha256": "0", "copy": base64.b64encode(png(WAVES[:4])).decode()}]}, "64x4 pixels; 16 to 384"),
        ({"styles": style(WAVES).words()["styles"], "mix": 2}, "0 .the first. to 1"),
    ],
)
def test_damaged_styles_of_a_recipe_are_named(words, said):
    with pytest.raises(AtelierError, match=said):
        read_styled(words)


def test_a_weight_and_a_style_have_to_fit(model, tiny_translators):
    with pytest.raises(RequestError, match="give one as the style"):
        translate_photo(model, photo())
    with pytest.raises(RequestError, match="no style but its own"):
        translate_photo(load(tiny_translators / tiny.CROSS), photo(), PLAIN, styled=style(WAVES))


def test_the_command_paints_files_and_refuses_what_is_missing(folder, tmp_path, capsys):
    place, source, manner = str(folder / tiny.ANY_STYLE), tmp_path / "photo.png", tmp_path / "style.png"
    source.write_bytes(encode(photo()))
    manner.write_bytes(png(WAVES))
    main([place, str(source), "-o", str(tmp_path / "out.png"), "--style", str(manner), "--keep-colours"])
    made = recipe.read(tmp_path / "out.png").arguments
    assert made["keep"] and len(made["styles"]) == 1 and Image.open(tmp_path / "out.png").size == (70, 50)
    with pytest.raises(SystemExit):
        main([place, str(source), "-o", str(tmp_path / "other.png")])
    assert "give one as the style" in capsys.readouterr().err and not (tmp_path / "other.png").exists()


def test_manners_are_functions_of_their_seed():
    for manner in ("waves", "shapes", "mosaic"):
        once, again, other = (draw_manner(manner, seed, 48) for seed in (1, 1, 2))
        assert once.shape == (48, 48, 3) and np.array_equal(once, again) and not np.array_equal(once, other)
    with pytest.raises(RequestError, match="There is no manner 'oil'"):
        draw_manner("oil", 0)
    assert len(MANNERS) == 10 and isinstance(style_picture(Photo(WAVES)), StylePicture)
