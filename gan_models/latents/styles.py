"""Styles: what a style-based generator draws from, one w a layer, and the words in which they are edited.

A picture's styles are float32 (layers, D). Layers are counted from 0; a range (start, stop) leaves out `stop`.
"""

import base64
import binascii
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gan_models.errors import RequestError
from gan_models.latents.seeds import LAST_SEED
from gan_models.latents.words import number, numbers_of, only, whole

MOST_LAYERS = 64
MOST_NUMBERS = 2**16
"""Numbers in the styles of one picture; 14 layers of 4096 are the most that a config allows."""
MOST_MIXES, MOST_PUSHES = 16, 128
NAMED = "named"
"""The kind of directions whose rows are steps of all layers (layers, D), each for an attribute with a name."""
RANGES = ("all", "coarse", "middle", "fine")
_HEADER = struct.Struct("<BH")  # bytes of a number, layers
_TYPES = {2: torch.float16, 4: torch.float32}


@dataclass(frozen=True)
class Mix:
    """Another picture's base, crossed in over a range of layers (Karras et al. 2019, section 3.1, style mixing).

    One of `seed`, `latent` and `styles` is the other base, as in a Point; `label` its class. `share` from 0 to 1 is how
    far the styles of the layers go to its own. `layers` None means all of them.
    """

    seed: int | None = None
    latent: tuple[float, ...] | None = None
    styles: str | None = None
    label: int | None = None
    layers: tuple[int, int] | None = None
    share: float = 1.0

    def __post_init__(self) -> None:
        check_base("mix", self)
        object.__setattr__(self, "layers", _layers(self.layers))
        object.__setattr__(self, "share", number("share of a mix", self.share, 0.0, 1.0))

    def to_json(self) -> dict[str, Any]:
        """This mix as a JSON object that holds only what is not by default."""
        words = base_words(self)
        if self.layers is not None:
            words["layers"] = list(self.layers)
        return words | ({"share": self.share} if self.share != 1.0 else {})

    @classmethod
    def from_json(cls, words: Any) -> "Mix":
        """Build a mix from what `to_json` gave."""
        return cls(**only("mix", words, cls))


@dataclass(frozen=True)
class Push:
    """A step of `amount` standard deviations along a direction of styles, over a range of layers (None: all).

    `kind` names one of the model's sets of style directions, `direction` a row of it. Rows of NAMED directions have a
    step of their own for each layer, and 1 is their usual strength.
    """

    direction: int
    amount: float
    layers: tuple[int, int] | None = None
    kind: str = "principal"

    def __post_init__(self) -> None:
        whole("direction of a push", self.direction, 4095)
        object.__setattr__(self, "amount", number("amount of a push", self.amount))
        object.__setattr__(self, "layers", _layers(self.layers))
        if not isinstance(self.kind, str) or not 0 < len(self.kind) <= 40:
            raise RequestError(f"The kind of a push names a set of directions, got {str(self.kind)[:60]!r}.")

    def to_json(self) -> dict[str, Any]:
        """This push as a JSON object that holds only what is not by default."""
        words: dict[str, Any] = {"direction": self.direction, "amount": self.amount}
        if self.layers is not None:
            words["layers"] = list(self.layers)
        return words | ({"kind": self.kind} if self.kind != "principal" else {})

    @classmethod
    def from_json(cls, words: Any) -> "Push":
        """Build a push from what `to_json` gave."""
        words = only("push", words, cls)
        if missing := [name for name in ("direction", "amount") if name not in words]:
            raise RequestError(f"A push has no {missing[0]}; give its direction and its amount.")
        return cls(**words)


def check_base(what: str, words: Any) -> None:
    """Check `seed`, `latent`, `styles` and `label` of a point or mix, and make the latent a tuple; RequestError."""
    given = [name for name in ("seed", "latent", "styles") if getattr(words, name) is not None]
    if len(given) != 1:
        raise RequestError(f"A {what} has either a seed or a latent or styles, and no two of them; give one.")
    if words.seed is not None:
        whole(f"seed of a {what}", words.seed, LAST_SEED)
    if words.label is not None:
        whole(f"label of a {what}", words.label, 10_000)
    if words.latent is not None:
        object.__setattr__(words, "latent", numbers_of(f"latent of a {what}", words.latent))
    if words.styles is not None:
        unpack(words.styles)


def base_words(words: Any) -> dict[str, Any]:
    """The base of a point or mix as a JSON object."""
    if words.seed is not None:
        said: dict[str, Any] = {"seed": words.seed}
    else:
        said = {"latent": list(words.latent)} if words.latent is not None else {"styles": words.styles}
    return said | ({"label": words.label} if words.label is not None else {})


def pack(styles: Tensor) -> str:
    """Styles (layers, D) as text that fits in a link: exact; shorter where halves say them, or layers are alike."""
    styles = styles.detach().cpu().float()
    kept = half if torch.equal((half := styles.half()).float(), styles) else styles
    content = _HEADER.pack(kept.element_size(), len(kept)) + kept.numpy().astype(f"<f{kept.element_size()}").tobytes()
    return base64.urlsafe_b64encode(zlib.compress(content, 9)).decode().rstrip("=")


def unpack(text: Any, what: str = "styles") -> Tensor:
    """The styles (layers, D) that `pack` said; RequestError for any other text."""
    try:
        data = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        content = zlib.decompressobj().decompress(data, 4 * MOST_NUMBERS + _HEADER.size)
        size, layers = _HEADER.unpack_from(content)
        body = bytearray(content[_HEADER.size :])
        styles = torch.frombuffer(body, dtype=_TYPES[size]).float().view(layers, -1)
    except (AttributeError, ValueError, KeyError, RuntimeError, binascii.Error, struct.error, zlib.error):
        raise RequestError(f"The {what} of a point are damaged; use the text as it was given, or a seed.") from None
    if not 1 <= layers <= MOST_LAYERS or not styles.isfinite().all() or styles.abs().max() > 1000:
        raise RequestError(f"The {what} of a point hold numbers from -1000 to 1000, of at most 64 layers.")
    return styles


def ranges(layers: int) -> dict[str, tuple[int, int]]:
    """The layers that draw coarse, middle and fine things: maps of up to 8 px, from 16 to 32, and the rest.

    As in Karras et al. 2019, section 3.1; a small picture's last side is always fine. {} without styles.
    """
    if not layers:
        return {}
    middle = min(7, layers - 3)
    return dict(zip(RANGES, ((0, layers), (0, 3), (3, middle), (middle, layers))))


def within(layers: tuple[int, int] | None, count: int, name: str) -> slice:
    """A range of layers as a slice; RequestError where the model `name` has fewer."""
    start, stop = layers or (0, count)
    if stop > count:
        raise RequestError(f"{name} has {count} layers, counted from 0; got layers {start} to {stop - 1}.")
    return slice(start, stop)


def mixed(styles: Tensor, other: Tensor, part: slice, share: float) -> Tensor:
    """Styles (layers, D) whose layers `part` go to those of another picture by a share."""
    styles = styles.clone()
    styles[part] = other[part] if share == 1 else styles[part] + share * (other[part] - styles[part])
    return styles


def pushed(styles: Tensor, push: Push, directions: Mapping[str, Tensor], name: str) -> Tensor:
    """Styles (layers, D) after a push; RequestError for a direction that the model `name` has not."""
    if push.kind not in directions:
        known = ", ".join(directions) or "none; export the weight again"
        raise RequestError(f"{name} has no style directions {push.kind!r}; it has {known}.")
    rows = directions[push.kind]
    if push.direction >= len(rows):
        raise RequestError(f"{name} has {len(rows)} style directions, counted from 0; got {push.direction}.")
    styles, part, row = styles.clone(), within(push.layers, len(styles), name), rows[push.direction]
    styles[part] += push.amount * (row[part] if row.ndim == 2 else row)
    return styles


def _layers(layers: Any) -> tuple[int, int] | None:
    if layers is None:
        return None
    if not isinstance(layers, tuple | list) or len(layers) != 2:
        raise RequestError(f"Layers are a pair such as [0, 3], from the first to before the last; got {layers!r:.60}.")
    start, stop = layers
    whole("first of the layers", start, MOST_LAYERS - 1)
    whole("end of the layers", stop, MOST_LAYERS)
    if start >= stop:
        raise RequestError(f"Layers end after they begin, as in [0, 3]; got [{start}, {stop}].")
    return start, stop
