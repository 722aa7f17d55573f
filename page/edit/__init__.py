"""The Edit tab: one picture of a style-based generator: pushed along directions, crossed with another, dragged.

What the visitor sees is page/edit/edit.html with its scripts. They call the functions of `EditDesk`; `api` gives
the same functions names and plain arguments for gradio_client.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gan_models.errors import RequestError
from gan_models.latents.point import Point
from gan_models.latents.styles import pack, ranges
from gan_models.sample import before_of, checked_names, names_of, point_of
from gan_models.shell import command
from gan_models.steer import steer
from page.edit import drags, holes, maps, projects, tunings
from page.parts import picker, pictures
from page.parts.desk import Desk, Function, publish, put
from page.parts.requests import decoded

if TYPE_CHECKING:
    from gan_models.loading import Model, Shelf
    from gan_models.recipe import Recipe
    from gan_models.weight.card import Card
    from page.parts.shared import Shared


ATTRIBUTE = ("name", "more", "less", "about")
"""What the page shows of an attribute."""


def offered(shelf: Shelf, shared: Shared) -> bool:
    """Whether there is a weight whose pictures can be edited: without, the page shows no such tab."""
    return bool(styled(shelf))


def tab(shelf: Shelf, shared: Shared) -> None:
    """Put the tab into the page, and its functions under their names into the API."""
    desk = EditDesk(shelf, shared)
    put(desk, "edit", "edit/edit.css")
    api(desk)


@dataclass(frozen=True)
class EditDesk(Desk):
    """What the tab's scripts ask for."""

    def functions(self) -> tuple[Function, ...]:
        return (
            self.models, self.describe, self.render, self.styles, self.maps, self.save, self.steer, self.drag,
            self.film, self.poll, self.stop, self.photograph, self.align, self.project, self.fill, self.tune,
        )  # fmt: skip

    def models(self, request: dict) -> dict[str, Any]:
        """Every style-based model's name and face, and a sentence for each folder that was refused."""
        return picker.listed(self.shelf, styled(self.shelf))

    def describe(self, request: dict) -> dict[str, Any]:
        """What the controls must know of {"weight": name}; without a name, of the one to begin with.

        "layers" has the ranges of layers by name, "directions" how many there are of each kind, "names" what some of
        them do, "attributes" what those of the kind "named" steer, "mark" is another one for a weight that was trained
        again, "tunes" says whether a copy may be tuned and kept.
        """
        model = self.model(request["weight"]) if request.get("weight") else self.first()
        return {
            **picker.faced(self.shelf, model.card),
            "mark": model.sha256[:12],
            "size": model.size,
            "labels": list(model.labels),
            "layers": ranges(model.layers),
            "directions": {kind: len(rows) for kind, rows in model.style_directions.items()},
            "names": model.card.names,
            "attributes": [{name: getattr(one, name) for name in ATTRIBUTE} for one in model.card.attributes],
            "tunes": tunings.allowed(self),
        }

    def render(self, request: dict) -> dict[str, Any]:
        """{"weight", "points"} -> one PNG sheet, and the computing time in ms."""
        model, points = pictures.wanted(self.shelf, request)
        drawn = pictures.render(self.shared, model, points)
        return {**pictures.mosaic(drawn.images), "compute": drawn.compute}

    def styles(self, request: dict) -> dict[str, Any]:
        """{"weight", "point"} -> its styles in words, the base of a point that looks just so."""
        model, point = pictures.one(self.shelf, request)
        return {"styles": pack(point.styles_of(model))}

    def maps(self, request: dict) -> dict[str, Any]:
        """{"weight", "point", "layer"} -> the maps that a layer makes of a point, as a sheet of small pictures."""
        model, point = pictures.one(self.shelf, request)
        with self.shared.lanes.live():
            drawn = maps.maps_of(model, point, request.get("layer"))
        return {**pictures.mosaic(drawn), "count": len(drawn)}

    def save(self, request: dict) -> dict[str, Any]:
        """{"weight", "point"} -> a PNG that carries its recipe, and a name for it.

        "points": those it came from; "named": names of directions.
        """
        model, point = pictures.one(self.shelf, request)
        before = [Point.from_json(words) for words in request.get("points") or ()]
        names = checked_names(request.get("named") or {})
        name, data = next(pictures.files(self.shared, model, [point], before, names))
        return {"name": name, "data": pictures.text(data)}

    def restore(self, request: dict) -> dict[str, Any]:
        """{"data": a saved picture as base64} -> the {"weight", "point"} it was made from."""
        place = pictures.restored(self.shelf, request.get("data"))
        self.model(place["weight"])
        return place

    def steer(self, request: dict) -> dict[str, Any]:
        """{"weight", "point", "text"} -> the point pushed as the text wishes, and what was understood of it."""
        model, point = pictures.one(self.shelf, request)
        steered, found = steer(model, point, request.get("text"))
        return {"point": steered.to_json(), **found.to_json()}

    def drag(self, request: dict) -> dict[str, Any]:
        """{"weight", "point", "pairs": [[handle, target], ...], "mask", "state"} -> the picture some steps on.

        Without "state" from the point on; with the one of the last reply, further. Places are [x, y] in pixels.
        """
        model, point = pictures.one(self.shelf, request)
        return drags.dragged(model, point, request, self.shared.lanes)

    def film(self, request: dict) -> dict[str, Any]:
        """{as for drag, and "number" of steps} -> the id of a job that films the way."""
        model, point = pictures.one(self.shelf, request)
        work, total = drags.film(model, point, request, self.shared.lanes)
        return {"job": self.shared.jobs.start(work, total=total)}

    def photograph(self, request: dict) -> dict[str, Any]:
        """{"data"} of any file that Upscale opens -> a PNG of it to look at, and the box to begin with."""
        with self.shared.lanes.live():
            return projects.photograph(decoded(request.get("data")))

    def align(self, request: dict) -> dict[str, Any]:
        """{"weight", "data": a photograph, "box"} -> what the box holds, as the weight draws."""
        with self.shared.lanes.live():
            return projects.aligned(self.model(str(request.get("weight"))), request)

    def project(self, request: dict) -> dict[str, Any]:
        """{"weight", "data": as aligned, "mask", "state", "total" steps} -> the nearest picture so far, how far, the
        state."""
        return projects.projected(self.model(str(request.get("weight"))), request, self.shared.lanes)

    def fill(self, request: dict) -> dict[str, Any]:
        """{"weight", "point", "data": a photograph, "box", "mask"} -> the photograph with its hole filled."""
        model, point = pictures.one(self.shelf, request)
        return holes.filled(model, point, request, self.shared.lanes)

    def tune(self, request: dict) -> dict[str, Any]:
        """{"weight", "point", "data": as aligned, "seconds"} -> the id of a job that tunes a copy to the photograph."""
        model, point = pictures.one(self.shelf, request)
        self.model(model.name)
        return tunings.begun(self, model, point, request)

    def model(self, name: str) -> Model:
        """A model of the shelf that has styles."""
        model = self.shelf.get(name)
        if not model.layers:
            raise RequestError(f"{name} has no styles to edit; open its pictures in Sample.")
        return model

    def first(self) -> Model:
        """The model to begin with, loaded: the first that can be."""
        train = command(["training.train_stylegan2"])
        none = f"There is no model with styles yet; train and export one ({train})."
        return picker.first(styled(self.shelf), self.model, none)


def reopened(shelf: Shelf, shared: Shared, made: Recipe) -> dict[str, Any]:
    """A saved picture, or the one that a film of a drag begins with, as {"weight", "point", "before", "names"}."""
    point = Point.from_json(made.arguments.get("point")) if made.verb in ("drag", "project") else point_of(made)
    weight = EditDesk(shelf, shared).model(shelf.find(made.weight, made.sha256).name).name
    before = [earlier.to_json() for earlier in before_of(made)]
    more = {"before": before, "names": names_of(made)}
    return {"weight": weight, "point": point.to_json(), **{name: words for name, words in more.items() if words}}


def styled(shelf: Shelf) -> list[Card]:
    """The cards of style-based generators, colour at 64 px first, which is pretty and quick; the best known subject
    before others, as on Translate."""
    order = lambda card: (picker.prettiest(card), "cat" not in card.name)  # noqa: E731
    return sorted(filter(picker.has_styles, shelf.cards()), key=order)


def api(desk: EditDesk) -> None:
    """The same functions under names and with plain arguments, for gradio_client and HTTP."""

    def edit(weight: str, point: dict) -> dict:
        """A picture of a style-based weight as a PNG (base64) that carries its recipe.

        A point is {"seed": 1, "mixes": [{"seed": 2, "layers": [0, 3], "share": 0.5}], "pushes": [{"direction": 0,
        "amount": 2.0, "layers": [3, 7], "kind": "principal"}], "truncation": 0.7, "cutoff": 7, "noise": "none"}.
        """
        return desk.save({"weight": weight, "point": point})

    def edit_models() -> dict:
        """Every style-based model: name, title and a thumbnail as a data address."""
        return desk.models({})

    def edit_describe(weight: str) -> dict:
        """One model: size, labels, ranges of layers, how many directions of styles of each kind."""
        return desk.describe({"weight": weight})

    def edit_render(weight: str, points: list) -> dict:
        """Any points as one PNG sheet in base64."""
        return desk.render({"weight": weight, "points": points})

    def edit_styles(weight: str, point: dict) -> dict:
        """The styles of a point in words, {"styles": text}, which is a point itself."""
        return desk.styles({"weight": weight, "point": point})

    def edit_maps(weight: str, point: dict, layer: int) -> dict:
        """The maps that a layer makes of a point, as one PNG sheet in base64."""
        return desk.maps({"weight": weight, "point": point, "layer": layer})

    def edit_steer(weight: str, point: dict, text: str) -> dict:
        """A point steered by words ("darker ground, more ginger, no stripes"): the "point", and what was understood.

        "wishes" say which word was read as which, for which attribute, how far; "unknown" the words that were not.
        """
        return desk.steer({"weight": weight, "point": point, "text": text})

    def edit_restore(data: str) -> dict:
        """The weight and point of a saved picture (its bytes in base64)."""
        return desk.restore({"data": data})

    publish(edit, edit_models, edit_describe, edit_render, edit_styles, edit_maps, edit_steer, edit_restore)
    searches(desk)


def searches(desk: EditDesk) -> None:
    """Those that take many steps, whole and waited for, two at a time."""

    def edit_drag(weight: str, point: dict, pairs: list, steps: int = 100, mask: str | None = None) -> dict:
        """A picture whose handles were dragged to their targets, for so many steps at most.

        Pairs are [[[x, y], [x, y]], ...] in pixels; the mask as gan_models.drag.packed_mask says it. Comes back as the
        "point", the "handles", the number of the last "step", and "name" and "data" of a PNG with its recipe.
        """
        return drags.finished(desk, {"weight": weight, "point": point, "pairs": pairs, "mask": mask}, steps)

    def edit_project(data: str, weight: str, steps: int = 200, box: dict | None = None) -> dict:
        """The picture of a weight that is nearest to a photograph (a file in base64), after so many steps.

        A box is {"x", "y", "side", "turn"} in pixels and degrees; without one a cat's face is looked for. Comes back
        as the "point", how "far" it is in figures and words, and "name" and "data" of a PNG with its recipe.
        """
        return projects.finished(desk, {"data": data, "weight": weight, "box": box, "total": steps})

    def edit_tune(data: str, weight: str, seconds: int = 60, steps: int = 200, box: dict | None = None) -> dict:
        """A copy of a weight tuned to a photograph (a file in base64) for so many seconds, after a projection.

        Box and steps as in edit_project. Only where the page is its owner's: the copy is a new "weight" on the shelf,
        whose "point" draws the photograph; "told" says how near it came.
        """
        return tunings.finished(desk, {"data": data, "weight": weight, "box": box, "total": steps, "seconds": seconds})

    publish(edit_drag, edit_project, edit_tune, queue=True, concurrency_id="steps", concurrency_limit=2)
