"""StyleGAN: Karras et al. 2019 ("A style-based generator architecture for generative adversarial networks").

As in the paper: a mapping from the latent to a style (section 2), a learned constant as the first map, noise of learned
strength for each channel after each convolution, then adaptive instance norm: each map brought to mean 0 and deviation
1, then scaled and shifted by the style (equation 1); bilinear filtering of maps on their way up (appendix C);
truncation about the mean style (appendix B); it grows as ProGAN does, whose discriminator it meets.
Departs from it: upsampling and convolution are ResizeConv's four taps, the filter comes after them; two mapping layers
instead of eight and a tanh at the end, as in our StyleGAN2, whose truncation by the latent's length it shares.
Conditional as ProGAN is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.networks.equalised import ROOT, EqualConv, EqualLinear
from gan_models.networks.layers import at_least_single, check_labels, check_latents
from gan_models.networks.progan import Colours, Growing, Grown, ProganDiscriminator, faded
from gan_models.networks.styles import Mapping, Noise, check_styles, drawn_noise, noises, noisy_lrelu

StyleganDiscriminator = ProganDiscriminator


@dataclass(frozen=True)
class StyleganConfig(Grown):
    """Sizes of a StyleGAN: a map of side s has `base` / s channels, at most `most`.

    `w_dim` numbers in a style, `mapping` dense layers before it. `discriminator_base` is the discriminator's, `group`
    the pictures whose deviation it sees (0: it judges each by itself).
    """

    size: int = 64
    channels: int = 3
    latent_dim: int = 128
    w_dim: int = 128
    mapping: int = 2
    classes: int = 0
    base: int = 2048
    most: int = 256
    discriminator_base: int = 2048
    group: int = 4

    @property
    def layers(self) -> int:
        """How many styles a picture has: two for each side."""
        return 2 * len(self.sides)


class AdaptiveNorm(nn.Module):
    """What follows a convolution: noise, leaky ReLU, instance norm, the style's scale and shift (section 2, eq. 1).

    (N, C, s, s) to the same. `index` is the layer's number, of which its fixed noise is made.
    """

    def __init__(self, channels: int, w_dim: int, side: int, index: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(channels))
        self.strength = nn.Parameter(torch.zeros(channels))
        self.scale = EqualLinear(w_dim, channels, bias=1.0)
        self.shift = EqualLinear(w_dim, channels)
        self.side = side
        # Follows from the side alone: not in the file.
        self.register_buffer("noise", drawn_noise(side, index), persistent=False)

    def forward(self, x: Tensor, w: Tensor, noise: Tensor | None) -> Tensor:
        strength, given = (torch.zeros_like(self.strength), self.noise) if noise is None else (self.strength, noise)
        x = noisy_lrelu(x, self.bias.expand(len(x), -1), given, strength.expand(len(x), -1))
        variance, mean = torch.var_mean(x, (2, 3), correction=0)
        scale = self.scale(w) * (at_least_single(variance) + 1e-8).rsqrt()
        shift = self.shift(w) - at_least_single(mean) * scale
        shift, scale = (factor.to(x.dtype)[:, :, None, None] for factor in (shift, scale))
        return torch.addcmul(shift, x, scale)


class StyleganGenerator(Growing):
    """From a latent to styles, from styles to a picture."""

    config: StyleganConfig

    def __init__(self, config: StyleganConfig) -> None:
        super().__init__(config)
        self.latent_dim = config.latent_dim
        self.mapping = Mapping(config)
        widths = [config.width(side, config.base) for side in config.sides]
        # Not ones as in the paper's code: instance norm would take a flat map away and send back a huge gradient.
        self.constant = nn.Parameter(torch.randn(1, widths[0], 4, 4))
        self.ups = nn.ModuleList(EqualConv(i, o, 3, bias=False, up=True) for i, o in zip(widths, widths[1:]))
        self.convs = nn.ModuleList(EqualConv(width, width, 3, bias=False) for width in widths)
        layers = [(width, side) for width, side in zip(widths, config.sides) for _ in range(2)]
        self.norms = nn.ModuleList(AdaptiveNorm(c, config.w_dim, s, index) for index, (c, s) in enumerate(layers))
        self.rgb = nn.ModuleList(Colours(width, config.channels) for width in widths)

    @property
    def w_mean(self) -> Tensor:
        """The mean style (w_dim,), of truncation 0."""
        return self.mapping.w_mean

    @property
    def style_weights(self) -> list[Tensor]:
        """For each layer the weights (2 * channels, w_dim) by which its scale and shift read the style."""
        return [torch.cat([norm.scale.weight, norm.shift.weight]) for norm in self.norms]

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Draw pictures (N, channels, size, size) in [-1, 1].

        `z`: latents (N, latent_dim), normal; `labels`: int64 (N,), needed where the config has classes. Noise as
        `synthesise` has it by default.
        """
        return self.synthesise(self.styles(z, labels))

    def styles(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """The styles (N, layers, w_dim) of latents: the same for all layers.

        Of `psi * z` they are truncated: `w_mean + psi * (styles(z) - w_mean)`, appendix B.
        """
        check_latents(z, self.latent_dim)
        check_labels(labels, self.config.classes, len(z))
        with torch.autocast(z.device.type, enabled=False):
            w = self.mapping(z, labels)
        return w[:, None].expand(-1, self.config.layers, -1)

    def synthesise(self, styles: Tensor, noise: Noise = None) -> Tensor:
        """Draw pictures (N, channels, size, size) in [-1, 1] from styles (N, layers, w_dim); `noise`: styles.Noise."""
        level, share = self.stage()
        maps = list(islice(self._layers(styles, noise), 2 * level + 2))
        drawn = self.rgb[level](maps[-1])
        return faded(self.rgb[level - 1](maps[-3]) if share < 1 else drawn, drawn, share, self.config.size)

    def features(self, styles: Tensor, layer: int, noise: Noise = None) -> Tensor:
        """The maps (N, C, side, side) after `layer` has been given its style."""
        return next(islice(self._layers(styles, noise), layer, None))

    def _layers(self, styles: Tensor, noise: Noise) -> Iterator[Tensor]:
        """One layer after the other: the constant, its convolution, then two convolutions for each doubling."""
        check_styles(styles, self.config.layers, self.config.w_dim)
        x = self.constant.expand(len(styles), -1, -1, -1)
        for layer, (norm, given) in enumerate(zip(self.norms, noises(self.norms, noise, len(styles)))):
            level, second = divmod(layer, 2)
            if second:
                x = self.convs[level](x) * ROOT
            elif level:
                x = smooth(self.ups[level - 1](x) * ROOT)
            x = norm(x, styles[:, layer], given)
            yield x


def smooth(x: Tensor) -> Tensor:
    """Maps through the filter [1, 2, 1] both ways, at the border with less (appendix C); of doubled maps bilinear."""
    taps = torch.tensor([1.0, 2.0, 1.0], dtype=x.dtype, device=x.device) / 4
    kernel = (taps[:, None] * taps).expand(x.shape[1], 1, 3, 3)
    return F.conv2d(x, kernel, padding=1, groups=x.shape[1])
