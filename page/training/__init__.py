"""The Training tab: pictures that become a training, the run folders on this machine, live, and their commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from gan_models.errors import RequestError
from gan_models.shell import command, pasted_path, path_of
from gan_models.weight.card import plain_name
from page.parts.desk import quiet
from page.parts.errors import answer, guard, sentence
from page.parts.flipbook import flipbook
from page.parts.model_row import Choice, chosen_name, tiles
from page.parts.scripts import on_load
from page.parts.shared import Shared, page_file
from page.training import run_panel
from page.training.actions import actions_html
from page.training.curves import curves_html
from page.training.studio import Studio
from training.run import Run, Stamps, runs_in, stamps

SIZES = (28, 32, 64, 128)
MOST_FACES = 16
TEACH = """<div class="teach"><h2>Nothing is training here yet</h2>
<p>A GAN learns from a folder of pictures: two networks play against each other, one draws, one judges.
Give it pictures of one kind of thing (faces, leaves, stamps; a few hundred at least), paste the command
below into a terminal, and this tab shows what it draws, how the game stands and what the doctor thinks of
it, while it runs.</p>
<p>When the pictures please you, the second line puts the model on the shelf of this page, without a
restart.</p></div>"""


def tab(shelf, shared: Shared) -> None:
    """Build the tab; runs are read from `shared.runs`, and trained where `shared.training` says so."""
    studio = Studio(shared.runs, shelf, shared.training == "here", shared.features) if shared.training else None
    if studio:
        _put(studio)
    faces = _faces(shared.runs)
    runs = tiles("Runs", {"items": [], "chosen": None}, faces=faces, elem_id="training-runs")
    seen = gr.State(())
    teach = _html("" if studio else TEACH, visible=not runs_in(shared.runs))
    with gr.Row(visible=bool(runs_in(shared.runs)), elem_id="training-run") as top:
        with gr.Column(scale=4, min_width=300, elem_id="training-picture"):
            book = _flipbook(shared)
        with gr.Column(scale=5, min_width=300):
            head = _html("", elem_id="training-head")
            acts = [answer(studio.act)] if studio else None
            export = _html("", elem_id="training-export", js_on_load=on_load("training/run.js"), server_functions=acts)
            curves = _html("", elem_id="training-curves", js_on_load=on_load("training/curves.js"))
    _command_form(shared)

    outputs = [seen, runs, teach, top, book, export, head, curves]

    def look(listed: Choice, known: tuple):
        return _look(shared.runs, chosen_name(listed), known, studio)

    def show(listed: Choice):
        return _look(shared.runs, chosen_name(listed), (), studio)

    how = quiet("training", 4)
    runs.tick(guard(look), [runs, seen], outputs, api_name="training_look", trigger_mode="once", **how)
    runs.input(guard(show), runs, outputs, api_name="training_show", trigger_mode="always_last", **how)


def _put(studio: Studio) -> None:
    """Where pictures are dropped, looked at and made a training of."""
    gr.HTML(
        value={"open": not runs_in(studio.runs), "here": studio.here},
        html_template=page_file("training/studio.html"),
        css_template=page_file("training/studio.css"),
        js_on_load=on_load("training/studio.js"),
        server_functions=[answer(function) for function in studio.functions()],
        elem_id="training-studio",
        apply_default_css=False,
    )


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


def _look(directory: Path, name: str | None, known: Sequence[Any], studio: Studio | None = None) -> list[Any]:
    """All that the tab shows for run `name` (by default the newest), without what looks as `known`.

    The first of it is what to give as `known` next time: the tiles, the chosen run's files, its pictures.
    """
    found = {run: stamps(run) for run in runs_in(directory)}
    chosen = _choose(found, name)
    # By their start, since two that run would change places with every row.
    items = tuple(_tile(run, at) for run, at in sorted(found.items(), key=lambda pair: pair[1].begun, reverse=True))
    now = (items, chosen and (chosen.name, found[chosen]), run_panel.grids_signature(chosen))
    if now == tuple(known):
        return [gr.skip()] * 8
    tiles_before, same, drawn = known or (None, None, None)
    listed = _listed(items, tiles_before, chosen and chosen.name, same and same[0])
    if chosen is None:
        return [now, listed, gr.update(visible=True), gr.update(visible=False), {}, "", "", ""]
    book = alone(run_panel.grids_value, chosen, lambda words: {"empty": words}) if drawn != now[2] else gr.skip()
    # The tile alone knows that time has passed; a chosen run that has stopped meanwhile is told so, too.
    was = _of(tiles_before, chosen.name)
    if same == now[1] and _of(items, chosen.name) == was:
        return [now, listed, gr.skip(), gr.skip(), book, gr.skip(), gr.skip(), gr.skip()]
    head = alone(run_panel.head_html, chosen) + alone(run_panel.remarks_html, chosen)
    shown = [gr.update(visible=False), gr.update(visible=True)]
    # A pulse comes every second and changes the head alone: in the rest somebody may be typing.
    before = same[1] if same and same[0] == chosen.name else None
    same_log = before and before.log == found[chosen].log
    curves = gr.skip() if same_log else alone(lambda run: curves_html(run_panel.rows_of(run)), chosen)
    stands = (
        before
        and _stands(before) == _stands(found[chosen])
        and was
        and _of(items, chosen.name)["state"] == was["state"]
    )
    export = gr.skip() if stands else _export_html(chosen, studio)
    return [now, listed, *shown, book, export, head, curves]


def _stands(at: Stamps) -> tuple[Any, bool]:
    """What of a run decides which buttons it has."""
    return at.order, bool(at.checkpoint[0])


def _choose(found: Mapping[Run, Stamps], name: str | None) -> Run | None:
    named = [run for run in found if run.name == name]
    newest = max(found, key=lambda run: found[run].last_change, default=None)
    return named[0] if named else newest


def _named(directory: Path, name: str | None) -> Run:
    """The run called `name`; RequestError when there is none (names come from outside: no paths)."""
    for run in runs_in(directory):
        if run.name == name:
            return run
    raise RequestError(f"There is no run {str(name)[:40]!r} in {directory.name}; choose one from the list.")


def _listed(items: Sequence[dict], before: Sequence[dict] | None, chosen: str | None, was: str | None) -> Any:
    """What the tiles need: all of them, or of the same ones the changed, or nothing."""
    if before is None or chosen != was or [item["name"] for item in items] != [item["name"] for item in before]:
        return {"items": list(items), "chosen": chosen}
    changed = [item for item, old in zip(items, before) if item != old]
    return {"changed": changed} if changed else gr.skip()


def _of(items: Sequence[dict] | None, name: str) -> dict | None:
    return next((item for item in items or () if item["name"] == name), None)


def _tile(run: Run, at: Stamps) -> dict[str, str]:
    try:
        return _words(run, at, run_panel.state_of(run, at))
    except Exception as error:  # an odd folder must not take the others away
        return {"name": run.name, "state": "stopped", "words": sentence(error), "face": ""}


@lru_cache(maxsize=1024)
def _words(run: Run, at: Stamps, state: str) -> dict[str, str]:
    """A tile; its face, which is asked for when it is seen, is another one when `face` is."""
    last = run_panel.last_row(run, at)
    seen = f"{last.get('images', 0):,} images" if last else "no numbers yet"
    return {"name": run.name, "state": state, "words": f"{state}, {seen}", "face": "/".join(map(str, at.grids))}


def _faces(directory: Path) -> Callable[[dict], dict]:
    """The function that answers {"names": [...]}, MOST_FACES at most, with {"faces": {name: data URI}}."""

    def faces(request: dict) -> dict:
        names = set((request.get("names") or [])[:MOST_FACES])
        return {"faces": {run.name: run_panel.face(run) for run in runs_in(directory) if run.name in names}}

    return faces


def told(words: str) -> str:
    return f'<p class="subdued">{escape(words)}</p>'


def alone(show: Callable[[Run], Any], run: Run, why: Callable[[str], Any] = told) -> Any:
    """What `show` makes of a run, or why it cannot in a sentence: nothing else of the tab goes with it."""
    try:
        return show(run)
    except Exception as error:
        return why(sentence(error))


def _export_html(run: Run, studio: Studio | None = None) -> str:
    """What can be done with a run: buttons where the page may train, and the line that exports it."""
    line = (
        f'<div class="at command"><code>{escape(export_command(run.folder.as_posix(), run.name))}</code>'
        '<button type="button" class="btn plain" data-copy>Copy</button></div>'
    )
    if studio:
        shown = f'<details class="terminal"><summary>Keep it in a terminal</summary>{line}</details>'
        return actions_html(run, studio) + shown
    return f'<p class="subdued" style="margin:16px 0 4px">To put it on the shelf of this page, as it is now:</p>{line}'


def _command_form(shared: Shared) -> None:
    with gr.Column(elem_id="training-form"):
        gr.Markdown("## In a terminal")
        with gr.Row():
            folder = gr.Textbox(
                "my-pictures", label="Folder or zip of pictures", info="subfolders become classes", scale=3
            )
            name = gr.Textbox("", label="Name of the model", info="empty: the folder's name", scale=2)
            minutes = gr.Number(15, label="Minutes", info="longer is better; it can go on later", minimum=0.1, scale=1)
            size = gr.Dropdown(list(SIZES), value=64, label="Size in pixels", info="64 is quick", scale=1)
        first = train_command("my-pictures", "", 15, 64, shared.runs)
        shown = gr.Textbox(
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
        shown,
        api_name="training_command",
        api_description="The two commands that train on a folder and put the model on the shelf of this page.",
        show_progress="hidden",
        trigger_mode="always_last",
    )


def train_command(folder: str, name: str, minutes: float | None, size: int | None, runs: Path) -> str:
    """The two lines that train on `folder` for `minutes` and export; RequestError names what is missing."""
    folder, windows = pasted_path(folder or "")
    if not folder:
        raise RequestError("The folder is empty; give the path of a folder or zip of pictures.")
    if not minutes or minutes <= 0:
        raise RequestError(f"Minutes are {minutes}; training takes more than zero.")
    if size not in SIZES:
        raise RequestError(f"The size is {size}; choose one of {', '.join(map(str, SIZES))} pixels.")
    plain = plain_name(name.strip() or path_of(folder, windows).stem)
    run = (runs / plain).as_posix()
    flags = ["--data", folder, "--size", str(size), "--minutes", f"{minutes:g}", "--run", run]
    return f"{command(['training.train_dcgan', *flags], windows)}\n{export_command(run, plain, windows)}"


def export_command(run: str, name: str, windows: bool | None = None) -> str:
    """The line that puts the run folder `run` on the shelf as weights/`name`."""
    return command(["training.export", run, "-o", f"weights/{plain_name(name)}"], windows)
