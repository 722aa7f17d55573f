"""Measure a translator on held-out sources: python -m training.evaluate_translate WEIGHT --data-root DIR

The data are those of its card, split as they were for the training; colour hints are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import torch
import tyro
from torch import Tensor
from torch.nn import functional as F

from gan_models.drawing.edges import detect
from gan_models.drawing.sources import Source
from gan_models.errors import RequestError, one_line
from gan_models.loading import load
from gan_models.networks.translation import HINTS
from gan_models.pictures.images import as_pillow, contact_sheet, from_levels, to_tensor
from gan_models.translate import Given, TranslateOptions, translate
from gan_models.weight.card import CARD
from gan_models.weight.model import Model, translation
from training.data import NAMES, ImageSet
from training.data.pair_batches import Changes, fixed_pairs, hints_for
from training.data.pairs import PairSet, load_pairs
from training.data.unpaired import load_side
from training.evaluate import put_measures
from training.measures import report
from training.measures import translation as measures
from training.measures.cats import FACES, MOST, cat_faces
from training.measures.classifier import load_features
from training.measures.features import extract
from training.measures.report import Figure
from training.options import asked

MOST_REFERENCE = 2000
COLUMNS = 4

Say = Callable[[str], None]


@dataclass(frozen=True)
class Evaluation:
    """Measure a weight that translates, on pictures that its training never saw."""

    weight: Annotated[str, tyro.conf.Positional]
    """Name, folder or Hub repository."""
    data_root: Path = Path("data")
    """Folder in which the card's sets lie."""
    n: int = 500
    """At most so many held-out sources."""
    seed: int = 0
    """Of the network's noise and of resamplings."""
    draws: int = 4
    """Draws of the noise for each source, for the diversity."""
    features: str = "photos"
    """Whose features the kernel distance is of: mnist, fashion, photos, flowers, or a folder by train_classifier."""
    feature_weights: Path | None = None
    """File of torchvision's SqueezeNet 1.1: the kernel distance by its features, too, unless training used them."""
    edges: Literal["", "canny", "outlines", "ink", "pencil"] = ""
    """Give what this detector of the page finds in the held-out pictures, not drawings at random as in training."""
    detail: float = 0.5
    """How much --edges finds: 0 for the strongest lines, 1 for all."""
    hints: int = 0
    """Give so many dots of the true colours, for a network that takes hints."""
    cats: bool = False
    """Also: how often cat-face cascades fire."""
    sheet: Path | None = None
    """Write a sheet of sources, results and truths to this PNG."""
    overwrite: bool = False
    """Replace that PNG where it exists."""
    write_card: bool = False
    """Put the figures into the weight's card.json, in place of earlier ones of the same name and features."""


@dataclass(frozen=True)
class Trial:
    """One direction's sources and results, and real pictures of the target set, all uint8 (N, H, W, C).

    `what`: said behind the name of every figure where there are several kinds. `truth`: the answers where there are
    pairs. `reference`: real targets that training saw.
    """

    what: str
    sources: np.ndarray
    drawn: np.ndarray
    real: np.ndarray
    reference: np.ndarray
    draws: np.ndarray | None = None
    paired: bool = True


def evaluate(options: Evaluation, say: Say = lambda line: None) -> list[Figure]:
    """Every figure, said as a table; raises AtelierError."""
    model = load(options.weight)
    crossing = len(translation(model).directions) == 2
    trials = cycle_trials(model, options) if crossing else pair_trials(model, options)
    rows = []
    for trial in trials:
        say(f"{trial.what or model.name}: {len(trial.drawn)} held-out sources")
        rows += [named(row, trial.what) for row in figures(model, trial, options, say)]
    if len(trials) == 2:
        rows += cycle_figures(model, trials, options)
    say(report.table(rows))
    if options.sheet:
        options.sheet.parent.mkdir(parents=True, exist_ok=True)
        as_pillow(sheet(trials)).save(options.sheet)
    if options.write_card:
        command = repeating(model, options)
        put_measures(model.folder, tuple(row.measure(command) for row in rows))
        say(f"{len(rows)} figures are in {model.folder / CARD}")
    return rows


def pair_trials(model: Model, options: Evaluation) -> list[Trial]:
    """The held-out pairs of the card's data."""
    config = model.card.making.config
    learned, kept = pairs_of(config, options.data_root, model.size)
    check_split(model, learned.held_out)
    changes = Changes(flip=False, zoom=0, hints=bool(config.get("hints")), absent=1.0)
    chosen = spread(len(kept), options.n)
    _, _, given = fixed_pairs(kept, chosen, changes)
    if options.edges:
        given[:, :1] = edges_of(model, kept.target.images[torch.from_numpy(chosen)], options)
    if options.hints:
        given[:, -HINTS:] = hints_of(model, kept.target.images[torch.from_numpy(chosen)], options)
    sources = [split_given(model, part) for part in given.split(1)]
    wish = TranslateOptions(options.seed)
    drawn = np.stack([translate(model, source, wish) for source in sources])
    draws = None
    if getattr(model.config, "dropout", 0) and options.draws > 1:
        seeds = range(options.seed, options.seed + options.draws)
        few = sources[:: max(1, len(sources) // 50)]
        draws = np.stack([np.stack([translate(model, s, TranslateOptions(seed)) for seed in seeds]) for s in few])
    seen = np.stack([source.picture() for source in sources])
    reference = pictures_of(learned.target, MOST_REFERENCE)
    ways = [f"{options.edges} {options.detail:g}" if options.edges else ""]
    what = ", ".join(filter(None, [*ways, f"{options.hints} hints" if options.hints else ""]))
    return [Trial(what, seen, drawn, pictures_of(kept.target, options.n), reference, draws)]


def hints_of(model: Model, images: Tensor, options: Evaluation) -> Tensor:
    """The true colours of pictures uint8 (N, C, S, S) in --hints places of each."""
    kind = translation(model)
    if not kind.hints:
        raise RequestError(f"{model.name} takes no colour hints; leave --hints out.")
    pictures, counts = to_tensor(images.permute(0, 2, 3, 1).numpy()), [options.hints] * len(images)
    return hints_for(pictures, counts, np.random.default_rng([options.seed, 13]), kind.spread)


def check_split(model: Model, held_out: tuple[int, ...]) -> None:
    """RequestError where other rows of a set would be held out than training held out: it would have seen some."""
    if tuple(held_out) != tuple(model.card.data.held_out):
        raise RequestError(
            f"{model.name} was trained on another split of {model.card.data.name} than these files give; get the "
            f"set of hash {model.card.data.sha256[:12]}..."
        )


def edges_of(model: Model, images: Tensor, options: Evaluation) -> Tensor:
    """Drawings (N, 1, S, S) in [-1, 1] that a detector makes of uint8 pictures (N, 3, S, S)."""
    if not translation(model).takes.edges:
        raise RequestError(f"--edges is for weights that take drawings; {model.name} takes another source.")
    pictures = (np.ascontiguousarray(image.permute(1, 2, 0).numpy()) for image in images)
    return to_tensor(np.stack([detect(picture, options.edges, options.detail) for picture in pictures])[..., None])


def cycle_trials(model: Model, options: Evaluation) -> list[Trial]:
    """Held-out pictures of both sets, each brought to the other."""
    config = model.card.making.config
    names = [located(str(config[side]), options.data_root) for side in ("a", "b")]
    sides = [load_side(name, model.size, config.get("limit"), options.data_root) for name in names]
    check_split(model, (*sides[0][3], *(len(sides[0][0]) + row for row in sides[1][3])))
    kept = [pictures_of(side[2], options.n) for side in sides]
    seen = [pictures_of(side[1], MOST_REFERENCE) for side in sides]
    trials = []
    for direction, name in enumerate(translation(model).directions):
        drawn = cross(model, kept[direction], direction)
        trials.append(Trial(name, kept[direction], drawn, kept[1 - direction], seen[1 - direction], paired=False))
    return trials


def figures(model: Model, trial: Trial, options: Evaluation, say: Say) -> list[Figure]:
    """The figures of one direction."""
    rows = kernel_figures(model, trial, options, say)
    if trial.paired:
        rows += measures.pair_figures(trial.drawn, trial.real, options.seed)
    if not trial.paired or of_shapes(translation(model).takes):
        rows.append(measures.edge_figure(trial.sources, trial.drawn, trial.real, options.seed))
    if translation(model).target == "chroma":
        rows.append(measures.colour_figure(trial.drawn, trial.real, options.seed))
    if trial.draws is not None:
        rows.append(measures.diversity_figure(trial.draws, options.seed))
    if options.cats:
        share, floor = (float(cat_faces(x[:MOST]).mean()) for x in (trial.drawn, trial.real))
        spread_ = (share * (1 - share) / len(trial.drawn[:MOST])) ** 0.5
        count = len(trial.drawn[:MOST])
        rows.append(Figure(FACES, share, spread_, floor, count, "OpenCV cat cascades", options.seed, count))
    return rows


def of_shapes(kind: Source) -> bool:
    """Whether what is drawn has colours of its own, whose edges a picture should keep."""
    return kind.drawn and kind.mixed and 3 in kind.channels


def kernel_figures(model: Model, trial: Trial, options: Evaluation, say: Say) -> list[Figure]:
    """The kernel distance by every network of features that is at hand and took no part in the training."""
    judge = load_features(options.features)
    networks = {judge.name: lambda images: extract(judge.network, images).features}
    if options.feature_weights:
        config = model.card.making.config
        if config.get("discriminator") in ("projected", "both") or config.get("perceptual"):
            say("  SqueezeNet's features taught this weight, so they do not judge it.")
        else:
            if config.get("from_"):
                say(f"  It began with {config['from_']}: what SqueezeNet taught that one is not looked into.")
            networks["squeezenet"] = squeezenet(options.feature_weights)
    rows = []
    for name, network in networks.items():
        sides = [network(torch.from_numpy(x).permute(0, 3, 1, 2)) for x in (trial.drawn, trial.reference, trial.real)]
        rows.append(measures.kernel_figure(*sides, features=name, seed=options.seed))
    return rows


def squeezenet(weights: Path) -> Callable[[Tensor], Tensor]:
    """The means of SqueezeNet's last map, float (N, 512), of uint8 pictures (N, 3, H, W)."""
    from training.losses.features import load_features as squeeze

    network = squeeze(weights)

    @torch.inference_mode()
    def features(images: Tensor) -> Tensor:
        parts = [network(from_levels(part))[-1].mean((2, 3)) for part in images.split(32)]
        return F.normalize(torch.cat(parts).clone(), dim=1) * 512**0.5

    return features


def cycle_figures(model: Model, trials: list[Trial], options: Evaluation) -> list[Figure]:
    """Way there and back, and which set a classifier takes the results for, in each direction."""
    a, b = trials[1].reference, trials[0].reference
    judge = measures.set_classifier(a, b, options.seed)
    rows = []
    for direction, trial in enumerate(trials):
        again = cross(model, trial.drawn, 1 - direction)
        target = (lambda x: judge(x)) if direction == 0 else (lambda x: ~judge(x))
        found = (
            measures.cycle_figure(trial.sources, again, options.seed),
            measures.called_figure(target, trial.drawn, trial.real, options.seed),
        )
        rows += [named(row, trial.what) for row in found]
    return rows


def cross(model: Model, pictures: np.ndarray, direction: int) -> np.ndarray:
    """Pictures uint8 (N, H, W, C) brought to the other set."""
    wish = TranslateOptions(direction=direction)
    return np.stack([translate(model, Given(to_tensor(picture)), wish) for picture in pictures])


def pairs_of(config: Mapping, data_root: Path, size: int) -> tuple[PairSet, PairSet]:
    """The pairs that a card's config names: to learn from, and held out."""
    names = [located(str(name), data_root) for name in config.get("data") or ()]
    if not names:
        raise RequestError("The card does not say which data it learned from; export its run again.")
    make, limit = config.get("make", ""), config.get("limit")
    _, learned, kept = load_pairs(names, make, size, bool(config.get("swap")), limit, data_root=data_root)
    return learned, kept


def located(name: str, data_root: Path) -> str:
    """A set's place: itself where it exists or is a named set, else in `data_root`."""
    source, at, rule = name.partition("@")
    if source in NAMES or source.startswith("hf:") or Path(source).exists():
        return name
    if not (data_root / source).exists():
        raise RequestError(f"{source} is not in {data_root}; say with --data-root where the training's sets lie.")
    return f"{data_root / source}{at}{rule}"


def pictures_of(data: ImageSet, most: int) -> np.ndarray:
    """At most so many pictures of a set, evenly spaced, uint8 (N, H, W, C)."""
    return data.images[torch.from_numpy(spread(len(data), most))].permute(0, 2, 3, 1).numpy()


def split_given(model: Model, given: Tensor) -> Given:
    """Source and hints, which batches carry behind each other."""
    channels = model.config.source_channels
    return Given(given[:, :channels], given[:, channels:] if translation(model).hints else None)


def spread(count: int, most: int) -> np.ndarray:
    """At most `most` row numbers, evenly spaced."""
    return np.linspace(0, count - 1, min(count, most)).astype(int)


def named(row: Figure, what: str) -> Figure:
    """The figure with the direction, or whose edges were given, in its name."""
    return replace(row, name=f"{row.name}, {what}") if what else row


def sheet(trials: list[Trial], most: int = 16) -> np.ndarray:
    """Sources, results and truths beside each other, uint8 (H, W, 3)."""
    rows = []
    for trial in trials:
        for index in spread(len(trial.drawn), most):
            columns = [trial.sources[index], trial.drawn[index], *([trial.real[index]] if trial.paired else [])]
            rows += [np.repeat(c, 3, 2) if c.shape[2] == 1 else c for c in columns]
    return contact_sheet(np.stack(rows), columns=COLUMNS * (3 if trials[0].paired else 2))


def repeating(model: Model, options: Evaluation) -> str:
    """The command that gives these figures again."""
    detail = options.detail if options.edges else None
    drawn = {"hints": options.hints or None, "edges": options.edges, "detail": detail}
    return report.command_of(
        "evaluate_translate", model.name, features=Path(options.features), n=options.n, seed=options.seed,
        draws=options.draws, feature_weights=options.feature_weights, cats=options.cats, **drawn,
    )  # fmt: skip


def main(argv: list[str] | None = None) -> None:
    """The command line."""
    with one_line():
        options = asked(Evaluation, argv, "evaluate_translate")
        evaluate(options, print)


if __name__ == "__main__":
    main()
