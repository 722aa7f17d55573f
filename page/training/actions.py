"""The buttons under a run: pause, go on, stop, more minutes, keep, delete."""

from __future__ import annotations

from html import escape

from page.training import run_panel
from page.training.studio import Studio
from training.run import Run

BUTTONS = {
    "waiting": ("stop",),
    "starting": ("pause", "stop"),
    "running": ("pause", "stop", "more", "keep"),
    "pausing": (),
    "stopping": (),
    "paused": ("go", "stop", "more", "keep", "delete"),
    "stopped": ("go", "more", "keep", "delete"),
    "finished": ("more", "keep", "delete"),
}
"""By state, what can be done with a run that the page began."""
WORDS = {
    "pause": ("Pause", "Saves and leaves the processor; it keeps its turn"),
    "go": ("Go on", "Goes on from where it saved"),
    "stop": ("Stop", "Saves and ends; the next in the queue begins"),
    "keep": ("Keep", "Puts the model, as it is now, on the shelf of this page"),
    "delete": ("Delete", "Deletes the run with the pictures that were dropped for it; a kept model stays"),
}
MORE = (
    '<span class="more"><button type="button" class="btn" data-act="more" title="It goes on for so long">Add</button> '
    '<label><input type="number" min="1" max="600" value="10" aria-label="Minutes to add"> minutes</label></span>'
)


def actions_html(run: Run, studio: Studio) -> str:
    """The buttons that fit the run's state; of one that a terminal began only that which keeps it."""
    state, order = run_panel.state_of(run), run_panel.order_of(run)
    kinds = [kind for kind in BUTTONS[state] if order or kind == "keep"]
    if order and "go" in kinds and state == "stopped" and not run.has_checkpoint:
        kinds.remove("keep")
    waits = ", ".join(studio.queue.ahead(run)) if state == "waiting" else ""
    note = f'<p class="subdued">It waits for {escape(waits)}.</p>' if waits else ""
    parts = [MORE if kind == "more" else _button(kind) for kind in kinds]
    return f'{note}<div class="at row acts" data-run="{escape(run.name)}">{"".join(parts)}</div>' if parts else note


def _button(kind: str) -> str:
    text, title = WORDS[kind]
    main = " main" if kind == "keep" else ""
    return f'<button type="button" class="btn{main}" data-act="{kind}" title="{title}">{text}</button>'
