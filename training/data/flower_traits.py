"""What is known of each photograph of flowers: its kind, from its folder, and two colours, measured in its pixels.

The rule, on SIDE x SIDE averages in CIELAB. Each pixel gets a plain name by its lightness, chroma and hue (BANDS). The
flower's colour is the petals' name that covers most of the picture, the middle weighing more, with what the border has
of it taken off; of a daisy the yellow heart does not count, a dandelion is yellow or a white clock. The ground is the
name that most of the border has, without the flower's. Where another colour is near the first, or little has the name,
nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from gan_models.pictures.colour import CHROMA, split_lab
from gan_models.pictures.images import to_tensor
from training.data.image_set import ImageSet
from training.data.traits import Said

KINDS = ("daisy", "dandelion", "roses", "sunflowers", "tulips")
"""Classes of the set, in its order."""
KIND, COLOUR, GROUND = "kind", "colour", "ground"
SIDE, RING, WIDE = 32, 4, 0.6
"""The side that is measured, the border's pixels, and how far the middle reaches, as a share of half the side."""


@dataclass(frozen=True)
class Band:
    """Pixels of one name: hue in degrees from `hue[0]` on to `hue[1]`, lightness and chroma likewise."""

    name: str
    hue: tuple[float, float] = (0, 360)
    lightness: tuple[float, float] = (0, 101)
    chroma: tuple[float, float] = (0, 200)


BANDS = (
    Band("dark", lightness=(0, 16)),
    Band("dark", lightness=(0, 26), chroma=(0, 14)),
    Band("white", lightness=(74, 101), chroma=(0, 14)),
    Band("white", (60, 115), (80, 101), (0, 26)),
    Band("grey", chroma=(0, 8)),
    Band("yellow", (100, 112), (72, 101), (55, 200)),
    Band("yellow", (72, 104), (58, 101), (38, 200)),
    Band("dark green", (98, 200), (0, 38)),
    Band("green", (98, 200), (38, 101)),
    Band("blue", (200, 292)),
    Band("purple", (292, 326)),
    Band("pink", (332, 360), (30, 101), (14, 200)),
    Band("pink", (0, 18), (30, 101), (14, 200)),
    Band("pink", (18, 50), (66, 101), (14, 200)),
    Band("red", (0, 46), (0, 60), (38, 200)),
    Band("orange", (46, 72), (48, 101), (48, 200)),
    Band("brown", (0, 98), (0, 66)),
    Band("pale", (0, 98), (66, 101)),
)
NAMES = tuple(dict.fromkeys(band.name for band in BANDS))
PETALS = ("white", "yellow", "orange", "red", "pink", "purple")
GROUNDS = {
    "dark": ("dark",),
    "green": ("green", "dark green"),
    "blue": ("blue",),
    "white": ("white", "pale"),
}
"""Colours of a ground, and the names of pixels that are of it."""
DARK_GREEN = "dark green"
OF_KIND = {
    "daisy": ("white", "red", "pink", "purple"),
    "dandelion": ("white", "yellow"),
    "sunflowers": ("yellow", "orange", "red"),
}
"""Colours that petals of a kind have, where not all of them."""
LEAST, AHEAD = 0.08, 1.5
"""Of the weighed pixels the share that names a colour, and how many times the second's it is."""
MIXED = 1.8
"""How many times the first colour all of them together are at most."""
LEAST_GROUND, REST = 0.5, 0.35
"""The share of the border without the flower that names a ground, and how much must be left of it."""
SURE = 0.65
"""The share of green pixels that makes a ground dark green, or plainly green."""


def traits(data: ImageSet) -> list[Said]:
    """All that can be said of each photograph of a set with the classes KINDS."""
    kinds = [data.classes[label] for label in data.labels.tolist()]
    return [{KIND: kind} | said for kind, said in zip(kinds, colours(data.images[:], kinds))]


def colours(images: Tensor, kinds: list[str]) -> list[Said]:
    """The colours of flower and ground of pictures uint8 (N, 3, S, S), as far as they are certain."""
    seen = named(images)
    border = torch.ones(SIDE, SIDE, dtype=torch.bool)
    border[RING:-RING, RING:-RING] = False
    around, whole = seen[:, :, border].mean(2), (seen * middle()).sum((2, 3))
    found = []
    for kind, of, edge in zip(kinds, whole.tolist(), around.tolist()):
        flower = petals(kind, dict(zip(NAMES, of)), dict(zip(NAMES, edge)))
        said = {COLOUR: flower, GROUND: ground(flower, dict(zip(NAMES, edge)))}
        found.append({name: value for name, value in said.items() if value})
    return found


def petals(kind: str, of: Mapping[str, float], edge: Mapping[str, float]) -> str | None:
    """The flower's colour, by the shares of names of the picture and of its border."""
    off = {"white": 0.5 if kind in OF_KIND else 1.0}  # of white daisies many fill the frame, of other kinds few
    shares = {name: of[name] - off.get(name, 0.5) * edge[name] for name in OF_KIND.get(kind, PETALS)}
    if kind == "dandelion":
        shares["white"] += max(0.0, of["grey"] - edge["grey"] / 2)  # of a clock's threads
    found = first(shares, LEAST, AHEAD)
    if found in (None, "white") or kind in OF_KIND:
        return found
    # The shade of a peach-coloured rose is red, its light is pale.
    together = sum(max(0.0, share) for share in (*shares.values(), of["pale"] - edge["pale"] / 2))
    return found if together <= MIXED * shares[found] else None


def ground(flower: str | None, edge: Mapping[str, float]) -> str | None:
    """The ground's colour, by the shares of names of its border."""
    left = 1 - edge.get(flower, 0.0)
    shares = {name: sum(edge[one] for one in names if one != flower) for name, names in GROUNDS.items()}
    found = first(shares, LEAST_GROUND * left, 1.0)
    # White about a flower that is not seen may be its petals.
    if left < REST or (found == "white" and flower in (None, "white")):
        return None
    if found != "green":
        return found
    dark = edge[DARK_GREEN] / shares["green"]
    return DARK_GREEN if dark >= SURE else "green" if dark <= 1 - SURE else None


def named(images: Tensor) -> Tensor:
    """Whether pixels have each name: float (N, NAMES, SIDE, SIDE), of pictures uint8 (N, 3, S, S)."""
    pixels = F.adaptive_avg_pool2d(to_tensor(images.permute(0, 2, 3, 1).numpy()), SIDE)
    lightness, chroma = split_lab(pixels)
    lightness, (a, b) = (lightness[:, 0] + 1) * 50, (chroma * CHROMA).unbind(1)
    hue, chroma = torch.rad2deg(torch.atan2(b, a)) % 360, torch.hypot(a, b)
    names = torch.full(lightness.shape, -1)
    for band in BANDS:
        ranges = zip((hue, lightness, chroma), (band.hue, band.lightness, band.chroma))
        within = torch.stack([(low <= x) & (x < high) for x, (low, high) in ranges]).all(0)
        names = torch.where((names < 0) & within, NAMES.index(band.name), names)
    return F.one_hot(names + 1, len(NAMES) + 1)[..., 1:].permute(0, 3, 1, 2).float()


def middle() -> Tensor:
    """How much each pixel weighs, (SIDE, SIDE), together 1."""
    line = torch.linspace(-1, 1, SIDE) / WIDE
    weight = torch.exp(-(line[:, None] ** 2 + line**2) / 2)
    return weight / weight.sum()


def first(shares: dict[str, float], least: float, ahead: float) -> str | None:
    """The name of the largest share; None where it is small, or the second is near."""
    (name, most), (_, second) = sorted(shares.items(), key=lambda item: -item[1])[:2]
    return name if most >= least and most >= ahead * second else None
