"""What a photograph looks like as flat areas: one colour each, an inked line where they meet.

It stands in for the superpixels of Wang and Yu 2020 (section 3.2, "structure representation"): mean shift (Comaniciu
and Meer 2002) joins neighbours of like colour while the crop is cut, a few colours are chosen for it, and these are
made livelier, since means of many pixels are duller than what they were taken from (the paper's "adaptive colouring").
The ink is not the paper's: a difference of Gaussians (Winnemoeller et al. 2012, "XDoG") of the joined areas, without
which a short training learns surfaces but few lines.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

PLACE, COLOUR = 6, 22
"""How far mean shift looks, in pixels and in levels."""
COLOURS = 14
LIVELIER = 1.35
"""Times the saturation."""
LINE, FAINTEST, FULL = 1.0, 0.012, 0.04
"""Width of the ink in pixels, and the differences of brightness, 0 to 1, from which it begins and is full."""
INK = 0.88
"""How much of a colour full ink takes away."""
BRIGHTER = 1.35
"""Areas are made at most so many times brighter to make up for the ink."""


def structure(levels: np.ndarray) -> np.ndarray:
    """Flat areas and lines of a photograph, uint8 (H, W, 3) to the same, as bright as it on average."""
    import cv2

    joined = cv2.pyrMeanShiftFiltering(np.ascontiguousarray(levels), PLACE, COLOUR, maxLevel=1)
    few = Image.fromarray(joined).quantize(COLOURS, Image.Quantize.MEDIANCUT, 0, dither=0).convert("RGB")
    drawn = livelier(np.asarray(few)) * (1 - INK * ink(joined))[:, :, None]
    gain = np.clip(levels.mean() / max(drawn.mean(), 1.0), 1 / BRIGHTER, BRIGHTER)
    return np.clip(drawn * gain, 0, 255).astype(np.uint8)


def livelier(levels: np.ndarray) -> np.ndarray:
    """Colours LIVELIER times as far from gray, float32 (H, W, 3) of 0 to 255."""
    gray = levels.mean(2, keepdims=True, dtype=np.float32)
    return np.clip(gray + LIVELIER * (levels - gray), 0, 255)


def ink(levels: np.ndarray) -> np.ndarray:
    """How much ink a line along each edge puts on its dark side, float32 (H, W) of 0 to 1."""
    import cv2

    gray = levels.mean(2, dtype=np.float32) / 255
    narrow, wide = (cv2.GaussianBlur(gray, (0, 0), width) for width in (LINE, 1.6 * LINE))
    return np.clip((wide - narrow - FAINTEST) / (FULL - FAINTEST), 0, 1)
