"""The judges of cats on pictures whose answer is known."""

import numpy as np
import pytest
import torch

from training.measures.cats import FACES, THUMBNAILS, cat_faces, cat_figures, thumbnails
from training.measures.distances import pairwise


def test_thumbnails_are_averages_in_zero_to_one():
    picture = np.zeros((1, 32, 32, 3), np.uint8)
    picture[0, :2, :2] = 255
    vector = thumbnails(picture)
    assert vector.shape == (1, 16 * 16 * 3)
    assert vector[0].view(3, 16, 16)[:, 0, 0].tolist() == [1, 1, 1] and vector.sum() == 3


def test_thumbnail_distance_of_black_and_white():
    pictures = np.stack([np.zeros((64, 64, 3), np.uint8), np.full((64, 64, 3), 255, np.uint8)])
    assert pairwise(thumbnails(pictures)) == pytest.approx((16 * 16 * 3) ** 0.5)
    assert pairwise(thumbnails(pictures[[0, 0]])) == 0


def test_flat_pictures_are_no_cats():
    pytest.importorskip("cv2")
    pictures = torch.full((3, 1, 40, 40), 90, dtype=torch.uint8)
    assert not cat_faces(pictures.expand(-1, 3, -1, -1).permute(0, 2, 3, 1).contiguous().numpy()).any()
    assert cat_figures(pictures) == {FACES: 0.0, THUMBNAILS: 0.0}
