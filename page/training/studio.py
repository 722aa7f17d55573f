"""Trainings from the page: what was dropped, what is found in it, how fast it would go, and its start.

The page trains nothing itself. It starts the trainer's own commands (training.look, an entry for ten seconds, an
entry, training.export) as processes of their own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gan_models.checks import is_number
from gan_models.errors import RequestError, TrainingError
from gan_models.files import at_home, followed
from gan_models.shell import HOME, pasted_path
from gan_models.weight.card import plain_name
from page.parts.requests import whole
from page.training.kinds import KINDS, Wanted, table, words_for
from page.training.uploads import Uploads
from training import orders
from training.run import Run, runs_in, span

if TYPE_CHECKING:
    from gan_models.loading import Shelf
    from gan_models.weight.card import Card

TRY = 0.15
"""Minutes of the trial by which the speed is known."""
PATIENCE = 600.0
"""Seconds for a look, a trial or an export."""
TURN = 2.0
"""Seconds between two looks at the queue."""
ROWS = 60
"""Rows that the log of a training has at least, where that is not more than one every 10 steps."""
ENOUGH = 300
"""Pictures from which on it is said what a training of 500 reached."""
REACHED = (
    (48, "dcgan", 78_528, "500 photographs of cats drew a cat's face on 88.7 % of its samples"),
    (48, "dcgan", 85_984, "1,000 photographs of cats drew a cat's face on 89.3 % of its samples"),
    (48, "stylegan2", 173_536, "5,153 photographs of cats drew a cat's face on 98.6 % of its samples"),
)
"""What trainings of ours reached: from which side on, kind, pictures seen, in words (README, training/TRIALS.md)."""


@dataclass
class Studio:
    """What the tab's scripts ask for; `here`: the page listens on this machine alone, so that folders may be named."""

    runs: Path
    shelf: Shelf
    here: bool = False
    features: Path | None = None
    uploads: Uploads = field(init=False)
    queue: orders.Queue = field(init=False)

    def __post_init__(self) -> None:
        self.runs = self.runs.resolve()
        self.uploads, self.queue = Uploads(self.runs), orders.Queue(self.runs)
        self._found: dict[Path, dict[str, Any]] = {}
        self._rates: dict[tuple[str, ...], dict[str, float]] = {}
        self._busy, self._turning = threading.Lock(), threading.Lock()
        if any(order.wish != "over" for order in self.queue.orders().values()):
            self.keep_turning()

    def functions(self) -> tuple[Callable[[dict], dict], ...]:
        return self.put, self.found, self.plan, self.estimate, self.begin, self.act

    def put(self, request: dict) -> dict[str, Any]:
        """{"id": of the upload or null, "items": [{name, data, at}]} -> {"id", "files"}."""
        ident, files = self.uploads.put(request.get("id"), request.get("items"))
        return {"id": ident, "files": files}

    def found(self, request: dict) -> dict[str, Any]:
        """{"id"} or {"name": a path} -> what training.look finds there, and the kinds of training it is good for."""
        data = self.place(request)
        with self._busy:
            said = spoken(["training.look", str(data), "--json"])
        self._found[data] = json.loads(said) | {"folder": data.is_dir()}
        return self._found[data] | {
            "kinds": table(self._found[data], self.shelf.cards()),
            "title": plain_name(data.stem),
        }

    def plan(self, request: dict) -> dict[str, Any]:
        """{"id" or "name", "settings": {kind, size, minutes, title, ...}} -> the commands, and the run's name."""
        order, run = self.order(request)
        lines = [
            order.line(run.folder),
            orders.command(["training.export", str(run.folder), "-o", str(self.weight(run))]),
        ]
        return {"command": "\n".join(lines), "name": run.name}

    def estimate(self, request: dict) -> dict[str, Any]:
        """The same -> pictures a second on this machine, measured for some seconds, and what that makes, in words."""
        order, run = self.order(request)
        known = (order.entry, *order.flags)
        if known not in self._rates:
            with self._busy:
                busy = [other.name for other in runs_in(self.runs) if orders.is_live(other)]
                self._rates[known] = self.tried(order) | {"busy": len(busy)}
        rate = self._rates[known]["rate"]
        return {"rate": rate, "words": self.promised(request, order, rate), **self._rates[known]}

    def begin(self, request: dict) -> dict[str, Any]:
        """The same -> {"run": its name}: the training runs, or waits for its turn."""
        order, run = self.order(request)
        if run.folder.exists():
            raise RequestError(f"There is a run {run.name!r} already; give the model another name.")
        flags = [*order.flags, *self.rows(order)]
        if request.get("id"):
            old, kept = str(self.place(request)), run.folder / "data" / run.name
            self.uploads.take(request["id"], kept)
            flags = [word.replace(old, str(kept), 1) if word.startswith(old) else word for word in flags]
        self.queue.ask(run, orders.order_of(order.entry, flags, order.minutes))
        self.keep_turning()
        return {"run": run.name}

    def act(self, request: dict) -> dict[str, Any]:
        """{"run", "kind": pause, go, stop, more, keep or delete, "number": minutes} -> {"told", "weight"}."""
        run = next((run for run in runs_in(self.runs) if run.name == request.get("run")), None)
        if run is None:
            raise RequestError(f"There is no run {str(request.get('run'))[:40]!r}; choose one from the list.")
        kind = request.get("kind")
        if kind == "keep":
            return self.keep(run)
        if kind == "delete":
            return self.delete(run)
        wishes: dict[str | None, orders.Wish] = {"pause": "pause", "go": "run", "stop": "stop", "more": "run"}
        if kind not in wishes:
            raise RequestError(
                f"A training pauses, goes on, stops, gets more minutes, is kept or deleted; got {kind!r}."
            )
        more = whole(request.get("number"), 1, orders.MOST_MINUTES, "Minutes to add") if kind == "more" else 0
        self.queue.wish(run, wishes[kind], more)
        self.keep_turning()
        return {"told": ""}

    def keep(self, run: Run) -> dict[str, Any]:
        """Export the run as it is now; the pickers show it."""
        if not run.has_checkpoint:
            raise RequestError(f"{run.name} has saved nothing yet; the first checkpoint comes within a minute.")
        weight = self.weight(run)
        spoken(["training.export", str(run.folder.resolve()), "-o", str(weight)])
        card = next((card for card in self.shelf.cards() if card.name == weight.name), None)
        task = card.task if card else "sample"
        return {"told": f"{weight.name} is on the shelf.", "weight": weight.name, "task": task}

    def delete(self, run: Run) -> dict[str, Any]:
        """Delete a run that the page began, with the pictures that were dropped for it."""
        if not run.order_path.exists():
            raise RequestError(f"{run.name} was not started from the page; delete its folder yourself.")
        if orders.is_live(run):
            raise RequestError(f"{run.name} is training; stop it first.")
        # Out of the list in one move, whatever happens then.
        gone = self.uploads.folder / f"gone-{time.time_ns()}"
        try:
            gone.parent.mkdir(parents=True, exist_ok=True)
            run.folder.rename(gone)
        except OSError as error:
            raise RequestError(f"{run.name} cannot be deleted ({error.strerror}).") from None
        shutil.rmtree(gone, ignore_errors=True)
        return {"told": f"{run.name} and its pictures are deleted."}

    def place(self, request: Mapping[str, Any]) -> Path:
        """Where the pictures of a request lie: an upload, or a folder or zip of this machine."""
        if request.get("id"):
            return self.uploads.pictures(request["id"]).resolve()
        if not self.here:
            raise RequestError(
                "Folders of this machine are named only where the page listens on it alone; drop pictures."
            )
        text = pasted_path(str(request.get("name") or ""))[0]
        if not text:
            raise RequestError("The path is empty; give a folder or zip of pictures, or drop some.")
        path = followed(at_home(text))
        if not path.exists():
            raise RequestError(f"{text} does not exist on this machine; give a folder or zip of pictures.")
        return path

    def order(self, request: Mapping[str, Any]) -> tuple[orders.Order, Run]:
        """What a request orders, and the run folder that it would get."""
        asked = request.get("settings")
        if not isinstance(asked, dict):
            raise RequestError("A training has settings: kind, size, minutes, title.")
        minutes, size = asked.get("minutes"), whole(asked.get("size"), 28, 256, "The size")
        if not is_number(minutes, 0, orders.MOST_MINUTES):
            raise RequestError(
                f"Minutes are {str(minutes)[:20]!r}; give a number above zero, at most {orders.MOST_MINUTES:,}."
            )
        data = self.place(request)
        seen = self._found.get(data) or self.found(dict(request))
        by_class, plain, swap = (bool(asked.get(name)) for name in ("by_class", "plain", "swap"))
        begin = self.begun(asked.get("begin"))
        wanted = Wanted(data, seen, size, by_class, plain, self.features, minutes, begin, swap)
        entry, flags = words_for(str(asked.get("kind")), wanted)
        title = plain_name(str(asked.get("title") or data.stem)[:200])
        return orders.order_of(entry, flags, minutes), Run(self.runs / title)

    def begun(self, name: Any) -> tuple[Path, Card] | None:
        """The weight that a training begins with; None for new networks, RequestError for one that is not here."""
        if not name:
            return None
        card = next((card for card in self.shelf.cards() if card.name == name), None)
        if card is None:
            raise RequestError(f"There is no model {str(name)[:40]!r} to begin with; choose one from the list.")
        return self.shelf.folder(card.name), card

    def rows(self, order: orders.Order) -> list[str]:
        """--log-every, so that a short or slow training has curves, too."""
        known = self._rates.get((order.entry, *order.flags))
        if not known:
            return []
        every = max(10, round(known["steps"] / known["seconds"] * 60 * order.minutes / ROWS))
        return ["--log-every", str(every)] if every < 100 else []

    def weight(self, run: Run) -> Path:
        """Where the run's weight goes."""
        return self.shelf.home / plain_name(run.name)

    def tried(self, order: orders.Order) -> dict[str, float]:
        """Train for some seconds beside the runs; what the last pulse says. TrainingError where it cannot train."""
        run = Run(self.uploads.folder / f"try-{time.time_ns()}")
        try:
            words = orders.order_of(order.entry, order.flags, TRY).words(run.folder.resolve())
            spoken(words, threads=max(1, orders.cores() - 1))
            pulse = run.pulse()
        finally:
            shutil.rmtree(run.folder, ignore_errors=True)
        if not pulse.get("rate"):
            raise TrainingError("The trial came to no step; these pictures or this machine are too large or too slow.")
        return {"rate": pulse["rate"], "steps": pulse["step"], "seconds": pulse["seconds"]}

    def promised(self, request: Mapping[str, Any], order: orders.Order, rate: float) -> str:
        """What a training of these minutes comes to, and what such a one reached here."""
        settings = request["settings"]
        images, kind = rate * 60 * order.minutes, KINDS[settings["kind"]]
        speed = f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"
        words = f"{speed} pictures a second: about {rounded(images)} in {span(60 * order.minutes)}."
        if begun := settings.get("begin"):
            return words + f" It begins with what {begun} has learned."
        seen = self._found[self.place(request)]
        # Those were hundreds of photographs in colour, seen by a projected discriminator.
        alike = seen["channels"] == 3 and seen["count"] >= ENOUGH and not settings.get("plain")
        near = [row for row in REACHED if alike and row[1] == settings["kind"] and row[0] <= settings["size"] <= 64]
        if near:
            _, _, seen, said = min(near, key=lambda row: abs(row[2] - images))
            words += f" A training of ours that saw {seen:,} pictures of {said}."
        made = next((card.making for card in self.shelf.cards() if card.name == kind.weight), None)
        return words + (f" {kind.weight} on the shelf saw {made.images:,} in {span(made.seconds)}." if made else "")

    def keep_turning(self) -> None:
        """Look after the queue in a thread, as long as anything is in it."""
        if self._turning.acquire(blocking=False):
            threading.Thread(target=self._turn, name="trainings", daemon=True).start()

    def _turn(self) -> None:
        try:
            while any(order.wish in ("run", "pause", "stop") for order in self.queue.orders().values()):
                self.queue.turn()
                time.sleep(TURN)
        finally:
            self._turning.release()
        if any(order.wish == "run" for order in self.queue.orders().values()):  # asked for as the last one ended
            self.keep_turning()


def rounded(images: float) -> str:
    """A number of pictures with two digits that count."""
    digits = max(0, len(str(int(images))) - 2)
    return f"{round(images, -digits):,.0f}"


def spoken(words: Sequence[str], threads: int = 1) -> str:
    """What one of the trainer's commands prints, for which somebody waits; a TrainingError with its own sentence where
    it fails."""
    setting = os.environ | {"OMP_NUM_THREADS": str(threads)}
    process = subprocess.Popen(
        [sys.executable, "-m", *words], cwd=HOME, env=setting, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, errors="replace", **orders.apart(),
    )  # fmt: skip
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        raise TrainingError(f"It took longer than {span(PATIENCE)} and was given up; try fewer pictures.") from None
    if process.returncode:
        raise TrainingError(orders.error_in(err) or f"{words[0]} ended with {process.returncode}.")
    return out
