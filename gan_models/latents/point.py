"""Latents: how one is said, and how they come from seeds, paths, directions and parents.

A latent `z` is a float32 vector drawn from N(0, I), of the generator's `latent_dim`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor

from gan_models.checks import is_number, is_whole
from gan_models.errors import RequestError
from gan_models.latents.seeds import LAST_SEED, latent, truncate
from gan_models.latents.space import Inputs

MOST = 1000.0
"""No number of a point is larger; ten standard deviations are already far outside what a generator knows."""


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

    @classmethod
    def of(cls, inputs: Inputs) -> "Point":
        """The point that a single picture was drawn from."""
        return cls.at(inputs.code[0], inputs.label)

    def resolve(self, model: HasLatents) -> Inputs:
        """What `model` draws this picture from: a latent (1, latent_dim), and its class where there are classes."""
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
        label = self.class_of(model)
        return Inputs(z[None], None if label is None else torch.tensor([label]))

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


def _set(point: Point, name: str, value: Any) -> None:
    object.__setattr__(point, name, value)


def _whole(name: str, value: Any, most: int) -> None:
    if not is_whole(value, 0, most):
        raise RequestError(f"The {name} of a point is a whole number from 0 to {most}, got {str(value)[:60]!r}.")


def _number(name: str, value: Any) -> float:
    if not is_number(value, -MOST, MOST):
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
