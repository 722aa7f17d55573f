"""Whether pictures of sentences show what is named, and vary in what is not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gan_models.latents.point import Point
from gan_models.sample import sample
from gan_models.weight.model import Model
from training.data.traits import Said
from training.measures.report import Figure
from training.measures.traits import Seen

Hits = list[dict[str, bool]]
"""Of each picture, for each trait that its sentence names, whether it is seen."""


@dataclass(frozen=True)
class Subject:
    """What a weight draws and who looks at it.

    `see`: what is seen of pictures uint8 (N, 3, S, S). `say`: a sentence of traits. `usual`: how varied each trait is
    in real pictures beside those that are named, in nats, (traits,), 0 where that is not known. `hides`: whether what
    is named leaves no choice of a trait. `features`: the name of who looks.
    """

    model: Model
    see: Callable[[Tensor], Seen]
    say: Callable[[Said, np.random.Generator], str]
    usual: Callable[[Said], Tensor]
    hides: Callable[[Said, str], bool]
    features: str

    def drawn(self, points: Sequence[Point]) -> Seen:
        """What is seen of the pictures of points."""
        return self.see(pictures(self.model, points))


def pictures(model: Model, points: Sequence[Point]) -> Tensor:
    """Pictures uint8 (N, 3, S, S)."""
    return torch.from_numpy(sample(model, points)).permute(0, 3, 1, 2)


def named(subject: Subject, said: Sequence[Said], chance: np.random.Generator, seed: int) -> Hits:
    """Of the picture of each sentence, for each trait that it names, whether it is seen."""
    return seen_of(subject.drawn([Point(seed + n, text=subject.say(one, chance)) for n, one in enumerate(said)]), said)


def seen_of(found: Seen, said: Sequence[Said]) -> Hits:
    """For each trait that is said of pictures whether it is among what is found."""
    return [{trait: found.of(n)[trait] == value for trait, value in one.items()} for n, one in enumerate(said)]


def only(hits: Hits, names: Collection[str]) -> Hits:
    """The same of these traits alone, without pictures that have none of them."""
    kept = [{name: hit for name, hit in one.items() if name in names} for one in hits]
    return [one for one in kept if one]


def share_of(hits: Hits) -> float:
    """The share of named traits that are seen."""
    return float(np.mean([hit for one in hits for hit in one.values()])) if hits else 0.0


def agreement(name: str, hits: Hits, features: str, **known: float) -> Figure:
    """The share of named traits that are seen, and its error over pictures."""
    shares = [float(np.mean(list(one.values()))) for one in hits]
    spread = float(np.std(shares) / max(1, len(hits)) ** 0.5) if hits else None
    return Figure(name, share_of(hits), spread, n=len(hits), features=features, **known)


def variety(
    name: str,
    subject: Subject,
    said: Sequence[Said],
    looks: int,
    seed: int,
    chance: np.random.Generator,
    say: Callable[[str], None],
) -> Figure:
    """The entropy of traits that a sentence does not name, over latents, as a share of the usual one: the mean."""
    shares: dict[str, list[float]] = {}
    for number, one in enumerate(said):
        text, first, usual = subject.say(one, chance), seed + number * looks, subject.usual(one)
        found = subject.drawn([Point(first + n, text=text) for n in range(looks)])
        for trait, share, of in zip(found.names, found.entropies().tolist(), usual.tolist()):
            if trait not in one and of > 0 and not subject.hides(one, trait):
                shares.setdefault(trait, []).append(share / of)
    means = {trait: float(np.mean(shares[trait])) for trait in found.names if trait in shares}
    say("  entropy: " + ", ".join(f"{trait} {share:.2f}" for trait, share in means.items()))
    values = list(means.values()) or [0.0]
    return Figure(name, float(np.mean(values)), float(np.std(values)), None, looks, subject.features, seed)
