"""Torch's library loaded by a second thread while gradio is imported, which a second core has time for."""

import ctypes
from contextlib import suppress
from importlib import util
from pathlib import Path
from threading import Thread


def load_torch() -> None:
    """Begin to load what `import torch` finds loaded then; it holds no lock of Python's, unlike an import.

    Where the library is called otherwise (not on Linux) or wants others first, torch loads it as ever.
    """
    found = util.find_spec("torch")
    library = Path(found.origin).with_name("lib") / "libtorch_cpu.so" if found and found.origin else None
    if library and library.is_file():
        Thread(target=_load, args=(library,), name="torch", daemon=True).start()


def _load(library: Path) -> None:
    with suppress(OSError):
        ctypes.CDLL(str(library))
