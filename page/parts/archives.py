"""Zips as jobs: file by file, told how far."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from page.parts.jobs import Job


def zipped(files: Iterable[tuple[str, bytes]], target: Path | IO[bytes], job: Job) -> bool:
    """Files by their names as a zip, stored as they are; whether all are in it, or nobody wanted it any more."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for number, (name, content) in enumerate(files, 1):
            archive.writestr(name, content)
            job.done = number
            if job.unwanted:
                return False
    return True
