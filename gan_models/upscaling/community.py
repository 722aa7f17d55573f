"""Checkpoints that other people trained: whatever spandrel recognises, from a file or the Hugging Face Hub.

Only tensors are read: safetensors, or .pth and .pt through torch's `weights_only` reader. The architecture is
found by spandrel (MIT licence) from the tensors' names and shapes.
"""

import hashlib
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from gan_models.errors import WeightError, first_line
from gan_models.torchvision_beside_cpu import import_beside_cpu_torch
from gan_models.weight import hub

UNKNOWN = "licence unknown"
SUFFIXES = (".safetensors", ".pth", ".pt", ".ckpt")
LOCAL = ("ESRGAN", "Compact")
"""Architectures of plain convolutions and nothing global: how far they look can be counted."""
SPARE = 256_000_000
"""Bytes that building a network may take besides four times its tensors."""
MAKERS = (torch.empty, torch.zeros, torch.ones, torch.full, torch.rand, torch.randn, torch.arange, torch.linspace)
MOST_BYTES = 8_000_000_000
"""A longer file is refused unread."""
_HUB = re.compile(r"(?P<repo>[^:]+):(?P<file>[\w][\w ./+-]*)")


@dataclass(frozen=True)
class Checkpoint:
    """A community checkpoint, ready to use: `halo` is how far it looks to each side, None where unknown."""

    name: str
    architecture: str
    network: nn.Module
    scale: int
    halo: int | None
    licence: str
    sha256: str


class Adapted(nn.Module):
    """A spandrel model behind our contract: float (1, 3, H, W) in [-1, 1] to the same range, float32."""

    def __init__(self, descriptor: Any) -> None:
        super().__init__()
        self.model = descriptor.model
        self.descriptor = descriptor

    def forward(self, images: Tensor) -> Tensor:
        """Gray models see each channel as a picture of its own."""
        x = (images + 1) / 2
        if self.descriptor.input_channels == 1:
            x = torch.cat([self.descriptor(x[:, c : c + 1]) for c in range(3)], 1)
        else:
            x = self.descriptor(x)
        return x.float() * 2 - 1


def is_checkpoint(name: str) -> bool:
    """Whether `name` has the form of a checkpoint's file or of user/repo:file."""
    return bool(_hub_parts(name)) or Path(name).suffix.lower() in SUFFIXES


def open_checkpoint(name: str | Path, device: str = "cpu") -> Checkpoint:
    """Open a checkpoint by its path or as "user/repo:file"; WeightError, naming it, for whatever is wrong."""
    spandrel = import_spandrel()
    if parts := _hub_parts(str(name)):
        path, licence = _fetch(*parts)
    else:
        path, licence = Path(name), UNKNOWN
    tensors, stated = _read(path)
    bare = _bare(tensors)
    _check_counts(bare, path.name)
    try:
        with _Room(path.name, SPARE + 4 * sum(tensor.numel() * tensor.element_size() for tensor in bare.values())):
            descriptor = spandrel.ModelLoader().load_from_state_dict(bare)
    except WeightError:
        raise
    # spandrel's own type for what it does not know, and what its architectures raise on tensors that mislead it.
    except Exception as error:
        known = "it is of no architecture that spandrel knows" if "Unsupported" in type(error).__name__ else str(error)
        raise WeightError(f"{path.name} cannot be used: {' '.join(known.split())[:200]}.") from None
    _check(descriptor, path.name, spandrel)
    network = Adapted(descriptor).eval().requires_grad_(False)
    network = network.to(device, memory_format=torch.channels_last)
    architecture = descriptor.architecture.name
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    licence = stated if licence == UNKNOWN else licence
    return Checkpoint(str(name), architecture, network, descriptor.scale, _halo(descriptor), licence, digest)


def _check_counts(tensors: dict[str, Tensor], name: str) -> None:
    """Refuse numbers in tensors' names that count further than there are such tensors: as many blocks would be built.

    Layers without tensors (activations) leave gaps, but never so wide ones.
    """
    found: dict[str, set[int]] = {}
    for key in tensors:
        parts = key.split(".")
        for place, part in enumerate(parts):
            if part.isdecimal():
                found.setdefault(".".join(parts[:place]), set()).add(int(part[:20]))
    for where, numbers in found.items():
        if max(numbers) > 8 * len(numbers) + 16:
            raise WeightError(
                f"{name} counts {where or 'its tensors'} to {max(numbers):,} and has {len(numbers):,} of them; "
                "it is damaged or made to fill the memory. Take another file."
            )


class _Room(TorchFunctionMode):
    """Ends, with a WeightError, a building that makes more than `most` bytes of new tensors."""

    def __init__(self, name: str, most: int) -> None:
        super().__init__()
        self.name, self.most, self.made = name, most, 0

    def __torch_function__(self, function: Any, types: Any, arguments: tuple = (), options: dict | None = None) -> Any:
        made = function(*arguments, **(options or {}))
        if function in MAKERS and isinstance(made, Tensor):
            self.made += made.numel() * made.element_size()
            if self.made > self.most:
                raise WeightError(f"{self.name} asks for a network far larger than the file; take another file.")
        return made


def _hub_parts(name: str) -> tuple[str, str] | None:
    """Repository and file of "user/repo:file"."""
    parts = _HUB.fullmatch(name)
    if parts and hub.is_repo(parts["repo"]) and ".." not in name and Path(parts["file"]).suffix.lower() in SUFFIXES:
        return parts["repo"], parts["file"]
    return None


def _read(path: Path) -> tuple[dict[str, Any], str]:
    """The tensors of a file, and the licence it states."""
    if not path.is_file():
        raise WeightError(f"{path} is not a file; give a checkpoint or user/repo:file.")
    if path.stat().st_size > MOST_BYTES:
        raise WeightError(f"{path} has {path.stat().st_size:,} bytes, more than any network that enlarges; not read.")
    try:
        if path.suffix.lower() == ".safetensors":
            with safetensors.safe_open(path, "pt") as file:
                stated = file.metadata() or {}
            return safetensors.torch.load_file(path), stated.get("modelspec.license") or stated.get(
                "license"
            ) or UNKNOWN
        return torch.load(path, map_location="cpu", weights_only=True), UNKNOWN
    # Unpickling, zip and safetensors errors of many types; none may run code.
    except Exception as error:
        if "weights_only" in str(error) or "Unsupported" in str(error):
            reason = "it holds more than tensors, which could run code"
        else:
            reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise WeightError(f"{path.name} cannot be read as tensors alone ({reason}); take a safetensors file.") from None


def _bare(tensors: dict[str, Any]) -> dict[str, Tensor]:
    """The tensors themselves, out of the wrappings of common trainers."""
    for key in ("params_ema", "params", "state_dict", "model_state_dict", "model", "net"):
        if isinstance(tensors, dict) and isinstance(tensors.get(key), dict):
            tensors = tensors[key]
            break
    if not isinstance(tensors, dict) or not all(isinstance(value, Tensor) for value in tensors.values()):
        return {}
    for prefix in ("module.", "netG."):
        if tensors and all(key.startswith(prefix) for key in tensors):
            tensors = {key.removeprefix(prefix): value for key, value in tensors.items()}
    return tensors


def _check(descriptor: Any, name: str, spandrel: ModuleType) -> None:
    kind = descriptor.architecture.name
    if not isinstance(descriptor, spandrel.ImageModelDescriptor) or descriptor.purpose == "FaceSR":
        raise WeightError(f"{name} is of the architecture {kind}, which does not enlarge whole pictures.")
    channels = descriptor.input_channels, descriptor.output_channels
    if channels not in ((1, 1), (3, 3)):
        raise WeightError(f"{name} takes {channels[0]} channels and gives {channels[1]}; only gray and RGB are known.")
    if not all(torch.isfinite(t.float()).all() for t in descriptor.model.state_dict().values()):
        raise WeightError(f"{name} has values that are not finite.")


def _halo(descriptor: Any) -> int | None:
    """How far a network of plain convolutions looks: at most the sum of all their reaches; else None."""
    convolutions = [layer for layer in descriptor.model.modules() if isinstance(layer, nn.Conv2d)]
    sizes = descriptor.size_requirements
    # A network that shuffles pixels down first sees them in pairs: windows would have to begin at even ones.
    paired = sizes.multiple_of > 1 or sizes.square or convolutions[0].in_channels != descriptor.input_channels
    if descriptor.architecture.id not in LOCAL or paired:
        return None
    return sum((layer.kernel_size[0] // 2) * layer.dilation[0] for layer in convolutions)


def _fetch(repo: str, file: str) -> tuple[Path, str]:
    """A file of a Hub repository, from the cache where there is no network, and the licence its page states."""
    # Imported here: it costs half a second, and most uses need no Hub.
    from huggingface_hub import HfApi, hf_hub_download
    from huggingface_hub.errors import LocalEntryNotFoundError
    from huggingface_hub.utils import disable_progress_bars

    disable_progress_bars()
    repo, _, revision = repo.partition("@")
    place = {"revision": revision or None}
    online = hub.answers()
    endpoint = os.environ.get("HF_ENDPOINT")
    try:
        path = hf_hub_download(repo, file, endpoint=endpoint, local_files_only=not online, **place)
    except LocalEntryNotFoundError:
        raise WeightError(
            f"{repo}:{file} is not in the local cache and the Hub cannot be reached; try again with a network."
        ) from None
    # The client's own errors and those of its HTTP library, which has changed from version to version.
    except Exception as error:
        raise WeightError(f"{repo}:{file} could not be fetched from the Hub ({first_line(error)}).") from None
    licence = UNKNOWN
    with suppress(Exception):  # no page, no licence on it: unknown all the same
        if online:
            licence = HfApi(endpoint).model_info(repo, **place).card_data.license or UNKNOWN
    return Path(path), str(licence)


def import_spandrel() -> ModuleType:
    """spandrel, imported on first use: it takes two seconds and brings torchvision along."""
    try:
        return import_beside_cpu_torch("spandrel")
    except ImportError as error:
        raise WeightError(f"Community checkpoints need one more package ({error}): pip install spandrel.") from None
