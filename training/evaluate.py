"""Measure samples: `python -m training.evaluate WEIGHT_OR_FOLDER_OR_NPZ [--features NAME]`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import torch
import tyro

from gan_models import errors
from gan_models.errors import RequestError
from gan_models.pictures.images import as_pillow
from gan_models.weight.card import CARD, Card, Measure
from training.commands import last_part
from training.data.image_set import Rows
from training.measures import report
from training.measures.cats import FACES, MOST, THUMBNAILS, look_at_cats, thumbnails
from training.measures.distances import CHUNK, class_shares, pairwise
from training.measures.features import Features, fit
from training.measures.nearest import SUSPICIOUS, nearest, sheet
from training.measures.report import Figure
from training.measures.subjects import Pictures, Subject, open_subject
from training.measures.yardstick import Yardstick, open_yardstick, training_images
from training.options import asked

LARGEST_N, LEAST_N = 10_000, 20
AGREEMENT, COPIES = "agreement with label", "suspected copies"
SMALLEST, LARGEST = "smallest class share", "largest class share"
APART = "feature distance"

Say = Callable[[str], None]
Measured = Callable[[torch.Tensor], float]


@dataclass(frozen=True)
class Evaluation:
    """Measure the samples of a weight, an .npz or a folder against real images."""

    subject: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="WEIGHT_OR_FOLDER_OR_NPZ")]
    """A weight (name, folder or Hub repository), an .npz with `images`, or a folder or zip of pictures."""
    features: str | None = None
    """mnist, fashion, photos, flowers, inception, or a folder by train_classifier; else what fits the card."""
    n: int | None = None
    """How many samples; else as many as there are real images for the floor, at most 10,000."""
    seed: int = 0
    """Sample i has the seed `seed + i`; resamplings follow it too."""
    real: str | None = None
    """What to compare with: a set shipped with the features, or a set, folder or zip; else the card's own."""
    data_root: Path = Path("data")
    """Where training images are looked for, by --nearest and where features are not shipped."""
    truncation: float = 1.0
    """Of every sample; figures of another than 1 say so by their command and are not kept in a card."""
    resamplings: int = 8
    """How many half-samples the spread is taken over; fewer than two give none."""
    cats: bool = False
    """Also: how often cat-face cascades fire, and how far the samples are from each other."""
    nearest: Path | None = None
    """Write a sheet of samples beside their nearest training images to this PNG."""
    overwrite: bool = False
    """Replace that PNG where it exists."""
    write_card: bool = False
    """Put the figures into the weight's card.json, in place of earlier ones by the same features."""


@dataclass(frozen=True)
class Trial:
    """One subject before its yardstick: the samples as pictures and as features of them."""

    subject: Subject
    yardstick: Yardstick
    pictures: Pictures
    samples: Features
    seed: int
    resamplings: int

    def figure(self, name: str, measure: Measured, floor: float | None = None, count: int | None = None) -> Figure:
        """A figure of all samples, or the first `count`, by the yardstick's features.

        `measure` gets them as indices; the spread is its deviation over random halves of them. The floor is of all
        of the yardstick's other real images.
        """
        count, floor_n = count or len(self.samples), len(self.yardstick.real.other)
        value = measure(torch.arange(count))
        spread = report.over_halves(measure, count, self.seed, self.resamplings)
        return Figure(name, value, spread, floor, count, self.yardstick.name, self.seed, floor_n)


def main(argv: list[str] | None = None) -> None:
    """The command line."""
    with errors.one_line():
        options = asked(Evaluation, argv, "evaluate")
        evaluate(options, print)


def evaluate(options: Evaluation, say: Say = lambda line: None) -> list[Figure]:
    """Every figure that `options` asks for, said line by line; raises AtelierError."""
    trial = prepare(options)
    real = trial.yardstick.real
    say(f"{trial.subject.name}: {len(trial.samples)} samples against {real.name} ({real.images})")
    rows = trial.yardstick.figures(trial.samples, options.seed, options.resamplings)
    rows += class_figures(trial, say) + agreement_figures(trial, say)
    if options.cats:
        rows += cat_figures(trial)
    if options.nearest:
        rows += nearest_figures(trial, options, say)
    say(report.table(rows))
    say("spread: the deviation over resamplings; floor: what other real images get in the samples' place")
    if options.write_card:
        write_card(trial.subject.folder, rows, _command(options, trial))
        say(f"{len(rows)} figures are in {trial.subject.folder / CARD}")
    return rows


def prepare(options: Evaluation) -> Trial:
    """The samples and their features; raises RequestError for too few of them or no card to write to."""
    subject = open_subject(options.subject, options.truncation)
    if options.truncation != 1 and subject.card is None:
        raise RequestError(f"{options.subject} is no weight: only samples that are drawn have a --truncation.")
    if options.write_card and options.truncation != 1:
        raise RequestError("A card keeps the figures of full variety: leave out --write-card or --truncation.")
    if options.write_card and subject.card is None:
        raise RequestError(f"{options.subject} has no card to write to: leave out --write-card.")
    yardstick = open_yardstick(options.features, options.real, subject.card, options.data_root)
    pictures = subject.draw(options.n or min(LARGEST_N, len(yardstick.real.other)), options.seed)
    if len(pictures.images) < LEAST_N:
        count = len(pictures.images)
        raise RequestError(f"{options.subject} gives {count} pictures: figures need at least {LEAST_N}.")
    samples = yardstick.extract(pictures.images)
    return Trial(subject, yardstick, pictures, samples, options.seed, options.resamplings)


def class_figures(trial: Trial, say: Say) -> list[Figure]:
    """The smallest and the largest share of a class, all said, where the real images have every class."""
    yardstick = trial.yardstick
    if not yardstick.classes:
        return []
    logits = trial.samples.logits
    shares, real = class_shares(logits), class_shares(yardstick.logits(yardstick.real.other))
    if real.min() < 0.01:
        return []
    for name, share, expected in zip(yardstick.classes, shares, real):
        say(f"  {name:<14}{share:>7.1%} of the samples, {expected:.1%} of real images")
    return [
        trial.figure(SMALLEST, lambda chosen: class_shares(logits[chosen]).min().item(), real.min().item()),
        trial.figure(LARGEST, lambda chosen: class_shares(logits[chosen]).max().item(), real.max().item()),
    ]


def agreement_figures(trial: Trial, say: Say) -> list[Figure]:
    """How often the classifier sees the label that was asked for; nothing where its classes are others."""
    yardstick, asked, card = trial.yardstick, trial.pictures.asked, trial.subject.card
    if asked is None or not yardstick.classes or (card and tuple(card.labels) != tuple(yardstick.classes)):
        return []
    right = (trial.samples.logits.argmax(1) == asked).float()
    by_class = [f"{name} {right[asked == i].mean():.0%}" for i, name in enumerate(yardstick.classes)]
    say(f"  agreement with the label asked for: {', '.join(by_class)}")
    return [trial.figure(AGREEMENT, lambda chosen: right[chosen].mean().item(), yardstick.accuracy)]


def cat_figures(trial: Trial) -> list[Figure]:
    """The cascades' hit rate on up to 500 samples, and mean pairwise distances, beside those of real cats."""
    found, small = look_at_cats(trial.pictures.images)
    features, real = trial.samples.features, trial.yardstick.real
    faces = trial.figure(FACES, lambda chosen: found[chosen].mean().item(), real.judged.get(FACES), len(found))
    distance = trial.figure(THUMBNAILS, lambda chosen: pairwise(small[chosen]), real.judged.get(THUMBNAILS), len(small))
    return [
        replace(faces, features="OpenCV cat cascades", floor_n=MOST),
        replace(distance, features="16 px thumbnails", floor_n=MOST),
        trial.figure(APART, lambda chosen: pairwise(features[chosen]), pairwise(real.other)),
    ]


def nearest_figures(trial: Trial, options: Evaluation, say: Say) -> list[Figure]:
    """Write the sheet of nearest training images and give the share of samples that are suspiciously near."""
    training = training_images(options.real, trial.subject.card, options.data_root)
    samples = trial.pictures.images
    shape = samples.shape[-1], samples.shape[1]
    spaces = {
        trial.yardstick.name: (trial.samples.features, trial.yardstick.extract(training.images).features),
        "16 px thumbnails": tuple(small(x, *shape) for x in (samples, training.images)),
    }
    ways = {name: nearest(*both) for name, both in spaces.items()}
    options.nearest.parent.mkdir(parents=True, exist_ok=True)
    as_pillow(sheet(samples, training.images, list(ways.values()))).save(options.nearest)
    say(f"  {options.nearest}: samples with their nearest of {len(training)} images by {', '.join(ways)}")
    rows = []
    for name, way in ways.items():
        say(f"  {way.copies:.1%} of the samples are nearer to one than 99 % of those are ({name})")
        copies = trial.figure(COPIES, lambda chosen, way=way: way.suspected[chosen].float().mean().item(), SUSPICIOUS)
        rows.append(replace(copies, features=name))
    return rows


def small(images: torch.Tensor | Rows, size: int, channels: int) -> torch.Tensor:
    """The thumbnails of pictures brought to one shape, part by part: a set may be larger than memory."""
    parts = (fit(images[start : start + CHUNK], size, channels) for start in range(0, len(images), CHUNK))
    return torch.cat([thumbnails(part.permute(0, 2, 3, 1).numpy()) for part in parts])


def write_card(folder: Path, rows: list[Figure], command: str) -> None:
    """Put figures into a weight's card."""
    put_measures(folder, tuple(row.measure(command) for row in rows))


def put_measures(folder: Path, fresh: tuple[Measure, ...]) -> None:
    """Put measures into a weight's card; earlier ones stay unless a new one has their name and features."""
    card = Card.read(folder)
    known = {(m.name, m.features) for m in fresh}
    kept = tuple(m for m in card.measures if (m.name, m.features) not in known)
    replace(card, measures=kept + fresh).write(folder)


def sets_of(card: Card, option: str = "data") -> list[str]:
    """The sets that a weight learned from, without their folders; RequestError where its card names none."""
    named = card.making.config.get(option)
    names = [named] if isinstance(named, str) else named
    if not names or not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise RequestError(
            f"The card of {card.name} does not say which {option} it learned from; export its run again."
        )
    return [Path(name).name for name in names]


def _command(options: Evaluation, trial: Trial) -> str:
    """The command that gives these figures again."""
    real = last_part(options.real) if options.real else None
    found = {"features": trial.yardstick.name, "real": real, "n": len(trial.samples)}
    return report.command_of("evaluate", trial.subject.name, **found, seed=options.seed, cats=options.cats)


if __name__ == "__main__":
    main()
