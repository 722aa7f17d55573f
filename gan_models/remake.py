"""Files made again from the recipes inside them: one table of what each verb does.

python -m gan_models.recipe PICTURE [-o AGAIN.png] [--source UPSCALED_FROM]
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType

from gan_models import drag, interpolate, play, pose, project, repair, sample, sound, translate, upscale
from gan_models.errors import RequestError, one_line
from gan_models.files import write_atomically
from gan_models.loading import WEIGHTS, Shelf
from gan_models.pictures.notes import KINDS
from gan_models.pictures.photo import encode, open_photo, unbled
from gan_models.recipe import Recipe, read, stamp
from gan_models.sounds.files import read_sound
from gan_models.targets import check_targets, fitting, given_path, numbered, refuse_empty


@dataclass(frozen=True)
class Given:
    """What a recipe may need beside the shelf: what was upscaled, translated or heard, a community checkpoint."""

    source: Path | None = None
    checkpoint: str | None = None


NO_SOURCE = "This picture was upscaled from another; give that file with --source."

Again = Callable[[Recipe, Shelf, Path, Given], None]
"""From a recipe, a shelf, a place and what was given."""


def write_again(recipe: Recipe, shelf: Shelf, out: Path, given: Given = Given()) -> None:
    """Write the file of a recipe again, byte for byte on the machine it was saved on.

    The weight is found by its hash, whatever its name now is.
    WeightError where the shelf has only another weight of that name or none; RequestError for a recipe that this
    version cannot follow, or a place of another kind.
    """
    if recipe.verb not in VERBS:
        raise RequestError(f"This version cannot follow a recipe for {recipe.verb!r}; update GAN Atelier.")
    VERBS[recipe.verb](recipe, shelf, out, given)


def _sample(recipe: Recipe, shelf: Shelf, out: Path, given: Given) -> None:
    kind = _kind(out)
    write_atomically(out, stamp(sample.make_again(recipe, shelf), recipe, kind))


def _interpolate(recipe: Recipe, shelf: Shelf, out: Path, given: Given) -> None:
    sound = None if given.source is None else read_sound(given.source)
    interpolate.make_again(recipe, shelf, out, sound)


def _drag(recipe: Recipe, shelf: Shelf, out: Path, given: Given) -> None:
    drag.make_again(recipe, shelf, out)


def _upscale(recipe: Recipe, shelf: Shelf, out: Path, given: Given) -> None:
    kind = _kind(out)
    if given.source is None:
        raise RequestError(NO_SOURCE)
    # By the file that was given here; what is written keeps the name that it came with.
    at_hand = {"community": given.checkpoint} if given.checkpoint else {}
    followed = replace(recipe, arguments={**recipe.arguments, **at_hand})
    write_atomically(out, encode(upscale.make_again(followed, shelf, open_photo(given.source)), kind, recipe.to_json()))


def _translate(recipe: Recipe, shelf: Shelf, out: Path, given: Given) -> None:
    photo = None if given.source is None else open_photo(given.source)
    if out.suffix.lower() == ".mp4":  # of the drawing that grows, or of the photograph that turns
        translate.film_again(recipe, shelf, out, photo)
        return
    kind = _kind(out)
    write_atomically(out, encode(translate.make_again(recipe, shelf, photo), kind, recipe.to_json()))


def _repair(recipe: Recipe, shelf: Shelf, out: Path, given: Given) -> None:
    kind = _kind(out)
    if given.source is None:
        raise RequestError("This picture was repaired from another; give that file with --source.")
    made = repair.make_again(recipe, shelf, open_photo(given.source))
    write_atomically(out, repair.encoded(made, recipe, kind))


def _project(recipe: Recipe, shelf: Shelf, out: Path, given: Given) -> None:
    kind = _kind(out)
    if given.source is None:
        raise RequestError("A generator filled a hole of another picture; give that file with --source.")
    made = project.make_again(recipe, shelf, open_photo(given.source))
    write_atomically(out, encode(unbled(made), kind, recipe.to_json()))


def _play(recipe: Recipe, shelf: Shelf, out: Path, given: Given) -> None:
    play.make_again(recipe, shelf, out)


def _pose(recipe: Recipe, shelf: Shelf, out: Path, given: Given) -> None:
    pose.make_again(recipe, shelf, out)


def _sound(recipe: Recipe, shelf: Shelf, out: Path, given: Given) -> None:
    if out.suffix.lower() != ".wav":
        raise RequestError(f"A sound is written as .wav, got {out.name!r}.")
    write_atomically(out, sound.make_again(recipe, shelf))


VERBS: Mapping[str, Again] = MappingProxyType(
    {
        "sample": _sample,
        "interpolate": _interpolate,
        "drag": _drag,
        "upscale": _upscale,
        "translate": _translate,
        "repair": _repair,
        "project": _project,
        "sound": _sound,
        "play": _play,
        "pose": _pose,
    }
)


def _kind(out: Path) -> str:
    if out.suffix.lower() not in KINDS:
        raise RequestError(f"OUT ends in {', '.join(KINDS)}, got {out.name!r}.")
    return KINDS[out.suffix.lower()]


def _checkpoint(recipe: Recipe, given: str | None, fetch: bool) -> str | None:
    """The community checkpoint to enlarge with, None where there is none; what a stranger's picture names is not
    downloaded unasked."""
    named = recipe.arguments.get("community")
    if not isinstance(named, str) or given:
        return given
    if not fetch and ":" in named and not Path(named).exists():
        question = f"The picture was enlarged by {named[:120]!r}, which would be downloaded from the Hub"
        if not sys.stdin.isatty():
            raise RequestError(f"{question}; add --fetch if that is wanted, or --upscaler FILE.")
        if input(f"{question}. Is that wanted? [y/N] ").strip().lower() not in ("y", "yes"):
            raise RequestError("Nothing was downloaded and nothing written.")
    if ":" not in named and not Path(named).exists():
        raise RequestError(f"The picture was enlarged by the checkpoint {named[:120]!r}; give it with --upscaler FILE.")
    return named


def _beside(file: Path) -> Path:
    """FILE-again, FILE-again-2 and so on with its suffix: the first that is not there."""
    # 9 bytes are left for a number.
    return numbered(file.with_name(fitting(file.stem, f"-again{file.suffix}", 9)))


def main(arguments: list[str] | None = None) -> None:
    """The command line: make a file again, byte for byte on the machine it was saved on."""
    parser = argparse.ArgumentParser(
        prog="python -m gan_models.recipe",
        description="Make a picture, film or sound again from the recipe inside it.",
    )
    add = parser.add_argument
    add("file", type=given_path, metavar="FILE", help="a picture, film or sound saved by the atelier")
    add("-o", "--out", type=given_path, metavar="OUT", help="where to write it; .mp4 films a drawing that grows "
        "(default: beside FILE, as FILE-again)")  # fmt: skip
    add("--overwrite", action="store_true", help="replace a file that exists")
    add("--print", action="store_true", help="print the recipe and write nothing")
    add("--source", type=given_path, metavar="FILE", help="the picture that was upscaled, translated or repaired, "
        "or the sound of the film, where one was")  # fmt: skip
    add("--weights", type=given_path, action="append", default=[], metavar="DIR", help="another folder of weights")
    add("--model", metavar="USER/REPO", action="append", default=[], help="a Hub model (repeatable)")
    add("--upscaler", metavar="FILE|USER/REPO:FILE", help="the community checkpoint that enlarged it, where one did")
    add("--fetch", action="store_true", help="download a checkpoint that the picture names, without a question")
    options = parser.parse_args(arguments)
    with one_line():
        refuse_empty(arguments)
        recipe = read(options.file)
        if options.print:
            print(json.dumps(asdict(recipe), indent=2))
            return
        given = Given(options.source, _checkpoint(recipe, options.upscaler, options.fetch))
        out = options.out or _beside(options.file)
        if recipe.verb == "upscale" and given.source is None:
            raise RequestError(NO_SOURCE)
        try:
            out.parent.stat()  # not made: a place that is not there is a slip of the pen
            check_targets([out], options.overwrite)
            write_again(recipe, Shelf([WEIGHTS, *options.weights], hub=options.model), out, given)
        except OSError as error:
            raise RequestError(f"{out} cannot be written ({error.strerror}); give another place with -o.") from None
        print(f"{out}: {recipe.verb} by {recipe.weight}")


if __name__ == "__main__":
    main()
