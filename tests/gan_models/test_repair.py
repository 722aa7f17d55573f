"""Photographs repaired: what is kept to the bit, masks of every kind, coarse to fine, recipes, the command."""

import io

import numpy as np
import pytest
import tiny
from PIL import Image, ImageCms

from gan_models import drag, recipe, remake, translate
from gan_models.drawing.masks import mask_of_steps, mask_picture, pack_mask, read_mask, unpack_mask
from gan_models.errors import AtelierError, RequestError
from gan_models.loading import Shelf, load
from gan_models.pictures.photo import Photo, encode, open_photo
from gan_models.repair import Step, encoded, make_again, recipe_of, repaired
from gan_models.repairing.filling import blended, repair
from gan_models.repairing.places import Place, depth_of, places_of


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("repairers")
    tiny.make_repairer(place)
    return place


@pytest.fixture(scope="module")
def model(folder):
    return load(folder / tiny.REPAIR)


def hole(height, width, top, left, rows, columns):
    mask = np.zeros((height, width), bool)
    mask[top : top + rows, left : left + columns] = True
    return mask


def slope(height=96, width=120):
    down, across = np.mgrid[0:height, 0:width]
    levels = np.stack([2 * across, 2 * down, across + down], 2).clip(0, 255).astype(np.uint8)
    return Photo(levels, sha256="ab" * 32)


def file_of(mode, **how):
    """A picture file of this mode whose every pixel is another, with a profile and EXIF."""
    levels = np.random.default_rng(0).integers(0, 65536, (90, 110, 4))
    if mode == "I;16":
        picture = Image.fromarray(levels[:, :, 0].astype(np.uint16))
    else:
        picture = Image.fromarray((levels // 257).astype(np.uint8), "RGBA")
        picture.putalpha(picture.getchannel("A").point(lambda level: 0 if level < 90 else level))
        picture = picture.convert(mode)
    exif, buffer = Image.Exif(), io.BytesIO()
    exif[0x010F] = "a camera"
    gray = mode in ("L", "LA", "I;16")
    icc = {} if gray else {"icc_profile": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()}
    picture.save(buffer, "PNG", exif=exif, **icc)
    return buffer.getvalue(), picture


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "I;16"])
def test_outside_the_mask_every_pixel_of_the_file_is_bit_equal(model, mode):
    content, before = file_of(mode)
    photo, mask = open_photo(content), hole(90, 110, 30, 40, 20, 25)
    steps = [Step(model, mask, 3)]
    after = Image.open(io.BytesIO(encoded(repaired(photo, steps), recipe_of(photo, steps))))
    old, new = np.asarray(before), np.asarray(after)
    assert old.dtype == new.dtype and old.shape == new.shape
    changed = (old != new).reshape(90, 110, -1).any(2)
    assert not changed[~mask].any() and changed[mask].mean() > 0.5
    assert mode[-1] != "A" or np.array_equal(old[..., -1], new[..., -1])
    assert after.getexif()[0x010F] == "a camera" and ("icc_profile" in after.info) == (mode in ("RGB", "RGBA"))


@pytest.mark.parametrize(
    "mask",
    [hole(96, 120, *at) for at in ((40, 50, 9, 9), (0, 100, 30, 20), (0, 4, 96, 90))] + [~hole(96, 120, 0, 0, 9, 9)],
    ids=["small", "at the border", "coarse to fine", "nearly all"],
)  # fmt: skip
def test_holes_of_any_size_are_filled_like_what_is_around_them_and_by_seed(model, mask):
    photo = slope()
    first, again, other = (repair(model, photo, mask, seed).colour for seed in (0, 0, 1))
    assert np.array_equal(first, again) and not np.array_equal(first, other)
    assert np.array_equal(first[~mask], photo.colour[~mask])
    if mask.mean() < 0.02:
        assert np.abs(first.astype(int) - photo.colour)[mask].mean() < 12


def test_a_photograph_smaller_than_the_network_s_crops_is_repaired(model):
    photo = Photo(slope(9, 30).colour)
    assert repair(model, photo, hole(9, 30, 2, 10, 4, 5)).colour.shape == (9, 30, 3)


def test_a_step_at_the_mask_s_edge_is_taken_away_inwards():
    levels, mask = np.full((60, 60, 3), 100, np.uint8), hole(60, 60, 20, 20, 20, 20)
    levels[mask] = 140
    joined = blended(levels, mask)
    assert np.array_equal(joined[~mask], levels[~mask])
    row = joined[30, 20:30, 0].astype(int)
    assert row[0] < 110 and row[-1] == 140 and (np.diff(row) >= 0).all()


def test_regions_are_found_apart_and_only_thick_ones_begin_coarse():
    mask = hole(400, 600, 10, 10, 20, 20) | hole(400, 600, 300, 500, 5, 90)
    assert places_of(mask, near=16) == [Place(10, 10, 20, 20), Place(300, 500, 5, 90)]
    assert [depth_of(hole(300, 300, 10, 10, rows, 200), 32) for rows in (5, 32, 33, 65, 129)] == [0, 0, 1, 2, 3]


def test_a_hand_s_steps_make_a_mask_and_a_mask_goes_into_text_and_files():
    box = {"tool": "box", "points": [[0.75, 0.5], [0.25, 0.125]], "width": 0.01}
    mask = mask_of_steps([box], 40, 80)
    assert np.array_equal(mask, hole(40, 80, 10, 20, 30, 40))
    dab = {"tool": "mask", "points": [[0.1, 0.1]], "width": 0.05}
    steps = [{"tool": "given", "mask": pack_mask(mask)}, {**dab, "tool": "eraser", "points": [[0.5, 0.3]]}, dab]
    more = mask_of_steps([*steps, {"tool": "invert"}], 40, 80)
    assert more[24, 40] and not more[8, 8] and not more[12, 22] and more[2, 70]
    assert np.array_equal(unpack_mask(pack_mask(more), 40, 80), more) and len(pack_mask(more)) < 400
    for clear in (False, True):
        assert np.array_equal(read_mask(mask_picture(more, clear), 40, 80), more)
    red = np.zeros((40, 80, 3), np.uint8)
    red[mask] = (250, 20, 10)
    assert np.array_equal(read_mask(red, 40, 80), mask)


def animation() -> bytes:
    """A GIF of two frames."""
    first, second = (Image.fromarray(np.full((40, 80), level, np.uint8)) for level in (0, 255))
    buffer = io.BytesIO()
    first.save(buffer, "GIF", save_all=True, append_images=[second])
    return buffer.getvalue()


def test_a_drags_mask_is_one_picture_too(tmp_path):
    (tmp_path / "mask.gif").write_bytes(animation())
    with pytest.raises(RequestError, match="holds 2 pictures"):
        drag.mask_of(tmp_path / "mask.gif")


def test_masks_that_are_none_have_a_sentence_each(model):
    gray = np.random.default_rng(0).integers(60, 200, (40, 80), np.uint8)
    for picture, said in (
        (np.zeros((40, 80), np.uint8), "black all over"),
        (np.full((40, 80), 255, np.uint8), "white all over"),
        (gray, "neither black nor white"),
        (np.zeros((80, 40), np.uint8), "mask has 40x80 pixels and the photograph 80x40"),
        (b"no picture", "cannot be read"),
        (animation(), "holds 2 pictures"),
    ):
        with pytest.raises(AtelierError, match=said):
            read_mask(picture, 40, 80)
    for steps, said in (
        ("mask", "a list of at most"),
        ([{"tool": "pen", "points": [[0, 0]]}], "painted with mask, eraser and box"),
        ([{"tool": "given", "mask": "?"}], "base64 text"),
        ([{"tool": "eraser", "points": [[0, 0]]}], "nothing to fill"),
        ([{"tool": "invert"}], "nothing of the photograph is left"),
        ([{"tool": "invert", "points": 3}, 7], "A stroke is an object"),
    ):
        with pytest.raises(RequestError, match=said):
            mask_of_steps(steps, 40, 80)
    with pytest.raises(RequestError, match="mask has 8x9 pixels and the photograph 120x96"):
        repair(model, slope(), hole(9, 8, 1, 1, 2, 2))
    with pytest.raises(RequestError, match="at least 8x8"):
        repair(model, Photo(slope().colour[:5]), hole(5, 120, 1, 1, 2, 2))


def test_a_chain_of_repairs_is_made_again_from_its_recipe(model, folder, tiny_translators, tmp_path):
    source, shelf = tmp_path / "photo.png", Shelf([folder])
    source.write_bytes(encode(slope()))
    photo = open_photo(source)
    steps = [Step(model, hole(96, 120, 20, 30, 12, 12), 5), Step(model, hole(96, 120, 28, 38, 9, 30), 2)]
    made, found = repaired(photo, steps), recipe_of(photo, steps)
    out = tmp_path / "out.png"
    out.write_bytes(encoded(made, found))
    assert len(found.to_json()) < 1500 and recipe.read(out) == found
    remake.write_again(found, shelf, tmp_path / "again.png", remake.Given(source))
    assert (tmp_path / "again.png").read_bytes() == out.read_bytes()
    with pytest.raises(RequestError, match="give the very file"):
        make_again(found, shelf, slope())
    with pytest.raises(RequestError, match="give that file with --source"):
        remake.write_again(found, shelf, tmp_path / "other.png")
    for wrong in ({"seed": 0}, {**found.arguments, "before": [3]}, {**found.arguments, "seed": -1}):
        with pytest.raises(RequestError):
            make_again(recipe.Recipe(found.weight, found.sha256, "repair", wrong), shelf, photo)
    with pytest.raises(RequestError, match="not for repair"):
        repair(load(tiny_translators / tiny.CROSS), photo, steps[0].mask)


def test_the_command_repairs_folders_with_masks_by_the_same_stem(folder, tmp_path, capsys):
    place, photos, masks = str(folder / tiny.REPAIR), tmp_path / "photos", tmp_path / "masks"
    for path in (photos, masks):
        path.mkdir()
    for name in ("a", "b"):
        (photos / f"{name}.png").write_bytes(encode(slope()))
        (masks / f"{name}.png").write_bytes(mask_picture(hole(96, 120, 20, 30, 12, 12)))
    translate.main([place, str(photos), "--mask", str(masks), "-o", str(tmp_path / "out"), "--variations", "2"])
    made = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert made == ["a-repaired-1.png", "a-repaired-2.png", "b-repaired-1.png", "b-repaired-2.png"]
    one = [place, str(photos / "a.png"), "-o", str(tmp_path / "one.png")]
    for more, said in (
        ([], "say where they are with --mask"),
        (["--mask", str(tmp_path / "out")], "no mask called a"),
        (["--mask", str(photos / "a.png")], "neither black nor white"),
        (["--mask", str(masks / "a.png"), "--variations", "9"], "1 to 4 answers"),
        (["--mask", str(masks / "a.png"), "-o", str(masks / "a.png"), "--overwrite"], "take the place of an input"),
    ):
        with pytest.raises(SystemExit):
            translate.main([*one, *more])
        assert said in capsys.readouterr().err and not (tmp_path / "one.png").exists()
