"""Train a GAN that draws sentences: python -m training.train_stackgan [--preset NAME] [--vectors GLOVE.npz]

After StackGAN (Zhang et al. 2017), see `gan_models.networks.stackgan` and `training.games.stackgan`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import torch

from gan_models.errors import TrainingError, one_line
from gan_models.networks.projected_words import ProjectedWords
from gan_models.networks.stackgan import StackganConfig, StackganDiscriminator, StackganGenerator
from gan_models.words.vocabulary import Vocabulary
from training.data import ImageSet, held_out, load_set
from training.data.captions import CaptionBatches, Captions, captions_of, table_of, vocabulary_of
from training.data.sentences import with_sentences
from training.games.phases import Game, Phase
from training.games.projected import LEAST, check_side
from training.games.projected import USUAL as PROJECTED_USUAL
from training.games.stackgan import Rules, phases
from training.loop.start import SamplingPlan, start
from training.losses.features import load_features
from training.options import SAID, Common, Policy, parse, settle
from training.watching.latents import some
from training.watching.words import WordsWatch, watch_words

USUAL = {
    "batch": 32,
    "generator_lr": 4e-4,
    "discriminator_lr": 4e-4,
    "beta1": 0.0,
    "beta2": 0.99,
    "ema": 5_000.0,
    "augment": (),
}
PROJECTED = {**PROJECTED_USUAL, "augment": ("translation",)}
"""Colours are what sentences name, so that pictures are not recoloured."""
VECTOR = 100
"""Numbers of a word where no vectors are given."""


@dataclass(frozen=True)
class Options(Common):
    """A generator of two stages that draws what a sentence says."""

    data: str = "avatars"
    """avatars or flowers, whose traits are known in words, or pictures with sentences: a .txt beside each."""
    vectors: Annotated[Path | None, SAID] = None
    """An .npz of `words` and `vectors`, such as GloVe's, with which readers begin (default: they begin with chance)."""
    latent_dim: int = 192
    """Numbers in a latent, 128 of which draw the sentence about its mean."""
    base: int = 2048
    """Channels of a generator's map times its side, up to --most of them; half as many in the discriminators."""
    most: int = 256
    """Channels at most."""
    contrast: float = 1.0
    """Weight of choosing a real picture's own one among a batch's sentences."""
    telling: float = 0.6
    """The same of drawn pictures."""
    variety: float = 8.0
    """Weight that keeps two pictures of a sentence apart."""
    smooth: float = 0.1
    """Weight that keeps conditioning augmentation near N(0, 1)."""
    penalty: Literal["r1", "matching"] = "r1"
    """What keeps the discriminators flat: R1, or DF-GAN's matching-aware penalty."""
    r1: float = 0.3
    """Weight (gamma) of R1 every 16 steps; projected discriminators are flat enough without."""
    discriminator: Literal["stackgan", "projected"] = "stackgan"
    """StackGAN's own, or projected ones, which learn from few photographs in few steps."""
    augment: Annotated[tuple[Policy, ...] | None, SAID] = None
    """Kinds of DiffAugment (default: translation with projected discriminators, none otherwise)."""
    feature_weights: Annotated[Path | None, SAID] = None
    """File of torchvision's SqueezeNet 1.1 for projected discriminators (default: downloaded once)."""


@dataclass(frozen=True)
class WordsPlan(SamplingPlan):
    """As of pictures, with sentences."""

    words: Vocabulary | None = None
    captions: Captions | None = None
    rules: Rules = field(default_factory=Rules)

    def phases(self) -> tuple[Phase, ...]:
        """What happens within a step."""
        return phases(self.rules)

    def batches(self, learned: ImageSet, rank: int, world: int) -> CaptionBatches:
        """The batches of one of `world` processes."""
        options = self.options
        where = options.batch, options.seed, rank, world
        return CaptionBatches(learned, self.captions, self.words, *where, flip=options.flip == "on")

    def watch(self, learned: ImageSet, kept: ImageSet, device: torch.device) -> WordsWatch:
        """What is looked at meanwhile."""
        return watch_words(learned, kept, self.game.latent_dim, self.words, self.words.sentences, device)


def read(options: Options) -> tuple[ImageSet, ImageSet, ImageSet]:
    """All pictures, those to learn from and those held out; what is never to be learned together is in no picture."""
    data = load_set(options.data, size=options.size, data_root=options.data_root)
    data = with_sentences(data, Path(options.data).expanduser())
    learned, kept = held_out(data)
    return data, learned.take(torch.tensor(captions_of(learned).learned())), kept


def plan(options: Options, data: ImageSet) -> WordsPlan:
    """Networks for this data."""
    check(options, data)
    options, against = settled(options), options.discriminator == "projected"
    captions = captions_of(data)
    words = vocabulary_of(captions)
    table = None if options.vectors is None else table_of(words, options.vectors)
    # As the judge beside projected discriminators one of StackGAN's own needs a fourth of the channels.
    sizes: dict[str, Any] = {"base": options.base, "most": options.most}
    sizes["discriminator_base"] = options.base // (8 if against else 2)
    vector = VECTOR if table is None else table.shape[1]
    config = StackganConfig(data.size, data.channels, len(words.known), vector, latent_dim=options.latent_dim, **sizes)
    generator, own = StackganGenerator(config), StackganDiscriminator(config)
    frozen = projected_words(config, options, data) if against else None
    for network in (generator, own, *([frozen] if frozen else [])) if table is not None else ():
        network.reader.begin_with(table)
    game = Game("hinge" if against else "non-saturating", options.latent_dim)
    return WordsPlan(
        options, "stackgan", "stackgan-projected" if against else "stackgan", config, generator,
        frozen or own, game, own if against else None,
        words=words, captions=captions, rules=rules_of(options, game),
    )  # fmt: skip


def rules_of(options: Options, game: Game) -> Rules:
    """The weights of a training."""
    weights = {name: getattr(options, name) for name in ("contrast", "telling", "variety", "smooth", "augment")}
    if options.discriminator == "projected":
        return Rules(game.loss, options.latent_dim, **weights, r1=0.0, judge=True)
    return Rules(game.loss, options.latent_dim, **weights, r1=options.r1, matching=options.penalty == "matching")


def projected_words(config: StackganConfig, options: Options, data: ImageSet) -> ProjectedWords:
    """The projected discriminators, calibrated on real pictures."""
    discriminator = ProjectedWords(config, load_features(options.feature_weights))
    discriminator.calibrate(some(data)[0])
    return discriminator


def check(options: Options, data: ImageSet) -> None:
    """TrainingError for pictures of a side that this family does not draw, or whose half its judges do not see."""
    check_side(data)
    if options.discriminator != "projected":
        return
    if data.size < 2 * LEAST:
        raise TrainingError(
            f"Projected discriminators of two stages see {2 * LEAST} px and more, these pictures have {data.size}; "
            f"give --size {2 * LEAST}, or --discriminator stackgan."
        )
    if options.penalty == "matching":
        raise TrainingError("--penalty matching is for StackGAN's own discriminators; leave it out here.")


def settled(options: Options) -> Options:
    """The options with nothing left open."""
    usual = PROJECTED if options.discriminator == "projected" else USUAL
    return settle(options, **{name: value for name, value in usual.items() if hasattr(options, name)})


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        options = parse(Options, argv, "train_stackgan", "words2avatar-64")
        start(options, "train_stackgan", plan, read, settled)


if __name__ == "__main__":
    main()
