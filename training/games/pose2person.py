"""Training who draws a person in another pose: two frames behind each other must match and convince."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from gan_models.networks.pose2person import CHANNELS
from training.games.phases import Batch, Networks, Phase
from training.losses.adversarial import discriminator_loss, generator_loss
from training.losses.repair import Eyes, features_apart, moved_all


@dataclass(frozen=True)
class Rules:
    """Weights of the losses: pixels, SqueezeNet's features, both discriminators' verdicts, the ground behind."""

    pixels: float = 2.0
    features: float = 5.0
    adversarial: float = 0.05
    ground: float = 2.0


@dataclass(frozen=True)
class Scene:
    """A batch taken apart: two true frames and their skeletons (N, 3, S, S) each, all joints, who it is, the ground."""

    frames: tuple[Tensor, ...]
    skeletons: tuple[Tensor, ...]
    joints: Tensor
    known_by: Tensor
    ground: Tensor

    @classmethod
    def of(cls, batch: Batch) -> Scene:
        """See `training.data.puppet_batches.packed`."""
        assert batch.source is not None and batch.labels is not None
        known_by, ground, *skeletons = batch.source.split(CHANNELS, 1)
        return cls(batch.images.split(CHANNELS, 1), tuple(skeletons), batch.labels, known_by, ground)


def dancing(rules: Rules, eyes: Eyes) -> tuple[Phase, ...]:
    """The generator first, then both discriminators on what was just drawn."""
    return (
        Phase("generator", "generator", lambda networks, batch: generator_turn(networks, batch, rules, eyes)),
        Phase("discriminator", "discriminator", discriminator_turn),
    )


def danced(generator: torch.nn.Module, scene: Scene) -> tuple[list[Tensor], Tensor]:
    """Both frames, the second one drawn on the first, through which is not learned; and the ground (N, 3, S, S)."""
    person = generator.person(scene.known_by, scene.joints[:, 0])
    drawn, last = [], torch.zeros_like(scene.known_by)
    for number, skeleton in enumerate(scene.skeletons):
        drawn.append(generator(skeleton, scene.joints[:, 1 + number], last, person))
        last = drawn[-1].detach()
    return drawn, generator.ground_of(person)


def generator_turn(networks: Networks, batch: Batch, rules: Rules, eyes: Eyes) -> tuple[Tensor, Mapping[str, Tensor]]:
    """The weighted sum of the losses, and each of them for the log; the frames stay for the discriminators' turn."""
    scene, judge = Scene.of(batch), networks["discriminator"]
    drawn, ground = danced(networks["generator"], scene)
    batch.drawn["frames"] = [frame.detach() for frame in drawn]
    fake, real = torch.cat(drawn), torch.cat(scene.frames)
    seen, true = moved_all(fake, real)
    with torch.no_grad():
        wanted = eyes(true)
    still, moving = verdicts(judge, scene, drawn)
    parts = {
        "pixels": pixels_apart(fake, real, scene.ground.repeat(2, 1, 1, 1)),
        "features": features_apart(eyes(seen), wanted, thinned=True).mean(),
        "adversarial": generator_loss("hinge", still) + generator_loss("hinge", moving),
        "ground": F.l1_loss(ground, scene.ground),
    }
    whole = sum(getattr(rules, name) * part for name, part in parts.items())
    return whole, {name: part.detach() for name, part in parts.items()}


def discriminator_turn(networks: Networks, batch: Batch) -> tuple[Tensor, Mapping[str, Tensor]]:
    """Frames that were drawn against true ones, one by one and two by two."""
    scene, judge = Scene.of(batch), networks["discriminator"]
    both = zip(verdicts(judge, scene, scene.frames), verdicts(judge, scene, batch.drawn.pop("frames")))
    losses = [discriminator_loss("hinge", real, fake) for real, fake in both]
    return torch.stack(losses).mean(), {"still": losses[0].detach(), "moving": losses[1].detach()}


def verdicts(judge: torch.nn.Module, scene: Scene, frames) -> tuple[Tensor, Tensor]:
    """Of single frames with their skeletons, and of both together."""
    still = judge(torch.cat(scene.skeletons), torch.cat(list(frames)))
    return still, judge.motion(torch.cat(scene.skeletons, 1), torch.cat(list(frames), 1))


def pixels_apart(drawn: Tensor, real: Tensor, ground: Tensor, more: float = 5.0) -> Tensor:
    """Mean absolute difference, where the figure is `more` times as much: it covers an eighth of a picture."""
    figure = ((real - ground).abs().amax(1, keepdim=True) > 0.03).float()
    weights = 1 + (more - 1) * figure
    return ((drawn - real).abs().mean(1, keepdim=True) * weights).sum() / weights.sum()
