"""Whether what a sentence draws is more like the picture that the sentence stands beside than like others.

As the R-precision of Xu et al. 2018 ("AttnGAN", section 4.2), but between pictures, by the `photos` network: no text
network is needed, and it measures any set that came with sentences.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from gan_models import perception
from gan_models.latents.point import Point
from gan_models.pictures.images import from_levels
from gan_models.weight.model import Model
from gan_models.words.english import words_of
from training.data import ImageSet
from training.data.sentences import SENTENCE
from training.measures.report import Figure
from training.measures.words import pictures

FOUND, AMONG = "found among ten by its sentence", 10
"""What the figure is called, and the pictures among which the right one is to be found: by chance one in ten."""


def found(model: Model, data: ImageSet, n: int, seed: int, chance: np.random.Generator) -> Figure:
    """The share of n drawn pictures that look most like the real one of their sentence among AMONG real ones.

    The others are by chance those of sentences that lack one of its words.
    """
    of = data.attributes[SENTENCE]
    texts = [of.classes[place].split("\n") for place in of.labels.tolist()]
    rows = chance.integers(len(texts), size=n)
    asked = [str(chance.choice(texts[row])) for row in rows]
    drawn = looked_at(pictures(model, [Point(seed + number, text=text) for number, text in enumerate(asked)]))
    offered = np.stack([np.array([row, *others(text, texts, chance)]) for row, text in zip(rows, asked)])
    real = looked_at(data.images[torch.from_numpy(offered.ravel())]).view(n, AMONG, -1)
    hits = ((real - drawn[:, None]).square().sum(2).argmin(1) == 0).float()
    return Figure(FOUND, float(hits.mean()), float(hits.std() / n**0.5), None, n, perception.PHOTOS, seed)


def others(text: str, texts: list[list[str]], chance: np.random.Generator) -> list[int]:
    """Rows, all but one of AMONG, whose sentences lack a word of this text."""
    wanted = set(words_of(text))
    lacking = [row for row, own in enumerate(texts) if not wanted <= {word for one in own for word in words_of(one)}]
    return [int(row) for row in chance.choice(lacking or range(len(texts)), size=AMONG - 1)]


def looked_at(images: Tensor) -> Tensor:
    """Features (N, 96) of unit length of pictures uint8 (N, 3, S, S)."""
    parts = [perception.features(from_levels(part)) for part in images.split(64)]
    return F.normalize(torch.cat(parts))
