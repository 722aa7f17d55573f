"""How the folders of a set are read: splits, sides of pairs and classes by their names, and what was taken for what.

train/cats/1.png  test/cats/9.png    splits, below them classes; any capitals, training_set, val, ...
cats/train/1.png  cats/test/9.png    the same, the other way round; so too A/train B/train A/test
trainA/1.png  trainB/1.png  testA/9.png    splits with a letter: the folders A and B below them
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gan_models.errors import TrainingError

SPLITS = {
    **{"train": "train", "training": "train", "trn": "train"},
    **dict.fromkeys(("test", "testing", "val", "valid", "validation", "eval", "evaluation"), "test"),
}
"""Names of splits in small letters, and whether one learns from them."""
MOST_NAMED = 8
"""Folders that a sentence names."""
RUN, WEIGHT = {"log.jsonl", "grids", "checkpoint"}, {"generator.safetensors"}

_SPLIT = re.compile(
    rf"({'|'.join(SPLITS)})(?:[ _-]?(?:set|data|images?|imgs?|pictures|photos|split))?(?:[ _-]?([ab]))?"
)


@dataclass(frozen=True)
class Layout:
    """The pictures of one split. names: as they lie; inner: their paths below the split; labels: the number of each
    one's class, None without classes; told: what was taken for what, a sentence each."""

    names: tuple[str, ...]
    inner: tuple[str, ...]
    labels: list[int] | None
    classes: tuple[str, ...]
    told: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Where a picture lies: the name of its split's folder, "train" or "test" or "" for none, and what is below."""

    folder: str
    split: str
    inner: str


def split_of(folder: str) -> tuple[str, str]:
    """("train" or "test", "A", "B" or "") for a folder that is named like a split, else ("", "")."""
    found = _SPLIT.fullmatch(folder.lower())
    return (SPLITS[found[1]], (found[2] or "").upper()) if found else ("", "")


def layout(names: Sequence[str], split: str, path: Path) -> Layout:
    """The pictures of a split ("train", "test", "all" or a folder's own name), of a set without splits all of them.

    TrainingError where the set at `path` has splits and not this one.
    """
    names, inner = tuple(names), stripped(tuple(names))
    places = splits_above(inner) or splits_below(inner)
    told: list[str] = []
    if places:
        wanted = {p.folder for p in places if p.split and (split in ("all", p.split) or p.folder.lower() == split)}
        if not wanted:
            there = sorted({p.folder for p in places if p.split})
            raise TrainingError(f"{path} has no split {split!r}, only {', '.join(there)}.")
        told += told_of_splits(places, wanted)
        chosen = [i for i, place in enumerate(places) if place.folder in wanted]
        names, inner = tuple(names[i] for i in chosen), tuple(places[i].inner for i in chosen)
    folders = [name.partition("/")[0] if "/" in name else "" for name in inner]
    classes = tuple(sorted(set(folders)))
    if len(classes) < 2 or "" in classes:
        beside = "1 picture lies" if folders.count("") == 1 else f"{folders.count('')} pictures lie"
        told += [f"{beside} beside folders, which are therefore no classes"] * (len(classes) > 1)
        return Layout(names, inner, None, (), tuple(told))
    told.append(f"folders are classes: {counted(folders)}")
    return Layout(names, inner, [classes.index(f) for f in folders], tuple(map(readable, classes)), tuple(told))


def stripped(names: tuple[str, ...]) -> tuple[str, ...]:
    """Takes off the folders that all files share, down to the level where splits or classes begin."""
    tops = tops_of(names)
    if len(tops) != 1 or "" in tops or split_of(next(iter(tops)))[0]:
        return names
    return stripped(tuple(name.partition("/")[2] for name in names))


def splits_above(names: Sequence[str]) -> list[Place]:
    """The place of each picture where the outermost folders are splits; empty where they are not.

    What lies beside both splits, a preview mostly, is in neither and no reason to learn from the tests.
    """
    tops = tops_of(names)
    found = {top: split_of(top) for top in tops if split_of(top)[0]}
    if not found or (tops != found.keys() and {split for split, _ in found.values()} != {"train", "test"}):
        return []
    return [place_in(name, *name.partition("/")[::2], found) for name in names]


def place_in(name: str, top: str, rest: str, found: Mapping[str, tuple[str, str]]) -> Place:
    """The place of a picture below the folder `top`."""
    if not rest or top not in found:
        return Place(top if rest else "", "", name)
    split, side = found[top]
    return Place(top, split, f"{side}/{rest}" if side else rest)


def splits_below(names: Sequence[str]) -> list[Place]:
    """The same where every outermost folder holds splits and nothing else: A/train/1.png; empty where not."""
    parts = [name.split("/", 2) for name in names]
    if any(len(part) < 3 or not split_of(part[1])[0] or split_of(part[1])[1] for part in parts):
        return []
    if len({part[0] for part in parts}) < 2:
        return []
    return [Place(middle, split_of(middle)[0], f"{top}/{rest}") for top, middle, rest in parts]


def tops_of(names: Iterable[str]) -> set[str]:
    """The outermost folders; "" where a picture lies in none."""
    return {name.partition("/")[0] if "/" in name else "" for name in names}


def told_of_splits(places: Sequence[Place], wanted: set[str]) -> list[str]:
    """What is taken and what is left, of the splits and of what lies beside them."""
    taken = counted(p.folder for p in places if p.folder in wanted)
    left = [p.folder for p in places if p.split and p.folder not in wanted]
    beside = [p.folder or "(no folder)" for p in places if not p.split]
    told = [f"folders are splits: {taken} taken" + (f", {counted(left)} left" if left else "")]
    return told + ([f"beside the splits and left out: {counted(beside)}"] if beside else [])


def counted(folders: Iterable[str]) -> str:
    """Folders with the number of their pictures: cats (3), dogs (4)."""
    found = sorted(Counter(folders).items())
    words = [f"{readable(folder)} ({count:,})" for folder, count in found[:MOST_NAMED]]
    return ", ".join(words + [f"and {len(found) - MOST_NAMED} more"] * (len(found) > MOST_NAMED))


def readable(text: str) -> str:
    """Text with names of files in it that can be printed and stored: of old ones some bytes are no characters."""
    return text.encode(errors="backslashreplace").decode()


def made_here(names: Iterable[str]) -> dict[str, str]:
    """Folders that this program wrote, with what they are: runs and weights, whose pictures are no data.

    names: of all files, with "/" between folders; "" is the outermost folder.
    """
    inside: dict[str, set[str]] = {}
    for name in names:
        parts = name.split("/")
        for depth in range(len(parts)):
            inside.setdefault("/".join(parts[:depth]), set()).add(parts[depth])
    runs = {folder: "a training run" for folder, held in inside.items() if "config.json" in held and held & RUN}
    weights = {folder: "a weight" for folder, held in inside.items() if "card.json" in held and held & WEIGHT}
    return runs | weights


def below(name: str, folders: Iterable[str]) -> bool:
    """Whether a file lies in one of these folders or deeper."""
    return any(not folder or name.startswith(f"{folder}/") for folder in folders)


def normal(name: str) -> str:
    """An entry of a zip as every unpacker places it: / between folders, nothing outside of the folder."""
    parts = re.sub(r"^[A-Za-z]:", "", name).replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", ".", ".."))
