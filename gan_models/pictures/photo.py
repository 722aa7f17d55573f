"""Photographs as people have them: any mode, alpha, 16 bits, colour profiles and EXIF, in and out again.

What a network cannot take is set aside on the way in and put back on the way out.
"""

import hashlib
import io
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from gan_models.errors import PictureError, RequestError, reason
from gan_models.files import contents
from gan_models.pictures.files import ENDINGS
from gan_models.pictures.images import FRAMES, Source, decode
from gan_models.pictures.levels import USUAL, Span, is_deep, levels_of, own_levels, own_span, sixteen_bit_levels
from gan_models.pictures.notes import KEY, MOST_EXIF, exif_comment
from gan_models.pictures.notes import KINDS as BY_ENDING
from gan_models.targets import check_folder

KINDS = {"png": ".png", "jpeg": ".jpg", "webp": ".webp"}
MOST_SIDE = {"jpeg": 65_500, "webp": 16_383}
"""Pixels: longer sides have no place in these formats, or are more than their libraries write."""
BAND = 512
"""Rows resized at once: Pillow needs four bytes a pixel where we have three."""

Turn = Callable[[], AbstractContextManager]
"""Opens what one step of work is done inside: a place in a queue, or nothing."""

_SIZES = (ExifTags.Base.ExifImageWidth, ExifTags.Base.ExifImageHeight)


@dataclass(frozen=True)
class Photo:
    """A picture with all that came with it.

    `colour`: uint8 (H, W, 3) or (H, W, 1), or uint16 (H, W, 1) for gray of 16 bits; `alpha`: uint8 (H, W) or
    None; `icc`: its colour profile; `exif`: EXIF without orientation; `sha256`: of the file it came from; `span`: which
    levels of that file are black and white here, where they are deep; `frames`: how many pictures it holds; `hidden`:
    the colours (N, C) that its fully transparent pixels had in the file, row by row, where others were filled in.
    """

    colour: np.ndarray
    alpha: np.ndarray | None = None
    icc: bytes | None = None
    exif: bytes | None = None
    sha256: str = ""
    span: Span = USUAL
    frames: int = 1
    hidden: np.ndarray | None = None

    @property
    def told(self) -> str:
        """What of the file is not here, or is taken for something, in a sentence; "" for most pictures."""
        frames = f"it holds {self.frames} pictures (frames or pages), of which only the first is taken"
        parts = [frames] * (self.frames > 1) + [f"its {self.span.words}"] * (self.span != USUAL)
        return "; ".join(parts)

    @property
    def height(self) -> int:
        return self.colour.shape[0]

    @property
    def width(self) -> int:
        return self.colour.shape[1]

    def crop(self, top: int, left: int, height: int, width: int) -> "Photo":
        """A part of it, a view on the same pixels."""
        part = np.s_[top : top + height, left : left + width]
        alpha = None if self.alpha is None else self.alpha[part]
        return replace(self, colour=self.colour[part], alpha=alpha, hidden=None)


def open_photo(source: Source) -> Photo:
    """Read any picture with its alpha, profile and EXIF, upright; colours under full transparency are filled in.

    Colour becomes RGB of 8 bits a channel, since Pillow reads no more; gray stays gray, also of 16 bits. CMYK is
    converted by its profile where it has one. `source` and
    errors are those of `gan_models.pictures.images.open_picture`.
    """
    if isinstance(source, str | Path) and Path(source).is_file():
        name = Path(source).name
        try:
            content: Source = contents(source)
        except OSError as error:
            raise PictureError(f"{name} cannot be read ({reason(error)}); look at who may read it.") from None
    else:
        content, name = source, "The picture"
    try:
        picture = decode(content)
    except PictureError as error:
        # Read as bytes, so that the hash is of what was decoded; the sentence still names the file.
        raise PictureError(str(error).replace("The picture", name, 1)) from None
    digest = hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else ""
    span = own_span(levels_of(picture)) if is_deep(picture) else USUAL
    colour, alpha, profile = _split(picture, name, span)
    digest, hidden = digest or _digest(colour, alpha), None
    if alpha is not None and not alpha.all():
        hidden, colour = colour[alpha == 0], np.ascontiguousarray(bleed(colour, alpha))
    return Photo(colour, alpha, profile, _exif_bytes(picture), digest, span, picture.info.get(FRAMES, 1), hidden)


def read_photo(path: Path) -> Photo:
    """A command line's picture: as of `open_photo`, and what of it is not taken is said on stderr."""
    photo = open_photo(path)
    if photo.told:
        print(f"{path.name}: {photo.told}.", file=sys.stderr)
    return photo


def encode(photo: Photo, kind: str = "png", recipe: str | None = None) -> bytes:
    """The bytes of a "png", "jpeg" or "webp" file with profile, EXIF and the text of a recipe.

    PNG keeps every level; JPEG (quality 95) has no alpha and is laid over white; WebP is written at quality
    92. The EXIF comment of the original makes room for the recipe in JPEG and WebP; EXIF that is too long for
    the format is left out. RequestError for another kind, and for sides or a recipe too long for it.
    """
    check_kind(kind, photo.height, photo.width)
    exif = _resized_exif(photo)
    # WebP has colour only, of which a profile of gray levels says nothing.
    fits = photo.icc and (kind != "webp" or photo.colour.shape[2] == 3)
    options: dict = {"icc_profile": photo.icc} if fits else {}
    if kind == "png":
        options |= {"compress_level": 4, "pnginfo": PngImagePlugin.PngInfo()}
        if recipe:
            options["pnginfo"].add_itxt(KEY, recipe)
        note = exif.tobytes() if len(exif) else b""
    else:
        photo = photo if kind == "webp" else replace(photo, colour=flat(photo), alpha=None)
        options |= {"quality": 95, "subsampling": 0} if kind == "jpeg" else {"quality": 92}
        note = _noted(exif, recipe)
        if kind == "jpeg" and len(note) > MOST_EXIF:
            raise RequestError(
                "This recipe (many strokes, or the copy of a style) is too long for JPEG; save it as PNG."
            )
    buffer = io.BytesIO()
    as_pillow(photo, deep=kind == "png").save(buffer, kind.upper(), **options, **({"exif": note} if note else {}))
    return buffer.getvalue()


def check_kind(kind: str, height: int, width: int) -> None:
    """RequestError for a kind of file that `encode` does not write, or not at this size."""
    if kind not in KINDS:
        raise RequestError(f"A picture is written as {', '.join(KINDS)}, got {kind!r}.")
    longest = max(height, width)
    if longest > MOST_SIDE.get(kind, longest):
        raise RequestError(f"{kind.upper()} ends at {MOST_SIDE[kind]:,} pixels a side, this has {longest:,}; take PNG.")


def kind_of(out: Path) -> str | None:
    """What kind of file a command's OUT is, None for a folder; RequestError for what can be neither."""
    kind = BY_ENDING.get(out.suffix.lower())
    if kind is None and out.suffix.lower() in ENDINGS and not out.is_dir():
        raise RequestError(f"{out.name} would be {out.suffix}; pictures are written as {', '.join(KINDS)}.")
    if kind is None and out.exists() and not out.is_dir():
        raise RequestError(f"{out} is a file that is no picture; give a folder, or a file that ends in .png.")
    if kind is None:
        check_folder(out)
    return kind


def as_pillow(photo: Photo, deep: bool = False) -> Image.Image:
    """The photo for Pillow: L, LA, RGB or RGBA, and with `deep` I;16 where it has 16 bits."""
    colour = own_levels(photo.colour, photo.span) if deep else eight(photo.colour)
    if colour.dtype == np.uint16 or photo.alpha is None:
        return Image.fromarray(colour[:, :, 0] if colour.shape[2] == 1 else colour)
    return Image.fromarray(np.dstack([colour, photo.alpha]))


def flat(photo: Photo) -> np.ndarray:
    """The photo as uint8 (H, W, C) without alpha, laid over white."""
    colour = eight(photo.colour)
    if photo.alpha is None:
        return colour
    alpha = photo.alpha[:, :, None].astype(np.uint16)
    return ((colour * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)


def eight(colour: np.ndarray) -> np.ndarray:
    """uint16 levels as uint8; uint8 as they are."""
    return colour if colour.dtype == np.uint8 else ((colour.astype(np.uint32) + 128) // 257).astype(np.uint8)


def resize_photo(photo: Photo, height: int, width: int) -> Photo:
    """The photo at another size by bicubic interpolation: what an upscaler is compared with."""
    alpha = None if photo.alpha is None else resize_levels(photo.alpha[:, :, None], height, width)[:, :, 0]
    return replace(photo, colour=resize_levels(photo.colour, height, width), alpha=alpha)


def nearest_levels(levels: np.ndarray, height: int, width: int) -> np.ndarray:
    """Levels (H, W, C) at another size, none of them mixed."""
    sides = zip(levels.shape[:2], (height, width))
    rows, columns = (((np.arange(now) + 0.5) * before / now).astype(int) for before, now in sides)
    return levels[np.ix_(rows, columns)]


def resize_levels(levels: np.ndarray, height: int, width: int, turn: Turn = nullcontext) -> np.ndarray:
    """Resize uint8 or uint16 (H, W, C) by Pillow's bicubic, antialiased where it shrinks, a band at a time.

    The same as in one piece, to the last level; of memory it takes the result and little more. Each band is made
    inside `turn()`.
    """
    if levels.shape[:2] == (height, width):
        return levels
    rows, columns, channels = levels.shape
    step, most = rows / height, np.iinfo(levels.dtype).max
    reach = int(2 * max(1.0, step)) + 2  # rows of the kernel beyond a band
    out = np.empty((height, width, channels), levels.dtype)
    for start in range(0, height, BAND):
        stop = min(start + BAND, height)
        low, high = max(0, int(start * step) - reach), min(rows, int(stop * step) + 1 + reach)
        box = (0, start * step - low, columns, stop * step - low)
        with turn():
            band = _plane(levels[low:high]).resize((width, stop - start), Image.Resampling.BICUBIC, box)
        resized = np.asarray(band)
        if resized.dtype != levels.dtype:
            resized = resized.round().clip(0, most).astype(levels.dtype)
        out[start:stop] = resized.reshape(stop - start, width, channels)
    return out


def _plane(levels: np.ndarray) -> Image.Image:
    """Levels (H, W, C) for Pillow: those of 16 bits as floats."""
    levels = levels[:, :, 0] if levels.shape[2] == 1 else levels
    return Image.fromarray(levels if levels.dtype == np.uint8 else levels.astype(np.float32))


def bleed(colour: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Give fully transparent pixels the colours of their neighbours, so that no hidden black seeps into edges.

    colour: uint8 (H, W, C); alpha: (H, W). Pixels with any alpha keep theirs.
    """
    seen = alpha > 0
    if seen.all() or not seen.any():
        return colour
    weight, means = _halved(colour, seen)
    small, filled = _fill(means, weight > 0), colour.copy()
    # A band at a time: as floats and all at once, a picture of 64 megapixels would take gigabytes.
    for start in range(0, len(colour), BAND):
        band = np.s_[start : min(start + BAND, len(colour))]
        unseen = ~seen[band]
        large = small[start // 2 : start // 2 + BAND // 2].repeat(2, axis=0)[: len(unseen)].repeat(2, axis=1)
        filled[band][unseen] = large[:, : colour.shape[1]][unseen].round().astype(colour.dtype)
    return filled


def unbled(photo: Photo) -> Photo:
    """The photo with the colours that its file has under full transparency: of a picture with the file's own alpha."""
    if photo.hidden is None:
        return photo
    colour = photo.colour.copy()
    colour[photo.alpha == 0] = photo.hidden
    return replace(photo, colour=colour, hidden=None)


def _fill(colour: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Means of the seen pixels at half the size, filled there in turn, stand in for those unseen."""
    height, width = seen.shape
    if seen.all():
        return colour
    weight, means = _halved(colour, seen)
    small = _fill(means, weight > 0)
    large = small.repeat(2, axis=0).repeat(2, axis=1)[:height, :width]
    return np.where(seen[:, :, None], colour, large)


def _halved(colour: np.ndarray, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many of each four pixels are seen, (H / 2, W / 2), and the mean colour of those, a band at a time."""
    weights, means = [], []
    for start in range(0, len(colour), BAND):
        shown = seen[start : start + BAND, :, None]
        odd = ((0, len(shown) % 2), (0, shown.shape[1] % 2), (0, 0))
        weight = _sum_of_four(np.pad(shown, odd).astype(np.float32))
        sums = _sum_of_four(np.pad(colour[start : start + BAND].astype(np.float32) * shown, odd))
        weights.append(weight[:, :, 0])
        means.append(sums / np.maximum(weight, 1))
    return np.concatenate(weights), np.concatenate(means)


def _sum_of_four(x: np.ndarray) -> np.ndarray:
    return x[::2, ::2] + x[1::2, ::2] + x[::2, 1::2] + x[1::2, 1::2]


def _split(picture: Image.Image, name: str, span: Span) -> tuple[np.ndarray, np.ndarray | None, bytes | None]:
    """Colour, alpha and the profile that fits them."""
    profile = picture.info.get("icc_profile")
    if is_deep(picture):
        return sixteen_bit_levels(levels_of(picture), span)[:, :, None].copy(), None, _fitting(profile, b"GRAY")
    if picture.mode == "CMYK":
        return np.array(_from_cmyk(picture, profile)), None, None
    gray = picture.mode in ("1", "L", "LA", "La")
    if picture.has_transparency_data or picture.mode in ("La", "RGBa", "PA"):
        levels = np.asarray(_with_alpha(picture))
        colour = levels[:, :, :1] if gray else levels[:, :, :3]
        alpha = np.ascontiguousarray(levels[:, :, 3])
        return np.ascontiguousarray(colour), alpha, _fitting(profile, b"GRAY" if gray else b"RGB ")
    try:
        mode = "L" if gray else "RGB"
        plain = np.array(picture if picture.mode == mode else picture.convert(mode))
    except ValueError:
        raise PictureError(
            f"{name} is stored in mode {picture.mode}, which has no RGB form; save it as PNG first."
        ) from None
    return plain.reshape(*plain.shape[:2], -1), None, _fitting(profile, b"GRAY" if gray else b"RGB ")


def _with_alpha(picture: Image.Image) -> Image.Image:
    if picture.mode in ("La", "PA"):
        picture = picture.convert("LA" if picture.mode == "La" else "RGBA")
    return picture if picture.mode == "RGBA" else picture.convert("RGBA")


def _from_cmyk(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """sRGB by the profile's own inks where there is one that works, else by Pillow's plain formula."""
    if own := _fitting(profile, b"CMYK"):
        try:
            inks, screen = ImageCms.ImageCmsProfile(io.BytesIO(own)), ImageCms.createProfile("sRGB")
            if (converted := ImageCms.profileToProfile(picture, inks, screen, outputMode="RGB")) is not None:
                return converted
        except (ImageCms.PyCMSError, OSError):  # a damaged profile
            pass
    return picture.convert("RGB")


def _fitting(profile: bytes | None, space: bytes) -> bytes | None:
    """A profile whose header names this colour space (ICC.1:2022, table 17), else None."""
    return profile if profile and profile[16:20] == space else None


def _digest(colour: np.ndarray, alpha: np.ndarray | None) -> str:
    """What stands for the file's hash where there is no file: that of shape and levels."""
    digest = hashlib.sha256(repr((colour.shape, colour.dtype.str)).encode())
    for levels in (colour, alpha):
        digest.update(b"" if levels is None else np.ascontiguousarray(levels).tobytes())
    return digest.hexdigest()


def _exif_bytes(picture: Image.Image) -> bytes | None:
    """EXIF without orientation; None where there is none, or none that is whole."""
    try:
        exif = picture.getexif()
        exif.pop(ExifTags.Base.Orientation, None)
        return exif.tobytes() if len(exif) else None
    # Cameras write EXIF that Pillow reads in part or cannot write, and editors damage it, in many ways.
    except Exception:
        return None


def _resized_exif(photo: Photo) -> Image.Exif:
    exif = Image.Exif()
    if photo.exif:
        exif.load(photo.exif)
        inner = exif.get_ifd(ExifTags.IFD.Exif)
        for tag, side in zip(_SIZES, (photo.width, photo.height)):
            if tag in inner:
                inner[tag] = side
        for tag, side in ((ExifTags.Base.ImageWidth, photo.width), (ExifTags.Base.ImageLength, photo.height)):
            if tag in exif:
                exif[tag] = side
    return exif


def _noted(exif: Image.Exif, recipe: str | None) -> bytes:
    """EXIF with the recipe as its comment, without the rest where both together are too long."""
    whole = exif_comment(recipe, exif) if recipe else exif.tobytes() if len(exif) else b""
    if len(whole) <= MOST_EXIF:
        return whole
    return exif_comment(recipe) if recipe else b""
