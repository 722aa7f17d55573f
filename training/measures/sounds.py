"""A small classifier of sounds by kind: who says whether a hit sounds like what was asked for."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.sounds.files import LEVELS
from gan_models.sounds.spectrogram import RANGE, levels
from training.data.sounds import SoundSet

SIDE, WIDTH, EPOCHS, BATCH = 64, 64, 12, 64


class Hearing(nn.Module):
    """Spectrograms (N, 1, SIDE, SIDE) to logits (N, classes), by way of WIDTH features."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        widths = (1, 16, 32, WIDTH)
        self.steps = nn.ModuleList(nn.Conv2d(a, b, 4, stride=2, padding=1) for a, b in zip(widths, widths[1:]))
        # Where in pitch something lies tells the kinds apart: only time is averaged.
        self.gather = nn.Linear(WIDTH * SIDE // 8, WIDTH)
        self.head = nn.Linear(WIDTH, classes)

    def features(self, seen: Tensor) -> Tensor:
        """(N, WIDTH)."""
        for step in self.steps:
            seen = F.relu(step(seen))
        return F.relu(self.gather(seen.mean(3).flatten(1)))

    def forward(self, seen: Tensor) -> Tensor:
        return self.head(self.features(seen))


@dataclass(frozen=True)
class Heard:
    """What the classifier makes of sounds: the kind it hears (N,), and features (N, WIDTH)."""

    kinds: Tensor
    features: Tensor


def seen(sounds: Tensor) -> Tensor:
    """Sounds (N, L) as small spectrograms (N, 1, SIDE, SIDE), 0 to 1: silence and the loudest."""
    parts = [F.adaptive_avg_pool2d(levels(part)[:, None] / RANGE + 1, SIDE) for part in sounds.split(256)]
    return torch.cat(parts)


def taught(data: SoundSet, seed: int = 0) -> Hearing:
    """The classifier, trained on a set with kinds; the same for the same seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        hearing = Hearing(len(data.classes))
        pictures = seen(data.sounds.float() / LEVELS)
        optimizer = torch.optim.Adam(hearing.parameters(), lr=1e-3)
        for _ in range(EPOCHS):
            for index in torch.randperm(len(data)).split(BATCH):
                loss = F.cross_entropy(hearing(pictures[index]), data.labels[index])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    return hearing.eval()


@torch.no_grad()
def heard(hearing: Hearing, sounds: Tensor) -> Heard:
    """Ask the classifier about float sounds (N, L) in [-1, 1]."""
    features = torch.cat([hearing.features(part) for part in seen(sounds).split(256)])
    return Heard(hearing.head(features).argmax(1), features)
