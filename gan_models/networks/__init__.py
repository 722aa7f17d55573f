"""The families of networks: one table, written by hand, and the way from a card's words to a config."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

from torch import nn

from gan_models.errors import RequestError
from gan_models.networks.cyclegan import CycleganConfig, CycleganDiscriminator, CycleganGenerator
from gan_models.networks.dcgan import DcganConfig, DcganDiscriminator, DcganGenerator
from gan_models.networks.esrgan import EsrganConfig, EsrganGenerator
from gan_models.networks.pix2pix import Pix2pixConfig, Pix2pixDiscriminator, Pix2pixGenerator
from gan_models.networks.pix2pixhd import Pix2pixhdConfig, Pix2pixhdDiscriminator, Pix2pixhdGenerator
from gan_models.networks.srgan import SrganConfig, SrganDiscriminator, SrganGenerator
from gan_models.networks.stylegan2 import Stylegan2Config, Stylegan2Discriminator, Stylegan2Generator
from gan_models.networks.swift import SwiftConfig, SwiftGenerator
from gan_models.networks.vanilla import VanillaConfig, VanillaDiscriminator, VanillaGenerator


@dataclass(frozen=True)
class Family:
    """A config and the networks built from it; `task` says how the generator is called.

    `discriminator` is None where the generator is trained without one.
    """

    config: type
    generator: type[nn.Module]
    discriminator: type[nn.Module] | None
    task: str


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "vanilla": Family(VanillaConfig, VanillaGenerator, VanillaDiscriminator, "sample"),
        "dcgan": Family(DcganConfig, DcganGenerator, DcganDiscriminator, "sample"),
        "stylegan2": Family(Stylegan2Config, Stylegan2Generator, Stylegan2Discriminator, "sample"),
        "srgan": Family(SrganConfig, SrganGenerator, SrganDiscriminator, "upscale"),
        "esrgan": Family(EsrganConfig, EsrganGenerator, SrganDiscriminator, "upscale"),
        "swift": Family(SwiftConfig, SwiftGenerator, None, "upscale"),
        "pix2pix": Family(Pix2pixConfig, Pix2pixGenerator, Pix2pixDiscriminator, "translate"),
        "pix2pixhd": Family(Pix2pixhdConfig, Pix2pixhdGenerator, Pix2pixhdDiscriminator, "translate"),
        "cyclegan": Family(CycleganConfig, CycleganGenerator, CycleganDiscriminator, "translate"),
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
