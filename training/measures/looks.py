"""What can be measured about the looks of a picture: the attributes that words steer, and a measure of each.

A measure of pictures uint8 (N, 3, S, S), which are brought to 64 px first, is a number each, float32 (N,): the larger,
the more of it. Places are shares of the side; cats are centred in their pictures, as in AFHQ.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional as F

from gan_models.pictures.colour import CHROMA, split_lab
from gan_models.pictures.images import from_levels

SIDE = 64


@dataclass(frozen=True)
class Look:
    """An attribute: its name, the words for more and for less of it, the words for what it is of, and its measure.

    `middle`: of what a picture has or has not, the value between; it is then asked only for what it is not already.
    """

    name: str
    more: tuple[str, ...]
    less: tuple[str, ...]
    about: tuple[str, ...]
    measure: Callable[["Seen"], Tensor]
    middle: float | None = None


@dataclass(frozen=True)
class Seen:
    """Pictures (N, 3, 64, 64) in [-1, 1] as they are measured: L (N, 64, 64) from 0 to 100, a and b of CIELAB."""

    pictures: Tensor
    lightness: Tensor
    a: Tensor
    b: Tensor

    @classmethod
    def of(cls, pictures: Tensor) -> "Seen":
        """Of uint8 (N, 3, S, S)."""
        small = F.adaptive_avg_pool2d(from_levels(pictures), SIDE)
        lightness, colours = split_lab(small)
        a, b = (colours * CHROMA).unbind(1)
        return cls(small, (lightness[:, 0] + 1) * 50, a, b)


def measured(looks: Sequence[Look], pictures: Tensor, batch: int = 256) -> Tensor:
    """Each look's measure of uint8 pictures (N, 3, S, S): float32 (N, looks)."""
    parts = [Seen.of(some) for some in pictures.split(batch)]
    return torch.cat([torch.stack([look.measure(seen) for look in looks], 1) for seen in parts])


@cache
def box(top: float, bottom: float, left: float, right: float) -> Tensor:
    """A mask (64, 64) of 0 and 1."""
    y, x = _places()
    return ((y > top) & (y < bottom) & (x > left) & (x < right)).float()


@cache
def _places() -> tuple[Tensor, Tensor]:
    places = (torch.arange(SIDE) + 0.5) / SIDE
    y, x = torch.meshgrid(places, places, indexing="ij")
    return y, x


@cache
def face() -> Tensor:
    """An oval that a cat's face fills."""
    y, x = _places()
    return (((y - 0.52) / 0.27).square() + ((x - 0.5) / 0.24).square() < 1).float()


@cache
def ground() -> Tensor:
    """What lies beside the upper half of a head, and between its ears."""
    return box(0, 0.5, 0, 0.09) + box(0, 0.5, 0.91, 1) + box(0, 0.07, 0.42, 0.58)


@cache
def eyes() -> Tensor:
    """Where both eyes are."""
    return box(0.40, 0.56, 0.20, 0.44) + box(0.40, 0.56, 0.56, 0.80)


def mean(values: Tensor, mask: Tensor) -> Tensor:
    """The mean (N,) of values (N, 64, 64) in a mask."""
    return (values * mask).sum((1, 2)) / mask.sum()


def most(values: Tensor, mask: Tensor, count: int = 24) -> Tensor:
    """The mean (N,) of the largest values in a mask."""
    return values[:, mask > 0].topk(count, dim=1).values.mean(1)


def detail(lightness: Tensor) -> Tensor:
    """What is 2 to 5 pixels wide in lightness (N, 64, 64), dark lines below zero."""
    maps = lightness[:, None]
    return (maps - F.avg_pool2d(maps, 5, 1, 2, count_include_pad=False))[:, 0]


def _ginger(seen: Seen) -> Tensor:
    return mean(seen.a + seen.b, face())


def _chin(seen: Seen) -> Tensor:
    forehead, chin = box(0.14, 0.36, 0.34, 0.66), box(0.72, 0.92, 0.36, 0.64)
    return mean(seen.lightness, chin) - mean(seen.lightness, forehead)


def _yellow_eyes(seen: Seen) -> Tensor:
    """How yellow the yellowest and the bluest parts of the eyes are beside the face."""
    ends = most(seen.b, eyes()) - most(-seen.b, eyes())
    return ends / 2 - mean(seen.b, face())


def _stripes(seen: Seen) -> Tensor:
    fur = box(0.18, 0.38, 0.36, 0.64) + box(0.52, 0.76, 0.2, 0.36) + box(0.52, 0.76, 0.64, 0.8)
    return mean(detail(seen.lightness).square(), fur).sqrt().log()


def _open_eyes(seen: Seen) -> Tensor:
    """How clearly lids, pupils and irises stand out."""
    return mean(detail(seen.lightness).square(), eyes()).sqrt().log()


def _turned(seen: Seen) -> Tensor:
    """How far to the right eyes, nose and mouth lie: the middle of all detail between them."""
    energy, (_, x) = detail(seen.lightness).square() * box(0.36, 0.8, 0.15, 0.85), _places()
    return (energy * x).sum((1, 2)) / energy.sum((1, 2)).clamp_min(1e-6)


FUR, GROUND = ("fur", "coat", "hair", "cat", "face"), ("ground", "background", "backdrop", "behind", "scene")
EYES, HEAD = ("eyes", "eye"), ("head", "face", "turn", "look", "cat")
LIGHT = ("light", "bright", "pale", "white", "lit")
DARK = ("dark", "black", "gloomy", "dim", "shadowy")
CATS = (
    Look("light fur", (*LIGHT, "blond", "cream"), (*DARK, "sooty"), FUR, lambda seen: mean(seen.lightness, face())),
    Look(
        "ginger fur",
        ("ginger", "orange", "red", "golden", "brown", "tan", "copper", "warm"),
        ("grey", "gray", "silver", "bluish", "cool", "ash"),
        FUR,
        _ginger,
    ),
    Look("light ground", LIGHT, DARK, GROUND, lambda seen: mean(seen.lightness, ground())),
    Look(
        "warm ground",
        ("warm", "hot", "yellow", "golden", "orange", "brown", "sunny"),
        ("cold", "cool", "blue", "bluish", "grey", "gray"),
        GROUND,
        lambda seen: mean(seen.b, ground()),
    ),
    Look(
        "green ground",
        ("green", "greenish", "grassy", "leafy"),
        ("pink", "purple", "violet", "reddish", "red"),
        GROUND,
        lambda seen: -mean(seen.a, ground()),
    ),
    Look(
        "white chin", ("white", "light", "bib"), ("dark", "black"), ("chin", "muzzle", "mouth", "bib", "chest"), _chin
    ),
    Look(
        "yellow eyes",
        ("yellow", "amber", "golden", "gold", "bright"),
        ("blue", "bluish"),
        EYES,
        _yellow_eyes,
    ),
    Look(
        "stripes",
        ("stripes", "striped", "tabby", "tiger", "patterned", "stripy"),
        ("plain", "solid", "smooth", "uniform"),
        ("stripes", "fur", "coat", "pattern"),
        _stripes,
    ),
    Look(
        "open eyes",
        ("open", "wide", "big", "large", "awake"),
        ("closed", "narrow", "small", "sleepy", "squint"),
        EYES,
        _open_eyes,
    ),
    Look("head turned right", ("right",), ("left",), HEAD, _turned),
)
"""For pictures of cats' faces. Left and right are the picture's."""
