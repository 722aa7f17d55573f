import ast
import contextlib
import io
import random
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageCms
from PIL.ExifTags import Base

from gan_models.errors import PictureError, RequestError
from gan_models.pictures import images
from gan_models.pictures.images import stored


def as_bytes(picture: Image.Image, kind: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.fixture
def colours() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)


def test_conversion_is_exact_on_all_256_levels() -> None:
    levels = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1).repeat(3, axis=3)
    tensor = images.to_tensor(levels)
    assert tensor.shape == (1, 3, 16, 16) and tensor.dtype == torch.float32
    assert tensor.min() == -1 and tensor.max() == 1
    assert np.array_equal(images.to_uint8(tensor), levels)


def test_conversion_keeps_rows_columns_and_channels(colours: np.ndarray) -> None:
    tensor = images.to_tensor(colours)
    assert tensor.shape == (1, 3, 5, 7)
    assert tensor[0, 2, 3, 4] == pytest.approx(colours[3, 4, 2] / 127.5 - 1)
    assert np.array_equal(images.to_uint8(tensor)[0], colours)


def test_values_outside_the_range_are_clamped() -> None:
    assert images.to_uint8(torch.tensor([[[[-1.7, 1.2, 0.0]]]])).ravel().tolist() == [0, 255, 128]


def test_conversions_refuse_other_types() -> None:
    with pytest.raises(RequestError, match="float32"):
        images.to_tensor(np.zeros((2, 2, 3), np.float32))
    with pytest.raises(RequestError, match="uint8"):
        images.to_uint8(torch.zeros(1, 3, 2, 2, dtype=torch.uint8))


def test_rgb_from_every_kind_of_source(colours: np.ndarray, tmp_path) -> None:
    data = as_bytes(Image.fromarray(colours))
    (tmp_path / "a.png").write_bytes(data)
    sources = [
        tmp_path / "a.png",
        str(tmp_path / "a.png"),
        data,
        io.BytesIO(data),
        Image.fromarray(colours),
        colours,
    ]
    for source in sources:
        assert np.array_equal(images.open_picture(source), colours)


def test_gray_palette_and_one_bit_pictures(colours: np.ndarray) -> None:
    gray = colours[:, :, 0]
    assert np.array_equal(images.open_picture(as_bytes(Image.fromarray(gray))), gray[:, :, None].repeat(3, 2))
    assert np.array_equal(images.open_picture(as_bytes(Image.fromarray(gray)), 1), gray[:, :, None])
    palette = Image.fromarray(colours).convert("P", palette=Image.Palette.ADAPTIVE)
    assert np.array_equal(images.open_picture(as_bytes(palette)), np.asarray(palette.convert("RGB")))
    bits = Image.fromarray(gray > 127)
    assert np.array_equal(images.open_picture(as_bytes(bits), 1)[:, :, 0], (gray > 127) * np.uint8(255))


def test_sixteen_bits_are_scaled_not_cut() -> None:
    levels = (np.arange(256, dtype=np.uint16) * 257).reshape(16, 16)
    for source in (as_bytes(Image.fromarray(levels)), as_bytes(Image.fromarray(levels), "TIFF"), levels):
        assert np.array_equal(images.open_picture(source, 1)[:, :, 0], np.arange(256).reshape(16, 16))
    wide = Image.fromarray(levels.astype(np.int32))
    assert np.array_equal(images.open_picture(wide, 1)[:, :, 0], np.arange(256).reshape(16, 16))


def test_alpha_is_laid_over_white() -> None:
    rgba = np.array([[[255, 0, 0, 255], [255, 0, 0, 0], [0, 0, 0, 128]]], np.uint8)
    expected = [[255, 0, 0], [255, 255, 255], [127, 127, 127]]
    assert images.open_picture(as_bytes(Image.fromarray(rgba)))[0].tolist() == expected
    assert images.open_picture(rgba)[0].tolist() == expected
    gray = Image.fromarray(np.array([[[0, 255], [0, 0]]], np.uint8))
    assert images.open_picture(as_bytes(gray), 1)[0, :, 0].tolist() == [0, 255]


def test_a_transparent_palette_entry_and_a_key_colour_are_white() -> None:
    palette = Image.new("P", (2, 1))
    palette.putpalette([10, 20, 30, 40, 50, 60])
    palette.putpixel((1, 0), 1)
    data = as_bytes(palette, transparency=0)
    assert images.open_picture(data)[0].tolist() == [[255, 255, 255], [40, 50, 60]]
    keyed = as_bytes(Image.fromarray(np.array([[[1, 2, 3], [4, 5, 6]]], np.uint8)), transparency=(1, 2, 3))
    assert images.open_picture(keyed)[0].tolist() == [[255, 255, 255], [4, 5, 6]]


def test_cmyk_jpeg() -> None:
    cmyk = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    red = images.open_picture(as_bytes(cmyk, "JPEG", quality=100))
    assert np.abs(red.astype(int) - [255, 0, 0]).max() <= 3


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turns_the_picture_upright(orientation: int, colours: np.ndarray) -> None:
    turned = {
        1: colours,
        2: colours[:, ::-1],
        3: colours[::-1, ::-1],
        4: colours[::-1],
        5: colours.transpose(1, 0, 2),
        6: np.rot90(colours, 1),
        7: colours[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(colours, -1),
    }
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    data = as_bytes(Image.fromarray(np.ascontiguousarray(turned[orientation])), exif=exif.tobytes())
    assert np.array_equal(images.open_picture(data), colours)


def test_an_animation_gives_its_first_frame(colours: np.ndarray) -> None:
    gray = Image.fromarray(colours[:, :, 0])
    data = as_bytes(gray, "GIF", save_all=True, append_images=[Image.new("L", gray.size)])
    assert np.array_equal(images.open_picture(data, 1)[:, :, 0], colours[:, :, 0])


@pytest.mark.parametrize(
    ("source", "word"),
    [
        (b"not a picture", "cannot be read"),
        (b"", "cannot be read"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "cannot be read"),
        ("nowhere/at/all.png", "all.png is not a file"),
        (np.zeros((4, 4, 3), np.float32), "float32"),
        (np.zeros((4, 4, 5), np.uint8), "shape"),
        (np.zeros((0, 4, 3), np.uint8), "shape"),
    ],
)
def test_what_is_no_picture_is_refused_in_one_sentence(source, word: str) -> None:
    with pytest.raises(PictureError, match=word) as caught:
        images.open_picture(source)
    assert "\n" not in str(caught.value)


def test_a_cut_off_picture_is_refused() -> None:
    whole = as_bytes(Image.effect_noise((64, 64), 90), "JPEG")
    for source in (whole[: len(whole) // 2], Image.open(io.BytesIO(whole[: len(whole) // 2]))):
        with pytest.raises(PictureError, match="cannot be read"):
            images.open_picture(source)


def test_damaged_files_never_raise_anything_else() -> None:
    chance = random.Random(0)
    picture = Image.effect_noise((24, 24), 90)
    for kind in ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP"):
        whole = as_bytes(picture, kind)
        for _ in range(30):
            broken = bytearray(whole)
            for _ in range(3):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            with contextlib.suppress(PictureError):
                images.open_picture(bytes(broken))


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch) -> None:
    data = as_bytes(Image.new("1", (400, 400)))
    monkeypatch.setattr(images, "MOST_PIXELS", 100_000)
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("the pixels were unpacked"))
    with pytest.raises(PictureError, match="400x400"):
        images.open_picture(data)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1_000)
    with pytest.raises(PictureError, match="pixels"):
        images.open_picture(data)


def test_lab_becomes_rgb() -> None:
    lab = ImageCms.applyTransform(
        Image.new("RGB", (2, 2), (200, 10, 10)),
        ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"),
    )
    assert np.abs(images.open_picture(as_bytes(lab, "TIFF")).astype(int) - [200, 10, 10]).max() <= 6


def test_fit_crops_the_middle_and_leaves_the_right_size_alone(colours: np.ndarray) -> None:
    assert np.array_equal(images.fit(colours, 5), colours[:, 1:6])
    wide = np.zeros((10, 30, 1), np.uint8)
    wide[:, 10:20] = 200
    assert np.array_equal(images.fit(wide, 4), np.full((4, 4, 1), 200))


def test_fit_is_antialiased() -> None:
    board = (np.indices((64, 64)).sum(0) % 2 * 255).astype(np.uint8)[:, :, None]
    assert np.abs(images.fit(board, 8).astype(int)[1:-1, 1:-1] - 127).max() <= 2


def test_contact_sheet() -> None:
    tiles = np.stack([np.full((4, 5, 1), level, np.uint8) for level in (10, 20, 30)])
    sheet = images.contact_sheet(tiles, columns=2, gap=1)
    assert sheet.shape == (9, 11, 1)
    assert sheet[0, 0] == 10 and sheet[0, 6] == 20 and sheet[5, 0] == 30
    assert sheet[4].min() == 255 and sheet[5:, 6:].min() == 255
    assert images.contact_sheet(tiles).shape[1] == 2 * 5 + 2
    with pytest.raises(RequestError):
        images.contact_sheet(tiles[:0])


POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n%%EndComments\nshowpage\n"


@pytest.mark.parametrize("name", ["samples.png", "film.webp", "000000064.png"])
def test_a_stored_picture_that_is_postscript_inside_starts_no_ghostscript(tmp_path, monkeypatch, name):
    monkeypatch.setattr("subprocess.Popen", lambda *_, **__: pytest.fail("a program was started"))
    (tmp_path / name).write_bytes(POSTSCRIPT)
    with pytest.raises(PictureError, match=f"{name} cannot be read as a picture .*neither PNG nor WebP"):
        stored(tmp_path / name)


def test_a_stored_picture_is_whole_and_of_plausible_size(tmp_path):
    sheet = tmp_path / "samples.png"
    Image.new("I;16", (9, 5), 65535).save(sheet)
    assert stored(sheet).size == (9, 5) and stored(sheet).mode == "RGB"
    sheet.write_bytes(sheet.read_bytes()[:40])
    with pytest.raises(PictureError, match="cannot be read"):
        stored(sheet)
    Image.new("1", (20_000, 20_000)).save(sheet)
    with pytest.raises(PictureError, match="frames of 20000x20000, which is too much"):
        stored(sheet)
    with pytest.raises(PictureError, match="cannot be read"):
        stored(tmp_path / "none.png")


def test_every_picture_is_opened_as_one_of_named_formats():
    """Pillow opens by content, and would hand PostScript to a program."""
    root = Path(images.__file__).parents[2]
    opened = []
    for path in (p for room in ("gan_models", "page", "training") for p in (root / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Image.open":
                opened.append(path.name)
                assert any(word.arg == "formats" for word in node.keywords), f"{path}:{node.lineno}"
    assert "images.py" in opened


def test_no_other_file_converts_between_levels_and_tensors() -> None:
    root = Path(__file__).parents[3]
    files = [path for room in ("gan_models", "page", "training") for path in (root / room).rglob("*.py")]
    assert [path.name for path in files if re.search(r"\b127\.5\b", path.read_text(encoding="utf-8"))] == ["images.py"]


def test_levels_of_any_shape_survive_the_way_there_and_back() -> None:
    levels = torch.arange(256, dtype=torch.uint8).view(2, 128)
    there = images.from_levels(levels)
    assert (there.min(), there.max()) == (-1, 1) and torch.equal(images.as_levels(there), levels)
    torch.testing.assert_close(images.fine_levels(there), levels.float(), atol=1e-4, rtol=0)
    assert images.as_levels(torch.tensor([-3.0, 3.0])).tolist() == [0, 255]


def test_heic_is_read_where_pillow_heif_is_and_named_where_not(tmp_path) -> None:
    damaged = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200)
    (tmp_path / "IMG_1.HEIC").write_bytes(damaged)
    for source, name in ((damaged, "The picture"), (tmp_path / "IMG_1.HEIC", "IMG_1.HEIC"), (io.BytesIO(damaged), "")):
        with pytest.raises(PictureError, match=f"{name} is HEIC.*JPEG"):
            images.open_picture(source)
    heif = pytest.importorskip("pillow_heif", reason="pillow-heif is not installed")
    out = io.BytesIO()
    heif.from_pillow(Image.new("RGB", (64, 64), (200, 30, 40))).save(out)
    assert np.abs(images.open_picture(out.getvalue()).mean((0, 1)) - [200, 30, 40]).max() < 3


def test_no_address_in_memory_is_shown() -> None:
    for content in (b"not a picture", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff\xe0"):
        with pytest.raises(PictureError) as caught:
            images.open_picture(content)
        assert "0x" not in str(caught.value) and "Unidentified" not in str(caught.value)
