"""Where a cat's face is, by OpenCV's cascades; they are an extra, without which nothing is found."""

from functools import cache
from types import ModuleType

import numpy as np

CASCADES = ("haarcascade_frontalcatface.xml", "haarcascade_frontalcatface_extended.xml")
SIDE = 480
"""Pixels of the longer side at which a photograph is searched."""
MOST_LARGER = 4.0
"""How far a small one is enlarged for that: the cascades learned on larger faces than such pictures have."""
SCALE, NEIGHBOURS, LEAST = 1.05, 3, 0.2
"""From size to size, agreeing hits, and the smallest face as a share of the shorter side."""

Face = tuple[float, float, float]
"""Middle x and y and side of a square, in pixels."""


@cache
def opencv() -> ModuleType:
    """OpenCV 4; ImportError where there is none, or one without cascades."""
    import cv2

    if not hasattr(cv2, "CascadeClassifier"):
        raise ImportError(f"OpenCV {cv2.__version__} has no CascadeClassifier")
    return cv2


@cache
def cascades() -> tuple:
    """Both cascades; ImportError as `opencv`."""
    cv2 = opencv()
    return tuple(cv2.CascadeClassifier(cv2.data.haarcascades + name) for name in CASCADES)


def cat_face(picture: np.ndarray) -> Face | None:
    """The largest cat's face that the cascades see in uint8 (H, W, 1 or 3); None without one, or without OpenCV."""
    try:
        cv2, detectors = opencv(), cascades()
    except ImportError:
        return None
    height, width = picture.shape[:2]
    share = min(MOST_LARGER, SIDE / max(height, width))
    size = max(1, round(width * share)), max(1, round(height * share))
    kernel = cv2.INTER_AREA if share < 1 else cv2.INTER_CUBIC
    small = cv2.resize(np.ascontiguousarray(picture), size, interpolation=kernel)
    gray = small if small.ndim == 2 else cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    least = max(20, round(LEAST * min(size)))
    found = [
        face
        for detector in detectors
        for face in detector.detectMultiScale(gray, SCALE, NEIGHBOURS, minSize=(least, least))
    ]
    if not found:
        return None
    x, y, side, _ = (float(number) / share for number in max(found, key=lambda face: face[2]))
    return x + side / 2, y + side / 2, side
