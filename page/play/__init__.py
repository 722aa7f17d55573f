"""The Play tab: a game that is only a network, beside the game that it learned from, on the same keys and dice.

What the visitor sees is play.html with its scripts. They call the functions of `PlayDesk`, one for each step; what a
step needs travels with the question, and nothing of a play stays here.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gan_models import play
from gan_models.errors import RequestError
from gan_models.latents.seeds import LAST_SEED
from gan_models.pictures.images import open_picture
from gan_models.play import Episode
from gan_models.shell import command
from gan_models.worlds import boat
from page.parts import films, picker, pictures
from page.parts.desk import Desk, Function, publish, publish_requests, put
from page.parts.requests import whole

if TYPE_CHECKING:
    from gan_models.loading import Shelf
    from gan_models.recipe import Recipe
    from gan_models.weight.card import Card
    from gan_models.weight.model import Model
    from page.parts.shared import Shared


def offered(shelf: Shelf, shared: Shared) -> bool:
    """Whether there is anything to play: without, the page shows no such tab."""
    return bool(playable(shelf))


def tab(shelf: Shelf, shared: Shared) -> None:
    """Put the tab into the page, and its functions under their names into the API."""
    desk = PlayDesk(shelf, shared)
    put(desk, "play", "play/play.css")
    api(desk)


@dataclass(frozen=True)
class PlayDesk(Desk):
    """What the tab's scripts ask for."""

    def functions(self) -> tuple[Function, ...]:
        return self.models, self.begin, self.step, self.record, self.film, self.poll, self.stop

    def models(self, request: dict) -> dict[str, Any]:
        """Every game's name and face, the first one to begin with, and a sentence for each folder that was refused."""
        cards = playable(self.shelf)
        return {**picker.listed(self.shelf, cards), "first": cards[0].name if cards else None}

    def begin(self, request: dict) -> dict[str, Any]:
        """{"weight", "seed"} -> the first two frames as PNGs in base64, which both games share, and the true state."""
        self.model(request)
        game, first = play.begin(whole(request.get("seed"), 0, LAST_SEED, "A seed"))
        return {"frames": [pictures.text(pictures.png(frame)) for frame in first], "state": packed(game.state)}

    def step(self, request: dict) -> dict[str, Any]:
        """{"weight", "seed", "state", "frames": the network's last two, "action"} -> the next frame of either game.

        "true", "drawn": PNGs in base64; "state" to go on with; "apart": pixels between the two boats; "likeness" of the
        frames in dB; "coin", "rock": what happened in the true one.
        """
        model, seed = self.model(request), whole(request.get("seed"), 0, LAST_SEED, "A seed")
        game = boat.Boat(unpacked(request.get("state")), seed)
        learned = play.learned_of(model, np.stack([opened(frame) for frame in two(request.get("frames"))]))
        action, thrown = whole(request.get("action"), 0, len(boat.ACTIONS) - 1, "An action"), game.thrown()
        true, _, _, met = game.step(action, thrown)
        with self.shared.lanes.live():
            drawn = learned.step(action, thrown)
        faces = {name: pictures.text(pictures.png(frame)) for name, frame in (("true", true), ("drawn", drawn))}
        told = {"apart": play.apart(true, drawn), "likeness": play.likeness(true, drawn)}
        return {**faces, **told, **met, "state": packed(game.state)}

    def record(self, request: dict) -> dict[str, Any]:
        """{"weight", "seed", "actions", "restarts"} -> the play as a small JSON file, which training takes as well."""
        model = self.model(request)
        made = Episode.from_json(request).recipe(model)
        return {"name": f"{model.name}-play.json", "data": pictures.text(made.to_json().encode())}

    def film(self, request: dict) -> dict[str, Any]:
        """{as for record} -> the id of a job that films the play, the true game beside the network's."""
        model, episode = self.model(request), Episode.from_json(request)
        frames = play.beside(self._in_turn(model, episode))
        name, words = f"{model.name}-play.mp4", episode.recipe(model).to_json()
        work = partial(films.written, frames, play.FPS, play.SCALE, name, words)
        return {"job": self.shared.jobs.start(work, total=len(episode.actions))}

    def _in_turn(self, model: Model, episode: Episode) -> Iterator[play.Pair]:
        """Both games' frames, each drawn in a lane of its own: who plays meanwhile waits for one of them at most."""
        pairs = episode.frames(model)
        while True:
            with self.shared.lanes.long():
                pair = next(pairs, None)
            if pair is None:
                return
            yield pair

    def model(self, request: dict) -> Model:
        """The game of a request, or the first one."""
        cards = playable(self.shelf)
        if not request.get("weight") and not cards:
            raise RequestError(f"There is no game yet; train and export one ({command(['training.train_world'])}).")
        model = self.shelf.get(str(request.get("weight") or cards[0].name))
        play.check_playable(model)
        return model


def playable(shelf: Shelf) -> list[Card]:
    """The cards of the games on the shelf."""
    return [card for card in shelf.cards() if card.task == "play"]


def reopened(shelf: Shelf, shared: Shared, made: Recipe) -> dict[str, Any]:
    """A recorded play as {"weight", "seed", "actions", "restarts"}."""
    model = shelf.find(made.weight, made.sha256)
    return {"weight": model.name, **Episode.of(made).recipe(model).arguments}


def packed(state: boat.State) -> str:
    return json.dumps(state.to_json())


def unpacked(text: Any) -> boat.State:
    """The state that `packed` said; RequestError for other text."""
    try:
        return boat.State.from_json(json.loads(text))
    except (TypeError, ValueError, RecursionError):
        raise RequestError("The state of the game is damaged; begin anew.") from None


def two(frames: Any) -> list[str]:
    """The network's last two frames as they travel; RequestError for another number of them."""
    if not isinstance(frames, list) or len(frames) != 2:
        raise RequestError("The network goes on from its last two frames; begin anew.")
    return frames


def opened(text: str) -> np.ndarray:
    """A frame from base64 text of a PNG; RequestError for another picture."""
    try:
        frame = open_picture(b64decode(text, validate=True))
    except (TypeError, ValueError):
        raise RequestError("A frame arrives as base64 text of a PNG; begin anew.") from None
    if frame.shape != (boat.SIDE, boat.SIDE, 3):
        raise RequestError(f"A frame has {boat.SIDE}x{boat.SIDE} pixels, got {frame.shape[1]}x{frame.shape[0]}.")
    return frame


def api(desk: PlayDesk) -> None:
    """A whole play for programs, and the tab's own functions."""

    def play_game(weight: str, seed: int = 0, actions: str = "000111222") -> dict:
        """Play a game that is a network beside the true one: a digit a step (0 stay, 1 left, 2 right).

        Comes back as "together": how many steps the boats agree, "likeness" of each step in dB, and "name" and "data"
        of a JSON file with the play.
        """
        model = desk.model({"weight": weight})
        episode = Episode.from_json({"seed": seed, "actions": actions})
        steps = [(play.apart(*pair), play.likeness(*pair)) for pair in desk._in_turn(model, episode)]
        told = {"together": play.together([apart for apart, _ in steps]), "likeness": [alike for _, alike in steps]}
        return {**told, **desk.record({"weight": weight, "seed": seed, "actions": actions})}

    publish(play_game, queue=True, concurrency_id="steps", concurrency_limit=2)
    publish_requests(desk, "play", listed="models")
