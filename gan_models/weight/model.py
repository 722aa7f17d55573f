"""One weight, ready to use."""

import threading
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from gan_models.errors import RequestError, WeightError
from gan_models.latents.styles import NAMED
from gan_models.networks import build_config, family
from gan_models.networks.encoder import Encoder, EncoderConfig
from gan_models.puppets.persons import PERSONS, Persons
from gan_models.targets import folder_names
from gan_models.weight.card import Card, Translation
from gan_models.weight.held_out import HELD_OUT, HeldOut
from gan_models.weight.tensors import DIRECTIONS, DISCRIMINATOR, ENCODER, GENERATOR, STYLES, compare, read_tensors
from gan_models.words.reading import read
from gan_models.words.vocabulary import Vocabulary


class Model:
    """One weight, ready to use: its networks are read on first use, once, and shared by all threads.

    Networks are in evaluation mode, float32 and frozen. Raises WeightError, naming the weight, on the first
    use of a file that is damaged or does not belong to the card.
    """

    def __init__(self, folder: Path | str, card: Card | None = None, device: str = "cpu") -> None:
        self.folder = Path(folder)
        self.card = card or Card.read(self.folder)
        self.device = torch.device(device)
        self.family = _named(self.card.name, family, self.card.family)
        self.config = _named(self.card.name, build_config, self.card.family, self.card.config)
        if self.card.task != self.family.task:
            raise WeightError(
                f"{self.card.name} has the task {self.card.task!r}, but its family {self.card.family!r} "
                f"has {self.family.task!r}; export it again."
            )
        if self.labels and len(self.labels) != self.classes:
            raise WeightError(
                f"{self.card.name} has {len(self.labels)} labels for {self.classes} classes; export it again."
            )
        if len(self.words.known if self.words else ()) != getattr(self.config, "words", 0):
            raise WeightError(
                f"{self.name} has {len(self.words.known) if self.words else 0} words for a reader of "
                f"{getattr(self.config, 'words', 0)}; export it again."
            )
        if self.card.translation is not None:
            _check_translation(self.name, self.card.translation, self.config)
        self._lock = threading.RLock()
        self._networks: dict[str, nn.Module] = {}
        self._bytes: dict[str, int] = {}

    def __repr__(self) -> str:
        side = f"{self.config.size} px, " if hasattr(self.config, "size") else ""
        count = sum(self.card.parameters.values()) / 1e6
        what = f"{self.card.task} by {self.card.method}, {side}{count:.1f} M parameters, {self.card.licence}"
        return f"<Model {self.name}: {what}>"

    @property
    def name(self) -> str:
        """The card's name."""
        return self.card.name

    @property
    def latent_dim(self) -> int:
        """How many numbers one latent has; RequestError for a weight of another task, which draws from none."""
        if self.card.task != "sample":
            raise self._of_another_task()
        return self.config.latent_dim

    @property
    def layers(self) -> int:
        """How many styles a picture is drawn from; 0 where the generator has none."""
        return self.config.layers if hasattr(self.family.generator, "synthesise") else 0

    @property
    def attends(self) -> bool:
        """Whether the generator has self-attention to look at (gan_models.latents.attention)."""
        return getattr(self.config, "attention", 0) > 0

    @property
    def w_dim(self) -> int:
        """How many numbers one style has; 0 where the generator has none."""
        return getattr(self.config, "w_dim", 0)

    @property
    def w_mean(self) -> Tensor:
        """The mean style (w_dim,), of weights that have styles."""
        return self.drawing_generator.w_mean.cpu()

    @torch.inference_mode()
    def styles(self, z: Tensor, label: int | None = None) -> Tensor:
        """The styles (layers, w_dim) of a latent (latent_dim,), of weights that have styles."""
        labels = None if label is None else torch.tensor([label], device=self.device)
        return self.drawing_generator.styles(z[None].to(self.device), labels)[0].cpu()

    @cached_property
    def spread(self) -> Tensor:
        """The root (w_dim, w_dim) of the styles' covariance over 2048 seeds, of weights that have styles.

        A standard normal row times it differs from the mean style as the styles of seeds do.
        """
        z = torch.randn(2048, self.latent_dim, generator=torch.Generator().manual_seed(0)).to(self.device)
        labels = torch.arange(len(z), device=self.device) % self.classes if self.classes else None
        with torch.inference_mode(False), torch.no_grad():
            covariance = torch.cov(self.drawing_generator.styles(z, labels)[:, 0].T)
            values, vectors = torch.linalg.eigh(covariance.cpu())
            return values.clamp_min(0).sqrt()[:, None] * vectors.T

    @property
    def size(self) -> int:
        """Side of the pictures in pixels; RequestError for an upscaler, whose pictures have any."""
        if not hasattr(self.config, "size"):
            raise self._of_another_task()
        return self.config.size

    def _of_another_task(self) -> RequestError:
        return RequestError(f"{self.name} is made for {self.card.task}, not for sampling; choose another weight.")

    @property
    def channels(self) -> int:
        """1 for gray pictures, 3 for colour."""
        return self.config.channels

    @property
    def classes(self) -> int:
        """How many classes the networks take as labels; 0 for none."""
        return getattr(self.config, "classes", 0)

    @property
    def words(self) -> Vocabulary | None:
        """The words that it draws from; None for a weight that takes no sentence."""
        return self.card.words

    @torch.inference_mode()
    def sentence(self, text: str) -> Tensor:
        """What the weight's own reader makes of a sentence, (E,); RequestError for a weight without words."""
        rows = torch.tensor([read(self, text).rows or (0,)], device=self.device)
        return self.drawing_generator.read(rows)[0].cpu()

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the classes, in the order of their numbers."""
        return self.card.labels

    def label(self, name: str) -> int:
        """The number of a class, given by its name or its number as text."""
        if name in self.labels:
            return self.labels.index(name)
        if name.isdecimal() and len(name) < 9 and int(name) < self.classes:
            return int(name)
        known = ", ".join(self.labels) or f"0 to {self.classes - 1}"
        raise RequestError(
            f"{self.name} has the classes {known}; got {name[:40]!r}."
            if self.classes
            else f"{self.name} has no classes; leave the class out."
        )

    def label_name(self, label: int) -> str:
        """The folder of a class's pictures: what it is called, or its number; no two classes share one."""
        return folder_names(tuple(self.labels))[label] if self.labels else str(label)

    @property
    def sha256(self) -> str:
        """Hash of the generator's file: what a recipe names beside the weight."""
        return self.card.files[GENERATOR].sha256 if GENERATOR in self.card.files else ""

    @property
    def generator(self) -> nn.Module:
        """The generator."""
        return self._network(GENERATOR, self.family.generator)

    @property
    def drawing_generator(self) -> nn.Module:
        """The generator as `sample` calls it: on a CPU rearranged for one picture at a time."""
        if self.device.type != "cpu":
            return self.generator
        with self._lock:
            if "drawing" not in self._networks:
                # The plain network is not kept for this: it would take the same memory again.
                plain = self._networks.get(GENERATOR) or self._read_network(GENERATOR, self.family.generator)
                with torch.inference_mode(False):  # as for what is read
                    self._keep("drawing", self.family.faster(plain))
            return self._networks["drawing"]

    @property
    def discriminator(self) -> nn.Module | None:
        """The discriminator (a critic for Wasserstein losses), or None where the weight has none."""
        if DISCRIMINATOR not in self.card.files or self.family.discriminator is None:
            return None
        return self._network(DISCRIMINATOR, self.family.discriminator)

    @property
    def directions(self) -> Tensor | None:
        """Principal directions (K, latent_dim), unit rows, most visible first; None where there are none."""
        if DIRECTIONS not in self.card.files:
            return None
        return self._directions("directions", self._direction_rows.get("directions"), self.config.latent_dim)

    @property
    def style_directions(self) -> dict[str, Tensor]:
        """Directions of styles by kind, each (K, w_dim): a row is one standard deviation; {} where there are none.

        Those of NAMED attributes are (K, layers, w_dim), as many as the card has attributes.
        """
        names = sorted(name for name in self._direction_rows if name.startswith(STYLES)) if self.layers else ()
        read = self._direction_rows
        found = {name.removeprefix(STYLES): self._directions(name, read[name], self.w_dim) for name in names}
        if len(found.get(NAMED, ())) != len(self.card.attributes):
            raise WeightError(f"{DIRECTIONS} of {self.name} does not fit the attributes of its card; name them again.")
        return found

    @cached_property
    def _direction_rows(self) -> dict[str, Tensor]:
        return read_tensors(self.folder, self.card, DIRECTIONS) if DIRECTIONS in self.card.files else {}

    def _directions(self, name: str, rows: Tensor | None, length: int) -> Tensor:
        shape = (self.layers, length) if name == STYLES + NAMED else (length,)
        if rows is None or rows.shape[1:] != shape:
            said = ", ".join(map(str, ("K", *shape)))
            raise WeightError(
                f"{DIRECTIONS} of {self.name} holds no {name!r} of shape ({said}); export the weight again."
            )
        return rows.float()

    @cached_property
    def encoder(self) -> Encoder | None:
        """From pictures to deviations of styles, frozen; None where the weight has none."""
        tensors = self._encoder_tensors
        if tensors is None:
            return None
        with torch.inference_mode(False):
            encoder = Encoder(EncoderConfig(self.channels, self.layers, self.w_dim))
            found = {name: tensor.float() for name, tensor in tensors.items() if not name.startswith(HELD_OUT)}
            compare(f"{ENCODER} of {self.name}", encoder.state_dict(), found)
            encoder.load_state_dict(found)
            return encoder.eval().requires_grad_(False)

    @cached_property
    def persons(self) -> Persons | None:
        """Persons to choose from, of a weight that draws them in other poses; None where there are none."""
        if PERSONS not in self.card.files:
            return None
        return Persons.of(read_tensors(self.folder, self.card, PERSONS), self.size)

    @cached_property
    def held_out(self) -> HeldOut | None:
        """What projections of photographs that no encoder saw came to; None where nothing was measured."""
        tensors = self._encoder_tensors
        return None if tensors is None else HeldOut.of(tensors)

    @cached_property
    def _encoder_tensors(self) -> dict[str, Tensor] | None:
        return read_tensors(self.folder, self.card, ENCODER) if ENCODER in self.card.files and self.layers else None

    @property
    def loaded_bytes(self) -> int:
        """Memory that the networks read so far take, in bytes."""
        return sum(list(self._bytes.values()))

    def _network(self, file: str, kind: type[nn.Module]) -> nn.Module:
        if file not in self._networks:
            with self._lock:
                if file not in self._networks:
                    self._keep(file, self._read_network(file, kind))
        return self._networks[file]

    def _keep(self, key: str, network: nn.Module) -> None:
        self._bytes[key] = sum(t.numel() * t.element_size() for t in network.state_dict().values())
        self._networks[key] = network

    # Whoever asks first may only want to look; drag and projection want slopes of the same weights later.
    @torch.inference_mode(False)
    def _read_network(self, file: str, kind: type[nn.Module]) -> nn.Module:
        tensors = read_tensors(self.folder, self.card, file)
        # Compared without memory first: a false card must not make us build something huge.
        with torch.device("meta"), _WithoutNormal():
            expected = kind(self.config).state_dict()
        compare(f"{file} of {self.name}", expected, tensors)
        network = kind(self.config)
        network.load_state_dict(tensors)
        network.eval().requires_grad_(False)
        return network.to(self.device, memory_format=torch.channels_last)


class _WithoutNormal(TorchFunctionMode):
    """Leaves out normal initialisation, for which torch loads its compiler on meta tensors: 1.4 s, 120 MB."""

    def __torch_function__(self, function: Any, types: Any, arguments: tuple = (), options: dict | None = None) -> Any:
        named = options or {}
        if function in (nn.init.normal_, nn.init.kaiming_normal_, Tensor.normal_):
            return arguments[0] if arguments else named["tensor"]
        return function(*arguments, **named)


def _check_translation(name: str, kind: Translation, config: Any) -> None:
    """Refuse a card whose words its networks do not fit: they would fail only when somebody uses them."""
    chroma, directions = kind.target == "chroma", getattr(config, "directions", 0)
    words = {
        f"the source {kind.source!r}": config.source_channels in kind.takes.channels,
        f"the target {kind.target!r}": chroma == (config.channels == 2) and kind.target in kind.takes.targets,
        f"hints: {str(kind.hints).lower()}": kind.hints == getattr(config, "hints", False),
        f"directions: {len(kind.directions)}": len(kind.directions) <= directions,
    }
    if wrong := [word for word, fits in words.items() if not fits]:
        raise WeightError(
            f"The card of {name} says {wrong[0]} in `translation`, which its networks do not fit; export it again."
        )


def _named(name: str, function: Any, *arguments: Any) -> Any:
    try:
        return function(*arguments)
    except (RequestError, TypeError) as error:
        raise WeightError(f"The card of {name} does not fit this version: {error}") from None


def translation(model: Model) -> Translation:
    """What a weight takes and gives; RequestError for one of another task."""
    if model.card.translation is None:
        raise RequestError(f"{model.name} is made for {model.card.task}, not for translation; choose another weight.")
    return model.card.translation
