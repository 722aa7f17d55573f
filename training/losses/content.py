"""Content losses: how far two pictures lie apart in the features of a network that knows photographs."""

from __future__ import annotations

from http.client import HTTPException
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.errors import TrainingError, first_line
from gan_models.networks.projected import DEVIATION, MEAN, SqueezeNetFeatures
from training.losses.adversarial import Apart
from training.losses.features import load_features
from training.losses.torchvision import import_torchvision

Content = Literal["auto", "vgg19", "squeezenet"]
SCALE = 1 / 12.75
"""Ledig et al. 2017, section 3.2: it brings squared differences of features to the size of those of pixels."""
GRID = 4
"""Pixels by which two halvings move."""
CONV5_4 = 34
"""Where VGG19's last convolution stands; its activation follows."""


class VggMaps(nn.Module):
    """What VGG19 sees after the layers `taps`, frozen; `layers` begins with torchvision's features."""

    def __init__(self, layers: nn.Sequential, taps: tuple[int, ...]) -> None:
        super().__init__()
        self.taps = taps
        self.layers = layers[: max(taps) + 1].eval().requires_grad_(False)
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1))
        self.register_buffer("deviation", torch.tensor(DEVIATION).view(1, 3, 1, 1))

    def forward(self, images: Tensor, count: int) -> list[Tensor]:
        """The first `count` maps of pictures (N, 3, H, W) in [-1, 1]."""
        x, maps = ((images + 1) / 2 - self.mean) / self.deviation, []
        for index, layer in enumerate(self.layers[: self.taps[count - 1] + 1]):
            x = layer(x)
            if index in self.taps:
                maps.append(x)
        return maps


class VggContent(nn.Module):
    """VGG19 up to conv5_4 (Ledig et al. 2017, section 2.2.1, phi 5,4), frozen.

    `layers` begins with torchvision's features; `activated` is for SRGAN, before the activation for ESRGAN (Wang et
    al. 2018, section 3.3). `apart` compares two maps.
    """

    def __init__(self, layers: nn.Sequential, activated: bool = True, apart: Apart = F.mse_loss) -> None:
        super().__init__()
        self.apart = apart
        self.maps = VggMaps(layers, (CONV5_4 + activated,))

    def forward(self, drawn: Tensor, real: Tensor) -> Tensor:
        """Mean difference of scaled features of pictures (N, 3, H, W) in [-1, 1]: a scalar."""
        with torch.no_grad():
            (wanted,) = self.maps(real, 1)
        (got,) = self.maps(drawn, 1)
        return self.apart(got.float() * SCALE, wanted.float() * SCALE)


class SqueezeContent(nn.Module):
    """Four maps of SqueezeNet 1.1, each scaled to unit mean energy on photographs, then as VGG19's.

    Call `calibrate` before the first use. All four count alike: the first ones see texture, the last ones things.
    `apart` compares two maps.
    """

    def __init__(self, features: SqueezeNetFeatures, apart: Apart = F.mse_loss) -> None:
        super().__init__()
        self.apart = apart
        self.network = features.requires_grad_(False)
        self.register_buffer("scales", torch.full((4,), SCALE))

    @torch.no_grad()
    def calibrate(self, real: Tensor) -> None:
        """Scale the maps by photographs (N, 3, H, W) in [-1, 1]."""
        energies = torch.stack([x.float().square().mean() for x in self.network(real)])
        self.scales.copy_(SCALE / energies.clamp_min(1e-12).sqrt())

    def forward(self, drawn: Tensor, real: Tensor) -> Tensor:
        """Mean over the maps of the mean difference of pictures (N, 3, H, W) in [-1, 1], moved: a scalar."""
        drawn, real = moved(drawn, real)
        with torch.no_grad():
            wanted = self.network(real)
        parts = [
            self.apart(x.float() * scale, y.float() * scale)
            for x, y, scale in zip(self.network(drawn), wanted, self.scales)
        ]
        return torch.stack(parts).mean()


def moved(drawn: Tensor, real: Tensor) -> tuple[Tensor, Tensor]:
    """Both without up to three of their first rows and columns, drawn anew at each call.

    SqueezeNet's first layers move by two pixels each, and what always stands at the same places of such a grid could
    hide from them.
    """
    top, left = torch.randint(0, GRID, (2,)).tolist()
    return drawn[:, :, top:, left:], real[:, :, top:, left:]


def content_name(asked: Content, weights: Path | None) -> str:
    """Which features are meant: the ones asked for, or SqueezeNet's where a file of them is given, else VGG19's."""
    if asked == "vgg19" and weights is not None:
        raise TrainingError("--feature-weights is a file of SqueezeNet and --content is vgg19; give one of the two.")
    return asked if asked != "auto" else "squeezenet" if weights else "vgg19"


def load_content(
    name: str, weights: Path | None, real: Tensor, activated: bool, apart: Apart = F.mse_loss
) -> nn.Module:
    """The content loss "vgg19" or "squeezenet"; `real`: photographs (N, 3, H, W) in [-1, 1] to scale the latter by.

    `activated` is for VGG19; SqueezeNet's maps come after its activations, where each of its stages ends. Raises
    TrainingError where weights can neither be read nor fetched.
    """
    if name == "vgg19":
        return VggContent(vgg19(), activated, apart)
    content = SqueezeContent(load_features(weights), apart)
    content.calibrate(real)
    return content


def vgg19() -> nn.Sequential:
    """torchvision's features, downloaded once; TrainingError where they cannot be."""
    models = import_torchvision().models
    try:
        return models.vgg19(weights=models.VGG19_Weights.IMAGENET1K_V1).features
    except (OSError, RuntimeError, HTTPException) as error:  # URLError is an OSError
        raise TrainingError(
            f"VGG19 cannot be downloaded ({first_line(error)}). Connect once, or pass a file of SqueezeNet 1.1 with "
            "--feature-weights."
        ) from None
