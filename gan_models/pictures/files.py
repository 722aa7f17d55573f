"""What counts as a picture file, for every command that looks into a folder or zip: one rule."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

ENDINGS = frozenset(
    {
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".webp", ".gif", ".bmp", ".dib", ".tif", ".tiff", ".tga"),
        *(".ppm", ".pgm", ".pbm", ".pnm", ".avif", ".jp2", ".heic", ".heif", ".hif"),
    }
)
"""Files that are taken for pictures by their names, in small letters."""
HIDDEN = ("__MACOSX", "@eaDir")
"""Folders in which packers and file servers keep notes and thumbnails of their own."""

_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def is_picture(name: str) -> bool:
    """Whether a relative path with "/" names a picture that is no system's own."""
    return PurePosixPath(name).suffix.lower() in ENDINGS and not is_hidden(name)


def is_hidden(name: str) -> bool:
    """Whether a relative path with "/" leads through what a system keeps for itself: .thumbs/, ._a.jpg, __MACOSX/."""
    return any(part.startswith(".") or part in HIDDEN for part in name.split("/"))


def files_below(folder: Path, above: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """All files of a folder and of those in it, behind links too, but for links that lead back up."""
    place = folder.resolve()
    if place in above or not os.access(folder, os.R_OK | os.X_OK):
        return
    for path in folder.iterdir():
        if path.is_dir():
            yield from files_below(path, above | {place})
        elif path.is_file():
            yield path


def is_heic(head: bytes) -> bool:
    """Whether a file that begins with these bytes (16 or more) is HEIC (ISO/IEC 23008-12, its brands)."""
    return head[4:8] == b"ftyp" and head[8:12] in _HEIC and b"avi" not in head[12:32]
