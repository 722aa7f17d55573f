"""The distances against written-out references and on sets whose answer is known."""

import math

import pytest
import torch

from gan_models.errors import RequestError
from training.measures.distances import (
    class_shares,
    classifier_score,
    density_coverage,
    frechet,
    kernel,
    pairwise,
    precision_recall,
)


def normal(n: int, dimensions: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, dimensions, generator=torch.Generator().manual_seed(seed))


def exactly(features: torch.Tensor, mean: float, deviation: float) -> torch.Tensor:
    """The features moved until their own mean and covariance are mean and deviation^2 * identity."""
    x = features.double() - features.double().mean(0)
    root = torch.linalg.cholesky(torch.cov(x.T))
    return torch.linalg.solve_triangular(root, x.T, upper=False).T * deviation + mean


def test_frechet_of_two_known_gaussians():
    one, two = exactly(normal(200, 4), 0.0, 1.0), exactly(normal(300, 4, seed=1), 0.5, 3.0)
    # |m1 - m2|^2 + sum (s1 - s2)^2 over four dimensions
    assert frechet(one, two) == pytest.approx(4 * 0.5**2 + 4 * (1 - 3) ** 2, rel=1e-9)


def test_frechet_of_correlated_gaussians_equals_the_written_out_formula():
    mix = torch.tensor([[1.0, 0.5, 0.0], [0.0, 2.0, 0.3], [0.2, 0.0, 0.5]])
    one, two = (normal(400, 3) @ mix).double(), (normal(300, 3, seed=3) @ mix.T + 1).double()
    a, b = torch.cov(one.T), torch.cov(two.T)
    values, vectors = torch.linalg.eigh(a)
    root = vectors @ torch.diag(values.sqrt()) @ vectors.T
    cross = torch.linalg.eigvalsh(root @ b @ root).sqrt().sum()
    expected = (one.mean(0) - two.mean(0)).square().sum() + a.trace() + b.trace() - 2 * cross
    assert frechet(one.float(), two.float()) == pytest.approx(expected.item(), rel=1e-5)


def test_identical_sets_are_no_distance_apart():
    x = normal(200, 6)
    assert frechet(x, x) == pytest.approx(0, abs=1e-6)
    assert precision_recall(x, x) == (1.0, 1.0)
    density, coverage = density_coverage(x, x)
    # each image is in its own ball and in those of the 5 it is among the nearest of
    assert coverage == 1.0 and density == pytest.approx(6 / 5, rel=1e-3)


def test_kernel_distance_is_unbiased_and_equals_the_double_sum():
    one, two = normal(60, 5).double(), (normal(60, 5, seed=1) + 0.7).double()
    k = lambda a, b: (a @ b.T / 5 + 1) ** 3  # noqa: E731
    own = sum((k(x, x).sum() - k(x, x).diagonal().sum()) / (60 * 59) for x in (one, two))
    expected = (own - 2 * k(one, two).mean()).item()
    mean, spread = kernel(one, two, subsets=3)
    assert mean == pytest.approx(expected, rel=1e-9) and spread == pytest.approx(0, abs=1e-9)
    same = [kernel(normal(200, 5, seed=s), normal(200, 5, seed=s + 50), subsets=1)[0] for s in range(20)]
    assert min(same) < 0 < max(same)


def test_precision_and_recall_of_toy_sets():
    corners = torch.tensor([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [10.0, 10.0]])
    real = torch.cat([corner + 0.1 * normal(20, 2, seed=i) for i, corner in enumerate(corners)])
    two_corners = torch.cat([corner + 0.1 * normal(40, 2, seed=9 + i) for i, corner in enumerate(corners[:2])])
    far = two_corners.clone()
    far[:20] += 100
    precision, recall = precision_recall(two_corners, real)
    assert precision > 0.8 and 0.4 < recall <= 0.5
    assert precision_recall(far, real)[0] < precision - 0.15
    density, coverage = density_coverage(two_corners, real)
    assert density > 0.7 and 0.35 < coverage <= 0.5


def test_an_outlier_raises_recall_but_not_coverage():
    real = normal(300, 2) * 3
    point = 0.01 * normal(290, 2, seed=1)
    outliers = torch.tensor([[200.0, 0.0], [-200.0, 0.0], [0.0, 200.0], [0.0, -200.0]])
    samples = torch.cat([point, outliers])
    assert precision_recall(samples, real)[1] > 0.9
    assert density_coverage(samples, real)[1] < 0.2


def test_density_and_coverage_do_not_depend_on_the_chunk(monkeypatch):
    one, two = normal(90, 3), normal(110, 3, seed=1)
    whole = density_coverage(one, two)
    monkeypatch.setattr("training.measures.distances.CHUNK", 17)
    assert density_coverage(one, two) == pytest.approx(whole, rel=1e-6)


def test_classifier_score_runs_from_one_to_the_number_of_classes():
    sure = torch.eye(5).repeat(40, 1) * 50
    assert classifier_score(sure, splits=1)[0] == pytest.approx(5, rel=1e-6)
    assert classifier_score(torch.zeros(100, 5), splits=4) == pytest.approx((1, 0))
    one_class = torch.zeros(100, 5)
    one_class[:, 2] = 50
    assert classifier_score(one_class)[0] == pytest.approx(1)
    assert class_shares(one_class).tolist() == [0, 0, 1, 0, 0]


def test_pairwise_distance_of_a_square():
    square = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    assert pairwise(square) == pytest.approx((4 + 2 * math.sqrt(2)) / 6)


@pytest.mark.parametrize(
    ("samples", "real", "words"),
    [
        (torch.zeros(10, 3), torch.zeros(10, 4), "one D"),
        (torch.zeros(3, 3), torch.zeros(10, 3), "4 images a side"),
        (torch.full((10, 3), math.nan), torch.zeros(10, 3), "not finite"),
    ],
)
def test_wrong_features_are_refused_with_a_sentence(samples, real, words):
    with pytest.raises(RequestError, match=words):
        precision_recall(samples, real)
