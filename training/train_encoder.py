"""Train the encoder of a style-based weight: python -m training.train_encoder WEIGHT --data PHOTOGRAPHS

From a photograph to styles in one pass (gan_models.networks.encoder). It learns from the generator's own pictures,
whose styles are known, and from photographs, whose picture has to look like them. Then held-out photographs are
projected: what that came to ships beside the encoder, the scale on which a visitor's photograph is judged.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import torch
import tyro
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models import perception, project
from gan_models.errors import TrainingError, one_line
from gan_models.loading import load as load_weight
from gan_models.loading import seal
from gan_models.machine import has_bf16
from gan_models.networks.encoder import Encoder, EncoderConfig
from gan_models.pictures.images import from_levels, to_uint8
from gan_models.weight.held_out import HeldOut
from gan_models.weight.model import Model
from gan_models.weight.tensors import ENCODER, write_tensors
from training.data import Batches, ImageSet, held_out, load_set
from training.options import asked

HELD = 0.1
"""Share of the photographs, 500 at most, that is kept back, as it was from the `photos` network."""
COUNTS = (0, 50, 100, 200)
"""Steps of optimisation after which held-out errors are noted."""
ALIKE = 0.5
"""Weight of looking alike (see project.likeness) beside the error of known styles."""


@dataclass(frozen=True)
class Options:
    """Train an encoder and put it into the folder of its weight."""

    weight: Annotated[str, tyro.conf.Positional]
    """A style-based weight: a name in weights/, or a folder; its card is written anew."""
    data: str
    """Folder or zip of photographs such as the weight was trained on."""
    steps: int = 1500
    """Steps of training."""
    samples: int = 12
    """The generator's own pictures in a step."""
    photographs: int = 6
    """Photographs in a step."""
    rate: float = 1e-3
    """Adam's learning rate, which falls to zero along a cosine."""
    measured: int = 20
    """Held-out photographs that are projected for the scale of errors."""
    seed: int = 0
    """Of the first weights, the pictures and the photographs held out."""
    log_every: int = 50
    """Steps between two lines."""


class Trainer:
    """One model, the photographs, and an encoder that learns."""

    def __init__(self, model: Model, photographs: ImageSet, options: Options) -> None:
        torch.manual_seed(options.seed)
        self.model, self.options = model, options
        self.encoder = Encoder(EncoderConfig(model.channels, model.layers, model.w_dim))
        self.encoder.to(memory_format=torch.channels_last)
        self.optimizer = torch.optim.Adam(self.encoder.parameters(), options.rate, (0.9, 0.99))
        self.batches = Batches(photographs, options.photographs, options.seed, flip=True)
        self.inverse = torch.linalg.pinv(model.spread)
        self.scale = model.spread.square().sum() / model.w_dim

    def step(self, number: int) -> tuple[float, float]:
        """One step; the error of known styles in shares of their variance, and the unlikeness of photographs."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.options.rate * 0.5 * (1 + math.cos(math.pi * number / self.options.steps))
        torch.manual_seed(self.options.seed * 1_000_003 + number + 1)
        photographs, _ = self.batches.at(number)
        with torch.autocast("cpu", torch.bfloat16, enabled=has_bf16()):
            styles, drawn = self.samples()
            said = self.encoder(torch.cat([drawn, photographs])).float()
            known, free = said.split([len(drawn), len(photographs)])
            away = project.styles_at(self.model, known) - styles
            error = away.square().mean() / self.scale
            alike = self.unlike(photographs, free)
        loss = error + ALIKE * alike + project.NEARBY * free.square().mean()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.encoder.parameters(), 1.0)
        self.optimizer.step()
        return error.item(), alike.item()

    @torch.no_grad()
    def samples(self) -> tuple[Tensor, Tensor]:
        """Styles (N, layers, D), every other one crossed with another's, and their pictures."""
        count, layers = self.options.samples, self.model.layers
        z = torch.randn(2 * count, self.model.latent_dim)
        labels = torch.randint(self.model.classes, (2 * count,)) if self.model.classes else None
        one, other = self.model.drawing_generator.styles(z, labels).split(count)
        start = torch.where(torch.rand(count) < 0.5, torch.randint(1, layers, (count,)), layers)
        later = torch.arange(layers) >= start[:, None]
        styles = torch.where(later[:, :, None], other, one)
        return styles, self.model.drawing_generator.synthesise(styles, "fixed").float()

    def unlike(self, photographs: Tensor, change: Tensor) -> Tensor:
        """How unlike photographs are the pictures of what the encoder says of them."""
        drawn = self.model.drawing_generator.synthesise(project.styles_at(self.model, change), "fixed")
        with torch.no_grad():
            seen = perception.maps(photographs)
        far = perception.distance(perception.maps(drawn), seen).mean()
        return far + project.PIXELS * F.mse_loss(drawn, photographs)


def train(options: Options, say: Callable[[str], None] = print) -> None:
    """Train, measure, and write the encoder beside the weight."""
    model = load_weight(options.weight)
    if not model.layers:
        raise TrainingError(f"{model.name} has no styles to encode photographs into; give a style-based weight.")
    data = load_set(options.data, size=model.size, channels=model.channels)
    learned, kept = held_out(data, HELD, seed=options.seed)
    trainer, begun = Trainer(model, learned, options), time.monotonic()
    for number in range(options.steps):
        error, alike = trainer.step(number)
        if (number + 1) % options.log_every == 0:
            said = f"styles {error:.3f}, unlikeness {alike:.3f}"
            say(f"{number + 1}/{options.steps} steps, {said}, {time.monotonic() - begun:.0f} s")
    encoder = trainer.encoder.to(memory_format=torch.contiguous_format).half().float().eval().requires_grad_(False)
    model.encoder = encoder
    known = measured(model, learned, kept, options, say)
    write_tensors(model.folder / ENCODER, {**encoder.state_dict(), **known.tensors()}, half=True)
    seal(model.folder, replace(model.card), set(model.card.files) | {ENCODER})
    size = (model.folder / ENCODER).stat().st_size / 1e6
    say(f"{model.folder / ENCODER}: {size:.1f} MB, {time.monotonic() - begun:.0f} s")


@torch.no_grad()
def measured(model: Model, learned: ImageSet, kept: ImageSet, options: Options, say: Callable[[str], None]) -> HeldOut:
    """What projections of held-out photographs come to."""
    factor, mean = whitened(looked(learned.images))
    photographs = from_levels(kept.images[:])
    random = perception.distance(perception.maps(photographs), perception.maps(photographs.roll(1, 0))).mean()
    few = torch.randperm(len(kept), generator=torch.Generator().manual_seed(options.seed))[: options.measured]
    rows = []
    for number, picture in enumerate(to_uint8(photographs[few]), 1):
        rows.append(errors(model, picture))
        say(f"held-out photograph {number}: " + ", ".join(f"{far / random:.2f}" for far in rows[-1]))
    found = torch.tensor(rows).T
    shares = ", ".join(f"{far:.2f} after {count}" for far, count in zip((found / random).mean(1), COUNTS))
    say(f"perceptual distance to that of two random photographs ({random:.3f}), n {len(few)}: {shares} steps")
    known = HeldOut(mean, factor, torch.empty(0), torch.tensor(COUNTS), found, float(random))
    return replace(known, strange=known.strangeness(looked(kept.images)))


def errors(model: Model, picture: object) -> list[float]:
    """The perceptual distances of one held-out photograph after COUNTS steps."""
    target = project.Target.of(model, picture)
    stage = project.begin(model, target)
    found = [project.error_now(model, target, stage)]
    for stage in project.steps(model, target, stage):  # noqa: B020  from stage to stage
        if stage.number in COUNTS:
            found.append(project.error_now(model, target, stage))
        if stage.number == COUNTS[-1]:
            break
    return found


def looked(images: Sequence[Tensor] | Tensor) -> Tensor:
    """The `photos` features (N, F) of uint8 pictures (N, C, H, W)."""
    return torch.cat(
        [perception.features(from_levels(images[start : start + 64])) for start in range(0, len(images), 64)]
    )


def whitened(features: Tensor) -> tuple[Tensor, Tensor]:
    """The factor (F, F) that makes differences of features distances, and the features' mean."""
    values, vectors = torch.linalg.eigh(torch.cov(features.T))
    return vectors * values.clamp_min(1e-2).rsqrt(), features.mean(0)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        train(asked(Options, argv, "train_encoder"))


if __name__ == "__main__":
    main()
