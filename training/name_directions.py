"""Directions for words: python -m training.name_directions WEIGHT [--looks cats]

Pictures of crossed styles are measured (training.measures.looks), and the measures regressed on the styles of coarse,
middle and fine layers. An attribute's direction is the shortest one, in deviations of the styles, that by this
regression moves its measure and no other's (as in InterFaceGAN, Shen et al. 2020, section 2.2, where other
directions are projected out), over the layers that move it with the least side effects (StyleCLIP's disentanglement,
Patashnik et al. 2021, section 6). Then pictures are drawn on either side, and what the directions really move is
mended. What does not reach the bars on fresh pictures is left out of the card.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import torch
import tyro
from torch import Tensor

from gan_models.errors import TrainingError, one_line
from gan_models.latents.styles import NAMED, ranges
from gan_models.loading import load, seal
from gan_models.weight.card import Attribute
from gan_models.weight.model import Model
from gan_models.weight.tensors import DIRECTIONS, STYLES, read_tensors, write_tensors
from training.measures.looks import Look, measured
from training.measures.steering import (
    JUDGED_FROM,
    LEAST_SHARE,
    Effects,
    attributes_of,
    draw,
    drawn_styles,
    effects_of,
    looks_of,
    reached,
    table,
)
from training.options import asked

PARTS = ("coarse", "middle", "fine")
RIDGE = 100.0
LONGEST = 10.0
"""Deviations of the styles; a longer direction leaves what the generator knows."""
TRIED, MENDED, ROUNDS = 24, 48, 3
"""Pictures by which layers are chosen, and directions mended, so often."""


@dataclass(frozen=True)
class Options:
    """Find directions of a style-based weight for named attributes; its card and its directions are written anew."""

    weight: Annotated[str, tyro.conf.Positional]
    """A style-based weight: a name in weights/, or a folder."""
    looks: Literal["cats", "avatars"] = "cats"
    """Which attributes are measured."""
    samples: int = 2048
    """Pictures that are measured."""
    judged: int = 100
    """Fresh pictures by which an attribute is named or left out."""
    seed: int = 0
    """Of the pictures."""


class Namer:
    """One weight, the looks that are measured of its pictures, and what was learned of both."""

    def __init__(self, model: Model, looks: Sequence[Look], samples: int, seed: int) -> None:
        self.model, self.looks, self.seed = model, looks, seed
        spans = ranges(model.layers)
        self.spans = [slice(*spans[part]) for part in PARTS]
        self.flat = torch.linalg.pinv(model.spread)
        styles = drawn_styles(model, samples, seed, self.spans)
        self.measures = measured(looks, draw(model, styles))
        self.deviation = self.measures[1::2].std(0)  # of those that are not crossed
        self.slopes, self.known = self.learned(styles)

    def learned(self, styles: Tensor) -> tuple[Tensor, Tensor]:
        """Slopes (3 * w_dim, looks) of the measures in deviations, and how much of their variance they know (looks,).

        The latter on the last tenth, which the slopes for it have not seen.
        """
        x = torch.cat([(styles[:, span.start] - self.model.w_mean) @ self.flat for span in self.spans], 1)
        x, y = x - x.mean(0), (self.measures - self.measures.mean(0)) / self.deviation
        most = len(x) * 9 // 10
        slopes = ridge(x[:most], y[:most])
        return slopes, 1 - (y[most:] - x[most:] @ slopes).square().mean(0) / y[most:].var(0)

    def movers(self, parts: tuple[int, ...]) -> Tensor:
        """By the slopes: rows (looks, 3 * w_dim), over some ranges of layers, each of which moves its own measure."""
        width = self.model.w_dim
        mask = torch.zeros(len(PARTS), width)
        mask[list(parts)] = 1
        slopes = self.slopes * mask.flatten()[:, None]
        inner = slopes.T @ slopes
        return torch.linalg.solve(inner + 1e-3 * inner.diagonal().mean() * torch.eye(len(inner)), slopes.T)

    def steps(self, rows: Tensor) -> Tensor:
        """Rows (K, 3 * w_dim) in deviations as steps of styles (K, layers, w_dim)."""
        parts = rows.view(len(rows), len(PARTS), -1) @ self.model.spread
        return torch.cat(
            [part[:, None].expand(-1, span.stop - span.start, -1) for part, span in zip(parts.unbind(1), self.spans)], 1
        )

    def effects(self, rows: Tensor, count: int, seed: int) -> Effects:
        """What steps along rows (K, 3 * w_dim) do to pictures of `count` styles of chance, which `seed` begins."""
        return Effects.of(self.model, self.looks, self.steps(rows), self.deviation, count, seed)

    def found(self, say: Callable[[str], None]) -> tuple[Tensor, list[tuple[int, ...]]]:
        """Directions (looks, 3 * w_dim) of strength 1, and the ranges of layers of each."""
        rows, parts = self.chosen()
        for turn in range(ROUNDS):
            effects = self.effects(rows, MENDED, self.seed + 2_000_000 + turn * MENDED)
            say(
                f"round {turn + 1}: "
                + ", ".join(f"{look.name} {moved:.2f}" for look, moved in zip(self.looks, effects.moved()))
            )
            rows = self.mended(rows, parts, effects)
        return rows, parts

    def chosen(self) -> tuple[Tensor, list[tuple[int, ...]]]:
        """For each look the ranges of layers that move it with the least side effects, and its row over them."""
        subsets = [part for count in (1, 2, 3) for part in itertools.combinations(range(len(PARTS)), count)]
        best, rows = [(float("inf"), (0,))] * len(self.looks), torch.zeros_like(self.slopes.T)
        for subset in subsets:
            tried = scaled(1.5 * self.movers(subset))
            effects = self.effects(tried, TRIED, self.seed + 1_000_000)
            costs = effects.elsewhere().topk(2, dim=1).values.mean(1) + 2 * (1 - effects.moved())
            for index, cost in enumerate(costs.tolist()):
                if cost < best[index][0]:
                    best[index], rows[index] = (cost, subset), tried[index]
        return rows, [subset for _, subset in best]

    def mended(self, rows: Tensor, parts: Sequence[tuple[int, ...]], effects: Effects) -> Tensor:
        """Rows less what they move elsewhere, as long as four fifths of the pictures and a little more need."""
        away = effects.mean.clone().fill_diagonal_(0)
        fixed = torch.stack([row - 0.8 * lost @ self.movers(part) for row, lost, part in zip(rows, away, parts)])
        reach = effects.own().nanquantile(1 - LEAST_SHARE - 0.08, dim=1).nan_to_num(1.1).clamp(0.4, 4)
        return scaled(fixed * (1.1 / reach).clamp(0.6, 1.6)[:, None])


def scaled(rows: Tensor) -> Tensor:
    """Rows no longer than LONGEST."""
    return rows * (LONGEST / rows.norm(dim=1, keepdim=True)).clamp_max(1)


def ridge(x: Tensor, y: Tensor) -> Tensor:
    """Slopes (D, K) of y (N, K) on x (N, D), both about zero."""
    return torch.linalg.solve(x.T @ x + RIDGE * torch.eye(x.shape[1]), x.T @ y)


def name(options: Options, say: Callable[[str], None] = print) -> None:
    """Find, judge, and write: NAMED directions of styles into the weight's file, attributes into its card."""
    model = load(options.weight)
    if not model.layers or model.channels != 3:
        raise TrainingError(f"{model.name} has no styles that draw colours; give a style-based weight in colour.")
    namer = Namer(model, looks_of(options.looks, say), options.samples, options.seed)
    for look, share in zip(namer.looks, namer.known):
        say(f"{look.name}: the styles know {share:.2f} of its variance")
    rows, parts = namer.found(say)
    seed = options.seed + JUDGED_FROM
    effects = effects_of(model, namer.looks, namer.steps(rows), options.judged, seed)
    layers = [tuple(PARTS[part] for part in subset) for subset in parts]
    every, kept = range(len(namer.looks)), reached(effects)
    left = [n for n in every if n not in kept]
    chosen = attributes_of(namer.looks, layers, effects, kept, kept)
    command = f"python -m training.bench steer {model.name}"
    chosen = [replace(one, n=options.judged, seed=seed, command=command) for one in chosen]
    write(model, namer.steps(rows[kept]), tuple(chosen))
    say("\n".join(table(chosen)))
    if left:
        say("Left out:\n" + "\n".join(table(attributes_of(namer.looks, layers, effects, left, every))))


def write(model: Model, steps: Tensor, attributes: tuple[Attribute, ...]) -> None:
    """Put named directions (K, layers, w_dim) and their attributes into a weight's folder."""
    file = DIRECTIONS in model.card.files
    tensors = read_tensors(model.folder, model.card, DIRECTIONS) if file else {}
    tensors.pop(STYLES + NAMED, None)
    named = {STYLES + NAMED: steps} if attributes else {}
    write_tensors(model.folder / DIRECTIONS, {**tensors, **named}, half=False)
    seal(model.folder, replace(model.card, attributes=attributes), set(model.card.files) | {DIRECTIONS})


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        name(asked(Options, argv, "name_directions"))


if __name__ == "__main__":
    main()
