"""Pairs of flat and glossy: Fluent emoji (Microsoft, MIT), each drawn flat and in three dimensions, one over the other.

Both come from npm: @lobehub/fluent-emoji-flat 1.1 (SVG) and @lobehub/fluent-emoji-3d 1.1 (WebP, 256 px). Left out are
flags and what differs from another one by the tone of its skin alone. A hand paints in fewer colours and less evenly
than an SVG, and in any colours: hence each pair of the training part stands there four times, as it is, in other hues,
and both with a source that was simplified.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from gan_models.errors import TrainingError

SIDE = 128
FLAT, GLOSSY = ("@lobehub/fluent-emoji-flat", ".svg"), ("@lobehub/fluent-emoji-3d", ".webp")
"""Packages, and how the names of their pictures end."""
TONES = ("1f3fb", "1f3fc", "1f3fd", "1f3fe", "1f3ff")
FLAG = "1f1"
HELD_OUT = 10
"""One in so many is kept for testing; people who differ by what they do, or by sex, are kept together."""
COLOURS = (3, 8)
"""Fewest and most colours of a simplified source."""
BRUSHES = (3, 5, 7, 9)
"""Pixels of a side below which it has no details."""
WOBBLE, SLOW = 1.5, 16
"""How far its outlines wander at most, and over how many pixels, in pixels."""


def emoji(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Names and PNG files (2 SIDE wide) of the pairs, flat on the left, from a folder that holds both packages."""
    flat, glossy = (files_of(folder, *package) for package in (FLAT, GLOSSY))
    names = sorted(name for name in flat.keys() & glossy.keys() if wanted(name))
    heads = sorted({name.partition("-")[0] for name in names})
    kept = set(np.random.default_rng(0).permutation(heads)[::HELD_OUT].tolist())
    for number, name in enumerate(names):
        source = drawn(flat[name])
        pair = [on_white(source), on_white(opened(glossy[name], SIDE))]
        if name.partition("-")[0] in kept:
            yield f"test/{name}.png", _beside(*pair)
            continue
        random = np.random.default_rng(number)
        turn = int(random.integers(24, 232))
        turned = [_recoloured(side, turn) for side in pair]
        yield f"train/{name}-1.png", _beside(*pair)
        yield f"train/{name}-2.png", _beside(*turned)
        for part, (flat_side, glossy_side) in enumerate((pair, turned), 3):
            yield f"train/{name}-{part}.png", _beside(simplified(flat_side, source, random), glossy_side)


def simplified(flat: Image.Image, shape: Image.Image, random: np.random.Generator) -> Image.Image:
    """A flat picture as a hand paints it: few colours, no small details, outlines that wander.

    `shape`: one that is clear where there is only paper.
    """
    few = flat.quantize(int(random.integers(*COLOURS, endpoint=True)), Image.Quantize.MAXCOVERAGE, 1, dither=0)
    brush = ImageFilter.ModeFilter(int(random.choice(BRUSHES)))
    paper = shape.getchannel("A").point(lambda level: 255 * (level < 128)).filter(brush)
    smooth = Image.composite(Image.new("RGB", flat.size, "white"), few.convert("RGB").filter(brush), paper)
    coarse = random.uniform(-WOBBLE, WOBBLE, (2, SIDE // SLOW + 1, SIDE // SLOW + 1)).astype(np.float32)
    rows, columns = (
        np.asarray(Image.fromarray(way).resize((SIDE, SIDE), Image.Resampling.BICUBIC)) + place
        for way, place in zip(coarse, np.mgrid[:SIDE, :SIDE])
    )
    return Image.fromarray(np.asarray(smooth)[_places(rows), _places(columns)])


def _places(values: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(values), 0, SIDE - 1).astype(int)


def _recoloured(picture: Image.Image, turn: int) -> Image.Image:
    """Every hue moved by so many 256ths of the circle; grays stay."""
    hue, saturation, value = picture.convert("HSV").split()
    return Image.merge("HSV", (hue.point(lambda level: (level + turn) % 256), saturation, value)).convert("RGB")


def wanted(name: str) -> bool:
    """Whether code points are no country's flag, and of no other skin than the usual one."""
    return not name.startswith(FLAG) and not any(tone in name for tone in TONES)


def files_of(folder: Path, package: str, *ends: str) -> dict[str, bytes]:
    """Those files of a package whose names end like this, by the rest of their names; of pictures, code points.

    From its archive, as `npm pack` fetches it; TrainingError where it is not in the folder.
    """
    found = sorted(folder.glob(f"{package.removeprefix('@').replace('/', '-')}-[0-9]*.tgz"))
    if not found:
        raise TrainingError(f"{folder} holds no {package}: fetch it there by `npm pack {package}`.")
    with tarfile.open(found[-1]) as archive:
        entries = (entry for entry in archive if entry.isfile() and entry.name.endswith(ends))
        return {Path(entry.name).stem: archive.extractfile(entry).read() for entry in entries}


def drawn(svg: bytes) -> Image.Image:
    """A flat picture of SIDE px, its ground clear."""
    try:
        import resvg_py
    except ModuleNotFoundError:
        raise TrainingError("flat emoji are drawn by resvg-py, which is missing: pip install resvg-py") from None
    png = resvg_py.svg_to_bytes(svg_string=svg.decode(), width=SIDE, height=SIDE, skip_system_fonts=True)
    drawn, square = Image.open(io.BytesIO(bytes(png)), formats=["PNG"]), Image.new("RGBA", (SIDE, SIDE))
    square.paste(drawn, ((SIDE - drawn.width) // 2, (SIDE - drawn.height) // 2))
    return square


def opened(content: bytes, side: int) -> Image.Image:
    """A glossy picture, its ground clear."""
    whole = Image.open(io.BytesIO(content), formats=["WEBP"]).convert("RGBa")
    return whole.resize((side, side), Image.Resampling.LANCZOS).convert("RGBA")


def on_white(picture: Image.Image) -> Image.Image:
    """A picture whose ground is clear, laid on white."""
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")


def _beside(source: Image.Image, target: Image.Image) -> bytes:
    both = Image.new("RGB", (2 * SIDE, SIDE))
    both.paste(source, (0, 0))
    both.paste(target, (SIDE, 0))
    out = io.BytesIO()
    both.save(out, "PNG")
    return out.getvalue()
