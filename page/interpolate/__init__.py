"""The Interpolate tab: key images, the way from one to the next, and the film of it."""

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
from page.interpolate import film
from page.parts.desk import quiet
from page.parts.errors import guard
from page.parts.flipbook import data_uri, flipbook
from page.parts.model_row import Choice, chosen_name
from page.parts.picker import chosen_mark, models_value, picker, same_models, sampling_cards
from page.parts.scripts import on_load
from page.parts.shared import INNER, page_file
from page.training.run_panel import span

if TYPE_CHECKING:
    from gan_models.loading import Shelf
    from gan_models.weight.model import Model
    from page.parts.jobs import Job
    from page.parts.shared import Shared

ANY = "any class"
WALK, FILM = "The walk", "The film"
HELLO = "Two key images make a way. Add seeds, or pin pictures in Sample and take them from the tray."
WAITING = '<p class="estimate">Waiting for its turn.</p>'
STOPPED = '<p class="estimate">Stopped; of this film nothing was kept.</p>'
FILM_IN_WORDS = (
    "A film from one key image to the next: a model's name, a list of seeds or points, and how to go; "
    "gives its progress, then the film, and at last the file."
)
FIRST_SEEDS = (1, 2, 3, 4)
QUICK = quiet()
LAST: dict[str, Any] = {**QUICK, "trigger_mode": "always_last"}


def tab(shelf: Shelf, shared: Shared) -> None:
    """Build the tab: the film's buttons, and the walk or the film, on the left; key images and choices on the right."""
    desk = Walk(shelf, shared)
    with gr.Row():
        with gr.Column(scale=5, min_width=320, elem_id="interpolate-picture"):
            film_parts = _film_parts()
            stage = flipbook("The walk", "Moment of the walk", HELLO, frame=desk.frame, elem_id="walk-stage")
        with gr.Column(scale=4, min_width=320):
            models = picker({"items": [], "chosen": None}, elem_id="walk-models")
            keys = _html([], "interpolate/keys.js", '<div class="at"><ol class="keys"></ol></div>', elem_id="walk-keys")
            label = _adding(desk, models, keys)
            way = _way()
            with gr.Row():
                kind = gr.Radio(list(film.SUFFIXES), value="MP4", label="File", min_width=200, elem_id="walk-file")
                times = _sizes(shelf)
            walk = [models, keys, *way]
            _filming(desk, film_parts, stage, [*walk, kind, times])
    models.tick(guard(desk.look), [models, keys], [models, keys, label], api_name="interpolate_look", **QUICK)
    models.input(guard(desk.turn), [models, keys], [models, keys, label], api_name="interpolate_model", **LAST)
    changed = [keys.select, *(part.input for part in (*way, kind, times))]
    gr.on(changed, None, None, film_parts.view, js=f"() => [{WALK!r}]", queue=False, api_visibility="private")
    shown = gr.on(changed, guard(desk.preview), walk, stage, api_name="interpolate_preview", **LAST)
    # A moment later, and one at a time: the first estimate for a weight draws and writes a few frames.
    slow = quiet("estimate", 1)
    shown.then(guard(desk.estimate), [*walk, kind, times], film_parts.estimate, api_name="interpolate_estimate", **slow)


def _html(value: Any, script: str | None = None, template: str = "${value}", **more: Any) -> gr.HTML:
    return gr.HTML(
        value=value,
        html_template=template,
        css_template=page_file("interpolate/keys.css"),
        js_on_load=script and on_load(script, "input", "select"),
        apply_default_css=False,
        **more,
    )


def _adding(desk: Walk, models: gr.HTML, keys: gr.HTML) -> gr.Dropdown:
    """The ways to new key images; gives the choice of a class, which not every model has."""
    with gr.Row():
        seeds = gr.Textbox(
            label="Seeds", placeholder="5 6 7", scale=3, min_width=140, max_lines=1, elem_id="walk-seeds"
        )
        label = gr.Dropdown(
            [ANY], value=ANY, label="Class", visible=False, allow_custom_value=True, scale=2, min_width=120
        )
    with gr.Row():
        add = gr.Button("Add seeds", size="sm", min_width=90, elem_id="walk-add")
        dice = gr.Button("Add a random one", size="sm", min_width=90, elem_id="walk-dice")
        tray = gr.Button("Take the tray", size="sm", min_width=90, elem_id="walk-tray")
        clear = gr.Button("Clear", size="sm", min_width=60, elem_id="walk-clear")
    gr.on(
        [add.click, seeds.submit],
        guard(desk.add),
        [models, keys, seeds, label],
        keys,
        api_name="interpolate_add",
        **QUICK,
    )
    dice.click(guard(desk.surprise), [models, keys, label], keys, api_name="interpolate_surprise", **QUICK)
    tray.click(
        guard(desk.take),
        [models, keys, desk.shared.tray],
        [models, keys, label],
        api_name="interpolate_tray",
        **QUICK,
    )
    clear.click(list, None, keys, api_name="interpolate_clear", **QUICK)
    return label


class Count(gr.Slider):
    """A slider whose emptied number box means its least value; Gradio's own answers with an error of Python's."""

    is_template = True

    def preprocess(self, payload: float | None) -> float:
        return super().preprocess(self.minimum if payload is None else payload)


def _way() -> list[gr.components.Component]:
    """The choices between one key image and the next, in the order of `Walk.order`."""
    with gr.Row():
        kind = gr.Radio(
            [("spherical", "spherical"), ("straight", "linear")], value="spherical", label="Way",
            info="Spherical keeps the latents' length, straight passes near their mean.", min_width=200,
        )  # fmt: skip
        easing = gr.Radio(
            [("even", "linear"), ("resting", "smooth")], value="linear", label="Pace",
            info="Resting slows down at every key image.", min_width=200,
        )  # fmt: skip
    closed = gr.Checkbox(True, label="Closed loop: return to the first key image", elem_id="walk-closed")
    with gr.Row():
        steps, rates = (1, film.MOST_PER_STEP, 24), (1, 60, 24)
        per_step = Count(*steps, step=1, label="Frames per step", min_width=200, elem_id="walk-steps")
        fps = Count(*rates, step=1, label="Frames a second", min_width=200, elem_id="walk-fps")
    return [kind, easing, closed, per_step, fps]


@dataclass(frozen=True)
class FilmParts:
    """What makes and shows the film, above the walk and in its place: where one looks."""

    make: gr.Button
    stop: gr.Button
    save: gr.DownloadButton
    estimate: gr.HTML
    progress: gr.HTML
    view: gr.Radio
    place: gr.Group
    video: gr.Video
    picture: gr.Image


def _sizes(shelf: Shelf) -> gr.Radio:
    """How much larger the film's frames are made, by the quick networks that are here."""
    sizes = [("as drawn", "1"), *((f"× {times}", str(times)) for times in sorted(film.swift(shelf)))]
    return gr.Radio(
        sizes, value="1", label="Size", info="Larger ones are sharp, and take longer.", min_width=200,
        visible=len(sizes) > 1, elem_id="walk-times",
    )  # fmt: skip


def _film_parts() -> FilmParts:
    with gr.Row(elem_id="walk-filming"):
        make = gr.Button("Make the film", variant="primary", size="md", min_width=120, elem_id="walk-make")
        stop = gr.Button("Stop", size="md", min_width=60, interactive=False, elem_id="walk-stop")
        save = gr.DownloadButton("Save the film", size="md", min_width=120, visible=False, elem_id="walk-save")
    estimate, progress = _html("", elem_id="walk-estimate"), _html("", elem_id="walk-progress")
    view = gr.Radio([WALK, FILM], value=WALK, show_label=False, container=False, visible=False, elem_id="walk-view")
    with gr.Group(visible=False, elem_id="walk-film") as place:
        video = gr.Video(label="The film", visible=False, autoplay=True, loop=True, elem_id="walk-video")
        picture = gr.Image(label="The film", visible=False, interactive=False, elem_id="walk-picture")
    return FilmParts(make, stop, save, estimate, progress, view, place, video, picture)


def _filming(desk: Walk, parts: FilmParts, stage: gr.HTML, order: Sequence[gr.components.Component]) -> None:
    make, stop, progress = parts.make, parts.stop, parts.progress
    outputs = [progress, parts.view, parts.video, parts.picture, parts.save, stop]
    parts.view.change(
        lambda view: [gr.update(visible=view == WALK), gr.update(visible=view == FILM)],
        parts.view, [stage, parts.place], queue=False, show_progress="hidden", api_visibility="private",
    )  # fmt: skip

    def begin(models: Choice, keys: list | None, kind, easing, closed, per_step, fps, file, times, request: gr.Request):
        way = (kind, easing, closed, per_step, fps, times)
        try:
            yield from desk.make(desk.order(models, keys, *way), file, request.session_hash)
        except Exception:
            # The toast says why; a bar that stands still would say that it goes on.
            yield ["", *[gr.skip()] * 4, gr.update(interactive=False)]
            raise

    def end(request: gr.Request):
        # Not Gradio's `cancels`: a frame's progress that is on its way would come after the last word.
        desk.halt(request.session_hash)

    # Written by the browser, at once.
    make.click(None, None, progress, js=f"() => [`{WAITING}`]", queue=False, api_visibility="private")
    make.click(
        guard(begin), list(order), outputs,
        api_name="interpolate_film", api_description=FILM_IN_WORDS,
        show_progress="hidden", concurrency_limit=None,
    )  # fmt: skip
    stop.click(guard(end), None, None, api_name="interpolate_stop", queue=False, **INNER)


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

    def look(self, models: Choice, keys: list | None) -> list[Any]:
        """Nothing while the shelf is as shown; else its models, and on the first look some key images."""
        cards = sampling_cards(self.shelf)
        value = None if same_models(cards, models) else models_value(cards, self.shelf, chosen_name(models))
        if value is None or value["chosen"] is None:
            return [gr.skip()] * 3
        if keys and chosen_mark(value) == chosen_mark(models):
            return [value, gr.skip(), gr.skip()]
        if keys and all(isinstance(key, dict) and key.get("weight") == value["chosen"] for key in keys):
            # From before a reload of the page: whole, but without their faces.
            model = self.shelf.get(value["chosen"])
            return [value, self.faces(model, list(map(key_point, keys))), _classes(model)]
        first = keys or [{"point": {"seed": seed}} for seed in FIRST_SEEDS]
        return [value, *self.choose(value, first)]

    def turn(self, models: Choice, keys: list | None) -> list[Any]:
        """To another model; to one that was chosen on another tab only where every key image goes along."""
        points = list(map(key_point, keys or []))
        if isinstance(models, dict) and models.get("followed") and any(map(_is_moved, points)):
            return [{**models, "chosen": keys[0]["weight"]}, gr.skip(), gr.skip()]
        return [gr.skip(), *self.choose(models, keys)]

    def choose(self, models: Choice, keys: list | None) -> list[Any]:
        """The key images as this model draws them; those that only another model could draw are left out."""
        model = self.shelf.get(str(chosen_name(models)))
        points = [point for point in map(key_point, keys or []) if point.seed is not None]
        plain = [Point(point.seed, truncation=point.truncation, label=_kept(point, model)) for point in points]
        return [self.faces(model, plain), _classes(model)]

    def add(self, models: Choice, keys: list | None, seeds: str, label: str | None = None) -> list[dict]:
        """The key images and those of more seeds: whole numbers with anything between them."""
        model = self.shelf.get(str(chosen_name(models)))
        found = re.findall(r"\d+", str(seeds))[: film.MOST_KEYS + 1]
        numbers = [int(number[:20]) for number in found]  # longer ones are no seeds, which Point says
        if not numbers:
            raise RequestError(f"There is no seed in {str(seeds)[:40]!r}; write whole numbers such as 5 6 7.")
        number = None if label in (None, "", ANY) else model.label(label)
        return self.faces(model, [*map(key_point, keys or []), *(Point(seed, label=number) for seed in numbers)])

    def surprise(self, models: Choice, keys: list | None, label: str | None = None) -> list[dict]:
        """The key images and one of a random seed."""
        return self.add(models, keys, str(random.randrange(1, 1_000_000)), label)

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
        classes = gr.skip() if name == chosen else _classes(model)
        return [shown, self.faces(model, [*map(key_point, keys or []), *points]), classes]

    def faces(self, model: Model, points: Sequence[Point]) -> list[dict]:
        """Points as the keys' value: each with its picture and a name."""
        from gan_models.sample import sample

        if len(points) > film.MOST_KEYS:
            raise RequestError(f"A film has at most {film.MOST_KEYS} key images; that would be {len(points)}.")
        with self.shared.lanes.live():
            pictures = sample(model, points)
        return [_key(point, picture, model) for point, picture in zip(points, pictures)]

    def order(
        self, models, keys, kind="spherical", easing="linear", closed=True, per_step=24, fps=24, times=1
    ) -> film.Order:
        """The order that the components' values make."""
        points, way = tuple(map(key_point, keys or [])), (kind, easing, bool(closed), int(per_step), int(fps))
        return film.Order(str(chosen_name(models)), points, *way, int(times or 1))

    def preview(self, models: Choice, keys: list | None, *way: Any) -> dict[str, Any]:
        """The walk as a flipbook: a picture every few frames."""
        if len(keys or []) < 2:
            return {"empty": HELLO}
        return film.strip_value(self.shelf, self.shared.lanes, self.order(models, keys, *way))

    def frame(self, request: dict[str, Any]) -> dict[str, str]:
        """One exact frame of a walk, for the slider, and where it lies, for Upscale."""
        return film.exact_frame(self.shelf, self.shared.lanes, request)

    def estimate(self, models: Choice, keys: list | None, *way_and_kind: Any) -> str:
        """How long the film will be and how long it takes to make, in a sentence."""
        if len(keys or []) < 2:
            return ""
        *way, kind, times = way_and_kind
        order = self.order(models, keys, *way, times)
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
        jobs = self.shared.jobs
        # Said again with each picture: of two messages that come close together gradio's page may drop the first.
        working = [*[gr.skip()] * 4, gr.update(interactive=True)]
        with tempfile.TemporaryDirectory(prefix="atelier-film-") as folder:
            work = partial(film.make_film, self.shelf, self.shared.lanes, order, kind, Path(folder))
            self.films[page] = ident = jobs.start(work, total=order.total)
            try:
                with closing(jobs.followed(ident)) as looks:
                    yield from ([_told(job), *working] for job in looks)
            finally:
                self.films.pop(page, None)
            job = jobs.get(ident)
            if job.state == "failed":
                raise RequestError(job.error)
            stopped = [STOPPED, *[gr.skip()] * 4, gr.update(interactive=False)]
            yield _finished(job.result["path"], kind, order) if job.result else stopped

    def halt(self, page: str | None) -> None:
        """Stop the film of a page, where one is made."""
        if ident := self.films.get(page):
            self.shared.jobs.stop(ident)


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
    return {
        "weight": model.name,
        "point": point.to_json(),
        "picture": data_uri(picture),
        "name": f"{name}, moved" if _is_moved(point) else name,
    }


def _is_moved(point: Point) -> bool:
    """Whether there is more to a point than another model could draw of its seed."""
    return bool(point.seed is None or point.directions or point.coordinates or point.truncation != 1 or point.of_styles)


def _classes(model: Model) -> dict[str, Any]:
    return gr.update(choices=[ANY, *model.labels], value=ANY, visible=bool(model.labels))


def _kept(point: Point, model: Model) -> int | None:
    return point.label if point.label is not None and point.label < model.classes else None


def _told(job: Job) -> str:
    if job.state == "waiting":
        return WAITING
    words = f"frame {job.done} of {job.total}" if job.done < job.total else "writing the file"
    return (
        f'<div class="progress" role="status"><progress max="{job.total}" value="{job.done}"></progress>'
        f"<span>{words}</span></div>"
    )


def _finished(path: Path, kind: str, order: film.Order) -> list[Any]:
    """The last thing `make` yields: the film in its place, and a file to save."""
    size = path.stat().st_size / 1e6
    words = f"{order.total} frames, {order.total / order.fps:.1f} s, {size:.1f} MB; its recipe is inside."
    video, picture = (str(path), None) if kind == "MP4" else (None, str(path))
    return [
        f'<p class="estimate"><b>{escape(path.name)}</b>: {words}</p>',
        gr.update(value=FILM, visible=True),
        gr.update(value=video, visible=video is not None),
        gr.update(value=picture, visible=picture is not None),
        gr.update(value=str(path), visible=True),
        gr.update(interactive=False),
    ]
