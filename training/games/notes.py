"""The game of notes: a GAN whose latents are held to be timbres, after BicycleGAN (Zhu et al. 2017).

For half of a batch the generator's ear reads the latent from another note of the same voice, and the generator must
draw the batch's note, at its pitch (equations 2 to 4, a VAE-GAN across pitches); for the other half the latent is drawn
by chance, and the ear must hear it in the note (equation 6). Both halves play the hinge game. Unlike there, the ear
learns from both, and one discriminator judges both.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from training.games.phases import Batch, Game, Networks, Phase, adversarial, judge
from training.losses.adversarial import generator_loss

ALIKE, NARROW, HEARD = 30.0, 0.02, 1.0
"""Weights of the distance to the note, of the latents' divergence from a normal, and of what the ear makes of one."""


def note_phases(game: Game) -> tuple[Phase, ...]:
    """Generator with its ear, and discriminator, in turn."""
    turn = lambda networks, batch: generator_turn(networks, batch, game)  # noqa: E731
    return Phase("generator", "generator", turn), *adversarial(game)[1:]


def generator_turn(networks: Networks, batch: Batch, game: Game) -> tuple[Tensor, dict[str, Tensor]]:
    """The generator's loss; what it drew stays for the discriminator's turn."""
    generator, half = networks["generator"], len(batch.images) // 2
    mean, spread = generator.ear(batch.source[:half])
    generator.follow(mean, spread)
    chance = torch.randn(len(batch.images), game.latent_dim, device=batch.images.device, generator=batch.dice)
    z = torch.cat([mean + chance[:half] * (spread / 2).exp(), chance[half:]])
    drawn = generator(z, batch.labels)
    batch.drawn["pictures"] = batch.drawn["seen"] = drawn.detach()
    present = generator.partials.heard(generator.keyboard.hertz(batch.labels[:half])).expand_as(drawn[:half])
    alike = ((drawn[:half] - batch.images[:half]).abs() * present).sum() / present.sum().clamp_min(1)
    narrow = 0.5 * (mean.square() + spread.exp() - 1 - spread).sum(1).mean()
    heard = F.mse_loss(generator.ear(drawn[half:])[0], z[half:])
    loss = generator_loss(game.loss, judge(networks, drawn, batch, game))
    parts = {"alike": alike.detach(), "narrow": narrow.detach(), "heard": heard.detach()}
    return loss + ALIKE * alike + NARROW * narrow + HEARD * heard, parts
