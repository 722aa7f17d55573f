"""Sounds of a generator: hits by seed and kind, ways between two of them, and what its discriminator makes of them.

python -m gan_models.sound WEIGHT [--kind snare] [--seed 1] [-n 4] [--to-kind hat --share 0.5] -o OUT.wav|DIR
python -m gan_models.sound WEIGHT --note C4 [--tune FILE.mid | --sfz] -o OUT.wav|OUT.zip|DIR   (of weights of notes)
"""

from __future__ import annotations

import argparse
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gan_models.checks import is_number, is_whole
from gan_models.errors import RequestError, one_line
from gan_models.files import swapped, write_atomically
from gan_models.latents.directions import moved
from gan_models.latents.seeds import check_seed, latent
from gan_models.latents.walks import slerp
from gan_models.latents.words import indexed
from gan_models.loading import Model, Shelf, load
from gan_models.recipe import Recipe
from gan_models.sounds import notes, sfz
from gan_models.sounds.midi import open_tune
from gan_models.sounds.spectrogram import loudness
from gan_models.sounds.tune import BUNDLED, Tune, folded, mixed
from gan_models.targets import check_folder, check_targets, given_path, refuse_empty, refuse_idle

MOST = 10_000
"""How many sounds one command draws at most."""
Stamp = Callable[["Model", "Hit"], bytes]
"""As `stamp`."""


@dataclass(frozen=True)
class Hit:
    """One sound: the latent of a seed as one kind (a class; None for weights without), or a `share` (0 to 1) of the way
    to another seed and kind: latents along the arc between them, kinds straight; of notes the pitch stays. `directions`
    then adds standard deviations along the weight's principal directions, by index. A timbre is one without a kind."""

    seed: int
    label: int | None = None
    to_seed: int | None = None
    to_label: int | None = None
    share: float = 0.0
    directions: Mapping[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_seed(self.seed, "The seed of a sound")
        if self.to_seed is not None:
            check_seed(self.to_seed, "The seed that a sound goes towards")
        if not is_number(self.share, 0, 1):
            raise RequestError(f"The share of the way to another sound is from 0 to 1, got {self.share!r}.")
        object.__setattr__(self, "directions", indexed("directions", self.directions, keep_zero=False))

    def to_json(self) -> dict[str, Any]:
        """As plain data; what is as usual is left out."""
        said = {name: value for name, value in asdict(self).items() if value is not None}
        if said.pop("directions"):
            said["directions"] = {str(index): value for index, value in self.directions.items()}
        return said if self.share else {name: said[name] for name in ("seed", "label", "directions") if name in said}

    @classmethod
    def from_json(cls, words: Any) -> Hit:
        """Read what `to_json` gave; RequestError for anything else."""
        try:
            return cls(**words)
        except TypeError:
            raise RequestError(f"A sound is an object with a seed and a label, got {str(words)[:80]}.") from None


def check_task(model: Model) -> None:
    """RequestError for a weight that draws no sounds."""
    if model.card.task != "sound":
        raise RequestError(f"{model.name} is made for {model.card.task}, not for sounds; choose another weight.")


@torch.inference_mode()
def draw(model: Model, hit: Hit) -> np.ndarray:
    """Draw one sound as float32 (L,) in [-1, 1], at `model.config.rate` Hz; RequestError for a class it has not."""
    check_task(model)
    generator = model.drawing_generator
    z, kind = _place(model, hit.seed, hit.label)
    if hit.share:
        to_label = hit.label if hit.to_label is None else hit.to_label
        if model.config.pitched and to_label != hit.label:
            raise RequestError("Between two pitches there is none; go to another seed of the same note.")
        other, to_kind = _place(model, hit.seed if hit.to_seed is None else hit.to_seed, to_label)
        z = slerp(z, other, hit.share)
        if kind is not None and to_kind is not None and to_label != hit.label:
            kind = torch.lerp(kind, to_kind, float(hit.share))
    if hit.directions:
        z = moved(z, hit.directions, model.directions, model.name)
    sound = generator.of_kind(z.to(model.device), kind)
    return sound.flatten().cpu().numpy()


@torch.inference_mode()
def verdict(model: Model, samples: np.ndarray, label: int | None = None) -> float:
    """Ask the discriminator about a sound (L,): higher is more real; RequestError for a weight without one."""
    check_task(model)
    if model.discriminator is None:
        raise RequestError(f"{model.name} comes without a discriminator; choose a weight that has one.")
    given = torch.from_numpy(np.ascontiguousarray(samples, np.float32)).view(1, 1, 1, -1).to(model.device)
    return float(model.discriminator.of_sounds(given, _labels(model, label)))


def recipe_of(model: Model, hit: Hit) -> Recipe:
    """How one sound is made."""
    return Recipe(model.name, model.sha256, "sound", {"hit": hit.to_json()})


def hit_of(recipe: Recipe) -> Hit:
    """The sound of a recipe; RequestError for any other recipe."""
    if recipe.verb != "sound" or "hit" not in recipe.arguments:
        raise RequestError(f"This recipe of {recipe.verb!r} is not one of a sound.")
    return Hit.from_json(recipe.arguments["hit"])


def stamp(model: Model, hit: Hit) -> bytes:
    """A WAV file of a sound with its recipe; the same hit gives the same bytes."""
    return notes.write(draw(model, hit), model.config.rate, recipe_of(model, hit).to_json())


def note_of(model: Model, timbre: Hit, pitch: int) -> Hit:
    """A timbre's note of MIDI's number `pitch`."""
    return replace(timbre, label=pitch - span(model).start)


def span(model: Model) -> range:
    """MIDI's numbers of the notes that a weight draws; RequestError for one that draws no notes."""
    check_task(model)
    if not model.config.pitched:
        raise RequestError(f"{model.name} draws no notes but {', '.join(model.labels) or 'sounds'}; choose another.")
    return range(model.config.lowest, model.config.lowest + model.classes)


def fold(model: Model, tune: Tune) -> tuple[Tune, int]:
    """A tune with all its notes among those that a weight draws, and how many were moved by octaves for that."""
    return folded(tune, span(model).start, span(model).stop - 1)


def moved_words(count: int) -> list[str]:
    """What is said of notes that were moved by octaves."""
    said = (
        "1 note lies outside the model's octaves and sounds"
        if count == 1
        else (f"{count} notes lie outside the model's octaves and sound")
    )
    return [f"{said} higher or lower."] if count else []


def recipe_of_tune(model: Model, timbre: Hit, tune: Tune) -> Recipe:
    """How a tune is played."""
    said = replace(timbre, label=None, to_label=None).to_json()
    return Recipe(model.name, model.sha256, "sound", {"timbre": said, "tune": tune.to_json()})


def tune_of(recipe: Recipe) -> tuple[Hit, Tune]:
    """The timbre and the tune of a recipe; RequestError for any other recipe."""
    if recipe.verb != "sound" or not {"timbre", "tune"} <= set(recipe.arguments):
        raise RequestError(f"This recipe of {recipe.verb!r} is not one of a tune.")
    return Hit.from_json(recipe.arguments["timbre"]), Tune.from_json(recipe.arguments["tune"])


def play(model: Model, timbre: Hit, tune: Tune, drawn: Mapping[int, np.ndarray] | None = None) -> np.ndarray:
    """A tune by the notes of a timbre, float32 (L,) in [-1, 1]; what is out of reach sounds octaves higher or lower.

    `drawn`: its notes by their pitches, where they are drawn already.
    """
    within, _ = fold(model, tune)
    sounds = drawn or {pitch: draw(model, note_of(model, timbre, pitch)) for pitch in within.pitches}
    return mixed(within, sounds, model.config.rate)


def stamp_tune(model: Model, timbre: Hit, tune: Tune, drawn: Mapping[int, np.ndarray] | None = None) -> bytes:
    """A WAV file of a tune with its recipe, notes and all; arguments as of `play`."""
    return notes.write(
        play(model, timbre, tune, drawn), model.config.rate, recipe_of_tune(model, timbre, tune).to_json()
    )


def instrument(model: Model, timbre: Hit, stamped: Stamp = stamp) -> Iterator[tuple[str, bytes]]:
    """All notes of a timbre as files for a sampler: each as a WAV, and at last the SFZ that names them."""
    pitches, (*files, last) = span(model), instrument_names(model, timbre)
    for pitch, file in zip(pitches, files):
        yield file, stamped(model, note_of(model, timbre, pitch))
    yield last, sfz.instrument(f"{timbre_name(model, timbre)}", dict(zip(pitches, files))).encode()


def instrument_names(model: Model, timbre: Hit) -> list[str]:
    """What its files are called."""
    files = [sfz.file_of(pitch, name) for pitch, name in zip(span(model), model.labels)]
    return [*files, f"{timbre_name(model, timbre)}.sfz"]


def make_again(recipe: Recipe, shelf: Shelf) -> bytes:
    """Follow a recipe for "sound": the WAV file, byte for byte on the same machine; errors as `sample.make_again`."""
    model = shelf.find(recipe.weight, recipe.sha256)
    samples = play(model, *tune_of(recipe)) if "tune" in recipe.arguments else draw(model, hit_of(recipe))
    return notes.write(samples, model.config.rate, recipe.to_json())


def file_name(model: Model, hit: Hit) -> str:
    """snare-7.wav, or snare-7-to-hat-9-50.wav for one half the way."""
    name = f"{_word(model, hit.label)}{hit.seed}"
    if hit.share:
        to = hit.seed if hit.to_seed is None else hit.to_seed
        to_label = hit.label if hit.to_label is None else hit.to_label
        name += f"-to-{_word(model, to_label)}{to}-{round(100 * hit.share)}"
    return f"{name}{'-moved' if hit.directions else ''}.wav"


def timbre_name(model: Model, timbre: Hit) -> str:
    """gansynth-notes-3, or gansynth-notes-3-to-9-50, as files of more than one of its notes are called."""
    way = f"-to-{timbre.to_seed}-{round(100 * timbre.share)}" if timbre.share else ""
    return f"{model.name}-{timbre.seed}{way}{'-moved' if timbre.directions else ''}"


def _word(model: Model, label: int | None) -> str:
    return "sound-" if label is None else f"{model.label_name(label)}-"


def _place(model: Model, seed: int, label: int | None) -> tuple[Tensor, Tensor | None]:
    """A latent (1, D) and what the generator knows of a class (1, E)."""
    return latent(seed, model.config.latent_dim)[None], model.drawing_generator.kind(_labels(model, label), 1)


def _labels(model: Model, label: int | None) -> Tensor | None:
    if label is None and not model.classes:
        return None
    if not is_whole(label, 0, model.classes - 1):
        raise RequestError(f"{model.name} draws {', '.join(model.labels)}; got {label!r} for their number.")
    return torch.tensor([label], device=model.device)


def hits_of(model: Model, options: Mapping[str, Any]) -> list[Hit]:
    """The sounds that a command line asks for: kinds in turn where none is given."""
    kind, to_kind = (None if options[name] is None else model.label(options[name]) for name in ("kind", "to_kind"))
    stays = options["to_seed"] is None and to_kind is None
    to = {} if stays else {"to_seed": options["to_seed"], "to_label": to_kind, "share": options["share"]}
    to["directions"] = dict(options["directions"])
    labels = range(model.classes) if kind is None and model.classes else [kind]
    return [Hit(options["seed"] + n, labels[n % len(labels)], **to) for n in range(options["count"])]


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line: sounds as WAV files that carry their recipes."""
    parser = _parser()
    options = parser.parse_args(arguments)
    with one_line():
        refuse_empty(arguments)
        if options.to_seed is None and options.to_kind is None:
            refuse_idle(parser, options, ("share",), "without --to-seed or --to-kind")
        if options.tune is not None:
            refuse_idle(parser, options, ("sfz", "verdict"), "beside --tune")
        if options.sfz:
            refuse_idle(parser, options, ("verdict",), "beside --sfz")
        if not 1 <= options.count <= MOST:
            raise RequestError(f"-n is 1 to {MOST}, got {options.count}.")
        model = load(options.weight)
        check_task(model)
        hits = hits_of(model, vars(options))
        if (options.tune is not None or options.sfz) and (len(hits) > 1 or options.kind is not None):
            raise RequestError(
                "A tune, and an instrument, is of one timbre and of all its notes; leave -n and --note out."
            )
        if options.tune is not None:
            _write_tune(model, hits[0], options.tune, options.out, options.overwrite)
        elif options.sfz:
            _write_instrument(model, hits[0], options.out, options.overwrite)
        else:
            _write(model, hits, _targets(model, hits, options.out), options.overwrite, options.verdict)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gan_models.sound", description="Draw sounds: WAV files with their recipe."
    )
    add = parser.add_argument
    add("weight", metavar="WEIGHT", help="a name in weights/, a folder, or user/repo on the Hub")
    add("-n", "--count", type=int, default=1, help="how many (default: 1)")
    add("--seed", type=int, default=0, help="seed of the first; the next has the next seed (default: 0)")
    add("--kind", "--note", metavar="NAME", help="one kind or note, by name or number (default: all in turn)")
    add("--to-seed", type=int, metavar="SEED", help="go towards this seed")
    add("--to-kind", metavar="NAME", help="go towards this kind")
    add("--share", type=float, default=0.5, help="how far towards it, 0 to 1 (default: 0.5)")
    add("--directions", type=_pair, nargs="+", default=[], metavar="NUMBER=DEVIATIONS",
        help="along directions of a timbre, counted from 0: 0=1.5 2=-1")  # fmt: skip
    add("--tune", type=given_path, nargs="?", const=BUNDLED, metavar="FILE",
        help="play a MIDI file, or a .tune as the one that is played where no file is named")  # fmt: skip
    add("--sfz", action="store_true", help="all notes of a timbre as an instrument for samplers")
    add("--verdict", action="store_true", help="print what the discriminator makes of each: higher is more real")
    add("-o", "--out", type=given_path, required=True, metavar="OUT.wav|OUT.zip|DIR",
        help="a WAV for one or a tune, a zip for an instrument, a folder for many")  # fmt: skip
    add("--overwrite", action="store_true", help="replace files that exist")
    return parser


def _pair(text: str) -> tuple[int, float]:
    number, _, amount = text.partition("=")
    try:
        return int(number), float(amount)
    except ValueError:
        raise argparse.ArgumentTypeError(f"write NUMBER=DEVIATIONS, as in 0=1.5, not {text[:40]!r}") from None


def _targets(model: Model, hits: Sequence[Hit], out: Path) -> list[Path]:
    if out.suffix.lower() != ".wav":
        check_folder(out)
        return [out / file_name(model, hit) for hit in hits]
    if len(hits) > 1:
        raise RequestError(f"{len(hits)} sounds go into a folder; give one with -o, not {out.name!r}.")
    return [out]


def _write(model: Model, hits: Sequence[Hit], files: Sequence[Path], overwrite: bool, judged: bool) -> None:
    check_targets(files, overwrite)
    for hit, file in zip(hits, files):
        write_atomically(file, stamp(model, hit))
        samples = draw(model, hit)
        said = f", verdict {verdict(model, samples, hit.label):+.2f}" if judged else ""
        print(f"{file}: {len(samples) / model.config.rate:.2f} s, loudest {loudness(samples):.1f} dB{said}")


def _write_tune(model: Model, timbre: Hit, file: Path, out: Path, overwrite: bool) -> None:
    tune, said = open_tune(file)
    file = out
    if out.suffix.lower() != ".wav":
        check_folder(out)
        file = out / f"{tune.name}-{timbre_name(model, timbre)}.wav"
    check_targets([file], overwrite)
    write_atomically(file, stamp_tune(model, timbre, tune))
    print(f"{file}: {len(tune.notes)} notes, {tune.seconds:.1f} s.", *said, *moved_words(fold(model, tune)[1]))


def _write_instrument(model: Model, timbre: Hit, out: Path, overwrite: bool) -> None:
    packed = out.suffix.lower() == ".zip"
    if not packed:
        check_folder(out)
    names = [out] if packed else [out / name for name in instrument_names(model, timbre)]
    check_targets(names, overwrite)
    files = instrument(model, timbre)
    if packed:
        with swapped(out) as whole, zipfile.ZipFile(whole, "w") as archive:
            for name, content in files:
                archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    else:
        for name, content in files:
            write_atomically(out / name, content)
    print(f"{out}: {model.classes} notes of {timbre_name(model, timbre)}")


if __name__ == "__main__":
    main()
