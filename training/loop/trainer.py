"""The one loop: phases in turn, the average, the log, the checkpoint.

Every step begins with a seed made of the run's seed, the step and the process, so that latents, dropout and
augmentation are a function of the step alone. A run that was killed and goes on from its checkpoint therefore
arrives at the same weights, bit for bit, as one that was not.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import torch
from accelerate import Accelerator
from accelerate.utils import broadcast, broadcast_object_list
from torch import Tensor, nn
from torch.optim import Optimizer

from gan_models.errors import TrainingError, last_line
from training.games.phases import Batch, Phase
from training.loop.ema import Ema
from training.loop.monitor import Monitor, grid_due
from training.run import Run

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Ctrl-C, the system, and a terminal that is closed."""


class Source(Protocol):
    """Where batches come from: a pure function of the step, so that a resumed run needs no state of it."""

    batch: int

    def at(self, step: int) -> tuple[Tensor | None, ...]:
        """(images, labels), or (images, labels, source), of a step from 0; `batch` pictures."""


@dataclass(frozen=True)
class Schedule:
    """When to stop and save; `seconds` counts over all resumes, `cool_down` is a share of the whole."""

    seed: int = 0
    steps: int | None = None
    seconds: float | None = None
    save_every: float = 60.0
    cool_down: float = 0.0

    def progress(self, step: int, seconds: float) -> float:
        """How much of the training is done, 0 to 1; 0 when no end was given."""
        by_steps = step / self.steps if self.steps else 0.0
        return max(by_steps, seconds / self.seconds if self.seconds else 0.0)


@dataclass
class Players:
    """What a checkpoint holds: networks and optimizers by name, the generator's average, the clock."""

    networks: Mapping[str, nn.Module]
    optimizers: Mapping[str, Optimizer]
    ema: Ema
    averages: str = "generator"
    step: int = 0
    images: int = 0
    seconds: float = 0.0

    def state(self) -> dict:
        """Tensors and plain values only, so that it can be read back without running code."""
        return {
            "networks": {name: network.state_dict() for name, network in self.networks.items()},
            "optimizers": {name: optimizer.state_dict() for name, optimizer in self.optimizers.items()},
            "ema": self.ema.state_dict(),
            "step": self.step,
            "images": self.images,
            "seconds": self.seconds,
        }

    def restore(self, state: Mapping) -> None:
        """Go on from `state`; TrainingError when it belongs to other networks."""
        try:
            for name, network in self.networks.items():
                network.load_state_dict(state["networks"][name])
            for name, optimizer in self.optimizers.items():
                optimizer.load_state_dict(state["optimizers"][name])
            self.ema.load_state_dict(state["ema"])
            self.step, self.images, self.seconds = int(state["step"]), int(state["images"]), float(state["seconds"])
        # Whatever may stand in its place in a file that is not ours.
        except (KeyError, RuntimeError, ValueError, TypeError, AttributeError, IndexError) as error:
            raise TrainingError(
                f"The checkpoint does not fit these networks ({last_line(error)}); give a new folder to --run."
            ) from None


def train(
    run: Run,
    players: Players,
    phases: Sequence[Phase],
    batches: Source,
    settings: Schedule,
    accelerator: Accelerator,
    monitor: Monitor | None = None,
) -> Players:
    """Train until the end that `settings` name or a signal; what was reached is in the run folder.

    `monitor` is None on all processes but the main one. Raises TrainingError when a loss or gradient is no
    longer finite; the last good checkpoint stays.
    """
    resume(run, players, accelerator)
    clock = Clock(players.seconds)
    turns = max(phase.repeat for phase in phases)
    if monitor:
        monitor.begin(players.images, players.seconds, players.step)
        if not players.step:
            monitor.grid(0, players.ema.module)
    with asked_to_leave() as leaving:
        while not finished(players, settings, leaving, accelerator):
            torch.manual_seed(mix(settings.seed, players.step, accelerator.process_index))
            cool(players.optimizers, settings, players)
            drawn = {}
            for phase in phases:
                for turn in range(phase.repeat if players.step % phase.every == 0 else 0):
                    if turn not in drawn:
                        parts = batches.at(players.step * turns + turn)
                        drawn[turn] = to_batch(parts, accelerator.device, players.images)
                    numbers = update(phase, players, drawn[turn], accelerator)
                    if monitor:
                        monitor.add(numbers)
            agree_on_buffers(players.networks, accelerator)
            before, seen = players.images, batches.batch * turns * accelerator.num_processes
            players.ema.update(players.networks[players.averages], seen)
            players.step, players.images = players.step + 1, before + seen
            players.seconds = main_clock(clock, accelerator)
            if monitor:
                monitor.step(players.step, players.images, players.seconds, players.networks, players.ema.module)
                if grid_due(before, players.images):
                    monitor.grid(players.images, players.ema.module)
                if clock.since_save() >= settings.save_every:
                    save(run, players, clock)
    if monitor:
        save(run, players, clock)
        monitor.grid(players.images, players.ema.module)
        monitor.end()
    accelerator.wait_for_everyone()
    return players


def update(phase: Phase, players: Players, batch: Batch, accelerator: Accelerator) -> dict[str, float]:
    """One update of one network; numbers for the log. TrainingError names step and network if not finite."""
    for name, optimizer in players.optimizers.items():
        for parameter in parameters_of(optimizer):
            parameter.requires_grad_(name == phase.updates)
    network, optimizer = players.networks[phase.updates], players.optimizers[phase.updates]
    optimizer.zero_grad(set_to_none=True)
    with accelerator.autocast():
        loss, extra = phase.loss(players.networks, batch)
    accelerator.backward(loss)
    norm = agree_on_gradients(optimizer, accelerator)
    numbers = {f"loss/{phase.name}": loss.item(), f"grad/{phase.updates}": norm}
    for name, value in numbers.items():
        if not abs(value) < float("inf"):
            raise TrainingError(
                f"At step {players.step + 1} the {name.partition('/')[0]} of the {phase.updates} became {value} "
                f"(phase {phase.name}). The checkpoint of an earlier step stays; "
                "lower the learning rates or use --precision fp32."
            )
    optimizer.step()
    if phase.after:
        phase.after(network)
    return numbers | {f"{phase.updates}/{name}": float(value) for name, value in extra.items()}


def parameters_of(optimizer: Optimizer) -> Iterator[nn.Parameter]:
    for group in optimizer.param_groups:
        yield from group["params"]


def agree_on_gradients(optimizer: Optimizer, accelerator: Accelerator) -> float:
    """Average the gradients over all processes; the norm of the average.

    Done by hand rather than by DistributedDataParallel, which cannot see through several forward passes and
    gradient penalties in one update.
    """
    gradients = [p.grad for p in parameters_of(optimizer) if p.grad is not None]
    if accelerator.num_processes > 1:
        average(gradients, accelerator)
    return torch.stack(torch._foreach_norm(gradients)).norm().item()


def agree_on_buffers(networks: Mapping[str, nn.Module], accelerator: Accelerator) -> None:
    """Average running statistics over all processes, so that every one of them holds the same networks.

    Batch norms' and those that a module names in `statistics`. No other buffers: they are constants, or follow from the
    weights, which are the same everywhere (the vectors of spectral norm, which would lose their length besides), or
    are a process's own (CycleGAN's history).
    """
    if accelerator.num_processes == 1:
        return
    modules = (module for network in networks.values() for module in network.modules())
    if statistics := [getattr(module, name) for module in modules for name in statistics_of(module)]:
        average(statistics, accelerator)


def statistics_of(module: nn.Module) -> tuple[str, ...]:
    """Names of the buffers in which a module keeps what it has seen so far."""
    if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
        return "running_mean", "running_var"
    return getattr(module, "statistics", ())


def average(tensors: list[Tensor], accelerator: Accelerator) -> None:
    """Put the mean over all processes into each of the tensors, by one exchange."""
    flat = accelerator.reduce(torch.cat([tensor.flatten() for tensor in tensors]), "mean")
    parts = flat.split([tensor.numel() for tensor in tensors])
    torch._foreach_copy_(tensors, [part.view_as(tensor) for tensor, part in zip(tensors, parts)])


def resume(run: Run, players: Players, accelerator: Accelerator) -> None:
    """Go on from the run's checkpoint, if any; otherwise every process takes the first one's weights.

    The main process reads it for all: on several machines no other has the run folder.
    """
    state = run.load_checkpoint() if accelerator.is_main_process else None
    if accelerator.num_processes > 1:
        (state,) = broadcast_object_list([state])
    if state is not None:
        players.restore(state)
    elif accelerator.num_processes > 1:
        for module in (*players.networks.values(), players.ema.module):
            for tensor in module.state_dict().values():
                tensor.copy_(broadcast(tensor))
    if accelerator.is_main_process:
        run.forget_after(players.step, players.images)


def finished(players: Players, settings: Schedule, leaving: Callable[[], bool], accelerator: Accelerator) -> bool:
    """Whether any process has reached the end or was asked to leave; all of them decide alike."""
    done = leaving() or settings.progress(players.step, players.seconds) >= 1
    if accelerator.num_processes == 1:
        return done
    return bool(accelerator.reduce(torch.tensor(float(done), device=accelerator.device), "sum").item())


def main_clock(clock: Clock, accelerator: Accelerator) -> float:
    """The main process's training time: by clocks of their own, the processes' learning rates would differ."""
    seconds = clock.seconds()
    if accelerator.num_processes == 1:
        return seconds
    return broadcast(torch.tensor(seconds, dtype=torch.float64, device=accelerator.device)).item()


def cool(optimizers: Mapping[str, Optimizer], settings: Schedule, players: Players) -> None:
    """Set this step's learning rates: full until the last `cool_down`, then in a line to zero."""
    left = 1 - settings.progress(players.step, players.seconds)
    share = min(1.0, max(0.0, left) / settings.cool_down) if settings.cool_down else 1.0
    for optimizer in optimizers.values():
        for group in optimizer.param_groups:
            group["lr"] = group.setdefault("initial_lr", group["lr"]) * share


def save(run: Run, players: Players, clock: Clock) -> None:
    """Write the checkpoint; where a weight is not finite TrainingError, and the old one stays."""
    for name, network in players.networks.items():
        for key, tensor in network.state_dict().items():
            if not bool(torch.isfinite(tensor).all()):
                raise TrainingError(
                    f"At step {players.step} {key} of the {name} is no longer finite. An earlier checkpoint "
                    "step stays; lower the learning rates or use --precision fp32."
                )
    run.save_checkpoint(players.state())
    clock.saved()


class Clock:
    """Training time over all resumes, and the time since the last checkpoint, in seconds."""

    def __init__(self, before: float):
        self.before, self.start = before, time.perf_counter()
        self.last_save = self.start

    def seconds(self) -> float:
        return self.before + time.perf_counter() - self.start

    def since_save(self) -> float:
        return time.perf_counter() - self.last_save

    def saved(self) -> None:
        self.last_save = time.perf_counter()


@contextmanager
def asked_to_leave() -> Iterator[Callable[[], bool]]:
    """Turn the first of SIGNALS into a question asked after each step; a second ends at once."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return

    def note(number: int, frame: object) -> None:
        asked.set()
        signal.signal(number, before[number])

    # nohup lets a terminal close without a word; that stays so.
    hears = [n for n in SIGNALS if n in SIGNALS[:2] or signal.getsignal(n) is not signal.SIG_IGN]
    before = {number: signal.signal(number, note) for number in hears}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def to_batch(parts: tuple[Tensor | None, ...], device: torch.device, before: int = 0) -> Batch:
    """(images, labels) or (images, labels, source) as a batch on the device, pictures in channels_last.

    `before`: pictures seen before the step.
    """
    images, labels, source = (*parts, None)[:3]
    images, source = (
        None if x is None else x.to(device, memory_format=torch.channels_last, non_blocking=True)
        for x in (images, source)
    )
    return Batch(images, None if labels is None else labels.to(device), source, before=before)


def mix(*numbers: int) -> int:
    """A 63-bit seed from several integers (splitmix64's finisher): neighbours give unrelated seeds."""
    state = 0
    for number in numbers:
        state = (state + number + 0x9E3779B97F4A7C15) % 2**64
        state = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        state = (state ^ state >> 27) * 0x94D049BB133111EB % 2**64
        state ^= state >> 31
    return state >> 1
