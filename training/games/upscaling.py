"""What the trainings of upscalers share: their options, photographs and plan, and the pixel loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.errors import TrainingError
from training.data.crops import Crops
from training.data.degrade import RECIPES
from training.data.photos import Photos, held_out_photos, load_photos, with_smaller
from training.games.phases import Batch, Networks, Phase
from training.losses.adversarial import APART, Apart, Difference
from training.options import SAID, Common
from training.watching.crops import SHOWN_SIDE, CropWatch, watch_crops

SIDE = 24
PHOTOS = ("photos-bsds300.zip", "photos-t91.zip")
USUAL = {"batch": 16, "size": SIDE, "beta1": 0.9, "beta2": 0.99, "flip": "on"}
"""What is left open on the command line."""


@dataclass(frozen=True)
class UpscaleOptions(Common):
    """Options that every training of an upscaler has."""

    data: tuple[str, ...] = PHOTOS
    """Folders or zips of photographs."""
    size: Annotated[int | None, SAID] = None
    """Side of the low-resolution crops in pixels (default: 24)."""
    flip: Literal["auto", "on", "off"] = "auto"
    """Show crops turned and mirrored, too (auto: on)."""
    scale: Literal[2, 4] = 4
    """How many times as large the pictures become."""
    recipe: Literal["bicubic", "rescue"] = "bicubic"
    """How small pictures are made: by the book, or blurred, noisy and from JPEG files as in the wild."""
    difference: Difference = "absolute"
    """Of pixels, where the pixel loss alone counts: square leads to the mean of all that a damaged picture may show."""
    smaller: tuple[float, ...] = (0.8, 0.6)
    """Learn from the photographs at these shares of their size, too."""
    shown: Annotated[str | None, SAID] = None
    """Folder or zip of which the first three pictures are shown in the film (default: photographs held out)."""


@dataclass(frozen=True)
class UpscalePlan:
    """What an entry makes of the options: the networks and what happens in a step.

    A Plan (see `training.loop.plan`). `turns` are the phases; without `discriminator` only pixels are compared.
    """

    options: UpscaleOptions
    family: str
    method: str
    config: object
    generator: nn.Module
    turns: tuple[Phase, ...]
    discriminator: nn.Module | None = None
    optimizer: str = "adam"
    ships: str = ""
    """No network goes into the weight beside the generator: nothing on the page asks for it."""
    translation: None = None
    held_out: tuple[int, ...] = ()

    @property
    def networks(self) -> dict[str, nn.Module]:
        players = {"generator": self.generator, "discriminator": self.discriminator}
        return {name: network for name, network in players.items() if network is not None}

    def labels(self, data: Photos) -> list[str]:
        """None: upscalers know no classes."""
        return []

    def phases(self) -> tuple[Phase, ...]:
        """What happens within a step."""
        return self.turns

    def batches(self, learned: Photos, rank: int, world: int) -> Crops:
        """The crops of one of `world` processes."""
        options = self.options
        degrade = RECIPES[options.recipe]
        turns = options.flip == "on"
        return Crops(learned, options.scale, options.size, options.batch, options.seed, degrade, rank, turns)

    def watch(self, learned: Photos, kept: Photos, device: torch.device) -> CropWatch:
        """What is looked at meanwhile."""
        scale, degrade = self.options.scale, RECIPES[self.options.recipe]
        shown = load_photos([self.options.shown], SHOWN_SIDE * scale) if self.options.shown else kept
        middle = None if self.method == "esrgan" else 0.0
        return watch_crops(kept, scale, degrade, device, shown, middle)


def photographs(options: UpscaleOptions) -> tuple[Photos, Photos, Photos]:
    """All photographs of --data, those to learn from (with their smaller copies) and those held out."""
    if any(not 0 < share < 1 for share in options.smaller):
        raise TrainingError(f"--smaller is {' '.join(map(str, options.smaller))}; shares lie between 0 and 1.")
    least = (options.size or SIDE) * options.scale
    data = load_photos(options.data, least)
    learned, kept = held_out_photos(data)
    return data, with_smaller(learned, options.smaller, least), kept


def pixel_phase(options: UpscaleOptions) -> Phase:
    """The generator lowers the mean difference of pixels: absolute (Lim et al. 2017, section 3.3), or squared."""
    apart = APART[options.difference]
    return Phase("generator", "generator", lambda networks, batch: pixel_turn(networks, batch, apart))


def pixel_turn(networks: Networks, batch: Batch, apart: Apart) -> tuple[Tensor, Mapping[str, Tensor]]:
    """How far what is drawn of the low-resolution crops lies from the photographs."""
    generator = networks["generator"]
    if hasattr(generator, "unshuffled"):
        # The mean knows no places: comparing before the shuffle spares one of every twenty seconds.
        return apart(generator.unshuffled(batch.source), F.pixel_unshuffle(batch.images, generator.scale)), {}
    return apart(generator(batch.source), batch.images), {}
