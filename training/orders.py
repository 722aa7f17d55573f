"""Trainings that somebody ordered, the page mostly: begun one at a time as processes of their own, in their turn.

An order lies in its run folder as order.json, so that a page that is started again finds what it had begun and what
still waits. The training is the entry's own command line. Torch-free: the page imports it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

from gan_models.errors import TrainingError
from gan_models.files import contents, write_atomically
from gan_models.shell import HOME, command
from training.run import MOST_PULSE, Run, identity, lives, runs_in

Wish = Literal["run", "pause", "stop", "over"]
"""What is wanted: that it runs in its turn, that it rests and keeps its turn, that it ends; or it has ended."""
ENTRIES = (
    *("train_dcgan", "train_stylegan2", "train_sagan", "train_biggan", "train_progan", "train_stylegan"),
    *("train_wgan", "train_vanilla", "train_pix2pix", "train_cyclegan"),
)
SAID = "said.txt"
"""What the process said, in its run folder."""
MOST_SAID = 4000
NICE = 10
"""How far a training stands back behind other processes: at 10 it gets a tenth of a core that is wanted by all."""
MOST_MINUTES = 7 * 24 * 60


@dataclass(frozen=True)
class Order:
    """entry: a module of ENTRIES; flags: of its command line without --run and --minutes; asked: seconds since the
    epoch by which turns are taken; known: the `identity` of the process that was begun, {} before."""

    entry: str
    flags: tuple[str, ...]
    minutes: float
    asked: float
    wish: Wish = "run"
    known: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""
    """Why it ended before its time, in a sentence."""

    def words(self, folder: Path) -> list[str]:
        """The command's words behind `python -m`."""
        run = ["--minutes", f"{self.minutes:g}", "--run", str(folder)]
        return [f"training.{self.entry}", *self.flags, *run]

    def line(self, folder: Path) -> str:
        """The command, for a terminal."""
        return command(self.words(folder))


def read(run: Run) -> Order | None:
    """The run's order; None where it has none that training here wrote."""
    try:
        said = json.loads(contents(run.order_path, MOST_PULSE))
        order = Order(**{**said, "flags": tuple(said["flags"])})
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    plain = isinstance(order.minutes, int | float) and isinstance(order.asked, int | float)
    words = all(isinstance(word, str) for word in (*order.flags, order.why)) and isinstance(order.known, dict)
    return order if plain and words and order.entry in ENTRIES and order.wish in get_args(Wish) else None


def write(run: Run, order: Order) -> None:
    """Put an order into its run folder; TrainingError where the disk takes none."""
    try:
        write_atomically(run.order_path, json.dumps(asdict(order), indent=1, ensure_ascii=False).encode() + b"\n")
    except OSError as error:
        raise TrainingError(f"{run.folder.name} cannot be written ({error.strerror}); make room first.") from None


def is_live(run: Run) -> bool:
    """Whether a process trains in the folder now, or is about to, whoever began it."""
    order = read(run)
    return bool(order and lives(order.known)) or (run.pulse().get("state") == "training" and lives(run.pulse()) is True)


def begin(run: Run, order: Order, spare: int = 1) -> subprocess.Popen:
    """Start the order's process, which gives way to others, on all cores but `spare`; note which one it is."""
    threads = max(1, cores() - spare)
    setting = os.environ | {"OMP_NUM_THREADS": str(threads), "PYTHONUNBUFFERED": "1"}
    run.folder.mkdir(parents=True, exist_ok=True)
    with (run.folder / SAID).open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", *order.words(run.folder.resolve())],
            cwd=HOME, env=setting, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
            **apart(),
        )  # fmt: skip
    stand_back(process.pid)
    write(run, replace(order, known=identity(process.pid), why=""))
    return process


def apart() -> dict[str, Any]:
    """How a process is begun that lives on when this one ends, and on Windows stands back."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.BELOW_NORMAL_PRIORITY_CLASS}
    return {"start_new_session": True}


def stand_back(process: int) -> None:
    """Let a process that was just begun give way to others.

    Linux weighs the processes of a session by their niceness among each other alone; where it groups sessions
    (autogroup, on desktops), the group of the new session has a niceness of its own, which counts against others.
    """
    if sys.platform == "win32":
        return
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, process, NICE)
    with suppress(OSError):
        Path(f"/proc/{process}/autogroup").write_text(str(NICE))


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def leave(run: Run) -> None:
    """Ask the folder's process to save and go; nothing where none lives."""
    order = read(run)
    for known in (order.known if order else {}, run.pulse()):
        if lives(known):
            with suppress(OSError):
                os.kill(known["process"], signal.SIGTERM)
            return


def last_words(run: Run) -> str:
    """The sentence of the error by which the process ended, "" where it said none."""
    try:
        with (run.folder / SAID).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - MOST_SAID))
            return error_in(file.read().decode(errors="replace"))
    except OSError:
        return ""


def error_in(text: str) -> str:
    """The sentence of the last error in what a command said, "" where there is none."""
    lines = text.splitlines()
    said = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    return said[-1] if said else next((line for line in reversed(lines) if "Error" in line), "")


class Queue:
    """The orders of a folder of runs, of which one is carried out at a time."""

    def __init__(self, runs: Path) -> None:
        self.runs = runs
        self._begun: dict[str, subprocess.Popen] = {}

    def orders(self) -> dict[Run, Order]:
        """All orders, in their turn."""
        found = {run: order for run in runs_in(self.runs) if (order := read(run))}
        return dict(sorted(found.items(), key=lambda pair: pair[1].asked))

    def turn(self) -> None:
        """Note what has ended, and begin the next where nothing trains and nothing that rests keeps its turn."""
        for name in [name for name, process in self._begun.items() if process.poll() is not None]:
            del self._begun[name]
        with self._alone() as alone:
            if not alone:
                return
            for run, order in self.orders().items():
                if order.known and not lives(order.known) and order.wish != "over":
                    self._ended(run, order)
            orders = self.orders()
            if any(is_live(run) for run in runs_in(self.runs)) or any(o.wish == "pause" for o in orders.values()):
                return
            waiting = [(run, order) for run, order in orders.items() if order.wish == "run"]
            if waiting:
                self._begin(*waiting[0])

    def ahead(self, run: Run) -> list[str]:
        """Names of what is carried out, rests or waits before this run."""
        orders = self.orders()
        mine = orders[run].asked if run in orders else time.time()
        before = [other for other, order in orders.items() if order.wish in ("run", "pause") and order.asked < mine]
        live = [other for other in runs_in(self.runs) if other != run and other not in before and is_live(other)]
        return [other.name for other in (*live, *before) if other != run]

    def ask(self, run: Run, order: Order) -> None:
        """Take an order; TrainingError where the run's name is taken."""
        if run.order_path.exists() or run.config_path.exists():
            raise TrainingError(f"There is a run {run.name!r} already; give the training another name.")
        write(run, order)
        self.turn()

    def wish(self, run: Run, wish: Wish, more: float = 0.0) -> None:
        """Change what is wanted of a training: pause, stop, or run with `more` minutes. TrainingError without one."""
        order = read(run)
        if order is None:
            raise TrainingError(f"{run.name} was not started from the page; use its command.")
        live, minutes = is_live(run), order.minutes + more
        if not 0 < minutes <= MOST_MINUTES:
            raise TrainingError(f"That makes {minutes:g} minutes; a training takes {MOST_MINUTES:,} at most.")
        if wish == "stop" and not live:
            wish = "over"
        # What is gone on with takes its turn behind those that wait, what rests keeps it.
        asked = order.asked if live or order.wish in ("run", "pause") else time.time()
        write(run, replace(order, wish=wish, minutes=minutes, asked=asked, why="" if wish == "run" else order.why))
        # A running one hears of more minutes by being begun anew: it goes on from where it saves now.
        if live and (wish != "run" or more):
            leave(run)
        self.turn()

    def _begin(self, run: Run, order: Order) -> None:
        try:
            self._begun[run.name] = begin(run, order)
        except OSError as error:
            write(run, replace(order, wish="over", why=f"The training could not be started ({error.strerror})."))

    def _ended(self, run: Run, order: Order) -> None:
        """A process is gone: it paused or stopped as it should, was to be begun anew, reached its end, or failed."""
        pulse = run.pulse()
        own = pulse.get("process") == order.known.get("process")
        state = pulse.get("state", "") if own else ""
        if order.wish in ("pause", "stop"):
            return write(run, replace(order, known={}, wish="pause" if order.wish == "pause" else "over"))
        reached = pulse.get("seconds", 0) >= 60 * order.minutes
        if state in ("finished", "stopped") and not reached and self._grew(run, order):
            return write(run, replace(order, known={}))
        why = "" if state == "finished" or reached else last_words(run) or _ended_by(run)
        return write(run, replace(order, known={}, wish="over", why=why))

    def _grew(self, run: Run, order: Order) -> bool:
        """Whether the order has more minutes than the process knew of."""
        with suppress(TrainingError):
            return order.minutes > (run.config().get("config", {}).get("minutes") or 0)
        return False

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Whether nobody else looks at this moment, no other page on these runs: two would begin an order twice."""
        held, alone = None, True
        try:
            import fcntl

            self.runs.mkdir(parents=True, exist_ok=True)
            held = (self.runs / ".queue.lock").open("wb")
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            alone = False
        except (ImportError, OSError):  # Windows and some network disks have no such locks
            pass
        try:
            yield alone
        finally:
            if held:
                held.close()


def _ended_by(run: Run) -> str:
    way = "takes it up from its last checkpoint" if run.has_checkpoint else "begins it anew, since nothing was saved"
    return f"The training was ended from outside; go on {way}."


def order_of(entry: str, flags: Sequence[str], minutes: float) -> Order:
    """A new order, asked for now; TrainingError for minutes that are none."""
    if not 0 < minutes <= MOST_MINUTES:
        raise TrainingError(f"Minutes are {minutes:g}; a training takes more than 0 and at most {MOST_MINUTES:,}.")
    return Order(entry, tuple(flags), minutes, time.time())
