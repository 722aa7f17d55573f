"""Any picture to uint8, to [-1, 1] and back: the only conversions of the atelier."""

import io
import warnings
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from PIL import ExifTags, GifImagePlugin, Image, ImageFile, ImageOps, ImageSequence, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile
from torch import Tensor

from gan_models.errors import PictureError, RequestError, first_line
from gan_models.files import contents
from gan_models.pictures.files import is_heic
from gan_models.pictures.levels import Span, eight_bit_levels, is_deep, levels_of, own_span

MOST_PIXELS = 64_000_000
"""Larger pictures are refused: decoded they would take more than 190 MB."""

# Pillow would hand PostScript to Ghostscript and open many rarities: only these are wanted.
# AVIF stands last, since Pillow before 11.3 has it not and stops there (MPO opens as JPEG).
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "DIB", "TIFF", "PPM", "JPEG2000", "TGA", "ICO", "AVIF")

OURS = {
    b"\x89PNG": PngImageFile,
    b"RIFF": WebPImageFile,
    b"\xff\xd8": JpegImageFile,
    b"GIF8": GifImagePlugin.GifImageFile,
}
"""The kinds of picture that the atelier writes: how they begin, and who reads them."""
MOST_BYTES, MOST_SHOWN, MOST_FRAMES = 64_000_000, 32_000_000, 1000
"""Of a picture in the folder of a weight or a run: bytes, pixels of all its frames together, and frames."""
FRAMES = "gan-atelier-frames"
"""In a decoded picture's info: how many its file holds, of which it is the first."""

Source = str | Path | bytes | bytearray | Image.Image | np.ndarray | BinaryIO


def open_picture(source: Source, channels: int = 3, span: Span | None = None) -> np.ndarray:
    """Read any picture as uint8 of shape (H, W, channels), upright, alpha laid over white.

    `source` is a path, the bytes of a file, a binary file object, a Pillow image or an array
    ((H, W) or (H, W, 1 to 4), uint8 or uint16); `channels` is 3 (RGB) or 1 (gray, ITU-R 601 luma). `span`: what is
    black and white where levels are deeper than 8 bits (None: what the picture's own levels tell, see `levels`).
    Raises PictureError for anything that is not a picture, is cut off or has over MOST_PIXELS pixels.
    """
    if channels not in (1, 3):
        raise RequestError(f"A picture is opened with 1 or 3 channels, not {channels}.")
    picture = decode(source)
    picture = _flatten(_eight_bits(picture, span))
    try:
        picture = picture.convert("L" if channels == 1 else "RGB")
    except ValueError:
        raise PictureError(
            f"{_name(source)} is stored in mode {picture.mode}, which has no RGB form; save it as PNG first."
        ) from None
    array = np.asarray(picture)
    return array[:, :, None].copy() if channels == 1 else array.copy()


def of_ours(content: bytes) -> ImageFile.ImageFile:
    """A picture of a kind that we write, not yet decoded, by the reader of its kind; OSError for another kind."""
    # Not by Image.open, which also refuses as many pixels as a telephone's picture has when it is enlarged four times.
    for mark, reader in OURS.items():
        if content.startswith(mark):
            return reader(io.BytesIO(content))
    raise OSError("it is neither PNG, WebP, JPEG nor GIF")


def stored(path: Path | str) -> Image.Image:
    """A picture in the folder of a weight or a run (a sheet of samples, a grid), whole, in RGB.

    Whoever made the folder may have put anything there: raises PictureError for a file of another kind than we write,
    a damaged one, one of over MOST_BYTES or MOST_SHOWN, and for none.
    """
    return Image.fromarray(stored_film(path, 1)[0])


def stored_film(path: Path | str, most: int = MOST_FRAMES) -> tuple[np.ndarray, ...]:
    """The frames, the first `most` of them, of such a picture: uint8 (H, W, 3) each; errors as `stored`."""
    try:
        content = contents(path, MOST_BYTES)
        if not content.startswith((b"\x89PNG", b"RIFF")):
            raise OSError("it is neither PNG nor WebP")
        with of_ours(content) as film:
            count = min(getattr(film, "n_frames", 1), most)
            if film.width * film.height * count > MOST_SHOWN:
                raise OSError(f"it has {count} frames of {film.width}x{film.height}, which is too much to be shown")
            frames = (frame for frame, _ in zip(ImageSequence.Iterator(film), range(count)))
            return tuple(np.array(frame.convert("RGB")) for frame in frames)
    # Pillow's decoders raise many types on damaged files.
    except Exception as error:
        raise PictureError(
            f"{Path(path).parent.name}/{Path(path).name} cannot be read as a picture "
            f"({error or type(error).__name__}); restore it from a copy, or delete it."
        ) from None


def to_tensor(images: np.ndarray) -> torch.Tensor:
    """Bring uint8 (N, H, W, C) or (H, W, C) to float32 (N, C, H, W) in [-1, 1]."""
    images = np.asarray(images)
    if images.dtype != np.uint8 or images.ndim not in (3, 4):
        raise RequestError(f"Images are uint8 (N, H, W, C) or (H, W, C), got {images.dtype} of shape {images.shape}.")
    if images.ndim == 3:
        images = images[None]
    return from_levels(torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2))


def to_uint8(images: torch.Tensor) -> np.ndarray:
    """Bring a float tensor (N, C, H, W) in [-1, 1] to uint8 (N, H, W, C); values outside are clamped."""
    if images.ndim != 4 or not images.is_floating_point():
        raise RequestError(
            f"Images are a float tensor (N, C, H, W), got {images.dtype} of shape {tuple(images.shape)}."
        )
    return as_levels(images.detach()).permute(0, 2, 3, 1).contiguous().cpu().numpy()


def from_levels(levels: Tensor) -> Tensor:
    """Levels 0 to 255 of any shape and type as float32 in [-1, 1]."""
    return levels.to(torch.float32, copy=True).div_(127.5).sub_(1.0)


def fine_levels(images: Tensor) -> Tensor:
    """[-1, 1] of any shape as float32 levels 0 to 255, neither rounded nor clamped."""
    return images.float().add(1.0).mul_(127.5)


def as_levels(images: Tensor) -> Tensor:
    """[-1, 1] of any shape as levels, uint8; values outside are clamped."""
    return fine_levels(images).round_().clamp_(0, 255).to(torch.uint8)


def fit(picture: np.ndarray, size: int) -> np.ndarray:
    """Crop the middle square of a uint8 (H, W, C) picture and resize it, antialiased, to (size, size, C)."""
    height, width, channels = picture.shape
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = picture[top : top + side, left : left + side]
    if side == size:
        return square.copy()
    image = Image.fromarray(square[:, :, 0] if channels == 1 else square)
    resized = np.asarray(image.resize((size, size), Image.Resampling.LANCZOS))
    return resized.reshape(size, size, channels).copy()


def contact_sheet(images: np.ndarray, columns: int | None = None, gap: int = 2) -> np.ndarray:
    """Lay uint8 (N, H, W, C) images out as one white-gapped sheet (H', W', C), row by row.

    `columns` is by default the smallest number that makes the sheet at least as wide as high.
    """
    count, height, width, channels = images.shape
    if count == 0:
        raise RequestError("A contact sheet needs at least one image, got none.")
    columns = columns or int(np.ceil(np.sqrt(count)))
    rows = -(-count // columns)
    sheet = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap, channels), 255, dtype=np.uint8)
    for index, image in enumerate(images):
        top, left = index // columns * (height + gap), index % columns * (width + gap)
        sheet[top : top + height, left : left + width] = image
    return sheet


def as_pillow(picture: np.ndarray) -> Image.Image:
    """Hand a uint8 (H, W, 1 or 3) picture to Pillow, gray staying gray."""
    return Image.fromarray(picture[:, :, 0] if picture.shape[2] == 1 else picture)


def packed_png(picture: np.ndarray) -> bytes:
    """A uint8 (H, W, 1 or 3) picture, or (H, W), as a PNG that is as small as can be."""
    buffer = io.BytesIO()
    as_pillow(np.atleast_3d(picture)).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def decode(source: Source) -> Image.Image:
    """Open any picture in the mode it is stored in, upright and whole; arguments and errors as `open_picture`."""
    if isinstance(source, np.ndarray):
        return _from_array(source)
    name = _name(source)
    if isinstance(source, str | Path) and not Path(source).is_file():
        raise PictureError(f"{name} is not a file; give the path of a picture.")
    with warnings.catch_warnings():
        # What Pillow only warns of is either harmless here or refused below.
        warnings.simplefilter("ignore")
        try:
            return _unpacked(source, name)
        except PictureError:
            raise
        except Image.DecompressionBombError:
            raise PictureError(f"{name} has over {MOST_PIXELS:,} pixels; make it smaller first.") from None
        # Pillow's decoders raise many types on damaged files (OSError, SyntaxError, struct.error, ...).
        except Exception as error:
            raise PictureError(f"{name} {why_unread(source, error)}") from None


def pixels_of(content: bytes) -> int:
    """How many pixels a file says that it has, before it is decoded; 0 where it does not say, as `decode` then will."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(content), formats=formats_for(content)) as picture:
                return picture.width * picture.height
        except Exception:
            return 0


def why_unread(source: Source, error: Exception) -> str:
    """What stands behind the name of a picture that cannot be read: its kind where that is known, never a library's
    own objects."""
    if is_heic(_head(source)):
        if heic_is_read():
            return "is HEIC and cannot be read whole, so it is damaged perhaps; save it as JPEG."
        return (
            "is HEIC, as iPhones save photos, which is read only where pillow-heif is installed: pip install "
            "pillow-heif, or save it as JPEG."
        )
    reason = first_line(error)
    if isinstance(error, UnidentifiedImageError):
        reason = "it is of no kind that is read here, or damaged from its first bytes on"
    return f"cannot be read as a picture ({reason}); open it in an editor and save it as PNG or JPEG."


@lru_cache(maxsize=1)
def heic_is_read() -> bool:
    """Whether pillow-heif is installed, which then gives Pillow one kind more; imported when the first HEIC is met."""
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return False
    register_heif_opener()
    return True


def formats_for(source: Source) -> tuple[str, ...]:
    """The kinds of files that `Image.open` may try on a path, bytes or a file object."""
    return (*FORMATS, "HEIF") if is_heic(_head(source)) and heic_is_read() else FORMATS


def _head(source: Source) -> bytes:
    """The first 32 bytes of a file; none of what is no file."""
    if isinstance(source, str | Path):
        try:
            with Path(source).open("rb") as file:
                return file.read(32)
        except OSError:
            return b""
    if isinstance(source, bytes | bytearray):
        return bytes(source[:32])
    if isinstance(source, Image.Image | np.ndarray):
        return b""
    try:
        place = source.tell()
        source.seek(0)  # where Pillow begins, too
        head = source.read(32)
        source.seek(place)
        return head
    except (AttributeError, OSError, ValueError):
        return b""


def _unpacked(source: str | Path | bytes | bytearray | Image.Image | BinaryIO, name: str) -> Image.Image:
    if isinstance(source, Image.Image):
        return _upright(source, name)
    if isinstance(source, bytes | bytearray):
        source = io.BytesIO(source)
    with Image.open(source, formats=formats_for(source)) as picture:
        return _upright(picture, name, own=True)


def _upright(picture: Image.Image, name: str, own: bool = False) -> Image.Image:
    """`own`: the picture was opened here, so that its pixels may become those of the upright one."""
    # A copy would be as large again. Image.copy does the same, on a copy of the pixels.
    same = (lambda picture: picture._new(picture.im)) if own else Image.Image.copy
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise PictureError(f"{name} is {width}x{height}, more than {MOST_PIXELS:,} pixels; make it smaller first.")
    if width == 0 or height == 0:
        raise PictureError(f"{name} is empty ({width}x{height}); give a picture with pixels.")
    frames = frames_of(picture)
    picture.load()
    try:
        turned = picture.getexif().get(ExifTags.Base.Orientation, 1) != 1
        upright = ImageOps.exif_transpose(picture) if turned else same(picture)
    # Damaged EXIF, at which Pillow fails in many ways, says nothing of where up is; the picture itself is whole.
    except Exception:
        upright = same(picture)
    upright.info[FRAMES] = frames
    return upright


def frames_of(picture: Image.Image) -> int:
    """How many pictures of one size a file holds one after the other: an animation's frames, a TIFF's pages."""
    # The further pictures of a camera's JPEG (MPO) are previews and maps of the same one, those of an icon its sizes.
    if picture.format in ("MPO", "JPEG", "ICO"):
        return 1
    try:
        return int(picture.info.get(FRAMES, 0) or getattr(picture, "n_frames", 1))
    # Counting reads to the end of the file, and the first picture may be whole in one that is not.
    except Exception:
        return 1


def _from_array(array: np.ndarray) -> Image.Image:
    shape = array.shape
    if array.ndim not in (2, 3) or 0 in shape or (array.ndim == 3 and shape[2] not in (1, 2, 3, 4)):
        raise PictureError(f"An array picture has shape (H, W) or (H, W, 1 to 4), got {shape}.")
    if array.dtype == np.uint16:
        array = eight_bit_levels(array, own_span(array))
    if array.dtype != np.uint8:
        raise PictureError(f"An array picture is uint8 or uint16, got {array.dtype}; convert it first.")
    if array.ndim == 3 and shape[2] == 1:
        array = array[:, :, 0]
    return Image.fromarray(np.ascontiguousarray(array))


def _eight_bits(picture: Image.Image, span: Span | None) -> Image.Image:
    if not is_deep(picture):
        return picture
    levels = levels_of(picture)
    return Image.fromarray(eight_bit_levels(levels, span or own_span(levels)))


def _flatten(picture: Image.Image) -> Image.Image:
    """Lay a picture with alpha (channel, palette entry or key colour) over white."""
    if not (picture.has_transparency_data or picture.mode in ("La", "RGBa", "PA")):
        return picture
    if picture.mode in ("La", "PA"):
        picture = picture.convert("LA" if picture.mode == "La" else "RGBA")
    if picture.mode != "RGBA":
        picture = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")


def _name(source: Source) -> str:
    if isinstance(source, str | Path):
        return Path(source).name
    name = getattr(source, "name", None) or getattr(source, "filename", None)
    return Path(name).name if isinstance(name, str) and name else "The picture"


def to_input(levels: np.ndarray) -> Tensor:
    """uint8 or uint16 (h, w, 1 or 3) as float32 (1, 3, h, w) in [-1, 1], gray in all three channels."""
    half = np.iinfo(levels.dtype).max / 2
    x = torch.from_numpy(levels.astype(np.float32)).permute(2, 0, 1)[None]
    return (x / half - 1).expand(1, 3, -1, -1)


def to_levels(core: Tensor, channels: int, dtype: np.dtype) -> np.ndarray:
    """A core (3, h, w) in [-1, 1] as levels (h, w, channels) of `dtype`; gray is the mean of the three."""
    most = np.iinfo(dtype).max
    core = core.mean(0, keepdim=True) if channels == 1 else core
    levels = core.add(1).mul_(most / 2).round_().clamp_(0, most)
    return levels.permute(1, 2, 0).contiguous().numpy().astype(dtype)
