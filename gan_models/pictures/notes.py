"""Text inside the files of pictures and films: a PNG's iTXt chunk, EXIF's UserComment, the comment of a GIF or MP4."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, PngImagePlugin

from gan_models.errors import PictureError, RequestError, reason
from gan_models.files import contents
from gan_models.pictures.images import MOST_PIXELS, as_pillow, of_ours

KEY = "gan-atelier"
"""The keyword of the PNG chunk, and the word that EXIF comments of ours begin with."""

MOST_CHARACTERS = 2_000_000
MOST_EXIF = 65_000
"""Bytes: what fits into the one segment that a JPEG has for EXIF."""

KINDS = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp"}


def write(picture: np.ndarray, note: str, kind: str = "png") -> bytes:
    """A uint8 (H, W, C) picture with a note as the bytes of a "png", "jpeg" or "webp" file.

    RequestError for another kind, or for a note that its EXIF cannot hold.
    """
    buffer = io.BytesIO()
    if kind == "png":
        chunks = PngImagePlugin.PngInfo()
        chunks.add_itxt(KEY, note)
        as_pillow(picture).save(buffer, "PNG", pnginfo=chunks, compress_level=6)
    elif kind in ("jpeg", "webp"):
        exif = exif_comment(note)
        if len(exif) > MOST_EXIF:
            raise RequestError(f"The recipe of so many points is too long for {kind.upper()}; save it as PNG.")
        lossless = {"quality": 95, "subsampling": 0} if kind == "jpeg" else {"lossless": True}
        as_pillow(picture).save(buffer, kind.upper(), exif=exif, **lossless)
    else:
        raise RequestError(f"A picture is written as png, jpeg or webp, got {kind!r}.")
    return buffer.getvalue()


def read(file: Path | str | bytes) -> str:
    """The note in a file, by path or as bytes, "" where there is none; PictureError for what is no such file."""
    content = file if isinstance(file, bytes) else bytes_of(file)
    # Every MP4 begins with a box of this name, behind its four bytes of length.
    return _film_comment(content) if content[4:8] == b"ftyp" else _picture_comment(content)


def bytes_of(file: Path | str) -> bytes:
    """What is in a file; PictureError where there is none."""
    try:
        return contents(file)
    except OSError as error:
        raise PictureError(f"{file} cannot be read ({reason(error)}); give a file that was saved here.") from None


def exif_comment(text: str, base: Image.Exif | None = None) -> bytes:
    """EXIF bytes whose UserComment holds `text` behind our KEY, beside whatever else `base` holds."""
    exif = Image.Exif() if base is None else base
    # EXIF 2.3, table 9: eight bytes name the character code of a comment.
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = b"UNICODE\0" + f"{KEY} {text}".encode("utf-16-be")
    return exif.tobytes()


def _picture_comment(content: bytes) -> str:
    try:
        with of_ours(content) as picture:
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
