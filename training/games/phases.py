"""What happens within one step: which network learns, how often, from which loss.

The trainer knows phases and nothing of families. A phase is a loss over all networks and one batch, and the
name of the one network that learns from it; the others stand still meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from gan_models.errors import TrainingError
from gan_models.latents.space import Inputs, generate
from training.losses.adversarial import RELATIVE, discriminator_loss, generator_loss
from training.losses.augment import diff_augment
from training.losses.penalties import clip_weights, gradient_penalty, non_orthogonal, r1, r2
from training.losses.variety import sameness

PATH_EVERY = 4
JUDGE_EVERY = 8  # steps: the verdict wants a tenth of the care that the game takes
Networks = Mapping[str, nn.Module]
Seen = Tensor | list[Tensor]


@dataclass
class Batch:
    """Real pictures (N, C, H, W) in [-1, 1], their labels (N,) or None, and what phases of one step share.

    `source`: where a generator starts from a picture, that picture, (N, C, h, w) in [-1, 1]. `dice`: what latents
    are drawn with where several trainings share a process; None is torch's own generator. `before`: pictures that
    the training had seen before this step, the clock of what changes in its course.
    """

    images: Tensor
    labels: Tensor | None = None
    source: Tensor | None = None
    dice: torch.Generator | None = None
    drawn: dict[str, Tensor | list[Tensor]] = field(default_factory=dict)
    before: int = 0


@dataclass(frozen=True)
class Phase:
    """One kind of update.

    `updates` is the key of the network that learns; the phase runs at steps divisible by `every`, `repeat`
    times in a row with a fresh batch each; `loss(networks, batch)` gives a scalar and numbers for the log;
    `after` is called with the updated network (weight clipping).
    """

    name: str
    updates: str
    loss: Callable[[Networks, Batch], tuple[Tensor, dict[str, Tensor]]]
    every: int = 1
    repeat: int = 1
    after: Callable[[nn.Module], None] | None = None


@dataclass(frozen=True)
class Growth:
    """When networks grow, counted in pictures (Karras et al. 2018, section 2 and appendix A).

    From level `first` (0: 4 px) each level is trained for `hold` pictures and the next one faded in over `fade` more,
    up to level `last`.
    """

    first: int
    last: int
    hold: int
    fade: int

    def at(self, seen: int) -> int:
        """How far it is after so many pictures, in thousandths of a doubling."""
        whole, part = divmod(max(0, seen - self.hold), self.hold + self.fade)
        faded = 1000 if part >= self.fade else 1000 * part // self.fade
        grown = 1000 * self.first if seen < self.hold else 1000 * (self.first + whole) + faded
        return min(grown, 1000 * self.last)

    @classmethod
    def of(cls, sides: Sequence[int], first: int, hold: int, fade: int) -> Growth:
        """From the side `first` on; TrainingError where the networks have no such side."""
        if first not in sides:
            raise TrainingError(
                f"--first is {first}; pictures of {sides[-1]} px begin with {', '.join(map(str, sides))}."
            )
        return cls(sides.index(first), len(sides) - 1, hold, fade)


@dataclass(frozen=True)
class Game:
    """The rules of an adversarial training.

    `penalty` weighs the gradient penalty of WGAN-GP (Gulrajani et al. 2017, eq. 3); `r1` and `r2` are the gammas of
    R1 and R2 (Mescheder et al. 2018, eq. 9 and 10), applied every `r1_every` steps with `r1_every` times the weight
    (Karras et al. 2020, app. B), or at every step within the discriminator's own loss (Huang et al. 2024, R3GAN);
    `clip` limits the critic's weights (Arjovsky et al. 2017, algorithm 1).
    """

    loss: str = "non-saturating"
    latent_dim: int = 128
    classes: int = 0
    critic_steps: int = 1
    penalty: float = 0.0
    r1: float = 0.0
    r2: float = 0.0
    r1_every: int = 16
    clip: float = 0.0
    augment: tuple[str, ...] = ()
    judge: bool = False
    """Whether a third network learns to tell real from drawn, apart from the game, for the verdict on the page."""
    mixing: float = 0.0
    """Share of pictures with two styles (Karras et al. 2019, section 3.1)."""
    path: float = 0.0
    """Weight of the path length (Karras et al. 2020, section 3.2), applied to half a batch every PATH_EVERY steps with
    as many times the weight; wants a network "path", training.losses.penalties.PathLength."""
    orthogonal: float = 0.0
    """Weight of what keeps the generator's filters orthogonal (Brock et al. 2019, equation 3)."""
    variety: float = 0.0
    """Weight of what keeps a batch's pictures apart (training.losses.variety)."""
    growth: Growth | None = None
    """When networks with a buffer `grown` grow."""
    adaptive: bool = False
    """Whether a network "augment", training.losses.adaptive.Adaptive, changes the pictures in place of `augment`."""


def adversarial(game: Game) -> tuple[Phase, ...]:
    """Generator and discriminator in turn, with the penalties that the rules name.

    The generator moves first: its pictures, as the discriminator saw them, then serve the discriminator's
    turn too, which spares a forward pass of the generator and of frozen features.
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
    if game.path:
        straighten = lambda networks, batch: path_turn(networks, batch, game)  # noqa: E731
        phases.append(Phase("path", "generator", straighten, every=PATH_EVERY))
    if (game.r1 or game.r2) and game.r1_every > 1:
        penalise = lambda networks, batch: r1_turn(networks, batch, game)  # noqa: E731
        phases.append(Phase("r1", "discriminator", penalise, every=game.r1_every))
    if game.judge:
        watch = lambda networks, batch: judge_turn(networks, batch, game)  # noqa: E731
        phases.append(Phase("judge", "judge", watch, every=JUDGE_EVERY))
    return tuple(phases)


def generator_turn(networks: Networks, batch: Batch, game: Game) -> tuple[Tensor, dict[str, Tensor]]:
    """The generator's loss on fresh latents; what the discriminator saw of them stays for its own turn."""
    if game.growth:
        grow(networks, game.growth.at(batch.before))
    fake = draw(networks["generator"], batch, game)
    seen = look(networks, fake, game)
    batch.drawn["pictures"], batch.drawn["seen"] = fake.detach(), detached(seen)
    on_real = None
    if game.loss in RELATIVE:
        with torch.no_grad():
            on_real = judge(networks, look(networks, real_of(networks, batch), game), batch, game)
    loss = generator_loss(game.loss, judge(networks, seen, batch, game), on_real)
    beside = {}
    if game.orthogonal:
        beside["non_orthogonal"] = non_orthogonal(networks["generator"])
        loss = loss + game.orthogonal * beside["non_orthogonal"]
    if game.variety:
        beside["sameness"] = sameness(fake, real_of(networks, batch))
        loss = loss + game.variety * beside["sameness"]
    return loss, {name: number.detach() for name, number in beside.items()}


def discriminator_turn(networks: Networks, batch: Batch, game: Game) -> tuple[Tensor, dict[str, Tensor]]:
    """The discriminator's loss on the batch and as many generated pictures, with the penalties of every step."""
    if not batch.drawn:
        with torch.no_grad():
            fake = draw(networks["generator"], batch, game)
            batch.drawn.update(pictures=fake, seen=look(networks, fake, game))
    fake, seen = batch.drawn.pop("pictures"), batch.drawn.pop("seen")
    real = real_of(networks, batch)
    on_real = judge(networks, look(networks, real, game), batch, game)
    loss = discriminator_loss(game.loss, on_real, judge(networks, seen, batch, game))
    numbers = follow(networks["augment"], on_real) if game.adaptive else {}
    if game.penalty:
        slope = gradient_penalty(networks["discriminator"], real, fake, labels_of(batch, game), batch.dice)
        loss, numbers = loss + game.penalty * slope, numbers | {"penalty": slope.detach()}
    if (game.r1 or game.r2) and game.r1_every == 1:
        flat, slopes = flatness(networks, batch, fake, game)
        loss, numbers = loss + flat, numbers | slopes
    return loss, numbers


def follow(augment: nn.Module, on_real: Tensor) -> dict[str, Tensor]:
    """Let the augmentation see the outputs on real pictures; where it stands, for the log."""
    augment.follow(on_real)
    return {"p": augment.p, "r_t": augment.r_t}


def path_turn(networks: Networks, batch: Batch, game: Game) -> tuple[Tensor, dict[str, Tensor]]:
    """The path length of half a batch, weighted up for the steps it is left out."""
    generator, labels = networks["generator"], labels_of(batch, game)
    count = max(1, len(batch.images) // 2)
    z = torch.randn(count, game.latent_dim, device=batch.images.device)
    styles = generator.styles(z, None if labels is None else labels[:count])
    apart = networks["path"](generator.synthesise(styles), styles)
    return apart * (game.path * PATH_EVERY), {"path": networks["path"].mean}


def r1_turn(networks: Networks, batch: Batch, game: Game) -> tuple[Tensor, dict[str, Tensor]]:
    """R1 and R2, weighted up for the steps they are left out."""
    fake = None
    if game.r2:
        with torch.no_grad():
            fake = draw(networks["generator"], batch, game)
    flat, slopes = flatness(networks, batch, fake, game)
    return flat * game.r1_every, slopes


def flatness(networks: Networks, batch: Batch, fake: Tensor | None, game: Game) -> tuple[Tensor, dict[str, Tensor]]:
    """gamma / 2 times the squared gradient at real pictures (R1) and at drawn ones (R2), as far as the rules ask."""
    critic, labels, real = networks["discriminator"], labels_of(batch, game), real_of(networks, batch)
    # At what the discriminator sees of them, where augmentation follows it.
    real = look(networks, real, game) if game.adaptive else real
    weighed, slopes = [], {}
    if game.r1:
        slopes["slope"] = r1(critic, real, labels)
        weighed.append(slopes["slope"] * (game.r1 / 2))
    if game.r2:
        slopes["slope_drawn"] = r2(critic, fake, labels)
        weighed.append(slopes["slope_drawn"] * (game.r2 / 2))
    return sum(weighed), {name: slope.detach() for name, slope in slopes.items()}


def judge_turn(networks: Networks, batch: Batch, game: Game) -> tuple[Tensor, dict[str, Tensor]]:
    """The judge's loss on the batch and as many generated pictures; the generator never hears of it."""
    judge, labels = networks["judge"], labels_of(batch, game)
    with torch.no_grad():
        both = real_of(networks, batch), draw(networks["generator"], batch, game)
    # Augmented as in the game: otherwise it would go by a trace in the finest detail and know no other question.
    real, drawn = (diff_augment(images, game.augment) for images in both)
    real, drawn = (judge(x) if labels is None else judge(x, labels) for x in (real, drawn))
    return discriminator_loss("non-saturating", real, drawn), {}


def draw(generator: nn.Module, batch: Batch, game: Game) -> Tensor:
    """As many pictures as the batch has, with the batch's labels where the game is conditional."""
    z = torch.randn(len(batch.images), game.latent_dim, device=batch.images.device, generator=batch.dice)
    labels = labels_of(batch, game)
    if game.mixing:
        return generator.synthesise(mixed(generator, z, labels, game.mixing))
    return generate(generator, Inputs(z, labels))


def mixed(generator: nn.Module, z: Tensor, labels: Tensor | None, share: float) -> Tensor:
    """The styles of latents; in a share of the pictures those of another latent from some layer on."""
    styles, others = generator.styles(z, labels), generator.styles(torch.randn_like(z), labels)
    layers = styles.shape[1]
    cut = torch.randint(1, layers, (len(z),), device=z.device)
    cut = torch.where(torch.rand(len(z), device=z.device) < share, cut, layers)
    own = torch.arange(layers, device=z.device) < cut[:, None]
    return torch.where(own[:, :, None], styles, others)


def look(networks: Networks, images: Tensor, game: Game) -> Seen:
    """What the trained part of the discriminator sees: augmented pictures, or a frozen part's maps."""
    images = networks["augment"](images) if game.adaptive else diff_augment(images, game.augment)
    project = getattr(networks["discriminator"], "project", None)
    return images if project is None else project(images)


def judge(networks: Networks, seen: Seen, batch: Batch, game: Game) -> Tensor:
    """The discriminator's raw output on what it sees."""
    critic, labels = networks["discriminator"], labels_of(batch, game)
    critic = getattr(critic, "judge", critic)
    return critic(seen) if labels is None else critic(seen, labels)


def detached(seen: Seen) -> Seen:
    return seen.detach() if isinstance(seen, Tensor) else [part.detach() for part in seen]


def grow(networks: Networks, grown: int) -> None:
    """Let networks that grow be `grown` thousandths of a doubling."""
    for network in networks.values():
        if hasattr(network, "grown"):
            network.grown.fill_(grown)


def real_of(networks: Networks, batch: Batch) -> Tensor:
    """The batch's real pictures, with no more detail than the generator draws at present."""
    reduced = getattr(networks["generator"], "reduced", None)
    return batch.images if reduced is None else reduced(batch.images)


def labels_of(batch: Batch, game: Game) -> Tensor | None:
    """The batch's labels where the networks are conditional."""
    return batch.labels if game.classes else None
