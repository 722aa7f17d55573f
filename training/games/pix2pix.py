"""What happens in a step of pix2pix and pix2pixHD: the generator against one judge or two, and what it must match."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.pictures.colour import join_lab
from training.games.phases import Batch, Networks, Phase, detached
from training.losses.adversarial import discriminator_loss, generator_loss
from training.losses.augment import diff_augment

DISCRIMINATOR, PROJECTED = "discriminator", "projected"
BINS = 24
"""Chroma is counted in so many bins a side, of 9 units of a and b."""


@dataclass(frozen=True)
class Rules:
    """What a pair's generator lowers, each part with its weight; a weight of 0 leaves the part out.

    `l1`: mean absolute difference (Isola et al. 2017, eq. 3). `adversarial`: the conditional PatchGAN's verdict by
    `loss`. `projected`: the projected discriminator's, which sees the picture alone, changed by `augment`.
    `matching`: the PatchGAN's layers (Wang et al. 2018, eq. 4). `perceptual` and `content`: features of photographs
    (section 3.2 there). `chroma`: the target is chroma of Lab beside the lightness that is given; `rarity`: weights
    (BINS, BINS) of its colours in the pixel loss (Zhang et al. 2016, eq. 4). `colour`: the difference of broad colours
    where hints are given.
    """

    source_channels: int
    hints: bool = False
    chroma: bool = False
    loss: str = "least-squares"
    l1: float = 100.0
    adversarial: float = 1.0
    projected: float = 0.0
    augment: tuple[str, ...] = ()
    matching: float = 0.0
    perceptual: float = 0.0
    content: nn.Module | None = None
    rarity: Tensor | None = None
    colour: float = 0.0


def paired(rules: Rules) -> tuple[Phase, ...]:
    """Generator first, then every judge on the pictures that were just drawn: one forward pass serves all."""
    phases = [Phase("generator", "generator", lambda networks, batch: generator_turn(networks, batch, rules))]
    if rules.adversarial:
        patch = lambda networks, batch: patch_turn(networks, batch, rules)  # noqa: E731
        phases.append(Phase(DISCRIMINATOR, DISCRIMINATOR, patch))
    if rules.projected:
        look = lambda networks, batch: projected_turn(networks, batch, rules)  # noqa: E731
        phases.append(Phase(PROJECTED, PROJECTED, look))
    return tuple(phases)


def generator_turn(networks: Networks, batch: Batch, rules: Rules) -> tuple[Tensor, dict[str, Tensor]]:
    """The weighted sum of all parts; the drawn pictures stay for the judges' turns."""
    source, hints = given(batch, rules)
    fake = networks["generator"](source, hints)
    batch.drawn["fake"] = fake.detach()
    parts = {}
    if rules.l1:
        parts["l1"] = rules.l1 * pixel_loss(fake, batch.images, rules.rarity)
    if rules.colour and hints is not None:
        parts["colour"] = rules.colour * colour_loss(fake, batch.images, hints)
    if rules.adversarial:
        parts |= patch_parts(networks[DISCRIMINATOR], source, hints, fake, batch.images, rules)
    if rules.projected:
        seen = project(networks[PROJECTED], pictures(source, fake, rules), rules.augment)
        batch.drawn["seen"] = detached(seen)
        parts["projected"] = rules.projected * generator_loss("hinge", networks[PROJECTED].judge(seen))
    if rules.perceptual:
        both = (pictures(source, target, rules) for target in (fake, batch.images))
        parts["perceptual"] = rules.perceptual * rules.content.to(fake.device)(*both)
    return sum(parts.values()), {name: part.detach() for name, part in parts.items()}


def patch_turn(networks: Networks, batch: Batch, rules: Rules) -> tuple[Tensor, dict[str, Tensor]]:
    """The PatchGAN on true and drawn answers to the same sources; half the sum, as in section 3.3 of the paper.

    Of several scales each counts alike, however few patches it has (Wang et al. 2018, eq. 2).
    """
    source, hints = given(batch, rules)
    scales = (scales_of(networks[DISCRIMINATOR], source, x, hints) for x in (batch.images, batch.drawn["fake"]))
    losses = [discriminator_loss(rules.loss, real[-1], fake[-1]) for real, fake in zip(*scales)]
    return 0.5 * torch.stack(losses).mean(), {}


def projected_turn(networks: Networks, batch: Batch, rules: Rules) -> tuple[Tensor, dict[str, Tensor]]:
    """The projected discriminator on pictures alone, real ones and those that the generator's turn showed it."""
    source, _ = given(batch, rules)
    critic = networks[PROJECTED]
    real = critic.judge(project(critic, pictures(source, batch.images, rules), rules.augment))
    return discriminator_loss("hinge", real, critic.judge(batch.drawn["seen"])), {}


def patch_parts(
    discriminator: nn.Module, source: Tensor, hints: Tensor | None, fake: Tensor, real: Tensor, rules: Rules
) -> dict[str, Tensor]:
    """What the PatchGAN says of the drawn pictures, and how far its layers are from those of the true ones."""
    scales = scales_of(discriminator, source, fake, hints)
    verdict = torch.stack([generator_loss(rules.loss, maps[-1]) for maps in scales]).mean()
    parts = {"adversarial": rules.adversarial * verdict}
    if rules.matching:
        with torch.no_grad():
            wanted = scales_of(discriminator, source, real, hints)
        apart = [
            F.l1_loss(one.float(), two.float())
            for drawn, true in zip(scales, wanted)
            for one, two in zip(drawn[:-1], true[:-1])
        ]
        parts["matching"] = rules.matching * torch.stack(apart).mean()
    return parts


def scales_of(discriminator: nn.Module, source: Tensor, target: Tensor, hints: Tensor | None) -> list[list[Tensor]]:
    """The layers' maps at every scale that the discriminator has; pix2pix's has one."""
    if hasattr(discriminator, "all_maps"):
        return discriminator.all_maps(source, target, hints)
    return [discriminator.maps(source, target, hints)]


def pixel_loss(fake: Tensor, real: Tensor, rarity: Tensor | None) -> Tensor:
    """Mean absolute difference; of chroma, rare colours count for more where `rarity` says so."""
    if rarity is None:
        return F.l1_loss(fake, real)
    return ((fake - real).abs() * rarity.to(real.device)[bins(real)][:, None]).mean()


def colour_loss(fake: Tensor, real: Tensor, hints: Tensor) -> Tensor:
    """Mean absolute difference of pictures averaged over squares of a sixteenth of the side, where hints are given.

    Judges take any likely colour, so that beside them a small pixel loss teaches a generator to paint the dot of a
    hint and little else; this says that what lies around it has its colour too.
    """
    hinted = (hints[:, -1:] > 0).amax((1, 2, 3)).float()
    small = (F.adaptive_avg_pool2d(picture.float(), 16) for picture in (fake, real))
    apart = F.l1_loss(*small, reduction="none").mean((1, 2, 3))
    return (apart * hinted).sum() / hinted.sum().clamp_min(1)


def colour_rarity(chroma: Tensor, share: float) -> Tensor:
    """Weights (BINS, BINS) of the bins of chroma (N, 2, H, W), 1 on average over these pictures.

    One over a mixture of how often a bin occurs, by 1 - `share`, and evenly, by `share` (Zhang et al. 2016, section
    2.2; half there).
    """
    place = bins(chroma)
    counts = torch.zeros(BINS, BINS).index_put_(tuple(part.flatten() for part in place), torch.ones(()), True)
    often = counts / counts.sum()
    used = (counts > 0).float()
    weights = used / ((1 - share) * often + share * used / used.sum()).clamp_min(1e-12)
    mean = (weights * often).sum()
    return torch.where(used > 0, weights / mean, weights.max() / mean)


def bins(chroma: Tensor) -> tuple[Tensor, Tensor]:
    """The bin of every pixel of scaled chroma (N, 2, H, W): two int64 (N, H, W)."""
    place = ((chroma + 1) / 2 * BINS).long().clamp(0, BINS - 1)
    return place[:, 0], place[:, 1]


def given(batch: Batch, rules: Rules) -> tuple[Tensor, Tensor | None]:
    """Source and hints of a batch: the trainer carries them behind each other in `source`."""
    source, hints = batch.source[:, : rules.source_channels], batch.source[:, rules.source_channels :]
    return source, hints if rules.hints else None


def pictures(source: Tensor, target: Tensor, rules: Rules) -> Tensor:
    """RGB pictures (N, 3, H, W) of targets: as they are, gray spread, or chroma joined with its lightness."""
    if not rules.chroma:
        return target.expand(-1, 3, -1, -1)
    with torch.autocast(target.device.type, enabled=False):  # a power of 2.4 keeps its precision
        return join_lab(source, target)


def project(critic: nn.Module, images: Tensor, augment: tuple[str, ...]) -> list[Tensor]:
    """The fixed part of a projected discriminator on changed pictures."""
    return critic.project(diff_augment(images, augment) if augment else images)


def projected_discriminator(sample: Tensor, weights: Path | None) -> nn.Module:
    """A projected discriminator, calibrated on real pictures (N, C, S, S); `weights` as of `load_features`."""
    from gan_models.networks.projected import ProjectedConfig, ProjectedDiscriminator
    from training.losses.features import load_features

    config = ProjectedConfig(sample.shape[-1], sample.shape[1])
    discriminator = ProjectedDiscriminator(config, load_features(weights))
    discriminator.calibrate(sample)
    return discriminator
