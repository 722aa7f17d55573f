"""The sounds that visitors gave to their films, by the hash of their files: whoever knows it has had the file."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gan_models.errors import RequestError
from gan_models.music import Music
from page.parts.requests import decoded, file_name
from page.parts.store import Store


@dataclass
class Song:
    """A sound file's bytes, as a Store holds things."""

    content: bytes
    files: list[Path] = field(default_factory=list)
    heard: float = field(default_factory=time.monotonic)

    @property
    def bytes(self) -> int:
        """What it takes of memory."""
        return len(self.content)


@dataclass(frozen=True)
class Songs:
    """What the tab's scripts ask for with a sound."""

    store: Store = field(default_factory=Store)

    def add(self, request: dict) -> dict[str, Any]:
        """{"data": a sound file as base64, "name"} -> {"music": what a film's recipe says of it, "seconds"}."""
        content = decoded(request.get("data"))
        music = Music.of(content, file_name(request))
        self.store.hold(music.sha256, Song(content))
        return {"music": music.to_json(), "seconds": music.pulse.seconds}

    def keep(self, request: dict) -> dict[str, Any]:
        """{"ids": hashes}: their page is still open."""
        self.store.keep(request.get("ids") or [])
        return {}

    def get(self, music: Music) -> bytes:
        """The file; RequestError where it is no longer held."""
        try:
            return self.store.get(music.sha256).content
        except RequestError:
            raise RequestError(
                f"{music.name} is not held here any more; add it again, or take it out of the film."
            ) from None
