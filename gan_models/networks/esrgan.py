"""ESRGAN's generator of Wang et al. 2018 ("ESRGAN: Enhanced super-resolution generative adversarial networks").

Residual-in-residual dense blocks without normalisation (section 3.1, figure 4), nearest-neighbour doublings.
Tensors have the names of Real-ESRGAN's published checkpoints (`conv_first`, `body.0.rdb1.conv1`, ...);
`gan_models.upscaling.community` opens such files, by the older names too. Inside, as there, pictures lie in [0, 1].
The discriminator is SRGAN's, as in the paper; the loss is relativistic (section 3.2, `training.losses`).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.checks import check_choice, check_number
from gan_models.networks.layers import at_least_single, check_low, reach, zero_bias

RESIDUE = 0.2
"""What a block adds is scaled by this (section 3.1, "residual scaling")."""


@dataclass(frozen=True)
class EsrganConfig:
    """`width` channels on the trunk, `growth` added by each layer of a dense block, `blocks` of three of those.

    `judge_width` is the number of channels of the discriminator's first layer.
    """

    scale: int = 4
    width: int = 64
    growth: int = 32
    blocks: int = 23
    judge_width: int = 64

    def __post_init__(self) -> None:
        check_choice("scale", self.scale, (1, 2, 4, 8))
        check_number("width", self.width, 4, 256)
        check_number("growth", self.growth, 4, 256)
        check_number("blocks", self.blocks, 1, 64)
        check_number("judge_width", self.judge_width, 4, 512)

    @property
    def doublings(self) -> int:
        """How often the side is doubled."""
        return self.scale.bit_length() - 1


class DenseBlock(nn.Module):
    """Five convolutions, each of which sees all before it (figure 4)."""

    def __init__(self, width: int, growth: int) -> None:
        super().__init__()
        for index in range(1, 6):
            outputs = width if index == 5 else growth
            self.add_module(f"conv{index}", nn.Conv2d(width + (index - 1) * growth, outputs, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        seen = x
        for conv in (self.conv1, self.conv2, self.conv3, self.conv4):
            seen = torch.cat([seen, F.leaky_relu(conv(seen), 0.2, inplace=True)], 1)
        return x + RESIDUE * self.conv5(seen)


class EsrganBlock(nn.Module):
    """Three dense blocks beside a skip (figure 4)."""

    def __init__(self, width: int, growth: int) -> None:
        super().__init__()
        self.rdb1 = DenseBlock(width, growth)
        self.rdb2 = DenseBlock(width, growth)
        self.rdb3 = DenseBlock(width, growth)

    def forward(self, x: Tensor) -> Tensor:
        return x + RESIDUE * self.rdb3(self.rdb2(self.rdb1(x)))


class EsrganGenerator(nn.Module):
    """From a picture to one `scale` times as large."""

    def __init__(self, config: EsrganConfig) -> None:
        super().__init__()
        self.config = config
        self.scale = config.scale
        width = config.width
        self.conv_first = nn.Conv2d(3, width, 3, padding=1)
        self.body = nn.Sequential(*(EsrganBlock(width, config.growth) for _ in range(config.blocks)))
        self.conv_body = nn.Conv2d(width, width, 3, padding=1)
        for index in range(1, config.doublings + 1):
            self.add_module(f"conv_up{index}", nn.Conv2d(width, width, 3, padding=1))
        self.conv_hr = nn.Conv2d(width, width, 3, padding=1)
        self.conv_last = nn.Conv2d(width, 3, 3, padding=1)
        self._initialise()

    @property
    def receptive_field(self) -> int:
        """Side, in low-resolution pixels, of the square that one input pixel's output block depends on."""
        count = self.config.doublings
        between = [0] + [1] * (count - 1) if count else []
        return 2 * reach(1 + 15 * self.config.blocks + 1, between, last=3 if count else 2) + 1

    def forward(self, images: Tensor) -> Tensor:
        """Enlarge pictures (N, 3, H, W) in [-1, 1] to (N, 3, scale H, scale W), float32, about that range."""
        check_low(images)
        x = self.conv_first((images + 1) / 2)
        x = x + self.conv_body(self.body(x))
        for index in range(1, self.config.doublings + 1):
            x = F.interpolate(x, scale_factor=2, mode="nearest")
            x = F.leaky_relu(self.get_submodule(f"conv_up{index}")(x), 0.2, inplace=True)
        x = self.conv_last(F.leaky_relu(self.conv_hr(x), 0.2, inplace=True))
        return at_least_single(x) * 2 - 1

    def _initialise(self) -> None:
        """He et al. 2015, a tenth of it in the dense blocks (section 3.1, "smaller initialization")."""
        for name, layer in self.named_modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, a=0.2)
                zero_bias(layer)
                with torch.no_grad():
                    layer.weight.mul_(0.1 if name.startswith("body.") else 1.0)
