"""One picture in the manner of another: two micro encoders and a decoder that the style modulates.

After MicroAST (Wang et al. 2023, "MicroAST: towards super-fast ultra-resolution arbitrary style transfer"): a content
encoder and a style encoder of a few layers, no large network at inference, and a decoder whose filters and features the
style's signals modulate (section 3.2, FilterMod and FeatMod). Departs from it: the style encoder is the first eight
layers of SqueezeNet 1.1 (.12 M parameters), frozen, since one that learned from nothing took too long; colours are
matched first, in closed form (the linear Monge-Kantorovich map of Pitie and Kokaram 2007), and the network draws what
has to be added to them, so that a short training learns the touch alone; noise stands in for what a flat area does not
show; nothing is normalised over the content picture, so that it may be cut into tiles at no loss; and the decoder sees
half of the side as well as a quarter, which keeps edges.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.checks import check_number
from gan_models.errors import RequestError
from gan_models.networks.layers import ResizeConv, at_least_single, check_low, zero_bias
from gan_models.networks.pix2pix import seeded
from gan_models.networks.projected import TAPS, squeezenet_features
from gan_models.networks.translation import MULTIPLE, OfPhotographs, join

MANNER = (64, 128, 256)
"""Channels of the style encoder's maps, those of a half, a quarter and an eighth of the side."""
GRAINS = 4
"""Channels of noise at a quarter of the side, which are one at a half."""
LEAST_DEVIATION = 0.06
"""Of a colour axis of the content, in units of [-1, 1]: a flat picture is not stretched into noise."""


@dataclass(frozen=True)
class StyleTransferConfig(OfPhotographs):
    """`size`: side in pixels of the crops it learned from; `width`: channels at a quarter of the side, half as many at
    a half; `blocks`: modulated residual blocks at a quarter; `signal`: numbers in what the style says to each layer."""

    size: int = 96
    width: int = 64
    blocks: int = 4
    signal: int = 128

    def __post_init__(self) -> None:
        check_number("size", self.size, 32, 1024)
        check_number("width", self.width, 8, 256)
        check_number("blocks", self.blocks, 0, 16)
        check_number("signal", self.signal, 8, 1024)
        if self.size % MULTIPLE or self.width % 4:
            raise RequestError(f"size is {self.size} and width {self.width}; they are divisible by {MULTIPLE} and 4.")

    @property
    def drawn_at(self) -> tuple[int, int]:
        """Least and usual longer side in pixels that it draws at: touches are as broad as in a painting seen whole."""
        return 1, 768


@dataclass(frozen=True)
class Style:
    """What is taken from a style picture, one row a picture: `signal` (N, S), `mean` (N, 3) and `covariance` (N, 3, 3)
    of its colours in [-1, 1]."""

    signal: Tensor
    mean: Tensor
    covariance: Tensor

    def mixed(self, other: "Style", share: float) -> "Style":
        """The style that is `share` (0 to 1) of the way to another."""
        return Style(*(torch.lerp(one, two, share) for one, two in zip(self.parts, other.parts)))

    @property
    def parts(self) -> tuple[Tensor, Tensor, Tensor]:
        return self.signal, self.mean, self.covariance


@dataclass(frozen=True)
class Colours:
    """How the colours of a whole picture are spread: `mean` (N, 3) and `covariance` (N, 3, 3)."""

    mean: Tensor
    covariance: Tensor


class Modulated(nn.Module):
    """A 3x3 convolution whose filters and features a signal scales: (N, i, H, W) and (N, S) to (N, o, H, W).

    Scaling what goes in is scaling the filters by input channel, at one multiplication a value.
    """

    def __init__(self, inputs: int, outputs: int, signal: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.filters = nn.Linear(signal, inputs)
        self.features = nn.Linear(signal, 2 * outputs)

    def forward(self, x: Tensor, signal: Tensor) -> Tensor:
        x = self.conv(x * (1 + self.filters(signal))[:, :, None, None])
        scale, shift = self.features(signal)[:, :, None, None].chunk(2, 1)
        return torch.addcmul(shift, x, 1 + scale)


class Grain(nn.Module):
    """Noise (N, i, H, W) as features (N, o, H, W), as strong as the signal (N, S) says: touches where nothing is."""

    def __init__(self, inputs: int, outputs: int, signal: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.strength = nn.Linear(signal, outputs)

    def forward(self, noise: Tensor, signal: Tensor) -> Tensor:
        return self.conv(noise) * self.strength(signal)[:, :, None, None]


class ModulatedBlock(nn.Module):
    """Two modulated convolutions beside a skip: (N, width, H, W) to the same."""

    def __init__(self, width: int, signal: int) -> None:
        super().__init__()
        self.first, self.second = (Modulated(width, width, signal) for _ in range(2))

    def forward(self, x: Tensor, signal: Tensor) -> Tensor:
        return x + self.second(F.relu(self.first(x, signal)), signal)


class MicroEncoder(nn.Module):
    """Maps of pictures (N, 3, H, W): `widths` channels at a half of the side, a quarter and so on."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        steps, inputs = [], 3
        for width in widths:
            halve = nn.Conv2d(inputs, width, 4, stride=2, padding=1)
            steps.append(nn.Sequential(halve, nn.ReLU(), nn.Conv2d(width, width, 3, padding=1), nn.ReLU()))
            inputs = width
        self.steps = nn.ModuleList(steps)

    def forward(self, x: Tensor) -> list[Tensor]:
        maps = []
        for step in self.steps:
            x = step(x)
            maps.append(x)
        return maps


class StyleTransferGenerator(nn.Module):
    """From a picture and a style to the picture in that style."""

    def __init__(self, config: StyleTransferConfig) -> None:
        super().__init__()
        self.config = config
        half, quarter, signal = config.width // 2, config.width, config.signal
        self.content = MicroEncoder((half, quarter))
        self.manner = squeezenet_features()
        self.manner.features = self.manner.features[: TAPS[len(MANNER) - 1] + 1]
        self.say = nn.Sequential(nn.Linear(2 * sum(MANNER), signal), nn.ReLU(), nn.Linear(signal, signal))
        self.grains = nn.ModuleList(Grain(inputs, width, signal) for inputs, width in ((GRAINS, quarter), (1, half)))
        self.blocks = nn.ModuleList(ModulatedBlock(quarter, signal) for _ in range(config.blocks))
        self.up = ResizeConv(quarter, half)
        self.join = Modulated(2 * half, half, signal)
        self.fine = ModulatedBlock(half, signal)
        self.last_up = ResizeConv(half, half // 2)
        self.last = Modulated(half // 2, 3, signal)
        self._initialise()

    @property
    def reach(self) -> int:
        """How many pixels to each side a pixel of the result looks, at most; divisible by MULTIPLE."""
        return 8 * self.config.blocks + 28

    def see_by(self, features: nn.Module) -> None:
        """Take the style encoder's weights, which are never trained, from a SqueezeNet of the same layers."""
        own = self.manner.state_dict()
        self.manner.load_state_dict({key: value for key, value in features.state_dict().items() if key in own})

    def style(self, pictures: Tensor) -> Style:
        """What is taken from whole style pictures (N, 3, H, W) in [-1, 1] of at least 16 px a side."""
        check_low(pictures)
        colours = self.colours(pictures)
        return Style(self.signal(pictures), colours.mean, colours.covariance)

    def signal(self, pictures: Tensor) -> Tensor:
        """The signals (N, S) of pictures: mean and deviation of the maps of the style encoder, and what they say."""
        found = []
        with torch.no_grad():
            for x in self.manner(pictures, len(MANNER)):
                mean = at_least_single(x).mean((2, 3))
                spread = (at_least_single(x).square().mean((2, 3)) - mean.square()).clamp_min(1e-5).sqrt()
                # Each map by itself, or the last, whose values are the largest, would speak alone.
                found += [F.layer_norm(part, part.shape[1:]) for part in (mean, spread)]
        return at_least_single(self.say(torch.cat(found, 1)))

    @staticmethod
    def colours(pictures: Tensor) -> Colours:
        """How the colours of pictures (N, 3, H, W) are spread."""
        flat = at_least_single(pictures).flatten(2)
        mean = flat.mean(2)
        away = flat - mean[:, :, None]
        return Colours(mean, away @ away.transpose(1, 2) / flat.shape[2])

    def forward(
        self, source: Tensor, hints: Tensor | None = None, noise: Tensor | None = None, style: Style | None = None
    ) -> Tensor:
        """Draw whole pictures (N, 3, H, W) in [-1, 1] in a style, without one in their own: the same shape, float32.

        Sides divisible by MULTIPLE. `noise`: whole numbers (N,), the seed of each picture's touches; without, they are
        drawn anew in training and left out in evaluation. `hints` is for the call that all translators share.
        """
        join(source, hints, 3, 0, MULTIPLE)
        if noise is None:
            shape = (len(source), GRAINS, *(side // MULTIPLE for side in source.shape[2:]))
            touches = torch.randn(shape, device=source.device) if self.training else source.new_zeros(shape)
        else:
            touches = self.touches(noise, *source.shape[2:]).to(source.device)
        return self.draw(source, style or self.style(source), self.colours(source), touches)

    @staticmethod
    def touches(noise: Tensor, height: int, width: int) -> Tensor:
        """The noise (N, GRAINS, H / MULTIPLE, W / MULTIPLE) of pictures of this size, by their seeds (N,)."""
        sides = height // MULTIPLE, width // MULTIPLE
        return torch.cat([torch.randn(1, GRAINS, *sides, generator=dice) for dice in seeded(noise, len(noise))])

    def draw(self, source: Tensor, style: Style, colours: Colours, touches: Tensor) -> Tensor:
        """Draw pictures, or parts of them with the `colours` of the whole and their part of its touches."""
        matched = match_colours(source, colours, style)
        return matched + at_least_single(self.added(matched, style.signal, touches))

    def added(self, matched: Tensor, signal: Tensor, touches: Tensor) -> Tensor:
        """What is added to pictures whose colours are the style's already, (N, 3, H, W)."""
        half, x = self.content(matched)
        x = x + self.grains[0](touches, signal)
        half = half + self.grains[1](F.pixel_shuffle(touches, 2), signal)
        for block in self.blocks:
            x = block(x, signal)
        x = self.join(torch.cat([F.relu(self.up(x)), half], 1), signal)
        x = self.fine(F.relu(x), signal)
        return self.last(F.relu(self.last_up(F.relu(x))), signal)

    def _initialise(self) -> None:
        """He et al. 2015; a block's second convolution at a tenth, the last one and what styles say at first little."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d | nn.Linear) and layer.weight.requires_grad:
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                zero_bias(layer)
            elif isinstance(layer, ResizeConv):
                nn.init.normal_(layer.weight, 0.0, (2 / (layer.weight.shape[1] * 9)) ** 0.5)
        with torch.no_grad():
            for layer in self.modules():
                if isinstance(layer, Modulated):
                    layer.filters.weight.mul_(0.1)
                    layer.features.weight.mul_(0.1)
                if isinstance(layer, ModulatedBlock):
                    layer.second.conv.weight.mul_(0.3)
            self.last.conv.weight.mul_(0.05)


def match_colours(source: Tensor, colours: Colours, style: Style) -> Tensor:
    """Give pictures (N, 3, H, W) the mean and covariance of a style's colours, clamped to [-1, 1], float32.

    The linear map of least movement (Pitie and Kokaram 2007, eq. 8): A^-1/2 (A^1/2 B A^1/2)^1/2 A^-1/2.
    """
    root, inverse = _roots(colours.covariance, LEAST_DEVIATION**2)
    inner, _ = _roots(root @ style.covariance.to(root) @ root, 0.0)
    turn = inverse @ inner @ inverse
    flat = at_least_single(source).flatten(2)
    moved = turn.to(flat) @ (flat - colours.mean[:, :, None]) + style.mean[:, :, None].to(flat)
    return moved.unflatten(2, source.shape[2:]).clamp(-1, 1).to(memory_format=torch.channels_last)


def _roots(covariance: Tensor, least: float) -> tuple[Tensor, Tensor]:
    """The square root of covariances (N, 3, 3) and its inverse, of variances of `least` or more."""
    with torch.autocast(covariance.device.type, enabled=False):
        values, axes = torch.linalg.eigh(covariance.float())
        deviations = values.clamp_min(max(least, 1e-8)).sqrt()[:, None, :]
        return axes * deviations @ axes.transpose(1, 2), axes / deviations @ axes.transpose(1, 2)
