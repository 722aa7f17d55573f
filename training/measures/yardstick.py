"""A feature network with the real images it compares to: what `--features` and `--real` name."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from gan_models.errors import RequestError
from gan_models.weight.card import Card
from training.data import NAMES, ImageSet, load_set
from training.measures import classifier, report
from training.measures.classifier import FeatureSet, RealFeatures
from training.measures.features import Features, extract
from training.measures.sets import halves

INCEPTION = "inception"


@dataclass(frozen=True)
class Yardstick:
    """extract: uint8 pictures (N, C, H, W) -> features. logits: features -> class logits.

    classes: what the logits mean; empty for Inception. accuracy: how often they are right on real images.
    """

    name: str
    extract: Callable[[torch.Tensor], Features]
    real: RealFeatures
    classes: tuple[str, ...] = ()
    logits: Callable[[torch.Tensor], torch.Tensor] | None = None
    accuracy: float | None = None

    def figures(self, samples: Features, seed: int, resamplings: int) -> list[report.Figure]:
        """Every distance of the samples' features from the real ones, FID, KID and IS only from Inception."""
        rows = report.figures(
            samples, self.real, features=self.name, seed=seed, resamplings=resamplings, logits=self.logits
        )
        return [report.renamed(row) if self.name == INCEPTION else row for row in rows]


def open_yardstick(features: str | None, real: str | None, card: Card | None, data_root: Path) -> Yardstick:
    """The feature network and real images asked for; what is not said is what fits the card's data set.

    real: the name of a set whose features ship with the network, or of a set, folder or zip to extract them
    from. Raises RequestError where nothing is said and nothing fits.
    """
    if features == INCEPTION:
        return _inception(real, card, data_root)
    features = features or _fitting(card)
    found = classifier.load_features(features)

    def network(images: torch.Tensor) -> Features:
        return extract(found.network, images)

    chosen = _shipped(found, real, card) or _extracted(network, real, data_root)
    facts = found.network.config.classes, found.network.logits, found.facts.get("test_accuracy")
    return Yardstick(found.name, network, chosen, *facts)


def _fitting(card: Card | None) -> str:
    names = sorted(p.parent.name for p in classifier.SHIPPED.glob("*/features.json"))
    for name in names:
        if card and any(real.sha256 == card.data.sha256 for real in classifier.load_features(name).real.values()):
            return name
    of = f"trained on {card.data.name}" if card else "without a card"
    raise RequestError(f"no shipped features fit samples {of}: say --features {', '.join([*names, INCEPTION])}.")


def _shipped(found: FeatureSet, real: str | None, card: Card | None) -> RealFeatures | None:
    """The shipped real features called `real`; unnamed, those of the card's data set, or the only ones."""
    if real is not None:
        return found.real.get(real)
    same = [r for r in found.real.values() if card and r.sha256 == card.data.sha256]
    if same or len(found.real) == 1:
        return same[0] if same else next(iter(found.real.values()))
    raise RequestError(
        f"{found.name} has real features of {', '.join(found.real) or 'nothing'}: name one, or a folder or "
        "zip, with --real."
    )


def _extracted(network: Callable[[torch.Tensor], Features], real: str, data_root: Path) -> RealFeatures:
    both = halves(training_images(real, None, data_root))
    return RealFeatures(
        Path(real).name,
        network(both.reference).features,
        network(both.other).features,
        both.images,
        both.sha256,
    )


def _inception(real: str | None, card: Card | None, data_root: Path) -> Yardstick:
    from training.measures.inception import inception

    if real is None and card is None:
        raise RequestError("--features inception needs the real images too: name a set, folder or zip with --real.")
    network = inception()
    images = training_images(real, card, data_root)
    both = halves(images)
    reference, other = network(both.reference), network(both.other)
    return Yardstick(
        INCEPTION,
        network,
        RealFeatures(images.name, reference.features, other.features, both.images, both.sha256),
    )


def training_images(real: str | None, card: Card | None, data_root: Path) -> ImageSet:
    """The pictures that `real` names, else those that the card's weight was trained on.

    Raises TrainingError where they cannot be found.
    """
    size = card.config.get("size") if card else None
    channels = card.config.get("channels") if card else None
    return load_set(place_of(real, card, data_root), size=size, channels=channels, data_root=data_root)


def place_of(real: str | None, card: Card | None, data_root: Path) -> str:
    """The name, folder or zip of these pictures; a set's folder or zip may lie in data_root."""
    name = real or (str(card.making.config.get("data") or "") if card else "")
    if not name:
        raise RequestError("the training images are not known: name the set, folder or zip with --real.")
    places = data_root / Path(name).name, data_root / f"{Path(name).stem}.zip"
    if name in NAMES or Path(name).exists():
        return name
    return next((str(place) for place in places if place.exists()), name)
