"""A shelf of three small generators with random weights, for tests and for trying the page by hand:

PYTHONPATH=. python tests/helpers/tiny.py FOLDER && python app.py --weights FOLDER
"""

import sys
from pathlib import Path

import numpy as np
import torch

from gan_models import images, loading
from gan_models.card import Card, DataSet, Making, Measure
from gan_models.latents import Point, principal_directions
from gan_models.loading import Model
from gan_models.networks import build_config, family
from gan_models.sample import sample

VANILLA, COLOUR, CONDITIONAL = "tiny-vanilla", "tiny-colour", "tiny-conditional"

CONFIGS = {
    VANILLA: ("vanilla", "vanilla", {"latent_dim": 24, "width": 16}),
    COLOUR: ("dcgan", "dcgan", {"size": 32, "channels": 3, "latent_dim": 24, "width": 8}),
    CONDITIONAL: (
        "dcgan",
        "cgan",
        {"size": 28, "channels": 1, "latent_dim": 24, "width": 8, "classes": 3, "upsampling": "resize"},
    ),
}
LABELS = {CONDITIONAL: ("circle", "square", "star")}


def make_card(name: str) -> Card:
    """The card of one of the three, before its files are written."""
    family_name, method, config = CONFIGS[name]
    return Card(
        name=name,
        title=name.replace("-", " ").capitalize(),
        task="sample",
        family=family_name,
        method=method,
        config=config,
        data=DataSet("noise", "0" * 64, 100, "CC0-1.0", "drawn by tests/helpers/tiny.py", True),
        licence="CC0-1.0",
        free=name != CONDITIONAL,
        making=Making(command="python tests/helpers/tiny.py FOLDER", steps=10, images=640, seconds=2.5, torch="2.13"),
        measures=(Measure("Frechet distance", 12.5, 0.25, 0.03, 1000, "mnist", 0, "none"),),
        labels=LABELS.get(name, ()),
    )


def make_weight(folder: Path, name: str, half: bool = False) -> Card:
    """Write one of the three to `folder`/`name`: networks, directions, samples.png and film.webp."""
    card = make_card(name)
    kind, config = family(card.family), build_config(card.family, card.config)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(sorted(CONFIGS).index(name))
        generator, discriminator = kind.generator(config), kind.discriminator(config)
    liven(generator)
    directions = principal_directions(generator.eval(), config.latent_dim, 8, 128, classes=len(card.labels))
    place = folder / name
    card = loading.save(place, card, generator, discriminator, directions, half)
    _draw_pictures(place, card)
    return card


def make_shelf(folder: Path) -> loading.Shelf:
    """Write all three below `folder` and put them on a shelf; takes a fraction of a second."""
    for name in CONFIGS:
        make_weight(folder, name)
    return loading.Shelf([folder])


def liven(generator: torch.nn.Module) -> None:
    """Enlarge fresh weights until pictures use the whole range: DCGAN's first ones draw nearly plain gray."""
    with torch.no_grad():
        for parameter in generator.parameters():
            if parameter.ndim > 1:
                parameter.mul_(1.6 / (parameter[0].numel() ** 0.5 * parameter.std().clamp_min(1e-6)))


def _draw_pictures(place: Path, card: Card) -> None:
    pictures = sample(Model(place), [Point(seed=seed) for seed in range(16)])
    images.as_pillow(images.contact_sheet(pictures, 4)).save(place / "samples.png")
    # From noise to the pictures, in eight frames: like training, seen from afar.
    noise = np.random.default_rng(0).integers(0, 256, pictures.shape)
    shares = np.linspace(0, 1, 8)
    frames = [(noise * (1 - share) + pictures * share).astype(np.uint8) for share in shares]
    first, *rest = [images.as_pillow(images.contact_sheet(frame, 4)).convert("RGB") for frame in frames]
    first.save(place / "film.webp", save_all=True, append_images=rest, duration=200, lossless=True)
    film = tuple(int(share * 640) for share in shares)
    loading.seal(place, Card.from_json(card.to_json().replace('"film": []', f'"film": {list(film)}')))


if __name__ == "__main__":
    print("\n".join(card.name for card in make_shelf(Path(sys.argv[1])).cards()))
