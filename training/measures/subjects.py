"""What can be measured: a weight, an .npz, a folder or zip, all as one tensor of bytes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch

from gan_models.errors import RequestError
from gan_models.weight.card import CARD, Card
from training.data import load_set

Draw = Callable[[int, int], "Pictures"]


@dataclass(frozen=True)
class Pictures:
    """Samples to measure: uint8 (N, C, H, W), and the labels asked for, int64 (N,), where there were any."""

    images: torch.Tensor
    asked: torch.Tensor | None = None


@dataclass(frozen=True)
class Subject:
    """What is measured. draw(n, seed): at most n pictures. card and folder: None unless it is a weight."""

    name: str
    draw: Draw
    card: Card | None = None
    folder: Path | None = None


def open_subject(what: str, truncation: float = 1.0) -> Subject:
    """The weight (by name, folder or Hub repository), .npz, folder or zip that `what` names; samples are truncated.

    Raises RequestError for an .npz without uint8 `images`, and what loading or the data sets raise.
    """
    path = Path(what)
    if path.suffix == ".npz":
        return Subject(path.stem, lambda n, seed: _npz(path, n))
    if (path / "log.jsonl").exists():
        raise RequestError(f"{what} is a run folder: export it first, python -m training.export {what}.")
    if path.exists() and not (path / CARD).exists():
        return Subject(path.stem, lambda n, seed: _folder(path, n))
    from gan_models.loading import load

    model = load(what)
    if model.card.task != "sample":
        raise RequestError(f"{what} is made for {model.card.task}: training.evaluate measures weights that sample.")
    return Subject(model.card.name, lambda n, seed: _sampled(model, n, seed, truncation), model.card, model.folder)


def _sampled(model, n: int, seed: int, truncation: float) -> Pictures:
    """Image i has the seed `seed + i`; labels take turns, so that each is asked for as often."""
    from gan_models.latents.point import Point
    from gan_models.sample import sample

    labels = model.classes
    points = [Point(seed=seed + i, label=i % labels if labels else None, truncation=truncation) for i in range(n)]
    images = torch.from_numpy(sample(model, points)).permute(0, 3, 1, 2)
    return Pictures(images, torch.arange(n) % labels if labels else None)


def _npz(path: Path, n: int) -> Pictures:
    """`images` uint8 (N, H, W) or (N, H, W, C) of an .npz, and its `labels` if it has them, the first n."""
    try:
        with np.load(path, allow_pickle=False) as file:
            images = file["images"][:n]
            labels = file["labels"][:n] if "labels" in file else None
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise RequestError(
            f"{path} cannot be read ({error}): expected `images`, uint8 (N, H, W) or (N, H, W, C)."
        ) from error
    if images.dtype != np.uint8 or images.ndim not in (3, 4) or images.shape[3:] not in ((), (1,), (3,)):
        raise RequestError(f"{path} holds images of {images.dtype} {images.shape}: expected uint8 (N, H, W[, 1 or 3]).")
    tensor = torch.from_numpy(images)
    tensor = tensor[:, None] if images.ndim == 3 else tensor.permute(0, 3, 1, 2)
    return Pictures(tensor, None if labels is None or labels.ndim != 1 else torch.from_numpy(labels).long())


def _folder(path: Path, n: int) -> Pictures:
    """A folder or zip; of more than n pictures, those of a random choice that is always the same."""
    images = load_set(path).images
    chosen = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))[:n]
    return Pictures(images[chosen.sort().values])
