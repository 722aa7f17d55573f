"""A run folder: all there is to know about one training, written so that a crash never leaves half a file.

    config.json         the entry, its flags, the networks, the data; written before step one
    log.jsonl           one row of numbers every `log_every` steps
    pulse.json          where the training stands, every second, and which process it is
    order.json          what the page was asked for, where it started the training (training/orders.py)
    doctor.jsonl        the doctor's remarks as they came
    exports.jsonl       the generator's hash of every weight that was made of it
    grids/000012800.png the same 64 latents after 12,800 images
    checkpoint/state.pt networks, EMA, optimizers, step, seconds; before.pt the one before it

The page reads run folders through this file, so nothing heavy is imported at the top. A folder may come from anybody:
what is read is typed, and what is not as training writes it is left out or refused in a sentence.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from gan_models.errors import TrainingError, reason
from gan_models.files import contents, sweep, write_atomically
from training import checkpoint
from training.lines import NUMBER, append_line, encode, is_finite, is_of, numbers_of, read_lines

MOST_CONFIG, MOST_PULSE = 16_000_000, 10_000
"""Bytes of config.json, and of a pulse or an order, that are read."""
NONE = type(None)
FIELDS = {
    **dict.fromkeys(("entry", "command", "family", "method", "task", "hardware", "torch", "version"), str),
    **dict.fromkeys(("config", "family_config", "data"), dict),
    "labels": list,
    "ships": (str, NONE),
}
"""What config.json holds of a run that training began."""
MORE = {"translation": (dict, NONE), "skipped": list, "before": list}
"""What it may hold besides."""
INSIDE = {
    "config": {"steps": (*NUMBER, NONE), "minutes": (*NUMBER, NONE), "log_every": NUMBER, "seed": int},
    "data": {"name": str, "sha256": str, "count": int, "licence": str, "source": str, "free": bool},
}
REMARK = {
    "step": NUMBER,
    "name": str,
    "reason": str,
    "advice": str,
    "value": NUMBER,
    "threshold": NUMBER,
    "time": NUMBER,
}
PULSE = {
    **dict.fromkeys(("step", "images", "seconds", "rate", "born"), NUMBER),
    **dict.fromkeys(("state", "machine"), str),
    "process": int,
}
WORDS = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    dict: "an object",
    list: "a list",
}


@dataclass(frozen=True)
class Run:
    """One run folder; nothing is created until something is written."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def config_path(self) -> Path:
        return self.folder / "config.json"

    @property
    def log_path(self) -> Path:
        return self.folder / "log.jsonl"

    @property
    def doctor_path(self) -> Path:
        return self.folder / "doctor.jsonl"

    @property
    def pulse_path(self) -> Path:
        return self.folder / "pulse.json"

    @property
    def order_path(self) -> Path:
        return self.folder / "order.json"

    @property
    def exports_path(self) -> Path:
        return self.folder / "exports.jsonl"

    @property
    def checkpoint_path(self) -> Path:
        return self.folder / "checkpoint" / "state.pt"

    def config(self) -> dict[str, Any]:
        """config.json as a dictionary; TrainingError when it is missing, not JSON, or a field is of a wrong type."""
        try:
            words = json.loads(contents(self.config_path, MOST_CONFIG))
            _check_types(words)
        except FileNotFoundError:
            raise TrainingError(
                f"{self.folder} has no config.json, so it is no run folder; give one that training wrote."
            ) from None
        except (OSError, ValueError, RecursionError) as error:
            raise TrainingError(
                f"{self.config_path} cannot be read ({reason(error)}); restore it or give a new folder to --run."
            ) from None
        return words

    def whole_config(self) -> dict[str, Any]:
        """config.json of a run that training began; TrainingError where a field is missing."""
        words = self.config()
        lacking = [name for name in FIELDS if name not in words]
        lacking += [f"{name}.{key}" for name in INSIDE for key in INSIDE[name] if key not in words.get(name, {})]
        if lacking:
            raise TrainingError(f"{self.config_path} lacks {lacking[0]}; give a run folder that training wrote.")
        return words

    def refuse_others(self) -> None:
        """TrainingError where the folder holds files of these names that no training wrote, which would be replaced,
        or can be none: a file stands in its way."""
        place = next(path for path in (self.folder, *self.folder.absolute().parents) if path.exists())
        if not (place.is_dir() and os.access(place, os.W_OK)):
            raise TrainingError(f"{self.folder} cannot be written to; give another folder with --run.")
        parts = (self.config_path, self.log_path, self.doctor_path, self.folder / "grids", self.checkpoint_path.parent)
        if (found := [path.name for path in parts if path.exists()]) and not self.is_run():
            raise TrainingError(
                f"{self.folder} holds {', '.join(found)} that no training here wrote; give another folder with --run."
            )

    def is_run(self) -> bool:
        """Whether a training wrote the folder's config.json."""
        try:
            config = self.config()
        except TrainingError:
            return False
        return isinstance(config, dict) and {"entry", "config", "family"} <= config.keys()

    def lock(self) -> Any:
        """Keep the folder for this process until it ends or the returned file is closed.

        TrainingError when another process trains in it, or it cannot be written to; the lock goes with the process,
        however that ends.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            file = (self.folder / ".lock").open("wb")
        except OSError as error:
            raise TrainingError(
                f"{self.folder} cannot be written to ({error.strerror}); give another folder with --run."
            ) from None
        try:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise TrainingError(
                f"Another process is training in {self.folder}; wait for it, stop it, or give another --run."
            ) from None
        except (ImportError, OSError):  # Windows and some network disks have no such locks; training works without
            pass
        return file

    def write_config(self, config: Mapping[str, Any]) -> None:
        write_atomically(self.config_path, json.dumps(config, indent=2, ensure_ascii=False).encode() + b"\n")

    def append(self, row: Mapping[str, Any]) -> None:
        """Add one row to log.jsonl; numbers that are not finite, which JSON cannot say, are left out."""
        append_line(self.log_path, {key: value for key, value in row.items() if is_finite(value)})

    def rows(self) -> list[dict[str, Any]]:
        """The numbers of all rows of log.jsonl, oldest first; a torn last line (the machine went down) is left out.

        TrainingError where the file cannot be read.
        """
        return [numbers_of(row) for row in read_lines(self.log_path)]

    def write_pulse(self, pulse: Mapping[str, Any]) -> None:
        """Say where the training stands; nobody loses anything where this is lost, so the disk is not waited for."""
        beside = self.pulse_path.with_name(".pulse")
        beside.write_bytes(encode(pulse))
        beside.replace(self.pulse_path)

    def pulse(self) -> dict[str, Any]:
        """What was last said there, as far as it is as training writes it; {} where nothing was."""
        try:
            said = json.loads(contents(self.pulse_path, MOST_PULSE))
        except (OSError, ValueError, RecursionError):
            return {}
        return {k: v for k, v in said.items() if k in PULSE and is_of(v, PULSE[k])} if isinstance(said, dict) else {}

    def append_remark(self, remark: Mapping[str, Any]) -> None:
        append_line(self.doctor_path, remark)

    def remarks(self) -> list[dict[str, Any]]:
        """The doctor's remarks, oldest first, with what is as the doctor writes it; errors as `rows`."""
        return [
            {key: value for key, value in line.items() if key in REMARK and is_of(value, REMARK[key])}
            for line in read_lines(self.doctor_path)
        ]

    def append_export(self, sha256: str) -> None:
        append_line(self.exports_path, {"sha256": sha256})

    def exports(self) -> set[str]:
        """SHA-256 of the generators of all weights that were exported from here."""
        return {str(row.get("sha256")) for row in read_lines(self.exports_path)}

    def grid_path(self, images: int) -> Path:
        """Where the grid after `images` training images lies; names sort by time."""
        return self.folder / "grids" / f"{images:09d}.png"

    def grids(self) -> list[tuple[int, Path]]:
        """(images seen, path) of every grid, oldest first."""
        found = (path for path in self.folder.glob("grids/*.png") if path.stem.isdecimal())
        return sorted((int(path.stem), path) for path in found)

    def write_grid(self, images: int, png: bytes) -> None:
        write_atomically(self.grid_path(images), png)

    @property
    def has_checkpoint(self) -> bool:
        """Whether training can go on here."""
        return checkpoint.there(self.checkpoint_path)

    def save_checkpoint(self, state: Mapping[str, Any]) -> None:
        """Write the checkpoint and keep the one before it; TrainingError where it cannot be written."""
        checkpoint.write(self.checkpoint_path, state)

    def load_checkpoint(self) -> dict[str, Any] | None:
        """The last whole checkpoint on the CPU, or None before the first; TrainingError where none is whole."""
        return checkpoint.read(self.checkpoint_path)

    def sweep(self) -> None:
        """Delete what killed writes left; only for who holds the lock."""
        for path in (self.config_path, self.log_path, self.doctor_path, self.checkpoint_path, self.grid_path(0)):
            sweep(path.parent)
            # As earlier versions named them.
            pattern = ".*.png.*" if path.suffix == ".png" else f".{path.name}.*"
            for orphan in path.parent.glob(pattern):
                orphan.unlink(missing_ok=True)

    def forget_after(self, step: int, images: int) -> None:
        """Drop rows, remarks and grids later than the checkpoint that training goes on from."""
        for path, lines in ((self.log_path, self.rows()), (self.doctor_path, self.remarks())):
            kept = [line for line in lines if line.get("step", 0) <= step]
            if path.exists():
                write_atomically(path, b"".join(encode(line) for line in kept))
        for seen, path in self.grids():
            if seen > images:
                path.unlink()


def usual_name(entry: str, options: Mapping[str, Any]) -> str:
    """What a run is called by whom nobody gave a name: PRESET, or ENTRY-DATA. Options are those of config.json."""
    data = options.get("data") or ""
    place = Path(str(data if isinstance(data, str) else data[0]).replace(":", "-"))
    # The name of a folder may hold a point; . and .. have none of their own.
    place = place.resolve() if place.name in ("", "..") else place
    name = (place.name if place.is_dir() else place.stem).lower()
    return options.get("preset") or f"{entry.removeprefix('train_')}-{name}"


@dataclass(frozen=True)
class Stamps:
    """Of a run's files and its folder of grids: time of change in nanoseconds since the epoch and length; zeros for
    none. With the same stamps a run looks the same."""

    config: tuple[int, int]
    log: tuple[int, int]
    doctor: tuple[int, int]
    checkpoint: tuple[int, int]
    grids: tuple[int, int]
    pulse: tuple[int, int]
    order: tuple[int, int]

    @property
    def last_change(self) -> float:
        """Seconds since the epoch of the newest of log, checkpoint, config, pulse and order."""
        return max(self.log, self.checkpoint, self.config, self.pulse, self.order)[0] / 1e9

    @property
    def begun(self) -> tuple[int, int]:
        """By which runs are put in an order that stays: the time of their first file."""
        return self.config if self.config[0] else self.order


def stamps(run: Run) -> Stamps:
    """How a run stands now: seven questions to the disk, and nothing is read."""
    places = ("config.json", "log.jsonl", "doctor.jsonl", "checkpoint/state.pt", "grids", "pulse.json", "order.json")
    return Stamps(*(stamp(f"{run.folder}/{place}") for place in places))


def stamp(path: str | Path) -> tuple[int, int]:
    """Time of change and length of a file; zeros where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116  a page asks for thousands of them
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


def runs_in(directory: str | Path) -> list[Run]:
    """The run folders directly inside `directory`, by name."""
    try:
        names = sorted(path.name for path in Path(directory).iterdir())
    except OSError:
        return []
    marks = ("config.json", "order.json")
    return [Run(Path(directory, n)) for n in names if any(os.path.lexists(f"{directory}/{n}/{mark}") for mark in marks)]


def find_runs(directory: str | Path) -> list[Run]:
    """Those, the one written to last first."""
    return sorted(runs_in(directory), key=lambda run: stamps(run).last_change, reverse=True)


def identity(process: int | None = None) -> dict[str, Any]:
    """By what a process (this one) is known again: its number, when it was born, the machine it lives on."""
    process = os.getpid() if process is None else process
    return {"process": process, "born": psutil.Process(process).create_time(), "machine": platform.node()}


def lives(known: Mapping[str, Any]) -> bool | None:
    """Whether the process of such an `identity` still runs; None where that cannot be known, as on another machine."""
    if "born" not in known or "process" not in known or known.get("machine") != platform.node():
        return None
    try:
        process = psutil.Process(known["process"])
        # The number may be another one's by now. The clock may have been set by a moment, too.
        return abs(process.create_time() - known["born"]) < 2 and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, ValueError, OverflowError):
        return False


def span(seconds: float) -> str:
    """Seconds as 40 s, 12 min or 3 h 05 min."""
    seconds = min(max(seconds, 0), 1e12)
    if seconds < 90:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"


def _check_types(words: Any) -> None:
    """ValueError for the first field of a config.json that is not of its type."""
    if not isinstance(words, dict):
        raise ValueError(f"it holds {type(words).__name__}, not an object")
    tables = {"": (FIELDS | MORE, words)} | {f"{name}.": (INSIDE[name], words.get(name, {})) for name in INSIDE}
    for where, (kinds, found) in tables.items():
        for key in kinds.keys() & (found.keys() if isinstance(found, dict) else ()):
            if not is_of(found[key], kinds[key]):
                kind = kinds[key] if isinstance(kinds[key], type) else kinds[key][0]
                raise ValueError(f"{where}{key} is {str(found[key])[:60]!r} and not {WORDS[kind]}")
