"""Games that a network learns, with `reset` and `step` as in gymnasium, and dice that may be given from outside."""

from collections.abc import Mapping
from types import MappingProxyType

from gan_models.errors import RequestError
from gan_models.worlds.boat import Boat

WORLDS: Mapping[str, type[Boat]] = MappingProxyType({"boat": Boat})
"""By the name that a weight's config has."""


def world(name: str) -> type[Boat]:
    """A game by name; RequestError lists those that there are."""
    if name not in WORLDS:
        raise RequestError(f"There is no world {name[:40]!r}; choose one of {', '.join(WORLDS)}.")
    return WORLDS[name]
