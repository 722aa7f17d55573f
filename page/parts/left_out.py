"""Modules that gradio imports and this page never uses, left out while it is imported."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


class Placeholder(ModuleType):
    """A module in which every name stands for nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return None


@contextmanager
def left_out(*names: str) -> Iterator[None]:
    """Let `import` find nothing in these modules; whoever imports one of them afterwards gets the module itself.

    Where one is imported already, or its package no longer imports it, nothing is different.
    """
    held = {name: Placeholder(name) for name in names if name not in sys.modules}
    sys.modules.update(held)
    try:
        yield
    finally:
        for name, placeholder in held.items():
            package, _, own = name.rpartition(".")
            if vars(sys.modules.get(package, placeholder)).get(own) is placeholder:
                delattr(sys.modules[package], own)
            if sys.modules.get(name) is placeholder:
                del sys.modules[name]
