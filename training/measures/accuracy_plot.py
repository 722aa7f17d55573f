"""The plot of training.augment_experiment as a small SVG: a panel for each set, a line for each way to learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

PANEL, HEIGHT, LEFT, TOP, BOTTOM, GAP = 300, 300, 46, 64, 40, 28
COLOURS = {"real": "#3b6ea5", "both": "#b4472e", "samples": "#7a7a72"}
INK, LINE, PAPER = "#33302b", "#d9d3c8", "#fbf8f3"

Summary = Mapping[tuple[str, int], Mapping[str, tuple[float, float, int]]]
"""By set and number of labelled pictures (0: all), of each way: mean and deviation of the accuracy, and n."""


def plot(summary: Summary, ways: Mapping[str, str]) -> str:
    """The SVG; `ways` are the lines' keys and names."""
    sets = list(dict.fromkeys(data for data, _ in summary))
    counts = sorted({count for _, count in summary}, key=lambda count: count or 10**9)
    low = min(mean - spread for found in summary.values() for mean, spread, _ in found.values())
    bottom = max(0.0, int(low * 10) / 10)
    width = LEFT + len(sets) * (PANEL + GAP)
    legend = "".join(
        f'<rect x="{LEFT + 170 * i}" y="14" width="14" height="4" rx="2" fill="{COLOURS[way]}"/>'
        f'<text x="{LEFT + 170 * i + 20}" y="20">{escape(name)}</text>'
        for i, (way, name) in enumerate(ways.items())
    )
    panels = "".join(
        panel(data, LEFT + i * (PANEL + GAP), counts, summary, bottom, ways) for i, data in enumerate(sets)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" font-family="sans-serif" '
        f'font-size="13" fill="{INK}" role="img" aria-label="Accuracy on real test pictures by labelled pictures">'
        f'<rect width="{width}" height="{HEIGHT}" rx="8" fill="{PAPER}"/>{legend}{panels}</svg>\n'
    )


def panel(data: str, left: int, counts: Sequence[int], summary: Summary, low: float, ways: Mapping[str, str]) -> str:
    """One set: rules with their accuracy, the lines, the numbers of pictures below."""
    across = lambda i: left + 24 + i * (PANEL - 48) / max(1, len(counts) - 1)  # noqa: E731
    up = lambda share: TOP + (HEIGHT - TOP - BOTTOM) * (1 - (share - low) / (1 - low))  # noqa: E731
    parts = [f'<text x="{left}" y="{TOP - 16}" font-weight="bold">{escape(data)}</text>']
    for tenth in range(round(low * 10), 11):
        y = up(tenth / 10)
        parts.append(f'<path d="M{left} {y:.1f}h{PANEL}" stroke="{LINE}"/>')
        parts.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end" font-size="11">{10 * tenth} %</text>')
    for i, count in enumerate(counts):
        label = f"{count:,}" if count else "all"
        parts.append(f'<text x="{across(i):.1f}" y="{HEIGHT - 18}" text-anchor="middle" font-size="12">{label}</text>')
    for way in ways:
        found = [
            (across(i), *summary[data, count][way][:2]) for i, count in enumerate(counts) if (data, count) in summary
        ]
        points = " ".join(f"{x:.1f},{up(mean):.1f}" for x, mean, _ in found)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{COLOURS[way]}" stroke-width="2"/>')
        for x, mean, spread in found:
            parts.append(f'<circle cx="{x:.1f}" cy="{up(mean):.1f}" r="3" fill="{COLOURS[way]}"/>')
            parts.append(
                f'<path d="M{x:.1f} {up(mean - spread):.1f}V{up(mean + spread):.1f}" stroke="{COLOURS[way]}"/>'
            )
    return "".join(parts)
