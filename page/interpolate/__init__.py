"""The Interpolate tab: key images, the way from one to the next, and the film of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from page.interpolate import film
from page.interpolate.songs import Songs
from page.interpolate.walk import ANY, FILM, HELLO, SAID, WAITING, WALK, Walk
from page.parts.desk import quiet
from page.parts.errors import answer, guard
from page.parts.flipbook import flipbook
from page.parts.model_row import Choice
from page.parts.picker import picker
from page.parts.scripts import on_load
from page.parts.shared import INNER, page_file

if TYPE_CHECKING:
    from gan_models.loading import Shelf
    from gan_models.recipe import Recipe
    from page.parts.shared import Shared

FILM_IN_WORDS = (
    "A film from one key image to the next: a model's name, a list of seeds or points, and how to go; "
    "gives its progress, then the film, and at last the file."
)
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
            label, words = _adding(desk, models, keys)
            way = _way()
            music = _music(desk.songs)
            with gr.Row():
                kind = gr.Radio(list(film.SUFFIXES), value="MP4", label="File", min_width=200, elem_id="walk-file")
                times = _sizes(shelf)
            walk = [models, keys, *way]
            _filming(desk, film_parts, stage, [*walk, kind, times, music])
    opened = _html({}, "interpolate/opened.js", "<span></span>", elem_id="walk-opened")
    models.tick(guard(desk.look), [models, keys], [models, keys, label, words], api_name="interpolate_look", **QUICK)
    models.input(guard(desk.turn), [models, keys], [models, keys, label, words], api_name="interpolate_model", **LAST)
    # The keys last: that they are others asks for a new preview.
    again = [models, label, words, *way, kind, times, music, keys]
    opened.input(guard(desk.reopen), opened, again, api_name="interpolate_reopen", **LAST)
    changed = [keys.select, *(part.input for part in (*way, kind, times, music))]
    gr.on(changed, None, None, film_parts.view, js=f"() => [{WALK!r}]", queue=False, api_visibility="private")
    shown = gr.on(changed, guard(desk.preview), [*walk, music], stage, api_name="interpolate_preview", **LAST)
    # A moment later, and one at a time: the first estimate for a weight draws and writes a few frames.
    slow = quiet("estimate", 1)
    shown.then(
        guard(desk.estimate), [*walk, kind, times, music], film_parts.estimate, api_name="interpolate_estimate", **slow
    )


def _html(value: Any, script: str | None = None, template: str = "${value}", **more: Any) -> gr.HTML:
    return gr.HTML(
        value=value,
        html_template=template,
        css_template=page_file("interpolate/keys.css"),
        js_on_load=script and on_load(script, "input", "select"),
        apply_default_css=False,
        **more,
    )


def _adding(desk: Walk, models: gr.HTML, keys: gr.HTML) -> tuple[gr.Dropdown, gr.Textbox]:
    """The ways to new key images; gives the choice of a class and the line of words, which not every model has."""
    with gr.Row():
        words = gr.Textbox(
            label="Words", info=SAID, visible=False, max_lines=1, scale=5, min_width=300, elem_id="walk-words"
        )
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
    words.change(guard(desk.read), [models, words], words, api_name="interpolate_read", **LAST)
    gr.on(
        [add.click, seeds.submit, words.submit],
        guard(desk.add),
        [models, keys, seeds, label, words],
        keys,
        api_name="interpolate_add",
        **QUICK,
    )
    dice.click(guard(desk.surprise), [models, keys, label, words], keys, api_name="interpolate_surprise", **QUICK)
    tray.click(
        guard(desk.take),
        [models, keys, desk.shared.tray],
        [models, keys, label, words],
        api_name="interpolate_tray",
        **QUICK,
    )
    clear.click(list, None, keys, api_name="interpolate_clear", **QUICK)
    return label, words


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
    estimate, progress = (
        _html("", elem_id="walk-estimate"),
        _html("", "interpolate/filming.js", elem_id="walk-progress"),
    )
    view = gr.Radio([WALK, FILM], value=WALK, show_label=False, container=False, visible=False, elem_id="walk-view")
    with gr.Group(visible=False, elem_id="walk-film") as place:
        video = gr.Video(label="The film", visible=False, autoplay=True, loop=True, elem_id="walk-video")
        picture = gr.Image(label="The film", visible=False, interactive=False, elem_id="walk-picture")
    return FilmParts(make, stop, save, estimate, progress, view, place, video, picture)


def _music(songs: Songs) -> gr.HTML:
    """The sound that drives the film, where one was added."""
    return gr.HTML(
        value={},
        html_template=page_file("interpolate/music.html"),
        css_template=page_file("interpolate/music.css"),
        js_on_load=on_load("interpolate/music.js", "input"),
        server_functions=[answer(songs.add), answer(songs.keep)],
        elem_id="walk-music",
        apply_default_css=False,
    )


def _filming(desk: Walk, parts: FilmParts, stage: gr.HTML, order: Sequence[gr.components.Component]) -> None:
    make, stop, progress = parts.make, parts.stop, parts.progress
    outputs = [progress, parts.view, parts.video, parts.picture, parts.save, stop]
    parts.view.change(
        lambda view: [gr.update(visible=view == WALK), gr.update(visible=view == FILM)],
        parts.view, [stage, parts.place], queue=False, show_progress="hidden", api_visibility="private",
    )  # fmt: skip

    def seen(making: Callable[[], Iterator[list[Any]]]) -> Iterator[list[Any]]:
        try:
            yield from making()
        except Exception:
            # The toast says why; a bar that stands still would say that it goes on.
            yield ["", *[gr.skip()] * 4, gr.update(interactive=False)]
            raise

    def begin(
        models: Choice, keys: list | None, kind, easing, closed, per_step, fps, file, times, music, request: gr.Request
    ):
        way = (kind, easing, closed, per_step, fps, times, music)
        yield from seen(lambda: desk.make(desk.order(models, keys, *way), file, request.session_hash))

    def again(said: str | None, request: gr.Request):
        yield from seen(lambda: desk.again(said, request.session_hash))

    def end(request: gr.Request):
        # Not Gradio's `cancels`: a frame's progress that is on its way would come after the last word.
        desk.halt(request.session_hash)

    # Written by the browser, at once.
    make.click(None, None, progress, js=f"() => [`{WAITING.format('')}`]", queue=False, api_visibility="private")
    make.click(
        guard(begin), list(order), outputs,
        api_name="interpolate_film", api_description=FILM_IN_WORDS,
        show_progress="hidden", concurrency_limit=None,
    )  # fmt: skip
    progress.input(
        guard(again), progress, outputs,
        api_name="interpolate_film_again", show_progress="hidden", concurrency_limit=None, **INNER,
    )  # fmt: skip
    stop.click(guard(end), None, None, api_name="interpolate_stop", queue=False, **INNER)


def reopened(shelf: Shelf, shared: Shared, made: Recipe) -> dict[str, Any]:
    """A film as {"order"}."""
    return {"order": film.order_of(shelf.find(made.weight, made.sha256), made).to_json()}
