"""What steering does to pictures: the change of every measure at strength 1, and which attributes reach the bars."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gan_models.errors import TrainingError
from gan_models.pictures.images import as_levels
from gan_models.weight.card import Attribute
from gan_models.weight.model import Model
from training.measures.avatar_looks import avatar_looks
from training.measures.looks import CATS, Look, measured

TRUNCATION = 0.7
"""Of all pictures here: the page begins with it."""
JUDGED_FROM, UNIT = 3_000_000, 400
"""The seed by which directions are judged, none of those by which they were found; pictures whose deviation is 1."""
LEAST_SHARE, MOST_ELSE = 0.8, 1 / 3
"""The bars: the share of pictures that strength 1 moves by a deviation, and how far others may move of that."""


def looks_of(kind: str, say: Callable[[str], None] = print) -> tuple[Look, ...]:
    """The looks of pictures of a kind, "cats" or "avatars"; of the latter a network learns to see them first."""
    return CATS if kind == "cats" else avatar_looks(say)


def looks_for(names: Sequence[str]) -> tuple[Look, ...]:
    """The looks of these names, from the set that has them; TrainingError for names that no set has."""
    cats = {look.name for look in CATS}
    known = {look.name: look for look in looks_of("cats" if cats.issuperset(names) else "avatars")}
    if missing := [name for name in names if name not in known]:
        raise TrainingError(f"Nothing here measures {missing[0]!r}; name the weight's directions again.")
    return tuple(known[name] for name in names)


@dataclass(frozen=True)
class Effects:
    """What strength 1 does to a number of pictures, in deviations of each measure over the set.

    `up` and `down` (attributes, pictures, measures): the change at 1 and at -1. `asked` (attributes, 2 * pictures):
    which of both count, all of `up` first.
    """

    up: Tensor
    down: Tensor
    asked: Tensor

    @classmethod
    def of(
        cls, model: Model, looks: Sequence[Look], steps: Tensor, deviation: Tensor, count: int, seed: int
    ) -> Effects:
        """Of steps of styles (K, layers, w_dim) from pictures of `count` styles of chance, which `seed` begins."""
        styles = drawn_styles(model, count, seed)
        plain = measured(looks, draw(model, styles))
        changes, asked = [], [_asked(look, values) for look, values in zip(looks, plain.T)]
        for step in steps:
            both = measured(looks, draw(model, torch.cat([styles + step, styles - step])))
            changes.append((both.view(2, count, -1) - plain) / deviation)
        up, down = torch.stack(changes).unbind(1)
        return cls(up, down, torch.stack(asked))

    @property
    def mean(self) -> Tensor:
        """(attributes, measures): half the mean difference from -1 to 1."""
        return (self.up - self.down).mean(1) / 2

    @property
    def away(self) -> Tensor:
        """(attributes, measures): the mean change of what counts, whatever its sign."""
        both = torch.cat([self.up, self.down], 1).abs() * self.asked[:, :, None]
        return both.sum(1) / self.asked.sum(1, keepdim=True).clamp_min(1)

    def own(self) -> Tensor:
        """How far each attribute's own measure goes in the direction asked for: (attributes, 2 * pictures), NaN where
        that does not count."""
        both = torch.cat([self.up, -self.down], 1)
        own = both[torch.arange(len(both)), :, torch.arange(len(both))]
        return own.where(self.asked, torch.nan)

    def moved(self) -> Tensor:
        """(attributes,): the share of what counts whose own measure moved by a deviation."""
        return ((self.own() >= 1) & self.asked).float().sum(1) / self.asked.sum(1).clamp_min(1)

    def elsewhere(self) -> Tensor:
        """(attributes, measures): `away` in shares of the own measure's; 0 of itself."""
        own = self.away.diagonal()[:, None]
        return (self.away / own.clamp_min(1e-6)).fill_diagonal_(0)


def _asked(look: Look, values: Tensor) -> Tensor:
    """Which of N pictures count, pushed up and pushed down (2 * N,): all, or those that are not there already."""
    if look.middle is None:
        return torch.ones(2 * len(values), dtype=torch.bool)
    return torch.cat([values < look.middle, values >= look.middle])


def effects_of(model: Model, looks: Sequence[Look], steps: Tensor, count: int, seed: int) -> Effects:
    """The effects of steps on pictures of chance, in deviations over UNIT others."""
    unit = measured(looks, draw(model, drawn_styles(model, UNIT, seed + 1))).std(0)
    return Effects.of(model, looks, steps, unit, count, seed)


def reached(effects: Effects) -> list[int]:
    """The most attributes that reach both bars among themselves; of as many, those that stand first."""
    moved, elsewhere = effects.moved().tolist(), effects.elsewhere().tolist()
    moving = [index for index, share in enumerate(moved) if share >= LEAST_SHARE]
    for count in range(len(moving), 0, -1):
        for chosen in itertools.combinations(moving, count):
            if all(elsewhere[one][other] < MOST_ELSE for one, other in itertools.permutations(chosen, 2)):
                return list(chosen)
    return []


def attributes_of(
    looks: Sequence[Look],
    layers: Sequence[tuple[str, ...]],
    effects: Effects,
    chosen: Sequence[int],
    beside: Sequence[int],
) -> list[Attribute]:
    """Some looks as a card says them, with their effects on the looks `beside` them."""
    away, moved, found = effects.away.tolist(), effects.moved().tolist(), []
    for n in chosen:
        others = {looks[other].name: round(away[n][other], 3) for other in beside if other != n}
        figures = {"moved": round(moved[n], 3), "change": round(away[n][n], 3), "effects": others}
        look = looks[n]
        found.append(Attribute(look.name, look.more, look.less, look.about, layers[n], **figures))
    return found


def table(attributes: Sequence[Attribute]) -> list[str]:
    """A row for each attribute: how many pictures strength 1 moves, how far, and how far the worst of the others go."""
    rows = []
    for one in attributes:
        worst = max(one.effects, key=lambda name: one.effects[name], default="")
        most = f"{one.effects[worst]:.2f} {worst} ({one.effects[worst] / max(one.change, 1e-6):.2f})" if worst else ""
        rows.append(f"{one.name:18} moved {one.moved:4.0%}, by {one.change:4.2f}; most elsewhere {most}")
    return rows


@torch.inference_mode()
def drawn_styles(model: Model, count: int, seed: int, spans: Sequence[slice] = ()) -> Tensor:
    """Truncated styles (count, layers, w_dim) of chance; with `spans`, every other one has another's in each."""
    chance = torch.Generator().manual_seed(seed)
    z = torch.randn(max(1, len(spans)) * count, model.latent_dim, generator=chance)
    labels = torch.arange(len(z)) % model.classes if model.classes else None
    w = model.drawing_generator.styles(z, labels)[:, :1]
    w = (model.w_mean + TRUNCATION * (w - model.w_mean)).view(-1, count, 1, model.w_dim)
    styles = w[0].repeat(1, model.layers, 1)
    for other, span in zip(w, spans):
        styles[::2, span] = other[::2]
    return styles


@torch.inference_mode()
def draw(model: Model, styles: Tensor, batch: int = 32) -> Tensor:
    """Pictures uint8 (N, 3, S, S) of styles."""
    return torch.cat([as_levels(model.drawing_generator.synthesise(some, "fixed")) for some in styles.split(batch)])
