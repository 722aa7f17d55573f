"""Flat shapes in plain colours, as a hand lays them: with a brush, filled outlines, ellipses, rectangles and a bucket.

They are always laid on a sheet of SIDE pixels, without antialiasing, and reduced from there: where a bucket's colour
ends is the same at every size, and pixel for pixel what the page's canvas shows, which follows the same rules in
page/translate/shapes.js. Both take the very same steps in double precision, so that no rounding tells them apart.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence

import numpy as np
from PIL import Image

from gan_models.drawing.strokes import Colour, Stroke
from gan_models.errors import RequestError

SIDE = 1024
"""Pixels of the sheet's side; a weight's 128 are eight by eight of these each."""
TOLERANCE = 24
"""Levels of each channel by which a pixel may differ from the one touched, to be filled with it."""
WHITE: Colour = (255, 255, 255)
AT_ONCE = 1000
"""Segments of a brush's way that are laid together."""
MOST_ROWS = 30_000_000
"""Rows of pixels to be laid, above which a drawing is refused: no hand makes it, and it would keep the server busy."""

Crossings = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Of areas: (row, column, turn): from this pixel of the row on, the area lies under so many layers more, or fewer."""


def lay_shapes(strokes: Sequence[Stroke], side: int, ground: np.ndarray | None = None) -> np.ndarray:
    """What strokes of "paint", "lasso", "ellipse", "box", "fill" and "eraser" leave, uint8 (side, side, 3).

    `ground`: a picture below, uint8 (S, S, 3); without, paper. The eraser leaves paper. RequestError for too much.
    """
    if (rows := sum(map(_rows_of, strokes))) > MOST_ROWS:
        raise RequestError(f"The shapes take {rows:,} rows of pixels; at most {MOST_ROWS:,} are laid. Take some away.")
    sheet = np.full((SIDE, SIDE), _packed(WHITE)) if ground is None else _enlarged(ground)
    for stroke in strokes:
        if stroke.tool == "fill":
            if ground is None:
                _fill(sheet, stroke, {WHITE, *(other.colour for other in strokes)})
            else:
                _fill(sheet, stroke, rim=SIDE // len(ground))
        elif stroke.tool in AREAS:
            for part in AREAS[stroke.tool](*_placed(stroke)):
                _cover(sheet, part, stroke.colour if stroke.tool != "eraser" else WHITE)
    return _reduced(sheet, side)


def _rows_of(stroke: Stroke) -> int:
    """About how many rows a stroke takes, or what takes as long; an outline's are all in memory together."""
    if stroke.tool == "fill":
        return 100 * SIDE
    high = np.abs(np.diff(np.asarray(stroke.points)[:, 1])).clip(0, 1).sum() * SIDE
    return int(10 * high if stroke.tool == "lasso" else high + len(stroke.points) * stroke.width * SIDE)


def _reduced(sheet: np.ndarray, side: int) -> np.ndarray:
    """A sheet at another size, uint8 (side, side, 3), each pixel the mean of those that it takes the place of."""
    picture = Image.frombuffer("RGBX", (SIDE, SIDE), sheet, "raw", "RGBX", 0, 1)
    if SIDE % side == 0:
        return np.array(picture.reduce(SIDE // side))[:, :, :3]
    return np.array(picture.resize((side, side), Image.Resampling.BOX))[:, :, :3]


def _packed(colour: Colour) -> np.uint32:
    return np.array([*colour, 255], np.uint8).view(np.uint32)[0]


def _enlarged(ground: np.ndarray) -> np.ndarray:
    if ground.ndim != 3 or ground.shape[2] != 3 or ground.dtype != np.uint8:
        raise RequestError(f"What is painted upon is {ground.dtype} {ground.shape}; expected uint8 (S, S, 3).")
    picture = Image.fromarray(ground).convert("RGBA").resize((SIDE, SIDE), Image.Resampling.NEAREST)
    return np.array(picture).view(np.uint32)[:, :, 0]


def _placed(stroke: Stroke) -> tuple[np.ndarray, float]:
    """Points and width of a stroke in pixels of the sheet, from the values that its recipe has."""
    words = stroke.to_json()
    return np.array(words["points"], np.float64) * SIDE, words["width"] * SIDE


def _cover(sheet: np.ndarray, crossings: Crossings, colour: Colour) -> None:
    """Lay a colour wherever an area has at least one layer, or a negative one, of its outline."""
    rows, columns, turns = crossings
    places = rows * SIDE + columns
    order = np.argsort(places, kind="stable")
    inside = np.cumsum(turns[order]) != 0  # behind each crossing; those of a row add up to none
    changes = np.flatnonzero(np.diff(inside, prepend=False))
    _lay(sheet, places[order[changes]], colour)


def _lay(sheet: np.ndarray, ends: np.ndarray, colour: Colour) -> None:
    """Give pixels a colour: from the first place to before the second, from the third on, and so forth."""
    flat, ink = sheet.reshape(-1), _packed(colour)
    for start, end in ends.reshape(-1, 2).tolist():
        flat[start:end] = ink


def _spans(rows: np.ndarray, left: np.ndarray, right: np.ndarray) -> Crossings:
    """Stretches of rows, whose pixels are those with their middle inside."""
    starts, ends = _columns(left), _columns(right)
    turns = np.ones(len(rows), np.int64)
    return np.concatenate([rows, rows]), np.concatenate([starts, ends]), np.concatenate([turns, -turns])


def _columns(x: np.ndarray) -> np.ndarray:
    return np.clip(np.ceil(x - 0.5), 0, SIDE).astype(np.int64)


def _rows(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of stretches from `low` to `high` the rows with their middle inside: whose it is, and the row."""
    first, last = _columns(low), _columns(high)
    count = np.maximum(last - first, 0)
    whose = np.repeat(np.arange(len(count)), count)
    return whose, np.arange(len(whose)) - np.repeat(np.cumsum(count) - count, count) + first[whose]


def _trail(points: np.ndarray, width: float) -> Iterator[Crossings]:
    """A brush's way with round ends and joints."""
    begun, ended = (points, points) if len(points) == 1 else (points[:-1], points[1:])
    for at in range(0, len(begun), AT_ONCE):
        yield _segments(begun[at : at + AT_ONCE], ended[at : at + AT_ONCE], width / 2)


def _segments(begun: np.ndarray, ended: np.ndarray, radius: float) -> Crossings:
    """Segments as wide as two radii: each row begins and ends at a disc, or at a long side."""
    whose, rows = _rows(np.minimum(begun[:, 1], ended[:, 1]) - radius, np.maximum(begun[:, 1], ended[:, 1]) + radius)
    y = rows + 0.5
    left, right = np.full(len(rows), np.inf), np.full(len(rows), -np.inf)
    with np.errstate(invalid="ignore", divide="ignore"):
        for end in (begun, ended):
            above = y - end[whose, 1]
            half = np.sqrt(radius * radius - above * above)  # no number where the row misses the disc
            left, right = np.fmin(left, end[whose, 0] - half), np.fmax(right, end[whose, 0] + half)
        way = ended - begun
        length = np.sqrt(way[:, 0] * way[:, 0] + way[:, 1] * way[:, 1])
        across = np.stack([-way[:, 1] / length * radius, way[:, 0] / length * radius], 1)
        for from_, to in ((begun + across, ended + across), (begun - across, ended - across)):
            share = (y - from_[whose, 1]) / (to[whose, 1] - from_[whose, 1])
            x = np.where((share >= 0) & (share <= 1), from_[whose, 0] + share * way[whose, 0], np.nan)
            left, right = np.fmin(left, x), np.fmax(right, x)
    there = left < right
    return _spans(rows[there], left[there], right[there])


def _corners(points: np.ndarray, width: float) -> tuple[np.ndarray, np.ndarray]:
    """Upper left and lower right corner of a shape between its first and last point; of a dot, as wide as the tool."""
    ends = points[[0, -1]]
    if (ends[0] == ends[1]).all():
        return ends[0] - width / 2, ends[0] + width / 2
    return ends.min(0), ends.max(0)


def _box(points: np.ndarray, width: float) -> Iterator[Crossings]:
    low, high = _corners(points, width)
    _, rows = _rows(low[1:], high[1:])
    yield _spans(rows, np.full(len(rows), low[0]), np.full(len(rows), high[0]))


def _ellipse(points: np.ndarray, width: float) -> Iterator[Crossings]:
    low, high = _corners(points, width)
    (x, y), (across, up) = (low + high) / 2, (high - low) / 2
    _, rows = _rows(low[1:], high[1:])
    share = (rows + 0.5 - y) / up
    half = across * np.sqrt(np.maximum(0, 1 - share * share))
    yield _spans(rows, x - half, x + half)


def _outline(points: np.ndarray, width: float) -> Iterator[Crossings]:
    """What a closed line goes around; of a line that encloses nothing, a dot at each point."""
    if len(points) < 3:
        yield from _trail(points, width)
        return
    begun, ended = points, np.roll(points, -1, axis=0)
    low, high = np.minimum(begun[:, 1], ended[:, 1]), np.maximum(begun[:, 1], ended[:, 1])
    whose, rows = _rows(low, high)
    a, b = begun[whose], ended[whose]
    x = a[:, 0] + (rows + 0.5 - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0])
    yield rows, _columns(x), np.where(b[:, 1] > a[:, 1], 1, -1)


AREAS = {"paint": _trail, "eraser": _trail, "lasso": _outline, "ellipse": _ellipse, "box": _box}


def _fill(sheet: np.ndarray, stroke: Stroke, colours: Collection[Colour] | None = None, rim: int = 0) -> None:
    """Give the area of one colour that a stroke's last point touches another one; nothing beyond the border.

    `colours`: all that may be on the sheet, where these are few. `rim`: how broad the blurred edges of areas are.
    """
    points, _ = _placed(stroke)
    x, y = np.floor(points[-1]).astype(int).tolist()
    if not (0 <= x < SIDE and 0 <= y < SIDE):
        return
    ends = _connected(_near(sheet, x, y, colours), x, y)
    rims = _rims(sheet, ends, rim) if rim else np.empty(0, np.intp)
    _lay(sheet, ends, stroke.colour)
    sheet.reshape(-1)[rims] = _packed(stroke.colour)


def _rims(sheet: np.ndarray, ends: np.ndarray, rim: int) -> np.ndarray:
    """Places within a rim beyond an area that are no area themselves: another colour comes behind them."""
    area = np.zeros((SIDE, SIDE), bool)
    for start, end in ends.reshape(-1, 2).tolist():
        area.reshape(-1)[start:end] = True
    levels, found = sheet.view(np.uint8).reshape(-1, 4)[:, :3], []
    for down, right in ((0, rim), (0, -rim), (rim, 0), (-rim, 0)):
        # Where the area lies before a place, and there is something behind it.
        before = np.zeros_like(area)
        rows, columns = (slice(max(0, way), SIDE + min(0, way)) for way in (down, right))
        inner = tuple(slice(max(0, -way), SIDE - max(0, way)) for way in (down, right))
        before[rows, columns] = area[inner]
        here = np.flatnonzero((before & ~area)[inner].reshape(-1))
        here = here // (SIDE - abs(right)) * SIDE + here % (SIDE - abs(right)) + inner[0].start * SIDE + inner[1].start
        behind = levels[here + down * SIDE + right].astype(int)
        found.append(here[np.abs(levels[here] - behind).max(1) > TOLERANCE])
    return np.concatenate(found)


def _near(sheet: np.ndarray, x: int, y: int, colours: Collection[Colour] | None) -> np.ndarray:
    """Which pixels have about the colour of one of them, bool (SIDE, SIDE)."""
    levels = sheet.view(np.uint8).reshape(SIDE, SIDE, 4)
    touched = levels[y, x, :3].astype(int)
    if colours is not None:
        alike = [colour for colour in colours if np.abs(touched - colour).max() <= TOLERANCE]
        return np.logical_or.reduce([sheet == _packed(colour) for colour in alike])
    low, high = (np.clip(touched + change, 0, 255).astype(np.uint8) for change in (-TOLERANCE, TOLERANCE))
    within = [(levels[:, :, at] >= low[at]) & (levels[:, :, at] <= high[at]) for at in range(3)]
    return within[0] & within[1] & within[2]


def _connected(near: np.ndarray, x: int, y: int) -> np.ndarray:
    """The pixels that hang together with one of them by their sides: where stretches of rows begin and end."""
    wide = SIDE + 1  # no stretch goes on in the next row
    changes = np.flatnonzero(np.diff(np.pad(near, ((0, 0), (0, 1))).reshape(-1), prepend=False, append=False))
    first = np.searchsorted(changes[::2], np.arange(SIDE + 1) * wide).tolist()
    starts, ends = changes[::2].tolist(), changes[1::2].tolist()
    waiting = [bisect_right(ends, y * wide + x)]
    seen = set(waiting)
    while waiting:
        run = waiting.pop()
        row = starts[run] // wide
        for other_row in range(max(0, row - 1), min(SIDE, row + 2)):
            shift = (other_row - row) * wide
            other = bisect_right(ends, starts[run] + shift, first[other_row], first[other_row + 1])
            while other < first[other_row + 1] and starts[other] < ends[run] + shift:
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
                other += 1
    found = changes.reshape(-1, 2)[sorted(seen)]
    return (found - found[:, :1] // wide).reshape(-1)
