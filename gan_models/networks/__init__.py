"""The families of networks: one table, written by hand, and the way from a card's words to a config."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

from torch import nn

from gan_models.errors import RequestError
from gan_models.networks.dcgan import DcganConfig, DcganDiscriminator, DcganGenerator
from gan_models.networks.vanilla import VanillaConfig, VanillaDiscriminator, VanillaGenerator


@dataclass(frozen=True)
class Family:
    """A config and the two networks built from it; `task` says how the generator is called."""

    config: type
    generator: type[nn.Module]
    discriminator: type[nn.Module]
    task: str


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "vanilla": Family(VanillaConfig, VanillaGenerator, VanillaDiscriminator, "sample"),
        "dcgan": Family(DcganConfig, DcganGenerator, DcganDiscriminator, "sample"),
    }
)


def family(name: str) -> Family:
    """Find a family by name; an unknown one raises a RequestError that lists the valid ones."""
    if name not in FAMILIES:
        raise RequestError(f"There is no family of networks {name!r}; choose one of {', '.join(FAMILIES)}.")
    return FAMILIES[name]


def build_config(name: str, values: Mapping[str, object]) -> object:
    """Make a family's frozen config from a card's values; fields left out keep their defaults.

    Raises a RequestError for an unknown field, a value of another type, or one out of range.
    """
    config = family(name).config
    known = {field.name: field.type for field in fields(config)}
    for key, value in values.items():
        if key not in known:
            raise RequestError(f"The config of {name!r} has no field {key!r}; it has {', '.join(known)}.")
        allowed = (int, float) if known[key] is float else (known[key],)
        if type(value) not in allowed:
            expected = known[key].__name__
            raise RequestError(f"{key} is {value!r}; the config of {name!r} takes a value of type {expected}.")
    return config(**values)
