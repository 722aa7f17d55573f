"""Weights from the Hugging Face Hub, fetched by name and checked like any other folder."""

import os
import re
import socket
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies

from gan_models.errors import WeightError, first_line
from gan_models.weight.card import CARD, MOST_BYTES, Card

USUAL = "https://huggingface.co"
PATIENCE = 5.0
"""Seconds that a connection to the Hub may take."""
_REPO = re.compile(r"(?P<repo>[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)(@(?P<revision>[\w][\w./-]*))?")


def is_repo(name: str) -> bool:
    """Whether `name` has the form user/repo or user/repo@revision."""
    return bool(_REPO.fullmatch(name)) and ".." not in name


def answers() -> bool:
    """Whether the Hub (or HF_ENDPOINT) takes connections; behind a proxy that is left to the proxy.

    Asked before its client is: without a network that tries for half a minute before it takes what is cached.
    """
    if getproxies().keys() & {"http", "https", "all"}:
        return True
    place = urlsplit(os.environ.get("HF_ENDPOINT") or USUAL)
    port = place.port or {"http": 80}.get(place.scheme, 443)
    try:
        with socket.create_connection((place.hostname, port), PATIENCE):
            return True
    except OSError:
        return False


def download(name: str) -> Path:
    """Fetch user/repo[@revision] into the Hub's cache and return its folder.

    The card comes first and is read before anything else is asked for; then only the files it names are
    fetched. Without a network the cached copy serves. Raises WeightError where neither can be had.
    """
    parts = _REPO.fullmatch(name)
    if not parts or not is_repo(name):
        raise WeightError(f"A weight on the Hub is named user/repo or user/repo@revision, got {name[:80]!r}.")
    _refuse_large_card(name, parts)
    card = Card.read(_snapshot(name, parts, [CARD]))
    return _snapshot(name, parts, [CARD, *card.files])


def _refuse_large_card(name: str, parts: re.Match) -> None:
    """WeightError for a card that is longer than any, before it is fetched; what else is wrong the fetching says."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    if not answers():
        return
    size = None
    with suppress(Exception):  # the client's own errors and those of its HTTP library: `_snapshot` says them better
        url = hf_hub_url(parts["repo"], CARD, revision=parts["revision"], endpoint=os.environ.get("HF_ENDPOINT"))
        size = get_hf_file_metadata(url, timeout=PATIENCE).size
    if size is not None and size > MOST_BYTES:
        raise WeightError(f"The {CARD} of {name} has {size:,} bytes, and no card has more than {MOST_BYTES:,}.")


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
            local_files_only=not answers(),
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
        raise WeightError(f"{name} could not be fetched from the Hub ({first_line(error)}).") from None
    return Path(folder)
