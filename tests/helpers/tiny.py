"""A shelf of three small generators with random weights, for tests and for trying the page by hand:

PYTHONPATH=. python tests/helpers/tiny.py FOLDER && python app.py --weights FOLDER
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from gan_models import loading
from gan_models.latents.directions import principal_directions, style_directions
from gan_models.latents.point import Point
from gan_models.latents.styles import NAMED
from gan_models.loading import Model
from gan_models.networks import build_config, family
from gan_models.networks.partials import name_of
from gan_models.pictures import images
from gan_models.puppets.persons import PERSONS, Persons
from gan_models.sample import sample
from gan_models.weight.card import Attribute, Card, DataSet, Label, Making, Measure, Translation
from gan_models.weight.sheet import write_sheet
from gan_models.weight.tensors import write_tensors
from gan_models.words.vocabulary import Vocabulary

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
ATTENTIVE = "tiny-attentive"
ATTENDING = {
    ATTENTIVE: ("biggan", "biggan", {"size": 32, "base": 128, "piece": 6, "classes": 3, "embedding": 8, "attention": 2})
}
DRUMS, NOTES = "tiny-drums", "tiny-notes"
SOUNDS = {
    DRUMS: (
        "wavegan",
        "wavegan",
        {"rate": 8000, "length": 2048, "latent_dim": 20, "classes": 3, "width": 4, "discriminator_width": 4},
    ),
    NOTES: (
        "gansynth",
        "gansynth",
        {
            **{"rate": 8000, "length": 8192, "latent_dim": 20, "classes": 13, "lowest": 60},
            **{"width": 4, "profile": 8, "discriminator_width": 4, "most": 2},
        },
    ),
}
LABELS = {
    CONDITIONAL: ("circle", "square", "star"),
    ATTENTIVE: ("circle", "square", "star"),
    DRUMS: ("kick", "snare", "hat"),
    NOTES: tuple(map(name_of, range(60, 73))),
}

STYLE = "tiny-style"
STYLED = {
    STYLE: (
        "stylegan2",
        "stylegan2",
        {"size": 32, "latent_dim": 24, "w_dim": 16, "base": 256, "most": 16, "discriminator_base": 256},
    )
}

WORDS = "tiny-words"
READERS = {
    WORDS: (
        "stackgan",
        "stackgan",
        {
            "size": 32,
            "words": 12,
            "vector": 6,
            "sentence": 16,
            "latent_dim": 24,
            "augmented": 8,
            "base": 256,
            "most": 16,
            "discriminator_base": 256,
        },
    )
}
VOCABULARY = Vocabulary(
    ("a", "person", "with", "and", "red", "black", "purple", "hair", "glasses", "beard", "on", "ground"),
    {"red": "crimson scarlet", "purple": "violet lilac", "person": "man woman", "glasses": "spectacles"},
    {"hair": ("red hair", "black hair", "purple hair"), "face": ("glasses", "beard"), "ground": ("purple ground",)},
    ("a person with red hair and glasses", "a beard on purple ground"),
)

GAME = "tiny-game"
PLAYED = {GAME: ("gamegan", "gamegan", {"width": 8, "deep": 8, "discriminator_width": 8})}

PUPPET = "tiny-puppet"
POSED = {
    PUPPET: (
        "pose2person",
        "pose2person",
        {"size": 32, "patch": 16, "signal": 4, "width": 8, "ground_width": 8, "discriminator_width": 8},
    )
}
STANDING = (
    *((0.5, 0.2), (0.5, 0.3), (0.43, 0.32), (0.38, 0.43), (0.36, 0.55), (0.57, 0.32), (0.62, 0.43), (0.64, 0.55)),
    *((0.5, 0.56), (0.46, 0.57), (0.45, 0.72), (0.45, 0.88), (0.54, 0.57), (0.55, 0.72), (0.55, 0.88)),
)
"""A figure's joints."""

SWIFT, SWIFT_2, RESCUE = "tiny-swift", "tiny-swift-2", "tiny-swift-rescue"
PIXELS, GAN, DENSE = "tiny-srresnet", "tiny-srgan", "tiny-esrgan"
UPSCALERS = {
    SWIFT: ("swift", "swift", {"scale": 4, "width": 16, "blocks": 2}),
    SWIFT_2: ("swift", "swift", {"scale": 2, "width": 16, "blocks": 1}),
    RESCUE: ("swift", "swift-rescue", {"scale": 4, "width": 16, "blocks": 1}),
    PIXELS: ("srgan", "srresnet", {"scale": 4, "width": 8, "blocks": 2, "judge_width": 8}),
    GAN: ("srgan", "srgan", {"scale": 4, "width": 8, "blocks": 2, "judge_width": 8}),
    DENSE: ("esrgan", "esrgan", {"scale": 4, "width": 8, "growth": 8, "blocks": 1, "judge_width": 8}),
}

SKETCH, LABELLED, COLORIZE, CROSS = "tiny-sketch", "tiny-labels", "tiny-colorize", "tiny-cross"
FLAT = "tiny-flat"
_UNET = {"size": 32, "depth": 5, "width": 8, "patch": 16, "discriminator_width": 8}
TRANSLATORS = {
    SKETCH: ("pix2pix", "pix2pix", {**_UNET, "source_channels": 1, "hints": True, "upsampling": "resize"}),
    LABELLED: ("pix2pix", "pix2pix", _UNET),
    FLAT: ("pix2pix", "pix2pix", _UNET),
    COLORIZE: ("pix2pix", "pix2pix", {**_UNET, "source_channels": 1, "channels": 2, "hints": True, "depth": 3}),
    CROSS: ("cyclegan", "cyclegan", {"size": 32, "width": 8, "blocks": 1, "patch": 16, "discriminator_width": 8}),
}
ANY_STYLE = "tiny-any-style"
PAINTERS = {ANY_STYLE: ("style-transfer", "style-transfer", {"size": 32, "width": 8, "blocks": 1, "signal": 8})}
CARTOON = "tiny-cartoon"
PAINTERS[CARTOON] = ("cartoon", "cartoon", {"size": 32, "width": 8, "blocks": 2, "discriminator_width": 8, "patch": 16})
REPAIR = "tiny-repair"
REPAIRERS = {REPAIR: ("inpaint", "inpaint", {"size": 64, "width": 16, "blocks": 1, "discriminator_width": 8})}
TRANSLATIONS = {
    ANY_STYLE: Translation("photo", styled=True),
    CARTOON: Translation("photo", outlined=True),
    SKETCH: Translation("drawing", hints=True),
    LABELLED: Translation("labels", palette=(Label("wall", "#0000de"), Label("door", "#01cfff"))),
    FLAT: Translation("flat"),
    COLORIZE: Translation("gray", "chroma", hints=True),
    CROSS: Translation("photo", directions=("day to night", "night to day")),
}


def make_card(name: str) -> Card:
    """The card of one of the small weights, before its files are written."""
    kinds = {**CONFIGS, **STYLED, **UPSCALERS, **TRANSLATORS, **PAINTERS, **REPAIRERS, **SOUNDS, **PLAYED}
    kinds |= READERS | POSED | ATTENDING
    family_name, method, config = kinds[name]
    return Card(
        name=name,
        title=name.replace("-", " ").capitalize(),
        task=family(family_name).task,
        family=family_name,
        method=method,
        config=config,
        data=DataSet("noise", "0" * 64, 100, "CC0-1.0", "drawn by tests/helpers/tiny.py", True),
        licence="CC0-1.0",
        free=name != CONDITIONAL,
        making=Making(command="python tests/helpers/tiny.py FOLDER", steps=10, images=640, seconds=2.5, torch="2.13"),
        measures=(Measure("Frechet distance", 12.5, 0.25, 0.03, 1000, "mnist", 0, "none"),),
        labels=LABELS.get(name, ()),
        translation=TRANSLATIONS.get(name),
        words=VOCABULARY if name in READERS else None,
    )


def make_weight(folder: Path, name: str, half: bool = False) -> Card:
    """Write a sampling weight to `folder`/`name`: networks, directions, samples.webp and film.webp."""
    card = make_card(name)
    kind, config = family(card.family), build_config(card.family, card.config)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed([*sorted(CONFIGS), *ATTENDING].index(name))
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


WORDED = "tiny-worded"
ATTRIBUTES = (
    Attribute("light fur", ("light", "white"), ("dark",), ("fur", "cat"), ("coarse",)),
    Attribute("ginger fur", ("ginger", "red"), ("grey",), ("fur", "cat"), ("middle", "fine")),
    Attribute("light ground", ("light",), ("dark",), ("ground", "background"), ("fine",)),
    Attribute("stripes", ("stripes", "striped"), ("plain",), ("fur",), ("middle",)),
)


def make_style(folder: Path, name: str = STYLE, attributes: tuple[Attribute, ...] = ()) -> Card:
    """Write tiny-style to `folder`/`name`: a style-based generator with noise and directions of styles.

    With `attributes`, which are what its named directions are called, and no more.
    """
    card = replace(make_card(STYLE), name=name, attributes=attributes)
    config = build_config(card.family, card.config)
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        generator = family(card.family).generator(config).eval()
        for block in generator.blocks:
            block.rgb.weight.mul_(10)
            for conv in block.convs:
                conv.strength.fill_(0.2)
        generator.mapping.w_mean.normal_(0, 0.2)
    directions = principal_directions(generator, config.latent_dim, 4, 64)
    of_styles = style_directions(generator, 5, 256, probes=2)
    if attributes:
        rows = torch.randn(len(attributes), config.layers, config.w_dim, generator=torch.Generator().manual_seed(0))
        of_styles[NAMED] = rows
    card = loading.save(folder / name, card, generator, None, directions, style_directions=of_styles)
    _draw_pictures(folder / name, card)
    return card


def make_upscaler(folder: Path, name: str) -> Card:
    """Write one of UPSCALERS to `folder`/`name`: an untrained network that enlarges and adds noise of its own."""
    card = make_card(name)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(sorted(UPSCALERS).index(name))
        generator = family(card.family).generator(build_config(card.family, card.config))
        for key, value in generator.state_dict().items():
            if "running_var" in key:
                value.uniform_(0.5, 2.0)
            elif "running_mean" in key or key == "last.weight":
                value.normal_(0.0, 0.05)
    return loading.save(folder / name, replace(card, measures=()), generator)


def make_upscalers(folder: Path) -> loading.Shelf:
    """Write all UPSCALERS below `folder` and put them on a shelf."""
    for name in UPSCALERS:
        make_upscaler(folder, name)
    return loading.Shelf([folder])


def make_words(folder: Path) -> Card:
    """Write tiny-words to `folder`/tiny-words: untrained networks that draw by the twelve words of VOCABULARY."""
    card = make_card(WORDS)
    kind, config = family(card.family), build_config(card.family, card.config)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        generator, discriminator = kind.generator(config), kind.discriminator(config)
    liven(generator)
    directions = principal_directions(generator.eval(), config.latent_dim, 8, 128)
    card = loading.save(folder / WORDS, card, generator, discriminator, directions)
    _draw_pictures(folder / WORDS, card)
    return card


def make_game(folder: Path) -> Card:
    """Write tiny-game to `folder`/tiny-game: a game in which everything stays as it is, but for a little noise."""
    card = make_card(GAME)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        generator = family(card.family).generator(build_config(card.family, card.config))
    torch.nn.init.normal_(generator.end[-1].weight, std=0.01)
    return loading.save(folder / GAME, replace(card, measures=()), generator)


def make_puppet(folder: Path, count: int = 12) -> Card:
    """Write tiny-puppet to `folder`/tiny-puppet: an untrained network and persons of noise on plain grounds."""
    card = make_card(PUPPET)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        generator = family(card.family).generator(build_config(card.family, card.config))
    card = loading.save(folder / PUPPET, replace(card, measures=()), generator)
    dice, joints = np.random.default_rng(0), np.float32(STANDING)
    pictures = np.broadcast_to(dice.integers(0, 256, (count, 3, 1, 1)), (count, 3, 32, 32)).astype(np.uint8)
    pictures[:, :, 5:29, 11:22] = dice.integers(0, 256, (count, 3, 24, 11))
    places = torch.from_numpy(joints + dice.normal(0, 0.005, (count, *joints.shape)).astype(np.float32))
    persons = Persons(torch.from_numpy(pictures.copy()), places)
    write_tensors(folder / PUPPET / PERSONS, persons.tensors(), half=False)
    return loading.seal(folder / PUPPET, card, {*card.files, PERSONS})


def make_translator(folder: Path, name: str) -> Card:
    """Write one of TRANSLATORS or PAINTERS to `folder`/`name`: an untrained network that uses the whole range."""
    card = make_card(name)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(sorted(TRANSLATORS).index(name) if name in TRANSLATORS else 0)
        generator = family(card.family).generator(build_config(card.family, card.config))
    liven(generator)
    return loading.save(folder / name, replace(card, measures=()), generator)


def make_translators(folder: Path) -> loading.Shelf:
    """Write all TRANSLATORS below `folder` and put them on a shelf."""
    for name in TRANSLATORS:
        make_translator(folder, name)
    return loading.Shelf([folder])


def make_repairer(folder: Path, name: str = REPAIR) -> Card:
    """Write tiny-repair to `folder`/`name`: an untrained network whose answers differ by seed."""
    card = replace(make_card(REPAIR), name=name)
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        generator = family(card.family).generator(build_config(card.family, card.config))
        generator.last.weight.mul_(5)
    return loading.save(folder / name, replace(card, measures=()), generator)


def make_sounds(folder: Path, name: str = DRUMS) -> Card:
    """Write tiny-drums, or tiny-notes, to `folder`/`name`: an untrained network whose sounds differ, and a judge."""
    card = make_card(name)
    kind, config = family(card.family), build_config(card.family, card.config)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        generator, discriminator = kind.generator(config), kind.discriminator(config)
    liven(generator)
    found = principal_directions(generator.eval(), config.latent_dim, 4, 64, label=6) if name == NOTES else None
    return loading.save(folder / name, replace(card, measures=()), generator, discriminator, found)


def liven(generator: torch.nn.Module) -> None:
    """Enlarge fresh weights until pictures use the whole range: DCGAN's first ones draw nearly plain gray."""
    with torch.no_grad():
        for parameter in generator.parameters():
            if parameter.ndim > 1:
                parameter.mul_(1.6 / (parameter[0].numel() ** 0.5 * parameter.std().clamp_min(1e-6)))


def _draw_pictures(place: Path, card: Card) -> None:
    pictures = sample(Model(place), [Point(seed=seed) for seed in range(16)])
    write_sheet(place, images.as_pillow(images.contact_sheet(pictures, 4)))
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
