"""Pictures of sentences: what happens in a step of StackGAN (Zhang et al. 2017, 2018), both stages together.

A discriminator's loss has three parts at each stage: real from drawn by themselves; with sentences, real with its own
from drawn with its own and from real with another's; and of a batch's sentences, true and untrue, each picture's own
(XMC-GAN, Zhang et al. 2021, equation 8, has the true ones alone), which the generator's pictures are asked for as well:
much of it makes one picture of each sentence, the most telling one. Against that each sentence is drawn twice, and two
pictures of it that differ less than half of what real ones do are drawn apart (`training.losses.variety`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.games.phases import JUDGE_EVERY, Batch, Networks, Phase, Seen, detached
from training.losses.adversarial import discriminator_loss, generator_loss
from training.losses.augment import diff_augment
from training.losses.variety import sameness

SHARPNESS = 10.0
"""What cosines of pictures and sentences are multiplied by (XMC-GAN: 1 / 0.1)."""
PENALTY_EVERY = 16
POWER, WEIGHT = 6, 2.0
"""Of DF-GAN's penalty (Tao et al. 2022, equation 2)."""


@dataclass(frozen=True)
class Rules:
    """Weights of a training: `contrast` of choosing among sentences, the discriminator's, and `telling`, the
    generator's; `variety` of two pictures of a sentence; `smooth` of conditioning augmentation's distance from N(0, 1)
    (Zhang et al. 2017, equation 2); `r1` as in `phases.Game`, or in its place DF-GAN's penalty where `matching`;
    `augment` and `judge` as in `phases.Game`."""

    loss: str = "non-saturating"
    latent_dim: int = 192
    contrast: float = 1.0
    telling: float = 0.6
    variety: float = 8.0
    smooth: float = 0.1
    r1: float = 0.3
    matching: bool = False
    augment: tuple[str, ...] = ()
    judge: bool = False


def phases(rules: Rules) -> tuple[Phase, ...]:
    """Generator, discriminator, and now and then the penalty."""
    turns = [
        Phase("generator", "generator", lambda networks, batch: generator_turn(networks, batch, rules)),
        Phase("discriminator", "discriminator", lambda networks, batch: discriminator_turn(networks, batch, rules)),
    ]
    if rules.matching or rules.r1:
        turn = lambda networks, batch: penalty_turn(networks, batch, rules)  # noqa: E731
        turns.append(Phase("penalty", "discriminator", turn, every=PENALTY_EVERY))
    if rules.judge:
        watch = lambda networks, batch: judge_turn(networks, batch, rules)  # noqa: E731
        turns.append(Phase("judge", "judge", watch, every=JUDGE_EVERY))
    return tuple(turns)


def generator_turn(networks: Networks, batch: Batch, rules: Rules) -> tuple[Tensor, dict[str, Tensor]]:
    """Both stages' pictures are to look real, as their sentences say, and differ from others of the same."""
    generator, discriminator = networks["generator"], networks["discriminator"]
    rows = twice(batch.labels[:, 0])
    z = torch.randn(len(rows), rules.latent_dim, device=rows.device, generator=batch.dice)
    sentences = generator.read(rows)
    drawn = generator.stages(z, sentences)
    stages = looks(discriminator, drawn, rules)
    batch.drawn["pictures"], batch.drawn["stages"] = [images.detach() for images in drawn], [*map(detached, stages)]
    with torch.no_grad():
        told, untrue = discriminator.read(rows), discriminator.read(batch.labels[: len(rows) // 2, 1])
    # Among different sentences: those of one half.
    among = torch.cat([told[: len(untrue)], untrue])
    loss, chosen = torch.zeros((), device=rows.device), []
    for judge, seen in zip(discriminator.judges, stages):
        maps = judge.maps(seen)
        loss = loss + generator_loss(rules.loss, judge.alone(maps))
        loss = loss + generator_loss(rules.loss, judge.together(maps, told))
        chosen.append(torch.stack([choice(half) for half in judge.alike(maps, among).chunk(2)]).mean())
    far, same = distance(*generator.spread(sentences)), sameness(drawn[-1], batch.images)
    loss = loss + rules.telling * sum(chosen) + rules.smooth * far + rules.variety * same
    return loss, {"contrast": chosen[-1].detach(), "augmentation": far.detach(), "sameness": same.detach()}


def discriminator_turn(networks: Networks, batch: Batch, rules: Rules) -> tuple[Tensor, dict[str, Tensor]]:
    """Real from drawn, its own sentence from another's, its own among those of the batch."""
    discriminator, count = networks["discriminator"], len(batch.images)
    own, others = discriminator.read(batch.labels.transpose(0, 1).flatten(0, 1)).split(count)
    loss, chosen = torch.zeros((), device=own.device), []
    stages = looks(discriminator, stages_of(batch.images), rules)
    for judge, real, fake in zip(discriminator.judges, stages, batch.drawn.pop("stages")):
        on_real, on_fake = judge.maps(real), judge.maps(fake)
        loss = loss + discriminator_loss(rules.loss, judge.alone(on_real), judge.alone(on_fake))
        wrong = torch.cat([judge.together(on_fake, twice(own)), judge.together(on_real, others)])
        loss = loss + discriminator_loss(rules.loss, judge.together(on_real, own), wrong)
        chosen.append(choice(judge.alike(on_real, torch.cat([own, others]))))
    return loss + rules.contrast * sum(chosen), {"contrast": chosen[-1].detach()}


def judge_turn(networks: Networks, batch: Batch, rules: Rules) -> tuple[Tensor, dict[str, Tensor]]:
    """The loss of a judge of StackGAN's own kind on the step's pictures; the generator never hears of it."""
    judge, rules = networks["judge"], replace(rules, loss="non-saturating")
    shown = Batch(batch.images, batch.labels, drawn={"stages": looks(judge, batch.drawn.pop("pictures"), rules)})
    return discriminator_turn({"discriminator": judge}, shown, rules)


def looks(discriminator: nn.Module, stages: Sequence[Tensor], rules: Rules) -> list[Seen]:
    """What each stage's judge sees of its pictures: augmented ones, or a frozen part's maps of them."""
    found: list[Seen] = []
    for judge, images in zip(discriminator.judges, stages):
        changed, project = diff_augment(images, rules.augment), getattr(judge, "project", None)
        found.append(changed if project is None else project(changed))
    return found


def twice(rows: Tensor) -> Tensor:
    """The first half of a batch, two times."""
    half = rows[: max(1, len(rows) // 2)]
    return torch.cat([half, half])


def penalty_turn(networks: Networks, batch: Batch, rules: Rules) -> tuple[Tensor, dict[str, Tensor]]:
    """What keeps a discriminator flat about real pictures with their sentences, weighted up for the steps left out."""
    discriminator = networks["discriminator"]
    images = batch.images.detach().requires_grad_()
    own = discriminator.read(batch.labels[:, 0])
    logits = torch.zeros((), device=images.device)
    for judge, real in zip(discriminator.judges, stages_of(images)):
        maps = judge.maps(real)
        logits = logits + judge.together(maps, own).sum() + (0 if rules.matching else judge.alone(maps).sum())
    places = [images, own] if rules.matching else [images]
    slopes = [slope.float().flatten(1) for slope in torch.autograd.grad(logits, places, create_graph=True)]
    if rules.matching:
        steep = sum((slope.square().sum(1) + 1e-12).sqrt() for slope in slopes).pow(POWER).mean()
        return WEIGHT * PENALTY_EVERY * steep, {"slope": steep.detach()}
    steep = slopes[0].square().sum(1).mean()
    return rules.r1 / 2 * PENALTY_EVERY * steep, {"slope": steep.detach()}


def stages_of(images: Tensor) -> tuple[Tensor, Tensor]:
    """Real pictures as both stages would draw them."""
    return F.avg_pool2d(images, 2), images


def choice(cosines: Tensor) -> Tensor:
    """How ill pictures (rows) choose their own sentences (the first columns), and those their pictures: a scalar.

    Cosines (N, N + M); the other M columns are of sentences that are true of none or few.
    """
    own = torch.arange(len(cosines), device=cosines.device)
    logits = SHARPNESS * cosines
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits[:, : len(own)].T, own)) / 2


def distance(mean: Tensor, log_deviation: Tensor) -> Tensor:
    """The mean Kullback-Leibler divergence, a number, of N(mean, deviation) from N(0, 1)."""
    return (mean.square() + (2 * log_deviation).exp() - 1 - 2 * log_deviation).mean() / 2
