"""Pictures that arrive in pieces, for a training: each upload in a folder of its own until the training takes it."""

from __future__ import annotations

import re
import secrets
import shutil
import threading
import time
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

from gan_models.errors import RequestError
from gan_models.pictures.files import is_hidden, is_picture
from page.parts.requests import decoded

FOLDER = ".uploads"
"""Beside the runs: a move from here into a run folder copies nothing."""
MOST_FILES, MOST_BYTES = 20_000, 2_000_000_000
"""Of one upload, unpacked."""
MOST_PICTURE = 100_000_000
"""Bytes of one picture."""
ROOM = 1_000_000_000
"""Bytes that stay free on the disk."""
LEFT = 3600.0
"""Seconds without a piece after which an upload was left behind: the browser was closed."""
DIFFERENT = "Name a folder of this machine instead, or drop fewer."


class Uploads:
    """The uploads of a folder of runs."""

    def __init__(self, runs: Path) -> None:
        self.folder = runs / FOLDER
        self._lock = threading.Lock()
        self._sizes: dict[str, tuple[int, int]] = {}

    def put(self, ident: Any, items: Any) -> tuple[str, int]:
        """Write pieces, [{name, data, at}] with data as base64 and `at` the bytes before them; id and files so far.

        RequestError for what is no picture or zip, too much, out of order, or finds no room; the rest stays.
        """
        name = self._known(ident) if ident else self._open()
        for item in items if isinstance(items, list) else ():
            if not isinstance(item, dict):
                raise RequestError("A piece of an upload has a name, data and a place.")
            self._piece(name, str(item.get("name", "")), decoded(item.get("data")), item.get("at", 0))
        return name, self._sizes[name][0]

    def pictures(self, ident: Any) -> Path:
        """The folder of an upload, zips in it unpacked; RequestError where it holds no picture.

        Of a folder that holds all the rest its inside: two sets in it are two sets, as they are of a folder by name.
        """
        name = self._known(ident)
        folder = self.folder / name / "pictures"
        with self._lock:
            zips = sorted(folder.rglob("*.zip"))
            closed = [path.name for path in zips if self._unpack(name, path)]
        empty = not any(path.is_file() for path in folder.rglob("*"))
        if empty and closed:
            raise RequestError(
                f"{closed[0]} holds no picture but zips, which stay closed; unpack it and drop the folder."
            )
        if empty:
            raise RequestError("None of these files is a picture: give JPEG, PNG or WebP, a folder of them, or a zip.")
        while len(inner := list(folder.iterdir())) == 1 and inner[0].is_dir():
            folder = inner[0]
        return folder

    def take(self, ident: Any, target: Path) -> None:
        """Move an upload's pictures to where their training keeps them; it is an upload no more."""
        folder = self.pictures(ident)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            folder.rename(target)
        except OSError as error:
            raise RequestError(
                f"The pictures cannot be moved to {target.name} ({error.strerror}); make room."
            ) from None
        self.drop(ident)

    def drop(self, ident: Any) -> None:
        """Forget an upload."""
        if isinstance(ident, str) and ident in self._sizes:
            self._sizes.pop(ident)
            shutil.rmtree(self.folder / ident, ignore_errors=True)

    def _open(self) -> str:
        self.sweep()
        name = secrets.token_urlsafe(9)
        self._sizes[name] = (0, 0)
        return name

    def _known(self, ident: Any) -> str:
        if not isinstance(ident, str) or ident not in self._sizes:
            raise RequestError(
                "These pictures are no longer here (a training took them, or an hour passed); drop them again."
            )
        return ident

    def sweep(self) -> None:
        """Remove what was left behind, by a browser that was closed or a page that was ended."""
        for folder in self.folder.glob("*"):
            newest = max((path.stat().st_mtime for path in (folder, *folder.glob("*"))), default=0.0)
            if time.time() - newest > LEFT:
                self._sizes.pop(folder.name, None)
                shutil.rmtree(folder, ignore_errors=True)

    def _piece(self, name: str, said: str, content: bytes, at: Any) -> None:
        inner = inside(said)
        if not inner or not (is_picture(inner) or inner.lower().endswith(".zip")):
            return
        path = self.folder / name / "pictures" / inner
        with self._lock:
            files, size = self._sizes[name]
            self._sizes[name] = (files + (at == 0), size + len(content))
            self._check(name)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb" if at == 0 else "ab") as file:
                    if at != file.tell():
                        raise RequestError(f"A piece of {path.name} came out of turn; drop it again.")
                    file.write(content)
            except OSError as error:
                path.unlink(missing_ok=True)
                raise RequestError(
                    f"{path.name} cannot be kept ({error.strerror}); make room and drop it again."
                ) from None

    def _check(self, name: str) -> None:
        files, size = self._sizes[name]
        if files > MOST_FILES:
            raise RequestError(f"That is more than {MOST_FILES:,} pictures. {DIFFERENT}")
        if size > MOST_BYTES:
            raise RequestError(f"That is more than {MOST_BYTES / 1e9:g} GB. {DIFFERENT}")
        self.folder.mkdir(parents=True, exist_ok=True)
        if (free := shutil.disk_usage(self.folder).free) < ROOM:
            raise RequestError(f"The disk has {free / 1e9:.1f} GB left and {ROOM / 1e9:g} stay free; make room first.")

    def _unpack(self, name: str, path: Path) -> bool:
        """The pictures of a zip in its place, none of them outside of the upload; whether zips in it were left out."""
        try:
            with zipfile.ZipFile(path) as archive:
                entries = archive.infolist()
                for entry in entries:
                    inner = inside(entry.filename)
                    if not entry.is_dir() and inner and is_picture(inner):
                        self._entry(name, archive, entry, path.parent / inner)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
            raise RequestError(
                f"{path.name} cannot be unpacked ({str(error)[:80]}); make it again, or drop its folder."
            ) from None
        finally:
            path.unlink(missing_ok=True)
        return any(entry.filename.lower().endswith(".zip") for entry in entries)

    def _entry(self, name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
        files, size = self._sizes[name]
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as source, target.open("wb") as file:
            written = copied(source, file, min(MOST_PICTURE, MOST_BYTES - size))
        self._sizes[name] = (files + 1, size + written)
        self._check(name)


def copied(source: Any, file: BinaryIO, most: int) -> int:
    """Copy a stream of at most `most` bytes, whatever its header says; how many there were. ValueError for more."""
    written = 0
    while part := source.read(1 << 20):
        written += len(part)
        if written > most:
            raise ValueError(f"a picture in it has more than {most / 1e6:.0f} MB")
        file.write(part)
    return written


def inside(name: str) -> str:
    """A path that stays inside of a folder, in names that any disk takes; "" for what systems keep for themselves."""
    parts = [part for part in re.split(r"[\\/]+", re.sub(r"^[A-Za-z]:", "", name)) if part not in ("", ".", "..")]
    plain = [re.sub(r'[\x00-\x1f<>:"|?*]', "_", part) for part in parts]
    if not plain or is_hidden("/".join(plain)):
        return ""
    *folders, last = plain
    stem, dot, ending = last.rpartition(".")
    return "/".join([*map(_short, folders), f"{_short(stem)}{dot}{ending[:10]}"])


def _short(part: str) -> str:
    return part.encode(errors="ignore")[:150].decode(errors="ignore")
