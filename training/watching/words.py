"""What is looked at while a generator learns to draw sentences: eight of them, with eight latents each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gan_models.latents.seeds import latents
from gan_models.latents.space import Inputs, generate
from gan_models.words.vocabulary import Vocabulary
from training.data import ImageSet
from training.data.captions import rows_of
from training.watching.latents import Watch, some

SIDE = 8


@dataclass(frozen=True)
class WordsWatch(Watch):
    """As of pictures; `rows`: the sentence of each of the 64, int64 (64, L), as rows of the reader's table."""

    rows: Tensor

    def pictures(self, shown: nn.Module) -> Tensor:
        """A row of the grid is a sentence, a column a latent."""
        return generate(shown, Inputs(self.z, shown.read(self.rows))).float()


def watch_words(
    learned: ImageSet,
    kept: ImageSet,
    latent_dim: int,
    words: Vocabulary,
    sentences: Sequence[str],
    device: torch.device,
) -> WordsWatch:
    """Seeds 0 to 7 of each of the first eight sentences, and evenly spaced pictures of both sets."""
    z = latents(range(SIDE), latent_dim).repeat(SIDE, 1)
    said = [sentences[number % len(sentences)] for number in range(SIDE)]
    rows = rows_of(words, said).repeat_interleave(SIDE, 0)
    real, held_out = some(learned)[0], some(kept)[0]
    tensors = (z.to(device), None, real.to(device), None, held_out.to(device), None)
    return WordsWatch(*tensors, 0.0, rows.to(device))
