"""The card of a weight: what it is, what it was trained on, how it was made and how good it is.

A weight is a folder with `card.json` beside the files that the card names. Everything needed to build
the network is in the card, so that no flag has to be repeated.
"""

import hashlib
import json
import re
import unicodedata
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from gan_models.checks import _at_least, _Typed, _typed
from gan_models.drawing.sources import SOURCES, Source
from gan_models.errors import WeightError, reason
from gan_models.files import contents, write_atomically
from gan_models.words.vocabulary import Vocabulary

FORMAT = 1
CARD = "card.json"
TASKS = ("sample", "upscale", "translate", "repair", "sound", "play", "pose")
TARGETS = ("picture", "chroma")
MOST_BYTES = 1_000_000
"""A longer card.json is refused unread."""


_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,79}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


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
class Attribute(_Typed):
    """What a weight's named direction of the same number steers, in words and figures.

    `more` and `less`: words for either end; `about`: nouns for what it is of. `layers`: the ranges that it goes over.
    Strength 1, to either side, moves its own measure by a standard deviation of the set in the share `moved` of `n`
    pictures, by `change` deviations in the mean, and the measures of others by `effects`.
    """

    name: str
    more: tuple[str, ...]
    less: tuple[str, ...]
    about: tuple[str, ...]
    layers: tuple[str, ...] = ()
    moved: float = 0.0
    change: float = 0.0
    effects: dict[str, float] = field(default_factory=dict)
    n: int = 0
    seed: int = 0
    command: str = ""

    def check(self) -> None:
        if not 0 < len(self.name) <= 40:
            raise WeightError(f"An attribute's name has 1 to 40 characters, got {self.name[:60]!r}.")


@dataclass(frozen=True)
class Stage(_Typed):
    """A training whose weights a later one began with: its command, the images it saw, the seconds it took, on what.

    `gap`: what its command cannot bring back, in a sentence; empty where it can. `config` are its options, as Making's.
    """

    command: str = ""
    images: int = 0
    seconds: float = 0.0
    hardware: str = ""
    steps: int = 0
    entry: str = ""
    config: dict[str, Any] = field(default_factory=dict)
    gap: str = ""

    def check(self) -> None:
        _at_least(self.steps, 0, "Stage.steps")
        _at_least(self.images, 0, "Stage.images")
        _at_least(self.seconds, 0, "Stage.seconds")


@dataclass(frozen=True)
class Making(_Typed):
    """How a weight was made: the command that makes it again, and what that took.

    `before`: the trainings that `--from` went on from, the first one first; all other fields are the last one's.
    `gap`: what its command cannot bring back, in a sentence; empty where it can.
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
    gap: str = ""

    @property
    def stages(self) -> tuple["Stage | Making", ...]:
        """All trainings, the first one first."""
        return (*self.before, self)

    @property
    def all_steps(self) -> int:
        """Steps in all stages; 0 where a stage does not say its own."""
        steps = [stage.steps for stage in self.stages]
        return sum(steps) if all(steps) else 0

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
        red, green, blue = bytes.fromhex(self.colour[1:])
        return red, green, blue


@dataclass(frozen=True)
class Translation(_Typed):
    """What a translator takes and gives.

    `source`: "flat" (shapes in any colours on white paper), "drawing" (ink on paper, gray), "photo", "labels" (painted
    in the colours of `palette`) or "gray" (lightness of Lab). `target`: "picture", or "chroma" that joins the
    source's lightness. `hints`: whether colour hints are taken, and `spread`: whether their colours are spread over
    the sheet first. `directions`: what each direction does, in words, for those that have two. `styled`: whether it
    paints in the style of other pictures. `outlined`: whether it draws a photograph flat, with outlines: a cartoon.
    """

    source: str
    target: str = "picture"
    hints: bool = False
    spread: bool = False
    palette: tuple[Label, ...] = ()
    directions: tuple[str, ...] = ()
    styled: bool = False
    outlined: bool = False

    def check(self) -> None:
        for name, value, known in (("source", self.source, SOURCES), ("target", self.target, TARGETS)):
            if value not in known:
                raise WeightError(f"A translation's {name} is one of {', '.join(known)}; got {value!r}.")

    @property
    def takes(self) -> Source:
        """All there is to know of its kind of source."""
        return SOURCES[self.source]

    @property
    def whole(self) -> bool:
        """Whether a photograph keeps its size and is drawn tile by tile: in a style, or as a cartoon."""
        return self.styled or self.outlined

    @property
    def by_degrees(self) -> bool:
        """Whether its results have a strength, so that a photograph turns into them by degrees."""
        return self.whole or self.target == "chroma"


@dataclass(frozen=True)
class Card(_Typed):
    """The card of one weight; `free` says whether the weight may be used for anything.

    `film` holds the images seen by the network at each frame of film.webp; `names` what directions of styles do, as
    seen by eye, by "kind:index:range", for example {"principal:0:all": "light to black"}; `attributes` what its named
    directions do, by measure; `words` those that sentences to it may have. Raises WeightError for a field of the wrong
    type, an impossible name or a file name that could leave the folder.
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
    names: dict[str, str] = field(default_factory=dict)
    attributes: tuple[Attribute, ...] = ()
    words: Vocabulary | None = None
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

    @property
    def source(self) -> str | None:
        """The kind of source that it is given, one of SOURCES; None for a weight that is given none."""
        given = {"repair": "mask", "pose": "joints"}.get(self.task)
        return given if self.translation is None else self.translation.source

    @property
    def things(self) -> str:
        """What it was trained on, in the plural."""
        return "sounds" if self.task == "sound" else "pictures"

    @staticmethod
    def read(folder: Path | str) -> "Card":
        """Read `folder`/card.json; raises WeightError, naming the folder, for whatever is wrong with it."""
        path = Path(folder) / CARD
        try:
            return Card.from_json(contents(path, MOST_BYTES).decode())
        except FileNotFoundError:
            raise WeightError(f"{folder} has no {CARD}; give a folder that training.export wrote.") from None
        except (OSError, UnicodeDecodeError) as error:
            raise WeightError(f"{path} cannot be read ({reason(error)}).") from None
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
            json.dumps(asdict(card), ensure_ascii=False, allow_nan=False).encode()
            return card
        # ValueError: JSON's own error is one, and so is Python's for a whole number of over 4300 digits.
        except (ValueError, RecursionError) as error:
            raise WeightError(f"it is not JSON ({reason(error)}).") from None


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
