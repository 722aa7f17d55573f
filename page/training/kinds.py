"""What can be trained from the page, as rows: the entry, its sizes, and the flags that suit an ordinary computer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import log2
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gan_models.errors import RequestError

if TYPE_CHECKING:
    from gan_models.weight.card import Card

MOST_HELD = 500
"""Pictures that a training keeps back, at most (training/data/held_out.py)."""
GROWN = 0.4
"""Share of the minutes after which what grows has grown."""
PACE = 25.0
"""Pictures a second that one core shows to what grows (64 px, projected discriminator), for its schedule alone."""


@dataclass(frozen=True)
class Wanted:
    """What was chosen: where the pictures are, how many, the side in pixels, whether classes are drawn by, the file of
    the projected discriminator's features if one is at hand, whether to do without them, for how many minutes, the
    weight that it begins with, as its folder and card, and whether pairs are learned from right to left."""

    data: Path
    found: Mapping[str, Any]
    size: int
    by_class: bool = False
    plain: bool = False
    features: Path | None = None
    minutes: float = 15.0
    begin: tuple[Path, Card] | None = None
    swap: bool = False

    @property
    def own(self) -> bool:
        """Whether the family's own discriminator plays: the projected one sees photographs in colour from 32 px on."""
        return self.plain or self.size < 32 or self.found["channels"] == 1

    @property
    def learned(self) -> int:
        """Pictures that are left to learn from."""
        count = self.found["count"]
        return max(1, count - max(1, min(MOST_HELD, count // 20)))


@dataclass(frozen=True)
class Kind:
    """One row.

    words: what it does, for the visitor; needs: what the pictures must be, "" where any will do; weight: the shipped
    weight that shows what a long training of this kind reaches; classes: whether it draws by class; family: of the
    weights that it may begin with; shape: what of their config is an option of the entry, so that the networks are as
    large as theirs.
    """

    title: str
    words: str
    entry: str
    sizes: tuple[int, ...]
    flags: Callable[[Wanted], list[str]]
    weight: str
    needs: str = ""
    fits: Callable[[Mapping[str, Any]], bool] = lambda found: True
    classes: bool = False
    family: str = ""
    shape: tuple[str, ...] = ()

    def may_begin_with(self, card: Card, channels: int) -> bool:
        """Whether a weight's networks can go on learning, other pictures of as many channels, without classes."""
        config = card.config
        alike = card.family == self.family and config.get("channels") == channels and not config.get("classes")
        return alike and config.get("size") in self.sizes


def _batch(wanted: Wanted, usual: int) -> list[str]:
    """A smaller batch where the pictures do not fill the usual one."""
    return ["--batch", str(max(2, wanted.learned))] if wanted.learned < usual else []


def _judged(wanted: Wanted) -> list[str]:
    """Which discriminator: the projected one where it can be had, else the family's own, which sees pictures varied."""
    if wanted.plain and wanted.size >= 32 and wanted.found["channels"] == 3:
        return ["--augment", "colour", "translation"]
    return ["--feature-weights", str(wanted.features)] if wanted.features and not wanted.own else []


def _drawing(name: str, own_batch: int) -> Callable[[Wanted], list[str]]:
    """A family that draws from latents against a projected discriminator or its own, for which the batch is given."""

    def flags(wanted: Wanted) -> list[str]:
        own = ["--discriminator", name] if wanted.plain else []
        usual = own_batch if wanted.own else 32
        return ["--data", str(wanted.data), *own, *_judged(wanted), *_classes(wanted), *_batch(wanted, usual)]

    return flags


def _growing(name: str) -> Callable[[Wanted], list[str]]:
    """One that grows as its entry has it: it has its whole size after GROWN of the minutes, and learns it then."""

    def flags(wanted: Wanted) -> list[str]:
        turns = 2 * ((wanted.size // 8).bit_length() - 1) if wanted.own else 2
        # A power of two, so that a minute more or less is the same training, whose speed is known.
        each = str(2 ** round(log2(max(512.0, min(32_768.0, GROWN * PACE * 60 * wanted.minutes / turns)))))
        return [*_drawing(name, 32)(wanted), "--hold", each, "--fade", each]

    return flags


def _stylegan2(wanted: Wanted) -> list[str]:
    own = ["--discriminator", "stylegan2"] if wanted.plain else _judged(wanted)
    flags = ["--mixing", "0.5", *own, *_classes(wanted), *_batch(wanted, 32)]
    return ["--data", str(wanted.data), *flags]


def _simple(wanted: Wanted) -> list[str]:
    return ["--data", str(wanted.data), *_batch(wanted, 64)]


def _classes(wanted: Wanted) -> list[str]:
    return ["--conditional"] if wanted.by_class else []


def _pix2pix(wanted: Wanted, *more: str) -> list[str]:
    narrow = ["--width", "24", "--discriminator-width", "24"]
    return ["--data", str(wanted.data), *more, *narrow, *_batch(wanted, 16)]


def _cyclegan(wanted: Wanted) -> list[str]:
    one, two = wanted.found["sides"][:2]
    sides = ["--a", str(wanted.data / one), "--b", str(wanted.data / two)]
    return [*sides, "--width", "16", "--blocks", "6", "--discriminator-width", "24"]


PLAIN_SHAPE, BLOCKS_SHAPE = ("latent_dim", "width", "hidden", "upsampling"), ("latent_dim", "base", "most")

KINDS: Mapping[str, Kind] = {
    "dcgan": Kind(
        "DCGAN", "Draws new pictures like yours. Quick: the one to begin with.", "train_dcgan", (28, 32, 64, 128),
        _drawing("dcgan", 64), "dcgan-cats-64", classes=True, family="dcgan", shape=PLAIN_SHAPE,
    ),
    "stylegan2": Kind(
        "StyleGAN2", "Draws new pictures, with styles to mix and to edit. Slower, finer.", "train_stylegan2",
        (32, 64, 128), _stylegan2, "stylegan2-cats-64", classes=True, family="stylegan2", shape=BLOCKS_SHAPE,
    ),
    "sagan": Kind(
        "SAGAN", "Draws new pictures; self-attention lets distant parts agree.", "train_sagan",
        (32, 64, 128), _drawing("sagan", 64), "sagan-flowers-64", classes=True,
        family="sagan", shape=(*BLOCKS_SHAPE, "attention"),
    ),
    "biggan": Kind(
        "BigGAN", "Draws new pictures, best by class. The slowest here: give it an hour.", "train_biggan",
        (32, 64, 128), _drawing("biggan", 64), "biggan-flowers-64", classes=True,
        family="biggan", shape=("piece", "embedding", "base", "most", "attention"),
    ),
    "progan": Kind(
        "ProGAN", "Draws new pictures, coarse ones at first; it grows in the first half of the time.", "train_progan",
        (32, 64, 128), _growing("progan"), "progan-cats-64", classes=True,
    ),
    "stylegan": Kind(
        "StyleGAN", "Grows as ProGAN does, with styles to mix and to edit.", "train_stylegan",
        (32, 64, 128), _growing("stylegan"), "stylegan-avatars-64", classes=True,
    ),
    "wgan": Kind(
        "Wasserstein GAN", "A critic with a gradient penalty; for small, simple pictures.", "train_wgan",
        (28, 32, 64), _simple, "wgan-gp-mnist", family="dcgan", shape=PLAIN_SHAPE,
    ),
    "vanilla": Kind(
        "Simple GAN", "The first GAN of 2014, dense layers alone; for small, simple pictures.", "train_vanilla",
        (28, 32), _simple, "vanilla-mnist", family="vanilla", shape=("latent_dim", "width"),
    ),
    "drawings": Kind(
        "Drawings to pictures (pix2pix)", "You draw edges, it answers with a picture like yours.", "train_pix2pix",
        (64, 128), lambda wanted: _pix2pix(wanted, "--make", "edges"), "edges2cats-128",
    ),
    "pairs": Kind(
        "Pairs (pix2pix)", "From the left half to the right, or from one folder to another.", "train_pix2pix",
        (64, 128), lambda wanted: _pix2pix(wanted, *["--swap"] * wanted.swap), "lines2avatar-128",
        "pairs: pictures twice as wide as high, or two folders with the same names", lambda found: found["pairs"] > 1,
    ),
    "unpaired": Kind(
        "Two sets, no pairs (CycleGAN)", "From {one} to {two}, and back.", "train_cyclegan",
        (64, 128), _cyclegan, "glossy2flat-64",
        "two folders, one of each kind", lambda found: len(found["sides"]) == 2 and found["folder"],
    ),
}  # fmt: skip


def words_for(kind: str, wanted: Wanted) -> tuple[str, list[str]]:
    """The entry and its flags, without --minutes and --run; RequestError for what does not go together."""
    if kind not in KINDS:
        raise RequestError(f"There is no kind of training {kind[:40]!r}; choose one of {', '.join(KINDS)}.")
    row = KINDS[kind]
    if wanted.size not in row.sizes:
        raise RequestError(f"The size is {wanted.size}; {row.title} takes {', '.join(map(str, row.sizes))} pixels.")
    if not row.fits(wanted.found):
        raise RequestError(f"{row.title} needs {row.needs}; these are none. Choose another kind, or other pictures.")
    return row.entry, [*row.flags(wanted), *_begun(row, wanted), "--size", str(wanted.size)]


def _begun(row: Kind, wanted: Wanted) -> list[str]:
    """--from and the size of its networks; RequestError for a weight that cannot go on with these pictures."""
    if not wanted.begin:
        return []
    folder, card = wanted.begin
    if wanted.by_class or card.config.get("size") != wanted.size:
        raise RequestError(
            f"{card.title} draws {card.config.get('size')} px without classes; choose that size, or new networks."
        )
    if not row.may_begin_with(card, wanted.found["channels"]):
        raise RequestError(f"{row.title} cannot begin with {card.title}, whose networks are others; choose another.")
    shape = [("--" + name.replace("_", "-"), str(card.config[name])) for name in row.shape if name in card.config]
    return ["--from", str(folder), *(word for pair in shape for word in pair)]


def table(found: Mapping[str, Any], cards: Iterable[Card] = ()) -> list[dict[str, Any]]:
    """The rows as the form shows them; `why` is empty where these pictures will do, `begins` are the weights that they
    may begin with."""
    shelf = list(cards)
    one, two = found["sides"] if len(found["sides"]) == 2 else ("the first folder", "the second")
    return [
        {
            "key": key, "title": kind.title, "sizes": list(kind.sizes),
            "words": kind.words.format(one=one, two=two), "swaps": key == "pairs",
            "why": "" if kind.fits(found) else f"needs {kind.needs}",
            "classes": kind.classes and len(found["classes"]) > 1,
            "begins": [
                {"name": card.name, "title": card.title, "size": card.config["size"]}
                for card in shelf if kind.may_begin_with(card, found["channels"])
            ],
        }
        for key, kind in KINDS.items()
    ]  # fmt: skip
