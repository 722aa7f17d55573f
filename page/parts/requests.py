"""What a browser sends, checked: whole numbers, files and their names."""

import base64
import binascii
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from gan_models.checks import is_whole
from gan_models.errors import RequestError
from gan_models.pictures.images import MOST_PIXELS

MOST_BYTES = 20_000_000
"""Of one file that a visitor opens."""


class Asked(TypedDict, total=False):
    """What the page's scripts say in their requests; a name means the same in all of them."""

    weight: str | None
    point: dict | None
    points: list | None
    parents: list | None
    verdict: bool | None
    count: int
    strength: float | None
    seed: int | None
    items: list[dict]
    data: str | None
    name: str | None
    tab: str | None
    example: str
    id: str | None
    ids: list[str] | None
    names: list[str] | None
    named: dict | None
    job: str | None
    x: float
    y: float
    side: int | None
    settings: dict | list[dict] | None
    against: str | None
    judge: str | None
    trust: str | None
    kind: str
    large: bool | None
    mark: int | None
    number: int
    outline: bool | None
    strokes: list | None
    ground: str | None
    seeds: list[int]
    picked: int
    map: bool | None
    direction: int | None
    detector: str | None
    edges: str | None
    styles: list[dict] | None
    hit: dict | None
    hits: list[dict] | None
    tune: dict | None
    mix: float | None
    outlines: float | None
    keep: bool | None
    manner: str
    detail: float | None
    run: str | None
    frame: int
    layer: int | None
    pairs: list | None
    mask: str | None
    steps: list[dict] | None
    state: str | None
    box: dict | None
    total: int | None
    seconds: int
    easing: str
    closed: bool
    frames_per_step: int
    fps: int
    music: dict | None
    frames: list[str]
    action: int
    actions: str
    text: str | None
    restarts: list[int] | None
    joints: list | None
    person: int | dict
    last: str | None
    dance: dict
    dream: bool | None


class Said(dict):
    """A request whose missing words are a RequestError where they are needed."""

    def __missing__(self, name: str) -> Any:
        raise RequestError(f"The request does not say {name!r}, which is needed here.")


_SAID = {
    "int_type": "a whole number", "float_type": "a number", "string_type": "text", "bool_type": "true or false",
    "list_type": "a list", "dict_type": "an object", "missing": "given",
}  # fmt: skip
"""What each of pydantic's refusals would have taken."""


def fits(value: Any, kind: Any, what: str) -> None:
    """RequestError for a value that is not of a type; nothing is converted, every list and object is looked into."""
    try:
        _adapter(kind).validate_python(value, strict=True)
    except ValidationError as error:
        wrong = error.errors(include_url=False)
        place = wrong[0]["loc"][0] if kind is Asked and wrong[0]["loc"] else what
        said = dict.fromkeys(_SAID.get(part["type"], "") for part in wrong)
        words = " or ".join(filter(None, said)) or "something else"
        raise RequestError(f"{place!r} is {words}, got {str(wrong[0]['input'])[:60]!r}.") from None


@cache
def _adapter(kind: Any) -> TypeAdapter:
    return TypeAdapter(kind)


def kinds_of(function: Callable) -> dict[str, Any]:
    """The types that a function's parameters say, but those that Gradio fills in itself."""
    named = {name: kind for name, kind in get_type_hints(function).items() if name != "return"}
    kinds = {name: Asked if (name, kind) == ("request", dict) else kind for name, kind in named.items()}
    return {name: kind for name, kind in kinds.items() if not isinstance(kind, type) or kind.__module__[:6] != "gradio"}


_HALF = re.compile("[\ud800-\udfff]")
MOST_DEEP = 32
"""Lists and objects within each other; what the page sends has seven."""


def plain(value: Any) -> None:
    """RequestError for a value in which something is nested too deep, cannot be said, or is a file to Gradio.

    Such files are objects with a path and a meta, wherever they stand.
    """
    waiting = [(value, 0)]
    while waiting:
        part, depth = waiting.pop()
        if depth > MOST_DEEP:
            raise RequestError(f"A request holds lists and objects within each other, {MOST_DEEP} deep at most.")
        if isinstance(part, dict) and "path" in part and "meta" in part:
            raise RequestError("A request or a recipe names a file of this computer; send the picture itself.")
        if isinstance(part, str) and _HALF.search(part):
            raise RequestError("A request holds text with half a character in it; write it anew.")
        inner = (*part, *part.values()) if isinstance(part, dict) else part if isinstance(part, list | tuple) else ()
        waiting += [(item, depth + 1) for item in inner if _is_worth_a_look(item)]


def _is_worth_a_look(part: Any) -> bool:
    return isinstance(part, dict | list | tuple) or isinstance(part, str) and not part.isascii()


def whole(value: Any, least: int, most: int, what: str) -> int:
    """`value` as an int between two bounds, or a RequestError that says `what` it should have been."""
    if not is_whole(value, least, most):
        raise RequestError(f"{what} is a whole number from {least} to {most}, got {value!r}.")
    return value


def decoded(data: Any) -> bytes:
    """The bytes of a file that arrived as base64 text; RequestError for what is none or too much."""
    try:
        content = base64.b64decode(data, validate=True)
    except (TypeError, binascii.Error):
        raise RequestError("A picture arrives as base64 text in 'data'.") from None
    if len(content) > MOST_BYTES:
        raise RequestError(
            f"That file has {len(content) / 1e6:.0f} MB; the page takes {MOST_BYTES / 1e6:.0f} MB and "
            f"{MOST_PIXELS / 1e6:.0f} megapixels. The commands gan_models.upscale and gan_models.translate take larger "
            "files."
        )
    return content


def file_name(request: dict) -> str:
    """An opened file's own name, so short that what is made of it has one that a disk takes: 255 bytes at most."""
    name = Path(str(request.get("name") or "picture.png"))
    return name.stem.encode(errors="ignore")[:120].decode(errors="ignore") + name.suffix[:10]


def check_source(source: Any) -> None:
    """RequestError for what a recipe names as its source and is not the hash of a picture."""
    if not re.fullmatch("[0-9a-f]{64}", str(source)):
        raise RequestError("The recipe in this file is damaged: its source is not the hash of a picture.")
