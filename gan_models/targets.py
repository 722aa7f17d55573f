"""Where a command writes to: looked at before the work, so that nothing of others is lost and nothing made in vain."""

import itertools
import os
import re
import sys
import tempfile
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from gan_models.errors import RequestError

LONGEST = 255
"""Bytes of a file's name that every usual disk takes."""


OF_FILES = frozenset(
    {
        *(".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic", ".svg", ".pdf"),
        *(".mp4", ".mov", ".mkv", ".webm", ".avi", ".wav", ".mp3", ".flac", ".ogg", ".mid", ".sfz"),
        *(".zip", ".tar", ".gz", ".7z", ".npz", ".npy", ".json", ".txt", ".csv", ".safetensors", ".pth"),
    }
)
"""Endings that name a file, in small letters: who writes one behind -o wants no folder."""


def check_targets(paths: Iterable[Path], overwrite: bool = False) -> None:
    """Make sure that files can be written to these paths, whose folders are made; RequestError before anything else.

    What is there already is refused but with `overwrite`, a folder always.
    """
    paths = list(paths)
    for path in paths:
        _check_free(path, overwrite)
    for folder in dict.fromkeys(path.parent for path in paths):
        _try_folder(folder)


def given_path(text: str) -> Path:
    """A path of a command line; refused when empty, which is an unset variable and not the folder one is in."""
    if not text.strip():
        raise ArgumentTypeError(
            "the path is empty, an unset variable perhaps; give one, or . for the folder you are in"
        )
    return Path(text)


def refuse_empty(arguments: Iterable[str] | None) -> None:
    """RequestError where a word of a command line (None: this program's own), or the value of a --flag=, is empty."""
    before = ""
    for word in sys.argv[1:] if arguments is None else arguments:
        flag, equals, value = word.partition("=") if word.startswith("--") else (before, "=", word)
        if equals and not value.strip():
            where = f"behind {flag}" if flag.startswith("-") else "on the command line"
            raise RequestError(
                f"There is an empty word {where}, an unset variable perhaps; give a value, or . for here."
            )
        before = word


def refuse_idle(parser: ArgumentParser, options: Namespace, names: Iterable[str], why: str) -> None:
    """RequestError where an option differs from what it usually is though it does nothing, which `why` says."""
    for name in names:
        if getattr(options, name) != parser.get_default(name):
            flag = "--class" if name == "label" else f"--{name.replace('_', '-')}"
            raise RequestError(f"{flag} does nothing {why}; leave it out.")


def check_folder(out: Path) -> None:
    """RequestError where an OUT that is to be a folder is named as files are, and is none yet."""
    if out.suffix.lower() in OF_FILES and not out.is_dir():
        raise RequestError(f"{out.name} would be a folder with a file's name; {out.suffix} is not written here.")


def numbered(path: Path) -> Path:
    """The path, or with -2, -3 and so on behind its stem: the first that is not there; too long names are cut."""
    tails = itertools.chain([""], (f"-{number}" for number in itertools.count(2)))
    return next(p for tail in tails if not os.path.lexists(p := path.with_name(fitting(path.stem, tail + path.suffix))))


def fitting(stem: str, tail: str, spare: int = 0) -> str:
    """stem + tail as a file's name, the stem cut where it would be longer than LONGEST bytes less those to spare."""
    room = LONGEST - spare - len(os.fsencode(tail))
    return os.fsencode(stem)[:room].decode(errors="ignore") + tail if len(os.fsencode(stem)) > room else stem + tail


@lru_cache(maxsize=16)
def folder_names(labels: tuple[str, ...]) -> tuple[str, ...]:
    """A folder's name for each label, no two alike on any system: what no name may hold is -, twins get numbers."""
    plain = [fitting(re.sub(r'[/\\<>:"|?*\x00-\x1f\x7f]', "-", text).strip(" .") or "-", "") for text in labels]
    # A label that can be a name is one; of two that differ in capitals alone, the first.
    taken = {plain[n].casefold(): n for n in reversed(range(len(labels))) if plain[n] == labels[n]}
    names = []
    for number, name in enumerate(plain):
        tail = ""
        while taken.setdefault((made := fitting(name, tail)).casefold(), number) != number:
            tail += f"-{number}"
        names.append(made)
    return tuple(names)


def _check_free(path: Path, overwrite: bool) -> None:
    try:
        path.lstat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise RequestError(f"{_short(path)} cannot be written ({error.strerror}); give another place.") from None
    if path.is_dir():
        raise RequestError(f"{path} is a folder; give the name of a file.")
    if not overwrite:
        raise RequestError(f"{path} exists; pass --overwrite to replace it, or give another place.")


def _try_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise RequestError(f"{_short(folder)} cannot be written ({error.strerror}); give another place.") from None


def _short(path: Path) -> str:
    text = str(path)
    return text if len(text) <= 200 else f"{text[:100]}...{text[-60:]}"
