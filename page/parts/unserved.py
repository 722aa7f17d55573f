"""Blocks before they are launched, without the web app that Gradio would make for them: a tenth less of the start."""

from collections.abc import Iterator
from contextlib import contextmanager

from gradio.routes import App


@contextmanager
def unserved() -> Iterator[None]:
    """Let Blocks be made without an app of fifty routes at their beginning and another at their end.

    `launch` throws both away and makes its own (gradio/blocks.py, `queue`, `__exit__` and `launch`).
    """
    make = App.create_app
    App.create_app = staticmethod(lambda *_, **__: None)
    try:
        yield
    finally:
        App.create_app = staticmethod(make)
