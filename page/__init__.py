"""The page: tabs in order, what they share, and how it looks. The only room that knows Gradio."""

from __future__ import annotations

import os

# Before gradio is imported: nothing of a visitor is counted, reported or recorded.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_RUN_HISTORY"] = "False"
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

from page.parts import gradio_without_stubs, torch_beside_gradio

torch_beside_gradio.load_torch()
gradio_without_stubs.import_gradio()

from collections.abc import Sequence  # noqa: E402
from contextlib import suppress  # noqa: E402
from dataclasses import dataclass, field  # noqa: E402
from importlib import import_module, util  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import TYPE_CHECKING, Any, Literal  # noqa: E402

import gradio as gr  # noqa: E402
from starlette.middleware import Middleware  # noqa: E402

from gan_models.errors import AtelierError  # noqa: E402
from page import restore  # noqa: E402
from page.parts import gate, look, scripts, sessions, tray  # noqa: E402
from page.parts.checked import CheckedBlocks  # noqa: E402
from page.parts.lanes import Lanes  # noqa: E402
from page.parts.shared import INNER, Shared  # noqa: E402
from page.parts.unserved import unserved  # noqa: E402

if TYPE_CHECKING:
    from gan_models.loading import Shelf

TABS = (
    ("Sample", "sample"),
    ("Interpolate", "interpolate"),
    ("Edit", "edit"),
    ("Upscale", "upscale"),
    ("Translate", "translate"),
    ("Sound", "sound"),
    ("Play", "play"),
    ("Learn", "learn"),
    ("Models", "models"),
    ("Training", "training"),
)
A_DAY = 24 * 60 * 60
MOST_EVENTS = 256
"""Events of all visitors that wait in Gradio's queue; each has up to gate.MOST_BODY in memory."""
LOOK_AGAIN = 5.0
"""Seconds after which a page without a tab looks whether there is something to show on it now."""


@dataclass(frozen=True)
class Options:
    """What the page needs to know besides the shelf: `runs`, the folder of training runs it shows, and
    `upscalers`, other people's checkpoints for the Upscale tab (see `gan_models.upscaling.community`).

    training: "here" where the page listens on this machine alone, whose folders may then be named; "uploads" where its
    visitors may train on what they drop; "" where nobody trains. features: a file of torchvision's SqueezeNet 1.1.
    """

    runs: Path = field(default_factory=lambda: Path("runs"))
    upscalers: tuple[str, ...] = ()
    training: Literal["", "here", "uploads"] = ""
    features: Path | None = None


def build(shelf: Shelf, options: Options | None = None) -> gr.Blocks:
    """The whole page as Blocks; launch it with `page.launch_arguments()`."""
    options = options or Options()
    sessions.lighten()
    how = {"title": "GAN Atelier", "analytics_enabled": False, "delete_cache": (3600, A_DAY)}
    with unserved(), CheckedBlocks(**how) as blocks:
        look.header()
        own = (options.runs, options.upscalers, options.training, options.features)
        shared = Shared(shelf, tray.state(), look.visit(), Lanes(), *own)
        # Never a menu "…" that hides tabs from a phone: look.css makes them small enough for one row.
        with gr.Tabs(elem_id="tabs", overflow_behavior="wrap"):
            tabs = {name: put(title, name, shelf, shared) for title, name in TABS if util.find_spec(f"page.{name}")}
        for name, made in tabs.items():
            offer(name, made, shelf, shared, blocks)
        tray.dock(shared)
        restore.place(shelf, shared)
        blocks.queue(max_size=MOST_EVENTS)
    blocks.left = shared.jobs.leave
    return blocks


def put(title: str, name: str, shelf: Shelf, shared: Shared) -> gr.Tab:
    """Put a tab into the page; where its module has `offered(shelf, shared)`, it is shown only when that says so."""
    module = import_module(f"page.{name}")
    offered = getattr(module, "offered", None)
    with gr.Tab(title, id=name, elem_id=f"tab-{name}", visible=offered is None or offered(shelf, shared)) as made:
        module.tab(shelf, shared)
    return made


def offer(name: str, made: gr.Tab, shelf: Shelf, shared: Shared, blocks: gr.Blocks) -> None:
    """Show a tab once its module offers something, which an open page asks again only while there is nothing."""
    offered = getattr(import_module(f"page.{name}"), "offered", None)
    if not offered:
        return
    again = gr.Timer(LOOK_AGAIN, active=not offered(shelf, shared))

    def shown() -> tuple[Any, gr.Timer]:
        there = offered(shelf, shared)
        return gr.update(visible=there), gr.Timer(active=not there)

    for event, called in ((blocks.load, f"{name}_offered"), (again.tick, f"{name}_offered_now")):
        event(shown, None, [made, again], queue=False, show_progress="hidden", api_name=called, **INNER)


def warm(shelf: Shelf) -> None:
    """Load the model that a visitor meets first, so that the first picture need not wait for it."""
    with suppress(AtelierError):
        import_module("page.sample").first(shelf)


def launch_arguments(host: str | None = None, public: Sequence[str] = ()) -> dict[str, Any]:
    """Keyword arguments for `Blocks.launch`: look, scripts, and no service outside this machine.

    `host` is the address to listen on (default: this machine alone), `public` are more names that the page is called.
    """
    return {
        "server_name": host,
        "app_kwargs": {"middleware": [gate.middleware(host, public), Middleware(scripts.Scripts)]},
        "theme": look.theme(),
        "head": look.head(),
        # For the link in the header; look.css hides the footer itself.
        "footer_links": ["api"],
        "state_session_capacity": sessions.MOST,
        "ssr_mode": False,
        # Gradio asks its own server once, by plain HTTP: no certificates need be read for that.
        "ssl_verify": False,
        "share": False,
        # It asked for the whole page once more before anybody sees it, and gave up where that took three seconds.
        "_frontend": False,
        "run_history": False,
        "enable_monitoring": False,
        "show_error": True,
        "max_file_size": "20mb",
    }
