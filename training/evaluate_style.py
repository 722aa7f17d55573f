"""How good a style transfer is: python -m training.evaluate_style WEIGHT [--write-card]

Held-out photographs in held-out styles. Content: how edges of the result and of the photograph go together. Style: how
far means, deviations and correlations in SqueezeNet's features lie from the style's (`training.losses.style`). Beside
the network stand the photograph left as it is, and its colours matched alone, which is what the network adds to.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import tyro
from torch import Tensor
from torch.nn import functional as F

from gan_models.errors import RequestError, one_line
from gan_models.loading import load
from gan_models.networks.style_transfer import match_colours
from gan_models.pictures.colour import luma
from gan_models.pictures.images import to_tensor
from gan_models.weight.model import Model, translation
from training.data.photos import held_out_photos, load_photos
from training.data.style_batches import PHOTOS, STYLES, middles
from training.evaluate import put_measures, sets_of
from training.losses.features import load_features
from training.losses.style import StyleAndContent
from training.measures import report
from training.measures.report import Figure
from training.options import SAID, asked

EDGES, STYLE = "edge correlation", "style distance"
SIDE, MOST = 192, 12
"""Pixels of a side at which results are compared, and styles of a set that is given."""

Painter = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Evaluation:
    """Measure a style transfer on photographs and styles that it did not see."""

    weight: Annotated[str, tyro.conf.Positional]
    """A name in weights/, or a folder."""
    data_root: Path = Path()
    """Folder that holds the sets which the card names."""
    feature_weights: Annotated[Path | None, SAID] = None
    """File of torchvision's SqueezeNet 1.1 (default: downloaded once)."""
    styles: Annotated[Path | None, SAID] = None
    """Folder or zip of which 12 styles are painted in (default: those that were held out of the training)."""
    seed: int = 0
    """Of the touches."""
    write_card: bool = False
    """Put the figures into the weight's card.json, in place of earlier ones of the same name and features."""


def evaluate(options: Evaluation, say: Callable[[str], None] = lambda line: None) -> list[Figure]:
    """Every figure, said as a table; raises AtelierError."""
    model = load(options.weight)
    if not translation(model).styled:
        raise RequestError(f"{model.name} paints in no style but its own; measure it by training.evaluate_translate.")
    photos = held_out(model, options, "data", PHOTOS)
    styles = held_out(model, options, "styles", STYLES) if options.styles is None else given(options.styles)
    eyes = StyleAndContent(load_features(options.feature_weights))
    eyes.calibrate(styles)
    found = {name: measured(eyes, paint, photos, styles) for name, paint in painters(model, options.seed).items()}
    say(f"{model.name}: {len(photos)} held-out photographs in {len(styles)} held-out styles, {SIDE} px")
    for name, (edges, style) in found.items():
        say(f"  {name}: {EDGES} {edges.mean():.3f}, {STYLE} {style.mean():.3f}")
    say(f"  512 px take {1000 * seconds(model):.0f} ms on {torch.get_num_threads()} threads")
    rows = figures(found, options.seed)
    say(report.table(rows))
    if options.write_card:
        command = report.command_of(
            "evaluate_style",
            model.name,
            seed=options.seed,
            styles=options.styles,
            feature_weights=options.feature_weights,
        )
        put_measures(model.folder, tuple(row.measure(command) for row in rows))
    return rows


def given(place: Path) -> Tensor:
    """The middles of MOST style pictures of a folder or zip, evenly spaced, (N, 3, SIDE, SIDE)."""
    pictures = load_photos([str(place)], SIDE // 2).pictures
    return to_tensor(middles(pictures, SIDE, STYLES, MOST))


def held_out(model: Model, options: Evaluation, option: str, spans: tuple[float, float]) -> Tensor:
    """The middles of the pictures that were kept back of an option's sets, (N, 3, SIDE, SIDE)."""
    places = [str(options.data_root / name) for name in sets_of(model.card, option)]
    _, kept = held_out_photos(load_photos(places, model.size))
    return to_tensor(middles(kept.pictures, SIDE, spans, len(kept.pictures)))


def painters(model: Model, seed: int) -> dict[str, Painter]:
    """The network, and what it is compared with."""
    network = model.drawing_generator

    def painted(source: Tensor, styles: Tensor) -> Tensor:
        noise = torch.arange(seed, seed + len(source))
        return network(source, noise=noise, style=network.style(styles))

    def matched(source: Tensor, styles: Tensor) -> Tensor:
        return match_colours(source, network.colours(source), network.style(styles))

    return {"painted": painted, "colours alone": matched, "left as it is": lambda source, styles: source}


@torch.inference_mode()
def measured(eyes: StyleAndContent, paint: Painter, photos: Tensor, styles: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Edge correlation and style distance of every photograph in every style, (N,) each."""
    edges, apart = [], []
    for photo in photos:
        for style in styles:
            drawn = paint(photo[None], style[None]).clamp(-1, 1)
            _, moments, together = eyes(drawn, photo[None], style[None])
            edges.append(correlation(drawn, photo[None]))
            apart.append(float(moments + together))
    return np.array(edges), np.array(apart)


def correlation(one: Tensor, other: Tensor) -> float:
    """Of the edges (lengths of Sobel's gradients of Y) of two pictures (1, 3, H, W) in [-1, 1]: -1 to 1."""
    kernel = torch.tensor([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]])
    kernels = torch.stack([kernel, kernel.T])[:, None]
    lengths = [F.conv2d(luma((x + 1) / 2), kernels).square().sum(1).sqrt().flatten() for x in (one, other)]
    return float(torch.corrcoef(torch.stack(lengths))[0, 1])


def figures(found: Mapping[str, tuple[np.ndarray, np.ndarray]], seed: int) -> list[Figure]:
    """Rows for the card; the floor of the style distance is the photograph's own."""
    (edges, style), (_, left) = found["painted"], found["left as it is"]
    spread = lambda each: float(each.std(ddof=1) / len(each) ** 0.5) if len(each) > 1 else None  # noqa: E731
    return [
        Figure(EDGES, float(edges.mean()), spread(edges), None, len(edges), "pixels", seed),
        Figure(
            STYLE, float(style.mean()), spread(style), float(left.mean()), len(style), "squeezenet", seed, len(left)
        ),
    ]


@torch.inference_mode()
def seconds(model: Model, side: int = 512, rounds: int = 5) -> float:
    """What a square picture takes, style and all, the best of some rounds."""
    picture, taken = torch.zeros(1, 3, side, side), []
    for _ in range(rounds):
        start = time.perf_counter()
        model.drawing_generator(picture, noise=torch.tensor([0]), style=model.drawing_generator.style(picture))
        taken.append(time.perf_counter() - start)
    return min(taken)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        evaluate(asked(Evaluation, argv, "evaluate_style"), print)


if __name__ == "__main__":
    main(sys.argv[1:])
