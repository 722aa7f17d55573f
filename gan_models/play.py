"""Play a game that is only a network, beside the game that it learned from, or alone: a dream.

python -m gan_models.play WEIGHT [--seed 0] [--steps 300] -o PATH.mp4          a play by chance
python -m gan_models.play WEIGHT --dream [--seed 0] [--steps 300] -o PATH.mp4  the network alone
python -m gan_models.play WEIGHT --episode PLAY.json|FILM.mp4 -o PATH.mp4      one that was recorded
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gan_models import recipe as recipes
from gan_models.checks import is_whole
from gan_models.errors import AtelierError, RequestError, one_line, reason
from gan_models.files import contents
from gan_models.latents.seeds import check_seed
from gan_models.loading import Shelf, load
from gan_models.pictures.film import check_film, write_film
from gan_models.pictures.images import to_tensor, to_uint8
from gan_models.pictures.metrics import psnr
from gan_models.recipe import Recipe
from gan_models.targets import check_targets, given_path, refuse_empty, refuse_idle
from gan_models.weight.model import Model
from gan_models.worlds import World, world
from gan_models.worlds.world import MOST_STEPS, SIDE, SIGNS, Game

SCALE, GAP = 4, 4
"""How many times larger than the game a film is, and pixels of the game between the two."""
KEEP = 0.85
"""How likely a player who plays by chance does the same again."""
NEAR = 4.0
"""Pixels within which the network's hero is where the true one is."""
MOST_BYTES = 200_000_000

Pair = tuple[np.ndarray, np.ndarray]
"""The true frame and the network's of one step."""
Drift = dict[str, float | None]
"""{"apart": as of `apart`, "tiles": the share that agree (None in a world without), "likeness": as of `likeness`}."""


@dataclass
class Learned:
    """The game that is a network, behind the two calls of the game that it learned."""

    model: Model
    world: World
    frames: np.ndarray

    def reset(self, frames: np.ndarray) -> np.ndarray:
        """Begin after two frames, uint8 (2, 64, 64, 3), the older one first; the newer one comes back."""
        self.frames = frames
        return frames[-1]

    @torch.inference_mode()
    def step(self, action: int, thrown: int) -> np.ndarray:
        """The frame after an action, uint8 (64, 64, 3), where the dice bring what was thrown."""
        given = to_tensor(self.frames).flatten(0, 1)[None].to(self.model.device)
        coming = torch.from_numpy(self.world.coming_in(thrown))[None].to(self.model.device)
        did = torch.tensor([action], device=self.model.device)
        # What is drawn goes on as the 8 bits that are shown: a film or a rewound play is the same to the last level.
        frame = to_uint8(self.model.drawing_generator(given, did, coming).float().cpu())[0]
        self.frames = np.stack([self.frames[-1], frame])
        return frame


@dataclass(frozen=True)
class Episode:
    """A play: the seed of the dice, and what the player did, an action a step.

    `restarts`: before which steps the network was given the true frames anew. `dream`: the network plays alone, and
    the seed decides on its first two frames too.
    """

    seed: int
    actions: tuple[int, ...]
    restarts: tuple[int, ...] = ()
    dream: bool = False

    def __post_init__(self) -> None:
        check_seed(self.seed)
        if not 1 <= len(self.actions) <= MOST_STEPS:
            raise RequestError(f"A play has 1 to {MOST_STEPS:,} steps, got {len(self.actions):,}.")
        if not all(is_whole(action, 0, len(SIGNS) - 1) for action in self.actions):
            raise RequestError("An action is told by its number, as one of 0-9 and a-z.")
        if len(self.restarts) > len(self.actions) or not all(
            is_whole(step, 0, len(self.actions) - 1) for step in self.restarts
        ):
            raise RequestError("A restart is before one of the steps of the play.")
        if self.dream and self.restarts:
            raise RequestError("A dream has no true frames to begin again from; leave the restarts out.")

    @classmethod
    def by_chance(cls, played: World, seed: int, steps: int, dream: bool = False) -> Episode:
        """A play of so many steps by a player who mostly goes on with what is being done."""
        check_seed(seed)
        dice, actions = np.random.default_rng([seed, 1]), [0]
        for _ in range(steps - 1):
            actions.append(actions[-1] if dice.random() < KEEP else int(dice.integers(len(played.actions))))
        return cls(seed, tuple(actions), dream=dream)

    @classmethod
    def of(cls, recipe: Recipe) -> Episode:
        """The play that a recipe keeps; RequestError for another recipe."""
        if recipe.verb != "play":
            raise RequestError(f"This recipe of {recipe.verb!r} is not one of a play.")
        return cls.from_json(recipe.arguments)

    @classmethod
    def from_json(cls, words: Mapping[str, Any]) -> Episode:
        """From {"seed", "actions": a text of SIGNS, "restarts": [steps], "dream"}; RequestError for anything else."""
        actions, restarts, alone = words.get("actions"), words.get("restarts") or [], words.get("dream") or False
        if not isinstance(actions, str) or not isinstance(restarts, list) or not isinstance(alone, bool):
            raise RequestError("A play is a seed, its actions as a text of digits, and a list of restarts.")
        return cls(words.get("seed", -1), tuple(map(SIGNS.find, actions)), tuple(restarts), alone)

    def recipe(self, model: Model) -> Recipe:
        """How a film of it is made: the actions as one text, a sign a step."""
        self.fitting(model)
        signs = "".join(SIGNS[action] for action in self.actions)
        words = {"seed": self.seed, "actions": signs, "restarts": list(self.restarts)}
        return Recipe(model.name, model.sha256, "play", words | ({"dream": True} if self.dream else {}))

    def fitting(self, model: Model) -> World:
        """The world of a weight; RequestError where that knows not all actions of the play."""
        known = world_of(model)
        for action in self.actions:
            check_action(known, action)
        return known

    def steps(self, played: World) -> Iterator[tuple[Game, int, int]]:
        """The true game before each step, the action and what the dice bring."""
        if self.dream:
            raise RequestError("A dream was played by the network alone; there is no true game to learn from.")
        for action in self.actions:
            check_action(played, action)
        game, _ = begin(played, self.seed)
        for action in self.actions:
            thrown = game.thrown()
            yield game, action, thrown
            game.step(action, thrown)

    def frames(self, model: Model) -> Iterator[Pair]:
        """The true and the network's frame after each step, uint8 (64, 64, 3) each; for a dream see `dream`."""
        played = self.fitting(model)
        game, last = begin(played, self.seed)
        learned, restarts = Learned(model, played, last), frozenset(self.restarts)
        for number, action in enumerate(self.actions):
            if number in restarts:
                learned.reset(last)
            thrown = game.thrown()
            true = game.step(action, thrown)[0]
            yield true, learned.step(action, thrown)
            last = np.stack([last[-1], true])

    def shown(self, model: Model) -> Iterator[np.ndarray]:
        """The frames of its film: both games side by side, or the dream."""
        return dream(model, self.seed, self.actions) if self.dream else beside(self.frames(model))


def dream(model: Model, seed: int, actions: Iterable[int]) -> Iterator[np.ndarray]:
    """The network alone, a frame an action, uint8 (64, 64, 3): the seed is the latent.

    It decides on the first two frames and on all that comes in; no true game runs.
    """
    played = world_of(model)
    learned = Learned(model, played, played.starts(seed))
    for step, action in enumerate(actions):
        check_action(played, action)
        yield learned.step(action, played.dice(seed, step))


def begin(played: World, seed: int) -> tuple[Game, np.ndarray]:
    """A game at its second frame, and both of its first frames, uint8 (2, 64, 64, 3)."""
    check_here(played)
    game = played.game()
    first = game.reset(seed)
    return game, np.stack([first, game.step(0, 0)[0]])


def world_of(model: Model) -> World:
    """The game that a weight learned; RequestError for a weight of another task."""
    if model.card.task != "play":
        raise RequestError(f"{model.name} is made for {model.card.task}, not to be played; choose another weight.")
    return world(model.config.world)


def missing(played: World) -> str | None:
    """How to get the true game of a world, in a sentence; None where it is here."""
    if played.here():
        return None
    return f"The true game needs a package (pip install {played.package}); without it, the network can only dream."


def check_here(played: World) -> None:
    """RequestError where a world's true game is not here."""
    if said := missing(played):
        raise RequestError(said)


def check_action(played: World, action: int) -> None:
    """RequestError for an action that a world does not have."""
    if not is_whole(action, 0, len(played.actions) - 1):
        raise RequestError(f"An action is 0 to {len(played.actions) - 1}: {', '.join(played.actions)}.")


def drift(played: World, true: np.ndarray, drawn: np.ndarray) -> Drift:
    """How far two frames are from each other, in what can be said of a world."""
    same = float(played.tiles(true, drawn)) if played.tiles else None
    return {"apart": apart(played, true, drawn), "tiles": same, "likeness": likeness(true, drawn)}


def likeness(true: np.ndarray, drawn: np.ndarray) -> float:
    """PSNR of a frame in dB, 99 at most."""
    return min(99.0, psnr(drawn, true, channel="RGB"))


def apart(played: World, true: np.ndarray, drawn: np.ndarray) -> float | None:
    """Pixels between the heroes of two frames, the picture's side where one has none; None where they never move."""
    if played.place is None:
        return None
    here, there = played.place(true), played.place(drawn)
    return float(SIDE) if here is None or there is None else float(np.hypot(*np.subtract(here, there)))


def together(distances: Sequence[float | None]) -> int | None:
    """How many steps the heroes stay within NEAR of each other, from the first one on; None where they never move.

    `distances`: as of `apart`, one for each step.
    """
    known = [distance for distance in distances if distance is not None]
    if not known:
        return None
    return next((number for number, distance in enumerate(known) if distance > NEAR), len(known))


def beside(pairs: Iterator[Pair], each: Callable[[np.ndarray, np.ndarray], None] | None = None) -> Iterator[np.ndarray]:
    """The frames of a film: the true game and the network's; `each` is called with both."""
    between = np.full((SIDE, GAP, 3), 255, np.uint8)
    for true, drawn in pairs:
        if each:
            each(true, drawn)
        yield np.concatenate([true, between, drawn], 1)


def make_again(recipe: Recipe, shelf: Shelf, out: Path | str) -> int:
    """Write the film of a recipe again and return its number of frames."""
    model = shelf.find(recipe.weight, recipe.sha256)
    episode = Episode.of(recipe)
    return _write(episode, episode.shown(model), out, model, recipe.to_json())


def read_episode(path: Path | str) -> Episode:
    """The play of a film or of a .json file that the page saved; RequestError for another file."""
    try:
        content = contents(Path(path), MOST_BYTES)
        return Episode.of(Recipe.from_json(content.decode()) if content[:1] == b"{" else recipes.read(content))
    except (OSError, ValueError, AtelierError) as error:
        raise RequestError(f"{Path(path).name} is no recorded play ({reason(error)}).") from None


def main(arguments: list[str] | None = None) -> None:
    """The command line: a film of both games and how long they agree, or of a dream."""
    parser = argparse.ArgumentParser(prog="python -m gan_models.play", description="Play a game that is a network.")
    add = parser.add_argument
    add("weight", metavar="WEIGHT", help="a name in weights/, a folder, or user/repo on the Hub")
    add("--seed", type=int, default=0, help="of the dice and of the player (default: 0)")
    add("--steps", type=int, default=300, metavar="N", help="steps of a play by chance (default: 300)")
    either = parser.add_mutually_exclusive_group().add_argument
    either("--episode", type=given_path, metavar="FILE", help="play this one again: a film or .json of the Play tab")
    either("--dream", action="store_true", help="the network alone: the seed decides where it begins and what comes")
    add("-o", "--out", type=given_path, required=True, metavar="OUT", help="a film: .mp4, .gif or .webp")
    add("--overwrite", action="store_true", help="replace a file that exists")
    with one_line():
        refuse_empty(arguments)
        options = parser.parse_args(arguments)
        if not is_whole(options.steps, 1, MOST_STEPS):
            raise RequestError(f"--steps is 1 to {MOST_STEPS:,}, got {options.steps}.")
        if options.episode:
            refuse_idle(parser, options, ("seed", "steps"), "beside --episode")
        check_targets([options.out], options.overwrite)
        model = load(options.weight)
        episode = read_episode(options.episode) if options.episode else _by_chance(model, options)
        print(f"{options.out}: {_filmed(model, episode, options.out)}")


def _write(episode: Episode, frames: Iterable[np.ndarray], out: Path | str, model: Model, words: str) -> int:
    """Write the film of a play, as fast as the game is played; its number of frames."""
    pace = world_of(model).pace
    check_film(Path(out), pace, len(episode.actions))
    return write_film(frames, out, pace, SCALE, comment=words)


def _by_chance(model: Model, options: argparse.Namespace) -> Episode:
    return Episode.by_chance(world_of(model), options.seed, options.steps, options.dream)


def _filmed(model: Model, episode: Episode, out: Path) -> str:
    """Write the film of a play; how it went, in words."""
    words, played, told = episode.recipe(model).to_json(), world_of(model), list[Drift]()
    if episode.dream:
        count = _write(episode, episode.shown(model), out, model, words)
        return f"{count} steps of a dream; nobody keeps the score."
    frames = beside(episode.frames(model), lambda *pair: told.append(drift(played, *pair)))
    count, agree = _write(episode, frames, out, model, words), together([one["apart"] for one in told])
    agreed = "" if agree is None else f"the games agree for {agree}, "
    same = "" if told[-1]["tiles"] is None else f" and {told[-1]['tiles']:.0%} of its tiles"
    return f"{count} steps; {agreed}last frame {told[-1]['likeness']:.1f} dB{same}."


if __name__ == "__main__":
    main()
