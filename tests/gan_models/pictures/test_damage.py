"""What a picture suffered: said of poor JPEGs and noise, and not of clean pictures."""

import io

import numpy as np
from PIL import Image, ImageFilter

from gan_models.loading import WEIGHTS
from gan_models.pictures.damage import Damage, damage


def sheet(name: str) -> Image.Image:
    """A weight's own samples: pictures of ours that nothing happened to."""
    with Image.open(WEIGHTS / name / "samples.webp") as picture:
        return picture.convert("RGB").crop((0, 0, 260, 260)).filter(ImageFilter.GaussianBlur(0.6))


def saved(picture: Image.Image, quality: int) -> np.ndarray:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer))


def noisy(picture: Image.Image, deviation: float) -> np.ndarray:
    noise = np.random.default_rng(3).normal(0, deviation, (*picture.size[::-1], 3))
    return (np.asarray(picture) + noise).clip(0, 255).astype(np.uint8)


def test_blocks_and_noise_are_found_and_clean_pictures_left_alone() -> None:
    for name in ("dcgan-cats-128", "dcgan-avatars-64"):
        clean = sheet(name)
        assert damage(np.asarray(clean)).told == "", name
        assert damage(saved(clean, 92)).told == "", name
        assert "blocks" in damage(saved(clean, 20)).told, name
        assert damage(noisy(clean, 15)).told == "noise", name


def test_what_is_too_small_to_tell_or_plain_is_clean() -> None:
    assert damage(np.zeros((8, 300, 3), np.uint8)) == Damage(1.0, 0.0)
    assert damage(np.full((64, 64, 1), 200, np.uint8)).told == ""
