"""The style pictures that the shipped weight learned from: paintings in the public domain, and our own manners.

The paintings are those of GCompris (Debian's gcompris-qt-data): most of them lie there as pieces of a puzzle, in Qt's
resource files, and are put together here. One, of a sculpture, is left out.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from gan_models.errors import TrainingError
from gan_models.pictures.manners import MANNERS, draw_manner

EACH = 3
"""Pictures of each manner."""
BORDER, SEAMS = 6, 30
"""Pixels cut off of a painting's ragged border, and rounds in which the seams between pieces are filled."""
SCULPTURE = "pieta"
WHOLE = (
    "Eglise_dAuvers-sur-Oise", "Gogh4", "PortraitOfPereTanguy", "Van_Gogh_The_Night_Cafe", "VincentVanGogh0012",
    "VincentVanGogh0013", "VincentVanGogh0019", "VincentVanGoghBridge",
)  # fmt: skip
"""Paintings that lie there in one piece."""


def manners() -> Iterator[tuple[str, bytes]]:
    """Names and PNG files of EACH pictures in every manner."""
    for manner in MANNERS:
        for seed in range(EACH):
            yield f"{manner}/{seed:02}.png", png(Image.fromarray(draw_manner(manner, seed)))


def paintings(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Names and PNG files of the paintings in the folder that holds paintings.rcc and details.rcc, by name."""
    found = {name: Image.fromarray(levels) for name, levels in assembled(resources(folder / "paintings.rcc"))}
    details = resources(folder / "details.rcc")
    for name in WHOLE:
        content = next(content for path, content in details.items() if path.endswith(f"/{name}_background.webp"))
        found[name.lower()] = Image.open(io.BytesIO(content), formats=["WEBP"]).convert("RGB")
    for name in sorted(found):
        if SCULPTURE not in name:
            yield f"{name}.png", png(found[name])


def png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def assembled(files: Mapping[str, bytes]) -> Iterator[tuple[str, np.ndarray]]:
    """Names and levels (H, W, 3) of the puzzles: each board says where the middles of its pieces lie."""
    for path in sorted(name for name in files if "/board/" in name and name.endswith(".qml")):
        text = files[path].decode()
        title = re.search(r'qsTr\("(.*?)"', text)
        sides = [re.search(rf'"{key}"\s*:\s*(\d+)', text) for key in ("width", "height")]
        if title is None or None in sides:
            raise TrainingError(f"{path} is not a puzzle as GCompris 3 writes it; take gcompris-qt-data 3.1.")
        sheet = Image.new("RGBA", tuple(int(side[1]) for side in sides))
        for name, x, y in re.findall(r'"pixmapfile"\s*:\s*"(.*?)",\s*"x"\s*:\s*"(.*?)",\s*"y"\s*:\s*"(.*?)"', text):
            content = files[f"{path.partition('/board/')[0]}/{name}"]
            piece = Image.open(io.BytesIO(content), formats=["PNG", "WEBP"]).convert("RGBA")
            corner = (float(x) * sheet.width - piece.width / 2, float(y) * sheet.height - piece.height / 2)
            sheet.alpha_composite(piece, tuple(max(0, round(place)) for place in corner))
        yield re.sub(r"[^a-z0-9]+", "-", title[1].lower()).strip("-"), whole(np.asarray(sheet))


def whole(levels: np.ndarray) -> np.ndarray:
    """A puzzle (H, W, 4) without its surroundings and the gaps between its pieces, uint8 (H, W, 3)."""
    rows, columns = np.where(levels[:, :, 3] > 250)
    levels = levels[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1].astype(float)
    seen, colour = (levels[:, :, 3:] >= 250).astype(float), levels[:, :, :3].copy()
    for _ in range(SEAMS):
        if seen.min() > 0:
            break
        around = ((0, 1), (1, 0), (0, -1), (-1, 0))
        sums = sum(np.roll(colour * seen, step, (0, 1)) for step in around)
        counts = sum(np.roll(seen, step, (0, 1)) for step in around)
        new = (seen == 0) & (counts > 0)
        colour, seen = np.where(new, sums / np.maximum(counts, 1), colour), np.where(new, 1, seen)
    return colour[BORDER:-BORDER, BORDER:-BORDER].astype(np.uint8)


def resources(path: Path) -> dict[str, bytes]:
    """The files in one of Qt's resource files, by path; TrainingError where it is none."""
    try:
        content = path.read_bytes()
    except OSError:
        raise TrainingError(f"There is no {path}; give the folder rcc of gcompris-qt-data.") from None
    if content[:4] != b"qres":
        raise TrainingError(f"{path} is no resource file of Qt; give the folder rcc of gcompris-qt-data.")
    return dict(_walk(content, 0, ""))


def _walk(content: bytes, number: int, above: str) -> Iterator[tuple[str, bytes]]:
    """The files below a node (Qt's rcc.cpp): its name, whether it is a folder, and where its children or data lie."""
    version, tree, data, names = struct.unpack(">4I", content[4:20])
    at = tree + number * (22 if version >= 2 else 14)
    name_at, flags = struct.unpack(">IH", content[at : at + 6])
    (length,) = struct.unpack(">H", content[names + name_at : names + name_at + 2])
    start = names + name_at + 6
    name = content[start : start + 2 * length].decode("utf-16-be") if number else ""
    path = f"{above}/{name}" if name else above
    if flags & 2:
        count, first = struct.unpack(">II", content[at + 6 : at + 14])
        for child in range(first, first + count):
            yield from _walk(content, child, path)
        return
    (place,) = struct.unpack(">I", content[at + 10 : at + 14])
    (size,) = struct.unpack(">I", content[data + place : data + place + 4])
    packed = content[data + place + 4 : data + place + 4 + size]
    yield path, zlib.decompress(packed[4:]) if flags & 1 else packed
