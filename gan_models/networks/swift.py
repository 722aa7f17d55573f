"""A super-resolution network for ordinary processors: all its work at low resolution, one shuffle at the end.

After EDSR (Lim et al. 2017, "Enhanced deep residual networks", section 3.1: residual blocks without
normalisation) with one pixel shuffle (Shi et al. 2016) and, as in ECBSR (Zhang et al. 2021), the repeated
low-resolution pixel as the long skip. Only 3x3 convolutions of a multiple of 16 channels and ReLU: what
processors do near their full rate. Nothing is global, so a picture may be cut into tiles at no loss.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.checks import check_choice, check_number
from gan_models.errors import RequestError
from gan_models.networks.layers import at_least_single, check_low, zero_bias

MOST_PARAMETERS = 600_000


@dataclass(frozen=True)
class SwiftConfig:
    """`width` is the number of channels (a multiple of 16), `blocks` that of residual blocks of two convolutions.

    Larger than MOST_PARAMETERS raises RequestError: it would no longer be swift.
    """

    scale: int = 4
    width: int = 64
    blocks: int = 7

    def __post_init__(self) -> None:
        check_choice("scale", self.scale, (1, 2, 3, 4))
        check_number("width", self.width, 16, 256)
        check_number("blocks", self.blocks, 0, 64)
        if self.width % 16:
            raise RequestError(f"width is {self.width}; it must be a multiple of 16, as processors multiply them.")
        if self.parameters > MOST_PARAMETERS:
            raise RequestError(
                f"{self.blocks} blocks of width {self.width} have {self.parameters:,} parameters; "
                f"a swift network has at most {MOST_PARAMETERS:,}."
            )

    @property
    def parameters(self) -> int:
        """How many parameters the generator has."""
        inner, last = self.width * self.width * 9 + self.width, 3 * self.scale**2
        return (27 * self.width + self.width) + 2 * self.blocks * inner + (self.width * 9 + 1) * last


class SwiftBlock(nn.Module):
    """Two convolutions beside a skip: (N, width, H, W) to the same."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv2(F.relu(self.conv1(x), inplace=True)).add_(x)


def on_repeated(images: Tensor, added: Tensor, scale: int) -> Tensor:
    """Shuffle (N, 3 scale^2, H, W) into a picture and lay it on (N, 3, H, W) with every pixel repeated."""
    large = at_least_single(F.pixel_shuffle(added, scale))
    height, width = images.shape[2:]
    # Blocks of pixels as axes of their own: each takes its one pixel without a large copy of the input.
    blocks = large.unflatten(2, (height, scale)).unflatten(4, (width, scale))
    blocks += at_least_single(images)[:, :, :, None, :, None]
    return large


class SwiftGenerator(nn.Module):
    """From a picture to one `scale` times as large; untrained it repeats every pixel."""

    def __init__(self, config: SwiftConfig) -> None:
        super().__init__()
        self.config = config
        self.scale = config.scale
        self.first = nn.Conv2d(3, config.width, 3, padding=1)
        self.blocks = nn.Sequential(*(SwiftBlock(config.width) for _ in range(config.blocks)))
        self.last = nn.Conv2d(config.width, 3 * config.scale**2, 3, padding=1)
        self._initialise()

    @property
    def receptive_field(self) -> int:
        """Side, in low-resolution pixels, of the square that one input pixel's output block depends on."""
        return 2 * (2 * self.config.blocks + 2) + 1

    def forward(self, images: Tensor) -> Tensor:
        """Enlarge pictures (N, 3, H, W) in [-1, 1] to (N, 3, scale H, scale W), float32, about that range."""
        check_low(images)
        return on_repeated(images, self.added(images), self.scale)

    def added(self, images: Tensor) -> Tensor:
        """What the network adds to the repeated pixels, (N, 3 scale^2, H, W), before the shuffle."""
        return self.last(self.blocks(self.first(images)))

    def unshuffled(self, images: Tensor) -> Tensor:
        """The picture before the shuffle, (N, 3 scale^2, H, W): enough for a loss that takes pixels one by one."""
        check_low(images)
        # Repeated in the order of memory, channels last: the sum then reads both in one direction.
        repeated = images.permute(0, 2, 3, 1).repeat_interleave(self.scale**2, 3).permute(0, 3, 1, 2)
        return at_least_single(self.added(images)) + at_least_single(repeated)

    def _initialise(self) -> None:
        """He et al. 2015 for each convolution, the second of a block at a tenth, the last one silent."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                zero_bias(layer)
        with torch.no_grad():
            for block in self.blocks:
                block.conv2.weight.mul_(0.1)
            self.last.weight.mul_(0.01)
