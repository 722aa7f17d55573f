"""What a training would find in a folder or zip of pictures: python -m training.look DATA [--json]

How many there are, of which sizes and classes, which cannot be read, which are nearly the same, and a sheet of twelve.
"""

from __future__ import annotations

import base64
import io
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import tyro
from PIL import Image

from gan_models.errors import AtelierError, one_line
from gan_models.files import at_home
from gan_models.pictures.images import contact_sheet
from training.data.held_out import thumbnails
from training.data.image_set import ImageSet
from training.data.layout import readable
from training.data.pairs import ASPECT, load_pairs
from training.data.pictures import headers, load_set, natural_size, open_files
from training.options import asked

SIDE = 64
"""Pixels at which pictures are decoded for a look."""
SHOWN = 12
MOST_NAMED = 8
ALIKE = 2.0 / 255
"""Mean difference of two 8 px thumbnails below which pictures are nearly the same."""
FEW, SMALL = 100, 28


@dataclass(frozen=True)
class Found:
    """sizes: smallest, median and largest width and height; classes: name to count; near: how many pictures have
    another that is nearly the same; pairs: how many pairs, 0 for none; sides: folders that could be two sets; sheet:
    twelve of them as a data URI."""

    count: int
    channels: int
    natural: int
    sizes: tuple[tuple[int, int], ...]
    classes: dict[str, int]
    skipped: tuple[str, ...]
    unreadable: int
    near: int
    pairs: int
    sides: tuple[str, ...]
    told: tuple[str, ...]
    sheet: str


@dataclass(frozen=True)
class Options:
    """Look at a folder or zip of pictures as a training would."""

    data: tyro.conf.Positional[Path]
    """The folder or zip."""
    json: bool = False
    """Print everything as one JSON object, the sheet in it."""


def look(path: Path) -> Found:
    """Look at a folder or zip; TrainingError where nothing in it can be learned from."""
    data = load_set(path, size=SIDE)
    with open_files(path) as files:
        sizes = sorted((image.size for image in headers(files, files.names)), key=lambda size: size[0] * size[1])
        natural = natural_size(files, files.names)
        tops = sorted({name.partition("/")[0] for name in files.names if "/" in name})
        kinds = Counter(Path(name).suffix.lower() or "no ending" for name in files.other)
    others = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common(4))
    left = [f"left out, since they are no pictures: {others}"] * bool(others)
    return Found(
        count=len(data),
        channels=data.channels,
        natural=natural,
        sizes=tuple(sizes[i] for i in (0, len(sizes) // 2, -1)),
        classes=classes_of(data),
        skipped=data.skipped[:MOST_NAMED],
        unreadable=len(data.skipped),
        near=nearly_same(data),
        pairs=pairs_in(path, sizes),
        sides=tuple(readable(top) for top in tops),
        told=(*data.told, *left, *warnings(len(data), sizes)),
        sheet=sheet_of(data),
    )


def classes_of(data: ImageSet) -> dict[str, int]:
    """How many pictures each class has; {} without classes."""
    if data.labels is None:
        return {}
    return dict(zip(data.classes, torch.bincount(data.labels, minlength=len(data.classes)).tolist()))


def nearly_same(data: ImageSet, chunk: int = 512) -> int:
    """How many pictures have another one that is nearly the same."""
    thumbs = thumbnails(data.images[torch.arange(len(data))])
    close = 0
    for start in range(0, len(thumbs), chunk):
        # The root of mean squares; each one's nearest is itself.
        distance = torch.cdist(thumbs[start : start + chunk], thumbs) / thumbs.shape[1] ** 0.5
        close += int(((distance < ALIKE).sum(1) > 1).sum())
    return close


def pairs_in(path: Path, sizes: Sequence[tuple[int, int]]) -> int:
    """How many pairs the set holds as it lies, side by side or in two folders; 0 where it is no set of pairs."""
    wide = sum(ASPECT[0] <= width / height <= ASPECT[1] for width, height in sizes)
    folders = path.is_dir() and len([inner for inner in path.iterdir() if inner.is_dir()]) >= 2
    if wide < len(sizes) and not folders:
        return 0
    try:
        return len(load_pairs([str(path)], size=SIDE)[0])
    except (AtelierError, ValueError):
        return 0


def warnings(count: int, sizes: Sequence[tuple[int, int]]) -> list[str]:
    """What one should know before a training begins."""
    told = []
    if count < FEW:
        told.append(f"{count} pictures are few: it will learn them by heart; a few hundred draw something of their own")
    if (small := sum(min(size) < SMALL for size in sizes)) > len(sizes) / 10:
        told.append(f"{small} are smaller than {SMALL} px a side and will be enlarged")
    return told


def sheet_of(data: ImageSet) -> str:
    """Twelve pictures from all over the set, as a data URI."""
    chosen = torch.linspace(0, len(data) - 1, min(SHOWN, len(data))).round().long()
    pictures = data.images[chosen].permute(0, 2, 3, 1).numpy()
    sheet = contact_sheet(np.ascontiguousarray(pictures), columns=min(6, len(pictures)))
    buffer = io.BytesIO()
    Image.fromarray(sheet.squeeze()).save(buffer, "JPEG", quality=88)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def told(found: Found) -> str:
    """For a terminal."""
    (small, middle, large), lines = found.sizes, [f"{found.count:,} pictures"]
    lines.append(f"sizes {small[0]}x{small[1]} to {large[0]}x{large[1]}, most about {middle[0]}x{middle[1]}")
    lines += [f"classes: {', '.join(f'{name} ({n:,})' for name, n in found.classes.items())}"] * bool(found.classes)
    lines += [f"{found.near} have another that is nearly the same"] * bool(found.near)
    lines += [f"{found.pairs} pairs"] * bool(found.pairs)
    lines += [f"{found.unreadable} cannot be read:", *(f"  {one}" for one in found.skipped)] * bool(found.unreadable)
    return "\n".join([*lines, *found.told])


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        options = asked(Options, argv, "look")
        found = look(at_home(options.data))
        print(json.dumps(asdict(found)) if options.json else told(found), file=sys.stdout)


if __name__ == "__main__":
    main()
