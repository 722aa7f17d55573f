"""How evenly pictures change along their latents: python -m training.evaluate_paths WEIGHT... [--write-card]

The perceptual path length of Karras et al. 2019 (section 4.1): the perceptual distance of two pictures a small step
apart, by the square of the step, anywhere on ways between latents ("full") or at their beginnings ("end"), where no
mixture of two is looked at. Distances are those of gan_models.perception: lengths compare with no published ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import torch
import tyro
from torch import Tensor

from gan_models import perception
from gan_models.errors import RequestError, one_line
from gan_models.latents.seeds import latents
from gan_models.latents.space import Inputs, generate
from gan_models.latents.walks import lerp, slerp
from gan_models.loading import load
from gan_models.weight.model import Model
from training.evaluate import put_measures
from training.measures import report
from training.measures.report import Figure
from training.options import asked

STEP = 1e-4
"""Of a way: the paper's epsilon."""
OUTER = 0.01
"""The share of pairs left out at either end, as the paper's code does: few ways cross a rift."""
LEAST = 20
FULL, END = "path length, full", "path length, end"


@dataclass(frozen=True)
class Evaluation:
    """Measure how evenly pictures change along the ways between latents, and between styles where there are any."""

    weights: Annotated[tuple[str, ...], tyro.conf.Positional]
    """Names in weights/, or folders."""
    n: Annotated[int, tyro.conf.arg(aliases=["-n"])] = 500
    """How many pairs of seeds."""
    seed: int = 0
    """Of the first pair."""
    write_card: bool = False
    """Put the figures into the weights' card.json, in place of earlier ones of the same name and features."""


def evaluate(options: Evaluation, say: Callable[[str], None] = lambda line: None) -> list[Figure]:
    """Every figure of every weight, said as a table each; raises AtelierError."""
    if options.n < LEAST:
        raise RequestError(f"-n is {options.n}; figures need at least {LEAST} pairs.")
    if not options.weights:
        raise RequestError("There is no weight to measure; name one or more.")
    rows: list[Figure] = []
    for name in options.weights:
        model = load(name)
        spaces = ("Z", "W") if model.latent_dim and model.layers else ("Z",)
        own = [figure(model, options, space, end) for space in spaces for end in (False, True)]
        say(f"{model.name}\n{report.table(own)}")
        if options.write_card:
            command = report.command_of("evaluate_paths", model.name, n=options.n, seed=options.seed)
            put_measures(model.folder, tuple(row.measure(command) for row in own))
        rows += own
    return rows


def figure(model: Model, options: Evaluation, space: str, end: bool) -> Figure:
    """The mean length of the ways of one space, and its deviation over halves of them."""
    lengths = path_lengths(model, options.n, options.seed, space, end)
    mean = lambda chosen: trimmed(lengths[chosen])  # noqa: E731
    spread = report.over_halves(mean, options.n, options.seed, 8)
    return Figure(
        END if end else FULL, trimmed(lengths), spread, None, options.n, f"photos maps, {space}", options.seed
    )


def trimmed(lengths: Tensor) -> float:
    """The mean (N,) without the least and the largest hundredth."""
    low, high = lengths.quantile(torch.tensor([OUTER, 1 - OUTER])).tolist()
    return lengths[(lengths >= low) & (lengths <= high)].mean().item()


@torch.inference_mode()
def path_lengths(model: Model, n: int, seed: int, space: str, end: bool) -> Tensor:
    """The perceptual length (n,) of each way between the latents of seeds, along arcs in Z or lines in W.

    Pair i has the seeds `seed` + 2i and + 2i + 1, and class i in turn; `end`: at the beginning of each way.
    """
    drawn, places = latents(range(seed, seed + 2 * n), model.latent_dim), torch.zeros(n)
    if not end:
        places = torch.rand(n, generator=torch.Generator().manual_seed(seed))
    return torch.stack([_length(model, drawn[2 * i : 2 * i + 2], i, space, float(places[i])) for i in range(n)])


def _length(model: Model, pair: Tensor, number: int, space: str, place: float) -> Tensor:
    """The length of one way (2, D), looked at from `place`, 0 to 1, on."""
    generator, steps = model.drawing_generator, torch.tensor([place, place + STEP])
    labels = torch.tensor([number % model.classes] * 2) if model.classes else None
    if space == "W":
        a, b = generator.styles(pair, labels)
        codes = torch.stack([lerp(a, b, step) for step in steps])
    else:
        codes = slerp(pair[:1].expand(2, -1), pair[1:].expand(2, -1), steps)
    pictures = [generate(generator, Inputs(code[None], None if labels is None else labels[:1])) for code in codes]
    one, other = (perception.maps(picture) for picture in pictures)
    return perception.distance(one, other)[0] / STEP**2


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        evaluate(asked(Evaluation, argv, "evaluate_paths"), print)


if __name__ == "__main__":
    main()
