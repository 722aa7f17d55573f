"""One test for each way a picture can be stored: pixels in, pixels out, and what lies beside them."""

import errno
import hashlib
import io
import struct
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms

from gan_models.errors import PictureError, RequestError
from gan_models.pictures import photo as module
from gan_models.pictures.images import open_picture
from gan_models.pictures.photo import MOST_SIDE, Photo, bleed, encode, flat, open_photo, resize_levels

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)
COLOURS = np.random.default_rng(1).integers(0, 256, (16, 20, 3), dtype=np.uint8)


def stored(picture: Image.Image, kind: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def read(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def test_rgb_keeps_every_level_in_png() -> None:
    photo = open_photo(stored(Image.fromarray(COLOURS)))
    assert np.array_equal(photo.colour, COLOURS) and photo.alpha is None
    assert np.array_equal(np.asarray(read(encode(photo))), COLOURS)


def test_gray_stays_gray() -> None:
    photo = open_photo(stored(Image.fromarray(RAMP)))
    assert np.array_equal(photo.colour[:, :, 0], RAMP)
    assert read(encode(photo)).mode == "L" and np.array_equal(np.asarray(read(encode(photo))), RAMP)


def test_bilevel_becomes_gray() -> None:
    photo = open_photo(stored(Image.fromarray(RAMP > 99)))
    assert np.array_equal(photo.colour[:, :, 0], 255 * (RAMP > 99))


def test_sixteen_bits_stay_sixteen_bits_in_png_and_are_rounded_elsewhere() -> None:
    levels = (RAMP.astype(np.uint16) * 257) ^ 5
    photo = open_photo(stored(Image.fromarray(levels)))
    assert photo.colour.dtype == np.uint16 and np.array_equal(photo.colour[:, :, 0], levels)
    again = read(encode(photo))
    assert again.mode.startswith("I") and np.array_equal(np.asarray(again), levels)
    assert np.abs(np.asarray(read(encode(photo, "jpeg"))).astype(int) - RAMP).max() <= 6


def test_a_palette_becomes_its_colours() -> None:
    picture = Image.fromarray(COLOURS).quantize(16)
    photo = open_photo(stored(picture))
    assert np.array_equal(photo.colour, np.asarray(picture.convert("RGB")))


def test_a_palette_with_a_transparent_entry_has_alpha() -> None:
    picture = Image.fromarray(COLOURS).quantize(16)
    photo = open_photo(stored(picture, transparency=3))
    assert np.array_equal(photo.alpha == 0, np.asarray(picture) == 3)
    assert np.array_equal(photo.colour[photo.alpha > 0], np.asarray(picture.convert("RGB"))[photo.alpha > 0])


def test_alpha_is_kept_and_hidden_black_does_not_show() -> None:
    """A red disc whose transparent surroundings are black, as most editors write it."""
    levels = np.zeros((32, 32, 4), np.uint8)
    y, x = np.mgrid[:32, :32]
    levels[(x - 16) ** 2 + (y - 16) ** 2 < 100] = (200, 30, 40, 255)
    photo = open_photo(stored(Image.fromarray(levels)))
    assert np.array_equal(photo.alpha, levels[:, :, 3])
    assert (photo.colour == (200, 30, 40)).all(), "the only colour there is"
    again = read(encode(photo))
    assert again.mode == "RGBA" and np.array_equal(np.asarray(again)[:, :, 3], levels[:, :, 3])
    assert np.array_equal(flat(photo)[0, 0], (255, 255, 255)) and np.array_equal(flat(photo)[16, 16], (200, 30, 40))


def test_gray_with_alpha() -> None:
    levels = np.dstack([RAMP, RAMP.T])
    photo = open_photo(stored(Image.fromarray(levels, "LA")))
    seen = RAMP.T > 0
    assert np.array_equal(photo.colour[:, :, 0][seen], RAMP[seen]) and np.array_equal(photo.alpha, RAMP.T)
    assert read(encode(photo)).mode == "LA"


def test_colours_spread_only_where_nothing_is_seen() -> None:
    alpha = np.zeros((16, 20), np.uint8)
    alpha[3, 4], alpha[12, 15] = 1, 255
    filled = bleed(COLOURS, alpha)
    assert np.array_equal(filled[3, 4], COLOURS[3, 4]) and np.array_equal(filled[12, 15], COLOURS[12, 15])
    assert np.array_equal(filled[2, 4], COLOURS[3, 4]), "the nearest of what is seen"
    assert np.array_equal(bleed(COLOURS, np.zeros_like(alpha)), COLOURS)


def test_cmyk_becomes_rgb_and_its_profile_is_left_behind() -> None:
    picture = Image.fromarray(COLOURS).convert("CMYK")
    photo = open_photo(stored(picture, "TIFF", icc_profile=b"\0" * 16 + b"CMYK" + b"\0" * 108))
    assert np.abs(photo.colour.astype(int) - np.asarray(picture.convert("RGB"))).max() <= 1
    assert photo.icc is None


def ink_profile() -> bytes:
    """The smallest profile of CMYK (ICC.1:2022): a table of two points an ink, paper white, every full ink black."""
    lightness = [0 if corner else 255 for corner in range(16)]
    table = struct.pack(">4s4x4B", b"mft1", 4, 3, 2, 0) + struct.pack(">9i", *(65536 * (i % 4 == 0) for i in range(9)))
    table += bytes(range(256)) * 4 + bytes(b for level in lightness for b in (level, 128, 128)) + bytes(range(256)) * 3
    text = b"text" + bytes(4) + b"none\0"
    tags = {
        b"A2B0": table,
        b"wtpt": b"XYZ " + bytes(4) + struct.pack(">3i", 63190, 65536, 54061),
        b"cprt": text,
        b"desc": b"desc" + bytes(4) + struct.pack(">I", 5) + b"inks\0" + bytes(78),
    }
    listed, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        listed += name + struct.pack(">II", start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    head = struct.pack(">I4sI4s4s4s12x4s28x3i48x", start + len(body), b"lcms", 0x02400000, b"prtr", b"CMYK", b"Lab ",
        b"acsp", 63190, 65536, 54061)  # fmt: skip
    return head + struct.pack(">I", len(tags)) + listed + body


def test_cmyk_is_converted_by_the_profiles_own_inks() -> None:
    """These inks make gray of full cyan; the plain formula makes cyan of it."""
    inks = Image.new("CMYK", (6, 4))
    inks.paste((255, 0, 0, 0), (3, 0, 6, 4))
    plain = open_photo(stored(inks, "TIFF")).colour
    assert plain[0, 0].tolist() == [255, 255, 255] and plain[0, 5].tolist() == [0, 255, 255]
    own = open_photo(stored(inks, "TIFF", icc_profile=ink_profile()))
    assert own.colour[0, 0].min() >= 250 and own.colour[0, 5].max() <= 10 and own.icc is None


def test_colours_of_sixteen_bits_are_read_as_eight() -> None:
    """Pillow reads no more of them; its rounding is the high byte."""
    head = struct.pack(">IIBBBBB", 1, 1, 16, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" + struct.pack(">3H", 0x1234, 0x80FF, 0xFFFF)))]
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in [*chunks, (b"IEND", b"")]
    )
    photo = open_photo(content)
    assert photo.colour.dtype == np.uint8 and photo.colour[0, 0].tolist() == [0x12, 0x80, 0xFF]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied_once(orientation: int) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "A camera"
    upright = {
        1: lambda p: p, 2: np.fliplr, 3: lambda p: np.rot90(p, 2), 4: np.flipud, 5: lambda p: p.swapaxes(0, 1),
        6: lambda p: np.rot90(p, -1), 7: lambda p: np.rot90(p, 2).swapaxes(0, 1), 8: np.rot90,
    }[orientation](COLOURS)  # fmt: skip
    photo = open_photo(stored(Image.fromarray(COLOURS), exif=exif))
    assert np.array_equal(photo.colour, upright)
    for kind in ("png", "jpeg", "webp"):
        again = read(encode(photo, kind))
        assert ExifTags.Base.Orientation not in again.getexif() and again.getexif()[ExifTags.Base.Make] == "A camera"
        assert again.size == upright.shape[1::-1]


def test_exif_says_the_new_size_and_keeps_the_rest() -> None:
    exif = Image.Exif()
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    inner[ExifTags.Base.ExifImageWidth], inner[ExifTags.Base.ExposureTime] = 20, 0.25
    photo = open_photo(stored(Image.fromarray(COLOURS), "JPEG", exif=exif))
    large = Photo(np.zeros((64, 80, 3), np.uint8), exif=photo.exif)
    found = read(encode(large, "jpeg", "{}")).getexif().get_ifd(ExifTags.IFD.Exif)
    assert found[ExifTags.Base.ExifImageWidth] == 80 and found[ExifTags.Base.ExposureTime] == 0.25
    assert found[ExifTags.Base.UserComment].endswith("{}".encode("utf-16-be"))


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_a_colour_profile_comes_along(kind: str) -> None:
    photo = open_photo(stored(Image.fromarray(COLOURS), icc_profile=SRGB))
    assert photo.icc == SRGB and read(encode(photo, kind)).info["icc_profile"] == SRGB
    gray = open_photo(stored(Image.fromarray(RAMP), icc_profile=SRGB))
    assert gray.icc is None, "a colour profile says nothing of gray levels"
    of_gray = replace(gray, icc=SRGB[:16] + b"GRAY" + SRGB[20:])
    assert ("icc_profile" in read(encode(of_gray, kind)).info) == (kind != "webp"), "nor the other way round"


def test_exif_that_is_too_long_makes_room_for_the_recipe() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = "x" * 64_900
    photo = open_photo(stored(Image.fromarray(COLOURS), exif=exif))
    assert "recipe" in read(encode(photo, "jpeg", "recipe" * 50)).getexif().get_ifd(ExifTags.IFD.Exif)[
        ExifTags.Base.UserComment
    ].decode("utf-16-be", "replace")


def test_a_recipe_that_is_too_long_for_a_jpeg_is_refused_in_a_sentence() -> None:
    recipe = "x" * 40_000
    with pytest.raises(RequestError, match="too long for JPEG; save it as PNG"):
        encode(Photo(COLOURS), "jpeg", recipe)
    for kind in ("png", "webp"):
        read(encode(Photo(COLOURS), kind, recipe))


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_damaged_exif_is_left_behind(kind) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "A camera"
    content = stored(Image.fromarray(COLOURS), kind, exif=exif)
    assert content.count(b"MM\x00*") == 1
    photo = open_photo(content.replace(b"MM\x00*", b"\xff\xff\xff\xff"))
    assert photo.exif is None and photo.colour.shape == COLOURS.shape


def test_a_file_that_may_not_be_read_is_a_sentence(tmp_path, monkeypatch) -> None:
    (tmp_path / "a.png").write_bytes(stored(Image.fromarray(COLOURS)))
    refused = PermissionError(errno.EACCES, "Permission denied")
    monkeypatch.setattr("gan_models.pictures.photo.contents", lambda path: (_ for _ in ()).throw(refused))
    with pytest.raises(PictureError, match=r"a.png cannot be read \(Permission denied\)"):
        open_photo(tmp_path / "a.png")


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG\r\n\x1a\n", b"%PDF-1.4"])
def test_what_is_no_picture_is_refused_in_a_sentence(content: bytes, tmp_path) -> None:
    (tmp_path / "no.png").write_bytes(content)
    with pytest.raises(PictureError, match="no.png cannot be read as a picture"):
        open_photo(tmp_path / "no.png")


@pytest.mark.parametrize("side", [9_000, 60_000])
def test_a_decompression_bomb_is_refused_in_a_sentence(side: int) -> None:
    """A header that claims more than there is: nothing of that size is ever allocated."""
    content = bytearray(stored(Image.new("L", (8, 8))))
    content[16:24] = struct.pack(">II", side, side)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    with pytest.raises(PictureError, match="64,000,000 pixels"):
        open_photo(bytes(content))


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_levels_of_few_bits_are_bright_inside_and_go_back_as_they_came(bits: int) -> None:
    levels = np.linspace(0, 2**bits - 1, 256).round().astype(np.uint16).reshape(16, 16)
    photo = open_photo(stored(Image.fromarray(levels)))
    assert (photo.colour.min(), photo.colour.max()) == (0, 65535)
    assert np.array_equal(np.asarray(read(encode(photo))), levels)
    assert (f"({bits} bits)" in photo.told) == (bits < 16)


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        (RAMP.astype(np.float32), "0 to 255"),
        (RAMP.astype(np.float32) / 255, "0 to 1"),
        (RAMP.astype(np.float32) / 127.5 - 1, "-1 to 1"),
        (RAMP.astype(np.int32) * 4112, "0 to 1048575 are taken for black to white (20 bits)"),
        (RAMP.astype(np.int32) - 100, "-100 to 155"),
    ],
)
def test_levels_of_32_bits_are_looked_at(levels: np.ndarray, said: str) -> None:
    photo = open_photo(stored(Image.fromarray(levels), "TIFF"))
    assert np.abs(photo.colour[:, :, 0].astype(int) - RAMP.astype(int) * 257).max() <= 257 and said in photo.told
    assert open_picture(stored(Image.fromarray(levels), "TIFF"), 1).max() >= 254


def test_what_is_no_number_is_black() -> None:
    levels = RAMP.astype(np.float32) / 255
    levels[3, 3], levels[4, 4] = np.nan, np.inf
    photo = open_photo(Image.fromarray(levels))
    assert (photo.colour[3, 3, 0], photo.colour[4, 4, 0], photo.colour.max()) == (0, 65535, 65535)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_frames_and_pages_that_are_left_out_are_said(kind: str) -> None:
    frames = [Image.new("RGB", (8, 8), (level, 0, 0)) for level in (10, 90, 200)]
    photo = open_photo(stored(frames[0], kind, save_all=True, append_images=frames[1:]))
    assert "it holds 3 pictures" in photo.told and photo.frames == 3
    assert open_photo(stored(frames[0], kind)).told == ""


def test_the_hash_is_the_files(tmp_path) -> None:
    (tmp_path / "a.png").write_bytes(content := stored(Image.fromarray(COLOURS)))
    photo = open_photo(tmp_path / "a.png")
    assert photo.sha256 == open_photo(content).sha256 == hashlib.sha256(content).hexdigest()
    assert open_photo(COLOURS).sha256 != open_photo(COLOURS[:8]).sha256


@settings(max_examples=40)
@given(st.integers(1, 60), st.integers(1, 40), st.integers(1, 150), st.integers(1, 50), st.sampled_from([1, 3]))
def test_resizing_in_bands_is_pillows_own(height, width, rows, columns, channels) -> None:
    levels = np.random.default_rng(height).integers(0, 256, (height, width, channels), dtype=np.uint8)
    image = Image.fromarray(levels if channels == 3 else levels[:, :, 0])
    whole = np.asarray(image.resize((columns, rows), Image.Resampling.BICUBIC)).reshape(rows, columns, channels)
    before, module.BAND = module.BAND, 16
    try:
        banded = resize_levels(levels, rows, columns)
    finally:
        module.BAND = before
    assert np.abs(banded.astype(int) - whole).max() <= 1


def test_formats_that_cannot_hold_it_say_so() -> None:
    long = Photo(np.zeros((1, 70_000, 3), np.uint8))
    for kind, most in MOST_SIDE.items():
        assert read(encode(Photo(long.colour[:, :most]), kind)).size == (most, 1)
        with pytest.raises(RequestError, match=f"{most + 1:,}; take PNG"):
            encode(Photo(long.colour[:, : most + 1]), kind)
    for kind in ("jpeg", "webp"):
        with pytest.raises(RequestError, match="take PNG"):
            encode(long, kind)
    assert read(encode(long)).size == (70_000, 1)
    with pytest.raises(RequestError, match="png, jpeg, webp, got 'bmp'"):
        encode(long, "bmp")
