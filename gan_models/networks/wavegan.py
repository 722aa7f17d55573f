"""Drums from a GAN: after WaveGAN (Donahue et al. 2019, "Adversarial audio synthesis"), small enough for one core.

As in the paper: one-dimensional convolutions from a latent to the samples of a whole sound, a critic that never sees
exact phase (phase shuffle), classes as a condition.
Departs from it: the last layer is a fixed inverse lapped transform (MDCT of 32 bands) instead of transposed
convolutions, so that no pitch of a grid is built in and all arithmetic happens at 1/32 of the rate; each band of each
frame is a tone plus shaped noise (noise as in StyleGAN, Karras et al. 2019, section 3.2) plus shaped partials, fixed
and out of tune with each other, as drum machines make cymbals of them; and an envelope can close entirely, since a
convolution alone hisses where it should be silent. Nearest-neighbour doubling, conditional batch norm (the latent and
the class speak at every layer), each sound turned down whole where it would exceed 1 and faded out at its end. The
critic has three heads, one on the bands of samples shifted at random, one on the log spectrogram and one on the samples
at an eighth of the rate, where kicks and toms lie that fill but one band; all with spectral norm and a projection of
the class (Miyato & Koyama 2018); they play for the hinge loss.
Sounds are pictures of one row: (N, 1, 1, length).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.checks import check_number
from gan_models.errors import RequestError
from gan_models.networks.layers import check_labels, check_latents
from gan_models.networks.sagan import Norm, normalise_spectra

BANDS, DOUBLINGS = 32, 4
FADE = 1024
"""Samples over which every sound fades out."""
LOUDEST = 0.98
NOISES, METALS, PARTIALS = 8, 8, 10
"""Fixed noises, which a latent's first numbers mix: unit noise again, and another for each latent; fixed sets of so
many partials each, which the next numbers mix."""
LOWEST = 300.0
"""Of the partials, in Hz."""
SHIFT = 32
"""Samples that the critic is unsure of the time by."""
TRANSFORM, HOP = 256, 64
"""Of the spectrogram that the critic sees, in samples."""
QUIET = 1e-3
DEEP = 8
"""Samples that are one where the critic listens to what is low."""

Step = Callable[[int, int, tuple[int, int]], nn.Conv2d]


@dataclass(frozen=True)
class WaveganConfig:
    """Sizes of a WaveGAN: `length` samples at `rate` Hz; `width` channels at the bands' rate, doubled inwards (at most
    four times); `discriminator_width` the same of the critic."""

    rate: int = 16_000
    length: int = 8192
    latent_dim: int = 64
    classes: int = 0
    embedding: int = 16
    width: int = 64
    discriminator_width: int = 32

    def __post_init__(self) -> None:
        check_number("rate", self.rate, 4_000, 48_000)
        check_number("length", self.length, 2 * FADE, 2**17)
        if self.length % self.step:
            raise RequestError(f"length is {self.length}; a sound has a multiple of {self.step} samples.")
        check_number("latent_dim", self.latent_dim, NOISES + METALS, 4096)
        check_number("classes", self.classes, 0, 10_000)
        check_number("embedding", self.embedding, 1, 512)
        check_number("width", self.width, 4, 512)
        check_number("discriminator_width", self.discriminator_width, 4, 512)

    @property
    def step(self) -> int:
        """Samples of one place of the smallest map."""
        return BANDS << DOUBLINGS

    @property
    def seconds(self) -> float:
        """How long a sound is."""
        return self.length / self.rate

    @property
    def pitched(self) -> bool:
        """Whether classes are notes."""
        return False

    @property
    def stages(self) -> list[int]:
        """Channels of the maps from the smallest to the one at the bands' rate."""
        return [self.width * min(4, 2**k) for k in reversed(range(DOUBLINGS + 1))]


class Lapped(nn.Module):
    """A lapped transform of BANDS bands (MDCT, sine window): half-overlapping frames, as many numbers as samples."""

    def __init__(self) -> None:
        super().__init__()
        # Always real: arithmetic on meta tensors makes torch load its compiler.
        n, k = (torch.arange(count, device="cpu", dtype=torch.float64) for count in (2 * BANDS, BANDS))
        angle = math.pi / BANDS * (n + 0.5 + BANDS / 2) * (k[:, None] + 0.5)
        basis = math.sqrt(2 / BANDS) * torch.sin(math.pi * (n + 0.5) / (2 * BANDS)) * torch.cos(angle)
        self.register_buffer("basis", basis.float().view(BANDS, 1, 1, 2 * BANDS), persistent=False)

    def forward(self, sounds: Tensor) -> Tensor:
        """Sounds (N, 1, 1, L) to bands (N, BANDS, 1, L / BANDS)."""
        return F.conv2d(sounds, self.basis, stride=(1, BANDS), padding=(0, BANDS // 2))

    def back(self, bands: Tensor) -> Tensor:
        """Bands to sounds, but for the outermost half frames the exact inverse."""
        return F.conv_transpose2d(bands, self.basis, stride=(1, BANDS), padding=(0, BANDS // 2))


class WaveganGenerator(nn.Module):
    """From a latent and a class to a sound. Call `calibrate` before training."""

    def __init__(self, config: WaveganConfig) -> None:
        super().__init__()
        self.config = config
        self.latent_dim = config.latent_dim
        stages = config.stages
        self.embedding = nn.Embedding(config.classes, config.embedding) if config.classes else None
        condition = config.latent_dim + (config.embedding if config.classes else 0)
        self.first = (stages[0], 1, config.length // config.step)
        self.project = nn.Linear(condition, math.prod(self.first))
        self.norms = nn.ModuleList(Norm(channels, condition) for channels in stages)
        self.steps = nn.ModuleList(line(inner, outer) for inner, outer in zip(stages[:-1], stages[1:]))
        self.bands = line(stages[-1], 3 * BANDS + 1)
        self.lapped = Lapped()
        draws = torch.Generator("cpu").manual_seed(1)
        self.register_buffer("noises", torch.randn(NOISES, config.length, generator=draws, device="cpu"))
        self.register_buffer("metals", self.lapped(partials(config, draws)).flatten(1))
        self.register_buffer("gain", torch.ones(1, BANDS, 1, 1, device="cpu"))
        fade = 0.5 + 0.5 * torch.cos(torch.linspace(0, math.pi, FADE, device="cpu"))
        self.register_buffer("window", F.pad(fade, (config.length - FADE, 0), value=1.0), persistent=False)

    @torch.no_grad()
    def calibrate(self, sounds: Tensor) -> None:
        """Take each band's loudness from real sounds (N, 1, 1, length)."""
        self.gain.copy_(loudness(self.lapped(sounds.float())))

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Draw (N, 1, 1, length) in [-1, 1] from latents (N, latent_dim) and classes (N,)."""
        check_latents(z, self.latent_dim)
        return self.of_kind(z, self.kind(labels, len(z)))

    def kind(self, labels: Tensor | None, count: int) -> Tensor | None:
        """What the networks know of classes (N,): (N, embedding), which may be mixed; None without classes."""
        check_labels(labels, self.config.classes, count)
        return None if self.embedding is None else self.embedding(labels)

    def of_kind(self, z: Tensor, kind: Tensor | None) -> Tensor:
        """Draw (N, 1, 1, length) from latents and what `kind` gives."""
        condition = z if kind is None else torch.cat([z, kind], 1)
        x = self.project(condition).view(-1, *self.first)
        for norm, step in zip(self.norms[:-1], self.steps):
            x = F.interpolate(F.leaky_relu(norm(x, condition), 0.2), scale_factor=(1, 2), mode="nearest")
            x = step(x)
        x = self.bands(F.leaky_relu(self.norms[-1](x, condition), 0.2))
        # Half precision would hiss at -50 dB.
        with torch.autocast(z.device.type, enabled=False):
            return self.sounded(x.float(), z.float())

    def sounded(self, x: Tensor, z: Tensor) -> Tensor:
        """Sounds (N, 1, 1, length) of the last map (N, 3 * BANDS + 1, 1, frames): tones, the shares of noise and of
        partials, envelope."""
        tone, noise, metal, envelope = x.split([BANDS, BANDS, BANDS, 1], 1)
        partials = (F.normalize(z[:, NOISES : NOISES + METALS], dim=1) @ self.metals).view_as(metal)
        bands = tone + noise * self.noise(z).view_as(noise) + metal * partials
        bands = torch.sigmoid(3 * envelope) * bands * (2 * self.gain)
        sounds = self.lapped.back(bands) * self.window
        loudest = sounds.detach().abs().amax((1, 2, 3), keepdim=True)
        return sounds * (LOUDEST / loudest.clamp_min(LOUDEST))

    def noise(self, z: Tensor) -> Tensor:
        """Unit noise (N, length) of each latent; in training another one each time."""
        if self.training:
            return torch.randn(len(z), self.noises.shape[1], device=z.device)
        return F.normalize(z[:, :NOISES], dim=1) @ self.noises


class WaveganDiscriminator(nn.Module):
    """Judges sounds by their bands and by their spectrogram: (N, 1, 1, length) to logits. Call `calibrate` first."""

    def __init__(self, config: WaveganConfig) -> None:
        super().__init__()
        self.config = config
        width, self.lapped = config.discriminator_width, Lapped()
        wide = [width * min(4, 2**k) for k in range(1, DOUBLINGS + 1)]
        self.of_bands = Head([BANDS, 2 * width, *wide], line, (1, 2), config.classes)
        self.of_spectrum = Head([3, width // 2, width, 2 * width, 4 * width], square, (2, 2), config.classes)
        self.of_depth = Head([1, width, *wide[:3]], long, (1, 4), config.classes)
        self.register_buffer("gain", torch.ones(1, BANDS, 1, 1, device="cpu"))
        self.register_buffer("hann", torch.hann_window(TRANSFORM, device="cpu"), persistent=False)
        normalise_spectra(self)

    calibrate = WaveganGenerator.calibrate

    def forward(self, sounds: Tensor, labels: Tensor | None = None) -> Tensor:
        """Logits (N,), the mean of all heads'."""
        return self.judge(sounds, labels).mean(1)

    def judge(self, sounds: Tensor, labels: Tensor | None = None) -> Tensor:
        """Logits (N, 3) of the heads."""
        if sounds.ndim != 4 or sounds.shape[1:] != (1, 1, self.config.length):
            expected = f"(N, 1, 1, {self.config.length})"
            raise RequestError(f"The sounds have shape {tuple(sounds.shape)}; this network takes {expected}.")
        check_labels(labels, self.config.classes, len(sounds))
        with torch.autocast(sounds.device.type, enabled=False):
            sounds = self.shuffled(sounds.float())
            bands, spectrum = torch.asinh(self.lapped(sounds) / self.gain), self.spectrum(sounds)
            depth = 2 * F.avg_pool2d(sounds, (1, DEEP))
        heads = (self.of_bands, bands), (self.of_spectrum, spectrum), (self.of_depth, depth)
        return torch.stack([head(seen, labels) for head, seen in heads], 1).float()

    def of_sounds(self, sounds: Tensor, labels: Tensor | None = None) -> Tensor:
        """Logits (N,) of sounds (N, 1, 1, length): what this network judges anyway."""
        return self(sounds, labels)

    def shuffled(self, sounds: Tensor) -> Tensor:
        """Sounds of a batch moved in time by up to SHIFT samples, in training only."""
        if not self.training:
            return sounds
        by = int(torch.randint(-SHIFT, SHIFT + 1, ()))
        return F.pad(sounds, (by, -by))

    def spectrum(self, sounds: Tensor) -> Tensor:
        """Log magnitudes, about 0 to 1, with the places of frequency and time: (N, 3, 128, frames)."""
        turns = torch.stft(sounds.flatten(1), TRANSFORM, HOP, window=self.hann, return_complex=True)[:, 1:]
        power = turns.real.square() + turns.imag.square()
        levels = (power + QUIET**2).log() / 10 + 0.7
        high, long = levels.shape[1:]
        y = torch.linspace(-1, 1, high, device=levels.device).view(1, high, 1).expand_as(levels)
        x = torch.linspace(-1, 1, long, device=levels.device).expand_as(levels)
        return torch.stack([levels, y, x], 1)


def partials(config: WaveganConfig, draws: torch.Generator) -> Tensor:
    """Sets of sines (METALS, 1, 1, length) of frequencies and phases drawn by chance."""
    highest = config.rate / 2 * 0.97
    chance = torch.rand(2, METALS, PARTIALS, 1, generator=draws, device="cpu")
    frequency = LOWEST * (highest / LOWEST) ** chance[0].sqrt()
    time = torch.arange(config.length, device="cpu") / config.rate
    # Few of them lie in any one band: there, mixed, they are about as loud as noise is.
    return torch.sin(2 * math.pi * (frequency * time + chance[1])).sum(1)[:, None, None]


class Head(nn.Module):
    """Strided convolutions, the mean of what is left, and a logit with the class projected: (N, C, H, W) to (N,)."""

    def __init__(self, channels: list[int], kind: Step, stride: tuple[int, int], classes: int) -> None:
        super().__init__()
        self.steps = nn.ModuleList(kind(inner, outer, stride) for inner, outer in zip(channels[:-1], channels[1:]))
        self.logit = nn.Linear(channels[-1], 1)
        self.embedding = nn.Embedding(classes, channels[-1]) if classes else None

    def forward(self, x: Tensor, labels: Tensor | None) -> Tensor:
        for step in self.steps:
            x = F.leaky_relu(step(x), 0.2)
        x = x.mean((2, 3)) * 4
        logit = self.logit(x).squeeze(1)
        return logit if self.embedding is None else logit + (self.embedding(labels) * x).sum(1)


def line(inner: int, outer: int, stride: tuple[int, int] = (1, 1)) -> nn.Conv2d:
    """A convolution over five places in a row."""
    return nn.Conv2d(inner, outer, (1, 5), stride=stride, padding=(0, 2))


def long(inner: int, outer: int, stride: tuple[int, int] = (1, 1)) -> nn.Conv2d:
    """A convolution over nine places in a row."""
    return nn.Conv2d(inner, outer, (1, 9), stride=stride, padding=(0, 4))


def square(inner: int, outer: int, stride: tuple[int, int] = (1, 1)) -> nn.Conv2d:
    """A convolution over four by four places."""
    return nn.Conv2d(inner, outer, 4, stride=stride, padding=1)


def loudness(bands: Tensor) -> Tensor:
    """Root mean square of each band (N, BANDS, 1, frames): (1, BANDS, 1, 1), never nothing."""
    return bands.square().mean((0, 2, 3)).sqrt().clamp_min(1e-4).view(1, -1, 1, 1)
