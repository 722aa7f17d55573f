"""Makes the sets that weights were trained on from their public sources.

`python -m training.prepare NAME --from DIR [-o FILE.zip]`

The zip is the same byte for byte wherever Pillow encodes alike: sorted names, a fixed date, no compression
around the JPEGs. A card names its sha256.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import tyro
from PIL import Image

from gan_models.errors import PictureError, TrainingError, one_line
from gan_models.files import beside
from gan_models.pictures.images import fit, open_picture
from gan_models.targets import check_targets, refuse_empty
from training.data.drawings import drawings
from training.data.drums import drums
from training.data.emoji import emoji
from training.data.emoji_styles import flat_emoji, glossy_emoji
from training.data.emoji_words import emoji_words
from training.data.known import BY_NAME, BY_SHA256
from training.data.notes import notes
from training.data.style_pictures import manners, paintings

DATE = (2020, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Preparation:
    """How a set is made.

    files: pairs of (glob below the source, name in the zip, where {name}, {stem} and {parent} are the
    file's). crop: "square" (centre, resized to size), "short side" (whole picture, its short side resized to
    size), "pair" (the square beside that of the twin, whose path has B for A) or "none" (the file as it is).
    quality: of the JPEG, 4:4:4. mode: the permissions in the zip.
    """

    source: str
    files: tuple[tuple[str, str], ...]
    crop: str = "none"
    size: int | None = None
    quality: int | None = None
    mode: int = 0o644


PREPARATIONS: dict[str, Preparation] = {
    "afhq-cat-128": Preparation(
        source="AFHQ v1 of clovaai/stargan-v2 (`download.sh afhq-dataset`), the folder that holds train/",
        files=(("train/cat/*.jpg", "train/{name}"),),
        crop="square",
        size=128,
        quality=85,
    ),
    "clothing-144": Preparation(
        source="alexeygrigorev/clothing-dataset-small, the folder that holds train/, validation/ and test/",
        files=tuple((f"{s}/*/*.jpg", s + "/{parent}/{name}") for s in ("train", "validation", "test")),
        crop="short side",
        size=144,
        quality=78,
        mode=0o600,
    ),
    "facades-128": Preparation(
        source="CycleGAN's facades.zip (trainA and testA are photos, trainB and testB label maps)",
        files=(("trainA/*_A.jpg", "train/{stem}.jpg"), ("testA/*_A.jpg", "test/{stem}.jpg")),
        crop="pair",
        size=128,
        quality=90,
    ),
    "flowers-144": Preparation(
        source="TensorFlow's flower_photos (our copy has 2,998 of its 3,670, at most 200 px long)",
        files=(("*/*.jpg", "{parent}/{name}"),),
        crop="short side",
        size=144,
        quality=84,
        mode=0o600,
    ),
    "photos-bsds300": Preparation(
        source="BIDS/BSDS500, the folder BSDS500/data/images, which holds train/ and val/",
        files=(("train/*.jpg", "train/{name}"), ("val/*.jpg", "val/{name}")),
    ),
    "photos-t91": Preparation(
        source="tegg89/SRCNN-Tensorflow, the folder Train of 91 PNG", files=(("*.png", "{name}"),)
    ),
}

MADE = {
    "paintings": "29 paintings, PNG. From the folder rcc of Debian's gcompris-qt-data 3.1 (usr/share/gcompris-qt/rcc)",
    "manners": "30 pictures in ten manners, PNG, drawn by gan_models.pictures.manners",
    "drawings": "480 sheets of coloured drawings with outlines, PNG, 320 px. From the folder usr/share/openclipart/png "
    "of Debian's openclipart-png 0.18",
    "drums": "6,000 drum hits of six kinds, WAV, 16 kHz, half a second. From /usr/share where Debian's "
    "fluid-soundfont-gm and sonic-pi-samples are installed; fluidsynth 2 plays the font",
    "notes": "single notes of pitched instruments, WAV, 16 kHz, two seconds. From /usr/share where Debian's "
    "fluid-soundfont-gm is installed; fluidsynth 2 plays the font",
    "emoji-128": "pairs of flat and glossy emoji, PNG, 128 px each. From a folder that holds what `npm pack "
    "@lobehub/fluent-emoji-flat@1.1.0 @lobehub/fluent-emoji-3d@1.1.0` fetches; resvg-py draws the flat ones",
    "flat-emoji": "flat emoji, PNG, 64 px, of every other kind. From what emoji-128 is made of",
    "glossy-emoji": "glossy emoji, PNG, 64 px, of the other kinds. From what emoji-128 is made of",
    "emoji-words": "glossy emoji with sentences, PNG, 64 px. From a folder that holds what `npm pack "
    "@lobehub/fluent-emoji-3d@1.1.0 emojibase-data@17.0.0` fetches",
}
"""Sets that are drawn, played or put together, and what they are (see `training.data`)."""
MAKERS: dict[str, Callable[[Path], Iterable[tuple[str, bytes]]]] = {
    "paintings": paintings,
    "manners": lambda _: manners(),
    "drawings": drawings,
    "drums": drums,
    "notes": notes,
    "emoji-128": emoji,
    "flat-emoji": flat_emoji,
    "glossy-emoji": glossy_emoji,
    "emoji-words": emoji_words,
}
CROPS = {
    "none": "the files as they are",
    "square": "the square in the middle, {size} px",
    "short side": "the whole picture, its short side {size} px",
    "pair": "photo and labels beside each other, of each the square in the middle, {size} px",
}


def described() -> str:
    """Crop, size, quality and source of every set, a line each."""
    lines = ["Make one of the sets that the weights were trained on, as a zip:"]
    for name, preparation in PREPARATIONS.items():
        jpeg = f", JPEG of quality {preparation.quality}, 4:4:4" if preparation.quality else ""
        lines.append(
            f"{name}: {CROPS[preparation.crop].format(size=preparation.size)}{jpeg}. From {preparation.source}."
        )
    lines += [f"{name}: {what}." for name, what in MADE.items()]
    return "\n\n".join(lines)


@dataclass(frozen=True)
class Options:
    """Make one of the sets that the weights were trained on, as a zip."""

    name: tyro.conf.Positional[str]
    """One of the sets above."""
    from_: Annotated[Path, tyro.conf.arg(name="from")] = Path()
    """The unpacked public source; manners, which are drawn, need none."""
    out: Annotated[Path | None, tyro.conf.arg(help_behavior_hint="", aliases=["-o"])] = None
    """The zip to write (default: NAME.zip)."""
    overwrite: bool = False
    """Replace a file that exists."""


def prepare(name: str, source: Path, out: Path) -> str:
    """Writes the zip of a set; returns its sha256. TrainingError for an unknown set or a wrong source."""
    if name in MADE:
        return _prepare_made(name, source, out)
    if name not in PREPARATIONS:
        known = ", ".join((*PREPARATIONS, *MADE))
        raise TrainingError(f"there is no recipe for {name!r}: expected one of {known}.")
    preparation = PREPARATIONS[name]
    found = dict(_found(preparation, source))
    if not found:
        raise TrainingError(f"{source} holds none of {preparation.files[0][0]}: expected {preparation.source}.")
    with beside(out) as part:
        with ThreadPoolExecutor() as pool, zipfile.ZipFile(part, "w") as archive:
            names = sorted(found, key=_natural) if preparation.crop == "pair" else sorted(found)
            for target, content in zip(names, pool.map(lambda n: make(preparation, found[n]), names), strict=True):
                entry = zipfile.ZipInfo(target, DATE)
                entry.create_system, entry.external_attr = 3, preparation.mode << 16
                archive.writestr(entry, content)
        part.chmod(0o644)
        part.replace(out)
    with out.open("rb") as written:
        return hashlib.file_digest(written, "sha256").hexdigest()


def _prepare_made(name: str, source: Path, out: Path) -> str:
    """The zip of a set that is drawn, played or put together; its sha256."""
    with beside(out) as part:
        with zipfile.ZipFile(part, "w") as archive:
            for target, content in MAKERS[name](source):
                archive.writestr(zipfile.ZipInfo(target, DATE), content)
        part.chmod(0o644)
        part.replace(out)
    with out.open("rb") as written:
        return hashlib.file_digest(written, "sha256").hexdigest()


def make(preparation: Preparation, file: Path) -> bytes:
    """The bytes of one file of the set."""
    if preparation.crop == "none":
        return file.read_bytes()
    picture = _cropped(preparation, file)
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=preparation.quality, subsampling=0, optimize=True)
    return out.getvalue()


def _cropped(preparation: Preparation, file: Path) -> np.ndarray:
    try:
        picture = open_picture(file)
        if preparation.crop == "square":
            return fit(picture, preparation.size)
        if preparation.crop == "pair":
            return np.concatenate(
                [fit(picture, preparation.size), fit(open_picture(_twin(file)), preparation.size)], axis=1
            )
    except PictureError as error:
        raise TrainingError(f"{file} cannot be used ({error}): fetch the source again.") from error
    height, width = picture.shape[:2]
    scale = preparation.size / min(height, width)
    shape = (round(width * scale), round(height * scale))
    return np.asarray(Image.fromarray(picture).resize(shape, Image.Resampling.LANCZOS))


def _twin(file: Path) -> Path:
    """trainA/1_A.jpg -> trainB/1_B.jpg."""
    return file.parent.with_name(file.parent.name[:-1] + "B") / file.name.replace("_A.", "_B.")


def _found(preparation: Preparation, source: Path) -> Iterator[tuple[str, Path]]:
    for pattern, target in preparation.files:
        for file in source.glob(pattern):
            stem = file.stem.removesuffix("_A")
            yield target.format(name=file.name, stem=stem, parent=file.parent.name), file


def _natural(name: str) -> tuple:
    """train before test, 2 before 10."""
    parts = re.split(r"(\d+)", name)
    return (not name.startswith("train"), [int(p) if p.isdigit() else p for p in parts])


def main(argv: list[str] | None = None) -> None:
    """The command line."""
    with one_line():
        refuse_empty(argv)
        options = tyro.cli(Options, args=argv, prog="python -m training.prepare", description=described())
        out = options.out or Path(f"{options.name}.zip")
        check_targets([out], options.overwrite)
        sha256 = prepare(options.name, options.from_, out)
        same = BY_SHA256.get(sha256) == options.name
        print(f"{out}: {out.stat().st_size / 1e6:.1f} MB, sha256 {sha256}")
        print(f"licence: {BY_NAME[options.name].licence}; {BY_NAME[options.name].source}")
        print(
            "the same file, byte for byte, that the shipped weights name"
            if same
            else "not the very bytes that the shipped weights name: another source, JPEG encoder or fluidsynth"
        )


if __name__ == "__main__":
    main()
