"""Every mode and size a picture file can have arrives as the right pixels."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from training.data import load_set
from training.data.pictures import read_picture

RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)


def saved(image: Image.Image, format: str = "PNG", **options) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def colours() -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.kron(rng.integers(0, 256, (4, 4, 3), dtype=np.uint8), np.ones((8, 8, 1), np.uint8))


def test_gray_becomes_three_equal_channels_and_stays_gray_alone():
    data = saved(Image.fromarray(RAMP))
    assert np.array_equal(read_picture(data, 16, 3), np.repeat(RAMP[..., None], 3, axis=2))
    assert np.array_equal(read_picture(data, 16, 1)[..., 0], RAMP)


def test_colour_asked_for_in_gray_is_luma():
    data = saved(Image.fromarray(colours()))
    luma = colours() @ np.array([0.299, 0.587, 0.114])
    assert np.abs(read_picture(data, 32, 1)[..., 0] - luma).max() <= 1


def test_palette_shows_its_colours():
    image = Image.fromarray(colours()).quantize(16)
    assert np.array_equal(read_picture(saved(image), 32, 3), np.asarray(image.convert("RGB")))


def test_sixteen_bits_are_scaled_not_cut():
    data = saved(Image.fromarray(RAMP.astype(np.uint16) * 257))
    assert np.array_equal(read_picture(data, 16, 1)[..., 0], RAMP)


def test_alpha_is_laid_on_white():
    rgba = np.zeros((16, 16, 4), np.uint8)
    rgba[..., 0], rgba[..., 3] = 200, RAMP
    expected = 255 + (np.array([200, 0, 0]) - 255.0) * (RAMP[..., None] / 255)
    assert np.abs(read_picture(saved(Image.fromarray(rgba)), 16, 3) - expected).max() <= 1


def test_cmyk_is_colour():
    cmyk = np.zeros((16, 16, 4), np.uint8)
    cmyk[..., 0] = 255
    pixels = read_picture(saved(Image.fromarray(cmyk, "CMYK"), "TIFF"), 16, 3)
    assert pixels[8, 8].tolist() == [0, 255, 255]


@pytest.mark.parametrize("format", ["PNG", "WEBP", "BMP", "TIFF", "PPM", "TGA", "JPEG2000"])
def test_every_lossless_format_keeps_its_pixels(format):
    data = saved(Image.fromarray(colours()), format, **({"lossless": True} if format == "WEBP" else {}))
    assert np.array_equal(read_picture(data, 32, 3), colours())


@pytest.mark.parametrize("orientation, turn", [(3, 2), (6, 3), (8, 1)])
def test_a_photo_turned_by_exif_stands_upright(orientation, turn):
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = read_picture(saved(Image.fromarray(colours()), exif=exif), 32, 3)
    assert np.array_equal(pixels, np.rot90(colours(), turn))


def test_any_size_is_cropped_to_the_middle_and_resized():
    wide = np.zeros((30, 90, 3), np.uint8)
    wide[:, 30:60] = 255
    assert (read_picture(saved(Image.fromarray(wide)), 64, 3) == 255).all()
    assert (read_picture(saved(Image.fromarray(wide[:, :31])), 8, 3) < 128).all()


def test_a_large_jpeg_is_read_as_its_small_self():
    """JPEG is decoded at a fraction of its size: the picture must stay what Lanczos makes of the whole."""
    big = np.asarray(Image.fromarray(colours()).resize((1200, 900), Image.Resampling.BICUBIC))
    data = saved(Image.fromarray(big), "JPEG", quality=95)
    whole = Image.fromarray(big).crop((150, 0, 1050, 900)).resize((64, 64), Image.Resampling.LANCZOS)
    assert np.abs(read_picture(data, 64, 3).astype(int) - np.asarray(whole)).mean() < 1.5


def test_a_folder_of_every_mode_loads_as_one_set(tmp_path: Path):
    picture = Image.fromarray(colours())
    modes = {"gray": "L", "palette": "P", "alpha": "RGBA", "two": "1", "grayalpha": "LA"}
    for name, mode in modes.items():
        picture.convert(mode).save(tmp_path / f"{name}.png")
    picture.convert("CMYK").save(tmp_path / "print.jpg")
    found = load_set(tmp_path, size=32)
    assert found.images.shape == (6, 3, 32, 32)
    assert found.skipped == ()
