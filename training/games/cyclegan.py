"""What happens in a step of CycleGAN: two translators, a judge for each set, and the way there and back."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from gan_models.networks.cyclegan import CycleganConfig, CycleganDiscriminator
from gan_models.pictures.images import as_levels, from_levels
from training.games.phases import Batch, Networks, Phase, detached
from training.games.pix2pix import project
from training.losses.adversarial import discriminator_loss, generator_loss

REMEMBERED = 50
SETS = (0, 1)


@dataclass(frozen=True)
class CycleRules:
    """Weights of what the two translators lower (Zhu et al. 2017, section 3.3 and 5.2).

    `cycle`: mean absolute difference after the way there and back. `identity`: the same of a picture of the target
    set, which should stay as it is, as a share of `cycle`. `adversarial`: the PatchGANs' verdict by `loss`.
    `projected`: that of a projected discriminator for each set, on pictures changed by `augment`.
    """

    loss: str = "least-squares"
    cycle: float = 10.0
    identity: float = 0.5
    adversarial: float = 1.0
    projected: float = 0.0
    augment: tuple[str, ...] = ()


class RememberingDiscriminator(CycleganDiscriminator):
    """CycleGAN's discriminators with the last 50 pictures drawn for each set (Shrivastava et al. 2017, section 2.3).

    The history is a part of the checkpoint, so that a resumed run remembers the same pictures.
    """

    def __init__(self, config: CycleganConfig) -> None:
        super().__init__(config)
        shape = (len(SETS) * REMEMBERED, config.channels, config.size, config.size)
        self.register_buffer("history", torch.zeros(shape, dtype=torch.uint8))
        self.register_buffer("remembered", torch.zeros(len(SETS), dtype=torch.int64))

    @torch.no_grad()
    def recall(self, fake: Tensor, which: int) -> Tensor:
        """Put drawn pictures (N, C, S, S) into a set's history; as many: each itself or, every other time, an old one.

        Pictures are kept in 256 levels.
        """
        shown, mine = [], self.history[which * REMEMBERED :][:REMEMBERED]
        levels = as_levels(fake)
        count = int(self.remembered[which])  # asked once a batch: a GPU would wait at every question
        for image, level in zip(fake, levels):
            if count < REMEMBERED:
                mine[count] = level
                count += 1
            elif torch.rand(()) < 0.5:
                place = int(torch.randint(REMEMBERED, ()))
                image = from_levels(mine[place].to(image.device)).to(image)
                mine[place] = level
            shown.append(image)
        self.remembered[which] = count
        return torch.stack(shown).contiguous(memory_format=torch.channels_last)


def crossing(rules: CycleRules) -> tuple[Phase, ...]:
    """Both translators at once, then the judges on what was drawn; a is the `source`, b the `images`."""
    phases = [Phase("generator", "generator", lambda networks, batch: generator_turn(networks, batch, rules))]
    if rules.adversarial:
        patch = lambda networks, batch: patch_turn(networks, batch, rules)  # noqa: E731
        phases.append(Phase("discriminator", "discriminator", patch))
    for which in SETS if rules.projected else ():
        look = lambda networks, batch, which=which: projected_turn(networks, batch, rules, which)  # noqa: E731
        phases.append(Phase(f"projected_{which}", f"projected_{which}", look))
    return tuple(phases)


def generator_turn(networks: Networks, batch: Batch, rules: CycleRules) -> tuple[Tensor, dict[str, Tensor]]:
    """Both directions' adversarial, cycle and identity losses; what was drawn stays for the judges."""
    there, back = networks["generator"].translators
    real = (batch.source, batch.images)
    if rules.identity:
        # One call for both uses of a translator: instance norm keeps the pictures apart.
        fake_b, same_b = there(torch.cat(real)).chunk(2)
        fake_a, same_a = back(torch.cat(real[::-1])).chunk(2)
        identity = F.l1_loss(same_a, real[0]) + F.l1_loss(same_b, real[1])
    else:
        fake_b, fake_a, identity = there(real[0]), back(real[1]), 0.0
    batch.drawn["fake"] = [fake_a.detach(), fake_b.detach()]
    cycle = F.l1_loss(back(fake_b), real[0]) + F.l1_loss(there(fake_a), real[1])
    parts = {"cycle": rules.cycle * cycle}
    if rules.identity:
        parts["identity"] = rules.cycle * rules.identity * identity
    for which, fake in enumerate((fake_a, fake_b)):
        for name, part in judged(networks, batch, fake, which, rules).items():
            parts[name] = parts.get(name, 0) + part
    return sum(parts.values()), {name: part.detach() for name, part in parts.items()}


def judged(networks: Networks, batch: Batch, fake: Tensor, which: int, rules: CycleRules) -> dict[str, Tensor]:
    """What the judges of a set say of pictures drawn for it."""
    parts = {}
    if rules.adversarial:
        parts["adversarial"] = rules.adversarial * generator_loss(rules.loss, networks["discriminator"](fake, which))
    if rules.projected:
        critic = networks[f"projected_{which}"]
        seen = project(critic, fake, rules.augment)
        batch.drawn[f"seen_{which}"] = detached(seen)
        parts["projected"] = rules.projected * generator_loss("hinge", critic.judge(seen))
    return parts


def patch_turn(networks: Networks, batch: Batch, rules: CycleRules) -> tuple[Tensor, dict[str, Tensor]]:
    """Both PatchGANs on real pictures and on ones out of the history; half the sum, as in section 7.1."""
    discriminator, total = networks["discriminator"], 0.0
    for which, real in enumerate((batch.source, batch.images)):
        fake = discriminator.recall(batch.drawn["fake"][which], which)
        verdicts = discriminator(real, which), discriminator(fake, which)
        total = total + 0.5 * discriminator_loss(rules.loss, *verdicts)
    return total, {}


def projected_turn(networks: Networks, batch: Batch, rules: CycleRules, which: int) -> tuple[Tensor, dict[str, Tensor]]:
    """One set's projected discriminator on real pictures and on what the translators' turn showed it."""
    critic = networks[f"projected_{which}"]
    real = critic.judge(project(critic, (batch.source, batch.images)[which], rules.augment))
    return discriminator_loss("hinge", real, critic.judge(batch.drawn[f"seen_{which}"])), {}
