"""Import gradio without its stub files: a second less from start to first picture."""

import inspect
from typing import Any

from page.parts.left_out import left_out


def import_gradio() -> None:
    """Import gradio, telling it that its component classes come from no file.

    For every component class gradio parses the class's source and writes a .pyi file beside it, at every
    import: close to half of the time that `import gradio` takes, and litter beside our own classes. A class
    without a file is let through (gradio/component_meta.py, create_or_modify_pyi).
    """
    find = inspect.getfile

    def getfile(thing: Any) -> str:
        if type(thing).__name__ == "ComponentMeta":
            raise OSError("no stub file is wanted")
        return find(thing)

    inspect.getfile = getfile
    try:
        # Its commands, and pipelines of the Hub, for which certificates are read.
        with left_out("gradio.cli", "gradio.workflow"):
            import gradio.component_meta
    finally:
        inspect.getfile = find
    gradio.component_meta.create_or_modify_pyi = lambda *_: None
