"""Films through latents.

python -m gan_models.interpolate WEIGHT --seeds 1 2 3 --closed -o FILM.mp4
"""

import argparse
import itertools
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from gan_models.errors import RequestError, one_line
from gan_models.images import as_pillow
from gan_models.latents import EASINGS, WAYS, Point, frame_labels, path
from gan_models.loading import Model, load
from gan_models.recipe import Recipe, exif_comment
from gan_models.resize import enlarge, factor_to, pad_to_even
from gan_models.sample import draw
from gan_models.targets import check_targets, given_path, refuse_empty

LEAST_SIDE = 256
"""Smaller pictures are enlarged by a whole factor: players blur what they have to enlarge."""

MOST_FRAMES = {".mp4": 7200, ".gif": 900, ".webp": 900}
"""By kind of file: Pillow holds every frame of a GIF or WebP in memory until the end."""

MOST_SIDE = 1024

Writer = Callable[[Iterator[np.ndarray], Path, int, str], int]
"""Writes frames to a path, so many a second, with a comment, and returns their number."""


def count_frames(keys: int, frames_per_step: int, closed: bool) -> int:
    """How many frames `frames` yields for that many key points."""
    return keys * frames_per_step if closed else (keys - 1) * frames_per_step + 1


def too_long(total: int, suffix: str) -> str:
    """Why a file (".mp4", ".gif", ".webp") cannot hold so many frames, in a sentence; "" where it can."""
    most = MOST_FRAMES.get(suffix, total)
    if total <= most:
        return ""
    return f"A film has at most {most:,} frames as {suffix}, and this one has {total:,}; take fewer a step, or MP4."


def frames(
    model: Model,
    points: Sequence[Point],
    frames_per_step: int = 24,
    kind: str = "spherical",
    closed: bool = False,
    easing: str = "linear",
) -> Iterator[np.ndarray]:
    """Yield the uint8 pictures (H, W, C) of a walk from point to point, each drawn when it is asked for.

    The frames at the points are the very pictures that `sample` draws of them. `kind` is "spherical" or
    "linear", `easing` "linear" or "smooth"; with classes a frame has the label of the nearer point.
    """
    return _draw_each(model, *walk(model, points, frames_per_step, kind, closed, easing))


def walk(
    model: Model,
    points: Sequence[Point],
    frames_per_step: int = 24,
    kind: str = "spherical",
    closed: bool = False,
    easing: str = "linear",
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """The latents (F, latent_dim) of `frames` and, for a model with classes, their labels (F,)."""
    resolved = [point.resolve(model) for point in points]
    if len(resolved) < 2:
        raise RequestError(f"A film needs at least two key images, got {len(resolved)}.")
    most = max(MOST_FRAMES.values())
    if isinstance(frames_per_step, int) and count_frames(len(resolved), frames_per_step, closed) > most:
        raise RequestError(f"A film has at most {most} frames; take fewer for each step.")
    z = path(torch.stack([z for z, _ in resolved]), frames_per_step, kind, closed, easing)
    if not model.classes:
        return z, None
    return z, frame_labels([label for _, label in resolved], frames_per_step, closed, easing)


def write_film(
    frames: Iterable[np.ndarray],
    path: Path | str,
    fps: int = 24,
    scale: int | None = None,
    stop: Callable[[], bool] | None = None,
    comment: str = "",
) -> int:
    """Write pictures (H, W, C) to an .mp4 (H.264), .gif or .webp and return their number.

    `scale` enlarges by a whole factor without blur, by default to at least LEAST_SIDE pixels. `stop` is
    asked before each frame; when it says True nothing is left behind and 0 is returned. `comment`, such as a
    recipe's JSON, is kept in the file: an MP4's and a GIF's comment, a WebP's EXIF. GIF counts time in
    hundredths of a second, so that 24 frames a second become 25.
    """
    path = Path(path)
    writer = check_film(path, fps)
    frames = iter(frames)
    first = next(frames, None)
    if first is None:
        raise RequestError("A film needs at least one frame, got none.")
    factor = _factor(first, scale)
    ready = _until(stop, path, (enlarge(frame, factor) for frame in itertools.chain([first], frames)))
    path.parent.mkdir(parents=True, exist_ok=True)
    # Beside its place first: whoever looks at `path` sees no film or a whole one.
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".film-") as folder:
        unfinished = Path(folder) / f"film{path.suffix.lower()}"
        try:
            count = writer(ready, unfinished, fps, comment)
        except _Stopped:
            return 0
        unfinished.replace(path)
    return count


def check_film(path: Path, fps: int) -> Writer:
    """What writes a film of that name; RequestError where none does, or not at that pace."""
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise RequestError(f"A film ends in {', '.join(WRITERS)}, got {path.name!r}.")
    if isinstance(fps, bool) or not isinstance(fps, int) or not 1 <= fps <= 60:
        raise RequestError(f"A film has 1 to 60 frames a second, got {fps!r}.")
    return writer


def estimate(
    model: Model, points: Sequence[Point], count: int, suffix: str = ".mp4", scale: int | None = None
) -> float:
    """Foretell the seconds that a film of `count` frames takes here, by drawing and writing a few."""
    few = 4
    model.drawing_generator  # noqa: B018  not timed: it is read from disk once
    start = time.perf_counter()
    drawn = list(itertools.islice(frames(model, points, few), few))
    drawing = (time.perf_counter() - start) / few
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        write_film(drawn * 3, Path(folder) / f"film{suffix}", scale=scale)
        writing = (time.perf_counter() - start) / (3 * few)
    return count * (drawing + writing)


class _Stopped(Exception):
    """Carries a stop out of an encoder that asks for the next frame."""


def _draw_each(model: Model, z: torch.Tensor, labels: torch.Tensor | None) -> Iterator[np.ndarray]:
    # One by one on a CPU, where a stop and other visitors wait for one frame at most.
    several = 1 if model.device.type == "cpu" else 16
    for start in range(0, len(z), several):
        part = slice(start, start + several)
        yield from draw(model, z[part], None if labels is None else labels[part])


def _until(stop: Callable[[], bool] | None, path: Path, frames: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    most = MOST_FRAMES[path.suffix.lower()]
    for number, frame in enumerate(frames):
        if stop is not None and stop():
            raise _Stopped
        if number >= most:
            raise RequestError(f"A film has at most {most} frames as {path.suffix}; take fewer for each step.")
        yield frame


def _factor(picture: np.ndarray, scale: int | None) -> int:
    side = min(picture.shape[:2])
    if scale is None:
        return factor_to(side, LEAST_SIDE)
    if isinstance(scale, bool) or not isinstance(scale, int) or not 1 <= scale <= max(1, MOST_SIDE // side):
        raise RequestError(
            f"The scale of a film of {side} px pictures is 1 to {max(1, MOST_SIDE // side)}, got {scale!r}."
        )
    return scale


def _write_mp4(frames: Iterator[np.ndarray], path: Path, fps: int, comment: str = "") -> int:
    # Imported here: a fifth of a second that only films need.
    import av

    count = 0
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as file:
        if comment:
            file.metadata["comment"] = comment
        stream = None
        for picture in frames:
            picture = pad_to_even(picture if picture.shape[2] == 3 else picture.repeat(3, axis=2))
            if stream is None:
                stream = _h264(file, picture, fps)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            count += 1
        file.mux(stream.encode(None))
    return count


def _h264(file: "object", picture: np.ndarray, fps: int) -> "object":
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


def _write_gif(frames: Iterator[np.ndarray], path: Path, fps: int, comment: str = "") -> int:
    note = {"comment": comment.encode()} if comment else {}
    return _write_animation(frames, path, duration=10 * round(100 / fps), loop=0, **note)


def _write_webp(frames: Iterator[np.ndarray], path: Path, fps: int, comment: str = "") -> int:
    note = {"exif": exif_comment(comment)} if comment else {}
    return _write_animation(frames, path, duration=round(1000 / fps), loop=0, quality=90, method=2, **note)


def _write_animation(frames: Iterator[np.ndarray], path: Path, **options: int | bytes) -> int:
    pictures = [as_pillow(frame) for frame in frames]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], **options)
    return len(pictures)


WRITERS: dict[str, Writer] = {
    ".mp4": _write_mp4,
    ".gif": _write_gif,
    ".webp": _write_webp,
}


def main(arguments: list[str] | None = None) -> None:
    """The command line: a film from seed to seed."""
    parser = argparse.ArgumentParser(
        prog="python -m gan_models.interpolate", description="Write a film that walks from seed to seed."
    )
    add = parser.add_argument
    add("weight", metavar="WEIGHT", help="a name in weights/, a folder, or user/repo on the Hub")
    add("--seeds", type=int, nargs="+", default=[0, 1, 2, 3], help="the key images (default: 0 1 2 3)")
    add("--class", dest="label", metavar="NAME", help="the class of all of them, by name or number")
    add("--truncation", type=float, default=1.0, help="1 for full variety, less for typical pictures")
    add("--frames-per-step", type=int, default=24, help="frames from one key image to the next (default: 24)")
    add("--kind", choices=tuple(WAYS), default="spherical", help="the way between latents")
    add("--easing", choices=tuple(EASINGS), default="linear", help="smooth rests on the key images")
    add("--closed", action="store_true", help="return to the first image, so that the film loops")
    add("--fps", type=int, default=24, help="frames a second (default: 24)")
    add("--scale", type=int, help=f"enlarge by this factor (default: to at least {LEAST_SIDE} px)")
    add("-o", "--out", type=given_path, required=True, metavar="FILM", help="a file ending in .mp4, .gif or .webp")
    add("--overwrite", action="store_true", help="replace a file that exists")
    options = parser.parse_args(arguments)
    with one_line():
        refuse_empty(arguments)
        model = load(options.weight)
        label = model.label(options.label) if options.label is not None else None
        points = [Point(seed, label=label, truncation=options.truncation) for seed in options.seeds]
        way = {name: getattr(options, name) for name in ("frames_per_step", "kind", "closed", "easing")}
        pace = {"fps": options.fps} | ({"scale": options.scale} if options.scale else {})
        arguments = {"points": [point.to_json() for point in points], **way, **pace}
        note = Recipe(model.name, model.sha256, "interpolate", arguments).to_json()
        total = count_frames(len(points), options.frames_per_step, options.closed)
        if long := too_long(total, options.out.suffix.lower()):
            raise RequestError(long)
        walk = _told(frames(model, points, **way), total)
        check_film(options.out, options.fps)
        check_targets([options.out], options.overwrite)
        write_film(walk, options.out, options.fps, options.scale, comment=note)
        print(f"{total} frames of {model.name} in {options.out}")


def _told(frames: Iterable[np.ndarray], total: int) -> Iterator[np.ndarray]:
    for number, frame in enumerate(frames, 1):
        print(f"\rframe {number} of {total}", end="\n" if number == total else "", file=sys.stderr)
        yield frame


if __name__ == "__main__":
    main()
