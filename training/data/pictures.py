"""Folders and zips of pictures of any mode and size, brought to one size; subfolders become labels."""

import hashlib
import io
import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Condition

import numpy as np
import torch
from PIL import Image

from gan_models.errors import PictureError, TrainingError
from gan_models.files import contents
from gan_models.images import FORMATS, MOST_PIXELS, fit, open_picture
from training.data import cache
from training.data.image_set import SIZES, ImageSet, Rows
from training.data.known import OWN, Known, known

SUFFIXES = {
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".tga"),
    *(".ppm", ".pgm", ".pbm", ".avif", ".jp2", ".heic", ".heif"),
}
SPLITS = {
    "train": "train",
    "training": "train",
    "test": "test",
    "validation": "test",
    "valid": "test",
    "val": "test",
}
MOST_BYTES = 256_000_000
"""Of one picture's file."""
ROOM = MOST_PIXELS // 2
"""Pixels that are decoded at once by all threads together; a larger picture is decoded alone."""
GRAY_MODES = ("1", "L", "LA", "La", "I", "I;16", "I;16B", "F")


@dataclass(frozen=True)
class Files:
    """The picture files of a folder or zip. names: relative paths with "/", sorted. read: name -> bytes."""

    names: tuple[str, ...]
    read: Callable[[str], bytes]
    other: tuple[str, ...] = ()


def load(
    path: Path,
    *,
    size: int | None = None,
    channels: int | None = None,
    split: str = "train",
    limit: int | None = None,
    workers: int | None = None,
    memory_mb: int | None = None,
) -> ImageSet:
    """Every picture of a folder or zip, centre-cropped and resized to `size` (None: as large as most are).

    Subfolders `train` and `test` (or `val`, `validation`) are splits, the next level of folders is the label.
    Files that cannot be read are skipped and named. Above `memory_mb` (a quarter of the machine's memory) the
    decoded pictures live in a file of the cache and are mapped.
    """
    with open_files(path) as files:
        chosen, labels, classes = layout(files.names, split, path)
        if not chosen:
            raise TrainingError(_nothing(path, files))
        chosen, labels = chosen[:limit], labels and labels[:limit]
        size, channels = size or natural_size(files, chosen), channels or natural_channels(files, chosen)

        def fill(pixels: np.ndarray) -> dict:
            skipped = _decode(files, chosen, pixels, workers)
            return {"sha256": content_hash(path, files), "skipped": skipped}

        shape = (len(chosen), channels, size, size)
        images, notes = cache.decoded(shape, f"{split} {fingerprint(path, files)}", fill, memory_mb)
    return _assemble(path, images, notes, labels, classes)


@contextmanager
def open_files(path: Path) -> Iterator[Files]:
    """The pictures of a folder or zip, found without reading them; TrainingError for any other path."""
    if path.is_dir():
        found = [file.relative_to(path).as_posix() for file in _below(path)]
        yield _files(found, lambda name: contents(path / name, MOST_BYTES))
    elif not path.exists():
        raise TrainingError(f"{path} does not exist: give a folder or zip of pictures, or the name of a set.")
    elif zipfile.is_zipfile(path):
        with _archive(path) as archive:
            yield _files([i.filename for i in archive.infolist() if not i.is_dir()], partial(_unpacked, archive))
    else:
        raise TrainingError(
            f"{path} is neither a folder nor a zip of pictures: unpack it, or give the folder it lies in."
        )


def _below(folder: Path, above: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """All files of a folder and of those in it, behind links too, but for links that lead back up."""
    place = folder.resolve()
    if place in above or not os.access(folder, os.R_OK | os.X_OK):
        return
    for path in folder.iterdir():
        if path.is_dir():
            yield from _below(path, above | {place})
        elif path.is_file():
            yield path


def _archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise TrainingError(f"{path} is a damaged zip ({error}): fetch it again.") from error


def _unpacked(archive: zipfile.ZipFile, name: str) -> bytes:
    """A file of a zip, whose length is asked first: a few kilobytes may unpack to any number of gigabytes."""
    if archive.getinfo(name).file_size > MOST_BYTES:
        raise OSError(f"it is longer than {MOST_BYTES:,} bytes when it is unpacked")
    return archive.read(name)


def _files(names: Sequence[str], read: Callable[[str], bytes]) -> Files:
    plain = [n for n in names if not any(part.startswith((".", "__MACOSX")) for part in n.split("/"))]
    # A zip may hold a name twice; whoever unpacks it gets the last one, and so does `read`.
    pictures = sorted({n for n in plain if Path(n).suffix.lower() in SUFFIXES})
    return Files(tuple(pictures), read, tuple(sorted(set(plain) - set(pictures))))


def layout(names: Sequence[str], split: str, path: Path) -> tuple[tuple[str, ...], list[int] | None, tuple[str, ...]]:
    """The names of one split, the label of each (None without subfolders) and the classes, sorted."""
    names, prefix = _strip(tuple(names), "")
    tops = {n.split("/")[0] if "/" in n else "" for n in names}
    # A picture that lies beside both splits, a preview mostly, is in neither and no reason to learn from the tests.
    if {SPLITS.get(top) for top in tops - {""}} == {"train", "test"}:
        tops -= {""}
    if tops and tops <= SPLITS.keys():
        wanted = {top for top in tops if SPLITS[top] == split or split == "all" or top == split}
        if not wanted:
            raise TrainingError(f"{path} has no split {split!r}, only {', '.join(sorted(tops))}.")
        names = tuple(n for n in names if n.split("/")[0] in wanted)
        inner = [n.split("/", 1)[1] for n in names]
    else:
        inner = list(names)
    folders = [n.split("/")[0] if "/" in n else "" for n in inner]
    classes = tuple(sorted(set(folders)))
    full = tuple(prefix + n for n in names)
    if len(classes) < 2 or "" in classes:
        return full, None, ()
    return full, [classes.index(f) for f in folders], tuple(map(readable, classes))


def _strip(names: tuple[str, ...], prefix: str) -> tuple[tuple[str, ...], str]:
    """Takes off the folders that all files share, down to the level where splits or classes begin."""
    tops = {n.split("/")[0] if "/" in n else "" for n in names}
    if len(tops) != 1 or "" in tops or tops <= SPLITS.keys():
        return names, prefix
    top = tops.pop()
    return _strip(tuple(n[len(top) + 1 :] for n in names), f"{prefix}{top}/")


def natural_size(files: Files, names: Sequence[str]) -> int:
    """The largest of 28, 32, 64 and 128 px that the median picture (of up to 200) fills unenlarged."""
    sides = [min(image.size) for image in _headers(files, names[:: max(1, len(names) // 200)])]
    median = sorted(sides)[len(sides) // 2] if sides else SIZES[0]
    return max((s for s in SIZES if s <= median), default=SIZES[0])


def natural_channels(files: Files, names: Sequence[str]) -> int:
    """1 if every picture is gray by its mode, else 3."""
    return 1 if all(image.mode in GRAY_MODES for image in _headers(files, names)) else 3


def _headers(files: Files, names: Sequence[str]) -> Iterator[Image.Image]:
    for name in names:
        try:
            yield Image.open(io.BytesIO(files.read(name)), formats=FORMATS)
        except Exception:  # as many types as there are ways to be damaged; named where the pictures are decoded
            continue


def content_hash(path: Path, files: Files) -> str:
    """sha256 of the zip, or of a folder's sorted names and the sha256 of each file."""
    digest = hashlib.sha256()
    if path.is_file():
        with path.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()
    for name in files.names:
        try:
            content = hashlib.sha256(files.read(name)).hexdigest()
        except OSError:
            content = "unreadable"
        digest.update(f"{name}\0{content}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()


def readable(text: str) -> str:
    """Text with names of files in it that can be printed and stored: of old ones some bytes are no characters."""
    return text.encode(errors="backslashreplace").decode()


def fingerprint(path: Path, files: Files) -> str:
    """What changes when the files change, without reading them: names, lengths and times of change."""
    looked_at = [path] if path.is_file() else [path / name for name in files.names]
    stats = [(str(p.resolve()), p.stat().st_size, p.stat().st_mtime_ns) for p in looked_at]
    return hashlib.sha256(repr(stats).encode()).hexdigest()


def read_picture(data: bytes, size: int, channels: int) -> np.ndarray:
    """uint8 (size, size, channels) of a picture file's bytes; PictureError if it is none."""
    return decoded(data, channels, 2 * size, lambda picture: fit(picture, size))


def decoded(
    data: bytes, channels: int = 3, draft: int = 0, make: Callable[[np.ndarray], np.ndarray] = lambda picture: picture
) -> np.ndarray:
    """What `make` makes of a picture file's pixels, uint8 (H, W, channels); PictureError if it is none.

    With a `draft` a JPEG is decoded at 1/2, 1/4 or 1/8 where at least so many pixels a side are left.
    """
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        if draft:
            # Eight times as fast for a phone's photo.
            image.draft(None, (draft, draft))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureError(f"not a picture ({type(error).__name__})") from error
    with _ROOM.of(image.width * image.height):
        try:
            return make(open_picture(image, channels))
        finally:
            image.close()


class _Room:
    """Lets threads decode together as long as all their pictures have at most `most` pixels."""

    def __init__(self, most: int):
        self._left, self._most, self._changed = most, most, Condition()

    @contextmanager
    def of(self, pixels: int) -> Iterator[None]:
        taken = min(pixels, self._most)
        with self._changed:
            self._changed.wait_for(lambda: self._left >= taken)
            self._left -= taken
        try:
            yield
        finally:
            with self._changed:
                self._left += taken
                self._changed.notify_all()


_ROOM = _Room(ROOM)


def _decode(files: Files, names: Sequence[str], out: np.ndarray, workers: int | None) -> dict[int, str]:
    """Decodes into out, uint8 (N, C, H, W); returns the reason for each index that cannot be read."""

    def one(index: int) -> str | None:
        try:
            out[index] = read_picture(files.read(names[index]), out.shape[2], out.shape[1]).transpose(2, 0, 1)
        except Exception as error:  # damaged files make decoders raise a dozen types, and one must not stop a run
            return readable(f"{names[index]}: {error or type(error).__name__}")
        return None

    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        return {i: reason for i, reason in enumerate(pool.map(one, range(len(names)))) if reason}


def _assemble(
    path: Path, images: torch.Tensor | Rows, notes: dict, labels: list[int] | None, classes: tuple[str, ...]
) -> ImageSet:
    skipped = {int(index): reason for index, reason in notes["skipped"].items()}
    if len(skipped) == len(images):
        first = next(iter(skipped.values()))
        raise TrainingError(f"none of the {len(images)} pictures in {path} can be read; the first: {first}")
    of = known(notes["sha256"]) or Known(path.stem if path.is_file() else path.resolve().name, OWN, False, "")
    whole = ImageSet(
        name=of.name,
        images=images,
        labels=None if labels is None else torch.tensor(labels),
        classes=classes,
        sha256=notes["sha256"],
        licence=of.licence,
        free=of.free,
        source=of.source,
        skipped=tuple(skipped.values()),
    )
    return whole.take(torch.tensor([i for i in range(len(images)) if i not in skipped])) if skipped else whole


def _nothing(path: Path, files: Files) -> str:
    if not files.other:
        return f"{path} is empty: give a folder or zip with pictures (JPEG, PNG, WebP, ...)."
    kinds = ", ".join(sorted({Path(n).suffix or "no ending" for n in files.other})[:5])
    return f"{path} holds no pictures, only {len(files.other)} other files ({kinds}): give one with JPEG, PNG or WebP."
