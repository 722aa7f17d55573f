"""From a run folder to a weight on the shelf: python -m training.export RUN [--out weights/NAME]

Works while the training goes on: it reads the last checkpoint. The folder appears in one move, so that an
open page sees a whole weight or none.
"""

from __future__ import annotations

import itertools
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import tyro
from PIL import Image
from torch import Tensor, nn

from gan_models.errors import TrainingError, WeightError, last_line, one_line, reason
from gan_models.files import beside
from gan_models.latents.directions import principal_directions, style_directions
from gan_models.latents.point import Point
from gan_models.loading import WEIGHTS, load, save, seal
from gan_models.methods import name_of
from gan_models.networks import build_config, family
from gan_models.pictures.images import as_pillow, contact_sheet, stored
from gan_models.puppets.persons import PERSONS
from gan_models.sample import sample
from gan_models.sound import Hit, draw
from gan_models.sounds.spectrogram import spectrograms
from gan_models.weight.card import CARD, Card, DataSet, Making, Stage, plain_name
from gan_models.weight.model import Model
from gan_models.weight.sheet import write_sheet
from gan_models.weight.tensors import GENERATOR, write_tensors
from gan_models.words.vocabulary import Vocabulary
from training.commands import chained, public_command, public_options
from training.data.persons import persons
from training.options import SAID, asked
from training.run import Run, usual_name
from training.watching import crops

FRAMES = 24
MILLISECONDS = 400
FILM_SIDE = 512  # pixels, at most: a film of 24 grids at 128 px would weigh more than its weight
SAMPLES = range(1000, 1064)
LARGE = 2_000_000
"""Numbers from which on a generator's layers are kept in 8 bits: pictures move by .2 to .9 of 255 levels on average."""


@dataclass(frozen=True)
class Options:
    """Export a run folder as a weight that the page, the library and others can load."""

    run: Annotated[Path, tyro.conf.Positional]
    """The run folder."""
    out: Annotated[Path | None, tyro.conf.arg(help_behavior_hint="", aliases=["-o"])] = None
    """The weight folder to write; its last part is the weight's name (default: weights/NAME of the run)."""
    title: Annotated[str | None, SAID] = None
    """What the page calls it (default: the name that you gave it, else method and data)."""
    licence: Annotated[str | None, SAID] = None
    """Licence of the weight (default: Apache-2.0 where the data is free for any use, else the data's)."""
    overwrite: bool = False
    """Replace a weight that this run did not make."""


def export(
    run_folder: str | Path,
    out: str | Path | None = None,
    title: str | None = None,
    licence: str | None = None,
    overwrite: bool = False,
) -> Card:
    """Write the averaged generator of a run's last checkpoint as a weight folder; its card.

    What this run exported before is replaced, the weight of another only with `overwrite`: without `out` it gets
    a name with a number. Raises TrainingError when there is no run or no checkpoint, or when `out` holds something
    else.
    """
    run = Run(Path(run_folder))
    run.config()  # a folder without one is none of a run
    state = run.load_checkpoint()
    if state is None:
        raise TrainingError(f"{run.folder} has no checkpoint yet; wait for the first one, then export.")
    config = run.whole_config()
    out = Path(out) if out is not None else own_place(run, WEIGHTS / plain_name(run.folder.resolve().name), overwrite)
    check_target(out, run, overwrite)
    try:
        generator, discriminator = networks(config, state)
        card = card_of(out.name, title, licence, config, state)
    # Whatever may stand where training writes something else.
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise TrainingError(
            f"{run.folder} is not as training wrote it ({type(error).__name__}: {last_line(error)[:200]}); restore its "
            "config.json and its checkpoint from a copy."
        ) from None
    directions = directions_of(generator) if card.task == "sample" or is_pitched(generator) else None
    of_styles = style_directions_of(generator) if card.task == "sample" else {}
    try:
        with beside(out, folder=True) as part:
            folder = part / out.name
            kept = {"half": True, "pack": is_large(generator), "style_directions": of_styles}
            card = save(folder, card, generator, discriminator, directions, **kept)
            card = with_persons(folder, card, generator) if card.task == "pose" else card
            card = with_pictures(folder, card, run)
            # Before the move: a weight that this run does not know for its own could not be replaced.
            with suppress(OSError):  # somebody else's run, or one on a disk that cannot be written to
                run.append_export(card.files[GENERATOR].sha256)
            swap(folder, out, part)
    except OSError as error:
        raise TrainingError(
            f"{out} cannot be written ({reason(error)}); make room, or give another place by --out."
        ) from error
    return card


def networks(config: Mapping, state: Mapping) -> tuple[nn.Module, nn.Module | None]:
    """The averaged generator and the discriminator (or the judge, which is built like one), both in eval mode.

    None in place of the latter where the run ships none.

    Raises TrainingError when the checkpoint was made by networks that are built otherwise today.
    """
    parts, settings = family(config["family"]), build_config(config["family"], config["family_config"])
    generator = parts.generator(settings).eval()
    discriminator = parts.discriminator(settings).eval() if config["ships"] else None
    try:
        generator.load_state_dict(state["ema"]["module"])
        if discriminator is not None:
            discriminator.load_state_dict(state["networks"][config["ships"]])
    except RuntimeError as error:
        raise TrainingError(
            f"The checkpoint does not fit {config['family']} as it is built today ({last_line(error)}); "
            f"export it with version {config['version']} of this project, or train again."
        ) from None
    return generator, discriminator


def is_large(generator: nn.Module) -> bool:
    """Whether it has more than LARGE numbers."""
    return sum(parameter.numel() for parameter in generator.parameters()) > LARGE


def card_of(name: str, title: str | None, licence: str | None, config: Mapping, state: Mapping) -> Card:
    """The card, without files: what it is, from which data, made how."""
    data = DataSet(**config["data"])
    making = Making(
        command=public_command(config["command"]),
        entry=config["entry"],
        config=public_options(config["config"]),
        steps=state["step"],
        images=state["images"],
        seconds=round(state["seconds"], 1),
        hardware=config["hardware"],
        torch=config["torch"],
        seed=config["config"]["seed"],
        version=config["version"],
        before=tuple(stage_of(**stage) for stage in config.get("before", ())),
    )
    return Card(
        name=name,
        title=title or (title_of(config, data) if name == named_by_nobody(config) else name),
        task=config["task"],
        family=config["family"],
        method=config["method"],
        config=config["family_config"],
        data=data,
        licence=licence or ("Apache-2.0" if data.free else f"as its training data: {data.licence}"),
        free=data.free,
        making=chained(name, making),
        labels=tuple(config["labels"]),
        translation=config.get("translation"),
        words=Vocabulary(**config["words"]) if config.get("words") else None,
    )


def stage_of(command: str, config: Mapping[str, Any] | None = None, **rest: Any) -> Stage:
    """A training behind a run, without this machine's folders."""
    return Stage(command=public_command(command), config=public_options(config or {}), **rest)


def named_by_nobody(config: Mapping) -> str:
    """The name of a weight whose owner gave none."""
    return plain_name(usual_name(config["entry"], config["config"]))


def title_of(config: Mapping, data: DataSet) -> str:
    """Method and data, and how many times as large an upscaler makes a picture."""
    scale = f" x{config['family_config'].get('scale', 4)}" if config["task"] == "upscale" else ""
    return f"{name_of(config['method'])}{scale}: {data.name}"


def is_pitched(generator: nn.Module) -> bool:
    """Whether it draws notes, whose timbre is the latent's."""
    return getattr(generator.config, "pitched", False)


def directions_of(generator: nn.Module) -> Tensor:
    """The principal directions of what a generator draws: of notes those of the middle one."""
    classes = getattr(generator.config, "classes", 0)
    if is_pitched(generator):
        return principal_directions(generator, generator.latent_dim, 8, label=classes // 2)
    return principal_directions(generator, generator.latent_dim, classes=classes)


def style_directions_of(generator: nn.Module) -> dict[str, Tensor]:
    """The directions of a style-based generator's styles; {} of another."""
    if not hasattr(generator, "style_weights"):
        return {}
    return style_directions(generator, classes=generator.config.classes)


def with_persons(folder: Path, card: Card, generator: nn.Module) -> Card:
    """Add the persons to choose from, whom no training saw."""
    write_tensors(folder / PERSONS, persons(generator.config.size).tensors(), half=False)
    return seal(folder, card, {*card.files, PERSONS})


def with_pictures(folder: Path, card: Card, run: Run) -> Card:
    """Add a sheet (of seeds, an upscaler's three crops, or pairs) and a film (the run's grids), and name them."""
    drawn = SHEETS[card.task](load(folder), run)
    write_sheet(folder, as_pillow(drawn))
    moments = chosen(run.grids())
    film = write_film(folder / "film.webp", moments) if moments else ()
    return seal(folder, replace(card, film=film))


def sheet_of_seeds(model: Model, run: Run) -> np.ndarray:
    """Pictures of 64 seeds, 8 by 8; of 36 above 64 px, where a sheet would be 2 MB.

    Of a weight with words a row is a sentence, a column a seed.
    """
    side = 8 if model.generator.config.size <= 64 else 6
    points = [Point(seed=seed) for seed in SAMPLES[: side**2]]
    if model.words is not None and (said := model.words.sentences):
        points = [Point(points[n % side].seed, text=said[n // side % len(said)]) for n in range(side**2)]
    return contact_sheet(sample(model, points), columns=side)


def sheet_of_crops(model: Model, run: Run) -> np.ndarray:
    """The three crops of the film as this weight draws them, between what it is given and what was there."""
    if not run.grids():
        raise TrainingError(f"{run.folder} has no grids, from which the crops that it shows are taken.")
    seen = np.asarray(stored(run.grids()[-1][1]))
    return crops.sheet(model.generator, crops.given(seen, model.generator.scale), model.device)


def sheet_of_pairs(model: Model, run: Run) -> np.ndarray:
    """Held-out sources, results and truth: the last picture of the film, which this generator drew."""
    if not run.grids():
        raise TrainingError(
            f"{run.folder} has no grids, the last of which shows what this weight makes of its sources."
        )
    return np.asarray(stored(run.grids()[-1][1]))


def sheet_of_sounds(model: Model, run: Run) -> np.ndarray:
    """Spectrograms of 48 seeds, a row's kinds in turn."""
    columns = model.classes if 2 <= model.classes <= 8 else 8
    hits = [Hit(seed, n % model.classes if model.classes else None) for n, seed in enumerate(SAMPLES[: 6 * columns])]
    sounds = np.stack([draw(model, hit) for hit in hits])
    return contact_sheet(spectrograms(torch.from_numpy(sounds)), columns=columns)


SHEETS = {
    "sample": sheet_of_seeds,
    "upscale": sheet_of_crops,
    "translate": sheet_of_pairs,
    "repair": sheet_of_pairs,
    "sound": sheet_of_sounds,
    "play": sheet_of_pairs,
    "pose": sheet_of_pairs,
}
"""What the sheet of samples shows, by task."""


def write_film(path: Path, moments: Sequence[tuple[int, Path]]) -> tuple[int, ...]:
    """Write grids as an animated WebP; the images seen at each frame of the file.

    The format joins frames that look alike into one that lasts longer, so the frames are counted by their
    times.
    """
    frames = [stored(grid) for _, grid in moments]
    for frame in frames:
        frame.thumbnail((FILM_SIDE, FILM_SIDE))
    settings = {"save_all": True, "duration": MILLISECONDS, "loop": 0, "quality": 45, "method": 6}
    frames[0].save(path, append_images=frames[1:], **settings)
    film, first = [], 0
    with Image.open(path, formats=["WEBP"]) as written:
        for index in range(getattr(written, "n_frames", 1)):
            written.seek(index)
            written.load()
            film.append(moments[min(first, len(moments) - 1)][0])
            first += round(written.info.get("duration", MILLISECONDS) / MILLISECONDS)
    return tuple(film)


def chosen(grids: Sequence[tuple[int, Path]], most: int = FRAMES) -> list[tuple[int, Path]]:
    """At most `most` of the grids, first and last among them, as evenly spaced in ratio as they allow."""
    if len(grids) <= most:
        return list(grids)
    first, last = max(grids[0][0], grids[1][0], 1), grids[-1][0]
    ratio = (last / first) ** (1 / (most - 2))
    targets = [0.0, *(first * ratio**k for k in range(most - 1))]
    nearest = {min(range(len(grids)), key=lambda i: abs(grids[i][0] - target)) for target in targets}
    return [grids[index] for index in sorted(nearest)]


def own_place(run: Run, wanted: Path, overwrite: bool) -> Path:
    """The place itself, or with -2, -3 and so on where other weights lie: the first that is free or the run's own."""
    places = (wanted.with_name(fitting_name(wanted.name, number)) for number in itertools.count(1))
    return next(place for place in places if overwrite or not place.exists() or is_own(run, place))


def fitting_name(name: str, number: int) -> str:
    """The name of weight number 2 or more of that name, 80 characters at most."""
    return name if number == 1 else f"{name[: 80 - len(str(number)) - 1].rstrip('.-')}-{number}"


def is_own(run: Run, out: Path) -> bool:
    """Whether the weight in this folder is one that this run exported."""
    try:
        made = Card.read(out).files.get(GENERATOR)
    except WeightError:
        return False
    return made is not None and made.sha256 in run.exports()


def check_target(out: Path, run: Run, overwrite: bool) -> None:
    """Refuse to write over anything that is not a weight, and over that of another run if not told to."""
    if out.exists() and not (out.is_dir() and ((out / "card.json").exists() or not any(out.iterdir()))):
        raise TrainingError(f"{out} exists and is not a weight folder; choose another with --out.")
    if out.name != plain_name(out.name):
        raise TrainingError(f"{out.name!r} is not a weight's name; use a-z, 0-9, '.' and '-', such as 'my-cats'.")
    if (out / CARD).exists() and not overwrite and not is_own(run, out):
        raise TrainingError(
            f"{out} holds a weight that this run did not make; choose another with --out, or replace it by --overwrite."
        )


def swap(folder: Path, out: Path, beside: Path) -> None:
    """Put the finished folder in its place; what was there before goes."""
    if out.exists():
        out.rename(beside / "before")
    shutil.move(folder, out)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        options = asked(Options, argv, "export")
        card = export(options.run, options.out, options.title, options.licence, options.overwrite)
        out = options.out or WEIGHTS / card.name
        size = sum(file.bytes for file in card.files.values()) / 1e6
        print(f"{out}: {card.title}, {card.making.images} images seen, {size:.1f} MB.", file=sys.stdout)


if __name__ == "__main__":
    main()
