"""What the tabs share: the shelf, the tray of pinned pictures, the way into Sample, lanes and jobs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from page.parts.jobs import Jobs
from page.parts.lanes import Lanes

if TYPE_CHECKING:
    from gan_models.loading import Shelf

LIVE = "live"
"""`concurrency_id` of events that answer at once; give it `concurrency_limit=2`."""

INNER: dict[str, Any] = {"api_visibility": "undocumented"}
"""For events that the page's own parts ask for: programs may, too, but the list of the API leaves them out."""


@dataclass(frozen=True)
class Shared:
    """Handed to every `tab(shelf, shared)`.

    tray: list of {"weight": name, "point": Point as JSON}, kept in the visitor's browser. Take it as an
        input; make it an output to change what is pinned (the dock under the tabs follows).
    visit: make it an output and return {"weight": name, "point": Point as JSON or None} to open that
        picture (or only that model) in Sample; the page turns to the tab by itself.
    lanes: `with shared.lanes.live():` around whatever computes pictures, `.long()` around one frame.
    jobs: whatever takes longer than an answer may: `shared.jobs.start(work)`.
    upscalers: community checkpoints that the Upscale tab offers beside the shelf's.
    training: who may train from the page, see `page.Options`; features: a file of the projected discriminator's.
    """

    shelf: Shelf
    tray: gr.BrowserState
    visit: gr.HTML
    lanes: Lanes
    runs: Path
    upscalers: tuple[str, ...] = ()
    training: str = ""
    features: Path | None = None
    jobs: Jobs = field(default_factory=Jobs)


def page_file(name: str) -> str:
    """The text of a script or style sheet of the page, by its path in there: "sample/wall.js"."""
    return (Path(__file__).parents[1] / name).read_text(encoding="utf-8")
