"""The Models tab: every weight's card, with pictures, and two of them side by side."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from gan_models.methods import story_markdown
from gan_models.weight.card import TASKS
from page.models import card_view
from page.parts.desk import quiet
from page.parts.errors import guard, names_only
from page.parts.flipbook import flipbook
from page.parts.model_row import Choice, chosen_name
from page.parts.picker import models_value, picker, same_models
from page.parts.scripts import on_load
from page.parts.shared import page_file

if TYPE_CHECKING:
    from gan_models.loading import Shelf
    from gan_models.weight.card import Card
    from page.parts.shared import Shared

EMPTY = """<h2>The shelf is empty</h2><p>Train a model on a folder of pictures (the Training tab writes the
command), or start the program with <code>--weights FOLDER</code> or <code>--model user/repo</code>.</p>"""
FILM = "What it made of the same inputs during training"
DISPLAY = [{"left": "$$", "right": "$$", "display": True}]
NOTHING = (EMPTY, "", {"empty": ""}, "", "")
"""One side without a card: head, samples, film, story, facts."""


def tab(shelf: Shelf, shared: Shared) -> None:
    """Build the tab: a row of models, the chosen one's card, and a second card beside it."""
    row = picker({"items": [], "chosen": None, "second": None}, elem_id="models-row")
    refused = _html("", elem_id="models-refused", visible=False)
    with gr.Row(elem_id="models-cards"):
        with gr.Column(min_width=340):
            left = _side(shelf, "left")
        with gr.Column(min_width=340, visible=False) as beside:
            right = _side(shelf, "right")
    outputs = [row, refused, beside, *left, *right]

    def show(models: Choice):
        row, *cards = _show(shelf, *_asked(models))
        # The row as it was sent stays out of the answer, or it would take back what is chosen meanwhile.
        sent = models if isinstance(models, dict) else {}
        return [gr.skip() if row.items() <= sent.items() else row, *cards]

    def look(models: Choice):
        same = (
            same_models(_cards(shelf), models) and isinstance(models, dict) and models.get("refused") == _refused(shelf)
        )
        return [gr.skip()] * len(outputs) if same else _show(shelf, *_asked(models))

    how = quiet("models", 4)
    row.input(guard(show), row, outputs, api_name="models_show", trigger_mode="always_last", **how)
    row.tick(guard(look), row, outputs, api_name="models_look", trigger_mode="once", **how)


def _html(value: str, **more: Any) -> gr.HTML:
    fixed = {"css_template": page_file("models/models.css"), "apply_default_css": False}
    return gr.HTML(value, **{"js_on_load": None} | fixed | more)


def _side(shelf: Shelf, side: str) -> list[gr.components.Component]:
    """The parts of one card, in the order of NOTHING."""

    def frame(request: dict) -> dict:
        folder = shelf.folder(str(request.get("weight")))
        return {"picture": card_view.film_picture(folder, int(request["frame"]))}

    head = _html("", elem_id=f"models-{side}", js_on_load=on_load("parts/copy.js"))
    # Two columns of one card side by side where there is room, one above the other where two cards share it.
    with gr.Row():
        with gr.Column(min_width=400):
            samples = _html("", elem_id=f"models-{side}-samples")
            film = flipbook(
                FILM,
                "Moment of the training",
                "",
                frame=frame,
                title="How it learned",
                elem_id=f"models-{side}-film",
            )
        with gr.Column(min_width=400):
            story = gr.Markdown(latex_delimiters=DISPLAY, elem_id=f"models-{side}-story")
            facts = _html("", elem_id=f"models-{side}-facts", js_on_load=on_load("parts/copy.js"))
    return [head, samples, film, story, facts]


def _asked(models: Choice) -> tuple[str | None, str | None]:
    """The chosen model and the one beside it; a program may send "one" or "one, other"."""
    if isinstance(models, dict):
        return models.get("chosen"), models.get("second")
    names = [name.strip() for name in (chosen_name(models) or "").split(",")]
    return names[0] or None, names[1] if len(names) > 1 else None


def _show(shelf: Shelf, chosen: str | None, second: str | None) -> list[Any]:
    """Everything on the tab for the weight `chosen` and, beside it, `second` (None: nothing beside)."""
    row = _row(shelf, chosen, second)
    cards = {card.name: card for card in _cards(shelf)}
    refused = "".join(f'<p class="licence bound">{escape(names_only(line))}</p>' for line in row["refused"])
    told = gr.update(value=refused, visible=bool(refused))
    left = _filled(shelf, cards[row["chosen"]]) if row["chosen"] else NOTHING
    right = _filled(shelf, cards[row["second"]]) if row["second"] else [gr.skip()] * len(NOTHING)
    return [row, told, gr.update(visible=row["second"] is not None), *left, *right]


def _cards(shelf: Shelf) -> list[Card]:
    """All cards, those of a kind together."""
    return sorted(shelf.cards(), key=lambda card: TASKS.index(card.task))


def _row(shelf: Shelf, chosen: str | None, second: str | None) -> dict[str, Any]:
    value = models_value(_cards(shelf), shelf, chosen)
    names = [item["name"] for item in value["items"]]
    value["refused"] = _refused(shelf)
    return value | {"second": second if second in names and second != value["chosen"] else None}


def _refused(shelf: Shelf) -> list[str]:
    """What cannot be used, each under its folder's name, and why."""
    return [f"{name}: {why}" for name, why in shelf.refused.items()]


def _filled(shelf: Shelf, card: Card) -> list[Any]:
    """One side with its card, in the order of NOTHING."""
    folder = shelf.folder(card.name)
    return [
        card_view.head_html(card),
        card_view.samples_html(card, folder),
        card_view.film_value(card, folder),
        story_markdown(card.method),
        card_view.measures_html(card) + card_view.attributes_html(card) + card_view.making_html(card),
    ]
