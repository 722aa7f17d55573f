"""Networks that enlarge pictures, wherever they come from, and what one pixel costs them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import nn

from gan_models.checks import is_number
from gan_models.errors import RequestError, first_line
from gan_models.loading import Model, Shelf, load
from gan_models.methods import METHODS
from gan_models.networks.fold import between, folded
from gan_models.upscaling.tiles import OVERLAP, WIDEST
from gan_models.weight.card import Card

"""Methods that invent, and the method of the pixel-loss twin that each was trained from."""


@dataclass(frozen=True)
class Upscaler:
    """A network ready to enlarge pictures.

    `halo`: how far it looks to each side in input pixels, None where it is not local; `more`: what a recipe
    says of it besides name and hash.
    """

    name: str
    sha256: str
    network: nn.Module
    scale: int
    halo: int | None
    licence: str
    device: str = "cpu"
    more: Mapping[str, object] = field(default_factory=dict)

    @property
    def exact(self) -> bool:
        """Whether tiles give what the whole picture in one piece would give."""
        return self.halo is not None and self.halo <= WIDEST

    @property
    def seams(self) -> str:
        """Why and how its tiles are blended, in a sentence; empty where they are exact."""
        if self.exact:
            return ""
        reach = "at the whole picture" if self.halo is None else f"{self.halo} pixels far"
        return f"{self.name} looks {reach}; tiles that read {OVERLAP} pixels around themselves fade into each other."

    def beyond(self, scale: float) -> str:
        """What a scale above the network's own means, in a sentence; empty up to it."""
        if scale <= self.scale:
            return ""
        return f"{self.name} enlarges {self.scale} times; from there to {scale:g} times nothing but bicubic is added."

    @staticmethod
    def of(model: Model) -> "Upscaler":
        """A weight of task "upscale", its batch norms folded; RequestError for a weight of another task."""
        check_task(model.card)
        return Upscaler._made(model, folded(model.drawing_generator), {})

    @staticmethod
    def mixed(faithful: Model, inventive: Model, fidelity: float) -> "Upscaler":
        """The network between two twins: `fidelity` 1 is the faithful one alone, 0 the inventive one."""
        if not is_number(fidelity, 0, 1):
            raise RequestError(f"Fidelity is a number from 0 (inventive) to 1 (faithful), got {fidelity!r}.")
        for model in (faithful, inventive):
            check_task(model.card)
        network = between(inventive.drawing_generator, faithful.drawing_generator, fidelity)
        twin = {"weight": faithful.name, "sha256": faithful.sha256}
        return Upscaler._made(inventive, network, {"fidelity": fidelity, "twin": twin})

    @staticmethod
    def _made(model: Model, network: nn.Module, more: Mapping[str, object]) -> "Upscaler":
        field_side = model.drawing_generator.receptive_field
        halo = None if field_side is None else (field_side - 1) // 2
        scale, licence = model.drawing_generator.scale, model.card.licence
        return Upscaler(model.name, model.sha256, network, scale, halo, licence, str(model.device), more)

    @staticmethod
    def community(name: str, device: str = "cpu") -> "Upscaler":
        """A checkpoint of other people by its file or as user/repo:file (see `gan_models.upscaling.community`)."""
        from gan_models.upscaling.community import open_checkpoint

        found = open_checkpoint(name, device)
        # Of a file its name alone: a recipe travels with the picture, and tells nobody where this computer keeps what.
        shown = Path(name).name if Path(name).exists() else name
        more = {"community": shown}
        return Upscaler(shown, found.sha256, found.network, found.scale, found.halo, found.licence, device, more)


def check_task(card: Card) -> None:
    """RequestError for a weight that does not enlarge pictures."""
    if card.task != "upscale":
        raise RequestError(f"{card.name} has the task {card.task!r}; upscaling takes a weight of task 'upscale'.")


def check_device(device: str) -> None:
    """RequestError for a device that torch does not know or cannot use here."""
    try:
        torch.empty(0, device=device)
    # A name that torch does not know, a build without CUDA, no driver: each has its own type.
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise RequestError(f"The device {device!r} cannot be used here ({first_line(error)}); take cpu.") from None


def twin(card: Card, shelf: Shelf) -> Card | None:
    """The faithful twin of an inventive weight: same family and config, the method it was trained from."""
    wanted = METHODS[card.method].twin if card.method in METHODS else None
    same = (c for c in shelf.cards() if c.method == wanted and (c.family, c.config) == (card.family, card.config))
    return next(same, None) if wanted else None


def open_upscaler(name: str, device: str = "cpu", fidelity: float | None = None) -> Upscaler:
    """Open a network by name, folder, Hub repository or checkpoint (a file, or user/repo:file).

    `fidelity` (0 to 1) mixes an inventive weight with its faithful twin, looked for beside it. Raises WeightError
    where nothing can be opened, RequestError for a weight of another task or one without a twin.
    """
    from gan_models.upscaling.community import is_checkpoint

    check_device(device)
    if is_checkpoint(name) and not Path(name).is_dir():
        if fidelity is not None:
            raise RequestError(f"{name} has no twin to be mixed with; leave the fidelity out.")
        return Upscaler.community(name, device)
    model = load(name, device)
    if fidelity is None:
        return Upscaler.of(model)
    check_task(model.card)
    beside = Shelf([model.folder.parent])
    other = twin(model.card, beside)
    if other is None:
        raise RequestError(f"{model.name} has no faithful twin beside it; leave the fidelity out.")
    return Upscaler.mixed(load(beside.folder(other.name), device), model, fidelity)
