"""How far samples are from real images, told from the features of both: each a free function of two tensors.

Features are float (N, D). Samples come first, real images second, everywhere. Own code: packages for coverage hold
whole matrices of distances in memory and stay on the CPU; these go by chunks, on any device.
"""

import torch

from gan_models.errors import RequestError
from training.measures.fidelity import import_fidelity

CHUNK = 2048  # rows of a distance matrix held at a time: 10,000 against 10,000 would be 400 MB
SUBSET = 1000  # images of a subset of the kernel distance


def frechet(samples: torch.Tensor, real: torch.Tensor) -> float:
    """Frechet distance of the two Gaussians with the features' means and covariances (Heusel et al. 2017).

    |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)), at least 0. It falls with more images even where nothing else
    changes: compare at equal n only. Raises RequestError below 2 images a side.
    """
    _check(samples, real, 2)
    metric = import_fidelity().metric_fid
    one, two = (metric.fid_features_to_statistics(x.double()) for x in (samples, real))
    # rounding leaves identical sets at about -1e-13
    return max(0.0, metric.fid_statistics_to_metric(one, two, verbose=False)[metric.KEY_METRIC_FID])


def kernel(
    samples: torch.Tensor, real: torch.Tensor, *, subsets: int = 100, size: int = SUBSET, seed: int = 0
) -> tuple[float, float]:
    """Kernel distance (Binkowski et al. 2018): mean and deviation over subsets; unbiased, so it can be < 0.

    Squared maximum mean discrepancy with the kernel (x.y / D + 1)^3 of `subsets` subsets of `size` (or all)
    images.
    """
    _check(samples, real, 2)
    metric = import_fidelity().metric_kid
    size = min(size, len(samples), len(real))
    found = metric.kid_features_to_metric(
        samples, real, kid_subsets=subsets, kid_subset_size=size, rng_seed=seed, verbose=False
    )
    return found[metric.KEY_METRIC_KID_MEAN], found[metric.KEY_METRIC_KID_STD]


def precision_recall(samples: torch.Tensor, real: torch.Tensor, *, neighbours: int = 3) -> tuple[float, float]:
    """Precision: share of samples within the real set; recall: of real images within the samples'.

    "Within" is no further from some image of the other set than that one's k-th neighbour of its own
    (Kynkaanniemi et al. 2019, k = 3). Raises RequestError where a side has no k neighbours.
    """
    _check(samples, real, neighbours + 1)
    metric = import_fidelity().metric_prc
    found = metric.prc_features_to_metric(
        samples, real, prc_neighborhood=neighbours, prc_batch_size=CHUNK, save_cpu_ram=True, verbose=False
    )
    return found[metric.KEY_METRIC_PRECISION], found[metric.KEY_METRIC_RECALL]


def density_coverage(samples: torch.Tensor, real: torch.Tensor, *, neighbours: int = 5) -> tuple[float, float]:
    """Density: how many real images' neighbourhoods a sample is in, over k (1 for real against real).

    Coverage: the share of real images with a sample in their neighbourhood, the ball up to their k-th
    neighbour (Naeem et al. 2020, k = 5). Unlike recall, an outlier among the samples cannot raise it.
    """
    _check(samples, real, neighbours + 1)
    hits, covered = 0.0, 0
    for part in real.split(CHUNK):
        radius = torch.cdist(part, real).kthvalue(neighbours + 1).values[:, None]
        inside = torch.cdist(part, samples) <= radius
        hits += inside.sum().item()
        covered += int(inside.any(1).sum())
    return hits / (neighbours * len(samples)), covered / len(real)


def classifier_score(logits: torch.Tensor, *, splits: int = 10, seed: int = 0) -> tuple[float, float]:
    """How sure the classifier is of each image, and of how many classes: mean and deviation over splits.

    The exponential of the mean divergence of p(class | image) from p(class) (Salimans et al. 2016): from 1 to
    the number of classes. It knows nothing of the real images. logits: (N, classes).
    """
    if len(logits) < splits:
        raise RequestError(f"a classifier score over {splits} parts needs as many images, got {len(logits)}.")
    metric = import_fidelity().metric_isc
    found = metric.isc_features_to_metric(logits, splits=splits, shuffle=True, rng_seed=seed)
    return found[metric.KEY_METRIC_ISC_MEAN], found[metric.KEY_METRIC_ISC_STD]


def class_shares(logits: torch.Tensor) -> torch.Tensor:
    """The share of images whose most likely class is each: float (classes,), adding up to 1."""
    return torch.bincount(logits.argmax(1), minlength=logits.shape[1]) / len(logits)


def pairwise(vectors: torch.Tensor, most: int = 2000) -> float:
    """Mean Euclidean distance between any two of the first `most` vectors (N, D): how varied a set is."""
    if len(vectors) < 2:
        raise RequestError(f"a mean distance needs two images at least, got {len(vectors)}.")
    return torch.pdist(vectors[:most].float()).mean().item()


def _check(samples: torch.Tensor, real: torch.Tensor, least: int) -> None:
    if samples.ndim != 2 or real.ndim != 2 or samples.shape[1] != real.shape[1]:
        raise RequestError(
            f"features must be (N, D) with one D, got {tuple(samples.shape)} and {tuple(real.shape)}: "
            "extract both with the same network."
        )
    if min(len(samples), len(real)) < least:
        raise RequestError(
            f"this measure needs {least} images a side, got {len(samples)} samples and {len(real)} real."
        )
    if not (torch.isfinite(samples).all() and torch.isfinite(real).all()):
        raise RequestError("the features hold values that are not finite: the samples or the network are broken.")
