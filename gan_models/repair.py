"""Photographs repaired: a hole that a mask shows is filled, and nothing else is touched.

`python -m gan_models.translate WEIGHT PHOTO... --mask MASK -o OUT` is its command. A mask is a picture as large as its
photograph, white in the hole; for several photographs it is a folder, with a mask for each by the same stem.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gan_models.drawing.masks import pack_mask, read_mask, unpack_mask
from gan_models.errors import RequestError
from gan_models.files import followed, write_atomically
from gan_models.inputs import each
from gan_models.latents.seeds import check_seed
from gan_models.loading import Model, Shelf
from gan_models.pictures.files import files_below, is_picture
from gan_models.pictures.photo import Photo, encode, kind_of, read_photo, unbled
from gan_models.recipe import Recipe
from gan_models.repairing.filling import repair
from gan_models.targets import check_targets

MOST_ANSWERS = 4
MOST_STEPS = 100
"""Repairs one after the other in one recipe."""


@dataclass(frozen=True)
class Step:
    """One repair of several made one after the other: with which weight, which hole, which of its answers."""

    model: Model
    mask: np.ndarray
    seed: int = 0

    def __post_init__(self) -> None:
        check_seed(self.seed)

    def words(self) -> dict[str, Any]:
        """Plain values for a recipe."""
        return {
            "weight": self.model.name,
            "sha256": self.model.sha256,
            "seed": self.seed,
            "mask": pack_mask(self.mask),
        }


def repaired(photo: Photo, steps: Sequence[Step]) -> Photo:
    """What comes of a photograph by some repairs."""
    for step in steps:
        photo = repair(step.model, photo, step.mask, step.seed)
    return photo


def recipe_of(photo: Photo, steps: Sequence[Step]) -> Recipe:
    """How a picture was repaired: seed and mask of the last repair, those before it, and the hash of the photograph."""
    *before, last = steps
    arguments = {"seed": last.seed, "mask": pack_mask(last.mask), "source": photo.sha256}
    if before:
        arguments["before"] = [step.words() for step in before]
    return Recipe(last.model.name, last.model.sha256, "repair", arguments)


def words_of(recipe: Recipe) -> list[dict[str, Any]]:
    """Every repair of a recipe in plain values, as `Step.words` wrote them; RequestError for another recipe."""
    words = dict(recipe.arguments)
    before = words.pop("before", [])
    if recipe.verb != "repair" or set(words) != {"seed", "mask", "source"} or not isinstance(before, list):
        raise RequestError(f"This recipe of {recipe.verb!r} is not one of a repaired picture.")
    last = {"weight": recipe.weight, "sha256": recipe.sha256, "seed": words["seed"], "mask": words["mask"]}
    steps = [*before, last]
    if len(steps) > MOST_STEPS or not all(isinstance(step, Mapping) and set(step) == set(last) for step in steps):
        raise RequestError(f"The recipe in this file is damaged: it has up to {MOST_STEPS} repairs with seed and mask.")
    return steps


def step_of(words: Mapping[str, Any], shelf: Shelf, photo: Photo) -> Step:
    """A repair of this photograph from what `words_of` gave."""
    model = shelf.find(str(words["weight"]), str(words["sha256"]))
    return Step(model, unpack_mask(words["mask"], photo.height, photo.width), words["seed"])


def make_again(recipe: Recipe, shelf: Shelf, photo: Photo) -> Photo:
    """Follow a recipe for "repair" with the photograph it was made from.

    RequestError for another photograph or a damaged recipe, WeightError where a weight is not at hand.
    """
    steps, source = words_of(recipe), str(recipe.arguments["source"])
    if photo.sha256 != source:
        raise RequestError(
            f"The recipe asks for a picture of hash {source[:12]}..., and this one has {photo.sha256[:12]}...; give "
            "the very file that was repaired."
        )
    return repaired(photo, [step_of(words, shelf, photo) for words in steps])


def encoded(photo: Photo, recipe: Recipe, kind: str = "png") -> bytes:
    """A repaired photograph as a file: as in its own, even under full transparency, and with the recipe."""
    return encode(unbled(photo), kind, recipe.to_json())


@dataclass(frozen=True)
class Job:
    """A photograph, its mask, and the file of each answer."""

    photo: Path
    mask: Path
    outs: tuple[Path, ...]


def repair_files(
    model: Model, inputs: Sequence[Path], mask: Path | None, out: Path, seed: int, answers: int, overwrite: bool
) -> None:
    """Repair photographs, and those in folders, into files; `mask`: a picture, or a folder of them by the same stem."""
    if mask is None:
        raise RequestError(f"{model.name} fills holes; say where they are with --mask PICTURE, white in the hole.")
    if model.card.task != "repair":
        raise RequestError(f"{model.name} is made for {model.card.task} and takes no mask; choose a weight for repair.")
    if not 1 <= answers <= MOST_ANSWERS:
        raise RequestError(f"--variations is {answers}; 1 to {MOST_ANSWERS} answers to a hole are drawn.")
    jobs = _jobs(inputs, mask, out, answers)
    check_targets([place for job in jobs for place in job.outs], overwrite)
    each([(job.photo, job) for job in jobs], lambda _, job: _repair(model, job, seed), "repaired")


def _jobs(inputs: Sequence[Path], mask: Path, out: Path, answers: int) -> list[Job]:
    """What is read and where it goes; RequestError where a result would take the place of an input or of another."""
    photos = [file for path in inputs for file in (_pictures(path) if path.is_dir() else [path])]
    if not photos:
        raise RequestError(f"There is no picture in {', '.join(map(str, inputs))}.")
    one_file = kind_of(out)
    if one_file and len(photos) * answers > 1:
        raise RequestError(f"{out.name} is one file and there are {len(photos) * answers} results; give a folder.")
    ends = [""] if answers == 1 else [f"-{number + 1}" for number in range(answers)]
    jobs = []
    for photo in photos:
        outs = [out] if one_file else [out / f"{photo.stem}-repaired{end}.png" for end in ends]
        jobs.append(Job(photo, _mask_of(photo, mask), tuple(outs)))
    taken = {followed(path) for job in jobs for path in (job.photo, job.mask)}
    for place in (place for job in jobs for place in job.outs):
        if followed(place) in taken:
            raise RequestError(f"{place} would take the place of an input or of another result; take another folder.")
        taken.add(followed(place))
    return jobs


def _pictures(folder: Path) -> list[Path]:
    return [path for path in sorted(files_below(folder)) if is_picture(path.relative_to(folder).as_posix())]


def _mask_of(photo: Path, mask: Path) -> Path:
    """The mask itself, or the one in a folder that has the photograph's stem."""
    if not mask.is_dir():
        return mask
    found = [path for path in _pictures(mask) if path.stem == photo.stem]
    if len(found) != 1:
        there = f"are {len(found)} masks" if found else "is no mask"
        raise RequestError(f"There {there} called {photo.stem} in {mask}; each photograph needs one of its own.")
    return found[0]


def _repair(model: Model, job: Job, seed: int) -> None:
    """Repair one photograph into each of its files."""
    photo = read_photo(job.photo)
    mask = read_mask(job.mask, photo.height, photo.width)
    for number, out in enumerate(job.outs):
        steps, kind = [Step(model, mask, seed + number)], kind_of(out) or "png"
        write_atomically(out, encoded(repaired(photo, steps), recipe_of(photo, steps), kind))
        note = "" if kind == "png" else f" ({kind} changes all pixels a little; PNG keeps those outside the mask)"
        print(f"{job.photo.name} -> {out}{note}")
