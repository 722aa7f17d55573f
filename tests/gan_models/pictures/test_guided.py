"""The guided filter: what it is by its definition, what it keeps, and what it refuses."""

import pytest
import torch

from gan_models.errors import RequestError
from gan_models.pictures.guided import box, guided_filter, guided_lines

DRAWS = torch.Generator().manual_seed(0)


def test_a_box_is_the_mean_of_what_lies_inside_the_picture():
    x = torch.rand(1, 2, 7, 9, generator=DRAWS)
    means = box(x, 2)
    for row, column in ((0, 0), (3, 4), (6, 8), (1, 7)):
        inside = x[0, 1, max(0, row - 2) : row + 3, max(0, column - 2) : column + 3]
        assert means[0, 1, row, column] == pytest.approx(inside.mean().item(), abs=1e-6)


def test_flat_areas_become_smooth_and_edges_stay():
    step = torch.zeros(1, 1, 32, 32)
    step[..., 16:] = 1
    noisy = step + 0.05 * torch.randn(1, 1, 32, 32, generator=DRAWS)
    smooth = guided_filter(noisy, noisy, 3, 0.02)
    assert (smooth - step)[..., :12].std() < 0.4 * (noisy - step)[..., :12].std()
    assert smooth[..., 17].mean() - smooth[..., 14].mean() > 0.85
    torch.testing.assert_close(guided_filter(noisy, noisy, 3, 1e-7), noisy, atol=1e-3, rtol=0)


def test_its_lines_make_the_result_and_a_gray_guide_serves_all_colours():
    guide, picture = torch.rand(2, 1, 12, 10, generator=DRAWS), torch.rand(2, 3, 12, 10, generator=DRAWS)
    slope, offset = guided_lines(guide, picture, 4, 0.01)
    assert slope.shape == offset.shape == picture.shape
    torch.testing.assert_close(guided_filter(guide, picture, 4, 0.01), slope * guide + offset)


def test_what_does_not_fit_is_refused():
    picture = torch.zeros(1, 3, 8, 8)
    with pytest.raises(RequestError, match="they are .N, C, H, W. of one size"):
        guided_filter(torch.zeros(1, 2, 8, 8), picture, 2, 0.1)
    for radius, eps in ((0, 0.1), (2, 0.0)):
        with pytest.raises(RequestError, match="at least 1 pixel and above 0"):
            guided_filter(picture, picture, radius, eps)
