"""Ways between latents: lines, arcs, paths through several, and children of two."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from gan_models.checks import is_whole
from gan_models.errors import RequestError
from gan_models.latents.seeds import _generator


def lerp(a: Tensor, b: Tensor, t: Tensor | float) -> Tensor:
    """Go straight from `a` (t = 0) to `b` (t = 1); shapes (..., D), `t` a number or (...)."""
    t = torch.as_tensor(t, dtype=a.dtype)[..., None]
    return a + (b - a) * t


def slerp(a: Tensor, b: Tensor, t: Tensor | float) -> Tensor:
    """Go from `a` to `b` along the arc between their directions, the length changing evenly.

    Keeps the length typical of N(0, I), where a straight line passes nearer to the mean (White 2016,
    "Sampling generative networks"). Equal directions give the straight line, opposite ones turn through a
    fixed perpendicular, and a zero vector has no direction: there too the way is straight.
    """
    t = torch.as_tensor(t, dtype=torch.float64)[..., None]
    start, end = a.double(), b.double()
    length_a, length_b = start.norm(dim=-1, keepdim=True), end.norm(dim=-1, keepdim=True)
    tiny = 1e-9
    unit_a, unit_b = start / length_a.clamp_min(tiny), end / length_b.clamp_min(tiny)
    cosine = (unit_a * unit_b).sum(-1, keepdim=True).clamp(-1.0, 1.0)
    side = unit_b - cosine * unit_a
    # The angle from both its sides: acos alone loses half the digits near 0 and pi.
    angle = torch.atan2(side.norm(dim=-1, keepdim=True), cosine)
    opposite = (cosine < 0) & (side.norm(dim=-1, keepdim=True) < 1e-6)
    side = torch.where(opposite, _perpendicular(unit_a), side)
    side = side / side.norm(dim=-1, keepdim=True).clamp_min(tiny)
    length = length_a + (length_b - length_a) * t
    arc = length * (torch.cos(angle * t) * unit_a + torch.sin(angle * t) * side)
    straight = start + (end - start) * t
    plain = (angle < 1e-6) | (length_a < tiny) | (length_b < tiny)
    way = torch.where(plain, straight, arc)
    # The keys themselves are met exactly, so that a film's key frames are the pictures that were picked.
    way = torch.where(t == 0, start, torch.where(t == 1, end, way))
    return way.to(a.dtype)


WAYS: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {"spherical": slerp, "linear": lerp}
EASINGS: dict[str, Callable[[Tensor], Tensor]] = {
    "linear": lambda t: t,
    # Smoothstep: no speed at either end, so that the film rests on every key.
    "smooth": lambda t: t * t * (3 - 2 * t),
}


def path(
    keys: Tensor, frames_per_step: int, kind: str = "spherical", closed: bool = False, easing: str = "linear"
) -> Tensor:
    """Walk through key latents (K, D): (F, D), `frames_per_step` frames from each key up to the next.

    Styles (K, layers, D) become (F, layers, D), straight whatever the kind: their lengths are of no law that an arc
    would keep (Karras et al. 2019, section 4.1, walks straight in W).

    Closed, the walk returns towards the first key and leaves out its repetition, so that the film loops:
    F = K * frames_per_step. Open, it ends on the last key: F = (K - 1) * frames_per_step + 1.
    """
    check_way(keys, frames_per_step, kind, easing)
    ends = torch.cat([keys[1:], keys[:1]]) if closed else keys[1:]
    t = EASINGS[easing](torch.arange(frames_per_step) / frames_per_step)
    if keys.ndim == 3:
        kind, t = "linear", t[:, None]
    steps = [WAYS[kind](a.expand(len(t), *a.shape), b.expand(len(t), *b.shape), t) for a, b in zip(keys, ends)]
    return torch.cat(steps if closed else [*steps, keys[-1:]])


def check_way(keys: Tensor, frames_per_step: int, kind: str, easing: str) -> None:
    """RequestError for what is no way through key latents (K, ...)."""
    if kind not in tuple(WAYS):
        raise RequestError(f"A path is {' or '.join(WAYS)}, got {kind!r}.")
    if easing not in tuple(EASINGS):
        raise RequestError(f"An easing is {' or '.join(EASINGS)}, got {easing!r}.")
    if not is_whole(frames_per_step, 1):
        raise RequestError(f"frames_per_step is a whole number of at least 1, got {frames_per_step!r}.")
    if len(keys) < 2:
        raise RequestError(f"A path needs at least two key latents, got {len(keys)}.")


def frame_labels(labels: Sequence[int], frames_per_step: int, closed: bool, easing: str = "linear") -> Tensor:
    """The label (F,) of each latent of `path`: that of the nearer key."""
    ends = [*labels[1:], labels[0]] if closed else labels[1:]
    later = EASINGS[easing](torch.arange(frames_per_step) / frames_per_step) >= 0.5
    steps = [torch.where(later, end, start) for start, end in zip(labels, ends)]
    return torch.cat(steps if closed else [*steps, torch.tensor(labels[-1:])])


def path_at(
    keys: Tensor, places: Tensor, kind: str = "spherical", closed: bool = False, easing: str = "linear"
) -> Tensor:
    """Where a walk through keys (K, ...) is at places (F,), counted in steps from key to key: (F, ...).

    `kind`, `closed`, `easing` and styles as in `path`; a closed walk goes round, an open one stays at its end.
    """
    first, last, t = _sides(len(keys), places, closed, easing)
    t = t.to(keys.dtype)
    return lerp(keys[first], keys[last], t[:, None]) if keys.ndim == 3 else WAYS[kind](keys[first], keys[last], t)


def labels_at(labels: Tensor, places: Tensor, closed: bool, easing: str = "linear") -> Tensor:
    """The label (F,) of each latent of `path_at`: that of the nearer key."""
    first, last, t = _sides(len(labels), places, closed, easing)
    return torch.where(t >= 0.5, labels[last], labels[first])


def _sides(count: int, places: Tensor, closed: bool, easing: str) -> tuple[Tensor, Tensor, Tensor]:
    """The keys before and behind each place, and how far it is from the one to the other."""
    places = places.double() if closed else places.double().clamp(0, count - 1)
    before = places.floor() if closed else places.floor().clamp_max(count - 2)
    first = before.long() % count
    return first, (first + 1) % count, EASINGS[easing](places - before)


MOST_CHANGED = math.sqrt(1 / 2)
"""The weight of chance at strength 1, where that of the parents is the same: of length 1 together."""


def breed(a: Tensor, b: Tensor | None, strength: float, seed: int) -> Tensor:
    """Make a child (D,) of one parent or two: their coordinates mixed by chance, then mutated.

    `strength` in [0, 1]: 0 mutates nothing (one parent's child is its twin), at 1 parents and chance weigh the same.
    Mixing and mutation both keep the spread of N(0, I), so that children stay as plausible as seeds.
    """
    if not 0 <= strength <= 1:
        raise RequestError(f"The strength of breeding is from 0 to 1, got {strength!r}.")
    generator = _generator(seed)
    chance = torch.rand(a.shape, generator=generator)
    child = a if b is None else torch.where(chance < 0.5, a, b)
    mutation = torch.randn(a.shape, generator=generator)
    changed = MOST_CHANGED * strength
    return math.sqrt(1 - changed**2) * child + changed * mutation


def breed_styles(a: Tensor, b: Tensor | None, stranger: Tensor, strength: float, seed: int) -> Tensor:
    """Make a child of styles (layers, D): each layer from one parent or the other by chance, then mutated.

    Neighbours among the layers tend to come from one parent, as runs of them mean something; some come from each.
    `strength`: how far all of it goes towards `stranger`, the styles of a picture that is none of the parents; at 1
    half the way.
    """
    if not 0 <= strength <= 1:
        raise RequestError(f"The strength of breeding is from 0 to 1, got {strength!r}.")
    chance = torch.rand(len(a), generator=_generator(seed))
    # The first layer tosses a coin; each next one changes sides one time in three.
    sides = (torch.cat([chance[:1] < 1 / 2, chance[1:] < 1 / 3]).cumsum(0) % 2).bool()
    if len(set(sides.tolist())) == 1:
        sides[len(sides) // 2 :] ^= True  # a child of two is no twin of one
    child = a if b is None else torch.where(sides[:, None], b, a)
    return child + strength / 2 * (stranger - child)


def _perpendicular(unit: Tensor) -> Tensor:
    """A fixed vector at right angles to unit vectors (..., D): away from their smallest coordinate."""
    axis = F.one_hot(unit.abs().argmin(-1), unit.shape[-1]).to(unit.dtype)
    return axis - (axis * unit).sum(-1, keepdim=True) * unit
