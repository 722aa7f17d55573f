"""Do drawn pictures help a classifier? python -m training.augment_experiment --data-root DIR

A classifier learns from a few labelled pictures, from these and the samples of a conditional GAN, and from the samples
alone; it is asked about the real test set. The GAN of each row is trained on that row's labelled pictures and on
nothing else, so that no picture without a label helps in secret. What was measured already is not measured again.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from gan_models.errors import TrainingError, one_line
from gan_models.files import write_atomically
from gan_models.pictures.images import as_levels
from training import train_dcgan
from training.data import Batches, ImageSet, load_set
from training.lines import append_line, read_lines
from training.loop import brief
from training.loop.ema import Ema
from training.loop.start import keep_memory
from training.loop.trainer import Schedule
from training.measures.accuracy_plot import Summary, plot
from training.measures.classifier import Classifier, ClassifierConfig
from training.options import SAID, asked
from training.train_classifier import TRAININGS, correct, vary

WAYS = {"real": "labelled pictures", "both": "and samples", "samples": "samples alone"}
"""What a classifier learns from, and what the table calls it."""
ALL = 0
"""The row of all pictures."""
RESULTS, TABLE, PLOT = "results.jsonl", "table.md", "augment.svg"


@dataclass(frozen=True)
class Options:
    """Compare classifiers that learned from labelled pictures, from samples, and from both."""

    data: tuple[Literal["fashion-mnist", "mnist"], ...] = ("fashion-mnist", "mnist")
    """The sets."""
    data_root: Annotated[Path | None, SAID] = None
    """Folder that holds them; without it they are downloaded."""
    labelled: tuple[int, ...] = (50, 200, 1000, ALL)
    """Labelled pictures in a row of the table, as many of each class; 0 is all of them."""
    seeds: int = 5
    """How often each row is measured, each time with other labelled pictures (but in the row of all)."""
    gan_steps: int = 1000
    """Steps of a GAN."""
    gan_width: int = 32
    """Channels beside the picture in the GAN's networks."""
    classifier_steps: int = 400
    """Steps of a classifier; in the row of all pictures three times as many."""
    batch: int = 32
    """Pictures in a batch, of both kinds of networks."""
    drawn: int = 10_000
    """Samples that a classifier learns from, as many of each class."""
    out: Path = Path("runs/augment")
    """Folder for results.jsonl, table.md and augment.svg."""


@dataclass(frozen=True)
class Cell:
    """One measurement to make: a set, a number of labelled pictures, a seed."""

    data: str
    labelled: int
    seed: int

    def measured(self, rows: Sequence[Mapping]) -> bool:
        """Whether it is among the results."""
        return any(self == Cell(row["data"], row["labelled"], row["seed"]) for row in rows)


def experiment(options: Options) -> None:
    """Measure every cell that has no result yet, the seeds in turn; write table and plot after each."""
    results = options.out / RESULTS
    for cell in cells(options):
        if cell.measured(read_lines(results)):
            continue
        begun = time.monotonic()
        train, test = (load_set(cell.data, data_root=options.data_root, split=split) for split in ("train", "test"))
        row = {**vars(cell), "accuracy": measure(cell, train, test, options), **settings_of(options)}
        append_line(results, row | {"seconds": round(time.monotonic() - begun, 1)})
        report(options)
        print(f"{cell}: {row['accuracy']} in {time.monotonic() - begun:.0f} s", flush=True)
    print(report(options))


def cells(options: Options) -> Iterator[Cell]:
    """What is measured, in an order that has every row once before any twice."""
    for seed in range(options.seeds):
        for data in options.data:
            yield from (Cell(data, count, seed) for count in options.labelled)


def settings_of(options: Options) -> dict[str, int]:
    """What a result depends on."""
    return {name: getattr(options, name) for name in ("gan_steps", "gan_width", "classifier_steps", "batch", "drawn")}


def measure(cell: Cell, train: ImageSet, test: ImageSet, options: Options) -> dict[str, float]:
    """Accuracy on the test set of a classifier of each of WAYS."""
    labelled = chosen(train, cell.labelled, cell.seed)
    drawn = samples_of(labelled, cell, options)
    steps = options.classifier_steps * (1 if cell.labelled else 3)
    sources = {"real": (labelled,), "both": (labelled, drawn), "samples": (drawn,)}
    found = {}
    for way, sets in sources.items():
        network = classifier(sets, steps, options.batch, cell)
        found[way] = round(correct(network, test.images, test.labels).mean().item(), 4)
    return found


def chosen(data: ImageSet, count: int, seed: int) -> ImageSet:
    """`count` pictures, as many of each class, by the seed; all of them for ALL. TrainingError for an odd count."""
    if count == ALL:
        return data
    each, rest = divmod(count, len(data.classes))
    if rest or not each:
        raise TrainingError(f"--labelled {count} does not divide by the {len(data.classes)} classes of {data.name}.")
    order = torch.randperm(len(data), generator=torch.Generator().manual_seed(seed))
    of_class = [order[data.labels[order] == label][:each] for label in range(len(data.classes))]
    return data.take(torch.cat(of_class))


def samples_of(labelled: ImageSet, cell: Cell, options: Options) -> ImageSet:
    """Samples of a conditional GAN that learned from these pictures alone; in the row of all one GAN for all seeds."""
    seed = cell.seed if cell.labelled else 0
    kept = options.out / f"samples-{cell.data}-{cell.labelled}-{seed}-{options.gan_steps}-{options.gan_width}.pt"
    if kept.exists():
        images = torch.load(kept, weights_only=True)
    else:
        ema, latent_dim = conditional(labelled, seed, options)
        images = draw(ema.module, latent_dim, options.drawn, len(labelled.classes), seed)
        kept.parent.mkdir(parents=True, exist_ok=True)
        with kept.open("wb") as file:
            torch.save(images, file)
    labels = torch.arange(len(images)) % len(labelled.classes)
    return replace(labelled, name=f"samples of {labelled.name}", images=images, labels=labels)


def conditional(labelled: ImageSet, seed: int, options: Options) -> tuple[Ema, int]:
    """Train the preset cgan-fashion, narrower and shorter, on these pictures; the averaged generator, its latent's
    length."""
    flags = train_dcgan.Options(
        conditional=True, discriminator="dcgan", discriminator_norm="none", r1=0.1, cool_down=0.4, hidden=128,
        width=options.gan_width, batch=min(options.batch, len(labelled)), generator_lr=5e-4, discriminator_lr=5e-4,
        augment=("translation",), ema=2_000.0, steps=options.gan_steps, seed=seed,
    )  # fmt: skip
    torch.manual_seed(seed)
    schedule = Schedule(seed, flags.steps, cool_down=flags.cool_down)
    return brief.train(train_dcgan.plan(flags, labelled), labelled, schedule).ema, flags.latent_dim


@torch.inference_mode()
def draw(generator: torch.nn.Module, latent_dim: int, count: int, classes: int, seed: int) -> Tensor:
    """`count` samples, of the classes in turn: uint8 (count, C, H, W)."""
    generator.eval()
    latents = torch.randn(count, latent_dim, generator=torch.Generator().manual_seed(seed))
    labels = torch.arange(count) % classes
    parts = [generator(z, y) for z, y in zip(latents.split(500), labels.split(500))]
    return as_levels(torch.cat(parts))


def classifier(sets: Sequence[ImageSet], steps: int, batch: int, cell: Cell) -> Classifier:
    """A small classifier that saw as many pictures of each of the sets, varied as the shipped ones' were."""
    torch.manual_seed(cell.seed)
    varied, first = TRAININGS[cell.data.partition("-")[0]], sets[0]
    config = ClassifierConfig(first.size, first.channels, first.classes, (16, 32, 64), varied.features)
    network = Classifier(config).to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=0.02)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps, pct_start=0.2)
    readers = [Batches(data, min(batch // len(sets), len(data)), cell.seed) for data in sets]
    for step in range(steps):
        images, labels = (torch.cat(parts) for parts in zip(*(reader.at(step) for reader in readers)))
        with torch.autocast("cpu", torch.bfloat16):
            logits = network(vary(images, varied).contiguous(memory_format=torch.channels_last))[1]
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(logits.float(), labels, label_smoothing=0.05).backward()
        optimizer.step()
        rate.step()
    return network.eval()


def report(options: Options) -> str:
    """Write table and plot of what is measured by now; the table."""
    summary = summed(read_lines(options.out / RESULTS))
    text = table(summary)
    write_atomically(options.out / TABLE, text.encode())
    write_atomically(options.out / PLOT, plot(summary, WAYS).encode())
    return text


def summed(rows: Sequence[Mapping]) -> Summary:
    """Means over the seeds, with their standard deviation (0 of one seed)."""
    found: dict[tuple[str, int], dict[str, tuple[float, float, int]]] = {}
    for key in dict.fromkeys((row["data"], row["labelled"]) for row in rows):
        of_key = [row["accuracy"] for row in rows if (row["data"], row["labelled"]) == key]
        columns = {way: [accuracy[way] for accuracy in of_key] for way in WAYS}
        found[key] = {
            way: (statistics.mean(x), statistics.stdev(x) if len(x) > 1 else 0.0, len(x)) for way, x in columns.items()
        }
    return found


def table(summary: Summary) -> str:
    """Markdown: a row for each set and number of labelled pictures; accuracy in per cent, with its deviation where
    there is more than one seed."""
    head = ["", "labelled", *WAYS.values(), "seeds"]
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    for (data, count), ways in sorted(summary.items(), key=lambda one: (one[0][0], one[0][1] or 10**9)):
        figures = [f"{100 * mean:.1f}" + f" ± {100 * spread:.1f}" * (n > 1) for mean, spread, n in ways.values()]
        cells = [data, f"{count:,}" if count else "all", *figures, str(ways["real"][2])]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        keep_memory()
        experiment(asked(Options, argv, "augment_experiment"))


if __name__ == "__main__":
    main()
