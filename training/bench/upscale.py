"""How fast upscaling is: a swift network beside spandrel's RRDB-23 and compact network, and its bare convolutions."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.errors import TrainingError
from gan_models.loading import load
from gan_models.networks.inference import faster_swift
from gan_models.networks.swift import SwiftConfig, SwiftGenerator
from gan_models.pictures.photo import Photo
from gan_models.upscale import Order, upscale
from gan_models.upscaling.upscaler import Upscaler
from training.loop.start import wants_bf16
from training.losses.torchvision import import_torchvision
from training.options import SAID

RRDB_BAR, COMPACT_BAR, BARE_BAR = 16.0, 1.0, 0.6


@dataclass(frozen=True)
class Upscale:
    """Seconds that one picture x4 takes, all networks in one run on the same input in the same precision."""

    weight: Annotated[str | None, SAID] = None
    """Name or folder of a swift weight (default: the network of the preset swift-x4, untrained)."""
    side: int = 512
    """Side of the input in pixels."""
    rounds: int = 5
    """Measurements of each; they take turns and the medians are compared."""


def measure_upscale(options: Upscale) -> None:
    """Print seconds, megapixels per second and the three ratios."""
    bf16 = wants_bf16("auto")
    plain = load(options.weight).generator if options.weight else SwiftGenerator(SwiftConfig())
    if not isinstance(plain, SwiftGenerator):
        raise TrainingError(f"{options.weight} is of another family than swift; its speed is not what is promised.")
    images = torch.rand(1, 3, options.side, options.side) * 2 - 1
    images = images.contiguous(memory_format=torch.channels_last)
    dense, compact = rivals(plain.scale)
    network = faster_swift(ready(plain))
    works = {
        "swift": drawing(network, images, bf16),
        "the same, by tiles": by_tiles(network, options.side, bf16),
        "its bare convolutions": bare(plain, options.side, bf16),
        "spandrel's compact": drawing(ready(compact), images, bf16),
        "spandrel's RRDB-23": drawing(ready(dense), images, bf16),
    }
    seconds = take_turns(works, options.rounds)
    pixels = (options.side * plain.scale) ** 2 / 1e6
    precision, threads = "bf16" if bf16 else "fp32", torch.get_num_threads()
    print(f"{options.side} px to {options.side * plain.scale} px, {precision}, {threads} threads")
    for name, taken in seconds.items():
        print(f"{name:<24}{taken:8.3f} s {pixels / taken:8.2f} megapixels/s")
    ours = seconds["swift"]
    say("times as fast as RRDB-23", seconds["spandrel's RRDB-23"] / ours, RRDB_BAR)
    say("times as fast as compact", seconds["spandrel's compact"] / ours, COMPACT_BAR)
    say("share of its bare loop", seconds["its bare convolutions"] / ours, BARE_BAR)


def rivals(scale: int) -> tuple[nn.Module, nn.Module]:
    """RRDB-23 (Real-ESRGAN x4plus) and the compact network of 1.2 M parameters, as spandrel builds them."""
    import_torchvision()
    try:
        from spandrel.architectures.Compact import Compact
        from spandrel.architectures.ESRGAN import ESRGAN
    except ImportError:
        raise TrainingError("This bench compares with spandrel, which is not installed: pip install spandrel") from None
    return ESRGAN(scale=scale), Compact(num_feat=64, num_conv=32, upscale=scale, act_type="prelu")


def ready(network: nn.Module) -> nn.Module:
    """The network as it is used: evaluated, frozen, channels last."""
    return network.eval().requires_grad_(False).to(memory_format=torch.channels_last)


def drawing(network: nn.Module, images: Tensor, bf16: bool) -> Callable[[], object]:
    """One picture, whole."""

    def work() -> Tensor:
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            return network(images)

    return work


def by_tiles(network: nn.Module, side: int, bf16: bool) -> Callable[[], object]:
    """What the page and the command do: a picture of levels to one of levels, in exact tiles."""
    levels = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    halo = (network.receptive_field - 1) // 2
    upscaler = Upscaler("bench", "bench", network, network.scale, halo, "")
    return partial(upscale, upscaler, Photo(levels), Order(network.scale, bf16=bf16), large=True)


def bare(network: SwiftGenerator, side: int, bf16: bool) -> Callable[[], object]:
    """The network's convolutions on maps made beforehand, nothing between them."""
    dtype = torch.bfloat16 if bf16 else torch.float32
    form = {"dtype": dtype, "memory_format": torch.channels_last}
    layers = [layer for layer in network.modules() if isinstance(layer, nn.Conv2d)]
    maps = {count: torch.rand(1, count, side, side).to(**form) for count in {layer.in_channels for layer in layers}}
    kernels = [(maps[layer.in_channels], layer.weight.to(**form), layer.bias.to(dtype)) for layer in layers]

    def work() -> None:
        with torch.inference_mode():
            for x, weight, bias in kernels:
                F.conv2d(x, weight, bias, padding=1)

    return work


def take_turns(works: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median seconds of each after one round to warm up."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            taken[name] += [time.perf_counter() - start] if number else []
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def say(what: str, reached: float, bar: float) -> None:
    """One ratio with its bar."""
    print(f"{what:<28}{reached:8.2f}, bar {bar:.2f}: {'kept' if reached >= bar else 'missed'}")
