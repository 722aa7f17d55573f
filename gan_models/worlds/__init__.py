"""Games that a network learns, with `reset` and `step` as in gymnasium, and dice that may be given from outside."""

from collections.abc import Mapping
from types import MappingProxyType

from gan_models.errors import RequestError
from gan_models.worlds.boat import BOAT
from gan_models.worlds.crafter import CRAFTER
from gan_models.worlds.world import World

WORLDS: Mapping[str, World] = MappingProxyType({row.name: row for row in (BOAT, CRAFTER)})
"""By the name that a weight's config has."""


def world(name: str) -> World:
    """A game by name; RequestError lists those that there are."""
    if name not in WORLDS:
        raise RequestError(f"There is no world {name[:40]!r}; choose one of {', '.join(WORLDS)}.")
    return WORLDS[name]
