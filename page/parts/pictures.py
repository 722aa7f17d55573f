"""Pictures on their way to the browser: one mosaic of many, thumbnails, files with their recipe."""

from __future__ import annotations

import base64
import io
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from gan_models import recipe
from gan_models.errors import AtelierError, PictureError, RequestError
from gan_models.latents.point import Point
from gan_models.pictures.images import as_pillow, contact_sheet, stored
from gan_models.sample import NO_NAMES, point_of, recipe_of, sample, verdict
from gan_models.weight.sheet import sheet_of
from page.parts.errors import answer
from page.parts.requests import decoded

if TYPE_CHECKING:
    from gan_models.loading import Model, Shelf
    from page.parts.shared import Shared

MOST = 64
"""Pictures in one request."""


@dataclass(frozen=True)
class Drawn:
    """What came of one request: uint8 (N, H, W, C), verdicts (N,) or None, and computing time in ms."""

    images: np.ndarray
    scores: np.ndarray | None
    compute: float


def wanted(shelf: Shelf, request: dict[str, Any]) -> tuple[Model, list[Point]]:
    """The model and the points that a request names; RequestError for anything else than 1 to MOST points."""
    points = request.get("points")
    if not isinstance(points, list) or not 1 <= len(points) <= MOST:
        count = len(points) if isinstance(points, list) else points
        raise RequestError(f"A request holds 1 to {MOST} points, got {count!r}.")
    return shelf.get(str(request.get("weight"))), [Point.from_json(point) for point in points]


def one(shelf: Shelf, request: dict[str, Any]) -> tuple[Model, Point]:
    """The model and the one point of a request."""
    model, points = wanted(shelf, {**request, "points": [request.get("point")]})
    return model, points[0]


def drawn_file(shared: Shared, request: dict[str, Any]) -> tuple[bytes, str]:
    """The picture of {"weight", "point"} as a PNG with its recipe, and a name for it: for tabs that open it."""
    model, point = one(shared.shelf, request)
    with shared.lanes.live():
        picture = sample(model, [point])[0]
    seed = "bred" if point.seed is None else f"seed-{point.seed}"
    return recipe.stamp(picture, recipe_of(model, point)), f"{model.name}-{seed}.png"


def files(
    shared: Shared,
    model: Model,
    points: Sequence[Point],
    before: Sequence[Point] = (),
    names: Mapping[str, str] = NO_NAMES,
) -> Iterator[tuple[str, bytes]]:
    """A file name and a PNG with its recipe for each point, drawn one by one in the long lane.

    `before`: the points that they were edited from; `names`: those of directions, which the visitor gave.
    """
    for point in points:
        with shared.lanes.long():
            picture = sample(model, [point])[0]
        base = "bred" if point.seed is None else f"seed-{point.seed}"
        edited = "-edited" if point.of_styles else ""
        yield f"{model.name}-{base}{edited}.png", recipe.stamp(picture, recipe_of(model, point, before, names))


def restored(shelf: Shelf, data: Any) -> dict[str, Any]:
    """The {"weight", "point"} that a saved picture, as base64, was made from."""
    made = recipe.read(decoded(data))
    point = point_of(made)
    return {"weight": shelf.find(made.weight, made.sha256).name, "point": point.to_json()}


def render(shared: Shared, model: Model, points: Sequence[Point], judge: bool = False) -> Drawn:
    """Draw points in the live lane, with what the discriminator makes of them if it is asked and there is one."""
    judge = judge and model.discriminator is not None

    def work(part: Sequence[Point]) -> tuple[np.ndarray, np.ndarray | None]:
        images = sample(model, part)
        labels = [point.class_of(model) for point in part]
        return images, verdict(model, images, labels) if judge else None

    start = time.perf_counter()
    images, scores = zip(*shared.lanes.share(work, points))
    return Drawn(
        np.concatenate(images),
        np.concatenate(scores) if judge else None,
        1000 * (time.perf_counter() - start),
    )


def png(image: np.ndarray) -> bytes:
    """Lossless and quick: for what is looked at. What is saved goes through recipe.stamp."""
    buffer = io.BytesIO()
    # Runs alone: of pictures they come out as small as a longer search, in two thirds of its time.
    as_pillow(image).save(buffer, "PNG", compress_level=1, compress_type=zlib.Z_RLE)
    return buffer.getvalue()


def text(data: bytes) -> str:
    """Bytes as base64 text, the way they travel in JSON."""
    return base64.b64encode(data).decode()


def mosaic(images: np.ndarray) -> dict[str, Any]:
    """Many pictures as one PNG without gaps, and how to cut it."""
    columns = int(np.ceil(np.sqrt(len(images))))
    return {
        "sheet": text(png(contact_sheet(images, columns, gap=0))),
        "columns": columns,
        "width": images.shape[2],
        "height": images.shape[1],
    }


def thumbnails(shared: Shared) -> Callable[[dict], dict]:
    """The function that draws the tray: {"items": [{"weight", "point"}]} -> {"thumbnails": [{"picture", "styles"}]}.

    "picture" is an address, "styles" says whether Edit takes it.
    """

    def thumbnail(item: dict[str, Any]) -> dict[str, Any]:
        try:
            model, points = wanted(shared.shelf, {"weight": item["weight"], "points": [item["point"]]})
            picture = f"data:image/png;base64,{text(png(render(shared, model, points).images[0]))}"
            return {"picture": picture, "styles": model.layers > 0}
        # A pinned picture whose model is gone stays on the tray, without its face.
        except (AtelierError, KeyError, TypeError):
            return {"picture": "", "styles": False}

    def thumbnails(request: dict[str, Any]) -> dict[str, Any]:
        return {"thumbnails": [thumbnail(item) for item in request["items"][:MOST]]}

    return answer(thumbnails)


def cover(folder: Path | str, size: int) -> str:
    """The first pictures, of `size` px, of a weight's sheet as a data address; "" where there is none whole."""
    path = sheet_of(folder)
    try:
        return _cover(path, path.stat().st_mtime, size)
    except OSError:
        return ""


@lru_cache(maxsize=256)
def _cover(path: Path, changed: float, size: int) -> str:
    """Whole pictures only: 4 x 4 small ones, twice as large and crisp, or 2 x 2 of the others."""
    side = (4 if size <= 32 else 2) * (size + 2) - 2
    try:
        picture = stored(path)
    except PictureError:
        return ""
    square = picture.crop((0, 0, min(side, picture.width), min(side, picture.height)))
    if size <= 32:
        square = square.resize((2 * square.width, 2 * square.height), Image.Resampling.NEAREST)
    elif side > 192:
        square = square.resize((192, 192), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    square.save(buffer, "WEBP", quality=82)
    return f"data:image/webp;base64,{text(buffer.getvalue())}"
