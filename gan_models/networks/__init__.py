"""The families of networks: one table, written by hand, and the way from a card's words to a config."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

from torch import nn

from gan_models.errors import RequestError
from gan_models.networks.biggan import BigganConfig, BigganDiscriminator, BigganGenerator
from gan_models.networks.cartoon import CartoonConfig, CartoonDiscriminator, CartoonGenerator
from gan_models.networks.cyclegan import CycleganConfig, CycleganDiscriminator, CycleganGenerator
from gan_models.networks.dcgan import DcganConfig, DcganDiscriminator, DcganGenerator
from gan_models.networks.esrgan import EsrganConfig, EsrganGenerator
from gan_models.networks.gamegan import GameganConfig, GameganDiscriminator, GameganGenerator
from gan_models.networks.gametiles import GametilesConfig, GametilesGenerator
from gan_models.networks.gansynth import GansynthConfig, GansynthDiscriminator, GansynthGenerator
from gan_models.networks.inference import (
    faster_blocks,
    faster_dcgan,
    faster_pix2pix,
    faster_stylegan2,
    faster_swift,
)
from gan_models.networks.inpaint import InpaintConfig, InpaintDiscriminator, InpaintNetwork
from gan_models.networks.pix2pix import Pix2pixConfig, Pix2pixDiscriminator, Pix2pixGenerator
from gan_models.networks.pix2pixhd import Pix2pixhdConfig, Pix2pixhdDiscriminator, Pix2pixhdGenerator
from gan_models.networks.pose2person import Pose2personConfig, Pose2personDiscriminator, Pose2personGenerator
from gan_models.networks.progan import ProganConfig, ProganDiscriminator, ProganGenerator
from gan_models.networks.sagan import SaganConfig, SaganDiscriminator, SaganGenerator
from gan_models.networks.srgan import SrganConfig, SrganDiscriminator, SrganGenerator
from gan_models.networks.stackgan import StackganConfig, StackganDiscriminator, StackganGenerator
from gan_models.networks.style_transfer import StyleTransferConfig, StyleTransferGenerator
from gan_models.networks.stylegan import StyleganConfig, StyleganDiscriminator, StyleganGenerator
from gan_models.networks.stylegan2 import Stylegan2Config, Stylegan2Discriminator, Stylegan2Generator
from gan_models.networks.swift import SwiftConfig, SwiftGenerator
from gan_models.networks.vanilla import VanillaConfig, VanillaDiscriminator, VanillaGenerator
from gan_models.networks.wavegan import WaveganConfig, WaveganDiscriminator, WaveganGenerator


@dataclass(frozen=True)
class Family:
    """A config and the networks built from it; `task` says how the generator is called.

    `discriminator` is None where the generator is trained without one. `example_configs`: values of small configs,
    one for each way in which the family is built; the tests take their cases from here. `faster`: makes the form of
    a generator that draws one picture soonest on a CPU (see `inference`); by default the generator as it is.
    """

    config: type
    generator: type[nn.Module]
    discriminator: type[nn.Module] | None
    task: str
    example_configs: tuple[Mapping[str, object], ...]
    faster: Callable[[nn.Module], nn.Module] = lambda generator: generator


_STYLES = {"latent_dim": 24, "base": 512, "most": 16, "discriminator_base": 512}
_BLOCKS = {"size": 32, "base": 256, "most": 16, "discriminator_base": 256}
_SMALL_NOTES = {"width": 4, "profile": 8, "discriminator_width": 4, "most": 2}
_PATCHES = {"size": 32, "width": 8, "patch": 16, "discriminator_width": 8}

FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "vanilla": Family(
            VanillaConfig,
            VanillaGenerator,
            VanillaDiscriminator,
            "sample",
            ({}, {"size": 16, "channels": 3, "width": 16, "latent_dim": 7}),
        ),
        "dcgan": Family(
            DcganConfig,
            DcganGenerator,
            DcganDiscriminator,
            "sample",
            (
                {"size": 28, "channels": 1, "width": 16},
                {"size": 32, "width": 16, "discriminator_norm": "spectral"},
                {"size": 64, "width": 8, "upsampling": "resize", "discriminator_norm": "layer"},
                {"size": 128, "width": 8, "norm": "none", "discriminator_norm": "none", "dropout": 0.3},
                {"size": 28, "channels": 1, "width": 16, "classes": 10},
                {"size": 28, "channels": 1, "width": 16, "hidden": 24, "discriminator_norm": "none"},
                {"size": 28, "channels": 1, "width": 16, "dense": 24, "discriminator_norm": "layer"},
                {"size": 32, "width": 8, "classes": 3, "upsampling": "resize", "discriminator_norm": "spectral"},
            ),
            faster_dcgan,
        ),
        "sagan": Family(
            SaganConfig,
            SaganGenerator,
            SaganDiscriminator,
            "sample",
            ({**_BLOCKS, "latent_dim": 24},),
            faster_blocks,
        ),
        "biggan": Family(
            BigganConfig,
            BigganGenerator,
            BigganDiscriminator,
            "sample",
            ({**_BLOCKS, "piece": 6, "classes": 3, "embedding": 8},),
            faster_blocks,
        ),
        "progan": Family(
            ProganConfig,
            ProganGenerator,
            ProganDiscriminator,
            "sample",
            ({**_BLOCKS, "latent_dim": 24, "channels": 1, "classes": 3},),
        ),
        "stylegan": Family(
            StyleganConfig,
            StyleganGenerator,
            StyleganDiscriminator,
            "sample",
            ({**_BLOCKS, "latent_dim": 24, "w_dim": 16, "group": 0},),
        ),
        "stylegan2": Family(
            Stylegan2Config,
            Stylegan2Generator,
            Stylegan2Discriminator,
            "sample",
            (
                {**_STYLES, "size": 32, "w_dim": 16},
                {**_STYLES, "size": 64, "channels": 1, "group": 0},
                {**_STYLES, "size": 32, "classes": 3},
            ),
            faster_stylegan2,
        ),
        "stackgan": Family(
            StackganConfig,
            StackganGenerator,
            StackganDiscriminator,
            "sample",
            ({**_BLOCKS, "words": 9, "vector": 6, "sentence": 16, "latent_dim": 24, "augmented": 8},),
            faster_blocks,
        ),
        "srgan": Family(
            SrganConfig,
            SrganGenerator,
            SrganDiscriminator,
            "upscale",
            (
                {"width": 8, "blocks": 2, "judge_width": 4},
                {"scale": 2, "width": 8, "blocks": 1, "judge_width": 4},
                {"scale": 1, "width": 8, "blocks": 1, "judge_width": 4},
            ),
        ),
        "esrgan": Family(
            EsrganConfig,
            EsrganGenerator,
            SrganDiscriminator,
            "upscale",
            (
                {"width": 8, "growth": 4, "blocks": 1, "judge_width": 4},
                {"scale": 2, "width": 8, "growth": 4, "blocks": 1, "judge_width": 4},
                {"scale": 1, "width": 8, "growth": 4, "blocks": 1, "judge_width": 4},
            ),
        ),
        "swift": Family(
            SwiftConfig,
            SwiftGenerator,
            None,
            "upscale",
            (
                {"width": 16, "blocks": 2},
                {"scale": 2, "width": 16, "blocks": 1},
                {"scale": 3, "width": 16, "blocks": 0},
            ),
            faster_swift,
        ),
        "pix2pix": Family(
            Pix2pixConfig,
            Pix2pixGenerator,
            Pix2pixDiscriminator,
            "translate",
            (
                {**_PATCHES, "depth": 5},
                {
                    **_PATCHES,
                    "depth": 5,
                    "norm": "instance",
                    "upsampling": "resize",
                    "source_channels": 1,
                    "hints": True,
                },
                {
                    **_PATCHES,
                    "depth": 3,
                    "channels": 2,
                    "dropout": 0.0,
                    "patch": 34,
                    "discriminator_norm": "spectral",
                },
            ),
            faster_pix2pix,
        ),
        "pix2pixhd": Family(
            Pix2pixhdConfig,
            Pix2pixhdGenerator,
            Pix2pixhdDiscriminator,
            "translate",
            (
                {**_PATCHES, "halvings": 2, "blocks": 1, "scales": 2},
                {
                    **_PATCHES,
                    "halvings": 2,
                    "blocks": 1,
                    "scales": 1,
                    "enhancer": True,
                    "enhancer_blocks": 1,
                    "hints": True,
                    "upsampling": "resize",
                    "discriminator_norm": "none",
                },
            ),
        ),
        "cyclegan": Family(
            CycleganConfig,
            CycleganGenerator,
            CycleganDiscriminator,
            "translate",
            (
                {**_PATCHES, "blocks": 1},
                {
                    **_PATCHES,
                    "blocks": 2,
                    "norm": "batch",
                    "upsampling": "resize",
                    "channels": 1,
                    "discriminator_norm": "batch",
                },
            ),
        ),
        "style-transfer": Family(
            StyleTransferConfig,
            StyleTransferGenerator,
            None,
            "translate",
            ({"size": 32, "width": 8, "blocks": 1, "signal": 8},),
        ),
        "cartoon": Family(
            CartoonConfig,
            CartoonGenerator,
            CartoonDiscriminator,
            "translate",
            ({"size": 32, "width": 8, "blocks": 2, "discriminator_width": 8, "patch": 16},),
        ),
        "inpaint": Family(
            InpaintConfig,
            InpaintNetwork,
            InpaintDiscriminator,
            "repair",
            ({"size": 64, "width": 16, "blocks": 2, "discriminator_width": 8},),
        ),
        "gamegan": Family(
            GameganConfig,
            GameganGenerator,
            GameganDiscriminator,
            "play",
            ({"width": 8, "deep": 8, "discriminator_width": 8},),
        ),
        "gametiles": Family(
            GametilesConfig,
            GametilesGenerator,
            GameganDiscriminator,
            "play",
            ({"width": 8, "blocks": 1, "discriminator_width": 8},),
        ),
        "pose2person": Family(
            Pose2personConfig,
            Pose2personGenerator,
            Pose2personDiscriminator,
            "pose",
            ({"size": 32, "patch": 16, "signal": 4, "width": 8, "ground_width": 8, "discriminator_width": 8},),
        ),
        "wavegan": Family(
            WaveganConfig,
            WaveganGenerator,
            WaveganDiscriminator,
            "sound",
            ({"length": 2048, "latent_dim": 20, "classes": 3, "width": 4, "discriminator_width": 4},),
        ),
        "gansynth": Family(
            GansynthConfig,
            GansynthGenerator,
            GansynthDiscriminator,
            "sound",
            ({"length": 8192, "latent_dim": 20, "classes": 13, "lowest": 60, **_SMALL_NOTES},),
        ),
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
    known: dict[str, Any] = {field.name: field.type for field in fields(config)}
    for key, value in values.items():
        if key not in known:
            raise RequestError(f"The config of {name!r} has no field {key!r}; it has {', '.join(known)}.")
        allowed = (int, float) if known[key] is float else (known[key],)
        if type(value) not in allowed:
            expected = known[key].__name__
            raise RequestError(f"{key} is {value!r}; the config of {name!r} takes a value of type {expected}.")
    return config(**values)
