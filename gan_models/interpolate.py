"""Films through latents.

python -m gan_models.interpolate WEIGHT --seeds 1 2 3 --closed -o FILM.mp4
"""

import argparse
import itertools
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gan_models.checks import is_whole
from gan_models.errors import RequestError, one_line
from gan_models.latents.point import Point, resolved
from gan_models.latents.space import Inputs
from gan_models.latents.walks import EASINGS, WAYS, check_way, frame_labels, labels_at, path, path_at
from gan_models.loading import Model, Shelf, load
from gan_models.machine import has_bf16
from gan_models.music import STRENGTH, Music
from gan_models.pictures.film import LEAST_SIDE, MOST_FRAMES, check_film, enlargement, write_film
from gan_models.pictures.photo import Photo
from gan_models.recipe import Recipe
from gan_models.sample import draw
from gan_models.sounds.files import read_sound
from gan_models.sounds.soundtrack import AacTrack
from gan_models.targets import check_targets, given_path, refuse_empty, refuse_idle
from gan_models.upscale import Order, upscale
from gan_models.upscaling.upscaler import Upscaler, open_upscaler
from gan_models.words.reading import read


def count_frames(keys: int, frames_per_step: int, closed: bool) -> int:
    """How many frames `frames` yields for that many key points."""
    return keys * frames_per_step if closed else (keys - 1) * frames_per_step + 1


def film_length(keys: int, frames_per_step: int, closed: bool, music: Music | None = None, fps: int = 24) -> int:
    """How many frames a film has: as many as its sound is long, where it has one."""
    return music.frames(fps, max(MOST_FRAMES.values())) if music else count_frames(keys, frames_per_step, closed)


def frames(
    model: Model,
    points: Sequence[Point],
    frames_per_step: int = 24,
    kind: str = "spherical",
    closed: bool = False,
    easing: str = "linear",
    music: Music | None = None,
    fps: int = 24,
) -> Iterator[np.ndarray]:
    """Yield the uint8 pictures (H, W, C) of a walk from point to point, each drawn when it is asked for.

    The frames at the points are the very pictures that `sample` draws of them. `kind` is "spherical" or
    "linear", `easing` "linear" or "smooth"; a frame has the class and the noise of the nearer point,
    and a sentence on the way from that of the last point to that of the next.
    Where one of the points is of styles, the walk is one of styles.

    With `music` the film is as long as the sound, at `fps` frames a second; `frames_per_step` is then a mean.
    """
    return _draw_each(model, walk(model, points, frames_per_step, kind, closed, easing, music, fps))


def walk(
    model: Model,
    points: Sequence[Point],
    frames_per_step: int = 24,
    kind: str = "spherical",
    closed: bool = False,
    easing: str = "linear",
    music: Music | None = None,
    fps: int = 24,
) -> Inputs:
    """What the F frames of `frames` are drawn from."""
    if len(points) < 2:
        raise RequestError(f"A film needs at least two key images, got {len(points)}.")
    if music:
        return _danced(model, resolved(points, model), frames_per_step, kind, closed, easing, music, fps)
    most = max(MOST_FRAMES.values())
    if is_whole(frames_per_step) and count_frames(len(points), frames_per_step, closed) > most:
        raise RequestError(f"A film has at most {most} frames; take fewer for each step.")
    keys = resolved(points, model)
    code = path(keys.code, frames_per_step, kind, closed, easing)
    return _between(
        keys,
        code,
        lambda sentences: path(sentences, frames_per_step, "linear", closed, easing),
        lambda numbers: frame_labels(numbers.tolist(), frames_per_step, closed, easing),
    )


def _danced(
    model: Model, keys: Inputs, per_step: int, kind: str, closed: bool, easing: str, music: Music, fps: int
) -> Inputs:
    """The walk through keys that a sound drives: whole rounds of a closed one, all of an open one."""
    check_way(keys.code, per_step, kind, easing)
    count = music.frames(fps, max(MOST_FRAMES.values()))
    steps = len(keys) * max(1, round(count / (len(keys) * per_step))) if closed else len(keys) - 1
    places = music.places(fps, count, steps)
    code = path_at(keys.code, places, kind, closed, easing)
    mean = model.w_mean if code.ndim == 3 else torch.zeros_like(code[0])
    kept = music.variety(fps, count).reshape(-1, *[1] * (code.ndim - 1)).to(code.dtype)
    return _between(
        keys,
        mean + kept * (code - mean),
        lambda sentences: path_at(sentences, places, "linear", closed, easing),
        lambda numbers: labels_at(numbers, places, closed, easing),
    )


def _between(
    keys: Inputs, code: Tensor, straight: Callable[[Tensor], Tensor], of_nearer: Callable[[Tensor], Tensor]
) -> Inputs:
    """Codes, and what else they are drawn from: sentences on the way to the next, classes and noise of the nearer."""
    condition = keys.condition
    if condition is not None:
        condition = of_nearer(condition) if keys.sentences is None else straight(keys.sentences)
    return Inputs(code, condition, None if keys.noise is None else of_nearer(keys.noise))


ENLARGED = (2, 4)
"""How many times larger the quick networks make the frames of a film."""


@dataclass(frozen=True)
class Enlarging:
    """Frames made larger by a network: which, how many times, in bf16 or fp32."""

    upscaler: Upscaler
    times: int
    bf16: bool

    def frame(self, picture: np.ndarray) -> np.ndarray:
        """A frame uint8 (H, W, C), so many times larger."""
        return upscale(self.upscaler, Photo(picture), Order(self.times, bf16=self.bf16)).colour

    def to_json(self) -> dict[str, object]:
        """What a recipe says of it."""
        network = {"weight": self.upscaler.name, "sha256": self.upscaler.sha256}
        return {**network, "times": self.times, "bf16": self.bf16}

    @staticmethod
    def again(words: object, shelf: Shelf) -> "Enlarging":
        """What `to_json` said; RequestError for anything else, WeightError where the network is not at hand."""
        said = isinstance(words, Mapping) and set(words) == {"weight", "sha256", "times", "bf16"}
        if not isinstance(words, Mapping) or not said or not is_whole(words["times"], 1, 4):
            raise RequestError("The recipe of this film does not say how its frames were enlarged.")
        model = shelf.find(str(words["weight"]), str(words["sha256"]))
        return Enlarging(Upscaler.of(model), words["times"], bool(words["bf16"]))


def recipe_of(
    model: Model,
    points: Sequence[Point],
    fps: int = 24,
    scale: int | None = None,
    enlarging: Enlarging | None = None,
    music: Music | None = None,
    **way: object,
) -> Recipe:
    """How a film is made: key points, `way` (arguments of `frames`), frames a second, scale, what enlarged them, and
    the sound that drives it."""
    arguments: dict[str, object] = {"points": [point.to_json() for point in points], **way, "fps": fps}
    if music:
        arguments["music"] = music.to_json()
    if scale:
        arguments["scale"] = scale
    if enlarging:
        arguments["enlarging"] = enlarging.to_json()
    return Recipe(model.name, model.sha256, "interpolate", arguments)


def make_again(recipe: Recipe, shelf: Shelf, out: Path | str, sound: bytes | None = None) -> int:
    """Write the film of a recipe again to an .mp4, .gif or .webp and return its number of frames.

    `sound` is the file that drove it, without which it is silent. RequestError for a damaged recipe or another sound,
    WeightError where its weight is not at hand.
    """
    points, words = recipe.arguments.get("points"), dict(recipe.arguments)
    known = {"points", "frames_per_step", "kind", "closed", "easing", "fps", "scale", "enlarging", "music"}
    if recipe.verb != "interpolate" or not isinstance(points, list) or not set(words) <= known:
        raise RequestError(f"This recipe of {recipe.verb!r} is not one of a film that this version can follow.")
    del words["points"]
    fps, scale, how = words.pop("fps", 24), words.pop("scale", None), words.pop("enlarging", None)
    model = shelf.find(recipe.weight, recipe.sha256)
    music = Music.from_json(words.pop("music")) if "music" in words else None
    if sound and not (music and music.is_of(sound)):
        raise RequestError("That is not the sound that drove this film; give the file named in its recipe, or none.")
    keys = [Point.from_json(point) for point in points]
    made: Iterable[np.ndarray] = frames(model, keys, **words, music=music, fps=fps)
    if how is not None:
        made = map(Enlarging.again(how, shelf).frame, made)
    return write_film(made, out, fps, scale, comment=recipe.to_json(), sound=AacTrack(sound) if sound else None)


def estimate(
    model: Model,
    points: Sequence[Point],
    count: int,
    suffix: str = ".mp4",
    scale: int | None = None,
    enlarging: Enlarging | None = None,
) -> float:
    """Foretell the seconds that a film of `count` frames takes here, by drawing and writing a few."""
    few = 4
    list(frames(model, points, 1))  # not timed: it is read from disk, and the first one also chooses kernels
    start = time.perf_counter()
    drawn = list(itertools.islice(frames(model, points, few), few))
    drawing = (time.perf_counter() - start) / few
    if enlarging:
        enlarging.frame(drawn[0])  # not timed: the first one also chooses kernels
        start = time.perf_counter()
        drawn = list(map(enlarging.frame, drawn))
        drawing += (time.perf_counter() - start) / few
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        write_film(drawn * 3, Path(folder) / f"film{suffix}", scale=scale)
        writing = (time.perf_counter() - start) / (3 * few)
    return count * (drawing + writing)


def _draw_each(model: Model, inputs: Inputs) -> Iterator[np.ndarray]:
    # One by one on a CPU, where a stop and other visitors wait for one frame at most.
    several = 1 if model.device.type == "cpu" else 16
    for start in range(0, len(inputs), several):
        yield from draw(model, inputs[start : start + several])


def main(arguments: list[str] | None = None) -> None:
    """The command line: a film from seed to seed."""
    parser = _parser()
    options = parser.parse_args(arguments)
    with one_line():
        refuse_empty(arguments)
        if options.music is None:
            refuse_idle(parser, options, ("strength",), "without --music")
        model = load(options.weight)
        label = model.label(options.label) if options.label is not None else None
        points = _points(options, model, label)
        way = {name: getattr(options, name) for name in ("frames_per_step", "kind", "closed", "easing")}
        larger = _enlarging(options)
        sound = read_sound(options.music) if options.music else None
        music = None if sound is None else Music.of(sound, options.music.name, options.strength)
        note = recipe_of(model, points, options.fps, options.scale, larger, music, **way).to_json()
        total = film_length(len(points), options.frames_per_step, options.closed, music, options.fps)
        check_film(options.out, options.fps, total)
        enlargement(model.size * (larger.times if larger else 1), options.scale)
        drawn = frames(model, points, **way, music=music, fps=options.fps)
        walk = _told(map(larger.frame, drawn) if larger else drawn, total)
        check_targets([options.out], options.overwrite)
        write_film(
            walk, options.out, options.fps, options.scale, comment=note, sound=AacTrack(sound) if sound else None
        )
        print(f"{total} frames of {model.name} in {options.out}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gan_models.interpolate", description="Write a film that walks from seed to seed."
    )
    add = parser.add_argument
    add("weight", metavar="WEIGHT", help="a name in weights/, a folder, or user/repo on the Hub")
    add("--seeds", type=int, nargs="+", default=[0, 1, 2, 3], help="the key images (default: 0 1 2 3)")
    add("--class", dest="label", metavar="NAME", help="the class of all of them, by name or number")
    add(
        "--texts",
        nargs="+",
        metavar="SENTENCE",
        help="sentences of the key images in turn, where a weight takes them",
    )
    add("--truncation", type=float, default=1.0, help="1 for full variety, less for typical pictures")
    add("--frames-per-step", type=int, default=24, help="frames from one key image to the next (default: 24)")
    add("--kind", choices=tuple(WAYS), default="spherical", help="the way between latents")
    add("--easing", choices=tuple(EASINGS), default="linear", help="smooth rests on the key images")
    add("--closed", action="store_true", help="return to the first image, so that the film loops")
    add("--fps", type=int, default=24, help="frames a second (default: 24)")
    add("--scale", type=int, help=f"enlarge by this factor (default: to at least {LEAST_SIDE} px)")
    add(
        "--enlarge", type=int, choices=ENLARGED, metavar="2|4", help="make each frame so many times larger by a network"
    )
    add("--network", metavar="NAME", help="which network enlarges (default: swift-x2 or swift-x4)")
    add("--music", type=given_path, metavar="SOUND",
        help="a WAV, FLAC, OGG or MP3 file that drives the film and is heard in an .mp4")  # fmt: skip
    add("--strength", type=float, default=STRENGTH, help=f"how much it drives, 0 to 1 (default: {STRENGTH})")
    add("-o", "--out", type=given_path, required=True, metavar="FILM", help="a file ending in .mp4, .gif or .webp")
    add("--overwrite", action="store_true", help="replace a file that exists")
    return parser


def _points(options: argparse.Namespace, model: Model, label: int | None) -> list[Point]:
    """The key images: seeds and sentences side by side, the shorter of both lists again from its beginning."""
    texts = options.texts or [None]
    for text in filter(None, texts):
        if told := read(model, text).say():
            print(f"{text}: {told}", file=sys.stderr)
    return [
        Point(options.seeds[n % len(options.seeds)], None, label, options.truncation, text=texts[n % len(texts)])
        for n in range(max(len(options.seeds), len(texts)))
    ]


def _enlarging(options: argparse.Namespace) -> Enlarging | None:
    if options.enlarge is None:
        if options.network:
            raise RequestError("--network enlarges the frames; say how many times with --enlarge 2 or 4.")
        return None
    upscaler = open_upscaler(options.network or f"swift-x{options.enlarge}")
    return Enlarging(upscaler, options.enlarge, has_bf16("cpu"))


def _told(frames: Iterable[np.ndarray], total: int) -> Iterator[np.ndarray]:
    for number, frame in enumerate(frames, 1):
        print(f"\rframe {number} of {total}", end="\n" if number == total else "", file=sys.stderr)
        yield frame


if __name__ == "__main__":
    main()
