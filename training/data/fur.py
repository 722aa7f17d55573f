"""Cats of one colour of fur, chosen by a rule: the two sides of the ginger-to-grey training.

A picture's fur is what its middle shows, the face without ears and background. Everything is computed from
the 32 px thumbnail, so that the choice does not depend on the size that is trained at.
"""

import torch

from gan_models.pictures.colour import CHROMA, split_lab
from gan_models.pictures.images import from_levels

SIDE = 32
MIDDLE = (slice(8, 26), slice(8, 24))
"""Rows and columns of the thumbnail that a face fills: forehead to chin, cheek to cheek."""


def ginger(images: torch.Tensor) -> torch.Tensor:
    """Which pictures, uint8 (N, 3, S, S), show a cat that is mostly orange: bool (N,).

    Orange cats are orange in their dark stripes too; brown tabbies, which have the same hue, are black there.
    """
    lightness, chroma, hue = _fur(images)
    orange = (chroma > 18) & (hue > 45) & (hue < 80) & (lightness > 30) & (lightness < 90)
    dark = lightness.argsort(1)[:, : lightness.shape[1] // 3]
    stripes = chroma.gather(1, dark).median(1).values
    enough = (chroma.median(1).values > 24) & (lightness.median(1).values > 42)
    red = hue.median(1).values < 73  # sand and olive lie above
    black = (lightness < 36).float().mean(1) > 0.16
    return (orange.float().mean(1) > 0.48) & (stripes > 23) & enough & red & ~black


def grey(images: torch.Tensor) -> torch.Tensor:
    """Which pictures, uint8 (N, 3, S, S), show a cat that is mostly grey, neither black nor white."""
    lightness, chroma, _ = _fur(images)
    plain = (chroma < 11) & (lightness > 20) & (lightness < 72)
    middle = lightness.median(1).values
    pale = (lightness > 75).float().mean(1)
    return (
        (plain.float().mean(1) > 0.76) & (chroma.median(1).values < 7) & (pale < 0.06) & (middle > 29) & (middle < 58)
    )


SELECTIONS = {"ginger": ginger, "grey": grey}


def _fur(images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Lightness (0 to 100), chroma and hue (degrees) of the middle's pixels, each (N, P)."""
    rows, columns = MIDDLE
    parts = []
    for some in images.split(512):
        small = torch.nn.functional.adaptive_avg_pool2d(from_levels(some), SIDE)[:, :, rows, columns]
        lightness, colours = split_lab(small)
        a, b = (colours * CHROMA).flatten(2).unbind(1)
        parts.append(((lightness.flatten(1) + 1) * 50, torch.hypot(a, b), torch.rad2deg(torch.atan2(b, a))))
    return tuple(torch.cat(column) for column in zip(*parts))
