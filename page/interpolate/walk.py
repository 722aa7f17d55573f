"""What the Interpolate tab's events do: key images, the way from one to the next, the film of it."""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from typing_extensions import TypedDict

from gan_models.checks import is_whole
from gan_models.errors import RequestError
from gan_models.latents.point import Point
from gan_models.music import Music
from gan_models.words.reading import read
from page.interpolate import film
from page.interpolate.songs import Songs
from page.parts.flipbook import data_uri
from page.parts.model_row import Choice, chosen_name
from page.parts.picker import chosen_mark, models_value, same_models, sampling_cards
from page.training.run_panel import span

if TYPE_CHECKING:
    from gan_models.loading import Shelf
    from gan_models.weight.model import Model
    from page.parts.jobs import Job
    from page.parts.shared import Shared

ANY = "any class"
SAID = "What the next key images show."
WALK, FILM = "The walk", "The film"
HELLO = "Two key images make a way. Add seeds, or pin pictures in Sample and take them from the tray."
WAITING = '<p class="estimate" data-job="{}">Waiting for its turn.</p>'
STOPPED = '<p class="estimate">Stopped; of this film nothing was kept.</p>'
JOB = re.compile(r'data-job="([\w-]+)"')
FIRST_SEEDS = (1, 2, 3, 4)


class Pin(TypedDict):
    """A picture on the tray."""

    weight: str
    point: dict


@dataclass(frozen=True)
class Walk:
    """What the tab's events do.

    models: the tiles' value, or a model's name; keys: the row's value, or a list of points or seeds.
    """

    shelf: Shelf
    shared: Shared
    films: dict[str | None, str] = field(default_factory=dict)
    """The job of each page's film."""
    songs: Songs = field(default_factory=Songs)

    def look(self, models: Choice, keys: list | None) -> list[Any]:
        """Nothing while the shelf is as shown; else its models, and on the first look some key images."""
        cards = sampling_cards(self.shelf)
        value = None if same_models(cards, models) else models_value(cards, self.shelf, chosen_name(models))
        if value is None or value["chosen"] is None:
            return [gr.skip()] * 4
        if keys and chosen_mark(value) == chosen_mark(models):
            return [value, *[gr.skip()] * 3]
        if keys and all(isinstance(key, dict) and key.get("weight") == value["chosen"] for key in keys):
            # From before a reload of the page: whole, but without their faces.
            model = self.shelf.get(value["chosen"])
            return [value, self.faces(model, list(map(key_point, keys))), *_conditions(model)]
        first = keys or [{"point": {"seed": seed}} for seed in FIRST_SEEDS]
        return [value, *self.choose(value, first)]

    def turn(self, models: Choice, keys: list | None) -> list[Any]:
        """To another model; to one that was chosen on another tab only where every key image goes along."""
        points = list(map(key_point, keys or []))
        examples = {said for card in sampling_cards(self.shelf) if card.words for said in card.words.sentences}
        bound = [point for point in points if _is_moved(point) or point.text and point.text not in examples]
        if isinstance(models, dict) and models.get("followed") and bound:
            return [{**models, "chosen": keys[0]["weight"]}, *[gr.skip()] * 3]
        return [gr.skip(), *self.choose(models, keys)]

    def choose(self, models: Choice, keys: list | None) -> list[Any]:
        """The key images as this model draws them; those that only another model could draw are left out."""
        model = self.shelf.get(str(chosen_name(models)))
        points = [point for point in map(key_point, keys or []) if point.seed is not None]
        plain = [_plain(point, model, number) for number, point in enumerate(points)]
        return [self.faces(model, plain), *_conditions(model)]

    def add(
        self, models: Choice, keys: list | None, seeds: str, label: str | None = None, text: str | None = None
    ) -> list[dict]:
        """The key images and those of more seeds (whole numbers, anything between them) of a class or a sentence."""
        model = self.shelf.get(str(chosen_name(models)))
        found = re.findall(r"\d+", str(seeds))[: film.MOST_KEYS + 1]
        numbers = [int(number[:20]) for number in found]  # longer ones are no seeds, which Point says
        if not numbers:
            raise RequestError(f"There is no seed in {str(seeds)[:40]!r}; write whole numbers such as 5 6 7.")
        number = None if label in (None, "", ANY) else model.label(label)
        said = _said(model, text)
        new = (Point(seed, label=number, text=said) for seed in numbers)
        return self.faces(model, [*map(key_point, keys or []), *new])

    def surprise(
        self, models: Choice, keys: list | None, label: str | None = None, text: str | None = None
    ) -> list[dict]:
        """The key images and one of a random seed."""
        return self.add(models, keys, str(random.randrange(1, 1_000_000)), label, text)

    def read(self, models: Choice, text: str) -> dict[str, Any]:
        """What the model makes of a sentence, told above it."""
        model = self.shelf.get(str(chosen_name(models)))
        return gr.update(info=(read(model, text).say() if model.words else "") or SAID)

    def take(self, models: Choice, keys: list | None, tray: list[Pin] | None) -> list[Any]:
        """The key images and the tray's of their model; where none is, or no keys are, the tray's own model."""
        cards = {card.name for card in sampling_cards(self.shelf)}
        here = [item for item in tray or [] if item["weight"] in cards]
        if not here:
            why = "holds no picture of a model that is here" if tray else "is empty"
            raise RequestError(f"The tray {why}; pin pictures in Sample first.")
        chosen = chosen_name(models)
        fits = bool(keys) and any(item["weight"] == chosen for item in here)
        name, keys = (chosen, keys) if fits else (here[0]["weight"], [])
        points = [Point.from_json(item["point"]) for item in here if item["weight"] == name]
        model, shown = self.shelf.get(name), models_value(sampling_cards(self.shelf), self.shelf, name)
        conditions = [gr.skip()] * 2 if name == chosen else _conditions(model)
        return [shown, self.faces(model, [*map(key_point, keys or []), *points]), *conditions]

    def reopen(self, order: dict) -> list[Any]:
        """All as a film was made: {order, "file": its kind} -> models, class, words, way, kind, size, sound, keys."""
        kind = order.get("file")
        made = film.Order.from_json({name: value for name, value in order.items() if name != "file"})
        film.suffix_of(kind)
        model, shown = self.shelf.get(made.weight), models_value(sampling_cards(self.shelf), self.shelf, made.weight)
        way = [made.kind, made.easing, made.closed, made.frames_per_step, made.fps]
        conditions, faces = _conditions(model), self.faces(model, made.points)
        return [shown, *conditions, *way, kind, str(made.times), song_value(made.music), faces]

    def faces(self, model: Model, points: Sequence[Point]) -> list[dict]:
        """Points as the keys' value: each with its picture and a name."""
        from gan_models.sample import sample

        if len(points) > film.MOST_KEYS:
            raise RequestError(f"A film has at most {film.MOST_KEYS} key images; that would be {len(points)}.")
        with self.shared.lanes.live():
            pictures = sample(model, points)
        return [_key(point, picture, model) for point, picture in zip(points, pictures)]

    def order(
        self, models, keys, kind="spherical", easing="linear", closed=True, per_step=24, fps=24, times=1, music=None
    ) -> film.Order:
        """The order that the components' values make."""
        points, way = tuple(map(key_point, keys or [])), (kind, easing, bool(closed), int(per_step), int(fps))
        return film.Order(str(chosen_name(models)), points, *way, int(times or 1), song_of(music))

    def preview(
        self, models: Choice, keys: list | None, kind, easing, closed, per_step, fps, music=None
    ) -> dict[str, Any]:
        """The walk as a flipbook: a picture every few frames."""
        if len(keys or []) < 2:
            return {"empty": HELLO}
        order = self.order(models, keys, kind, easing, closed, per_step, fps, music=music)
        return film.strip_value(self.shelf, self.shared.lanes, order)

    def frame(self, request: dict[str, Any]) -> dict[str, str]:
        """One exact frame of a walk, for the slider, and where it lies, for Upscale."""
        return film.exact_frame(self.shelf, self.shared.lanes, request)

    def estimate(self, models: Choice, keys: list | None, *way_and_kind: Any) -> str:
        """How long the film will be and how long it takes to make, in a sentence."""
        if len(keys or []) < 2:
            return ""
        *way, kind, times, music = way_and_kind
        order = self.order(models, keys, *way, times, music)
        if long := film.too_long(order, kind):
            return f'<p class="estimate">{long}</p>'
        seconds = film.seconds_for(self.shelf, order, kind, self.shared.lanes)
        return (
            f'<p class="estimate"><b>{order.total} frames, {order.total / order.fps:.1f} s</b> of film; '
            f"about {span(max(1.0, seconds))} to make.</p>"
        )

    def make(self, order: film.Order, kind: str, page: str | None) -> Iterator[list[Any]]:
        """The film, with its progress: progress, what is seen, video, picture, file to save, stop button.

        `page` may halt it; the last film stays until this one is there.
        """
        folder = tempfile.TemporaryDirectory(prefix="atelier-film-")
        sound = self.songs.get(order.music) if order.music and film.is_heard(kind) else None
        work = partial(film.make_film, self.shelf, self.shared.lanes, order, kind, Path(folder.name), sound=sound)
        ident = self.shared.jobs.start(work, total=order.total)
        self.shared.jobs.get(ident).kept = folder, order
        yield from self.follow(ident, page)

    def again(self, said: str | None, page: str | None) -> Iterator[list[Any]]:
        """The film that was being made when its page was left, as `make` gives it: `said` has shown how far it was."""
        found = JOB.search(str(said))
        yield from self.follow(found and found[1], page)

    def follow(self, ident: str | None, page: str | None) -> Iterator[list[Any]]:
        """A film under way, until it is there; where its page is closed it goes on for a while without one."""
        jobs = self.shared.jobs
        job = jobs.get(ident)
        if not isinstance(job.kept, tuple):
            raise RequestError("That job makes no film of a walk; make the film again.")
        # Said again with each picture: of two messages that come close together gradio's page may drop the first.
        working = [*[gr.skip()] * 4, gr.update(interactive=True)]
        self.films[page] = str(ident)
        try:
            with closing(jobs.watched(ident)) as looks:
                yield from ([_told(job, str(ident)), *working] for job in looks)
        finally:
            self.films.pop(page, None)
        if job.state == "failed":
            raise RequestError(job.error)
        stopped = [STOPPED, *[gr.skip()] * 4, gr.update(interactive=False)]
        yield _finished(job) if job.result else stopped

    def halt(self, page: str | None) -> None:
        """Stop the film of a page, where one is made."""
        if ident := self.films.get(page):
            self.shared.jobs.stop(ident)


def song_of(value: Any) -> Music | None:
    """The sound of a film, as the page's part or a program says it; None where there is none."""
    if not value:
        return None
    if not isinstance(value, dict):
        raise RequestError("The sound of a film is what adding one gave.")
    return Music.from_json({name: part for name, part in value.items() if name != "seconds"})


def song_value(music: Music | None) -> dict[str, Any]:
    """The same for the page's part."""
    return {**music.to_json(), "seconds": music.pulse.seconds} if music else {}


def key_point(key: Any) -> Point:
    """The point of a key image: {"point": {...}} from the page, a point or a seed from a program."""
    if is_whole(key):
        return Point(key)
    return Point.from_json(key["point"] if isinstance(key, dict) and "point" in key else key)


def _key(point: Point, picture, model: Model) -> dict[str, Any]:
    name = f"seed {point.seed}" if point.seed is not None else "bred"
    label = point.class_of(model)
    if model.labels and label is not None:
        name += f", {model.labels[label]}"
    if point.text:
        name += f": {point.text}"
    return {
        "weight": model.name,
        "point": point.to_json(),
        "picture": data_uri(picture),
        "name": f"{name}, moved" if _is_moved(point) else name,
    }


def _is_moved(point: Point) -> bool:
    """Whether there is more to a point than another model could draw of its seed."""
    moved = point.directions or point.coordinates or point.truncation != 1 or point.of_styles
    return bool(point.seed is None or point.embedding or moved)


def _conditions(model: Model) -> list[dict[str, Any]]:
    """The choice of a class and the line of words as this model has them, which not every model has."""
    return [
        gr.update(choices=[ANY, *model.labels], value=ANY, visible=bool(model.labels)),
        gr.update(value=_said(model, None) or "", visible=model.words is not None),
    ]


def _plain(point: Point, model: Model, number: int) -> Point:
    """A seed's point with what of its class and its sentence another model has, too; else the sentence is an example,
    others for other numbers."""
    label = point.label if point.label is not None and point.label < model.classes else None
    return Point(point.seed, truncation=point.truncation, label=label, text=_said(model, point.text, number))


def _said(model: Model, text: str | None, number: int = 0) -> str | None:
    """A sentence for a model, where there is none one of its examples; None where it draws from no words."""
    if model.words is None:
        return None
    examples = model.words.sentences or ("",)
    return examples[number % len(examples)] if text is None else text


def _told(job: Job, ident: str) -> str:
    if job.state == "waiting":
        return WAITING.format(ident)
    words = f"frame {job.done} of {job.total}" if job.done < job.total else "writing the file"
    return (
        f'<div class="progress" role="status" data-job="{ident}">'
        f'<progress max="{job.total}" value="{job.done}"></progress><span>{words}</span></div>'
    )


def _finished(job: Job) -> list[Any]:
    """The last thing `follow` yields: the film in its place, and a file to save."""
    folder, order = job.kept
    path = Path(folder.name) / job.result["name"]
    size = path.stat().st_size / 1e6
    silent = order.music and path.suffix != film.SUFFIXES["MP4"]
    rest = "its recipe is inside" + ("; only an MP4 carries the sound." if silent else ".")
    words = f"{order.total} frames, {order.total / order.fps:.1f} s, {size:.1f} MB; {rest}"
    video, picture = (str(path), None) if path.suffix == film.SUFFIXES["MP4"] else (None, str(path))
    return [
        f'<p class="estimate"><b>{escape(path.name)}</b>: {words}</p>',
        gr.update(value=FILM, visible=True),
        gr.update(value=video, visible=video is not None),
        gr.update(value=picture, visible=picture is not None),
        gr.update(value=str(path), visible=True),
        gr.update(interactive=False),
    ]
