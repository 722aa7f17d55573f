"""The sounds that visitors gave to their films, until they have not been asked for in a while."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from gan_models.errors import RequestError
from gan_models.music import Music
from page.parts.requests import decoded, file_name

AWAY = 1800.0
"""Seconds after which a sound that no film asked for is forgotten."""
MOST_HELD = 160_000_000
"""Bytes held for all visitors together; the longest unasked for go first."""


@dataclass
class Songs:
    """Sound files by their hash: whoever knows it has had the file."""

    held: dict[str, tuple[float, bytes]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, request: dict) -> dict[str, Any]:
        """{"data": a sound file as base64, "name"} -> {"music": what a film's recipe says of it, "seconds"}."""
        content = decoded(request.get("data"))
        music = Music.of(content, file_name(request))
        with self.lock:
            self.held[music.sha256] = time.monotonic(), content
            self._sweep()
        return {"music": music.to_json(), "seconds": music.pulse.seconds}

    def get(self, music: Music) -> bytes:
        """The file; RequestError where it is no longer held."""
        with self.lock:
            self._sweep()
            if music.sha256 not in self.held:
                raise RequestError(f"{music.name} is not held here any more; add it again, or take it out of the film.")
            _, content = self.held.pop(music.sha256)
            self.held[music.sha256] = time.monotonic(), content
            return content

    def _sweep(self) -> None:
        """Forget what is too old, and the oldest while all together are too much."""
        for sha256, (heard, _) in [*self.held.items()]:
            total = sum(len(content) for _, content in self.held.values())
            if time.monotonic() - heard > AWAY or (total > MOST_HELD and len(self.held) > 1):
                del self.held[sha256]
