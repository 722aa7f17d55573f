"""Networks that enlarge pictures, wherever they come from, and what one pixel costs them."""

import math
import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn

from gan_models.card import Card
from gan_models.errors import RequestError, first_line
from gan_models.fold import between, folded
from gan_models.loading import Model, Shelf, load
from gan_models.photo import Turn
from gan_models.tiles import LEAST_CORE, OVERLAP, WIDEST, Runner, Window, free_memory, in_order

CORE = {"cpu": 256, "cuda": 768}
"""Input pixels a side that one step makes, where memory allows and the network does not look far."""
BUDGET = 1_500_000_000
"""Bytes that the maps of all windows under way may take, at most a quarter of what is free."""
PROBE = 64
"""Least side in pixels of the random picture that the calibration enlarges; as large as a real window is better."""
PATIENCE = 0.25
"""Seconds that one step of the calibration may take, about."""
TWINS = {"srgan": "srresnet", "esrgan": "rrdb"}
"""Methods that invent, and the method of the pixel-loss twin that each was trained from."""


@dataclass(frozen=True)
class Upscaler:
    """A network ready to enlarge pictures.

    `halo`: how far it looks to each side in input pixels, None where it is not local; `more`: what a recipe
    says of it besides name and hash.
    """

    name: str
    sha256: str
    network: nn.Module
    scale: int
    halo: int | None
    licence: str
    device: str = "cpu"
    more: Mapping[str, object] = field(default_factory=dict)

    @property
    def exact(self) -> bool:
        """Whether tiles give what the whole picture in one piece would give."""
        return self.halo is not None and self.halo <= WIDEST

    @property
    def seams(self) -> str:
        """Why and how its tiles are blended, in a sentence; empty where they are exact."""
        if self.exact:
            return ""
        reach = "at the whole picture" if self.halo is None else f"{self.halo} pixels far"
        return f"{self.name} looks {reach}; tiles that read {OVERLAP} pixels around themselves fade into each other."

    def beyond(self, scale: float) -> str:
        """What a scale above the network's own means, in a sentence; empty up to it."""
        if scale <= self.scale:
            return ""
        return f"{self.name} enlarges {self.scale} times; from there to {scale:g} times nothing but bicubic is added."

    @staticmethod
    def of(model: Model) -> "Upscaler":
        """A weight of task "upscale", its batch norms folded; RequestError for a weight of another task."""
        check_task(model.card)
        return Upscaler._made(model, folded(model.drawing_generator), {})

    @staticmethod
    def mixed(faithful: Model, inventive: Model, fidelity: float) -> "Upscaler":
        """The network between two twins: `fidelity` 1 is the faithful one alone, 0 the inventive one."""
        if isinstance(fidelity, bool) or not isinstance(fidelity, int | float) or not 0 <= fidelity <= 1:
            raise RequestError(f"Fidelity is a number from 0 (inventive) to 1 (faithful), got {fidelity!r}.")
        for model in (faithful, inventive):
            check_task(model.card)
        network = between(inventive.drawing_generator, faithful.drawing_generator, fidelity)
        twin = {"weight": faithful.name, "sha256": faithful.sha256}
        return Upscaler._made(inventive, network, {"fidelity": fidelity, "twin": twin})

    @staticmethod
    def _made(model: Model, network: nn.Module, more: Mapping[str, object]) -> "Upscaler":
        field_side = model.drawing_generator.receptive_field
        halo = None if field_side is None else (field_side - 1) // 2
        scale, licence = model.drawing_generator.scale, model.card.licence
        return Upscaler(model.name, model.sha256, network, scale, halo, licence, str(model.device), more)

    @staticmethod
    def community(name: str, device: str = "cpu") -> "Upscaler":
        """A checkpoint of other people by its file or as user/repo:file (see `gan_models.community`)."""
        from gan_models.community import open_checkpoint

        found = open_checkpoint(name, device)
        # Of a file its name alone: a recipe travels with the picture, and tells nobody where this computer keeps what.
        shown = Path(name).name if Path(name).exists() else name
        more = {"community": shown}
        return Upscaler(shown, found.sha256, found.network, found.scale, found.halo, found.licence, device, more)


def check_task(card: Card) -> None:
    """RequestError for a weight that does not enlarge pictures."""
    if card.task != "upscale":
        raise RequestError(f"{card.name} has the task {card.task!r}; upscaling takes a weight of task 'upscale'.")


def check_device(device: str) -> None:
    """RequestError for a device that torch does not know or cannot use here."""
    try:
        torch.empty(0, device=device)
    # A name that torch does not know, a build without CUDA, no driver: each has its own type.
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise RequestError(f"The device {device!r} cannot be used here ({first_line(error)}); take cpu.") from None


def twin(card: Card, shelf: Shelf) -> Card | None:
    """The faithful twin of an inventive weight: same family and config, the method it was trained from."""
    wanted = TWINS.get(card.method)
    same = (c for c in shelf.cards() if c.method == wanted and (c.family, c.config) == (card.family, card.config))
    return next(same, None) if wanted else None


def open_upscaler(name: str, device: str = "cpu", fidelity: float | None = None) -> Upscaler:
    """Open a network by name, folder, Hub repository or checkpoint (a file, or user/repo:file).

    `fidelity` (0 to 1) mixes an inventive weight with its faithful twin, looked for beside it. Raises WeightError
    where nothing can be opened, RequestError for a weight of another task or one without a twin.
    """
    from gan_models.community import is_checkpoint

    check_device(device)
    if is_checkpoint(name) and not Path(name).is_dir():
        if fidelity is not None:
            raise RequestError(f"{name} has no twin to be mixed with; leave the fidelity out.")
        return Upscaler.community(name, device)
    model = load(name, device)
    if fidelity is None:
        return Upscaler.of(model)
    check_task(model.card)
    beside = Shelf([model.folder.parent])
    other = twin(model.card, beside)
    if other is None:
        raise RequestError(f"{model.name} has no faithful twin beside it; leave the fidelity out.")
    return Upscaler.mixed(load(beside.folder(other.name), device), model, fidelity)


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
    return upscaler.halo if upscaler.exact else OVERLAP


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
