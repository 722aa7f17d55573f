"""A training small enough for a test: random 8 px pictures, dense networks of a few hundred weights."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from accelerate import Accelerator
from PIL import Image

from gan_models.networks.projected import squeezenet_features
from gan_models.networks.vanilla import VanillaConfig, VanillaDiscriminator, VanillaGenerator
from training.data import Batches, ImageSet
from training.games.phases import Game, adversarial
from training.loop.ema import Ema
from training.loop.monitor import Monitor
from training.loop.trainer import Players, Schedule, train
from training.run import Run
from training.watching.latents import watch

PLAIN = Game(latent_dim=4)


@pytest.fixture
def pictures() -> ImageSet:
    """64 random gray pictures of 8 px in two classes."""
    draws = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (64, 1, 8, 8), generator=draws, dtype=torch.uint8)
    return ImageSet("noise", images, torch.arange(64) % 2, ("even", "odd"))


@pytest.fixture
def players() -> Players:
    return make_players()


def make_players(seed: int = 0) -> Players:
    """Dense networks for 8 px pictures with an optimizer each."""
    torch.manual_seed(seed)
    config = VanillaConfig(latent_dim=4, size=8, channels=1, width=8)
    networks = {"generator": VanillaGenerator(config), "discriminator": VanillaDiscriminator(config)}
    optimizers = {name: torch.optim.Adam(n.parameters(), 1e-3, fused=True) for name, n in networks.items()}
    return Players(networks, optimizers, Ema(networks["generator"], half_life=100))


@pytest.fixture
def play(pictures: ImageSet) -> Callable[..., Players]:
    """Train tiny networks in a folder; keywords are those of Schedule, `game` and `phases` the rules."""

    def run(folder: Path, game: Game = PLAIN, phases=None, watched=True, **settings) -> Players:
        players = make_players()
        here = Run(folder)
        seen = watch(pictures, pictures, 4, 0, 0.0, torch.device("cpu"))
        flags = {"log_every": 1, "steps": settings.get("steps"), "minutes": None}
        monitor = Monitor(here, seen, flags) if watched else None
        batches = Batches(pictures, 8, 0)
        return train(
            here,
            players,
            phases or adversarial(game),
            batches,
            Schedule(**settings),
            Accelerator(cpu=True),
            monitor,
        )

    return run


@pytest.fixture(scope="session")
def features(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of SqueezeNet 1.1's layout with random weights."""
    path = tmp_path_factory.mktemp("features") / "squeezenet.pth"
    torch.manual_seed(0)
    torch.save(squeezenet_features().state_dict(), path)
    return path


@pytest.fixture(scope="session")
def drawn_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """48 drawn pictures of 28 px in two class subfolders: bright and dark squares on noise, in colour."""
    folder = tmp_path_factory.mktemp("drawn")
    draws = np.random.default_rng(0)
    for index in range(48):
        picture = draws.integers(90, 160, (28, 28, 3), dtype=np.uint8)
        left, top = draws.integers(0, 14, 2)
        picture[top : top + 14, left : left + 14] = (230, 20)[index % 2]
        path = folder / ("bright", "dark")[index % 2] / f"{index}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(picture).save(path)
    return folder
