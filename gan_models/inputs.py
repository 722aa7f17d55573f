"""Many files one after another: what is wrong with one of them keeps none of the others from its turn."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from gan_models.errors import AtelierError, PictureError, reason

Out = TypeVar("Out")


def each(jobs: Sequence[tuple[Path, Out]], work: Callable[[Path, Out], None], done: str) -> None:
    """Do the work for each input and what it becomes; a line on stderr says why one of several cannot be `done`.

    PictureError at the end names those; where there is one input alone, it says why at once.
    """
    failed = []
    for source, out in jobs:
        try:
            work(source, out)
        except (AtelierError, OSError) as error:
            said = " ".join(reason(error).split())
            said = said if said.startswith(source.name) else f"{source.name}: {said}"
            if len(jobs) == 1:
                raise PictureError(said) from None
            print(said, file=sys.stderr)
            failed.append(str(source))
    if failed:
        raise PictureError(f"Not {done}: {', '.join(failed)}; the lines above say why.")
