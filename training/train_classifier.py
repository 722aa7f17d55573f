"""Train a feature network of the measures: `python -m training.train_classifier NAME`."""

import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import torch
import tyro
from torch.nn import functional as F

from gan_models import errors
from gan_models.pictures.images import from_levels
from training.measures import classifier as networks
from training.measures.cats import cat_figures
from training.measures.classifier import Classifier, ClassifierConfig, RealFeatures
from training.measures.features import extract
from training.measures.sets import LabelledSet, labelled
from training.options import SAID, asked


@dataclass(frozen=True)
class Options:
    """Train a small classifier and write it with the features of real images into a folder."""

    name: Annotated[Literal["mnist", "fashion", "photos", "flowers"], tyro.conf.Positional]
    """Which one: digits, clothes in gray, colour photographs of clothes, cats, facades, landscapes, or of flowers."""
    data_root: Path = Path("data")
    """Folder with mnist/, fashion-mnist/, flowers-144.zip, or for photos the four zips that its message names."""
    out: Annotated[Path | None, SAID] = None
    """Folder to write; weights/features/NAME by default."""
    epochs: Annotated[int | None, SAID] = None
    """Times through the training images; each network has its own default."""
    batch: int = 128
    learning_rate: float = 4e-3
    seed: int = 0
    limit: int | None = None
    """Only so many training images, for a quick try."""
    keep: bool = False
    """Keep the network that is there; only measure it and extract the real features again."""


@dataclass(frozen=True)
class Training:
    """How one network is built and its pictures are varied; shift: share of the side, rotation: radians."""

    widths: tuple[int, ...]
    features: int
    epochs: int
    flip: bool = False
    shift: float = 0.07
    rotation: float = 0.15
    zoom: float = 0.1
    damages: tuple[str, ...] = ()


MAKING = ("command", "seed", "seconds", "hardware", "torch")
TRAININGS = {
    "mnist": Training((32, 64, 128), 64, 8),
    "fashion": Training((32, 64, 128), 64, 8, flip=True, shift=0.06, rotation=0.05, zoom=0.05),
    "photos": Training((16, 32, 64, 128, 192), 96, 10, flip=True, rotation=0.1, zoom=0.15, damages=networks.DAMAGES),
    "flowers": Training((16, 32, 64, 128, 192), 96, 30, flip=True, rotation=0.3, zoom=0.25, damages=networks.DAMAGES),
}


def main(argv: list[str] | None = None) -> None:
    """The command line."""
    with errors.one_line():
        settings = asked(Options, argv, "train_classifier")
        out = settings.out or networks.SHIPPED / settings.name
        facts = build(settings, out, print)
        print(f"{out}: test accuracy {facts['test_accuracy']:.2%} in {facts['seconds']:.0f} s")


def build(settings: Options, out: Path, say: Callable[[str], None]) -> dict:
    """Train the network of `settings`, write it to `out` and return the facts of `features.json`."""
    if out.exists() and any(out.iterdir()) and not (out / networks.FACTS).exists():
        raise errors.TrainingError(
            f"{out} holds something else than a feature network; give another folder with --out."
        )
    torch.manual_seed(settings.seed)
    sets = labelled(settings.name, settings.data_root)
    if settings.keep:
        known = networks.load_features(out)
        network, making = known.network, {name: known.facts[name] for name in MAKING}
    else:
        network, making = train(settings, sets, say)
    right = correct(network, sets.test_images, sets.test_labels)
    by_class = {c: round(right[sets.test_labels == i].mean().item(), 4) for i, c in enumerate(sets.classes)}
    facts = {
        "test_accuracy": round(right.mean().item(), 4),
        "test_accuracy_by_class": by_class,
        "test_images": len(sets.test_images),
        "training_images": len(sets.images),
        "data": sets.sources,
        **making,
    }
    networks.save(out, network, real_features(network, sets), facts)
    return facts


def real_features(network: Classifier, sets: LabelledSet) -> dict[str, RealFeatures]:
    """The features of the real images of every set, and of cats what OpenCV says of them."""
    found = {}
    for name, source in sets.real.items():
        reference, other = (extract(network, x).features for x in (source.reference, source.other))
        judged = cat_figures(source.other) if "cat" in name else {}
        found[name] = RealFeatures(name, reference, other, source.images, source.sha256, judged)
    return found


def train(settings: Options, sets: LabelledSet, say: Callable[[str], None]) -> tuple[Classifier, dict]:
    """The trained network, rounded to the fp16 that ships, and how it was made."""
    training, started = TRAININGS[settings.name], time.monotonic()
    config = ClassifierConfig(
        sets.size, sets.channels, sets.classes, training.widths, training.features, training.damages
    )
    network = Classifier(config).to(memory_format=torch.channels_last)
    batches = list(_schedule(sets.labels, settings))
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=0.02)
    rate = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, settings.learning_rate, total_steps=len(batches), pct_start=0.2
    )
    for step, index in enumerate(batches):
        value = loss(network, sets.images[index], sets.labels[index], training)
        optimizer.zero_grad(set_to_none=True)
        value.backward()
        optimizer.step()
        rate.step()
        if (step + 1) % max(1, len(batches) // 20) == 0:
            say(f"{step + 1}/{len(batches)} steps, loss {value.item():.3f}, {_since(started):.0f} s")
    making = {
        "command": f"python -m training.train_classifier {settings.name} --epochs {_epochs(settings)}",
        "seed": settings.seed,
        "seconds": round(_since(started)),
        "hardware": f"{torch.get_num_threads()} thread(s) of {platform.machine()}",
        "torch": torch.__version__,
    }
    return network.half().float().eval(), making


def _since(started: float) -> float:
    return time.monotonic() - started


def _epochs(settings: Options) -> int:
    return settings.epochs or TRAININGS[settings.name].epochs


def _schedule(labels: torch.Tensor, settings: Options) -> Iterator[torch.Tensor]:
    """Batches of indices; rare classes are drawn more often, by the square root: 112 skirts count too."""
    counts = torch.bincount(labels).clamp(min=1).float()
    generator = torch.Generator().manual_seed(settings.seed)
    even = counts.max() / counts.min() < 1.5
    count = len(labels) if settings.limit is None else min(settings.limit, len(labels))
    for _ in range(_epochs(settings)):
        if even:
            order = torch.randperm(len(labels), generator=generator)[:count]
        else:
            order = torch.multinomial(counts.rsqrt()[labels], count, replacement=True, generator=generator)
        yield from (part for part in order.split(settings.batch) if len(part) > 1)


def loss(network: Classifier, images: torch.Tensor, labels: torch.Tensor, training: Training) -> torch.Tensor:
    """Cross-entropy of the class, error of the thumbnail, and cross-entropy of the damage where asked."""
    pictures = vary(from_levels(images), training)
    kinds = None
    if training.damages:
        kinds = torch.randint(len(training.damages), (len(images),)) * (torch.rand(len(images)) < 0.5)
        pictures = damage(pictures, kinds)
    with torch.autocast("cpu", torch.bfloat16):
        features, logits = network(pictures.contiguous(memory_format=torch.channels_last))
        thumbnail, damages = network.extras(features)
    value = F.cross_entropy(logits.float(), labels, label_smoothing=0.05)
    target = F.adaptive_avg_pool2d(pictures, 8)
    value = value + (thumbnail.float() - target).square().mean() / target.var()
    if kinds is not None:
        value = value + 0.5 * F.cross_entropy(damages.float(), kinds)
    return value


def vary(images: torch.Tensor, training: Training) -> torch.Tensor:
    """Pictures mirrored, turned, zoomed and shifted at random, each its own way; (N, C, H, W) in [-1, 1]."""
    n = len(images)
    angle = (torch.rand(n) * 2 - 1) * training.rotation
    zoom = 1 + (torch.rand(n) * 2 - 1) * training.zoom
    mirror = torch.where(torch.rand(n) < 0.5, -1.0, 1.0) if training.flip else torch.ones(n)
    turn = torch.stack(
        [angle.cos() * zoom * mirror, -angle.sin() * zoom, angle.sin() * zoom * mirror, angle.cos() * zoom], 1
    )
    shift = (torch.rand(n, 2, 1) * 2 - 1) * 2 * training.shift
    grid = F.affine_grid(torch.cat([turn.view(n, 2, 2), shift], 2), list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, padding_mode="border", align_corners=False)


def damage(images: torch.Tensor, kinds: torch.Tensor) -> torch.Tensor:
    """Each picture with the damage its kind names (an index into DAMAGES); strength at random."""
    strength = 0.3 + 0.7 * torch.rand(len(images), 1, 1, 1)
    ways = [lambda x, s: x, _blur, _noise, _stripes, _shuffle]
    out = images.clone()
    for kind, way in enumerate(ways):
        chosen = kinds == kind
        if chosen.any():
            out[chosen] = way(images[chosen], strength[chosen]).clamp(-1, 1)
    return out


def _blur(images: torch.Tensor, strength: torch.Tensor) -> torch.Tensor:
    size = images.shape[-1]
    small = F.interpolate(images, size=size // 4, mode="bilinear", antialias=True)
    return images.lerp(F.interpolate(small, size=size, mode="bicubic"), strength)


def _noise(images: torch.Tensor, strength: torch.Tensor) -> torch.Tensor:
    return images + 0.35 * strength * torch.randn_like(images)


def _stripes(images: torch.Tensor, strength: torch.Tensor) -> torch.Tensor:
    """The grids that transposed convolutions leave: a wave of 2 or 4 pixels across, down or both."""
    size, period = images.shape[-1], int(torch.randint(1, 3, ()))
    wave = ((torch.arange(size) // period) % 2).float() * 2 - 1
    down, across = torch.rand(2, len(images), 1, 1, 1)
    return images + 0.15 * strength * ((down > 0.33) * wave.view(-1, 1) + (across > 0.33) * wave)


def _shuffle(images: torch.Tensor, strength: torch.Tensor) -> torch.Tensor:
    """Sixteen tiles, some of which give way to others: right texture, wrong whole."""
    n, c, h, w = images.shape
    tiles = images.view(n, c, 4, h // 4, 4, w // 4).permute(0, 2, 4, 1, 3, 5).reshape(n, 16, c, h // 4, w // 4)
    moved = torch.rand(n, 16).argsort(1)
    order = torch.where(torch.rand(n, 16) < strength.view(n, 1), moved, torch.arange(16).expand(n, 16))
    tiles = tiles.gather(1, order.view(n, 16, 1, 1, 1).expand_as(tiles))
    return tiles.view(n, 4, 4, c, h // 4, w // 4).permute(0, 3, 1, 4, 2, 5).reshape(n, c, h, w)


def correct(network: Classifier, images: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Which images' most likely class is their label, float (N,) of 0 and 1. images: uint8 (N, C, H, W)."""
    return (extract(network, images).logits.argmax(1) == labels).float()


if __name__ == "__main__":
    main()
