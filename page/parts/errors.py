"""What a visitor reads when something goes wrong, and what the log keeps."""

from __future__ import annotations

import functools
import html
import inspect
import logging
import secrets
from collections.abc import Callable
from typing import Any

import gradio as gr

from gan_models.errors import AtelierError
from page.parts.requests import Asked, fits, kinds_of

LOG = logging.getLogger("atelier")


def sentence(error: Exception) -> str:
    """The sentence to show: an AtelierError's own, else one with an id that is also in the log."""
    if isinstance(error, AtelierError):
        return str(error)
    ident = secrets.token_hex(3)
    LOG.error("unexpected error %s", ident, exc_info=error)
    return f"Something went wrong that should not have. The server's log tells more under {ident}."


def toast(error: Exception) -> gr.Error:
    """The error as Gradio's toast; its text is shown as it is, never read as HTML, and programs read no entities."""
    if isinstance(error, gr.Error):
        return error
    return gr.Error(html.escape(sentence(error), quote=False), print_exception=False)


def guard(function: Callable) -> Callable:
    """Wrap an event's function, plain or generator, so that whatever it raises becomes a toast.

    What comes in is compared with the types that its parameters say, before anything is done.
    """
    kinds = kinds_of(function)
    names = list(inspect.signature(function).parameters)

    def check(args: tuple[Any, ...]) -> None:
        for name, value in zip(names, args):
            if name in kinds:
                fits(value, kinds[name], name)

    if inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def stream(*args: Any, **kwargs: Any):
            try:
                check(args)
                yield from function(*args, **kwargs)
            except Exception as error:  # the page's outermost edge: everything becomes a toast here
                raise toast(error) from None

        return stream

    @functools.wraps(function)
    def once(*args: Any, **kwargs: Any):
        try:
            check(args)
            return function(*args, **kwargs)
        except Exception as error:
            raise toast(error) from None

    return once


def answer(function: Callable[[dict], dict]) -> Callable[[dict], dict]:
    """Wrap a function that our own scripts call: an error comes back as {"error": sentence}."""

    @functools.wraps(function)
    def reply(request: dict) -> dict:
        try:
            fits(request, Asked, "request")
            return function(request)
        except Exception as error:
            return {"error": sentence(error)}

    return reply
