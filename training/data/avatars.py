"""Drawn faces: avataaars by Pablo Stanley, laid together from parts that python-avatars and resvg-py draw.

Every part is drawn once and in each of its colours; a picture is a pile of such layers, so that 10,000 of
them take seconds. Picture n is a function of n alone.
"""

import hashlib
import io
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from functools import cache

import numpy as np
import torch
from PIL import Image

from gan_models.errors import TrainingError
from training.data.image_set import Attribute, ImageSet
from training.data.known import BY_NAME

COUNTS = {"train": 10_000, "test": 1_000}
FIRST = {"train": 0, "test": 1_000_000}
SEED = 2017  # the year of avataaars; another number is another set
VIEW = "16 8 232 232"  # of a drawing of 264 by 280: the face is half as wide as the picture

# weights of chance stand behind the names; what is illegible at 64 px, fixed in colour, a costume or a person
# is left out
HAIR = (
    *("BIG_HAIR", "BOB", "BUN", "CAESAR_SIDE_PART", "CURLY", "DREADS", "FRO", "FRO_BAND"),
    *("LONG_NOT_TOO_LONG", "MIA_WALLACE", "SHORT_CURLY", "SHORT_DREADS_2", "SHORT_FLAT"),
    *("SHORT_ROUND", "SHORT_WAVED", "SIDES", "STRAIGHT_1", "STRAIGHT_STRAND"),
)
HATS = ("HIJAB", "TURBAN", "WINTER_HAT_3")
PARTS: dict[str, dict[str, float]] = {
    "background": dict.fromkeys(("#cfe6fb", "#fbe3c8", "#d8f0d2", "#f6d5dd", "#e2dcf5", "#f7f1c9"), 1),
    "skin": {"PALE": 3, "LIGHT": 4, "BROWN": 3, "DARK_BROWN": 2, "BLACK": 1},
    "clothing": dict.fromkeys(
        (
            *("BLAZER_SHIRT", "BLAZER_SWEATER", "COLLAR_SWEATER", "HOODIE"),
            *("OVERALL", "SHIRT_CREW_NECK", "SHIRT_V_NECK"),
        ),
        1,
    ),
    "clothing_color": dict.fromkeys(
        (
            *("BLACK", "BLUE_01", "BLUE_02", "BLUE_03", "GRAY_02", "HEATHER"),
            *("PASTEL_GREEN", "PASTEL_YELLOW", "PINK", "RED", "WHITE"),
        ),
        1,
    ),
    "mouth": {"DEFAULT": 2, "SMILE": 4, "TWINKLE": 3, "SERIOUS": 2, "SAD": 1, "DISBELIEF": 1, "TONGUE": 1},
    "eyes": {
        "DEFAULT": 5,
        "HAPPY": 3,
        "SIDE": 1,
        "SQUINT": 1,
        "SURPRISED": 2,
        "WINK": 1,
        "CLOSED": 1,
        "HEART": 0.5,
    },
    "eyebrows": {
        "DEFAULT": 3,
        "RAISED_EXCITED": 2,
        "FLAT_NATURAL": 2,
        "UP_DOWN": 1,
        "ANGRY": 1,
        "SAD_CONCERNED": 1,
    },
    "top": dict.fromkeys(HAIR, 1.0) | dict.fromkeys(HATS, 1.0),
    "hair_color": {
        **{"BLACK": 3, "BROWN_DARK": 3, "BROWN": 3, "AUBURN": 2, "BLONDE": 2, "BLONDE_GOLDEN": 2},
        **{"RED": 1, "PLATINUM": 1, "SILVER_GRAY": 1, "PASTEL_PINK": 1},
    },
    "facial_hair": {
        "NONE": 14,
        "BEARD_LIGHT": 2,
        "BEARD_MEDIUM": 2,
        "BEARD_MAGESTIC": 1,
        "MOUSTACHE_FANCY": 1,
    },
    "accessory": {"NONE": 12, "PRESCRIPTION_2": 3, "ROUND": 3, "SUNGLASSES": 2, "WAYFARERS": 1},
}

# from back to front: the part and what gives it its colour
LAYERS = (
    *(("body", "skin"), ("clothing", "clothing_color"), ("mouth", None), ("eyes", None), ("eyebrows", None)),
    *(("top", "hair_color"), ("facial_hair", "hair_color"), ("accessory", None)),
)


def load_set(
    size: int | None = None, channels: int | None = None, split: str = "train", limit: int | None = None
) -> ImageSet:
    """10,000 faces (1,000 others for "test"), 64 px in colour by nature; labels are the hair or hat.

    All parts of each face are in `attributes`. Raises TrainingError where python-avatars or resvg-py is
    missing.
    """
    if split not in COUNTS:
        raise TrainingError(f"avatars has the splits train and test, not {split!r}.")
    count = min(limit or COUNTS[split], COUNTS[split])
    choices = choose(range(FIRST[split], FIRST[split] + count))
    images = faces(choices, size or 64)
    if channels == 1:
        luma = images.astype(np.float32) @ np.array((0.299, 0.587, 0.114), np.float32)
        images = (luma + 0.5).astype(np.uint8)[..., None]
    images = np.ascontiguousarray(images.transpose(0, 3, 1, 2))
    attributes = {part: Attribute(_words(PARTS[part]), torch.from_numpy(picks)) for part, picks in choices.items()}
    known = BY_NAME["avatars"]
    return ImageSet(
        name=known.name,
        images=torch.from_numpy(images),
        labels=attributes["top"].labels,
        classes=attributes["top"].classes,
        sha256=hashlib.sha256(images).hexdigest(),
        licence=known.licence,
        free=known.free,
        source=known.source,
        attributes=attributes,
    )


def choose(numbers: range) -> dict[str, np.ndarray]:
    """For each part, the index of what each picture wears, int64 (N,)."""
    picks = {part: np.zeros(len(numbers), np.int64) for part in PARTS}
    sums = {part: np.cumsum(list(chances.values())) for part, chances in PARTS.items()}
    for row, number in enumerate(numbers):
        draws = np.random.default_rng([SEED, number]).random(len(PARTS))
        for (part, total), draw_ in zip(sums.items(), draws, strict=True):
            picks[part][row] = np.searchsorted(total, draw_ * total[-1], side="right")
    covered = np.isin(picks["top"], [list(PARTS["top"]).index("HIJAB")])
    picks["facial_hair"][covered] = 0
    return picks


def faces(choices: Mapping[str, np.ndarray], size: int, chunk: int = 256) -> np.ndarray:
    """The pictures of these choices, uint8 (N, size, size, 3)."""
    layers = [_layer(choices, size, part, colour) for part, colour in LAYERS]
    colours = np.array([list(bytes.fromhex(c[1:])) for c in PARTS["background"]], np.float32)
    ground = colours[choices["background"]]
    out = np.empty((len(ground), size, size, 3), np.uint8)
    for start in range(0, len(ground), chunk):
        rows = slice(start, start + chunk)
        pile = np.broadcast_to(ground[rows, None, None], out[rows].shape).copy()
        for drawings, index, box in layers:
            layer = drawings[index[rows]]
            pile[box] = pile[box] * (1 - layer[..., 3:]) + layer[..., :3] * 255
        out[rows] = (pile + 0.5).astype(np.uint8)
    return out


def _layer(
    choices: Mapping[str, np.ndarray], size: int, part: str, colour: str | None
) -> tuple[np.ndarray, np.ndarray, tuple[slice, ...]]:
    """Drawings float32 (K, h, w, 4), colour times alpha and alpha; which each picture has; where they lie."""
    count = len(choices["skin"])
    kinds = choices.get(part, np.zeros(count, np.int64))
    shades = choices[colour] if colour else np.zeros(count, np.int64)
    used, index = np.unique(np.stack([kinds, shades], 1), axis=0, return_inverse=True)
    names, tints = list(PARTS.get(part, ("",))), list(PARTS[colour]) if colour else [""]
    drawings = np.stack([render(part, names[kind], colour, tints[shade], size) for kind, shade in used])
    box = _box(drawings[..., 3].max(0))
    return drawings[box].copy(), index.reshape(-1), box


def _box(alpha: np.ndarray) -> tuple[slice, ...]:
    """Where anything is drawn: eyes are a twentieth of a picture, and piling up only those saves time."""
    sides = [np.flatnonzero(alpha.any(axis)) for axis in (1, 0)]
    if not len(sides[0]):
        return slice(None), slice(0, 1), slice(0, 1)
    return slice(None), *(slice(side[0], side[-1] + 1) for side in sides)


def render(part: str, kind: str, colour: str | None, shade: str, size: int) -> np.ndarray:
    if kind == "NONE":
        return np.zeros((size, size, 4), np.float32)
    avatars, resvg = _packages()
    svg = ET.fromstring(_avatar(avatars, part, kind, colour, shade).render())
    svg.set("viewBox", VIEW)
    svg.set("width", str(size))
    svg.set("height", str(size))
    if part != "body":
        body = next(g for g in svg.iter("{http://www.w3.org/2000/svg}g") if g.get("id", "").endswith("Body"))
        body.clear()
    png = resvg.svg_to_bytes(svg_string=ET.tostring(svg, "unicode"), width=size, skip_system_fonts=True)
    drawing = np.asarray(Image.open(io.BytesIO(bytes(png)), formats=["PNG"]).convert("RGBA")).astype(np.float32) / 255
    drawing[..., :3] *= drawing[..., 3:]
    return drawing


def _avatar(avatars, part: str, kind: str, colour: str | None, shade: str):
    """An avatar that wears this one part only; glasses and beards hang on a head of no hair."""
    enums = {
        "clothing": avatars.ClothingType,
        "mouth": avatars.MouthType,
        "eyes": avatars.EyeType,
        "eyebrows": avatars.EyebrowType,
        "facial_hair": avatars.FacialHairType,
        "accessory": avatars.AccessoryType,
    }
    wears = dict.fromkeys((*enums, "top", "nose"))
    if part == "body":
        return avatars.Avatar(**wears | {"skin_color": avatars.SkinColor[shade], "nose": avatars.NoseType.DEFAULT})
    if part == "top":
        hat = kind in HATS
        # a hat takes the hair's place in the choice of colours; clothes' colours suit it better
        tint = {"hat_color": _hat_colour(avatars, shade)} if hat else {"hair_color": avatars.HairColor[shade]}
        return avatars.Avatar(**wears | tint | {"top": (avatars.HatType if hat else avatars.HairType)[kind]})
    if part in ("facial_hair", "accessory"):
        wears["top"] = avatars.HairType.NONE
    tints = {"clothing_color": avatars.ClothingColor, "hair_color": avatars.HairColor}
    tint = {"facial_hair_color" if part == "facial_hair" else colour: tints[colour][shade]} if colour else {}
    return avatars.Avatar(**wears | tint | {part: enums[part][kind]})


def _hat_colour(avatars, hair_shade: str):
    colours = [avatars.ClothingColor[name] for name in PARTS["clothing_color"]]
    return colours[list(PARTS["hair_color"]).index(hair_shade) % len(colours)]


def _words(names: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(name.lower().replace("_", " ") for name in names)


@cache
def _packages():
    try:
        import python_avatars
        import resvg_py
    except ImportError as error:
        raise TrainingError(
            f"avatars are drawn by python-avatars and resvg-py, and {error.name} is missing: "
            "pip install python-avatars resvg-py"
        ) from error
    return python_avatars, resvg_py
