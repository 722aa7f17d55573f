"""One side of a training without pairs: a set of pictures, or those of it that a rule selects."""

from dataclasses import replace
from pathlib import Path

import torch

from gan_models.errors import TrainingError
from training.data import load_set
from training.data.fur import SELECTIONS
from training.data.image_set import ImageSet
from training.data.pairs import MOST_TESTED, apart, has_test

SHARE = 0.12
"""Of a set without test pictures so many are held out: the sets of crossings are small."""


def load_side(
    name: str, size: int | None, limit: int | None = None, data_root: Path | None = None
) -> tuple[ImageSet, ImageSet, ImageSet, tuple[int, ...]]:
    """All pictures, those to learn from, those held out, and the rows of the latter (none for a test split).

    name: a folder, zip or named set, or one of these with "@" and a selection's name. data_root: as of
    `training.data.load_set`. Raises TrainingError.
    """
    source, _, rule = name.partition("@")
    if not source:
        raise TrainingError("A set has no name: give folders, zips or named sets with --a and --b.")
    if rule and rule not in SELECTIONS:
        raise TrainingError(f"There is no selection {rule!r}; choose one of {', '.join(SELECTIONS)}.")
    shape = {"channels": 3, "data_root": data_root}
    whole = chosen(load_set(source, size=size, limit=limit, **shape), rule)
    if not rule and has_test(source):
        return whole, whole, load_set(source, size=whole.size, split="test", limit=MOST_TESTED, **shape), ()
    return whole, *apart(whole, SHARE)


def chosen(data: ImageSet, rule: str) -> ImageSet:
    """The pictures that a selection takes, under a name that says so; all of them without one."""
    if not rule:
        return data
    rows = SELECTIONS[rule](data.images[torch.arange(len(data))]).nonzero()[:, 0]
    if len(rows) < 2:
        raise TrainingError(f"Of {data.name} {len(rows)} of {len(data)} pictures are {rule}; at least 2 are needed.")
    return replace(data.take(rows), name=f"{data.name}, {rule}", sha256=data.sha256)


def words(name: str) -> str:
    """What a side is called on the page: its selection, or its set without ending."""
    source, _, rule = name.partition("@")
    return rule or Path(source).stem.removeprefix("robohash-").replace("robohash", "robots").replace("-", " ")
