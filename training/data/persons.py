"""Persons to choose from: some of the figures who are held out of training, at rest, as a weight carries them."""

from __future__ import annotations

import numpy as np
import torch

from gan_models.puppets.persons import Persons
from training.data.figures import HELD_OUT, Figure
from training.data.puppets import picture
from training.data.stances import Stance

CHOSEN = (100, 102, 107, 109, 112, 115, 120, 123, 127, 128, 131, 132, 134, 137, 138, 145)
"""Their numbers after HELD_OUT, chosen by eye for their variety."""
REST = Stance(np.array([50.0, 60.5]), 0.0, 0.0, np.array([[0.5, 0.12]] * 2), np.array([[0.12, 0.0]] * 2), np.ones(9))
"""Arms and legs a little apart, so that all of a costume is seen."""


def persons(size: int) -> Persons:
    """All of them, in pictures of this side."""
    figures = [Figure.number(HELD_OUT + number) for number in CHOSEN]
    joints = [REST.joints(figure.build) for figure in figures]
    pictures = np.stack([picture(figure, one, size) for figure, one in zip(figures, joints)])
    return Persons(torch.from_numpy(pictures.transpose(0, 3, 1, 2).copy()), torch.from_numpy(np.stack(joints)))
