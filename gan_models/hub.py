"""Weights from the Hugging Face Hub, fetched by name and checked like any other folder."""

import os
import re
from pathlib import Path

from gan_models.card import CARD, Card
from gan_models.errors import WeightError

_REPO = re.compile(r"(?P<repo>[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)(@(?P<revision>[\w][\w./-]*))?")


def is_repo(name: str) -> bool:
    """Whether `name` has the form user/repo or user/repo@revision."""
    return bool(_REPO.fullmatch(name)) and ".." not in name


def download(name: str) -> Path:
    """Fetch user/repo[@revision] into the Hub's cache and return its folder.

    The card comes first and is read before anything else is asked for; then only the files it names are
    fetched. Without a network the cached copy serves. Raises WeightError where neither can be had.
    """
    parts = _REPO.fullmatch(name)
    if not parts or not is_repo(name):
        raise WeightError(f"A weight on the Hub is named user/repo or user/repo@revision, got {name[:80]!r}.")
    card = Card.read(_snapshot(name, parts, [CARD]))
    return _snapshot(name, parts, [CARD, *card.files])


def _snapshot(name: str, parts: re.Match, files: list[str]) -> Path:
    # Imported here: it costs half a second, and most uses need no Hub.
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )
    from huggingface_hub.utils import disable_progress_bars

    disable_progress_bars()
    try:
        folder = snapshot_download(
            parts["repo"],
            revision=parts["revision"],
            allow_patterns=files,
            endpoint=os.environ.get("HF_ENDPOINT"),
        )
    except RepositoryNotFoundError:
        raise WeightError(f"The Hub has no public repository {name}; check the name.") from None
    except RevisionNotFoundError:
        raise WeightError(f"{parts['repo']} has no revision {parts['revision']!r}; check it on the Hub.") from None
    except LocalEntryNotFoundError:
        raise WeightError(
            f"{name} is not in the local cache and the Hub cannot be reached; try again with a network."
        ) from None
    # The client's own errors and those of its HTTP library, which has changed from version to version.
    except Exception as error:
        raise WeightError(f"{name} could not be fetched from the Hub ({_first_line(error)}).") from None
    return Path(folder)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
