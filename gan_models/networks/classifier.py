"""Small classifiers whose features the measures compare, and by which a projection sees likeness.

Own architecture: nobody's published network, so its distances compare with nothing but themselves.
"""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from gan_models.errors import WeightError


@dataclass(frozen=True)
class ClassifierConfig:
    """What a feature network is: size in pixels, channels at each halving (widths), length of its vector."""

    size: int
    channels: int
    classes: tuple[str, ...]
    widths: tuple[int, ...] = (32, 64, 128)
    features: int = 64
    damages: tuple[str, ...] = ()

    def __post_init__(self):
        object.__setattr__(self, "classes", tuple(self.classes))
        object.__setattr__(self, "widths", tuple(self.widths))
        object.__setattr__(self, "damages", tuple(self.damages))
        if self.size < 2 ** len(self.widths) or self.channels not in (1, 3) or not self.classes:
            raise WeightError(
                f"a network of {self.size} px, {self.channels} channels, {len(self.classes)} classes: "
                f"expected at least {2 ** len(self.widths)} px, 1 or 3 channels and at least one class."
            )


def _convolution(inputs: int, outputs: int) -> nn.Sequential:
    layers = [
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    ]
    return nn.Sequential(*layers)


class _Halving(nn.Module):
    """Half the size, more channels: a convolution, then one that the picture may also pass around."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.first, self.second = _convolution(inputs, outputs), _convolution(outputs, outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.first(F.max_pool2d(x, 2))
        return x + self.second(x)


class Classifier(nn.Module):
    """A small residual network; `forward(images) -> (features (N, D), logits (N, classes))`.

    images: float (N, C, size, size) in [-1, 1]. The features are the last layer before the classes,
    normalised: over the training images each of the D has mean 0 and deviation 1, so that distances mean the
    same for every network. `extras` is what training also asks of the features: the picture's own thumbnail,
    which keeps colour and pose in them where classes alone would drop both, and which damage was done to it,
    which keeps them awake to blur, noise and stripes.
    """

    def __init__(self, config: ClassifierConfig):
        super().__init__()
        self.config = config
        widths = config.widths
        stages = [_Halving(a, b) for a, b in zip(widths[:-1], widths[1:])]
        self.body = nn.Sequential(_convolution(config.channels, widths[0]), *stages)
        self.embed = nn.Sequential(
            nn.Linear(4 * widths[-1], config.features), nn.BatchNorm1d(config.features, affine=False)
        )
        self.classes = nn.Linear(config.features, len(config.classes))
        self.thumbnail = nn.Linear(config.features, config.channels * 64)
        self.damage = nn.Linear(config.features, len(config.damages)) if config.damages else None

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features = self.embed(F.adaptive_avg_pool2d(self.body(images), 2).flatten(1))
        return features, self.logits(features)

    def logits(self, features: torch.Tensor) -> torch.Tensor:
        """The class logits (N, classes) that features (N, D) lead to."""
        return self.classes(F.relu(features))

    def extras(self, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
        """The thumbnail (N, C, 8, 8) and the damage logits (N, damages) or None that the features tell."""
        picture = self.thumbnail(features).view(-1, self.config.channels, 8, 8)
        return picture, None if self.damage is None else self.damage(F.relu(features))
