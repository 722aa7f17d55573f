"""How a picture or film was made, carried inside its file, and made again from there.

    python -m gan_models.recipe PICTURE [-o AGAIN.png] [--source UPSCALED_FROM]

A PNG keeps its recipe in an iTXt chunk, JPEG and WebP in EXIF's UserComment, GIF and MP4 in their comment:
JSON in all of them.
"""

import argparse
import io
import itertools
import json
import struct
import sys
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ExifTags, GifImagePlugin, Image, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from gan_models import __version__
from gan_models.errors import PictureError, RequestError, WeightError, one_line
from gan_models.images import MOST_PIXELS, as_pillow, contact_sheet
from gan_models.latents import Point
from gan_models.loading import WEIGHTS, Model, Shelf
from gan_models.sample import sample

KEY = "gan-atelier"
"""The keyword of the PNG chunk, and the word that EXIF comments of ours begin with."""

MOST_CHARACTERS = 2_000_000
MOST_POINTS = 64
MOST_EXIF = 65_000
"""Bytes: what fits into the one segment that a JPEG has for EXIF."""

KINDS = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp"}

_READERS = {
    b"\x89PNG": PngImagePlugin.PngImageFile,
    b"\xff\xd8": JpegImagePlugin.JpegImageFile,
    b"RIFF": WebPImagePlugin.WebPImageFile,
    b"GIF8": GifImagePlugin.GifImageFile,
}


@dataclass(frozen=True)
class Recipe:
    """What made a picture: a weight by name and generator hash, a verb with its arguments, and our version.

    The verb "sample" takes `{"point": {...}}` for one picture, or `{"points": [...], "columns": n}` for a
    contact sheet of at most MOST_POINTS; "interpolate" takes the points of a film and what
    `gan_models.interpolate` takes besides: frames_per_step, kind, closed, easing, fps, scale; "upscale" takes
    scale, colour_lock, bf16, the hash of the picture it needs as "source", and where two twins were mixed
    their fidelity and twin; "translate" takes the fields of `translate.Wish`, the strokes, the "source"
    of a photograph, and the "ground" that a drawing was made upon.
    """

    weight: str
    sha256: str
    verb: str
    arguments: Mapping[str, Any]
    version: str = __version__

    def __post_init__(self) -> None:
        words = (self.weight, self.sha256, self.verb, self.version)
        if not all(isinstance(word, str) and word for word in words) or not isinstance(self.arguments, Mapping):
            raise RequestError(
                "A recipe has a weight, sha256, verb and version as text and arguments as an object; "
                f"got {str(asdict(self))[:80]}."
            )

    @classmethod
    def of(cls, model: Model, point: Point) -> "Recipe":
        """The recipe of one point of a model."""
        return cls(model.name, model.sha256, "sample", {"point": point.to_json()})

    @classmethod
    def of_sheet(cls, model: Model, points: list[Point], columns: int) -> "Recipe":
        """The recipe of a contact sheet."""
        arguments = {"points": [point.to_json() for point in points], "columns": columns}
        return cls(model.name, model.sha256, "sample", arguments)

    @property
    def point(self) -> Point:
        """The one point of a recipe for a single picture."""
        if self.verb != "sample" or "point" not in self.arguments:
            raise RequestError(f"This recipe is for {self.verb!r} of several points, not for one picture.")
        return Point.from_json(self.arguments["point"])

    def to_json(self) -> str:
        """This recipe as one line of JSON."""
        return json.dumps(asdict(self), separators=(",", ":"), ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "Recipe":
        """Read what `to_json` wrote; RequestError for anything else."""
        try:
            made = cls(**json.loads(text))
            # Whoever follows it writes it into the new file: what that could not hold (NaN) is refused here.
            made.to_json().encode()
            return made
        except (ValueError, TypeError, RecursionError) as error:
            raise RequestError(f"The recipe in this file is damaged ({error}).") from None


def stamp(picture: np.ndarray, recipe: Recipe, kind: str = "png") -> bytes:
    """Write a uint8 (H, W, C) picture with its recipe as the bytes of a "png", "jpeg" or "webp" file.

    PNG and WebP keep every pixel. The same picture and recipe give the same bytes.
    """
    buffer = io.BytesIO()
    if kind == "png":
        chunks = PngImagePlugin.PngInfo()
        chunks.add_itxt(KEY, recipe.to_json())
        as_pillow(picture).save(buffer, "PNG", pnginfo=chunks, compress_level=6)
    elif kind in ("jpeg", "webp"):
        exif = exif_comment(recipe.to_json())
        if len(exif) > MOST_EXIF:
            raise RequestError(f"The recipe of so many points is too long for {kind.upper()}; save it as PNG.")
        lossless = {"quality": 95, "subsampling": 0} if kind == "jpeg" else {"lossless": True}
        as_pillow(picture).save(buffer, kind.upper(), exif=exif, **lossless)
    else:
        raise RequestError(f"A picture is written as png, jpeg or webp, got {kind!r}.")
    return buffer.getvalue()


def exif_comment(text: str, base: Image.Exif | None = None) -> bytes:
    """EXIF bytes whose UserComment holds `text` behind our KEY, beside whatever else `base` holds."""
    exif = Image.Exif() if base is None else base
    # EXIF 2.3, table 9: eight bytes name the character code of a comment.
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = b"UNICODE\0" + f"{KEY} {text}".encode("utf-16-be")
    return exif.tobytes()


def read(file: Path | str | bytes) -> Recipe:
    """Read the recipe out of a file of ours, by path or as bytes; RequestError where there is none."""
    try:
        content = file if isinstance(file, bytes) else Path(file).read_bytes()
    except OSError:
        raise PictureError(f"{file} is not a file; give one that was saved here.") from None
    # Every MP4 begins with a box of this name, behind its four bytes of length.
    text = _film_comment(content) if content[4:8] == b"ftyp" else _picture_comment(content)
    if not text.startswith("{") or len(text) > MOST_CHARACTERS:
        raise RequestError("This file carries no recipe; only what the atelier saved does, and many sites remove it.")
    return Recipe.from_json(text)


def make_again(recipe: Recipe, shelf: Shelf) -> np.ndarray:
    """Make the picture of a recipe again: uint8 (H, W, C), pixel for pixel on the same machine.

    The weight is found by its hash, whatever its name now is. WeightError where the shelf has only another
    weight of that name or none; RequestError for a recipe that this version cannot follow.
    """
    model = find(recipe, shelf)
    if recipe.verb != "sample":
        raise RequestError(f"This version cannot follow a recipe for {recipe.verb!r}; update GAN Atelier.")
    if "point" in recipe.arguments:
        return sample(model, [recipe.point])[0]
    points = recipe.arguments.get("points")
    if not isinstance(points, list) or not 1 <= len(points) <= MOST_POINTS:
        raise RequestError(f"A recipe has one point or a list of 1 to {MOST_POINTS} points; this one has not.")
    columns = recipe.arguments.get("columns")
    if columns is not None and not (isinstance(columns, int) and 1 <= columns <= MOST_POINTS):
        raise RequestError(f"The columns of a recipe are 1 to {MOST_POINTS}, got {str(columns)[:60]}.")
    return contact_sheet(sample(model, [Point.from_json(words) for words in points]), columns)


def make_film_again(recipe: Recipe, shelf: Shelf, out: Path | str) -> int:
    """Write the film of a recipe again to an .mp4, .gif or .webp and return its number of frames."""
    # Imported here: films are stamped with recipes.
    from gan_models.interpolate import frames, write_film

    points, words = recipe.arguments.get("points"), dict(recipe.arguments)
    known = {"points", "frames_per_step", "kind", "closed", "easing", "fps", "scale"}
    if recipe.verb != "interpolate" or not isinstance(points, list) or not set(words) <= known:
        raise RequestError(f"This recipe of {recipe.verb!r} is not one of a film that this version can follow.")
    del words["points"]
    fps, scale = words.pop("fps", 24), words.pop("scale", None)
    model = find(recipe, shelf)
    walk = frames(model, [Point.from_json(point) for point in points], **words)
    return write_film(walk, out, fps, scale, comment=recipe.to_json())


def _upscale_again(
    recipe: Recipe, shelf: Shelf, source: Path | None, kind: str, checkpoint: str | None = None
) -> bytes:
    # Imported here: upscaled photos are stamped with recipes.
    from gan_models.photo import encode, open_photo
    from gan_models.upscale import make_again as upscale_again

    if source is None:
        raise RequestError("This picture was upscaled from another; give that file with --source.")
    # By the file that was given here; what is written keeps the name that it came with.
    at_hand = {"community": checkpoint} if checkpoint else {}
    followed = replace(recipe, arguments={**recipe.arguments, **at_hand})
    return encode(upscale_again(followed, shelf, open_photo(source)), kind, recipe.to_json())


def _translate_again(recipe: Recipe, shelf: Shelf, source: Path | None, kind: str) -> bytes:
    # Imported here: translated pictures are stamped with recipes.
    from gan_models.photo import encode, open_photo
    from gan_models.translate import make_again as translate_again

    photo = None if source is None else open_photo(source)
    return encode(translate_again(recipe, shelf, photo), kind, recipe.to_json())


def find(recipe: Recipe, shelf: Shelf) -> Model:
    """Find the recipe's weight on a shelf, by the generator's hash and else by name."""
    for card in shelf.cards():
        file = card.files.get("generator.safetensors")
        if file and file.sha256 == recipe.sha256:
            return shelf.get(card.name)
    model = shelf.get(recipe.weight)
    raise WeightError(
        f"The picture was made with {recipe.weight} of hash {recipe.sha256[:12]}..., and the one here has "
        f"{model.sha256[:12]}...; it was trained again since."
    )


def _picture_comment(content: bytes) -> str:
    try:
        with _opened(content) as picture:
            if picture.format == "PNG":
                # Chunks may stand behind the pixels: an editor may have moved ours there. Upscaled pictures can
                # be larger than what is decoded for this.
                if picture.width * picture.height <= MOST_PIXELS:
                    picture.load()
                return str(picture.info.get(KEY, ""))
            if picture.format == "GIF":
                return picture.info.get("comment", b"").decode("utf-8", "replace")
            return _exif_comment(picture)
    # Pillow's decoders raise many types on damaged files, and so does what else reads them below.
    except (OSError, SyntaxError, ValueError, struct.error, zlib.error):
        raise PictureError(
            "This file cannot be read as PNG, JPEG, WebP, GIF or MP4; give one that was saved here."
        ) from None


def _opened(content: bytes) -> ImageFile.ImageFile:
    """A picture, not yet decoded, by the reader of its kind; OSError for another kind."""
    # Not by Image.open, which refuses as many pixels as a telephone's picture has when it is enlarged four times.
    for mark, reader in _READERS.items():
        if content.startswith(mark):
            return reader(io.BytesIO(content))
    raise OSError("of none of these kinds")


def _exif_comment(picture: Image.Image) -> str:
    comment = picture.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment, b"")
    if not isinstance(comment, bytes):
        return ""
    text = comment[8:].decode("utf-16-be", "replace")
    return text.removeprefix(f"{KEY} ") if text.startswith(f"{KEY} ") else ""


def _film_comment(content: bytes) -> str:
    import av

    try:
        with av.open(io.BytesIO(content)) as film:
            return film.metadata.get("comment", "")
    except (av.FFmpegError, ValueError):
        raise PictureError("This file cannot be read as MP4; give one that was saved here.") from None


def _beside(file: Path) -> Path:
    """FILE-again, FILE-again-2 and so on with its suffix: the first that is not there."""
    names = (f"{file.stem}-again{f'-{n}' if n > 1 else ''}{file.suffix}" for n in itertools.count(1))
    return next(path for path in map(file.with_name, names) if not path.exists())


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


def _write_again(recipe: Recipe, shelf: Shelf, source: Path | None, out: Path, checkpoint: str | None) -> None:
    if recipe.verb == "interpolate":
        make_film_again(recipe, shelf, out)
        return
    kind = KINDS.get(out.suffix.lower())
    if kind is None:
        raise RequestError(f"OUT ends in {', '.join(KINDS)}, got {out.name!r}.")
    if recipe.verb == "upscale":
        content = _upscale_again(recipe, shelf, source, kind, checkpoint)
    elif recipe.verb == "translate":
        content = _translate_again(recipe, shelf, source, kind)
    else:
        content = stamp(make_again(recipe, shelf), recipe, kind)
    out.write_bytes(content)


def main(arguments: list[str] | None = None) -> None:
    """The command line: make a file again, byte for byte on the machine it was saved on."""
    parser = argparse.ArgumentParser(
        prog="python -m gan_models.recipe",
        description="Make a picture or film again from the recipe inside it.",
    )
    add = parser.add_argument
    add("file", type=Path, metavar="FILE", help="a picture or film saved by the atelier")
    add("-o", "--out", type=Path, metavar="OUT", help="where to write it (default: beside FILE, as FILE-again)")
    add("--print", action="store_true", help="print the recipe and write nothing")
    add("--source", type=Path, metavar="FILE", help="the picture that was upscaled or translated, where one was")
    add("--weights", type=Path, action="append", default=[], metavar="DIR", help="another folder of weights")
    add("--model", metavar="USER/REPO", action="append", default=[], help="a Hub model (repeatable)")
    add("--upscaler", metavar="FILE|USER/REPO:FILE", help="the community checkpoint that enlarged it, where one did")
    add("--fetch", action="store_true", help="download a checkpoint that the picture names, without a question")
    options = parser.parse_args(arguments)
    with one_line():
        recipe = read(options.file)
        if options.print:
            print(json.dumps(asdict(recipe), indent=2))
            return
        checkpoint = _checkpoint(recipe, options.upscaler, options.fetch)
        out = options.out or _beside(options.file)
        try:
            shelf = Shelf([WEIGHTS, *options.weights], hub=options.model)
            _write_again(recipe, shelf, options.source, out, checkpoint)
        except OSError as error:
            raise RequestError(f"{out} cannot be written ({error.strerror}); give another place with -o.") from None
        print(out)


if __name__ == "__main__":
    main()
