"""Curves of a training as small SVG drawings: no library, no download, light and dark by themselves."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 340, 170
LEFT, RIGHT, TOP, BOTTOM = 46, 10, 10, 24
MOST_POINTS = 240
"""More points than a curve has pixels only make it slow."""

Row = Mapping[str, float]


@dataclass(frozen=True)
class Chart:
    """One drawing: `lines` maps a log key to its name (a key that ends in "/" takes all that begin so)."""

    title: str
    unit: str
    lines: Mapping[str, str]
    hint: str
    log: bool = False


CHARTS = (
    Chart(
        "Loss",
        "",
        {"loss/": "{}"},
        "Two players pull against each other: waves are normal, and neither line should reach zero and stay there.",
    ),
    Chart(
        "What the discriminator answers",
        "mean output",
        {"d/fake": "drawn", "d/real": "real", "d/held_out": "real, never trained on"},
        "Near each other is good. Real far above drawn: the discriminator has won. Real above never trained "
        "on: it learns the pictures by heart.",
    ),
    Chart(
        "How often it is right",
        "share of pictures",
        {"accuracy/fake": "on drawn", "accuracy/real": "on real"},
        "At 1.0 on both the generator learns nothing any more; around 0.6 to 0.9 the game is open.",
    ),
    Chart(
        "Likeness to the truth",
        "PSNR in dB, on brightness",
        {"psnr/held_out": "this network", "psnr/bicubic": "bicubic"},
        "Of photographs it never learned from; higher is better. Beside an adversarial loss it may fall: what is "
        "invented is seldom the very truth.",
    ),
    Chart(
        "Distance from the truth",
        "mean absolute difference, 0 to 2",
        {"l1/held_out": "held-out pairs"},
        "Of pairs it never learned from; lower is better, but no network can know what a drawing leaves open.",
    ),
    Chart(
        "Likeness inside holes",
        "PSNR in dB",
        {"psnr/hole": "held-out pictures"},
        "Of what was filled in to what was there; higher is better, but nobody can know what a large hole hid.",
    ),
    Chart(
        "Distance in features",
        "0 to 4",
        {"features/held_out": "held-out pictures"},
        "Of repaired pictures from true ones in the eyes of a frozen network; lower is better.",
    ),
    Chart(
        "Variety",
        "mean distance of two pictures, 0 to 2",
        {"spread/fake": "drawn", "spread/real": "real"},
        "The drawn pictures should differ as much as real ones. A fall towards zero is a collapse: one "
        "picture for every latent.",
    ),
    Chart(
        "Fine detail",
        "share at the highest frequencies",
        {"high/fake": "drawn", "high/real": "real"},
        "Drawn far above real is noise or a checkerboard, far below is blur.",
    ),
    Chart(
        "Brightness",
        "-1 black, 1 white",
        {"brightness/fake": "drawn", "brightness/real": "real"},
        "Pictures that fade to black or white leave the real line here first.",
    ),
    Chart(
        "Black and white limits",
        "share of values within 1 %",
        {"saturation/fake": "drawn", "saturation/real": "real"},
        "Far more than in real pictures means colours are pushed to the limit, and details are lost there.",
    ),
    Chart(
        "Gradients",
        "norm, logarithmic",
        {"grad/": "{}"},
        "Steady is good; a climb by powers of ten comes before a broken run, a fall to nothing means no learning.",
        log=True,
    ),
    Chart("Speed", "images a second", {"rate": "images/s"}, "Dips are other programs on the same processor."),
)


def curves_html(rows: Sequence[Row]) -> str:
    """All charts that the rows of a log have numbers for, as one HTML fragment."""
    drawn = [chart_html(chart, rows) for chart in CHARTS]
    return f'<div class="curves">{"".join(drawn)}</div>'


def chart_html(chart: Chart, rows: Sequence[Row]) -> str:
    """One chart: title, legend (last values), drawing, hint; empty when the rows have none of its keys."""
    lines = _named(chart, rows)
    rows = thinned([row for row in rows if "images" in row and any(key in row for key in lines)])
    if not rows:
        return ""
    legend = "".join(_legend(i, name, _last(rows, key)) for i, (key, name) in enumerate(lines.items()))
    unit = f" <small>{escape(chart.unit)}</small>" if chart.unit else ""
    return (
        f'<figure class="chart"><figcaption>{escape(chart.title)}{unit}</figcaption>'
        f'<p class="legend">{legend}</p>{_svg(chart, rows, list(lines))}'
        f'<p class="hint">{escape(chart.hint)}</p></figure>'
    )


def thinned(rows: Sequence[Row], most: int = MOST_POINTS) -> list[Row]:
    """At most `most` rows, evenly taken, the first and the last among them."""
    if len(rows) <= most:
        return list(rows)
    return [rows[round(i * (len(rows) - 1) / (most - 1))] for i in range(most)]


def ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Round numbers from `low` to `high`, about `count` of them."""
    rough = max(high - low, 1e-12) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [i * step for i in range(first, math.floor(high / step + 1e-9) + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """Logarithms of 1, 2 and 5 times powers of ten between `low` and `high`; of the powers only, if many."""
    powers = range(math.floor(low), math.ceil(high) + 1)
    inside = [k + math.log10(m) for k in powers for m in (1, 2, 5) if low <= k + math.log10(m) <= high]
    return inside if len(inside) <= 5 else [k for k in powers if low <= k <= high]


def short(value: float) -> str:
    """A number in at most five signs: 0.034, 12.5, 48k, 1.2M."""
    size = abs(value)
    for limit, unit in ((1e6, "M"), (1e4, "k")):
        if size >= limit:
            return f"{value / (1e6 if unit == 'M' else 1e3):.3g}{unit}"
    return f"{value:.0f}" if size >= 1000 else f"{value:.3g}"


def _named(chart: Chart, rows: Sequence[Row]) -> dict[str, str]:
    present = dict.fromkeys(key for row in (*rows[:1], *rows[-1:]) for key in row)
    named = {}
    for wanted, name in chart.lines.items():
        found = [key for key in present if key == wanted or (wanted.endswith("/") and key.startswith(wanted))]
        named.update({key: name.format(key.partition("/")[2]) for key in found})
    return named


def _last(rows: Sequence[Row], key: str) -> float:
    return next((row[key] for row in reversed(rows) if key in row), math.nan)


def _legend(index: int, name: str, value: float) -> str:
    return f'<span class="key c{index % 5}">{escape(name)} <b>{short(value)}</b></span>'


def _svg(chart: Chart, rows: Sequence[Row], keys: Sequence[str]) -> str:
    height = _log if chart.log else float
    values = [height(row[key]) for row in rows for key in keys if key in row]
    low, high = _room(min(values), max(values))
    left, right = rows[0]["images"], max(rows[-1]["images"], rows[0]["images"] + 1)
    across = lambda x: LEFT + (x - left) / (right - left or 1) * (WIDTH - LEFT - RIGHT)  # noqa: E731
    up = lambda y: HEIGHT - BOTTOM - (y - low) / (high - low or 1) * (HEIGHT - TOP - BOTTOM)  # noqa: E731
    parts = [_grid(low, high, up, chart.log), _axis(left, right, across)]
    for i, key in enumerate(keys):
        points = [f"{across(row['images']):.1f},{up(height(row[key])):.1f}" for row in rows if key in row]
        parts.append(_line(i, points))
    parts.append(f'<line class="cursor" y1="{TOP}" y2="{HEIGHT - BOTTOM}" x1="-9" x2="-9"/>')
    label = escape(f"{chart.title}, {short(left)} to {short(right)} images", quote=True)
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}" '
        f'data-rows="{escape(_data(rows, keys, across), quote=True)}">{"".join(parts)}</svg>'
    )


def _line(index: int, points: Sequence[str]) -> str:
    if len(points) == 1:
        x, y = points[0].split(",")
        return f'<circle class="line c{index % 5}" cx="{x}" cy="{y}" r="3"/>'
    return f'<polyline class="line c{index % 5}" points="{" ".join(points)}"/>'


def _data(rows: Sequence[Row], keys: Sequence[str], across) -> str:
    """What the pointer reads: [x in the drawing, images, value...] for each row."""
    table = [
        [
            round(across(row["images"]), 1),
            short(row["images"]),
            *(short(row[k]) if k in row else "" for k in keys),
        ]
        for row in rows
    ]
    return json.dumps(table)


def _grid(low: float, high: float, up, log: bool) -> str:
    parts = []
    for tick in log_ticks(low, high) if log else ticks(low, high):
        y = f"{up(tick):.1f}"
        text = short(10.0**tick) if log else short(round(tick, 10))
        parts.append(f'<line class="rule" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        parts.append(f'<text class="tick" x="{LEFT - 6}" y="{y}" dy="0.33em" text-anchor="end">{text}</text>')
    return "".join(parts)


def _axis(left: float, right: float, across) -> str:
    marks = [
        f'<text class="tick" x="{across(x):.1f}" y="{HEIGHT - 8}" text-anchor="middle">{short(x)}</text>'
        for x in ticks(left, right, 4)
        if across(x) < WIDTH - RIGHT - 8
    ]
    return "".join(marks)


def _room(low: float, high: float) -> tuple[float, float]:
    """A little air above and below, and a height even where the line is flat."""
    air = (high - low) * 0.06 or max(abs(high) * 0.1, 0.05)
    return low - air, high + air


def _log(value: float) -> float:
    return math.log10(max(abs(value), 1e-12))
