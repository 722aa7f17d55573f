"""How good a translator is on sources it never saw: free functions of pictures, uint8 (N, H, W, C)."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.drawing.edges import pencil
from gan_models.errors import RequestError
from gan_models.pictures.colour import colourfulness
from gan_models.pictures.images import to_tensor
from gan_models.pictures.metrics import ssim
from training.measures.distances import kernel
from training.measures.report import KERNEL, Figure

L1, SSIM, CYCLE, COLOURFUL = "L1", "SSIM", "cycle error", "colourfulness"
DIVERSE, CALLED, EDGES = "diversity of draws", "called the target set", "edge correlation"
LEARNED_SIDE, ROUNDS = 32, 30


def kernel_figure(
    samples: Tensor, reference: Tensor, other: Tensor, *, features: str, seed: int, resamplings: int = 8
) -> Figure:
    """The kernel distance of samples' features from real ones, as their floor that of other real ones.

    All float (N, D). The spread is the deviation over half-samples of both sides, as in `report.figures`.
    """
    rounds = []
    for number in range(resamplings):
        draws = torch.Generator().manual_seed(1000 * (seed + 1) + number)
        halves = [x[torch.randperm(len(x), generator=draws)[: max(2, len(x) // 2)]] for x in (samples, reference)]
        rounds.append(kernel(*halves, seed=seed)[0])
    value, floor = (kernel(x, reference, seed=seed)[0] for x in (samples, other))
    return Figure(KERNEL, value, float(np.std(rounds, ddof=1)), floor, len(samples), features, seed, len(other))


def pair_figures(drawn: np.ndarray, truth: np.ndarray, seed: int) -> list[Figure]:
    """Mean absolute difference in levels and SSIM on Y to the truth; the floor is of truths of other sources."""
    others = np.roll(truth, 1, 0)
    rows = []
    for name, measure in ((L1, _levels_apart), (SSIM, ssim)):
        each = np.array([measure(one, two) for one, two in zip(drawn, truth)])
        floor = float(np.mean([measure(one, two) for one, two in zip(others, truth)]))
        rows.append(Figure(name, float(each.mean()), _error(each), floor, len(each), "pixels", seed, len(each)))
    return rows


def colour_figure(drawn: np.ndarray, truth: np.ndarray, seed: int) -> Figure:
    """How colourful results are (Hasler and Suesstrunk 2003); the floor is the originals'."""
    each, real = (torch.cat([colourfulness(to_tensor(p)) for p in x]).numpy() for x in (drawn, truth))
    return Figure(COLOURFUL, float(each.mean()), _error(each), float(real.mean()), len(each), "pixels", seed, len(each))


def diversity_figure(draws: np.ndarray, seed: int) -> Figure:
    """How far the draws for one source differ, uint8 (N, draws, H, W, C): mean absolute difference in levels."""
    firsts, seconds = np.triu_indices(draws.shape[1], 1)
    each = np.array([_levels_apart(picture[firsts], picture[seconds]) for picture in draws])
    return Figure(DIVERSE, float(each.mean()), _error(each), None, len(each), "pixels", seed)


def cycle_figure(pictures: np.ndarray, again: np.ndarray, seed: int) -> Figure:
    """Mean absolute difference in levels after the way there and back; the floor is of shuffled pictures."""
    each = np.array([_levels_apart(one, two) for one, two in zip(pictures, again)])
    floor = float(np.mean([_levels_apart(one, two) for one, two in zip(pictures, np.roll(pictures, 1, 0))]))
    return Figure(CYCLE, float(each.mean()), _error(each), floor, len(each), "pixels", seed, len(each))


def edge_figure(pictures: np.ndarray, drawn: np.ndarray, real: np.ndarray, seed: int) -> Figure:
    """Correlation of the edge maps of sources and results; the floor is of sources and real pictures of the target
    set, which have nothing to do with them.
    """
    given, results, targets = (np.stack([_edge_vector(picture) for picture in x]) for x in (pictures, drawn, real))
    each = (given * results).sum(1)
    count = min(len(given), len(targets))
    floor = float((given[:count] * targets[:count]).sum(1).mean())
    return Figure(EDGES, float(each.mean()), _error(each), floor, len(each), "Sobel", seed, count)


def called_figure(judge: Callable[[np.ndarray], np.ndarray], drawn: np.ndarray, real: np.ndarray, seed: int) -> Figure:
    """The share of results that a classifier of both sets calls the target set; the floor is of its real pictures."""
    share, floor = (float(judge(x).mean()) for x in (drawn, real))
    spread = (share * (1 - share) / len(drawn)) ** 0.5
    return Figure(CALLED, share, spread, floor, len(drawn), "classifier of both sets", seed, len(real))


def set_classifier(a: np.ndarray, b: np.ndarray, seed: int = 0) -> Callable[[np.ndarray], np.ndarray]:
    """Learn to tell set a from b by 32 px pictures; a function from pictures to bool (N,), True for b.

    Three small convolutions and a mean, a few seconds on a processor; weights of chance come from the seed.
    """
    if min(len(a), len(b)) < 8:
        raise RequestError(f"A classifier of both sets needs 8 pictures of each, got {len(a)} and {len(b)}.")
    images, labels = torch.cat([_small(a), _small(b)]), torch.tensor([0.0] * len(a) + [1.0] * len(b))
    weight = torch.where(labels > 0, len(a) / len(b), 1.0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = _Teller()
        optimizer = torch.optim.Adam(network.parameters(), 2e-3)
        for _ in range(ROUNDS):
            for rows in torch.randperm(len(images)).split(64):
                seen = images[rows]
                seen = torch.where(torch.rand(len(rows), 1, 1, 1) < 0.5, seen.flip(-1), seen)
                loss = F.binary_cross_entropy_with_logits(network(seen), labels[rows], weight[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    network.eval().requires_grad_(False)
    return lambda pictures: (network(_small(pictures)) > 0).numpy()


class _Teller(nn.Sequential):
    def __init__(self) -> None:
        steps = [layer for i, o in ((3, 16), (16, 32), (32, 32)) for layer in (
            nn.Conv2d(i, o, 3, stride=2, padding=1), nn.BatchNorm2d(o), nn.ReLU())]  # fmt: skip
        super().__init__(
            *steps, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.3), nn.Linear(32, 1), nn.Flatten(0)
        )


def _small(pictures: Sequence[np.ndarray]) -> Tensor:
    return torch.cat([F.interpolate(to_tensor(p), size=(LEARNED_SIDE,) * 2, mode="area") for p in pictures])


def _levels_apart(one: np.ndarray, two: np.ndarray) -> float:
    return float(np.abs(one.astype(np.float32) - two.astype(np.float32)).mean())


def _edge_vector(picture: np.ndarray) -> np.ndarray:
    """The edge map as a vector of mean 0 and length 1, so that an inner product is a correlation."""
    vector = (255 - pencil(np.repeat(picture, 3, 2) if picture.shape[2] == 1 else picture)).astype(np.float64).ravel()
    vector -= vector.mean()
    return vector / max(np.linalg.norm(vector), 1e-9)


def _error(values: np.ndarray) -> float:
    """Standard error of the mean."""
    return float(values.std(ddof=1) / len(values) ** 0.5) if len(values) > 1 else 0.0
