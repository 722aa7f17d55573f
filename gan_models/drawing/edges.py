"""Lines from pictures, as one would draw them: the page's "take its edges" and the training's input side.

Two detectors find lines that are traced into strokes (`trace`), which can be drawn, moved and erased like a
visitor's own: "canny" (Canny 1986) and "outlines" (borders of posterised areas). Two make drawings without
lines: "ink" (extended difference of Gaussians, Winnemoeller et al. 2012) and "pencil" (Sobel's gradient).
Own code: weights learned from these very lines, and what the page needs brings no OpenCV.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from gan_models.drawing.strokes import Stroke, draw_lines
from gan_models.errors import RequestError

DETECTORS = ("canny", "outlines", "ink", "pencil")
TRACED = ("canny", "outlines")
SHORTEST = 4
"""Lines of fewer pixels are specks."""
REFERENCE = 128
"""Blurs are given for pictures of this side in pixels and grow with it."""

FINE_LINE, LEAST_LINE = 0.012, 1.2
"""Width of traced lines: a share of the side, but so many pixels at least."""

Chain = np.ndarray


def detect(picture: np.ndarray, detector: str = "canny", detail: float = 0.5, width: float | None = None) -> np.ndarray:
    """The edges of a square uint8 (S, S, 3) picture as a drawing, uint8 (S, S): 0 is ink, 255 is paper.

    `detail`: 0 for the strongest lines only, 1 for all; `width`: of traced lines, in shares of the
    side (None: fine ones).
    """
    _check(picture, detector, detail)
    if detector in TRACED:
        return draw_lines(trace(picture, detector, detail, width), len(picture))
    return ink(picture, detail) if detector == "ink" else pencil(picture, detail)


def trace(
    picture: np.ndarray, detector: str = "canny", detail: float = 0.5, width: float | None = None
) -> list[Stroke]:
    """The edges of a square uint8 (S, S, 3) picture as pen strokes; arguments as of `detect`.

    Raises RequestError for "ink" and "pencil", which have no lines.
    """
    _check(picture, detector, detail)
    if detector not in TRACED:
        raise RequestError(f"{detector!r} draws areas, not lines; choose one of {', '.join(TRACED)} to get strokes.")
    if detector == "outlines":
        found = outline_chains(picture, levels=round(2 + 3 * detail), blur=2.6 - 1.6 * detail)
    else:
        found = canny_chains(picture, blur=2.2 - 1.3 * detail, high=0.45 - 0.35 * detail)
    width = max(FINE_LINE, LEAST_LINE / len(picture)) if width is None else width
    return [Stroke(smooth(chain), width) for chain, _ in found]


def canny_chains(
    picture: np.ndarray, blur: float = 1.4, high: float = 0.2, low: float = 0.4
) -> list[tuple[Chain, float]]:
    """Lines where brightness or colour changes most, each with its strength, the strongest first.

    `picture`: uint8 (S, S, 3). `blur`: deviation in pixels at 128 px. `high`: least gradient somewhere on a
    line, as a share of the picture's strongest (its 99th percentile), and `low` everywhere on it, as a share
    of `high`: Canny's hysteresis. A line is float32 (L, 2) of places (x, y) in shares of the side.
    """
    down, right = gradient(_blurred(_levels(picture), blur * len(picture) / REFERENCE))
    strength = np.hypot(down, right)
    strength /= max(np.percentile(strength, 99), 0.02)  # a plain picture has no edges to enlarge
    thin = _thin(strength, down, right) & (strength >= high * low)
    found = [(chain, strength[chain[:, 1], chain[:, 0]]) for chain in follow(thin, strength)]
    return _ranked([(c, s.sum()) for c, s in found if s.max() >= high], len(picture))


def outline_chains(picture: np.ndarray, levels: int = 4, blur: float = 1.5) -> list[tuple[Chain, float]]:
    """Borders between areas of `levels` brightnesses, evenly spaced; otherwise as `canny_chains`."""
    soft = _blurred(_levels(picture).mean(0, keepdim=True), blur * len(picture) / REFERENCE)
    darkest, brightest = np.percentile(soft.numpy(), (3, 97))
    limits = darkest + (brightest - darkest) * np.arange(1, levels) / levels
    areas = np.searchsorted(limits, soft[0].numpy())
    border = np.zeros(areas.shape, bool)
    border[:, 1:] |= areas[:, 1:] != areas[:, :-1]
    border[1:] |= areas[1:] != areas[:-1]
    strength = np.hypot(*gradient(soft))
    chains = [chain for chain in follow(border, strength) if len(chain) >= 2 * SHORTEST]
    return _ranked([(chain, strength[chain[:, 1], chain[:, 0]].sum()) for chain in chains], len(picture))


def ink(picture: np.ndarray, detail: float = 0.5) -> np.ndarray:
    """Brush strokes where the picture is darker than around, uint8 (S, S): the difference of Gaussians."""
    blur, gray = (2.0 - 1.2 * detail) * len(picture) / REFERENCE, _levels(picture).mean(0, keepdim=True)
    apart = (_blurred(gray, blur) - _blurred(gray, 1.6 * blur))[0]
    apart = apart / apart.std().clamp_min(0.004)
    return _to_levels(1 + torch.tanh(3 * (apart + 1.9 - 0.9 * detail)).clamp_max(0))


def pencil(picture: np.ndarray, detail: float = 0.5) -> np.ndarray:
    """Soft gray lines, uint8 (S, S): how fast the picture changes, by Sobel's kernels."""
    strength = np.hypot(*gradient(_blurred(_levels(picture), (1.4 - 0.8 * detail) * len(picture) / REFERENCE)))
    strength = strength / max(np.percentile(strength, 99), 0.02)
    return _to_levels(torch.from_numpy(1 - np.clip((strength - 0.25 + 0.2 * detail) * 1.2, 0, 1)))


def gradient(picture: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Sobel's derivatives (down, right) of a float picture (C, S, S), of the channel that changes most."""
    kernel = torch.tensor([[-1.0, -2, -1], [0, 0, 0], [1, 2, 1]]) / 8
    kernels = torch.stack([kernel, kernel.T])[:, None]
    padded = F.pad(picture[:, None], (1, 1, 1, 1), mode="replicate")
    both = F.conv2d(padded, kernels)
    best = both.square().sum(1).argmax(0)
    picked = both.gather(0, best[None, None].expand(1, 2, -1, -1))[0].numpy()
    return picked[0], picked[1]


def follow(thin: np.ndarray, strength: np.ndarray) -> list[np.ndarray]:
    """Connected lines of a thin bool (S, S) map, int (L, 2) of pixels (x, y) each, begun at the strongest.

    At every pixel the line goes on as straight as it can and turns by a right angle at most.
    """
    size = thin.shape[1] + 2
    free = bytearray(np.pad(thin, 1).astype(np.uint8).tobytes())
    ring = (1, size + 1, size, size - 1, -1, -size - 1, -size, -size + 1)
    rows, columns = np.nonzero(thin)
    order = np.argsort(-strength[rows, columns], kind="stable")
    chains = []
    for start in ((rows + 1) * size + columns + 1)[order].tolist():
        if not free[start]:
            continue
        free[start] = 0
        ahead, heading = _walk(free, ring, start, None)
        back, _ = _walk(free, ring, start, None if heading is None else (heading + 4) % 8)
        if len(ahead) + len(back) + 1 >= SHORTEST:
            chains.append([*back[::-1], start, *ahead])
    return [np.stack([np.array(c) % size - 1, np.array(c) // size - 1], 1) for c in chains]


def smooth(chain: Chain, reach: int = 2, step: int = 2) -> Chain:
    """A line without the pixels' stairs: every `step`-th point of its running mean, both ends kept."""
    if len(chain) < 3:
        return chain
    padded = np.pad(chain, ((reach, reach), (0, 0)), mode="edge")
    sums = np.cumsum(np.pad(padded, ((1, 0), (0, 0))), axis=0, dtype=np.float64)
    soft = (sums[2 * reach + 1 :] - sums[: -2 * reach - 1]) / (2 * reach + 1)
    index = np.append(np.arange(0, len(soft) - 1, step), len(soft) - 1)
    return soft[index].astype(np.float32)


def _walk(free: bytearray, ring: Sequence[int], place: int, heading: int | None) -> tuple[list[int], int | None]:
    """Follow free pixels from `place`, taking them; the pixels and the first heading."""
    path: list[int] = []
    first = None
    while True:
        turns = range(8) if heading is None else (heading, heading + 1, heading - 1, heading + 2, heading - 2)
        for turn in turns:
            if free[place + ring[turn % 8]]:
                heading = turn % 8
                break
        else:
            return path, first
        first = heading if first is None else first
        place += ring[heading]
        free[place] = 0
        path.append(place)


def _thin(strength: np.ndarray, down: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Where the gradient is largest across the line, bool (S, S): Canny's suppression of non-maxima."""
    size = len(strength)
    padded = np.pad(strength, 1)
    sector = np.round(np.arctan2(down, right) / (np.pi / 4)).astype(int) % 4
    keep = np.zeros(strength.shape, bool)
    for index, (dy, dx) in enumerate(((0, 1), (1, 1), (1, 0), (1, -1))):
        one = padded[1 + dy : size + 1 + dy, 1 + dx : size + 1 + dx]
        two = padded[1 - dy : size + 1 - dy, 1 - dx : size + 1 - dx]
        keep |= (sector == index) & (strength >= one) & (strength > two)
    return keep


def _ranked(chains: list[tuple[np.ndarray, float]], size: int) -> list[tuple[Chain, float]]:
    places = [(((chain + 0.5) / size).astype(np.float32), float(weight)) for chain, weight in chains]
    return sorted(places, key=lambda pair: -pair[1])


def _levels(picture: np.ndarray) -> Tensor:
    """uint8 (S, S, 3) to float (3, S, S) in [0, 1]."""
    return torch.from_numpy(picture.copy()).permute(2, 0, 1).float() / 255


def _to_levels(drawing: Tensor) -> np.ndarray:
    return (drawing.clamp(0, 1) * 255).round().to(torch.uint8).numpy()


def _blurred(picture: Tensor, deviation: float) -> Tensor:
    """A Gaussian of this deviation in pixels over (C, S, S), borders repeated."""
    reach = max(1, round(3 * deviation))
    bell = torch.exp(-0.5 * (torch.arange(-reach, reach + 1) / deviation) ** 2)
    bell = (bell / bell.sum())[None, None]
    padded = F.pad(picture[:, None], (reach, reach, reach, reach), mode="replicate")
    return F.conv2d(F.conv2d(padded, bell[:, :, None]), bell[..., None])[:, 0]


def _check(picture: np.ndarray, detector: str, detail: float) -> None:
    if detector not in DETECTORS:
        raise RequestError(f"There is no detector {detector!r}; choose one of {', '.join(DETECTORS)}.")
    if not 0 <= detail <= 1:
        raise RequestError(f"The detail is {detail}; it is a number from 0 to 1.")
    square = picture.ndim == 3 and picture.shape[0] == picture.shape[1] and picture.shape[2] == 3
    if picture.dtype != np.uint8 or not square:
        raise RequestError(
            f"Edges are taken from square uint8 (S, S, 3) pictures, got {picture.dtype} {picture.shape}."
        )
