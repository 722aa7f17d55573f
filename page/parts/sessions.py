"""What Gradio remembers of a session: what differs there from the page that all open, and nothing else.

Gradio keeps besides, for links that restore a whole page (`/deep_link`), the settings and last value of every component
in every session, and works them out for each call of a program: 30 ms and .26 MB before a value is in them. This page
has no such links.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import gradio.blocks
import gradio.route_utils
import gradio.state_holder
from gradio.state_holder import SessionState

MOST = 256
"""Visitors and programs that are remembered, some ten kilobytes each; the longest unheard of go first, and a page that
is still open begins anew by itself."""


class Session(SessionState):
    """A session's states and changed components."""

    def __init__(self, blocks: Any) -> None:
        super().__init__(SimpleNamespace(default_config=blocks.default_config, blocks=()))  # type: ignore[arg-type]

    def __setitem__(self, key: int, value: Any) -> None:
        super().__setitem__(key, value)
        self.config_values.clear()

    def _update_config(self, key: int) -> None:
        """Nothing, since no value is kept."""

    def _update_value_in_config(self, key: int, value: Any) -> None:
        """Nothing, since no value is kept."""


def lighten() -> None:
    """Let Gradio, which makes them in three places, make sessions of this kind."""
    for module in (gradio.blocks, gradio.route_utils, gradio.state_holder):
        setattr(module, "SessionState", Session)  # noqa: B010  a class that mypy takes for one that stays


def forget(app: Any, session: str) -> None:
    """Drop what is remembered of a session whose page was closed, which Gradio keeps (state_holder.py), and say so."""
    app.get_blocks().left(session)
    for kept in (app.state_holder.session_data, app.state_holder.time_last_used):
        kept.pop(session, None)
