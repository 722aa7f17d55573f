"""Pairs of source and target: side by side in one picture, in two folders, or made from single pictures.

    FOLDER/1.jpg                            source left, target right, twice as wide as high
    FOLDER/edges/1.png  FOLDER/photos/1.jpg two folders with the same names; the first by name is the source
    FOLDER/A/train/1.png  FOLDER/trainB/... splits above or below them, as other programs lay pairs (see layout)
    FOLDER/1.jpg with a way to make         edges, lines or gray of the picture are its source

Folders `train` and `test` above these are splits; without `test` some pictures are held out.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import torch

from gan_models.errors import TrainingError
from gan_models.files import at_home
from gan_models.pictures.images import fit
from training.data import NAMES, cache, held_out, load_set
from training.data.image_set import Attribute, ImageSet
from training.data.known import OWN, Known, known
from training.data.layout import layout, readable
from training.data.pictures import Files, content_hash, decoded, headers, natural_size, open_files
from training.data.sketch import Chains

Make = Literal["", "edges", "lines", "gray"]
Drawn = Callable[[int], Chains]
MOST_TESTED = 500
ASPECT = (1.9, 2.1)
# Pairs that are known to be none, by the hash of their set.
WRONG = {
    "b818559e5d33b79327417ac7ba2c11999841b4d52c03758885c5f674f119e048": {
        "train/242.jpg": "its label map is another facade's",
    }
}
ROW = "row"
"""The attribute that says which picture of its whole set one is."""


@dataclass(frozen=True)
class PairSet:
    """Targets with what their sources are made of: uint8 pictures `sources` (N, 3, S, S), or None and a way
    to make them.

    `chains`: for sets drawn from lines (avatars), picture n's own. `held_out`: the rows of the whole set that
    are kept from training; empty where the set has a test split of its own.
    """

    target: ImageSet
    sources: torch.Tensor | None = None
    make: Make = ""
    chains: Drawn | None = None
    held_out: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.target)

    def take(self, rows: torch.Tensor) -> "PairSet":
        """The set of these pairs only, in this order. rows: int64 (M,)."""
        chains = self.chains
        moved = None if chains is None else (lambda index: chains(int(rows[index])))
        return replace(
            self,
            target=self.target.take(rows),
            sources=None if self.sources is None else self.sources[rows],
            chains=moved,
        )


def load_pairs(
    data: Sequence[str],
    make: Make = "",
    size: int | None = None,
    swap: bool = False,
    limit: int | None = None,
    cuts: int = 1,
    data_root: Path | None = None,
) -> tuple[ImageSet, PairSet, PairSet]:
    """All targets that `data` names, the pairs to learn from and those held out.

    data: folders, zips or named sets; pairs come from one only. make: how sources are made of single pictures;
    "" for pairs. size: side in pixels (None: 128, or the natural size of pairs). swap: the second of two is the
    source. limit: the first so many of each set. cuts: how many further squares are cut from every picture twice
    as large as the size. data_root: as of `training.data.load_set`. Raises TrainingError with one sentence for what
    cannot be paired.
    """
    if not data or (len(data) > 1 and not make):
        raise TrainingError(f"--data names {len(data)} sets; give one, or say by --make how sources are made of them.")
    if not make:
        return given_pairs(at_home(data[0]), size, swap, limit)
    parts = [made_pairs(name, make, size or 128, limit, cuts, data_root) for name in data]
    wholes, learned, kept = zip(*parts)
    if len(parts) == 1:
        return parts[0]
    starts = np.cumsum([0, *(len(whole) for whole in wholes[:-1])])
    rows = tuple(int(start) + row for start, part in zip(starts, learned) for row in part.held_out)
    return (
        joined(wholes),
        PairSet(joined([part.target for part in learned]), None, make, held_out=rows),
        PairSet(joined([part.target for part in kept]), None, make, held_out=rows),
    )


def made_pairs(
    name: str, make: Make, size: int, limit: int | None, cuts: int, data_root: Path | None = None
) -> tuple[ImageSet, PairSet, PairSet]:
    """One set of single pictures as targets: all, to learn from, held out."""
    shape = {"size": size, "channels": 3, "data_root": data_root}
    whole = load_set(name, limit=limit, **shape)
    drawn = _drawn(name, make, "train", size)
    if has_test(name):
        tested = load_set(name, split="test", limit=MOST_TESTED, **shape)
        kept = PairSet(tested, None, make, _drawn(name, make, "test", size))
        learned, rows = PairSet(whole, None, make, drawn), ()
    else:
        first, second, rows = apart(whole)
        learned, kept = (PairSet(part, None, make, drawn and _of(drawn, part)) for part in (first, second))
    if cuts > 1 and name not in NAMES:
        learned = replace(learned, target=with_cuts(name, learned.target, cuts))
    return whole, replace(learned, held_out=rows), replace(kept, held_out=rows)


def apart(whole: ImageSet, share: float = 0.05, most: int = MOST_TESTED) -> tuple[ImageSet, ImageSet, tuple[int, ...]]:
    """Learned, held out, and the rows of the held-out ones; near-duplicates fall on the same side."""
    numbered = replace(whole, attributes={**whole.attributes, ROW: Attribute((), torch.arange(len(whole)))})
    learned, kept = held_out(numbered, share, most)
    return learned, kept, tuple(kept.attributes[ROW].labels.tolist())


def has_test(name: str) -> bool:
    """Whether a set has test pictures of its own."""
    if name in NAMES:
        return True
    path = at_home(name)
    if name.startswith("hf:") or not path.exists():
        return False
    with open_files(path) as files:
        try:
            train, test = (layout(files.names, split, path).names for split in ("train", "test"))
        except TrainingError:
            return False
    return train != test


def given_pairs(
    path: Path, size: int | None, swap: bool, limit: int | None = None
) -> tuple[ImageSet, PairSet, PairSet]:
    """Pairs as they lie in a folder or zip."""
    with open_files(path) as files:
        if not files.names:
            raise TrainingError(f"{path} holds no pictures; give side-by-side pairs, or two folders with equal names.")
        size = size or _pair_size(files)
        whole = _read_split(path, files, "train", size, swap, limit)
        tested = has_test(str(path))
        kept = _read_split(path, files, "test", size, swap, MOST_TESTED) if tested else None
    if kept is not None:
        return whole.target, whole, kept
    first, second, rows = apart(whole.target)
    index = [part.attributes[ROW].labels for part in (first, second)]
    learned, kept = (replace(whole.take(part), held_out=rows) for part in index)
    return whole.target, learned, kept


def _read_split(path: Path, files: Files, split: str, size: int, swap: bool, limit: int | None) -> PairSet:
    digest = content_hash(path, files)
    wrong = WRONG.get(digest, {})
    chosen = layout(files.names, split, path)
    kept = {name: inner for name, inner in zip(chosen.names, chosen.inner) if name not in wrong}
    names, (sides, twos) = list(kept), _two_folders(kept, path)
    if twos and not lettered(sides):
        refuse_wide(files, twos, sides, path)
    read = (lambda pair: _two(files, pair, size)) if twos else (lambda name: _halves(files, name, size))
    found, skipped = _all(read, (twos or names)[:limit], path)
    told = (*files.told, *(line for line in chosen.told if not line.startswith("folders are classes")))
    told += (_which(sides if twos else ("left half", "right half"), swap),)
    skipped += [f"{name}: {why}" for name, why in wrong.items() if name in files.names and split in name]
    pixels = np.stack([np.stack(pair) for pair in found]).transpose(1, 0, 4, 2, 3)
    sources, targets = (torch.from_numpy(np.ascontiguousarray(part)) for part in (pixels[::-1] if swap else pixels))
    of = known(digest) or Known(path.stem if path.is_file() else path.resolve().name, OWN, False, "")
    target = ImageSet(of.name, targets, None, (), digest, of.licence, of.free, of.source, tuple(skipped), told)
    return PairSet(target, sources)


def _which(sides: tuple[str, ...], swap: bool) -> str:
    """What became source and target, in words."""
    source, target = (readable(side) for side in (sides[::-1] if swap else sides))
    return f"sources are {source}, targets {target}" + ("" if swap else " (--swap turns them round)")


def lettered(sides: Sequence[str]) -> bool:
    """Whether two folders are called A and B, which says that their pictures are the halves of pairs."""
    return [side.rpartition("/")[2].upper() for side in sides] == ["A", "B"]


def refuse_wide(files: Files, twos: Sequence[tuple[str, str]], sides: Sequence[str], path: Path) -> None:
    """TrainingError where pictures of two folders are twice as wide as high: each may well be a pair by itself."""
    shapes = [image.size for image in headers(files, [name for pair in twos[:20] for name in pair])]
    if shapes and all(ASPECT[0] <= width / height <= ASPECT[1] for width, height in shapes):
        raise TrainingError(
            f"The pictures of {path} lie in {sides[0]} and {sides[1]} under equal names and are twice as wide as high: "
            "if each is a pair, source left, target right, put them all into one folder; if those of equal names "
            "belong together, call the folders A and B."
        )


def _two_folders(names: Mapping[str, str], path: Path) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
    """The two folders that all pictures lie in and the pairs of names from them, or neither where there are not two.

    names: by what lies below the split. TrainingError where some have no partner.
    """
    folders: dict[str, list[str]] = {}
    for name, inner in names.items():
        folders.setdefault(inner.rpartition("/")[0], []).append(name)
    if len(folders) != 2:
        return (), []
    (first, ones), (second, others) = ((folder, _by_stem(folders[folder], path)) for folder in sorted(folders))
    shared = sorted(ones.keys() & others.keys())
    lonely = sorted(ones.keys() ^ others.keys())
    if lonely:
        where = first if lonely[0] in ones else second
        raise TrainingError(
            f"{len(lonely)} of {len(ones) + len(others)} pictures in {path} have no partner of the same name in the "
            f"other folder, the first {Path(ones.get(lonely[0]) or others[lonely[0]]).name} in {where}; "
            "add the partners or take these out."
        )
    return (first or "(no folder)", second), [(ones[key], others[key]) for key in shared]


def _by_stem(names: Sequence[str], path: Path) -> dict[str, str]:
    """The pictures of a folder by their names without kinds; TrainingError where two share one."""
    found: dict[str, str] = {}
    for name in names:
        if (other := found.setdefault(Path(name).stem, name)) != name:
            raise TrainingError(
                f"{other} and {name} in {path} have one name, and only one can be in a pair; take one out."
            )
    return found


def _halves(files: Files, name: str, size: int) -> tuple[np.ndarray, np.ndarray]:
    picture = decoded(files.read(name))
    height, width = picture.shape[:2]
    if not ASPECT[0] <= width / height <= ASPECT[1]:
        raise _Unpaired(f"{name} is {width}x{height}, and a side-by-side pair is twice as wide as high")
    return fit(picture[:, : width // 2], size), fit(picture[:, width - width // 2 :], size)


def _two(files: Files, names: tuple[str, str], size: int) -> tuple[np.ndarray, np.ndarray]:
    one, two = (decoded(files.read(name)) for name in names)
    shapes = [f"{picture.shape[1]}x{picture.shape[0]}" for picture in (one, two)]
    if abs(one.shape[0] * two.shape[1] - one.shape[1] * two.shape[0]) > 0.03 * one.shape[0] * two.shape[1]:
        raise _Unpaired(f"{names[0]} is {shapes[0]} and its partner {names[1]} {shapes[1]}, which is another shape")
    return fit(one, size), fit(two, size)


class _Unpaired(Exception):
    """A picture that can be read and still is no pair."""


def _all(read: Callable, names: Sequence, path: Path) -> tuple[list, list[str]]:
    """What can be read, and a line for what cannot; TrainingError for the first that is no pair."""

    def one(name) -> tuple | str:
        try:
            return read(name)
        except _Unpaired:
            raise
        except Exception as error:  # damaged zips raise a dozen types, and one file must not stop a run
            return readable(f"{name if isinstance(name, str) else name[0]}: {error}")

    try:
        with ThreadPoolExecutor() as pool:
            found = list(pool.map(one, names))
    except _Unpaired as error:
        raise TrainingError(
            f"{path} holds no pairs: {error}; for single pictures say how to make the source, --make edges, lines or "
            "gray."
        ) from None
    good = [pair for pair in found if not isinstance(pair, str)]
    if not good:
        raise TrainingError(f"None of the {len(found)} pairs in {path} can be read; the first: {found[0]}.")
    return good, [line for line in found if isinstance(line, str)]


def _pair_size(files: Files) -> int:
    """The natural size of the halves, at least 32 px."""
    return max(32, natural_size(files, files.names))


def with_cuts(name: str, learned: ImageSet, cuts: int) -> ImageSet:
    """The set and up to `cuts` - 1 random squares of each of its pictures that is at least twice as large."""
    path, size = at_home(name), learned.size
    rows = learned.attributes.get(ROW)
    with open_files(path) as files:
        broken = {line.partition(": ")[0] for line in learned.skipped}
        names = [file for file in layout(files.names, "train", path).names if readable(file) not in broken]
        chosen = names[: len(learned)] if rows is None else [names[row] for row in rows.labels.tolist()]
        extra = [part for index, file in enumerate(chosen) for part in _cut(files.read(file), size, cuts - 1, index)]
    if not extra:
        return learned
    more = torch.from_numpy(np.stack(extra)).permute(0, 3, 1, 2).contiguous()
    images = torch.cat([learned.images[torch.arange(len(learned))], more])
    return replace(learned, images=images, labels=None, classes=(), attributes={})


def _cut(data: bytes, size: int, count: int, index: int) -> list[np.ndarray]:
    picture, draws = decoded(data), np.random.default_rng([index, size])
    height, width = picture.shape[:2]
    if min(height, width) < 2 * size:
        return []
    squares = []
    for side in draws.integers(size, min(height, width) + 1, count):
        top, left = draws.integers(0, height - side + 1), draws.integers(0, width - side + 1)
        squares.append(fit(picture[top : top + side, left : left + side], size))
    return squares


def _drawn(name: str, make: Make, split: str, size: int) -> Drawn | None:
    """The lines that a drawn set knows of its own pictures."""
    if name != "avatars" or make != "lines":
        return None
    from training.data.outlines import avatar_chains

    return avatar_chains(split, size)


def _of(drawn: Drawn, part: ImageSet) -> Drawn:
    rows = part.attributes[ROW].labels
    return lambda index: drawn(int(rows[index]))


def joined(sets: Sequence[ImageSet]) -> ImageSet:
    """Several sets as one, without labels; TrainingError where they take more than a quarter of memory."""
    room = cache.memory_budget_mb() * 1_000_000
    if (needed := sum(int(np.prod(part.images.shape)) for part in sets)) > room:
        raise TrainingError(f"These sets take {needed // 1_000_000} MB together, more than a quarter of memory.")
    return ImageSet(
        name=" and ".join(dict.fromkeys(part.name for part in sets)),
        images=torch.cat([part.images[torch.arange(len(part))] for part in sets]),
        sha256=hashlib.sha256("\n".join(part.sha256 for part in sets).encode()).hexdigest(),
        licence="; ".join(dict.fromkeys(f"{part.name}: {part.licence}" for part in sets)),
        free=all(part.free for part in sets),
        source="; ".join(dict.fromkeys(part.source for part in sets if part.source)),
        skipped=tuple(line for part in sets for line in part.skipped),
        told=tuple(line for part in sets for line in part.told),
    )
