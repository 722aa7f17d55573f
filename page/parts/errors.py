"""What a visitor reads when something goes wrong, and what the log keeps."""

from __future__ import annotations

import functools
import html
import inspect
import logging
import re
import secrets
from collections.abc import Callable
from typing import Any

import gradio as gr

from gan_models.errors import AtelierError
from page.parts.requests import Asked, Said, fits, kinds_of

MOST_SAID = 1000
"""Characters of a sentence; what is longer repeats what it was sent."""
_PATH = re.compile(r"(?<![\w.:/\\<-])(?:[A-Za-z]:)?(?:[\\/][^\\/\s'\",;:()<>]+){2,}")
"""Two names or more from the root on, in the manner of Unix or of Windows; no address of the web, no user/repo."""
LOG = logging.getLogger("atelier")


def sentence(error: Exception) -> str:
    """The sentence to show: an AtelierError's own, else one with an id that is also in the log."""
    if isinstance(error, AtelierError):
        said = names_only(str(error))
        return said if len(said) <= MOST_SAID else f"{said[:MOST_SAID]}…"
    ident = secrets.token_hex(3)
    LOG.error("unexpected error %s", ident, exc_info=error)
    return f"Something went wrong that should not have. The server's log tells more under {ident}."


def names_only(text: str) -> str:
    """A sentence without the places where this computer keeps things: of a path from the root its last name."""
    return _PATH.sub(lambda found: re.split(r"[\\/]", found[0])[-1], text)


def toast(error: Exception) -> gr.Error:
    """The error as Gradio's toast; its text is shown as it is, never read as HTML."""
    if isinstance(error, gr.Error):
        return error
    return gr.Error(html.escape(sentence(error), quote=False), print_exception=False)


def plain(error: Exception) -> gr.Error:
    """The error for programs: the same sentence as it is, since nothing there reads it as HTML."""
    return error if isinstance(error, gr.Error) else gr.Error(sentence(error), print_exception=False)


def called(function: Callable) -> Callable:
    """Wrap a function of the API, so that whatever it raises is a plain sentence."""
    return guard(function, plain)


def guard(function: Callable, told: Callable[[Exception], gr.Error] = toast) -> Callable:
    """Wrap an event's function, plain or generator, so that whatever it raises is told: as a toast.

    What comes in is compared with the types that its parameters say, before anything is done.
    """
    kinds = kinds_of(function)
    names = list(inspect.signature(function).parameters)

    def checked(args: tuple[Any, ...]) -> list[Any]:
        given = list(args)
        for place, (name, value) in enumerate(zip(names, args)):
            if name in kinds:
                fits(value, kinds[name], name)
            if kinds.get(name) is Asked:
                given[place] = Said(value)
        return given

    if inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def stream(*args: Any, **kwargs: Any):
            try:
                yield from function(*checked(args), **kwargs)
            except Exception as error:  # the page's outermost edge: everything becomes a toast here
                raise told(error) from None

        return stream

    @functools.wraps(function)
    def once(*args: Any, **kwargs: Any):
        try:
            return function(*checked(args), **kwargs)
        except Exception as error:
            raise told(error) from None

    return once


def answer(function: Callable[[dict], dict]) -> Callable[[dict], dict]:
    """Wrap a function that our own scripts call: an error comes back as {"error": sentence}."""

    @functools.wraps(function)
    def reply(request: dict) -> dict:
        try:
            fits(request, Asked, "request")
            return function(Said(request))
        except Exception as error:
            return {"error": sentence(error)}

    return reply
