"""What happens within one step: which network learns, how often, from which loss.

The trainer knows phases and nothing of families. A phase is a loss over all networks and one batch, and the name
of the one network that learns from it; the others stand still meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from training.augment import diff_augment
from training.losses import discriminator_loss, generator_loss
from training.penalties import clip_weights, gradient_penalty, r1

Networks = Mapping[str, nn.Module]


@dataclass
class Batch:
    """Real pictures (N, C, H, W) in [-1, 1], their labels (N,) or None, and what phases of one step share."""

    images: Tensor
    labels: Tensor | None = None
    drawn: dict[str, Tensor | list[Tensor]] = field(default_factory=dict)


@dataclass(frozen=True)
class Phase:
    """One kind of update.

    `updates` is the key of the network that learns; the phase runs at steps divisible by `every`, `repeat` times in
    a row with a fresh batch each; `loss(networks, batch)` gives a scalar and numbers for the log; `after` is called
    with the updated network (weight clipping).
    """

    name: str
    updates: str
    loss: Callable[[Networks, Batch], tuple[Tensor, dict[str, Tensor]]]
    every: int = 1
    repeat: int = 1
    after: Callable[[nn.Module], None] | None = None


@dataclass(frozen=True)
class Game:
    """The rules of an adversarial training.

    `penalty` weighs the gradient penalty of WGAN-GP (Gulrajani et al. 2017, eq. 3); `r1` is the gamma of R1
    (Mescheder et al. 2018, eq. 9), applied every `r1_every` steps with `r1_every` times the weight (Karras et al.
    2020, app. B); `clip` limits the critic's weights (Arjovsky et al. 2017, algorithm 1).
    """

    loss: str = "non-saturating"
    latent_dim: int = 128
    classes: int = 0
    critic_steps: int = 1
    penalty: float = 0.0
    r1: float = 0.0
    r1_every: int = 16
    clip: float = 0.0
    augment: tuple[str, ...] = ()


def adversarial(game: Game) -> tuple[Phase, ...]:
    """Generator and discriminator in turn, with the penalties that the rules name.

    The generator moves first: its pictures then serve the discriminator too, which spares one forward pass.
    """
    phases = [
        Phase("generator", "generator", lambda networks, batch: generator_turn(networks, batch, game)),
        Phase(
            "discriminator",
            "discriminator",
            lambda networks, batch: discriminator_turn(networks, batch, game),
            repeat=game.critic_steps,
            after=(lambda critic: clip_weights(critic, game.clip)) if game.clip else None,
        ),
    ]
    if game.r1:
        penalise = lambda networks, batch: r1_turn(networks, batch, game)  # noqa: E731
        phases.append(Phase("r1", "discriminator", penalise, every=game.r1_every))
    return tuple(phases)


def generator_turn(networks: Networks, batch: Batch, game: Game) -> tuple[Tensor, dict[str, Tensor]]:
    """The generator's loss on fresh latents; its pictures are left in the batch for the discriminator.

    So are a projected discriminator's maps of them: they cost more than its verdict and have nothing to learn.
    """
    fake, labels = draw(networks["generator"], batch, game)
    batch.drawn["fake"] = fake.detach()
    critic = networks["discriminator"]
    if not hasattr(critic, "project"):
        return generator_loss(game.loss, judge(networks, fake, labels, game)), {}
    maps = critic.project(augmented(fake, game))
    batch.drawn["maps"] = [one.detach() for one in maps]
    return generator_loss(game.loss, critic.judge(maps, labels)), {}


def discriminator_turn(networks: Networks, batch: Batch, game: Game) -> tuple[Tensor, dict[str, Tensor]]:
    """The discriminator's loss on the batch and as many generated pictures, with the gradient penalty if any."""
    fake, maps = batch.drawn.pop("fake", None), batch.drawn.pop("maps", None)
    if fake is None:
        with torch.no_grad():
            fake, _ = draw(networks["generator"], batch, game)
    labels = labels_of(batch, game)
    on_real = judge(networks, batch.images, labels, game)
    on_fake = networks["discriminator"].judge(maps, labels) if maps else judge(networks, fake, labels, game)
    loss = discriminator_loss(game.loss, on_real, on_fake)
    if not game.penalty:
        return loss, {}
    slope = gradient_penalty(networks["discriminator"], batch.images, fake, labels)
    return loss + game.penalty * slope, {"penalty": slope.detach()}


def r1_turn(networks: Networks, batch: Batch, game: Game) -> tuple[Tensor, dict[str, Tensor]]:
    """gamma / 2 times the squared gradient at real pictures, weighted up for the steps it is left out."""
    slope = r1(networks["discriminator"], batch.images, labels_of(batch, game))
    return slope * (game.r1 / 2 * game.r1_every), {"slope": slope.detach()}


def draw(generator: nn.Module, batch: Batch, game: Game) -> tuple[Tensor, Tensor | None]:
    """As many pictures as the batch has, with the batch's labels where the game is conditional."""
    z = torch.randn(len(batch.images), game.latent_dim, device=batch.images.device)
    labels = labels_of(batch, game)
    return (generator(z) if labels is None else generator(z, labels)), labels


def judge(networks: Networks, images: Tensor, labels: Tensor | None, game: Game) -> Tensor:
    """The discriminator's raw output on (augmented) pictures."""
    critic, images = networks["discriminator"], augmented(images, game)
    return critic(images) if labels is None else critic(images, labels)


def augmented(images: Tensor, game: Game) -> Tensor:
    """The pictures as the discriminator is to see them."""
    return diff_augment(images, game.augment) if game.augment else images


def labels_of(batch: Batch, game: Game) -> Tensor | None:
    """The batch's labels where the networks are conditional."""
    return batch.labels if game.classes else None
