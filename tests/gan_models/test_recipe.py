import io
import json
import shutil
import struct
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tiny
from PIL import Image

from gan_models import interpolate, remake
from gan_models.errors import PictureError, RequestError, WeightError
from gan_models.latents.point import Point
from gan_models.loading import Shelf, save, seal
from gan_models.pictures import notes
from gan_models.pictures.images import contact_sheet, open_picture
from gan_models.recipe import Recipe, read, stamp
from gan_models.sample import make_again, names_of, point_of, recipe_of, recipe_of_sheet, sample
from gan_models.weight.card import Card

POINT = Point(seed=3, label=1, truncation=0.8, directions={0: 1.5, 3: -0.1}, coordinates={2: 0.5})


@pytest.fixture
def shelf(tiny_weights) -> Shelf:
    return Shelf([tiny_weights])


@pytest.mark.parametrize("name", tiny.CONFIGS)
@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_a_file_tells_how_it_was_made_and_is_made_again_byte_for_byte(name, kind, shelf, tmp_path) -> None:
    model = shelf.get(name)
    picture = sample(model, [POINT])[0]
    content = stamp(picture, recipe_of(model, POINT), kind)
    (tmp_path / "file").write_bytes(content)
    found = read(tmp_path / "file")
    assert found == read(content) == recipe_of(model, POINT) and point_of(found) == POINT
    again = make_again(found, shelf)
    assert np.array_equal(again, picture) and stamp(again, found, kind) == content
    if kind != "jpeg":
        assert np.array_equal(open_picture(content, model.channels), picture)


def test_a_latent_of_any_numbers_is_made_again(shelf) -> None:
    point = Point(latent=tuple(float(x) for x in np.random.default_rng(0).normal(size=24).astype(np.float32)))
    content = stamp(sample(shelf.get(tiny.COLOUR), [point])[0], recipe_of(shelf.get(tiny.COLOUR), point))
    assert stamp(make_again(read(content), shelf), read(content)) == content


def test_a_sheet_is_made_again(shelf) -> None:
    model, points = shelf.get(tiny.VANILLA), [Point(seed=seed) for seed in range(5)]
    sheet = contact_sheet(sample(model, points), 3)
    content = stamp(sheet, recipe_of_sheet(model, points, 3))
    assert np.array_equal(make_again(read(content), shelf), sheet)
    with pytest.raises(RequestError, match="several points"):
        point_of(read(content))


def test_names_of_directions_go_along_and_others_in_their_place_have_a_sentence(shelf) -> None:
    model, names = shelf.get(tiny.COLOUR), {"latent:0": "smile <b>"}
    made = recipe_of(model, POINT, names=names)
    found = read(stamp(sample(model, [POINT])[0], made))
    assert names_of(found) == names and np.array_equal(make_again(found, shelf), sample(model, [POINT])[0])
    assert names_of(recipe_of(model, POINT)) == {}
    for odd in (["smile"], {"latent:0": {"path": "/etc/hosts"}}, {"latent:0": "x" * 41}, {"latent:0": ""}):
        with pytest.raises(RequestError, match="Names of directions"):
            names_of(replace(made, arguments={**made.arguments, "names": odd}))


def test_other_pictures_have_no_recipe(tmp_path) -> None:
    for kind in ("PNG", "JPEG", "WEBP", "GIF"):
        buffer = io.BytesIO()
        Image.new("RGB", (4, 4)).save(buffer, kind)
        with pytest.raises(RequestError, match="carries no recipe"):
            read(buffer.getvalue())
    for content in (b"", b"text", b"\x89PNG\r\n\x1a\n", b"\0\0\0\x20ftypisom", b"GIF89a"):
        with pytest.raises(PictureError, match="cannot be read"):
            read(content)
    with pytest.raises(PictureError, match="No such file"):
        read(tmp_path / "absent.png")


def test_pictures_too_large_to_decode_still_tell_their_recipe(tmp_path) -> None:
    made, small = Recipe("a", "b", "upscale", {}), np.zeros((4, 4, 3), np.uint8)
    wide, high = 16_128, 12_096  # a telephone's 12 megapixels, four times enlarged
    head = b"IHDR" + struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    png = stamp(small, made)
    png = png[:12] + head + struct.pack(">I", zlib.crc32(head)) + png[33:]
    jpeg = stamp(small, made, "jpeg")
    place = jpeg.index(b"\xff\xc0") + 5
    jpeg = jpeg[:place] + struct.pack(">HH", high, wide) + jpeg[place + 4 :]
    for content in (png, jpeg):
        assert read(content) == made


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "3",
        '{"weight": "x"}',
        '{"seed": 1}',
        '{"weight":1,"sha256":"","verb":"","arguments":{}}',
        '{"weight":"a","sha256":"b","verb":"sample","arguments":{"columns":NaN}}',
        '{"weight":"\\ud800","sha256":"b","verb":"sample","arguments":{}}',
    ],
)
def test_damaged_recipes_have_a_sentence(text: str) -> None:
    with pytest.raises(RequestError, match="recipe") as refused:
        Recipe.from_json(text)
    assert "__init__" not in str(refused.value) and "Expecting" not in str(refused.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"verb": "upscale"}, "recipe of 'upscale' is not one of a sampled picture"),
        ({"arguments": {}}, "one point or a list"),
        ({"arguments": {"points": []}}, "one point or a list"),
        ({"arguments": {"points": [{"seed": 1}] * 100}}, "one point or a list"),
        ({"arguments": {"points": [{"seed": 1}], "columns": 10**9}}, "columns of a recipe"),
        ({"arguments": {"points": [{"seed": 1}], "columns": "a"}}, "columns of a recipe"),
        ({"arguments": {"points": [{"seed": 1}], "columns": 1.0}}, "columns of a recipe"),
        ({"arguments": {"point": {"seed": "x"}}}, "seed of a point"),
        ({"arguments": {"point": [1]}}, "A point is an object"),
    ],
)
def test_recipes_that_cannot_be_followed_have_a_sentence(change: dict, message: str, shelf) -> None:
    whole = recipe_of(shelf.get(tiny.VANILLA), Point(seed=1))
    with pytest.raises(RequestError, match=message):
        make_again(replace(whole, **change), shelf)


def test_a_renamed_weight_is_found_by_its_hash(tiny_weights, tmp_path) -> None:
    place = Path(shutil.copytree(tiny_weights / tiny.COLOUR, tmp_path / "mine"))
    seal(place, replace(Card.read(place), name="mine"))
    model = Shelf([tiny_weights]).get(tiny.COLOUR)
    assert Shelf([place]).find(model.name, model.sha256).name == "mine"


def test_a_weight_trained_again_or_absent_has_a_sentence(shelf, tiny_weights, tmp_path) -> None:
    whole = recipe_of(shelf.get(tiny.COLOUR), Point(seed=1))
    with pytest.raises(WeightError, match="trained again since"):
        make_again(replace(whole, sha256="f" * 64), shelf)
    with pytest.raises(WeightError, match="no weight 'tiny-colour' on the shelf"):
        make_again(whole, Shelf([tiny_weights / tiny.VANILLA]))


def test_half_precision_weights_make_the_same_pictures_every_time(tmp_path, shelf) -> None:
    model = shelf.get(tiny.COLOUR)
    save(
        tmp_path / "half",
        replace(model.card, name="half"),
        model.generator,
        directions=model.directions,
        half=True,
    )
    half = Shelf([tmp_path])
    content = stamp(sample(half.get("half"), [POINT])[0], recipe_of(half.get("half"), POINT))
    assert stamp(make_again(read(content), Shelf([tmp_path])), read(content)) == content


def test_the_command_makes_the_file_again_byte_for_byte(shelf, tiny_weights, tmp_path) -> None:
    model = shelf.get(tiny.COLOUR)
    saved = tmp_path / "saved.png"
    saved.write_bytes(stamp(sample(model, [POINT])[0], recipe_of(model, POINT)))
    command = [sys.executable, "-m", "gan_models.recipe", str(saved), "--weights", str(tiny_weights)]
    done = subprocess.run([*command, "-o", tmp_path / "again.png"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "again.png").read_bytes() == saved.read_bytes()


def test_without_a_place_the_file_appears_beside_the_first_and_over_none(tiny_weights, tmp_path, capsys, monkeypatch):
    model = Shelf([tiny_weights]).get(tiny.COLOUR)
    saved, again = tmp_path / "saved.png", [tmp_path / "saved-again.png", tmp_path / "saved-again-2.png"]
    saved.write_bytes(stamp(sample(model, [POINT])[0], recipe_of(model, POINT)))
    monkeypatch.setattr("gan_models.weight.hub.download", {"user/repo": tiny_weights / tiny.COLOUR}.get)
    for file in again:
        remake.main([str(saved), "--model", "user/repo"])
        assert capsys.readouterr().out == f"{file}: sample by {tiny.COLOUR}\n"
        assert file.read_bytes() == saved.read_bytes()
    with pytest.raises(SystemExit):
        remake.main([str(saved), "--model", "user/repo", "-o", str(tmp_path / "no" / "folder.png")])
    assert "cannot be written (No such file or directory)" in capsys.readouterr().err


def test_a_recipe_of_an_unknown_verb_and_one_without_its_source_have_a_sentence(shelf, tmp_path) -> None:
    model, out = shelf.get(tiny.COLOUR), tmp_path / "again.png"
    for verb, said in (("dance", "cannot follow a recipe for 'dance'"), ("upscale", "give that file with --source")):
        with pytest.raises(RequestError, match=said):
            remake.write_again(Recipe(model.name, model.sha256, verb, {}), shelf, out)
    assert not out.exists()


@pytest.mark.parametrize("suffix", [".mp4", ".gif", ".webp"])
def test_a_film_is_made_again_byte_for_byte(suffix: str, tiny_weights, tmp_path) -> None:
    saved, again = tmp_path / f"saved{suffix}", tmp_path / f"again{suffix}"
    arguments = ["--seeds", "1", "2", "--class", "star", "--frames-per-step", "3", "--scale", "4", "--closed"]
    interpolate.main([str(tiny_weights / tiny.CONDITIONAL), *arguments, "-o", str(saved)])
    found = read(saved)
    assert found.verb == "interpolate" and found.arguments["points"][1] == {"seed": 2, "label": 2}
    remake.main([str(saved), "--weights", str(tiny_weights), "-o", str(again)])
    assert again.read_bytes() == saved.read_bytes()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points": 3}, "not one of a film"),
        ({"points": [{"seed": 1}]}, "two key images"),
        ({"colour": 1}, "not one of a film"),
        ({"frames_per_step": 10**9}, "at most 7200 frames"),
        ({"frames_per_step": "x"}, "at least 1, got 'x'"),
        ({"kind": []}, "spherical or linear"),
        ({"fps": "x"}, "1 to 60 frames a second"),
        ({"scale": 10**6}, "scale of a film"),
    ],
)
def test_films_that_cannot_be_made_again_have_a_sentence(change: dict, message: str, shelf, tmp_path) -> None:
    arguments = {"points": [{"seed": 1}, {"seed": 2}], **change}
    model = shelf.get(tiny.VANILLA)
    with pytest.raises(RequestError, match=message):
        interpolate.make_again(Recipe(model.name, model.sha256, "interpolate", arguments), shelf, tmp_path / "f.mp4")


def test_a_recipe_too_long_for_exif_has_a_sentence(shelf, monkeypatch) -> None:
    monkeypatch.setattr(notes, "MOST_EXIF", 20_000)
    model = shelf.get(tiny.VANILLA)
    points = [Point(latent=(0.123456789,) * 24)] * 64
    with pytest.raises(RequestError, match="too long for JPEG"):
        stamp(sample(model, points[:1])[0], recipe_of_sheet(model, points, 8), "jpeg")


def test_the_command_prints_a_recipe_or_one_line(shelf, tmp_path, capsys, tiny_weights) -> None:
    model = shelf.get(tiny.COLOUR)
    saved = tmp_path / "saved.png"
    saved.write_bytes(stamp(sample(model, [POINT])[0], recipe_of(model, POINT)))
    remake.main([str(saved), "--print"])
    assert json.loads(capsys.readouterr().out)["weight"] == tiny.COLOUR
    for out in ("again.bmp", "again.mp4"):
        with pytest.raises(SystemExit) as caught:
            remake.main([str(saved), "--weights", str(tiny_weights), "-o", str(tmp_path / out)])
        assert caught.value.code == 2
        assert "OUT ends in .png" in capsys.readouterr().err
