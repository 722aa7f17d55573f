"""A person in any pose, and films of that person dancing.

python -m gan_models.pose WEIGHT --pose wave --person 3 -o PICTURE.png
python -m gan_models.pose WEIGHT --motion dance -o FILM.mp4
python -m gan_models.pose WEIGHT --bvh CAPTURE.bvh -o FILM.gif
"""

from __future__ import annotations

import argparse
import base64
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor

from gan_models.checks import is_whole
from gan_models.errors import PictureError, RequestError, one_line, reason
from gan_models.files import contents, write_atomically
from gan_models.loading import Model, Shelf, load
from gan_models.pictures.film import check_film, write_film
from gan_models.pictures.images import as_pillow, open_picture, to_tensor, to_uint8
from gan_models.pictures.notes import KINDS
from gan_models.pictures.photo import Turn
from gan_models.puppets.body import fitted, lengths_of, read_joints, rounded
from gan_models.puppets.bvh import read_bvh
from gan_models.puppets.dances import Dance
from gan_models.puppets.motions import FPS, MOTIONS
from gan_models.puppets.persons import Persons
from gan_models.puppets.poses import LENGTHS, POSES
from gan_models.puppets.skeleton import draw_skeleton
from gan_models.recipe import Recipe, stamp
from gan_models.targets import check_targets, given_path, refuse_empty

MOST_BYTES = 100_000_000
"""Of a file with a pose or a captured motion."""
MOST_PICTURE = 2_000_000
"""Characters of a person's picture in a recipe."""


@dataclass(frozen=True)
class Person:
    """Who is drawn: one of a weight's own by `number`, or who is seen in a `picture`, uint8 (S, S, 3), with `joints`
    (15, 2) there."""

    number: int = 0
    picture: np.ndarray | None = None
    joints: np.ndarray | None = None

    @classmethod
    def of(cls, words: object) -> Person:
        """What `words` said; RequestError for anything else."""
        if is_whole(words, 0, 10**6):
            return cls(cast(int, words))
        if not isinstance(words, Mapping) or set(words) != {"picture", "joints"}:
            raise RequestError("A person is a number, or a picture with joints; choose one.")
        picture = words["picture"]
        try:
            if not isinstance(picture, str) or len(picture) > MOST_PICTURE:
                raise ValueError
            return cls(-1, open_picture(base64.b64decode(picture, validate=True)), read_joints(words["joints"]))
        except (ValueError, PictureError):
            raise RequestError("The picture of this person is damaged; open it again.") from None

    def words(self) -> object:
        """Plain values for a recipe and the page: the picture travels along."""
        if self.picture is None or self.joints is None:
            return self.number
        return {"picture": base64.b64encode(png(self.picture)).decode(), "joints": self.joints.tolist()}

    def seen(self, model: Model) -> tuple[np.ndarray, np.ndarray]:
        """The picture (S, S, 3) and its joints (15, 2); RequestError for a person whom this weight cannot draw."""
        own = persons(model)
        if self.picture is not None and self.joints is not None:
            if self.picture.shape != (model.size, model.size, 3):
                raise RequestError(f"{model.name} takes a person's picture at {model.size} px; open it again.")
            return self.picture, self.joints
        if not is_whole(self.number, 0, len(own) - 1):
            raise RequestError(f"{model.name} knows persons 0 to {len(own) - 1}, got {self.number!r}.")
        return own.pictures[self.number].permute(1, 2, 0).numpy(), own.joints[self.number].double().numpy()


def png(picture: np.ndarray) -> bytes:
    """A picture's PNG, the same bytes each time."""
    buffer = io.BytesIO()
    as_pillow(picture).save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()


def persons(model: Model) -> Persons:
    """Who a weight comes with; RequestError for one of another task or without anybody."""
    if model.card.task != "pose":
        raise RequestError(f"{model.name} is made for {model.card.task} and draws no poses; choose another weight.")
    if model.persons is None:
        raise RequestError(f"{model.name} comes with nobody to draw; export it again.")
    return model.persons


@torch.inference_mode()
def known(model: Model, person: Person) -> Tensor:
    """What the network must know of a person, (1, K), the same for all poses."""
    picture, joints = person.seen(model)
    places = torch.from_numpy(np.float32(joints))[None]
    return model.drawing_generator.person(to_tensor(picture).to(model.device), places.to(model.device))


@torch.inference_mode()
def draw(model: Model, joints: np.ndarray, person: Tensor, last: np.ndarray | None = None) -> np.ndarray:
    """A person, as `known` gives it, in a pose (15, 2): uint8 (S, S, 3).

    `last` is the frame before, uint8 (S, S, 3), for the frames of a film.
    """
    skeleton = to_tensor(draw_skeleton(joints, model.size).copy()).to(model.device)
    before = torch.zeros_like(skeleton) if last is None else to_tensor(last).to(model.device)
    places = torch.from_numpy(np.float32(joints))[None].to(model.device)
    # What is drawn goes on as the 8 bits that are shown: a film is the same however its frames were kept.
    return to_uint8(model.drawing_generator(skeleton, places, before, person).float().cpu())[0]


def frames(model: Model, dance: Dance, person: Person, turn: Turn = nullcontext) -> Iterator[np.ndarray]:
    """The frames uint8 (S, S, 3) of a person who dances, each drawn inside `turn()` when it is asked for."""
    with turn():
        who = known(model, person)
    last = None
    for joints in dance.frames():
        with turn():
            last = draw(model, joints, who, last)
        yield last


def as_built(model: Model, person: Person, joints: np.ndarray) -> np.ndarray:
    """Our own poses or motions, (15, 2) or (F, 15, 2), with limbs as long as this person's."""
    return rounded(fitted(joints, lengths_of(person.seen(model)[1]) / LENGTHS))


def recipe_of(model: Model, person: Person, what: np.ndarray | Dance, count: int | None = None) -> Recipe:
    """How a picture of a pose (15, 2), or a film of a dance, is made; `count`: only its first frames."""
    arguments: dict[str, Any] = {"person": person.words()}
    if isinstance(what, Dance):
        arguments["dance"] = what.to_json()
    else:
        arguments["joints"] = what.tolist()
    if count is not None:
        arguments["count"] = count
    return Recipe(model.name, model.sha256, "pose", arguments)


def read_recipe(recipe: Recipe) -> tuple[Person, np.ndarray | Dance, int | None]:
    """The person, the pose or the dance, and how many of its frames; RequestError for another recipe."""
    words = dict(recipe.arguments)
    person, joints, dance, count = (words.pop(name, None) for name in ("person", "joints", "dance", "count"))
    if recipe.verb != "pose" or words or (joints is None) == (dance is None):
        raise RequestError(f"This recipe of {recipe.verb!r} is not one of a pose that this version can follow.")
    if count is not None and not is_whole(count, 1, 10**6):
        raise RequestError(f"A film has at least one frame, got {count!r}.")
    return Person.of(person), read_joints(joints) if dance is None else Dance.from_json(dance), count


def make_again(recipe: Recipe, shelf: Shelf, out: Path | str) -> int:
    """Write the picture or film of a recipe again and return its number of frames."""
    person, what, count = read_recipe(recipe)
    return write(shelf.find(recipe.weight, recipe.sha256), person, what, out, count)


def write(model: Model, person: Person, what: np.ndarray | Dance, out: Path | str, count: int | None = None) -> int:
    """Write a pose as a picture, or a dance as a film, with the recipe; its number of frames."""
    out = Path(out)
    recipe = recipe_of(model, person, what, count)
    if isinstance(what, Dance):
        return filmed(list(_first(frames(model, what, person), count)), out, recipe)
    if out.suffix.lower() not in KINDS:
        raise RequestError(f"A pose is a picture and ends in {', '.join(KINDS)}, got {out.name!r}.")
    picture = draw(model, what, known(model, person))
    write_atomically(out, stamp(picture, recipe, KINDS[out.suffix.lower()]))
    return 1


def filmed(made: Iterable[np.ndarray], out: Path, recipe: Recipe) -> int:
    """Write frames as a film with its recipe; their number."""
    return write_film(made, out, FPS, comment=recipe.to_json())


def _first(made: Iterator[np.ndarray], count: int | None) -> Iterator[np.ndarray]:
    for number, frame in enumerate(made, 1):
        yield frame
        if number == count:
            return


def named(name: str) -> np.ndarray:
    """One of our own poses; RequestError for another name."""
    if name not in POSES:
        raise RequestError(f"There is no pose {name[:40]!r}; choose one of {', '.join(POSES)}.")
    return POSES[name]


def read_pose(path: Path) -> np.ndarray:
    """The pose in a .json file: 15 places [x, y], or an object with one for each joint."""
    try:
        return read_joints(json.loads(contents(path, MOST_BYTES)))
    except (OSError, ValueError, RecursionError) as error:
        raise RequestError(f"{path} cannot be read as a pose ({reason(error)}).") from None


def read_capture(path: Path) -> Dance:
    """The dance in a BVH file."""
    try:
        return Dance(read_bvh(contents(path, MOST_BYTES), path.name), name=path.name[:120])
    except OSError as error:
        raise RequestError(f"{path} cannot be read ({reason(error)}).") from None


def main(arguments: list[str] | None = None) -> None:
    """The command line: a picture of a pose, or a film of a motion."""
    parser = argparse.ArgumentParser(prog="python -m gan_models.pose", description="Draw a person in any pose.")
    add = parser.add_argument
    add("weight", metavar="WEIGHT", help="a name in weights/, a folder, or user/repo on the Hub")
    add("--person", type=int, default=0, metavar="N", help="which of the weight's persons, from 0 (default: 0)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--pose", default="stand", metavar="NAME|FILE.json",
        help=f"{', '.join(POSES)}, or a file with 15 places [x, y] in shares of the side (default: stand)")  # fmt: skip
    what.add_argument("--motion", choices=tuple(MOTIONS), help="film one of our own motions")
    what.add_argument("--bvh", type=given_path, metavar="FILE", help="film a captured motion")
    add("-o", "--out", type=given_path, required=True, metavar="OUT", help="a .png, or a film: .mp4, .gif or .webp")
    add("--overwrite", action="store_true", help="replace a file that exists")
    options = parser.parse_args(arguments)
    with one_line():
        refuse_empty(arguments)
        check_targets([options.out], options.overwrite)
        dance = Dance.of(options.motion) if options.motion else read_capture(options.bvh) if options.bvh else None
        if dance:
            check_film(options.out, FPS)
        model = load(options.weight)
        person = Person(options.person)
        if dance is None and options.pose.lower().endswith(".json"):
            built = read_pose(Path(options.pose))
        else:
            built = as_built(model, person, dance.poses if dance else named(options.pose))
        count = write(model, person, Dance(built, name=dance.name) if dance else built, options.out)
        print(f"{options.out}: {f'{count} frames' if dance else options.pose} of person {options.person}")


if __name__ == "__main__":
    main()
