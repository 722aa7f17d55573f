"""Films written to MP4, GIF and WebP, a frame at a time."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from gan_models.checks import is_whole
from gan_models.errors import RequestError
from gan_models.files import beside
from gan_models.pictures.images import as_pillow
from gan_models.pictures.notes import exif_comment
from gan_models.pictures.resize import enlarge, factor_to, pad_to_even

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

LEAST_SIDE = 256
"""Smaller pictures are enlarged by a whole factor: players blur what they have to enlarge."""

MOST_FRAMES = {".mp4": 7200, ".gif": 900, ".webp": 900}
"""By kind of file: Pillow holds every frame of a GIF or WebP in memory until the end."""

MOST_SIDE = 1024


class Soundtrack(Protocol):
    """What is heard beside the pictures, given while they are written, so that players find both at one place."""

    def join(self, file: "OutputContainer", seconds: float) -> None:
        """Give an open MP4 a stream for `seconds` at most."""

    def until(self, second: float) -> "Iterator[Packet]":
        """Packets of what is heard before that moment and was not given yet."""

    def rest(self, second: float) -> "Iterator[Packet]":
        """The last ones, up to the film's end."""


Writer = Callable[[Iterator[np.ndarray], Path, int, str, Soundtrack | None], int]
"""Writes frames to a path, so many a second, with a comment and a soundtrack, and returns their number."""


def too_long(total: int, suffix: str) -> str:
    """Why a file (".mp4", ".gif", ".webp") cannot hold so many frames, in a sentence; "" where it can."""
    most = MOST_FRAMES.get(suffix, total)
    if total <= most:
        return ""
    other = "" if suffix == ".mp4" else ", or MP4"
    return f"A film has at most {most:,} frames as {suffix}, and this one has {total:,}; take fewer{other}."


def write_film(
    frames: Iterable[np.ndarray],
    path: Path | str,
    fps: int = 24,
    scale: int | None = None,
    stop: Callable[[], bool] | None = None,
    comment: str = "",
    sound: Soundtrack | None = None,
) -> int:
    """Write pictures (H, W, C) to an .mp4 (H.264), .gif or .webp and return their number.

    `scale` enlarges by a whole factor without blur, by default to at least LEAST_SIDE pixels. `stop` is
    asked before each frame; when it says True nothing is left behind and 0 is returned. `comment`, such as a
    recipe's JSON, is kept in the file: an MP4's and a GIF's comment, a WebP's EXIF. GIF counts time in
    hundredths of a second, so that 24 frames a second become 25. `sound` is heard in an MP4; the other kinds are
    silent.
    """
    path = Path(path)
    writer = check_film(path, fps)
    frames = iter(frames)
    first = next(frames, None)
    if first is None:
        raise RequestError("A film needs at least one frame, got none.")
    factor = enlargement(min(first.shape[:2]), scale)
    ready = _until(stop, path, (enlarge(frame, factor) for frame in itertools.chain([first], frames)))
    # Beside its place first: whoever looks at `path` sees no film or a whole one.
    with beside(path, folder=True) as folder:
        unfinished = folder / f"film{path.suffix.lower()}"
        try:
            count = writer(ready, unfinished, fps, comment, sound)
        except _Stopped:
            return 0
        unfinished.replace(path)
    return count


def check_film(path: Path, fps: int, total: int = 1) -> Writer:
    """What writes a film of that name; RequestError where none does, or not at that pace, or not so many frames."""
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise RequestError(f"A film ends in {', '.join(WRITERS)}, got {path.name!r}.")
    if not is_whole(fps, 1, 60):
        raise RequestError(f"A film has 1 to 60 frames a second, got {fps!r}.")
    if long := too_long(total, path.suffix.lower()):
        raise RequestError(long)
    return writer


class _Stopped(Exception):
    """Carries a stop out of an encoder that asks for the next frame."""


def _until(stop: Callable[[], bool] | None, path: Path, frames: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    most = MOST_FRAMES[path.suffix.lower()]
    for number, frame in enumerate(frames):
        if stop is not None and stop():
            raise _Stopped
        if number >= most:
            raise RequestError(f"A film has at most {most} frames as {path.suffix}; take fewer for each step.")
        yield frame


def enlargement(side: int, scale: int | None) -> int:
    """By how much pictures of that shorter side are enlarged in a film: `scale`, where one is given.

    RequestError for one by which they would not fit.
    """
    if scale is None:
        return factor_to(side, LEAST_SIDE)
    if not is_whole(scale, 1, max(1, MOST_SIDE // side)):
        raise RequestError(
            f"The scale of a film of {side} px pictures is 1 to {max(1, MOST_SIDE // side)}, got {scale!r}."
        )
    return scale


def _write_mp4(frames: Iterator[np.ndarray], path: Path, fps: int, comment: str, sound: Soundtrack | None) -> int:
    # Imported here: a fifth of a second that only films need.
    import av

    count = 0
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as file:
        if comment:
            file.metadata["comment"] = comment
        stream: VideoStream | None = None
        for picture in frames:
            picture = pad_to_even(picture if picture.shape[2] == 3 else picture.repeat(3, axis=2))
            if stream is None:
                stream = _h264(file, picture, fps)
                if sound:
                    sound.join(file, MOST_FRAMES[".mp4"] / fps)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            count += 1
            for packet in sound.until(count / fps) if sound else ():
                file.mux(packet)
        if stream is not None:
            file.mux(stream.encode(None))
        for packet in sound.rest(count / fps) if sound else ():
            file.mux(packet)
    return count


def _h264(file: "OutputContainer", picture: np.ndarray, fps: int) -> "VideoStream":
    # Without mbtree, whose look ahead reads beyond the edges of sides that are no multiple of 16: with it,
    # the same frames give another file now and then.
    options = {"crf": "16", "preset": "veryfast", "x264-params": "mbtree=0"}
    stream = file.add_stream("libx264", rate=fps, options=options)
    stream.height, stream.width = picture.shape[:2]
    # What every browser and phone plays, and the colours named: BT.601 with the studio range.
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.color_range, context.colorspace, context.color_primaries, context.color_trc = 1, 6, 6, 6
    return stream


def _write_gif(frames: Iterator[np.ndarray], path: Path, fps: int, comment: str, sound: Soundtrack | None) -> int:
    note = {"comment": comment.encode()} if comment else {}
    return _write_animation(frames, path, duration=10 * round(100 / fps), loop=0, **note)


def _write_webp(frames: Iterator[np.ndarray], path: Path, fps: int, comment: str, sound: Soundtrack | None) -> int:
    note = {"exif": exif_comment(comment)} if comment else {}
    return _write_animation(frames, path, duration=round(1000 / fps), loop=0, quality=90, method=2, **note)


def _write_animation(frames: Iterator[np.ndarray], path: Path, **options: Any) -> int:
    pictures = [as_pillow(frame) for frame in frames]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], **options)
    return len(pictures)


WRITERS: dict[str, Writer] = {
    ".mp4": _write_mp4,
    ".gif": _write_gif,
    ".webp": _write_webp,
}
