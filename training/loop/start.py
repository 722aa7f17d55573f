"""What every entry does before the first step: data, networks, run folder, the rules of going on."""

from __future__ import annotations

import ctypes
import json
import os
import platform
import shlex
import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from torch import nn
from torch.optim import Adam, Optimizer, RMSprop

from gan_models import __version__
from gan_models.errors import AtelierError, TrainingError
from gan_models.files import at_home, followed
from gan_models.machine import has_bf16
from gan_models.networks import family
from gan_models.shell import command
from training.data import Batches, ImageSet, held_out, load_set
from training.games.phases import Game, Phase, adversarial
from training.loop.ema import Ema
from training.loop.initial_weights import begin_from, stages
from training.loop.monitor import Monitor
from training.loop.plan import Plan
from training.loop.prefetch import Ahead, pays, spare_workers
from training.loop.trainer import Players, Schedule, train
from training.options import PICTURES, Common, as_json, differences, settle
from training.run import Run, usual_name
from training.watching.latents import Watch, watch

# glibc's M_MMAP_THRESHOLD (at most 32 MB), M_TRIM_THRESHOLD and M_TOP_PAD, in bytes.
MALLOC = {-3: 32 << 20, -1: 2**31 - 1, -2: 256 << 20}
MIDDLES = {"wasserstein": None, "least-squares": 0.5}


@dataclass(frozen=True)
class SamplingPlan:
    """The Plan of a game in which a generator draws from latents: its networks and the rules of the game.

    `judge` is a discriminator of the family's own that learns beside the game, where the game's is not one that a
    weight can carry; `beside` are modules of the game that learn nothing but have a state to keep.
    """

    options: Common
    family: str
    method: str
    config: object
    generator: nn.Module
    discriminator: nn.Module
    game: Game
    judge: nn.Module | None = None
    optimizer: str = "adam"
    beside: Mapping[str, nn.Module] = field(default_factory=dict)
    translation: None = None
    held_out: tuple[int, ...] = ()

    @property
    def networks(self) -> dict[str, nn.Module]:
        players = {"generator": self.generator, "discriminator": self.discriminator, **self.beside}
        return players if self.judge is None else players | {"judge": self.judge}

    @property
    def ships(self) -> str:
        """The network that goes into the weight beside the generator."""
        return "discriminator" if self.judge is None else "judge"

    def labels(self, data: ImageSet) -> list[str]:
        """Names of the classes that the networks draw by."""
        return list(data.classes) if self.game.classes else []

    def phases(self) -> tuple[Phase, ...]:
        """What happens within a step."""
        return adversarial(self.game)

    def batches(self, learned: ImageSet, rank: int, world: int) -> Batches:
        """The batches of one of `world` processes."""
        options = self.options
        return Batches(learned, options.batch, options.seed, rank, world, flip=options.flip == "on")

    def watch(self, learned: ImageSet, kept: ImageSet, device: torch.device) -> Watch:
        """What is looked at meanwhile."""
        middle = MIDDLES.get(self.game.loss, 0.0)
        return watch(learned, kept, self.game.latent_dim, self.game.classes, middle, device)


def pictures(options: Common) -> tuple[ImageSet, ImageSet, ImageSet]:
    """All pictures of --data, those to learn from and those held out."""
    data = load_set(options.data, size=options.size, data_root=options.data_root)
    return data, *held_out(data)


def start(
    options: Common,
    entry: str,
    plan: Callable[..., Plan],
    read: Callable[..., tuple] = pictures,
    settled: Callable[..., Common] = settle,
) -> Run | None:
    """Train as the options say, resuming if the run folder has a checkpoint; None after a dry run.

    `read(options)` gives all data, the part to learn from and the part held out; `plan(options, learned)` the Plan;
    `settled(options)` fills in what was left open, as far as that does not depend on the pictures.
    """
    if options.dry_run:
        precision = "bf16" if wants_bf16(options.precision) else "fp32"
        run = options.run or default_folder(options, entry)
        shown = as_json(replace(settled(options), run=run, precision=precision))
        known = {key: value for key, value in shown.items() if value not in (None, "")}
        print(json.dumps({"entry": entry} | known, indent=2, ensure_ascii=False))
        return None
    accelerator = make_accelerator(options.precision)
    keep_memory()
    run = Run(options.run or default_folder(options, entry))
    # Before the pictures, which may take minutes.
    if accelerator.is_main_process:
        run.refuse_others()
        refuse_data(run, options)
    data, learned, kept = read(options)
    torch.manual_seed(options.seed)
    planned = plan(options, learned)
    with run.lock() if accelerator.is_main_process else nullcontext():
        if accelerator.is_main_process:
            run.sweep()
            claim(run, describe(planned, entry, data), options.from_)
            say_data(data)
        accelerator.wait_for_everyone()
        carry_out(run, planned, learned, kept, accelerator)
    accelerator.end_training()
    return run


def carry_out(run: Run, planned: Plan, learned: ImageSet, kept: ImageSet, accelerator: Accelerator) -> None:
    """Train what was planned in its run folder; what stops it early is written there too."""
    options, here = planned.options, accelerator.is_main_process
    if options.from_ and not run.has_checkpoint:
        partly = begin_from(planned.networks, options.from_)
        for name in partly if here else ():
            print(f"--from {options.from_}: its {name} does not fit everywhere; the rest begins anew.", file=sys.stderr)
    players = line_up(planned, accelerator.device)
    batches = planned.batches(learned, accelerator.process_index, accelerator.num_processes)
    if pays(accelerator.device.type):
        batches = Ahead(batches, spare_workers(accelerator.num_processes), pinned=True)
    seconds = None if options.minutes is None else options.minutes * 60
    settings = Schedule(options.seed, options.steps, seconds, options.save_every, options.cool_down)
    watched = planned.watch(learned, kept, accelerator.device)
    monitor = Monitor(run, watched, as_json(options)) if here else None
    try:
        train(run, players, planned.phases(), batches, settings, accelerator, monitor)
    except TrainingError as error:
        if monitor:
            monitor.stopped(players.step, str(error))
        raise
    if here:
        report(run, players, settings)


def need_two(options: Common) -> None:
    """Refuse a batch of one where a norm of single units sees nothing but the pictures of the batch."""
    if options.batch < 2:
        raise TrainingError("--batch is 1 and dense layers with batch norm compare pictures; give --batch 2 or more.")


def line_up(planned: Plan, device: torch.device) -> Players:
    """Networks on the device in channels_last, an optimizer each, the generator's average."""
    options = planned.options
    networks = {
        name: network.to(device, memory_format=torch.channels_last).train()
        for name, network in planned.networks.items()
    }
    rates = {"generator": options.generator_lr}
    optimizers = {
        name: optimizer_for(network, planned, rates.get(name, options.discriminator_lr))
        for name, network in networks.items()
        if any(parameter.requires_grad for parameter in network.parameters())
    }
    return Players(networks, optimizers, Ema(networks["generator"], half_life=options.ema))


def optimizer_for(network: nn.Module, planned: Plan, rate: float) -> Optimizer:
    """Adam, or RMSprop as in Arjovsky et al. 2017; only over what is to be learned."""
    learned = [parameter for parameter in network.parameters() if parameter.requires_grad]
    if planned.optimizer == "rmsprop":
        return RMSprop(learned, lr=rate, alpha=planned.options.beta2)
    # fused: one pass over memory instead of a dozen, the same update.
    return Adam(learned, lr=rate, betas=(planned.options.beta1, planned.options.beta2), fused=True)


def make_accelerator(precision: str) -> Accelerator:
    """Device, precision, processes; TrainingError where several were started that did not meet."""
    # Accelerate remembers its settings for the life of the process; a second training may choose others.
    AcceleratorState._reset_state()
    here = Accelerator(
        cpu=not torch.accelerator.is_available(), mixed_precision="bf16" if wants_bf16(precision) else "no"
    )
    asked = int(os.environ.get("WORLD_SIZE", 1))
    if here.num_processes != asked:
        raise TrainingError(
            f"{asked} processes were started and this one sees {here.num_processes}; "
            "start them by torchrun --nproc_per_node N -m training..., or by accelerate launch on GPUs."
        )
    return here


def wants_bf16(precision: str) -> bool:
    """Whether to compute in bfloat16: as told, or ("auto") where the processor multiplies it in hardware."""
    if precision != "auto":
        return precision == "bf16"
    return has_bf16("cuda" if torch.cuda.is_available() else "cpu")


def keep_memory() -> None:
    """Let the allocator keep freed memory: getting the same pages anew at each step costs time."""
    with suppress(OSError, AttributeError, TypeError):  # only glibc knows the question
        library = ctypes.CDLL(None)
        for setting, value in MALLOC.items():
            library.mallopt(setting, value)


def default_folder(options: Common, entry: str) -> Path:
    """runs/PRESET, or runs/ENTRY-DATA."""
    return Path("runs") / usual_name(entry, as_json(options))


def describe(planned: Plan, entry: str, data: ImageSet) -> dict:
    """config.json: enough to resume, export and explain the run."""
    source = {"name": data.name, "sha256": data.sha256, "count": len(data), "licence": data.licence}
    if planned.held_out:
        source["held_out"] = list(planned.held_out)
    return {
        "entry": entry,
        "command": shlex.join(["python", "-m", f"training.{entry}", *sys.argv[1:]]),
        "config": as_json(planned.options),
        "family": planned.family,
        "family_config": asdict(planned.config),
        "method": planned.method,
        "task": family(planned.family).task,
        "data": source | {"source": data.source, "free": data.free},
        "labels": planned.labels(data),
        "translation": planned.translation,
        **({"words": asdict(words)} if (words := getattr(planned, "words", None)) else {}),
        "skipped": list(data.skipped),
        "ships": planned.ships,
        "hardware": hardware(),
        "torch": str(torch.__version__),
        "version": __version__,
    }


def hardware() -> str:
    """What computes, in words for the card."""
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    facts = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    names = [line.partition(":")[2].strip() for line in facts.splitlines() if line.startswith("model name")]
    threads = torch.get_num_threads()
    return f"{threads} thread{'s'[: threads > 1]} of {names[0] if names else platform.machine()}"


def refuse_data(run: Run, options: Common) -> None:
    """TrainingError where the run would lie among its own pictures, which could then not be told from its grids."""
    given = [getattr(options, name, "") for name in ("data", "a", "b")]
    places = [place for one in given for place in ([one] if isinstance(one, str) else one) if place]
    for place in places:
        if followed(at_home(place)) == followed(run.folder):
            raise TrainingError(f"--run {run.folder} is the folder of the pictures; give another, inside it or beside.")


def say_data(data: ImageSet, most: int = 20) -> None:
    """Say what was taken for what, and name the files that could not be read, the first `most` of them.

    config.json has them all.
    """
    count = f": {len(data):,} {getattr(data, 'things', 'pictures')}" if len(data) else ""
    print(data.name + count, *data.told, sep="; ", file=sys.stderr)
    if data.skipped:
        lines = [*data.skipped[:most], *(["..."] if len(data.skipped) > most else [])]
        print(
            f"Skipped of {data.name}: {len(data.skipped)}",
            *lines,
            sep="\n  ",
            file=sys.stderr,
        )


def claim(run: Run, config: Mapping, source: str | None) -> None:
    """Write the config, with the stages behind `source`, or check that the folder's run was begun by the same command
    on the same data. One that got no checkpoint was not begun: what it failed by may be put right."""
    if not (run.config_path.exists() and run.has_checkpoint):
        return run.write_config({**config, "before": stages(source) if source else []})
    before = run.config()
    if changed := changes(before, config):
        raise TrainingError(
            f"{run.folder} holds a run that differs in {', '.join(changed)}; "
            "give the same options to go on with it, or another folder with --run."
        )
    # The end may have been moved: the command that leads to it is the one to remember.
    return run.write_config({**before, "command": config["command"], "config": config["config"]})


def changes(before: Mapping, now: Mapping) -> list[str]:
    """What differs between a run's config and that of a command that would go on with it, a few words each."""
    was, wanted = ({**one.get("config", {}), "size": side_of(one)} for one in (before, now))
    if same := before.get("data", {}).get("sha256") == now["data"]["sha256"]:
        # The same pictures, wherever they lie now; of two sides only which of them are taken.
        was, wanted = ({key: rule_of(key, value) for key, value in one.items()} for one in (was, wanted))
    if wanted.get("from_") and was.get("from_") and before.get("before") == stages_now(wanted["from_"]):
        was = was | {"from_": wanted["from_"]}
    changed = differences(was, wanted)
    if before.get("entry") != now["entry"]:
        changed.insert(0, f"entry ({before.get('entry')}, now {now['entry']})")
    return changed if same else [*changed, "the pictures of --data"]


def side_of(config: Mapping) -> int | None:
    """The side of a run's pictures, given or found."""
    return config.get("config", {}).get("size") or config.get("family_config", {}).get("size")


def rule_of(key: str, value: Any) -> Any:
    """Of an option that names pictures what it takes of them, as in cats.zip@ginger; other options as they are."""
    if key not in PICTURES:
        return value
    return value.partition("@")[2] if key != "data" and isinstance(value, str) else ""


def stages_now(source: str) -> list[dict] | None:
    """The trainings behind a run folder or weight, None where it is gone."""
    try:
        return stages(source)
    except AtelierError:
        return None


def report(run: Run, players: Players, settings: Schedule) -> None:
    """One line on how the training ended, and the command that comes next."""
    done = settings.progress(players.step, players.seconds) >= 1
    state = "Finished" if done else "Stopped; the same command goes on from here"
    minutes = f"{players.seconds / 60:.1f} min"
    print(f"{state}: {players.step} steps, {players.images} images, {minutes} in {run.folder}.")
    if done:
        print(f"To put it on the page: {command(['training.export', str(run.folder)])}")
