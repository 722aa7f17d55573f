"""The work behind Interpolate: keys to a walk, a quick strip of it, one exact frame, a whole film."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gan_models.checks import is_whole
from gan_models.errors import RequestError
from gan_models.latents.point import Point
from gan_models.machine import has_bf16
from gan_models.music import Music
from page.parts.flipbook import CRISP, data_uri, flipbook_value

if TYPE_CHECKING:
    from gan_models.interpolate import Enlarging
    from gan_models.loading import Shelf
    from gan_models.recipe import Recipe
    from gan_models.weight.card import Card
    from gan_models.weight.model import Model
    from page.parts.jobs import Job
    from page.parts.lanes import Lanes

MOST_KEYS = 24
MOST_PER_STEP = 120
STRIP = 32
"""Pictures in the preview, at most (but one for each key)."""
SUFFIXES = {"MP4": ".mp4", "GIF": ".gif", "WebP": ".webp"}


@dataclass(frozen=True)
class Order:
    """What to walk: a weight, its key points, and how to go from one to the next."""

    weight: str
    points: tuple[Point, ...]
    kind: str = "spherical"
    easing: str = "linear"
    closed: bool = True
    frames_per_step: int = 24
    fps: int = 24
    times: int = 1
    music: Music | None = None

    def __post_init__(self) -> None:
        if not 2 <= len(self.points) <= MOST_KEYS:
            raise RequestError(f"A film has 2 to {MOST_KEYS} key images, got {len(self.points)}.")
        _within(self.frames_per_step, MOST_PER_STEP, "Frames per step")
        _within(self.fps, 60, "Frames a second")
        _within(self.times, 4, "The times that frames are enlarged")

    @classmethod
    def from_json(cls, words: dict[str, Any]) -> Order:
        """The order that `to_json` said; RequestError for what cannot be one."""
        try:
            music = Music.from_json(words["music"]) if words.get("music") else None
            return cls(**{**words, "points": tuple(map(Point.from_json, words["points"])), "music": music})
        except (KeyError, TypeError):
            raise RequestError("An order of a film lacks its points or has an unknown word.") from None

    def to_json(self) -> dict[str, Any]:
        """Plain values, so that the order can travel to the browser and back, and into a recipe."""
        music = {"music": self.music.to_json()} if self.music else {}
        plain = {name: value for name, value in vars(self).items() if name != "music"}
        return {**plain, "points": [point.to_json() for point in self.points], **music}

    @property
    def total(self) -> int:
        """Frames of the film."""
        from gan_models.interpolate import film_length

        return film_length(len(self.points), self.frames_per_step, self.closed, self.music, self.fps)

    @property
    def way(self) -> dict[str, Any]:
        """What `frames` and `walk` take besides model, points and sound."""
        return {name: getattr(self, name) for name in ("frames_per_step", "kind", "closed", "easing")}

    @property
    def whole_way(self) -> dict[str, Any]:
        """What they take besides model and points."""
        return {**self.way, "music": self.music, "fps": self.fps}


def order_of(model: Model, recipe: Recipe) -> Order:
    """The order of a film that was made with this model; RequestError where it has more than the page's films."""
    words = {name: value for name, value in recipe.arguments.items() if name not in ("scale", "enlarging")}
    how = recipe.arguments.get("enlarging")
    times = how.get("times") if isinstance(how, dict) else 1
    return Order.from_json({"weight": model.name, **words, "times": times})


def _within(value: Any, most: int, what: str) -> None:
    if not is_whole(value, 1, most):
        raise RequestError(f"{what} are 1 to {most}, got {value!r}.")


def strip_value(shelf: Shelf, lanes: Lanes, order: Order) -> dict[str, Any]:
    """The flipbook of the walk: one picture every few frames, and the keys among them marked."""
    # With a sound the keys fall on frames of no even distance.
    step = max(1, order.total // STRIP) if order.music else order.frames_per_step
    at = strip_frames(order.total, step)
    keys = range(0) if order.music else range(0, order.total, step)
    pictures = [picture for picture, _ in _drawn(shelf, lanes, order, at)]
    return flipbook_value(
        pictures,
        crisp=pictures[0].shape[1] <= CRISP,
        at=at,
        total=order.total,
        fps=order.fps,
        marks=[i for i, frame in enumerate(at) if frame in keys],
        request=order.to_json(),
        name="walk",
    )


def strip_frames(total: int, per_step: int) -> list[int]:
    """Evenly spaced frame numbers, at most STRIP of them if the keys allow, every key among them."""
    steps = (step for step in range(1, per_step + 1) if per_step % step == 0 and total / step <= STRIP)
    return list(range(0, total, next(steps, per_step)))


def exact_frame(shelf: Shelf, lanes: Lanes, request: dict[str, Any]) -> dict[str, Any]:
    """Frame `request["frame"]` of an order as a data URI, with its weight and its point."""
    order = Order.from_json({name: value for name, value in request.items() if name != "frame"})
    frame = min(max(int(request.get("frame", 0)), 0), order.total - 1)
    [(picture, point)] = _drawn(shelf, lanes, order, [frame])
    return {"picture": data_uri(picture), "weight": order.weight, "point": point.to_json()}


def _drawn(shelf: Shelf, lanes: Lanes, order: Order, at: list[int]) -> list[tuple[np.ndarray, Point]]:
    """Frames of a walk: each one's picture and point."""
    from gan_models.interpolate import walk
    from gan_models.sample import draw

    model, drawn = shelf.get(order.weight), []
    inputs = walk(model, order.points, **order.whole_way)
    for frame in at:
        one = inputs[frame : frame + 1]
        with lanes.live():
            picture = draw(model, one)[0]
        drawn.append((picture, Point.of(one)))
    return drawn


def enlarging(shelf: Shelf, order: Order) -> Enlarging | None:
    """What enlarges the frames of an order; RequestError where no quick network is there for that."""
    from gan_models.interpolate import Enlarging
    from gan_models.upscaling.upscaler import Upscaler

    if order.times == 1:
        return None
    card = swift(shelf).get(order.times)
    if card is None:
        raise RequestError(
            f"There is no quick network here that enlarges {order.times} times; take the frames as drawn."
        )
    return Enlarging(Upscaler.of(shelf.get(card.name)), order.times, has_bf16())


def swift(shelf: Shelf) -> dict[int, Card]:
    """The cards of the quick networks by how many times they enlarge."""
    return {card.config["scale"]: card for card in shelf.cards() if card.method == "swift"}


def seconds_for(shelf: Shelf, order: Order, kind: str, lanes: Lanes) -> float:
    """About how many seconds the film takes to make here, by drawing and writing a few frames once."""
    model, larger = shelf.get(order.weight), enlarging(shelf, order)
    key = _pace_of(model, order, kind)
    if key not in _SECONDS_A_FRAME:
        import av  # noqa: F401  not timed: it is read from disk once

        from gan_models.interpolate import estimate

        with lanes.long():
            _SECONDS_A_FRAME[key] = estimate(model, order.points[:2], 1000, key[1], None, larger) / 1000
    return order.total * _SECONDS_A_FRAME[key]


def _pace_of(model: Model, order: Order, kind: str) -> tuple[str, str, int]:
    """What films of one pace have in common; by the generator's hash: a remembered model could never leave memory."""
    return model.sha256, suffix_of(kind), order.times


_SECONDS_A_FRAME: dict[tuple[str, str, int], float] = {}
"""Tried once, then as the last film really went."""


def suffix_of(kind: str) -> str:
    """The file's ending for MP4, GIF or WebP."""
    if kind not in SUFFIXES:
        raise RequestError(f"A film is {', '.join(SUFFIXES)}, got {kind!r}.")
    return SUFFIXES[kind]


def is_heard(kind: str) -> bool:
    """Whether such a film carries a sound."""
    return suffix_of(kind) == SUFFIXES["MP4"]


def too_long(order: Order, kind: str) -> str:
    """Why a film has too many frames for its kind of file, in a sentence; empty where it has not."""
    from gan_models.pictures import film

    return film.too_long(order.total, suffix_of(kind))


def make_film(
    shelf: Shelf, lanes: Lanes, order: Order, kind: str, folder: Path, job: Job, sound: bytes | None = None
) -> dict[str, Path] | None:
    """Make the film in `folder`, for `Jobs.start`, whose result is its {"name"}; `sound` is its sound's file."""
    from gan_models.pictures.film import write_film
    from gan_models.sounds.soundtrack import AacTrack

    # Before the first frame: the writer would say so behind the last one that fits.
    if long := too_long(order, kind):
        raise RequestError(long)
    model = shelf.get(order.weight)
    path = folder / f"{model.name}-{order.total}{suffix_of(kind)}"
    larger, begun = enlarging(shelf, order), time.monotonic()
    frames, note = _giving_way(model, lanes, order, job, larger), _recipe(model, order, larger)
    heard = AacTrack(sound) if sound else None
    made = write_film(frames, path, order.fps, stop=lambda: job.unwanted, comment=note, sound=heard)
    if not made:
        return None
    _SECONDS_A_FRAME[_pace_of(model, order, kind)] = (time.monotonic() - begun) / order.total
    return {"name": path.name}


def _giving_way(model: Model, lanes: Lanes, order: Order, job: Job, larger: Enlarging | None) -> Iterator[np.ndarray]:
    """The frames, each drawn in the long lane: a slider elsewhere waits for one of them at most."""
    from gan_models.interpolate import frames

    walk = frames(model, order.points, **order.whole_way)
    for number in range(order.total):
        with lanes.long():
            picture = next(walk)
            picture = larger.frame(picture) if larger else picture
        job.done = number + 1
        yield picture


def _recipe(model: Model, order: Order, larger: Enlarging | None) -> str:
    from gan_models.interpolate import recipe_of

    return recipe_of(model, order.points, order.fps, None, larger, order.music, **order.way).to_json()
