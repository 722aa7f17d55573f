"""What a photograph looks like as flat areas in few shades, with an inked line where they meet.

It stands in for the superpixels of Wang and Yu 2020 (section 3.2, "structure representation"), which depend on the
whole picture and are slow: mean shift (Comaniciu and Meer 2002) joins neighbours of like colour, and what is left is
brought to SHADES, made livelier and inked as in Winnemoeller et al. 2006 ("Real-time video abstraction", section 3.3
and 3.4: soft quantisation of brightness, lines by a difference of Gaussians). The ink is not the paper's; without it a
short training learns surfaces but few lines. Everything depends on a pixel's surroundings alone, as the network does.
"""

from __future__ import annotations

import numpy as np

PLACE, COLOUR = 8, 30
"""How far mean shift looks, in pixels and in levels."""
SHADES, CLEAR = 6, 10.0
"""Of brightness, and how clear the steps between them are."""
LIVELIER = 1.5
"""Times the saturation."""
LINE, FAINTEST, FULL = 1.6, 0.01, 0.035
"""Width of the ink in pixels, and the differences of brightness, 0 to 1, from which it begins and is full."""
INK = 0.92
"""How much of a colour full ink takes away."""
BROAD, BRIGHTER = 31, 1.3
"""Areas of so many pixels a side are made at most so many times brighter to make up for their ink."""


def structure(levels: np.ndarray) -> np.ndarray:
    """Flat areas and lines of a photograph, uint8 (H, W, 3) to the same, as bright as it wherever one looks."""
    import cv2

    joined = cv2.pyrMeanShiftFiltering(np.ascontiguousarray(levels), PLACE, COLOUR, maxLevel=1)
    drawn = livelier(shaded(joined.astype(np.float32))) * (1 - INK * ink(joined))[:, :, None]
    real, now = (cv2.blur(x.mean(2, dtype=np.float32), (BROAD, BROAD)) for x in (levels, drawn))
    gain = np.clip(real / np.maximum(now, 1), 1 / BRIGHTER, BRIGHTER)
    return np.clip(drawn * gain[:, :, None], 0, 255).astype(np.uint8)


def shaded(levels: np.ndarray) -> np.ndarray:
    """Colours, float32 (H, W, 3) of 0 to 255, whose brightness is one of SHADES but for soft steps between them."""
    gray = levels.mean(2, keepdims=True)
    place = gray / 255 * SHADES
    # Shades lie in the middles of equal parts; the steps between them at whole numbers of `place`.
    step = np.rint(place)
    soft = step + np.tanh(CLEAR * (place - step)) / (2 * np.tanh(CLEAR / 2))
    return levels * (soft / SHADES * 255 / np.maximum(gray, 1))


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
