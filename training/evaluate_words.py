"""Does a picture show what its sentence says: python -m training.evaluate_words WEIGHT [--write-card]

Of weights that draw faces as avatars are drawn a small classifier of their traits is taught on the set and asked about
held-out faces first; then it looks at pictures of sentences that the weight has never read, of which some join traits
that it has never learned together. Of weights that draw flowers the feature network `flowers` says the kind, and the
measure that photographs get their sentences by says the colours. Of others, whose pictures came with sentences, it is
looked whether what a sentence draws is found by it among real pictures.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import tyro
from torch import Tensor

from gan_models.errors import RequestError, one_line
from gan_models.latents.point import Point
from gan_models.loading import load
from gan_models.weight.card import Card
from gan_models.weight.model import Model
from training.data import ImageSet, avatar_traits, avatars, flower_captions, flower_traits, held_out
from training.data.avatar_captions import MOST_SAID, caption
from training.data.avatar_traits import NEVER, never
from training.data.sentences import SENTENCE, with_sentences
from training.data.traits import Said, some
from training.evaluate import put_measures
from training.measures import flower_traits as flower_measures
from training.measures import report
from training.measures.avatar_traits import VALUES, seen, taught
from training.measures.classifier import load_features
from training.measures.looks import SIDE, box
from training.measures.report import Figure
from training.measures.retrieval import AMONG, found
from training.measures.traits import Seen, labels_of
from training.measures.words import Hits, Subject, agreement, named, only, pictures, seen_of, share_of, variety
from training.measures.yardstick import place_of, training_images
from training.options import asked

AGREEMENT, JOINED = "agreement with sentences", "agreement where traits are joined anew"
VARIETY, REST = "variety of what is not named", "change beside added glasses"
ON_KIND, ON_COLOURS = "agreement on the kind", "agreement on colours"
FEATURES, FLOWERS = "avatar traits classifier", "flowers"
TRIMMED = 4
"""Pixels off each side of a photograph."""
LEAST, TRAIT_OF = 0.5, {"hat": "hair"}
"""Of a trait the share from which on its words are suggested, and the trait of a group that is called otherwise."""
GLASSES = (0.3, 0.62, 0.1, 0.9)
"""Where glasses are: top, bottom, left and right as shares of the side."""


@dataclass(frozen=True)
class Evaluation:
    """Measure a weight that draws by sentences."""

    weight: Annotated[str, tyro.conf.Positional]
    """A name in weights/, or a folder."""
    n: Annotated[int, tyro.conf.arg(aliases=["-n"])] = 500
    """How many sentences are drawn; of faces two of five join traits that were never learned together."""
    looks: int = 64
    """Pictures of one sentence, and pairs of pictures without and with glasses."""
    data_root: Path = Path("data")
    """Where the pictures lie that the weight was trained on, if it was not on drawn faces."""
    seed: int = 0
    """Of the sentences, the first picture and the classifier of faces."""
    write_card: bool = False
    """Put the figures into the weight's card.json, in place of earlier ones of the same name and features, and leave
    out of its suggestions what it seldom draws."""


def evaluate(options: Evaluation, say: Callable[[str], None] = lambda line: None) -> list[Figure]:
    """Every figure, said as a table; raises AtelierError."""
    model = load(options.weight)
    if model.words is None:
        raise RequestError(f"{model.name} draws by no sentences; this measures weights that do.")
    known = set(model.words.row)
    measure = next((of for words, of in MEASURED if model.channels == 3 and set(words) <= known), any_sentences)
    figures, hits, data = measure(model, options, np.random.default_rng(options.seed), say)
    say(report.table(figures))
    if options.write_card:
        command = report.command_of("evaluate_words", model.name, data_root=data, n=options.n, seed=options.seed)
        put_suggestions(model, by_trait(hits))
        put_measures(model.folder, tuple(figure.measure(command) for figure in figures))
    return figures


Measured = tuple[list[Figure], Hits, Path | None]
"""Figures, what was seen of what sentences named, and where the pictures that were compared with lie, if not here."""


def faces(model: Model, options: Evaluation, chance: np.random.Generator, say: Callable[[str], None]) -> Measured:
    """A weight that draws faces as avatars are drawn."""
    kept = avatars.load_set(SIDE, split="test")
    sight, truth = taught(avatars.load_set(SIDE), options.seed), avatar_traits.traits(kept)
    real = seen(sight, kept.images)
    right = (real.values == labels_of(truth, VALUES)).float().mean(0)
    say(f"{model.name}: the classifier sees {right.mean():.2%} of the traits of {len(kept)} held-out faces rightly;")
    say("  " + ", ".join(f"{name} {share:.1%}" for name, share in zip(VALUES, right.tolist())))
    # Of as many real faces as there are pictures of one sentence.
    parts = kept.images[: len(kept) // options.looks * options.looks].split(options.looks)
    of_set = torch.stack([seen(sight, part).entropies() for part in parts]).mean(0)
    subject = Subject(model, partial(seen, sight), caption, lambda said: of_set, hidden, FEATURES)
    of_pairs = options.n * 2 // 5
    plain = [some(one, chance, least=1, most=MOST_SAID) for one in truth if not never(one)][: options.n - of_pairs]
    pairs = [joined(truth[n], NEVER[n % len(NEVER)], chance) for n in range(of_pairs)]
    hits = named(subject, [*plain, *pairs], chance, options.seed)
    say("  agreement: " + ", ".join(f"{name} {share:.2f}" for name, share in by_trait(hits).items()))
    known = {"floor": float(right.mean()), "seed": options.seed, "floor_n": len(kept)}
    figures = [agreement(name, of, FEATURES, **known) for name, of in ((AGREEMENT, hits), (JOINED, hits[len(plain) :]))]
    figures.append(variety(VARIETY, subject, plain[:16], options.looks, options.seed, chance, say))
    figures.append(beside_glasses(subject, options, chance, say))
    return figures, hits, None


def flowers(model: Model, options: Evaluation, chance: np.random.Generator, say: Callable[[str], None]) -> Measured:
    """A weight that draws photographs of flowers, beside the ones that it was trained on and those held out."""
    known, data = load_features("flowers"), training_images(None, model.card, options.data_root)
    look, all_said = partial(flower_measures.seen, known.network), flower_traits.traits(data)
    usual = partial(beside, data, all_said, look, options.looks)
    subject = Subject(model, look, flower_captions.caption, usual, lambda said, trait: False, FLOWERS)
    kept = held_out(data)[1]
    truth = flower_traits.traits(kept)
    # Of photographs their middle: of the whole the measure of colours would be asked for its own answer.
    real = seen_of(look(kept.images[:, :, TRIMMED:-TRIMMED, TRIMMED:-TRIMMED]), truth)
    most = flower_captions.MOST_SAID
    said = [some(truth[n % len(truth)], chance, least=1, most=most) for n in range(options.n)]
    hits = named(subject, said, chance, options.seed)
    for whose, of in (("sentences", hits), ("photographs", real)):
        say(f"  {whose}: " + ", ".join(f"{name} {share:.2f}" for name, share in by_trait(of).items()))
    kinds, colours = (flower_traits.KIND,), (flower_traits.COLOUR, flower_traits.GROUND)
    figures = [
        agreement(name, only(hits, of), FLOWERS, floor=share_of(only(real, of)), seed=options.seed, floor_n=len(kept))
        for name, of in ((AGREEMENT, (*kinds, *colours)), (ON_KIND, kinds), (ON_COLOURS, colours))
    ]
    # Of the kind by the network's own test pictures: some of the others it has learned from.
    figures[1] = replace(figures[1], floor=known.facts["test_accuracy"], floor_n=known.facts["test_images"])
    figures.append(variety(VARIETY, subject, said[:16], options.looks, options.seed, chance, say))
    return figures, hits, options.data_root


def any_sentences(
    model: Model, options: Evaluation, chance: np.random.Generator, say: Callable[[str], None]
) -> Measured:
    """A weight that draws what its own set's sentences say."""
    where = Path(place_of(None, model.card, options.data_root))
    data = with_sentences(training_images(None, model.card, options.data_root), where)
    if SENTENCE not in data.attributes:
        raise RequestError(f"{data.name} has no sentences here; give the folder that it lay in with --data-root.")
    say(f"{model.name}: by chance {1 / AMONG:.0%} are found")
    return [found(model, data, options.n, options.seed, chance)], [], options.data_root


def beside(data: ImageSet, truth: Sequence[Said], look: Callable[[Tensor], Seen], looks: int, said: Said) -> Tensor:
    """How varied traits are in as many of the set's pictures that have what is said; 0 where there are too few."""
    rows = [row for row, one in enumerate(truth) if said.items() <= one.items()]
    if len(rows) < looks:
        return torch.zeros(len(flower_measures.VALUES))
    spread = torch.linspace(0, len(rows) - 1, looks).long().tolist()
    return look(data.images[torch.tensor([rows[place] for place in spread])]).entropies()


MEASURED = ((("beanie", "dreadlocks"), faces), (("dandelion", "tulip"), flowers))
"""Words by which a weight's sentences are known for those of faces or flowers, and who measures it."""


def by_trait(hits: Hits) -> dict[str, float]:
    """The share of each trait's names that are seen."""
    names = dict.fromkeys(name for one in hits for name in one)
    return {name: share_of(only(hits, (name,))) for name in names}


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


def put_suggestions(model: Model, shares: dict[str, float]) -> None:
    """Leave those chips in the card that say what the weight draws more often than not."""
    card = Card.read(model.folder)
    assert card.words is not None
    groups = {name: of for name, of in card.words.groups.items() if shares.get(TRAIT_OF.get(name, name), 1.0) >= LEAST}
    replace(card, words=replace(card.words, groups=groups)).write(model.folder)


def hidden(said: Said, name: str) -> bool:
    """Whether a named trait leaves no choice of another: a hat of a colour of hair."""
    return any(not fits(name, "", {one: value}) for one, value in said.items())


def beside_glasses(
    subject: Subject, options: Evaluation, chance: np.random.Generator, say: Callable[[str], None]
) -> Figure:
    """How much else a picture changes when "glasses" is added: its distance as a share of that of two of chance."""
    rest = 1 - box(*GLASSES)
    kept = avatars.load_set(SIDE, split="test", limit=4 * options.looks)
    faces = [some(one, chance, least=2, most=MOST_SAID) for one in avatar_traits.traits(kept)]
    faces = [{name: value for name, value in one.items() if name not in ("glasses", "eyes")} for one in faces]
    faces = [one for one in faces if one][: options.looks]
    texts = [caption(one, chance) for one in faces]
    joint = [f"{text}, glasses" if "," in text else f"{text} with glasses" for text in texts]
    points = [Point(options.seed + n, text=text) for n, text in enumerate(texts)]
    before, after = (
        pictures(subject.model, of) for of in (points, [Point(p.seed, text=t) for p, t in zip(points, joint)])
    )
    found = subject.see(after)
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


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        evaluate(asked(Evaluation, argv, "evaluate_words"), print)


if __name__ == "__main__":
    main(sys.argv[1:])
