"""The page's JavaScript: ES modules, served as they lie in the rooms of their tabs, and the lines that start one."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE = Path(__file__).parents[1]
ROUTE = re.compile(r"/scripts/(\w+/\w+\.js)")
"""Under what a module is asked for: page/sample/wall.js is /scripts/sample/wall.js."""
IMPORT = re.compile(r"""^(?:import|export)\b[^"';]*\bfrom\s*["'](\.{1,2}/[^"']+)["']""", re.MULTILINE)
"""The place of a module that another imports, from there."""
NAMED_BY_CONTENT = re.compile(r"/assets/[\w.]+-[\w-]{8,}\.(?:js|css)")
"""Gradio's own scripts: another version of one has another name."""
FOR_EVER = b"public, max-age=31536000, immutable"


class Scripts:
    """ASGI middleware that answers for the modules, and lets browsers keep Gradio's; all else goes on to the app."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "").removeprefix(scope.get("root_path", "").rstrip("/"))
        asked = ROUTE.fullmatch(path) if scope["type"] == "http" else None
        if asked and (file := PAGE / asked[1]).is_file():
            await module(file, Headers(scope=scope))(scope, receive, send)
        else:
            await self.app(scope, receive, kept(send) if NAMED_BY_CONTENT.fullmatch(path) else send)


def module(file: Path, headers: Headers) -> Response:
    """A module, or that it is still the one which the browser has.

    Asked again at every visit: after an update no old module meets a new one.
    """
    same = {"Cache-Control": "no-cache"}
    answer = FileResponse(file, media_type="text/javascript", headers=same, stat_result=file.stat())
    fresh = headers.get("if-none-match") == answer.headers["etag"]
    return Response(status_code=304, headers=same | {"ETag": answer.headers["etag"]}) if fresh else answer


def kept(send: Send) -> Send:
    """Answers that a browser need not ask for again."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            message["headers"] = [*message.get("headers", ()), (b"cache-control", FOR_EVER)]
        await send(message)

    return sending


def preloads(module: str) -> str:
    """Links by which a browser fetches `module`, and all that it imports, beside Gradio's own scripts, not after."""
    found = [module]
    for name in found:  # which grows on the way
        for own in IMPORT.findall((PAGE / name).read_text(encoding="utf-8")):
            place = posixpath.normpath(posixpath.join(posixpath.dirname(name), own))
            found += [place] if place not in found else []
    return "".join(f'<link rel="modulepreload" href="scripts/{name}">' for name in found)


def on_load(module: str, *events: str) -> str:
    """What a gr.HTML takes as `js_on_load` to start `module` ("sample/sample.js") with what Gradio has for it.

    Gradio gives the component a listener for every event whose name stands here in quotes.
    """
    known = f"// {', '.join(map(repr, events))}\n" if events else ""
    given = "{ element, props, trigger, watch, server }"
    return f'{known}import(new URL("scripts/{module}", document.baseURI)).then((script) => script.start({given}));'
