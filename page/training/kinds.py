"""What can be trained from the page, as rows: the entry, its sizes, and the flags that suit an ordinary computer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gan_models.errors import RequestError

MOST_HELD = 500
"""Pictures that a training keeps back, at most (training/data/held_out.py)."""
LATENT = ("dcgan", "stylegan2")


@dataclass(frozen=True)
class Wanted:
    """What was chosen: where the pictures are, how many, the side in pixels, whether classes are drawn by, the file of
    the projected discriminator's features if one is at hand, and whether to do without them."""

    data: Path
    found: Mapping[str, Any]
    size: int
    by_class: bool = False
    plain: bool = False
    features: Path | None = None

    @property
    def learned(self) -> int:
        """Pictures that are left to learn from."""
        count = self.found["count"]
        return max(1, count - max(1, min(MOST_HELD, count // 20)))


@dataclass(frozen=True)
class Kind:
    """One row. words: what it does, for the visitor; needs: what the pictures must be, "" where any will do; weight:
    the shipped weight that shows what a long training of this kind reaches."""

    title: str
    words: str
    entry: str
    sizes: tuple[int, ...]
    flags: Callable[[Wanted], list[str]]
    weight: str
    needs: str = ""
    fits: Callable[[Mapping[str, Any]], bool] = lambda found: True


def _batch(wanted: Wanted, usual: int) -> list[str]:
    """A smaller batch where the pictures do not fill the usual one."""
    return ["--batch", str(max(2, wanted.learned))] if wanted.learned < usual else []


def _judged(wanted: Wanted) -> list[str]:
    """Which discriminator: the projected one where it can be had, else the family's own, which sees pictures varied."""
    small = wanted.size < 32 or wanted.found["channels"] == 1
    if small:
        return []
    if wanted.plain:
        return ["--augment", "colour", "translation"]
    return ["--feature-weights", str(wanted.features)] if wanted.features else []


def _dcgan(wanted: Wanted) -> list[str]:
    own = ["--discriminator", "dcgan"] if wanted.plain else []
    usual = 64 if wanted.plain or wanted.size < 32 or wanted.found["channels"] == 1 else 32
    return ["--data", str(wanted.data), *own, *_judged(wanted), *_classes(wanted), *_batch(wanted, usual)]


def _stylegan2(wanted: Wanted) -> list[str]:
    own = ["--discriminator", "stylegan2"] if wanted.plain else _judged(wanted)
    flags = ["--mixing", "0.5", *own, *_classes(wanted), *_batch(wanted, 32)]
    return ["--data", str(wanted.data), *flags]


def _classes(wanted: Wanted) -> list[str]:
    return ["--conditional"] if wanted.by_class else []


def _pix2pix(wanted: Wanted, *more: str) -> list[str]:
    narrow = ["--width", "24", "--discriminator-width", "24"]
    return ["--data", str(wanted.data), *more, *narrow, *_batch(wanted, 16)]


def _cyclegan(wanted: Wanted) -> list[str]:
    one, two = wanted.found["sides"][:2]
    sides = ["--a", str(wanted.data / one), "--b", str(wanted.data / two)]
    return [*sides, "--width", "16", "--blocks", "6", "--discriminator-width", "24"]


KINDS: Mapping[str, Kind] = {
    "dcgan": Kind(
        "DCGAN", "Draws new pictures like yours. Quick: the one to begin with.", "train_dcgan", (28, 32, 64, 128),
        _dcgan, "dcgan-cats-64",
    ),
    "stylegan2": Kind(
        "StyleGAN2", "Draws new pictures, with styles to mix and to edit. Slower, finer.", "train_stylegan2",
        (32, 64, 128), _stylegan2, "stylegan2-cats-64",
    ),
    "drawings": Kind(
        "Drawings to pictures (pix2pix)", "You draw edges, it answers with a picture like yours.", "train_pix2pix",
        (64, 128), lambda wanted: _pix2pix(wanted, "--make", "edges"), "edges2cats-128",
    ),
    "pairs": Kind(
        "Pairs (pix2pix)", "From the left half to the right, or from one folder to another.", "train_pix2pix",
        (64, 128), _pix2pix, "lines2avatar-128",
        "pairs: pictures twice as wide as high, or two folders with the same names", lambda found: found["pairs"] > 1,
    ),
    "unpaired": Kind(
        "Two sets, no pairs (CycleGAN)", "From the first folder's kind to the second's, and back.", "train_cyclegan",
        (64, 128), _cyclegan, "robots2monsters-64",
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
    return row.entry, [*row.flags(wanted), "--size", str(wanted.size)]


def table(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows as the form shows them; `why` is empty where these pictures will do."""
    return [
        {
            "key": key, "title": kind.title, "words": kind.words, "sizes": list(kind.sizes),
            "why": "" if kind.fits(found) else f"needs {kind.needs}",
            "classes": key in LATENT and len(found["classes"]) > 1,
        }
        for key, kind in KINDS.items()
    ]  # fmt: skip
