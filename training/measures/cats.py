"""What sees cats: OpenCV's cat-face cascades, and how much the pictures differ from each other."""

import numpy as np
import torch

from gan_models.errors import TrainingError
from gan_models.pictures.faces import cascades
from training.measures.distances import pairwise

SIDE, SCALE, NEIGHBOURS = 192, 1.05, 2
LEAST_FACE = 100  # a face that fills the picture: without it smooth noise passes as a cat 87 times in 100
THUMBNAIL = 16
MOST = 500  # pictures judged: the cascades take 15 ms each
FACES, THUMBNAILS = "cat faces", "thumbnail distance"


def cat_figures(images: torch.Tensor, most: int = MOST) -> dict[str, float]:
    """Both figures of the first `most` pictures, uint8 (N, 1 or 3, H, W), by name."""
    faces, small = look_at_cats(images, most)
    return {FACES: faces.mean().item(), THUMBNAILS: pairwise(small)}


def look_at_cats(images: torch.Tensor, most: int = MOST) -> tuple[torch.Tensor, torch.Tensor]:
    """What the two figures are made of: whether a face is seen, float32 (N,) of 0 and 1, and thumbnails (N, D)."""
    arrays = images[:most].expand(-1, 3, -1, -1).permute(0, 2, 3, 1).contiguous().numpy()
    return torch.from_numpy(cat_faces(arrays)).float(), thumbnails(arrays)


def cat_faces(images: np.ndarray) -> np.ndarray:
    """Which pictures either cascade sees a cat's face in, bool (N,). images: uint8 (N, H, W, 3).

    At 192 px, scale 1.05, 2 neighbours, faces of 100 px and more. Real 64 px cats: nine in ten; clothes:
    none; smooth noise: three in a hundred. Never judge by this alone. Raises TrainingError without OpenCV 4.
    """
    detectors = _cascades()
    import cv2

    found = np.zeros(len(images), bool)
    for index, image in enumerate(images):
        large = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
        gray = cv2.cvtColor(large, cv2.COLOR_RGB2GRAY)
        found[index] = any(
            len(detector.detectMultiScale(gray, SCALE, NEIGHBOURS, minSize=(LEAST_FACE, LEAST_FACE))) > 0
            for detector in detectors
        )
    return found


def _cascades() -> tuple:
    try:
        return cascades()
    except (ImportError, AttributeError) as error:
        raise TrainingError(
            f"the cat cascades need OpenCV 4 ({error}): pip install 'opencv-python-headless<5'."
        ) from error


def thumbnails(images: np.ndarray, side: int = THUMBNAIL) -> torch.Tensor:
    """Pictures uint8 (N, H, W, C) as vectors of their side x side averages, float32 (N, side * side * C)
    in [0, 1].
    """
    pixels = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255
    return torch.nn.functional.interpolate(pixels, size=(side, side), mode="area").flatten(1)
