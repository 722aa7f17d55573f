"""Generators that draw from latents, against a discriminator of their family or a projected one: options and plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Protocol, TypeVar

from torch import nn

from gan_models.errors import TrainingError
from gan_models.networks import family
from gan_models.networks.layers import SIZES
from training.data import NAMES, ImageSet
from training.games.phases import Game, Growth
from training.loop.start import SamplingPlan
from training.options import SAID, Common, Policy, settle

USUAL = {
    "discriminator": "projected",
    "loss": "hinge",
    # Without cutout: every picture that the discriminator sees would have a rectangle's straight edges in it.
    "augment": ("colour", "translation"),
    "flip": "on",
    "batch": 32,
    "generator_lr": 4e-4,
    "beta1": 0.0,
    "beta2": 0.99,
    "ema": 10_000.0,
}
"""What is left open on the command line of a generator that plays against it."""
LEAST = 32
"""Pixels of a side that a projected discriminator needs."""


@dataclass(frozen=True)
class Sampling(Common):
    """A generator that draws from latents, against a discriminator of its family or a projected one."""

    base: int = 2048
    """Channels of a map times its side, up to --most of them."""
    most: int = 256
    """Channels at most."""
    conditional: bool = False
    """Draw by class: needs labelled data."""
    discriminator: str = "auto"
    """auto: projected for folders, zips and Hub sets in colour from 32 px on, the family's own otherwise."""
    augment: Annotated[tuple[Policy, ...] | None, SAID] = None
    """Kinds of DiffAugment (default: colour and translation with the projected discriminator, none otherwise)."""
    feature_weights: Annotated[Path | None, SAID] = None
    """File of torchvision's SqueezeNet 1.1 for the projected discriminator (default: downloaded once)."""
    pixels: bool = False
    """Let a head of the projected discriminator look at the picture itself, as it does above 64 px, whose frozen
    features hardly see a weave of two pixels."""


@dataclass(frozen=True)
class Growing(Sampling):
    """One that grows meanwhile, from small pictures on."""

    first: Annotated[int | None, SAID] = None
    """Side of the first pictures in pixels (default: half of the last with the projected discriminator, whose frozen
    features see little in fewer, 8 otherwise)."""
    hold: int = 30_000
    """Pictures for which each side is trained before the next one is faded in; the last side trains to the end."""
    fade: int = 30_000
    """Pictures over which a side is faded in."""
    variety: Annotated[float | None, SAID] = None
    """Weight that keeps a batch's pictures apart (default: 8 with the projected discriminator, which weighs each by
    itself, 0 otherwise)."""

    def growth(self, sides: Sequence[int]) -> Growth:
        """The schedule over these sides of maps; of options with nothing left open but `first`."""
        usual = sides[-1] // 2 if self.discriminator == "projected" else 8
        return Growth.of(sides, usual if self.first is None else self.first, self.hold, self.fade)


Options = TypeVar("Options", bound=Sampling)


class Playing(Protocol):
    """What is read here of options: a Sampling's, or those of an entry that was there before it.

    Their order is that of the commands on cards, hence they stay as they are.
    """

    @property
    def data(self) -> str: ...
    @property
    def size(self) -> int | None: ...
    @property
    def conditional(self) -> bool: ...
    @property
    def discriminator(self) -> str: ...
    @property
    def feature_weights(self) -> Path | None: ...


def settled_by(
    options: Options, own: Mapping[str, Any], usual: Mapping[str, Any], projected: bool | None = None
) -> Options:
    """The options with nothing left open, by `own` or, against a projected discriminator, by `usual`."""
    against = expects_projected(options) if projected is None else projected
    known = (usual if against else own) | {"discriminator": "projected" if against else own["discriminator"]}
    return settle(options, **{key: value for key, value in known.items() if hasattr(options, key)})


def sampling_plan(options: Sampling, name: str, config: object, game: Game, data: ImageSet) -> SamplingPlan:
    """The plan of family `name`: its two networks, or a projected discriminator and its own for the verdict alone."""
    row = family(name)
    generator, own = row.generator(config), row.discriminator(config)
    if options.discriminator != "projected":
        return SamplingPlan(options, name, name, config, generator, own, game)
    frozen = projected_discriminator(options, data, game.classes, options.pixels)
    # Frozen features of others are not ours to ship: the page's verdict comes from a judge of the family's kind.
    return SamplingPlan(options, name, f"{name}-projected", config, generator, frozen, replace(game, judge=True), own)


def check_side(data: ImageSet) -> None:
    """TrainingError for pictures of a side that no generator whose maps double from 4 px has."""
    if data.size not in SIZES:
        raise TrainingError(
            f"This family draws pictures of {', '.join(map(str, SIZES))} px, these have {data.size}; give --size."
        )


def discriminator_base(options: Sampling) -> int:
    """Channels of the family's own discriminator times its side: as the generator's where it plays.

    As the judge beside a projected one it weighs each picture by itself, which a fourth of them are enough for.
    """
    return options.base // 4 if options.discriminator == "projected" else options.base


def expects_projected(options: Playing) -> bool:
    """Whether the discriminator will be a projected one, as far as that can be told without the pictures."""
    if options.discriminator == "auto":
        return options.data not in NAMES and (options.size or LEAST) >= LEAST
    return options.discriminator == "projected"


def classes_of(options: Playing, data: ImageSet) -> int:
    """The number of classes of a conditional training, 0 otherwise; TrainingError without labels."""
    if not options.conditional:
        return 0
    if data.labels is None or len(data.classes) < 2:
        raise TrainingError(
            f"--conditional needs labelled pictures and {data.name} has {len(data.classes)} classes; "
            "put each class into a subfolder, or leave the flag out."
        )
    if unseen := [name for number, name in enumerate(data.classes) if number not in data.labels]:
        raise TrainingError(
            f"The classes {', '.join(unseen[:8])} of {data.name} have no picture to learn from beside the one held "
            "out; add some, or take these folders out."
        )
    return len(data.classes)


def is_projected(options: Playing, data: ImageSet) -> bool:
    """Whether the discriminator looks through a trained network's features; TrainingError below their side."""
    if options.discriminator == "auto":
        return options.data not in NAMES and data.channels == 3 and data.size >= LEAST
    if options.discriminator == "projected" and data.size < LEAST:
        raise TrainingError(
            f"A projected discriminator sees {LEAST}, 64 or 128 px, these pictures have {data.size}; "
            f"give --size {LEAST} or more, or another --discriminator."
        )
    return options.discriminator == "projected"


def projected_discriminator(options: Playing, data: ImageSet, classes: int, pixels: bool = False) -> nn.Module:
    """The projected discriminator, calibrated on real pictures; above 64 px it always looks at their pixels, too."""
    from gan_models.networks.projected import WHOLE, ProjectedConfig, ProjectedDiscriminator
    from training.losses.features import load_features
    from training.watching.latents import some

    config = ProjectedConfig(data.size, data.channels, classes, pixels=pixels or data.size > WHOLE)
    discriminator = ProjectedDiscriminator(config, load_features(options.feature_weights))
    discriminator.calibrate(some(data)[0])
    return discriminator
