"""Train a GAN that draws sentences: python -m training.train_stackgan [--preset NAME] [--vectors GLOVE.npz]

After StackGAN (Zhang et al. 2017), see `gan_models.networks.stackgan` and `training.games.stackgan`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import torch

from gan_models.errors import one_line
from gan_models.networks.stackgan import StackganConfig, StackganDiscriminator, StackganGenerator
from gan_models.words.vocabulary import Vocabulary
from training.data import ImageSet
from training.data.captions import CaptionBatches, Captions, captions_of, table_of, vocabulary_of
from training.games.phases import Game, Phase
from training.games.projected import check_side
from training.games.stackgan import Rules, phases
from training.loop.start import SamplingPlan, pictures, start
from training.options import SAID, Common, parse, settle
from training.watching.words import WordsWatch, watch_words

USUAL = {"batch": 32, "generator_lr": 4e-4, "discriminator_lr": 4e-4, "beta1": 0.0, "beta2": 0.99, "ema": 5_000.0}
VECTOR = 100
"""Numbers of a word where no vectors are given."""


@dataclass(frozen=True)
class Options(Common):
    """A generator of two stages that draws what a sentence says."""

    data: str = "avatars"
    """avatars, or the zip or folders of flowers, whose traits are known in words."""
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
    """Weight (gamma) of R1 every 16 steps."""


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
    data, learned, kept = pictures(options)
    return data, learned.take(torch.tensor(captions_of(learned).learned())), kept


def plan(options: Options, data: ImageSet) -> WordsPlan:
    """Networks for this data."""
    check_side(data)
    options = settle(options, **USUAL)
    captions = captions_of(data)
    words = vocabulary_of(captions)
    table = None if options.vectors is None else table_of(words, options.vectors)
    sizes: dict[str, Any] = {"base": options.base, "most": options.most, "discriminator_base": options.base // 2}
    vector = VECTOR if table is None else table.shape[1]
    config = StackganConfig(data.size, data.channels, len(words.known), vector, latent_dim=options.latent_dim, **sizes)
    generator, discriminator = StackganGenerator(config), StackganDiscriminator(config)
    for network in (generator, discriminator) if table is not None else ():
        network.reader.begin_with(table)
    game = Game("non-saturating", options.latent_dim)
    weights = {name: getattr(options, name) for name in ("contrast", "telling", "variety", "smooth", "r1")}
    rules = Rules(game.loss, options.latent_dim, matching=options.penalty == "matching", **weights)
    return WordsPlan(
        options, "stackgan", "stackgan", config, generator, discriminator, game,
        words=words, captions=captions, rules=rules,
    )  # fmt: skip


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        options = parse(Options, argv, "train_stackgan", "words2avatar-64")
        start(options, "train_stackgan", plan, read, partial(settle, **USUAL))


if __name__ == "__main__":
    main()
