"""The commands that make a weight again, stage by stage: python -m training.commands NAME [--write-card]

They are written from the options that made it, not from what was typed: whatever differs from the preset (or, without
one, from the defaults) is named, so that a default that changes later is seen by a test. A stage trains into
runs/NAME-1, runs/NAME-2 and so on, the last one into runs/NAME, and each begins with the run before it.
"""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import tyro

from gan_models.errors import one_line
from gan_models.loading import load
from gan_models.weight.card import Card, Making, Stage
from training.options import (
    NAMED,
    PICTURES,
    Common,
    as_json,
    asked,
    flag,
    from_preset,
    plain,
    preset_names,
    read_preset,
)

# Where things lay on the machine that trained is nobody else's business and of no use to others.
PRIVATE = ("run", "data_root", "feature_weights", "dry_run")
UNLEARNED = {*PRIVATE, "preset", "log_every", "save_every", "shown", "shown_a", "shown_b"}
"""What no weight depends on: places, how often something is written, the pictures of the film."""
UNRECORDED = "Its options were not recorded; this is the command that was given."


def chained(name: str, making: Making) -> Making:
    """The making of weight `name` with commands, one a stage, each of which begins with the run of the one before."""
    runs = [f"runs/{name}-{number}" for number in range(1, len(making.before) + 1)]
    begins = [None, *runs]
    before = tuple(_told(*stage) for stage in zip(making.before, runs, begins))
    return replace(_told(making, f"runs/{name}" if runs else "", begins[-1]), before=before)


def _told(stage: Stage | Making, run: str, begin: str | None) -> Any:
    """A stage with its command and with what that cannot bring back."""
    if not stage.config or not stage.entry:
        return replace(stage, gap=stage.gap or (UNRECORDED if stage.command else ""))
    options, gap = ending(stage.config, stage.steps, stage.seconds)
    return replace(stage, command=command(stage.entry, options, run, begin), gap=stage.gap or gap)


def ending(config: Mapping[str, Any], steps: int, seconds: float) -> tuple[dict[str, Any], str]:
    """The options that end where a training ended after `steps`, and a sentence where no option does.

    One that was stopped before its rates began to fall is the same as a shorter one whose rates never fall.
    """
    planned, minutes, cool = config.get("steps"), config.get("minutes"), config.get("cool_down") or 0.0
    done = max(steps / planned if planned else 0.0, seconds / (60 * minutes) if minutes else 0.0)
    gap = ""
    if done < 0.9999 and cool:
        if done > 1 - cool:
            share = f"{(1 - done) / cool:.0%}"
            gap = f"It was taken before its end, its rates fallen to {share}; the command keeps them full."
        cool = 0.0
    elif minutes and not planned:
        gap = f"It ended after {minutes:g} minutes; the command names the steps that these were."
    return {**config, "steps": steps or planned, "minutes": None, "cool_down": cool}, gap


def command(entry: str, config: Mapping[str, Any], run: str = "", begin: str | None = None) -> str:
    """The command line of training.`entry` that parses to these options; `run` is its folder, `begin` its --from."""
    kind = import_module(f"training.{entry}").Options
    # An option that came after the training has the value that was the only one then, whatever a preset says today.
    known = {**as_json(kind()), **config, "from_": begin}
    wanted = {key: value for key, value in known.items() if key not in UNLEARNED}
    if "a" in wanted:  # two sets; what both are called together is made of their names
        del wanted["data"]
    words = _words(wanted, _base(kind, entry, config.get("preset")), ())
    if words is not None:
        words = ["--preset", config["preset"], *words]
    else:
        words = _words(wanted, kind(), ("a", "b") if "a" in wanted else ("data",))
    return shlex.join(["python", "-m", f"training.{entry}", *words, *(["--run", run] if run else [])])


def _base(kind: type[Common], entry: str, preset: str | None) -> Common | None:
    belongs = preset in preset_names() and read_preset(preset).get("entry") == entry
    return from_preset(kind, preset, entry) if belongs else None


def _words(wanted: Mapping[str, Any], base: Common | None, always: Sequence[str]) -> list[str] | None:
    """The flags that lead from `base` to what is wanted; None where no flag does: what a preset sets stays set."""
    if base is None:
        return None
    words = []
    for part in dataclasses.fields(base):
        value, usual = wanted.get(part.name), plain(getattr(base, part.name))
        if part.name not in wanted or (plain(value) == usual and part.name not in always):
            continue
        if value is None:
            return None
        words += _flag(part.name, value)
    return words


def _flag(name: str, value: Any) -> list[str]:
    if isinstance(value, bool):
        return [flag(name) if value else flag(f"no-{name}")]
    values = value if isinstance(value, list | tuple) else [value]
    return [flag(name), *map(_written, values)]


def _written(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)


def public_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options without this machine's folders."""
    kept = {key: value for key, value in options.items() if key not in PRIVATE}
    return kept | {key: last_part(kept[key]) for key in (*PICTURES, *NAMED) if kept.get(key)}


def last_part(places: str | Sequence[str]) -> str | list[str]:
    """Names without the folders they lie in; a set of the Hub keeps its user."""
    if not isinstance(places, str):
        return [last_part(place) for place in places]
    return places if places.startswith("hf:") else Path(places).name


def public_command(command: str) -> str:
    """A command as it was given, without this machine's folders."""
    hidden = {f"--{name.replace('_', '-')}" for name in PRIVATE} | {f"--{name}" for name in PRIVATE} | {"--folder"}
    words, kept = shlex.split(command), []
    skip = False
    for word in words:
        flag, _, value = word.partition("=")
        if skip:
            skip = False
        elif flag in hidden:
            skip = not value
        else:
            kept.append(public_word(word))
    return shlex.join(kept)


def public_word(word: str) -> str:
    """A word of a command, or --flag=WORD; of a place that is not below the folder one works in the last part."""
    flag, equals, value = word.partition("=") if word.startswith("--") else ("", "", word)
    elsewhere = value.startswith(("/", "~", "..")) or Path(value).is_absolute()
    return flag + equals + (Path(value).name if elsewhere else value)


@dataclass(frozen=True)
class Options:
    """Print the commands that make a weight again."""

    weight: tyro.conf.Positional[str]
    """A weight of the shelf or its folder."""
    write_card: bool = False
    """Write them into its card, too: where a preset or a default changed."""


def main(argv: Sequence[str] | None = None) -> None:
    """The command line; sentences that say what the commands cannot bring back stand before them as comments."""
    with one_line():
        options = asked(Options, argv, "commands")
        folder = load(options.weight).folder
        card = Card.read(folder)
        card = replace(card, making=chained(card.name, card.making))
        for stage in (*card.making.before, card.making):
            print(*([f"# {stage.gap}"] if stage.gap else []), stage.command, sep="\n")
        if options.write_card:
            card.write(folder)


if __name__ == "__main__":
    main()
