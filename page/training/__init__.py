"""The Training tab: the run folders on this machine, live, and the command that starts the next one."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from gan_models.errors import RequestError
from gan_models.weight.card import plain_name
from page.parts.errors import guard, sentence
from page.parts.flipbook import flipbook
from page.parts.model_row import Choice, chosen_name, tiles
from page.parts.shared import INNER, Shared, page_file
from page.training import run_panel
from page.training.curves import curves_html
from training.run import Run, find_runs

SIZES = (28, 32, 64, 128)
TEACH = """<div class="teach"><h3>Nothing is training here yet</h3>
<p>A GAN learns from a folder of pictures: two networks play against each other, one draws, one judges.
Give it pictures of one kind of thing (faces, leaves, stamps; a few hundred at least), paste the command
below into a terminal, and this tab shows what it draws, how the game stands and what the doctor thinks of
it, while it runs.</p>
<p>When the pictures please you, the second line puts the model on the shelf of this page, without a
restart.</p></div>"""


def tab(shelf, shared: Shared) -> None:
    """Build the tab; runs are read from `shared.runs`."""
    runs = tiles("Runs", {"items": [], "chosen": None}, elem_id="training-runs")
    seen = gr.State(())
    teach = _html(TEACH, visible=not find_runs(shared.runs))
    with gr.Row(visible=bool(find_runs(shared.runs)), elem_id="training-run") as top:
        with gr.Column(scale=4, min_width=300, elem_id="training-picture"):
            book = _flipbook(shared)
            export = _html("", elem_id="training-export", js_on_load=page_file("parts/copy.js"))
        with gr.Column(scale=5, min_width=300):
            head = _html("", elem_id="training-head")
            curves = _html("", elem_id="training-curves", js_on_load=page_file("training/curves.js"))
    _command_form(shared)

    outputs = [seen, runs, teach, top, book, export, head, curves]

    def look(listed: Choice, known: Sequence[str]):
        return _look(shared.runs, chosen_name(listed), known)

    def show(listed: Choice):
        return _look(shared.runs, chosen_name(listed), ())

    quiet: dict[str, Any] = {"show_progress": "hidden", "concurrency_id": "training", "concurrency_limit": 4, **INNER}
    runs.tick(guard(look), [runs, seen], outputs, api_name="training_look", trigger_mode="once", **quiet)
    runs.input(guard(show), runs, outputs, api_name="training_show", trigger_mode="always_last", **quiet)


def _html(value: str, **more: Any) -> gr.HTML:
    more = {"js_on_load": None, "css_template": page_file("training/training.css"), "apply_default_css": False} | more
    return gr.HTML(value, **more)


def _flipbook(shared: Shared) -> gr.HTML:
    def grid(request: dict) -> dict:
        return {"picture": run_panel.grid_picture(_named(shared.runs, request.get("run")), int(request["frame"]))}

    return flipbook(
        "What the run makes of the same inputs",
        "Images seen",
        "The first pictures appear here as soon as a run has drawn some.",
        frame=grid,
        elem_id="training-grids",
    )


def _look(directory: Path, name: str | None, known: Sequence[str]) -> list[Any]:
    """All that the tab shows for run `name` (by default the newest), without what looks as `known`."""
    found = find_runs(directory)
    chosen = _choose(found, name)
    # By their start, since two that run would change places with every row.
    found = sorted(found, key=run_panel.started, reverse=True)
    now = (run_panel.signature(found, chosen), run_panel.grids_signature(chosen))
    if now == tuple(known):
        return [gr.skip()] * 8
    listed = {"items": [_listed(run) for run in found], "chosen": chosen and chosen.name}
    if chosen is None:
        return [now, listed, gr.update(visible=True), gr.update(visible=False), {}, "", "", ""]
    drawn = now[1:] != tuple(known)[1:]
    book = alone(run_panel.grids_value, chosen, lambda words: {"empty": words}) if drawn else gr.skip()
    head = alone(run_panel.head_html, chosen) + alone(run_panel.remarks_html, chosen)
    curves = alone(lambda run: curves_html(run_panel.rows_of(run)), chosen)
    shown = [gr.update(visible=False), gr.update(visible=True)]
    return [now, listed, *shown, book, _export_html(chosen), head, curves]


def _choose(found: Sequence[Run], name: str | None) -> Run | None:
    named = [run for run in found if run.name == name]
    return (named or list(found) or [None])[0]


def _named(directory: Path, name: str | None) -> Run:
    """The run called `name`; RequestError when there is none (names come from outside: no paths)."""
    for run in find_runs(directory):
        if run.name == name:
            return run
    raise RequestError(f"There is no run {name!r} in {directory}; choose one from the list.")


def _listed(run: Run) -> dict[str, str]:
    try:
        state, last = run_panel.state_of(run), run_panel.last_row(run)
        seen = f"{last.get('images', 0):,} images" if last else "no numbers yet"
        return {"name": run.name, "state": state, "words": f"{state}, {seen}", "picture": run_panel.face(run)}
    except Exception as error:  # an odd folder must not take the others away
        return {"name": run.name, "state": "stopped", "words": sentence(error), "picture": ""}


def told(words: str) -> str:
    return f'<p class="subdued">{escape(words)}</p>'


def alone(show: Callable[[Run], Any], run: Run, why: Callable[[str], Any] = told) -> Any:
    """What `show` makes of a run, or why it cannot in a sentence: nothing else of the tab goes with it."""
    try:
        return show(run)
    except Exception as error:
        return why(sentence(error))


def _export_html(run: Run) -> str:
    command = export_command(run.folder.as_posix(), run.name)
    return (
        '<p class="subdued" style="margin:16px 0 4px">To put it on the shelf of this page, as it is now:</p>'
        f'<div class="at command"><code>{escape(command)}</code>'
        '<button type="button" class="btn plain" data-copy>Copy</button></div>'
    )


def _command_form(shared: Shared) -> None:
    with gr.Column(elem_id="training-form"):
        gr.Markdown("### Train on your own folder")
        with gr.Row():
            folder = gr.Textbox(
                "my-pictures", label="Folder or zip of pictures", info="subfolders become classes", scale=3
            )
            name = gr.Textbox("", label="Name of the model", info="empty: the folder's name", scale=2)
            minutes = gr.Number(15, label="Minutes", info="longer is better; it can go on later", minimum=0.1, scale=1)
            size = gr.Dropdown(list(SIZES), value=64, label="Size in pixels", info="64 is quick", scale=1)
        first = train_command("my-pictures", "", 15, 64, shared.runs)
        command = gr.Textbox(
            first,
            label="Paste into a terminal, in the folder of this program",
            info="The first line trains (run again, it goes on; for colour it fetches 4.7 MB of features once), "
            "the second puts the model on the shelf.",
            lines=2,
            max_lines=6,
            interactive=False,
            buttons=["copy"],
            elem_id="training-command",
        )

    def write(folder: str, name: str, minutes: float, size: int):
        return train_command(folder, name, minutes, size, shared.runs)

    fields = [folder, name, minutes, size]
    gr.on(
        [field.input for field in fields],
        guard(write),
        fields,
        command,
        api_name="training_command",
        api_description="The two commands that train on a folder and put the model on the shelf of this page.",
        show_progress="hidden",
        trigger_mode="always_last",
    )


def train_command(folder: str, name: str, minutes: float | None, size: int | None, runs: Path) -> str:
    """The two lines that train on `folder` for `minutes` and export; RequestError names what is missing."""
    folder = (folder or "").strip()
    if not folder:
        raise RequestError("The folder is empty; give the path of a folder or zip of pictures.")
    if not minutes or minutes <= 0:
        raise RequestError(f"Minutes are {minutes}; training takes more than zero.")
    if size not in SIZES:
        raise RequestError(f"The size is {size}; choose one of {', '.join(map(str, SIZES))} pixels.")
    plain = plain_name(name or Path(folder).stem)
    run = (runs / plain).as_posix()
    flags = ["--data", folder, "--size", str(size), "--minutes", f"{minutes:g}", "--run", run]
    train = shlex.join(["python", "-m", "training.train_dcgan", *flags])
    return f"{train}\n{export_command(run, plain)}"


def export_command(run: str, name: str) -> str:
    """The line that puts the run folder `run` on the shelf as weights/`name`."""
    return shlex.join(["python", "-m", "training.export", run, "-o", f"weights/{plain_name(name)}"])
