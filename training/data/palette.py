"""The colours of a set of label maps, found by counting: what a visitor may paint with."""

import numpy as np
import torch

MOST_LABELS = 24
NEAR = 40
"""Colours closer than this (Euclidean, levels) are one label: JPEG smears them."""
LEAST = 0.002
COVERED = 0.85

FLAT = 12
"""Levels that a pixel may differ from its neighbours to lie inside an area."""

# The labels of the CMP Facade Database in its own order, with the colours that they have in CycleGAN's copy.
NAMED = {
    "CMP facades, 256x128 pairs": {
        "background": (0, 0, 222),
        "facade": (0, 48, 255),
        "window": (1, 128, 255),
        "door": (1, 207, 255),
        "cornice": (34, 255, 224),
        "sill": (112, 255, 144),
        "balcony": (192, 255, 63),
        "blind": (255, 240, 2),
        "deco": (255, 159, 1),
        "molding": (255, 80, 1),
        "pillar": (253, 1, 2),
        "shop": (174, 0, 1),
    }
}


def palette(maps: torch.Tensor, set_name: str = "") -> dict[str, tuple[int, int, int]]:
    """Labels by name with their colours, the most frequent first; empty where the pictures are no label maps.

    maps: uint8 (N, 3, H, W). A label is called by its colour, "#rrggbb", unless `set_name` is of a set whose
    labels are known.
    """
    if set_name in NAMED:
        return NAMED[set_name]
    pixels = _inner(maps[:: max(1, len(maps) // 100)])
    cells, counts = np.unique(pixels // 8, axis=0, return_counts=True)
    found: list[np.ndarray] = []
    for index in np.argsort(-counts):
        if counts[index] < LEAST * len(pixels) or len(found) > MOST_LABELS:
            break
        colour = cells[index] * 8 + 4
        if all(np.linalg.norm(colour - other) > NEAR for other in found):
            found.append(colour)
    if not 2 <= len(found) <= MOST_LABELS:
        return {}
    apart = np.stack([np.linalg.norm(pixels - colour, axis=1) for colour in found])
    if (apart.min(0) < NEAR / 2).mean() < COVERED:
        return {}
    whole = [tuple(int(v) for v in np.median(pixels[apart.argmin(0) == i], axis=0)) for i in range(len(found))]
    return {"#{:02x}{:02x}{:02x}".format(*colour): colour for colour in whole}


def _inner(maps: torch.Tensor) -> np.ndarray:
    """The pixels inside areas, int (P, 3): those like their neighbours on both sides."""
    whole = maps.to(torch.int16)
    middle = whole[:, :, 1:-1, 1:-1]
    around = (whole[:, :, :-2, 1:-1], whole[:, :, 2:, 1:-1], whole[:, :, 1:-1, :-2], whole[:, :, 1:-1, 2:])
    flat = torch.stack([(middle - other).abs().amax(1) <= FLAT for other in around]).all(0)
    return middle.permute(0, 2, 3, 1)[flat].numpy().astype(np.int64)
