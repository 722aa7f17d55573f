"""Batches that worker processes make ahead."""

import multiprocessing
import os

import numpy as np
import pytest
import torch

from training.data.crops import Crops
from training.data.degrade import rescue
from training.data.photos import Photos
from training.loop.prefetch import Ahead, pays

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked")


@pytest.fixture
def crops():
    draws = np.random.default_rng(3)
    pictures = tuple(draws.integers(0, 256, (48, 40, 3), dtype=np.uint8) for _ in range(3))
    return Crops(Photos("noise", pictures), 4, 8, 5, 0, rescue)


def test_batches_made_ahead_are_those_of_the_source(crops):
    ahead = Ahead(crops, 2)
    for number in (7, 8, 11, 12):  # a resumed run begins late, and not every number is asked for
        high, labels, low = ahead.at(number)
        wanted = crops.at(number)
        assert labels is None and torch.equal(high, wanted[0]) and torch.equal(low, wanted[2])


def test_the_workers_end_with_it(crops):
    ahead = Ahead(crops, 2)
    ahead.at(0)
    working = multiprocessing.active_children()
    assert len(working) == 2
    del ahead
    for worker in working:
        worker.join(10)
        assert not worker.is_alive()


def test_a_batch_stays_one(crops):
    assert Ahead(crops, 1).batch == crops.batch == 5
    assert Ahead(crops, 1).at(0)[0].shape == (5, 3, 32, 32)


def test_the_draws_of_a_step_stay_what_they_are(crops):
    torch.manual_seed(5)
    wanted = torch.rand(3)
    torch.manual_seed(5)
    Ahead(crops, 1).at(0)
    assert torch.equal(torch.rand(3), wanted)


def test_processors_make_their_own_batches():
    assert pays("cuda") and not pays("cpu") and not pays("mps")
