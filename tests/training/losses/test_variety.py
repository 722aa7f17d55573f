"""What keeps a batch's pictures apart."""

import pytest
import torch

from training.losses.variety import sameness


@pytest.mark.parametrize("count", [1, 3, 8])
def test_sameness_is_one_where_all_is_one_picture_and_none_where_pictures_vary(count):
    real = torch.rand(count, 3, 32, 32) * 2 - 1
    assert sameness(real, real) == 0
    alike = sameness(torch.zeros(count, 3, 32, 32), real)
    assert alike == (1 if count > 1 else 0)
