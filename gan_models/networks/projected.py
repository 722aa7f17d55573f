"""A discriminator that looks through frozen features: Sauer et al. 2021 ("Projected GANs converge faster").

As in the paper: feature maps of a pretrained network at four scales, mixed across channels and scales by
random convolutions that are never trained, and one small discriminator a scale.
Departs from it: SqueezeNet 1.1 in place of EfficientNet-Lite, fed the picture at its own size (first
convolution padded, so that 64 px give maps of 32, 16, 8 and 4); pictures above 64 px are seen whole by the
first layers only and by all of them in halves of their size, down to 64 px; every map scaled to unit deviation
on real pictures, so that features trained elsewhere in the same layout can take their place; spectral norm in
heads; on demand one more head that looks at the picture itself, because the frozen network's first layer moves by two
pixels and tells fine lines from fur badly.
Conditional as in `dcgan`: inner products with an embedded label (Miyato & Koyama 2018).
It is a training partner: its features are not ours to ship, so it is not in FAMILIES.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

from gan_models.checks import check_choice, check_number
from gan_models.errors import RequestError
from gan_models.networks.layers import at_least_single, check_images, check_labels

MAP_CHANNELS = (64, 128, 256, 512)
TAPS = (1, 4, 7, 12)  # the layers after which the four maps are taken: sides of 1/2, 1/4, 1/8 and 1/16
WHOLE = 64  # pixels of a side up to which all four maps are taken of the picture itself
MEAN = (0.485, 0.456, 0.406)
DEVIATION = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class ProjectedConfig:
    """Sizes of a projected discriminator: `mixed` channels of the fixed maps, `width` channels of the heads.

    The heads have fewer channels on maps above 8 px. `seed` draws the fixed random convolutions. `pixels` adds a
    head on the picture itself.
    """

    size: int = 64
    channels: int = 3
    classes: int = 0
    width: int = 128
    mixed: int = 64
    seed: int = 0
    pixels: bool = False

    def __post_init__(self) -> None:
        check_choice("size", self.size, (32, 64, 128, 256))
        check_choice("channels", self.channels, (1, 3))
        check_number("classes", self.classes, 0, 10_000)
        check_number("width", self.width, 8, 1024)
        check_number("mixed", self.mixed, 8, 1024)

    @property
    def map_channels(self) -> tuple[int, ...]:
        """Channels of the frozen maps, from the largest to the smallest."""
        halvings = max(1, self.size // WHOLE).bit_length() - 1
        return MAP_CHANNELS[:1] + MAP_CHANNELS[1:2] * (1 + halvings) + MAP_CHANNELS[2:]


class _Fire(nn.Module):
    """SqueezeNet's block (Iandola et al. 2016, section 3.2): squeeze by 1x1, expand by 1x1 beside 3x3."""

    def __init__(self, inputs: int, squeezed: int, expanded: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(inputs, squeezed, 1)
        self.expand1x1 = nn.Conv2d(squeezed, expanded, 1)
        self.expand3x3 = nn.Conv2d(squeezed, expanded, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.squeeze(x), inplace=True)
        return F.relu(torch.cat([self.expand1x1(x), self.expand3x3(x)], 1), inplace=True)


class SqueezeNetFeatures(nn.Module):
    """SqueezeNet 1.1 without its classifier, frozen; keys as torchvision's (`features.0.weight` ...)."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 3, stride=2, padding=1),  # torchvision pads by 0: maps of odd sides
            nn.ReLU(inplace=True),
            _shrink(),
            _Fire(64, 16, 64),
            _Fire(128, 16, 64),
            _shrink(),
            _Fire(128, 32, 128),
            _Fire(256, 32, 128),
            _shrink(),
            _Fire(256, 48, 192),
            _Fire(384, 48, 192),
            _Fire(384, 64, 256),
            _Fire(512, 64, 256),
        )
        # Always real: arithmetic on meta tensors makes torch load its compiler.
        mean, deviation = (torch.tensor(x, device="cpu").view(1, 3, 1, 1) for x in (MEAN, DEVIATION))
        # From [-1, 1] to torchvision's normalisation in one multiplication and one addition.
        self.register_buffer("factor", 0.5 / deviation, persistent=False)
        self.register_buffer("offset", (0.5 - mean) / deviation, persistent=False)
        self.requires_grad_(False)

    def forward(self, images: Tensor, count: int = len(TAPS)) -> list[Tensor]:
        """The first `count` of four maps of pictures (N, 3, S, S) in [-1, 1].

        They have 64, 128, 256 and 512 channels and sides of S/2, S/4, S/8 and S/16.
        """
        x = torch.addcmul(self.offset, images, self.factor)
        maps = []
        for index, layer in enumerate(self.features[: TAPS[count - 1] + 1]):
            x = layer(x)
            if index in TAPS:
                maps.append(x)
        return maps


def squeezenet_features() -> SqueezeNetFeatures:
    """Build the bare feature network with random weights; `load_state_dict` takes torchvision's features."""
    return SqueezeNetFeatures()


class ProjectedDiscriminator(nn.Module):
    """Small discriminators on frozen, randomly mixed features, four at 64 px; only they have gradients.

    `features`: turns pictures into maps as SqueezeNetFeatures does. Call `calibrate` with real pictures
    before the first step.
    """

    def __init__(self, config: ProjectedConfig, features: nn.Module) -> None:
        super().__init__()
        self.config = config
        self.features = features.requires_grad_(False)
        draws = torch.Generator().manual_seed(config.seed)
        channels = config.map_channels
        self.mixers = nn.ModuleList(_FixedConv(c, config.mixed, 1, draws) for c in channels)
        self.fusers = nn.ModuleList(_FixedConv(config.mixed, config.mixed, 3, draws) for _ in channels)
        self.register_buffer("map_scale", torch.ones(len(channels)))
        self.register_buffer("fused_scale", torch.ones(len(channels)))
        sides = [config.size >> (level + 1) for level in range(len(channels))]
        self.heads = nn.ModuleList(_Head(config, config.mixed, side) for side in sides)
        if config.pixels:
            self.heads.append(_Head(config, config.channels, config.size))

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Judge pictures (N, channels, size, size) in [-1, 1]: logits (N, M), one a place of each head."""
        return self.judge(self.project(images), labels)

    def project(self, images: Tensor) -> list[Tensor]:
        """The fixed part: maps (N, mixed, side, side) of unit deviation, their sides halved from size/2 on.

        With `pixels` the pictures themselves come last.
        """
        check_images(images, self.config.channels, self.config.size)
        maps = self._fuse(self._maps(images))
        return [*maps, images] if self.config.pixels else maps

    def judge(self, maps: list[Tensor], labels: Tensor | None = None) -> Tensor:
        """The trained part: logits (N, M) from the maps of `project`."""
        check_labels(labels, self.config.classes, len(maps[0]))
        return torch.cat([head(x, labels).flatten(1) for head, x in zip(self.heads, maps)], 1)

    @torch.no_grad()
    def calibrate(self, real: Tensor) -> None:
        """Scale maps to unit deviation on real pictures (N, channels, size, size); a few hundred will do."""
        check_images(real, self.config.channels, self.config.size)
        if not len(real):
            raise RequestError("There are no pictures to scale the maps by; pass a few hundred real ones.")
        maps = self._maps(real)
        self.map_scale.copy_(torch.stack([1 / x.float().std().clamp_min(1e-6) for x in maps]))
        self.fused_scale.fill_(1)
        # From the smallest map up: a scale changes every larger map after it.
        for level in reversed(range(len(maps))):
            fused = self._fuse(maps)[level]
            self.fused_scale[level] = 1 / fused.float().std().clamp_min(1e-6)

    def _maps(self, images: Tensor) -> list[Tensor]:
        """Frozen maps of the picture and of its halves, from the largest to the smallest."""
        view = images.expand(-1, 3, -1, -1)
        maps: list[Tensor] = []
        while view.shape[-1] > WHOLE:
            # The next view's second map has the place of this one's third.
            maps += self.features(view, 2)[len(maps) > 0 :]
            view = F.avg_pool2d(view, 2)
        return maps + self.features(view)[len(maps) > 0 :]

    def _fuse(self, maps: list[Tensor]) -> list[Tensor]:
        fused: list[Tensor] = []
        for level in reversed(range(len(maps))):
            x = self.mixers[level](maps[level], self.map_scale[level])
            if fused:
                x = x + F.interpolate(fused[0], scale_factor=2.0, mode="nearest")
            fused.insert(0, self.fusers[level](x, self.fused_scale[level]))
        return fused


class _FixedConv(nn.Module):
    """A random convolution that is never trained: its weight is a buffer."""

    def __init__(self, inputs: int, outputs: int, kernel: int, draws: torch.Generator) -> None:
        super().__init__()
        weight = torch.randn(outputs, inputs, kernel, kernel, generator=draws)
        self.register_buffer("weight", weight * (2 / (inputs * kernel**2)) ** 0.5)

    def forward(self, x: Tensor, scale: Tensor) -> Tensor:
        # Scaling the weight is scaling the map, at a thousandth of the cost.
        return F.conv2d(x, self.weight * scale, padding=self.weight.shape[-1] // 2)


class _Head(nn.Module):
    """A patch discriminator on one map: strided convolutions to 4 px, then one logit a place."""

    def __init__(self, config: ProjectedConfig, channels: int, side: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        while side > 4 or not layers:
            kernel, stride = (4, 2) if side > 4 else (3, 1)
            side //= stride
            # Fewer channels on maps above 8 px: with equal ones the largest head is most of the work.
            width = max(8, min(config.width, config.width * 8 // side))
            conv = nn.Conv2d(channels, width, kernel, stride=stride, padding=1)
            layers += [spectral_norm(conv), nn.LeakyReLU(0.2, inplace=True)]
            channels = width
        self.layers = nn.Sequential(*layers)
        self.logit = spectral_norm(nn.Conv2d(channels, 1, 3, padding=1))
        self.embedding = spectral_norm(nn.Embedding(config.classes, channels)) if config.classes else None

    def forward(self, x: Tensor, labels: Tensor | None) -> Tensor:
        x = self.layers(x)
        logits = at_least_single(self.logit(x))
        if self.embedding is not None:
            logits = logits + torch.einsum("nc,nchw->nhw", self.embedding(labels), at_least_single(x))[:, None]
        return logits


def _shrink() -> nn.Module:
    return nn.MaxPool2d(3, stride=2, ceil_mode=True)
