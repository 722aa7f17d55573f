"""A small classifier of drawn faces: who says whether a picture shows what its sentence names."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.machine import has_bf16
from gan_models.pictures.images import to_tensor
from training.data.avatar_traits import TRAITS, traits
from training.data.image_set import ImageSet
from training.measures.looks import SIDE
from training.measures.traits import NONE, Seen, labels_of

WIDTHS, HIDDEN, EPOCHS, BATCH = (3, 24, 48, 64), 160, 5, 64
VALUES = {name: (*trait.values, NONE) for name, trait in TRAITS.items()}


class Sight(nn.Module):
    """Pictures (N, 3, SIDE, SIDE) in [-1, 1] to the logits of each trait's values."""

    def __init__(self) -> None:
        super().__init__()
        steps: list[nn.Module] = []
        for inputs, outputs in zip(WIDTHS, WIDTHS[1:]):
            steps += [nn.Conv2d(inputs, outputs, 4, stride=2, padding=1), nn.BatchNorm2d(outputs), nn.ReLU()]
        # Where something is tells what it is: a face is drawn in the same place always.
        side = SIDE // 2 ** (len(WIDTHS) - 1)
        self.body = nn.Sequential(*steps, nn.Flatten(), nn.Linear(WIDTHS[-1] * side**2, HIDDEN), nn.ReLU())
        self.heads = nn.ModuleList(nn.Linear(HIDDEN, len(values)) for values in VALUES.values())

    def forward(self, images: Tensor) -> list[Tensor]:
        seen = self.body(images)
        return [head(seen) for head in self.heads]


def taught(data: ImageSet, seed: int = 0) -> Sight:
    """The classifier, trained on drawn faces that are moved, blurred and recoloured a little; the same by seed."""
    truth, images = labels_of(traits(data), VALUES), as_seen(data.images)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        sight = Sight().to(memory_format=torch.channels_last)
        optimizer = torch.optim.AdamW(sight.parameters(), lr=2e-3)
        steps = EPOCHS * (len(data) // BATCH + 1)
        cooling = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, steps)
        for _ in range(EPOCHS):
            for index in torch.randperm(len(data)).split(BATCH):
                with torch.autocast("cpu", torch.bfloat16, enabled=has_bf16("cpu")):
                    logits = sight(changed(images[index]))
                loss = sum(F.cross_entropy(one.float(), truth[index, trait]) for trait, one in enumerate(logits))
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                cooling.step()
    return sight.eval()


@torch.no_grad()
def seen(sight: Sight, images: Tensor) -> Seen:
    """Ask the classifier about pictures uint8 (N, 3, S, S)."""
    parts = [sight(part) for part in as_seen(images).split(256)]
    return Seen(torch.cat([torch.stack([logits.argmax(1) for logits in part], 1) for part in parts]), VALUES)


def as_seen(images: Tensor) -> Tensor:
    """Pictures uint8 (N, 3, S, S) as the classifier sees them, (N, 3, SIDE, SIDE) in [-1, 1]."""
    pixels = to_tensor(images.permute(0, 2, 3, 1).numpy())
    return pixels if pixels.shape[-1] == SIDE else F.adaptive_avg_pool2d(pixels, SIDE)


def changed(images: Tensor) -> Tensor:
    """The same pictures a pixel to the side, a little softer, noisier and of other light, so that a drawn one's small
    faults say nothing."""
    shift = torch.randint(-1, 2, (2,)).tolist()
    images = images.roll(shift, (2, 3)) + 0.04 * torch.randn_like(images) + 0.04 * torch.randn(len(images), 3, 1, 1)
    return torch.lerp(images, F.avg_pool2d(images, 3, 1, 1, count_include_pad=False), float(torch.rand(())))
