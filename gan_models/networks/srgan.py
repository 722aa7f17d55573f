"""SRResNet and SRGAN of Ledig et al. 2017 ("Photo-realistic single image super-resolution").

Generator (figure 4): a 9x9 convolution, 16 residual blocks with batch norm and PReLU, a long skip, a pixel
shuffle for each doubling and a 9x9 convolution to the picture. Trained by pixel loss alone it is SRResNet (ours by
the mean absolute difference, the paper's by the mean square: see `training.train_srgan`).
Discriminator (figure 4): eight 3x3 convolutions, every other one strided, two dense layers.
Departs from it: the last map is averaged over its places before the dense layers, so that crops of any size
can be judged.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.checks import check_choice, check_number
from gan_models.errors import RequestError
from gan_models.networks.layers import at_least_single, check_low, reach, zero_bias

LEAST_SIDE = 16
"""Pixels of a crop that the discriminator can halve four times."""


@dataclass(frozen=True)
class SrganConfig:
    """`width` is the generator's number of channels, `judge_width` that of the discriminator's first layer."""

    scale: int = 4
    width: int = 64
    blocks: int = 16
    judge_width: int = 64

    def __post_init__(self) -> None:
        check_choice("scale", self.scale, (1, 2, 4))
        check_number("width", self.width, 4, 512)
        check_number("blocks", self.blocks, 0, 64)
        check_number("judge_width", self.judge_width, 4, 512)


class Slope(nn.PReLU):
    """PReLU (He et al. 2015) by two plain operations: in bf16 on processors twice as fast as torch's own."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.lerp(F.relu(x), x, self.weight.to(x.dtype))


class SrganBlock(nn.Module):
    """Two convolutions with batch norm beside a skip (figure 4)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.steps = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
            Slope(),
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.steps(x)


class SrganGenerator(nn.Module):
    """From a picture to one `scale` times as large."""

    def __init__(self, config: SrganConfig) -> None:
        super().__init__()
        self.config = config
        self.scale = config.scale
        width, doublings = config.width, config.scale.bit_length() - 1
        self.first = nn.Sequential(nn.Conv2d(3, width, 9, padding=4), Slope())
        self.blocks = nn.Sequential(*(SrganBlock(width) for _ in range(config.blocks)))
        self.after = nn.Sequential(nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width))
        self.upsample = nn.Sequential(*(layer for _ in range(doublings) for layer in _double(width)))
        self.last = nn.Conv2d(width, 3, 9, padding=4)
        # The two ends carry the picture itself: torch's own first weights would begin far from any picture.
        zero_bias(self.last)

    @property
    def receptive_field(self) -> int:
        """Side, in low-resolution pixels, of the square that one input pixel's output block depends on.

        In evaluation mode, that is: in training mode batch norm looks at all places.
        """
        doublings = [1] * (self.scale.bit_length() - 1)
        return 2 * reach(4 + 2 * self.config.blocks + 1, doublings, last=4) + 1

    def forward(self, images: Tensor) -> Tensor:
        """Enlarge pictures (N, 3, H, W) in [-1, 1] to (N, 3, scale H, scale W), float32, about that range."""
        check_low(images)
        x = self.first(images)
        x = x + self.after(self.blocks(x))
        return at_least_single(self.last(self.upsample(x)))


class SrganDiscriminator(nn.Module):
    """From a picture of any size from 16 px on to one logit (above zero means a photograph)."""

    def __init__(self, config) -> None:
        """`config`: anything with `judge_width`; ESRGAN's will do."""
        super().__init__()
        self.config = config
        stages = [config.judge_width * times for times in (1, 2, 4, 8)]
        steps: list[nn.Module] = [nn.Conv2d(3, stages[0], 3, padding=1), nn.LeakyReLU(0.2, inplace=True)]
        steps += _judge_step(stages[0], stages[0], 2)
        for before, now in zip(stages[:-1], stages[1:]):
            steps += _judge_step(before, now, 1) + _judge_step(now, now, 2)
        self.steps = nn.Sequential(*steps)
        dense = 2 * stages[-1]
        self.dense = nn.Sequential(nn.Linear(stages[-1], dense), nn.LeakyReLU(0.2, inplace=True), nn.Linear(dense, 1))

    def forward(self, images: Tensor) -> Tensor:
        """Judge pictures (N, 3, H, W) in [-1, 1]: logits (N,)."""
        if images.ndim != 4 or images.shape[1] != 3 or min(images.shape[2:]) < LEAST_SIDE:
            seen = tuple(images.shape)
            raise RequestError(f"The pictures have shape {seen}; this network takes (N, 3, H, W) from 16 px on.")
        return at_least_single(self.dense(self.steps(images).mean((2, 3)))).flatten()


def _double(width: int) -> list[nn.Module]:
    return [nn.Conv2d(width, 4 * width, 3, padding=1), nn.PixelShuffle(2), Slope()]


def _judge_step(inputs: int, outputs: int, stride: int) -> list[nn.Module]:
    conv = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
    return [conv, nn.BatchNorm2d(outputs), nn.LeakyReLU(0.2, inplace=True)]
