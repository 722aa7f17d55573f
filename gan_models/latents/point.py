"""One picture of a model in words that fit in a link, and what the model draws it from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import torch
from torch import Tensor

from gan_models.errors import RequestError
from gan_models.latents.directions import moved
from gan_models.latents.seeds import LAST_SEED, latent, truncate
from gan_models.latents.space import FIXED, SILENT, Inputs
from gan_models.latents.styles import (
    MOST_LAYERS,
    MOST_MIXES,
    MOST_PUSHES,
    Mix,
    Push,
    base_words,
    check_base,
    mixed,
    pack,
    pushed,
    unpack,
    within,
)
from gan_models.latents.words import indexed, listed, number, only, whole
from gan_models.words.reading import check_sentence
from gan_models.words.vocabulary import Vocabulary


class HasLatents(Protocol):
    """What a point needs to know of a model: name, latents, labels, directions, styles and words if it has any."""

    @property
    def latent_dim(self) -> int: ...
    @property
    def classes(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def directions(self) -> Tensor | None: ...
    @property
    def layers(self) -> int: ...
    @property
    def w_dim(self) -> int: ...
    @property
    def w_mean(self) -> Tensor: ...
    @property
    def style_directions(self) -> Mapping[str, Tensor]: ...
    @property
    def words(self) -> Vocabulary | None: ...
    def sentence(self, text: str) -> Tensor: ...
    def styles(self, z: Tensor, label: int | None) -> Tensor: ...


@dataclass(frozen=True)
class Point:
    """One picture of a model, in words that fit in a link.

    One of `seed`, `latent` (one number for each latent dimension) and `styles` (a w for each layer, as `pack`
    says it) is the base. `truncation` scales the base; `directions` then adds standard deviations along the weight's
    principal directions, by index; `coordinates` at last sets single latent numbers. `label` is the class; None takes
    seed modulo classes. `text` is the sentence that a weight with words draws, "" as None nothing said;
    `embedding` stands in its place where no sentence says it (between two of them): what the reader makes of one, as
    `pack` says it.

    Of style-based weights alone: `mixes` then cross other bases in, in their order, and `pushes` go along directions
    of styles. Styles are truncated about their mean; layers from `cutoff` on are not (Karras et al. 2019, appendix B).
    `noise` is "fixed" (the weight's own), "none", or a seed.

    Raises RequestError for whatever could not be one of these.
    """

    seed: int | None = None
    latent: tuple[float, ...] | None = None
    label: int | None = None
    truncation: float = 1.0
    directions: Mapping[int, float] = field(default_factory=dict)
    coordinates: Mapping[int, float] = field(default_factory=dict)
    styles: str | None = None
    cutoff: int | None = None
    mixes: tuple[Mix, ...] = ()
    pushes: tuple[Push, ...] = ()
    noise: int | str = "fixed"
    text: str | None = None
    embedding: str | None = None

    def __post_init__(self) -> None:
        check_base("point", self)
        if self.text is not None:
            check_sentence(self.text)
        if self.embedding is not None:
            _check_embedding(self)
        _set(self, "truncation", number("truncation of a point", self.truncation))
        _set(self, "directions", indexed("directions", self.directions, keep_zero=False))
        _set(self, "coordinates", indexed("coordinates", self.coordinates, keep_zero=True))
        _set(self, "mixes", tuple(mix for mix in listed("mixes", self.mixes, Mix, MOST_MIXES) if mix.share))
        _set(self, "pushes", tuple(push for push in listed("pushes", self.pushes, Push, MOST_PUSHES) if push.amount))
        if self.cutoff is not None:
            whole("cutoff of a point", self.cutoff, MOST_LAYERS)
        if self.noise not in ("fixed", "none"):
            whole("noise of a point is 'fixed', 'none' or a seed, which", self.noise, LAST_SEED)
        if self.styles is not None and (self.directions or self.coordinates):
            raise RequestError("A point of styles has no latent to move; use pushes instead of directions.")

    @classmethod
    def at(cls, code: Tensor, label: int | None = None) -> "Point":
        """The point whose base is the latent (D,), or the styles (layers, D), themselves."""
        if code.ndim == 2:
            return cls(styles=pack(code), label=label)
        return cls(latent=tuple(code.double().tolist()), label=label)

    @classmethod
    def of(cls, inputs: Inputs) -> "Point":
        """The point that a single picture was drawn from."""
        noise = FIXED if inputs.noise is None else int(inputs.noise[0])
        said = {FIXED: "fixed", SILENT: "none"}.get(noise, noise)
        embedding = None if inputs.sentences is None else pack(inputs.sentences[:1])
        return replace(cls.at(inputs.code[0], inputs.label), noise=said, embedding=embedding)

    @property
    def of_styles(self) -> bool:
        """Whether there is anything of styles in its code: then it has no latent that says it all."""
        return self.styles is not None or bool(self.mixes or self.pushes) or self.cutoff is not None

    def resolve(self, model: HasLatents, as_styles: bool = False) -> Inputs:
        """What `model` draws this picture from, and its class where there are classes.

        A latent (1, latent_dim); styles (1, layers, w_dim) where the point says anything of styles, or if asked for.
        """
        code = self.styles_of(model) if as_styles or self.of_styles else self.latent_of(model)
        if self.noise != "fixed":
            _check_styles(model)
        seeds = {"fixed": None, "none": torch.tensor([SILENT])}
        noise = seeds[self.noise] if self.noise in seeds else torch.tensor([self.noise])
        return Inputs(code[None], self.condition_of(model), noise)

    def condition_of(self, model: HasLatents) -> Tensor | None:
        """The class (1,), or the sentence (1, E) as the weight's own reader has it; None where there are neither."""
        if model.words is not None:
            return self._sentence(model)[None]
        label = self.class_of(model)
        return None if label is None else torch.tensor([label])

    def _sentence(self, model: HasLatents) -> Tensor:
        said = model.sentence(self.text or "")
        if self.embedding is None:
            return said
        if (found := unpack(self.embedding)[0]).shape != said.shape:
            raise RequestError(
                f"The embedding of a sentence has {len(found)} numbers and {model.name} takes {len(said)}; use a text, "
                "or an embedding made with this model."
            )
        return found

    def latent_of(self, model: HasLatents, truncation: float | None = None) -> Tensor:
        """The latent (latent_dim,), by another truncation if wished; RequestError for a point of styles."""
        z = truncate(_latent(self, model), self.truncation if truncation is None else truncation)
        if self.directions:
            z = moved(z, self.directions, model.directions, model.name)
        for index, value in self.coordinates.items():
            if index >= model.latent_dim:
                raise RequestError(f"{model.name} has {model.latent_dim} latent numbers, counted from 0; got {index}.")
            # Not in place: a seed's latent may be shared.
            z = torch.where(torch.arange(len(z)) == index, torch.tensor(value, dtype=z.dtype), z)
        return z

    def styles_of(self, model: HasLatents) -> Tensor:
        """The styles (layers, w_dim) of any point; RequestError for a weight without styles."""
        _check_styles(model)
        if self.cutoff is not None and self.cutoff > model.layers:
            raise RequestError(f"{model.name} has {model.layers} layers; got a cutoff of {self.cutoff}.")
        found = self._base(model, self.truncation)
        if self.cutoff is not None and self.truncation != 1:
            found = torch.cat([found[: self.cutoff], self._base(model, 1.0)[self.cutoff :]])
        for mix in self.mixes:
            part = within(mix.layers, model.layers, model.name)
            found = mixed(found, self._alone(mix).styles_of(model), part, mix.share)
        for push in self.pushes:
            found = pushed(found, push, model.style_directions, model.name)
        return found

    def _alone(self, mix: Mix) -> "Point":
        """A mix's base by itself, truncated as this point is."""
        return Point(mix.seed, mix.latent, mix.label, styles=mix.styles, truncation=self.truncation, cutoff=self.cutoff)

    def _base(self, model: HasLatents, truncation: float) -> Tensor:
        if self.styles is None:
            return model.styles(self.latent_of(model, truncation), self.class_of(model))
        found = unpack(self.styles)
        if found.shape != (model.layers, model.w_dim):
            raise RequestError(
                f"The styles are {found.shape[0]} layers of {found.shape[1]} and {model.name} takes {model.layers} of "
                f"{model.w_dim}; use a seed, or styles made with this model."
            )
        return found if truncation == 1 else model.w_mean + truncation * (found - model.w_mean)

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
        words = base_words(self)
        if self.truncation != 1.0:
            words["truncation"] = self.truncation
        for name in ("directions", "coordinates"):
            if numbers := getattr(self, name):
                words[name] = {str(index): value for index, value in numbers.items()}
        if self.text:
            words["text"] = self.text
        if self.embedding is not None:
            words["embedding"] = self.embedding
        if self.cutoff is not None:
            words["cutoff"] = self.cutoff
        for name in ("mixes", "pushes"):
            if parts := getattr(self, name):
                words[name] = [part.to_json() for part in parts]
        return words | ({"noise": self.noise} if self.noise != "fixed" else {})

    @classmethod
    def from_json(cls, words: Any) -> "Point":
        """Build a point from what `to_json` gave (the object itself, not its text)."""
        return cls(**only("point", words, cls))


def resolved(points: Sequence[Point], model: HasLatents) -> Inputs:
    """What `model` draws these points from, as one: all from styles where one of them is of styles."""
    if not any(point.of_styles for point in points):
        return Inputs.stack([point.resolve(model) for point in points])
    return Inputs.stack([point.resolve(model, as_styles=True) for point in points])


def _set(point: Point, name: str, value: Any) -> None:
    object.__setattr__(point, name, value)


def _check_embedding(point: Point) -> None:
    if point.text is not None:
        raise RequestError("A point has either a text or the embedding of one; give one.")
    if len(unpack(point.embedding, "numbers of a sentence")) != 1:
        raise RequestError("An embedding of a sentence is one row of numbers; use it as it was given, or a text.")


def _check_styles(model: HasLatents) -> None:
    if not model.layers:
        raise RequestError(
            f"{model.name} has no styles to mix, push or make noise for; choose a style-based weight, or a plain seed."
        )


def _latent(point: Point, model: HasLatents) -> Tensor:
    if point.seed is not None:
        return latent(point.seed, model.latent_dim)
    if point.latent is None:
        raise RequestError("This picture is made of styles, which have no latent; edit it by its styles.")
    if len(point.latent) != model.latent_dim:
        raise RequestError(
            f"The latent has {len(point.latent)} numbers and {model.name} takes {model.latent_dim}; "
            "use a seed, or a latent made with this model."
        )
    return torch.tensor(point.latent, dtype=torch.float32)
