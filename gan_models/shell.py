"""Commands for a reader to paste: by the interpreter that runs now, quoted for the shell that will read them."""

import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path, PurePath, PureWindowsPath

HOME = Path(__file__).resolve().parent.parent
"""The folder of this program, in which commands are pasted."""


def interpreter() -> str:
    """This Python as one calls it from the program's folder; below it by the shorter way, which has no blanks."""
    # Not resolved: in a virtual environment that would be the system's, without its packages.
    here = Path(sys.executable or "python")
    return str(here.relative_to(HOME)) if here.is_relative_to(HOME) else str(here)


def command(words: Sequence[str], windows: bool | None = None) -> str:
    """`python -m WORDS` as one line for a POSIX shell or, with `windows` (None: where we are), for cmd and PowerShell.

    cmd knows double quotes alone, and PowerShell runs what is quoted at the beginning only behind an &.
    """
    windows = sys.platform == "win32" if windows is None else windows
    program = interpreter() if windows == (sys.platform == "win32") else "python"
    if not windows:
        return shlex.join([program, "-m", *words])
    return subprocess.list2cmdline([program, "-m", *map(quotable, words)])


def quotable(word: str) -> str:
    """A word without what double quotes do not keep from cmd or PowerShell: no name of a file there holds a quote."""
    return word.replace('"', "")


def pasted_path(text: str) -> tuple[str, bool]:
    """A path as somebody pastes it, without quotes ("Copy as path") and never like a flag; whether it is of Windows."""
    text = text.strip()
    while len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1].strip()
    windows = sys.platform == "win32" or bool(re.match(r"[A-Za-z]:[\\/]|\\\\", text))
    return (f"./{text}" if text.startswith("-") else text), windows


def path_of(text: str, windows: bool) -> PurePath:
    """The parts of a path of that system, on any."""
    return PureWindowsPath(text) if windows else PurePath(text)
