"""Photographs as cartoons: flat surfaces, clear outlines, no pairs to learn from.

After Wang and Yu 2020 ("Learning to cartoonize using white-box cartoon representations"): a small convolutional
generator without norms (section 3.4), so that nothing of it depends on the rest of the picture and a large photograph
may be cut into tiles at no loss; and two discriminators of patches with spectral norm, one of which sees surfaces, the
picture under a guided filter (3.1), the other texture, one gray channel of randomly weighted colours (3.3). Departs
from it: the photograph is smoothed by the guided filter before anything is learned, and the network draws what has to
be added, so that a short training on a processor learns lines and surfaces alone; the blocks in the middle look further
apart in turn (dilation), since an outline is drawn around a thing, not around its texture; and what is drawn is brought
to a few shades of brightness, which is what makes light and shadow flat.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.checks import check_choice, check_number
from gan_models.errors import RequestError
from gan_models.networks.layers import ResizeConv, at_least_single, check_low, zero_bias
from gan_models.networks.sagan import normalise_spectra
from gan_models.networks.translation import MULTIPLE, STRIDED, OfPhotographs, PatchGan, join
from gan_models.pictures.guided import guided_filter

RADIUS, FLAT = 4, 0.03
"""Of the guided filter that comes first: pixels to each side, and the variance in [-1, 1] below which a box is flat."""
SURFACE, SURFACE_FLAT = 5, 0.2
"""Of the one before the surfaces' discriminator (section 3.1 of the paper, in our range)."""
SHADES, CLEAR = 6, 8.0
"""Of brightness in what is drawn, and how clear the steps between them are."""
DILATIONS = (1, 2, 4, 2)
"""How far apart the taps of one block after the other lie, at a quarter of the side."""
GRAY, SPREAD = (0.299, 0.587, 0.114), 0.1
"""Weights of colours in the texture's gray, and how far each is shifted at random at most (eq. 5)."""


@dataclass(frozen=True)
class CartoonConfig(OfPhotographs):
    """`size`: side in pixels of the crops it learned from; `width`: channels at a quarter of the side, half as many at
    a half and a quarter at the full; `blocks`: residual blocks at a quarter; `discriminator_width`: channels of the
    first layer of both discriminators, and `patch`: the pixels of a side that one logit of theirs sees."""

    size: int = 96
    width: int = 64
    blocks: int = 4
    discriminator_width: int = 24
    patch: int = 34

    def __post_init__(self) -> None:
        check_number("size", self.size, 32, 1024)
        check_number("width", self.width, 8, 256)
        check_number("blocks", self.blocks, 0, 16)
        check_number("discriminator_width", self.discriminator_width, 4, 256)
        check_choice("patch", self.patch, tuple(STRIDED))
        if self.size % MULTIPLE or self.width % 4:
            raise RequestError(f"size is {self.size} and width {self.width}; both are divisible by 4.")

    @property
    def drawn_at(self) -> tuple[int, int]:
        """Least and usual longer side in pixels that it draws at: outlines are as broad as in a drawing seen whole."""
        return 384, 576

    @property
    def dilations(self) -> Sequence[int]:
        """Of the blocks, one after the other."""
        return [DILATIONS[k % len(DILATIONS)] for k in range(self.blocks)]


class CartoonBlock(nn.Module):
    """A convolution with its taps `dilation` apart and one beside each other, around a skip: (N, width, H, W)."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.far = nn.Conv2d(width, width, 3, padding=dilation, dilation=dilation)
        self.near = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.near(F.leaky_relu(self.far(x), 0.2))


class CartoonGenerator(nn.Module):
    """From a photograph to its cartoon."""

    def __init__(self, config: CartoonConfig) -> None:
        super().__init__()
        self.config = config
        full, half, quarter = config.width // 4, config.width // 2, config.width
        self.begin = nn.Conv2d(6, full, 3, padding=1)
        self.halve = nn.Conv2d(full, half, 4, stride=2, padding=1)
        self.at_half = nn.Conv2d(half, half, 3, padding=1)
        self.quarter = nn.Conv2d(half, quarter, 4, stride=2, padding=1)
        self.blocks = nn.ModuleList(CartoonBlock(quarter, far) for far in config.dilations)
        self.up = ResizeConv(quarter, half)
        self.join_half = nn.Conv2d(2 * half, half, 3, padding=1)
        self.last_up = ResizeConv(half, full)
        self.join_full = nn.Conv2d(2 * full, full, 3, padding=1)
        self.last = nn.Conv2d(full, 3, 3, padding=1)
        self._initialise()

    @property
    def reach(self) -> int:
        """How many pixels to each side a pixel of the result looks, at most; divisible by MULTIPLE."""
        return 4 * sum(far + 1 for far in self.config.dilations) + 16 + 2 * RADIUS

    def forward(self, source: Tensor, hints: Tensor | None = None, noise: Tensor | None = None) -> Tensor:
        """Draw photographs (N, 3, H, W) in [-1, 1], sides divisible by MULTIPLE: the same shape and range, float32.

        `hints` and `noise` are for the call that all translators share; there is no chance in it.
        """
        join(source, hints, 3, 0, MULTIPLE)
        smooth = guided_filter(source, source, RADIUS, FLAT)
        seen = torch.cat([smooth, source - smooth], 1).to(source.dtype)
        return shaded((smooth + at_least_single(self.added(seen))).clamp(-1, 1))

    def added(self, seen: Tensor) -> Tensor:
        """What is added to what is smooth (N, 3, H, W); `seen`: that, and what it lacks, (N, 6, H, W)."""
        full = F.leaky_relu(self.begin(seen), 0.2)
        half = F.leaky_relu(self.at_half(F.leaky_relu(self.halve(full), 0.2)), 0.2)
        x = F.leaky_relu(self.quarter(half), 0.2)
        for block in self.blocks:
            x = block(x)
        x = F.leaky_relu(self.join_half(torch.cat([F.leaky_relu(self.up(x), 0.2), half], 1)), 0.2)
        x = F.leaky_relu(self.join_full(torch.cat([F.leaky_relu(self.last_up(x), 0.2), full], 1)), 0.2)
        return self.last(x)

    def _initialise(self) -> None:
        """He et al. 2015; what a block adds at a tenth, what is added to the picture at first next to nothing."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                zero_bias(layer)
            elif isinstance(layer, ResizeConv):
                nn.init.normal_(layer.weight, 0.0, (2 / (9 * layer.weight.shape[1])) ** 0.5)
        with torch.no_grad():
            for block in self.blocks:
                block.near.weight.mul_(0.1)
            self.last.weight.mul_(0.02)


class CartoonDiscriminator(nn.Module):
    """Whether patches are drawn by hand, by their surfaces and by their texture; knows nothing of the photograph."""

    def __init__(self, config: CartoonConfig) -> None:
        super().__init__()
        self.config = config
        self.surface = PatchGan(3, config.discriminator_width, config.patch, "none")
        self.texture = PatchGan(1, config.discriminator_width, config.patch, "none")
        normalise_spectra(self)

    def forward(self, images: Tensor) -> Tensor:
        """Judge (N, 3, H, W): logits (N, 2 M), one for each patch's surface, then one for each patch's texture."""
        check_low(images)
        return torch.cat([self.surface(surfaces(images)), self.texture(gray(images, self.training))], 1)


def shaded(images: Tensor) -> Tensor:
    """Pictures (N, 3, H, W) in [-1, 1] in SHADES of brightness with soft steps between them: the same shape and range.

    Winnemoeller et al. 2006 ("Real-time video abstraction", section 3.3). Black and white stay clean.
    """
    place = (images.mean(1, keepdim=True) + 1) * (SHADES / 2)
    step = place.round()
    soft = step + torch.tanh(CLEAR * (place - step)) / (2 * math.tanh(CLEAR / 2))
    soft = torch.where((place > 0.5) & (place < SHADES - 0.5), soft, place)
    return ((images + 1) * (soft / place.clamp_min(1e-3)) - 1).clamp(-1, 1)


def surfaces(images: Tensor) -> Tensor:
    """Pictures (N, 3, H, W) without their texture, as the discriminator of surfaces sees them (section 3.1)."""
    return guided_filter(images, images, SURFACE, SURFACE_FLAT)


def gray(images: Tensor, shifted: bool = True) -> Tensor:
    """Pictures (N, 3, H, W) in one channel, each with weights of its own where `shifted` (eq. 5): (N, 1, H, W)."""
    weights = torch.tensor(GRAY, device=images.device).repeat(len(images), 1)
    if shifted:
        weights = weights + (2 * torch.rand_like(weights) - 1) * SPREAD
    weights = weights / weights.sum(1, keepdim=True)
    return (images * weights[:, :, None, None].to(images.dtype)).sum(1, keepdim=True)
