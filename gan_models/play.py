"""Play a game that is only a network, beside the game that it learned from.

python -m gan_models.play WEIGHT [--seed 0] [--steps 300] -o PATH.mp4          a play by chance
python -m gan_models.play WEIGHT --episode PLAY.json|FILM.mp4 -o PATH.mp4      one that was recorded
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gan_models import recipe as recipes
from gan_models.checks import is_whole
from gan_models.errors import AtelierError, RequestError, one_line
from gan_models.files import contents
from gan_models.latents.seeds import LAST_SEED
from gan_models.loading import Shelf, load
from gan_models.pictures.film import check_film, write_film
from gan_models.pictures.images import to_tensor, to_uint8
from gan_models.pictures.metrics import psnr
from gan_models.recipe import Recipe
from gan_models.targets import check_targets, given_path, refuse_empty
from gan_models.weight.model import Model
from gan_models.worlds import boat

FPS, SCALE, GAP = 15, 4, 4
"""Frames a second of a film, how many times larger than the game it is, and pixels of the game between the two."""
MOST_STEPS = 20_000
KEEP = 0.85
"""How likely a player who plays by chance does the same again."""
NEAR = 4.0
"""Pixels within which the network's boat is where the true one is."""
MOST_BYTES = 200_000_000

Pair = tuple[np.ndarray, np.ndarray]
"""The true frame and the network's of one step."""


@dataclass
class Learned:
    """The game that is a network, behind the two calls of the game that it learned."""

    model: Model
    frames: np.ndarray

    def reset(self, frames: np.ndarray) -> np.ndarray:
        """Begin after two frames, uint8 (2, 64, 64, 3), the older one first; the newer one comes back."""
        self.frames = frames
        return frames[-1]

    @torch.inference_mode()
    def step(self, action: int, thrown: int) -> np.ndarray:
        """The frame after an action, uint8 (64, 64, 3), where the river brings what was thrown."""
        given = to_tensor(self.frames).flatten(0, 1)[None].to(self.model.device)
        coming = torch.from_numpy(boat.coming_in(thrown))[None].to(self.model.device)
        did = torch.tensor([action], device=self.model.device)
        # What is drawn goes on as the 8 bits that are shown: a film or a rewound play is the same to the last level.
        frame = to_uint8(self.model.drawing_generator(given, did, coming).float().cpu())[0]
        self.frames = np.stack([self.frames[-1], frame])
        return frame


@dataclass(frozen=True)
class Episode:
    """A play: the seed of the dice, and what the player did, an action a step.

    `restarts`: before which steps the network was given the true frames anew.
    """

    seed: int
    actions: tuple[int, ...]
    restarts: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not is_whole(self.seed, 0, LAST_SEED):
            raise RequestError(f"A seed is a whole number from 0 to {LAST_SEED}, got {self.seed!r}.")
        if not 1 <= len(self.actions) <= MOST_STEPS:
            raise RequestError(f"A play has 1 to {MOST_STEPS:,} steps, got {len(self.actions):,}.")
        if not all(is_whole(action, 0, len(boat.ACTIONS) - 1) for action in self.actions):
            raise RequestError(f"An action is 0 to {len(boat.ACTIONS) - 1}: {', '.join(boat.ACTIONS)}.")
        if len(self.restarts) > len(self.actions) or not all(
            is_whole(step, 0, len(self.actions) - 1) for step in self.restarts
        ):
            raise RequestError("A restart is before one of the steps of the play.")

    @classmethod
    def by_chance(cls, seed: int, steps: int) -> Episode:
        """A play of so many steps by a player who mostly goes on with what is being done."""
        dice, actions = np.random.default_rng([seed, 1]), [0]
        for _ in range(steps - 1):
            actions.append(actions[-1] if dice.random() < KEEP else int(dice.integers(len(boat.ACTIONS))))
        return cls(seed, tuple(actions))

    @classmethod
    def of(cls, recipe: Recipe) -> Episode:
        """The play that a recipe keeps; RequestError for another recipe."""
        if recipe.verb != "play":
            raise RequestError(f"This recipe of {recipe.verb!r} is not one of a play.")
        return cls.from_json(recipe.arguments)

    @classmethod
    def from_json(cls, words: Mapping[str, Any]) -> Episode:
        """From {"seed", "actions": a text of digits, "restarts": [steps]}; RequestError for anything else."""
        actions, restarts = words.get("actions"), words.get("restarts") or []
        if not isinstance(actions, str) or not isinstance(restarts, list):
            raise RequestError("A play is a seed, its actions as a text of digits, and a list of restarts.")
        numbers = [int(sign) if sign in "0123456789" else -1 for sign in actions]
        return cls(words.get("seed", -1), tuple(numbers), tuple(restarts))

    def recipe(self, model: Model) -> Recipe:
        """How a film of it is made: the actions as one text of digits."""
        words = {"seed": self.seed, "actions": "".join(map(str, self.actions)), "restarts": list(self.restarts)}
        return Recipe(model.name, model.sha256, "play", words)

    def steps(self) -> Iterator[tuple[boat.State, int, int]]:
        """The state before each step, the action and what the river brings."""
        game, _ = begin(self.seed)
        for action in self.actions:
            state, thrown = game.state, game.thrown()
            yield state, action, thrown
            game.step(action, thrown)

    def frames(self, model: Model) -> Iterator[Pair]:
        """The true and the network's frame after each step, uint8 (64, 64, 3) each."""
        game, last = begin(self.seed)
        learned, restarts = learned_of(model, last), frozenset(self.restarts)
        for number, action in enumerate(self.actions):
            if number in restarts:
                learned.reset(last)
            thrown = game.thrown()
            true = game.step(action, thrown)[0]
            yield true, learned.step(action, thrown)
            last = np.stack([last[-1], true])


def begin(seed: int) -> tuple[boat.Boat, np.ndarray]:
    """A game at its second frame, and both of its first frames, uint8 (2, 64, 64, 3)."""
    game = boat.Boat()
    first = game.reset(seed)
    return game, np.stack([first, game.step(0, 0)[0]])


def learned_of(model: Model, frames: np.ndarray) -> Learned:
    """The game that a weight is, after two frames; RequestError for a weight of another task."""
    check_playable(model)
    return Learned(model, frames)


def check_playable(model: Model) -> None:
    """RequestError for a weight of another task."""
    if model.card.task != "play":
        raise RequestError(f"{model.name} is made for {model.card.task}, not to be played; choose another weight.")


def likeness(true: np.ndarray, drawn: np.ndarray) -> float:
    """PSNR of a frame in dB, 99 at most."""
    return min(99.0, psnr(drawn, true, channel="RGB"))


def apart(true: np.ndarray, drawn: np.ndarray) -> float:
    """Pixels between the boats of two frames; the picture's side where one has none."""
    here, there = boat.hero(true), boat.hero(drawn)
    return float(boat.SIDE) if here is None or there is None else float(np.hypot(*np.subtract(here, there)))


def together(distances: Sequence[float]) -> int:
    """How many steps the boats stay within NEAR of each other, from the first one on; `distances` as of `apart`."""
    return next((number for number, distance in enumerate(distances) if distance > NEAR), len(distances))


def beside(pairs: Iterator[Pair], each: Callable[[np.ndarray, np.ndarray], None] | None = None) -> Iterator[np.ndarray]:
    """The frames of a film: the true game and the network's; `each` is called with both."""
    between = np.full((boat.SIDE, GAP, 3), 255, np.uint8)
    for true, drawn in pairs:
        if each:
            each(true, drawn)
        yield np.concatenate([true, between, drawn], 1)


def make_again(recipe: Recipe, shelf: Shelf, out: Path | str) -> int:
    """Write the film of a recipe again and return its number of frames."""
    model = shelf.find(recipe.weight, recipe.sha256)
    return write_film(beside(Episode.of(recipe).frames(model)), out, FPS, SCALE, comment=recipe.to_json())


def read_episode(path: Path | str) -> Episode:
    """The play of a film or of a .json file that the page saved; RequestError for another file."""
    try:
        content = contents(Path(path), MOST_BYTES)
        return Episode.of(Recipe.from_json(content.decode()) if content[:1] == b"{" else recipes.read(content))
    except (OSError, ValueError, AtelierError) as error:
        raise RequestError(f"{Path(path).name} is no recorded play ({error}).") from None


def main(arguments: list[str] | None = None) -> None:
    """The command line: a film of both games, and how long they agree."""
    parser = argparse.ArgumentParser(prog="python -m gan_models.play", description="Play a game that is a network.")
    add = parser.add_argument
    add("weight", metavar="WEIGHT", help="a name in weights/, a folder, or user/repo on the Hub")
    add("--seed", type=int, default=0, help="of the dice and of the player (default: 0)")
    add("--steps", type=int, default=300, metavar="N", help="steps of a play by chance (default: 300)")
    add("--episode", type=given_path, metavar="FILE", help="play this one again: a film or .json of the Play tab")
    add("-o", "--out", type=given_path, required=True, metavar="OUT", help="a film: .mp4, .gif or .webp")
    with one_line():
        refuse_empty(arguments)
        options = parser.parse_args(arguments)
        if not is_whole(options.steps, 1, MOST_STEPS):
            raise RequestError(f"--steps is 1 to {MOST_STEPS:,}, got {options.steps}.")
        check_targets([options.out])
        check_film(options.out, FPS)
        model = load(options.weight)
        play = read_episode(options.episode) if options.episode else Episode.by_chance(options.seed, options.steps)
        told: list[tuple[float, float]] = []
        frames = beside(play.frames(model), lambda *pair: told.append((apart(*pair), likeness(*pair))))
        count = write_film(frames, options.out, FPS, SCALE, comment=play.recipe(model).to_json())
        agreed, far = together([distance for distance, _ in told]), told[-1][1]
        print(f"{options.out}: {count} steps; the boats agree for {agreed}, last frame {far:.1f} dB.")


if __name__ == "__main__":
    main()
