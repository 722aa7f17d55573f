"""The Translate tab: draw, and a picture answers stroke by stroke; or give a photograph, and it becomes another.

What the visitor sees is page/translate/translate.html with its scripts. They call the functions of
`TranslateDesk`; `api` gives the same functions names and plain arguments for gradio_client.
"""

from __future__ import annotations

import secrets
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from gradio.utils import get_upload_folder

from gan_models import pose
from gan_models.drawing.sheet import AS_IT_IS, pack_ground
from gan_models.drawing.sources import SOURCES, lines_of
from gan_models.drawing.strokes import read_strokes
from gan_models.errors import RequestError
from gan_models.pictures.photo import Photo, encode, flat, open_photo, resize_photo
from gan_models.puppets.dances import Dance, packed
from gan_models.recipe import stamp
from gan_models.translate import difference
from gan_models.translating.given import TranslateOptions, looked_at, read_ground, side_looked_at
from gan_models.weight.model import translation
from page.parts import compare, examples, pictures
from page.parts.desk import Desk, Function, publish, publish_requests, put
from page.parts.errors import names_only
from page.parts.flipbook import data_uri
from page.parts.opening import OPENING
from page.parts.requests import decoded, file_name, whole
from page.parts.store import Held, Store
from page.translate import drawings, poses, repairs, styles, tasks
from page.translate.film import film_of
from page.translate.recipes import recipe_in, reopened
from page.translate.request import Wanted, wish_of

if TYPE_CHECKING:
    from gan_models.drawing.strokes import Stroke
    from gan_models.loading import Model, Shelf
    from page.parts.jobs import Job, Work
    from page.parts.shared import Shared

MOST = 4
"""Variations at once."""
THUMBNAIL = 96
"""Longer side in pixels of a photograph's variations, until one of them is picked."""
FACE = 264
"""The same of an example's picture: twice what the page shows, for fine screens."""


def offered(shelf: Shelf, shared: Shared) -> bool:
    """Whether there is anything to translate with: without, the page shows no such tab."""
    return any(card.source for card in shelf.cards())


def tab(shelf: Shelf, shared: Shared) -> None:
    """Put the tab into the page, and its functions under their names into the API."""
    desk = TranslateDesk(shelf, shared)
    put(desk, "translate", "parts/compare.css", "translate/translate.css")
    api(desk)


@dataclass(frozen=True)
class TranslateDesk(Desk):
    """What the tab's scripts ask for."""

    store: Store = field(default_factory=Store)
    faces: dict[tuple, str] = field(default_factory=dict)

    def functions(self) -> tuple[Function, ...]:
        return (
            self.tasks, self.example, self.open, self.style, self.keep, self.trace, self.render, self.seen, self.save,
            self.sketch, self.film, self.mend, self.mask, self.again, self.persons, self.pose, self.portrait,
            self.capture, self.dance, self.poll, self.stop,
        )  # fmt: skip

    def tasks(self, request: dict) -> dict[str, Any]:
        """Every weight that translates, with what its controls must know, and which to begin with.

        {"mark": that of the last answer} -> only the mark where nothing has changed since.
        """
        # A first visitor draws: the best known subject first.
        kinds = list(SOURCES)
        order = lambda c: (kinds.index(c.source), "cat" not in c.name, c.name)  # noqa: E731
        cards = sorted((card for card in self.shelf.cards() if card.source), key=order)
        mark = zlib.crc32("".join(card.to_json() for card in cards).encode())
        if request.get("mark") == mark:
            return {"mark": mark}
        return {
            "mark": mark,
            "tasks": [tasks.described(self.shelf, card, self._face) for card in cards],
            "first": cards[0].name if cards else None,
            "refused": list(map(names_only, self.shelf.refused.values())),
        }

    def _face(self, name: str) -> str:
        """An example in small; made once, and again when other generators could have drawn it."""
        key = name, tuple(card.name for card in self.shelf.cards() if card.task == "sample")
        if key not in self.faces:
            self.faces[key] = data_uri(flat(_reduced(open_photo(self._example_file(name)), FACE)))
        return self.faces[key]

    def _example_file(self, name: str) -> bytes:
        content = drawings.painted(name) or examples.content(name, self.shelf, self.shared)
        if content is None:
            raise RequestError(f"There is no example {name[:40]!r}.")
        return content

    def example(self, request: dict) -> dict[str, Any]:
        """{"weight", "number", "outline"} -> the strokes of one of our own drawings, or of its outline alone."""
        model, number = self._model(request), whole(request.get("number", 0), 0, 10**6, "The number of an example")
        if not translation(model).takes.drawn:
            raise RequestError(f"{model.name} takes a photograph, not a drawing; open one.")
        make = drawings.outline if request.get("outline") else drawings.example
        return {"strokes": [stroke.to_json() for stroke in make(model.card, number)]}

    def open(self, request: dict) -> dict[str, Any]:
        """{"data", "name"}, {"example"} or {"weight", "point"} -> an id and a preview; for a file saved here, how it
        was made."""
        if "point" in request:
            content, name = pictures.drawn_file(self.shared, request)
        elif "example" in request:
            content, name = self._example_file(str(request["example"])), f"{request['example']}.png"
        else:
            content, name = decoded(request.get("data")), file_name(request)
            if made := recipe_in(content):
                return reopened(self.shelf, self.shared, made)
        with OPENING.room(content):
            photo = open_photo(content)
            preview = compare.preview(photo)
        if min(photo.height, photo.width) < 8:
            raise RequestError(f"The picture has {photo.width}x{photo.height} pixels; give at least 8x8.")
        return {
            "id": self.store.put(photo, name),
            "name": name,
            "width": photo.width,
            "height": photo.height,
            "preview": preview,
            "sha256": photo.sha256,
        }

    def style(self, request: dict) -> dict[str, Any]:
        """{"data", "name"}, {"manner"} or {"weight", "point"} -> a style as {"sha256", "copy", "name", "told"}."""
        return styles.taken(self.shared, request)

    def keep(self, request: dict) -> dict[str, Any]:
        """{"ids"}: a page still shows these pictures."""
        self.store.keep(request.get("ids") or [])
        return {}

    def trace(self, request: dict) -> dict[str, Any]:
        """{"weight", "id", "detector", "detail"} -> strokes of a picture's lines, or a ground to draw upon."""
        model, held = self._model(request), self.store.get(request.get("id"))
        wish = wish_of({"detail": request.get("detail")})
        with self.shared.lanes.live():
            detector = str(request.get("detector") or AS_IT_IS)
            strokes, ground = lines_of(model, held.photo, detector, wish.detail)
        return {
            "strokes": [stroke.to_json() for stroke in strokes],
            "ground": None if ground is None else pack_ground(ground),
        }

    def render(self, request: dict) -> dict[str, Any]:
        """{"weight", "strokes", "ground" or "id", settings, "seeds", "picked", "map"} -> a sheet of variations.

        Of a photograph also the picked one, as large as the screen wants it. "map": where the variations differ.
        """
        seeds, begun = self._seeds(request), time.perf_counter()
        wanted = self._wanted(request, small=True)
        made: list[Photo] = []
        for seed in seeds:
            made += wanted.pictures([seed], self.shared.lanes.live)
        reply: dict[str, Any] = {"compute": 1000 * (time.perf_counter() - begun)}
        colours = [flat(photo) for photo in made]
        if request.get("map") and len(colours) > 1:
            reply["map"] = compare.heat(difference(np.stack(colours)) / 4)
        if wanted.photo is None:
            return reply | pictures.mosaic(np.stack(colours))
        picked = made[min(whole(request.get("picked", 0), 0, MOST - 1, "The variation picked"), len(made) - 1)]
        worked = wanted.worked(self._held(request).photo)
        size = {"width": picked.width, "height": picked.height, "worked": [worked[1], worked[0]]}
        faces = [data_uri(flat(_reduced(photo, THUMBNAIL))) for photo in made]
        return reply | size | {"after": compare.preview(picked), "thumbnails": faces}

    def seen(self, request: dict) -> dict[str, Any]:
        """{as for render} -> what the network is really given, at its own size, hints laid over."""
        wanted = self._wanted(request, small=True)
        with self.shared.lanes.live():
            given = wanted.given()
        height, width = given.source.shape[2:]
        return {"picture": data_uri(given.picture()), "width": width, "height": height}

    def save(self, request: dict) -> dict[str, Any]:
        """{as for render, "seed"} -> a PNG of every pixel with its recipe; of a photograph, its address."""
        task = self.shelf.get(str(request.get("weight"))).card.task
        if task == "pose":
            return poses.saved(self._puppet(request), request, self.shared.lanes)
        if task == "repair":
            held = self._held(request)
            return _written(held, *repairs.saved(self.shelf, held, request, self.shared.lanes))
        wanted = self._wanted(request)
        made = wanted.pictures([wanted.wish.seed], self.shared.lanes.long)[0]
        with self.shared.lanes.long():
            content = encode(made, "png", wanted.recipe().to_json())
        if wanted.photo is None:
            return {"name": f"{wanted.model.name}-seed-{wanted.wish.seed}.png", "data": pictures.text(content)}
        held = self._held(request)
        return _written(held, f"{Path(held.name).stem}-{wanted.model.name}.png", content)

    def sketch(self, request: dict) -> dict[str, Any]:
        """{as for save} -> the drawing alone as a PNG, with the same recipe."""
        wanted = self._wanted(request)
        if wanted.photo is not None:
            raise RequestError(f"{wanted.model.name} takes a photograph; there is no drawing to save.")
        wanted.given()  # an empty canvas is nothing to save
        content = stamp(wanted.sketch(), wanted.recipe())
        return {"name": f"{wanted.model.name}-drawing.png", "data": pictures.text(content)}

    def film(self, request: dict) -> dict[str, Any]:
        """{as for save} -> the id of a job that films the drawing growing beside its result, or the photograph that
        turns into it; or the dance of a person."""
        if self.shelf.get(str(request.get("weight"))).card.task == "pose":
            return poses.film_of(self._puppet(request), request, self.shared.lanes, self.shared.jobs)
        work, total = film_of(self._wanted(request), self.shared.lanes)
        return {"job": self.shared.jobs.start(work, total=total)}

    def mend(self, request: dict) -> dict[str, Any]:
        """{"weight", "id", "strokes", "seed"} -> one answer to the hole that they paint: of each region its picture."""
        return repairs.mended(self.shelf, self._held(request), request, self.shared.lanes)

    def mask(self, request: dict) -> dict[str, Any]:
        """{"id", "data"} -> a mask's file as a step of painting; {"id", "strokes"} -> the mask as a PNG."""
        return repairs.mask_of(self._held(request), request)

    def again(self, request: dict) -> dict[str, Any]:
        """{"id", "steps"} -> the photograph with these repairs, to go on with: another id, and a preview."""
        return repairs.again(self.shelf, self.store, self._held(request), request, self.shared.lanes)

    def persons(self, request: dict) -> dict[str, Any]:
        """{"weight"} -> everybody whom it can draw in another pose: pictures, and where their joints are."""
        return poses.persons(self._puppet(request))

    def pose(self, request: dict) -> dict[str, Any]:
        """{"weight", "joints", "person", "last"} -> a person in a pose, as a PNG in base64."""
        return poses.posed(self._puppet(request), request, self.shared.lanes)

    def portrait(self, request: dict) -> dict[str, Any]:
        """{"weight", "data", "name"} -> somebody's picture as this weight sees it, for joints to be placed on."""
        return poses.portrait(self._puppet(request), request)

    def capture(self, request: dict) -> dict[str, Any]:
        """{"data", "name"}: a BVH file -> a dance."""
        return poses.capture(request)

    def dance(self, request: dict) -> dict[str, Any]:
        """{"dance"} -> every pose that it goes through."""
        return {"poses": packed(Dance.from_json(request.get("dance")).frames())}

    def _puppet(self, request: dict) -> Model:
        model = self.shelf.get(str(request.get("weight")))
        pose.persons(model)
        return model

    def _model(self, request: dict) -> Model:
        model = self.shelf.get(str(request.get("weight")))
        translation(model)
        return model

    def _held(self, request: dict) -> Held:
        if not request.get("id"):
            raise RequestError("This weight takes a photograph; open one first.")
        return self.store.get(request["id"])

    def _wanted(self, request: dict, small: bool = False) -> Wanted:
        """What a request names; `small`: a photograph only as large as the screen wants it."""
        model, wish = self._model(request), wish_of(request)
        strokes = read_strokes(request.get("strokes") or [])
        if translation(model).takes.drawn:
            ground = request.get("ground")
            return Wanted(model, wish, strokes, None if ground is None else read_ground(model, ground))
        held = self._held(request)
        photo = self._small(held, model, wish) if small else held.photo
        styled = styles.wished(request) if translation(model).styled else None
        return Wanted(model, wish, strokes, photo=photo, styled=styled)

    def _translating(
        self, model: Model, wish: TranslateOptions, strokes: Sequence[Stroke], file: bytes, style: str
    ) -> Work:
        """The work of a job that draws a drawing or a picture's file, in a style's file in base64, "" for none."""

        def make(job: Job) -> dict[str, Any]:
            with OPENING.room(file):
                photo = open_photo(file) if file else None
            styled = styles.of_file(style) if style else None
            wanted = Wanted(model, wish, strokes, photo=photo, styled=styled)
            made = wanted.pictures([wish.seed], self.shared.lanes.long)[0]
            content = encode(made, "png", wanted.recipe().to_json())
            return {"name": f"{model.name}-seed-{wish.seed}.png", "data": pictures.text(content)}

        return make

    def _small(self, held: Held, model: Model, wish: TranslateOptions) -> Photo:
        """The picture reduced for the screen; kept with it, for every stroke asks for it."""
        key = f"small {side_looked_at(model, wish)}"
        if key not in held.results:
            held.results[key] = looked_at(held.photo, model, wish)
        return held.results[key]

    def _seeds(self, request: dict) -> list[int]:
        seeds = request.get("seeds", [0])
        if not isinstance(seeds, list) or not 1 <= len(seeds) <= MOST:
            raise RequestError(f"One to {MOST} variations are drawn at once; choose fewer.")
        return [TranslateOptions(seed=seed).seed for seed in seeds]


def _written(held: Held, name: str, content: bytes) -> dict[str, Any]:
    """A result as a file for its download, for as long as its photograph is held."""
    path = Path(get_upload_folder()) / "translate" / secrets.token_urlsafe(16) / name
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    held.files.append(path)
    return {"name": path.name, "path": str(path)}


def _reduced(photo: Photo, side: int) -> Photo:
    share = side / max(photo.height, photo.width)
    if share >= 1:
        return photo
    return resize_photo(photo, max(1, round(photo.height * share)), max(1, round(photo.width * share)))


def api(desk: TranslateDesk) -> None:
    """The same functions under names and with plain arguments, for gradio_client and HTTP."""

    def translate(
        weight: str,
        strokes: list | None = None,
        data: str = "",
        seed: int = 0,
        direction: int = 0,
        strength: float = 1.0,
        edges: str = "",
        detail: float = 0.3,
        style: str = "",
        keep_colours: bool = False,
        outlines: float = 0.4,
    ) -> dict:
        """A drawing (strokes) or a picture (a file in base64; its `edges` if wanted) translated, as a PNG in base64.

        `style`: the file in base64 whose style it is painted in, for weights that do that; `outlines`: how dark those
        of a cartoon are, 0 to 1; `keep_colours`: the photograph's own, in a style or a cartoon.
        """
        wish = TranslateOptions(seed, direction, strength, None, edges or None, detail, outlines, keep_colours)
        model, lines = desk._model({"weight": weight}), read_strokes(strokes or [])
        return desk.shared.jobs.made(desk._translating(model, wish, lines, decoded(data) if data else b"", style))

    def repair(weight: str, data: str, mask: str, seed: int = 0) -> dict:
        """A photograph whose hole is filled, as a PNG in base64.

        `data` and `mask` are files in base64; the mask is as large as the photograph, and white in the hole.
        """
        shelf, lanes = desk.shelf, desk.shared.lanes
        return desk.shared.jobs.made(lambda job: repairs.made(shelf, lanes, weight, data, mask, seed))

    def pose_person(weight: str, pose: str = "stand", joints: list | None = None, person: int = 0) -> dict:
        """A person of a weight in one of its poses by name, or with 15 `joints` [x, y], as a PNG in base64."""
        model, lanes = desk._puppet({"weight": weight}), desk.shared.lanes
        return desk.shared.jobs.made(lambda job: poses.made(model, lanes, pose, joints, person))

    def dance_person(weight: str, motion: str = "walk", bvh: str = "", person: int = 0, kind: str = "mp4") -> dict:
        """A person of a weight who walks, waves, jumps or dances, or moves as a BVH file in base64 says, as a film."""
        model, lanes = desk._puppet({"weight": weight}), desk.shared.lanes
        return desk.shared.jobs.made(poses.danced(model, lanes, motion, bvh, person, kind))

    publish(translate, repair, pose_person, dance_person)
    publish_requests(desk, "translate", listed="tasks")
