"""What a running training tells: log, bar, grids, TensorBoard, doctor. None of it may stop a step."""

from __future__ import annotations

import sys
import time
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict

from torch import nn
from tqdm import tqdm

from training.doctor import Doctor, Flags
from training.run import Run, identity, span
from training.watching.latents import Watch

FIRST_GRID = 64
GROWTH = 1.35
PULSE = 1.0
"""Seconds between two pulses."""
WINDOW = 8
"""Pulses over which their speed is taken."""


class Monitor:
    """Collects the numbers of each step and writes a row every `log_every` steps.

    `flags` are the training's options, of which `log_every`, `steps` and `minutes` (either may be None) matter here
    and all to the doctor; only the main process makes one.
    """

    def __init__(self, run: Run, watch: Watch, flags: Flags):
        self.run, self.watch, self.log_every, self.steps = run, watch, flags["log_every"], flags["steps"]
        self.seconds = None if flags["minutes"] is None else flags["minutes"] * 60
        self.sums: dict[str, float] = defaultdict(float)
        self.counts: dict[str, int] = defaultdict(int)
        self.failed: set[str] = set()
        self.doctor, self.remark, self.board, self.bar = Doctor(flags), "", None, None
        self.last = (0, 0.0)
        self.now, self.pulsed = (0, 0, 0.0), 0.0
        self.recent: deque[tuple[int, float]] = deque(maxlen=WINDOW)

    def begin(self, images: int, seconds: float, step: int) -> None:
        """Open the bar where the training stands and let the doctor read what is in the log already."""
        self.last, self.now = (images, seconds), (step, images, seconds)
        self.pulse("training")
        with self.guarded("doctor"):
            for row in self.run.rows():
                self.doctor.look(row)
        # Whoever wants it installs it: that it is not there is no failure.
        with self.guarded("TensorBoard"), suppress(ImportError):
            from torch.utils.tensorboard import SummaryWriter

            self.board = SummaryWriter(str(self.run.folder / "tensorboard"), purge_step=step or None)
        shown = sys.stderr.isatty()
        self.bar = tqdm(
            total=self.steps,
            initial=step,
            unit="step",
            mininterval=0.5 if shown else 30,
            dynamic_ncols=shown,
            bar_format="{desc} {n_fmt}/{total_fmt} {bar:12} {postfix}" if self.steps else "{desc} {n_fmt} {postfix}",
        )
        self.bar.set_description(self.run.name)

    def add(self, numbers: Mapping[str, float]) -> None:
        """Take one update's numbers into the mean of the next row."""
        for name, value in numbers.items():
            self.sums[name] += value
            self.counts[name] += 1

    def step(self, step: int, images: int, seconds: float, networks: Mapping[str, nn.Module], shown: nn.Module) -> None:
        """After each step: a row or a pulse when one is due, the bar always."""
        self.now = (step, images, seconds)
        if time.monotonic() - self.pulsed >= PULSE:
            self.pulse("training")
        if step % self.log_every == 0:
            self.row(step, images, seconds, networks, shown)
        with self.guarded("bar"):
            self.bar.update(1)

    def row(self, step: int, images: int, seconds: float, networks: Mapping[str, nn.Module], shown: nn.Module) -> None:
        """Measure, log, and let the doctor look."""
        (images_before, seconds_before), self.last = self.last, (images, seconds)
        row: dict[str, float] = {"step": step, "images": images, "seconds": round(seconds, 3)}
        row["rate"] = round((images - images_before) / max(seconds - seconds_before, 1e-9), 2)
        row |= {name: total / self.counts[name] for name, total in self.sums.items()}
        self.sums.clear()
        self.counts.clear()
        with self.guarded("measures"):
            row |= self.watch.measure(networks, shown)
        with self.guarded("log"):
            self.run.append({name: rounded(value) for name, value in row.items()})
        with self.guarded("TensorBoard"):
            self.to_board(row)
        with self.guarded("doctor"):
            self.consult(row)
        with self.guarded("bar"):
            self.bar.set_postfix_str(self.line(row))

    def pulse(self, state: str) -> None:
        """Say where the training stands, also between two rows: `state` is training, finished, stopped or failed."""
        step, images, seconds = self.now
        self.pulsed = time.monotonic()
        self.recent.append((images, seconds))
        before, then = self.recent[0]
        rate = (images - before) / (seconds - then) if seconds > then else 0.0
        stands = {"step": step, "images": images, "seconds": round(seconds, 2), "rate": round(rate, 2), "state": state}
        with self.guarded("pulse"):
            self.run.write_pulse(stands | identity())

    def consult(self, row: Mapping[str, float]) -> None:
        """Write down and say what the doctor newly remarks."""
        for remark in self.doctor.look(row):
            self.run.append_remark(asdict(remark) | {"time": round(time.time())})
            self.remark = remark.name
            self.bar.write(remark.sentence())

    def stopped(self, step: int, why: str) -> None:
        """The last words of a training that could not go on, for whoever looks into its folder later."""
        self.end("failed")
        with self.guarded("doctor"):
            remark = {"step": step, "name": "the training stopped", "reason": why, "advice": ""}
            self.run.append_remark(remark | {"time": round(time.time())})

    def to_board(self, row: Mapping[str, float]) -> None:
        for name, value in row.items() if self.board else ():
            self.board.add_scalar(name, value, int(row["step"]))

    def line(self, row: Mapping[str, float]) -> str:
        """What stands behind the bar: rate, losses, time left, the doctor's latest remark."""
        parts = [f"{row['rate']:.0f} images/s"]
        parts += [f"{n.removeprefix('loss/')} {v:.3g}" for n, v in row.items() if n.startswith("loss/")]
        parts.append(f"{span(self.left(row))} left")
        return ", ".join(parts) + (f" | doctor: {self.remark}" if self.remark else "")

    def left(self, row: Mapping[str, float]) -> float:
        """Seconds until the end, by the pace so far."""
        ends = [] if self.seconds is None else [self.seconds - row["seconds"]]
        if self.steps is not None:
            ends.append((self.steps - row["step"]) * row["seconds"] / max(row["step"], 1))
        return max(0.0, min(ends, default=0.0))

    def grid(self, images: int, shown: nn.Module) -> None:
        """Write the fixed latents' pictures into the run folder."""
        with self.guarded("grid"):
            self.run.write_grid(images, self.watch.grid(shown))

    def end(self, state: str = "") -> None:
        """Say how it ended (by default: finished or stopped), close the bar and TensorBoard's file."""
        step, _, seconds = self.now
        reached = (self.steps is not None and step >= self.steps) or (
            self.seconds is not None and seconds >= self.seconds
        )
        self.pulse(state or ("finished" if reached else "stopped"))
        with self.guarded("bar"):
            if self.bar is not None:  # a training that could not even begin has none
                self.bar.close()
        with self.guarded("TensorBoard"):
            if self.board:
                self.board.close()

    @contextmanager
    def guarded(self, what: str) -> Iterator[None]:
        """Whatever goes wrong inside is said once and otherwise ignored: looking never costs a training."""
        try:
            yield
        except Exception as error:
            if what not in self.failed:
                self.failed.add(what)
                with suppress(OSError):  # the terminal is closed
                    print(f"The {what} of this training failed and is left out: {error!r}", file=sys.stderr)


def grid_due(before: int, now: int) -> bool:
    """Whether a moment of the film lies in (before, now] images: 64, 86, 117, ... each 1.35 times the last.

    A run of 100,000 images then has 24 grids, one of 5 million 37, dense at the beginning where most changes.
    """
    moment = float(FIRST_GRID)
    while moment <= before:
        moment *= GROWTH
    return moment <= now


def rounded(value: float) -> float:
    """Six digits are plenty for a curve."""
    return value if isinstance(value, int) else float(f"{value:.6g}")
