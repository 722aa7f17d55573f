"""What a run folder says, as HTML: its state, its figures, the doctor's remarks, its grids as a flipbook."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from gan_models.errors import PictureError, RequestError, TrainingError
from gan_models.files import regular
from gan_models.pictures.images import stored
from page.parts.errors import names_only
from page.parts.flipbook import CRISP, data_uri, flipbook_value
from page.parts.run_log import log_of
from training import orders
from training.lines import MOST_BYTES, decode, numbers_of
from training.run import Run, Stamps, lives, span, stamp, stamps

QUIET = 100.0
"""Seconds without anything written after which a run counts as stopped; a slow one writes a checkpoint every 60."""
BEFORE = {
    "waiting": "It waits for its turn: one training at a time.",
    "starting": "It starts: reads the pictures, and for colour fetches 4.7 MB of features once. The first figures come "
    "within half a minute.",
    "running": "It makes its first step.",
}
NO_NUMBERS = "It came to no step, so there are no numbers."
WELL = '<p class="doctor well"><b>The doctor</b> has nothing to remark: so far this looks healthy.</p>'
MOST_GRIDS = 256
"""A run draws some forty."""
FACE = 96
"""Side in pixels of a run's face in the list."""
SMALL = 264
"""Side in pixels of a grid in the flipbook's sprite; the full one is asked for when it is looked at."""


def state_of(run: Run, at: Stamps | None = None) -> str:
    """ "running", "finished" (it reached its steps or minutes) or "stopped"; of one that the page began also
    "waiting", "starting", "pausing", "stopping" and "paused"."""
    at = at or stamps(run)
    pulse, order = pulse_of(run, at), order_of(run, at)
    if order and order.wish != "over":
        own = pulse.get("process") == order.known.get("process")
        if not order.known or not lives(order.known):
            return {"run": "waiting", "pause": "paused", "stop": "stopped"}[order.wish]
        return {"run": "running" if own else "starting", "pause": "pausing", "stop": "stopping"}[order.wish]
    if (alive := lives(pulse)) is not None:
        return "running" if alive and pulse.get("state") == "training" else _ended(pulse)
    if progress(run, at) >= 1:
        return "finished"
    return "running" if time.time() - at.last_change < QUIET else "stopped"


def _ended(pulse: Mapping[str, Any]) -> str:
    return "finished" if pulse.get("state") == "finished" else "stopped"


def pulse_of(run: Run, at: Stamps | None = None) -> Mapping[str, Any]:
    """What the training said last, within a second; {} where it is of an earlier version."""
    return _pulse(run, at.pulse if at else stamp(run.pulse_path))


@lru_cache(maxsize=1024)
def _pulse(run: Run, seen: tuple[int, int]) -> Mapping[str, Any]:
    return run.pulse() if seen[0] else {}


def order_of(run: Run, at: Stamps | None = None) -> orders.Order | None:
    """What the page was asked for; None where the training was begun elsewhere."""
    return _order(run, at.order if at else stamp(run.order_path))


@lru_cache(maxsize=1024)
def _order(run: Run, seen: tuple[int, int]) -> orders.Order | None:
    return orders.read(run) if seen[0] else None


def progress(run: Run, at: Stamps | None = None) -> float:
    """How much of what was asked for is done, 0 to 1; 0 before the first row."""
    at = at or stamps(run)
    share = _share(run, at.config, at.log, at.pulse)
    # The last row comes up to `log_every` steps before the end.
    return 1.0 if share >= 0.97 and time.time() - at.last_change > QUIET else min(share, 1.0)


@lru_cache(maxsize=1024)
def _share(run: Run, config: tuple[int, int], log: tuple[int, int], pulse: tuple[int, int]) -> float:
    last, flags = _newer(_last_row(run.log_path, log), _pulse(run, pulse)), _config(run, config)[0].get("config") or {}
    by_steps = last.get("step", 0) / flags["steps"] if flags.get("steps") else 0.0
    by_time = last.get("seconds", 0) / (60 * flags["minutes"]) if flags.get("minutes") else 0.0
    return max(by_steps, by_time)


def config_of(run: Run) -> dict[str, Any]:
    return _config(run, stamp(run.config_path))[0]


def rows_of(run: Run) -> Sequence[Mapping[str, float]]:
    """The rows of the log; what was read before is not read again."""
    return _rows(run)[0]


def last_row(run: Run, at: Stamps | None = None) -> Mapping[str, float]:
    """Where the run stands: the last whole row of the log, without reading the rest, or what was said since; empty
    before either."""
    return _newer(_last_row(run.log_path, at.log if at else stamp(run.log_path)), pulse_of(run, at))


def _newer(row: Mapping[str, float], pulse: Mapping[str, Any]) -> Mapping[str, float]:
    said = {key: value for key, value in pulse.items() if isinstance(value, int | float)}
    return said if said.get("step", -1) >= row.get("step", 0) else row


def grids_signature(chosen: Run | None) -> str:
    """Changes whenever the run's pictures would look different."""
    last = chosen.grids()[-1:] if chosen else []
    return repr((chosen and chosen.name, [(images, stamp(path)) for images, path in last]))


@lru_cache(maxsize=1024)
def _last_row(path: Path, seen: tuple[int, int]) -> Mapping[str, float]:
    try:
        with regular(path, MOST_BYTES) as file:
            file.seek(max(0, seen[1] - 8192))
            rows = [row for row in decode(file.read(8192 * 2).splitlines()) if isinstance(row, dict)]
    except OSError:
        return {}
    return numbers_of(rows[-1]) if rows else {}


@lru_cache(maxsize=1024)
def _config(run: Run, seen: tuple[int, int]) -> tuple[dict[str, Any], str]:
    return _or_why(run.config, {})


def _rows(run: Run) -> tuple[Sequence[Mapping[str, float]], str]:
    return _or_why(lambda: log_of(run.log_path).rows(stamp(run.log_path)), ())


@lru_cache(maxsize=8)
def _remarks(run: Run, seen: tuple[int, int]) -> tuple[list[Mapping[str, Any]], str]:
    return _or_why(run.remarks, [])


def _or_why(read: Callable[[], Any], without: Any) -> tuple[Any, str]:
    """What a file holds and "", or `without` and a sentence that says why it cannot be read."""
    try:
        return read(), ""
    except TrainingError as error:
        return without, str(error)


def head_html(run: Run) -> str:
    """Name, state and figures of a run."""
    state, order = state_of(run), order_of(run)
    if not (order and not stamp(run.config_path)[0]) and (wrong := trouble(run)):
        return f"<h2>{escape(run.name)}</h2><p class='subdued'>{escape(wrong)}</p>"
    title = f'<h2>{escape(run.name)} <span class="pill {state}">{state}</span></h2>'
    if order and order.why:
        title += f'<p class="why" role="status">{escape(names_only(order.why))}</p>'
    if not last_row(run):
        return f'{title}<p class="subdued">{escape(BEFORE.get(state, NO_NUMBERS))}</p>'
    cells = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in figures(run).items()
    )
    bar = f'<progress max="1" value="{progress(run):.3f}" aria-label="Share of the training done"></progress>'
    return f'{title}<dl class="figures">{cells}</dl>{bar}'


def trouble(run: Run) -> str:
    """Which of the run's files cannot be read, in a sentence; "" where all can."""
    config = _config(run, stamp(run.config_path))[1]
    return config or _rows(run)[1] or _remarks(run, stamp(run.doctor_path))[1]


def figures(run: Run) -> dict[str, str]:
    """The few numbers that stand above the curves, each with its unit."""
    last, data = last_row(run), config_of(run).get("data") or {}
    told = {
        "images seen": f"{last.get('images', 0):,}",
        "steps": f"{last.get('step', 0):,}",
        "speed": f"{rate:,.0f} images/s" if (rate := last.get("rate", 0.0)) >= 10 else f"{rate:.1f} images/s",
        "training time": span(last.get("seconds", 0.0)),
    }
    if (done := progress(run)) < 1 and state_of(run) in ("running", "starting") and done > 0:
        told["time left"] = f"about {span(last.get('seconds', 0.0) * (1 - done) / done)}"
    if data.get("name"):
        told["pictures"] = f"{data['name']} ({data.get('count', 0):,})"
    return told


def remarks_html(run: Run) -> str:
    """The doctor's remarks in words, the latest first; a healthy run is told so."""
    remarks = _remarks(run, stamp(run.doctor_path))[0]
    # The doctor looks at the rows of the log.
    if not remarks and not stamp(run.log_path)[1]:
        return ""
    if not remarks:
        return WELL
    items = "".join(f"<li>{_remark(remark)}</li>" for remark in reversed(remarks[-12:]))
    return f'<div class="doctor"><b>The doctor remarks</b><ul>{items}</ul></div>'


def _remark(remark: Mapping[str, Any]) -> str:
    number = lambda key: f"{remark[key]:.3g}" if key in remark else "?"  # noqa: E731
    text = {key: escape(remark.get(key, "")) for key in ("name", "reason", "advice")}
    step = f"{remark.get('step', 0):,}"
    return (
        f"<b>{text['name']}</b> at step {step}: {text['reason']} <i>{text['advice']}</i> "
        f"<small>(value {number('value')}, threshold {number('threshold')})</small>"
    )


def grids_value(run: Run) -> dict[str, Any]:
    """The run's grids as a flipbook's value, the latest one in front."""
    grids = _whole_grids(run)
    if not grids:
        return {"empty": "The first pictures appear here as soon as the run has drawn some."}
    crisp = stored(grids[0][1]).width <= 9 * CRISP  # eight columns and the lines between them
    return flipbook_value(
        [_small(path, stamp(path)) for _, path in grids],
        labels=[f"{images:,} images seen" for images, _ in grids],
        start=1.0,
        name=run.name,
        request={"run": run.name},
        sharper=True,
        crisp=crisp,
        fps=6,
    )


def _whole_grids(run: Run) -> list[tuple[int, Path]]:
    """The run's grids but for those that are not whole: a run folder may be copied here while one looks.

    And but for those of another shape than the latest one, which no slider could show with it.
    """
    found = [(images, path, _small(path, stamp(path))) for images, path in run.grids()[-MOST_GRIDS:]]
    shape = next((small.shape for _, _, small in reversed(found) if small is not None), None)
    return [(images, path) for images, path, small in found if small is not None and small.shape == shape]


@lru_cache(maxsize=256)
def _small(path: Path, seen: tuple[int, int]) -> np.ndarray | None:
    try:
        picture = stored(path)
    except PictureError:
        return None
    picture.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    return np.asarray(picture)


def face(run: Run) -> str:
    """The upper left quarter of the run's latest whole grid, small, as a data URI; "" before the first."""
    newest_first = (_face(path, stamp(path)) for _, path in reversed(run.grids()[-MOST_GRIDS:]))
    return next(filter(None, newest_first), "")


@lru_cache(maxsize=1024)
def _face(path: Path, seen: tuple[int, int]) -> str:
    try:
        grid = stored(path)
    except PictureError:
        return ""
    quarter = grid.crop((0, 0, max(1, grid.width // 2), max(1, grid.height // 2)))
    quarter.thumbnail((FACE, FACE), Image.Resampling.LANCZOS)
    return data_uri(np.asarray(quarter))


def grid_picture(run: Run, index: int) -> str:
    """Grid number `index` of the run (the last one when there are fewer) at full size, as a data URI."""
    grids = _whole_grids(run)
    if not grids:
        raise RequestError(f"The run {run.name} has no pictures any more; choose another one.")
    path = grids[min(max(index, 0), len(grids) - 1)][1]
    return data_uri(np.asarray(stored(path)))
