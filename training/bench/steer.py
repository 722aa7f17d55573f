"""What words move: for each attribute that a card names, fresh pictures at strength 1 to either side, measured."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
from torch import Tensor

from gan_models.errors import TrainingError
from gan_models.latents.styles import NAMED
from gan_models.loading import Model, load
from gan_models.pictures.images import as_pillow, contact_sheet
from training.measures.steering import (
    JUDGED_FROM,
    attributes_of,
    draw,
    drawn_styles,
    effects_of,
    looks_for,
    reached,
    table,
)
from training.options import SAID

SHOWN = 6
"""Pictures on the sheet."""


@dataclass(frozen=True)
class Steer:
    """Steer pictures by each named attribute; say how many move, how far, and what else does."""

    weight: str = "stylegan2-cats-64"
    """A style-based weight whose card names attributes: a name in weights/ or a folder."""
    pictures: int = 100
    """Pictures that are steered, to either side."""
    seed: int = JUDGED_FROM
    """Of the pictures; training.name_directions effects_of by the same."""
    sheet: Annotated[Path | None, SAID] = None
    """Write pictures at -1, 0 and 1 of each attribute, a row for each step, as PNG."""


def measure_steer(options: Steer) -> None:
    """Print a row for each attribute, then how many reach the bars."""
    model = load(options.weight)
    known = model.card.attributes
    if not known:
        raise TrainingError(f"{model.name} names no attributes; run training.name_directions {options.weight}.")
    looks, steps = looks_for([one.name for one in known]), model.style_directions[NAMED]
    if options.sheet:
        as_pillow(sheet(model, steps, options.seed)).save(options.sheet)
    effects = effects_of(model, looks, steps, options.pictures, options.seed)
    every = range(len(looks))
    rows = attributes_of(looks, [one.layers for one in known], effects, every, every)
    print(f"{model.name}, {options.pictures} pictures to either side, seed {options.seed}, changes in deviations")
    print("\n".join(table(rows)))
    print(f"both bars reached by {len(reached(effects))} of {len(looks)}")


def sheet(model: Model, steps: Tensor, seed: int) -> np.ndarray:
    """Pictures of a few seeds: for each attribute a row at -1, one as they are, one at 1."""
    styles = drawn_styles(model, SHOWN, seed)
    rows = [styles + strength * step for step in steps for strength in (-1, 0, 1)]
    pictures = draw(model, torch.cat(rows)).permute(0, 2, 3, 1).numpy()
    return contact_sheet(pictures, SHOWN)
