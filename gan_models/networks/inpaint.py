"""Holes in photographs, filled: a smooth fill, detail copied from elsewhere, and what a network adds to both.

After LaMa (Suvorov et al. 2022, section 2.1: fast Fourier convolutions, which see the whole picture at once, for
what repeats) and DeepFill v2 (Yu et al. 2019: gated convolutions, which learn what of a map is known, here with one
gate for all channels). Departs from both: the hole is filled first as heat would spread into it, coarse to fine, so
that colours meet at its edge from the first step on and the network draws only what has to be added; its convolutions
at an eighth of the side are dilated besides (Zeng et al. 2022, AOT-GAN); detail is copied from elsewhere, as a short
training draws none (Yu et al. 2018); noise makes different answers.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.checks import check_number
from gan_models.errors import RequestError
from gan_models.networks.layers import ResizeConv, at_least_single, zero_bias
from gan_models.networks.pix2pix import seeded
from gan_models.networks.sagan import normalise_spectra

MULTIPLE = 8
"""Sides of pictures are divisible by it: the body works at an eighth."""
LEAST_SIDE = 64
GRAINS = 8
"""Channels of noise at an eighth of the side."""
KEYS, AROUND, PATCH = 16, 5, 16
"""Numbers in a query, places of a side that are asked together, and pixels of a side of what is copied."""
NOTHING = 20.0
"""How much less is taken from where there is nothing."""
DILATIONS = (1, 2, 4, 8)
"""Of the body's blocks, in turn."""
SEEN = (128, 256)
"""Channels of the frozen maps that the discriminator judges beside the picture: a quarter and an eighth of its side."""


@dataclass(frozen=True)
class InpaintConfig:
    """`size`: side in pixels of the crops it learned from; `width`: channels at an eighth of the side, half as many at
    a quarter and so on; `blocks`: of the body; `discriminator_width`: channels of the discriminator's first layer."""

    size: int = 128
    width: int = 128
    blocks: int = 8
    discriminator_width: int = 32

    def __post_init__(self) -> None:
        check_number("size", self.size, LEAST_SIDE, 1024)
        check_number("width", self.width, 16, 512)
        check_number("blocks", self.blocks, 1, 32)
        check_number("discriminator_width", self.discriminator_width, 8, 256)
        if self.size % MULTIPLE or self.width % 16:
            raise RequestError(f"size is {self.size} and width {self.width}; they are divisible by {MULTIPLE} and 16.")

    @property
    def channels(self) -> int:
        """Of what is drawn: colour."""
        return 3

    @property
    def multiple(self) -> int:
        """What the sides of a picture must be divisible by, in pixels."""
        return MULTIPLE

    @property
    def least_side(self) -> int:
        """The smallest side of a picture in pixels."""
        return LEAST_SIDE


def smooth_fill(picture: Tensor, mask: Tensor) -> Tensor:
    """The picture (N, 3, H, W) with the hole of a mask (N, 1, H, W; 1 = hole) filled smoothly from around it.

    Each half of the side in turn is filled and handed on to the double; there a step of diffusion inside the hole
    takes away the blocks. What is known stays as it is; a picture that is all hole becomes zeros.
    """
    if min(picture.shape[2:]) == 1:
        return picture * (1 - mask)
    # Planes one after another: pooling three interleaved ones takes three times as long.
    picture, mask = picture.contiguous(), mask.contiguous()
    known = 1 - mask
    half, share = (F.avg_pool2d(x, 2, ceil_mode=True) for x in (picture * known, known))
    below = smooth_fill(half / share.clamp_min(1e-6), (share < 1e-6).to(share.dtype))
    filled = F.interpolate(below, picture.shape[2:], mode="bilinear", align_corners=False)
    filled = F.avg_pool2d(torch.lerp(picture, filled, mask), 3, 1, 1, count_include_pad=False)
    return torch.lerp(picture, filled, mask)


class GatedConv(nn.Module):
    """A 3x3 convolution whose last channel is the gate of every place: (N, i, H, W) to (N, o, H, W) / stride."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, stride, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        return F.leaky_relu(x, 0.2) * (2 * x[:, -1:].sigmoid())


class FourierUnit(nn.Module):
    """A convolution of the spectrum: each value sees the whole map (N, width, H, W) (Chi et al. 2020)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2 * width, 2 * width, 1)

    def forward(self, x: Tensor) -> Tensor:
        sides = x.shape[2:]
        with torch.autocast(x.device.type, enabled=False):
            spectrum = torch.fft.rfft2(x.float(), norm="ortho")
        y = F.relu(self.conv(torch.cat([spectrum.real, spectrum.imag], 1)))
        with torch.autocast(x.device.type, enabled=False):
            real, imaginary = at_least_single(y).chunk(2, 1)
            return torch.fft.irfft2(torch.complex(real, imaginary), sides, norm="ortho").to(x.dtype)


class BodyBlock(nn.Module):
    """A dilated convolution and, where asked for, the spectrum of a quarter of the channels, beside a skip."""

    def __init__(self, width: int, dilation: int, spectral: bool) -> None:
        super().__init__()
        far = width // 4 if spectral else 0
        self.near = nn.Conv2d(width, width, 3, padding=dilation, dilation=dilation)
        self.far = nn.Sequential(nn.Conv2d(width, far, 1), nn.LeakyReLU(0.2), FourierUnit(far)) if spectral else None
        self.join = nn.Conv2d(width + far, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        near = F.leaky_relu(self.near(x), 0.2)
        return x + self.join(near if self.far is None else torch.cat([near, self.far(x)], 1))


class Enlarge(nn.Module):
    """Twice the side and half the channels, joined by the map that was there on the way in."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.narrow = nn.Conv2d(width, width // 2, 1)
        # No gate here: one that closes everywhere is the quickest way to add nothing, and stays closed.
        self.conv = nn.Conv2d(width, width // 2, 3, padding=1)

    def forward(self, x: Tensor, beside: Tensor) -> Tensor:
        x = F.interpolate(self.narrow(x), beside.shape[2:], mode="bilinear", align_corners=False)
        return F.leaky_relu(self.conv(torch.cat([x, beside], 1)), 0.2)


class Copies(nn.Module):
    """Detail for the hole, out of what is known: every place asks which others look as it should, and takes theirs.

    Contextual attention (Yu et al. 2018, "Generative image inpainting with contextual attention", section 4.1): queries
    and keys are learned from the body's maps; what is handed on are the pixels themselves, in patches that overlap.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.query, self.key = (nn.Conv2d(width, KEYS, 1) for _ in range(2))
        self.sharpness = nn.Parameter(torch.tensor(3.0))
        self.nearness = nn.Parameter(torch.tensor(-3.0))
        line = [math.sin((place + 0.5) / PATCH * math.pi) for place in range(PATCH)]
        window = torch.tensor([[one * other + 1e-3 for other in line] for one in line])
        self.register_buffer("window", window, persistent=False)

    def forward(self, x: Tensor, detail: Tensor, mask: Tensor) -> Tensor:
        """Of maps (N, width, h, w), detail (N, 3, H, W) and a mask (N, 1, H, W) the detail copied to every place."""
        weights = self.weights(x, mask)
        patches = F.unfold(detail, PATCH, padding=PATCH // 4, stride=MULTIPLE)
        patches = (patches.to(weights.dtype) @ weights.transpose(1, 2)).to(detail.dtype)
        whole = self.window.to(detail.dtype).flatten()
        patches = patches.unflatten(1, (-1, PATCH * PATCH)) * whole[:, None]
        windows = whole[None, :, None].expand(1, -1, patches.shape[3])
        put = lambda x: F.fold(x, mask.shape[2:], PATCH, padding=PATCH // 4, stride=MULTIPLE)  # noqa: E731
        return put(patches.flatten(1, 2)) / put(windows)

    def weights(self, x: Tensor, mask: Tensor) -> Tensor:
        """How much each place takes from each other one: (N, h w, h w), rows sum to 1."""
        # With what is around them, so that neighbours take what are neighbours there.
        asked = (F.unfold(layer(x), AROUND, padding=AROUND // 2) for layer in (self.query, self.key))
        query, key = (F.normalize(each, dim=1) for each in asked)
        alike = at_least_single(query.transpose(1, 2) @ key) * self.sharpness.exp()
        hole = F.avg_pool2d(mask, PATCH, MULTIPLE, PATCH // 4).flatten(2)
        far = distances(*x.shape[2:]).to(x.device)
        return (alike - NOTHING * hole - self.nearness.exp() * far).softmax(2).to(x.dtype)


def distances(height: int, width: int) -> Tensor:
    """Squared distances of places of a map, in places: (h w, h w)."""
    y, x = (axis.flatten() for axis in torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij"))
    return ((y[:, None] - y).square() + (x[:, None] - x).square()).float()


class InpaintNetwork(nn.Module):
    """From a picture with a hole to the picture without."""

    def __init__(self, config: InpaintConfig) -> None:
        super().__init__()
        self.config = config
        half, quarter, eighth = config.width // 4, config.width // 2, config.width
        self.begin = GatedConv(4 * 4, half)
        self.smaller = nn.ModuleList([GatedConv(half, quarter, 2), GatedConv(quarter, eighth, 2)])
        self.noise = nn.Conv2d(GRAINS, eighth, 1)
        dilations = [DILATIONS[k % len(DILATIONS)] for k in range(config.blocks)]
        self.body = nn.ModuleList(BodyBlock(eighth, wide, k % 2 == 0) for k, wide in enumerate(dilations))
        self.copies = Copies(eighth)
        self.larger = nn.ModuleList([Enlarge(eighth), Enlarge(quarter)])
        # Nothing here knows a pixel's place in a grid: four neighbours out of one would show as dots.
        self.last_up = ResizeConv(half, half // 2)
        self.last = nn.Conv2d(half // 2 + 3, 3, 3, padding=1)
        self._initialise()

    def forward(self, picture: Tensor, mask: Tensor, noise: Tensor | None = None) -> Tensor:
        """Draw whole pictures (N, 3, H, W) in [-1, 1], inside the hole and around it: float32.

        `picture`: as the result; what it has in the hole is never looked at. `mask`: (N, 1, H, W), 1 where the hole is
        and 0 elsewhere. Sides divisible by MULTIPLE, at least LEAST_SIDE. `noise`: (N, GRAINS, H / 8, W / 8), see
        `grains`: another noise, another answer; without, it is drawn anew in training and that of seed 0 in evaluation.
        """
        check_hole(picture, mask)
        sides = picture.shape[2:]
        if noise is None and self.training:
            noise = torch.randn(len(picture), GRAINS, *(side // MULTIPLE for side in sides), device=picture.device)
        elif noise is None:
            noise = self.grains(torch.zeros(len(picture), dtype=torch.int64), *sides).to(picture.device)
        with torch.autocast(picture.device.type, enabled=False):
            smooth = smooth_fill(picture.float(), mask.float())
            broad = F.interpolate(F.avg_pool2d(smooth, MULTIPLE), scale_factor=MULTIPLE, mode="bilinear")
        return (smooth + at_least_single(self.added(smooth, smooth - broad, mask, noise))).clamp(-1, 1)

    def added(self, smooth: Tensor, detail: Tensor, mask: Tensor, noise: Tensor) -> Tensor:
        """What is added to pictures filled smoothly: detail copied into the hole, and what the network draws."""
        x = self.begin(F.pixel_unshuffle(torch.cat([smooth, mask - 0.5], 1), 2))
        ways = [x]
        for layer in self.smaller:
            x = layer(x)
            ways.append(x)
        hole = F.avg_pool2d(mask, MULTIPLE)
        x = x + self.noise(noise) * hole
        for block in self.body:
            x = block(x)
        copied = self.copies(x, detail, mask) * mask
        for layer, beside in zip(self.larger, (ways[1], ways[0])):
            x = layer(x, beside)
        x = F.leaky_relu(self.last_up(x), 0.2)
        return copied + torch.tanh(at_least_single(self.last(torch.cat([x, copied.to(x.dtype)], 1))))

    @staticmethod
    def grains(seeds: Tensor, height: int, width: int) -> Tensor:
        """The noise of pictures of this size, by their seeds, whole numbers (N,)."""
        sides = height // MULTIPLE, width // MULTIPLE
        return torch.cat([torch.randn(1, GRAINS, *sides, generator=dice) for dice in seeded(seeds, len(seeds))])

    def _initialise(self) -> None:
        """He et al. 2015; what a block adds at a tenth, what is added to the picture at first next to nothing."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                zero_bias(layer)
            elif isinstance(layer, ResizeConv):
                nn.init.normal_(layer.weight, 0.0, (2 / (9 * layer.weight.shape[1])) ** 0.5)
        with torch.no_grad():
            for block in self.body:
                block.join.weight.mul_(0.1)
            self.copies.key.weight.copy_(self.copies.query.weight)  # at first like asks for like
            self.last.weight.mul_(0.02)


class InpaintDiscriminator(nn.Module):
    """Which places of a picture were drawn: convolutions on the picture, and one small head on each frozen map."""

    def __init__(self, config: InpaintConfig) -> None:
        super().__init__()
        self.config = config
        width, inputs, layers = config.discriminator_width, 3, []
        for outputs in (width, 2 * width, 4 * width):
            layers += [nn.Conv2d(inputs, outputs, 4, 2, 1), nn.LeakyReLU(0.2)]
            inputs = outputs
        self.pixels = nn.Sequential(*layers, nn.Conv2d(inputs, 1, 3, padding=1))
        self.heads = nn.ModuleList(head(channels, 2 * width) for channels in SEEN)
        normalise_spectra(self)

    def forward(self, pictures: Tensor, maps: list[Tensor]) -> list[Tensor]:
        """Logits (N, 1, h, w) of places, above 0 for real: those of pictures (N, 3, H, W) and of their frozen maps."""
        judged = [self.pixels(pictures), *(judge(seen) for judge, seen in zip(self.heads, maps))]
        return [at_least_single(logits) for logits in judged]


def head(channels: int, width: int) -> nn.Sequential:
    """A small discriminator of one map: (N, channels, h, w) to logits (N, 1, h, w)."""
    return nn.Sequential(
        nn.Conv2d(channels, width, 1), nn.LeakyReLU(0.2),
        nn.Conv2d(width, width, 3, padding=1), nn.LeakyReLU(0.2),
        nn.Conv2d(width, 1, 1),
    )  # fmt: skip


def check_hole(picture: Tensor, mask: Tensor) -> None:
    """RequestError for a picture or mask that the network cannot take."""
    if picture.ndim != 4 or picture.shape[1] != 3 or not picture.is_floating_point():
        raise RequestError(f"The picture is {picture.dtype} of shape {tuple(picture.shape)}; it is float (N, 3, H, W).")
    height, width = picture.shape[2:]
    if height % MULTIPLE or width % MULTIPLE or min(height, width) < LEAST_SIDE:
        raise RequestError(
            f"The picture is {width}x{height}; sides are divisible by {MULTIPLE} and have {LEAST_SIDE} px or more."
        )
    if mask.shape != (len(picture), 1, height, width):
        raise RequestError(f"The mask has shape {tuple(mask.shape)}; beside this picture it is (N, 1, H, W).")
