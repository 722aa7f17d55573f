"""The Upscale tab: a picture in, a larger one out, and what was invented on the way.

What the visitor sees is page/upscale/upscale.html with its scripts. They call the functions of `UpscaleDesk`;
`api` gives the same functions names and plain arguments for gradio_client.
"""

from __future__ import annotations

import math
import secrets
import time
from dataclasses import asdict, dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradio.utils import get_upload_folder

from gan_models.errors import RequestError, WeightError
from gan_models.methods import RESCUE
from gan_models.pictures.damage import damage
from gan_models.pictures.photo import KINDS, Photo, check_kind, encode, flat, open_photo, resize_photo
from gan_models.upscale import LARGE, estimate, recipe_of, steps
from page.parts import compare, examples, pictures
from page.parts.archives import zipped
from page.parts.desk import Desk, Function, publish, publish_requests, put
from page.parts.opening import OPENING
from page.parts.requests import check_source, decoded, file_name, whole
from page.parts.store import Held, Store
from page.upscale import crops
from page.upscale.networks import Networks
from page.upscale.settings import BICUBIC, Settings
from page.upscale.task import Task, check_room, enlarge

if TYPE_CHECKING:
    from gan_models.loading import Shelf
    from gan_models.recipe import Recipe
    from gan_models.upscaling.upscaler import Upscaler
    from page.parts.jobs import Job
    from page.parts.shared import Shared

MOST_FILES = 32
"""Pictures of one zip."""


def offered(shelf: Shelf, shared: Shared) -> bool:
    """Whether there is anything to upscale with: without, the page shows no such tab."""
    return bool(shared.upscalers) or any(card.task == "upscale" for card in shelf.cards())


def tab(shelf: Shelf, shared: Shared) -> None:
    """Put the tab into the page, and its functions under their names into the API."""
    desk = UpscaleDesk(shelf, shared)
    put(desk, "upscale", "parts/compare.css", "upscale/upscale.css")
    api(desk)


@dataclass(frozen=True)
class UpscaleDesk(Desk):
    """What the tab's scripts ask for."""

    store: Store = field(default_factory=Store)

    def functions(self) -> tuple[Function, ...]:
        return (
            self.networks, self.open, self.keep, self.crop, self.plan, self.start, self.poll, self.stop, self.show,
            self.lens, self.reference, self.save,
        )  # fmt: skip

    def networks(self, request: dict) -> dict[str, Any]:
        """Every network with what one should know of it, and the examples."""
        meant = {"damaged": next((card.name for card in self.known.cards if card.method == RESCUE), None)}
        samples = [self._example(name, title, meant.get(name)) for name, title in examples.names(self.shelf)]
        return {**self.known.listed(), "examples": samples, "crop": crops.SIDE, "large": LARGE / 1e6}

    def _example(self, name: str, title: str, network: str | None) -> dict[str, Any]:
        """`network`: the one that is made for such a picture, where there is one."""
        photo = open_photo(examples.content(name, self.shelf, self.shared))
        face = {"picture": compare.preview(photo), "small": photo.width < 100}
        return {"name": name, "title": title, **face, "network": network}

    def open(self, request: dict) -> dict[str, Any]:
        """{"data", "name"}, {"example"} or {"weight", "point"} -> an id for the picture, and a preview."""
        content, name = self._content(request)
        with OPENING.room(content):
            photo = open_photo(content)
            shown = {"preview": compare.preview(photo), "words": compare.kind_of(photo), "advice": self._advice(photo)}
        ident = self.store.put(photo, name)
        about = {"id": ident, "name": name, "width": photo.width, "height": photo.height, "sha256": photo.sha256}
        return about | shown

    def _advice(self, photo: Photo) -> dict[str, str] | None:
        """The network made for a picture like this one, and what was found in it; None where nothing speaks for one."""
        rescue = next((card.name for card in self.shelf.cards() if card.method == RESCUE), None)
        found = damage(flat(photo)).told if rescue else ""
        return {"network": rescue, "found": found} if found else None

    def _content(self, request: dict) -> tuple[bytes, str]:
        if "point" in request:
            return pictures.drawn_file(self.shared, request)
        if "example" in request:
            content = examples.content(str(request["example"]), self.shelf, self.shared)
            if content is None:
                raise RequestError(f"There is no example {str(request['example'])[:40]!r}.")
            return content, f"{request['example']}.png"
        return decoded(request.get("data")), file_name(request)

    def keep(self, request: dict) -> dict[str, Any]:
        """{"ids"}: a page still shows these pictures -> those that are no longer held, to be opened again."""
        return {"gone": self.store.keep(request.get("ids") or [])}

    def crop(self, request: dict) -> dict[str, Any]:
        """{"id", "x", "y", "settings", "against", "trust"} -> before and after of a part around a point, at once."""
        held, settings = self.store.get(request.get("id")), Settings.of(request.get("settings"))
        box = crops.around(held.photo, request.get("x", 0.5), request.get("y", 0.5))
        begun = time.perf_counter()
        after = self._part(held, settings, box)
        seconds = time.perf_counter() - begun
        before = self._part(held, self._against(request, settings), box)
        faithful = self._part(held, self._faithful(request, settings), box) if request.get("trust") == "twin" else None
        view = compare.view(held.photo.crop(*box), after, before, request.get("trust"), faithful)
        return {**view, "box": box, "seconds": seconds}

    def plan(self, request: dict) -> dict[str, Any]:
        """{"ids", "settings": [first, more...]} -> how large the first's results will be, and how long all take."""
        every, several, lanes = self._every(request), self._several(request), self.shared.lanes
        missing = [(held, one) for held in several for one in every if self._key(one) not in held.results]
        found = [
            estimate(self.upscaler(one), held.photo, one.order, workers=lanes.width, turn=lanes.live)
            for held, one in missing
        ]
        sizes = [every[0].order.size(held.photo) for held in several]
        pixels, first = [height * width for height, width in sizes], self.upscaler(every[0])
        return {
            "seconds": sum(part.seconds for part in found),
            "tiles": sum(part.tiles for part in found),
            "megapixels": sum(pixels) / 1e6,
            "width": sizes[0][1],
            "height": sizes[0][0],
            "large": max(pixels) > LARGE,
            "seams": first.seams,
            "beyond": first.beyond(every[0].scale),
        }

    def start(self, request: dict) -> dict[str, Any]:
        """{"ids", "settings": [first, more...], "large"} -> the id of a job that makes what is not there yet."""
        every = self._every(request)
        tasks = [self._task(held, settings, request) for held in self._several(request) for settings in every]
        check_room(tasks)
        return {"job": self.shared.jobs.start(partial(enlarge, tasks), len(tasks))}

    def _task(self, held: Held, settings: Settings, request: dict) -> Task:
        upscaler, order, lanes = self.upscaler(settings), settings.order, self.shared.lanes
        height, width = order.size(held.photo)
        large = bool(request.get("large"))
        run = partial(steps, upscaler, held.photo, order, workers=lanes.width, turn=lanes.long, large=large)
        return Task(held, self._key(settings), height * width, run)

    def show(self, request: dict) -> dict[str, Any]:
        """{"id", "settings", "against", "trust"} -> previews of a result that is there, and its figures."""
        held, settings = self.store.get(request.get("id")), Settings.of(request.get("settings"))
        after, before = self._result(held, settings), self._result(held, self._against(request, settings))
        faithful = self._result(held, self._faithful(request, settings)) if request.get("trust") == "twin" else None
        return compare.view(held.photo, after, before, request.get("trust"), faithful)

    def lens(self, request: dict) -> dict[str, Any]:
        """{"id", "settings", "against", "x", "y", "side"} -> a square of the result, every pixel of it."""
        held, settings = self.store.get(request.get("id")), Settings.of(request.get("settings"))
        after = self._result(held, settings)
        before = partial(crops.bicubic, held.photo, settings.order)
        if (against := self._against(request, settings)).network != BICUBIC:
            before = partial(Photo.crop, self._result(held, against))
        side = whole(request.get("side", 200), 16, 512, "The lens's side")
        box = crops.around(after, request.get("x", 0.5), request.get("y", 0.5), side)
        return compare.lens(after.crop(*box), before(*box))

    def reference(self, request: dict) -> dict[str, Any]:
        """{"id", "settings", "against", "data"} -> PSNR and SSIM of both sides against a reference."""
        held, settings = self.store.get(request.get("id")), Settings.of(request.get("settings"))
        sides = {"after": settings, "before": self._against(request, settings)}
        content = decoded(request.get("data"))
        with OPENING.room(content):
            truth = open_photo(content)
            found = {
                side: compare.scores(self._result(held, chosen), truth, settings.scale)
                for side, chosen in sides.items()
            }
        return {"scores": found, "border": math.ceil(settings.scale)}

    def save(self, request: dict) -> dict[str, Any]:
        """{"ids", "settings", "kind"} -> the address of a file with every pixel.

        Of several pictures the id of a job that comes to the address of a zip.
        """
        settings, kind = Settings.of(request.get("settings")), known_kind(request.get("kind", "png"))
        several = self._several(request)
        names = unique(
            [f"{Path(held.name).stem}-{self._plain(settings)}-x{settings.scale:g}{KINDS[kind]}" for held in several]
        )
        if len(several) == 1:
            path = self._target(several[0], names[0])
            path.write_bytes(self._file(several[0], settings, kind))
            return address(path)
        path = self._target(several[0], f"{len(several)}-pictures-{self._plain(settings)}.zip")
        files = ((name, self._file(held, settings, kind)) for name, held in zip(names, several))

        def work(job: Job) -> dict[str, Any] | None:
            return address(path) if zipped(files, path, job) else None

        return {"job": self.shared.jobs.start(work, total=len(several))}

    def _target(self, held: Held, name: str) -> Path:
        """Where a file of this name is written for its download; it goes with the picture."""
        folder = Path(get_upload_folder()) / "upscale" / secrets.token_urlsafe(16)
        folder.mkdir(parents=True)
        held.files.append(folder / name)
        return folder / name

    def _file(self, held: Held, settings: Settings, kind: str) -> bytes:
        # In no lane: Pillow writes a large file for seconds without a pause, and no live picture should wait for that.
        recipe = recipe_of(self.upscaler(settings), held.photo, settings.order)
        return encode(self._result(held, settings), kind, recipe.to_json())

    @cached_property
    def known(self) -> Networks:
        return Networks(self.shelf, self.shared.upscalers)

    def upscaler(self, settings: Settings) -> Upscaler:
        """The network of these settings, ready."""
        return self.known.get(settings)

    def _key(self, settings: Settings) -> str:
        """What a result is held under: another one where a network was replaced by one of the same name."""
        if settings.network in self.known.checkpoints:
            return settings.key
        return f"{settings.key} {self.shelf.get(settings.network).sha256}"

    def _plain(self, settings: Settings) -> str:
        """A network's name as part of a file's; that of a checkpoint of the Hub holds its repository."""
        name = settings.network
        return Path(name.rpartition(":")[2]).stem if name in self.known.checkpoints else name

    def _several(self, request: dict) -> list[Held]:
        ids = request.get("ids")
        if not isinstance(ids, list) or not 1 <= len(ids) <= MOST_FILES:
            raise RequestError(f"One to {MOST_FILES} pictures are made at once; open or remove some.")
        return [self.store.get(ident) for ident in ids]

    def _every(self, request: dict) -> list[Settings]:
        """The settings of a request that has a list of them, without bicubic: that one is made when it is shown."""
        words = request.get("settings")
        found = [Settings.of(one) for one in words] if isinstance(words, list) else []
        if not (wanted := [settings for settings in found if settings.network != BICUBIC]):
            raise RequestError(f"Settings are a list that begins with those of a network; got {str(words)[:80]}.")
        return wanted

    def _against(self, request: dict, settings: Settings) -> Settings:
        """What stands on the left: bicubic, or another network at the same scale."""
        return Settings(str(request.get("against") or BICUBIC), settings.scale)

    def _faithful(self, request: dict, settings: Settings) -> Settings:
        return Settings(str(request.get("faithful")), settings.scale)

    def _part(self, held: Held, settings: Settings, box: crops.Box) -> Photo:
        with self.shared.lanes.live():
            if settings.network == BICUBIC:
                large = (round(side * settings.scale) for side in box)
                return crops.bicubic(held.photo, settings.order, *large)
            return crops.enlarged(self.upscaler(settings), held.photo, settings.order, box)

    def _result(self, held: Held, settings: Settings) -> Photo:
        if settings.network == BICUBIC:
            with self.shared.lanes.live():
                return resize_photo(held.photo, *settings.order.size(held.photo))
        if (key := self._key(settings)) not in held.results:
            raise RequestError("That result is not there yet; upscale the whole picture first.")
        return held.results[key]


def reopened(shelf: Shelf, shared: Shared, made: Recipe) -> dict[str, Any]:
    """An enlarged picture as {"recipe": {"settings", "source"}}: the controls, and the hash of the picture it needs."""
    words, networks = made.arguments, Networks(shelf, shared.upscalers)
    name = made.weight if "community" in words else shelf.find(made.weight, made.sha256).name
    choice = {"network": name, "scale": words.get("scale"), "colour_lock": words.get("colour_lock")}
    settings = Settings.of(choice | {"fidelity": words.get("fidelity")})
    if "community" in words and name not in networks.checkpoints:
        raise RequestError(f"The picture was enlarged by {name[:120]!r}; start the page with it as --upscaler.")
    if "community" in words or settings.fidelity is not None:
        network = networks.get(settings)
        if (network.sha256, network.more.get("twin")) != (made.sha256, words.get("twin")):
            raise WeightError(f"{name} is not here as it was when the picture was made.")
    check_source(words.get("source"))
    return {"recipe": {"settings": asdict(settings), "source": words["source"]}}


def address(path: Path) -> dict[str, Any]:
    """A file that was written, as the page asks for it."""
    return {"name": path.name, "path": str(path), "bytes": path.stat().st_size}


def known_kind(kind: str) -> str:
    """The kind of file to save as; RequestError, before any work, for another."""
    if kind not in KINDS:
        raise RequestError(f"A picture is saved as {', '.join(KINDS)}, got {str(kind)[:20]!r}.")
    return kind


def unique(names: list[str]) -> list[str]:
    """The names, all numbered where two are the same on any system."""
    several = len({name.casefold() for name in names}) < len(names)
    return [f"{n:02d}-{name}" for n, name in enumerate(names, 1)] if several else names


def api(desk: UpscaleDesk) -> None:
    """The same functions under names and with plain arguments, for gradio_client and HTTP."""

    def upscale(
        data: str,
        network: str,
        scale: float = 4,
        fidelity: float | None = -1,
        colour_lock: bool = False,
        kind: str = "png",
    ) -> dict:
        """A picture (a file in base64) enlarged, as a file in base64; fidelity -1 or null: the network as it is."""
        known_kind(kind)
        mixed = None if fidelity is None or fidelity < 0 else fidelity
        settings = Settings.of({"network": network, "scale": scale, "fidelity": mixed, "colour_lock": colour_lock})
        content = decoded(data)
        desk.upscaler(settings)  # whether there is one, before it waits for its turn

        def make(job: Job) -> dict[str, Any] | None:
            with OPENING.room(content):
                held = Held(open_photo(content), "picture")
            check_kind(kind, *settings.order.size(held.photo))  # before the work
            made = enlarge([desk._task(held, settings, {})], job)
            return made if made is None else {"data": pictures.text(desk._file(held, settings, kind))}

        return {"name": f"picture-{desk._plain(settings)}{KINDS[kind]}", **desk.shared.jobs.made(make)}

    publish(upscale)
    publish_requests(desk, "upscale", listed="networks")
