"""The simple GAN: dense layers only, as in Goodfellow et al. 2014 ("Generative adversarial nets").

Departs from the paper: LeakyReLU where it has rectifiers (generator) and maxout (discriminator), Gaussian
latents, four dense layers in each network, and batch norm (Ioffe & Szegedy 2015) after the generator's second
and third: without it the Frechet distance on MNIST is more than twice as far after the same number of images.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gan_models.checks import check_choice, check_number
from gan_models.networks.layers import at_least_single, check_images, check_labels, check_latents


@dataclass(frozen=True)
class VanillaConfig:
    """Sizes of a simple GAN: pictures (channels, size, size); hidden layers of width, 2 and 4 times width."""

    latent_dim: int = 100
    size: int = 28
    channels: int = 1
    width: int = 256

    def __post_init__(self) -> None:
        check_number("latent_dim", self.latent_dim, 1, 4096)
        check_number("size", self.size, 4, 128)
        check_choice("channels", self.channels, (1, 3))
        check_number("width", self.width, 8, 2048)

    @property
    def values(self) -> int:
        """Numbers in one picture: 784 for 28 px in gray."""
        return self.channels * self.size**2


class VanillaGenerator(nn.Module):
    """Four dense layers from a latent to a picture."""

    def __init__(self, config: VanillaConfig) -> None:
        super().__init__()
        self.config = config
        self.latent_dim = config.latent_dim
        width = config.width
        self.layers = nn.Sequential(
            nn.Linear(config.latent_dim, width),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Linear(width, 2 * width, bias=False),
            nn.BatchNorm1d(2 * width),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Linear(2 * width, 4 * width, bias=False),
            nn.BatchNorm1d(4 * width),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Linear(4 * width, config.values),
        )

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Draw pictures (N, channels, size, size) in [-1, 1] from latents (N, latent_dim); no labels."""
        check_latents(z, self.latent_dim)
        check_labels(labels, 0, len(z))
        shape = (len(z), self.config.channels, self.config.size, self.config.size)
        return torch.tanh(at_least_single(self.layers(z))).view(shape)


class VanillaDiscriminator(nn.Module):
    """Four dense layers from a picture to one logit: above zero means real."""

    def __init__(self, config: VanillaConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.layers = nn.Sequential(
            nn.Linear(config.values, 4 * width),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Linear(4 * width, 2 * width),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Linear(2 * width, width),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Linear(width, 1),
        )

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Judge pictures (N, channels, size, size) in [-1, 1]: logits (N,)."""
        check_images(images, self.config.channels, self.config.size)
        check_labels(labels, 0, len(images))
        # Flattened in (channel, row, column) order whatever the memory format.
        return at_least_single(self.layers(images.reshape(len(images), -1))).squeeze(1)
