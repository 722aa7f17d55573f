"""The card of a weight: what it is, what it was trained on, how it was made and how good it is.

A weight is a folder with `card.json` beside the files that the card names. Everything needed to build
the network is in the card, so that no flag has to be repeated.
"""

import hashlib
import json
import os
import re
import sys
import tempfile
import types
import typing
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import MISSING, asdict, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, BinaryIO

from gan_models.errors import WeightError

FORMAT = 1
CARD = "card.json"
TASKS = ("sample", "upscale", "translate")
SOURCES = ("drawing", "photo", "labels", "gray")
TARGETS = ("picture", "chroma")
MOST_BYTES = 1_000_000
"""A longer card.json is refused unread."""

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,79}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_WORDS = {str: "text", int: "a whole number", bool: "true or false"}


class _Typed:
    """Checks every field of a frozen dataclass against its annotation, and tells lists from tuples."""

    def __post_init__(self) -> None:
        hints = typing.get_type_hints(type(self))
        for part in fields(self):
            value = _typed(hints[part.name], getattr(self, part.name), f"{type(self).__name__}.{part.name}")
            object.__setattr__(self, part.name, value)
        self.check()

    def check(self) -> None:
        """Raise WeightError where a value has the right type and still cannot be."""


@dataclass(frozen=True)
class WeightFile(_Typed):
    """One file of a weight: its SHA-256 (64 hex digits) and its length in bytes."""

    sha256: str
    bytes: int

    def check(self) -> None:
        if not _SHA256.fullmatch(self.sha256):
            raise WeightError(f"A file's sha256 is 64 lower-case hex digits, got {self.sha256!r}.")
        _at_least(self.bytes, 0, "A file's length in bytes")


@dataclass(frozen=True)
class DataSet(_Typed):
    """What a weight was trained on; `free` says whether the data may be used for anything.

    `held_out`: rows of the set that training never saw, for whoever measures; empty where nothing is recorded.
    """

    name: str
    sha256: str
    count: int
    licence: str
    source: str
    free: bool
    held_out: tuple[int, ...] = ()

    def check(self) -> None:
        _at_least(self.count, 0, "A data set's count")


@dataclass(frozen=True)
class Measure(_Typed):
    """One figure, with what it takes to read it: n, features, seed, spread, floor and the command."""

    name: str
    value: float
    spread: float | None = None
    floor: float | None = None
    n: int = 0
    features: str = ""
    seed: int = 0
    command: str = ""

    def check(self) -> None:
        _at_least(self.n, 0, f"The n of {self.name}")


@dataclass(frozen=True)
class Stage(_Typed):
    """A training whose weights a later one began with: its command, the images it saw, the seconds it took, on what."""

    command: str = ""
    images: int = 0
    seconds: float = 0.0
    hardware: str = ""

    def check(self) -> None:
        _at_least(self.images, 0, "Stage.images")
        _at_least(self.seconds, 0, "Stage.seconds")


@dataclass(frozen=True)
class Making(_Typed):
    """How a weight was made: the command that makes it again, and what that took.

    `before`: the trainings that `--from` went on from, the first one first; all other fields are the last one's.
    """

    command: str = ""
    entry: str = ""
    config: dict[str, Any] = field(default_factory=dict)
    steps: int = 0
    images: int = 0
    seconds: float = 0.0
    hardware: str = ""
    torch: str = ""
    seed: int = 0
    version: str = ""
    before: tuple[Stage, ...] = ()

    @property
    def all_images(self) -> int:
        """Images seen in all stages."""
        return self.images + sum(stage.images for stage in self.before)

    @property
    def all_seconds(self) -> float:
        """Seconds of training in all stages."""
        return self.seconds + sum(stage.seconds for stage in self.before)

    @property
    def machines(self) -> tuple[str, ...]:
        """What computed in any stage, each once, as far as it is known."""
        every = (*(stage.hardware for stage in self.before), self.hardware)
        return tuple(dict.fromkeys(filter(None, every)))

    def check(self) -> None:
        _at_least(self.steps, 0, "Making.steps")
        _at_least(self.images, 0, "Making.images")
        _at_least(self.seconds, 0, "Making.seconds")


@dataclass(frozen=True)
class Label(_Typed):
    """One thing that a label map can hold, and the colour, "#rrggbb", that stands for it."""

    name: str
    colour: str

    def check(self) -> None:
        if not _COLOUR.fullmatch(self.colour):
            raise WeightError(f"A label's colour is written #rrggbb, got {self.colour[:20]!r}.")

    @property
    def rgb(self) -> tuple[int, int, int]:
        """The colour as three levels."""
        return tuple(bytes.fromhex(self.colour[1:]))


@dataclass(frozen=True)
class Translation(_Typed):
    """What a translator takes and gives.

    `source`: "drawing" (ink on paper, gray), "photo", "labels" (painted in the colours of `palette`) or "gray"
    (lightness of Lab). `target`: "picture", or "chroma" that joins the source's lightness. `hints`: whether
    colour hints are taken, and `spread`: whether their colours are spread over the sheet first. `directions`: what
    each direction does, in words, for those that have two.
    """

    source: str
    target: str = "picture"
    hints: bool = False
    spread: bool = False
    palette: tuple[Label, ...] = ()
    directions: tuple[str, ...] = ()

    def check(self) -> None:
        for name, value, known in (("source", self.source, SOURCES), ("target", self.target, TARGETS)):
            if value not in known:
                raise WeightError(f"A translation's {name} is one of {', '.join(known)}; got {value!r}.")


@dataclass(frozen=True)
class Card(_Typed):
    """The card of one weight; `free` says whether the weight may be used for anything.

    `film` holds the images seen by the network at each frame of film.webp. Raises WeightError for a
    field of the wrong type, an impossible name or a file name that could leave the folder.
    """

    name: str
    title: str
    task: str
    family: str
    method: str
    config: dict[str, Any]
    data: DataSet
    licence: str
    free: bool
    making: Making = field(default_factory=Making)
    files: dict[str, WeightFile] = field(default_factory=dict)
    parameters: dict[str, int] = field(default_factory=dict)
    measures: tuple[Measure, ...] = ()
    labels: tuple[str, ...] = ()
    film: tuple[int, ...] = ()
    translation: Translation | None = None
    format: int = FORMAT

    def check(self) -> None:
        if self.format != FORMAT:
            raise WeightError(
                f"The card has format {self.format}, this version reads format {FORMAT}; update GAN Atelier."
            )
        if not _NAME.fullmatch(self.name) or ".." in self.name:
            raise WeightError(
                f"A weight's name is made of a-z, 0-9, '.' and '-', such as dcgan-mnist, got {self.name[:80]!r}."
            )
        if self.task not in TASKS:
            raise WeightError(f"A card's task is one of {', '.join(TASKS)}; got {self.task!r}.")
        if (self.task == "translate") != (self.translation is not None):
            raise WeightError(
                f"The card of {self.name} has the task {self.task!r}; a translator, and nothing else, says in "
                "`translation` what it takes."
            )
        for name in self.files:
            if not _FILE.fullmatch(name) or ".." in name:
                raise WeightError(
                    f"The card of {self.name} names the file {name[:80]!r}; "
                    "only plain file names in its own folder are read."
                )

    @staticmethod
    def read(folder: Path | str) -> "Card":
        """Read `folder`/card.json; raises WeightError, naming the folder, for whatever is wrong with it."""
        path = Path(folder) / CARD
        try:
            if path.stat().st_size > MOST_BYTES:
                raise WeightError(f"it is longer than {MOST_BYTES:,} bytes, which no card is.")
            return Card.from_json(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise WeightError(f"{folder} has no {CARD}; give a folder that training.export wrote.") from None
        except (OSError, UnicodeDecodeError) as error:
            raise WeightError(f"{path} cannot be read ({error}).") from None
        except WeightError as error:
            raise WeightError(f"{path} is not a usable card: {error}") from None

    def write(self, folder: Path | str) -> None:
        """Write `folder`/card.json in one move, so that no reader ever sees half a card."""
        write_atomically(Path(folder) / CARD, self.to_json().encode())

    def to_json(self) -> str:
        """This card as indented JSON with a fixed order of keys."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    @staticmethod
    def from_json(text: str) -> "Card":
        """Build a card from JSON text; raises WeightError for unknown, missing or mistyped fields."""
        try:
            card = _typed(Card, json.loads(text), "card")
            # Whoever shows or copies a card writes it: NaN, half characters and endless nesting are refused here.
            card.to_json().encode()
            return card
        # ValueError: JSON's own error is one, and so is Python's for a whole number of over 4300 digits.
        except (ValueError, RecursionError) as error:
            raise WeightError(f"it is not JSON ({error}).") from None


def plain_name(text: str) -> str:
    """A weight's name made of any text: lower-case letters, digits, points and hyphens, at most 80.

    Where more than signs is lost (other alphabets, a long end) it ends in a hash of the text: two texts, two names.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    name = re.sub(r"\.{2,}", ".", re.sub(r"[^a-z0-9.]*[^a-z0-9.-][^a-z0-9.]*", "-", plain)).strip(".-")
    if not plain.isascii() or len(name) > 80:
        digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]
        return f"{name[:70].rstrip('.-') or 'model'}-{digest}"
    return name or "my-model"


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there; a reader sees the old content or the new."""
    with swapped(path) as file:
        file.write(content)


@contextmanager
def swapped(path: Path) -> Iterator[BinaryIO]:
    """`with swapped(path) as file:` an open binary file that becomes `path` only when the block succeeds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not named after the file, whose name may have all the bytes that a disk takes.
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files private; weights and runs are read by others too.
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _typed(hint: Any, value: Any, where: str) -> Any:
    """`value` as the annotated type (JSON lists as tuples, JSON objects as dataclasses), or WeightError."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return None if value is None else _typed(inner[0], value, where)
    if is_dataclass(hint):
        return value if isinstance(value, hint) else _record(hint, value, where)
    if origin is tuple:
        _expect(isinstance(value, list | tuple), where, "a list", value)
        return tuple(_typed(inner[0], item, f"{where}[{index}]") for index, item in enumerate(value))
    if origin is dict:
        _expect(isinstance(value, dict) and all(isinstance(key, str) for key in value), where, "an object", value)
        return {key: _typed(inner[1], item, f"{where}[{key!r}]") for key, item in value.items()}
    if hint is Any:
        return value
    if hint is float:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        # Compared, not asked by math.isfinite: that one fails at whole numbers that no float can hold.
        _expect(number and abs(value) <= sys.float_info.max, where, "a finite number", value)
        return float(value)
    _expect(isinstance(value, hint) and (hint is bool or not isinstance(value, bool)), where, _WORDS[hint], value)
    return value


def _record(kind: type, value: Any, where: str) -> Any:
    _expect(isinstance(value, dict), where, "an object", value)
    known = {part.name for part in fields(kind)}
    required = {part.name for part in fields(kind) if part.default is MISSING and part.default_factory is MISSING}
    if unknown := sorted(set(value) - known):
        raise WeightError(f"{where} has the unknown field {unknown[0]!r}; update GAN Atelier or remove it.")
    if missing := sorted(required - set(value)):
        raise WeightError(f"{where} lacks the field {missing[0]!r}.")
    hints = typing.get_type_hints(kind)
    return kind(**{key: _typed(hints[key], item, f"{where}.{key}") for key, item in value.items()})


def _expect(condition: bool, where: str, wanted: str, value: Any) -> None:
    if not condition:
        raise WeightError(f"{where} is {_short(value)}, expected {wanted}.")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _at_least(value: float, least: float, what: str) -> None:
    if value < least:
        raise WeightError(f"{what} is at least {least}, got {value}.")
