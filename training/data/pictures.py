"""Folders and zips of pictures of any mode and size, brought to one size; subfolders become labels."""

import hashlib
import io
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Condition

import numpy as np
import torch
from PIL import Image

from gan_models.errors import PictureError, TrainingError, first_line
from gan_models.files import contents
from gan_models.pictures.files import files_below, is_hidden, is_picture
from gan_models.pictures.images import MOST_PIXELS, fit, formats_for, frames_of, open_picture, why_unread
from gan_models.pictures.levels import USUAL, Span, extremes, is_deep, levels_of, span_of
from training.data import cache
from training.data.image_set import SIZES, ImageSet, Rows
from training.data.known import OWN, Known, known
from training.data.layout import below, layout, made_here, normal, readable

MOST_BYTES = 256_000_000
"""Of one picture's file."""
ROOM = MOST_PIXELS // 2
"""Pixels that are decoded at once by all threads together; a larger picture is decoded alone."""
GRAY_MODES = ("1", "L", "LA", "La", "I", "I;16", "I;16B", "F")
DARK = 48
"""A set whose brightest level is below this is said to be dark: a twelfth of the light, and less."""


@dataclass(frozen=True)
class Files:
    """The picture files of a folder or zip. names: relative paths with "/", sorted. read: name -> bytes.

    other: files that are no pictures; told: what was left out, a sentence each.
    """

    names: tuple[str, ...]
    read: Callable[[str], bytes]
    other: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


def load_set(
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

    Subfolders `train` and `test` (or `val`, `validation`) are splits, the next level of folders is the label (see
    `training.data.layout`). Files that cannot be read are skipped and named. Above `memory_mb` (a quarter of the
    machine's memory) the decoded pictures live in a file of the cache and are mapped.
    """
    with open_files(path) as files:
        found = layout(files.names, split, path)
        if not found.names:
            raise TrainingError(_nothing(path, files))
        chosen = found.names[:limit]
        size, channels = size or natural_size(files, chosen), channels or natural_channels(files, chosen)
        span = common_span(files, chosen, workers)

        def fill(pixels: np.ndarray) -> dict:
            skipped, several = _decode(files, chosen, pixels, span, workers)
            brightest = int(max(picture.max() for picture in pixels))
            notes = {"sha256": content_hash(path, files), "skipped": skipped}
            return notes | {"several": several, "brightest": brightest}

        shape = (len(chosen), channels, size, size)
        key = f"{split} {fingerprint(path, files)}" + (f" {span}" if span else "")
        images, notes = cache.decoded(shape, key, fill, memory_mb)
        told = (*files.told, *found.told, *told_of(notes, span))
    return _assemble(path, images, notes, found.labels and found.labels[:limit], found.classes, told, chosen)


@contextmanager
def open_files(path: Path, wanted: Callable[[str], bool] = is_picture, things: str = "pictures") -> Iterator[Files]:
    """The pictures (or other `things`, whose names are `wanted`) of a folder or zip, found without reading them.

    TrainingError for any other path.
    """
    if path.is_dir():
        found = [file.relative_to(path).as_posix() for file in files_below(path)]
        yield _files(found, lambda name: contents(path / name, MOST_BYTES), path, wanted, things)
    elif not path.exists():
        raise TrainingError(f"{path} does not exist: give a folder or zip of {things}, or the name of a set.")
    elif path.is_file() and zipfile.is_zipfile(path):
        with _archive(path) as archive:
            # A zip may hold a name twice; whoever unpacks it gets the last one.
            entries = {normal(i.filename): i for i in archive.infolist() if not i.filename.endswith(("/", "\\"))}
            yield _files(list(entries), lambda name: _unpacked(archive, entries[name]), path, wanted, things)
    else:
        raise TrainingError(
            f"{path} is neither a folder nor a zip of {things}: unpack it, or give the folder it lies in."
        )


def _archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise TrainingError(f"{path} is a damaged zip ({error}): fetch it again.") from error


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """A file of a zip, whose length is asked first: a few kilobytes may unpack to any number of gigabytes."""
    if entry.file_size > MOST_BYTES:
        raise OSError(f"it is longer than {MOST_BYTES:,} bytes when it is unpacked")
    return archive.read(entry)


def _files(
    names: Sequence[str], read: Callable[[str], bytes], path: Path, wanted: Callable[[str], bool], things: str
) -> Files:
    own = made_here(names)
    if "" in own:
        raise TrainingError(f"{path} is {own['']} and no set of {things}; give the folder of the {things}.")
    plain = [name for name in names if not is_hidden(name) and not below(name, own)]
    found = sorted(filter(wanted, plain))
    told = tuple(f"{readable(folder)} is {what} and left out" for folder, what in sorted(own.items()))
    return Files(tuple(found), read, tuple(sorted(set(plain) - set(found))), told)


def natural_size(files: Files, names: Sequence[str]) -> int:
    """The largest of 28, 32, 64 and 128 px that the median picture (of up to 200) fills unenlarged."""
    sides = [min(image.size) for image in headers(files, names[:: max(1, len(names) // 200)])]
    median = sorted(sides)[len(sides) // 2] if sides else SIZES[0]
    return max((s for s in SIZES if s <= median), default=SIZES[0])


def natural_channels(files: Files, names: Sequence[str]) -> int:
    """1 if every picture is gray by its mode, else 3."""
    return 1 if all(image.mode in GRAY_MODES for image in headers(files, names)) else 3


def headers(files: Files, names: Sequence[str]) -> Iterator[Image.Image]:
    """Pictures whose size and mode are known and whose pixels are not decoded yet; the unreadable are left out."""
    for name in names:
        try:
            content = files.read(name)
            yield Image.open(io.BytesIO(content), formats=formats_for(content))
        except Exception:  # as many types as there are ways to be damaged; named where the pictures are decoded
            continue


def common_span(files: Files, names: Sequence[str], workers: int | None = None) -> Span | None:
    """What is black and white in all deep gray pictures of a set; None where a few of them are not deep."""
    if not any(map(is_deep, headers(files, names[:: max(1, len(names) // 20)]))):
        return None

    def look(name: str) -> tuple[tuple[float, float], bool] | None:
        for picture in headers(files, [name]):
            if is_deep(picture):
                with suppress(Exception):  # what is damaged is named where it is decoded
                    levels = levels_of(picture)
                    return extremes(levels), levels.dtype.kind == "f"
        return None

    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        found = [one for one in pool.map(look, names) if one]
    return span_of([ranges for ranges, _ in found], any(floats for _, floats in found)) if found else None


def told_of(notes: Mapping, span: Span | None) -> list[str]:
    """What one should know of the decoded pictures: levels that were taken for white, darkness, further frames."""
    several, brightest = notes.get("several", 0), notes.get("brightest", 255)
    told = [f"their {span.words}"] if span and span != USUAL else []
    told += [f"the brightest level in all of them is {brightest} of 255: they are nearly black"] * (brightest < DARK)
    told += [f"{several} hold several pictures (frames or pages), of which the first is taken"] * (several > 0)
    return told


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


def fingerprint(path: Path, files: Files) -> str:
    """What changes when the files change, without reading them: names, lengths and times of change."""
    looked_at = [path] if path.is_file() else [path / name for name in files.names]
    stats = [(str(p.resolve()), p.stat().st_size, p.stat().st_mtime_ns) for p in looked_at]
    return hashlib.sha256(repr(stats).encode()).hexdigest()


def read_picture(data: bytes, size: int, channels: int, span: Span | None = None) -> np.ndarray:
    """uint8 (size, size, channels) of a picture file's bytes, of several the first; PictureError if it is none."""
    return decoded(data, channels, 2 * size, lambda picture: fit(picture, size), span)


def decoded(
    data: bytes,
    channels: int = 3,
    draft: int = 0,
    make: Callable[[np.ndarray], np.ndarray] = lambda picture: picture,
    span: Span | None = None,
) -> np.ndarray:
    """What `make` makes of a picture file's pixels, uint8 (H, W, channels); PictureError if it is none.

    With a `draft` a JPEG is decoded at 1/2, 1/4 or 1/8 where at least so many pixels a side are left.
    """
    try:
        image = Image.open(io.BytesIO(data), formats=formats_for(data))
        if draft:
            # Eight times as fast for a phone's photo.
            image.draft(None, (draft, draft))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureError(f"it {why_unread(data, error)}") from error
    with _ROOM.of(image.width * image.height):
        try:
            return make(open_picture(image, channels, span))
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


def _decode(
    files: Files, names: Sequence[str], out: np.ndarray, span: Span | None, workers: int | None
) -> tuple[dict[int, str], int]:
    """Decodes into out, uint8 (N, C, H, W): the reason for each index that cannot be read, and how many have frames."""

    def one(index: int) -> str | int:
        try:
            content = files.read(names[index])
            out[index] = read_picture(content, out.shape[2], out.shape[1], span).transpose(2, 0, 1)
            return frames_of(Image.open(io.BytesIO(content), formats=formats_for(content)))
        except Exception as error:  # damaged files make decoders raise a dozen types, and one must not stop a run
            return readable(f"{names[index]}: {first_line(error)}")

    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        found = list(pool.map(one, range(len(names))))
    skipped = {index: reason for index, reason in enumerate(found) if isinstance(reason, str)}
    return skipped, sum(frames > 1 for frames in found if isinstance(frames, int))


def _assemble(
    path: Path,
    images: torch.Tensor | Rows,
    notes: dict,
    labels: list[int] | None,
    classes: tuple[str, ...],
    told: tuple[str, ...],
    names: tuple[str, ...],
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
        told=told,
        names=names,
    )
    left = whole.take(torch.tensor([i for i in range(len(images)) if i not in skipped])) if skipped else whole
    return left.with_pictures()


def _nothing(path: Path, files: Files) -> str:
    if not files.other:
        return f"{path} is empty: give a folder or zip with pictures (JPEG, PNG, WebP, ...)."
    kinds = ", ".join(sorted({Path(n).suffix or "no ending" for n in files.other})[:5])
    return f"{path} holds no pictures, only {len(files.other)} other files ({kinds}): give one with JPEG, PNG or WebP."
