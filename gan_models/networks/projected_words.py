"""Judges of pictures with sentences that look through frozen features: a projected discriminator at each stage.

As `projected`, and as StackGAN's judges: beside the logits of a picture by itself each head says how well it goes with
a sentence, by an inner product of its map with what the sentence was learned to ask for at every place (Miyato and
Koyama 2018, equation 4), and all heads together are compared with sentences by their cosines (XMC-GAN, Zhang et al.
2021, section 4.1). A training partner, like `projected`, so it is not in FAMILIES.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

from gan_models.networks.layers import at_least_single, check_images, check_labels
from gan_models.networks.projected import WHOLE, ProjectedConfig, ProjectedDiscriminator
from gan_models.networks.stackgan import Reader, StackganConfig


class ProjectedWords(nn.Module):
    """In the place of a StackganDiscriminator: a judge of each stage, all through the same `features`, and a reader.

    `features`: as of ProjectedDiscriminator. Call `calibrate` with real pictures before the first step.
    """

    def __init__(self, config: StackganConfig, features: nn.Module) -> None:
        super().__init__()
        self.config = config
        self.reader = Reader(config)
        self.judges = nn.ModuleList(WordsJudge(config, side, features) for side in config.stages)

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Judge pictures (N, channels, size, size) in [-1, 1] by themselves: logits (N, M)."""
        check_images(images, self.config.channels, self.config.size)
        check_labels(labels, 0, len(images))
        judge = self.judges[-1]
        return judge.alone(judge.maps(judge.project(images)))

    def read(self, rows: Tensor) -> Tensor:
        """Its own embeddings (N, sentence) of sentences, as StackganGenerator.read's."""
        return self.reader(rows)

    def calibrate(self, real: Tensor) -> None:
        """Scale every stage's maps to unit deviation on real pictures (N, channels, size, size)."""
        for judge, side in zip(self.judges, self.config.stages):
            judge.calibrate(F.adaptive_avg_pool2d(real, side))


class WordsJudge(ProjectedDiscriminator):
    """One stage's: what `project` sees of pictures to maps, and from them logits without and with a sentence."""

    def __init__(self, config: StackganConfig, side: int, features: nn.Module) -> None:
        super().__init__(ProjectedConfig(side, config.channels, pixels=side > WHOLE), features)
        widths = [head.logit.in_channels for head in self.heads]
        self.joint = nn.ModuleList(spectral_norm(nn.Conv2d(width, 1, 3, padding=1)) for width in widths)
        self.told = nn.ModuleList(spectral_norm(nn.Linear(config.sentence, width)) for width in widths)
        self.seen = nn.Linear(sum(widths), config.sentence)

    def maps(self, seen: list[Tensor]) -> list[Tensor]:
        """What its heads make of a picture's frozen maps: (N, C, 4, 4) each, less where the picture is small."""
        return [at_least_single(head.layers(x)) for head, x in zip(self.heads, seen)]

    def alone(self, maps: list[Tensor]) -> Tensor:
        """How real pictures are by themselves: logits (N, M)."""
        return torch.cat([at_least_single(head.logit(x)).flatten(1) for head, x in zip(self.heads, maps)], 1)

    def together(self, maps: list[Tensor], sentences: Tensor) -> Tensor:
        """How real they are as pictures of their sentences (N, sentence): logits (N, M)."""
        # Of length one, as an embedded class of `projected` nearly is.
        sentences, logits = F.normalize(sentences, dim=1), []
        for joint, told, x in zip(self.joint, self.told, maps):
            asked = torch.einsum("nc,nchw->nhw", at_least_single(told(sentences)), x)
            logits.append((at_least_single(joint(x))[:, 0] + asked).flatten(1))
        return torch.cat(logits, 1)

    def alike(self, maps: list[Tensor], sentences: Tensor) -> Tensor:
        """Cosines (N, M) of pictures and of M sentences."""
        seen = at_least_single(self.seen(torch.cat([x.mean((2, 3)) for x in maps], 1)))
        return F.normalize(seen, dim=1) @ F.normalize(sentences, dim=1).T
