"""Pictures from drawings, painted labels, gray photographs, or pictures of another kind; photographs painted.

python -m gan_models.translate WEIGHT IN... -o OUT [--seed 0] [--edges canny] [--direction 1] [--strength 1]
python -m gan_models.translate any-style PHOTO... -o OUT --style PICTURE [PICTURE --mix 0.5] [--keep-colours]
python -m gan_models.translate cartoon PHOTO... -o OUT [--strength 1] [--outlines 0.4] [--keep-colours]
python -m gan_models.translate repair-photos PHOTO... -o OUT --mask MASK
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from gan_models.drawing import growing as grow
from gan_models.drawing.edges import DETECTORS
from gan_models.drawing.sheet import gray, is_inverted, pack_ground
from gan_models.drawing.sources import sketch
from gan_models.drawing.strokes import Stroke, read_drawing, read_strokes
from gan_models.errors import RequestError, one_line
from gan_models.files import followed, write_atomically
from gan_models.inputs import each
from gan_models.loading import Shelf, load
from gan_models.pictures.colour import join_lab, split_lab
from gan_models.pictures.film import write_film
from gan_models.pictures.images import contact_sheet, to_tensor, to_uint8
from gan_models.pictures.photo import KINDS, Photo, Turn, eight, encode, flat, kind_of, read_photo, resize_levels
from gan_models.pictures.resize import resize
from gan_models.recipe import Recipe
from gan_models.repair import repair_files
from gan_models.targets import check_targets, given_path, refuse_empty, refuse_idle
from gan_models.translating import degrees
from gan_models.translating.cartoon import cartooned
from gan_models.translating.given import (
    PLAIN,
    Given,
    TranslateOptions,
    looked_at,
    of_picture,
    of_strokes,
    read_ground,
)
from gan_models.translating.styled import Styled, check_styled, read_styled, restyled, style_picture
from gan_models.weight.model import Model, translation

MOST_DRAWS = 16
BAND = 512
NO_REPAIRS = ("edges", "detail", "direction", "strength", "side", "style", "mix", "keep_colours", "outlines")
"""Options of the command that mean nothing to a weight that repairs."""


@torch.inference_mode()
def answer(model: Model, given: Given, wish: TranslateOptions = PLAIN) -> Tensor:
    """What the network makes of it, float32 (1, C, H, W) in [-1, 1]: a picture, or scaled chroma of Lab.

    Sides that the network cannot take are padded (with paper, or by repeating the border) and cropped back.
    """
    kind = translation(model)
    if wish.direction and len(kind.directions) < 2:
        raise RequestError(f"{model.name} works in one direction only; leave the direction at 0.")
    (height, width), multiple = given.source.shape[2:], model.config.multiple
    sides = [max(model.config.least_side, -(-side // multiple) * multiple) for side in (height, width)]
    padding = (0, sides[1] - width, 0, sides[0] - height)
    source = F.pad(given.source, padding, **kind.takes.padding) if any(padding) else given.source
    hints = None if given.hints is None else F.pad(given.hints, padding).to(model.device)
    more = {"direction": wish.direction} if kind.directions else {}
    noise = torch.tensor([wish.seed])
    drawn = model.drawing_generator(source.to(model.device), hints, noise, **more)
    return drawn[:, :, :height, :width].float().cpu()


def translate(model: Model, given: Given, wish: TranslateOptions = PLAIN) -> np.ndarray:
    """The picture that a weight makes of what is given, uint8 (H, W, 1 or 3)."""
    drawn = answer(model, given, wish)
    if translation(model).target == "chroma":
        drawn = join_lab(given.source, drawn * wish.strength)
    return to_uint8(drawn)[0]


def translate_photo(
    model: Model,
    photo: Photo,
    wish: TranslateOptions = PLAIN,
    strokes: Sequence[Stroke] = (),
    styled: Styled | None = None,
    turn: Turn = nullcontext,
) -> Photo:
    """A picture file translated, with its EXIF and, but for drawings and label maps, its alpha.

    Predicted colours join the photograph's own lightness at its full size; pictures have the size that was worked
    on (see `working_size`), cropped back to what was given; styles and cartoons keep that of the photograph. `styled`:
    the styles, for a weight that paints in those of other pictures (see `restyled`); `turn` as in `whole.redrawn`.
    """
    check_styled(model, styled)
    if translation(model).whole:
        how: dict[str, Any] = {"strength": wish.strength, "keep": wish.keep, "side": wish.side, "turn": turn}
        if styled is not None:
            return restyled(model, photo, styled, seed=wish.seed, **how)
        return cartooned(model, photo, outlines=wish.outlines, **how)
    given = of_picture(model, photo, wish, strokes)
    if translation(model).target == "chroma":
        chroma = resize(answer(model, given, wish) * wish.strength, photo.height, photo.width)
        # Lightness is read, and colours are meant, as sRGB: another profile would be wrong now.
        return replace(photo, colour=_coloured(photo.colour, chroma), icc=None)
    drawn, alpha = translate(model, given, wish), photo.alpha
    if translation(model).takes.drawn and not wish.edges:
        alpha = None  # where a drawing is transparent it has paper, which the picture covers
    if alpha is not None:
        alpha = resize_levels(alpha[:, :, None], *drawn.shape[:2])[:, :, 0]
    return replace(photo, colour=drawn, alpha=alpha, icc=None)


def variations(model: Model, given: Given, seeds: Iterable[int], wish: TranslateOptions = PLAIN) -> np.ndarray:
    """The pictures of several dropout draws, uint8 (N, H, W, C); at most MOST_DRAWS."""
    seeds = list(seeds)
    if not 1 <= len(seeds) <= MOST_DRAWS:
        raise RequestError(f"One to {MOST_DRAWS} variations can be drawn at once, got {len(seeds)}.")
    return np.stack([translate(model, given, replace(wish, seed=seed)) for seed in seeds])


def difference(pictures: np.ndarray) -> np.ndarray:
    """Where pictures (N, H, W, C) differ, uint8 (H, W): 255 from a deviation of 64 levels on, 0 where all agree."""
    apart = pictures.astype(np.float32).std(0).max(-1)
    return (apart * 4).clip(0, 255).astype(np.uint8)


def recipe_of(
    model: Model,
    wish: TranslateOptions,
    strokes: Sequence[Stroke] = (),
    photo: Photo | None = None,
    ground: np.ndarray | None = None,
    styled: Styled | None = None,
) -> Recipe:
    """How a picture was made: the wish, the strokes themselves, the hash of the photograph it needs, if any.

    `ground`: what a drawing was made upon (see `of_strokes`); it is small, and goes into the recipe as it is, as do
    the small copies that styles are taken from.
    """
    arguments = asdict(wish) | {"strokes": [stroke.to_json() for stroke in strokes]}
    arguments |= {} if styled is None else styled.words()
    if photo is not None:
        arguments["source"] = photo.sha256
    if ground is not None:
        arguments["ground"] = pack_ground(ground)
    return Recipe(model.name, model.sha256, "translate", arguments)


def growing(
    model: Model,
    strokes: Sequence[Stroke],
    wish: TranslateOptions = PLAIN,
    ground: np.ndarray | None = None,
    turn: Turn = nullcontext,
) -> Iterator[np.ndarray]:
    """The frames of a film, uint8 (S, 2 S + GAP, 3): the drawing grows, what the network makes of it beside it.

    RequestError where nothing is drawn; `turn` as in `drawing.growing.frames`.
    """
    if not strokes:
        raise RequestError("There is no stroke to film yet; draw something first.")
    of_strokes(model, strokes, ground)  # an empty sheet at its end is no film either
    side = model.size * -(-grow.SIDE // model.size)
    sheet = lambda part: sketch(translation(model), part, ground, side)  # noqa: E731
    answer = lambda part: translate(model, of_strokes(model, part, ground), wish)  # noqa: E731
    return grow.frames(strokes, side, sheet, answer, turn)


def by_degrees(
    model: Model,
    photo: Photo,
    wish: TranslateOptions = PLAIN,
    strokes: Sequence[Stroke] = (),
    styled: Styled | None = None,
    turn: Turn = nullcontext,
) -> Iterator[np.ndarray]:
    """The frames of a film, uint8 (H, W, 3) as large as the screen wants them: a photograph turns into its result.

    RequestError for a weight whose results have no strength; the result is made inside `turn()` (see `redrawn`).
    """
    if not translation(model).by_degrees:
        raise RequestError(
            f"{model.name} makes another picture at once; only colours, styles and cartoons come by degrees."
        )
    check_styled(model, styled)
    small = looked_at(photo, model, wish)

    def drawn() -> Iterator[np.ndarray]:
        # Only when the film begins: who asks for one is answered at once.
        none = replace(wish, strength=0.0)
        before, after = (flat(translate_photo(model, small, one, strokes, styled, turn)) for one in (none, wish))
        yield from degrees.frames(before, after)

    return drawn()


def make_again(recipe: Recipe, shelf: Shelf, photo: Photo | None = None) -> Photo:
    """Follow a recipe for "translate", with the photograph it was made from where it names one.

    RequestError for another photograph or a damaged recipe, WeightError where its weight is not at hand.
    """
    model, wish, strokes, ground, source, styled = _followed(recipe, shelf)
    if source is None:
        return Photo(translate(model, of_strokes(model, strokes, ground), wish))
    return translate_photo(model, _that(photo, source), wish, strokes, styled)


def film_again(recipe: Recipe, shelf: Shelf, out: Path | str, photo: Photo | None = None) -> int:
    """Follow a recipe for "translate" and write the film of its making to `out`: the number of frames.

    Errors as in `make_again`, and those of `growing` and `by_degrees`.
    """
    model, wish, strokes, ground, source, styled = _followed(recipe, shelf)
    if source is None:
        frames, pace = growing(model, strokes, wish, ground), grow.FPS
    else:
        frames, pace = by_degrees(model, _that(photo, source), wish, strokes, styled), degrees.FPS
    return write_film(frames, out, pace, 1, comment=recipe.to_json())


def _that(photo: Photo | None, source: str) -> Photo:
    """The photograph, if it is the one that a recipe names by its hash."""
    if photo is not None and photo.sha256 == source:
        return photo
    seen = "none was given" if photo is None else f"this one has {photo.sha256[:12]}..."
    raise RequestError(f"The recipe asks for a picture of hash {str(source)[:12]}..., and {seen}; give that very file.")


def _followed(
    recipe: Recipe, shelf: Shelf
) -> tuple[Model, TranslateOptions, list[Stroke], np.ndarray | None, str | None, Styled | None]:
    """Weight, wish, strokes, ground, the hash of the photograph, and the styles, of a recipe for "translate"."""
    words = dict(recipe.arguments)
    styled = read_styled(words) if "styles" in words else None
    words = {name: value for name, value in words.items() if name not in ("styles", "mix")}
    strokes, source, ground = (words.pop(name, None) for name in ("strokes", "source", "ground"))
    # What a recipe does not name, since it is older than that wish, is as usual.
    if recipe.verb != "translate" or strokes is None or not set(words) <= set(asdict(PLAIN)):
        raise RequestError(f"This recipe of {recipe.verb!r} is not one of a translated picture.")
    model = shelf.find(recipe.weight, recipe.sha256)
    drawn_upon = None if ground is None else read_ground(model, ground)
    return model, TranslateOptions(**words), read_strokes(strokes), drawn_upon, source, styled


def _coloured(colour: np.ndarray, chroma: Tensor) -> np.ndarray:
    """A photograph's own lightness, uint8 (H, W, 3), with new chroma (1, 2, H, W); a band of rows at a time."""
    levels = eight(colour)
    out = np.empty((*levels.shape[:2], 3), np.uint8)
    for start in range(0, len(levels), BAND):
        rows = slice(start, start + BAND)
        part = to_tensor(np.repeat(levels[rows], 3, 2) if levels.shape[2] == 1 else levels[rows])
        out[rows] = to_uint8(join_lab(split_lab(part)[0], chroma[:, :, rows]))[0]
    return out


def main(arguments: list[str] | None = None) -> None:
    """The command line: pictures, or drawings as strokes (.json), translated into files with their recipes."""
    parser = argparse.ArgumentParser(
        prog="python -m gan_models.translate", description="Translate pictures; each result carries its recipe."
    )
    add = parser.add_argument
    add("weight", metavar="WEIGHT", help="a name in weights/, a folder, or user/repo on the Hub")
    add("inputs", nargs="+", type=given_path, metavar="IN", help="pictures, or drawings as .json lists of strokes")
    add("-o", "--out", type=given_path, required=True, metavar="OUT", help="a file (of one input) or a folder")
    add("--seed", type=int, default=0, help="of the network's noise (default: 0)")
    add("--variations", type=int, default=1, metavar="N", help="so many seeds from --seed on, beside each other")
    add("--edges", choices=DETECTORS, help="make the drawing of a photograph by this detector")
    add("--detail", type=float, default=0.3, metavar="0..1", help="how many of its lines (default: 0.3)")
    add("--direction", type=int, default=0, help="1 for the way back of a weight with two directions")
    add("--strength", type=float, default=1.0, help="of predicted colours, a style or a cartoon, 0 to 2 (default: 1)")
    add("--side", type=int, metavar="PIXELS", help="longest side to work at (default: twice the weight's size; "
        "styles 768, cartoons 576)")  # fmt: skip
    add("--style", nargs="+", type=given_path, metavar="PICTURE", help="whose style it is painted in: one, or two")
    add("--mix", type=float, default=0.5, metavar="0..1", help="how far to the second style (default: 0.5)")
    add("--keep-colours", action="store_true", help="leave the photograph its own colours")
    add("--outlines", type=float, default=PLAIN.outlines, metavar="0..1", help="how dark those found on a cartoon are, "
        f"beside the network's own (default: {PLAIN.outlines})")  # fmt: skip
    add("--mask", type=given_path, metavar="MASK", help="for weights that repair: white in the hole; or a folder of "
        "masks by the same stem")  # fmt: skip
    add("--overwrite", action="store_true", help="replace files that exist")
    options = parser.parse_args(arguments)
    with one_line():
        refuse_empty(arguments)
        model = load(options.weight)
        if options.mask or model.card.task == "repair":
            if model.card.task == "repair":
                refuse_idle(parser, options, NO_REPAIRS, f"with {model.name}, which repairs")
            how = (options.seed, options.variations, options.overwrite)
            repair_files(model, options.inputs, options.mask, options.out, *how)
        else:
            _translate_files(model, options, parser)


def _check_idle(parser: argparse.ArgumentParser, options: argparse.Namespace, model: Model) -> None:
    """RequestError for an option that this weight, or the other options, leave without a meaning."""
    kind = translation(model)
    for name, used, why in (
        ("detail", options.edges, "without --edges"),
        ("mix", len(options.style or ()) > 1, "without two pictures behind --style"),
        ("keep_colours", kind.whole, f"with {model.name}, which paints in no style and draws no cartoons"),
        ("outlines", kind.outlined, f"with {model.name}, which draws no cartoons"),
        ("strength", kind.by_degrees, f"with {model.name}, whose results have none"),
    ):
        if not used:
            refuse_idle(parser, options, (name,), why)


def _translate_files(model: Model, options: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    kind = translation(model)
    if options.edges and not kind.takes.edges:
        raise RequestError(f"{model.name} takes no drawings; leave --edges out.")
    if kind.whole and options.variations > 1:
        raise RequestError(f"{model.name} draws one picture at a time; leave --variations out.")
    if not 1 <= options.variations <= MOST_DRAWS:
        raise RequestError(f"--variations is {options.variations}; 1 to {MOST_DRAWS} are drawn at once.")
    wish = TranslateOptions(
        options.seed, options.direction, options.strength, options.side, options.edges, options.detail,
        options.outlines, options.keep_colours,
    )  # fmt: skip
    _check_idle(parser, options, model)
    check_styled(model, styled := _styled(options))
    each(_jobs(options), lambda source, out: _write(model, wish, styled, options, source, out), "translated")


def _jobs(options: argparse.Namespace) -> list[tuple[Path, Path]]:
    """What is read and where it goes; RequestError where a result would take the place of an input or of another."""
    out, inputs = options.out, options.inputs
    one_file = kind_of(out)
    if one_file and len(inputs) > 1:
        raise RequestError(f"{out.name} is one file and there are {len(inputs)} inputs; give a folder.")
    places = [out if one_file else out / source.with_suffix(KINDS["png"]).name for source in inputs]
    taken = set(map(followed, inputs))
    for place in places:
        if followed(place) in taken:
            raise RequestError(f"{place} would take the place of an input or of another result; take another folder.")
        taken.add(followed(place))
    check_targets(places, options.overwrite)
    return list(zip(inputs, places))


def _styled(options: argparse.Namespace) -> Styled | None:
    """The styles of a command line, None where it names none."""
    if not options.style:
        return None
    return Styled(tuple(style_picture(read_photo(path)) for path in options.style), options.mix)


def _write(
    model: Model, wish: TranslateOptions, styled: Styled | None, options: argparse.Namespace, source: Path, out: Path
) -> None:
    photo, recipe = _made(model, wish, styled, options, source)
    write_atomically(out, encode(photo, kind_of(out) or "png", None if recipe is None else recipe.to_json()))
    print(f"{source.name} -> {out}")


def _made(
    model: Model, wish: TranslateOptions, styled: Styled | None, options: argparse.Namespace, source: Path
) -> tuple[Photo, Recipe | None]:
    """The result and its recipe; a sheet of several variations has none."""
    drawing = source.suffix.lower() == ".json"
    strokes = read_drawing(source) if drawing else []
    photo = None if drawing else _opened(model, wish, source)
    if styled is not None and photo is None:
        raise RequestError(f"{model.name} paints photographs; give one.")
    if options.variations > 1:
        given = of_strokes(model, strokes) if photo is None else of_picture(model, photo, wish)
        seeds = range(wish.seed, wish.seed + options.variations)
        return Photo(contact_sheet(variations(model, given, seeds, wish), options.variations)), None
    if photo is None:
        made = Photo(translate(model, of_strokes(model, strokes), wish))
    else:
        made = translate_photo(model, photo, wish, styled=styled)
    return made, recipe_of(model, wish, strokes, photo, styled=styled)


def _opened(model: Model, wish: TranslateOptions, source: Path) -> Photo:
    """A picture, after lines that say what of it is not taken as it is."""
    photo = read_photo(source)
    if translation(model).takes.edges and not wish.edges and is_inverted(gray(flat(photo))):
        print(f"{source.name}: it seems to be white on black, and is turned round.", file=sys.stderr)
    return photo


if __name__ == "__main__":
    main()
