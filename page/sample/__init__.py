"""The Sample tab: walls of pictures, one picture inspected, breeding, verdicts, files that carry recipes.

What the visitor sees is page/sample/sample.html with its scripts. They call the functions of `SampleDesk`;
`api` gives the same functions names and plain arguments for gradio_client.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gan_models.checks import is_number
from gan_models.errors import RequestError
from gan_models.latents.attention import attention
from gan_models.latents.point import resolved
from gan_models.latents.seeds import LAST_SEED
from gan_models.methods import METHODS
from gan_models.pictures.photo import open_photo
from gan_models.sample import breed, checked_names, judge, names_of, point_of, points_of
from gan_models.shell import command
from gan_models.words.english import FILLERS
from gan_models.words.reading import MOST_LETTERS, first_sentence, read, suggestions
from page.parts import picker, pictures
from page.parts.archives import zipped
from page.parts.desk import Desk, Function, publish, put
from page.parts.flipbook import data_uri
from page.parts.opening import OPENING
from page.parts.requests import decoded, whole

if TYPE_CHECKING:
    from gan_models.loading import Model, Shelf
    from gan_models.recipe import Recipe
    from page.parts.jobs import Job, Work
    from page.parts.shared import Shared

NO_VERDICT = "This weight ships no discriminator."


def tab(shelf: Shelf, shared: Shared) -> None:
    """Put the tab into the page, and its functions under their names into the API."""
    desk = SampleDesk(shelf, shared)
    put(desk, "sample")
    api(desk)


@dataclass(frozen=True)
class SampleDesk(Desk):
    """What the tab's scripts ask for."""

    def functions(self) -> tuple[Function, ...]:
        return (
            self.models,
            self.describe,
            self.read,
            self.render,
            self.coordinates,
            self.attention,
            self.breed,
            self.save,
            self.archive,
            self.poll,
            self.stop,
            self.judge,
        )

    def models(self, request: dict) -> dict[str, Any]:
        """Every model's name and face, and a sentence for each folder that was refused."""
        return picker.listed(self.shelf, picker.sampling_cards(self.shelf))

    def describe(self, request: dict) -> dict[str, Any]:
        """What the controls must know of {"weight": name}; without a name, of the one to begin with."""
        model = self.shelf.get(request["weight"]) if request.get("weight") else first(self.shelf)
        # First, since it is what a weight of another task has not.
        latent_dim, card, directions = model.latent_dim, model.card, model.directions
        return {
            **picker.faced(self.shelf, card),
            "mark": model.sha256[:12],
            "size": model.size,
            "channels": model.channels,
            "labels": list(model.labels),
            "latent_dim": latent_dim,
            "directions": 0 if directions is None else len(directions),
            "verdict": {
                "why": None if "discriminator.safetensors" in card.files else NO_VERDICT,
                "unit": METHODS[card.method].unit if card.method in METHODS else "logit",
            },
            "layers": model.layers,
            "attends": model.attends,
            "words": None if model.words is None else vocabulary_of(model),
        }

    def read(self, request: dict) -> dict[str, Any]:
        """{"weight", "text"} -> what the weight makes of a sentence: words that it knows, reads as others, ignores."""
        found = read(self.shelf.get(str(request.get("weight"))), request.get("text"))
        return {**found.to_json(), "known": [word for word in found.known if word not in FILLERS]}

    def render(self, request: dict) -> dict[str, Any]:
        """{"weight", "points", "verdict"} -> one PNG sheet, scores or null, computing time in ms."""
        model, points = pictures.wanted(self.shelf, request)
        drawn = pictures.render(self.shared, model, points, bool(request.get("verdict")))
        scores = None if drawn.scores is None else [float(score) for score in drawn.scores]
        return {**pictures.mosaic(drawn.images), "scores": scores, "compute": drawn.compute}

    def coordinates(self, request: dict) -> dict[str, Any]:
        """{"weight", "point"} -> the latent's values after seed, directions and truncation."""
        model, point = pictures.one(self.shelf, request)
        return {"values": [float(value) for value in point.latent_of(model)]}

    def attention(self, request: dict) -> dict[str, Any]:
        """{"weight", "point", "x", "y"} -> where self-attention looks from a place of the picture, layer by layer.

        The place is from 0 (left, top) to 1. "maps": of each layer the "side" of the maps that it looks at, and row by
        row how much of the look goes to each of their places; the "shares" add up to 1.
        """
        model, point = pictures.one(self.shelf, request)
        inputs = resolved([point], model).to(model.device)
        with self.shared.lanes.live():
            found = attention(model.drawing_generator, inputs, request.get("x"), request.get("y"))
        maps = [{"side": seen.shape[-1], "shares": seen[0].flatten().tolist()} for seen in found.values()]
        return {"maps": maps}

    def breed(self, request: dict) -> dict[str, Any]:
        """{"weight", "parents": 1 or 2 points, "strength", "seed", "count"} -> the children's points."""
        parents = request.get("parents")
        if not isinstance(parents, list):
            raise RequestError("Breeding takes one or two parents; pick one or two pictures.")
        count = whole(request.get("count", 16), 1, pictures.MOST, "The number of children")
        seed = whole(request.get("seed", 0), 0, 2**32 - 1, "The seed")
        strength = request.get("strength", 0.4)
        if not is_number(strength, 0, 1):
            raise RequestError(f"The strength of breeding is a number from 0 to 1, got {strength!r}.")
        model, points = pictures.wanted(self.shelf, {**request, "points": parents})
        children = breed(model, points, count, strength, seed)
        return {"points": [child.to_json() for child in children]}

    def save(self, request: dict) -> dict[str, Any]:
        """{"weight", "point", "named": names of directions} -> a PNG that carries its recipe, and a name for it."""
        model, point = pictures.one(self.shelf, request)
        names = checked_names(request.get("named") or {})
        name, data = next(pictures.files(self.shared, model, [point], names=names))
        return {"name": name, "data": pictures.text(data)}

    def archive(self, request: dict) -> dict[str, Any]:
        """{"weight", "points", "named"} -> the id of a job that makes a zip of PNGs, each with its recipe."""
        work, total = self.archiving(request)
        return {"job": self.shared.jobs.start(work, total=total)}

    def archiving(self, request: dict) -> tuple[Work, int]:
        """The work of that job, and of how many pictures."""
        model, points = pictures.wanted(self.shelf, request)
        names = checked_names(request.get("named") or {})

        def work(job: Job) -> dict[str, Any] | None:
            buffer = io.BytesIO()
            drawn = enumerate(pictures.files(self.shared, model, points, names=names), 1)
            if not zipped(((f"{number:02d}-{name}", data) for number, (name, data) in drawn), buffer, job):
                return None
            return {"name": f"{model.card.name}-{len(points)}.zip", "data": pictures.text(buffer.getvalue())}

        return work, len(points)

    def restore(self, request: dict) -> dict[str, Any]:
        """{"data": a saved picture as base64} -> the {"weight", "point"} it was made from."""
        return pictures.restored(self.shelf, request.get("data"))

    def judge(self, request: dict) -> dict[str, Any]:
        """{"weight", "data": any picture as base64, "number": its class, if one is meant} -> what the discriminator saw
        of it, its score and the class it was judged as."""
        model, content = self.shelf.get(str(request.get("weight"))), decoded(request.get("data"))
        with OPENING.room(content):
            photo = open_photo(content)
        with self.shared.lanes.live():
            found = judge(model, photo, request.get("number"))
        label = None if found.label is None or not model.labels else model.labels[found.label]
        return {"picture": data_uri(found.picture), "score": found.score, "label": label}


def reopened(shelf: Shelf, shared: Shared, made: Recipe) -> dict[str, Any]:
    """A saved picture as {"weight", "point", "names" of directions}, a contact sheet as {"weight", "points"}."""
    weight = shelf.find(made.weight, made.sha256).name
    if "point" in made.arguments:
        return {"weight": weight, "point": point_of(made).to_json(), "names": names_of(made)}
    return {"weight": weight, "points": [point.to_json() for point in points_of(made)]}


def vocabulary_of(model: Model) -> dict[str, Any]:
    """What the page shows of the words that a model draws from: a sentence to begin with, and words to choose from."""
    groups = [{"name": name, "words": list(words)} for name, words in suggestions(model).items()]
    return {"text": first_sentence(model), "most": MOST_LETTERS, "groups": groups}


def first(shelf: Shelf) -> Model:
    """The model to begin with, loaded: the prettiest of those that can be."""
    cards = sorted(picker.sampling_cards(shelf), key=picker.prettiest)
    train = command(["training.train_dcgan"])
    none = f"There is no model yet; train and export one ({train}), or start with --weights DIR."
    return picker.first(cards, shelf.get, none)


def api(desk: SampleDesk) -> None:
    """The same functions under names and with plain arguments, for gradio_client and HTTP."""

    def models() -> dict:
        """Every model: name, title and a thumbnail as a data address."""
        return desk.models({})

    def describe(weight: str) -> dict:
        """One model: size, labels, latent size, number of directions, whether it can give verdicts."""
        return desk.describe({"weight": weight})

    def sample(
        weight: str,
        seed: int = 0,
        count: int = 16,
        label: int | str | None = -1,
        truncation: float = 1.0,
        text: str | None = None,
    ) -> dict:
        """Pictures of the seeds `seed`, `seed` + 1, ... as one PNG in base64; label: a class by name or number, or -1
        or null for each in turn; text: the sentence to draw from ("a red tulip"), where the weight draws from words."""
        count = whole(count, 1, pictures.MOST, "The number of pictures")
        whole(seed, 0, LAST_SEED - count, "The seed")
        if isinstance(label, str):
            label = desk.shelf.get(str(weight)).label(label)
        label = -1 if label is None else whole(label, -1, 10**6, "The number of a class")
        same = {"label": None if label < 0 else label, "truncation": truncation, "text": text}
        return desk.render({"weight": weight, "points": [{"seed": seed + n, **same} for n in range(count)]})

    def read_words(weight: str, text: str) -> dict:
        """What a weight that draws from words makes of a sentence ("a violet tulip"): "known" words, those read "alike"
        one that is ([["violet", "purple"]]), "ignored" ones, whether that leaves it "empty", and all of it "told" in a
        sentence."""
        return desk.read({"weight": weight, "text": text})

    def render(weight: str, points: list, verdict: bool = False) -> dict:
        """Any points as one PNG sheet in base64, with the discriminator's scores if asked for."""
        return desk.render({"weight": weight, "points": points, "verdict": verdict})

    def coordinates(weight: str, point: dict) -> dict:
        """The latent of a point, every coordinate."""
        return desk.coordinates({"weight": weight, "point": point})

    publish(models, describe, sample, read_words, render, coordinates)
    api_of_saving(desk)


def api_of_saving(desk: SampleDesk) -> None:
    """Those that breed, save, open and judge."""

    def breed(weight: str, parents: list, strength: float = 0.4, seed: int = 0, count: int = 16) -> dict:
        """Children of one or two points, as points."""
        more = {"strength": strength, "seed": seed, "count": count}
        return desk.breed({"weight": weight, "parents": parents, **more})

    def save_png(weight: str, point: dict) -> dict:
        """A picture as a PNG (base64) that carries its recipe."""
        return desk.save({"weight": weight, "point": point})

    def archive(weight: str, points: list) -> dict:
        """Pictures as a zip (base64) of PNGs with recipes."""
        work, _ = desk.archiving({"weight": weight, "points": points})
        return desk.shared.jobs.made(work)

    def judge(weight: str, data: str) -> dict:
        """What a weight's discriminator makes of any picture (a file in base64): its score, higher is more real."""
        return desk.judge({"weight": weight, "data": data})

    def restore(data: str) -> dict:
        """The weight and point of a saved picture (its bytes in base64)."""
        return desk.restore({"data": data})

    def attention(weight: str, point: dict, x: float = 0.5, y: float = 0.5) -> dict:
        """Where the self-attention of a generator looks from a place of a picture, across and down from 0 to 1.

        "maps": of each layer the "side" of the maps that it looks at, and row by row their "shares", which add up to 1.
        """
        return desk.attention({"weight": weight, "point": point, "x": x, "y": y})

    publish(breed, save_png, archive, judge, restore, attention)
