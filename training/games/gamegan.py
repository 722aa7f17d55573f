"""Training a network that is a game: it draws on what it drew itself, and what comes of it must match and convince."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.networks.gamegan import CHANNELS, PAST
from gan_models.networks.gametiles import chosen
from training.games.phases import Batch, Networks, Phase
from training.losses.adversarial import discriminator_loss, generator_loss

GIVEN = PAST * CHANNELS
BLUR = 0.01
"""Mean square by which a tile may be off and still look like another, in levels from -1 to 1."""


@dataclass(frozen=True)
class Moment:
    """One step of a game in a batch: what the network is given, the frame that really came, and which step it is."""

    frames: Tensor
    action: Tensor
    coming: Tensor
    after: Tensor
    number: int = 0


Draw = Callable[[nn.Module, Moment], tuple[Tensor, Tensor]]
"""What a network draws of a moment, and how far it is off."""


@dataclass(frozen=True)
class Rules:
    """`adversarial`: weight of the discriminator's verdict beside how far off the frames are; `kinds`: of things."""

    draw: Draw
    adversarial: float = 0.02
    kinds: int = 2


def learning(rules: Rules) -> tuple[Phase, ...]:
    """The generator first, then the discriminator on what was just drawn.

    A batch's `images` are the true frames of all steps behind each other (N, 3 T, H, W), its `source` the frames before
    the first step and what comes in at each (N, 6 + T kinds, H, W), its `labels` the actions (N, T).
    """
    return (
        Phase("generator", "generator", lambda networks, batch: generator_turn(networks, batch, rules)),
        Phase("discriminator", "discriminator", lambda networks, batch: discriminator_turn(networks, batch, rules)),
    )


def generator_turn(networks: Networks, batch: Batch, rules: Rules) -> tuple[Tensor, Mapping[str, Tensor]]:
    """Played on by the network's own frames: how far off they are, and what the discriminator says of one of them."""
    moments, losses = [], []
    for moment, drawn, far in played(networks["generator"], batch, rules.kinds, rules.draw):
        losses.append(far)
        moments.append((moment, drawn))
    far = torch.stack(losses).mean()
    moment, drawn = moments[int(torch.randint(len(moments), ()))]
    batch.drawn |= {"frames": moment.frames, "coming": moment.coming, "after": moment.after, "fake": drawn.detach()}
    batch.drawn["action"] = moment.action
    verdict = networks["discriminator"](moment.frames, moment.action, moment.coming, drawn)
    fooled = generator_loss("hinge", verdict)
    return far + rules.adversarial * fooled, {"off": far.detach(), "adversarial": fooled.detach()}


def discriminator_turn(networks: Networks, batch: Batch, rules: Rules) -> tuple[Tensor, dict[str, Tensor]]:
    """The true next frame against the drawn one, and against itself after another action (section 3.4)."""
    judge, seen = networks["discriminator"], batch.drawn
    given = seen["frames"], seen["action"], seen["coming"]
    real, fake = (judge(*given, seen[name]) for name in ("after", "fake"))
    other = (seen["action"] + 1 + torch.randint_like(seen["action"], judge.config.actions - 1)) % judge.config.actions
    wrong = judge(seen["frames"], other, seen["coming"], seen["after"])
    loss = 0.5 * (discriminator_loss("hinge", real, fake) + discriminator_loss("hinge", real, wrong))
    return loss, {"real": real.mean().detach(), "wrong action": wrong.mean().detach()}


def played(generator: nn.Module, batch: Batch, kinds: int, draw: Draw) -> Iterator[tuple[Moment, Tensor, Tensor]]:
    """Each step of a batch, what the network draws of it and how far it is off, going on from its own frames, which are
    not learned through."""
    assert batch.source is not None and batch.labels is not None
    frames = batch.source[:, :GIVEN]
    for number, after in enumerate(batch.images.split(CHANNELS, 1)):
        first = GIVEN + number * kinds
        coming = batch.source[:, first : first + kinds]
        moment = Moment(frames, batch.labels[:, number], coming, after, number)
        drawn, far = draw(generator, moment)
        yield moment, drawn, far
        frames = torch.cat([frames[:, CHANNELS:], drawn.detach()], 1)


def by_pixels(generator: nn.Module, moment: Moment, rarity: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """What a network draws, and its `difference`."""
    drawn = generator(moment.frames, moment.action, moment.coming)
    return drawn, difference(drawn, moment, rarity)


def by_tiles(generator: nn.Module, moment: Moment) -> tuple[Tensor, Tensor]:
    """What a network of tiles draws, and how unlikely it held what came: by all of its choices that look like it."""
    choices = generator.choices(moment.frames, moment.action, moment.coming)
    last = generator.tiles(moment.frames[:, -CHANNELS:])
    alike = choices - generator.distances(moment.after, last) / BLUR
    unlikely = torch.logsumexp(choices, 1) - torch.logsumexp(alike, 1)
    return generator.laid(chosen(choices), last), unlikely.mean()


def difference(drawn: Tensor, moment: Moment, rarity: Tensor | None = None) -> Tensor:
    """Mean absolute difference, where something changes ten times as much or more: most of a frame stays."""
    changes = changed(moment.frames[:, -CHANNELS:], moment.after).float()
    if rarity is not None:
        changes = changes * rarity.to(drawn.device)
    return (F.l1_loss(drawn, moment.after, reduction="none") * (1 + 9 * changes)).mean()


def changed(before: Tensor, after: Tensor) -> Tensor:
    """Where frames (N, 3, H, W) differ, (N, 1, H, W)."""
    return (after - before).abs().amax(1, keepdim=True) > 0.1


def rarity_of(images: Tensor, most: float = 20.0) -> Tensor:
    """By how much more a change counts at each place, (H, W), 1 to `most`: by how seldom there is one in plays
    (N, 3 T, H, W). A coin more in the purse is a dozen pixels that else never change, and would be left undrawn."""
    frames = images.split(CHANNELS, 1)
    often = torch.cat([changed(one, two) for one, two in pairwise(frames)]).float().mean((0, 1))
    return (often.mean() / often.clamp_min(1e-6)).clamp(1, most)
