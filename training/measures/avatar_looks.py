"""The looks of drawn faces: what each picture wears is known, and a small network learns to see it."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from gan_models.networks.classifier import Classifier, ClassifierConfig
from gan_models.pictures.images import from_levels
from training.data import ImageSet
from training.data.avatars import HATS, load_set
from training.measures.looks import SIDE, Look, Seen, box, mean

STEPS, BATCH, RATE = 500, 64, 3e-3
LONG = {"big hair", "bob", "curly", "long not too long", "mia wallace", "straight 1", "straight strand"}
SHADES, GLASSES = {"sunglasses", "wayfarers"}, {"prescription 2", "round"}
BEARDS = {"beard light", "beard medium", "beard magestic"}


@dataclass(frozen=True)
class Trait:
    """Some of the kinds of a part, and the words for having one of them and for having none."""

    name: str
    part: str
    kinds: frozenset[str]
    more: tuple[str, ...]
    less: tuple[str, ...] = ()
    about: tuple[str, ...] = ()


def _trait(name: str, part: str, kinds: set[str], more: str, less: str = "", about: str = "") -> Trait:
    return Trait(name, part, frozenset(kinds), *(tuple(words.split()) for words in (more, less, about)))


TRAITS = (
    _trait("dark hair", "hair_color", {"black", "brown dark"}, "dark black brunette", "blond blonde light", "hair"),
    _trait("dark skin", "skin", {"brown", "dark brown", "black"}, "dark brown black", "pale light fair", "skin face"),
    _trait("long hair", "top", LONG, "long", "short cropped", "hair"),
    _trait("hat", "top", {hat.lower().replace("_", " ") for hat in HATS}, "hat cap turban hijab beanie", "bareheaded"),
    _trait("sunglasses", "accessory", SHADES, "sunglasses shades goggles"),
    _trait("glasses", "accessory", GLASSES, "glasses spectacles eyeglasses lenses"),
    _trait("beard", "facial_hair", BEARDS, "beard bearded whiskers", "shaved shaven"),
    _trait("smile", "mouth", {"smile", "twinkle"}, "smile smiling happy laughing", "sad serious frown", "mouth"),
    _trait("closed eyes", "eyes", {"closed", "happy"}, "closed shut sleepy asleep", "open awake", "eyes eye"),
)  # fmt: skip
GROUND, CLOTHES = ("ground", "background", "backdrop", "behind"), ("clothes", "shirt", "sweater", "jacket", "clothing")


def avatar_looks(say: Callable[[str], None] = print) -> tuple[Look, ...]:
    """The looks of drawn faces; the network is trained first, and says how often it is right on drawings kept back."""
    kept = load_set(SIDE, split="test")
    network, right = trained(load_set(SIDE), kept)
    for trait, share in zip(TRAITS, right.tolist()):
        say(f"{trait.name}: seen rightly in {share:.3f} of {len(kept)} held-out drawings")
    return looks(network)


def looks(network: Classifier | None = None) -> tuple[Look, ...]:
    """The looks as a network sees them; without one, only their words are of use."""

    def seen_by(index: int) -> Callable[[Seen], Tensor]:
        return lambda seen: _scores(network, seen)[:, index]

    return (
        Look("light clothes", ("light", "white", "bright"), ("dark", "black"), CLOTHES, _light_clothes),
        Look("warm ground", ("warm", "yellow", "orange", "sunny"), ("cold", "cool", "blue"), GROUND, _warm_ground),
        *(Look(trait.name, trait.more, trait.less, trait.about, seen_by(n), 0.0) for n, trait in enumerate(TRAITS)),
    )


def _warm_ground(seen: Seen) -> Tensor:
    return mean(seen.b, box(0, 0.4, 0, 0.12) + box(0, 0.4, 0.88, 1))


def _light_clothes(seen: Seen) -> Tensor:
    return mean(seen.lightness, box(0.88, 1, 0.3, 0.7))


@torch.no_grad()
def _scores(network: Classifier | None, seen: Seen) -> Tensor:
    """Log odds (N, TRAITS), as far as they say something: beyond 6 the network is sure."""
    assert network is not None
    return network(seen.pictures)[1].clamp(-6, 6)


def wears(data: ImageSet) -> Tensor:
    """Which of TRAITS each drawing has: float32 (N, TRAITS)."""
    columns = []
    for trait in TRAITS:
        part = data.attributes[trait.part]
        chosen = torch.tensor([kind in trait.kinds for kind in part.classes])
        columns.append(chosen[part.labels])
    return torch.stack(columns, 1).float()


def trained(data: ImageSet, kept: ImageSet, steps: int = STEPS) -> tuple[Classifier, Tensor]:
    """A network that sees TRAITS in pictures, and its share of right answers to each on drawings kept back."""
    torch.manual_seed(0)
    names = tuple(trait.name for trait in TRAITS)
    network, labels = Classifier(ClassifierConfig(SIDE, 3, names, (12, 24, 48, 64))), wears(data)
    optimizer = torch.optim.Adam(network.parameters(), RATE)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = RATE * (1 - step / steps)
        rows = torch.randint(len(data.images), (BATCH,))
        pictures = from_levels(data.images[rows])
        pictures += 0.05 * torch.randn_like(pictures)  # a generator's are less clean than drawings
        loss = F.binary_cross_entropy_with_logits(network(pictures)[1], labels[rows])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
    network.eval().requires_grad_(False)
    said = torch.cat([network(from_levels(some))[1] > 0 for some in kept.images[:].split(256)])
    return network, (said == (wears(kept) > 0)).float().mean(0)
