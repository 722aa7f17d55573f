"""Who asks: the address and the session of a request, noted at the gate and known wherever its answer is made."""

from __future__ import annotations

import threading
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

from gradio.context import LocalContext

_KEY = "atelier.visitor"


@dataclass(frozen=True)
class Visitor:
    """One page, or one program, at an address; `gone` is set when the connection of its request ends."""

    address: str = ""
    session: str = ""
    gone: threading.Event = field(default_factory=threading.Event, compare=False)


def note(scope: MutableMapping[str, Any], session: Any) -> Visitor:
    """Write into a request's scope whose it is."""
    address = (scope.get("client") or ("",))[0]
    scope[_KEY] = visitor = Visitor(address, session if isinstance(session, str) else "")
    return visitor


def asking() -> Visitor:
    """Whose request is being answered in this thread; nobody in particular where there is none."""
    request: Any = LocalContext.request.get(None)
    scope = getattr(getattr(request, "request", request), "scope", {})
    return scope.get(_KEY) or Visitor()
