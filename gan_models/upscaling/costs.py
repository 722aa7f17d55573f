"""What enlarging costs here: seconds and bytes an input pixel, and the tile that follows from them."""

import math
import time
from contextlib import nullcontext

import torch
from torch import Tensor, nn

from gan_models.machine import free_memory
from gan_models.pictures.photo import Turn
from gan_models.upscaling.tiles import LEAST_CORE, OVERLAP, Runner, Window, in_order
from gan_models.upscaling.upscaler import Upscaler

CORE = {"cpu": 256, "cuda": 768}
"""Input pixels a side that one step makes, where memory allows and the network does not look far."""
BUDGET = 1_500_000_000
"""Bytes that the maps of all windows under way may take, at most a quarter of what is free."""
PROBE = 64
"""Least side in pixels of the random picture that the calibration enlarges; as large as a real window is better."""
PATIENCE = 0.25
"""Seconds that one step of the calibration may take, about."""


def seconds_a_pixel(upscaler: Upscaler, bf16: bool, workers: int = 1, turn: Turn = nullcontext) -> float:
    """How long one input pixel takes one of `workers` while all are busy, found by enlarging random pictures.

    As large as a real window where PATIENCE allows: larger ones leave the cache and take longer a pixel (swift-x4:
    15 % from 96 to 288 pixels a side, measured). And all at once, since cores share memory and often more.
    """
    key = (upscaler.sha256, upscaler.device, bf16, workers, torch.get_num_threads())
    if key not in _SECONDS:
        runner = Runner(upscaler.network, upscaler.scale, upscaler.halo, upscaler.device, bf16)
        patient = math.isqrt(int(PATIENCE / _timed(runner, PROBE, 1, turn)))
        window = tile_for(upscaler, workers, bf16) + 2 * _reach(upscaler)
        _SECONDS[key] = _timed(runner, max(PROBE, min(patient, window)), workers, turn)
    return _SECONDS[key]


def _timed(runner: Runner, side: int, workers: int, turn: Turn) -> float:
    """Seconds a pixel of windows of this side, one for each worker, each inside `turn()`."""
    noise = torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(0)) * 2 - 1
    whole = Window((0, side, 0, side), (0, side, 0, side))
    read = lambda box: noise[:, :, box[0] : box[1], box[2] : box[3]]  # noqa: E731

    def tried(_: int) -> float:
        with turn():
            runner.core(read, whole, (side, side))  # the first one also chooses and compiles kernels
        with turn():
            start = time.perf_counter()
            runner.core(read, whole, (side, side))
            return time.perf_counter() - start

    return sum(in_order(tried, range(workers), workers)) / workers / side**2


def _reach(upscaler: Upscaler) -> int:
    """Input pixels that a window reads beyond each side of its core."""
    return upscaler.halo if upscaler.halo is not None and upscaler.exact else OVERLAP


def tile_for(upscaler: Upscaler, workers: int = 1, bf16: bool = False) -> int:
    """Input pixels a side that one step should make: as the network likes it, less where memory is short."""
    reach = _reach(upscaler)
    most = CORE.get(torch.device(upscaler.device).type, CORE["cpu"])
    budget = min(free_memory(upscaler.device) / 4, BUDGET if upscaler.device == "cpu" else math.inf) / workers
    side = math.isqrt(int(budget / bytes_a_pixel(upscaler) * (2 if bf16 else 1)))
    return max(2 * LEAST_CORE, min(max(most, 4 * reach), side - 2 * reach))


def bytes_a_pixel(upscaler: Upscaler) -> float:
    """About what the maps of an input pixel take in fp32: 2.5 times the largest layer's in and out (measured)."""
    if upscaler.sha256 not in _BYTES:
        side, most = 16, 0

        def note(layer: nn.Module, given: tuple, made: object) -> None:
            nonlocal most
            most = max(most, sum(4 * t.numel() for t in (*given, made) if isinstance(t, Tensor)))

        # A rearranged network calls none of its layers; the plain one within it takes no less.
        network = getattr(upscaler.network, "plain", upscaler.network)
        leaves = [layer for layer in network.modules() if not list(layer.children())]
        hooks = [layer.register_forward_hook(note) for layer in leaves]
        try:
            with torch.inference_mode():
                network(torch.zeros(1, 3, side, side, device=upscaler.device))
        finally:
            for hook in hooks:
                hook.remove()
        _BYTES[upscaler.sha256] = 2.5 * max(most, 4 * 3 * (upscaler.scale * side) ** 2) / side**2
    return _BYTES[upscaler.sha256]


_SECONDS: dict[tuple, float] = {}
_BYTES: dict[str, float] = {}
