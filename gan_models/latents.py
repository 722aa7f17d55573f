"""Latents: how one is said, and how they come from seeds, paths, directions and parents.

A latent `z` is a float32 vector drawn from N(0, I), of the generator's `latent_dim`.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from gan_models.errors import RequestError

LAST_SEED = 2**53 - 1
"""The largest seed: the last whole number that a browser can hold too."""


MOST = 1000.0
"""No number of a point is larger; ten standard deviations are already far outside what a generator knows."""


def latent(seed: int, dim: int) -> Tensor:
    """Draw the latent (dim,) of one seed, with a CPU generator of its own: nothing else can change it."""
    return torch.randn(dim, generator=_generator(seed))


def latents(seeds: Sequence[int], dim: int) -> Tensor:
    """Stack the latents of seeds to (N, dim)."""
    return torch.stack([latent(seed, dim) for seed in seeds]) if len(seeds) else torch.empty(0, dim)


def truncate(z: Tensor, psi: float) -> Tensor:
    """Bring latents nearer to their mean, which is 0: psi 1 leaves them, 0 is the mean itself.

    Trades variety for typical pictures (Karras et al. 2019, StyleGAN, appendix B).
    """
    return z * psi


class HasLatents(Protocol):
    """What a point needs to know of a model: its name, its latents, its labels and its directions."""

    latent_dim: int
    classes: int
    name: str
    directions: Tensor | None


@dataclass(frozen=True)
class Point:
    """One picture of a model, in words that fit in a link.

    Either `seed` or `latent` (one number for each latent dimension) is the base. `truncation` scales the
    base; `directions` then adds standard deviations along the weight's principal directions, by index;
    `coordinates` at last sets single latent numbers. `label` is the class; None takes seed modulo classes.
    Raises RequestError for whatever could not be one of these.
    """

    seed: int | None = None
    latent: tuple[float, ...] | None = None
    label: int | None = None
    truncation: float = 1.0
    directions: Mapping[int, float] = field(default_factory=dict)
    coordinates: Mapping[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (self.seed is None) == (self.latent is None):
            raise RequestError("A point has either a seed or a latent, and not both; give one of them.")
        if self.seed is not None:
            _whole("seed", self.seed, LAST_SEED)
        if self.label is not None:
            _whole("label", self.label, 10_000)
        if self.latent is not None:
            if not isinstance(self.latent, tuple | list) or len(self.latent) > 4096:
                raise RequestError("The latent of a point is a list of at most 4096 numbers.")
            _set(self, "latent", tuple(_number("latent", value) for value in self.latent))
        _set(self, "truncation", _number("truncation", self.truncation))
        _set(self, "directions", _numbers("directions", self.directions))
        _set(self, "coordinates", _numbers("coordinates", self.coordinates))

    @classmethod
    def at(cls, z: Tensor, label: int | None = None) -> "Point":
        """The point whose base is the latent (D,) itself."""
        return cls(latent=tuple(z.double().tolist()), label=label)

    def resolve(self, model: HasLatents) -> tuple[Tensor, int | None]:
        """Give the latent (latent_dim,) and the label (None for a model without classes) on `model`."""
        z = truncate(self._base(model), self.truncation)
        for index, deviations in self.directions.items():
            count = 0 if model.directions is None else len(model.directions)
            if index >= count:
                raise RequestError(f"{model.name} has {count} directions, counted from 0; got {index}.")
            z = z + deviations * model.directions[index]
        for index, value in self.coordinates.items():
            if index >= model.latent_dim:
                raise RequestError(f"{model.name} has {model.latent_dim} latent numbers, counted from 0; got {index}.")
            # Not in place: a seed's latent may be shared.
            z = torch.where(torch.arange(len(z)) == index, torch.tensor(value, dtype=z.dtype), z)
        return z, self.class_of(model)

    def _base(self, model: HasLatents) -> Tensor:
        if self.seed is not None:
            return latent(self.seed, model.latent_dim)
        if len(self.latent) != model.latent_dim:
            raise RequestError(
                f"The latent has {len(self.latent)} numbers and {model.name} takes {model.latent_dim}; "
                "use a seed, or a latent made with this model."
            )
        return torch.tensor(self.latent, dtype=torch.float32)

    def class_of(self, model: HasLatents) -> int | None:
        """The number of the class on `model`; None for a model without classes."""
        if not model.classes:
            return None
        if self.label is None:
            return (self.seed or 0) % model.classes
        if self.label >= model.classes:
            raise RequestError(f"{model.name} has classes 0 to {model.classes - 1}; got {self.label}.")
        return self.label

    def to_json(self) -> dict[str, Any]:
        """This point as a JSON object that holds only what is not by default."""
        words: dict[str, Any] = {"seed": self.seed} if self.seed is not None else {"latent": list(self.latent)}
        if self.label is not None:
            words["label"] = self.label
        if self.truncation != 1.0:
            words["truncation"] = self.truncation
        for name in ("directions", "coordinates"):
            if numbers := getattr(self, name):
                words[name] = {str(index): value for index, value in numbers.items()}
        return words

    @classmethod
    def from_json(cls, words: Any) -> "Point":
        """Build a point from what `to_json` gave (the object itself, not its text)."""
        known = {"seed", "latent", "label", "truncation", "directions", "coordinates"}
        if not isinstance(words, Mapping):
            raise RequestError(f"A point is an object such as {{'seed': 1}}, got {str(words)[:60]!r}.")
        if unknown := sorted(set(words) - known, key=str):
            raise RequestError(f"A point has no field {unknown[0]!r}; it has {', '.join(sorted(known))}.")
        return cls(**words)


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

    Closed, the walk returns towards the first key and leaves out its repetition, so that the film loops:
    F = K * frames_per_step. Open, it ends on the last key: F = (K - 1) * frames_per_step + 1.
    """
    if kind not in tuple(WAYS):
        raise RequestError(f"A path is {' or '.join(WAYS)}, got {kind!r}.")
    if easing not in tuple(EASINGS):
        raise RequestError(f"An easing is {' or '.join(EASINGS)}, got {easing!r}.")
    if isinstance(frames_per_step, bool) or not isinstance(frames_per_step, int) or frames_per_step < 1:
        raise RequestError(f"frames_per_step is a whole number of at least 1, got {frames_per_step!r}.")
    if len(keys) < 2:
        raise RequestError(f"A path needs at least two key latents, got {len(keys)}.")
    ends = torch.cat([keys[1:], keys[:1]]) if closed else keys[1:]
    t = EASINGS[easing](torch.arange(frames_per_step) / frames_per_step)
    steps = [WAYS[kind](a.expand(len(t), -1), b.expand(len(t), -1), t) for a, b in zip(keys, ends)]
    return torch.cat(steps if closed else [*steps, keys[-1:]])


def frame_labels(labels: Sequence[int], frames_per_step: int, closed: bool, easing: str = "linear") -> Tensor:
    """The label (F,) of each latent of `path`: that of the nearer key."""
    ends = [*labels[1:], labels[0]] if closed else labels[1:]
    later = EASINGS[easing](torch.arange(frames_per_step) / frames_per_step) >= 0.5
    steps = [torch.where(later, end, start) for start, end in zip(labels, ends)]
    return torch.cat(steps if closed else [*steps, torch.tensor(labels[-1:])])


def breed(a: Tensor, b: Tensor | None, strength: float, seed: int) -> Tensor:
    """Make a child (D,) of one parent or two: their coordinates mixed by chance, then mutated.

    `strength` in [0, 1]: 0 mutates nothing (one parent's child is its twin), 1 leaves nothing of the parents.
    Mixing and mutation both keep the spread of N(0, I), so that children stay as plausible as seeds.
    """
    if not 0 <= strength <= 1:
        raise RequestError(f"The strength of breeding is from 0 to 1, got {strength!r}.")
    generator = _generator(seed)
    chance = torch.rand(a.shape, generator=generator)
    child = a if b is None else torch.where(chance < 0.5, a, b)
    mutation = torch.randn(a.shape, generator=generator)
    return math.sqrt(1 - strength**2) * child + strength * mutation


@torch.inference_mode()
def principal_directions(
    generator: torch.nn.Module,
    latent_dim: int,
    count: int = 12,
    n: int = 2048,
    seed: int = 0,
    classes: int = 0,
    batch: int = 64,
) -> Tensor:
    """Find the directions that change pictures most: unit rows (count, latent_dim), most visible first.

    `n` pictures of random latents are shrunk to at most 16 px and regressed on their latents; the singular
    vectors of that linear map are principal components of what the latent does to the picture. They are then
    ordered by the change that two standard deviations to either side really make.
    """
    count = min(count, latent_dim)
    seeds = torch.Generator().manual_seed(seed)
    z = torch.randn(max(n, 2 * latent_dim), latent_dim, generator=seeds)
    labels = torch.arange(len(z)) % classes if classes else None
    pictures = _thumbnails(generator, z, labels, batch)
    centred = pictures - pictures.mean(0)
    effect = torch.linalg.lstsq(z - z.mean(0), centred).solution
    directions = torch.linalg.svd(effect, full_matrices=False).U.T[:count].contiguous()
    probes, probe_labels = z[:32], None if labels is None else labels[:32]
    change = torch.stack([_change(generator, probes, step, probe_labels, batch) for step in directions])
    return directions[change.argsort(descending=True, stable=True)]


def _change(generator: torch.nn.Module, z: Tensor, step: Tensor, labels: Tensor | None, batch: int) -> Tensor:
    """Root mean square change of pictures from two standard deviations below to two above along `step`."""
    above = _thumbnails(generator, z + 2 * step, labels, batch)
    return (above - _thumbnails(generator, z - 2 * step, labels, batch)).square().mean().sqrt()


def _thumbnails(generator: torch.nn.Module, z: Tensor, labels: Tensor | None, batch: int) -> Tensor:
    """Pictures of latents, shrunk to at most 16 px and flattened: (N, values)."""
    rows = []
    for start in range(0, len(z), batch):
        stop = start + batch
        images = generator(z[start:stop], None if labels is None else labels[start:stop])
        rows.append(F.adaptive_avg_pool2d(images.float(), min(16, images.shape[-1])).flatten(1))
    return torch.cat(rows)


def _generator(seed: int) -> torch.Generator:
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= LAST_SEED:
        raise RequestError(f"A seed is a whole number from 0 to {LAST_SEED}, got {seed!r}.")
    return torch.Generator().manual_seed(seed)


def _perpendicular(unit: Tensor) -> Tensor:
    """A fixed vector at right angles to unit vectors (..., D): away from their smallest coordinate."""
    axis = F.one_hot(unit.abs().argmin(-1), unit.shape[-1]).to(unit.dtype)
    return axis - (axis * unit).sum(-1, keepdim=True) * unit


def _set(point: Point, name: str, value: Any) -> None:
    object.__setattr__(point, name, value)


def _whole(name: str, value: Any, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise RequestError(f"The {name} of a point is a whole number from 0 to {most}, got {str(value)[:60]!r}.")


def _number(name: str, value: Any) -> float:
    right = isinstance(value, int | float) and not isinstance(value, bool)
    # Said this way round, it is false of what is no number (NaN) too.
    if not right or not abs(value) <= MOST:
        raise RequestError(f"The {name} of a point holds numbers from -{MOST:g} to {MOST:g}, got {str(value)[:60]!r}.")
    return float(value)


def _numbers(name: str, values: Any) -> dict[int, float]:
    """Index -> number, sorted by index (JSON's keys are text); a direction of zero is left out."""
    if not isinstance(values, Mapping):
        raise RequestError(f"The {name} of a point map an index to a number, got {str(values)[:60]!r}.")
    numbers = {}
    for key, value in values.items():
        if not str(key).isdecimal() or len(str(key)) > 4 or int(key) >= 4096:
            raise RequestError(f"The {name} of a point are counted from 0 to 4095, got {str(key)[:60]!r}.")
        numbers[int(key)] = _number(name, value)
    keep_zero = name == "coordinates"
    return {index: numbers[index] for index in sorted(numbers) if keep_zero or numbers[index]}
