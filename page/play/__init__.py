"""The Play tab: a game that is only a network, alone or beside the game that it learned from, on the same dice.

What the visitor sees is play.html with its scripts. They call the functions of `PlayDesk`, one for each step; what a
step needs travels with the question, and nothing of a play stays here.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from gan_models import play
from gan_models.errors import RequestError
from gan_models.latents.seeds import LAST_SEED
from gan_models.networks import build_config
from gan_models.pictures.images import open_picture
from gan_models.play import Episode, Learned
from gan_models.shell import command
from gan_models.worlds import World, world
from gan_models.worlds.world import SIDE
from page.parts import films, picker, pictures
from page.parts.desk import Desk, Function, publish, publish_requests, put
from page.parts.requests import whole

if TYPE_CHECKING:
    from gan_models.loading import Shelf
    from gan_models.recipe import Recipe
    from gan_models.weight.card import Card
    from gan_models.weight.model import Model
    from page.parts.jobs import Work
    from page.parts.shared import Shared

Frame = TypeVar("Frame")


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
        """Every game's name, face and rules, the first one to begin with, and a sentence for each refused folder."""
        cards = playable(self.shelf)
        listed = picker.listed(self.shelf, cards)
        items = [{**item, "rules": rules(world_on(card))} for item, card in zip(listed["models"], cards)]
        return {**listed, "models": items, "first": cards[0].name if cards else None}

    def begin(self, request: dict) -> dict[str, Any]:
        """{"weight", "seed", "dream"} -> the first two frames as PNGs in base64, and the state to go on from.

        Both games share these frames; of a dream, the state is how many steps have been dreamt.
        """
        model, seed = self.model(request), whole(request.get("seed"), 0, LAST_SEED, "A seed")
        played = play.world_of(model)
        if request.get("dream"):
            first, state = played.starts(seed), "0"
        else:
            game, first = play.begin(played, seed)
            state = played.pack(game)
        return {"frames": [pictures.text(pictures.png(frame)) for frame in first], "state": state}

    def step(self, request: dict) -> dict[str, Any]:
        """{"weight", "seed", "state", "frames": the network's last two, "action", "dream"} -> the next frame of either.

        "true", "drawn": PNGs in base64, and "state" to go on with; what `play.drift` says of the two; "met": what
        happened in the true one, by name. A dream has "drawn" and "state" alone.
        """
        model, seed = self.model(request), whole(request.get("seed"), 0, LAST_SEED, "A seed")
        played = play.world_of(model)
        learned = Learned(model, played, np.stack([opened(frame) for frame in two(request.get("frames"))]))
        action = whole(request.get("action"), 0, len(played.actions) - 1, "An action")
        if request.get("dream"):
            turn = dreamt(request.get("state"))
            return {"drawn": self._drawn(learned, action, played.dice(seed, turn))[0], "state": str(turn + 1)}
        play.check_here(played)
        game = played.unpack(str(request.get("state")), seed)
        thrown = game.thrown()
        true, _, _, met = game.step(action, thrown)
        drawn, frame = self._drawn(learned, action, thrown)
        happened = [name for name, did in met.items() if did]
        faces = {"true": pictures.text(pictures.png(true)), "drawn": drawn}
        return {**faces, **play.drift(played, true, frame), "met": happened, "state": played.pack(game)}

    def _drawn(self, learned: Learned, action: int, thrown: int) -> tuple[str, np.ndarray]:
        """The network's next frame, as a PNG in base64 and as it is."""
        with self.shared.lanes.live():
            frame = learned.step(action, thrown)
        return pictures.text(pictures.png(frame)), frame

    def record(self, request: dict) -> dict[str, Any]:
        """{"weight", "seed", "actions", "restarts", "dream"} -> the play as a small JSON file; training takes it."""
        model = self.model(request)
        made = Episode.from_json(request).recipe(model)
        return {"name": f"{model.name}-play.json", "data": pictures.text(made.to_json().encode())}

    def film(self, request: dict) -> dict[str, Any]:
        """{as for record} -> the id of a job that films the play: both games side by side, or the dream."""
        episode = Episode.from_json(request)
        return {"job": self.shared.jobs.start(self.filming(self.model(request), episode), total=len(episode.actions))}

    def course(self, request: dict) -> dict[str, Any]:
        """{as for record} -> a play from its beginning to its end, for programs: see `play_game`."""
        model, episode = self.model(request), Episode.from_json(request)
        if episode.dream:
            return self.shared.jobs.made(self.filming(model, episode))
        played = play.world_of(model)
        steps = [play.drift(played, *pair) for pair in self.in_turn(episode.frames(model))]
        agree = play.together([step["apart"] for step in steps])
        told = {name: [step[name] for step in steps] for name in ("likeness", "tiles")}
        return {"together": agree, **told, **self.record(request)}

    def filming(self, model: Model, episode: Episode) -> Work:
        """The work of a job that films a play."""
        words = episode.recipe(model).to_json()
        name = f"{model.name}-{'dream' if episode.dream else 'play'}.mp4"
        pace = play.world_of(model).pace
        return partial(films.written, self.in_turn(episode.shown(model)), pace, play.SCALE, name, words)

    def in_turn(self, frames: Iterator[Frame]) -> Iterator[Frame]:
        """Frames of a play, each drawn in a lane of its own: who plays meanwhile waits for one of them at most."""
        while True:
            with self.shared.lanes.long():
                frame = next(frames, None)
            if frame is None:
                return
            yield frame

    def model(self, request: dict) -> Model:
        """The game of a request, or the first one."""
        cards = playable(self.shelf)
        if not request.get("weight") and not cards:
            raise RequestError(f"There is no game yet; train and export one ({command(['training.train_world'])}).")
        return self.shelf.get(str(request.get("weight") or cards[0].name))


def playable(shelf: Shelf) -> list[Card]:
    """The cards of the games on the shelf."""
    return [card for card in shelf.cards() if card.task == "play"]


def world_on(card: Card) -> World:
    """The game that a card's weight learned."""
    return world(build_config(card.family, card.config).world)


def rules(played: World) -> dict[str, Any]:
    """What the tab's scripts have to know of a world: how it is played, and what can be said of it.

    "keys", "actions" and "pace" as in its row; "near": pixels within which heroes agree, None where they never move;
    "missing": why there is no true game here, None where there is.
    """
    return {
        "hint": played.hint,
        "actions": list(played.actions),
        "keys": dict(played.keys),
        "pace": played.pace,
        "near": play.NEAR if played.place else None,
        "missing": play.missing(played),
    }


def reopened(shelf: Shelf, shared: Shared, made: Recipe) -> dict[str, Any]:
    """A recorded play as {"weight", "seed", "actions", "restarts"}, and "dream" where it is one."""
    model = shelf.find(made.weight, made.sha256)
    return {"weight": model.name, **Episode.of(made).recipe(model).arguments}


def dreamt(state: Any) -> int:
    """How many steps of a dream there were, by its state; RequestError for other text."""
    if not isinstance(state, str) or not state.isdecimal() or len(state) > 9:
        raise RequestError("The state of the dream is damaged; begin anew.")
    return int(state)


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
    if frame.shape != (SIDE, SIDE, 3):
        raise RequestError(f"A frame has {SIDE}x{SIDE} pixels, got {frame.shape[1]}x{frame.shape[0]}.")
    return frame


def api(desk: PlayDesk) -> None:
    """A whole play for programs, and the tab's own functions."""

    def play_game(weight: str, seed: int = 0, actions: str = "000111222", dream: bool = False) -> dict:
        """Play a game that is a network beside the true one, a sign of 0-9 and a-z a step: an action's number.

        The actions of each weight are under "rules" in what `play_models` says. Comes back as "together": how many
        steps the two agree, null where that cannot be said, "likeness" in dB and the share of "tiles" that agree (null
        where there are none) of each step, and "name" and "data" of a JSON file with the play. A dream, which the
        network plays alone, comes back as the "name" and "data" of a film.
        """
        return desk.course({"weight": weight, "seed": seed, "actions": actions, "dream": dream})

    publish(play_game, queue=True, concurrency_id="steps", concurrency_limit=2)
    publish_requests(desk, "play", listed="models")
