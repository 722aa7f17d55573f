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
from gan_models.files import at_home, followed
from gan_models.latents.seeds import LAST_SEED
from gan_models.targets import check_targets, refuse_empty

PRESETS = Path(__file__).with_name("presets")
# What may change between two starts of a run: where things lie, when to stop, what is written meanwhile; and the
# precision, which a machine may not have, and by which a run that overflowed goes on.
FREE = {
    "run",
    "data_root",
    "feature_weights",
    "steps",
    "minutes",
    "save_every",
    "log_every",
    "dry_run",
    "precision",
    "preset",
}

SAID = tyro.conf.arg(help_behavior_hint="")
"""For options whose description says what they are by default: tyro's own "(default: None)" would say it again."""
PICTURES = ("data", "a", "b", "styles", "drawings")
"""Options that name pictures, which are known by their hash, wherever they lie."""
NAMED = ("from_", "vectors", "coarse", "shown", "shown_a", "shown_b")
"""Options that name files and folders of other kinds."""
SHARES = ("cool_down", "zoom", "recolour", "rebalance")
BELOW_ONE = ("beta1", "beta2", "dropout")

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
    run: Annotated[Path | None, tyro.conf.arg(help_behavior_hint="", aliases=["--folder"])] = None
    """Folder of the run (default: runs/NAME by preset, or by entry and data). The same command resumes it."""
    data: str = "mnist"
    """mnist, fashion-mnist, avatars, robohash, a folder or zip of images, or hf:<dataset id>."""
    data_root: Path | None = None
    """Folder that holds MNIST and Fashion-MNIST already; without it they are downloaded."""
    size: Annotated[int | None, SAID] = None
    """Side of the pictures in pixels (default: what suits the data)."""
    batch: Annotated[int | None, SAID] = None
    """Pictures in a batch, for each process (default: 64, projected 32, pix2pix and upscalers 16, CycleGAN 4)."""
    steps: int | None = None
    """Stop after so many steps."""
    minutes: Annotated[float | None, SAID] = None
    """Stop after so many minutes of training over all resumes (default: 15 without --steps)."""
    generator_lr: Annotated[float | None, SAID] = None
    """Generator's learning rate (default 2e-4; projected 4e-4, clipped 5e-5, swift 1e-3, SRResNet 5e-4, SRGAN 1e-4)."""
    discriminator_lr: Annotated[float | None, SAID] = None
    """Learning rate of the discriminator (default: the same)."""
    beta1: Annotated[float | None, SAID] = None
    """First moment of Adam (default: 0.5; 0 for projected DCGAN and gradient penalties, 0.9 for upscalers)."""
    beta2: Annotated[float | None, SAID] = None
    """Second moment of Adam (default: 0.999; projected DCGAN and upscalers 0.99, penalty 0.9); RMSprop's smoothing."""
    cool_down: float = 0.0
    """Share of the training, at its end, over which the learning rates fall to zero in a straight line."""
    ema: Annotated[float | None, SAID] = None
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
    """Print the options as they would be used, as JSON, and stop."""


Options = TypeVar("Options", bound=Common)
Chosen = TypeVar("Chosen")


def parse(cls: type[Options], argv: Sequence[str] | None, entry: str, usual: str | None) -> Options:
    """Flags over preset over defaults; `usual` is the preset where neither --preset nor --data is given, if any."""
    argv = list(sys.argv[1:] if argv is None else argv)
    refuse_empty(argv)
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


def asked(cls: type[Chosen], argv: Sequence[str] | None, entry: str) -> Chosen:
    """The options of a command that trains no run.

    Refused are empty words, counts of none, a sheet that is there, and a card to be written that cannot be.
    """
    refuse_empty(argv)
    options = tyro.cli(cls, args=argv, prog=f"python -m training.{entry}")
    check_numbers(options)
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]
        value = getattr(options, field.name)
        # What is 0 as a rule (no hints) may be 0, too.
        if type(value) is int and value == 0 != field.default and field.name not in ("seed", "resamplings"):
            raise TrainingError(f"{flag(field.name)} is 0; it must be above zero.")
    if sheet := getattr(options, "sheet", None) or getattr(options, "nearest", None):
        check_targets([sheet], options.overwrite)
    if getattr(options, "write_card", False):
        check_targets(cards(options), overwrite=True)
    return options


def cards(options: object) -> list[Path]:
    """The cards that are there of the weights, names or folders, which a command measures."""
    from gan_models.loading import WEIGHTS
    from gan_models.weight.card import CARD

    named = [getattr(options, name, ()) for name in ("weight", "weights", "subject")]
    weights = [weight for one in named for weight in ([one] if isinstance(one, str) else one)]
    places = [(Path(weight) if Path(weight).is_dir() else WEIGHTS / weight) / CARD for weight in weights]
    return [place for place in places if place.is_file()]


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
    """The fields of presets/NAME.json over those of the preset that it `extends`, if any.

    TrainingError listing the presets when there is none of that name.
    """
    path = PRESETS / f"{name}.json"
    if name not in preset_names():
        raise TrainingError(f"There is no preset {name!r}; choose one of {', '.join(preset_names())}.")
    fields = json.loads(path.read_text(encoding="utf-8"))
    extended = fields.pop("extends", None)
    return fields if extended is None else read_preset(extended) | fields


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
    """Ranges of numbers, of which none may be below zero; TrainingError names the flag and the value seen."""
    check_numbers(options)
    above_zero = ("batch", "steps", "minutes", "log_every", "generator_lr", "discriminator_lr", "ema", "size")
    for name in (*above_zero, "limit", "cuts", "critic_steps", "clip", "r1_every", "hold"):
        value = getattr(options, name, None)
        if value is not None and not value > 0:
            raise TrainingError(f"{flag(name)} is {value}; it must be above zero.")
    if not 0 <= options.seed <= LAST_SEED:
        raise TrainingError(f"--seed is {options.seed}; it is a whole number from 0 to {LAST_SEED}.")
    for name in (*SHARES, *BELOW_ONE):
        value = getattr(options, name, None)
        if value is not None and not (value <= 1 if name in SHARES else value < 1):
            raise TrainingError(f"{flag(name)} is {value}; it lies between 0 and 1.")


def check_numbers(options: Any) -> None:
    """TrainingError for a number of a dataclass of options, or of a tuple in it, that is below zero or none."""
    for name, value in vars(options).items():
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, int | float) and not 0 <= one <= sys.float_info.max:
                raise TrainingError(f"{flag(name)} is {one}; it must be a finite number that is not below zero.")


def flag(name: str) -> str:
    """The flag of an option: generator_lr is --generator-lr, from_ is --from."""
    return f"--{name.rstrip('_').replace('_', '-')}"


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
    # An option that a run of an earlier version had not is the usual value, which it had as well.
    keys = [key for key in sorted(set(before) - FREE) if before[key] != "auto"]
    changed = [key for key in keys if placed(key, before[key]) != placed(key, now.get(key))]
    said = lambda value: "not given" if value is None else value  # noqa: E731
    return [f"{key.rstrip('_')} ({said(before[key])}, now {said(now.get(key))})" for key in changed]


def placed(key: str, value: Any) -> Any:
    """An option's value; of those that name files their place, however it was typed: runs/cats/ is runs/cats."""
    if key not in (*NAMED, *PICTURES):
        return value
    if isinstance(value, list | tuple):
        return [placed(key, one) for one in value]
    return str(followed(at_home(value))) if isinstance(value, str) and value else value
