"""The gate before Gradio's app: who may ask (Host and Origin), for what (the routes that the page uses), how much."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import re
import socket
import threading
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
from gradio.utils import get_upload_folder
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gan_models.errors import RequestError, first_line
from page.parts import visitors
from page.parts.errors import LOG
from page.parts.requests import plain
from page.parts.scripts import ROUTE
from page.parts.sessions import forget

MOST_BODY = 32_000_000
"""Bytes of one request: a file of asked.MOST_BYTES as base64, and a drawing beside it."""
MOST_LOGIN = 10_000
"""The same of a name and a password."""
MOST_BODIES, SMALL_BODY = 400_000_000, 1_000_000
"""Bytes of all requests that are read or answered at one time, and of one that does not count."""
PATIENCE = 60.0
"""Seconds for which a large request waits to be read, and in which a request must have arrived."""
MOST_PARTS = 1_200_000
"""Brackets, braces and commas in one request: what it takes of memory grows with these, and a drawing of
strokes.MOST_POINTS has half as many."""
MOST_NAME = 200
"""Characters of a session's or a function's name."""
WORDS = {"session_hash": str, "event_id": str, "fn_name": str, "component_id": int, "fn_index": int, "trigger_id": int}
"""What Gradio's routes read beside the data."""
EVERYWHERE = ("", "0.0.0.0", "::", "[::]")
"""Addresses that mean: listen on every one that this machine has."""
HERE = ("localhost", "127.0.0.1", "::1")

_API = "/gradio_api"
_GETS = re.compile(
    rf"/((config|theme\.css|favicon\.ico|robots\.txt|manifest\.json|pwa_icon|pwa_icon/\d+|logout)/?)?"
    rf"|/(assets|static|svelte)/.+|{ROUTE.pattern}"
    rf"|{_API}/(info|openapi\.json|startup-events|theme\.css|user|login_check|token|app_id|queue/data|queue/status)/?"
    rf"|{_API}/(heartbeat/[^/]+|call/.+|file=.+)"
)
_POSTS = re.compile(rf"/login/?|{_API}/((run|api|call)/.+|(queue/join|component_server|cancel|reset)/?)")
_FILE, _HEARTBEAT = f"{_API}/file=", f"{_API}/heartbeat/"


class Refused(HTTPException):
    """A request that the gate does not let through, with a status and a sentence for it."""


class Gate:
    """ASGI middleware around Gradio's app, which answers more than this page needs, to whomever asks.

    `names` are the hosts under which the page is called; `anywhere` says that it listens on every address of this
    machine, so that a bare IP address is one, too: a name that was bent to us (DNS rebinding) never is.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str] = HERE, anywhere: bool = False) -> None:
        self.app, self.names, self.anywhere = app, {name.lower().rstrip(".") for name in names}, anywhere
        self.bodies = Bodies()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        try:
            headers = Headers(scope=scope)
            self.check_hosts(headers)
            path = scope["path"].removeprefix(scope.get("root_path", "").rstrip("/"))
            self.check_origin(headers, scope["method"], path)
            check_route(scope["method"], path, headers)
            most = MOST_LOGIN if path.startswith("/login") else MOST_BODY
            async with self.bodies.room(headers, most if scope["method"] == "POST" else 0):
                await self.let_in(scope, receive, send, path, headers, most)
        except Refused as error:
            await _answer(error)(scope, receive, send)

    async def let_in(self, scope: Scope, receive: Receive, send: Send, path: str, headers: Headers, most: int) -> None:
        """Read the body, note whose it is, and hand the request on; Refused for a body that is none of the page's."""
        message = await whole_body(headers, receive, most) if scope["method"] == "POST" else None
        words = check_words(message.get("body", b""), path) if message and most == MOST_BODY else {}
        visitor, watch = visitors.note(scope, words.get("session_hash")), None
        if path.startswith(f"{_API}/run/"):
            watch = asyncio.create_task(_until_gone(receive, visitor.gone))
        try:
            await self.app(scope, receive if message is None else partial(_once, [message], receive), send)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            # Of Gradio's routes themselves, before the page's own functions: a part of the page that is none.
            LOG.warning("no request of the page: %s", first_line(error))
            await _answer(Refused(400, "That is no request of this page; reload it."))(scope, receive, send)
        finally:
            if watch:
                watch.cancel()
            if path.startswith(_HEARTBEAT):
                forget(scope["app"], path.removeprefix(_HEARTBEAT).strip("/"))

    def check_hosts(self, headers: Headers) -> None:
        """Refused for a request that was sent to a name which is not ours."""
        for header in ("host", "x-forwarded-host"):
            for value in headers.getlist(header):
                if not all(self.ours(_name(part)) for part in value.split(",")):
                    raise Refused(
                        421,
                        f"This page is not called {value[:80]!r}; whoever hosts it adds --public-host NAME for each "
                        "name that a visitor may type.",
                    )

    def ours(self, name: str) -> bool:
        if name in self.names:
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return self.anywhere or address.is_loopback

    def check_origin(self, headers: Headers, method: str, path: str) -> None:
        """Refused for what a script or picture of another website asks; its links may lead to the page itself."""
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "same-origin")
        if origin is not None and not self.same(origin, headers):
            raise Refused(403, f"The website {origin[:80]} may not use this page; open the page itself.")
        led_here = method in ("GET", "HEAD") and path == "/" and headers.get("sec-fetch-mode") == "navigate"
        if site in ("cross-site", "same-site") and not led_here and not origin:
            raise Refused(403, "Another website may not use this page; open the page itself.")

    def same(self, origin: str, headers: Headers) -> bool:
        """Whether an Origin is the page's own: the Host that was asked, or behind a proxy a public name."""
        try:
            place = urlsplit(origin)
            name = (place.hostname or "").rstrip(".")
        except ValueError:
            return False
        if place.scheme not in ("http", "https"):
            return False
        hosts = [
            part.strip().lower() for key in ("host", "x-forwarded-host") for part in headers.get(key, "").split(",")
        ]
        return place.netloc.lower() in hosts or (name in self.names and name not in HERE)


class Bodies:
    """Room for the bodies of requests, from before they are read until they are answered; small ones need none."""

    def __init__(self, most: int = MOST_BODIES) -> None:
        self._free, self._changed = most, asyncio.Condition()

    @asynccontextmanager
    async def room(self, headers: Headers, most: int) -> AsyncIterator[None]:
        """Wait until a body of at most `most` bytes may be read; Refused where others take too long over theirs."""
        stated = headers.get("content-length", "")
        size = min(int(stated), most) if stated.isdecimal() and len(stated) < 20 else most
        if size <= SMALL_BODY:
            yield
            return
        async with self._changed:
            try:
                await asyncio.wait_for(self._changed.wait_for(lambda: size <= self._free), PATIENCE)
            except TimeoutError:
                raise Refused(503, "Too much is being sent here just now; send yours again in a minute.") from None
            self._free -= size
        try:
            yield
        finally:
            self._free += size
            async with self._changed:
                self._changed.notify_all()


def middleware(host: str | None, public: Iterable[str] = ()) -> Middleware:
    """The gate for a page that listens on `host` (None: on this machine alone) and is also called `public`.

    A Space says its names itself, in SPACE_HOST.
    """
    host = (host or os.environ.get("GRADIO_SERVER_NAME") or "127.0.0.1").strip("[]")
    anywhere = host in EVERYWHERE
    machine = socket.gethostname()
    names = [*HERE, *public, *filter(None, os.environ.get("SPACE_HOST", "").split(","))]
    names += [machine, f"{machine}.local"] if anywhere else [host]
    return Middleware(Gate, names=names, anywhere=anywhere)  # type: ignore[arg-type]


def check_route(method: str, path: str, headers: Headers) -> None:
    """Refused for a route that the page has no use for, a file that is not the page's, or a body that is no JSON."""
    reading = method in ("GET", "HEAD")
    if not (reading and _GETS.fullmatch(path)) and not (method == "POST" and _POSTS.fullmatch(path)):
        raise Refused(404, f"This page has nothing under {path[:80]!r} for {method[:10]!r}.")
    if reading and path.startswith(_FILE) and not _is_own_file(path.removeprefix(_FILE)):
        raise Refused(404, "There is no such file here; make it again.")
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not reading and kind != "application/json" and not path.startswith("/login"):
        raise Refused(415, f"A request to this page is JSON (Content-Type: application/json), got {kind[:40]!r}.")


def _is_own_file(name: str) -> bool:
    """Whether a path is one of the files that this page wrote for its visitors; never an address of the web."""
    try:
        return Path(name).resolve().is_relative_to(Path(get_upload_folder()).resolve())
    except (OSError, ValueError, RuntimeError):
        return False


async def whole_body(headers: Headers, receive: Receive, most: int) -> Message:
    """The body of a request as one message; Refused while it arrives, or before, where it is too much."""
    stated = headers.get("content-length", "0")
    if not stated.isdecimal() or int(stated) > most:
        raise _too_large(stated, most)
    try:
        async with asyncio.timeout(PATIENCE):
            return await _arrived(receive, most)
    except TimeoutError:
        raise Refused(408, f"That was not sent within {PATIENCE:.0f} seconds; send less, or again.") from None


async def _arrived(receive: Receive, most: int) -> Message:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return message
        body += message.get("body", b"")
        if len(body) > most:
            raise _too_large(str(len(body)), most)
        if not message.get("more_body"):
            break
    return {"type": "http.request", "body": bytes(body), "more_body": False}


def check_words(body: bytes, path: str) -> dict[str, Any]:
    """What a body says; Refused for one that is no object of plain JSON with the words of Gradio's routes in place."""
    if sum(map(body.count, b"[{,")) > MOST_PARTS:
        raise Refused(413, f"A request holds at most {MOST_PARTS:,} values; draw or send less.")
    try:
        words = orjson.loads(body)
        plain(words)
    except orjson.JSONDecodeError as error:
        raise Refused(400, f"A request to this page is JSON, this is none ({first_line(error)[:80]}).") from None
    except RequestError as error:
        raise Refused(400, str(error)) from None
    if not isinstance(words, dict):
        raise Refused(400, f"A request to this page is a JSON object, got {str(words)[:40]!r}.")
    if not isinstance(words.get("data", []), list) and "/component_server" not in path:
        raise Refused(400, f"The data of a request is a list, got {str(words['data'])[:40]!r}.")
    for name, kinds in WORDS.items():
        value = words.get(name)
        if value is not None and (not isinstance(value, kinds) or isinstance(value, str) and len(value) > MOST_NAME):
            raise Refused(400, f"{name!r} in a request is {kinds.__name__}, got {str(value)[:40]!r}.")
    return words


def _answer(error: Refused) -> JSONResponse:
    """As Gradio's clients read it, and as FastAPI's own."""
    return JSONResponse({"error": error.detail, "detail": error.detail}, error.status_code)


def _too_large(stated: str, most: int) -> Refused:
    seen = f"{int(stated) / 1e6:.3g} MB" if stated.isdecimal() and len(stated) < 20 else "more"
    return Refused(413, f"A request to this page has at most {most / 1e6:g} MB, this one {seen}.")


async def _once(waiting: list[Message], receive: Receive) -> Message:
    """The body that was read already, then whatever comes after it (that the visitor went away)."""
    return waiting.pop() if waiting else await receive()


async def _until_gone(receive: Receive, gone: threading.Event) -> None:
    """Set `gone` when whoever waits for an answer has closed the connection, or has it."""
    while (await receive())["type"] != "http.disconnect":
        pass
    gone.set()


def _name(host: str) -> str:
    """The name in a Host header, without port and brackets; "" for what is none."""
    try:
        return (urlsplit(f"//{host.strip()}").hostname or "").rstrip(".")
    except ValueError:
        return ""
