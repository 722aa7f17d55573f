"""Command lines from frozen dataclasses: presets set the defaults, flags win, unknown flags are refused."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import tyro

from gan_models.errors import TrainingError

PRESETS = Path(__file__).with_name("presets")
# What may change between two starts of a run: where things lie, when to stop, what is written meanwhile.
FREE = {
    "run",
    "data_root",
    "feature_weights",
    "steps",
    "minutes",
    "save_every",
    "log_every",
    "dry_run",
    "preset",
}

LossName = Literal["minimax", "non-saturating", "least-squares", "wasserstein", "hinge"]
GameLoss = LossName | Literal["relativistic"]
"""Where the generator may also be told of real pictures (see training.losses.RELATIVE)."""
Policy = Literal["colour", "translation", "cutout"]


@dataclass(frozen=True)
class Common:
    """Options that every training has."""

    preset: str | None = None
    """Take the defaults from training/presets/NAME.json; flags given beside it win."""
    # torchrun takes --run for a prefix of its own --run-path, hence a second name.
    run: Annotated[Path | None, tyro.conf.arg(aliases=["--folder"])] = None
    """Folder of the run (default: runs/NAME by preset, or by entry and data). The same command resumes it."""
    data: str = "mnist"
    """mnist, fashion-mnist, avatars, robohash, a folder or zip of images, or hf:<dataset id>."""
    data_root: Path | None = None
    """Folder that holds MNIST and Fashion-MNIST already; without it they are downloaded."""
    size: int | None = None
    """Side of the pictures in pixels (default: what suits the data)."""
    batch: int | None = None
    """Pictures in a batch, for each process (default: 64, projected 32, pix2pix and upscalers 16, CycleGAN 4)."""
    steps: int | None = None
    """Stop after so many steps."""
    minutes: float | None = None
    """Stop after so many minutes of training over all resumes (default: 15 without --steps)."""
    generator_lr: float | None = None
    """Generator's learning rate (default 2e-4; projected 4e-4, clipped 5e-5, swift 1e-3, SRResNet 5e-4, SRGAN 1e-4)."""
    discriminator_lr: float | None = None
    """Learning rate of the discriminator (default: the same)."""
    beta1: float | None = None
    """First moment of Adam (default: 0.5; 0 for projected DCGAN and gradient penalties, 0.9 for upscalers)."""
    beta2: float | None = None
    """Second moment of Adam (default: 0.999; projected DCGAN and upscalers 0.99, penalty 0.9); RMSprop's smoothing."""
    cool_down: float = 0.0
    """Share of the training, at its end, over which the learning rates fall to zero in a straight line."""
    ema: float | None = None
    """Half-life of the generator's average, in images (default: 20,000; projected DCGAN 10,000, translators 5,000)."""
    flip: Literal["auto", "on", "off"] = "auto"
    """Show every other picture mirrored (auto: on for projected DCGAN, translators and upscalers)."""
    seed: int = 0
    """Of the initial weights and of every step."""
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    """bf16 where the processor has it, unless said otherwise."""
    log_every: int = 100
    """Steps between two rows of the log."""
    save_every: float = 60.0
    """Seconds between two checkpoints."""
    from_: Annotated[str | None, tyro.conf.arg(name="from")] = None
    """Begin with the weights (nothing else) of a run folder or of a weight; one of half the size is grown, a
    swift one of another scale fitted."""
    dry_run: bool = False
    """Print the merged options as JSON and stop."""


Options = TypeVar("Options", bound=Common)


def parse(cls: type[Options], argv: Sequence[str] | None, entry: str, usual: str | None) -> Options:
    """Flags over preset over defaults; `usual` is the preset where neither --preset nor --data is given, if any."""
    argv = list(sys.argv[1:] if argv is None else argv)
    name = preset_named(argv)
    if name is None and not has_flag(argv, "data") and not has_flag(argv, "help"):
        name = usual
    default = cls() if name is None else from_preset(cls, name, entry)
    options = tyro.cli(cls, args=argv, default=default, prog=f"python -m training.{entry}")
    options = dataclasses.replace(options, preset=name)
    if has_flag(argv, "minutes") and not has_flag(argv, "steps"):
        options = dataclasses.replace(options, steps=None)
    if options.steps is None and options.minutes is None:
        options = dataclasses.replace(options, minutes=15.0)
    check(options)
    return options


def from_preset(cls: type[Options], name: str, entry: str) -> Options:
    """The dataclass with a preset's fields; TrainingError where it is unknown or another entry's."""
    fields = read_preset(name)
    if fields.pop("entry", None) != entry:
        belongs = read_preset(name).get("entry")
        raise TrainingError(f"The preset {name} belongs to training.{belongs}; run that instead.")
    unknown = sorted(set(fields) - {field.name for field in dataclasses.fields(cls)})
    if unknown:
        raise TrainingError(f"The preset {name} names {', '.join(unknown)}, unknown to training.{entry}.")
    return cls(**{key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()})


def read_preset(name: str) -> dict[str, Any]:
    """The fields of presets/NAME.json; TrainingError listing the presets when there is none."""
    path = PRESETS / f"{name}.json"
    if name not in preset_names():
        raise TrainingError(f"There is no preset {name!r}; choose one of {', '.join(preset_names())}.")
    return json.loads(path.read_text(encoding="utf-8"))


def preset_names() -> list[str]:
    """All presets by name."""
    return sorted(path.stem for path in PRESETS.glob("*.json"))


def preset_named(argv: Sequence[str]) -> str | None:
    """The value of --preset on a command line, before the rest of it can be understood."""
    for position, word in enumerate(argv):
        if word == "--preset" and position + 1 < len(argv):
            return argv[position + 1]
        if word.startswith("--preset="):
            return word.partition("=")[2]
    return None


def has_flag(argv: Sequence[str], name: str) -> bool:
    """Whether --name or --name=VALUE stands on the command line."""
    return any(word == f"--{name}" or word.startswith(f"--{name}=") for word in argv)


def check(options: Common) -> None:
    """Ranges of what every training has; TrainingError names the flag and the value seen."""
    above_zero = ("batch", "steps", "minutes", "log_every", "generator_lr", "discriminator_lr", "ema", "size")
    for name in (*above_zero, "limit", "cuts", "critic_steps", "clip", "r1_every"):
        value = getattr(options, name, None)
        if value is not None and not value > 0:
            raise TrainingError(f"--{name.replace('_', '-')} is {value}; it must be above zero.")
    if not 0 <= options.cool_down <= 1:
        raise TrainingError(f"--cool-down is {options.cool_down}; it is a share of the training, 0 to 1.")


def settle(options: Options, **usual: Any) -> Options:
    """The options with what was left open (None or "auto") set to `usual` or to what suits most."""
    common = {"batch": 64, "generator_lr": 2e-4, "beta1": 0.5, "beta2": 0.999, "ema": 20_000.0, "flip": "off"}
    usual = common | usual
    usual.setdefault("discriminator_lr", usual["generator_lr"])
    known = {key: value for key, value in usual.items() if getattr(options, key) in (None, "auto")}
    return dataclasses.replace(options, **known)


def as_json(options: Common) -> dict[str, Any]:
    """The options as plain JSON values, in the order of the flags."""
    return {key: plain(value) for key, value in dataclasses.asdict(options).items()}


def plain(value: Any) -> Any:
    """Paths as text, tuples as lists, the rest as it is."""
    if isinstance(value, Path):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Flags that differ between a run's config and this command, said as 'batch (64, now 32)'."""
    keys = sorted((set(before) | set(now)) - FREE)
    # Nothing said before means the usual value, which the run of that time had as well.
    changed = [k for k in keys if before.get(k) not in (None, "auto") and before[k] != now.get(k)]
    return [f"{key} ({before[key]}, now {now.get(key)})" for key in changed]
