"""What a run in the plane is made of: its options, their bounds, and them as plain values."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

import torch
from torch import Tensor, nn

from gan_models.checks import check_choice, check_number, is_number
from gan_models.errors import RequestError
from training.games.phases import Game
from training.losses.adversarial import LOSSES
from training.plane.shapes import HALF, SHAPES, TITLES, Shape, drawn


class Sine(nn.Module):
    """Bends as often as it is wide: fine detail is learned early (Sitzmann et al. 2020, section 3)."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.sin(x)


ACTIVATIONS = {"relu": nn.ReLU, "leaky-relu": lambda: nn.LeakyReLU(0.2), "tanh": nn.Tanh, "sine": Sine}
CHOICES = {
    "data": (*SHAPES, *TITLES),
    "noise": ("normal", "uniform"),
    "generator_activation": tuple(ACTIVATIONS),
    "discriminator_activation": tuple(ACTIVATIONS),
    "loss": LOSSES,
    "optimizer": ("adam", "rmsprop", "sgd"),
}
WHOLE = {
    "noise_dim": (1, 2),
    "generator_layers": (0, 4),
    "generator_units": (1, 128),
    "discriminator_layers": (0, 4),
    "discriminator_units": (1, 128),
    "critic_steps": (1, 10),
    "head_start": (0, 500),
    "batch": (8, 512),
    "seed": (0, 2**32 - 1),
}
NUMBERS = {
    "clip": (0.0, 10.0),
    "penalty": (0.0, 100.0),
    "r1": (0.0, 100.0),
    "r2": (0.0, 100.0),
    "momentum": (0.0, 0.99),
    "generator_rate": (0.0, 1e12),
    "discriminator_rate": (0.0, 1e12),
    "ema": (0.0, 0.9999),
}
MOST_DRAWN = 1000
"""Points of a drawing, at most."""


@dataclass(frozen=True)
class Options:
    """All that a run is made of: the same options give the same run. RequestError for what is out of bounds.

    `clip`, `penalty`, `r1`, `r2` as in phases.Game, 0 for none; `r1` and `r2` act at every step. `momentum` is Adam's
    beta1 or SGD's momentum. The discriminator learns alone for `head_start` steps. `ema` is the decay of the
    generator's average for each step, 0 for none. `drawn` are the points (x, y) of data that a visitor drew.
    """

    data: str = "ring"
    drawn: tuple[tuple[float, float], ...] = ()
    noise: str = "normal"
    noise_dim: int = 2
    generator_layers: int = 2
    generator_units: int = 64
    generator_activation: str = "tanh"
    discriminator_layers: int = 2
    discriminator_units: int = 64
    discriminator_activation: str = "tanh"
    loss: str = "non-saturating"
    critic_steps: int = 1
    head_start: int = 0
    clip: float = 0.0
    penalty: float = 0.0
    r1: float = 0.0
    r2: float = 0.0
    spectral_norm: bool = False
    optimizer: str = "adam"
    momentum: float = 0.5
    generator_rate: float = 2e-3
    discriminator_rate: float = 2e-3
    ema: float = 0.0
    batch: int = 128
    seed: int = 0

    def __post_init__(self) -> None:
        for name, choices in CHOICES.items():
            check_choice(name, getattr(self, name), choices)
        for name, bounds in WHOLE.items():
            check_number(name, getattr(self, name), *bounds)
        for name, bounds in NUMBERS.items():
            object.__setattr__(self, name, _between(name, getattr(self, name), *bounds))
        check_choice("spectral_norm", self.spectral_norm, (True, False))
        object.__setattr__(self, "drawn", _strokes(self.drawn))
        if self.data == "drawn" and not self.drawn:
            raise RequestError("There is nothing drawn yet; draw some points into the plane, or choose other data.")

    @classmethod
    def from_json(cls, words: Any) -> Options:
        """The options that `to_json` said; RequestError for what is none of them."""
        if not isinstance(words, dict):
            raise RequestError(f"Options are names with values, got {str(words)[:60]!r}.")
        if unknown := sorted(str(name)[:40] for name in set(words) - {field.name for field in fields(cls)}):
            raise RequestError(f"There is no option {unknown[0]!r} in the plane; the page knows {', '.join(NAMES)}.")
        return cls(**words)

    def to_json(self) -> dict[str, Any]:
        """What is not as usual, as plain values."""
        usual = Options.__dataclass_fields__
        words = {name: value for name, value in asdict(self).items() if value != usual[name].default}
        return words | ({"drawn": [list(point) for point in self.drawn]} if self.drawn else {})

    @property
    def shape(self) -> Shape:
        """The data."""
        return drawn(self.drawn) if self.data == "drawn" else SHAPES[self.data]

    @property
    def game(self) -> Game:
        """The rules, as the trainer knows them."""
        return Game(
            self.loss, self.noise_dim, critic_steps=self.critic_steps, clip=self.clip,
            penalty=self.penalty, r1=self.r1, r2=self.r2, r1_every=1,
        )  # fmt: skip

    @property
    def two_parameters(self) -> bool:
        """Whether this is the Dirac GAN: both networks have one parameter each."""
        return self.data == "point"


NAMES = tuple(field.name for field in fields(Options))


def _between(name: str, value: Any, low: float, high: float) -> float:
    if not is_number(value, low, high):
        raise RequestError(f"{name} is {str(value)[:40]!r}; it must be a number from {low:g} to {high:g}.")
    return float(value)


def _strokes(points: Any) -> tuple[tuple[float, float], ...]:
    if not isinstance(points, list | tuple) or len(points) > MOST_DRAWN:
        raise RequestError(f"A drawing is a list of at most {MOST_DRAWN} points.")
    if not all(isinstance(point, list | tuple) and len(point) == 2 for point in points):
        raise RequestError("A point of a drawing is two numbers, across and up.")
    return tuple(tuple(_between("A drawn coordinate", value, -HALF, HALF) for value in point) for point in points)
