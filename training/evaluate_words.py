"""Does a picture show what its sentence says: python -m training.evaluate_words WEIGHT [--write-card]

For weights that draw faces as avatars are drawn. A small classifier of their traits is taught on the set and asked
about held-out faces first; then it looks at pictures of sentences that the weight has never read, of which some join
traits that it has never learned together.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
import torch
import tyro
from torch import Tensor

from gan_models.errors import RequestError, one_line
from gan_models.latents.point import Point
from gan_models.loading import load
from gan_models.sample import sample
from gan_models.weight.card import Card
from gan_models.weight.model import Model
from training.data import avatars
from training.data.avatar_captions import caption, some
from training.data.avatar_traits import NEVER, Said, never, traits
from training.evaluate import put_measures
from training.measures import report
from training.measures.avatar_traits import VALUES, Seen, Sight, labels_of, seen, taught
from training.measures.looks import SIDE, box
from training.measures.report import Figure
from training.options import asked

AGREEMENT, JOINED = "agreement with sentences", "agreement where traits are joined anew"
VARIETY, REST = "variety of what is not named", "change beside added glasses"
FEATURES = "avatar traits classifier"
LEAST, TRAIT_OF = 0.5, {"hat": "hair"}
"""Of a trait the share from which on its words are suggested, and the trait of a group that is called otherwise."""
GLASSES = (0.3, 0.62, 0.1, 0.9)
"""Where glasses are: top, bottom, left and right as shares of the side."""


@dataclass(frozen=True)
class Evaluation:
    """Measure a weight that draws faces by sentences."""

    weight: Annotated[str, tyro.conf.Positional]
    """A name in weights/, or a folder."""
    n: Annotated[int, tyro.conf.arg(aliases=["-n"])] = 500
    """How many sentences are drawn, two of five of which join traits that were never learned together."""
    looks: int = 64
    """Pictures of one sentence, and pairs of pictures without and with glasses."""
    seed: int = 0
    """Of the sentences, the first picture and the classifier."""
    write_card: bool = False
    """Put the figures into the weight's card.json, in place of earlier ones of the same name and features, and leave
    out of its suggestions what it seldom draws."""


def evaluate(options: Evaluation, say: Callable[[str], None] = lambda line: None) -> list[Figure]:
    """Every figure, said as a table; raises AtelierError."""
    model = load(options.weight)
    if model.words is None or model.channels != 3:
        raise RequestError(f"{model.name} draws no faces by sentences; this measures weights that do.")
    kept = avatars.load_set(SIDE, split="test")
    sight, truth = taught(avatars.load_set(SIDE), options.seed), traits(kept)
    real = seen(sight, kept.images)
    right = (real.values == labels_of(truth)).float().mean(0)
    say(f"{model.name}: the classifier sees {right.mean():.2%} of the traits of {len(kept)} held-out faces rightly;")
    say("  " + ", ".join(f"{name} {share:.1%}" for name, share in zip(VALUES, right.tolist())))
    chance = np.random.default_rng(options.seed)
    of_pairs = options.n * 2 // 5
    plain = [some(one, chance, least=1) for one in truth if not never(one)][: options.n - of_pairs]
    pairs = [joined(truth[n], NEVER[n % len(NEVER)], chance) for n in range(of_pairs)]
    hits = named(model, sight, [*plain, *pairs], chance, options.seed)
    of_trait = {name: [hit for one in hits for trait, hit in one.items() if trait == name] for name in VALUES}
    shares = {name: float(np.mean(found)) for name, found in of_trait.items() if found}
    say("  agreement: " + ", ".join(f"{name} {share:.2f}" for name, share in shares.items()))
    figures = [
        replace(agreement(name, of), floor=float(right.mean()), seed=options.seed, floor_n=len(kept))
        for name, of in ((AGREEMENT, hits), (JOINED, hits[len(plain) :]))
    ]
    figures.append(variety(model, sight, plain[:16], kept.images, options, chance, say))
    figures.append(beside_glasses(model, sight, options, chance, say))
    say(report.table(figures))
    if options.write_card:
        command = report.command_of("evaluate_words", model.name, n=options.n, seed=options.seed)
        put_suggestions(model, shares)
        put_measures(model.folder, tuple(figure.measure(command) for figure in figures))
    return figures


def joined(said: Said, pair: Sequence[tuple[str, str]], chance: np.random.Generator) -> Said:
    """A pair of traits, and up to four more of a face that can be seen beside them."""
    both = dict(pair)
    rest = {name: value for name, value in said.items() if name not in both and fits(name, value, both)}
    names = chance.permutation(list(rest))[: int(chance.integers(0, 5))]
    named = both | {str(name): rest[str(name)] for name in names}
    return {str(name): named[str(name)] for name in chance.permutation(list(named))}


def fits(name: str, value: str, both: Said) -> bool:
    """Whether a trait can be seen beside two others, and they beside it."""
    hides = {
        ("hair", "hijab"): ("hair colour", "beard"),
        ("hair", "turban"): ("hair colour",),
        ("hair", "beanie"): ("hair colour",),
        ("glasses", "sunglasses"): ("eyes",),
        ("beard", "beard"): ("mouth",),
        ("beard", "moustache"): ("mouth",),
        ("clothes", "blazer"): ("clothes colour",),
        ("clothes", "sweater"): ("clothes colour",),
    }
    hidden = {other for one in both.items() for other in hides.get(one, ())}
    return name not in hidden and not set(hides.get((name, value), ())) & set(both) and not never(both | {name: value})


def named(
    model: Model, sight: Sight, said: Sequence[Said], chance: np.random.Generator, seed: int
) -> list[dict[str, bool]]:
    """Of the picture of each sentence, for each trait that it names, whether it is seen."""
    points = [Point(seed + n, text=caption(one, chance)) for n, one in enumerate(said)]
    found = drawn(model, sight, points)
    return [{trait: found.of(n)[trait] == value for trait, value in one.items()} for n, one in enumerate(said)]


def agreement(name: str, hits: Sequence[dict[str, bool]]) -> Figure:
    """The share of named traits that are seen, and its error over pictures."""
    shares = [float(np.mean(list(one.values()))) for one in hits]
    share = float(np.average(shares, weights=[len(one) for one in hits]))
    return Figure(name, share, float(np.std(shares) / len(hits) ** 0.5), None, len(hits), FEATURES)


def put_suggestions(model: Model, shares: dict[str, float]) -> None:
    """Leave those chips in the card that say what the weight draws more often than not."""
    card = Card.read(model.folder)
    assert card.words is not None
    groups = {name: of for name, of in card.words.groups.items() if shares.get(TRAIT_OF.get(name, name), 1.0) >= LEAST}
    replace(card, words=replace(card.words, groups=groups)).write(model.folder)


def variety(
    model: Model,
    sight: Sight,
    said: Sequence[Said],
    real: Tensor,
    options: Evaluation,
    chance: np.random.Generator,
    say: Callable[[str], None],
) -> Figure:
    """The entropy of traits that a sentence does not name, over latents, as a share of the set's: the mean.

    Of as many real faces as there are pictures of one sentence.
    """
    parts = real[: len(real) // options.looks * options.looks].split(options.looks)
    of_set = torch.stack([seen(sight, part).entropies() for part in parts]).mean(0)
    shares: list[list[float]] = [[] for _ in VALUES]
    for number, one in enumerate(said):
        text, first = caption(one, chance), options.seed + number * options.looks
        points = [Point(first + n, text=text) for n in range(options.looks)]
        entropies = drawn(model, sight, points).entropies() / of_set
        for trait, name in enumerate(VALUES):
            if name not in one and hidden_by(name, one) is None and of_set[trait] > 0:
                shares[trait].append(float(entropies[trait]))
    means = [float(np.mean(one)) for one in shares if one] or [0.0]
    say("  entropy: " + ", ".join(f"{name} {np.mean(one):.2f}" for name, one in zip(VALUES, shares) if one))
    return Figure(
        VARIETY,
        float(np.mean(means or [0])),
        float(np.std(means or [0])),
        None,
        options.looks,
        FEATURES,
        options.seed,
    )


def hidden_by(name: str, said: Said) -> str | None:
    """The named trait that leaves no choice of another: a hat of a colour of hair."""
    return next((one for one, value in said.items() if not fits(name, "", {one: value})), None)


def beside_glasses(
    model: Model, sight: Sight, options: Evaluation, chance: np.random.Generator, say: Callable[[str], None]
) -> Figure:
    """How much else a picture changes when "glasses" is added: its distance as a share of that of two of chance."""
    rest = 1 - box(*GLASSES)
    kept = avatars.load_set(SIDE, split="test", limit=4 * options.looks)
    faces = [some(one, chance, least=2) for one in traits(kept)]
    faces = [{name: value for name, value in one.items() if name not in ("glasses", "eyes")} for one in faces]
    faces = [one for one in faces if one][: options.looks]
    texts = [caption(one, chance) for one in faces]
    joint = [f"{text}, glasses" if "," in text else f"{text} with glasses" for text in texts]
    points = [Point(options.seed + n, text=text) for n, text in enumerate(texts)]
    before, after = (pictures(model, of) for of in (points, [Point(p.seed, text=t) for p, t in zip(points, joint)]))
    found = seen(sight, after)
    there = np.mean([found.of(n)["glasses"] == "glasses" for n in range(len(joint))])
    say(f"  glasses added: seen in {there:.1%} of {len(joint)}")
    apart = distances(before, after, rest)
    by_chance = distances(before, before.roll(1, 0), rest)
    share = apart / by_chance.mean()
    spread = float(share.std() / len(share) ** 0.5)
    return Figure(REST, float(share.mean()), spread, None, len(joint), "pixels", options.seed)


def distances(one: Tensor, other: Tensor, mask: Tensor) -> Tensor:
    """Root mean square distances (N,) of pictures uint8 (N, 3, S, S) where a mask (SIDE, SIDE) is 1."""
    apart = (one.float() - other.float()).square().mean(1)
    apart = torch.nn.functional.adaptive_avg_pool2d(apart[:, None], SIDE)[:, 0]
    return ((apart * mask).sum((1, 2)) / mask.sum()).sqrt()


def drawn(model: Model, sight: Sight, points: Sequence[Point]) -> Seen:
    """What is seen of the pictures of points."""
    return seen(sight, pictures(model, points))


def pictures(model: Model, points: Sequence[Point]) -> Tensor:
    """Pictures uint8 (N, 3, S, S)."""
    return torch.from_numpy(sample(model, points)).permute(0, 3, 1, 2)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        evaluate(asked(Evaluation, argv, "evaluate_words"), print)


if __name__ == "__main__":
    main(sys.argv[1:])
