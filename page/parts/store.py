"""What visitors gave to Upscale, Translate and films: held while their page is open, then forgotten."""

from __future__ import annotations

import secrets
import shutil
import threading
import time
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gan_models.errors import RequestError
from gan_models.pictures.photo import Photo

AWAY = 600.0
"""Seconds without a word from its page after which a picture is forgotten; pages speak every 20.

Long enough for a telephone that is locked for a moment: its page falls silent though nobody went away.
"""
SWEPT = 60.0
"""Seconds from one look for forgotten pictures to the next."""
MOST_HELD = 2_000_000_000
"""Bytes of pictures held for all visitors together; the longest unheard of go first."""


@dataclass
class Held:
    """One opened picture, what was made of it (settings to result), and files written for its download.

    `steps`: what was done to it since its file was opened, for recipes that begin with that.
    """

    photo: Photo
    name: str
    results: dict[str, Photo] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    heard: float = field(default_factory=time.monotonic)
    steps: tuple[Any, ...] = ()

    @property
    def bytes(self) -> int:
        """What it takes of memory."""
        photos = (self.photo, *self.results.values())
        return sum(levels.nbytes for p in photos for levels in (p.colour, p.alpha) if levels is not None)


class Store:
    """Opened pictures under names that nobody can guess."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pictures: dict[str, Held] = {}
        self._watched = False
        # What was written for downloads goes with the server, too.
        weakref.finalize(self, _forget_files, self._pictures)

    def put(self, photo: Photo, name: str, steps: tuple[Any, ...] = ()) -> str:
        """Hold a picture; its id."""
        ident = secrets.token_urlsafe(12)
        self.hold(ident, Held(photo, name, steps=steps))
        return ident

    def hold(self, ident: str, thing: Any) -> None:
        """Hold whatever has `bytes`, `files` and `heard` as a Held has."""
        with self._lock:
            self._pictures[ident] = thing
            self._sweep()
            if not self._watched:
                self._watched = True
                threading.Thread(target=self._watch, name="held", daemon=True).start()

    def get(self, ident: Any) -> Held:
        """The picture of an id; RequestError where it is no longer held."""
        with self._lock:
            if ident not in self._pictures:
                raise RequestError("That picture is no longer held here; open it again.")
            held = self._pictures[ident]
            held.heard = time.monotonic()
            self._sweep()
            return held

    def keep(self, idents: Sequence[Any]) -> list[Any]:
        """Note that a page still shows these pictures; those that are no longer held."""
        with self._lock:
            for ident in idents:
                if ident in self._pictures:
                    self._pictures[ident].heard = time.monotonic()
            self._sweep()
            return [ident for ident in idents if ident not in self._pictures]

    def _watch(self) -> None:
        """Sweep now and then while anything is held, so that the last visitor's pictures go, too."""
        while True:
            time.sleep(SWEPT)
            with self._lock:
                self._sweep()
                self._watched = bool(self._pictures)
                if not self._watched:
                    return

    def _sweep(self) -> None:
        """Forget who went away, and the longest unheard of while all together are too much, but for the last one."""
        now = time.monotonic()
        oldest_first = sorted(self._pictures, key=lambda ident: self._pictures[ident].heard)
        total = sum(held.bytes for held in self._pictures.values())
        for ident in oldest_first:
            held = self._pictures[ident]
            crowded = total > MOST_HELD and ident != oldest_first[-1]
            if crowded or now - held.heard > AWAY:
                total -= held.bytes
                _forget_files({ident: self._pictures.pop(ident)})


def _forget_files(pictures: dict[str, Held]) -> None:
    for held in pictures.values():
        for path in held.files:
            shutil.rmtree(path.parent, ignore_errors=True)
