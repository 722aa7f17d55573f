"""Many files one after another: what is wrong with one of them keeps none of the others from its turn."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from gan_models.errors import AtelierError, PictureError, reason

Out = TypeVar("Out")


def each(jobs: Sequence[tuple[Path, Out]], work: Callable[[Path, Out], None], done: str) -> None:
    """Do the work for each input and what it becomes; a line on stderr says why one of them cannot be `done`.

    PictureError at the end names those.
    """
    failed = []
    for source, out in jobs:
        try:
            work(source, out)
        except (AtelierError, OSError) as error:
            said = " ".join(reason(error).split())
            print(said if said.startswith(source.name) else f"{source.name}: {said}", file=sys.stderr)
            failed.append(str(source))
    if failed:
        raise PictureError(f"Not {done}: {', '.join(failed)}; the lines above say why.")
