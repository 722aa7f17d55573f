"""Notes from a GAN: after GANSynth (Engel et al. 2019, "GANSynth: adversarial neural audio synthesis"), for one core.

As in the paper: two-dimensional convolutions draw the log magnitude and the instantaneous frequency of a whole note;
pitch is a condition of both networks and the latent is left the timbre; all of a note is drawn at once.
Departs from it: the picture is read at the partials of the asked pitch (`gan_models.networks.partials`) instead of at
the bins of one transform, so that 64 by 64 places hold two seconds and pitch need not be learned; that is also why the
paper's pitch classifier is left out, which from this picture could only guess at the instrument's compass. What lies
between partials is a third channel, of noise. Residual blocks with conditional norm and spectral norm in the
discriminator (Zhang et al. 2019, Miyato and Koyama 2018) instead of progressive growing; the pitch speaks as bumps
along the keyboard, so that neighbouring notes share what is learned. Each level is what the convolutions draw plus a
profile by partial and one by time that dense layers make of latent and pitch, since the loudness of a note's partials
is nearly such a sum in decibels. Noise is added to maps (Karras et al. 2019, section 3.2), in use always the same. An
ear reads a latent from a note, by which training holds latents to timbres (`training.games.notes`, after BicycleGAN,
Zhu et al. 2017): without it one timbre a pitch was drawn for most of them. What the ear hears is no standard normal:
its mean and covariance are kept, and in use latents are spread by them (a density fitted afterwards, as Ghosh et al.
2020): plucked notes were hardly drawn without.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.checks import check_number
from gan_models.errors import RequestError
from gan_models.networks.layers import at_least_single, check_labels, check_latents
from gan_models.networks.partials import CHANNELS, FRAMES, PARTIALS, Partials, hertz
from gan_models.networks.sagan import DownBlock, UpBlock, first_map, initialise, normalise_spectra

SIDES = (4, 8, 16, 32, 64)
GRAINY = 16
"""Maps of this side and larger have noise."""
FOLLOWED, STEADY = 0.02, 1e-3
"""Share of a step in the latents' moments; what keeps their covariance one that can be divided by."""
BUMP = 6.0
"""Semitones from one bump to the next, and their widths."""


@dataclass(frozen=True)
class GansynthConfig:
    """Sizes of a GANSynth: `length` samples at `rate` Hz; `classes` notes a semitone apart from MIDI number `lowest`.

    `width`: channels where maps are largest, doubled inwards to at most `most` times as many, and
    `discriminator_width` the same of the discriminator; `profile`: units of the layers behind the profiles.
    """

    rate: int = 16_000
    length: int = 32_768
    latent_dim: int = 32
    classes: int = 61
    lowest: int = 36
    width: int = 16
    profile: int = 256
    discriminator_width: int = 16
    most: int = 16

    def __post_init__(self) -> None:
        check_number("rate", self.rate, 4_000, 48_000)
        check_number("length", self.length, 4096, 2**18)
        check_number("latent_dim", self.latent_dim, 1, 4096)
        check_number("classes", self.classes, 1, 128)
        check_number("lowest", self.lowest, 12, 128 - self.classes)
        check_number("width", self.width, 4, 256)
        check_number("profile", self.profile, 4, 4096)
        check_number("discriminator_width", self.discriminator_width, 4, 256)
        check_number("most", self.most, 1, 16)

    @property
    def seconds(self) -> float:
        """How long a note is."""
        return self.length / self.rate

    @property
    def pitched(self) -> bool:
        """Whether classes are notes."""
        return True

    def channels(self, width: int) -> list[int]:
        """Of the maps from the smallest to the largest."""
        return [width * min(self.most, 2**k) for k in reversed(range(len(SIDES)))]


class Keyboard(nn.Module):
    """Notes (N,), which may lie between two keys, as bumps along the keyboard: (N, bumps), and their frequencies."""

    def __init__(self, config: GansynthConfig) -> None:
        super().__init__()
        self.lowest = config.lowest
        # Always real: arithmetic on meta tensors makes torch load its compiler.
        places = torch.arange(-BUMP, config.classes + BUMP, BUMP, device="cpu")
        self.register_buffer("places", places, persistent=False)

    def forward(self, notes: Tensor) -> Tensor:
        return torch.exp(-0.5 * ((notes.float()[:, None] - self.places) / BUMP).square())

    def hertz(self, notes: Tensor) -> Tensor:
        """Frequencies (N,)."""
        return hertz(self.lowest + notes.float())


class Grain(nn.Module):
    """Noise of a learned strength on each channel of a map; in training another each time, else the map's own."""

    def __init__(self, channels: int, side: int) -> None:
        super().__init__()
        self.strength = nn.Parameter(torch.zeros(channels))
        draws = torch.Generator("cpu").manual_seed(side)
        self.register_buffer("noise", torch.randn(1, 1, side, side, generator=draws, device="cpu"), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        noise = torch.randn_like(x[:, :1]) if self.training else self.noise.to(x.dtype)
        return torch.addcmul(x, noise, self.strength.to(x.dtype).view(1, -1, 1, 1))


class Ear(nn.Module):
    """What latents a note may come from: pictures (N, CHANNELS, PARTIALS, FRAMES) to means and logarithms of variances,
    both (N, latent_dim)."""

    def __init__(self, config: GansynthConfig) -> None:
        super().__init__()
        channels = [CHANNELS, *(config.width * min(config.most, 2**k) for k in range(4))]
        pairs = list(zip(channels, channels[1:]))
        self.steps = nn.Sequential(*(DownBlock(i, o, raw=number == 0) for number, (i, o) in enumerate(pairs)))
        self.last = nn.Linear(channels[-1] * SIDES[0] ** 2, 2 * config.latent_dim)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        x = F.relu(self.steps(pictures)).flatten(1)
        mean, spread = at_least_single(self.last(x)).chunk(2, 1)
        return mean, spread.clamp(-10, 2)


class GansynthGenerator(nn.Module):
    """From a latent and a note's number to a picture of the note, and to the note itself."""

    def __init__(self, config: GansynthConfig) -> None:
        super().__init__()
        self.config, self.latent_dim = config, config.latent_dim
        channels = config.channels(config.width)
        self.keyboard, self.partials = Keyboard(config), Partials(config.rate, config.length)
        condition = config.latent_dim + len(self.keyboard.places)
        self.first = nn.Linear(condition, channels[0] * 16)
        self.blocks = nn.ModuleList(UpBlock(i, o, condition) for i, o in zip(channels, channels[1:]))
        self.grains = nn.ModuleDict(
            {str(side): Grain(c, side) for c, side in zip(channels[1:], SIDES[1:]) if side >= GRAINY}
        )
        self.norm = nn.BatchNorm2d(channels[-1])
        self.last = nn.Conv2d(channels[-1], CHANNELS, 3, padding=1)
        self.profile = nn.Sequential(
            nn.Linear(condition, config.profile),
            nn.LeakyReLU(0.2),
            nn.Linear(config.profile, config.profile),
            nn.LeakyReLU(0.2),
            nn.Linear(config.profile, CHANNELS * (PARTIALS + FRAMES)),
        )
        self.ear = Ear(config)
        # Mean and second moment of the latents that the ear hears in notes.
        self.register_buffer("centre", torch.zeros(config.latent_dim, device="cpu"))
        self.register_buffer("moment", torch.eye(config.latent_dim, device="cpu"))
        initialise(self, nn.init.xavier_uniform_)

    def forward(self, z: Tensor, labels: Tensor) -> Tensor:
        """Pictures (N, CHANNELS, PARTIALS, FRAMES) in [-1, 1] of latents (N, latent_dim) and notes int64 (N,)."""
        check_latents(z, self.latent_dim)
        return self.pictures(z if self.training else self.settled(z), self.kind(labels, len(z)))

    def kind(self, labels: Tensor, count: int) -> Tensor:
        """What the generator knows of notes (N,): their numbers (N, 1), which may lie between two keys."""
        check_labels(labels, self.config.classes, count)
        return labels.float()[:, None]

    def of_kind(self, z: Tensor, kind: Tensor) -> Tensor:
        """Draw sounds (N, 1, 1, length) in [-1, 1] from latents and what `kind` gives."""
        with torch.autocast(z.device.type, enabled=False):
            pictures = self.pictures(self.settled(z.float()), kind)
            return self.partials.sounds(pictures, self.keyboard.hertz(kind[:, 0]))[:, None, None]

    def timbre(self, sounds: Tensor, labels: Tensor) -> Tensor:
        """Latents (N, latent_dim) that sound like notes (N, 1, 1, length) of known pitch (N,)."""
        check_labels(labels, self.config.classes, len(sounds))
        heard = self.ear(self.partials.pictures(sounds[:, 0, 0], self.keyboard.hertz(labels)))[0]
        return torch.linalg.solve_triangular(self.reach(), (heard - self.centre).T, upper=False).T

    @torch.no_grad()
    def follow(self, mean: Tensor, spread: Tensor, rate: float = FOLLOWED) -> None:
        """Let `centre` and `moment` follow what the ear heard in some notes."""
        mean, spread = mean.float(), spread.float()
        self.centre.lerp_(mean.mean(0), rate)
        self.moment.lerp_(mean.T @ mean / len(mean) + spread.exp().mean(0).diag(), rate)

    def reach(self) -> Tensor:
        """(latent_dim, latent_dim), lower triangular: by it normal numbers are spread as what the ear hears."""
        centre, moment = self.centre.float(), self.moment.float()
        return torch.linalg.cholesky(moment - torch.outer(centre, centre) + STEADY * torch.eye(len(centre)).to(centre))

    def settled(self, z: Tensor) -> Tensor:
        """Latents drawn from a normal, as if the ear had heard them in notes."""
        return self.centre + z @ self.reach().T

    def pictures(self, z: Tensor, kind: Tensor) -> Tensor:
        """Pictures of latents and what `kind` gives."""
        notes = kind[:, 0]
        condition = torch.cat([z, self.keyboard(notes).to(z.dtype)], 1)
        x = first_map(self.first, condition)
        for block in self.blocks:
            x = block(x, condition)
            side = str(x.shape[-1])
            x = self.grains[side](x) if side in self.grains else x
        x = at_least_single(self.last(F.relu(self.norm(x))))
        rows, columns = at_least_single(self.profile(condition)).split([CHANNELS * PARTIALS, CHANNELS * FRAMES], 1)
        x = x + rows.view(-1, CHANNELS, PARTIALS, 1) + columns.view(-1, CHANNELS, 1, FRAMES)
        return self.partials.blank(torch.tanh(x), self.keyboard.hertz(notes))


class GansynthDiscriminator(nn.Module):
    """From the picture of a note of known pitch to one logit: above zero means real."""

    def __init__(self, config: GansynthConfig) -> None:
        super().__init__()
        self.config = config
        channels = [CHANNELS + 2, *config.channels(config.discriminator_width)[::-1]]
        self.keyboard, self.partials = Keyboard(config), Partials(config.rate, config.length)
        pairs = list(zip(channels, channels[1:]))
        self.steps = nn.Sequential(
            *(DownBlock(i, o, down=number < 4, raw=number == 0) for number, (i, o) in enumerate(pairs))
        )
        self.logit = nn.Linear(channels[-1], 1)
        self.embedding = nn.Linear(len(self.keyboard.places), channels[-1], bias=False)
        places = torch.linspace(-1, 1, PARTIALS, device="cpu")
        where = torch.stack([places[:, None].expand(-1, FRAMES), places.expand(PARTIALS, -1)])
        self.register_buffer("where", where[None], persistent=False)
        initialise(self, nn.init.orthogonal_)
        normalise_spectra(self)

    def forward(self, pictures: Tensor, labels: Tensor) -> Tensor:
        """Judge pictures (N, CHANNELS, PARTIALS, FRAMES) of notes (N,): logits (N,)."""
        if pictures.ndim != 4 or pictures.shape[1:] != (CHANNELS, PARTIALS, FRAMES):
            expected = f"(N, {CHANNELS}, {PARTIALS}, {FRAMES})"
            raise RequestError(f"The pictures have shape {tuple(pictures.shape)}; this network takes {expected}.")
        check_labels(labels, self.config.classes, len(pictures))
        x = torch.cat([pictures, self.where.to(pictures.dtype).expand(len(pictures), -1, -1, -1)], 1)
        x = at_least_single(F.relu(self.steps(x)).sum((2, 3)))
        of_pitch = at_least_single(self.embedding(self.keyboard(labels)))
        return at_least_single(self.logit(x)).squeeze(1) + (of_pitch * x).sum(1)

    def of_sounds(self, sounds: Tensor, labels: Tensor) -> Tensor:
        """Judge notes (N, 1, 1, length) in [-1, 1] by the pictures of them: logits (N,)."""
        if sounds.ndim != 4 or sounds.shape[1:] != (1, 1, self.config.length):
            expected = f"(N, 1, 1, {self.config.length})"
            raise RequestError(f"The sounds have shape {tuple(sounds.shape)}; this network takes {expected}.")
        check_labels(labels, self.config.classes, len(sounds))
        return self(self.partials.pictures(sounds[:, 0, 0], self.keyboard.hertz(labels)), labels)
