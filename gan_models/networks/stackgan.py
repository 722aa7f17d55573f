"""The two stages of Zhang et al. 2017 ("StackGAN"), trained together as in their second version (2018, section 4).

As in the papers: a sentence's embedding is drawn about its mean by conditioning augmentation (2017, section 3.2); stage
one draws a small picture from it and the latent, stage two a picture of twice the side from stage one's maps and
picture and the sentence again (section 3.4); a discriminator a stage judges a picture by itself and with its sentence
(2018, equation 10), and is told of real pictures with another's sentence (matching-aware, Reed et al. 2016).
Departs from them: the reader is ours, trained with the rest (rows of words, two convolutions over them, their mean and
largest values); the augmentation's noise is the latent's first numbers, so that one latent is one picture; the
sentence scales and shifts the maps at every side (as DF-GAN does, Tao et al. 2022, section 3.4), where at the first map
alone it is soon forgotten; stage two doubles the side, not quadruples it; the second discriminator's convolutions are
the larger stage's alone, and each discriminator compares a batch's pictures with all its sentences (as XMC-GAN, Zhang
et al. 2021, section 4.1, which needs no names of what is in them).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.checks import check_number
from gan_models.errors import RequestError
from gan_models.networks.layers import Pyramid, at_least_single, check_images, check_labels, check_latents
from gan_models.networks.sagan import Norm, UpBlock, first_map


@dataclass(frozen=True)
class StackganConfig(Pyramid):
    """Sizes of a StackGAN: `size` is stage two's side, stage one's is half of it.

    `words` rows of `vector` numbers in the reader's table (and one for no word); a sentence becomes `sentence` numbers.
    `augmented` of the latent's numbers draw it about its mean. A generator's map of side s has `base` / s channels, at
    most `most`; a discriminator's `discriminator_base` / s.
    """

    size: int = 128
    channels: int = 3
    words: int = 100
    vector: int = 100
    sentence: int = 256
    latent_dim: int = 192
    augmented: int = 128
    base: int = 2048
    most: int = 256
    discriminator_base: int = 1024

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number("words", self.words, 1, 20_000)
        check_number("vector", self.vector, 1, 1024)
        check_number("sentence", self.sentence, 8, 1024)
        check_number("augmented", self.augmented, 1, self.latent_dim - 1)

    @property
    def stages(self) -> tuple[int, int]:
        """Sides of the pictures of both stages."""
        return self.size // 2, self.size


class Reader(nn.Module):
    """From the words of a sentence to its embedding: rows of a table, two convolutions over them, mean and maximum."""

    def __init__(self, config: StackganConfig) -> None:
        super().__init__()
        width = config.sentence
        self.table = nn.Embedding(config.words + 1, config.vector)
        self.first = nn.Conv1d(config.vector, width, 3, padding=1)
        self.second = nn.Conv1d(width, width, 5, padding=2)
        self.whole = nn.Linear(2 * width, width)
        self.norm = nn.LayerNorm(width)

    def forward(self, rows: Tensor) -> Tensor:
        """Sentences as rows of the table, int64 (N, L), 0 where there is no word, to (N, sentence)."""
        with torch.autocast(rows.device.type, enabled=False):
            there = (rows > 0)[:, None].to(self.table.weight.dtype)
            x = F.relu(self.first(self.table(rows).transpose(1, 2) * there)) * there
            x = (x + F.relu(self.second(x))) * there
            # Of maps that are zero or more; of no words both are zero.
            pooled = torch.cat([x.sum(2) / there.sum(2).clamp_min(1), x.amax(2)], 1)
            return self.norm(self.whole(pooled))

    @torch.no_grad()
    def begin_with(self, vectors: Tensor) -> None:
        """Let the table's rows of words be these vectors (words, vector)."""
        self.table.weight[1:].copy_(vectors)
        self.table.weight[0].zero_()


class StackganGenerator(nn.Module):
    """From a latent and a sentence to a small picture, and from that and the sentence to one of twice the side."""

    def __init__(self, config: StackganConfig) -> None:
        super().__init__()
        self.config = config
        self.latent_dim = config.latent_dim
        self.reader = Reader(config)
        self.augment = nn.Linear(config.sentence, 2 * config.augmented)
        widths = [config.width(side, config.base) for side in config.sides]
        self.dense = nn.Linear(config.latent_dim, widths[0] * 16)
        blocks = [UpBlock(i, o, config.latent_dim) for i, o in zip(widths, widths[1:-1])]
        self.one = nn.ModuleList(blocks)
        self.small = Colours(widths[-2], config.channels)
        self.join = nn.Conv2d(widths[-2] + config.channels, widths[-2], 3, padding=1)
        self.again = Norm(widths[-2], config.latent_dim)
        self.refine = nn.Conv2d(widths[-2], widths[-2], 3, padding=1)
        self.two = UpBlock(widths[-2], widths[-1], config.latent_dim)
        self.large = Colours(widths[-1], config.channels)

    def forward(self, z: Tensor, sentences: Tensor | None = None) -> Tensor:
        """Draw pictures (N, channels, size, size) in [-1, 1].

        `z`: latents (N, latent_dim), normal; `sentences`: what `read` made of them (N, sentence), None: nothing said.
        """
        return self.stages(z, sentences)[1]

    def read(self, rows: Tensor) -> Tensor:
        """Embeddings (N, sentence) of sentences as rows of the reader's table, int64 (N, L), 0 for no word."""
        return self.reader(rows)

    def stages(self, z: Tensor, sentences: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """The pictures of both stages, (N, channels, size / 2, size / 2) and (N, channels, size, size), in [-1, 1]."""
        check_latents(z, self.latent_dim)
        if sentences is None:
            sentences = self.read(torch.zeros(len(z), 1, dtype=torch.int64, device=z.device))
        check_labels(sentences if sentences.ndim == 1 else None, 0, len(z))
        if sentences.shape != (len(z), self.config.sentence):
            raise RequestError(
                f"The sentences have shape {tuple(sentences.shape)}; this generator takes "
                f"({len(z)}, {self.config.sentence}), one for each latent."
            )
        code = self.code(z, sentences)
        x = first_map(self.dense, code)
        for block in self.one:
            x = block(x, code)
        small = self.small(x)
        x = self.join(torch.cat([x, small.to(x.dtype)], 1))
        x = x + self.refine(F.relu(self.again(x, code)))
        return small, self.large(self.two(x, code))

    def code(self, z: Tensor, sentences: Tensor) -> Tensor:
        """Conditioning augmentation: what both stages draw from, (N, latent_dim)."""
        mean, log_deviation = self.spread(sentences)
        chance, rest = z.split([self.config.augmented, self.latent_dim - self.config.augmented], 1)
        return torch.cat([mean.to(z.dtype) + log_deviation.exp().to(z.dtype) * chance, rest], 1)

    def spread(self, sentences: Tensor) -> tuple[Tensor, Tensor]:
        """Means and logarithms of the deviations (N, augmented) about which a sentence is drawn."""
        mean, log_deviation = self.augment(sentences).float().chunk(2, 1)
        return mean, log_deviation.clamp(-6, 1)


class Colours(nn.Module):
    """The last step of a stage: (N, C, s, s) to pictures (N, channels, s, s) in [-1, 1]."""

    def __init__(self, inputs: int, channels: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(inputs)
        self.rgb = nn.Conv2d(inputs, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(at_least_single(self.rgb(F.relu(self.norm(x)))))


class StackganDiscriminator(nn.Module):
    """A judge of each stage, with a reader of its own; called as one, it says what stage two's makes of a picture."""

    def __init__(self, config: StackganConfig) -> None:
        super().__init__()
        self.config = config
        self.reader = Reader(config)
        self.judges = nn.ModuleList(Judge(config, side) for side in config.stages)

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Judge pictures (N, channels, size, size) in [-1, 1] by themselves: logits (N,)."""
        check_images(images, self.config.channels, self.config.size)
        check_labels(labels, 0, len(images))
        judge = self.judges[-1]
        return judge.alone(judge.maps(images))

    def read(self, rows: Tensor) -> Tensor:
        """Its own embeddings (N, sentence) of sentences, as StackganGenerator.read's."""
        return self.reader(rows)


class Judge(nn.Module):
    """One stage's discriminator: strided convolutions to 4 px, then logits without and with a sentence."""

    def __init__(self, config: StackganConfig, side: int) -> None:
        super().__init__()
        steps: list[nn.Module] = []
        inputs = config.channels
        while side > 4:
            side //= 2
            outputs = config.width(side, config.discriminator_base)
            steps += [nn.Conv2d(inputs, outputs, 4, stride=2, padding=1), nn.LeakyReLU(0.2, inplace=True)]
            inputs = outputs
        self.steps = nn.Sequential(*steps)
        self.logit = nn.Conv2d(inputs, 1, 4)
        self.joint = nn.Conv2d(inputs + config.sentence, inputs // 2, 1)
        self.matched = nn.Conv2d(inputs // 2, 1, 4)
        self.seen = nn.Linear(inputs, config.sentence)

    def maps(self, images: Tensor) -> Tensor:
        """What it sees of pictures: (N, C, 4, 4)."""
        return self.steps(images)

    def alone(self, maps: Tensor) -> Tensor:
        """How real pictures are by themselves: logits (N,)."""
        return at_least_single(self.logit(maps)).flatten()

    def together(self, maps: Tensor, sentences: Tensor) -> Tensor:
        """How real they are as pictures of their sentences (N, sentence): logits (N,)."""
        everywhere = sentences.to(maps.dtype)[:, :, None, None].expand(-1, -1, *maps.shape[2:])
        joint = F.leaky_relu(self.joint(torch.cat([maps, everywhere], 1)), 0.2)
        return at_least_single(self.matched(joint)).flatten()

    def alike(self, maps: Tensor, sentences: Tensor) -> Tensor:
        """Cosines (N, M) of pictures and of M sentences."""
        seen = at_least_single(self.seen(maps.mean((2, 3))))
        return F.normalize(seen, dim=1) @ F.normalize(sentences, dim=1).T


def as_first_stage(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A generator's or discriminator's tensors by their names in one of twice the side: stage two is stage one there.

    What joins the two stages here has no place there.
    """
    blocks = {name.split(".")[1] for name in state if name.startswith("one.")}
    moved = {"two.": f"one.{len(blocks)}.", "large.": "small.", "judges.1.": "judges.0."}
    stay = ("reader.", "augment.", "dense.", "one.")
    found = {name: value for name, value in state.items() if name.startswith(stay)}
    for old, new in moved.items():
        found |= {name.replace(old, new, 1): value for name, value in state.items() if name.startswith(old)}
    return found
